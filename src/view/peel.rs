//! What is taken off before anything is told: the attenuation of a background in both energies, and
//! one material by weighted subtraction.
//!
//! Attenuations of things that lie behind each other add up, so a background subtracts. What a
//! filter keeps are the attenuations themselves: the view shows the same a year later, whatever
//! became of the profile or of the region that they were read off.

use super::View;
use super::grid::Grid;
use super::measure::attenuations;
use crate::cancel::Cancel;
use crate::filter::{FilterUse, Work, at_work};
use crate::messages::{arg, say};
use crate::physics::Chosen;
use crate::physics::matter::Matter;
use crate::radiograph::{
    Field, Plane, PlaneName, Polarity, Radiograph, Region, Size, Unit, resample,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Attenuations of the high energy among which a container's wall is looked for.
const WALL: [f32; 2] = [0.02, 1.0];
/// Width of a step of that search.
const BIN: f32 = 0.01;
/// Share of the scan that a wall covers at least.
const LEAST: f64 = 0.01;
/// Longest side of the raster that it is looked for on.
const COARSE: f64 = 640.0;
/// Attenuation of the high energy at which a weight's material is named.
const NAMED_AT: f64 = 1.0;

/// One background.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Peel {
    /// Attenuation of the high and the low energy.
    alphas: [f64; 2],
    /// Where it is taken off, in scan pixels: left, top, width, height; everywhere when `None`.
    within: Option<[f64; 4]>,
}

/// Everything that a view takes off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Peels {
    backgrounds: Vec<Peel>,
    /// How much of the high energy's attenuation is taken off that of the low energy.
    pub(super) weight: Option<f64>,
}

impl Peels {
    /// Those among `filters`; of several weights the last one holds.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown filter.
    pub(super) fn of(filters: &[FilterUse]) -> Result<Self> {
        let mut peels = Self {
            backgrounds: Vec::new(),
            weight: None,
        };
        for used in at_work(filters) {
            let row = used.row()?;
            let at = |i: usize| {
                let default = row.parameters.get(i).map_or(0.0, |p| p.default);
                used.args.get(i).copied().unwrap_or(default)
            };
            match row.work {
                Work::Peel => peels.backgrounds.push(Peel {
                    alphas: [at(0), at(1)],
                    within: (at(4) > 0.0 && at(5) > 0.0).then(|| [2, 3, 4, 5].map(at)),
                }),
                Work::Cancel => peels.weight = Some(at(0)),
                _ => {}
            }
        }
        Ok(peels)
    }

    /// Whether nothing is taken off.
    pub(super) fn is_empty(&self) -> bool {
        self.backgrounds.is_empty() && self.weight.is_none()
    }

    /// The attenuation of energy `energy` (0 high, 1 low) that every raster pixel loses; `None`
    /// when none loses any.
    pub(super) fn taken(&self, grid: &Grid, energy: usize) -> Option<Vec<f32>> {
        if self.backgrounds.is_empty() {
            return None;
        }
        let size = grid.whole();
        let columns: Vec<f64> = (0..size.width).map(|x| grid.scan_column(x)).collect();
        let mut taken = Vec::with_capacity(size.width * size.height);
        for y in 0..size.height {
            let row = grid.scan_row(y);
            taken.extend(columns.iter().map(|x| self.at([*x, row])[energy] as f32));
        }
        Some(taken)
    }

    /// What a point of the scan loses, high and low.
    fn at(&self, at: [f64; 2]) -> [f64; 2] {
        let covers = |peel: &&Peel| {
            peel.within.is_none_or(|[x, y, w, h]| {
                (x..x + w).contains(&at[0]) && (y..y + h).contains(&at[1])
            })
        };
        let covering = self.backgrounds.iter().filter(covers);
        covering.fold([0.0; 2], |sum, peel| {
            [0, 1].map(|i| sum[i] + peel.alphas[i])
        })
    }

    /// What the middle of a region loses; `None` when it loses nothing.
    pub(super) fn over(&self, region: Region) -> Option<[f64; 2]> {
        let [x, y, w, h] = <[usize; 4]>::from(region).map(|n| n as f64);
        Some(self.at([x + w / 2.0, y + h / 2.0])).filter(|taken| *taken != [0.0; 2])
    }

