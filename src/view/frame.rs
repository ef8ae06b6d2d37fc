//! The finished 8-bit picture: what every encoder takes and `render` writes.

/// A picture of 8-bit pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The pixels, row by row from the top.
    pub pixels: Pixels,
}

/// Pixels in the fewest bytes that hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One grey byte a pixel.
    Grey(Vec<u8>),
    /// One index a pixel into at most 256 colours.
    Indexed {
        /// The colours, red, green, blue.
        palette: Vec<[u8; 3]>,
        /// An index below `palette.len()` a pixel.
        indices: Vec<u8>,
    },
    /// Colour files only: they may have more than 256 colours.
    Rgb(Vec<[u8; 3]>),
}

impl Frame {
    /// The colour at column `x` and row `y`; black outside.
    pub fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        if x >= self.width || y >= self.height {
            return [0; 3];
        }
        let at = y * self.width + x;
        match &self.pixels {
            Pixels::Grey(grey) => [grey[at]; 3],
            Pixels::Indexed { palette, indices } => palette
                .get(usize::from(indices[at]))
                .copied()
                .unwrap_or_default(),
            Pixels::Rgb(rgb) => rgb[at],
        }
    }
}
