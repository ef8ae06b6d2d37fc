//! Contrast-limited adaptive histogram equalisation (Zuiderveld 1994), as `OpenCV` does it: tiles of
//! one size, the clipped counts spread evenly, the tiles' curves blended linearly between their
//! middles. Made of the part that is seen; values stay exact between the steps of the histogram.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::rows;
use super::tone::top_of;
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::Field;

/// Steps of a tile's histogram.
const BINS: usize = 4096;
/// Pixels whose steps are found at once.
const PIECE: usize = 64;
/// Added to a small number, it rounds it to a whole one, which the lowest bits then show.
const WHOLE: f32 = 8_388_608.0;
/// Room of a histogram: a power of two, so that no place lies outside, and one for what is missing.
const ROOM: usize = 2 * BINS;
/// The most tiles across and down.
pub(super) const MOST_TILES: f64 = 16.0;

/// The curve of a tile: the new value at each step of the old one.
type Curve = Vec<f32>;
/// The curves of the tiles around a cell: left and right above, left and right below.
type Around = [f32; 4];

/// A field cut into tiles.
#[derive(Debug, Clone, Copy)]
struct Tiles {
    across: usize,
    down: usize,
    /// Pixels of a tile.
    width: f32,
    height: f32,
    /// Steps a value.
    per_value: f32,
    /// The highest value.
    top: f32,
}

/// CLAHE, `args` = tiles across and down, clip limit: how many times the mean count of a histogram's
/// steps one step may hold.
pub(super) fn clahe(field: &mut Field, args: &[f64], _: f64, cancel: &Cancel) -> Result<()> {
    if field.values.is_empty() {
        return Ok(());
    }
    let tiles = Tiles::of(field, args[0].round() as usize);
    let curves = tiles.curves(field, args[1] as f32, cancel)?;
    let cells = tiles.cells(&curves);
    rows::alone(field, cancel, |y, row| tiles.bend(&cells, y, row))
}

/// The range of what [`clahe`] gives.
pub(super) fn range(field: &mut Field, _: &[f64]) {
    let top = top_of(field);
    super::whole_range(field, 0.0, top);
}

impl Tiles {
    fn of(field: &Field, tiles: usize) -> Self {
        let (across, down) = (tiles.clamp(1, field.width), tiles.clamp(1, field.height));
        let top = top_of(field);
        Self {
            across,
            down,
            width: field.width as f32 / across as f32,
            height: field.height as f32 / down as f32,
            per_value: (BINS - 1) as f32 / top,
            top,
        }
    }

    /// The curves of all tiles, row by row.
    fn curves(&self, field: &Field, limit: f32, cancel: &Cancel) -> Result<Vec<Curve>> {
        let curve = |tile: usize| {
            let (x, y) = (tile % self.across, tile / self.across);
            let edge = |i: usize, size: f32| (i as f32 * size).round() as usize;
            let columns = edge(x, self.width)..edge(x + 1, self.width).min(field.width);
            let lines = edge(y, self.height)..edge(y + 1, self.height).min(field.height);
            let mut counts = Counts::new();
            for line in lines {
                cancel.check()?;
                let row = &field.values[line * field.width..][columns.clone()];
                counts.add(row, self.per_value);
            }
            Ok(self.curve(&counts.sums(), limit))
        };
        let tiles: Vec<usize> = (0..self.across * self.down).collect();
        tiles.into_par_iter().map(curve).collect()
    }

    /// The curve of a histogram; where nothing was counted values stay.
    fn curve(&self, counts: &[u32], limit: f32) -> Curve {
        let total: u32 = counts.iter().sum();
        if total == 0 {
            return (0..BINS).map(|i| i as f32 / self.per_value).collect();
        }
        let most = (limit * total as f32 / BINS as f32).max(1.0);
        let excess: f32 = counts.iter().map(|c| (*c as f32 - most).max(0.0)).sum();
        let more = f64::from(excess / BINS as f32);
        let scale = f64::from(self.top) / f64::from(total);
        let mut sum = 0.0_f64;
        let step = |count: &u32| {
            sum += f64::from((*count as f32).min(most)) + more;
            ((sum * scale) as f32).min(self.top)
        };
        counts.iter().map(step).collect()
    }

    /// The cells between the tiles' middles, row by row, each with the four curves around it beside
    /// one another; outside the outermost middles the nearest tile stands on both sides.
    fn cells(&self, curves: &[Curve]) -> Vec<Vec<Around>> {
        let cell = |i: usize| {
            let (x, y) = (i % (self.across + 1), i / (self.across + 1));
            let columns = [x.saturating_sub(1), x.min(self.across - 1)];
            let lines = [y.saturating_sub(1), y.min(self.down - 1)];
            let at = |line: usize, column: usize| &curves[line * self.across + column];
            let (a, b) = (at(lines[0], columns[0]), at(lines[0], columns[1]));
            let (c, d) = (at(lines[1], columns[0]), at(lines[1], columns[1]));
            (0..BINS).map(|i| [a[i], b[i], c[i], d[i]]).collect()
        };
        let cells = (self.across + 1) * (self.down + 1);
        (0..cells).into_par_iter().map(cell).collect()
    }

