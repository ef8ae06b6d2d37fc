//! The raster that a picture is worked on, and how the screen's pixels take from it.
//!
//! Zoomed out, the raster has the screen's pixels, each an area average. Zoomed in, it has the
//! scan's own pixels, filters work on those, and only the finished picture is enlarged: true
//! pixels are seen and nothing is filtered twice. A margin lets kernels see beyond the edge.

use std::ops::Range;

use super::View;
use super::frame::COARSE;
use super::rasters::Shift;
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::{
    Area, Field, Fineness, Plane, Pyramid, Size, crop, mean_attenuations, resample, resample_to,
};

/// How many times finer than a coarse raster the transmissions are whose attenuations it averages.
const FINER: f64 = 3.0;
/// How much of themselves steps, and of a pixel places, may differ and be the same: what floats lose
/// on the way.
const ALIKE: f64 = 1e-7;
/// No raster pixel: outside the scan.
const NONE: u32 = u32::MAX;

/// A raster with its margin and its way to the screen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Raster pixels per scan pixel, at most 1.
    pub(super) scale: f64,
    across: Axis,
    down: Axis,
    rotation: u16,
    screen: Size,
    fineness: Fineness,
}

/// Where a view is and how it comes to the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Columns and rows of the scan.
    pub(super) scan: Size,
    /// What is seen of it, in scan pixels.
    pub(super) region: Area,
    /// The picture.
    pub(super) screen: Size,
    /// Quarter turns clockwise in degrees.
    pub(super) rotation: u16,
}

/// One direction of a grid.
#[derive(Debug, Clone, PartialEq)]
struct Axis {
    /// First and length of the raster with margin, in scan pixels.
    origin: f64,
    extent: f64,
    /// Raster pixels with margin, and those of the margin at the low end.
    wide: usize,
    lead: usize,
    /// Raster pixels without margin.
    seen: usize,
    /// For every screen pixel the raster pixel without margin, or [`NONE`].
    take: Vec<u32>,
    /// First and last scan pixel under each raster pixel without margin; empty outside.
    under: Vec<Range<usize>>,
}

impl Grid {
    /// The grid of a place; `margin` gives raster pixels by scale. A coarse one has a third as many
    /// columns and rows as the full one, unless that has the scan's own pixels.
    pub(super) fn new(place: Place, fineness: Fineness, margin: impl Fn(f64) -> usize) -> Self {
        let Place {
            scan,
            region,
            screen,
            rotation,
        } = place;
        let upright = if rotation.is_multiple_of(180) {
            screen
        } else {
            Size {
                width: screen.height,
                height: screen.width,
            }
        };
        let native = |size: Size| region[2] <= size.width as f64 && region[3] <= size.height as f64;
        let few = Size {
            width: upright.width.div_ceil(COARSE),
            height: upright.height.div_ceil(COARSE),
        };
        let coarse = fineness == Fineness::Coarse && !native(few);
        let raster = if coarse { few } else { upright };
        let native = native(raster);
        let steps = [
            region[2] / raster.width as f64,
            region[3] / raster.height as f64,
        ];
        let scale = (1.0 / (steps[0] * steps[1]).sqrt()).min(1.0);
        let margin = margin(scale);
        let axis = |origin, extent, [out, screen]: [usize; 2], limit| {
            if native {
                Axis::native(origin, extent, screen, limit, margin)
            } else {
                Axis::averaged(origin, extent, [out, screen], limit, margin)
            }
        };
        let across = [raster.width, upright.width];
        let down = [raster.height, upright.height];
        Self {
            scale: if native { 1.0 } else { scale },
            across: axis(region[0], region[2], across, scan.width),
            down: axis(region[1], region[3], down, scan.height),
            rotation,
            screen,
            fineness: if coarse { fineness } else { Fineness::Full },
        }
    }

    /// The same raster, taken from the other end where the view is mirrored or flipped.
    pub(super) fn mirrored(mut self, view: &View) -> Self {
        if view.mirrored {
            self.across.take.reverse();
        }
        if view.flipped {
            self.down.take.reverse();
        }
        self
    }

    /// Whether it is coarser than it could be.
    pub(super) fn is_coarse(&self) -> bool {
        self.fineness == Fineness::Coarse
    }

    /// A plane on the raster, margin included: of a coarse one from the level of `pyramid` that
    /// serves it.
    pub(super) fn resample(
        &self,
        plane: &Plane,
        pyramid: Option<&Pyramid>,
        cancel: &Cancel,
    ) -> Result<Field> {
        let (area, size) = self.area();
        let level = pyramid
            .filter(|_| self.is_coarse())
            .and_then(|pyramid| pyramid.level(&plane.name, self.step()));
        match level {
            Some((level, _)) => resample(level, area, size, cancel),
            None => resample_to(plane, (area, size), self.fineness, cancel),
        }
    }

