//! What is told of an outline: statistics of its pixels, sizes, length and angle, what repeats, and
//! its material, with the background's attenuation taken off where one is named: the walls around a
//! load are the main bias of light material. Sizes in mm only where the pixel size is known.

use std::sync::Arc;

use super::material_estimate::{MaterialEstimate, estimate};
use super::near::measured_pixels;
use super::peel::Peels;
use super::request::{Dual, dual_by};
use super::{Source, View};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::physics::scanner::Scanner;
use crate::radiograph::{
    Coverage, Field, Outline, Period, Plane, PlaneName, Profile, Radiograph, Region, Size,
    Statistics, Tally, resample,
};
use crate::text::Safe;
use crate::{Error, Result};

/// What is known of an outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The outline.
    pub outline: Outline,
    /// The smallest rectangle that holds it.
    pub region: Region,
    /// Its size in mm, where the pixel size is known.
    pub size_mm: Option<[f64; 2]>,
    /// Width and height of a pixel in mm, where known.
    pub pixel_mm: Option<[f64; 2]>,
    /// Pixels that belong to it.
    pub pixels: u64,
    /// One entry per plane.
    pub planes: Vec<PlaneMeasurement>,
    /// What repeats in the plane shown, or in the first.
    pub periods: Vec<(Along, Option<Period>)>,
    /// The material, where it can be told.
    pub material: Option<MaterialEstimate>,
    /// Why there is no material, or what the estimate rests on.
    pub notes: Vec<Safe>,
}

/// One plane over an outline.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneMeasurement {
    /// Which plane.
    pub plane: PlaneName,
    /// Of the stored samples.
    pub statistics: Statistics,
    /// Mean transmission, where the open beam is known.
    pub transmission: Option<f64>,
    /// `-ln` of the mean transmission, where that is above zero.
    pub attenuation: Option<f64>,
    /// Percentiles, signal to noise, integral, histogram.
    pub tally: Tally,
    /// The plane's quantity along a line.
    pub profile: Option<Profile>,
}

/// Which way something repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// From left to right.
    Columns,
    /// From top to bottom.
    Rows,
    /// Along the line.
    Line,
}

impl Along {
    /// The word in JSON, and the end of the messages' ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Columns => "x",
            Self::Rows => "y",
            Self::Line => "line",
        }
    }
}

impl Measurement {
    /// Width and height of a pixel: in mm where known, else one.
    pub fn pixel(&self) -> [f64; 2] {
        self.pixel_mm.unwrap_or([1.0; 2])
    }

    /// The area in mm2; `None` without a pixel size and for lines.
    pub fn area_mm2(&self) -> Option<f64> {
        let [x, y] = self.pixel_mm.filter(|_| self.outline.shape().is_area())?;
        Some(self.pixels as f64 * x * y)
    }

    /// Length of a period in mm, where that is known: along a line by the line's own length.
    pub fn period_mm(&self, along: Along, period: Period) -> Option<f64> {
        let [x, y] = self.pixel_mm?;
        let pixel = match along {
            Along::Columns => x,
            Along::Rows => y,
            Along::Line => self.outline.length([x, y])? / self.outline.length([1.0; 2])?,
        };
        Some(period.pixels * pixel)
    }

    /// The entry of that plane, else of the first.
    pub fn plane(&self, name: &str) -> Option<&PlaneMeasurement> {
        let named = self
            .planes
            .iter()
            .find(|plane| plane.plane.as_str() == name);
        named.or_else(|| self.planes.first())
    }
}

/// Measures `region` of `radiograph`; both regions must lie wholly inside.
///
/// # Errors
/// [`Error::Request`] for a region that reaches beyond the scan; [`Error::NotPossible`] when a
/// background is named and no material can be told.
pub fn measure(
    radiograph: &Radiograph,
    region: Region,
    background: Option<Region>,
) -> Result<Measurement> {
    measure_by(radiograph, &Outline::Rectangle(region), background, None)
}

