//! The bilateral filter (Tomasi and Manduchi 1998): evens out noise and leaves edges.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use std::f32::consts::LOG2_E;

use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::{exp2, wide};
use crate::radiograph::Field;

/// How far the kernel reaches, in sigmas.
const SIGMAS: f64 = 1.5;
/// Below this sigma in field pixels no neighbour counts.
const POINT: f64 = 0.2;

/// How far a kernel of `sigma` reaches.
pub(super) fn reach(args: &[f64]) -> f64 {
    SIGMAS * args[0]
}

/// Mean over the disc of 1.5 sigma by weights of distance and of difference, `args` = sigma in scan
/// pixels, contrast as a share of full scale. Missing values do not count and stay missing.
pub(super) fn bilateral(
    field: &mut Field,
    args: &[f64],
    scale: f64,
    cancel: &Cancel,
) -> Result<()> {
    let sigma = args[0] * scale;
    if sigma < POINT {
        return Ok(());
    }
    let contrast = args[1] as f32 * field.full_scale;
    let fall = -0.5 * LOG2_E / (contrast * contrast);
    let disc = disc(sigma);
    let radius = (SIGMAS * sigma).round().max(1.0) as usize;
    let width = field.width;
    let begin = || [0; 2].map(|_| vec![0.0; width]);
    rows::each(
        field,
        radius,
        cancel,
        begin,
        |[sums, weights], lines, out| {
            let own = lines.own();
            sums.copy_from_slice(own);
            weights.fill(1.0);
            for (by, weight) in &disc {
                wide!(add(lines, *by, (*weight, fall), [sums, weights]));
            }
            for (out, (sum, weight)) in out.iter_mut().zip(sums.iter().zip(&*weights)) {
                *out = sum / weight;
            }
        },
    )
}

/// Offsets across and down of a disc without its middle, and the weights of their distance.
fn disc(sigma: f64) -> Vec<([isize; 2], f32)> {
    let radius = (SIGMAS * sigma).round().max(1.0) as isize;
    let side = -radius..=radius;
    let places = side.clone().flat_map(|y| side.clone().map(move |x| [x, y]));
    places
        .filter(|[x, y]| (1..=radius * radius).contains(&(x * x + y * y)))
        .map(|[x, y]| {
            let squares = (x * x + y * y) as f64;
            ([x, y], (-0.5 * squares / (sigma * sigma)).exp() as f32)
        })
        .collect()
}

/// Adds the neighbours at one offset to the sums of a row.
#[inline(always)]
fn add(
    lines: &Lines<'_>,
    [across, down]: [isize; 2],
    (weight, fall): (f32, f32),
    [sums, weights]: [&mut [f32]; 2],
) {
    let Some(row) = lines.away(down) else { return };
    let width = row.len();
    let by = across.unsigned_abs();
    if by >= width {
        return;
    }
    let (to, from) = if across < 0 { (by, 0) } else { (0, by) };
    let count = width - by;
    weigh(
        [&row[from..from + count], &lines.own()[to..to + count]],
        &mut sums[to..to + count],
        &mut weights[to..to + count],
        (weight, fall),
    );
}

/// Adds neighbours by their difference from the pixels' own values.
#[inline(always)]
fn weigh(
    [neighbours, own]: [&[f32]; 2],
    sums: &mut [f32],
    weights: &mut [f32],
    (weight, fall): (f32, f32),
) {
    let all = neighbours.iter().zip(own).zip(sums.iter_mut().zip(weights));
    for ((neighbour, own), (sum, total)) in all {
        let difference = neighbour - own;
        let w = weight * exp2(fall * difference * difference);
        let part = w * neighbour;
        *total += if difference.is_nan() { 0.0 } else { w };
        *sum += if difference.is_nan() { 0.0 } else { part };
    }
}
