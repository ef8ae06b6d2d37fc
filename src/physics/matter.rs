//! Matter by its elements: chemical formulas, materials by name, and their cross sections.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::elements::{ELEMENTS, by_symbol, weight};
use super::xcom::{self, CrossSections, HIGHEST_Z};
use crate::messages::{arg, say};
use crate::nearest::nearest;
use crate::radiograph::EnergyUnit;
use crate::text::Safe;
use crate::{Error, Result};

/// Exponent of Mayneord's effective atomic number (Spiers, Br. J. Radiol. 19:52, 1946).
const MAYNEORD: f64 = 2.94;
/// Atoms of one kind that a formula may have.
const MOST_ATOMS: u32 = 10_000;

/// What stands in a beam: elements by mass fraction.
#[derive(Debug, Clone, PartialEq)]
pub struct Matter {
    name: String,
    density: Option<f64>,
    fractions: Vec<(u8, f64)>,
}

/// The file of materials.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    material: Vec<Entry>,
}

/// A material of the file: a formula or mass fractions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    formula: Option<String>,
    fractions: Option<BTreeMap<String, f64>>,
    density: f64,
}

impl Matter {
    /// The element of atomic number `z`, 1 to 100.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for another `z`.
    pub fn element(z: u8) -> Result<Self> {
        let at = usize::from(z).checked_sub(1);
        let Some((symbol, _)) = at.and_then(|at| ELEMENTS.get(at)) else {
            let given = arg("z", &z);
            let highest = arg("highest", &HIGHEST_Z);
            let why = say("physics-no-element", &[given, highest]);
            return Err(Error::NotPossible { why });
        };
        Ok(Self {
            name: (*symbol).to_owned(),
            density: None,
            fractions: vec![(z, 1.0)],
        })
    }

    /// A compound by its formula without brackets, e.g. `C12H22O11`.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for anything that is no such formula.
    pub fn formula(formula: &str) -> Result<Self> {
        let unknown = || {
            let why = say("physics-no-formula", &[arg("formula", &outside(formula))]);
            Error::NotPossible { why }
        };
        let atoms = atoms(formula).ok_or_else(unknown)?;
        let masses = atoms
            .iter()
            .map(|(z, n)| (*z, weight(*z) * f64::from(*n)))
            .collect();
        Self::mixture(formula, masses).ok_or_else(unknown)
    }

    /// A material of the shipped table by its name, with its density, else a formula or symbol.
    /// Names are taken without regard to case.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for what is neither, with the nearest name.
    pub fn named(name: &str) -> Result<Self> {
        let wanted = name.trim().to_lowercase();
        let known = shipped().iter().find(|(names, _)| names.contains(&wanted));
        if let Some((_, matter)) = known {
            return Ok(matter.clone());
        }
        Self::formula(name.trim()).map_err(|_| {
            let names = names().collect::<Vec<_>>();
            let near = nearest(&wanted, names).unwrap_or("steel");
            let (name, near) = (outside(name), outside(near));
            let why = say(
                "physics-no-material",
                &[arg("name", &name), arg("near", &near)],
            );
            Error::NotPossible { why }
        })
    }

    /// A mixture by the masses of its elements, in any one unit; `None` when no mass is left, one
    /// is negative or not finite, or a Z lies outside 1 to 100. Elements named twice are added.
    pub fn mixture(name: &str, masses: Vec<(u8, f64)>) -> Option<Self> {
        let all: f64 = masses.iter().map(|(_, mass)| mass).sum();
        let sound = masses
            .iter()
            .all(|(z, mass)| (1..=HIGHEST_Z).contains(z) && *mass >= 0.0);
        if !sound || !all.is_finite() || all <= 0.0 {
            return None;
        }
        let mut by_z = BTreeMap::new();
        for (z, mass) in masses {
            *by_z.entry(z).or_insert(0.0) += mass / all;
        }
        Some(Self {
            name: name.to_owned(),
            density: None,
            fractions: by_z.into_iter().collect(),
        })
    }

    /// The same with another density in g/cm3.
    #[must_use]
    pub fn with_density(mut self, density: f64) -> Self {
        self.density = Some(density);
        self
    }

    /// Its name or formula.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its density in g/cm3; `None` for what was given as a formula.
    pub fn density(&self) -> Option<f64> {
        self.density
    }

    /// Its elements with their mass fractions, by Z; they sum to 1.
    pub fn fractions(&self) -> &[(u8, f64)] {
        &self.fractions
    }

    /// Its cross sections at `energy_mev`, in cm2/g; zero outside 1 keV to 20 MeV.
    pub fn at(&self, energy_mev: f64) -> CrossSections {
        self.fractions
            .iter()
            .filter_map(|(z, share)| Some((share, xcom::element(*z, energy_mev)?)))
            .fold(CrossSections::default(), |sum, (share, one)| {
                sum.plus(*share, one)
            })
    }

