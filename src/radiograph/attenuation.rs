//! Attenuations of transmissions, and their means on a raster coarser than the scan.
//!
//! A mean of transmissions reads a gap between two things, or a thin bar before something, as
//! something heavier than either; attenuations of what lies in one raster pixel average as they
//! should. Pixels that nothing comes through tell nothing and do not count.

// Only what is inlined is compiled for wider registers.
#![allow(clippy::inline_always)]

use rayon::prelude::*;

use super::resample::{Area, Fineness, Span, ends, row_spans, spans};
use super::{Linear, Plane, Size};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;

/// Share of a raster pixel that must be told for its mean to stand for it.
const TOLD: f32 = 0.5;
/// Transmission below which the low energy tells nothing: a factor less than any sample's.
const NOTHING: f32 = 6e-6;
/// Rows whose transmissions are multiplied before a logarithm is taken: [`NOTHING`] to this power
/// is a number still.
const FACTORS: usize = 7;

/// Attenuation of a transmission: `-ln T`, infinite where nothing comes through.
///
/// By `T = 2^e m` with m around 1 and `ln m = 2 artanh((m - 1) / (m + 1))`, whose series ends below
/// the last bit; without a jump, so that a row of pixels is done several at a time. Off by 2e-7 of
/// itself at most.
#[inline(always)]
pub fn attenuation(transmission: f32) -> f32 {
    const LOWEST: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    const MANTISSA: u32 = (1 << 23) - 1;
    // ln 2 in two parts: the first times an exponent is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let bits = transmission.to_bits().wrapping_sub(LOWEST);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let mantissa = f32::from_bits((bits & MANTISSA) + LOWEST);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let rest = q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0))));
    let alpha = 0.0 - exponent * LN_2[0] - (2.0 * s + (2.0 * s * rest + exponent * LN_2[1]));
    let nothing = if transmission.is_nan() {
        f32::NAN
    } else {
        f32::INFINITY
    };
    if transmission > 0.0 { alpha } else { nothing }
}

/// The means of the attenuations of `area` of two planes of transmissions, of one size, as rasters of `size`. Pixels
/// of more attenuation than `darkest` in the first plane, or without signal in either, do not count;
/// where most are so the means are infinite. NaN outside.
///
/// # Errors
/// [`crate::Error::Cancelled`] within one output row of a newer request.
pub fn mean_attenuations(
    planes: [&Plane; 2],
    darkest: f32,
    (area, size, fineness): (Area, Size, Fineness),
    cancel: &Cancel,
) -> Result<[Vec<f32>; 2]> {
    let (area, [right, bottom]) = (planes[0].part.area(area), planes[0].reach());
    let columns = spans(area[0], area[2], size.width, right);
    let rows = row_spans(area, size.height, bottom, fineness);
    let [left, right] = ends(&columns);
    let linear = planes.map(Plane::linear);
    let mut means = [0, 1].map(|_| vec![f32::NAN; size.width * size.height]);
    let [high, low] = means
        .each_mut()
        .map(|mean| mean.par_chunks_mut(size.width.max(1)));
    let lines = high.zip(low).zip(&rows).filter(|(_, row)| row.len > 0);
    lines.try_for_each_init(
        || Sums::new(right - left, darkest),
        |sums, ((high, low), row)| {
            cancel.check()?;
            sums.clear();
            for k in 0..row.len {
                let y = row.first + k;
                let place = y * planes[0].width;
                let samples = planes.map(|plane| &plane.samples[place + left..place + right]);
                sums.add(row.weight(k), samples, [linear[0][y], linear[1][y]]);
            }
            sums.gather(1.0);
            let pixels = high.iter_mut().zip(low).zip(&columns);
            for ((high, low), column) in pixels.filter(|(_, column)| column.len > 0) {
                [*high, *low] = sums.under(*column, left, row.whole);
            }
            Ok(())
        },
    )?;
    Ok(means)
}

/// Weighted sums of the columns of one raster row.
struct Sums {
    /// Transmission of the high energy below which a pixel does not count.
    darkest: f32,
    /// Products of transmissions that are not in the sums yet, how many pixels each is of, and how
    /// many rows.
    products: [Vec<f32>; 2],
    counts: Vec<f32>,
    rows: usize,
    alphas: [Vec<f32>; 2],
    weights: Vec<f32>,
}

impl Sums {
    fn new(width: usize, darkest: f32) -> Self {
        let all = |value: f32| vec![value; width];
        Self {
            darkest: (-darkest).exp(),
            products: [all(1.0), all(1.0)],
            counts: all(0.0),
            rows: 0,
            alphas: [all(0.0), all(0.0)],
            weights: all(0.0),
        }
    }

    fn clear(&mut self) {
        for values in self.alphas.iter_mut().chain([&mut self.weights]) {
            values.fill(0.0);
        }
    }

    /// Adds a row of both planes.
    fn add(&mut self, weight: f32, samples: [&[u16]; 2], linear: [Linear; 2]) {
        if weight != 1.0 {
            self.gather(1.0);
        }
        let [a, b] = &mut self.products;
        let products = [a.as_mut_slice(), b, &mut self.counts];
        let darkest = self.darkest;
        wide!(multiply(products, samples, linear, darkest));
        self.rows += 1;
        if weight != 1.0 || self.rows == FACTORS {
            self.gather(weight);
        }
    }

