//! Boundary curves between the classes, R by `alpha_high`, and which of them serve a scan.
//!
//! The curves are data (`assets/physics/boundaries.toml`): generic, not calibrated for any scanner.
//! Those that follow from the generic scanners ([`super::generic`], which read Z) differ by 2 % of
//! R - 1 at most at tube voltages and 0.3 % for linacs, the ends of the possible by 5 % and 3 %: one
//! in a hundred points of the plane of attenuation and R, one in five hundred for linacs, has
//! another class by them.

// Only what is inlined is compiled for wider registers, and a lazy operator is a jump.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::Class;
use super::inversion::Table;
use super::profile::Profile;
use super::scanner::Scanner;
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
    /// R at Z 10, 18 and 50, lowest and highest R, at every `1 / STEPS` of `alpha_high`, and what
    /// they grow by to the next.
    table: Vec<[[f32; 5]; 2]>,
}

/// Pixels whose edges are read at once.
pub(super) const RUN: usize = 64;

/// [`Boundaries::at`] of a run of pixels, curve by curve.
pub(super) type Edges = [[f32; RUN]; 5];

/// R at the values of a uniform table, each with what it grows by to the next.
fn with_growth(table: &[[f32; 5]]) -> Vec<[[f32; 5]; 2]> {
    let grown = |pair: &[[f32; 5]]| [pair[0], std::array::from_fn(|i| pair[1][i] - pair[0][i])];
    table.windows(2).map(grown).collect()
}

/// The curves chosen for a scan, and what the reader must know about the choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The generic curves of the nearest energy.
    pub boundaries: &'static Boundaries,
    /// The scanner that reads Z and mass thickness: the one whose profile was given, else the
    /// generic one.
    pub scanner: Option<Arc<Scanner>>,
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
        let table: Vec<[f32; 5]> = (0..=(end * STEPS) as usize)
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
            table: with_growth(&table),
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

/// Lowest and highest element whose R counts as possible.
const POSSIBLE: std::ops::RangeInclusive<usize> = 6..=92;

impl Boundaries {
    /// The curves that follow from a profile's table.
    pub(super) fn of_table(model: &Table, profile: &Profile) -> Self {
        let limits = &profile.header.classes;
        let energies = [&profile.header.low, &profile.header.high];
        let name = if energies[0] == energies[1] {
            energies[1].clone()
        } else {
            format!("{} / {}", energies[0], energies[1])
        };
        let row = |step: usize| {
            let alpha = step as f32 / STEPS;
            let every = POSSIBLE.filter(|z| *z <= model.highest_z());
            let (low, high) = every
                .map(|z| model.ratio(alpha, z))
                .fold((f32::INFINITY, 0.0_f32), |(low, high), r| {
                    (low.min(r), high.max(r))
                });
            let [a, b, c] = limits.z.map(|z| model.ratio_between(alpha, z));
            [a, b, c, low, high]
        };
        let table: Vec<[f32; 5]> = (0..=(model.top() * STEPS) as usize).map(row).collect();
        Self {
            name,
            unit: profile.unit(),
            thin: limits.thin,
            black: limits.black,
            strict_from: limits.strict_from,
            mean_px: limits.mean_px,
            high: profile.energies()[0].map_or(0.0, |energy| source(energy).1),
            table: with_growth(&table),
        }
    }

    /// R at Z 10, 18 and 50, and the lowest and highest R of the model, at `alpha_high`.
    #[inline]
    pub fn at(&self, alpha_high: f32) -> [f32; 5] {
        let last = self.table.len() - 1;
        let place = (alpha_high.max(0.0) * STEPS).min((last + 1) as f32);
        let below = (place as usize).min(last);
        let [a, growth] = &self.table[below];
        let t = place - below as f32;
        std::array::from_fn(|i| a[i] + t * growth[i])
    }

    /// [`Boundaries::at`] of up to [`RUN`] attenuations; left as it is where a ratio tells nothing of
    /// any.
    #[inline]
    pub(super) fn at_each(&self, alphas: &[f32], at: &mut Edges) {
        let tells = |alpha: &f32| (*alpha >= self.thin) & (*alpha <= self.black);
        if !alphas.iter().fold(false, |any, alpha| any | tells(alpha)) {
            return;
        }
        for (k, alpha) in alphas.iter().enumerate().take(RUN) {
            for (curve, value) in at.iter_mut().zip(self.at(*alpha)) {
                curve[k] = value;
            }
        }
    }

    /// The class of a ratio at an attenuation that is neither air, thin nor black.
    #[inline]
    pub fn class(&self, alpha_high: f32, ratio: f32) -> Class {
        let strict = alpha_high >= self.strict_from;
        class_between(self.unit, possible(self.at(alpha_high)), ratio, strict)
    }
}