    /// What a reader must know of it.
    pub(super) fn notes(&self, chosen: &Chosen, height: usize) -> Vec<Safe> {
        let number = |value: f64| Safe::number(value, 3);
        let background = |peel: &Peel| {
            let [high, low] = peel.alphas.map(number);
            let id = if peel.within.is_some() {
                "peel-within"
            } else {
                "peel-everywhere"
            };
            say(id, &[arg("high", &high), arg("low", &low)])
        };
        let mut notes: Vec<Safe> = self.backgrounds.iter().map(background).collect();
        if let Some(weight) = self.weight {
            let cancelled = chosen.scanner.as_ref().and_then(|scanner| {
                let table = scanner.table(height / 2, height);
                let found = table.solutions(NAMED_AT as f32, weight as f32);
                found.first().map(|z| Safe::number(f64::from(*z), 0))
            });
            let weight = number(weight);
            notes.push(match cancelled {
                Some(z) => say("cancel-weight", &[arg("weight", &weight), arg("z", &z)]),
                None => say("cancel-weight-alone", &[arg("weight", &weight)]),
            });
        }
        notes
    }
}

/// Takes attenuation off transmissions: they rise.
pub(super) fn take_off(field: &mut Field, taken: &[f32]) {
    for (value, taken) in field.values.iter_mut().zip(taken) {
        *value *= taken.exp();
    }
}

/// Attenuation of the low energy less `weight` times that of the high one; NaN where the high
/// energy is attenuated by more than `black`.
pub(super) fn cancelled([high, low]: [&Field; 2], weight: f64, black: f32) -> Field {
    let (weight, least) = (weight as f32, (-black).exp());
    let pairs = high.values.iter().zip(&low.values);
    let values = pairs.map(|(h, l)| {
        let both = *h > least && *l > 0.0;
        if both {
            weight * h.ln() - l.ln()
        } else {
            f32::NAN
        }
    });
    Field {
        values: values.collect(),
        unit: Unit::Attenuation,
        polarity: Polarity::BrightIsDense,
        ..*high
    }
}

impl View {
    /// Reads a filter as typed, `NAME` or `NAME=ARGS`; a peel and a cancellation may name what they
    /// take off: `peel=wall`, `peel=region,X,Y,W,H`, `peel=MATERIAL,G_CM2`, `cancel=MATERIAL`.
    ///
    /// # Errors
    /// [`Error::Request`] for wrong words, [`Error::NotPossible`] for a scan without two energies or
    /// without a wall.
    pub fn filter(&self, radiograph: &Radiograph, text: &str) -> Result<FilterUse> {
        let text = text.trim();
        let (name, arguments) = text.split_once('=').unwrap_or((text, ""));
        let words: Vec<&str> = arguments.split(',').map(str::trim).collect();
        let numbers = words.iter().all(|word| word.parse::<f64>().is_ok());
        let args = match (name.trim(), words.as_slice()) {
            ("peel", words) if words.len() < 2 && words != ["wall"] => {
                return Err(wrong("peel-words", text));
            }
            _ if numbers || arguments.is_empty() => return text.parse(),
            ("peel", ["wall"]) => self.wall(radiograph)?.to_vec(),
            ("peel", ["region", region @ ..]) => {
                let text = region.join(",");
                let [width, height] = [radiograph.width(), radiograph.height()];
                let region = Region::parse(&text).filter(|r| r.within(width, height) == Some(*r));
                let region = region.ok_or_else(|| super::bad_region(&text, width, height))?;
                self.background(radiograph, region)?.to_vec()
            }
            ("peel", [material, mass]) => {
                let mass = mass
                    .parse()
                    .ok()
                    .filter(|m: &f64| m.is_finite() && *m >= 0.0);
                let mass = mass.ok_or_else(|| wrong("peel-words", text))?;
                self.slab(radiograph, material, mass)?.to_vec()
            }
            ("cancel", [material]) => vec![self.weight_of(radiograph, material)?],
            ("peel", _) => return Err(wrong("peel-words", text)),
            _ => return text.parse(),
        };
        let used = FilterUse {
            bypassed: false,
            name: name.trim().to_owned(),
            // Four decimals of attenuation are beyond every detector, and can be read.
            // A background lighter than the open beam is none.
            args: args
                .iter()
                .map(|a| (a.max(0.0) * 1e4).round() / 1e4)
                .collect(),
        };
        crate::filter::check(&used)?;
        Ok(used)
    }

