//! From a radiograph and a view to everything that a picture needs before its window: geometry,
//! materials, filters; the window is the last step (`develop`). Pure: no terminal, no clock, no disk.

use super::grid::Grid;
use super::legend::Legend;
use super::palette::GROUND;
use super::peel::{self, Peels};
use super::quantity::is_determinable;
use super::request::Dual;
use super::strip::Strips;
use super::told::{codes, told};
use super::{Frame, View, Window};
use crate::cancel::Cancel;
use crate::messages::say;
use crate::physics::{Class, Confidence};
use crate::radiograph::{
    EnergyUnit, Field, Histogram, Plane, PlaneName, Polarity, Radiograph, Size, Unit,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Scan pixels that classes look around: a mean of 7, and at tube voltages the shape of a spot.
const REACH_MEAN: f64 = 4.0;
const REACH_SHAPE: f64 = 36.0;

/// A finished picture and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The pixels.
    pub frame: Frame,
    /// The last quantity before the window, of the frame's size; NaN where not determinable.
    pub field: Field,
    /// The class codes of the frame's pixels where materials were told; 0 outside the scan.
    pub codes: Option<Vec<u8>>,
    /// The effective atomic numbers of the frame's pixels where they were read; NaN where not
    /// determinable.
    pub z: Option<Vec<f32>>,
    /// The displayed quantity in the visible part of the scan.
    pub histogram: Histogram,
    /// The window as it was applied, in the histogram's unit.
    pub window: Window,
    /// What the colours mean.
    pub legend: Legend,
}

/// Everything up to the window: kept, so that a new window costs one look-up per pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub(super) grid: Grid,
    /// What strips take out included.
    pub(super) field: Field,
    pub(super) codes: Option<Vec<u8>>,
    /// Of the classes, where the display shows it.
    pub(super) confidence: Option<Vec<Confidence>>,
    /// Effective atomic number of every material, where it is shown or a strip goes by it.
    pub(super) z: Option<Vec<f32>>,
    /// The source of the energies, where classes were told.
    pub(super) source: Option<EnergyUnit>,
    pub(super) strips: Strips,
    pub(super) colour: Option<Vec<[u8; 3]>>,
    pub(super) notes: Vec<Safe>,
}

/// The picture of `view` in `size` screen pixels.
///
/// # Errors
/// [`Error::NotPossible`] for what this scan cannot show, [`Error::Request`] for an unknown filter
/// or an empty size, [`Error::Cancelled`].
pub fn picture(
    radiograph: &Radiograph,
    view: &View,
    size: Size,
    cancel: &Cancel,
) -> Result<Picture> {
    prepare(radiograph, view, size, cancel, &mut |_| ())?.develop(view)
}

/// The picture up to the window. `stage` is told the name of each stage when it is done:
/// `resample`, `material`, then each filter.
///
/// # Errors
/// As [`picture`].
pub fn prepare(
    radiograph: &Radiograph,
    view: &View,
    size: Size,
    cancel: &Cancel,
    stage: &mut dyn FnMut(&str),
) -> Result<Prepared> {
    let [_, _, w, h] = view.region;
    if size.width == 0 || size.height == 0 || !(w > 0.0 && h > 0.0) {
        return Err(Error::request(say("view-empty", &[])));
    }
    let peels = Peels::of(&view.filters)?;
    let dual = view.wants_energies().then(|| view.dual(radiograph));
    let dual = dual.transpose()?;
    let materials = dual.as_ref().filter(|_| view.wants_classes());
    let source = materials
        .as_ref()
        .map(|(.., chosen)| chosen.boundaries.unit);
    let grid = grid(radiograph, view, size, source);
    let plane = view.plane(radiograph)?;
    let mut field = base(&grid, plane, dual.as_ref(), &peels, cancel)?;
    let mut strips = Strips::of(&view.filters)?;
    strips.mark(&grid, &field);
    let colour = colour(radiograph, view, &grid, cancel)?;
    stage("resample");
    let mut notes = notes(plane, &grid);
    if let Some((high, _, chosen)) = &dual {
        notes.extend(peels.notes(chosen, high.height));
    }
    let mut classes = None;
    let mut confidence = None;
    let mut z = None;
    if let Some((high, low, chosen)) = materials {
        let told = told(&grid, [*high, *low], (chosen, &peels), cancel, view)?;
        (classes, confidence, z) = (Some(told.classes), told.confidence, told.z);
        field = told.quantity.unwrap_or(field);
        notes.extend(chosen.notes.iter().cloned());
        let mut seen = Vec::new();
        notes.retain(|note: &Safe| {
            let new = !seen.contains(note);
            seen.push(note.clone());
            new
        });
        stage("material");
    }
    for used in &view.filters {
        let row = used.row()?;
        row.apply(&mut field, &used.args, grid.scale, cancel)?;
        cancel.check()?;
        stage(row.name);
    }
    let codes = match (classes, radiograph.dual()) {
        (Some(classes), Some(planes)) => Some(codes(&grid, &classes, planes)),
        _ => None,
    };
    let mut field = grid.crop_field(&field);
    let mut z = z.map(|all| grid.crop(&all));
    if let Some(codes) = &codes {
        // What became a defect only now has no value either.
        let unit = view.display.read();
        keep(codes, &mut field.values, |class| {
            unit.is_none_or(|unit| is_determinable(class, unit))
        });
        keep(
            codes,
            z.as_deref_mut().unwrap_or_default(),
            Class::is_material,
        );
    }
    Ok(Prepared {
        field,
        confidence: confidence.map(|all| grid.crop(&all)),
        z,
        source,
        strips,
        grid,
        codes,
        colour,
        notes,
    })
}

