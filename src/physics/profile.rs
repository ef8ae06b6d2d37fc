//! Scanner profiles: what a calibration found out about a scanner, or a generic model of one.
//!
//! A profile is a TOML text with a table beside it: the open-beam signal by energy and the weights
//! a, b, c of each beam on each detector row. `docs/calibration.md` describes both. Everything else
//! (curves of the classes, tables of Z) follows from them.

use serde::{Deserialize, Serialize};

use super::transparency::Weights;
use crate::messages::{arg, say};
use crate::radiograph::{Energy, EnergyUnit};
use crate::text::Safe;
use crate::{Error, Result};

/// The version of the profile's form that this program writes and reads.
pub const PROFILE_VERSION: u32 = 1;
/// Detector rows and energies that a table may have.
const MOST_ROWS: usize = 65_536;
const MOST_ENERGIES: usize = 4096;

/// Where the detector's first row lies in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowOrder {
    /// Row 0 is the picture's first row.
    #[default]
    TopDown,
    /// Row 0 is the picture's last row.
    BottomUp,
}

/// A profile's TOML: everything but the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`PROFILE_VERSION`].
    pub version: u32,
    /// The scanner, in its owner's words.
    pub scanner: String,
    /// When it was calibrated, `YYYY-MM-DD`; empty for a generic profile.
    #[serde(default)]
    pub date: String,
    /// SHA-256 in hex of the calibration data; empty for a generic profile.
    #[serde(default)]
    pub data_sha256: String,
    /// Whether it is a model fitted to no scanner.
    #[serde(default)]
    pub generic: bool,
    /// Energy of the high plane, e.g. `9 MV`.
    pub high: String,
    /// Energy of the low plane.
    pub low: String,
    /// Where detector row 0 lies.
    #[serde(default)]
    pub row_order: RowOrder,
    /// The table's file, beside the profile.
    pub table: String,
    /// SHA-256 in hex of the table.
    pub table_sha256: String,
    /// Where classes begin and end.
    pub classes: Limits,
    /// What each calibration block was and how far the fit is from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<BlockRecord>,
}

/// Where the classes begin and end: atomic numbers and attenuations of the high energy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Atomic numbers that part organic, inorganic, metal and heavy.
    pub z: [f64; 3],
    /// The highest atomic number that is read off the tables.
    pub highest_z: u8,
    /// Below this attenuation no class can be told.
    pub thin: f32,
    /// Above it nothing comes through.
    pub black: f32,
    /// kV: above it nothing is called organic; MV: from it on heavy can be told.
    pub strict_from: f32,
    /// Side in scan pixels of the mean that the ratio needs.
    pub mean_px: usize,
}

impl Limits {
    /// The limits that physics sets for a pair of energies, whatever the scanner.
    pub fn of(high: Energy, low: Energy) -> Self {
        let z = [10.0, 18.0, 50.0];
        if unit(high) == EnergyUnit::Kilovolt {
            return Self {
                z,
                highest_z: 50,
                thin: 0.05,
                black: 6.0,
                strict_from: 4.0,
                mean_px: 1,
            };
        }
        Self {
            z,
            highest_z: 100,
            thin: if low.mega() < 5.0 { 0.8 } else { 0.5 },
            black: 7.0,
            strict_from: 2.2,
            mean_px: 7,
        }
    }
}

/// A calibration block as the profile remembers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRecord {
    /// The material.
    pub material: String,
    /// Mean mass thickness over the rows in g/cm2.
    pub mass_thickness_g_cm2: f64,
    /// Root mean square over the rows of modelled minus measured attenuation, high energy.
    pub residual_high: f64,
    /// The same for the low energy.
    pub residual_low: f64,
}

/// One beam on one detector row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowBeam {
    /// Share of the open-beam signal at each energy of the profile; they sum to 1.
    pub shares: Vec<f64>,
    /// The fitted weights.
    pub weights: Weights,
}

/// A scanner profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What the TOML says.
    pub header: Header,
    /// The energies in MeV that all shares stand at.
    pub energies_mev: Vec<f64>,
    /// Each detector row's beams, high and low; one entry serves every row.
    pub rows: Vec<[RowBeam; 2]>,
}

