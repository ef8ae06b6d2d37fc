//! Boundary curves between the classes, R by `alpha_high`, and which of them serve a scan.
//!
//! The curves are data (`assets/physics/boundaries.toml`): generic, not calibrated for any scanner.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Class;
use crate::messages::{arg, say};
use crate::radiograph::{Energy, EnergyUnit, Plane};
use crate::text::Safe;
use crate::{Error, Result};

/// Steps of the uniform table per unit of attenuation.
const STEPS: f32 = 100.0;
/// R may stray from the model's range by this share of its distance from 1 before it counts as
/// impossible: half below (hydrogen-rich matter and noise lie there), half above.
const STRAY: f32 = 0.5;

/// The boundary curves of one pair of energies.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundaries {
    /// The energies, e.g. `6/9 MV`.
    pub name: String,
    /// Tube or linac.
    pub unit: EnergyUnit,
    /// Below this `alpha_high` no class can be told.
    pub thin: f32,
    /// Above this `alpha_high` nothing comes through.
    pub black: f32,
    /// kV: above it nothing is called organic; MV: from it on heavy can be told.
    pub strict_from: f32,
    /// Side in scan pixels of the mean that R needs.
    pub mean_px: usize,
    high: f64,
    /// R at Z 10, 18 and 50, lowest and highest R, at every `1 / STEPS` of `alpha_high`.
    table: Vec<[f32; 5]>,
}

/// The curves chosen for a scan, and what the reader must know about the choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The curves.
    pub boundaries: &'static Boundaries,
    /// Sentences for the legend.
    pub notes: Vec<Safe>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    system: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    unit: String,
    high: f64,
    #[serde(rename = "low")]
    _low: f64,
    thin: f32,
    black: f32,
    strict_from: f32,
    mean_px: usize,
    points: Vec<[f32; 6]>,
}

/// The shipped curves; empty only if the embedded file were broken, which a test refuses.
fn shipped() -> &'static [Boundaries] {
    static SHIPPED: OnceLock<Vec<Boundaries>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let text = include_str!("../../assets/physics/boundaries.toml");
        let rows = toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |file| file.system);
        rows.into_iter().map(Boundaries::from).collect()
    })
}

impl From<Row> for Boundaries {
    fn from(row: Row) -> Self {
        let end = row.points.last().map_or(0.0, |point| point[0]);
        let table = (0..=(end * STEPS) as usize)
            .map(|step| interpolate(&row.points, step as f32 / STEPS))
            .collect();
        Self {
            unit: if row.unit == "kV" {
                EnergyUnit::Kilovolt
            } else {
                EnergyUnit::Megavolt
            },
            name: row.name,
            thin: row.thin,
            black: row.black,
            strict_from: row.strict_from,
            mean_px: row.mean_px,
            high: row.high,
            table,
        }
    }
}

/// Linear between the points; the end values beyond them.
fn interpolate(points: &[[f32; 6]], alpha: f32) -> [f32; 5] {
    let after = points.partition_point(|point| point[0] < alpha);
    let b = points[after.min(points.len() - 1)];
    let a = points[after.saturating_sub(1)];
    let t = if b[0] > a[0] {
        ((alpha - a[0]) / (b[0] - a[0])).clamp(0.0, 1.0)
    } else {
        0.0
    };
    std::array::from_fn(|i| a[i + 1] + t * (b[i + 1] - a[i + 1]))
}

impl Boundaries {
    /// R at Z 10, 18 and 50, and the lowest and highest R of the model, at `alpha_high`.
    pub fn at(&self, alpha_high: f32) -> [f32; 5] {
        let place = alpha_high.max(0.0) * STEPS;
        let below = (place as usize).min(self.table.len() - 1);
        let (a, b) = (
            self.table[below],
            self.table[(below + 1).min(self.table.len() - 1)],
        );
        let t = (place - below as f32).clamp(0.0, 1.0);
        std::array::from_fn(|i| a[i] + t * (b[i] - a[i]))
    }

    /// The class of a ratio at an attenuation that is neither air, thin nor black.
    pub fn class(&self, alpha_high: f32, ratio: f32) -> Class {
        let [z10, z18, z50, low, high] = self.at(alpha_high);
        let possible = 1.0 + (low - 1.0) * (1.0 - STRAY)..=1.0 + (high - 1.0) * (1.0 + STRAY);
        let strict = alpha_high >= self.strict_from;
        if !possible.contains(&ratio) {
            return Class::Impossible;
        }
        match self.unit {
            EnergyUnit::Kilovolt if ratio < z10 && strict => Class::Dense,
            EnergyUnit::Kilovolt if ratio < z10 => Class::Organic,
            EnergyUnit::Kilovolt if ratio <= z18 => Class::Inorganic,
            EnergyUnit::Kilovolt => Class::Metal,
            EnergyUnit::Megavolt if ratio > z10 => Class::Organic,
            EnergyUnit::Megavolt if ratio >= z18 => Class::Inorganic,
            EnergyUnit::Megavolt if ratio < z50 && strict => Class::Heavy,
            EnergyUnit::Megavolt => Class::Metal,
        }
    }
}

