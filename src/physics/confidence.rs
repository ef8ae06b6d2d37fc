//! How sure a class is: the distance of its ratio from the nearest class boundary, against noise.
//!
//! Noise is the variance of the attenuation over 3x3 pixels plus the quantisation of the samples,
//! less what the mean of the ratio takes off. Where it says nothing, a ratio in the outer parts of
//! its class is still unsure: the boundary curves themselves are that uncertain.

use std::ops::Range;

use super::average::Mean;
use super::material::AIR;
use super::{Boundaries, Class, attenuations};
use crate::bands;
use crate::radiograph::{EnergyUnit, Field};

/// Standard deviations between a sure ratio and the boundary.
const SIGMAS: f32 = 2.0;
/// Standard errors from every boundary at which a mean over fewer pixels is enough.
const SETTLED: f32 = 3.0;
/// Share of the width of the class next to a boundary in which no ratio is sure.
const RIM: f32 = 0.08;

/// Stands for an attenuation that is not there, [`FAR`] from every other.
const NOTHING: f32 = 1e30;
const FAR: f32 = 1e29;

/// Neighbouring pixels whose sums are kept at once, in the nearest cache.
const CENTRES: usize = 256;

/// Whether a class that names a material can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confidence {
    /// The ratio is far from every boundary; states are always sure.
    #[default]
    Sure,
    /// The neighbouring class is as possible.
    Unsure,
}

/// One energy of a raster, for its noise.
#[derive(Debug, Clone, Copy)]
pub struct Noisy<'a> {
    /// Transmission before any mean.
    pub field: &'a Field,
    /// Transmission of one step of the samples, 0 where unknown.
    pub step: f32,
}

/// The confidence of a class at an attenuation and a ratio whose standard deviation is `sigma`; 0
/// where no noise is known.
pub fn confidence(
    boundaries: &Boundaries,
    class: Class,
    [alpha_high, ratio]: [f32; 2],
    sigma: f32,
) -> Confidence {
    let [z10, z18, z50, low, _] = boundaries.at(alpha_high);
    let strict = alpha_high >= boundaries.strict_from;
    let (edges, width): (&[f32], f32) = match (boundaries.unit, class) {
        (EnergyUnit::Kilovolt, Class::Organic) => (&[z10], z10 - low),
        (EnergyUnit::Kilovolt, Class::Metal) => (&[z18], z18 - z10),
        (EnergyUnit::Megavolt, Class::Organic) => (&[z10], z10 - z18),
        (_, Class::Inorganic) => (&[z10, z18], (z18 - z10).abs()),
        // Below it the heavy read as metal, and nothing tells them apart.
        (EnergyUnit::Megavolt, Class::Metal) if !strict && ratio < z50 => {
            return Confidence::Unsure;
        }
        (EnergyUnit::Megavolt, Class::Metal) => (&[z18, z50], z18 - z50),
        (EnergyUnit::Megavolt, Class::Heavy) => (&[z50], z18 - z50),
        _ => return Confidence::Sure,
    };
    let distance = |edge: &f32| (ratio - edge).abs();
    let nearest = edges.iter().map(distance).fold(f32::INFINITY, f32::min);
    if nearest < (RIM * width).max(SIGMAS * sigma) {
        Confidence::Unsure
    } else {
        Confidence::Sure
    }
}

