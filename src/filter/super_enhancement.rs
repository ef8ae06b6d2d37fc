//! Super enhancement (SEN): a Laplacian pyramid (Burt and Adelson 1983) whose small differences are
//! lifted and whose large ones stay, over a ground that is brought nearer to the middle: detail at
//! every size, in the dark and in the bright, without haloes around strong edges.
//!
//! It works on brightness that follows the logarithm at the dense end, and leaves it so. Missing
//! values do not count and stay missing.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::point::high_penetration;
use crate::Result;
use crate::bands;
use crate::cancel::Cancel;
use crate::lanes::{any_missing, or_zero, weight, wide};
use crate::radiograph::Field;

/// The knee of the brightness it works on, as [`high_penetration`] takes it.
const KNEE: f64 = 0.15;
/// Differences below this share of the range are detail.
const DETAIL: f32 = 0.012;
/// What of the gain the finest two sizes get: there most of the noise is.
const FINEST: [f32; 2] = [0.35, 0.7];
/// The range, in full scales, of what grows with attenuation.
const RANGE: f32 = 4.0;
/// What the lifted detail takes beyond the ground on either side, as shares of the range.
const ROOM: [f32; 2] = [0.08, 0.04];
/// The most levels.
const DEEPEST: usize = 9;

/// How far it looks, `args` = detail, ground, radius.
pub(super) fn reach(args: &[f64]) -> f64 {
    2.0 * args[2]
}

/// Super enhancement, `args` = detail: how many times small differences are lifted; ground: the
/// share of the large brightness differences that stays; radius in scan pixels: half the size of
/// the largest detail.
pub(super) fn super_enhancement(
    field: &mut Field,
    args: &[f64],
    scale: f64,
    cancel: &Cancel,
) -> Result<()> {
    if !field.unit.counts_matter() {
        high_penetration(field, &[KNEE], cancel)?;
    }
    let levels = (args[2] * scale).max(2.0).log2().floor() as usize;
    // Levels finer than the raster are not there.
    let lost = (1.0 / scale).log2().round().max(0.0) as usize;
    let range = range_of(field);
    let gain = |level: usize| Gain {
        most: (args[0] as f32 - 1.0) * FINEST.get(level + lost).copied().unwrap_or(1.0),
        knee: 1.0 / (DETAIL * range),
    };
    let ground = Ground {
        middle: range / 2.0,
        keep: args[1] as f32,
    };
    let mut base = Level {
        width: field.width,
        height: field.height,
        values: std::mem::take(&mut field.values),
    };
    let done = enhance(&mut base, levels.min(DEEPEST), &gain, ground, cancel);
    field.values = base.values;
    done
}

/// The range of what it gives: the ends with what the ground keeps, and room for the detail.
pub(super) fn range(field: &mut Field, args: &[f64]) {
    if !field.unit.counts_matter() && high_penetration(field, &[KNEE], &Cancel::never()).is_err() {
        return;
    }
    let range = range_of(field);
    let (middle, keep) = (range / 2.0, args[1] as f32);
    let ground = |v: &f32| middle + keep * (*v - middle);
    let least = field
        .values
        .iter()
        .map(ground)
        .fold(f32::INFINITY, f32::min);
    let most = field
        .values
        .iter()
        .map(ground)
        .fold(f32::NEG_INFINITY, f32::max);
    super::whole_range(field, least - ROOM[0] * range, most + ROOM[1] * range);
}

fn range_of(field: &Field) -> f32 {
    if field.unit.counts_matter() {
        RANGE * field.full_scale
    } else {
        field.full_scale
    }
}

/// What becomes of a difference.
#[derive(Debug, Clone, Copy)]
struct Gain {
    /// What is added of a very small one, below 8: above, differences would change their order.
    most: f32,
    /// One over the difference of which half of that is added; of larger ones ever less.
    knee: f32,
}

impl Gain {
    /// Rises with the difference always.
    #[inline(always)]
    fn of(self, difference: f32) -> f32 {
        let place = difference * self.knee;
        difference + difference * self.most / (1.0 + place * place)
    }
}