/// The curves for a pair of planes: those of the nearest energy.
///
/// Unknown energies are taken as 6/9 MV, and the notes say so: kilovolt data reads as impossible
/// there and stays uncoloured, while the opposite mistake would colour it.
///
/// # Errors
/// [`Error::NotPossible`] for energies that no curve serves, or two different kinds of source.
pub fn choose(high: &Plane, low: &Plane) -> Result<Chosen> {
    let mut notes = Vec::new();
    let (unit, value) = match (high.energy.map(source), low.energy.map(source)) {
        (Some((h, _)), Some((l, _))) if h != l => return Err(unserved(high, low)),
        (Some(own), _) => own,
        (None, Some((EnergyUnit::Kilovolt, value))) => (EnergyUnit::Kilovolt, value),
        (None, Some((EnergyUnit::Megavolt, value))) => (EnergyUnit::Megavolt, value * 1.5),
        (None, None) => {
            notes.push(say("physics-energies-assumed", &[]));
            (EnergyUnit::Megavolt, 9.0)
        }
    };
    let served = match unit {
        EnergyUnit::Kilovolt => (80.0..=200.0).contains(&value),
        EnergyUnit::Megavolt => (3.0..=12.0).contains(&value),
    };
    let boundaries = shipped()
        .iter()
        .filter(|b| served && b.unit == unit)
        .min_by(|a, b| (a.high - value).abs().total_cmp(&(b.high - value).abs()))
        .ok_or_else(|| unserved(high, low))?;
    let curves = Safe::from_outside(&boundaries.name);
    notes.push(say("physics-generic-curves", &[arg("curves", &curves)]));
    if unit == EnergyUnit::Kilovolt {
        notes.push(say("physics-heavy-looks-organic", &[]));
    }
    Ok(Chosen { boundaries, notes })
}

/// The kind of source of an energy and its number: from 1000 kV on it is a linac, which some files
/// state in kilovolts.
fn source(energy: Energy) -> (EnergyUnit, f64) {
    let mega = energy.mega();
    if mega < 1.0 {
        (EnergyUnit::Kilovolt, mega * 1000.0)
    } else {
        (EnergyUnit::Megavolt, mega)
    }
}

/// The error for energies without curves.
fn unserved(high: &Plane, low: &Plane) -> Error {
    let word = |plane: &Plane| {
        let known = plane.energy.map(|energy| energy.to_string());
        known.map_or_else(
            || say("physics-energy-unknown", &[]),
            |energy| Safe::from_outside(&energy),
        )
    };
    Error::NotPossible {
        why: say(
            "physics-no-curves",
            &[arg("high", &word(high)), arg("low", &word(low))],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::PlaneName;

    fn curves(high: &str) -> &'static Boundaries {
        let plane = |name| {
            let mut plane = Plane::new(name, 1, 1, vec![0]);
            plane.energy = Energy::parse(high);
            plane
        };
        choose(&plane(PlaneName::High), &plane(PlaneName::Low))
            .map_or_else(|problem| panic!("{problem}"), |chosen| chosen.boundaries)
    }

    #[test]
    fn every_shipped_system_is_whole() {
        assert_eq!(shipped().len(), 4);
        for system in shipped() {
            assert_eq!(system.table.len(), 801, "{}", system.name);
            assert!(
                system
                    .table
                    .iter()
                    .flatten()
                    .all(|r| (1.0..4.0).contains(r))
            );
        }
    }

    #[test]
    fn spot_values_of_the_physics_page() {
        for (energy, alpha, z10, z18, z50) in [
            ("160 kV", 0.1, 1.562, 2.540, None),
            ("160 kV", 1.0, 1.362, 1.772, None),
            ("160 kV", 6.0, 1.200, 1.290, None),
            ("9 MV", 0.1, 1.1813, 1.1629, Some(1.1413)),
            ("9 MV", 2.0, 1.1867, 1.1557, Some(1.0860)),
            ("9 MV", 7.0, 1.1703, 1.1276, Some(1.0454)),
        ] {
            let [a, b, c, ..] = curves(energy).at(alpha);
            assert!((a - z10).abs() < 6e-4, "{energy} {alpha}: {a}");
            assert!((b - z18).abs() < 6e-4, "{energy} {alpha}: {b}");
            assert!(
                z50.is_none_or(|z50: f32| (c - z50).abs() < 6e-5),
                "{energy} {alpha}: {c}"
            );
        }
    }

    #[test]
    fn classes_lie_between_the_curves() {
        let (kv, mv) = (curves("160 kV"), curves("9 MV"));
        for (curves, alpha, ratio, class) in [
            (kv, 1.0, 1.25, Class::Organic),
            (kv, 1.0, 1.5, Class::Inorganic),
            (kv, 1.0, 2.0, Class::Metal),
            (kv, 4.5, 1.15, Class::Dense),
            (kv, 1.0, 0.9, Class::Impossible),
            (kv, 1.0, 5.0, Class::Impossible),
            (mv, 2.0, 1.2, Class::Organic),
            (mv, 2.0, 1.17, Class::Inorganic),
            (mv, 2.0, 1.12, Class::Metal),
            (mv, 2.0, 1.075, Class::Metal),
            (mv, 3.0, 1.056, Class::Heavy),
            (mv, 3.0, 1.6, Class::Impossible),
        ] {
            assert_eq!(
                curves.class(alpha, ratio),
                class,
                "{} {alpha} {ratio}",
                curves.name
            );
        }
    }

    #[test]
    fn energies_choose_the_nearest_curves_or_say_why_not() {
        assert_eq!(curves("120 kV").name, "140 kV");
        assert_eq!(curves("6 MV").name, "4/6 MV");
        assert_eq!(curves("10 MV").name, "6/9 MV");
        assert_eq!(curves("6000 kV").name, "4/6 MV");
        let mut far = Plane::new(PlaneName::High, 1, 1, vec![0]);
        far.energy = Energy::parse("450 kV");
        assert!(matches!(choose(&far, &far), Err(Error::NotPossible { .. })));
    }
}
