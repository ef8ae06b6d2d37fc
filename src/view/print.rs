//! Frame and legend of a picture without the values behind them: what a file of pixels needs.
//!
//! Of the scan's own pixels a print is made by a table of samples where each pixel hangs on its own
//! alone or on one that a filter picks before, else tile by tile where nothing sees farther than a
//! margin: what a tile needs stays near the processor, and no stage fills the memory. All give the
//! bytes of the whole picture.

use std::sync::Arc;

use super::picture::{Prepared, grid};
use super::point_table::PointTable;
use super::stages::{Source, Stages};
use super::{Frame, Legend, Pixels, View, prepare};
use crate::Result;
use crate::bands;
use crate::cancel::Cancel;
use crate::filter::{Picks, Work, at_work};
use crate::physics::Confidence;
use crate::radiograph::{Fineness, Plane, Radiograph, Size, crop};

/// Columns and rows of a tile.
const TILE: [usize; 2] = [1024, 256];
/// Rows of samples that are picked at a time.
const PICKED: usize = 32;
/// Bytes that are freed once before all tiles: more than a tile needs, and the most that glibc takes
/// as a measure of what to keep of what is freed. Without, every tile asks the system for its memory.
const KEPT: usize = 31 << 20;
/// Tiles are at least this many times as wide as what they see around them.
const WIDER: usize = 4;

/// A finished picture for a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    /// The pixels.
    pub frame: Frame,
    /// What the colours mean.
    pub legend: Legend,
}

impl Prepared {
    /// Frame and legend alone; see [`Prepared::develop`].
    ///
    /// # Errors
    /// As [`Prepared::develop`].
    pub fn print(&self, view: &View) -> Result<Print> {
        let window = self.window(view)?;
        Ok(Print {
            frame: self.frame(view, window),
            legend: self.legend(view, window),
        })
    }
}

/// The print of `view` in `size` pixels: the frame and the legend of [`super::picture`]. `stage` is
/// told the name of each stage when it is done: `table`, `tiles`, or those of [`prepare`] and
/// `window`.
///
/// # Errors
/// As [`super::picture`].
pub fn print<'a>(
    source: impl Into<Source<'a>>,
    view: &View,
    size: Size,
    cancel: &Cancel,
    stage: &mut dyn FnMut(&str),
) -> Result<Print> {
    let source = source.into();
    let radiograph = source.radiograph;
    if let Some(part) = Part::of(radiograph, view, size) {
        if let Some(table) = PointTable::of(radiograph, view)? {
            let print = part.looked_up(view.plane(radiograph)?, &table, cancel)?;
            stage("table");
            return Ok(print);
        }
        if let Some((picks, table)) = part.picks(radiograph, view)? {
            let print = part.picked(radiograph, view, (picks, &table), cancel)?;
            stage("table");
            return Ok(print);
        }
        if view.is_the_same_in_tiles() {
            let print = part.in_tiles(radiograph, view, cancel)?;
            stage("tiles");
            return Ok(print);
        }
    }
    let prepared = prepare(source, view, size, cancel, stage)?;
    let print = prepared.print(view)?;
    stage("window");
    Ok(print)
}

impl View {
    /// Whether tiles of the picture are the picture: no filter looks far or at everything, and
    /// nothing that the legend counts is told of the whole only.
    fn is_the_same_in_tiles(&self) -> bool {
        !self.is_colour()
            && self.comparison.is_none()
            && at_work(&self.filters).all(|used| {
                used.row().is_ok_and(|row| {
                    let sees = row.reach(&used.args, 1.0);
                    let near = WIDER * sees <= TILE[1];
                    near && row.is_the_same_in_tiles() && !matches!(row.work, Work::DensityAlert)
                })
            })
    }
}

impl Frame {
    /// The pixels, where they are a byte each.
    fn bytes(&self) -> Option<&[u8]> {
        match &self.pixels {
            Pixels::Grey(bytes) | Pixels::Indexed { indices: bytes, .. } => Some(bytes),
            Pixels::Rgb(_) => None,
        }
    }
}

/// Corner within a part, and sides.
type Place = ([usize; 2], [usize; 2]);

/// A part of the scan that is seen upright, a pixel a pixel.
struct Part {
    left: usize,
    top: usize,
    size: Size,
}

