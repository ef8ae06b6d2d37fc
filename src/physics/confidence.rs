//! How sure a class is: the distance of its ratio from the nearest class boundary, against noise.
//!
//! Noise is the variance of the attenuation over 3x3 pixels plus the quantisation of the samples,
//! less what the mean of the ratio takes off. Where it says nothing, a ratio in the outer parts of
//! its class is still unsure: the boundary curves themselves are that uncertain.

// Only what is inlined is compiled for wider registers, and a lazy operator is a jump.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]

use std::ops::Range;

use super::average::{CENTRES as MEANS, Means};
use super::curves::{Edges, RUN, possible};
use super::material::AIR;
use super::{Boundaries, Class, attenuations};
use crate::bands;
use crate::lanes::wide;
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
    let strict = alpha_high >= boundaries.strict_from;
    let at = boundaries.at(alpha_high);
    reliance(boundaries.unit, at, class, strict, [ratio, sigma])
}

/// [`confidence`] where the curves lie `at`; `strict` from where the rules of thick matter hold.
/// Choices only, so that many pixels are told at once.
#[inline(always)]
fn reliance(
    unit: EnergyUnit,
    [z10, z18, z50, low, _]: [f32; 5],
    class: Class,
    strict: bool,
    [ratio, sigma]: [f32; 2],
) -> Confidence {
    let choose = |so: bool, yes: f32, no: f32| if so { yes } else { no };
    let least = |p: f32, q: f32| choose(p < q, p, q);
    let [off10, off18, off50] = [z10, z18, z50].map(|edge| (ratio - edge).abs());
    let (organic, inorganic) = (class == Class::Organic, class == Class::Inorganic);
    let (metal, heavy) = (class == Class::Metal, class == Class::Heavy);
    let between = choose(inorganic, least(off10, off18), f32::INFINITY);
    let (nearest, width, lost) = match unit {
        EnergyUnit::Kilovolt => {
            let nearest = choose(metal, off18, between);
            let width = choose(metal, z18 - z10, (z18 - z10).abs());
            let (nearest, width) = (
                choose(organic, off10, nearest),
                choose(organic, z10 - low, width),
            );
            (nearest, width, false)
        }
        EnergyUnit::Megavolt => {
            let nearest = choose(metal, least(off18, off50), between);
            let nearest = choose(heavy, off50, nearest);
            let width = choose(inorganic, (z18 - z10).abs(), z18 - z50);
            let (nearest, width) = (
                choose(organic, off10, nearest),
                choose(organic, z10 - z18, width),
            );
            // Below it the heavy read as metal, and nothing tells them apart.
            (nearest, width, metal & !strict & (ratio < z50))
        }
    };
    // Also the rim where no noise is known.
    let (rim, noise) = (RIM * width, SIGMAS * sigma);
    if lost | (nearest < rim) | (nearest < noise) {
        Confidence::Unsure
    } else {
        Confidence::Sure
    }
}

/// Whether each mean names its material, or the state of being too thin or too thick for one, beyond
/// doubt: its ratio lies [`SETTLED`] standard errors from every curve, and its attenuation as far from
/// where other rules begin. Anything else is a matter
/// of more pixels.
pub(super) fn settled(boundaries: &Boundaries, means: &Means) -> [bool; MEANS] {
    const { assert!(MEANS == RUN) };
    let mut at: Edges = [[0.0; RUN]; 5];
    boundaries.at_each(&means.guide, &mut at);
    let mut answers = [false; MEANS];
    wide!(settle(boundaries, means, &at, &mut answers));
    answers
}

