//! A radiograph that is held reduced, and a part of it in its own pixels: which part a picture or a
//! measurement needs, and the planes that they are made from. What only the whole can tell, e.g.
//! which curves serve or where the automatic window lies, is still taken from the whole.

use super::View;
use super::picture::{MARGIN, grid};
use super::request::Dual;
use super::stages::Source;
use crate::Result;
use crate::radiograph::{Fineness, Outline, Plane, Radiograph, Region, Size};

/// Scan pixels around a region that its classes look at.
pub(super) const REACH: usize = 36;

impl<'a> From<&'a Radiograph> for Source<'a> {
    fn from(radiograph: &'a Radiograph) -> Self {
        Self::of(radiograph)
    }
}

impl<'a> Source<'a> {
    /// With a part of the radiograph in its own pixels, which is drawn and measured in place of it.
    #[must_use]
    pub fn with(self, detail: Option<&'a Radiograph>) -> Self {
        Self { detail, ..self }
    }

    /// The part in its own pixels where there is one, else the whole.
    pub(super) fn near(self) -> &'a Radiograph {
        self.detail.unwrap_or(self.radiograph)
    }

    /// A plane of the radiograph, from the part where there is one.
    pub(super) fn near_plane(self, plane: &'a Plane) -> &'a Plane {
        self.near().plane(&plane.name).unwrap_or(plane)
    }

    /// Both energies, from the part where there is one.
    pub(super) fn near_dual(self, (high, low, chosen): Dual<'a>) -> Dual<'a> {
        (self.near_plane(high), self.near_plane(low), chosen)
    }
}

/// The scan pixels that the picture of `view` in `size` screen pixels needs, its margin included,
/// where `radiograph` is held too coarsely for it; `None` where what is held serves.
///
/// # Errors
/// As [`super::picture`].
pub fn own_pixels(radiograph: &Radiograph, view: &View, size: Size) -> Result<Option<Region>> {
    let reduction = radiograph.reduction();
    if reduction == 1 {
        return Ok(None);
    }
    let dual = view.wants_classes().then(|| view.dual(radiograph));
    let unit = dual.transpose()?;
    let unit = unit.map(|(.., chosen)| chosen.boundaries.unit);
    let grid = grid(radiograph, view, (size, Fineness::Full), unit, MARGIN);
    if grid.step() >= reduction as f64 {
        return Ok(None);
    }
    let ([x, y, w, h], _) = grid.area();
    let side = |from: f64, extent: f64, limit: usize| {
        let end = ((from + extent).ceil().max(0.0) as usize).min(limit);
        let first = (from.floor().max(0.0) as usize).min(end);
        (first, end - first)
    };
    let (x, width) = side(x, w, radiograph.width());
    let (y, height) = side(y, h, radiograph.height());
    Ok((width > 0 && height > 0).then_some(Region {
        x,
        y,
        width,
        height,
    }))
}

/// The scan pixels that measuring an outline needs, and its background where one is named.
pub fn measured_pixels(
    radiograph: &Radiograph,
    outline: &Outline,
    background: Option<Region>,
) -> Region {
    let region = outline.bounds();
    let region = background.map_or(region, |background| region.with(background));
    region.grown([REACH; 2], radiograph.size())
}
