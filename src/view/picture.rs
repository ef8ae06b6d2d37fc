//! From a radiograph and a view to the finished picture, in stages: geometry, materials, filters,
//! then the window as the last step. Pure: no terminal, no clock, no disk.

use super::grid::Grid;
use super::legend::{self, Legend, Shares};
use super::palette::{
    GROUND, GROUND_INDEX, GROUND_STEP, Palette, class_colours, material_colours, material_index,
    ramp,
};
use super::request::dual;
use super::{Display, Frame, Pixels, View, Window};
use crate::cancel::Cancel;
use crate::messages::say;
use crate::physics::{Boundaries, Class, Layer, classify, defects};
use crate::radiograph::{
    EnergyUnit, Field, Histogram, Plane, PlaneName, Polarity, Radiograph, Size, Unit,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Bins of the inspector's histogram.
const BINS: usize = 256;
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
    grid: Grid,
    field: Field,
    codes: Option<Vec<u8>>,
    colour: Option<Vec<[u8; 3]>>,
    notes: Vec<Safe>,
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
    let materials = if view.wants_classes() {
        Some(dual(radiograph)?)
    } else {
        None
    };
    let boundaries = materials.as_ref().map(|(_, _, chosen)| chosen.boundaries);
    let grid = grid(radiograph, view, size, boundaries);
    let plane = view.plane(radiograph)?;
    let mut field = grid.resample(plane, cancel)?;
    let colour = colour(radiograph, view, &grid, cancel)?;
    stage("resample");
    let mut notes = notes(plane, &grid);
    let mut classes = None;
    if let Some((high, low, chosen)) = materials {
        classes = Some(told(&grid, [high, low], chosen.boundaries, cancel)?);
        notes.extend(chosen.notes);
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
        row.apply(
            &mut field,
            &used.args,
            classes.as_deref(),
            grid.scale,
            cancel,
        )?;
        cancel.check()?;
        stage(row.name);
    }
    let codes = match (classes, radiograph.dual()) {
        (Some(classes), Some(planes)) => Some(codes(&grid, &classes, planes)),
        _ => None,
    };
    Ok(Prepared {
        field: grid.crop_field(&field),
        grid,
        codes,
        colour,
        notes,
    })
}