    /// Replaces the values of row `y`.
    fn bend(&self, cells: &[Vec<Around>], y: usize, row: &mut [f32]) {
        let place = ((y as f32 + 0.5) / self.height + 0.5).clamp(0.0, self.down as f32);
        let line = place.floor();
        let cells = &cells[line as usize * (self.across + 1)..][..=self.across];
        let middle = |cell: usize| {
            let left = (cell as f32 - 0.5) * self.width - 0.5;
            (left.ceil().max(0.0) as usize).min(row.len())
        };
        let edges: Vec<usize> = (0..=self.across).map(middle).chain([row.len()]).collect();
        for (i, cell) in cells.iter().enumerate() {
            let part = &mut row[edges[i]..edges[i + 1].max(edges[i])];
            let step = 1.0 / self.width;
            let start = (edges[i] as f32 + 0.5) * step + 0.5 - i as f32;
            if let Some(cell) = cell.first_chunk::<BINS>() {
                wide!(blend(
                    part,
                    cell,
                    (self.per_value, place - line),
                    (start, step)
                ));
            }
        }
    }
}

/// Replaces the values of a part of a row within one cell: `down` is the place between the curves
/// above and below, `start` that between left and right at its first pixel, `step` the way to the next.
#[inline(always)]
fn blend(
    part: &mut [f32],
    curves: &[Around; BINS],
    (per_value, down): (f32, f32),
    (start, step): (f32, f32),
) {
    let mut along = [0.0; PIECE];
    let mut bins = [0_u16; PIECE];
    for (i, part) in part.chunks_mut(PIECE).enumerate() {
        steps(part, per_value, &mut bins, &mut along);
        let start = start + step * (i * PIECE) as f32;
        for (n, value) in part.iter_mut().enumerate() {
            let bin = usize::from(bins[n]).min(BINS - 2);
            let (a, b) = (curves[bin], curves[bin + 1]);
            let mut at = [0.0; 4];
            for (at, (a, b)) in at.iter_mut().zip(a.iter().zip(b)) {
                *at = a + along[n] * (b - a);
            }
            let left = at[0] + down * (at[2] - at[0]);
            let right = at[1] + down * (at[3] - at[1]);
            *value = left + (start + step * n as f32) * (right - left);
        }
    }
}

/// The step below each value and the share of the way to the next one; both ends may be either.
#[inline(always)]
fn steps(values: &[f32], per_value: f32, bins: &mut [u16], along: &mut [f32]) {
    for (v, (bin, along)) in values.iter().zip(bins.iter_mut().zip(along)) {
        let place = (v * per_value).clamp(0.0, (BINS - 1) as f32);
        let rounded = (place - 0.5).clamp(0.0, (BINS - 2) as f32) + WHOLE;
        *bin = (rounded.to_bits() & 0xffff) as u16;
        *along = place - (rounded - WHOLE);
    }
}

/// A histogram in two parts, so that equal neighbours do not wait for each other.
struct Counts([Vec<u32>; 2]);

impl Counts {
    fn new() -> Self {
        Self([0; 2].map(|_| vec![0; ROOM]))
    }

    fn add(&mut self, row: &[f32], per_value: f32) {
        let [even, odd] = self.0.each_mut().map(|half| half.first_chunk_mut::<ROOM>());
        let (Some(even), Some(odd)) = (even, odd) else {
            return;
        };
        let mut bins = [0_u16; PIECE];
        for part in row.chunks(PIECE) {
            wide!(places(part, per_value, &mut bins));
            for pair in bins[..part.len()].chunks(2) {
                even[usize::from(pair[0]) % ROOM] += 1;
                if let Some(other) = pair.get(1) {
                    odd[usize::from(*other) % ROOM] += 1;
                }
            }
        }
    }

    /// Counts of what is there.
    fn sums(&self) -> Vec<u32> {
        let [even, odd] = &self.0;
        let both = even.iter().zip(odd.iter()).take(BINS);
        both.map(|(a, b)| a + b).collect()
    }
}

/// The nearest step of each value; what is missing has the one after the last.
#[inline(always)]
fn places(values: &[f32], per_value: f32, bins: &mut [u16]) {
    for (bin, v) in bins.iter_mut().zip(values) {
        let place = (v * per_value).clamp(0.0, (BINS - 1) as f32);
        let place = if v.is_nan() { BINS as f32 } else { place };
        *bin = ((place + WHOLE).to_bits() & 0xffff) as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::{Polarity, Unit};

    #[test]
    fn every_curve_rises_and_a_high_limit_is_plain_equalisation() {
        let field = Field {
            width: 16,
            height: 16,
            values: (0..256).map(|i| (i * i % 251) as f32 / 250.0).collect(),
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        };
        let tiles = Tiles::of(&field, 2);
        for limit in [1.0, 8.0, 1e6] {
            let curves = tiles.curves(&field, limit, &Cancel::never());
            for curve in curves.unwrap_or_else(|e| panic!("{e}")) {
                assert!(curve.windows(2).all(|pair| pair[1] >= pair[0]));
                assert!((curve[BINS - 1] - 1.0).abs() < 1e-5);
            }
        }
        let one = Tiles::of(&field, 1);
        let curves = one.curves(&field, 1e6, &Cancel::never());
        let curve = &curves.unwrap_or_else(|e| panic!("{e}"))[0];
        let below = |bin: usize| {
            let value = (bin as f32 + 0.5) / (BINS - 1) as f32;
            field.values.iter().filter(|v| **v < value).count() as f32 / 256.0
        };
        assert!(
            (0..BINS)
                .step_by(97)
                .all(|bin| (curve[bin] - below(bin)).abs() < 1e-5)
        );
    }
}
