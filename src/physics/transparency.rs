//! The attenuation of matter in a polychromatic beam, as a detector sees it.
//!
//! Free streaming: `alpha = -ln( sum D phi exp(-mu lambda) / sum D phi )`. Semi-empirical (Lalor and
//! Danagoulian, Nucl. Instrum. Meth. A 1064:169343, 2024): `mu` is replaced by
//! `mu + (a-1) mu_PE + (b-1) mu_CS + (c-1) mu_PP`, whose a, b, c a calibration fits; they take up
//! scatter and what is wrong with spectrum and response.

use super::detector::Detector;
use super::matter::Matter;
use super::spectrum::Spectrum;
use super::xcom::CrossSections;
use crate::Result;

/// The weights of the processes in the semi-empirical model, each at least 0; 1 is free streaming.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of photoelectric absorption.
    pub a: f64,
    /// Of incoherent scattering.
    pub b: f64,
    /// Of pair production.
    pub c: f64,
}

impl Weights {
    /// Free streaming: nothing is corrected.
    pub const FREE: Self = Self {
        a: 1.0,
        b: 1.0,
        c: 1.0,
    };

    /// Every weighted process left out: coherent scattering alone remains.
    pub const NONE: Self = Self {
        a: 0.0,
        b: 0.0,
        c: 0.0,
    };

    /// The weighted mass attenuation in cm2/g.
    pub fn of(self, cross: &CrossSections) -> f64 {
        cross.total
            + (self.a - 1.0) * cross.photoelectric
            + (self.b - 1.0) * cross.incoherent
            + (self.c - 1.0) * cross.pair()
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self::FREE
    }
}

/// A beam as its detector sees it: the share of the open-beam signal that each energy gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Beam {
    energies_mev: Vec<f64>,
    shares: Vec<f64>,
}

impl Beam {
    /// The beam of `spectrum` on `detector`.
    ///
    /// # Errors
    /// [`crate::Error::NotPossible`] when the detector sees nothing of the spectrum.
    pub fn new(spectrum: &Spectrum, detector: Detector) -> Result<Self> {
        Self::with_response(spectrum, |energy| detector.response(energy))
    }

    /// The beam of `spectrum` on a detector that absorbs `response(energy in MeV)` of a photon, in
    /// any one unit.
    ///
    /// # Errors
    /// [`crate::Error::NotPossible`] when the detector sees nothing of the spectrum, or a response
    /// is negative or not finite.
    pub fn with_response(spectrum: &Spectrum, response: impl Fn(f64) -> f64) -> Result<Self> {
        let signal: Vec<f64> = spectrum.iter().map(|(e, n)| n * response(e)).collect();
        let seen = Spectrum::new(spectrum.energies_mev(), &signal)?;
        let all: f64 = seen.photons().iter().sum();
        Ok(Self {
            energies_mev: seen.energies_mev().to_vec(),
            shares: seen.photons().iter().map(|signal| signal / all).collect(),
        })
    }

    /// The same beam in at most `bins` energies: neighbours are joined at their mean energy,
    /// weighted by signal.
    #[must_use]
    pub fn coarser(&self, bins: usize) -> Self {
        let joined = self.shares.len().div_ceil(bins.max(1));
        let shares: Vec<f64> = self.shares.chunks(joined).map(|s| s.iter().sum()).collect();
        let moments = self
            .energies_mev
            .chunks(joined)
            .zip(self.shares.chunks(joined));
        let energies_mev = moments
            .zip(&shares)
            .map(|((e, s), all)| e.iter().zip(s).map(|(e, s)| e * s).sum::<f64>() / all)
            .collect();
        Self {
            energies_mev,
            shares,
        }
    }

    /// The energies in MeV.
    pub fn energies_mev(&self) -> &[f64] {
        &self.energies_mev
    }

    /// The share of the open-beam signal at each energy; they sum to 1.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The weighted mass attenuation of `matter` at each energy of the beam, in cm2/g.
    pub fn coefficients(&self, matter: &Matter, weights: Weights) -> Vec<f64> {
        self.energies_mev
            .iter()
            .map(|energy| weights.of(&matter.at(*energy)))
            .collect()
    }