/// The grid of a view, with the margin that its filters and its materials need.
fn grid(radiograph: &Radiograph, view: &View, size: Size, boundaries: Option<&Boundaries>) -> Grid {
    let around = match boundaries.map(|b| b.unit) {
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

/// The class of every raster pixel, margin included.
fn told(
    grid: &Grid,
    planes: [&Plane; 2],
    boundaries: &Boundaries,
    cancel: &Cancel,
) -> Result<Vec<Class>> {
    let high = grid.resample(planes[0], cancel)?;
    let low = grid.resample(planes[1], cancel)?;
    let layers = (Layer::of(planes[0], &high), Layer::of(planes[1], &low));
    classify(layers.0, layers.1, boundaries, grid.scale, cancel)
}

/// Class codes without margin: 0 outside the scan, defects by whole rows and columns.
fn codes(grid: &Grid, classes: &[Class], planes: (&Plane, &Plane)) -> Vec<u8> {
    let mut codes: Vec<u8> = grid
        .crop(classes)
        .iter()
        .map(|class| class.code())
        .collect();
    let (high, low) = (defects(planes.0), defects(planes.1));
    let either =
        |a: &[bool], b: &[bool]| -> Vec<bool> { a.iter().zip(b).map(|(a, b)| *a || *b).collect() };
    let (rows, columns) = (either(&high.0, &low.0), either(&high.1, &low.1));
    let (across, down) = grid.under();
    let width = across.len().max(1);
    for (line, row) in codes.chunks_exact_mut(width).zip(down) {
        let row_defect = rows[row.clone()].contains(&true);
        for (code, column) in line.iter_mut().zip(across) {
            if row.is_empty() || column.is_empty() {
                *code = 0;
            } else if row_defect || columns[column.clone()].contains(&true) {
                *code = Class::Defect.code();
            }
        }
    }
    codes
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

impl Prepared {
    /// The finished picture under the window and the display of `view`, which must otherwise be
    /// the view that was prepared.
    ///
    /// # Errors
    /// [`Error::Request`] for a window in a unit that this picture does not have.
    pub fn develop(&self, view: &View) -> Result<Picture> {
        let field = &self.field;
        let window = view
            .window
            .in_unit(field.unit)
            .ok_or_else(|| Error::request(say("view-window-unit", &[])))?;
        let shares = self.codes.as_deref().map(Shares::of);
        let pixels = self.pixels(view, window);
        let rows = legend::rows(&view.display, shares.as_ref(), window, field.polarity);
        let size = self.grid.screen();
        Ok(Picture {
            frame: Frame {
                width: size.width,
                height: size.height,
                pixels,
            },
            field: Field {
                width: size.width,
                height: size.height,
                values: self.grid.to_screen(&field.values, f32::NAN),
                ..field.with_values(field.values.clone())
            },
            codes: self
                .codes
                .as_ref()
                .map(|codes| self.grid.to_screen(codes, 0)),
            histogram: Histogram::of(field, BINS),
            window,
            legend: Legend {
                rows: if self.colour.is_some() {
                    Vec::new()
                } else {
                    rows
                },
                notes: self.notes.clone(),
            },
        })
    }

    /// The pixels of the frame.
    fn pixels(&self, view: &View, window: Window) -> Pixels {
        if let Some(colour) = &self.colour {
            return Pixels::Rgb(self.grid.to_screen(colour, [GROUND; 3]));
        }
        let indexed = |palette, indices: Vec<u8>, outside| Pixels::Indexed {
            palette,
            indices: self.grid.to_screen(&indices, outside),
        };
        match (&view.display, &self.codes) {
            (Display::Class, Some(codes)) => indexed(class_colours(), codes.clone(), 0),
            (Display::Material, Some(codes)) => {
                let luminance = self.luminance(window);
                let ramps = class_ramps();
                let step = |(l, code): (f32, &u8)| material_step(l, ramps[usize::from(*code)]);
                indexed(
                    material_colours(),
                    luminance.zip(codes).map(step).collect(),
                    GROUND_STEP,
                )
            }
            (Display::Palette(name), _) => {
                let palette = Palette::named(name).map(Palette::colours);
                let top = f32::from(GROUND_INDEX - 1);
                indexed(
                    palette.unwrap_or_else(|| (0..=255).map(|g| [g; 3]).collect()),
                    self.luminance(window)
                        .map(|l| byte(l, top, GROUND_INDEX))
                        .collect(),
                    GROUND_INDEX,
                )
            }
            _ => {
                let grey: Vec<u8> = self
                    .luminance(window)
                    .map(|l| byte(l, 255.0, GROUND))
                    .collect();
                Pixels::Grey(self.grid.to_screen(&grey, GROUND))
            }
        }
    }

    /// The luminance of every raster pixel, NaN where nothing is shown.
    fn luminance(&self, window: Window) -> impl Iterator<Item = f32> + '_ {
        let curve = window.curve(self.field.polarity);
        self.field
            .values
            .iter()
            .map(move |value| curve.luminance(*value))
    }
}

/// The ramp of every class code.
fn class_ramps() -> [u8; 256] {
    std::array::from_fn(|code| ramp(Class::from_code(code as u8)))
}

/// The palette index of a luminance in a material ramp.
fn material_step(luminance: f32, ramp: u8) -> u8 {
    if luminance.is_nan() {
        GROUND_STEP
    } else {
        material_index(ramp, luminance)
    }
}

/// A luminance of 0 to 1 as a byte up to `top`.
fn byte(luminance: f32, top: f32, ground: u8) -> u8 {
    if luminance.is_nan() {
        ground
    } else {
        (luminance * top + 0.5) as u8
    }
}
