//! Correction of stripes: rows or columns that are brighter or darker than those beside them,
//! because a detector element or a pulse is.
//!
//! A line's error is the median, along the whole of it that is seen, of its difference from the
//! median of the lines around it; a thing that does not run along half of the line leaves it alone.
//! Detectors err by a factor: on transmission and samples it is the ratio that is corrected, on
//! attenuation, where factors are sums, the difference.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::rank::{LANES, Lane, median_of, middle};
use super::rows;
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes;
use crate::radiograph::Field;

/// Values below this share of full scale tell nothing of a factor.
const DARK: f32 = 0.01;
/// The largest error that is corrected, as a share or as an attenuation: a line that differs more is
/// a thing of the scene, such as a beam that runs along most of the picture.
const MOST: f32 = 0.1;
/// Columns whose errors are found at once: what is read of a row then comes in whole cache lines.
const BESIDE: usize = 32;
/// The highest radius.
pub(super) const FARTHEST: usize = 10;

/// Which lines are corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    Rows,
    Columns,
}

/// Stripe correction, `args` = direction (0 rows, 1 columns), radius in scan pixels: how many lines
/// on either side are compared with. Needs `radius` lines on one side at least.
pub(super) fn destripe(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let radius = ((args[1] * scale).round() as usize).clamp(1, FARTHEST);
    let lines = if args[0] < 0.5 {
        Lines::Rows
    } else {
        Lines::Columns
    };
    if field.values.is_empty() {
        return Ok(());
    }
    let errors = match lines {
        Lines::Rows => errors_of_rows(field, radius, cancel)?,
        Lines::Columns => errors_of_columns(field, radius, cancel)?,
    };
    let sums = field.unit.counts_matter();
    let correct = |v: &mut f32, error: f32| *v = if sums { *v - error } else { *v / error };
    rows::alone(field, cancel, |y, row| match lines {
        Lines::Rows => row.iter_mut().for_each(|v| correct(v, errors[y])),
        Lines::Columns => {
            let both = row.iter_mut().zip(&errors);
            both.for_each(|(v, error)| correct(v, *error));
        }
    })
}

/// The error of every row.
fn errors_of_rows(field: &Field, radius: usize, cancel: &Cancel) -> Result<Vec<f32>> {
    let (width, height) = (field.width, field.height);
    let row = |y: usize| &field.values[y * width..][..width];
    let one = |y: usize| {
        cancel.check()?;
        let around = y.saturating_sub(radius)..height.min(y + radius + 1);
        let lines: Vec<&[f32]> = around.map(row).collect();
        Ok(error(field, row(y), &lines))
    };
    (0..height).into_par_iter().map(one).collect()
}

/// The error of every column.
fn errors_of_columns(field: &Field, radius: usize, cancel: &Cancel) -> Result<Vec<f32>> {
    let (width, height) = (field.width, field.height);
    let block = |first: usize| {
        cancel.check()?;
        let last = width.min(first + BESIDE);
        let (from, to) = (first.saturating_sub(radius), width.min(last + radius));
        let mut columns = vec![0.0; (to - from) * height];
        for y in 0..height {
            let values = &field.values[y * width..][from..to];
            for (column, v) in columns.chunks_mut(height).zip(values) {
                column[y] = *v;
            }
        }
        let column = |x: usize| &columns[(x - from) * height..][..height];
        let one = |x: usize| {
            cancel.check()?;
            let around = x.saturating_sub(radius)..width.min(x + radius + 1);
            let lines: Vec<&[f32]> = around.map(column).collect();
            Ok(error(field, column(x), &lines))
        };
        (first..last).map(one).collect::<Result<Vec<f32>>>()
    };
    let blocks: Vec<usize> = (0..width).step_by(BESIDE).collect();
    let errors: Result<Vec<Vec<f32>>> = blocks.into_par_iter().map(block).collect();
    Ok(errors?.concat())
}

/// The error of the line `own` among `lines`, itself one of them: 1 or 0 where nothing tells.
fn error(field: &Field, own: &[f32], lines: &[&[f32]]) -> f32 {
    let sums = field.unit.counts_matter();
    let dark = DARK * field.full_scale;
    let usual = lanes::wide!(usual(lines));
    let told = own.iter().zip(&usual).filter_map(|(v, usual)| {
        let known = !v.is_nan() && !usual.is_nan() && (sums || *usual > dark);
        known.then(|| if sums { v - usual } else { v / usual })
    });
    let mut told: Vec<f32> = told.collect();
    let neutral = if sums { 0.0 } else { 1.0 };
    if told.is_empty() {
        return neutral;
    }
    let error = middle(&mut told);
    if (error - neutral).abs() > MOST {
        return neutral;
    }
    error
}

/// The median across `lines` at every place of them; NaN where one misses a value.
#[inline(always)]
fn usual(lines: &[&[f32]]) -> Vec<f32> {
    let mut medians = vec![0.0; lines[0].len()];
    let mut held = [[0.0; LANES]; 2 * FARTHEST + 2];
    for (i, out) in medians.chunks_mut(LANES).enumerate() {
        let mut holes = [0.0; LANES];
        for (lane, line) in held.iter_mut().zip(lines) {
            lane[..out.len()].copy_from_slice(&line[i * LANES..][..out.len()]);
            for (hole, v) in holes.iter_mut().zip(&*lane) {
                *hole += v * 0.0;
            }
        }
        let found = middles(&mut held, lines.len());
        for (out, (median, hole)) in out.iter_mut().zip(found.iter().zip(&holes)) {
            *out = median + hole;
        }
    }
    medians
}

/// The medians of the first `count` lanes; of an even number, as at the border, the mean of the two
/// in the middle, which an end added below and one added above lay open.
#[inline(always)]
fn middles(held: &mut [Lane], count: usize) -> Lane {
    if count % 2 == 1 {
        return if count > 1 {
            median_of(&mut held[..count])
        } else {
            held[0]
        };
    }
    held[count] = [f32::NEG_INFINITY; LANES];
    let kept = held[..count].to_vec();
    let lower = median_of(&mut held[..=count]);
    held[..count].copy_from_slice(&kept);
    held[count] = [f32::INFINITY; LANES];
    let mut middle = median_of(&mut held[..=count]);
    for (upper, lower) in middle.iter_mut().zip(lower) {
        *upper = f32::midpoint(lower, *upper);
    }
    middle
}
