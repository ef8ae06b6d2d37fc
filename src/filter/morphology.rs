//! Opening and closing on greys, by squares, in the order of brightness: an opening takes out what
//! is bright and smaller than the square, a closing what is dark and smaller, whatever the unit.
//!
//! Missing values and what lies outside do not count; missing values stay missing.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::{Field, Polarity};

/// Which end of the values in a square is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Least,
    Largest,
}

/// How far both steps reach together: `args` = radius.
pub(super) fn reach(args: &[f64]) -> f64 {
    2.0 * args[0]
}

/// Opening, `args` = radius in scan pixels, the square being `2 radius + 1`.
pub(super) fn open(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let [dark, bright] = ends(field);
    both(field, args[0] * scale, [dark, bright], cancel)
}

/// Closing, `args` = radius in scan pixels, the square being `2 radius + 1`.
pub(super) fn close(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let [dark, bright] = ends(field);
    both(field, args[0] * scale, [bright, dark], cancel)
}

/// The ends that are drawn dark and bright.
fn ends(field: &Field) -> [End; 2] {
    match field.polarity {
        Polarity::BrightIsDense => [End::Largest, End::Least],
        Polarity::BrightIsAir | Polarity::Unknown => [End::Least, End::Largest],
    }
}

fn both(field: &mut Field, radius: f64, ends: [End; 2], cancel: &Cancel) -> Result<()> {
    let radius = radius.round() as usize;
    if radius == 0 {
        return Ok(());
    }
    for end in ends {
        take(field, radius, end, cancel)?;
    }
    Ok(())
}

/// Replaces every value by one end of the square around it.
fn take(field: &mut Field, radius: usize, end: End, cancel: &Cancel) -> Result<()> {
    let width = field.width;
    let begin = || [0; 2].map(|_| vec![f32::NAN; width + 2 * radius]);
    rows::each(field, radius, cancel, begin, |line, lines, out| match end {
        End::Least => wide!(square(lines, line, radius, out, f32::min)),
        End::Largest => wide!(square(lines, line, radius, out, f32::max)),
    })
}

/// One row: down the columns, then along; `pick` must pass over NaN.
#[inline(always)]
fn square(
    lines: &Lines<'_>,
    [line, other]: &mut [Vec<f32>; 2],
    radius: usize,
    out: &mut [f32],
    pick: impl Fn(f32, f32) -> f32,
) {
    let width = out.len();
    line.fill(f32::NAN);
    let middle = &mut line[radius..][..width];
    for y in lines.rows.clone() {
        for (end, v) in middle.iter_mut().zip(lines.at(y)) {
            *end = pick(*end, *v);
        }
    }
    // Ends of 2, 4, 8 ... values from each place on, then of the square's side by two of those.
    let side = 2 * radius + 1;
    let (mut from, mut to, mut span) = (line, other, 1);
    while 2 * span <= side {
        let length = from.len() - span;
        for (end, (a, b)) in to.iter_mut().zip(from[..length].iter().zip(&from[span..])) {
            *end = pick(*a, *b);
        }
        to[length..].copy_from_slice(&from[length..]);
        (from, to, span) = (to, from, 2 * span);
    }
    let both = from[..width].iter().zip(&from[side - span..]);
    for ((out, own), (a, b)) in out.iter_mut().zip(lines.own()).zip(both) {
        *out = if own.is_nan() { *own } else { pick(*a, *b) };
    }
}
