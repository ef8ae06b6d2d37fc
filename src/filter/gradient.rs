//! Filters made of the gradient: edges alone, and relief.
//!
//! The gradient is Scharr's (3, 10, 3), in units of the quantity a pixel; missing values and the
//! border take the pixel's own value, so that nothing rises towards what is not there.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::lanes::wide;
use super::local::middle_of;
use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::{Field, Polarity};

/// Weights of Scharr's kernel across the direction, and what they and the distance of 2 sum to.
const ACROSS: [f32; 3] = [3.0 / 32.0, 10.0 / 32.0, 3.0 / 32.0];

/// How far the gradient looks, in field pixels.
pub(super) const REACH: usize = 1;

/// Only the edges: magnitude of the gradient times `args` = amount, at most full scale; bright on
/// dark.
pub(super) fn edge_only(field: &mut Field, args: &[f64], _: f64, cancel: &Cancel) -> Result<()> {
    let (amount, top) = (args[0] as f32, field.full_scale);
    field.polarity = Polarity::BrightIsAir;
    gradient(field, cancel, |_, [gx, gy]| {
        let size = amount * (gx * gx + gy * gy).sqrt();
        if size > top { top } else { size }
    })
}

/// The range of what [`edge_only`] gives.
pub(super) fn edge_range(field: &mut Field, _: &[f64]) {
    field.polarity = Polarity::BrightIsAir;
    super::whole_range(field, 0.0, field.full_scale);
}

/// A relief lit from `args` = direction in degrees (0 right, 90 above), amount: the slope towards
/// the light around the middle grey.
pub(super) fn relief(field: &mut Field, args: &[f64], _: f64, cancel: &Cancel) -> Result<()> {
    let (sin, cos) = args[0].to_radians().sin_cos();
    let amount = args[1] as f32;
    let (right, up) = (cos as f32 * amount, sin as f32 * amount);
    let middle = middle_of(field);
    gradient(field, cancel, |_, [gx, gy]| {
        // Rows count downwards.
        middle + right * gx - up * gy
    })
}

/// The range of what [`relief`] gives: a quarter of full scale around the middle.
pub(super) fn relief_range(field: &mut Field, _: &[f64]) {
    let (middle, part) = (middle_of(field), field.full_scale / 4.0);
    super::whole_range(field, middle - part, middle + part);
}

/// Replaces every value by what `of` makes of it and of its gradient across and down.
fn gradient(
    field: &mut Field,
    cancel: &Cancel,
    of: impl Fn(f32, [f32; 2]) -> f32 + Sync,
) -> Result<()> {
    let width = field.width;
    let begin = || [0; 3].map(|_| vec![0.0; width + 2]);
    rows::each(field, REACH, cancel, begin, |padded, lines, out| {
        wide(|| fill(padded, lines));
        let [above, own, below] = &*padded;
        wide(|| slopes([above, own, below], out, &of));
    })
}

/// The three rows with one more pixel on both sides, what is missing taking the middle row's value.
#[inline(always)]
fn fill(padded: &mut [Vec<f32>; 3], lines: &Lines<'_>) {
    let own = lines.own();
    let width = own.len();
    for (row, by) in padded.iter_mut().zip([-1, 0, 1]) {
        let source = lines.away(by).unwrap_or(own);
        for (value, (v, own)) in row[1..].iter_mut().zip(source.iter().zip(own)) {
            *value = if v.is_nan() { *own } else { *v };
        }
        row[0] = row[1];
        row[width + 1] = row[width];
    }
}

#[inline(always)]
fn slopes([above, own, below]: [&[f32]; 3], out: &mut [f32], of: &impl Fn(f32, [f32; 2]) -> f32) {
    let width = out.len();
    let [a, o, b] = [above, own, below].map(|row| &row[..width + 2]);
    for x in 0..width {
        let middle = o[x + 1];
        // A neighbour without a value lies level.
        let or = |v: f32| if v.is_nan() { middle } else { v };
        let gx = ACROSS[0] * (or(a[x + 2]) - or(a[x]))
            + ACROSS[1] * (or(o[x + 2]) - or(o[x]))
            + ACROSS[2] * (or(b[x + 2]) - or(b[x]));
        let gy = ACROSS[0] * (or(b[x]) - or(a[x]))
            + ACROSS[1] * (or(b[x + 1]) - or(a[x + 1]))
            + ACROSS[2] * (or(b[x + 2]) - or(a[x + 2]));
        out[x] = if middle.is_nan() {
            middle
        } else {
            of(middle, [gx, gy])
        };
    }
}