/// What becomes of the coarsest level.
#[derive(Debug, Clone, Copy)]
struct Ground {
    middle: f32,
    keep: f32,
}

/// One level of the pyramid.
struct Level {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

/// Replaces a level by its enhanced self.
fn enhance(
    level: &mut Level,
    levels: usize,
    gain: &dyn Fn(usize) -> Gain,
    ground: Ground,
    cancel: &Cancel,
) -> Result<()> {
    enhance_from(level, (0, levels), gain, ground, cancel)
}

fn enhance_from(
    level: &mut Level,
    (at, levels): (usize, usize),
    gain: &dyn Fn(usize) -> Gain,
    ground: Ground,
    cancel: &Cancel,
) -> Result<()> {
    if at == levels || level.width < 3 || level.height < 3 {
        for v in &mut level.values {
            *v = ground.middle + ground.keep * (*v - ground.middle);
        }
        return Ok(());
    }
    let coarse = level.reduced(cancel)?;
    let mut made = Level {
        values: coarse.values.clone(),
        ..coarse
    };
    enhance_from(&mut made, (at + 1, levels), gain, ground, cancel)?;
    level.rebuild(&coarse, &made, gain(at), cancel)
}

impl Level {
    fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }

    /// Half the size, under the binomial kernel 1 4 6 4 1 of what is there.
    fn reduced(&self, cancel: &Cancel) -> Result<Self> {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut values = vec![0.0; width * height];
        let rows = bands::rows(self.width).div_ceil(2);
        let parts = values.chunks_mut(rows * width).enumerate();
        bands::each(parts.collect(), |(i, part): (usize, &mut [f32])| {
            let mut lines = [0; 2].map(|_| vec![0.0; self.width + 4]);
            for (y, out) in part.chunks_mut(width).enumerate() {
                cancel.check()?;
                self.reduced_row(i * rows + y, &mut lines, out);
            }
            Ok(())
        })?;
        Ok(Self {
            width,
            height,
            values,
        })
    }

    /// One row of the smaller level; `lines` have two more pixels on both sides, which stay 0.
    fn reduced_row(&self, y: usize, [sums, weights]: &mut [Vec<f32>; 2], out: &mut [f32]) {
        let row = |by: usize| (2 * y + by).checked_sub(2).filter(|y| *y < self.height);
        let rows = [0, 1, 2, 3, 4].map(|by| row(by).map(|y| self.row(y)));
        let missing = rows.iter().flatten().any(|row| wide!(any_missing(row)));
        let whole = rows.iter().all(Option::is_some);
        let width = self.width;
        if !missing && whole {
            let rows = rows.map(Option::unwrap_or_default);
            wide!(down_whole(rows, &mut sums[2..][..width]));
            wide!(halve(sums, out, 1.0 / 256.0));
            let last = out.len() - 1;
            for x in [0, last] {
                out[x] *= 16.0 / there(x, width);
            }
            return;
        }
        wide!(down(&rows, &mut sums[2..][..width], or_zero));
        wide!(down(&rows, &mut weights[2..][..width], weight));
        let mut under = vec![0.0; out.len()];
        halve(sums, out, 1.0);
        halve(weights, &mut under, 1.0);
        for (out, under) in out.iter_mut().zip(&under) {
            *out /= under;
        }
    }

    /// The level from its differences to `coarse`, lifted, on top of `made`.
    fn rebuild(&mut self, coarse: &Self, made: &Self, gain: Gain, cancel: &Cancel) -> Result<()> {
        let (width, rows) = (self.width, bands::rows(self.width));
        let parts: Vec<(usize, &mut [f32])> =
            self.values.chunks_mut(rows * width).enumerate().collect();
        parts.into_par_iter().try_for_each(|(i, part)| {
            let mut lines = [0; 2].map(|_| vec![0.0; coarse.width + 2]);
            let mut large = [0; 2].map(|_| vec![0.0; width + 2]);
            for (y, row) in part.chunks_mut(width).enumerate() {
                cancel.check()?;
                for (level, (line, large)) in [coarse, made]
                    .into_iter()
                    .zip(lines.iter_mut().zip(&mut large))
                {
                    wide!(level.doubled(i * rows + y, line, large));
                }
                let [old, new] = &large;
                wide!(lift(row, old, new, gain));
            }
            Ok(())
        })
    }

