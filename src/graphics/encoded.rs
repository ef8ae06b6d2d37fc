//! A frame in its form for the terminal.

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;

use super::{CellPicture, CellSize, Protocol, Rung, kitty};

/// A frame, ready for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What to paint or to send.
    pub body: Body,
    /// How it was made.
    pub protocol: Protocol,
    /// The picture's number, as in [`Target::id`].
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
            let all = Rect::new(0, 0, self.columns, self.rows);
            drawing.extend(kitty::place(self.id, 1, &self.piece(all)));
        }
        drawing
    }

    /// The part of the picture under these of its cells.
    ///
    /// A picture that was sent at another size than it is shown at covers whole cells, and the
    /// part's edges are the nearest of the pixels sent.
    pub fn piece(&self, cells: Rect) -> kitty::Piece {
        let first = [usize::from(cells.x), usize::from(cells.y)];
        let many = [cells.width, cells.height];
        if self.sent != self.pixels {
            let all = [usize::from(self.columns), usize::from(self.rows)].map(|n| n.max(1));
            let at = |i: usize, cell: usize| (cell * self.sent[i] + all[i] / 2) / all[i];
            let from = [0, 1].map(|i| at(i, first[i]).min(self.sent[i].saturating_sub(1)));
            let end = [0, 1].map(|i| at(i, first[i] + usize::from(many[i])));
            return kitty::Piece {
                from,
                size: [0, 1].map(|i| end[i].min(self.sent[i]).saturating_sub(from[i]).max(1)),
                cells: Some(many),
            };
        }
        let cell = [usize::from(self.cell.width), usize::from(self.cell.height)];
        let from = [0, 1].map(|i| first[i] * cell[i]);
        let wanted = [0, 1].map(|i| usize::from(many[i]) * cell[i]);
        let size = [0, 1].map(|i| wanted[i].min(self.pixels[i].saturating_sub(from[i])));
        // A piece that ends inside a cell keeps its own size: stretching would blur every pixel.
        kitty::Piece {
            from,
            size,
            cells: (size == wanted).then_some(many),
        }
    }

    /// Puts the picture into the text screen at the top left of `area`: cells are painted, and for
    /// bytes the cells are blanked and marked as not the text's, so that the painter leaves them to
    /// the picture. What is drawn over it later by a widget that resets its cells lies on top.
    pub fn place(&self, area: Rect, buffer: &mut Buffer) -> Rect {
        let covered = Rect::new(
            area.x,
            area.y,
            self.columns.min(area.width),
            self.rows.min(area.height),
        )
        .intersection(buffer.area);
        match &self.body {
            Body::Cells(picture) => picture.paint(covered, buffer),
            Body::Bytes(_) => {
                for position in covered.positions() {
                    buffer[position].reset();
                    buffer[position].set_diff_option(CellDiffOption::Skip);
                }
            }
        }
        covered
    }
}
