//! Rows and the rows around them: a field is changed in place by bands on all processors, and every
//! row is made from the old values around it.
//!
//! Bands go by the field's shape alone, so that the answer is the same on any number of threads. A
//! cancelled work ends after one row of each thread; what it leaves behind is not to be shown.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use std::ops::Range;

use rayon::prelude::*;

use crate::Result;
use crate::bands;
use crate::cancel::Cancel;
use crate::lanes::{any_missing, wide};
use crate::radiograph::Field;

/// The old values around one row.
pub(super) struct Lines<'a> {
    ring: &'a Ring,
    /// The row.
    pub(super) y: usize,
    /// Those at hand: `reach` up and down, as far as the field goes.
    pub(super) rows: Range<usize>,
}

impl Lines<'_> {
    /// Old values of row `y`, which must be at hand.
    pub(super) fn at(&self, y: usize) -> &[f32] {
        let slot = y % self.ring.missing.len();
        &self.ring.values[slot * self.ring.width..][..self.ring.width]
    }

    /// Old values of the row itself.
    pub(super) fn own(&self) -> &[f32] {
        self.at(self.y)
    }

    /// The row `by` rows away, if the field has it.
    pub(super) fn away(&self, by: isize) -> Option<&[f32]> {
        let y = self.y.checked_add_signed(by)?;
        self.rows.contains(&y).then(|| self.at(y))
    }

    /// Whether a value is missing in any row at hand.
    pub(super) fn any_missing(&self) -> bool {
        let slots = self.ring.missing.len();
        self.rows.clone().any(|y| self.ring.missing[y % slots])
    }
}

/// The last rows that were read, each at its number's remainder.
struct Ring {
    width: usize,
    values: Vec<f32>,
    missing: Vec<bool>,
}

impl Ring {
    fn new(width: usize, reach: usize) -> Self {
        let slots = 2 * reach + 1;
        Self {
            width,
            values: vec![0.0; slots * width],
            missing: vec![false; slots],
        }
    }

    fn keep(&mut self, y: usize, row: &[f32]) {
        let slot = y % self.missing.len();
        self.values[slot * self.width..][..self.width].copy_from_slice(row);
        self.missing[slot] = wide!(any_missing(row));
    }
}

/// A part of the field and what its neighbours were before anything changed.
struct Band<'a> {
    top: usize,
    above: Vec<f32>,
    rows: &'a mut [f32],
    below: Vec<f32>,
}

/// Makes every row anew from the rows up to `reach` away: `make` gets them and the place of the
/// new row, and a state that `begin` makes for each band of rows that follow one another.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub(super) fn each<S>(
    field: &mut Field,
    reach: usize,
    cancel: &Cancel,
    begin: impl Fn() -> S + Sync,
    make: impl Fn(&mut S, &Lines<'_>, &mut [f32]) + Sync,
) -> Result<()> {
    let (width, height) = (field.width, field.height);
    if width == 0 || height == 0 {
        return Ok(());
    }
    let bands = cut(field, reach);
    bands::each(bands, |band| {
        let mut ring = Ring::new(width, reach);
        let mut state = begin();
        let bottom = band.top + band.rows.len() / width;
        let first = band.top.saturating_sub(reach);
        let mut next = first;
        for y in band.top..bottom {
            cancel.check()?;
            let rows = y.saturating_sub(reach)..height.min(y + reach + 1);
            while next < rows.end {
                let row = if next < band.top {
                    &band.above[(next - first) * width..]
                } else if next < bottom {
                    &band.rows[(next - band.top) * width..]
                } else {
                    &band.below[(next - bottom) * width..]
                };
                ring.keep(next, &row[..width]);
                next += 1;
            }
            let ring = &ring;
            let out = &mut band.rows[(y - band.top) * width..][..width];
            make(&mut state, &Lines { ring, y, rows }, out);
        }
        Ok(())
    })
}

/// The bands of a field, each with copies of the rows that it reaches beyond itself.
fn cut(field: &mut Field, reach: usize) -> Vec<Band<'_>> {
    let (width, height) = (field.width, field.height);
    let rows = rows_of_band(field, reach);
    let values = &field.values;
    let around: Vec<[Vec<f32>; 2]> = (0..height)
        .step_by(rows)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|top| {
            let bottom = height.min(top + rows);
            let above = top.saturating_sub(reach)..top;
            let below = bottom..height.min(bottom + reach);
            [above, below].map(|rows| values[rows.start * width..rows.end * width].to_vec())
        })
        .collect();
    let own = field.values.chunks_mut(rows * width).enumerate();
    own.zip(around)
        .map(|((i, own), [above, below])| Band {
            top: i * rows,
            above,
            rows: own,
            below,
        })
        .collect()
}

/// Rows of a band: many bands, each much higher than what it copies of its neighbours.
fn rows_of_band(field: &Field, reach: usize) -> usize {
    let even = field.height.div_ceil(32).clamp(2 * reach, 32 * reach);
    bands::rows(field.width).max(even)
}

/// Changes each row by itself; the number of the row comes with it.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub(super) fn alone(
    field: &mut Field,
    cancel: &Cancel,
    change: impl Fn(usize, &mut [f32]) + Sync,
) -> Result<()> {
    if field.width == 0 {
        return Ok(());
    }
    let rows = bands::rows(field.width);
    let bands = field.values.chunks_mut(rows * field.width).enumerate();
    bands::each(bands.collect(), |(i, band): (usize, &mut [f32])| {
        for (y, row) in band.chunks_mut(field.width).enumerate() {
            cancel.check()?;
            change(i * rows + y, row);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::{Polarity, Unit};

    #[test]
    fn every_row_sees_the_old_values_around_it_across_bands() {
        let (width, height, reach) = (5, 70_000, 3);
        let mut field = Field {
            width,
            height,
            values: (0..width * height).map(|i| (i / width) as f32).collect(),
            unit: Unit::Sample,
            polarity: Polarity::BrightIsAir,
            full_scale: 1e6,
        };
        let done = each(
            &mut field,
            reach,
            &Cancel::never(),
            || (),
            |(), lines, out| {
                let sum: f32 = lines.rows.clone().map(|y| lines.at(y)[2]).sum();
                out.fill(sum / lines.rows.len() as f32);
            },
        );
        assert_eq!(done, Ok(()));
        for (y, row) in field.values.chunks(width).enumerate() {
            let rows = y.saturating_sub(reach)..height.min(y + reach + 1);
            let mean = (rows.start + rows.end - 1) as f32 / 2.0;
            assert!(row.iter().all(|v| (v - mean).abs() < 0.01), "{y}");
        }
    }
}
