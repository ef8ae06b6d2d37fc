//! The Gauss kernel and what is made with it: smoothing and sharpening.
//!
//! Missing values never count and stay missing; nothing lies outside the field. Lengths are in scan
//! pixels and shrink with the picture, so that a view from afar shows the mean of what the whole
//! would show there.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::{or_zero, weight, wide};
use crate::radiograph::Field;

/// Below this sigma on a raster coarser than the scan, samples of the Gauss curve are too far apart:
/// three weights of the same variance stand for it.
const FINE: f64 = 0.7;
/// Pixels of a piece of a row: sums of it stay in the first cache.
const PIECE: usize = 1024;

/// How far a Gauss kernel of `sigma` reaches.
pub(super) fn reach(sigma: f64) -> f64 {
    3.0 * sigma
}

/// Gauss kernel, `args` = sigma in scan pixels.
pub(super) fn smooth(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    blend(
        field,
        &Kernel::of(args[0], scale),
        cancel,
        #[inline(always)]
        |_, soft| soft,
    )
}

/// Edge enhancement, `args` = amount, sigma: an unsharp mask without a threshold.
pub(super) fn edge(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    unsharp(field, &[args[0], args[1], 0.0], scale, cancel)
}

/// Unsharp mask, `args` = amount, sigma, threshold: adds `amount` times the difference from the
/// smoothed where that is above `threshold` of full scale.
pub(super) fn unsharp(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let kernel = Kernel::of(args[1], scale);
    let amount = args[0] as f32;
    let threshold = args[2] as f32 * field.full_scale;
    if threshold <= 0.0 {
        return blend(
            field,
            &kernel,
            cancel,
            #[inline(always)]
            |own, soft| own + amount * (own - soft),
        );
    }
    blend(
        field,
        &kernel,
        cancel,
        #[inline(always)]
        |own, soft| {
            let detail = own - soft;
            own + if detail.abs() > threshold {
                amount * detail
            } else {
                0.0
            }
        },
    )
}

/// The weights of a kernel from its middle outwards; they sum to 1 over both sides.
struct Kernel(Vec<f32>);

impl Kernel {
    /// Of `sigma` scan pixels at `scale` field pixels each.
    fn of(sigma: f64, scale: f64) -> Self {
        let sigma = sigma * scale;
        if scale < 1.0 && sigma < FINE {
            let side = sigma * sigma / 2.0;
            return Self(vec![(1.0 - 2.0 * side) as f32, side as f32]);
        }
        let radius = reach(sigma).ceil() as i64;
        let raw: Vec<f64> = (0..=radius)
            .map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp())
            .collect();
        let sum = 2.0 * raw.iter().sum::<f64>() - raw[0];
        Self(raw.iter().map(|weight| (weight / sum) as f32).collect())
    }

    fn radius(&self) -> usize {
        self.0.len() - 1
    }

    /// One over the weights that lie in `0..length` around each place.
    fn within(&self, length: usize) -> Vec<f32> {
        let radius = self.radius();
        let one = |x: usize| {
            let side = |room: usize| self.0[1..=radius.min(room)].iter().sum::<f32>();
            if x >= radius && x + radius < length {
                return 1.0;
            }
            1.0 / (self.0[0] + side(x) + side(length - 1 - x))
        };
        (0..length).map(one).collect()
    }
}

/// Rows that are needed on the way to a smoothed one.
struct Scratch {
    /// Sums down the columns, with `radius` zeros on both sides.
    sums: Vec<f32>,
    /// The same of the weights of what is there.
    weights: Vec<f32>,
    /// The smoothed row, and its weights.
    soft: Vec<f32>,
    there: Vec<f32>,
}

/// Replaces every value by what `mix` makes of it and of the smoothed one.
fn blend(
    field: &mut Field,
    kernel: &Kernel,
    cancel: &Cancel,
    mix: impl Fn(f32, f32) -> f32 + Sync,
) -> Result<()> {
    let (width, radius) = (field.width, kernel.radius());
    let across = kernel.within(width);
    let down = kernel.within(field.height);
    let begin = || Scratch {
        sums: vec![0.0; width + 2 * radius],
        weights: vec![0.0; width + 2 * radius],
        soft: vec![0.0; width],
        there: vec![0.0; width],
    };
    rows::each(field, radius, cancel, begin, |scratch, lines, out| {
        if lines.any_missing() {
            wide!(soften_around_holes(&kernel.0, lines, scratch));
        } else {
            wide!(soften(&kernel.0, lines, scratch));
            let missing_rows = down[lines.y];
            if missing_rows != 1.0 {
                scratch.soft.iter_mut().for_each(|v| *v *= missing_rows);
            }
            let ends =
                (0..radius.min(width)).chain(width.saturating_sub(radius).max(radius)..width);
            ends.for_each(|x| scratch.soft[x] *= across[x]);
        }
        wide!(mixed([lines.own(), &scratch.soft], out, &mix));
    })
}

