//! Local contrast: every part is brought to one spread.

use super::rows;
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::Field;

/// Local spread that every part is brought to, as a share of full scale.
const SPREAD: f32 = 0.12;
/// How much of a part's distance from the middle grey stays.
const KEEP: f32 = 0.6;

/// Local normalisation, `args` = radius, limit: differences from the mean of the square around a
/// pixel are brought to one standard deviation, at most `limit` times, and the mean nearer to the
/// middle. Missing values do not count.
pub(super) fn local_contrast(
    field: &mut Field,
    args: &[f64],
    scale: f64,
    cancel: &Cancel,
) -> Result<()> {
    let radius = (args[0] * scale).round().max(1.0) as usize;
    let (full, limit) = (field.full_scale, args[1] as f32);
    let middle = middle_of(field);
    let width = field.width;
    // One row more than the square, so that the row that leaves it is still at hand.
    let begin = || Columns::new(width);
    rows::each(field, radius + 1, cancel, begin, |columns, lines, out| {
        let (above, below) = (lines.y.checked_sub(radius + 1), lines.y + radius);
        if columns.ready {
            if let Some(y) = above {
                columns.count(lines.at(y), -1.0);
            }
            let enters = lines.rows.contains(&below);
            enters.then(|| columns.count(lines.at(below), 1.0));
        } else {
            let inside = above.map_or(0, |y| y + 1)..(below + 1).min(lines.rows.end);
            inside.for_each(|y| columns.count(lines.at(y), 1.0));
            columns.ready = true;
        }
        columns.slide(radius, |x, mean, variance| {
            let own = lines.own()[x];
            let gain = (SPREAD * full / variance.sqrt().max(1e-6 * full)).clamp(1.0, limit);
            out[x] = middle + KEEP * (mean - middle) + gain * (own - mean);
        });
    })
}

/// The middle grey of the quantity: half of full scale, and attenuation 2 for what grows with
/// attenuation.
pub(super) fn middle_of(field: &Field) -> f32 {
    match field.unit {
        unit if unit.counts_matter() => 2.0 * field.full_scale,
        _ => 0.5 * field.full_scale,
    }
}

/// Sums of the columns of a square, moved down row by row; in f64, so that nothing drifts.
struct Columns {
    ready: bool,
    /// Sum, sum of squares, count.
    sums: Vec<[f64; 3]>,
}

impl Columns {
    fn new(width: usize) -> Self {
        Self {
            ready: false,
            sums: vec![[0.0; 3]; width],
        }
    }

    /// Takes a row in, or out with `sign` -1.
    fn count(&mut self, row: &[f32], sign: f64) {
        for (sums, v) in self.sums.iter_mut().zip(row) {
            let v = f64::from(*v);
            let there = if v.is_nan() { 0.0 } else { sign };
            let v = if v.is_nan() { 0.0 } else { v };
            sums[0] += there * v;
            sums[1] += there * v * v;
            sums[2] += there;
        }
    }

    /// Tells column, mean and variance of every place of the row.
    fn slide(&self, radius: usize, mut tell: impl FnMut(usize, f32, f32)) {
        let width = self.sums.len();
        let mut square = [0.0; 3];
        let mut add = |column: &[f64; 3], sign: f64| {
            for (sum, part) in square.iter_mut().zip(column) {
                *sum += sign * part;
            }
            square
        };
        for column in &self.sums[..radius.min(width)] {
            add(column, 1.0);
        }
        for x in 0..width {
            let mut now = [0.0; 3];
            if let Some(column) = self.sums.get(x + radius) {
                now = add(column, 1.0);
            }
            if x > radius {
                now = add(&self.sums[x - radius - 1], -1.0);
            } else if x + radius >= width {
                now = add(&[0.0; 3], 1.0);
            }
            let [sum, squares, count] = now;
            let mean = sum / count;
            let variance = (squares / count - mean * mean).max(0.0);
            tell(x, mean as f32, variance as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::{Polarity, Unit};

    #[test]
    fn mean_and_variance_are_those_of_the_square() {
        let mut columns = Columns::new(4);
        for row in [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, f32::NAN, 7.0]] {
            columns.count(&row, 1.0);
        }
        let mut told = Vec::new();
        columns.slide(1, |x, mean, variance| told.push((x, mean, variance)));
        // Places 0 and 1: 0 1 4 5, and 0 1 2 4 5.
        assert_eq!(told[0], (0, 2.5, 4.25));
        assert!((told[1].1 - 2.4).abs() < 1e-6 && (told[1].2 - 3.44).abs() < 1e-5);
        assert_eq!(told[3].1, 4.0);
    }

    #[test]
    fn a_constant_stays_constant_with_holes() {
        let mut values = vec![0.5; 35];
        values[17] = f32::NAN;
        let mut f = Field {
            width: 7,
            height: 5,
            values,
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        };
        let done = local_contrast(&mut f, &[2.0, 6.0], 1.0, &Cancel::never());
        assert!(done.is_ok() && f.values[17].is_nan());
        let rest = f.values.iter().filter(|v| !v.is_nan());
        assert!(rest.clone().count() == 34 && rest.into_iter().all(|v| (v - 0.5).abs() < 1e-5));
    }
}
