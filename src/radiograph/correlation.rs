//! Phase correlation of two rasters of one size: where the second lies on the first, to a part of a
//! pixel, and how much that place stands out from the next best one (Kuglin and Hines 1975).
//!
//! Spectra are whitened, so that brightness does not count and edges do, and rolled off towards the
//! finest detail, which is noise.

use std::f32::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::Size;

/// Standard deviation of the peak in pixels, which the roll-off gives it.
const BLUR: f32 = 1.0;
/// Half of the side of the square around the peak in which no second one is looked for, in pixels.
const APART: usize = 6;

/// Below this a second place is no more than chance; height.
const LOWEST: f32 = 0.01;

/// A whitened spectrum, column by column.
pub(super) struct Spectrum(Vec<Complex<f32>>);

/// What correlates rasters of one size.
pub(super) struct Correlator {
    size: Size,
    /// Along rows and along columns, there and back.
    there: [Arc<dyn Fft<f32>>; 2],
    back: [Arc<dyn Fft<f32>>; 2],
    /// The roll-off of each bin of a [`Spectrum`].
    weights: Vec<f32>,
}

/// The place where one raster fits the other best.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peak {
    /// What lies at `p` in the first lies at `p + shift` in the second; pixels.
    pub(super) shift: [f64; 2],
    /// 1 where both rasters are alike, about 0 where nothing is.
    pub(super) height: f32,
    /// Height over that of the second best place.
    pub(super) contrast: f32,
}

impl Correlator {
    /// For rasters of that size.
    pub(super) fn new(size: Size) -> Self {
        let mut planner = FftPlanner::new();
        let lengths = [size.width, size.height];
        let there = lengths.map(|length| planner.plan_fft_forward(length));
        let back = lengths.map(|length| planner.plan_fft_inverse(length));
        let [across, down] = lengths.map(roll_off);
        let column = |x: &f32| down.iter().map(|y| x * y).collect::<Vec<f32>>();
        let mut weights: Vec<f32> = across.iter().flat_map(column).collect();
        // The mean says nothing of a place.
        weights[0] = 0.0;
        Self {
            size,
            there,
            back,
            weights,
        }
    }

    /// The whitened spectrum of `values`, row by row.
    pub(super) fn spectrum(&self, values: &[f32]) -> Spectrum {
        let mut rows: Vec<Complex<f32>> = values.iter().map(|v| Complex::new(*v, 0.0)).collect();
        self.there[0].process(&mut rows);
        let mut columns = transposed(&rows, self.size.width);
        self.there[1].process(&mut columns);
        for bin in &mut columns {
            *bin /= bin.norm().max(f32::MIN_POSITIVE);
        }
        Spectrum(columns)
    }

    /// Where the second raster lies on the first.
    pub(super) fn peak(&self, first: &Spectrum, second: &Spectrum) -> Peak {
        let bins = first.0.iter().zip(&second.0).zip(&self.weights);
        let mut columns: Vec<Complex<f32>> = bins.map(|((a, b), w)| a.conj() * b * w).collect();
        self.back[1].process(&mut columns);
        let mut rows = transposed(&columns, self.size.height);
        self.back[0].process(&mut rows);
        let whole = self.weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let heights: Vec<f32> = rows.iter().map(|value| value.re / whole).collect();
        self.found(&heights)
    }

    /// The highest place and the second highest.
    fn found(&self, heights: &[f32]) -> Peak {
        let Size { width, height } = self.size;
        let best = highest(heights.iter().copied().enumerate());
        let (x, y) = (best % width, best / width);
        let near = |a: usize, b: usize, all: usize| {
            let apart = a.abs_diff(b);
            apart.min(all - apart) <= APART
        };
        let others = heights.iter().copied().enumerate();
        let second = highest(
            others.filter(|(at, _)| !(near(at % width, x, width) && near(at / width, y, height))),
        );
        let at = |dx: usize, dy: usize| heights[(y + dy) % height * width + (x + dx) % width];
        let top = heights[best];
        let shift = [
            signed(x, width) + between([at(width - 1, 0), top, at(1, 0)]),
            signed(y, height) + between([at(0, height - 1), top, at(0, 1)]),
        ];
        Peak {
            shift,
            height: top,
            contrast: top / heights[second].max(LOWEST),
        }
    }
}

/// The place of the highest value; 0 of none.
fn highest(values: impl Iterator<Item = (usize, f32)>) -> usize {
    let best = values.max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(0, |(at, _)| at)
}

/// The roll-off of each bin of a transform of that length: a Gaussian's own transform.
fn roll_off(length: usize) -> Vec<f32> {
    let bin = |k: usize| {
        let frequency = signed(k, length) as f32 / length as f32;
        (-2.0 * (PI * BLUR * frequency).powi(2)).exp()
    };
    (0..length).map(bin).collect()
}

/// The distance that place `at` of a cycle means.
fn signed(at: usize, cycle: usize) -> f64 {
    if at > cycle / 2 {
        at as f64 - cycle as f64
    } else {
        at as f64
    }
}

/// How far the top of a Gaussian through three heights lies from the middle one, in pixels.
fn between(heights: [f32; 3]) -> f64 {
    let [a, b, c] = heights.map(|height| f64::from(height.max(1e-9)).ln());
    let bend = a - 2.0 * b + c;
    if bend < 0.0 {
        ((a - c) / (2.0 * bend)).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

/// Rows of `width` values as columns.
fn transposed(values: &[Complex<f32>], width: usize) -> Vec<Complex<f32>> {
    let height = values.len() / width.max(1);
    let mut turned = Vec::with_capacity(values.len());
    for x in 0..width {
        turned.extend((0..height).map(|y| values[y * width + x]));
    }
    turned
}