impl View {
    /// Measures an outline of `radiograph`, materials as this view tells them; of a box of more than
    /// `most` pixels no material is told, and a note says so.
    ///
    /// # Errors
    /// As [`measure`]; [`Error::Cancelled`].
    pub fn measure<'a>(
        &self,
        source: impl Into<Source<'a>>,
        outline: &Outline,
        most: usize,
        cancel: &Cancel,
    ) -> Result<Measurement> {
        let source = source.into();
        let bounds = outline.bounds();
        let taken = Peels::of(&self.filters)?.over(bounds);
        let materials = if bounds.width * bounds.height > most {
            Err(Error::NotPossible {
                why: say("measure-large", &[]),
            })
        } else {
            self.dual(source.radiograph)
        };
        let shown = self.planes.first().map(String::as_str);
        measured(source, outline, (taken, materials), shown, cancel)
    }
}

/// As [`measure`], of any outline and by the scanner's own profile where one is given.
///
/// # Errors
/// As [`measure`]; [`Error::NotPossible`] when the profile does not serve the scan.
pub fn measure_by<'a>(
    source: impl Into<Source<'a>>,
    outline: &Outline,
    background: Option<Region>,
    scanner: Option<&Arc<Scanner>>,
) -> Result<Measurement> {
    let source = source.into();
    let radiograph = source.radiograph;
    inside(radiograph, outline)?;
    if let Some(background) = background {
        inside(radiograph, &Outline::Rectangle(background))?;
    }
    let materials = match dual_by(radiograph, scanner) {
        Err(problem) if background.is_some() || scanner.is_some() => return Err(problem),
        materials => materials,
    };
    let taken = match (&materials, background) {
        (Ok((high, low, _)), Some(background)) => {
            holds(source, background)?;
            let near = [high, low].map(|plane| source.near_plane(plane));
            Some(attenuations(near, background)?)
        }
        _ => None,
    };
    measured(source, outline, (taken, materials), None, &Cancel::never())
}

/// Refuses an outline that reaches beyond the scan.
fn inside(radiograph: &Radiograph, outline: &Outline) -> Result<()> {
    let (width, height) = (radiograph.width(), radiograph.height());
    let bounds = outline.bounds();
    if bounds.within(width, height) == Some(bounds) {
        return Ok(());
    }
    Err(super::bad_region(&outline.text(), width, height))
}

/// Refuses a region whose own pixels are not held: means over squares of them measure something else.
fn holds(source: Source<'_>, region: Region) -> Result<()> {
    let near = source.near();
    if near.holds(region) {
        return Ok(());
    }
    let step = source.radiograph.reduction();
    Err(Error::NotPossible {
        why: say("measure-reduced", &[arg("step", &step)]),
    })
}

/// Attenuations of the mean transmissions of a region, high and low.
///
/// # Errors
/// [`Error::NotPossible`] where nothing comes through.
pub(super) fn attenuations(planes: [&Plane; 2], region: Region) -> Result<[f64; 2]> {
    let mut alphas = [0.0; 2];
    for (alpha, plane) in alphas.iter_mut().zip(planes) {
        let field = part(plane, region, &Cancel::never())?;
        let sum: f64 = field.values.iter().map(|v| f64::from(*v)).sum();
        let through = sum / field.values.len().max(1) as f64;
        if through.is_nan() || through <= 0.0 {
            return Err(Error::NotPossible {
                why: say("peel-nothing-through", &[]),
            });
        }
        *alpha = -through.ln();
    }
    Ok(alphas)
}

