//! Repeating items: the period of a profile by its autocorrelation, or that there is none.
//!
//! The straight trend is taken off; `r(k)` is the correlation of the profile with itself shifted by
//! `k` samples, each overlap by its own energy, -1 to 1. A period is the first peak of `r` behind its
//! first zero that is nearly the highest, stands out of what noise of the same smoothness gives
//! (Bartlett's variance of a correlation), and comes again at twice the shift. What fails any of it
//! has no period.

use super::Profile;

/// Periods that a profile must hold at least.
pub const LEAST_PERIODS: usize = 3;
/// Fewer samples tell nothing.
const SHORTEST: usize = 12;
/// Longer profiles are averaged first: the work grows by the square, and a period of so many items is
/// told by fewer.
const LONGEST: usize = 8192;
/// Lowest correlation that counts.
const FLOOR: f64 = 0.3;
/// Standard deviations of noise that a peak must stand out by.
const STANDS_OUT: f64 = 3.5;
/// Share of the highest peak that makes an earlier one the period itself: a period between whole
/// samples correlates less than its multiple that is whole.
const NEARLY: f64 = 0.75;
/// Standard deviations of noise within which two peaks are as high as each other.
const ALIKE: f64 = 2.0;
/// Share of the peak that must come again at twice the shift.
const AGAIN: f64 = 0.5;

/// What repeats along a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// Pixels from one item to the next.
    pub pixels: f64,
    /// How many of them the profile is long.
    pub items: f64,
    /// Correlation one period on, 0 to 1: 1 repeats exactly.
    pub confidence: f64,
}

impl Profile {
    /// What repeats along it; `None` when nothing does, or it cannot be told from noise.
    pub fn period(&self) -> Option<Period> {
        if self.values.len() > LONGEST {
            return self.coarser(self.values.len().div_ceil(LONGEST)).period();
        }
        let values = without_trend(&self.values)?;
        let most = values.len() / LEAST_PERIODS;
        let r: Vec<f64> = (0..=2 * most + 1)
            .map(|shift| correlation(&values, shift))
            .collect();
        let zero = (0..=most).find(|k| r[*k] <= 0.0)?;
        let peaks = || (zero.max(2)..=most).filter(|k| r[*k] >= r[k - 1] && r[*k] > r[k + 1]);
        let highest = peaks().map(|k| r[k]).reduce(f64::max)?;
        let smooth = 1.0 + 2.0 * r[1..zero].iter().map(|r| r * r).sum::<f64>();
        let noise = (smooth / values.len() as f64).sqrt();
        let nearly = (NEARLY * highest).min(highest - ALIKE * noise);
        let least = nearly.max(FLOOR).max(STANDS_OUT * noise);
        let shift = peaks().find(|k| r[*k] >= least)?;
        let second = peak_near(&r, 2 * shift, shift / 5)?;
        if r[second] < AGAIN * r[shift] {
            return None;
        }
        let samples = refined(&values, vertex(&r, second) / 2.0);
        Some(Period {
            pixels: samples * self.step,
            items: values.len() as f64 / samples,
            confidence: r[shift].min(1.0),
        })
    }
}

impl Profile {
    /// Means of so many values each; a rest at the end is left out.
    fn coarser(&self, by: usize) -> Self {
        let mean = |part: &[f32]| part.iter().sum::<f32>() / by as f32;
        Self {
            values: self.values.chunks_exact(by).map(mean).collect(),
            step: self.step * by as f64,
            unit: self.unit,
        }
    }
}

/// The values less their straight trend; `None` for too few, unknown or constant ones.
fn without_trend(values: &[f32]) -> Option<Vec<f64>> {
    let n = values.len();
    if n < SHORTEST || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let middle = (n - 1) as f64 / 2.0;
    let of = |i: usize| f64::from(values[i]);
    let mean = (0..n).map(of).sum::<f64>() / n as f64;
    let slope = (0..n)
        .map(|i| (i as f64 - middle) * (of(i) - mean))
        .sum::<f64>()
        / (0..n).map(|i| (i as f64 - middle).powi(2)).sum::<f64>();
    let rest: Vec<f64> = (0..n)
        .map(|i| of(i) - mean - slope * (i as f64 - middle))
        .collect();
    let energy = rest.iter().map(|v| v * v).sum::<f64>() / n as f64;
    // What rounding to 32 bits leaves of a straight line repeats nothing.
    (energy.sqrt() > 1e-6 * mean.abs().max(f64::MIN_POSITIVE)).then_some(rest)
}

/// Correlation of the values with themselves `shift` samples on.
fn correlation(values: &[f64], shift: usize) -> f64 {
    let Some((ahead, behind)) = values
        .len()
        .checked_sub(shift)
        .map(|n| (&values[..n], &values[shift..]))
    else {
        return 0.0;
    };
    let energy = |part: &[f64]| part.iter().map(|v| v * v).sum::<f64>();
    let product: f64 = ahead.iter().zip(behind).map(|(a, b)| a * b).sum();
    let whole = (energy(ahead) * energy(behind)).sqrt();
    if whole > 0.0 { product / whole } else { 0.0 }
}

/// The highest of `r` within `reach` of `at`.
fn peak_near(r: &[f64], at: usize, reach: usize) -> Option<usize> {
    let reach = reach.max(1);
    let last = (at + reach).min(r.len() - 1);
    (at - reach..=last).max_by(|a, b| r[*a].total_cmp(&r[*b]))
}

/// The top of the parabola through a peak and its neighbours.
fn vertex(r: &[f64], at: usize) -> f64 {
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|b| r[b]), r.get(at + 1)) else {
        return at as f64;
    };
    let bend = before - 2.0 * r[at] + after;
    if bend < 0.0 {
        at as f64 + (0.5 * (before - after) / bend).clamp(-0.5, 0.5)
    } else {
        at as f64
    }
}

/// A period of samples made finer by later peaks, as long as each lies where the one before says.
fn refined(values: &[f64], mut period: f64) -> f64 {
    let most = values.len() * 2 / 3;
    for times in 3..=(most as f64 / period) as usize {
        let at = (period * times as f64).round() as usize;
        let reach = (period / 5.0).max(1.0) as usize;
        let near: Vec<f64> = (at - reach - 1..=at + reach + 1)
            .map(|shift| correlation(values, shift))
            .collect();
        let Some(peak) = peak_near(&near, reach + 1, reach) else {
            break;
        };
        if near[peak] < FLOOR {
            break;
        }
        let found = (vertex(&near, peak) + (at - reach - 1) as f64) / times as f64;
        period = found;
    }
    period
}
