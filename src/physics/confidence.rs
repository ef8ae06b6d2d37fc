//! How sure a class is: the distance of its ratio from the nearest class boundary, against noise.
//!
//! Noise is the variance of the attenuation over 3x3 pixels plus the quantisation of the samples,
//! less what the mean of the ratio takes off. Where it says nothing, a ratio in the outer parts of
//! its class is still unsure: the boundary curves themselves are that uncertain.

use super::{Boundaries, Class, attenuation};
use crate::radiograph::{EnergyUnit, Field};

/// Standard deviations between a sure ratio and the boundary.
const SIGMAS: f32 = 2.0;
/// Share of the width of the class next to a boundary in which no ratio is sure.
const RIM: f32 = 0.08;

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

/// The confidence of every pixel of a raster: `classes` by the means `alphas` (high, low) over
/// about `averaged` pixels of `noisy`.
pub fn confidences(
    boundaries: &Boundaries,
    classes: &[Class],
    alphas: [&[f32]; 2],
    noisy: [Noisy<'_>; 2],
    averaged: f32,
) -> Vec<Confidence> {
    let variances = noisy.map(|layer| variance(layer, classes));
    (0..classes.len())
        .map(|i| {
            let [high, low] = alphas.map(|alpha| alpha[i]);
            let ratio = low / high;
            let relative = variances[0][i] / (high * high) + variances[1][i] / (low * low);
            let sigma = ratio * (relative / averaged.max(1.0)).sqrt();
            confidence(boundaries, classes[i], [high, ratio], sigma)
        })
        .collect()
}

/// The variance of the attenuation over the 3x3 pixels around each pixel that names a material,
/// and of its quantisation; neighbours without signal do not count.
fn variance(layer: Noisy<'_>, classes: &[Class]) -> Vec<f32> {
    let Field { width, height, .. } = *layer.field;
    let values = &layer.field.values;
    let alpha: Vec<f32> = values.iter().map(|t| attenuation(*t)).collect();
    let quantised = layer.step * layer.step / 12.0;
    let at = |i: usize| {
        let (x, y) = (i % width, i / width);
        let (mut n, mut sum, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
        for row in y.saturating_sub(1)..(y + 2).min(height) {
            for a in &alpha[row * width..][x.saturating_sub(1)..(x + 2).min(width)] {
                let off = a - alpha[i];
                if off.is_finite() {
                    n += 1.0;
                    sum += off;
                    squares += off * off;
                }
            }
        }
        let spread = if n > 1.0 {
            (squares - sum * sum / n).max(0.0) / (n - 1.0)
        } else {
            0.0
        };
        spread + quantised / (values[i] * values[i])
    };
    (0..alpha.len())
        .map(|i| if classes[i].is_material() { at(i) } else { 0.0 })
        .collect()
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
