//! Statistics of samples and of fields: what `info` and `measure` state, what the automatic window
//! and the inspector's histogram are made from.

use rayon::prelude::*;

use super::{Field, Plane, Region, Unit};
use crate::Result;
use crate::cancel::Cancel;

/// Statistics of the stored samples of a region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Number of samples.
    pub count: u64,
    /// Lowest sample.
    pub min: u16,
    /// Highest sample.
    pub max: u16,
    /// Mean sample.
    pub mean: f64,
    /// Standard deviation with `count - 1`; 0 for one sample.
    pub sd: f64,
    /// Sum of the samples.
    pub sum: u64,
}

impl Statistics {
    /// Statistics of the part of `region` that lies inside `plane`; `None` when nothing does,
    /// or when it is not held in full.
    pub fn of(plane: &Plane, region: Region) -> Option<Self> {
        let region = region.within(plane.part.scan.width, plane.part.scan.height)?;
        let (mut min, mut max, mut sum, mut squares) = (u16::MAX, 0, 0_u64, 0_u64);
        for y in region.y..region.y + region.height {
            for &sample in plane.row(y, region.x..region.x + region.width)? {
                min = min.min(sample);
                max = max.max(sample);
                sum += u64::from(sample);
                squares += u64::from(sample) * u64::from(sample);
            }
        }
        let count = (region.width * region.height) as u64;
        // In whole numbers, so that nothing cancels: n * sum(x^2) - sum(x)^2.
        let spread = u128::from(count) * u128::from(squares) - u128::from(sum) * u128::from(sum);
        let pairs = u128::from(count) * u128::from(count.saturating_sub(1).max(1));
        Some(Self {
            count,
            min,
            max,
            mean: sum as f64 / count as f64,
            sd: (spread as f64 / pairs as f64).sqrt(),
            sum,
        })
    }

    /// Statistics of samples that are counted by value; `None` when there are none.
    pub(super) fn of_counts(counts: &[u64]) -> Option<Self> {
        let min = counts.iter().position(|count| *count > 0)?;
        let max = counts.iter().rposition(|count| *count > 0)?;
        let (mut count, mut sum, mut squares) = (0_u64, 0_u64, 0_u128);
        for (sample, seen) in counts.iter().enumerate().filter(|(_, seen)| **seen > 0) {
            count += seen;
            sum += sample as u64 * seen;
            squares += (sample * sample) as u128 * u128::from(*seen);
        }
        let spread = u128::from(count) * squares - u128::from(sum) * u128::from(sum);
        let pairs = u128::from(count) * u128::from(count.saturating_sub(1).max(1));
        Some(Self {
            count,
            min: min as u16,
            max: max as u16,
            mean: sum as f64 / count as f64,
            sd: (spread as f64 / pairs as f64).sqrt(),
            sum,
        })
    }

    /// Statistics of the whole plane; `None` for a plane without pixels.
    pub fn of_plane(plane: &Plane) -> Option<Self> {
        Self::of(
            plane,
            Region {
                x: 0,
                y: 0,
                width: plane.part.scan.width,
                height: plane.part.scan.height,
            },
        )
    }
}

/// Samples that a processor takes at a time.
const CHUNK: usize = 1 << 18;
/// Bins of a [`Survey`].
const BINS: usize = 1 << 16;
/// Transmission at the end of the last bin of a survey with one air value per row.
const HIGHEST: f64 = 1.5;

/// The distribution of a whole plane's quantity at full resolution: computed once, kept by the
/// caller, and asked for percentiles by every automatic window.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// Counts by ascending value.
    counts: Vec<u32>,
    /// Value of the first bin.
    first: f64,
    /// Distance between bins.
    step: f64,
    /// The quantity.
    pub unit: Unit,
}

impl Survey {
    /// Surveys `plane` in its own quantity.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`].
    pub fn of(plane: &Plane, cancel: &Cancel) -> Result<Self> {
        let linear = plane.linear();
        let one = linear.first().copied().unwrap_or(plane.linear_of_row(0));
        let uniform = linear.iter().all(|row| *row == one);
        let width = plane.width.max(1);
        let rows = CHUNK.div_ceil(width);
        let bands = plane.samples.par_chunks(rows * width).enumerate();
        let count = |mut counts: Vec<u32>, (at, samples): (usize, &[u16])| {
            cancel.check()?;
            let lines = samples.chunks_exact(width).zip(&linear[at * rows..]);
            for (samples, row) in lines {
                if uniform {
                    for sample in samples {
                        counts[usize::from(*sample)] += 1;
                    }
                    continue;
                }
                for sample in samples {
                    let value = f64::from(row.gain * f32::from(*sample) + row.offset);
                    if value.is_finite() {
                        let bin = value / HIGHEST * (BINS - 1) as f64;
                        counts[bin.round().clamp(0.0, (BINS - 1) as f64) as usize] += 1;
                    }
                }
            }
            Ok(counts)
        };
        let none = || vec![0_u32; BINS];
        let counts = bands
            .try_fold(none, count)
            .try_reduce(none, |mut sum, part| {
                sum.iter_mut()
                    .zip(part)
                    .for_each(|(sum, part)| *sum += part);
                Ok(sum)
            });
        let mut counts = counts?;
        let (mut first, mut step) = if uniform {
            (f64::from(one.offset), f64::from(one.gain))
        } else {
            (0.0, HIGHEST / (BINS - 1) as f64)
        };
        if step < 0.0 {
            first += step * (BINS - 1) as f64;
            step = -step;
            counts.reverse();
        }
        Ok(Self {
            counts,
            first,
            step,
            unit: plane.unit(),
        })
    }

