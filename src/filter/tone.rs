//! Histogram equalisation: as many pixels in every step of brightness.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::point;
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::{Field, Unit};

/// Transmission from which on a pixel is air, and the attenuation up to which it is.
const AIR: [f32; 2] = [0.98, 0.02];
/// The attenuation at which the range of what grows with attenuation ends.
const END: f32 = 8.0;
/// Steps of the histogram.
const BINS: usize = 1 << 16;
/// Values between two looks at the cancellation.
const PIECE: usize = 1 << 16;

/// The highest value that is told apart; 0 is the lowest.
pub(super) fn top_of(field: &Field) -> f32 {
    match field.unit {
        Unit::Sample | Unit::Transmission => field.full_scale,
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => END * field.full_scale,
    }
}

/// Lowest and highest value of what is not air.
fn matter(field: &Field) -> [f32; 2] {
    match field.unit {
        Unit::Sample => [0.0, field.full_scale],
        Unit::Transmission => [0.0, AIR[0] * field.full_scale],
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => {
            [AIR[1] * field.full_scale, top_of(field)]
        }
    }
}

/// Histogram equalisation over what is not air; air stays. Made of the part that is seen. The share
/// of pixels up to a value is read between the middles of the histogram's steps.
pub(super) fn equalize(field: &mut Field, _: &[f64], _: f64, cancel: &Cancel) -> Result<()> {
    let [low, high] = matter(field);
    let per_value = BINS as f32 / (high - low);
    let counts = histogram(field, (low, per_value), cancel)?;
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return Ok(());
    }
    let mut sum = 0;
    let mut shares: Vec<f32> = counts
        .iter()
        .map(|count| {
            sum += count;
            (sum as f64 / total as f64) as f32
        })
        .collect();
    // So that the step after the last one can be read.
    shares.push(1.0);
    point::each(
        field,
        cancel,
        #[inline(always)]
        |v| {
            if !(v >= low && v <= high) {
                return v;
            }
            let place = ((v - low) * per_value - 0.5).max(0.0);
            let step = (place as usize).min(BINS - 1);
            let (a, b) = (shares[step], shares[step + 1]);
            low + (a + (place - step as f32) * (b - a)) * (high - low)
        },
    )
}

/// The range of what [`equalize`] gives.
pub(super) fn equalized_range(field: &mut Field, _: &[f64]) {
    let [low, high] = matter(field);
    super::whole_range(field, low, high);
}

/// Counts of the values from `low` on, `per_value` steps each; what lies outside is left out.
fn histogram(field: &Field, (low, per_value): (f32, f32), cancel: &Cancel) -> Result<Vec<u64>> {
    let count = |piece: &[f32]| {
        let mut counts = vec![0_u32; BINS];
        for part in piece.chunks(PIECE) {
            cancel.check()?;
            for v in part {
                let place = (v - low) * per_value;
                if place >= 0.0 && place <= BINS as f32 {
                    counts[(place as usize).min(BINS - 1)] += 1;
                }
            }
        }
        Ok(counts)
    };
    // Large pieces, because each has a histogram of its own.
    let pieces = field.values.par_chunks(64 * PIECE).map(count);
    let sum = |mut sums: Vec<u64>, counts: Vec<u32>| {
        wide!({
            for (sum, count) in sums.iter_mut().zip(&counts) {
                *sum += u64::from(*count);
            }
        },);
        sums
    };
    let all: Result<Vec<Vec<u32>>> = pieces.collect();
    Ok(all?.into_iter().fold(vec![0; BINS], sum))
}
