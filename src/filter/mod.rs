//! Named filters: one row each in a table, applied in the order the analyst chose.
//!
//! Filters work on the quantity itself in 32-bit floats, before the window. A row says what a
//! filter is called, what it takes, how far it reaches and what it does; help, errors and the
//! palette of commands are made from the row and its messages `filter-NAME`, `filter-NAME-PARAM`.

mod bilateral;
mod clahe;
mod gauss;
mod gradient;

mod local;
mod morphology;
mod parse;
mod point;
mod rank;
mod rows;
mod stripe;
mod super_enhancement;
mod table;
mod tone;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::cancel::Cancel;
use crate::messages::say;
use crate::physics::Class;
use crate::radiograph::{Field, Polarity, Unit};
use crate::text::Safe;
use crate::{Error, messages::arg};

pub use crate::nearest::nearest;
pub use table::{FILTERS, find};

/// One use of a filter: its name in the table and its arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterUse {
    /// The name in the table.
    pub name: String,
    /// The arguments in the table's order; missing ones take their defaults.
    pub args: Vec<f64>,
    /// Kept in the stack, but not applied: it does nothing anywhere.
    #[serde(default, skip_serializing_if = "is_off")]
    pub bypassed: bool,
}

/// Whether a member is left out of a record: those of before it have none.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_off(on: &bool) -> bool {
    !on
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Its name in `--filter`, in key files and in the log.
    pub name: &'static str,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    /// What it does.
    pub work: Work,
    /// What it shows on a raster coarser than the scan.
    pub afar: Afar,
    /// What its values are.
    pub gives: Gives,
}

/// What the values are that a filter gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// The quantity that it was given, or another with a unit of its own.
    Quantity,
    /// What is drawn bright and dark: no transmission, no attenuation any more.
    Brightness,
}

/// What a filter shows on a raster coarser than the scan, beside the mean of what it shows of the
/// scan's own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afar {
    /// The same within 1 % of the window, but at edges finer than the raster.
    Agrees,
    /// The same as long as the argument of this number is zero.
    AgreesWithout(usize),
    /// Something else: its result is a preview until the scan's own pixels are worked on.
    Preview,
}

/// One parameter of a filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name; its sentence is the message `filter-FILTER-NAME`.
    pub name: &'static str,
    /// Its unit.
    pub unit: ParameterUnit,
    /// Its value where none is given.
    pub default: f64,
    /// Lowest and highest value.
    pub range: [f64; 2],
}

/// Unit of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterUnit {
    /// A plain number.
    One,
    /// Pixels of the scan, whatever the zoom.
    ScanPixels,
    /// The unit of the displayed quantity; the default is a transmission, brought to that unit.
    Displayed,
}

impl ParameterUnit {
    /// Its word in messages.
    fn word(self) -> &'static str {
        match self {
            Self::ScanPixels => "pixels",
            Self::One | Self::Displayed => "one",
        }
    }
}

/// What a filter does.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// Changes each value by itself; the automatic window goes through it too.
    Point(Change),
    /// Takes values out (NaN) and leaves the others.
    Band(Change),
    /// Keeps the pixels of these classes; the other materials are drawn as faint grey.
    Strip(fn(Class) -> bool),
    /// Keeps the materials whose Z lies between its two arguments, as a strip does.
    ZBand,
    /// Marks the pixels of these classes in the alarm colour.
    Alert(fn(Class) -> bool),
    /// Marks the pixels that attenuate more than its argument in the alarm colour; it goes by the
    /// quantity before any filter.
    DensityAlert,
    /// Takes the attenuation of a background off both energies, before everything else.
    Peel,
    /// Shows the attenuation of the low energy less a multiple of that of the high one, before
    /// everything else: the material of that ratio vanishes.
    Cancel,
    /// Looks at the neighbours.
    Neighbourhood(Neighbourhood),
}

/// A filter that looks at neighbours.
#[derive(Debug, Clone, Copy)]
pub struct Neighbourhood {
    /// How far.
    pub reach: Reach,
    /// Changes the field; `scale` is field pixels per scan pixel, at most 1.
    pub apply: Apply,
    /// Brings values that span the automatic window to the range of what it gives.
    pub range: fn(&mut Field, &[f64]),
    /// The same on samples, where it picks one of what it sees, whatever they stand for.
    pub picks: Option<Picks>,
}

/// Changes samples of a raster of so many columns: those of some rows into a place of their own. It
/// sees one pixel around each, and leaves those at the raster's border.
pub type Picks = fn(&[u16], width: usize, rows: Range<usize>, out: &mut [u16]);

