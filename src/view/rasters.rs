//! Rasters of a scan's planes and of their mean attenuations. They are kept, so that a view that moved
//! by whole raster pixels reads of the scan only what came into sight.

use std::ops::Range;

use super::grid::Grid;
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::{
    Area, Field, Fineness, Plane, PlaneName, Pyramid, Size, mean_attenuations, resample,
};

/// The rasters of one grid, and while they are made those of the grid before. They belong to one
/// radiograph.
#[derive(Debug, Default)]
pub(super) struct Rasters {
    now: Held,
    before: Option<(Held, Shift)>,
}

/// What is there of one grid.
#[derive(Debug, Default)]
struct Held {
    grid: Option<Grid>,
    planes: Vec<(PlaneName, Field)>,
    /// By what they leave out, of the high and the low energy.
    attenuations: Option<(f32, [Vec<f32>; 2])>,
}

/// Where a raster lies on another one of the same pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shift {
    /// Columns and rows of the new one that the old one has.
    pub(super) columns: Range<usize>,
    pub(super) rows: Range<usize>,
    /// Column and row of the old one that is the first of these.
    pub(super) from: [usize; 2],
}

impl Shift {
    /// Share of a raster of `size` that the old one does not have.
    pub(super) fn missing(&self, size: Size) -> f64 {
        let held = self.columns.len() * self.rows.len();
        1.0 - held as f64 / (size.width * size.height).max(1) as f64
    }

    /// The parts of a raster of `size` that the old one does not have.
    fn parts(&self, Size { width, height }: Size) -> impl Iterator<Item = [Range<usize>; 2]> {
        let rows = [0..self.rows.start, self.rows.end..height];
        let sides = [0..self.columns.start, self.columns.end..width];
        let rows = rows.map(|rows| [0..width, rows]);
        let sides = sides.map(|columns| [columns, self.rows.clone()]);
        let parts = rows.into_iter().chain(sides);
        parts.filter(|[columns, rows]| !columns.is_empty() && !rows.is_empty())
    }
}

impl Rasters {
    /// What is asked for from now on is of `grid`.
    pub(super) fn begin(&mut self, grid: &Grid) {
        let mut old = std::mem::take(&mut self.now);
        // Stopped before anything was made: the one before still serves.
        if old.planes.is_empty() {
            old = self.before.take().map(|(held, _)| held).unwrap_or_default();
        }
        let shift = old.grid.as_ref().and_then(|of| grid.moved_from(of));
        self.before = shift.map(|shift| (old, shift));
        self.now.grid = Some(grid.clone());
    }

    /// Whatever is of use of the grid before has been used.
    pub(super) fn end(&mut self) {
        self.before = None;
    }

    /// Share of `grid`'s raster that would have to be read.
    pub(super) fn missing(&self, grid: &Grid) -> f64 {
        let old = self.now.grid.as_ref();
        let shift = old.and_then(|old| grid.moved_from(old));
        shift.map_or(1.0, |shift| shift.missing(grid.whole()))
    }

    /// A plane on the raster of `grid`, which it began with, margin included; see [`Grid::resample`].
    pub(super) fn plane(
        &mut self,
        plane: &Plane,
        (grid, pyramid): (&Grid, Option<&Pyramid>),
        cancel: &Cancel,
    ) -> Result<Field> {
        let of = |held: &Held| held.planes.iter().position(|(name, _)| *name == plane.name);
        if let Some(at) = of(&self.now) {
            return Ok(self.now.planes[at].1.clone());
        }
        let before = self.before.as_ref();
        let before = before.and_then(|(held, shift)| Some((&held.planes[of(held)?].1, shift)));
        let field = match before {
            Some((old, shift)) => {
                let read = |area: Area, size: Size| {
                    resample(plane, area, size, cancel).map(|field| [field.values])
                };
                let [values] = moved(grid, shift, ([&old.values], old.width), read)?;
                Field {
                    width: grid.whole().width,
                    height: grid.whole().height,
                    values,
                    ..*old
                }
            }
            None => grid.resample(plane, pyramid, cancel)?,
        };
        self.now.planes.push((plane.name.clone(), field.clone()));
        Ok(field)
    }

    /// Mean attenuations of both energies on the raster of `grid`, which it began with, margin
    /// included; see [`Grid::attenuations`].
    pub(super) fn attenuations(
        &mut self,
        planes: [&Plane; 2],
        (grid, pyramid): (&Grid, Option<&Pyramid>),
        darkest: f32,
        cancel: &Cancel,
    ) -> Result<[Vec<f32>; 2]> {
        let before = self.before.as_ref();
        let before = before.and_then(|(held, shift)| {
            let (left_out, means) = held.attenuations.as_ref()?;
            let width = held.grid.as_ref()?.whole().width;
            (*left_out == darkest).then_some((means, width, shift))
        });
        let means = match before {
            Some((means, width, shift)) => {
                let read = |area: Area, size: Size| {
                    mean_attenuations(planes, darkest, (area, size, Fineness::Full), cancel)
                };
                let means = means.each_ref().map(Vec::as_slice);
                moved(grid, shift, (means, width), read)?
            }
            None => grid.attenuations(planes, pyramid, darkest, cancel)?,
        };
        self.now.attenuations = Some((darkest, means.clone()));
        Ok(means)
    }
}

/// Rasters of `grid` from old ones of `stride` columns as far as these reach, the rest by `read`.
fn moved<const N: usize>(
    grid: &Grid,
    shift: &Shift,
    (old, stride): ([&[f32]; N], usize),
    read: impl Fn(Area, Size) -> Result<[Vec<f32>; N]>,
) -> Result<[Vec<f32>; N]> {
    let size = grid.whole();
    let mut new = old.map(|_| vec![f32::NAN; size.width * size.height]);
    let [columns, rows] = [&shift.columns, &shift.rows];
    let [left, top] = shift.from;
    for (new, old) in new.iter_mut().zip(old) {
        let from = |y: usize| &old[(top + y) * stride + left..][..columns.len()];
        paste(new, size.width, [columns.start, rows.start], |y| {
            (y < rows.len()).then(|| from(y))
        });
    }
    for [columns, rows] in shift.parts(size) {
        let (area, part) = grid.part(&columns, &rows);
        for (new, read) in new.iter_mut().zip(read(area, part)?) {
            let mut lines = read.chunks_exact(part.width);
            paste(new, size.width, [columns.start, rows.start], |_| {
                lines.next()
            });
        }
    }
    Ok(new)
}

/// Copies rows into a raster of `width` columns, the first to column and row `at`.
fn paste<'a>(
    raster: &mut [f32],
    width: usize,
    at: [usize; 2],
    mut row: impl FnMut(usize) -> Option<&'a [f32]>,
) {
    for (y, line) in raster.chunks_exact_mut(width).skip(at[1]).enumerate() {
        let Some(row) = row(y) else { break };
        line[at[0]..at[0] + row.len()].copy_from_slice(row);
    }
}
