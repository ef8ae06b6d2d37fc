//! Geometry first: a part of a plane brought to a size, in floats, before anything else is done.
//!
//! Zooming out averages area with fractional edges; zooming in takes the nearest pixel, so that
//! true pixels are seen. The part may reach beyond the plane: outside is NaN. Samples become the
//! plane's quantity row by row, because the open beam may differ from row to row.

// Only what is inlined is compiled for wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::{Field, Linear, Plane, Size};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;

/// A part of a plane in scan pixels: left, top, width, height; may be fractional or outside.
pub type Area = [f64; 4];

/// How finely a raster is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fineness {
    /// Every pixel of the plane counts.
    Full,
    /// One row of the plane stands for all those under a row of the raster: at once, and only until
    /// the full one is there.
    Coarse,
}

/// The source pixels of one output row or column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// First source index.
    pub(super) first: usize,
    /// Number of source indices; 0 outside the plane.
    pub(super) len: usize,
    /// Weight of the first.
    head: f32,
    /// Weight of the last, where there are several; those between weigh 1.
    tail: f32,
    /// Sum of the weights.
    pub(super) whole: f32,
}

const OUTSIDE: Span = Span {
    first: 0,
    len: 0,
    head: 0.0,
    tail: 0.0,
    whole: 1.0,
};

impl Span {
    /// The weight of source number `k` of this span.
    pub(super) fn weight(self, k: usize) -> f32 {
        if k == 0 {
            self.head
        } else if k + 1 == self.len {
            self.tail
        } else {
            1.0
        }
    }

    /// The weighted sum of the columns under it, of which `left` is the first.
    pub(super) fn sum(self, columns: &[f32], left: usize) -> f32 {
        let first = self.first - left;
        match &columns[first..first + self.len] {
            [one] => self.head * one,
            [head, between @ .., tail] => {
                between.iter().sum::<f32>() + head * self.head + tail * self.tail
            }
            [] => 0.0,
        }
    }
}

/// The spans of the rows of a raster, as finely as asked.
pub(super) fn row_spans(area: Area, out: usize, limit: f64, fineness: Fineness) -> Vec<Span> {
    let mut rows = spans(area[1], area[3], out, limit);
    if fineness == Fineness::Coarse {
        for row in rows.iter_mut().filter(|row| row.len > 2) {
            *row = nearest((row.first + row.len / 2) as f64, limit);
        }
    }
    rows
}

/// The spans of `out` pixels over `extent` source pixels from `origin`, of `limit` that exist; the
/// last of these may be a part of one.
pub(super) fn spans(origin: f64, extent: f64, out: usize, limit: f64) -> Vec<Span> {
    let step = extent / out as f64;
    (0..out)
        .map(|i| {
            let from = origin + i as f64 * step;
            if step <= 1.0 {
                nearest(from + step / 2.0, limit)
            } else {
                average(from, from + step, limit)
            }
        })
        .collect()
}

/// The pixel under `at`.
fn nearest(at: f64, limit: f64) -> Span {
    if at < 0.0 || at >= limit {
        return OUTSIDE;
    }
    Span {
        first: at as usize,
        len: 1,
        head: 1.0,
        tail: 1.0,
        whole: 1.0,
    }
}

/// The pixels between `from` and `to`; outside when more than half of it is.
fn average(from: f64, to: f64, limit: f64) -> Span {
    let (a, b) = (from.max(0.0), to.min(limit));
    if b - a < (to - from) / 2.0 {
        return OUTSIDE;
    }
    let first = a as usize;
    let last = (b.ceil() as usize).max(first + 1) - 1;
    Span {
        first,
        len: last - first + 1,
        head: (b.min(first as f64 + 1.0) - a) as f32,
        tail: (b - last as f64) as f32,
        whole: (b - a) as f32,
    }
}

/// `area` of `plane` as a raster of `size` in [`Plane::unit`].
///
/// # Errors
/// [`crate::Error::Cancelled`] within one output row of a newer request.
pub fn resample(plane: &Plane, area: Area, size: Size, cancel: &Cancel) -> Result<Field> {
    resample_to(plane, (area, size), Fineness::Full, cancel)
}

