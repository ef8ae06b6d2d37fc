//! The finished 8-bit picture: what every encoder takes and `render` writes.

/// Columns and rows of the screen that share a pixel of a coarse picture: few enough to see what it
/// is, and so many that it is there at once.
pub(super) const COARSE: usize = 3;

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

    /// One of every nine pixels, the first of three by three: all that a coarse picture
    /// has.
    #[must_use]
    pub fn thinned(&self) -> Self {
        fn thin<T: Copy>(pixels: &[T], width: usize) -> Vec<T> {
            let rows = pixels.chunks(width.max(1)).step_by(COARSE);
            rows.flat_map(|row| row.iter().step_by(COARSE))
                .copied()
                .collect()
        }
        Self {
            width: self.width.div_ceil(COARSE),
            height: self.height.div_ceil(COARSE),
            pixels: match &self.pixels {
                Pixels::Grey(grey) => Pixels::Grey(thin(grey, self.width)),
                Pixels::Indexed { palette, indices } => Pixels::Indexed {
                    palette: palette.clone(),
                    indices: thin(indices, self.width),
                },
                Pixels::Rgb(rgb) => Pixels::Rgb(thin(rgb, self.width)),
            },
        }
    }

    /// The part from `origin` (column, row) of `size` (columns, rows); what lies outside the frame
    /// is left out.
    #[must_use]
    pub fn crop(&self, origin: [usize; 2], size: [usize; 2]) -> Self {
        let left = origin[0].min(self.width);
        let top = origin[1].min(self.height);
        let width = size[0].min(self.width - left);
        let height = size[1].min(self.height - top);
        let part = Part {
            stride: self.width.max(1),
            left,
            top,
            width,
            height,
        };
        Self {
            width,
            height,
            pixels: match &self.pixels {
                Pixels::Grey(grey) => Pixels::Grey(part.of(grey)),
                Pixels::Indexed { palette, indices } => Pixels::Indexed {
                    palette: palette.clone(),
                    indices: part.of(indices),
                },
                Pixels::Rgb(rgb) => Pixels::Rgb(part.of(rgb)),
            },
        }
    }
}

/// A rectangle of a raster.
struct Part {
    stride: usize,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Part {
    fn of<T: Copy>(&self, pixels: &[T]) -> Vec<T> {
        let rows = pixels.chunks_exact(self.stride);
        let rows = rows.skip(self.top).take(self.height);
        rows.flat_map(|row| &row[self.left..self.left + self.width])
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_and_the_outside_is_left_out() {
        let frame = Frame {
            width: 3,
            height: 2,
            pixels: Pixels::Grey(vec![1, 2, 3, 4, 5, 6]),
        };
        let part = frame.crop([1, 0], [9, 2]);
        assert_eq!((part.width, part.height), (2, 2));
        assert_eq!(part.pixels, Pixels::Grey(vec![2, 3, 5, 6]));
        assert_eq!(frame.crop([3, 0], [1, 1]).width, 0);
    }
}
