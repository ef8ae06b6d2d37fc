//! What detectors make of a photon: the energy that they absorb of it, on average.
//!
//! Tube scanners have two layers, a thin one behind which a copper filter stands before a thick
//! one. Linac scanners have cadmium tungstate; its response is a table from a Geant4 simulation.

use std::sync::OnceLock;

use super::xcom::{self, CrossSections};

/// The kinds of detector that are modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detector {
    /// The front layer of a tube scanner: 0.1 g/cm2 of gadolinium oxysulfide.
    FrontLayer,
    /// The back layer of a tube scanner: 1.8 g/cm2 of caesium iodide behind the front layer and
    /// 0.6 mm of copper.
    BackLayer,
    /// A linac scanner's cadmium tungstate.
    CadmiumTungstate,
}

/// Gadolinium oxysulfide by mass fraction.
const GADOLINIUM_OXYSULFIDE: [(u8, f64); 3] = [(64, 0.8308), (8, 0.0845), (16, 0.0847)];
/// Its mass thickness in g/cm2.
const FRONT: f64 = 0.1;
/// Mass thickness of the copper between the layers in g/cm2.
const BETWEEN: f64 = 0.06 * 8.96;
/// Caesium iodide by mass fraction.
const CAESIUM_IODIDE: [(u8, f64); 2] = [(55, 0.5115), (53, 0.4885)];
/// Its mass thickness in g/cm2.
const BACK: f64 = 1.8;

impl Detector {
    /// Energy absorbed of a photon of `energy_mev`, in MeV; 0 outside 1 keV to 20 MeV.
    pub fn response(self, energy_mev: f64) -> f64 {
        let front = -sum(&GADOLINIUM_OXYSULFIDE, energy_mev).total * FRONT;
        match self {
            Self::FrontLayer => energy_mev * absorbed(&GADOLINIUM_OXYSULFIDE, FRONT, energy_mev),
            Self::BackLayer => {
                let copper = -sum(&[(29, 1.0)], energy_mev).total * BETWEEN;
                let arriving = (front + copper).exp();
                energy_mev * arriving * absorbed(&CAESIUM_IODIDE, BACK, energy_mev)
            }
            Self::CadmiumTungstate => tabulated(energy_mev),
        }
    }
}

/// The share of photons that interact in a layer; coherent scattering leaves nothing behind.
fn absorbed(fractions: &[(u8, f64)], mass_thickness: f64, energy_mev: f64) -> f64 {
    -(-sum(fractions, energy_mev).without_coherent() * mass_thickness).exp_m1()
}

fn sum(fractions: &[(u8, f64)], energy_mev: f64) -> CrossSections {
    fractions
        .iter()
        .filter_map(|(z, share)| Some((share, xcom::element(*z, energy_mev)?)))
        .fold(CrossSections::default(), |sum, (share, one)| {
            sum.plus(*share, one)
        })
}

/// Straight between the table's energies, and on beyond its last two.
fn tabulated(energy_mev: f64) -> f64 {
    static TABLE: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        include_str!("../../assets/physics/linac_response.csv")
            .lines()
            .filter_map(|line| line.split_once(','))
            .filter_map(|(energy, value)| Some((energy.parse().ok()?, value.parse().ok()?)))
            .collect()
    });
    let above = table.partition_point(|(energy, _)| *energy <= energy_mev);
    let above = above.clamp(1, table.len().max(2) - 1);
    let (Some(a), Some(b)) = (table.get(above - 1), table.get(above)) else {
        return 0.0;
    };
    (a.1 + (b.1 - a.1) * (energy_mev - a.0) / (b.0 - a.0)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_layer_sees_soft_and_the_back_layer_hard_photons() {
        let share = |detector: Detector, energy: f64| detector.response(energy) / energy;
        assert!(share(Detector::FrontLayer, 0.03) > 0.5);
        assert!(share(Detector::BackLayer, 0.03) < 0.01);
        assert!(share(Detector::BackLayer, 0.1) > 2.0 * share(Detector::FrontLayer, 0.1));
        for detector in [Detector::FrontLayer, Detector::BackLayer] {
            assert!((0.001..0.2_f64).contains(&0.16));
            assert!((0.0..=1.0).contains(&share(detector, 0.16)));
        }
    }

    #[test]
    fn the_published_response_comes_back() {
        // Values of the published table at 0.605, 3.005 and 8.995 MeV.
        for (energy, value) in [(0.605, 0.40923), (3.005, 1.22289), (8.995, 4.09512)] {
            let got = Detector::CadmiumTungstate.response(energy);
            assert!((got / value - 1.0).abs() < 0.01, "{energy}: {got}");
        }
        assert!(Detector::CadmiumTungstate.response(10.0) > 4.2);
    }
}
