//! Structural similarity of luminance: what a rung of the ladder promises.
//!
//! Wang, Bovik, Sheikh and Simoncelli 2004, as scikit-image's `structural_similarity` counts it:
//! a uniform window of 7 x 7 pixels, a data range of 255, sample covariance, K1 = .01, K2 = .03, and
//! the mean over the windows that lie inside the picture. Sums are integers, so only the last step
//! rounds. A picture of less than 7 pixels on a side takes the largest odd window that fits.

/// The window's side in pixels.
const WINDOW: usize = 7;
/// `(0.01 * 255)^2`.
const C1: f32 = 6.5025;
/// `(0.03 * 255)^2`.
const C2: f32 = 58.5225;

/// The picture that others are compared with, and what is known of its windows.
pub(crate) struct Reference<'a> {
    pixels: &'a [u8],
    width: usize,
    height: usize,
    window: usize,
    /// Sum of each window, by the window's left and top.
    sums: Vec<i32>,
    /// `n * sum of squares - sum^2` of each window of `n` pixels.
    spreads: Vec<i32>,
}

impl<'a> Reference<'a> {
    /// Takes a luminance picture, a byte a pixel, of at least one pixel in rows of `width`.
    pub(crate) fn new(pixels: &'a [u8], width: usize) -> Self {
        let height = pixels.len() / width.max(1);
        let side = WINDOW.min(width).min(height).max(1);
        let window = side - (side + 1) % 2;
        let mut reference = Self {
            pixels,
            width,
            height,
            window,
            sums: Vec::new(),
            spreads: Vec::new(),
        };
        let many = (window * window) as i32;
        let (mut sums, mut spreads) = (Vec::new(), Vec::new());
        reference.windows(
            1,
            |y| reference.row(y),
            |_, [sum, square, _]| {
                sums.extend_from_slice(sum);
                spreads.extend(square.iter().zip(sum).map(|(q, s)| many * q - s * s));
            },
        );
        reference.sums = sums;
        reference.spreads = spreads;
        reference
    }

    /// What a squared error of each pixel costs in similarity, as long as errors are small.
    ///
    /// With the reference x and an error e whose mean over a window is nothing, similarity there is
    /// near `1 - var(e) / (2 var(x) + C2)`: errors cost where the picture is calm.
    pub(crate) fn weights(&self) -> Vec<f32> {
        let across = self.width + 1 - self.window;
        let many = (self.window * self.window) as f32;
        let variance = 1.0 / (many * (many - 1.0).max(1.0));
        let all = (self.spreads.len() as f32 * many).max(1.0);
        let mut weights = vec![0.0; self.pixels.len()];
        // Windows of a row beside both ends of it cost nothing.
        let side = self.window - 1;
        let mut row = vec![0.0; across + 2 * side];
        let mut sums = vec![0.0; self.width];
        for (top, spreads) in self.spreads.chunks(across).enumerate() {
            for (each, spread) in row[side..].iter_mut().zip(spreads) {
                *each = 1.0 / ((2.0 * *spread as f32 * variance + C2) * all);
            }
            sums.copy_from_slice(&row[..self.width]);
            for offset in 1..self.window {
                let shifted = row[offset..].iter();
                sums.iter_mut()
                    .zip(shifted)
                    .for_each(|(sum, each)| *sum += each);
            }
            let rows = weights.chunks_mut(self.width).skip(top).take(self.window);
            for (weight, sum) in rows.flat_map(|row| row.iter_mut().zip(&sums)) {
                *weight += sum;
            }
        }
        weights
    }

    /// Pixels across.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The similarity, at most 1, of the picture whose rows are `row(y)`, over every `every`-th row
    /// of windows; 1 is all of them.
    pub(crate) fn similarity<'b>(&self, every: usize, row: impl Fn(usize) -> &'b [u8]) -> f64 {
        let across = self.width + 1 - self.window;
        let many = (self.window * self.window) as i32;
        let (mut total, mut rows) = (0.0, 0_usize);
        self.windows(every, row, |top, other| {
            let here = top * across..(top + 1) * across;
            total += row_total(many, &self.sums[here.clone()], &self.spreads[here], other);
            rows += 1;
        });
        total / (rows * across).max(1) as f64
    }

    /// Hands on, for every `every`-th row of windows, its top and for each of its windows the sums
    /// of the other picture, of its squares, and of its products with the reference.
    fn windows<'b>(
        &self,
        every: usize,
        row: impl Fn(usize) -> &'b [u8],
        mut take: impl FnMut(usize, [&[i32]; 3]),
    ) {
        let mut columns = Columns::new(self.width);
        let mut sums = [const { Vec::new() }; 3];
        let mut held = 0..0;
        for top in (0..=self.height - self.window).step_by(every.max(1)) {
            let wanted = top..top + self.window;
            if 2 * (top - held.start) >= self.window || held.is_empty() {
                columns.clear();
                held = top..top;
            }
            for y in held.start..wanted.start.min(held.end) {
                columns.leave(self.row(y), row(y));
            }
            for y in held.end..wanted.end {
                columns.enter(self.row(y), row(y));
            }
            held = wanted;
            for (sums, columns) in sums.iter_mut().zip(&columns.0) {
                slide(columns, self.window, sums);
            }
            take(top, [&sums[0], &sums[1], &sums[2]]);
        }
    }

    fn row(&self, y: usize) -> &'a [u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }
}

/// Sums down the rows of a window, a column each: of a picture, its squares, and its products with
/// the reference.
struct Columns([Vec<i32>; 3]);

impl Columns {
    fn new(width: usize) -> Self {
        Self([const { Vec::new() }; 3].map(|_: Vec<i32>| vec![0; width]))
    }