impl Profile {
    /// A profile from its parts.
    ///
    /// # Errors
    /// [`Error::NotPossible`] naming what does not fit: the version, an energy, the limits, or the
    /// table.
    pub fn new(header: Header, energies_mev: Vec<f64>, rows: Vec<[RowBeam; 2]>) -> Result<Self> {
        if header.version != PROFILE_VERSION {
            let (given, known) = (header.version, PROFILE_VERSION);
            return Err(wrong(
                "profile-version",
                &[arg("given", &given), arg("known", &known)],
            ));
        }
        let (high, low) = (energy(&header.high)?, energy(&header.low)?);
        if unit(high) != unit(low) {
            let (high, low) = (outside(&header.high), outside(&header.low));
            return Err(wrong(
                "profile-mixed",
                &[arg("high", &high), arg("low", &low)],
            ));
        }
        let l = &header.classes;
        let ordered = 1.0 <= l.z[0] && l.z[0] < l.z[1] && l.z[1] < l.z[2];
        let rising = 0.0 <= l.thin && l.thin < l.black && l.black <= 12.0 && l.strict_from >= 0.0;
        if !ordered || !rising || !(2..=100).contains(&l.highest_z) || l.mean_px > 99 {
            return Err(wrong("profile-limits", &[]));
        }
        let sound = |beam: &RowBeam| {
            let w = beam.weights;
            beam.shares.len() == energies_mev.len()
                && beam.shares.iter().all(|s| s.is_finite() && *s >= 0.0)
                && (beam.shares.iter().sum::<f64>() - 1.0).abs() < 0.01
                && [w.a, w.b, w.c].iter().all(|w| (0.0..1e3).contains(w))
        };
        let energies = energies_mev.iter().all(|e| (0.001..=20.0).contains(e));
        if rows.is_empty() || !energies || !rows.iter().flatten().all(sound) {
            return Err(wrong("profile-table", &[]));
        }
        Ok(Self {
            header,
            energies_mev,
            rows,
        })
    }

    /// Reads the table's text and joins it with its header.
    ///
    /// # Errors
    /// As [`Profile::new`].
    pub fn with_table(header: Header, table: &str) -> Result<Self> {
        let broken = || wrong("profile-table", &[]);
        let mut lines = table.lines().filter(|line| !line.starts_with('#'));
        let energies = lines
            .next()
            .and_then(|line| line.strip_prefix("row,beam,a,b,c,"));
        let energies = numbers(energies.ok_or_else(broken)?).ok_or_else(broken)?;
        if energies.len() > MOST_ENERGIES {
            return Err(broken());
        }
        let mut rows: Vec<[RowBeam; 2]> = Vec::new();
        while let Some(high) = lines.next() {
            let low = lines.next().ok_or_else(broken)?;
            let row = rows.len();
            if row >= MOST_ROWS {
                return Err(broken());
            }
            let beam = |line, name| row_beam(line, row, name).ok_or_else(broken);
            rows.push([beam(high, "high")?, beam(low, "low")?]);
        }
        Self::new(header, energies, rows)
    }

    /// The table's text.
    pub fn table_text(&self) -> String {
        use std::fmt::Write as _;
        let list = |values: &[f64], digits: usize| {
            let words = values.iter().map(|v| format!("{v:.digits$}"));
            words.collect::<Vec<_>>().join(",")
        };
        let mut text = format!("row,beam,a,b,c,{}\n", list(&self.energies_mev, 6));
        for (at, row) in self.rows.iter().enumerate() {
            for (beam, name) in row.iter().zip(["high", "low"]) {
                let Weights { a, b, c } = beam.weights;
                let shares = list(&beam.shares, 8);
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{at},{name},{a:.9},{b:.9},{c:.9},{shares}");
            }
        }
        text
    }

    /// Whether it is a tube or a linac.
    pub fn unit(&self) -> EnergyUnit {
        Energy::parse(&self.header.high).map_or(EnergyUnit::Megavolt, unit)
    }

    /// The energies of the high and the low plane.
    pub fn energies(&self) -> [Option<Energy>; 2] {
        [&self.header.high, &self.header.low].map(|text| Energy::parse(text))
    }

    /// The detector row of row `y` of a picture of `height` rows.
    pub fn detector_row(&self, y: usize, height: usize) -> usize {
        let last = self.rows.len() - 1;
        let row = match self.header.row_order {
            RowOrder::TopDown => y,
            RowOrder::BottomUp => height.saturating_sub(1).saturating_sub(y),
        };
        row.min(last)
    }