    /// Row `y` of a level of twice the size; beyond the border is what is at it. A coarse value that
    /// is missing takes its nearest neighbours' place from the middle one.
    #[inline(always)]
    fn doubled(&self, y: usize, line: &mut [f32], large: &mut [f32]) {
        let at = (y / 2).min(self.height - 1);
        let next = self.row((at + 1).min(self.height - 1));
        let (own, before) = (self.row(at), self.row(at.saturating_sub(1)));
        let width = self.width;
        let inner = &mut line[1..=width];
        let or = |v: f32, other: f32| if v.is_nan() { other } else { v };
        for (out, ((own, next), before)) in inner.iter_mut().zip(own.iter().zip(next).zip(before)) {
            *out = if y.is_multiple_of(2) {
                0.75 * own + 0.125 * (or(*before, *own) + or(*next, *own))
            } else {
                0.5 * (or(*own, *next) + or(*next, *own))
            };
        }
        line[0] = line[1];
        line[width + 1] = line[width];
        let line = &line[..width + 2];
        for (x, pair) in large.chunks_exact_mut(2).enumerate().take(width) {
            let [a, b, c] = [line[x], line[x + 1], line[x + 2]];
            pair[0] = 0.75 * b + 0.125 * (or(a, b) + or(c, b));
            pair[1] = 0.5 * (or(b, c) + or(c, b));
        }
    }
}

/// Weights of the binomial kernel that are there around column `2 x` of `width`, of 16.
fn there(x: usize, width: usize) -> f32 {
    let weights = [1.0, 4.0, 6.0, 4.0, 1.0].into_iter().enumerate();
    weights
        .filter(|(by, _)| (2..width + 2).contains(&(2 * x + by)))
        .map(|(_, weight)| weight)
        .sum()
}

/// Sums down five rows under 1 4 6 4 1.
#[inline(always)]
fn down_whole([a, b, c, d, e]: [&[f32]; 5], sums: &mut [f32]) {
    let width = sums.len();
    let (a, b, c, d, e) = (
        &a[..width],
        &b[..width],
        &c[..width],
        &d[..width],
        &e[..width],
    );
    for x in 0..width {
        sums[x] = 6.0 * c[x] + 4.0 * (b[x] + d[x]) + (a[x] + e[x]);
    }
}

/// The same of what `of` makes of each value, of the rows that are there.
#[inline(always)]
fn down(rows: &[Option<&[f32]>; 5], sums: &mut [f32], of: impl Fn(f32) -> f32) {
    sums.fill(0.0);
    for (row, weight) in rows.iter().zip([1.0, 4.0, 6.0, 4.0, 1.0]) {
        for (sum, v) in sums.iter_mut().zip(row.unwrap_or_default()) {
            *sum += weight * of(*v);
        }
    }
}

/// Every other sum along a row under 1 4 6 4 1; the row has two more pixels on both sides.
#[inline(always)]
fn halve(sums: &[f32], out: &mut [f32], scale: f32) {
    for (out, part) in out.iter_mut().zip(sums.windows(5).step_by(2)) {
        *out = scale * (6.0 * part[2] + 4.0 * (part[1] + part[3]) + (part[0] + part[4]));
    }
}

/// Differences of `row` from `old`, lifted, on `new`.
#[inline(always)]
fn lift(row: &mut [f32], old: &[f32], new: &[f32], gain: Gain) {
    for (v, (old, new)) in row.iter_mut().zip(old.iter().zip(new)) {
        *v = new + gain.of(*v - old);
    }
}