/// How far a filter looks.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// Scan pixels, by the arguments.
    Pixels(fn(&[f64]) -> f64),
    /// Scan pixels too, but its answer also goes, by less than what is seen, with where the raster
    /// begins.
    Raster(fn(&[f64]) -> f64),
    /// Everything that is seen: its answer changes with the visible part of the scan.
    Seen,
}

/// Changes each value of a field by itself.
pub type Change = fn(&mut Field, &[f64], &Cancel) -> Result<()>;

/// Changes a field by its neighbourhoods.
pub type Apply = fn(&mut Field, &[f64], scale: f64, &Cancel) -> Result<()>;

/// Where a filter stands: the two kinds that help and tests speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// One value in, one value out.
    Point,
    /// Looks at neighbours.
    Neighbourhood,
}

impl Filter {
    /// Its one-sentence description.
    pub fn doc(&self) -> Safe {
        say(&format!("filter-{}", self.name), &[])
    }

    /// Its kind.
    pub fn stage(&self) -> Stage {
        match self.work {
            Work::Neighbourhood(_) => Stage::Neighbourhood,
            _ => Stage::Point,
        }
    }

    /// Whether it needs material classes.
    pub fn needs_classes(&self) -> bool {
        matches!(self.work, Work::Strip(_) | Work::ZBand | Work::Alert(_))
    }

    /// Whether it needs the atomic number of every pixel.
    pub fn needs_z(&self) -> bool {
        matches!(self.work, Work::ZBand)
    }

    /// Whether it takes the attenuation of a background off.
    pub fn takes_off(&self) -> bool {
        matches!(self.work, Work::Peel)
    }

    /// Whether its numbers were read off one scan and mean nothing on another.
    pub fn is_read_off(&self) -> bool {
        matches!(self.work, Work::Peel | Work::Cancel)
    }

    /// Whether it needs two energies.
    pub fn needs_energies(&self) -> bool {
        self.needs_classes() || matches!(self.work, Work::Peel | Work::Cancel)
    }

    /// How far it looks under the given arguments, in field pixels at `scale` field pixels per
    /// scan pixel.
    pub fn reach(&self, given: &[f64], scale: f64) -> usize {
        match self.work {
            // No parameter of a neighbourhood filter depends on the field's unit.
            Work::Neighbourhood(Neighbourhood {
                reach: Reach::Pixels(reach) | Reach::Raster(reach),
                ..
            }) => (reach(&self.plain_arguments(given)) * scale).ceil() as usize,
            _ => 0,
        }
    }

    /// Whether its answer is made of everything that is seen, and so changes with the visible part.
    pub fn looks_at_all(&self) -> bool {
        let Work::Neighbourhood(work) = self.work else {
            return false;
        };
        matches!(work.reach, Reach::Seen)
    }

    /// Whether a pixel's answer is the same to the bit on every raster that holds what is within
    /// its reach.
    pub fn is_the_same_in_tiles(&self) -> bool {
        let Work::Neighbourhood(work) = self.work else {
            return true;
        };
        matches!(work.reach, Reach::Pixels(_))
    }

    /// How it changes samples under the given arguments, where its result on them stands for its
    /// result on what they stand for.
    pub fn picks(&self, given: &[f64]) -> Option<Picks> {
        match self.work {
            Work::Neighbourhood(work) if self.reach(given, 1.0) == 1 => work.picks,
            _ => None,
        }
    }

    /// Whether what it shows under the given arguments on a raster coarser than the scan may differ
    /// from the mean of what it shows of the scan's own pixels by more than 1 % of the window.
    pub fn is_preview_from_afar(&self, given: &[f64]) -> bool {
        match self.afar {
            Afar::Agrees => false,
            Afar::AgreesWithout(argument) => self.plain_arguments(given)[argument] != 0.0,
            Afar::Preview => true,
        }
    }

    /// The arguments with the defaults of the missing ones, of a filter none of whose arguments is
    /// in the unit of the displayed quantity.
    pub fn plain_arguments(&self, given: &[f64]) -> Vec<f64> {
        let own = |(i, parameter): (usize, &Parameter)| {
            given.get(i).copied().unwrap_or(parameter.default)
        };
        self.parameters.iter().enumerate().map(own).collect()
    }

    /// The arguments with the defaults of the missing ones, in the units of `field`.
    pub fn arguments(&self, given: &[f64], field: &Field) -> Vec<f64> {
        let own = |(i, parameter): (usize, &Parameter)| {
            given
                .get(i)
                .copied()
                .unwrap_or_else(|| match parameter.unit {
                    ParameterUnit::Displayed => in_unit(parameter.default, field),
                    ParameterUnit::One | ParameterUnit::ScanPixels => parameter.default,
                })
        };
        self.parameters.iter().enumerate().map(own).collect()
    }