/// Measures an outline, the material by what [`dual_by`] gave, less what is taken off.
fn measured<'a>(
    source: Source<'a>,
    outline: &Outline,
    (taken, materials): (Option<[f64; 2]>, Result<Dual<'a>>),
    shown: Option<&str>,
    cancel: &Cancel,
) -> Result<Measurement> {
    inside(source.radiograph, outline)?;
    holds(source, measured_pixels(source.radiograph, outline, None))?;
    let radiograph = source.near();
    let materials = materials.map(|dual| source.near_dual(dual));
    let coverage = outline.coverage();
    let (material, notes) = if outline.shape().is_area() {
        match materials {
            Ok(dual) => {
                let (estimate, notes) = weighed(radiograph, &coverage, taken, dual, cancel)?;
                (Some(estimate), notes)
            }
            Err(problem) => (None, vec![problem.message()]),
        }
    } else {
        (None, Vec::new())
    };
    let plane = |plane| plane_over(plane, outline, &coverage, cancel);
    let planes: Vec<PlaneMeasurement> =
        radiograph.planes.iter().map(plane).collect::<Result<_>>()?;
    let region = coverage.bounds;
    Ok(Measurement {
        outline: outline.clone(),
        region,
        size_mm: radiograph
            .pixel_mm
            .map(|[x, y]| [x * region.width as f64, y * region.height as f64]),
        pixel_mm: radiograph.pixel_mm,
        pixels: coverage.count(),
        periods: match outline {
            // Two lines have no one direction.
            Outline::Angle(_) => Vec::new(),
            _ => periods(radiograph, &planes, &coverage, shown, cancel)?,
        },
        planes,
        material,
        notes,
    })
}

/// The material of an area, weighed, and with its background beside it.
fn weighed(
    radiograph: &Radiograph,
    coverage: &Coverage,
    taken: Option<[f64; 2]>,
    (high, low, chosen): Dual<'_>,
    cancel: &Cancel,
) -> Result<(MaterialEstimate, Vec<Safe>)> {
    let of = |taken| -> Result<MaterialEstimate> {
        let estimate = estimate([high, low], &chosen, coverage, taken, cancel)?;
        Ok(estimate.weighed(radiograph.pixel_mm, coverage.count()))
    };
    let mut estimate = of(taken)?;
    if taken.is_some() {
        estimate.with_background = Some(Box::new(of(None)?));
    }
    Ok((estimate, chosen.notes))
}

/// One plane's entry.
fn plane_over(
    plane: &Plane,
    outline: &Outline,
    coverage: &Coverage,
    cancel: &Cancel,
) -> Result<PlaneMeasurement> {
    let tally = Tally::of(plane, coverage, cancel)?.ok_or_else(|| Error::NotPossible {
        why: say("view-no-picture", &[]),
    })?;
    Ok(PlaneMeasurement {
        plane: plane.name.clone(),
        statistics: tally.statistics,
        transmission: tally.transmission,
        attenuation: tally.transmission.filter(|t| *t > 0.0).map(|t| -t.ln()),
        profile: match outline {
            Outline::Line(ends) => Some(Profile::along(plane, *ends)),
            _ => None,
        },
        tally,
    })
}

/// What repeats in the plane of that name, else in the first.
fn periods(
    radiograph: &Radiograph,
    planes: &[PlaneMeasurement],
    coverage: &Coverage,
    shown: Option<&str>,
    cancel: &Cancel,
) -> Result<Vec<(Along, Option<Period>)>> {
    let named = |plane: &PlaneMeasurement| Some(plane.plane.as_str()) == shown;
    let at = planes.iter().position(named).unwrap_or(0);
    let (Some(plane), Some(entry)) = (radiograph.planes.get(at), planes.get(at)) else {
        return Ok(Vec::new());
    };
    if let Some(profile) = &entry.profile {
        return Ok(vec![(Along::Line, profile.period())]);
    }
    let [columns, rows] = Profile::across(plane, coverage, cancel)?;
    Ok(vec![
        (Along::Columns, columns.period()),
        (Along::Rows, rows.period()),
    ])
}

/// The region's own pixels in the plane's quantity.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) fn part(plane: &Plane, region: Region, cancel: &Cancel) -> Result<Field> {
    let area = <[usize; 4]>::from(region).map(|n| n as f64);
    let size = Size {
        width: region.width,
        height: region.height,
    };
    resample(plane, area, size, cancel)
}
