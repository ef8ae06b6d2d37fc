//! Effective atomic number and mass thickness of a region, and what else could read like it.

use serde_json::{Value, json};

use crate::physics::scanner::{STEEL_G_CM2_PER_MM, Scanner};
use crate::physics::{Chosen, Class, attenuation};
use crate::radiograph::Field;

/// Atomic number of iron, which stands for steel.
const IRON: usize = 26;
/// How well a model's R - 1 is known, as a share of it: fitted to the scanner, and generic.
const CALIBRATED: f64 = 0.01;
const GENERIC: f64 = 0.03;
/// Standard errors of the region's mean R within which a material is a candidate.
const ERRORS: f64 = 2.0;

/// What the tables read off a region.
#[derive(Debug, Clone, PartialEq)]
pub struct ZEstimate {
    /// Median effective atomic number of the determinable pixels.
    pub z: f64,
    /// Its quartiles.
    pub iqr: [f64; 2],
    /// Median mass thickness in g/cm2.
    pub mass_thickness: f64,
    /// Steel of the region's mean attenuation of the high energy, in mm.
    pub steel_mm: f64,
    /// Sum of the determinable pixels' mass thickness, and how many they are.
    pub(super) summed: (f64, usize),
    /// What the region could be: every Z that has its mean R, then known materials, the nearest
    /// first.
    pub candidates: Vec<Candidate>,
}

/// Something that reads like a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// A known material.
    pub material: Option<&'static str>,
    /// An effective atomic number.
    pub z: Option<f64>,
    /// The mass thickness that it would have in g/cm2.
    pub mass_thickness: f64,
}

impl Candidate {
    /// The entry in `candidates` of `measure --json`.
    pub fn document(&self) -> Value {
        json!({
            "material": self.material, "z": self.z,
            "mass_thickness_g_cm2": self.mass_thickness,
        })
    }
}

/// The determinable pixels of a region.
#[derive(Default)]
struct Pixels {
    z: Vec<f64>,
    mass: Vec<f64>,
    alpha: Vec<f64>,
    ratio: Vec<f64>,
}

impl ZEstimate {
    /// The estimate from the transmissions of a region, high and low, and its classes; the region
    /// begins at row `top` of a picture of `height` rows. `None` without a model or without a
    /// determinable pixel.
    pub(super) fn of(
        chosen: &Chosen,
        fields: &[Field; 2],
        classes: &[Class],
        [top, height]: [usize; 2],
    ) -> Option<Self> {
        let scanner = chosen.scanner.as_deref()?;
        let width = fields[0].width.max(1);
        let mut pixels = Pixels::default();
        for (at, class) in classes.iter().enumerate() {
            let [high, low] = fields.each_ref().map(|field| attenuation(field.values[at]));
            let table = scanner.table(top + at / width, height);
            let reading = table
                .read(high, low)
                .filter(|read| class.is_material() && scanner.tells(read.z, high));
            if let Some(reading) = reading {
                pixels.z.push(f64::from(reading.z));
                pixels.mass.push(f64::from(reading.mass_thickness));
                pixels.alpha.push(f64::from(high));
                pixels.ratio.push(f64::from(low / high));
            }
        }
        pixels.z.sort_by(f64::total_cmp);
        pixels.mass.sort_by(f64::total_cmp);
        let part = |values: &[f64], share: f64| {
            let last = values.len().checked_sub(1)?;
            values.get((share * last as f64).round() as usize).copied()
        };
        let rows = classes.len() / width;
        let middle = [top + rows / 2, height];
        let alpha = mean(&pixels.alpha);
        let steel = scanner
            .table(middle[0], height)
            .mass_thickness(alpha as f32, IRON);
        Some(Self {
            z: part(&pixels.z, 0.5)?,
            iqr: [part(&pixels.z, 0.25)?, part(&pixels.z, 0.75)?],
            mass_thickness: part(&pixels.mass, 0.5)?,
            summed: (pixels.mass.iter().sum(), pixels.mass.len()),
            steel_mm: f64::from(steel) / STEEL_G_CM2_PER_MM,
            candidates: candidates(scanner, &pixels, chosen.is_calibrated(), middle),
        })
    }
}

/// What has the mean R of the pixels, as far as it is known.
fn candidates(
    scanner: &Scanner,
    pixels: &Pixels,
    calibrated: bool,
    [y, height]: [usize; 2],
) -> Vec<Candidate> {
    let (alpha, ratio) = (mean(&pixels.alpha), mean(&pixels.ratio));
    let table = scanner.table(y, height);
    let solutions = table.solutions(alpha as f32, ratio as f32);
    let mut found: Vec<Candidate> = solutions
        .into_iter()
        .map(|z| Candidate {
            material: None,
            z: Some(f64::from(z)),
            mass_thickness: f64::from(table.mass_thickness(alpha as f32, z.round() as usize)),
        })
        .collect();
    let squares: f64 = pixels.ratio.iter().map(|r| (r - ratio).powi(2)).sum();
    let count = pixels.ratio.len() as f64;
    let error = (squares / (count - 1.0).max(1.0) / count).sqrt();
    let model = if calibrated { CALIBRATED } else { GENERIC };
    // What the calibration's own blocks miss by, a material may miss by.
    let blocks = scanner.profile().header.block.iter();
    let residual = blocks.map(|block| block.residual_high.max(block.residual_low));
    let residual = residual.fold(0.0, f64::max) / alpha.max(0.1);
    let tolerance = ERRORS * error + model * (ratio - 1.0).abs() + residual;
    let materials = scanner.candidates([alpha, ratio], tolerance, y, height);
    found.extend(materials.into_iter().map(|(name, mass)| Candidate {
        material: Some(name),
        z: None,
        mass_thickness: mass,
    }));
    found
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
