//! A frame in its form for the terminal.

use ratatui::layout::Rect;

use super::{CellPicture, CellSize, Placement, Protocol, Rung, kitty};

/// A frame, ready for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What to paint or to send.
    pub body: Body,
    /// How it was made.
    pub protocol: Protocol,
    /// The picture's number, as in [`super::Target::id`].
    pub id: u32,
    /// Cells across that it covers.
    pub columns: u16,
    /// Cells down that it covers.
    pub rows: u16,
    /// The pixels of the screen that it covers, across and down.
    pub pixels: [usize; 2],
    /// The pixels that were sent; fewer where the terminal scales them up.
    pub sent: [usize; 2],
    /// How faithful it is.
    pub rung: Rung,
    /// The cell that it was made for.
    pub cell: CellSize,
    /// Distinct colours sent.
    pub colours: usize,
    /// Whether the terminal shows exactly the frame's pixels.
    pub lossless: bool,
    /// Bytes on the wire; 0 for cells, whose cost depends on what is shown already.
    pub bytes: usize,
}

/// What an encoder made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Cells to paint into the text screen.
    Cells(CellPicture),
    /// One complete string of escape sequences. It draws the picture at the cursor, but for kitty,
    /// where it only sends it; see [`Encoded::drawing`].
    Bytes(Vec<u8>),
}

impl Encoded {
    /// Everything that draws the picture at the cursor; nothing for cells.
    pub fn drawing(&self) -> Vec<u8> {
        let Body::Bytes(bytes) = &self.body else {
            return Vec::new();
        };
        let mut drawing = bytes.clone();
        if self.protocol == Protocol::Kitty {
            let [w, h] = self.sent;
            let cells = Rect::new(0, 0, self.columns, self.rows);
            let cell = [self.cell.width, self.cell.height].map(usize::from);
            let fills = [self.columns, self.rows].map(usize::from);
            let fills = [0, 1].map(|i| fills[i] * cell[i]) == self.pixels;
            // A picture that ends inside a cell keeps its own size: stretching would blur it.
            drawing.extend(if fills || self.sent != self.pixels {
                let all = Placement {
                    id: self.id,
                    source: [0, 0, w, h],
                    of: [w, h],
                    cells,
                    layer: 0,
                };
                kitty::place(&all, 1)
            } else {
                kitty::place_as_it_is(self.id)
            });
        }
        drawing
    }
}