/// Makes the values of the pixels NaN whose classes are not among those `of` picks.
fn keep(codes: &[u8], values: &mut [f32], of: impl Fn(Class) -> bool) {
    let kept: Vec<bool> = (0..=u8::MAX)
        .map(|code| Class::from_code(code).is_none_or(&of))
        .collect();
    for (value, code) in values.iter_mut().zip(codes) {
        if !kept[usize::from(*code)] {
            *value = f32::NAN;
        }
    }
}

/// The luminance before any filter: the plane without what is taken off, or what a cancellation
/// leaves of two.
fn base(
    grid: &Grid,
    plane: &Plane,
    dual: Option<&Dual<'_>>,
    peels: &Peels,
    cancel: &Cancel,
) -> Result<Field> {
    let peeled = |plane: &Plane| -> Result<Field> {
        let mut field = grid.resample(plane, cancel)?;
        let taken = peel::energy_of(plane).and_then(|energy| peels.taken(grid, energy));
        if let Some(taken) = taken.filter(|_| field.unit == Unit::Transmission) {
            peel::take_off(&mut field, &taken);
        }
        Ok(field)
    };
    match (peels.weight, dual) {
        (Some(weight), Some((high, low, chosen))) => {
            let both = [&peeled(high)?, &peeled(low)?];
            Ok(peel::cancelled(both, weight, chosen.boundaries.black))
        }
        _ => peeled(plane),
    }
}

/// The grid of a view, with the margin that its filters and its materials need.
pub(super) fn grid(
    radiograph: &Radiograph,
    view: &View,
    size: Size,
    source: Option<EnergyUnit>,
) -> Grid {
    let around = match source {
        Some(EnergyUnit::Kilovolt) => REACH_SHAPE,
        Some(EnergyUnit::Megavolt) => REACH_MEAN,
        None => 0.0,
    };
    let margin = |scale: f64| {
        let filters = view.filters.iter().filter_map(|used| {
            let row = used.row().ok()?;
            Some(row.reach(&used.args, scale))
        });
        filters.sum::<usize>() + (around * scale).ceil() as usize
    };
    let scan = Size {
        width: radiograph.width(),
        height: radiograph.height(),
    };
    Grid::new(scan, view.region, size, view.rotation, margin)
}

/// What a reader must know of the plane itself.
fn notes(plane: &Plane, grid: &Grid) -> Vec<Safe> {
    let mut notes = Vec::new();
    if plane.unit() == Unit::Sample {
        notes.push(say("view-no-air", &[]));
    } else if plane.air_estimated {
        notes.push(say("physics-air-estimated", &[]));
    }
    if plane.polarity == Polarity::BrightIsDense {
        notes.push(say("view-turned", &[]));
    }
    let outside = |spans: &[std::ops::Range<usize>]| spans.iter().any(std::ops::Range::is_empty);
    let (across, down) = grid.under();
    if outside(across) || outside(down) {
        notes.push(say("view-beyond", &[]));
    }
    notes
}

/// The colours of a colour scan on the raster, eight bits a channel.
fn colour(
    radiograph: &Radiograph,
    view: &View,
    grid: &Grid,
    cancel: &Cancel,
) -> Result<Option<Vec<[u8; 3]>>> {
    if !view.is_colour() {
        return Ok(None);
    }
    let inverted = view
        .filters
        .iter()
        .filter(|used| used.name == "invert")
        .count()
        % 2
        == 1;
    let mut pixels = vec![[GROUND; 3]; grid.seen().width * grid.seen().height];
    for (channel, name) in view.planes.iter().enumerate() {
        let Some(plane) = radiograph.plane(&PlaneName::from(name.as_str())) else {
            continue;
        };
        let field = grid.crop_field(&grid.resample(plane, cancel)?);
        for (pixel, value) in pixels.iter_mut().zip(&field.values) {
            if !value.is_nan() {
                let byte = (value / f32::from(plane.full_scale()) * 255.0).round() as u8;
                pixel[channel] = if inverted { 255 - byte } else { byte };
            }
        }
    }
    Ok(Some(pixels))
}
