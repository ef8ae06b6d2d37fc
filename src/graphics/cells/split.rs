//! The two colours that show a cell's pixels best.
//!
//! Two means by trying every split: a cell has eight pixels at most, so that is 127 splits, and the
//! answer is the best there is rather than a good one.

use super::colour::{WEIGHTS, distance};

/// The pixels of one cell, row by row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pixels: [[u8; 3]; 8],
    many: usize,
}

/// Pixels in two colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    /// The pixels of the first colour, a bit each.
    pub(super) pattern: u8,
    /// The first colour and the second.
    pub(super) colours: [[u8; 3]; 2],
}

impl Block {
    /// Between one and eight pixels.
    pub(super) fn new(pixels: impl Iterator<Item = [u8; 3]>) -> Self {
        let mut block = Self {
            pixels: [[0; 3]; 8],
            many: 0,
        };
        for (place, pixel) in block.pixels.iter_mut().zip(pixels) {
            *place = pixel;
            block.many += 1;
        }
        block
    }

    /// The pixels.
    pub(super) fn pixels(&self) -> &[[u8; 3]] {
        &self.pixels[..self.many]
    }

    /// Every pixel.
    fn all(&self) -> u8 {
        u8::MAX >> (8 - self.many.clamp(1, 8))
    }

    /// The mean of the pixels with a bit in `pattern`, rounded; `None` where there are none.
    pub(super) fn mean(&self, pattern: u8) -> Option<[u8; 3]> {
        let pattern = pattern & self.all();
        let many = pattern.count_ones();
        let sums = self.sums(pattern);
        (many > 0).then(|| sums.map(|sum| ((sum + many / 2) / many) as u8))
    }

    fn sums(&self, pattern: u8) -> [u32; 3] {
        let mut sums = [0; 3];
        for (bit, pixel) in self.pixels().iter().enumerate() {
            if pattern >> bit & 1 == 1 {
                sums = [0, 1, 2].map(|c| sums[c] + u32::from(pixel[c]));
            }
        }
        sums
    }

    /// The split with the least squared error around its two means.
    pub(super) fn split(&self) -> Split {
        let all = self.all();
        // The last pixel always has the second colour: the other splits are these, turned round.
        let splits = (0..=all >> 1).map(|pattern| (pattern, self.gain(pattern, all)));
        let best = splits.max_by(|a, b| a.1.total_cmp(&b.1));
        let pattern = best.map_or(0, |(pattern, _)| pattern);
        let second = self.mean(all & !pattern).unwrap_or_default();
        Split {
            pattern,
            colours: [self.mean(pattern).unwrap_or(second), second],
        }
    }

    /// How much squared error a split takes away, up to a constant: the least error has the largest.
    fn gain(&self, pattern: u8, all: u8) -> f64 {
        let part = |pattern: u8| {
            let many = f64::from(pattern.count_ones().max(1));
            let sums = self.sums(pattern).map(f64::from);
            let squares = (0..3).map(|c| f64::from(WEIGHTS[c]) * sums[c] * sums[c]);
            squares.sum::<f64>() / many
        };
        part(pattern) + part(all & !pattern)
    }

    /// The pixels that are nearer to the first colour than to the second, and the error of that.
    pub(super) fn among(&self, colours: [[u8; 3]; 2]) -> (u8, u32) {
        let mut pattern = 0;
        let mut error = 0;
        for (bit, pixel) in self.pixels().iter().enumerate() {
            let [first, second] = colours.map(|colour| distance(colour, *pixel));
            pattern |= u8::from(first < second) << bit;
            error += first.min(second);
        }
        (pattern, error)
    }

    /// The error of showing every pixel in one colour.
    pub(super) fn error(&self, colour: [u8; 3]) -> u32 {
        let errors = self.pixels().iter().map(|pixel| distance(colour, *pixel));
        errors.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_colours_are_kept_as_they_are() {
        let (a, b) = ([10, 20, 30], [200, 100, 0]);
        let block = Block::new([a, b, b, a, a, b].into_iter());
        let split = block.split();
        let shown: Vec<[u8; 3]> = (0..6)
            .map(|bit| split.colours[usize::from(split.pattern >> bit & 1 == 0)])
            .collect();
        assert_eq!(shown, block.pixels());
    }

    #[test]
    fn a_mean_counts_only_pixels_that_are_there() {
        let block = Block::new([[10; 3], [21; 3]].into_iter());
        assert_eq!(
            (block.mean(u8::MAX), block.mean(2)),
            (Some([16; 3]), Some([21; 3]))
        );
        assert_eq!(block.mean(4), None);
    }

    #[test]
    fn a_grey_ramp_is_split_in_its_middle() {
        let block = Block::new(
            [0, 10, 20, 30, 200, 210, 220, 230]
                .map(|v| [v; 3])
                .into_iter(),
        );
        let split = block.split();
        assert_eq!(
            (split.pattern, split.colours),
            (0b1111, [[15; 3], [215; 3]])
        );
    }
}