impl Part {
    /// The part that a view shows, if it shows nothing else.
    fn of(radiograph: &Radiograph, view: &View, size: Size) -> Option<Self> {
        let [x, y, w, h] = view.region;
        let whole = |side: &f64| side.fract() == 0.0 && *side >= 0.0;
        let inside = x + w <= radiograph.width() as f64 && y + h <= radiograph.height() as f64;
        let same =
            [w, h] == [size.width as f64, size.height as f64] && size.width * size.height > 0;
        let upright = view.rotation == 0 && !view.mirrored && !view.flipped;
        // What is held reduced has no sample for a pixel.
        let own = radiograph.reduction() == 1;
        let all = view.region.iter().all(whole) && inside && same && upright && own;
        all.then_some(Self {
            left: x as usize,
            top: y as usize,
            size,
        })
    }

    /// The print by a table of samples.
    fn looked_up(&self, plane: &Plane, table: &PointTable, cancel: &Cancel) -> Result<Print> {
        let Size { width, height } = self.size;
        let mut bytes = vec![0; width * height];
        if width == plane.width {
            let samples = &plane.samples[self.top * width..][..bytes.len()];
            table.look_up(samples, &mut bytes, cancel)?;
        } else {
            let lead = (self.left, self.top);
            let samples = crop(&plane.samples, plane.width, lead, self.size);
            table.look_up(&samples, &mut bytes, cancel)?;
        }
        Ok(Print {
            frame: Frame {
                width,
                height,
                pixels: table.pixels(bytes),
            },
            legend: table.legend.clone(),
        })
    }

    /// The first filter and the table of the others, where it picks samples and this is the whole
    /// scan.
    fn picks(&self, radiograph: &Radiograph, view: &View) -> Result<Option<(Picks, PointTable)>> {
        let first = view.filters.iter().position(|used| !used.bypassed);
        let Some(first) = first.filter(|_| self.size == radiograph.size()) else {
            return Ok(None);
        };
        let used = &view.filters[first];
        let Some(picks) = used.row()?.picks(&used.args) else {
            return Ok(None);
        };
        let mut others = view.clone();
        others.filters.remove(first);
        let table = PointTable::of(radiograph, &others)?;
        Ok(table.map(|table| (picks, table)))
    }

    /// The print of the whole scan by a filter that picks samples and a table; its border, where
    /// that filter sees less, by the stages.
    fn picked(
        &self,
        radiograph: &Radiograph,
        view: &View,
        (picks, table): (Picks, &PointTable),
        cancel: &Cancel,
    ) -> Result<Print> {
        let plane = view.plane(radiograph)?;
        let Size { width, height } = self.size;
        let mut bytes = vec![0; width * height];
        let bands = bytes.chunks_mut(PICKED * width).enumerate();
        bands::each(bands.collect(), |(at, bytes): (usize, &mut [u8])| {
            let rows = at * PICKED..at * PICKED + bytes.len() / width;
            let mut picked = vec![0; bytes.len()];
            picks(&plane.samples, width, rows, &mut picked);
            table.look_up(&picked, bytes, cancel)
        })?;
        let (right, bottom) = (width - 1, height - 1);
        let border = [
            ([0, 0], [width, 1]),
            ([0, bottom], [width, 1]),
            ([0, 0], [1, height]),
            ([right, 0], [1, height]),
        ];
        for (corner, size) in border {
            let strip = self.tile(radiograph, view, (corner, size), cancel)?;
            let frame = strip.frame(view, strip.window(view)?);
            let place = [width, corner[0], size[0]];
            lay(Some(&mut bytes[corner[1] * width..]), frame.bytes(), place);
        }
        Ok(Print {
            frame: Frame {
                width,
                height,
                pixels: table.pixels(bytes),
            },
            legend: table.legend.clone(),
        })
    }

    /// The print made of tiles.
    fn in_tiles(&self, radiograph: &Radiograph, view: &View, cancel: &Cancel) -> Result<Print> {
        // The first tile says what there is besides pixels, and in which colours they are.
        let first = self.tile(radiograph, view, self.place([0, 0]), cancel)?;
        let window = first.window(view)?;
        let palette = match first.frame(view, window).pixels {
            Pixels::Indexed { palette, .. } => Some(palette),
            // Colour files are not made of tiles.
            Pixels::Grey(_) | Pixels::Rgb(_) => None,
        };
        drop(std::hint::black_box(vec![0_u8; KEPT]));
        let mut sheet = Sheet::of(&first, self.size);
        let width = self.size.width;
        bands::each(sheet.strips(width), |(top, mut strip)| {
            for left in (0..width).step_by(TILE[0]) {
                cancel.check()?;
                let place = self.place([left, top]);
                let tile = self.tile(radiograph, view, place, cancel)?;
                strip.take(&tile, &tile.frame(view, window), left);
            }
            Ok(())
        })?;
        let unit = first.source.filter(|_| first.codes.is_some());
        let whole = Prepared {
            grid: grid(radiograph, view, (self.size, Fineness::Full), unit, 1),
            codes: sheet.codes,
            confidence: sheet.confidence,
            z: sheet.z,
            ..Arc::unwrap_or_clone(first)
        };
        let legend = whole.legend(view, window);
        let Size { width, height } = self.size;
        let bytes = sheet.bytes;
        Ok(Print {
            frame: Frame {
                width,
                height,
                pixels: match palette {
                    None => Pixels::Grey(bytes),
                    Some(palette) => Pixels::Indexed {
                        palette,
                        indices: bytes,
                    },
                },
            },
            legend,
        })
    }

