//! What the crosshair reads at one pixel.

use super::told::{pixel, ratio_at};
use super::{Source, View};
use crate::physics::{Class, attenuation};
use crate::radiograph::{PlaneName, Radiograph, Unit};

/// What is known of one scan pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    /// Column.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// Position of the pixel's centre from the top left of the scan, mm, where known.
    pub mm: Option<[f64; 2]>,
    /// Scan pixels across and down that the readings are means of; 1 where they are of the pixel.
    pub step: usize,
    /// One reading per plane.
    pub planes: Vec<Reading>,
    /// The class, on a scan whose materials can be told.
    pub class: Option<Class>,
    /// Effective atomic number, where the class is a material.
    pub z: Option<f64>,
    /// Mass thickness in g/cm2, where the class is a material.
    pub mass_thickness: Option<f64>,
    /// The steel that attenuates as much in mm, where something is in the beam and gets through.
    pub steel_mm: Option<f64>,
}

/// One plane at one pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which plane.
    pub plane: PlaneName,
    /// The stored sample.
    pub sample: u16,
    /// Transmission, where the open beam is known.
    pub transmission: Option<f64>,
    /// Attenuation, where the open beam is known; infinite where nothing came through.
    pub attenuation: Option<f64>,
}

/// Reads the pixel at column `x` and row `y`, materials as `view` tells them; `None` outside the
/// scan and outside the part that is given. Of a scan that is held reduced without that part the
/// readings are of the means around it: see [`Readout::step`].
pub fn readout<'a>(
    source: impl Into<Source<'a>>,
    view: &View,
    [x, y]: [usize; 2],
) -> Option<Readout> {
    let source = source.into();
    let radiograph = source.radiograph;
    let planes = source
        .near()
        .planes
        .iter()
        .map(|plane| {
            let sample = plane.sample(x, y)?;
            let row = plane.linear_of_row(y);
            let known = plane.unit() == Unit::Transmission && row.gain.is_finite();
            let transmission = known.then(|| row.gain * f32::from(sample) + row.offset);
            Some(Reading {
                plane: plane.name.clone(),
                sample,
                transmission: transmission.map(f64::from),
                attenuation: transmission.map(|t| f64::from(attenuation(t))),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    let matter = matter_at(source, view, [x, y]).unwrap_or_default();
    let [z, mass_thickness, steel_mm] = matter.values;
    Some(Readout {
        x,
        y,
        step: source.near().reduction(),
        mm: radiograph
            .pixel_mm
            .map(|[mx, my]| [(x as f64 + 0.5) * mx, (y as f64 + 0.5) * my]),
        planes,
        class: matter.class,
        z,
        mass_thickness,
        steel_mm,
    })
}

/// What both energies tell of one pixel.
#[derive(Default)]
struct Matter {
    class: Option<Class>,
    /// Z, g/cm2, mm of steel.
    values: [Option<f64>; 3],
}

/// Attenuation of the low energy over that of the high one at column `x` and row `y`, by the means
/// that its class is told by and without the background that `view` takes off; `None` on one energy,
/// or where nothing attenuates.
pub fn ratio(radiograph: &Radiograph, view: &View, at: [usize; 2]) -> Option<f64> {
    let dual = view.dual(radiograph).ok()?;
    ratio_at(radiograph, &of_pixel(radiograph, view, at), &dual).ok()?
}

/// The view of one pixel that classes are told in, without the background that `view` takes off.
fn of_pixel(radiograph: &Radiograph, view: &View, [x, y]: [usize; 2]) -> View {
    View {
        planes: vec!["high".into(), "low".into()],
        region: [x as f64, y as f64, 1.0, 1.0],
        profile: view.profile.clone(),
        filters: view.peeling(),
        ..View::bare(&radiograph.view)
    }
}

/// What the displays of class, Z, mass thickness and steel draw at one pixel, without the background
/// that `view` takes off.
fn matter_at(source: Source<'_>, view: &View, at: [usize; 2]) -> Option<Matter> {
    let radiograph = source.radiograph;
    let dual = source.near_dual(view.dual(radiograph).ok()?);
    let (code, values) = pixel(radiograph, &of_pixel(radiograph, view, at), &dual).ok()?;
    let class = Class::from_code(code);
    // Of the open beam there is nothing to tell.
    let told = class.is_some_and(|class| class != Class::Air);
    let known = |value: f32| (told && value.is_finite()).then(|| f64::from(value));
    Some(Matter {
        class,
        values: values.map(known),
    })
}
