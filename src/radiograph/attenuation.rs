//! Mean attenuations of two energies on a raster coarser than the scan.
//!
//! A mean of transmissions reads a gap between two things, or a thin bar before something, as
//! something heavier than either; attenuations of what lies in one raster pixel average as they
//! should. Pixels that nothing comes through tell nothing and do not count.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::resample::{Area, Span, ends, spans};
use super::{Linear, Plane, Size};
use crate::Result;
use crate::cancel::Cancel;

/// Share of a raster pixel that must be told for its mean to stand for it.
const TOLD: f32 = 0.5;

/// The means of `area` of two planes of transmissions, of one size, as rasters of `size`. Pixels
/// of more attenuation than `darkest` in the first plane, or without signal in either, do not count;
/// where most are so the means are infinite. NaN outside.
///
/// # Errors
/// [`crate::Error::Cancelled`] within one output row of a newer request.
pub fn mean_attenuations(
    planes: [&Plane; 2],
    darkest: f32,
    (area, size): (Area, Size),
    cancel: &Cancel,
) -> Result<[Vec<f32>; 2]> {
    let columns = spans(area[0], area[2], size.width, planes[0].width);
    let rows = spans(area[1], area[3], size.height, planes[0].height);
    let [left, right] = ends(&columns);
    let linear = planes.map(Plane::linear);
    let mut means = [0, 1].map(|_| vec![f32::NAN; size.width * size.height]);
    let [high, low] = means
        .each_mut()
        .map(|mean| mean.par_chunks_mut(size.width.max(1)));
    let lines = high.zip(low).zip(&rows).filter(|(_, row)| row.len > 0);
    lines.try_for_each_init(
        || Sums::new(right - left),
        |sums, ((high, low), row)| {
            cancel.check()?;
            sums.clear();
            for k in 0..row.len {
                let y = row.first + k;
                let place = y * planes[0].width;
                let samples = planes.map(|plane| &plane.samples[place + left..place + right]);
                let linear = [linear[0][y], linear[1][y]];
                sums.add(row.weight(k) / row.whole, samples, linear, darkest);
            }
            let pixels = high.iter_mut().zip(low).zip(&columns);
            for ((high, low), column) in pixels.filter(|(_, column)| column.len > 0) {
                [*high, *low] = sums.under(*column, left);
            }
            Ok(())
        },
    )?;
    Ok(means)
}

/// Weighted sums of the columns of one raster row.
struct Sums {
    alphas: [Vec<f32>; 2],
    weights: Vec<f32>,
}

impl Sums {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self {
            alphas: [zeros(), zeros()],
            weights: zeros(),
        }
    }

    fn clear(&mut self) {
        for values in self.alphas.iter_mut().chain([&mut self.weights]) {
            values.fill(0.0);
        }
    }

    /// Adds a row of both planes.
    fn add(&mut self, weight: f32, samples: [&[u16]; 2], linear: [Linear; 2], darkest: f32) {
        let [high, low] = &mut self.alphas;
        let sums = high.iter_mut().zip(low).zip(&mut self.weights);
        let alpha = linear.map(Attenuation::new);
        for (((high, low), all), (h, l)) in sums.zip(samples[0].iter().zip(samples[1])) {
            let (a, b) = (alpha[0].of(*h), alpha[1].of(*l));
            // Also false for NaN.
            let weight = if a <= darkest && b < f32::INFINITY {
                weight
            } else {
                0.0
            };
            *high += if weight > 0.0 { weight * a } else { 0.0 };
            *low += if weight > 0.0 { weight * b } else { 0.0 };
            *all += weight;
        }
    }

    /// Means over the columns of a span; the first column of the sums is `left`.
    fn under(&self, span: Span, left: usize) -> [f32; 2] {
        let (mut sums, mut all) = ([0.0; 2], 0.0);
        for k in 0..span.len {
            let (at, weight) = (span.first - left + k, span.weight(k));
            all += weight * self.weights[at];
            for (sum, alphas) in sums.iter_mut().zip(&self.alphas) {
                *sum += weight * alphas[at];
            }
        }
        if all < TOLD * span.whole {
            [f32::INFINITY; 2]
        } else {
            sums.map(|sum| sum / all)
        }
    }
}

/// Attenuation of the samples of one row.
struct Attenuation {
    linear: Linear,
    /// That of a sample of 1, where zero means nothing.
    of_one: f32,
    logarithms: &'static [f32],
}

impl Attenuation {
    fn new(linear: Linear) -> Self {
        Self {
            of_one: -linear.gain.ln(),
            linear,
            logarithms: logarithms(),
        }
    }

    fn of(&self, sample: u16) -> f32 {
        let Linear { gain, offset } = self.linear;
        if offset == 0.0 {
            self.of_one - self.logarithms[usize::from(sample)]
        } else {
            -(gain * f32::from(sample) + offset).ln()
        }
    }
}

/// The logarithm of every sample.
fn logarithms() -> &'static [f32] {
    static ALL: OnceLock<Vec<f32>> = OnceLock::new();
    ALL.get_or_init(|| {
        (0..=u16::MAX)
            .map(|sample| f32::from(sample).ln())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Air, PlaneName};
    use super::*;

    #[test]
    fn matter_beside_a_gap_keeps_its_ratio_and_darkness_does_not_count() {
        let plane = |name, alphas: [f64; 8]| {
            let samples = alphas.map(|a| (60_000.0 * (-a).exp()).round() as u16);
            let mut plane = Plane::new(name, 8, 1, samples.to_vec());
            plane.air = Some(Air::Uniform(60_000.0));
            plane
        };
        // Matter and a gap, matter and darkness, darkness, the same matter throughout.
        let high = plane(PlaneName::High, [3.0, 0.0, 2.0, 20.0, 20.0, 9.0, 2.0, 2.0]);
        let low = plane(PlaneName::Low, [3.6, 0.0, 2.4, 20.0, 20.0, 9.1, 2.4, 2.4]);
        let size = Size {
            width: 4,
            height: 1,
        };
        let area = [0.0, 0.0, 8.0, 1.0];
        let got = mean_attenuations([&high, &low], 7.0, (area, size), &Cancel::never());
        let [high, low] = got.unwrap_or_else(|problem| panic!("{problem}"));
        for (at, alpha) in [(0, 1.5), (1, 2.0), (3, 2.0)] {
            assert!((high[at] - alpha).abs() < 1e-3, "{at}: {high:?}");
            assert!((low[at] / high[at] - 1.2).abs() < 1e-3, "{at}: {low:?}");
        }
        assert!(high[2].is_infinite() && low[2].is_infinite());
    }
}
