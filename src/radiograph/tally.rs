//! The samples of an outline counted by value: statistics, percentiles, the histogram and the
//! integrated attenuation follow exactly, and nothing but the counts is kept.

use super::{Air, Coverage, Histogram, Plane, Region, Statistics, Unit};
use crate::Result;
use crate::cancel::Cancel;

/// The percentiles that are told, in percent.
pub const PERCENTS: [u8; 5] = [1, 5, 50, 95, 99];

/// One plane's samples inside an outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Of the stored samples.
    pub statistics: Statistics,
    /// The percentiles [`PERCENTS`] of the stored samples, linear between neighbours.
    pub percentiles: [f64; 5],
    /// Mean signal above dark over its standard deviation; `None` where that is 0.
    pub snr: Option<f64>,
    /// Mean transmission, where the open beam is known.
    pub transmission: Option<f64>,
    /// Sum of `-ln` of the transmission over the pixels, where the open beam is known.
    pub attenuation: Option<Integral>,
    /// The samples in equal steps, in `unit`.
    pub histogram: Histogram,
}

/// A sum over the pixels that have a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Integral {
    /// The sum, in pixels.
    pub sum: f64,
    /// Pixels without a value: nothing comes through.
    pub left_out: u64,
}

/// Bins of the histogram.
const BINS: usize = 256;

impl Tally {
    /// Counts the pixels of `plane` under `coverage`; `None` when there are none. What lies outside the
    /// plane, or is held reduced, is not counted.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`].
    pub fn of(plane: &Plane, coverage: &Coverage, cancel: &Cancel) -> Result<Option<Self>> {
        let mut counts = vec![0_u64; 1 << 16];
        let mut through = Through::default();
        let by_row = matches!(plane.air, Some(Air::Rows(_)));
        let Region { x, width, .. } = plane.held();
        let held = |at: usize| at.clamp(x, x + width);
        for (y, run) in coverage.runs() {
            cancel.check()?;
            let Some(samples) = plane.row(y, held(run.start)..held(run.end)) else {
                continue;
            };
            for sample in samples {
                counts[usize::from(*sample)] += 1;
            }
            if by_row {
                let samples = samples.iter().map(|sample| (*sample, 1));
                through.add_row(plane, y, samples);
            }
        }
        if !by_row {
            // One open beam for all rows: the counts tell it, with a logarithm a value.
            let seen = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            through.add_row(
                plane,
                0,
                seen.map(|(sample, count)| (sample as u16, *count)),
            );
        }
        Ok(Statistics::of_counts(&counts).map(|statistics| Self {
            percentiles: PERCENTS.map(|percent| percentile(&counts, statistics.count, percent)),
            snr: (statistics.sd > 0.0)
                .then(|| (statistics.mean - plane.dark).abs() / statistics.sd),
            transmission: through.mean(),
            attenuation: through.attenuation(),
            histogram: histogram(plane, &counts, statistics),
            statistics,
        }))
    }
}

/// Sums of the transmission and of its logarithm.
#[derive(Default)]
struct Through {
    sum: f64,
    logs: f64,
    counted: u64,
    black: u64,
    unknown: bool,
}

impl Through {
    /// Adds samples of row `y`, each so many times.
    fn add_row(&mut self, plane: &Plane, y: usize, samples: impl Iterator<Item = (u16, u64)>) {
        let air = plane.air_of_row(y).map_or(f64::NAN, |air| air - plane.dark);
        if plane.unit() != Unit::Transmission || air.is_nan() || air == 0.0 {
            self.unknown = true;
            return;
        }
        for (sample, count) in samples {
            let transmission = (f64::from(sample) - plane.dark) / air;
            self.sum += transmission * count as f64;
            if transmission > 0.0 {
                self.logs -= transmission.ln() * count as f64;
                self.counted += count;
            } else {
                self.black += count;
            }
        }
    }

    fn mean(&self) -> Option<f64> {
        let all = self.counted + self.black;
        (!self.unknown && all > 0).then(|| self.sum / all as f64)
    }

    fn attenuation(&self) -> Option<Integral> {
        (!self.unknown && self.counted > 0).then_some(Integral {
            sum: self.logs,
            left_out: self.black,
        })
    }
}

/// The sample at a percentile: linear between the two that its rank lies between.
fn percentile(counts: &[u64], total: u64, percent: u8) -> f64 {
    let rank = (total - 1) as f64 * f64::from(percent) / 100.0;
    let (low, part) = (rank.floor(), rank.fract());
    let at = |wanted: u64| {
        let mut seen = 0;
        let found = counts.iter().position(|count| {
            seen += count;
            seen > wanted
        });
        found.unwrap_or(0) as f64
    };
    let below = at(low as u64);
    let above = at((low as u64 + 1).min(total - 1));
    below + (above - below) * part
}

/// The counts in steps from the lowest to the highest sample, in the plane's quantity where one air
/// value serves all rows.
fn histogram(plane: &Plane, counts: &[u64], statistics: Statistics) -> Histogram {
    let (low, high) = (usize::from(statistics.min), usize::from(statistics.max));
    let bins = BINS.min(high - low + 1);
    let mut binned = vec![0; bins];
    for (at, count) in counts[low..=high].iter().enumerate() {
        binned[at * bins / (high - low + 1)] += count;
    }
    let uniform = !matches!(plane.air, Some(Air::Rows(_)));
    let (unit, linear) = if uniform {
        (plane.unit(), Some(plane.linear_of_row(0)))
    } else {
        (Unit::Sample, None)
    };
    let value =
        |sample: f64| linear.map_or(sample, |l| sample * f64::from(l.gain) + f64::from(l.offset));
    let (from, to) = (value(low as f64), value(high as f64));
    if to < from {
        binned.reverse();
    }
    Histogram {
        low: from.min(to),
        high: from.max(to),
        counts: binned,
        undetermined: 0,
        unit,
    }
}
