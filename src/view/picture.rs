//! From a radiograph and a view to everything that a picture needs before its window: geometry,
//! materials, filters; the window is the last step (`develop`). Pure: no terminal, no clock, no disk.

use std::sync::Arc;

use super::grid::{Grid, Place};
use super::legend::Legend;
use super::stages::{Source, Stages};
use super::strip::Strips;
use super::{Frame, View, Window};
use crate::Result;
use crate::cancel::Cancel;
use crate::filter::at_work;
use crate::physics::Confidence;
use crate::radiograph::{EnergyUnit, Field, Fineness, Histogram, Radiograph, Size};
use crate::text::Safe;

/// Scan pixels that classes look around: a mean of 7, and at tube voltages the shape of a spot.
const REACH_MEAN: f64 = 4.0;
const REACH_SHAPE: f64 = 36.0;
/// Margins are a multiple of this many raster pixels where another picture follows, so that most
/// changes of a filter need no other raster.
pub(super) const MARGIN: usize = 32;

/// A finished picture and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The pixels.
    pub frame: Frame,
    /// The displayed quantity in the visible part of the scan.
    pub histogram: Histogram,
    /// The window as it was applied, in the histogram's unit.
    pub window: Window,
    /// What the colours mean.
    pub legend: Legend,
    pub(super) under: Under,
}

/// Where a picture's values are: few of its readers want them, so that they are brought to the frame's
/// size only when asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Under {
    /// On the raster.
    Raster(Arc<Prepared>),
    /// On the frame.
    Frame(Arc<Values>),
}

/// The values under a frame's pixels; see [`Picture::field`], [`Picture::codes`] and [`Picture::z`].
#[derive(Debug, PartialEq)]
pub(super) struct Values {
    pub(super) field: Field,
    pub(super) codes: Option<Vec<u8>>,
    pub(super) z: Option<Vec<f32>>,
}

impl Picture {
    /// The last quantity before the window, of the frame's size; NaN where not determinable.
    pub fn field(&self) -> Field {
        match &self.under {
            Under::Raster(prepared) => prepared.field_on_screen(),
            Under::Frame(values) => values.field.clone(),
        }
    }

    /// The class codes of the frame's pixels where materials were told; 0 outside the scan.
    pub fn codes(&self) -> Option<Vec<u8>> {
        match &self.under {
            Under::Raster(prepared) => prepared.codes_on_screen(),
            Under::Frame(values) => values.codes.clone(),
        }
    }

    /// The effective atomic numbers of the frame's pixels where they were read; NaN where not
    /// determinable.
    pub fn z(&self) -> Option<Vec<f32>> {
        match &self.under {
            Under::Raster(prepared) => prepared.z_on_screen(),
            Under::Frame(values) => values.z.clone(),
        }
    }
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
/// [`crate::Error::NotPossible`] for what this scan cannot show, [`crate::Error::Request`] for an unknown filter
/// or an empty size, [`crate::Error::Cancelled`].
pub fn picture<'a>(
    source: impl Into<Source<'a>>,
    view: &View,
    size: Size,
    cancel: &Cancel,
) -> Result<Picture> {
    prepare(source, view, size, cancel, &mut |_| ())?.develop(view)
}

/// The picture up to the window. `stage` is told the name of each stage when it is done:
/// `resample`, `material`, then each filter.
///
/// # Errors
/// As [`picture`].
pub fn prepare<'a>(
    source: impl Into<Source<'a>>,
    view: &View,
    size: Size,
    cancel: &Cancel,
    stage: &mut dyn FnMut(&str),
) -> Result<Arc<Prepared>> {
    Stages::once().prepare(source.into(), view, (size, Fineness::Full), (cancel, stage))
}

/// The grid of a view, with the margin that its filters and its materials need, a multiple of
/// `step` raster pixels.
pub(super) fn grid(
    radiograph: &Radiograph,
    view: &View,
    (screen, fineness): (Size, Fineness),
    source: Option<EnergyUnit>,
    step: usize,
) -> Grid {
    let around = match source {
        Some(EnergyUnit::Kilovolt) => REACH_SHAPE,
        Some(EnergyUnit::Megavolt) => REACH_MEAN,
        None => 0.0,
    };
    let margin = |scale: f64| {
        let filters = at_work(&view.filters).filter_map(|used| {
            let row = used.row().ok()?;
            Some(row.reach(&used.args, scale))
        });
        let needed = filters.sum::<usize>() + (around * scale).ceil() as usize;
        needed.max(1).next_multiple_of(step)
    };
    let scan = Size {
        width: radiograph.width(),
        height: radiograph.height(),
    };
    let place = Place {
        scan,
        region: view.region,
        screen,
        rotation: view.rotation,
    };
    Grid::new(place, fineness, margin).mirrored(view)
}
