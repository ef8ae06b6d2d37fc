//! A scanner as the rest of the program asks it: class curves and tables of every detector row,
//! each made from the profile when it is first asked for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::curves::Boundaries;
use super::generic;
use super::inversion::{Inversion, Table, attenuation, slab};
use super::matter::{self, Matter};
use super::profile::Profile;
use super::transparency::Weights;
use crate::messages::{arg, say};
use crate::radiograph::{Energy, EnergyUnit, Plane};
use crate::text::Safe;
use crate::{Error, Result};

/// How far two energies of one name may lie apart: 8.9 MV is a 9 MV linac.
const SAME_ENERGY: f64 = 0.06;
/// Steel by mass thickness: g/cm2 of a millimetre.
pub const STEEL_G_CM2_PER_MM: f64 = 0.787;

/// A profile with everything that follows from it.
pub struct Scanner {
    sha256: String,
    inversion: Inversion,
    boundaries: Vec<OnceLock<Boundaries>>,
}

impl Scanner {
    /// The scanner of a profile whose file has the hash `sha256`; empty for a generic one.
    pub fn new(profile: Profile, sha256: String) -> Self {
        let inversion = Inversion::new(profile);
        let groups = inversion.groups();
        Self {
            sha256,
            inversion,
            boundaries: (0..groups).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The generic scanner of a shipped system, by its place in [`generic::SHIPPED`]; `None`
    /// beyond.
    pub fn generic(system: usize) -> Option<Arc<Self>> {
        static SHIPPED: [OnceLock<Option<Arc<Scanner>>>; 4] = [const { OnceLock::new() }; 4];
        SHIPPED
            .get(system)?
            .get_or_init(|| {
                let profile = generic::profile(generic::SHIPPED[system]).ok()?;
                Some(Arc::new(Self::new(profile, String::new())))
            })
            .clone()
    }

    /// Its profile.
    pub fn profile(&self) -> &Profile {
        self.inversion.profile()
    }

    /// SHA-256 of the profile in hex; `None` for a generic one.
    pub fn sha256(&self) -> Option<&str> {
        Some(self.sha256.as_str()).filter(|hash| !hash.is_empty())
    }

    /// The table of row `y` of a picture of `height` rows.
    pub fn table(&self, y: usize, height: usize) -> &Table {
        self.inversion.table(self.profile().detector_row(y, height))
    }

    /// The class curves of row `y` of a picture of `height` rows.
    pub fn boundaries(&self, y: usize, height: usize) -> &Boundaries {
        let row = self.profile().detector_row(y, height);
        self.boundaries[self.inversion.group(row)]
            .get_or_init(|| Boundaries::of_table(self.inversion.table(row), self.profile()))
    }

    /// Refuses planes of other energies, or of other rows, than the profile's.
    ///
    /// # Errors
    /// [`Error::NotPossible`] naming both.
    pub fn check(&self, high: &Plane, low: &Plane) -> Result<()> {
        let same = |own: Option<Energy>, plane: &Plane| match (own, plane.energy) {
            (Some(own), Some(other)) => {
                (own.mega() - other.mega()).abs() <= SAME_ENERGY * own.mega()
            }
            _ => true,
        };
        let [own_high, own_low] = self.profile().energies();
        if !same(own_high, high) || !same(own_low, low) {
            let name = |plane: &Plane| match plane.energy {
                Some(energy) => Safe::from_outside(&energy.to_string()),
                None => say("physics-energy-unknown", &[]),
            };
            let header = &self.profile().header;
            let own = [&header.high, &header.low].map(|text| Safe::from_outside(text));
            let (high, low) = (name(high), name(low));
            let why = say(
                "profile-other-energy",
                &[
                    arg("own-high", &own[0]),
                    arg("own-low", &own[1]),
                    arg("high", &high),
                    arg("low", &low),
                ],
            );
            return Err(Error::NotPossible { why });
        }
        if !self.profile().fits(high.scan_size().height) {
            let (own, rows) = (self.profile().rows.len(), high.scan_size().height);
            let why = say(
                "profile-other-rows",
                &[arg("own", &own), arg("rows", &rows)],
            );
            return Err(Error::NotPossible { why });
        }
        Ok(())
    }

    /// Whether `z` means something at that attenuation of the high energy: of thin matter a linac
    /// cannot tell what is heavy from steel (R is not monotone in Z).
    pub fn tells(&self, z: f32, alpha_high: f32) -> bool {
        let limits = &self.profile().header.classes;
        let linac = self.profile().unit() == EnergyUnit::Megavolt;
        !(linac && alpha_high < limits.strict_from && f64::from(z) > limits.z[2])
    }

    /// Attenuation of the high and the low energy by `mass` g/cm2 of `matter` on row `y` of a
    /// picture of `height` rows.
    pub fn attenuations(&self, matter: &Matter, mass: f64, y: usize, height: usize) -> [f64; 2] {
        let row = self.profile().detector_row(y, height);
        let beams = &self.profile().rows[row.min(self.profile().rows.len() - 1)];
        [0, 1].map(|i| {
            let energies = self.profile().energies_mev.iter();
            let mu: Vec<f64> = energies
                .map(|e| beams[i].weights.of(&matter.at(*e)))
                .collect();
            attenuation(&beams[i].shares, &mu, mass).0
        })
    }

    /// Mass thickness in g/cm2 and R of a slab of `matter` that attenuates the high energy by
    /// `alpha_high`, on row `y` of a picture of `height` rows.
    pub fn slab(&self, matter: &Matter, alpha_high: f64, y: usize, height: usize) -> [f64; 2] {
        let row = self.profile().detector_row(y, height);
        let beams = &self.profile().rows[row.min(self.profile().rows.len() - 1)];
        let mu = |weights: Weights| -> Vec<f64> {
            let energies = self.profile().energies_mev.iter();
            energies.map(|e| weights.of(&matter.at(*e))).collect()
        };
        let mus = [mu(beams[0].weights), mu(beams[1].weights)];
        slab(
            [&beams[0].shares, &beams[1].shares],
            [&mus[0], &mus[1]],
            alpha_high,
        )
    }

    /// The shipped materials whose R at `alpha_high` lies within `tolerance` of `ratio`, each with
    /// its mass thickness in g/cm2, the nearest first.
    pub fn candidates(
        &self,
        [alpha_high, ratio]: [f64; 2],
        tolerance: f64,
        y: usize,
        height: usize,
    ) -> Vec<(&'static str, f64)> {
        // Air is matter, too, but no load.
        let mut found: Vec<(f64, &'static str, f64)> = matter::names()
            .filter(|name| *name != "air")
            .filter_map(|name| {
                let matter = Matter::named(name).ok()?;
                let [mass, own] = self.slab(&matter, alpha_high, y, height);
                let off = (own - ratio).abs();
                (off <= tolerance).then_some((off, name, mass))
            })
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found
            .into_iter()
            .map(|(_, name, mass)| (name, mass))
            .collect()
    }

    /// The sentence for a legend that says whose profile this is.
    pub fn note(&self) -> Safe {
        let header = &self.profile().header;
        let (scanner, date) = (
            Safe::from_outside(&header.scanner),
            Safe::from_outside(&header.date),
        );
        let id = if header.scanner.is_empty() {
            "profile-in-use-unnamed"
        } else {
            "profile-in-use"
        };
        say(id, &[arg("scanner", &scanner), arg("date", &date)])
    }
}

// By hand: a derived one would print every table.
impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("scanner", &self.profile().header.scanner)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

/// One profile, one scanner.
impl PartialEq for Scanner {
    fn eq(&self, other: &Self) -> bool {
        self.sha256 == other.sha256 && self.profile().header == other.profile().header
    }
}
