//! The material of an outline's pixels: by the classes of its pixels and by the attenuations of its
//! mean transmissions, with Z, mass thickness and mass where a model serves the energies.

use serde_json::{Map, Value, json};

use super::estimate::{Candidate, ZEstimate};
use super::legend::Shares;
use super::measure::part;
use super::near::REACH;
use super::peel::take_off;
use crate::Result;
use crate::cancel::Cancel;
use crate::physics::{Boundaries, Chosen, Class, Layer, attenuation, by_ratio, told};
use crate::radiograph::{Coverage, Field, Plane, Region, Size, crop};

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
    pub(super) fn weighed(mut self, pixel_mm: Option<[f64; 2]>, pixels: u64) -> Self {
        let told = self.z.as_ref().map(|z| z.summed).zip(pixel_mm);
        self.mass_kg = told.and_then(|((sum, count), [x, y])| {
            let known = count as f64 / pixels as f64 + self.shares.share(Class::Air);
            // g/cm2 on mm2.
            (known >= WEIGHED).then(|| sum * x * y / 100.0 / 1000.0)
        });
        self
    }
}

/// Mean of the values under a mask; NaN when one is.
fn mean(field: &Field, mask: &[bool]) -> f64 {
    let inside = || field.values.iter().zip(mask).filter(|(_, inside)| **inside);
    let sum: f64 = inside().map(|(value, _)| f64::from(*value)).sum();
    sum / inside().count().max(1) as f64
}

/// The material of what `coverage` holds of the high and the low plane.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub(super) fn estimate(
    planes: [&Plane; 2],
    chosen: &Chosen,
    coverage: &Coverage,
    taken: Option<[f64; 2]>,
    cancel: &Cancel,
) -> Result<MaterialEstimate> {
    let (region, mask) = (coverage.bounds, coverage.mask());
    let around = grown(region, planes[0]);
    let (mut high, mut low) = (
        part(planes[0], around, cancel)?,
        part(planes[1], around, cancel)?,
    );
    let off = taken.map(|taken| taken.map(|alpha| vec![alpha as f32; high.values.len()]));
    let of = |i: usize, field| Layer {
        taken: off.as_ref().map(|off| off[i].as_slice()),
        ..Layer::of(planes[i], field)
    };
    let height = planes[0].scan_size().height;
    let curves = |y: usize| chosen.of_row(around.y + y, height);
    let classes = told(of(0, &high), of(1, &low), &curves, 1.0, cancel)?.classes;
    if let Some([off_high, off_low]) = &off {
        take_off(&mut high, off_high);
        take_off(&mut low, off_low);
    }
    let lead = (region.x - around.x, region.y - around.y);
    let size = Size {
        width: region.width,
        height: region.height,
    };
    let mut classes = crop(&classes, around.width, lead, size);
    // A code of 0 is not counted, and a pixel that is no material tells no Z.
    let code = |(class, inside): (&Class, &bool)| if *inside { class.code() } else { 0 };
    let codes: Vec<u8> = classes.iter().zip(&mask).map(code).collect();
    for (class, _) in classes
        .iter_mut()
        .zip(&mask)
        .filter(|(_, inside)| !**inside)
    {
        *class = Class::Defect;
    }
    let fields = [&high, &low].map(|field| field.crop(lead.0, lead.1, size));
    let means = fields.each_ref().map(|field| mean(field, &mask) as f32);
    let middle = chosen.of_row(region.y + region.height / 2, height);
    let mut estimate = MaterialEstimate::of(middle, means, Shares::of(&codes), taken);
    if estimate.class.is_material() {
        estimate.z = ZEstimate::of(chosen, &fields, &classes, [region.y, height]);
    }
    Ok(estimate)
}

/// `region` with what its classes look at around it, inside the plane.
fn grown(region: Region, plane: &Plane) -> Region {
    region.grown([REACH; 2], plane.scan_size())
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
