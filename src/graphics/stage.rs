//! What is to stand on the screen beside text, and what must be sent for it.

use std::sync::Arc;

use ratatui::layout::Rect;
use ratatui::style::Color;

/// Everything of pictures that one painting is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Complete escape strings that send pictures without showing them, in order.
    pub sends: Vec<Vec<u8>>,
    /// Every part of a kept picture that is to be seen from now on; what stood and is not named
    /// goes. Parts of the same layer do not overlap.
    pub placements: Vec<Placement>,
    /// Cells whose text stands for a part of a kept picture (kitty's placeholders).
    pub cells: Vec<StandIn>,
    /// Pictures that are drawn where they belong and kept by nobody.
    pub draws: Vec<Draw>,
    /// Kept pictures that are given up.
    pub deletes: Vec<u32>,
}

/// A part of a kept picture, stretched over cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The picture's number.
    pub id: u32,
    /// Left, top, width and height of the part, in the picture's pixels.
    pub source: [usize; 4],
    /// Width and height of the whole picture.
    pub of: [usize; 2],
    /// The cells of the screen that it fills.
    pub cells: Rect,
    /// 0 for pictures, above for what lies over them.
    pub layer: u8,
}

/// A cell of text that the terminal shows as a part of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// Column and row on the screen.
    pub at: (u16, u16),
    /// The text.
    pub text: String,
    /// Its colour, which names the picture.
    pub colour: Color,
}

/// A picture in one complete string that draws it at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The cells of the screen that it fills.
    pub cells: Rect,
    /// The string.
    pub bytes: Arc<Vec<u8>>,
}
