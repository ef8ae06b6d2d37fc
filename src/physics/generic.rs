//! Generic scanner profiles: models fitted to no scanner, for scans whose own profile is not there.
//!
//! Tubes have the two layers of [`Detector`] behind the tube spectra; 6/9 MV the published Geant4
//! spectra of a scanner's middle row; other linacs Schiff's form. All stream freely.

use super::detector::Detector;
use super::profile::{Header, Limits, PROFILE_VERSION, Profile, RowBeam, RowOrder};
use super::spectrum::Spectrum;
use super::transparency::Weights;
use crate::Result;
use crate::radiograph::{Energy, EnergyUnit};

/// The open-beam signal of a pair of energies, in no unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// The energies in MeV.
    pub energies_mev: Vec<f64>,
    /// The signal at each of them, high and low.
    pub beams: [Vec<f64>; 2],
}

/// The modelled signal of a pair of energies, high and low. A tube's two layers have one voltage:
/// that of the high plane.
///
/// # Errors
/// [`crate::Error::NotPossible`] for energies that no spectrum is known of.
pub fn signal(energies: [Energy; 2]) -> Result<Signal> {
    let mega = energies.map(Energy::mega);
    let beams = if mega[0] < 1.0 {
        let tube = Spectrum::tube(mega[0] * 1000.0)?;
        [
            (tube.clone(), Detector::BackLayer),
            (tube, Detector::FrontLayer),
        ]
    } else if mega == [9.0, 6.0] {
        let [high, low] = published()?;
        [
            (high, Detector::CadmiumTungstate),
            (low, Detector::CadmiumTungstate),
        ]
    } else {
        let linac = |mv| Ok((Spectrum::linac(mv)?, Detector::CadmiumTungstate));
        [linac(mega[0])?, linac(mega[1])?]
    };
    // Both on the energies of the one that has more.
    let longer = usize::from(beams[1].0.energies_mev().len() > beams[0].0.energies_mev().len());
    let energies_mev = beams[longer].0.energies_mev().to_vec();
    let on_grid = |(spectrum, detector): &(Spectrum, Detector)| {
        let mut signal = vec![0.0; energies_mev.len()];
        for (energy, photons) in spectrum.iter() {
            let at = energies_mev.partition_point(|e| *e < energy - 1e-9);
            if let Some(value) = signal.get_mut(at) {
                *value += photons * detector.response(energy);
            }
        }
        signal
    };
    let beams = beams.each_ref().map(on_grid);
    Ok(Signal {
        energies_mev,
        beams,
    })
}

/// The generic profile of a pair of energies, high and low.
///
/// # Errors
/// As [`signal`].
pub fn profile(energies: [Energy; 2]) -> Result<Profile> {
    let signal = signal(energies)?;
    let row = signal.beams.each_ref().map(|beam| {
        let all: f64 = beam.iter().sum();
        RowBeam {
            shares: beam.iter().map(|signal| signal / all).collect(),
            weights: Weights::FREE,
        }
    });
    let [high, low] = energies;
    let header = Header {
        version: PROFILE_VERSION,
        scanner: String::new(),
        date: String::new(),
        data_sha256: String::new(),
        generic: true,
        high: high.to_string(),
        low: low.to_string(),
        row_order: RowOrder::TopDown,
        table: String::new(),
        table_sha256: String::new(),
        classes: Limits::of(high, low),
        block: Vec::new(),
    };
    Profile::new(header, signal.energies_mev, vec![row])
}

/// The published beams of 9 and 6 MV.
fn published() -> Result<[Spectrum; 2]> {
    let rows: Vec<[f64; 3]> = include_str!("../../assets/physics/linac_6_9.csv")
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split(',').map_while(|number| number.parse().ok());
            Some([numbers.next()?, numbers.next()?, numbers.next()?])
        })
        .collect();
    let column = |at: usize| -> Vec<f64> { rows.iter().map(|row| row[at]).collect() };
    let energies = column(0);
    Ok([
        Spectrum::new(&energies, &column(2))?,
        Spectrum::new(&energies, &column(1))?,
    ])
}

