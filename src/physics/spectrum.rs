//! Beam spectra: photons by energy, before and after filters.
//!
//! A linac's spectrum is the thin-target form of Schiff (Phys. Rev. 83:252, 1951; Koch and Motz,
//! Rev. Mod. Phys. 31:920, 1959), hardened by what stands in the beam.

use super::matter::Matter;
use super::xcom::{HIGHEST_MEV, LOWEST_MEV};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Rest energy of the electron in MeV.
const ELECTRON_MEV: f64 = 0.510_998_95;
/// Width of a bin of a linac's spectrum in MeV.
const BIN_MEV: f64 = 0.05;
/// Atomic number of a linac's target: tungsten.
const TARGET: u8 = 74;
/// What a linac's beam passes before the cargo, in g/cm2: 2 mm of tungsten and 5 mm of copper.
const LINAC_FILTER: [(u8, f64); 2] = [(74, 0.2 * 19.3), (29, 0.5 * 8.96)];
/// End points of a linac's spectrum that are served, in MV.
const LINAC_MV: std::ops::RangeInclusive<f64> = 1.0..=15.0;

/// Photons by energy; only their proportions matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    energies_mev: Vec<f64>,
    photons: Vec<f64>,
}

impl Spectrum {
    /// A spectrum of `photons` at `energies_mev`, both of one length; bins without photons fall
    /// away.
    ///
    /// # Errors
    /// [`Error::NotPossible`] when the lengths differ, an energy lies outside the cross sections
    /// (1 keV to 20 MeV), a number is negative or not finite, or no photon is left.
    pub fn new(energies_mev: &[f64], photons: &[f64]) -> Result<Self> {
        let sound = energies_mev.len() == photons.len()
            && energies_mev
                .iter()
                .all(|e| (LOWEST_MEV..=HIGHEST_MEV).contains(e))
            && photons.iter().all(|n| n.is_finite() && *n >= 0.0)
            && photons.iter().any(|n| *n > 0.0);
        if !sound {
            let why = say("physics-spectrum-broken", &[]);
            return Err(Error::NotPossible { why });
        }
        let (energies_mev, photons) = energies_mev
            .iter()
            .zip(photons)
            .filter(|(_, n)| **n > 0.0)
            .unzip();
        Ok(Self {
            energies_mev,
            photons,
        })
    }

    /// The spectrum of a linac of `end_point_mv` (1 to 15 MV), behind 2 mm of tungsten and 5 mm of
    /// copper, in bins of 50 keV.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for another end point.
    pub fn linac(end_point_mv: f64) -> Result<Self> {
        if !LINAC_MV.contains(&end_point_mv) {
            let why = say(
                "physics-end-point",
                &[arg("given", &Safe::number(end_point_mv, 2))],
            );
            return Err(Error::NotPossible { why });
        }
        let bins = (end_point_mv / BIN_MEV).round() as usize;
        let energies: Vec<f64> = (0..bins).map(|i| (i as f64 + 0.5) * BIN_MEV).collect();
        let photons: Vec<f64> = energies.iter().map(|k| schiff(end_point_mv, *k)).collect();
        let mut spectrum = Self::new(&energies, &photons)?;
        for (z, mass_thickness) in LINAC_FILTER {
            spectrum = spectrum.filtered(&Matter::element(z)?, mass_thickness);
        }
        Ok(spectrum)
    }

    /// The spectrum of a tungsten tube at `kv`, behind 0.8 mm of beryllium and 2 mm of aluminium, in
    /// bins of 1 keV: the listed voltage nearest to `kv`, from the lowest to the highest.
    ///
    /// # Errors
    /// [`Error::NotPossible`] beyond the listed voltages, with their names.
    pub fn tube(kv: f64) -> Result<Self> {
        let rows = || tube_rows(include_str!("../../assets/physics/tube.csv"));
        let mut listed: Vec<f64> = rows().map(|row| row[0]).collect();
        listed.dedup();
        let range = listed.first().zip(listed.last());
        if !range.is_some_and(|(low, high)| (*low..=*high).contains(&kv)) {
            let names: Vec<Safe> = listed.iter().map(|kv| Safe::number(*kv, 0)).collect();
            let names = Safe::join(&names, ", ");
            let why = say(
                "physics-no-tube",
                &[arg("given", &Safe::number(kv, 1)), arg("listed", &names)],
            );
            return Err(Error::NotPossible { why });
        }
        let nearer = |a: &&f64, b: &&f64| (*a - kv).abs().total_cmp(&(*b - kv).abs());
        let nearest = listed.iter().min_by(nearer).copied().unwrap_or(kv);
        let (energies, photons): (Vec<f64>, Vec<f64>) = rows()
            .filter(|row| row[0] == nearest)
            .map(|row| (row[1] / 1000.0, row[2]))
            .unzip();
        Self::new(&energies, &photons)
    }