    /// Mean attenuations of a region, high and low.
    ///
    /// # Errors
    /// As [`View::dual`]; [`Error::NotPossible`] where nothing comes through.
    pub fn background(&self, radiograph: &Radiograph, region: Region) -> Result<[f64; 2]> {
        let (high, low, _) = self.dual(radiograph)?;
        attenuations([high, low], region)
    }

    /// Attenuations of a slab of a named material of `mass` g/cm2 on the middle row.
    fn slab(&self, radiograph: &Radiograph, material: &str, mass: f64) -> Result<[f64; 2]> {
        let (high, _, chosen) = self.dual(radiograph)?;
        let scanner = chosen.scanner.as_ref().ok_or_else(no_model)?;
        let matter = Matter::named(material)?;
        let rows = high.scan_size().height;
        Ok(scanner.attenuations(&matter, mass, rows / 2, rows))
    }

    /// The weight that cancels a named material of middling thickness.
    fn weight_of(&self, radiograph: &Radiograph, material: &str) -> Result<f64> {
        let (high, _, chosen) = self.dual(radiograph)?;
        let scanner = chosen.scanner.as_ref().ok_or_else(no_model)?;
        let matter = Matter::named(material)?;
        let rows = high.scan_size().height;
        Ok(scanner.slab(&matter, NAMED_AT, rows / 2, rows)[1])
    }

    /// Attenuations of the lightest thing that much of the scan lies behind: a container's walls.
    fn wall(&self, radiograph: &Radiograph) -> Result<[f64; 2]> {
        let (high, low, _) = self.dual(radiograph)?;
        let fields = [coarse(high)?, coarse(low)?];
        let pairs: Vec<[f32; 2]> = fields[0]
            .values
            .iter()
            .zip(&fields[1].values)
            .map(|(h, l)| [h, l].map(|t| crate::physics::attenuation(*t)))
            .filter(|pair| (WALL[0]..WALL[1]).contains(&pair[0]) && pair[1].is_finite())
            .collect();
        let mut bins = vec![0_usize; (WALL[1] / BIN) as usize + 3];
        for [high, _] in &pairs {
            bins[(high / BIN) as usize + 1] += 1;
        }
        let around = |at: usize| bins[at - 1] + bins[at] + bins[at + 1];
        let least = (LEAST * fields[0].values.len() as f64) as usize + 1;
        let peak = (1..bins.len() - 1)
            .filter(|at| around(*at) >= least)
            .max_by_key(|at| (around(*at), std::cmp::Reverse(*at)));
        let peak = peak.ok_or_else(|| Error::NotPossible {
            why: say("peel-no-wall", &[]),
        })?;
        let from = (peak - 1) as f32 * BIN;
        let near = |pair: &&[f32; 2]| (from - BIN..from + 2.0 * BIN).contains(&pair[0]);
        let near: Vec<&[f32; 2]> = pairs.iter().filter(near).collect();
        let mean = |i: usize| {
            let sum: f64 = near.iter().map(|pair| f64::from(pair[i])).sum();
            sum / near.len().max(1) as f64
        };
        Ok([mean(0), mean(1)])
    }
}

/// A plane on a raster that a search is fast on.
fn coarse(plane: &Plane) -> Result<Field> {
    let Size { width, height } = plane.scan_size();
    let (width, height) = (width as f64, height as f64);
    let scale = (COARSE / width.max(height)).min(1.0);
    let side = |whole: f64| ((whole * scale).round() as usize).max(1);
    let size = Size {
        width: side(width),
        height: side(height),
    };
    resample(plane, [0.0, 0.0, width, height], size, &Cancel::never())
}

/// Which energy a plane is: 0 high, 1 low; `None` for neither.
pub(super) fn energy_of(plane: &Plane) -> Option<usize> {
    [PlaneName::High, PlaneName::Low]
        .iter()
        .position(|name| *name == plane.name)
}

/// The error of words that say nothing to take off.
fn wrong(id: &str, text: &str) -> Error {
    Error::request(say(id, &[arg("text", &Safe::from_outside(text))]))
}

/// The error where no model serves the energies.
fn no_model() -> Error {
    Error::NotPossible {
        why: say("peel-no-model", &[]),
    }
}