/// Whether a mean names its material, or the state of being too thin or too thick for one, beyond
/// doubt: its ratio lies [`SETTLED`] standard errors from every curve, and its attenuation as far from
/// where other rules begin. Anything else is a matter
/// of more pixels.
pub(super) fn is_settled(boundaries: &Boundaries, mean: Mean) -> bool {
    let alpha = mean.guide;
    let slack = SETTLED * mean.error;
    // Also false where nothing tells the error.
    let clear = |edge: f32| (alpha - edge).abs() > slack;
    let &Boundaries {
        thin,
        black,
        strict_from,
        ..
    } = boundaries;
    if ![AIR, thin, black, strict_from].into_iter().all(clear) {
        return false;
    }
    // Air, what is too thin and what nothing comes through are told without a ratio.
    if alpha < thin || alpha > black {
        return true;
    }
    let ratio = mean.other / alpha;
    let edges = boundaries.edges(alpha);
    let [z10, _, _, low, high] = edges;
    let strict = boundaries.unit == EnergyUnit::Kilovolt && alpha >= boundaries.strict_from;
    let names = (low..=high).contains(&ratio) && !(strict && ratio < z10);
    names
        && edges
            .iter()
            .all(|edge| (ratio - edge).abs() * alpha > slack)
}

/// The confidence of every pixel of a raster: `classes` by the means `alphas` (high, low) over
/// about `averaged` pixels of `noisy`; `of_row` gives the curves of each row of the raster.
pub fn confidences<'b>(
    of_row: &(dyn Fn(usize) -> &'b Boundaries + Sync),
    classes: &[Class],
    alphas: [&[f32]; 2],
    noisy: [Noisy<'_>; 2],
    averaged: f32,
) -> Vec<Confidence> {
    let width = noisy[0].field.width.max(1);
    let mut all = vec![Confidence::Sure; classes.len()];
    let band = bands::rows(width);
    let answers = all.chunks_mut(band * width).enumerate();
    // Nothing in it fails.
    let _ = bands::each(answers.collect(), |(at, answers)| {
        let rows = at * band..at * band + answers.len() / width;
        let around = noisy.map(|layer| Around::new(layer, rows.clone()));
        let mut variances = [vec![0.0; width], vec![0.0; width]];
        for (line, (y, answers)) in rows.zip(answers.chunks_mut(width)).enumerate() {
            for (around, variance) in around.iter().zip(&mut variances) {
                around.variance(line, variance);
            }
            let boundaries = of_row(y);
            for (x, answer) in answers.iter_mut().enumerate() {
                let i = y * width + x;
                if !classes[i].is_material() {
                    continue;
                }
                let [high, low] = alphas.map(|alpha| alpha[i]);
                let ratio = low / high;
                let [a, b] = variances.each_ref().map(|variance| variance[x]);
                let relative = a / (high * high) + b / (low * low);
                let sigma = ratio * (relative / averaged.max(1.0)).sqrt();
                *answer = confidence(boundaries, classes[i], [high, ratio], sigma);
            }
        }
        Ok(())
    });
    all
}

/// Attenuations of a band of rows with a pixel around it, [`NOTHING`] where there is none.
struct Around<'a> {
    layer: Noisy<'a>,
    rows: Range<usize>,
    stride: usize,
    alpha: Vec<f32>,
}

impl<'a> Around<'a> {
    fn new(layer: Noisy<'a>, rows: Range<usize>) -> Self {
        let Field { width, height, .. } = *layer.field;
        let stride = width + 2;
        let mut alpha = vec![NOTHING; stride * (rows.len() + 2)];
        for (line, alpha) in alpha.chunks_mut(stride).enumerate() {
            let y = (rows.start + line).wrapping_sub(1);
            if y < height {
                let alpha = &mut alpha[1..=width];
                attenuations(&layer.field.values[y * width..][..width], alpha);
                for alpha in alpha {
                    *alpha = if alpha.is_finite() { *alpha } else { NOTHING };
                }
            }
        }
        Self {
            layer,
            rows,
            stride,
            alpha,
        }
    }

