//! Structural similarity of luminance: what a rung of the ladder promises.
//!
//! Wang, Bovik, Sheikh and Simoncelli 2004, as scikit-image's `structural_similarity` counts it: a
//! uniform window of 7 x 7 pixels, a data range of 255, sample covariance, K1 = .01, K2 = .03, and the
//! mean over the windows that lie inside the picture. A smaller picture is one window of its size.

/// The window's side in pixels.
const WINDOW: usize = 7;
/// `(0.01 * 255)^2`.
const C1: f64 = 6.5025;
/// `(0.03 * 255)^2`.
const C2: f64 = 58.5225;

/// The picture that others are compared with.
pub(crate) struct Reference<'a> {
    pixels: &'a [u8],
    width: usize,
    height: usize,
}

impl<'a> Reference<'a> {
    /// Takes a luminance picture, a byte a pixel, of at least one pixel in rows of `width`.
    pub(crate) fn new(pixels: &'a [u8], width: usize) -> Self {
        Self {
            pixels,
            width,
            height: pixels.len() / width.max(1),
        }
    }

    /// The mean similarity of a picture whose rows `row` gives, over each `every`-th row of windows;
    /// 1 for an equal picture.
    pub(crate) fn similarity<'b>(&self, every: usize, row: impl Fn(usize) -> &'b [u8]) -> f64 {
        let (across, down) = (WINDOW.min(self.width), WINDOW.min(self.height));
        let mut columns = vec![[0_u32; 5]; self.width];
        let (mut total, mut rows) = (0.0, 0);
        for y in 0..self.height {
            self.slide(&mut columns, row(y), y, true);
            if y >= down {
                self.slide(&mut columns, row(y - down), y - down, false);
            }
            if y + 1 >= down && (y + 1 - down).is_multiple_of(every.max(1)) {
                total += windows(&columns, across, (across * down) as f64);
                rows += 1;
            }
        }
        total / (rows * (self.width + 1 - across)).max(1) as f64
    }

    /// Takes a row into the sums of the columns, or out of them.
    fn slide(&self, columns: &mut [[u32; 5]], other: &[u8], y: usize, into: bool) {
        let own = &self.pixels[y * self.width..][..self.width];
        for ((sums, a), b) in columns.iter_mut().zip(own).zip(other) {
            let (a, b) = (u32::from(*a), u32::from(*b));
            for (sum, value) in sums.iter_mut().zip([a, b, a * a, b * b, a * b]) {
                *sum = if into { *sum + value } else { *sum - value };
            }
        }
    }
}

/// The sum over one row of windows.
fn windows(columns: &[[u32; 5]], across: usize, pixels: f64) -> f64 {
    let mut sums = [0_u32; 5];
    let mut total = 0.0;
    for (x, column) in columns.iter().enumerate() {
        (0..5).for_each(|i| sums[i] += column[i]);
        if x >= across {
            (0..5).for_each(|i| sums[i] -= columns[x - across][i]);
        }
        if x + 1 >= across {
            total += window(sums.map(f64::from), pixels);
        }
    }
    total
}

/// One window by its sums of a, b, aa, bb and ab.
fn window([a, b, aa, bb, ab]: [f64; 5], pixels: f64) -> f64 {
    let (mean_a, mean_b) = (a / pixels, b / pixels);
    let sample = pixels / f64::max(pixels - 1.0, 1.0);
    let of_a = sample * (aa / pixels - mean_a * mean_a);
    let of_b = sample * (bb / pixels - mean_b * mean_b);
    let both = sample * (ab / pixels - mean_a * mean_b);
    let alike = (2.0 * mean_a * mean_b + C1) * (2.0 * both + C2);
    alike / ((mean_a * mean_a + mean_b * mean_b + C1) * (of_a + of_b + C2))
}