    /// What comes through `mass_thickness` (g/cm2) of `matter`.
    #[must_use]
    pub fn filtered(&self, matter: &Matter, mass_thickness: f64) -> Self {
        let photons = self
            .iter()
            .map(|(energy, n)| n * (-matter.at(energy).total * mass_thickness).exp())
            .collect();
        Self {
            energies_mev: self.energies_mev.clone(),
            photons,
        }
    }

    /// Each energy in MeV with its photons.
    pub fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let photons = self.photons.iter().copied();
        self.energies_mev.iter().copied().zip(photons)
    }

    /// The energies in MeV.
    pub fn energies_mev(&self) -> &[f64] {
        &self.energies_mev
    }

    /// The photons at each energy, in no unit.
    pub fn photons(&self) -> &[f64] {
        &self.photons
    }

    /// Mean energy of a photon in MeV.
    pub fn mean_mev(&self) -> f64 {
        let all: f64 = self.photons.iter().sum();
        self.iter().map(|(e, n)| e * n).sum::<f64>() / all
    }
}

/// Voltage in kV, energy in keV and photons of every line of the tube table.
fn tube_rows(text: &str) -> impl Iterator<Item = [f64; 3]> + '_ {
    text.lines().filter_map(|line| {
        let mut numbers = line.split(',').map_while(|number| number.parse().ok());
        Some([numbers.next()?, numbers.next()?, numbers.next()?])
    })
}

/// Photons of energy `k_mev` from electrons of kinetic energy `end_point_mev` on a thin target,
/// in no unit: `(1/k) [(1 + r^2) ln M - (1 + r)^2]`, `r = E/E0`, E0 and E the electron's total
/// energy before and after in units of its mass,
/// `1/M = (k / (2 E0 E))^2 + (Z^(1/3) / 111)^2`.
pub fn schiff(end_point_mev: f64, k_mev: f64) -> f64 {
    let before = end_point_mev / ELECTRON_MEV + 1.0;
    let k = k_mev / ELECTRON_MEV;
    let after = before - k;
    if k <= 0.0 || after <= 1.0 {
        return 0.0;
    }
    let r = after / before;
    let screening = f64::from(TARGET).cbrt() / 111.0;
    let m = ((k / (2.0 * before * after)).powi(2) + screening.powi(2)).recip();
    ((1.0 + r * r) * m.ln() - (1.0 + r).powi(2)).max(0.0) / k
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schiff_by_hand() {
        // 6 MeV electrons, 3 MeV photon: E0 = 12.741707, E = 6.870854, k = 5.870854, r = 0.539241,
        // 1/M = (0.033530)^2 + (0.037822)^2 = 0.00255483, ln M = 5.969771.
        let by_hand = (1.290_781 * 5.969_771 - 2.369_263) / 5.870_854;
        assert!((schiff(6.0, 3.0) - by_hand).abs() < 1e-4, "{by_hand}");
        assert_eq!(schiff(6.0, 6.5), 0.0);
    }

    #[test]
    fn the_nearest_listed_tube_serves() {
        let tube = |kv| Spectrum::tube(kv).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(tube(141.0), tube(140.0));
        assert!(tube(160.0).energies_mev().iter().all(|e| *e < 0.16));
        assert!(tube(180.0).mean_mev() > tube(90.0).mean_mev());
        let problem = Spectrum::tube(450.0).map_err(|problem| problem.to_string());
        assert!(problem.is_err_and(|text| text.contains("'450.0'") && text.contains("160")));
    }

    #[test]
    fn a_linac_gives_no_more_than_its_end_point_and_filters_harden() {
        let six = Spectrum::linac(6.0).unwrap_or_else(|problem| panic!("{problem}"));
        assert!(six.energies_mev().iter().all(|e| *e < 6.0));
        let iron = Matter::element(26).unwrap_or_else(|problem| panic!("{problem}"));
        assert!(six.filtered(&iron, 50.0).mean_mev() > six.mean_mev());
        assert!(Spectrum::linac(0.16).is_err());
        assert!(Spectrum::new(&[1.0], &[0.0]).is_err());
        assert!(Spectrum::new(&[1.0, 2.0], &[1.0]).is_err());
    }
}