    /// Brings the products into the sums.
    fn gather(&mut self, weight: f32) {
        if self.rows == 0 {
            return;
        }
        for (sums, products) in self.alphas.iter_mut().zip(&mut self.products) {
            let (sums, products) = (sums.as_mut_slice(), products.as_mut_slice());
            wide!(add_attenuations(sums, products, weight));
        }
        for (sum, count) in self.weights.iter_mut().zip(&mut self.counts) {
            *sum += weight * *count;
            *count = 0.0;
        }
        self.rows = 0;
    }

    /// Means over the columns of a span, of rows of weight `whole`; the first column of the sums is
    /// `left`.
    fn under(&self, span: Span, left: usize, whole: f32) -> [f32; 2] {
        let [high, low] = &self.alphas;
        let [all, high, low] = [&self.weights, high, low].map(|sums| span.sum(sums, left));
        if all < TOLD * span.whole * whole {
            [f32::INFINITY; 2]
        } else {
            [high / all, low / all]
        }
    }
}

/// Multiplies the transmissions of a row into the products of both energies, and counts them, where
/// both tell something.
#[inline(always)]
fn multiply(
    [a, b, counts]: [&mut [f32]; 3],
    [high, low]: [&[u16]; 2],
    linear: [Linear; 2],
    darkest: f32,
) {
    let n = counts.len();
    let (a, b) = (&mut a[..n], &mut b[..n]);
    let (high, low) = (&high[..n], &low[..n]);
    for x in 0..n {
        let h = linear[0].gain * f32::from(high[x]) + linear[0].offset;
        let l = linear[1].gain * f32::from(low[x]) + linear[1].offset;
        // Also false for NaN.
        let tells = h >= darkest && l >= NOTHING;
        a[x] *= if tells { h } else { 1.0 };
        b[x] *= if tells { l } else { 1.0 };
        counts[x] += if tells { 1.0 } else { 0.0 };
    }
}

/// Adds the attenuations of products, which begin anew.
#[inline(always)]
fn add_attenuations(sums: &mut [f32], products: &mut [f32], weight: f32) {
    for (sum, product) in sums.iter_mut().zip(products) {
        *sum += weight * attenuation(*product);
        *product = 1.0;
    }
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
        let got = mean_attenuations(
            [&high, &low],
            7.0,
            (area, size, Fineness::Full),
            &Cancel::never(),
        );
        let [high, low] = got.unwrap_or_else(|problem| panic!("{problem}"));
        for (at, alpha) in [(0, 1.5), (1, 2.0), (3, 2.0)] {
            assert!((high[at] - alpha).abs() < 1e-3, "{at}: {high:?}");
            assert!((low[at] / high[at] - 1.2).abs() < 1e-3, "{at}: {low:?}");
        }
        assert!(high[2].is_infinite() && low[2].is_infinite());
    }

    #[test]
    fn attenuation_is_minus_the_logarithm() {
        for k in 0..200_000 {
            let transmission = 1.3 * (-f64::from(k) * 1e-4).exp() as f32;
            let truth = -f64::from(transmission).ln();
            let off = (f64::from(attenuation(transmission)) - truth).abs();
            assert!(
                off <= 2e-7 * truth.abs(),
                "{transmission}: {off} of {truth}"
            );
        }
        assert_eq!(attenuation(1.0).to_bits(), 0);
        assert_eq!(attenuation(0.0), f32::INFINITY);
        assert_eq!(attenuation(-0.1), f32::INFINITY);
        assert!(attenuation(f32::NAN).is_nan());
    }

    #[test]
    fn many_rows_average_as_their_logarithms_do() {
        // 40 rows in raster rows of 40 / 3, the last of which is darkness for a third.
        let (width, height) = (8, 40);
        let alpha = |x: usize, y: usize| (x + y) as f64 * 0.12 + f64::from(y > 35) * 9.0;
        let plane = |name, factor: f64| {
            let pixels = (0..width * height).map(|i| factor * alpha(i % width, i / width));
            let samples = pixels.map(|a| (60_000.0 * (-a).exp()).round() as u16);
            let mut plane = Plane::new(name, width, height, samples.collect());
            plane.air = Some(Air::Uniform(60_000.0));
            plane
        };
        let planes = [plane(PlaneName::High, 1.0), plane(PlaneName::Low, 1.1)];
        let size = Size {
            width: 1,
            height: 3,
        };
        let area = [0.0, 0.0, 8.0, 40.0];
        let both = planes.each_ref();
        let got = mean_attenuations(both, 7.0, (area, size, Fineness::Full), &Cancel::never());
        let got = got.unwrap_or_else(|problem| panic!("{problem}"));
        for (plane, got) in planes.iter().zip(&got) {
            for (row, got) in got.iter().enumerate() {
                let (from, to) = (row as f64 * 40.0 / 3.0, (row + 1) as f64 * 40.0 / 3.0);
                let (mut sum, mut all) = (0.0, 0.0);
                for (i, sample) in plane.samples.iter().enumerate() {
                    let y = (i / width) as f64;
                    let weight = ((y + 1.0).min(to) - y.max(from)).max(0.0);
                    let high = f64::from(planes[0].samples[i]) / 60_000.0;
                    if -high.ln() <= 7.0 {
                        sum -= weight * (f64::from(*sample) / 60_000.0).ln();
                        all += weight;
                    }
                }
                assert!((f64::from(*got) - sum / all).abs() < 1e-5, "{row}: {got}");
            }
        }
    }
}