/// The edges from R at a place of the curves: the ends are those that count as possible.
#[inline(always)]
pub(super) fn possible([z10, z18, z50, low, high]: [f32; 5]) -> [f32; 5] {
    let low = 1.0 + (low - 1.0) * (1.0 - STRAY);
    [z10, z18, z50, low, 1.0 + (high - 1.0) * (1.0 + STRAY)]
}

/// The class of a ratio between its edges; `strict` from where the rules of thick matter hold.
/// Choices only, so that many pixels are told at once.
#[inline(always)]
pub(super) fn class_between(
    unit: EnergyUnit,
    [z10, z18, z50, low, high]: [f32; 5],
    ratio: f32,
    strict: bool,
) -> Class {
    let choose = |so: bool, yes: Class, no: Class| if so { yes } else { no };
    let possible = ratio >= low && ratio <= high;
    let told = match unit {
        EnergyUnit::Kilovolt => {
            let light = choose(strict, Class::Dense, Class::Organic);
            let other = choose(ratio <= z18, Class::Inorganic, Class::Metal);
            choose(ratio < z10, light, other)
        }
        EnergyUnit::Megavolt => {
            let dense = choose(ratio < z50 && strict, Class::Heavy, Class::Metal);
            let other = choose(ratio >= z18, Class::Inorganic, dense);
            choose(ratio > z10, Class::Organic, other)
        }
    };
    choose(possible, told, Class::Impossible)
}

/// The curves for a pair of planes: those of the nearest energy.
///
/// Unknown energies are taken as 6/9 MV where the ratios are those of a linac, and the notes say so.
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
        (None, None) if !read_like_a_linac(high, low) => {
            return Err(Error::NotPossible {
                why: say("physics-energies-needed", &[]),
            });
        }
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
    let system = shipped().iter().position(|b| b == boundaries);
    Ok(Chosen {
        boundaries,
        scanner: system.and_then(Scanner::generic),
        notes,
    })
}

/// Samples that a guess looks at.
const LOOKED_AT: usize = 50_000;
/// Attenuations at which the ratio of a tube is far from that of a linac.
const GUESSED_AT: std::ops::Range<f32> = 0.5..4.0;
/// No matter has this ratio at a linac; a tube's metals do, and much of its organics.
const NO_LINAC: f32 = 1.24;
/// Share of the ratios that noise may put beyond.
const STRAYING: f64 = 0.1;

/// Whether the ratios of two planes of unknown energies could be those of a linac.
fn read_like_a_linac(high: &Plane, low: &Plane) -> bool {
    let step = (high.samples.len() / LOOKED_AT).max(1);
    let (mut all, mut beyond) = (0_usize, 0_usize);
    for at in (0..high.samples.len()).step_by(step) {
        let (x, y) = (at % high.width, at / high.width);
        let alpha = |plane: &Plane| {
            let row = plane.linear_of_row(y);
            let sample = plane.sample(x, y).unwrap_or_default();
            super::attenuation(row.gain * f32::from(sample) + row.offset)
        };
        let (high, low) = (alpha(high), alpha(low));
        if GUESSED_AT.contains(&high) && low.is_finite() {
            all += 1;
            beyond += usize::from(low / high > NO_LINAC);
        }
    }
    beyond as f64 <= STRAYING * all as f64
}

/// The curves of a scanner's own profile for a pair of planes.
///
/// # Errors
/// [`Error::NotPossible`] when the profile is for other energies or other rows.
pub fn choose_calibrated(high: &Plane, low: &Plane, scanner: &Arc<Scanner>) -> Result<Chosen> {
    scanner.check(high, low)?;
    let unit = scanner.profile().unit();
    // The generic curves stand in for what does not depend on rows.
    let boundaries = shipped()
        .iter()
        .find(|b| b.unit == unit)
        .ok_or_else(|| unserved(high, low))?;
    let mut notes = vec![scanner.note()];
    if unit == EnergyUnit::Kilovolt {
        notes.push(say("physics-heavy-looks-organic", &[]));
    }
    Ok(Chosen {
        boundaries,
        scanner: Some(Arc::clone(scanner)),
        notes,
    })
}

impl Chosen {
    /// The curves of row `y` of a picture of `height` rows: the profile's own where one was given.
    pub fn of_row(&self, y: usize, height: usize) -> &Boundaries {
        match &self.scanner {
            Some(scanner) if scanner.sha256().is_some() => scanner.boundaries(y, height),
            _ => self.boundaries,
        }
    }

    /// Whether the scanner's own profile serves.
    pub fn is_calibrated(&self) -> bool {
        self.scanner.as_ref().is_some_and(|s| s.sha256().is_some())
    }
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
            assert_eq!(system.table.len(), 800, "{}", system.name);
            for step in 0..=1600 {
                let at = system.at(step as f32 / 200.0);
                assert!(at.iter().all(|r| (1.0..4.0).contains(r)), "{at:?}");
            }
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