    /// Mean attenuations of both energies on the raster, margin included, without the pixels of
    /// more than `darkest`. Of a coarse one from levels of `pyramid` that are finer still: means of
    /// transmissions over so few pixels mix little.
    pub(super) fn attenuations(
        &self,
        planes: [&Plane; 2],
        pyramid: Option<&Pyramid>,
        darkest: f32,
        cancel: &Cancel,
    ) -> Result<[Vec<f32>; 2]> {
        let (area, size) = self.area();
        let step = self.step() / FINER;
        let level = |plane: &Plane| pyramid.and_then(|all| all.level(&plane.name, step));
        match planes.map(|plane| level(plane).filter(|_| self.is_coarse())) {
            [Some((high, _)), Some((low, _))] => {
                let raster = (area, size, self.fineness);
                mean_attenuations([high, low], darkest, raster, cancel)
            }
            _ => mean_attenuations(planes, darkest, (area, size, self.fineness), cancel),
        }
    }

    /// Scan pixels across a raster pixel, the lesser of both directions.
    pub(super) fn step(&self) -> f64 {
        let (area, size) = self.area();
        (area[2] / size.width as f64).min(area[3] / size.height as f64)
    }

    /// The part of the scan under the raster, margin included, and the raster's size.
    pub(super) fn area(&self) -> (Area, Size) {
        let (x, y) = (&self.across, &self.down);
        ([x.origin, y.origin, x.extent, y.extent], self.whole())
    }

    /// Where it lies on `old`, where both have the same pixels in full.
    pub(super) fn moved_from(&self, old: &Self) -> Option<Shift> {
        if self.is_coarse() || old.is_coarse() {
            return None;
        }
        let (columns, left) = self.across.moved_from(&old.across)?;
        let (rows, top) = self.down.moved_from(&old.down)?;
        Some(Shift {
            columns,
            rows,
            from: [left, top],
        })
    }

    /// The part of the scan under a part of the raster, margin included, and its size.
    pub(super) fn part(&self, columns: &Range<usize>, rows: &Range<usize>) -> (Area, Size) {
        let ([x, w], [y, h]) = (self.across.part(columns), self.down.part(rows));
        let size = Size {
            width: columns.len(),
            height: rows.len(),
        };
        ([x, y, w, h], size)
    }

    /// The raster without its margin.
    pub(super) fn seen(&self) -> Size {
        Size {
            width: self.across.seen,
            height: self.down.seen,
        }
    }

    /// The raster with its margin.
    pub(super) fn whole(&self) -> Size {
        Size {
            width: self.across.wide,
            height: self.down.wide,
        }
    }

    /// Where the middle of raster row `y`, margin included, lies in the scan.
    pub(super) fn scan_row(&self, y: usize) -> f64 {
        self.down.middle(y)
    }

    /// The scan's row under the middle of raster row `y`, margin included.
    pub(super) fn row_under(&self, y: usize) -> usize {
        self.scan_row(y).max(0.0) as usize
    }

    /// Where the middle of raster column `x`, margin included, lies in the scan.
    pub(super) fn scan_column(&self, x: usize) -> f64 {
        self.across.middle(x)
    }

    /// The picture's size.
    pub(super) fn screen(&self) -> Size {
        self.screen
    }

    /// Takes the margin off.
    pub(super) fn crop_field(&self, field: &Field) -> Field {
        field.crop(self.across.lead, self.down.lead, self.seen())
    }

    /// Takes the margin off.
    pub(super) fn crop<T: Copy>(&self, values: &[T]) -> Vec<T> {
        let lead = (self.across.lead, self.down.lead);
        crop(values, self.across.wide, lead, self.seen())
    }

    /// The scan columns and rows under each raster pixel without margin; empty outside the scan.
    pub(super) fn under(&self) -> (&[Range<usize>], &[Range<usize>]) {
        (&self.across.under, &self.down.under)
    }

    /// Raster values without margin, brought to the screen.
    pub(super) fn to_screen<T: Copy>(&self, values: &[T], outside: T) -> Vec<T> {
        let (across, down) = (&self.across.take, &self.down.take);
        if self.rotation == 0 {
            return self.rows_to_screen(values, outside);
        }
        let (width, height) = (self.screen.width, self.screen.height);
        let mut out = Vec::with_capacity(width * height);
        for y in 0..height {
            out.extend((0..width).map(|x| {
                let (u, v) = match self.rotation {
                    90 => (y, width - 1 - x),
                    180 => (width - 1 - x, height - 1 - y),
                    270 => (height - 1 - y, x),
                    _ => (x, y),
                };
                let (column, row) = (across[u], down[v]);
                if column == NONE || row == NONE {
                    outside
                } else {
                    values[row as usize * self.across.seen + column as usize]
                }
            }));
        }
        out
    }