    /// The value below or at which `share` (0..=1) of the pixels between `low` and `high` lie;
    /// `None` when no pixel does.
    pub fn percentile(&self, share: f64, low: f64, high: f64) -> Option<f64> {
        let inside = || {
            self.counts.iter().enumerate().filter_map(|(bin, &count)| {
                let value = self.first + bin as f64 * self.step;
                (count > 0 && value >= low && value <= high).then_some((value, u64::from(count)))
            })
        };
        let total: u64 = inside().map(|(_, count)| count).sum();
        let rank = (share.clamp(0.0, 1.0) * total as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        inside().find_map(|(value, count)| {
            seen += count;
            (seen >= rank).then_some(value)
        })
    }
}

/// Counts of a field's values in equal bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Lower edge of the first bin, in `unit`.
    pub low: f64,
    /// Upper edge of the last bin, in `unit`.
    pub high: f64,
    /// Counts by ascending value.
    pub counts: Vec<u64>,
    /// Values that are not a number: outside the scan, masked or not determinable.
    pub undetermined: u64,
    /// Of what.
    pub unit: Unit,
}

impl Histogram {
    /// The histogram of `field` with `bins` bins from its lowest to its highest value.
    pub fn of(field: &Field, bins: usize) -> Self {
        let chunks = || field.values.par_chunks(CHUNK);
        let ends = chunks().map(|values| {
            let finite = || values.iter().copied().filter(|v| v.is_finite());
            let low = finite().fold(f32::INFINITY, f32::min);
            [low, finite().fold(f32::NEG_INFINITY, f32::max)]
        });
        let none = || [f32::INFINITY, f32::NEG_INFINITY];
        let [low, high] = ends.reduce(none, |a, b| [a[0].min(b[0]), a[1].max(b[1])]);
        let bins = bins.max(1);
        let scale = bins as f32 / (high - low);
        let count = |values: &[f32]| {
            // The last one is what cannot be counted.
            let mut counts = vec![0_u64; bins + 1];
            for value in values {
                let bin = if value.is_finite() {
                    // A field of one value has no width: the cast turns NaN into bin 0.
                    (((value - low) * scale) as usize).min(bins - 1)
                } else {
                    bins
                };
                counts[bin] += 1;
            }
            counts
        };
        let mut counts = chunks().map(count).reduce(
            || vec![0; bins + 1],
            |mut sum, part| {
                sum.iter_mut()
                    .zip(part)
                    .for_each(|(sum, part)| *sum += part);
                sum
            },
        );
        let undetermined = counts.pop().unwrap_or(0);
        let any = low <= high;
        Self {
            low: if any { f64::from(low) } else { 0.0 },
            high: if any { f64::from(high) } else { 0.0 },
            counts,
            undetermined,
            unit: field.unit,
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::super::{Air, PlaneName, Polarity};
    use super::*;

    fn plane(samples: Vec<u16>) -> Plane {
        Plane::new(PlaneName::Grey, samples.len(), 1, samples)
    }

    #[test]
    fn statistics_match_the_textbook() {
        let all = Statistics::of_plane(&plane(vec![2, 4, 4, 4, 5, 5, 7, 9]));
        let all = all.expect("eight pixels");
        assert_eq!((all.min, all.max, all.sum, all.mean), (2, 9, 40, 5.0));
        assert!((all.sd - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        let one = Statistics::of(
            &plane(vec![65535; 3]),
            Region {
                x: 2,
                y: 0,
                width: 9,
                height: 9,
            },
        );
        assert_eq!(one.map(|s| (s.count, s.sd)), Some((1, 0.0)));
    }

    #[test]
    fn percentiles_are_those_of_the_asked_range() {
        let mut p = plane((1..=1000).collect());
        p.air = Some(Air::Uniform(1000.0));
        let survey = Survey::of(&p, &Cancel::never()).expect("not cancelled");
        let at = |share, low, high| survey.percentile(share, low, high).unwrap_or(f64::NAN);
        assert!((at(0.5, 0.0, 2.0) - 0.5).abs() < 1e-6);
        assert!((at(1.0, 0.0, 0.2001) - 0.2).abs() < 1e-6);
        assert_eq!(survey.percentile(0.5, 3.0, 4.0), None);
    }

    #[test]
    fn a_survey_of_rows_and_of_dense_bright_samples_counts_transmission() {
        let mut rows = Plane::new(PlaneName::Grey, 2, 2, vec![50, 100, 100, 200]);
        rows.air = Some(Air::Rows(vec![100.0, 200.0]));
        let mut dense = plane(vec![65535, 32768, 0]);
        dense.polarity = Polarity::BrightIsDense;
        dense.dark = 65535.0;
        dense.air = Some(Air::Uniform(0.0));
        for p in [rows, dense] {
            let survey = Survey::of(&p, &Cancel::never()).expect("not cancelled");
            let top = survey.percentile(1.0, 0.0, 2.0).unwrap_or(f64::NAN);
            let middle = survey.percentile(0.5, 0.0, 2.0).unwrap_or(f64::NAN);
            assert!((top - 1.0).abs() < 1e-4 && (middle - 0.5).abs() < 1e-4);
        }
    }

    #[test]
    fn a_histogram_counts_everything_once() {
        let field = Field {
            width: 5,
            height: 1,
            values: vec![0.0, 0.5, 1.0, 1.0, f32::NAN],
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        };
        let histogram = Histogram::of(&field, 2);
        assert_eq!(histogram.counts, [1, 3]);
        assert_eq!(histogram.undetermined, 1);
    }
}
