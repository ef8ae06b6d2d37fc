//! A scan that is too large to be held, reduced row by row while it is read: means of squares of
//! pixels, and what only all samples can tell.

// Only what is inlined is compiled for wider registers.
#![allow(clippy::inline_always)]

use super::Summary;
use crate::lanes::wide;

/// Means of squares of `step` pixels a side of a plane whose rows come one after another.
///
/// A mean is that of all pixels of its square in whole numbers, halves rounded up; squares that the
/// right and the lower edge cut have as many pixels as are left.
#[derive(Debug)]
pub struct Reduction {
    width: usize,
    height: usize,
    step: usize,
    /// Sums of each column over the rows of the squares that are begun.
    sums: Vec<u32>,
    /// Rows in them.
    begun: usize,
    means: Vec<u16>,
    lows: Vec<u16>,
    highs: Vec<u16>,
    summary: Summary,
}

impl Reduction {
    /// Of a plane of that many columns and rows; `step` is at most 65 536.
    pub fn new([width, height]: [usize; 2], step: usize) -> Self {
        let [columns, rows] = [width, height].map(|side| side.div_ceil(step.max(1)));
        Self {
            width,
            height,
            step: step.clamp(1, 1 << 16),
            sums: vec![0; width],
            begun: 0,
            means: Vec::with_capacity(columns * rows),
            lows: vec![u16::MAX; width],
            highs: vec![0; width],
            summary: Summary {
                rows: Vec::with_capacity(height),
                ..Summary::default()
            },
        }
    }

    /// Takes the next row; of one more than there are nothing is taken.
    pub fn add(&mut self, row: &[u16]) {
        if self.summary.rows.len() == self.height || row.len() != self.width {
            return;
        }
        let (lows, highs) = (self.lows.as_mut_slice(), self.highs.as_mut_slice());
        let ends = wide!(take(row, self.sums.as_mut_slice(), lows, highs));
        self.summary.rows.push(ends);
        self.begun += 1;
        if self.begun == self.step || self.summary.rows.len() == self.height {
            self.end_squares();
        }
    }

    /// Brings the sums of the squares into their means.
    fn end_squares(&mut self) {
        let rows = self.begun as u64;
        for columns in self.sums.chunks(self.step) {
            let sum: u64 = columns.iter().map(|sum| u64::from(*sum)).sum();
            let count = rows * columns.len() as u64;
            self.summary.sum += sum;
            self.means.push(((sum + count / 2) / count) as u16);
        }
        self.sums.fill(0);
        self.begun = 0;
    }

    /// The means, row by row, and what all samples say; `None` before the last row was taken.
    pub fn finish(mut self) -> Option<(Vec<u16>, Summary)> {
        let columns = self.lows.into_iter().zip(self.highs);
        self.summary.columns = columns.map(|(low, high)| [low, high]).collect();
        (self.summary.rows.len() == self.height).then_some((self.means, self.summary))
    }
}

/// Takes a row into the sums and ends of its columns; gives its own ends.
#[inline(always)]
fn take(row: &[u16], sums: &mut [u32], lows: &mut [u16], highs: &mut [u16]) -> [u16; 2] {
    let n = row.len();
    let (sums, lows, highs) = (&mut sums[..n], &mut lows[..n], &mut highs[..n]);
    let (mut low, mut high) = (u16::MAX, 0);
    for x in 0..n {
        let sample = row[x];
        sums[x] += u32::from(sample);
        lows[x] = lows[x].min(sample);
        highs[x] = highs[x].max(sample);
        low = low.min(sample);
        high = high.max(sample);
    }
    [low, high]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_all_pixels_of_a_square_and_of_what_the_edge_leaves() {
        let [width, height] = [37, 22];
        let samples: Vec<u16> = (0..width * height)
            .map(|i| (i * 40_503 % 65_536) as u16)
            .collect();
        for step in [1, 2, 4, 8, 64] {
            let mut reduction = Reduction::new([width, height], step);
            for row in samples.chunks(width) {
                reduction.add(row);
            }
            let (means, summary) = reduction.finish().unwrap_or_default();
            let mut expected = Vec::new();
            for top in (0..height).step_by(step) {
                for left in (0..width).step_by(step) {
                    let rows = top..(top + step).min(height);
                    let of = |y: usize| {
                        let columns = left..(left + step).min(width);
                        columns.map(move |x| (x, y))
                    };
                    let square: Vec<f64> = rows
                        .flat_map(of)
                        .map(|(x, y)| f64::from(samples[y * width + x]))
                        .collect();
                    let mean = square.iter().sum::<f64>() / square.len() as f64;
                    expected.push((mean + 0.5).floor() as u16);
                }
            }
            assert_eq!(means, expected, "{step}");
            let sum: u64 = samples.iter().map(|s| u64::from(*s)).sum();
            assert_eq!(summary.sum, sum);
            let column: Vec<u16> = samples.iter().skip(5).step_by(width).copied().collect();
            let ends = [column.iter().min(), column.iter().max()].map(Option::<&u16>::copied);
            assert_eq!(summary.columns[5].map(Some), ends);
        }
    }
}