    /// The variance of the attenuation over the 3x3 pixels around each pixel of a line, and of its
    /// quantisation; neighbours without signal do not count.
    fn variance(&self, line: usize, variances: &mut [f32]) {
        let row = |at: usize| &self.alpha[(line + at) * self.stride..][..self.stride];
        let own = (self.rows.start + line) * variances.len();
        let values = &self.layer.field.values[own..];
        let quantised = self.layer.step * self.layer.step / 12.0;
        for (at, variances) in variances.chunks_mut(CENTRES).enumerate() {
            let x = at * CENTRES;
            let n = variances.len();
            let mut spread = Spread::default();
            for near in [0, 1, 2] {
                spread.add(&row(1)[x + 1..][..n], &row(near)[x..][..n + 2]);
            }
            for ((variance, value), spread) in
                variances.iter_mut().zip(&values[x..]).zip(spread.end())
            {
                *variance = spread + quantised / (value * value);
            }
        }
    }
}

/// Sums of the differences from each of a stretch of centres.
struct Spread {
    count: [f32; CENTRES],
    sum: [f32; CENTRES],
    squares: [f32; CENTRES],
}

impl Default for Spread {
    fn default() -> Self {
        let zeros = [0.0; CENTRES];
        Self {
            count: zeros,
            sum: zeros,
            squares: zeros,
        }
    }
}

impl Spread {
    /// Adds the three neighbours of each centre in one row.
    fn add(&mut self, centre: &[f32], near: &[f32]) {
        let n = centre.len();
        let near = [&near[..n], &near[1..=n], &near[2..n + 2]];
        let (count, sum) = (&mut self.count[..n], &mut self.sum[..n]);
        let squares = &mut self.squares[..n];
        for x in 0..n {
            for near in near {
                let off = near[x] - centre[x];
                // A mask from the sign, because a choice becomes a jump.
                let counts = !((FAR - off.abs()).to_bits().cast_signed() >> 31).cast_unsigned();
                let off = f32::from_bits(off.to_bits() & counts);
                count[x] += f32::from_bits(1.0_f32.to_bits() & counts);
                sum[x] += off;
                squares[x] += off * off;
            }
        }
    }

    /// The variance at each centre, 0 where it stands alone.
    fn end(&self) -> [f32; CENTRES] {
        let mut variances = [0.0; CENTRES];
        for (x, variance) in variances.iter_mut().enumerate() {
            let (n, sum) = (self.count[x], self.sum[x]);
            let spread = (self.squares[x] - sum * sum / n.max(1.0)).max(0.0);
            *variance = spread / (n - 1.0).max(1.0);
        }
        variances
    }
}

#[cfg(test)]
mod tests {
    use super::super::choose;
    use super::*;
    use crate::radiograph::{Energy, Plane, PlaneName};

    fn curves(high: &str) -> &'static Boundaries {
        let mut plane = Plane::new(PlaneName::High, 1, 1, vec![0]);
        plane.energy = Energy::parse(high);
        choose(&plane, &plane)
            .map_or_else(|problem| panic!("{problem}"), |chosen| chosen.boundaries)
    }

    #[test]
    fn confidence_ends_at_the_boundary_and_with_noise() {
        let (kv, mv) = (curves("160 kV"), curves("9 MV"));
        for (curves, class, at, sigma, sure) in [
            (kv, Class::Organic, [1.0, 1.25], 0.0, true),
            (kv, Class::Organic, [1.0, 1.25], 0.1, false),
            (kv, Class::Organic, [1.0, 1.36], 0.0, false),
            (kv, Class::Inorganic, [1.0, 1.55], 0.02, true),
            (kv, Class::Metal, [1.0, 1.78], 0.0, false),
            (mv, Class::Organic, [2.0, 1.2], 0.0, true),
            (mv, Class::Organic, [2.0, 1.2], 0.02, false),
            (mv, Class::Metal, [2.0, 1.12], 0.0, true),
            (mv, Class::Metal, [2.0, 1.075], 0.0, false),
            (mv, Class::Heavy, [3.0, 1.056], 0.0, true),
            (mv, Class::Black, [9.0, 1.0], 1.0, true),
        ] {
            let got = confidence(curves, class, at, sigma) == Confidence::Sure;
            assert_eq!(got, sure, "{} {class:?} {at:?} {sigma}", curves.name);
        }
    }
}