    /// Attenuation of layers in series, each by its [`Beam::coefficients`] and mass thickness in
    /// g/cm2. A list of coefficients of another length than the beam's energies counts as far as it
    /// goes.
    pub fn attenuation(&self, layers: &[(&[f64], f64)]) -> f64 {
        let through = |at: usize| {
            let depth = layers.iter().map(|(mu, lambda)| {
                let mu = mu.get(at).copied().unwrap_or_default();
                mu * lambda
            });
            self.shares[at] * (-depth.sum::<f64>()).exp()
        };
        -(0..self.shares.len()).map(through).sum::<f64>().ln()
    }

    /// Attenuation of `mass_thickness` (g/cm2) of one matter.
    pub fn alpha(&self, matter: &Matter, mass_thickness: f64, weights: Weights) -> f64 {
        self.attenuation(&[(&self.coefficients(matter, weights), mass_thickness)])
    }

    /// Attenuation of several matters in series, with their mass thicknesses in g/cm2. One look-up
    /// of the cross sections each: keep [`Beam::coefficients`] where it is asked often.
    pub fn alpha_of_layers(&self, layers: &[(Matter, f64)], weights: Weights) -> f64 {
        let coefficients: Vec<Vec<f64>> = layers
            .iter()
            .map(|(matter, _)| self.coefficients(matter, weights))
            .collect();
        let layers: Vec<(&[f64], f64)> = coefficients
            .iter()
            .zip(layers)
            .map(|(mu, (_, lambda))| (mu.as_slice(), *lambda))
            .collect();
        self.attenuation(&layers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound<T>(made: Result<T>) -> T {
        made.unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn line(energies: &[f64], photons: &[f64]) -> Beam {
        sound(Beam::with_response(
            &sound(Spectrum::new(energies, photons)),
            |_| 1.0,
        ))
    }

    #[test]
    fn two_lines_by_hand() {
        // Iron at 1 and 2 MeV, from the XCOM table: 0.05995 and 0.04265 cm2/g (total).
        let beam = line(&[1.0, 2.0], &[3.0, 1.0]);
        let iron = sound(Matter::element(26));
        let by_hand =
            -(0.75 * (-0.05995_f64 * 20.0).exp() + 0.25 * (-0.04265_f64 * 20.0).exp()).ln();
        let got = beam.alpha(&iron, 20.0, Weights::FREE);
        assert!((got - by_hand).abs() < 2e-3, "{got} {by_hand}");
    }

    #[test]
    fn weights_act_on_their_process_alone() {
        // Lead at 6 MeV: photoelectric 0.0009894, incoherent 0.01749, coherent 0.00008542, pairs
        // 0.02523 + 0.0001191.
        let beam = line(&[6.0], &[1.0]);
        let lead = sound(Matter::element(82));
        let alpha = |a, b, c| beam.alpha(&lead, 10.0, Weights { a, b, c });
        let free = alpha(1.0, 1.0, 1.0);
        assert!((free - 0.4391).abs() < 1e-4, "{free}");
        assert!((free - alpha(0.0, 1.0, 1.0) - 0.009_894).abs() < 1e-9);
        assert!((free - alpha(1.0, 0.0, 1.0) - 0.1749).abs() < 1e-9);
        assert!((free - alpha(1.0, 1.0, 0.0) - 0.253_491).abs() < 1e-9);
    }

    #[test]
    fn layers_harden_the_beam_and_their_order_does_not_matter() {
        let spectrum = sound(Spectrum::linac(6.0));
        let beam = sound(Beam::new(&spectrum, Detector::CadmiumTungstate));
        let (iron, water) = (sound(Matter::element(26)), sound(Matter::named("water")));
        let both = [(iron.clone(), 40.0), (water.clone(), 30.0)];
        let turned = [(water.clone(), 30.0), (iron.clone(), 40.0)];
        let alpha = beam.alpha_of_layers(&both, Weights::FREE);
        assert!((alpha - beam.alpha_of_layers(&turned, Weights::FREE)).abs() < 1e-12);
        let apart =
            beam.alpha(&iron, 40.0, Weights::FREE) + beam.alpha(&water, 30.0, Weights::FREE);
        assert!(alpha < apart - 0.01, "{alpha} {apart}");
        // Fewer energies change little.
        let coarse = beam.coarser(30).alpha_of_layers(&both, Weights::FREE);
        assert!((coarse - alpha).abs() < 0.01, "{coarse} {alpha}");
        assert!((beam.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