/// [`resample`], as finely as asked.
///
/// # Errors
/// As [`resample`].
pub fn resample_to(
    plane: &Plane,
    (area, size): (Area, Size),
    fineness: Fineness,
    cancel: &Cancel,
) -> Result<Field> {
    let (area, [right, bottom]) = (plane.part.area(area), plane.reach());
    let columns = spans(area[0], area[2], size.width, right);
    let rows = row_spans(area, size.height, bottom, fineness);
    let [left, right] = ends(&columns);
    let linear = plane.linear();
    let own = is_own(&columns);
    let mut values = vec![f32::NAN; size.width * size.height];
    let lines = values.par_chunks_exact_mut(size.width.max(1)).zip(&rows);
    let lines = lines.filter(|(_, row)| row.len > 0);
    lines.try_for_each_init(
        || vec![0.0_f32; right - left],
        |sums, (line, row)| {
            cancel.check()?;
            if own && row.len == 1 {
                let samples = &plane.samples[row.first * plane.width + left..][..line.len()];
                wide!(read(line, samples, linear[row.first]));
                return Ok(());
            }
            sums.fill(0.0);
            let mut offset = 0.0;
            for k in 0..row.len {
                let y = row.first + k;
                let weight = row.weight(k) / row.whole;
                let start = y * plane.width;
                let samples = &plane.samples[start + left..start + right];
                let sums = sums.as_mut_slice();
                wide!(add_row(sums, samples, weight * linear[y].gain));
                offset += weight * linear[y].offset;
            }
            gather(line, sums, &columns, left);
            if offset != 0.0 {
                for value in line.iter_mut() {
                    *value += offset;
                }
            }
            Ok(())
        },
    )?;
    Ok(plane.field(size, values))
}

/// First and end of the source pixels under `spans`.
pub(super) fn ends(spans: &[Span]) -> [usize; 2] {
    let inside = spans.iter().filter(|span| span.len > 0);
    let left = inside.clone().map(|span| span.first).min().unwrap_or(0);
    let right = inside.map(|span| span.first + span.len).max();
    [left, right.unwrap_or(left)]
}

/// Whether columns are the plane's own, one after the other, so that nothing is to be averaged.
fn is_own(columns: &[Span]) -> bool {
    let first = columns.first().map_or(0, |column| column.first);
    let mut places = columns.iter().zip(first..);
    places.all(|(column, at)| column.len == 1 && column.first == at)
}

/// Samples of one row as what they stand for.
#[inline(always)]
fn read(line: &mut [f32], samples: &[u16], linear: Linear) {
    for (value, sample) in line.iter_mut().zip(samples) {
        *value = linear.gain * f32::from(*sample) + linear.offset;
    }
}

/// Adds a weighted row of samples.
#[inline(always)]
fn add_row(sums: &mut [f32], samples: &[u16], weight: f32) {
    for (sum, sample) in sums.iter_mut().zip(samples) {
        *sum += weight * f32::from(*sample);
    }
}

/// The weighted mean of the column sums under each output column; `sums` starts at column `left`.
fn gather(line: &mut [f32], sums: &[f32], columns: &[Span], left: usize) {
    let inside = line
        .iter_mut()
        .zip(columns)
        .filter(|(_, span)| span.len > 0);
    for (value, span) in inside {
        *value = span.sum(sums, left) / span.whole;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Air, PlaneName};
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        let samples = (0..width * height).map(|i| i as u16).collect();
        Plane::new(PlaneName::Grey, width, height, samples)
    }

    fn values(plane: &Plane, area: Area, width: usize, height: usize) -> Vec<f32> {
        resample(plane, area, Size { width, height }, &Cancel::never())
            .map(|field| field.values)
            .unwrap_or_default()
    }

    #[test]
    fn one_to_one_is_the_samples_and_outside_is_not_a_number() {
        let plane = ramp(4, 3);
        let same = values(&plane, [0.0, 0.0, 4.0, 3.0], 4, 3);
        assert_eq!(same, (0..12).map(|v| v as f32).collect::<Vec<_>>());
        let beyond = values(&plane, [-1.0, -1.0, 3.0, 2.0], 3, 2);
        assert!(beyond[..4].iter().all(|v| v.is_nan()));
        assert_eq!(beyond[4..], [0.0, 1.0]);
    }

    #[test]
    fn zooming_in_repeats_true_pixels() {
        let plane = ramp(2, 1);
        assert_eq!(
            values(&plane, [0.0, 0.0, 2.0, 1.0], 4, 2),
            [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn zooming_out_averages_fractional_area() {
        // Three pixels 0, 1, 2 into two: (0 + 0.5 * 1) / 1.5 and (0.5 * 1 + 2) / 1.5.
        let plane = ramp(3, 1);
        let got = values(&plane, [0.0, 0.0, 3.0, 1.0], 2, 1);
        assert!((got[0] - 1.0 / 3.0).abs() < 1e-6 && (got[1] - 5.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn the_dark_signal_counts_at_every_zoom() {
        let mut plane = Plane::new(PlaneName::Grey, 8, 8, vec![25_100; 64]);
        plane.air = Some(Air::Uniform(50_100.0));
        plane.dark = 100.0;
        for out in [3, 4, 8, 16] {
            let got = values(&plane, [0.0, 0.0, 8.0, 8.0], out, out);
            assert!(got.iter().all(|t| (t - 0.5).abs() < 1e-6), "{out}: {got:?}");
        }
    }

    #[test]
    fn newer_work_stops_it() {
        let generations = crate::cancel::Generations::default();
        let old = generations.start();
        generations.stop();
        let size = Size {
            width: 1,
            height: 1,
        };
        assert!(resample(&ramp(2, 2), [0.0, 0.0, 2.0, 2.0], size, &old).is_err());
    }
}
