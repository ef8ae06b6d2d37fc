//! Profiles: a plane's quantity along a line, and the means of a region's columns and rows.
//!
//! Along a line the values are bilinear between pixel centres, at equal steps of one pixel at most,
//! both ends included: `ceil(length) + 1` of them, as `skimage.measure.profile_line` takes them.

use super::{Coverage, Pixel, Plane, Unit};
use crate::Result;
use crate::cancel::Cancel;

/// Values at equal steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The values in the plane's quantity; NaN where it is not known.
    pub values: Vec<f32>,
    /// Pixels between two of them.
    pub step: f64,
    /// Of what.
    pub unit: Unit,
}

impl Profile {
    /// Along the line between the centres of two pixels of `plane`.
    pub fn along(plane: &Plane, [a, b]: [Pixel; 2]) -> Self {
        let [dx, dy] = [0, 1].map(|i| b[i] as f64 - a[i] as f64);
        let length = dx.hypot(dy);
        let steps = length.ceil().max(1.0);
        let at = |step: usize| {
            let share = step as f64 / steps;
            bilinear(plane, a[0] as f64 + dx * share, a[1] as f64 + dy * share)
        };
        Self {
            values: (0..=steps as usize).map(at).collect(),
            step: length / steps,
            unit: plane.unit(),
        }
    }

    /// Means of the columns and of the rows of what `coverage` holds of `plane`.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`].
    pub fn across(plane: &Plane, coverage: &Coverage, cancel: &Cancel) -> Result<[Self; 2]> {
        let bounds = coverage.bounds;
        let mut columns = vec![(0.0_f64, 0_u64); bounds.width];
        let mut rows = vec![(0.0_f64, 0_u64); bounds.height];
        let right = plane.part.scan.width;
        for (y, run) in coverage.runs() {
            cancel.check()?;
            let run = run.start.min(right)..run.end.min(right);
            let Some(samples) = plane.row(y, run.clone()) else {
                continue;
            };
            let linear = plane.linear_of_row(y);
            let row = &mut rows[y - bounds.y];
            for (x, sample) in run.zip(samples) {
                let value = f64::from(linear.gain * f32::from(*sample) + linear.offset);
                let column = &mut columns[x - bounds.x];
                *column = (column.0 + value, column.1 + 1);
                *row = (row.0 + value, row.1 + 1);
            }
        }
        let profile = |sums: &[(f64, u64)]| Self {
            values: sums
                .iter()
                .map(|(sum, n)| (sum / *n as f64) as f32)
                .collect(),
            step: 1.0,
            unit: plane.unit(),
        };
        Ok([profile(&columns), profile(&rows)])
    }
}

/// The quantity between four pixel centres; `x` and `y` are pixels, whole at their centres.
fn bilinear(plane: &Plane, x: f64, y: f64) -> f32 {
    let corner = |x: usize, y: usize| {
        let scan = plane.part.scan;
        let (x, y) = (x.min(scan.width - 1), y.min(scan.height - 1));
        let linear = plane.linear_of_row(y);
        let value = |sample| f64::from(linear.gain * f32::from(sample) + linear.offset);
        plane.sample(x, y).map_or(f64::NAN, value)
    };
    let (left, top) = (x.floor() as usize, y.floor() as usize);
    let (across, down) = (x.fract(), y.fract());
    let row = |y: usize| {
        let first = corner(left, y);
        // Without a part of the neighbour, what it holds does not matter.
        if across == 0.0 {
            first
        } else {
            first * (1.0 - across) + corner(left + 1, y) * across
        }
    };
    let upper = row(top);
    let value = if down == 0.0 {
        upper
    } else {
        upper * (1.0 - down) + row(top + 1) * down
    };
    value as f32
}