/// What `mix` makes of the values and the smoothed ones.
#[inline(always)]
fn mixed([own, soft]: [&[f32]; 2], out: &mut [f32], mix: &impl Fn(f32, f32) -> f32) {
    for (out, (own, soft)) in out.iter_mut().zip(own.iter().zip(soft)) {
        *out = mix(*own, *soft);
    }
}

/// The smoothed row where no value is missing, before it is corrected for what lies outside.
#[inline(always)]
fn soften(kernel: &[f32], lines: &Lines<'_>, scratch: &mut Scratch) {
    let radius = kernel.len() - 1;
    let width = scratch.soft.len();
    down(
        kernel,
        lines,
        &mut scratch.sums[radius..][..width],
        #[inline(always)]
        |v| v,
    );
    across(kernel, &scratch.sums, &mut scratch.soft);
}

/// The smoothed row by what is there; NaN where nothing is, or where the value itself is missing.
#[inline(always)]
fn soften_around_holes(kernel: &[f32], lines: &Lines<'_>, scratch: &mut Scratch) {
    let radius = kernel.len() - 1;
    let width = scratch.soft.len();
    down(kernel, lines, &mut scratch.sums[radius..][..width], or_zero);
    down(
        kernel,
        lines,
        &mut scratch.weights[radius..][..width],
        weight,
    );
    across(kernel, &scratch.sums, &mut scratch.soft);
    across(kernel, &scratch.weights, &mut scratch.there);
    let own = lines.own().iter().zip(&scratch.there);
    for (soft, (own, there)) in scratch.soft.iter_mut().zip(own) {
        *soft = if own.is_nan() {
            f32::NAN
        } else {
            *soft / there
        };
    }
}

/// Sums down the columns of the rows at hand.
#[inline(always)]
fn down(kernel: &[f32], lines: &Lines<'_>, sums: &mut [f32], of: impl Fn(f32) -> f32) {
    let own = lines.own();
    let side = |by: usize| [lines.away(-(by as isize)), lines.away(by as isize)];
    for (i, sums) in sums.chunks_mut(PIECE).enumerate() {
        let part = i * PIECE..i * PIECE + sums.len();
        for (sum, v) in sums.iter_mut().zip(&own[part.clone()]) {
            *sum = kernel[0] * of(*v);
        }
        for (by, weight) in kernel.iter().enumerate().skip(1) {
            match side(by) {
                [Some(above), Some(below)] => {
                    let both = above[part.clone()].iter().zip(&below[part.clone()]);
                    for (sum, (a, b)) in sums.iter_mut().zip(both) {
                        *sum += weight * (of(*a) + of(*b));
                    }
                }
                [Some(one), None] | [None, Some(one)] => {
                    for (sum, v) in sums.iter_mut().zip(&one[part.clone()]) {
                        *sum += weight * of(*v);
                    }
                }
                [None, None] => {}
            }
        }
    }
}

/// Sums along a row that has a kernel's radius of zeros on both sides.
#[inline(always)]
fn across(kernel: &[f32], padded: &[f32], out: &mut [f32]) {
    let radius = kernel.len() - 1;
    for (i, out) in out.chunks_mut(PIECE).enumerate() {
        let middle = i * PIECE + radius;
        let length = out.len();
        let from = |start: usize| &padded[start..start + length];
        for (sum, v) in out.iter_mut().zip(from(middle)) {
            *sum = kernel[0] * v;
        }
        for (by, weight) in kernel.iter().enumerate().skip(1) {
            let both = from(middle - by).iter().zip(from(middle + by));
            for (sum, (a, b)) in out.iter_mut().zip(both) {
                *sum += weight * (a + b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::{Polarity, Unit};

    fn field(width: usize, values: Vec<f32>) -> Field {
        Field {
            width,
            height: values.len() / width,
            values,
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        }
    }

    #[test]
    fn a_constant_stays_constant_with_holes_and_at_the_border() {
        let mut values = vec![0.5; 35];
        values[17] = f32::NAN;
        for filter in [smooth, edge] {
            let mut f = field(7, values.clone());
            let done = filter(&mut f, &[1.5, 1.5], 1.0, &Cancel::never());
            assert!(done.is_ok() && f.values[17].is_nan());
            let rest = f.values.iter().filter(|v| !v.is_nan());
            assert!(rest.clone().count() == 34 && rest.into_iter().all(|v| (v - 0.5).abs() < 1e-5));
        }
    }

    #[test]
    fn edge_enhancement_overshoots_both_sides_of_an_edge() {
        let mut f = field(8, [0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8].repeat(3));
        let done = edge(&mut f, &[1.0, 1.0], 1.0, &Cancel::never());
        assert!(done.is_ok() && f.values[3] < 0.19 && f.values[4] > 0.81);
    }

    #[test]
    fn a_threshold_leaves_small_differences() {
        let start = field(8, [0.2, 0.2, 0.2, 0.2, 0.21, 0.21, 0.21, 0.21].repeat(3));
        let mut f = start.clone();
        let done = unsharp(&mut f, &[1.0, 1.0, 0.02], 1.0, &Cancel::never());
        assert_eq!((done, f), (Ok(()), start));
    }
}