    /// The effective atomic number: for tubes Mayneord's mean with the exponent 2.94 over the
    /// electrons, for linacs the plain mean over the electrons, because pair production and
    /// Compton scattering leave Z in the first power.
    pub fn effective_z(&self, source: EnergyUnit) -> f64 {
        let exponent = match source {
            EnergyUnit::Kilovolt => MAYNEORD,
            EnergyUnit::Megavolt => 1.0,
        };
        let electrons = |(z, share): &(u8, f64)| share * f64::from(*z) / weight(*z);
        let all: f64 = self.fractions.iter().map(electrons).sum();
        let sum: f64 = self
            .fractions
            .iter()
            .map(|one| electrons(one) / all * f64::from(one.0).powf(exponent))
            .sum();
        sum.powf(exponent.recip())
    }
}

/// The names of the shipped materials, without their further names.
pub fn names() -> impl Iterator<Item = &'static str> {
    shipped().iter().map(|(_, matter)| matter.name())
}

/// The shipped materials with all names of each; an unsound one would be missing, which a test
/// refuses.
fn shipped() -> &'static [(Vec<String>, Matter)] {
    static SHIPPED: OnceLock<Vec<(Vec<String>, Matter)>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let text = include_str!("../../assets/physics/materials.toml");
        let entries = toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |f| f.material);
        entries.into_iter().filter_map(matter).collect()
    })
}

fn matter(entry: Entry) -> Option<(Vec<String>, Matter)> {
    let plain = match (entry.formula, entry.fractions) {
        (Some(formula), None) => Matter::formula(&formula).ok()?,
        (None, Some(fractions)) => {
            let masses = fractions
                .iter()
                .map(|(symbol, share)| Some((by_symbol(symbol)?, *share)))
                .collect::<Option<_>>()?;
            Matter::mixture(&entry.name, masses)?
        }
        _ => return None,
    };
    let mut names = vec![entry.name.clone()];
    names.extend(entry.also);
    let matter = Matter {
        name: entry.name,
        density: Some(entry.density),
        ..plain
    };
    Some((names, matter))
}

/// The atoms of a formula in the order written.
fn atoms(formula: &str) -> Option<Vec<(u8, u32)>> {
    let mut atoms = Vec::new();
    let mut rest = formula;
    while !rest.is_empty() {
        let small = rest
            .char_indices()
            .skip(1)
            .take_while(|(_, c)| c.is_ascii_lowercase());
        let symbol = small.last().map_or(1, |(at, _)| at + 1);
        let z = by_symbol(rest.get(..symbol)?)?;
        rest = &rest[symbol..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count = if digits == 0 {
            1
        } else {
            rest[..digits].parse().ok()?
        };
        rest = &rest[digits..];
        if !(1..=MOST_ATOMS).contains(&count) {
            return None;
        }
        atoms.push((z, count));
    }
    (!atoms.is_empty()).then_some(atoms)
}

fn outside(text: &str) -> Safe {
    Safe::from_outside(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Matter {
        Matter::named(name).unwrap_or_else(|problem| panic!("{problem}"))
    }

    #[test]
    fn formulas_become_mass_fractions() {
        // Water: 2 x 1.008 of 18.015 g/mol are hydrogen.
        let water = Matter::formula("H2O").unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(water.fractions()[0].0, 1);
        assert!((water.fractions()[0].1 - 2.016 / 18.015).abs() < 1e-12);
        // Atoms named twice are one element.
        assert_eq!(named("NH4NO3").fractions().len(), 3);
        for wrong in [
            "",
            "h2o",
            "H2O ",
            "Xx",
            "C0",
            "C99999999999",
            "(CH2)2",
            "水",
        ] {
            assert!(Matter::formula(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_shipped_material_is_sound() {
        let lines = include_str!("../../assets/physics/materials.toml");
        let entries = lines.matches("[[material]]").count();
        assert_eq!(shipped().len(), entries);
        for (_, matter) in shipped() {
            let sum: f64 = matter.fractions().iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{}", matter.name());
            assert!(matter.density().is_some_and(|d| (0.001..20.0).contains(&d)));
        }
        assert_eq!(named(" Steel ").name(), "steel");
        assert_eq!(named("aluminum").density(), Some(2.70));
        let problem = Matter::named("stel").err().map(|problem| problem.message());
        assert!(problem.is_some_and(|text| text.as_str().contains("'steel'")));
    }

    #[test]
    fn mixtures_add_their_elements() {
        // XCOM's own answer for water at 1 MeV: 0.07072 cm2/g with coherent scattering.
        assert!((named("water").at(1.0).total / 0.07072 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn effective_numbers_of_the_textbook() {
        let z = |name: &str| named(name).effective_z(EnergyUnit::Kilovolt);
        assert!((z("water") - 7.42).abs() < 0.02, "{}", z("water"));
        // (11/28 x 11^2.94 + 17/28 x 17^2.94)^(1/2.94)
        assert!((z("NaCl") - 15.18).abs() < 0.01, "{}", z("NaCl"));
        assert!((z("Fe") - 26.0).abs() < 1e-9);
        // Electrons of water: 2 of 10 are hydrogen's.
        let linac = named("water").effective_z(EnergyUnit::Megavolt);
        assert!((linac - 6.6).abs() < 1e-3);
    }
}
