//! What the crosshair reads at one pixel.

use super::{Display, View, picture};
use crate::cancel::Cancel;
use crate::physics::{Class, attenuation};
use crate::radiograph::{PlaneName, Radiograph, Size, Unit};

/// What is known of one scan pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    /// Column.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// Position of the pixel's centre from the top left of the scan, mm, where known.
    pub mm: Option<[f64; 2]>,
    /// One reading per plane.
    pub planes: Vec<Reading>,
    /// The class, on a scan whose materials can be told.
    pub class: Option<Class>,
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
/// scan.
pub fn readout(radiograph: &Radiograph, view: &View, [x, y]: [usize; 2]) -> Option<Readout> {
    let planes = radiograph
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
    Some(Readout {
        x,
        y,
        mm: radiograph
            .pixel_mm
            .map(|[mx, my]| [(x as f64 + 0.5) * mx, (y as f64 + 0.5) * my]),
        planes,
        class: class_at(radiograph, view, [x, y]),
    })
}

/// The class of one pixel, as the class display draws it.
fn class_at(radiograph: &Radiograph, view: &View, [x, y]: [usize; 2]) -> Option<Class> {
    view.dual(radiograph).ok()?;
    let view = View {
        planes: vec!["high".into(), "low".into()],
        display: Display::Class,
        region: [x as f64, y as f64, 1.0, 1.0],
        profile: view.profile.clone(),
        ..View::bare(&radiograph.view)
    };
    let one = Size {
        width: 1,
        height: 1,
    };
    let picture = picture(radiograph, &view, one, &Cancel::never()).ok()?;
    Class::from_code(*picture.codes?.first()?)
}