    /// [`Grid::to_screen`] of a picture that is not turned: by whole rows.
    fn rows_to_screen<T: Copy>(&self, values: &[T], outside: T) -> Vec<T> {
        let (width, across) = (self.across.seen, &self.across.take);
        let own = |(i, take): (usize, &u32)| *take == i as u32;
        let plain = across.len() == width && across.iter().enumerate().all(own);
        let mut out = Vec::with_capacity(across.len() * self.down.take.len());
        let mut above = NONE;
        for row in &self.down.take {
            if *row == NONE {
                out.resize(out.len() + across.len(), outside);
            } else if *row == above {
                out.extend_from_within(out.len() - across.len()..);
            } else {
                let line = &values[*row as usize * width..][..width];
                let at = |take: &u32| line.get(*take as usize).copied().unwrap_or(outside);
                if plain {
                    out.extend_from_slice(line);
                } else {
                    out.extend(across.iter().map(at));
                }
            }
            above = *row;
        }
        out
    }
}

impl Axis {
    /// Scan pixels from one raster pixel to the next.
    fn step(&self) -> f64 {
        self.extent / self.wide.max(1) as f64
    }

    /// The raster pixels that `old` has, and which of its pixels is the first of them; none where
    /// pixels of one do not lie on those of the other.
    fn moved_from(&self, old: &Self) -> Option<(Range<usize>, usize)> {
        let step = self.step();
        let apart = (self.origin - old.origin) / step;
        let whole = apart.round();
        if (step / old.step() - 1.0).abs() > ALIKE || (apart - whole).abs() > ALIKE {
            return None;
        }
        let ahead = (-whole).max(0.0) as usize;
        let behind = whole.max(0.0) as usize;
        let end = self.wide.min((old.wide + ahead).saturating_sub(behind));
        (ahead < end).then_some((ahead..end, behind))
    }

    /// First and length of raster pixels in the scan.
    fn part(&self, pixels: &Range<usize>) -> [f64; 2] {
        let step = self.step();
        [
            self.origin + pixels.start as f64 * step,
            pixels.len() as f64 * step,
        ]
    }

    /// Where the middle of raster pixel `at`, margin included, lies in the scan.
    fn middle(&self, at: usize) -> f64 {
        self.origin + (at as f64 + 0.5) * self.step()
    }

    /// One raster pixel per scan pixel.
    fn native(origin: f64, extent: f64, out: usize, limit: usize, margin: usize) -> Self {
        let clamp = |at: f64| at.clamp(0.0, limit as f64) as usize;
        let (first, end) = (clamp(origin.floor()), clamp((origin + extent).ceil()));
        let (from, to) = (
            first.saturating_sub(margin),
            (end.max(first) + margin).min(limit),
        );
        let step = extent / out as f64;
        let take = (0..out).map(|i| {
            let at = origin + (i as f64 + 0.5) * step;
            if at < 0.0 || at >= limit as f64 || end <= first {
                NONE
            } else {
                (at as usize).clamp(first, end - 1) as u32 - first as u32
            }
        });
        let seen = end.saturating_sub(first);
        Self {
            origin: from as f64,
            extent: (to - from) as f64,
            wide: to - from,
            lead: first - from,
            seen,
            take: take.collect(),
            under: (first..first + seen).map(|i| i..i + 1).collect(),
        }
    }

    /// `out` raster pixels for the pixels of the screen, with a margin only where the scan goes on.
    fn averaged(
        origin: f64,
        extent: f64,
        [out, screen]: [usize; 2],
        limit: usize,
        margin: usize,
    ) -> Self {
        let step = extent / out as f64;
        let beyond = |scan_pixels: f64| margin.min((scan_pixels / step).ceil().max(0.0) as usize);
        let (lead, tail) = (beyond(origin), beyond(limit as f64 - origin - extent));
        let wide = out + lead + tail;
        let under = |i: usize| {
            let from = (origin + i as f64 * step).max(0.0);
            let to = (origin + (i + 1) as f64 * step).min(limit as f64);
            // As `resample` has it: what lies outside for the most part is outside.
            if to - from < step / 2.0 {
                0..0
            } else {
                from as usize..(to.ceil() as usize).min(limit)
            }
        };
        Self {
            origin: origin - lead as f64 * step,
            extent: wide as f64 * step,
            wide,
            lead,
            seen: out,
            take: (0..screen).map(|i| (i * out / screen) as u32).collect(),
            under: (0..out).map(under).collect(),
        }
    }
}