/// The pairs of energies that ship, high and low.
pub const SHIPPED: [[Energy; 2]; 4] = [
    [kilovolt(140.0), kilovolt(140.0)],
    [kilovolt(160.0), kilovolt(160.0)],
    [megavolt(6.0), megavolt(4.0)],
    [megavolt(9.0), megavolt(6.0)],
];

const fn kilovolt(value: f64) -> Energy {
    Energy {
        value,
        unit: EnergyUnit::Kilovolt,
    }
}

const fn megavolt(value: f64) -> Energy {
    Energy {
        value,
        unit: EnergyUnit::Megavolt,
    }
}

#[cfg(test)]
mod tests {
    use super::super::inversion::Inversion;
    use super::*;

    fn table(energies: [Energy; 2]) -> super::super::inversion::Table {
        let made = profile(energies).unwrap_or_else(|problem| panic!("{problem}"));
        Inversion::new(made).table(0).clone()
    }

    #[test]
    fn spot_values_of_the_published_curves() {
        for (at, alpha, z, ratio) in [
            (1, 0.1, 10, 1.56186),
            (1, 0.5, 18, 1.96930),
            (1, 2.0, 10, 1.29386),
            (1, 5.0, 18, 1.33333),
            (3, 0.1, 10, 1.18125),
            (3, 2.0, 18, 1.15567),
            (3, 2.0, 50, 1.08597),
            (3, 7.0, 50, 1.04538),
        ] {
            let got = table(SHIPPED[at]).ratio(alpha, z);
            let share = (got - 1.0) / (ratio - 1.0) - 1.0;
            assert!(share.abs() < 0.02, "{at} {alpha} {z}: {got} {ratio}");
        }
    }

    #[test]
    fn every_element_reads_back_where_the_ratio_tells_it() {
        for (energies, elements) in [(SHIPPED[1], [6, 8, 13, 20]), (SHIPPED[3], [6, 13, 26, 50])] {
            let table = table(energies);
            for z in elements {
                for alpha in [0.31_f32, 1.003, 2.5, 5.0] {
                    let got = table.read(alpha, alpha * table.ratio(alpha, z));
                    let z_read = got.map_or(f32::NAN, |reading| reading.z);
                    assert!((z_read - z as f32).abs() < 0.3, "{z} {alpha}: {z_read}");
                }
            }
            assert_eq!(table.read(0.0, 0.1), None);
            assert_eq!(table.read(f32::NAN, 0.1), None);
            assert_eq!(table.read(20.0, 22.0), None);
            assert_eq!(table.read(1.0, f32::INFINITY), None);
        }
    }

    #[test]
    fn mass_thickness_is_that_of_the_slab() {
        // 10 g/cm2 of iron at 9/6 MV.
        let energies = SHIPPED[3];
        let made = profile(energies).unwrap_or_else(|problem| panic!("{problem}"));
        let iron = super::super::matter::Matter::element(26);
        let iron = iron.unwrap_or_else(|problem| panic!("{problem}"));
        let alpha = |beam: usize| -> f32 {
            let signal: f64 = made
                .energies_mev
                .iter()
                .zip(&made.rows[0][beam].shares)
                .map(|(e, share)| share * (-iron.at(*e).total * 10.0).exp())
                .sum();
            -signal.ln() as f32
        };
        let reading = table(energies).read(alpha(0), alpha(1));
        let got = reading.map_or(f32::NAN, |reading| reading.mass_thickness);
        assert!((got - 10.0).abs() < 0.05, "{got}");
        let solutions = table(energies).solutions(alpha(0), alpha(1) / alpha(0));
        assert!(
            solutions.iter().any(|z| (z - 26.0).abs() < 0.2),
            "{solutions:?}"
        );
    }
}
