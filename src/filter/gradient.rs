//! Filters made of the gradient: edges alone, and relief.
//!
//! The gradient is Scharr's (3, 10, 3), in units of the quantity a pixel; missing values and the
//! border take the pixel's own value, so that nothing rises towards what is not there.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::local::middle_of;
use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::{Field, Polarity};

/// Weights of Scharr's kernel beside the pixel and at its height, over what they and the distance of
/// 2 sum to.
const ACROSS: [f32; 2] = [3.0 / 32.0, 10.0 / 32.0];

/// How far the gradient looks, in field pixels.
pub(super) const REACH: usize = 1;

/// Only the edges: magnitude of the gradient times `args` = amount, at most full scale; bright on
/// dark.
pub(super) fn edge_only(field: &mut Field, args: &[f64], _: f64, cancel: &Cancel) -> Result<()> {
    let (amount, top) = (args[0] as f32, field.full_scale);
    field.polarity = Polarity::BrightIsAir;
    gradient(
        field,
        cancel,
        #[inline(always)]
        |_, [gx, gy]| {
            let size = amount * (gx * gx + gy * gy).sqrt();
            if size > top { top } else { size }
        },
    )
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
    gradient(
        field,
        cancel,
        #[inline(always)]
        |_, [gx, gy]| {
            // Rows count downwards.
            middle + right * gx - up * gy
        },
    )
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
        wide!(fill(padded, lines));
        let [above, own, below] = &*padded;
        let rows = [above, own, below].map(|row| [0, 1, 2].map(|by| &row[by..by + width]));
        if lines.any_missing() {
            wide!(slopes(rows, out, &of, or_level));
        } else {
            wide!(slopes(rows, out, &of, as_it_is));
        }
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

/// A neighbour without a value lies level with the pixel.
#[inline(always)]
fn or_level(v: f32, own: f32) -> f32 {
    if v.is_nan() { own } else { v }
}

#[inline(always)]
fn as_it_is(v: f32, _: f32) -> f32 {
    v
}

/// What `of` makes of every value and its gradient; `level` gives a neighbour's value, or the
/// pixel's own in its place.
#[inline(always)]
fn slopes(
    [above, own, below]: [[&[f32]; 3]; 3],
    out: &mut [f32],
    of: &impl Fn(f32, [f32; 2]) -> f32,
    level: impl Fn(f32, f32) -> f32,
) {
    let length = out.len();
    let (a0, a1, a2) = (
        &above[0][..length],
        &above[1][..length],
        &above[2][..length],
    );
    let (o0, o1, o2) = (&own[0][..length], &own[1][..length], &own[2][..length]);
    let (b0, b1, b2) = (
        &below[0][..length],
        &below[1][..length],
        &below[2][..length],
    );
    for x in 0..length {
        let middle = o1[x];
        let (a0, a1, a2) = (
            level(a0[x], middle),
            level(a1[x], middle),
            level(a2[x], middle),
        );
        let (o0, o2) = (level(o0[x], middle), level(o2[x], middle));
        let (b0, b1, b2) = (
            level(b0[x], middle),
            level(b1[x], middle),
            level(b2[x], middle),
        );
        let gx = ACROSS[0] * ((a2 - a0) + (b2 - b0)) + ACROSS[1] * (o2 - o0);
        let gy = ACROSS[0] * ((b0 - a0) + (b2 - a2)) + ACROSS[1] * (b1 - a1);
        let made = of(middle, [gx, gy]);
        out[x] = if middle.is_nan() { middle } else { made };
    }
}
