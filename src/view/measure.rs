//! Region statistics and the material of a region, with the background's attenuation taken off
//! where one is named: the walls around a load are the main bias of light material.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::View;
use super::estimate::{Candidate, ZEstimate};
use super::legend::Shares;
use super::peel::{Peels, take_off};
use super::request::{Dual, dual_by};
use crate::cancel::Cancel;
use crate::messages::say;
use crate::physics::scanner::Scanner;
use crate::physics::{Boundaries, Chosen, Class, Layer, attenuation, by_ratio, told};
use crate::radiograph::{
    Field, Plane, PlaneName, Radiograph, Region, Size, Statistics, Unit, crop, resample,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Scan pixels around a region that its classes look at.
const REACH: usize = 36;

/// What is known of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The region.
    pub region: Region,
    /// Its size in mm, where the pixel size is known.
    pub size_mm: Option<[f64; 2]>,
    /// One entry per plane.
    pub planes: Vec<PlaneMeasurement>,
    /// The material, where it can be told.
    pub material: Option<MaterialEstimate>,
    /// Why there is no material, or what the estimate rests on.
    pub notes: Vec<Safe>,
}

/// One plane over a region.
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
}

/// The material of a region by ratio classes.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialEstimate {
    /// The class of the region's mean attenuations.
    pub class: Class,
    /// Share of the region's pixels in each class.
    pub shares: Shares,
    /// Of the pixels that name a material, the share that names this class; `None` when the class
    /// is no material.
    pub confidence: Option<f64>,
    /// Whether a background was taken off.
    pub background_subtracted: bool,
    /// Z and mass thickness, where the class is a material and a model serves the energies.
    pub z: Option<ZEstimate>,
    /// Mass of the region in kg, where the pixel size is known and nearly every pixel tells.
    pub mass_kg: Option<f64>,
    /// The same region with its background, where that was taken off.
    pub with_background: Option<Box<MaterialEstimate>>,
}

/// Share of a region's pixels that must tell for its mass to be known.
const WEIGHED: f64 = 0.9;

impl MaterialEstimate {
    /// The member `material` of `measure --json` and of the log; null is what cannot be told.
    pub fn document(&self) -> Value {
        let shares: Map<String, Value> = self
            .shares
            .iter()
            .filter(|(_, share)| *share > 0.0)
            .map(|(class, share)| (class.as_str().to_owned(), json!(share)))
            .collect();
        let z = self.z.as_ref();
        let candidates = z.map_or(&[][..], |z| &z.candidates);
        let mut document = json!({
            "z": z.map(|z| z.z), "z_iqr": z.map(|z| z.iqr),
            "class": self.class.as_str(),
            "mass_thickness_g_cm2": z.map(|z| z.mass_thickness),
            "steel_mm": z.map(|z| z.steel_mm),
            "confidence": self.confidence,
            "background_subtracted": self.background_subtracted,
            "shares": shares,
            "candidates": candidates.iter().map(Candidate::document).collect::<Vec<_>>(),
            "mass_kg": self.mass_kg,
        });
        if let Some(with) = &self.with_background {
            document["with_background"] = with.document();
        }
        document
    }