    /// Whether a picture of `height` rows has the detector's rows: any height where one row serves
    /// all.
    pub fn fits(&self, height: usize) -> bool {
        self.rows.len() == 1 || self.rows.len() == height
    }
}

/// From 1000 kV on it is a linac, which some files state in kilovolts.
fn unit(energy: Energy) -> EnergyUnit {
    if energy.mega() < 1.0 {
        EnergyUnit::Kilovolt
    } else {
        EnergyUnit::Megavolt
    }
}

fn energy(text: &str) -> Result<Energy> {
    Energy::parse(text).ok_or_else(|| wrong("profile-energy", &[arg("given", &outside(text))]))
}

fn row_beam(line: &str, row: usize, name: &str) -> Option<RowBeam> {
    let rest = line.strip_prefix(&format!("{row},{name},"))?;
    let mut values = numbers(rest)?.into_iter();
    let weights = Weights {
        a: values.next()?,
        b: values.next()?,
        c: values.next()?,
    };
    let shares = values.collect();
    Some(RowBeam { shares, weights })
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(',')
        .map(|word| word.trim().parse().ok())
        .collect()
}

fn outside(text: &str) -> Safe {
    Safe::from_outside(text)
}

fn wrong(id: &str, arguments: &[crate::messages::Argument<'_>]) -> Error {
    let why = say(id, arguments);
    Error::NotPossible { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let mv = |value| Energy {
            value,
            unit: EnergyUnit::Megavolt,
        };
        Header {
            version: PROFILE_VERSION,
            scanner: "a scanner".into(),
            date: "2026-03-01".into(),
            data_sha256: "00".into(),
            generic: false,
            high: "9 MV".into(),
            low: "6 MV".into(),
            row_order: RowOrder::BottomUp,
            table: "a.csv".into(),
            table_sha256: "00".into(),
            classes: Limits::of(mv(9.0), mv(6.0)),
            block: vec![],
        }
    }

    fn beam(share: f64, a: f64) -> RowBeam {
        RowBeam {
            shares: vec![share, 1.0 - share],
            weights: Weights { a, b: 1.0, c: 0.5 },
        }
    }

    #[test]
    fn a_profile_survives_its_files() {
        let rows = vec![
            [beam(0.25, 1.5), beam(0.75, 0.0)],
            [beam(0.5, 1.0), beam(0.5, 2.0)],
        ];
        let profile = Profile::new(header(), vec![1.0, 2.5], rows);
        let profile = profile.unwrap_or_else(|problem| panic!("{problem}"));
        let text = toml::to_string(&profile.header).unwrap_or_default();
        let again: Header = toml::from_str(&text).unwrap_or_else(|problem| panic!("{problem}"));
        let again = Profile::with_table(again, &profile.table_text());
        assert_eq!(again, Ok(profile.clone()));
        assert_eq!(profile.detector_row(0, 2), 1);
        assert!(profile.fits(2) && !profile.fits(3));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let with = |change: fn(&mut Header), table: &str| {
            let mut header = header();
            change(&mut header);
            Profile::with_table(header, table).is_ok()
        };
        let good = "row,beam,a,b,c,1.0,2.0\n0,high,1,1,1,0.5,0.5\n0,low,1,1,1,0.5,0.5\n";
        assert!(with(|_| (), good));
        assert!(!with(|h| h.version = 2, good));
        assert!(!with(|h| h.high = "much".into(), good));
        assert!(!with(|h| h.low = "160 kV".into(), good));
        assert!(!with(|h| h.classes.z = [18.0, 10.0, 50.0], good));
        for bad in [
            "",
            "row,beam,a,b,c,1.0\n",
            "row,beam,a,b,c,1.0,2.0\n0,high,1,1,1,0.5,0.5\n",
            "row,beam,a,b,c,1.0,2.0\n0,high,1,1,-1,0.5,0.5\n0,low,1,1,1,0.5,0.5\n",
            "row,beam,a,b,c,1.0,2.0\n0,high,1,1,1,0.5\n0,low,1,1,1,0.5,0.5\n",
            "row,beam,a,b,c,1.0,2.0\n1,high,1,1,1,0.5,0.5\n1,low,1,1,1,0.5,0.5\n",
            "row,beam,a,b,c,1.0,2.0\n0,high,1,1,1,0.9,0.5\n0,low,1,1,1,0.5,0.5\n",
        ] {
            assert!(!with(|_| (), bad), "{bad}");
        }
    }
}
