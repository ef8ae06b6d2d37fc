//! A frame as blocks of equal pixels, and what an error in each of them weighs.
//!
//! Structural similarity (see [`super::super::ssim`]) forgives an error of variance `e` in a window of
//! variance `s` by about `e / (2 s + C2)`: so an error weighs less where there is much to see, and most
//! on faint structure. A block is the weighed mean of its pixels.

use super::stream::BAND;
use crate::view::{Frame, Pixels};

/// Side of a window, and the constant of the similarity's contrast term.
const WINDOW: usize = 7;
const C2: f64 = 58.5225;

/// The pixels of a frame with what they weigh.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) colours: Vec<[u8; 3]>,
    /// Luminance by Rec. 601.
    pub(super) light: Vec<u8>,
    /// Whether every pixel is a grey.
    pub(super) grey: bool,
    weights: Vec<f32>,
}

/// A picture of blocks that are as wide and high as is said, in the order of its bands.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    /// Pixels across and down a block; six rows hold whole blocks.
    pub(super) block: [usize; 2],
    /// Blocks across.
    pub(super) columns: usize,
    /// Blocks down in a band.
    pub(super) band: usize,
    /// The mean colour of each block.
    pub(super) colours: Vec<[f32; 3]>,
    /// What a squared step of error in each block weighs.
    pub(super) weights: Vec<f32>,
}

/// Luminance by Rec. 601, `0..=255`.
pub(super) fn luminance([r, g, b]: [u8; 3]) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000) as u8
}

impl Source {
    /// Takes a frame of at least one pixel.
    pub(super) fn new(frame: &Frame) -> Self {
        let places = (0..frame.height).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
        let colours: Vec<[u8; 3]> = match &frame.pixels {
            Pixels::Rgb(pixels) => pixels.clone(),
            _ => places.map(|(x, y)| frame.rgb(x, y)).collect(),
        };
        let light: Vec<u8> = colours.iter().map(|colour| luminance(*colour)).collect();
        Self {
            width: frame.width,
            height: frame.height,
            grey: colours.iter().all(|[r, g, b]| r == g && g == b),
            weights: weights(&light, frame.width, frame.height),
            colours,
            light,
        }
    }

    /// The frame in blocks of so many pixels across and down; down is 1, 2, 3 or 6.
    pub(super) fn grid(&self, block: [usize; 2]) -> Grid {
        let [across, down] = block;
        let columns = self.width.div_ceil(across);
        let many = columns * self.height.div_ceil(down);
        let mut sums = vec![[0.0_f32; 3]; many];
        let mut weights = vec![0.0_f32; many];
        for (at, (colour, weight)) in self.colours.iter().zip(&self.weights).enumerate() {
            let place = at / self.width / down * columns + at % self.width / across;
            weights[place] += weight;
            (0..3).for_each(|c| sums[place][c] += weight * f32::from(colour[c]));
        }
        Grid {
            block,
            columns,
            band: BAND / down,
            colours: sums
                .iter()
                .zip(&weights)
                .map(|(sum, weight)| sum.map(|s| s / weight))
                .collect(),
            weights,
        }
    }

    /// An entry for each pixel, where `entries` has one for each block.
    pub(super) fn spread(&self, grid: &Grid, entries: &[u8]) -> Vec<u8> {
        let [across, down] = grid.block;
        let rows = (0..self.height).map(|y| &entries[y / down * grid.columns..][..grid.columns]);
        rows.flat_map(|row| (0..self.width).map(move |x| row[x / across]))
            .collect()
    }
}

/// The mean of `C2 / (2 s + C2)` over the windows that hold each pixel, where `s` is the variance of
/// the window; never 0.
fn weights(light: &[u8], width: usize, height: usize) -> Vec<f32> {
    let (w, h) = (WINDOW.min(width), WINDOW.min(height));
    let sums = Integral::new(width, height, |x, y| f64::from(light[y * width + x]));
    let squares = Integral::new(width, height, |x, y| {
        f64::from(light[y * width + x]).powi(2)
    });
    let (across, down) = (width + 1 - w, height + 1 - h);
    let many = (w * h) as f64;
    let flat = Integral::new(across, down, |x, y| {
        let (mean, square) = (
            sums.of([x, y], [x + w, y + h]),
            squares.of([x, y], [x + w, y + h]),
        );
        let variance = f64::max(square / many - (mean / many).powi(2), 0.0);
        C2 / (2.0 * variance + C2)
    });
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    places
        .map(|(x, y)| {
            let from = [(x + 1).saturating_sub(w), (y + 1).saturating_sub(h)];
            let to = [(x + 1).min(across), (y + 1).min(down)];
            // Pixels at the border are in fewer windows, and count less.
            f64::max(flat.of(from, to) / many, 1e-3) as f32
        })
        .collect()
}

/// Running sums over a plane (Crow 1984).
struct Integral {
    stride: usize,
    sums: Vec<f64>,
}

impl Integral {
    fn new(width: usize, height: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let stride = width + 1;
        let mut sums = vec![0.0; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0.0;
            for x in 0..width {
                row += value(x, y);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Self { stride, sums }
    }

    /// The sum of the columns and rows from `from` up to and without `to`.
    fn of(&self, from: [usize; 2], to: [usize; 2]) -> f64 {
        let at = |x: usize, y: usize| self.sums[y * self.stride + x];
        at(to[0], to[1]) - at(from[0], to[1]) - at(to[0], from[1]) + at(from[0], from[1])
    }
}