    /// Applies it to `field`. Strips and alerts change no value: they only say which pixels are
    /// drawn, so that no other filter smears what they take out. Peels and cancellations were at
    /// work before.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn apply(
        &self,
        field: &mut Field,
        given: &[f64],
        scale: f64,
        cancel: &Cancel,
    ) -> Result<()> {
        let args = self.arguments(given, field);
        match self.work {
            Work::Point(work) | Work::Band(work) => work(field, &args, cancel),
            Work::Neighbourhood(work) => (work.apply)(field, &args, scale, cancel),
            Work::Strip(_)
            | Work::ZBand
            | Work::Alert(_)
            | Work::DensityAlert
            | Work::Peel
            | Work::Cancel => Ok(()),
        }
    }
}

/// The first value at `low`, the last one at `high`: the range of a filter that has one of its own.
fn whole_range(field: &mut Field, low: f32, high: f32) {
    let last = field.values.len().saturating_sub(1).max(1) as f32;
    for (i, value) in field.values.iter_mut().enumerate() {
        *value = low + i as f32 / last * (high - low);
    }
}

/// The attenuation that a value of `field` stands for, at most 12; full scale stands for air where
/// air is unknown. NaN stays NaN.
pub fn attenuation(field: &Field, value: f32) -> f32 {
    point::attenuation(field, value)
}

/// A transmission in the unit of `field`.
fn in_unit(transmission: f64, field: &Field) -> f64 {
    match field.unit {
        Unit::Transmission => transmission,
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => {
            -transmission.max(1e-9).ln() * f64::from(field.full_scale)
        }
        Unit::Sample if field.polarity == Polarity::BrightIsDense => {
            (1.0 - transmission) * f64::from(field.full_scale)
        }
        Unit::Sample => transmission * f64::from(field.full_scale),
    }
}

impl FilterUse {
    /// A filter at work, with its arguments in the table's order.
    pub fn new(name: &str, args: Vec<f64>) -> Self {
        Self {
            name: name.to_owned(),
            args,
            bypassed: false,
        }
    }

    /// Its row.
    ///
    /// # Errors
    /// [`Error::Request`] with the nearest name.
    pub fn row(&self) -> Result<&'static Filter> {
        find(&self.name).ok_or_else(|| parse::unknown(&self.name))
    }
}

/// The filters of a stack that are applied, in order.
pub fn at_work(filters: &[FilterUse]) -> impl Iterator<Item = &FilterUse> + Clone {
    filters.iter().filter(|used| !used.bypassed)
}

/// Whether the values after `filters` are a quantity still, so that a unit may stand beside them.
pub fn gives(filters: &[FilterUse]) -> Gives {
    let brightness = |used: &FilterUse| used.row().is_ok_and(|row| row.gives == Gives::Brightness);
    if at_work(filters).any(brightness) {
        Gives::Brightness
    } else {
        Gives::Quantity
    }
}

/// The unit and polarity of a field after `filters`, and the values `at` mapped as it would map
/// them: how an automatic window goes through filters. Filters that take values out leave the range
/// as it is; those that look at neighbours leave it or have one of their own.
///
/// # Errors
/// [`Error::Request`] for an unknown name.
pub fn carry(filters: &[FilterUse], mut field: Field) -> Result<Field> {
    for used in at_work(filters) {
        let row = used.row()?;
        match row.work {
            Work::Point(work) => {
                let args = row.arguments(&used.args, &field);
                work(&mut field, &args, &Cancel::never())?;
            }
            Work::Neighbourhood(work) => {
                (work.range)(&mut field, &row.plain_arguments(&used.args));
            }
            Work::Cancel => {
                field.unit = Unit::Attenuation;
                field.polarity = Polarity::BrightIsDense;
            }
            _ => {}
        }
    }
    Ok(field)
}

/// Checks that the arguments of `used` are in range.
///
/// # Errors
/// [`Error::Request`] with the filter, the parameter and its range.
pub fn check(used: &FilterUse) -> Result<()> {
    let row = used.row()?;
    if used.args.len() > row.parameters.len() {
        return Err(Error::request(say(
            "filter-too-many",
            &[
                arg("name", &Safe::word(row.name)),
                arg("count", &row.parameters.len()),
            ],
        )));
    }
    for (value, parameter) in used.args.iter().zip(row.parameters) {
        let [low, high] = parameter.range;
        if !(low..=high).contains(value) {
            return Err(Error::request(say(
                "filter-out-of-range",
                &[
                    arg("name", &Safe::word(row.name)),
                    arg("parameter", &Safe::word(parameter.name)),
                    arg("value", &Safe::from_outside(&value.to_string())),
                    arg("low", &Safe::from_outside(&low.to_string())),
                    arg("high", &Safe::from_outside(&high.to_string())),
                    arg("unit", &Safe::word(parameter.unit.word())),
                ],
            )));
        }
    }
    Ok(())
}