/// [`settled`] of means whose curves lie `at`. Nothing jumps, so that many are told at once.
#[inline(always)]
fn settle(boundaries: &Boundaries, means: &Means, at: &Edges, answers: &mut [bool; MEANS]) {
    let &Boundaries {
        thin,
        black,
        strict_from,
        ..
    } = boundaries;
    let tube = boundaries.unit == EnergyUnit::Kilovolt;
    for k in 0..MEANS {
        let alpha = means.guide[k];
        let slack = SETTLED * means.error[k];
        // Also false where nothing tells the error.
        let clear = |edge: f32| (alpha - edge).abs() > slack;
        let off_rules = clear(AIR) & clear(thin) & clear(black) & clear(strict_from);
        // Air, what is too thin and what nothing comes through are told without a ratio.
        let state = (alpha < thin) | (alpha > black);
        let ratio = means.other[k] / alpha;
        let edges = possible(std::array::from_fn(|i| at[i][k]));
        let [z10, z18, z50, low, high] = edges;
        let strict = tube & (alpha >= strict_from);
        let names = (ratio >= low) & (ratio <= high) & !(strict & (ratio < z10));
        let far = |edge: f32| (ratio - edge).abs() * alpha > slack;
        let far = far(z10) & far(z18) & far(z50) & far(low) & far(high);
        answers[k] = off_rules & (state | (names & far));
    }
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
            let own = y * width..(y + 1) * width;
            let row = Row {
                classes: &classes[own.clone()],
                alphas: alphas.map(|alphas| &alphas[own.clone()]),
                variances: variances.each_ref().map(Vec::as_slice),
                averaged: averaged.max(1.0),
            };
            row.rely(of_row(y), answers);
        }
        Ok(())
    });
    all
}

/// A row of pixels whose classes were told.
struct Row<'a> {
    classes: &'a [Class],
    alphas: [&'a [f32]; 2],
    variances: [&'a [f32]; 2],
    /// Pixels that a mean stands on.
    averaged: f32,
}

impl Row<'_> {
    /// The confidence of each class.
    fn rely(&self, boundaries: &Boundaries, answers: &mut [Confidence]) {
        let mut at: Edges = [[0.0; RUN]; 5];
        for (run, answers) in answers.chunks_mut(RUN).enumerate() {
            let run = run * RUN..run * RUN + answers.len();
            let row = Row {
                classes: &self.classes[run.clone()],
                alphas: self.alphas.map(|alphas| &alphas[run.clone()]),
                variances: self.variances.map(|all| &all[run.clone()]),
                averaged: self.averaged,
            };
            if !row.classes.iter().any(|class| class.is_material()) {
                continue;
            }
            boundaries.at_each(row.alphas[0], &mut at);
            let strict = boundaries.strict_from;
            // A unit that is known here makes choices of what were jumps.
            match boundaries.unit {
                EnergyUnit::Kilovolt => {
                    wide!(row.rely_run(EnergyUnit::Kilovolt, &at, strict, answers));
                }
                EnergyUnit::Megavolt => {
                    wide!(row.rely_run(EnergyUnit::Megavolt, &at, strict, answers));
                }
            }
        }
    }

    /// [`Row::rely`] of up to [`RUN`] pixels, whose curves lie `at`.
    #[inline(always)]
    fn rely_run(&self, unit: EnergyUnit, at: &Edges, strict: f32, answers: &mut [Confidence]) {
        let n = answers.len().min(RUN);
        let (classes, answers) = (&self.classes[..n], &mut answers[..n]);
        let [high, low] = self.alphas.map(|alphas| &alphas[..n]);
        let [a, b] = self.variances.map(|all| &all[..n]);
        for k in 0..n {
            let ratio = low[k] / high[k];
            let relative = a[k] / (high[k] * high[k]) + b[k] / (low[k] * low[k]);
            let sigma = ratio * (relative / self.averaged).sqrt();
            let at = std::array::from_fn(|i| at[i][k]);
            let sure = [ratio, sigma];
            answers[k] = reliance(unit, at, classes[k], high[k] >= strict, sure);
        }
    }
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
                wide!(fill_gaps(alpha));
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
        let rows = [row(0), row(1), row(2)];
        wide!(variances_of(rows, values, quantised, variances));
    }
}

/// [`Around::variance`] from the rows around and the transmissions.
#[inline(always)]
fn variances_of(rows: [&[f32]; 3], values: &[f32], quantised: f32, variances: &mut [f32]) {
    for (at, variances) in variances.chunks_mut(CENTRES).enumerate() {
        let x = at * CENTRES;
        let n = variances.len();
        let mut spread = Spread::default();
        for near in rows {
            spread.add(&rows[1][x + 1..][..n], &near[x..][..n + 2]);
        }
        let spread = spread.end();
        let values = &values[x..][..n];
        for k in 0..n {
            variances[k] = spread[k] + quantised / (values[k] * values[k]);
        }
    }
}

/// Puts [`NOTHING`] where there is no attenuation.
#[inline(always)]
fn fill_gaps(alphas: &mut [f32]) {
    for alpha in alphas {
        *alpha = if alpha.is_finite() { *alpha } else { NOTHING };
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
    #[inline(always)]
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
    #[inline(always)]
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
