//! From mass thicknesses to signals: the sum over the energies of a beam as its detector sees it.
//!
//! All energies of the spectrum are used. Exponentials are computed by powers of two with a
//! polynomial of the sixth degree (relative error below 1e-5 at depth 80, 1e-6 below 10), eight energies at a time.

use crate::Result;
use crate::physics::detector::Detector;
use crate::physics::matter::Matter;
use crate::physics::spectrum::Spectrum;
use crate::physics::transparency::{Beam, Weights};
use crate::radiograph::{Energy, EnergyUnit};

/// Energies that are computed at once.
const LANES: usize = 8;
/// Depth beyond which nothing is left in 32 bits.
const DEEPEST: f32 = 86.0;

/// A beam and the cross sections of a scene's materials in it.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    /// Share of the open-beam signal by energy, in whole lanes.
    shares: Vec<[f32; LANES]>,
    /// Mass attenuation by material, in cm2/g.
    coefficients: Vec<Vec<[f32; LANES]>>,
}

/// The high and the low channel of a scanner of these energies.
///
/// # Errors
/// Energies that no spectrum is known of.
pub(super) fn channels(energies: [Energy; 2], materials: &[Matter]) -> Result<[Channel; 2]> {
    let beam = |energy: Energy, layer: Detector| {
        let (spectrum, detector) = match energy.unit {
            EnergyUnit::Kilovolt => (Spectrum::tube(energy.value)?, layer),
            EnergyUnit::Megavolt => (Spectrum::linac(energy.value)?, Detector::CadmiumTungstate),
        };
        Ok(Channel::new(&Beam::new(&spectrum, detector)?, materials))
    };
    Ok([
        beam(energies[0], Detector::BackLayer)?,
        beam(energies[1], Detector::FrontLayer)?,
    ])
}

impl Channel {
    fn new(beam: &Beam, materials: &[Matter]) -> Self {
        let in_lanes = |values: &[f64]| -> Vec<[f32; LANES]> {
            let lanes = values.chunks(LANES);
            lanes
                .map(|chunk| std::array::from_fn(|i| chunk.get(i).map_or(0.0, |v| *v as f32)))
                .collect()
        };
        let of = |matter| in_lanes(&beam.coefficients(matter, Weights::FREE));
        Self {
            shares: in_lanes(beam.shares()),
            coefficients: materials.iter().map(of).collect(),
        }
    }

    /// Transmission through layers, given as material and mass thickness in g/cm2.
    pub(super) fn transmission(&self, layers: &[(usize, f32)]) -> f32 {
        let mut signal = [0.0_f32; LANES];
        for (at, shares) in self.shares.iter().enumerate() {
            let mut depth = [0.0_f32; LANES];
            for (material, mass) in layers {
                let coefficients = &self.coefficients[*material][at];
                for (depth, mu) in depth.iter_mut().zip(coefficients) {
                    *depth += mu * mass;
                }
            }
            for ((signal, depth), share) in signal.iter_mut().zip(depth).zip(shares) {
                *signal += share * faded(depth);
            }
        }
        signal.iter().sum()
    }
}

/// `exp(-depth)` for a depth from 0 on.
#[inline]
fn faded(depth: f32) -> f32 {
    // 2^n for a whole n next to the exponent, by the bits; the rest, at most half, by a polynomial.
    const WHOLE: f32 = 12_582_912.0;
    const LN: f32 = std::f32::consts::LN_2;
    let exponent = depth.min(DEEPEST) * -std::f32::consts::LOG2_E;
    let shifted = exponent + WHOLE;
    let x = (exponent - (shifted - WHOLE)) * LN;
    let tail = 1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0));
    let power = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * tail)));
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_exponential_is_one() {
        for i in 0..80_000 {
            let depth = i as f32 * 1e-3;
            let exact = f64::from(-depth).exp();
            let error = (f64::from(faded(depth)) / exact - 1.0).abs();
            assert!(
                error < if depth < 10.0 { 1e-6 } else { 1e-5 },
                "{depth}: {error}"
            );
        }
        assert!(faded(500.0) < 1e-36);
    }

    #[test]
    fn signals_are_those_of_the_model() {
        for text in ["160 kV", "9 MV"] {
            let energy = Energy::parse(text).unwrap_or_else(|| panic!("{text}"));
            let names = ["steel", "water"]
                .map(|name| Matter::named(name).unwrap_or_else(|e| panic!("{e}")));
            let [high, _] = channels([energy; 2], &names).unwrap_or_else(|e| panic!("{e}"));
            let (spectrum, detector) = if energy.unit == EnergyUnit::Kilovolt {
                (Spectrum::tube(energy.value), Detector::BackLayer)
            } else {
                (Spectrum::linac(energy.value), Detector::CadmiumTungstate)
            };
            let spectrum = spectrum.unwrap_or_else(|e| panic!("{e}"));
            let beam = Beam::new(&spectrum, detector).unwrap_or_else(|e| panic!("{e}"));
            for masses in [[0.0, 1.0], [1.0, 0.0], [2.0, 5.0], [0.1, 0.2]] {
                let layers = [(names[0].clone(), masses[0]), (names[1].clone(), masses[1])];
                let exact = beam.alpha_of_layers(&layers, Weights::FREE);
                let fast = high.transmission(&[(0, masses[0] as f32), (1, masses[1] as f32)]);
                let alpha = -f64::from(fast).ln();
                assert!(
                    (alpha - exact).abs() < 1e-5,
                    "{text} {masses:?}: {alpha} {exact}"
                );
            }
        }
    }
}