    /// The corner within the part and the sides of the tile that begins there.
    fn place(&self, [left, top]: [usize; 2]) -> Place {
        let sides = [
            TILE[0].min(self.size.width - left),
            TILE[1].min(self.size.height - top),
        ];
        ([left, top], sides)
    }

    /// A tile of the part before its window.
    fn tile(
        &self,
        radiograph: &Radiograph,
        view: &View,
        ([left, top], [width, height]): Place,
        cancel: &Cancel,
    ) -> Result<Arc<Prepared>> {
        let region = [self.left + left, self.top + top, width, height];
        let view = View {
            region: region.map(|side| side as f64),
            ..view.clone()
        };
        let raster = (Size { width, height }, Fineness::Full);
        Stages::tile().prepare(Source::of(radiograph), &view, raster, (cancel, &mut |_| ()))
    }
}

/// Everything that is kept of all tiles: the bytes, and what the legend counts.
struct Sheet {
    bytes: Vec<u8>,
    codes: Option<Vec<u8>>,
    confidence: Option<Vec<Confidence>>,
    z: Option<Vec<f32>>,
}

/// The rows of a [`Sheet`] under a row of tiles.
struct Strip<'a> {
    width: usize,
    bytes: &'a mut [u8],
    codes: Option<&'a mut [u8]>,
    confidence: Option<&'a mut [Confidence]>,
    z: Option<&'a mut [f32]>,
}

impl Sheet {
    /// Room for what tiles like `one` hold.
    fn of(one: &Prepared, size: Size) -> Self {
        let pixels = size.width * size.height;
        Self {
            bytes: vec![0; pixels],
            codes: one.codes.as_ref().map(|_| vec![0; pixels]),
            confidence: one
                .confidence
                .as_ref()
                .map(|_| vec![Confidence::Sure; pixels]),
            z: one.z.as_ref().map(|_| vec![0.0; pixels]),
        }
    }

    /// Its strips, each with the number of its first row.
    fn strips(&mut self, width: usize) -> Vec<(usize, Strip<'_>)> {
        let pixels = TILE[1] * width;
        let bytes = self.bytes.chunks_mut(pixels);
        let mut codes = self.codes.as_mut().map(|all| all.chunks_mut(pixels));
        let mut confidence = self.confidence.as_mut().map(|all| all.chunks_mut(pixels));
        let mut z = self.z.as_mut().map(|all| all.chunks_mut(pixels));
        let strip = |(at, bytes)| {
            let strip = Strip {
                width,
                bytes,
                codes: codes.as_mut().and_then(Iterator::next),
                confidence: confidence.as_mut().and_then(Iterator::next),
                z: z.as_mut().and_then(Iterator::next),
            };
            (at * TILE[1], strip)
        };
        bytes.enumerate().map(strip).collect()
    }
}

impl Strip<'_> {
    /// Takes a tile from column `left` on.
    fn take(&mut self, tile: &Prepared, frame: &Frame, left: usize) {
        let place = [self.width, left, frame.width];
        lay(Some(&mut *self.bytes), frame.bytes(), place);
        lay(self.codes.as_deref_mut(), tile.codes.as_deref(), place);
        let confidence = tile.confidence.as_deref();
        lay(self.confidence.as_deref_mut(), confidence, place);
        lay(self.z.as_deref_mut(), tile.z.as_deref(), place);
    }
}

/// Copies a tile of `width` columns into rows of `stride` from column `left` on.
fn lay<T: Copy>(rows: Option<&mut [T]>, tile: Option<&[T]>, [stride, left, width]: [usize; 3]) {
    let (Some(rows), Some(tile)) = (rows, tile) else {
        return;
    };
    for (row, tile) in rows.chunks_mut(stride).zip(tile.chunks(width)) {
        row[left..left + width].copy_from_slice(tile);
    }
}