    /// The estimate with its mass, where a pixel has a size in mm.
    fn weighed(mut self, pixel_mm: Option<[f64; 2]>, pixels: usize) -> Self {
        let told = self.z.as_ref().map(|z| z.summed).zip(pixel_mm);
        self.mass_kg = told.and_then(|((sum, count), [x, y])| {
            let known = count as f64 / pixels as f64 + self.shares.share(Class::Air);
            // g/cm2 on mm2.
            (known >= WEIGHED).then(|| sum * x * y / 100.0 / 1000.0)
        });
        self
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
    measure_by(radiograph, region, background, None)
}

impl View {
    /// Measures `region` of `radiograph`, materials as this view tells them.
    ///
    /// # Errors
    /// As [`measure`].
    pub fn measure(&self, radiograph: &Radiograph, region: Region) -> Result<Measurement> {
        let taken = Peels::of(&self.filters)?.over(region);
        measured(radiograph, region, taken, self.dual(radiograph))
    }
}

/// As [`measure`], by the scanner's own profile where one is given.
///
/// # Errors
/// As [`measure`]; [`Error::NotPossible`] when the profile does not serve the scan.
pub fn measure_by(
    radiograph: &Radiograph,
    region: Region,
    background: Option<Region>,
    scanner: Option<&Arc<Scanner>>,
) -> Result<Measurement> {
    for asked in std::iter::once(region).chain(background) {
        inside(radiograph, asked)?;
    }
    let materials = match dual_by(radiograph, scanner) {
        Err(problem) if background.is_some() || scanner.is_some() => return Err(problem),
        materials => materials,
    };
    let taken = match (&materials, background) {
        (Ok((high, low, _)), Some(background)) => Some(attenuations([high, low], background)?),
        _ => None,
    };
    measured(radiograph, region, taken, materials)
}

/// Refuses a region that reaches beyond the scan.
fn inside(radiograph: &Radiograph, region: Region) -> Result<()> {
    let (width, height) = (radiograph.width(), radiograph.height());
    if region.within(width, height) == Some(region) {
        return Ok(());
    }
    let text = <[usize; 4]>::from(region).map(|n| n.to_string()).join(",");
    Err(super::bad_region(&text, width, height))
}

/// Attenuations of the mean transmissions of a region, high and low.
///
/// # Errors
/// [`Error::NotPossible`] where nothing comes through.
pub(super) fn attenuations(planes: [&Plane; 2], region: Region) -> Result<[f64; 2]> {
    let mut alphas = [0.0; 2];
    for (alpha, plane) in alphas.iter_mut().zip(planes) {
        let through = mean(&part(plane, region)?);
        if through.is_nan() || through <= 0.0 {
            return Err(Error::NotPossible {
                why: say("peel-nothing-through", &[]),
            });
        }
        *alpha = -through.ln();
    }
    Ok(alphas)
}

/// Measures a region, the material by what [`dual_by`] gave, less what is taken off.
fn measured(
    radiograph: &Radiograph,
    region: Region,
    taken: Option<[f64; 2]>,
    materials: Result<Dual<'_>>,
) -> Result<Measurement> {
    inside(radiograph, region)?;
    let (material, notes) = match materials {
        Ok((high, low, chosen)) => {
            let (planes, pixels) = ([high, low], region.width * region.height);
            let of = |taken| -> Result<MaterialEstimate> {
                let estimate = estimate(planes, &chosen, region, taken)?;
                Ok(estimate.weighed(radiograph.pixel_mm, pixels))
            };
            let mut estimate = of(taken)?;
            if taken.is_some() {
                estimate.with_background = Some(Box::new(of(None)?));
            }
            (Some(estimate), chosen.notes)
        }
        Err(problem) => (None, vec![problem.message()]),
    };
    Ok(Measurement {
        region,
        size_mm: radiograph
            .pixel_mm
            .map(|[x, y]| [x * region.width as f64, y * region.height as f64]),
        planes: radiograph
            .planes
            .iter()
            .map(|plane| plane_over(plane, region))
            .collect::<Result<_>>()?,
        material,
        notes,
    })
}

/// One plane's entry.
fn plane_over(plane: &Plane, region: Region) -> Result<PlaneMeasurement> {
    let statistics = Statistics::of(plane, region).ok_or_else(|| Error::NotPossible {
        why: say("view-no-picture", &[]),
    })?;
    let transmission = match plane.unit() {
        Unit::Transmission => Some(mean(&part(plane, region)?)).filter(|t| t.is_finite()),
        _ => None,
    };
    Ok(PlaneMeasurement {
        plane: plane.name.clone(),
        statistics,
        transmission,
        attenuation: transmission.filter(|t| *t > 0.0).map(|t| -t.ln()),
    })
}

/// The region's own pixels in the plane's quantity.
fn part(plane: &Plane, region: Region) -> Result<Field> {
    let area = <[usize; 4]>::from(region).map(|n| n as f64);
    let size = Size {
        width: region.width,
        height: region.height,
    };
    resample(plane, area, size, &Cancel::never())
}

/// Mean of the values; NaN when one is.
fn mean(field: &Field) -> f64 {
    let sum: f64 = field.values.iter().map(|v| f64::from(*v)).sum();
    sum / field.values.len().max(1) as f64
}

/// The material of `region` on the high and the low plane.
fn estimate(
    planes: [&Plane; 2],
    chosen: &Chosen,
    region: Region,
    taken: Option<[f64; 2]>,
) -> Result<MaterialEstimate> {
    let around = grown(region, planes[0]);
    let (mut high, mut low) = (part(planes[0], around)?, part(planes[1], around)?);
    let off = taken.map(|taken| taken.map(|alpha| vec![alpha as f32; high.values.len()]));
    let of = |i: usize, field| Layer {
        taken: off.as_ref().map(|off| off[i].as_slice()),
        ..Layer::of(planes[i], field)
    };
    let height = planes[0].height;
    let curves = |y: usize| chosen.of_row(around.y + y, height);
    let never = Cancel::never();
    let classes = told(of(0, &high), of(1, &low), &curves, 1.0, &never)?.classes;
    if let Some([off_high, off_low]) = &off {
        take_off(&mut high, off_high);
        take_off(&mut low, off_low);
    }
    let lead = (region.x - around.x, region.y - around.y);
    let size = Size {
        width: region.width,
        height: region.height,
    };
    let classes = crop(&classes, around.width, lead, size);
    let codes: Vec<u8> = classes.iter().map(|class| class.code()).collect();
    let fields = [&high, &low].map(|field| field.crop(lead.0, lead.1, size));
    let means = fields.each_ref().map(|field| mean(field) as f32);
    let middle = chosen.of_row(region.y + region.height / 2, height);
    let mut estimate = MaterialEstimate::of(middle, means, Shares::of(&codes), taken);
    if estimate.class.is_material() {
        estimate.z = ZEstimate::of(chosen, &fields, &classes, [region.y, height]);
    }
    Ok(estimate)
}

/// `region` with what its classes look at around it, inside the plane.
fn grown(region: Region, plane: &Plane) -> Region {
    let (x, y) = (
        region.x.saturating_sub(REACH),
        region.y.saturating_sub(REACH),
    );
    Region {
        x,
        y,
        width: (region.x + region.width + REACH).min(plane.width) - x,
        height: (region.y + region.height + REACH).min(plane.height) - y,
    }
}

impl MaterialEstimate {
    /// The estimate from the mean transmissions and the pixels' classes.
    fn of(
        boundaries: &Boundaries,
        means: [f32; 2],
        shares: Shares,
        taken: Option<[f64; 2]>,
    ) -> Self {
        let [high, low] = means.map(attenuation);
        let class = if high.is_finite() && low.is_finite() {
            by_ratio(boundaries, high, low)
        } else if high.is_nan() || low.is_nan() {
            Class::Defect
        } else {
            Class::Black
        };
        // What most of its pixels say of themselves, e.g. by their outline, no mean can overrule.
        let state = shares
            .iter()
            .find(|(class, share)| !class.is_material() && *share > 0.5);
        let class = state.map_or(class, |(state, _)| state);
        let told = shares.sum(Class::is_material);
        let agree = shares.sum(|other| other == class);
        Self {
            class,
            confidence: (class.is_material() && told > 0.0).then(|| agree / told),
            shares,
            background_subtracted: taken.is_some(),
            z: None,
            mass_kg: None,
            with_background: None,
        }
    }
}