    fn clear(&mut self) {
        for sums in &mut self.0 {
            sums.fill(0);
        }
    }

    fn enter(&mut self, reference: &[u8], row: &[u8]) {
        let [sums, squares, products] = &mut self.0;
        let each = sums.iter_mut().zip(squares).zip(products);
        for (((sum, square), product), (x, y)) in each.zip(reference.iter().zip(row)) {
            let (x, y) = (i32::from(*x), i32::from(*y));
            *sum += y;
            *square += y * y;
            *product += x * y;
        }
    }

    fn leave(&mut self, reference: &[u8], row: &[u8]) {
        let [sums, squares, products] = &mut self.0;
        let each = sums.iter_mut().zip(squares).zip(products);
        for (((sum, square), product), (x, y)) in each.zip(reference.iter().zip(row)) {
            let (x, y) = (i32::from(*x), i32::from(*y));
            *sum -= y;
            *square -= y * y;
            *product -= x * y;
        }
    }
}

/// The sum of each `window` neighbouring values.
fn slide(values: &[i32], window: usize, sums: &mut Vec<i32>) {
    sums.clear();
    if window == WINDOW {
        // Adds of fixed neighbours are made eight at a time by the processor; a running sum is not.
        sums.extend(
            values
                .windows(WINDOW)
                .map(|w| (w[0] + w[1]) + (w[2] + w[3]) + (w[4] + w[5]) + w[6]),
        );
    } else {
        sums.extend(values.windows(window).map(|w| w.iter().sum::<i32>()));
    }
}

/// The similarities of a row of windows of `many` pixels, summed.
fn row_total(many: i32, sums: &[i32], spreads: &[i32], other: [&[i32]; 3]) -> f64 {
    let n = many as f32;
    // Of sums to means, and of spreads to sample variances.
    let (mean, variance) = (1.0 / (n * n), 1.0 / (n * (n - 1.0).max(1.0)));
    let [y, square, product] = other;
    let reference = sums.iter().zip(spreads);
    let values = reference.zip(y.iter().zip(square.iter().zip(product)));
    let similarities = values.map(|((x, spread), (y, (square, product)))| {
        let (xy, squares) = (x * y, x * x + y * y);
        let both = (many * product - xy) as f32 * variance;
        let spread = (spread + (many * square - y * y)) as f32 * variance;
        let above = (2.0 * xy as f32 * mean + C1) * (2.0 * both + C2);
        above / ((squares as f32 * mean + C1) * (spread + C2))
    });
    similarities.map(f64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize) -> Vec<u8> {
        let at = |(x, y): (usize, usize)| {
            let step = if 3 * (x + y) > width + height { 90 } else { 0 };
            (7 * x + 13 * y + 5 * (x * y % 17) + step) as u8
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        places.map(at).collect()
    }

    fn similarity(a: &[u8], b: &[u8], width: usize, every: usize) -> f64 {
        let row = |y: usize| &b[y * width..(y + 1) * width];
        Reference::new(a, width).similarity(every, row)
    }

    #[test]
    fn it_is_what_scikit_image_counts() {
        let mut rows = 0;
        for line in include_str!("../../tests/pixels/ssim.csv").lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let [width, height] = [0, 1].map(|i| fields[i].parse::<usize>().unwrap());
            let a = picture(width, height);
            let b: Vec<u8> = match fields[2].strip_prefix("step ").map(str::parse::<u8>) {
                Some(step) => {
                    let step = step.unwrap();
                    a.iter().map(|v| v / step * step + step / 2).collect()
                }
                None if fields[2] == "left" => {
                    let before = |i: usize| if i.is_multiple_of(width) { i } else { i - 1 };
                    (0..a.len()).map(|i| a[before(i)]).collect()
                }
                None => vec![128; a.len()],
            };
            let wanted: f64 = fields[3].parse().unwrap();
            let found = similarity(&a, &b, width, 1);
            assert!((found - wanted).abs() < 2e-6, "{line}: {found}");
            rows += 1;
        }
        assert_eq!(rows, 25);
    }

    #[test]
    fn a_picture_is_like_itself_at_any_size() {
        for (width, height) in [(1, 1), (1, 9), (2, 2), (6, 30), (31, 3), (20, 20)] {
            let a = picture(width, height);
            for every in [1, 2, 5, 100] {
                let found = similarity(&a, &a, width, every);
                assert!((found - 1.0).abs() < 1e-6, "{width} x {height}: {found}");
            }
        }
    }

    #[test]
    fn weights_foretell_what_small_errors_cost() {
        let a = picture(60, 50);
        let b: Vec<u8> = a
            .iter()
            .enumerate()
            .map(|(i, v)| v ^ u8::from(i % 3 == 0))
            .collect();
        let weights = Reference::new(&a, 60).weights();
        let errors = a
            .iter()
            .zip(&b)
            .map(|(a, b)| f32::from(a.abs_diff(*b)).powi(2));
        let foretold: f32 = weights.iter().zip(errors).map(|(w, e)| w * e).sum();
        let lost = 1.0 - similarity(&a, &b, 60, 1);
        assert!(
            (f64::from(foretold) / lost - 1.0).abs() < 0.35,
            "{foretold} {lost}"
        );
    }

    #[test]
    fn some_rows_are_close_to_all() {
        let a = picture(300, 200);
        let b: Vec<u8> = a.iter().map(|v| v / 32 * 32 + 16).collect();
        let all = similarity(&a, &b, 300, 1);
        for every in [2, 3, 4, 7] {
            assert!((similarity(&a, &b, 300, every) - all).abs() < 0.01);
        }
    }
}
