//! A TIFF read by bands of rows, for scans that are too large to be held: reduced, or a rectangle.
//!
//! Rows that lie plainly in the file are read where they lie; else a band is a row of strips or of
//! tiles, each decoded by itself. Nothing larger than a band is asked for.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use ::tiff::decoder::Decoder;

use super::tiff::{
    blank, describe, library, only_wanted, place_chunk, plane_names, tiff_limits, widened,
};
use super::tiff_directory::{Directory, directories, tag};
use super::tiff_layout::{Layout, layouts_of, told};
use super::tiff_rows::{Order, Rows};
use super::{Bands, Decoded, Extent, Input, Page, Take};
use crate::radiograph::{Part, Plane, PlaneName, Reduction, Region, Size};
use crate::scan::hashing::Hashing;
use crate::scan::source::Source;
use crate::{Error, Result};

pub(super) const BANDS: Bands = Bands { extent, read };

/// Bytes of plain rows that are read at a time, where a row has no more.
const BAND: u64 = 1 << 21;
/// Bytes that the values of a tag may have.
const IFD: usize = 1 << 27;
/// A band may take this share of the memory that the limits allow.
const SHARE: u64 = 4;

/// Whether pages can be read by bands: no band is out of proportion.
pub(super) fn is_possible(layouts: &[Layout], source: &Source<'_>) -> bool {
    let most = source.limits.bytes / SHARE;
    layouts.iter().all(|layout| layout.band_bytes() <= most)
}

fn extent(
    input: &mut dyn Input,
    source: &Source<'_>,
    length: u64,
    page: Option<usize>,
) -> Result<Option<Extent>> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let layouts = layouts_of(&pages, source, length)?;
    if !is_possible(&layouts, source) {
        return Ok(None);
    }
    let mut extent = Extent::default();
    for at in only_wanted(&pages, page, &mut Vec::new())? {
        let layout = &layouts[at];
        let size = [layout.width, layout.height];
        extent.pixels = extent
            .pixels
            .saturating_add(size[0].saturating_mul(size[1]));
        extent.planes.extend((0..layout.used).map(|_| size));
    }
    Ok(Some(extent))
}

fn read(
    input: &mut Hashing<'_>,
    source: &Source<'_>,
    length: u64,
    (page, take): (Option<usize>, Take),
) -> Result<Decoded> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let layouts = layouts_of(&pages, source, length)?;
    let mut decoded = Decoded::default();
    let wanted = only_wanted(&pages, page, &mut decoded.warnings)?;
    describe(&mut decoded, &pages, &layouts, &wanted);
    input.pixels_lie_in(pixels(&pages));
    for at in wanted {
        source.cancel.check()?;
        let layout = &layouts[at];
        let sink =
            |_| Sink::new(layout, take).ok_or_else(|| source.bad("scan-changed-while-read", &[]));
        let mut sinks: Vec<Sink> = (0..layout.used).map(sink).collect::<Result<_>>()?;
        match (&layout.rows, sinks.as_mut_slice()) {
            (Some(rows), [sink]) => plain(input, rows, layout, sink, source)?,
            (_, sinks) => chunks(input, (at, layout), sinks, source)?,
        }
        let names = plane_names(layout).into_iter();
        let planes = names.zip(sinks).map(|(name, sink)| {
            let plane = sink.plane(|size, samples| blank(name, layout, size, samples));
            plane.ok_or_else(|| source.bad("scan-tiff-chunks", &[]))
        });
        decoded.pages.push(Page {
            planes: planes.collect::<Result<_>>()?,
            says: layout.says.clone(),
            pixel_mm: None,
        });
    }
    Ok(decoded)
}

/// Where the pixels of all pages lie.
fn pixels(pages: &[Directory]) -> Range<u64> {
    let chunks = pages.iter().flat_map(|page| {
        let of = |offsets, counts| page.numbers(offsets).iter().zip(page.numbers(counts));
        of(tag::STRIP_OFFSETS, tag::STRIP_COUNTS).chain(of(tag::TILE_OFFSETS, tag::TILE_COUNTS))
    });
    let (first, end) = chunks.fold((u64::MAX, 0), |(first, end): (u64, u64), (from, count)| {
        (first.min(*from), end.max(from.saturating_add(*count)))
    });
    first..end
}

/// Where the rows of a plane go.
struct Sink {
    size: Size,
    /// What of the rows is wanted.
    region: Region,
    /// The squares of which means are wanted.
    reduction: Option<(Reduction, usize)>,
    /// The pixels that are wanted as they are.
    samples: Vec<u16>,
}

impl Sink {
    /// For a page; `None` for a rectangle that it does not have.
    fn new(layout: &Layout, take: Take) -> Option<Self> {
        let [width, height] = [layout.width as usize, layout.height as usize];
        let whole = Region {
            x: 0,
            y: 0,
            width,
            height,
        };
        let (region, reduction) = match take {
            Take::Means(step) => (whole, Some((Reduction::new([width, height], step), step))),
            Take::Part(region) => (region.within(width, height).filter(|r| *r == region)?, None),
        };
        let held = if reduction.is_some() {
            0
        } else {
            region.width * region.height
        };
        Some(Self {
            size: Size { width, height },
            region,
            reduction,
            samples: Vec::with_capacity(held),
        })
    }

    fn rows(&self) -> Range<usize> {
        self.region.y..self.region.y + self.region.height
    }

    fn columns(&self) -> Range<usize> {
        self.region.x..self.region.x + self.region.width
    }

    /// Takes the wanted columns of the next row that is wanted.
    fn add(&mut self, row: &[u16]) {
        match &mut self.reduction {
            Some((reduction, _)) => reduction.add(row),
            None => self.samples.extend_from_slice(row),
        }
    }

    /// The plane that `blank` makes of columns and rows and samples; `None` where rows are missing.
    fn plane(self, blank: impl FnOnce([usize; 2], Vec<u16>) -> Plane) -> Option<Plane> {
        let Region {
            x,
            y,
            width,
            height,
        } = self.region;
        if let Some((reduction, step)) = self.reduction {
            let (means, summary) = reduction.finish()?;
            let size = [width.div_ceil(step), height.div_ceil(step)];
            return Some(blank(size, means).reduced(self.size, step, summary));
        }
        let complete = self.samples.len() == width * height;
        complete.then(|| Plane {
            part: Part {
                scan: self.size,
                origin: [x, y],
                step: 1,
            },
            ..blank([width, height], self.samples)
        })
    }
}

/// Reads rows that lie plainly in the file.
fn plain(
    input: &mut Hashing<'_>,
    rows: &Rows,
    layout: &Layout,
    sink: &mut Sink,
    source: &Source<'_>,
) -> Result<()> {
    let (wanted, columns) = (sink.rows(), sink.columns());
    let order = order(input, source)?;
    let width = columns.len();
    let whole = width as u64 == layout.width;
    let band = BAND.min(source.limits.bytes / SHARE);
    let at_once = if whole {
        (band / (2 * layout.width.max(1))).max(1) as usize
    } else {
        1
    };
    let mut samples = vec![0; width];
    let mut bytes = Vec::new();
    let mut y = wanted.start;
    while y < wanted.end {
        source.cancel.check()?;
        let count = at_once.min(wanted.end - y).min(rows.left_in_strip(y));
        bytes.resize(2 * width * count, 0);
        let from = rows.offset(y).saturating_add(2 * columns.start as u64);
        let read = input
            .seek(SeekFrom::Start(from))
            .and_then(|_| input.read_exact(&mut bytes));
        read.map_err(|error| disk(&error, source))?;
        for row in bytes.chunks_exact(2 * width) {
            order.read(row, &mut samples);
            sink.add(&samples);
        }
        y += count;
    }
    Ok(())
}

/// The byte order of the file.
fn order(input: &mut Hashing<'_>, source: &Source<'_>) -> Result<Order> {
    let mut first = [0];
    let read = input
        .seek(SeekFrom::Start(0))
        .and_then(|_| input.read_exact(&mut first));
    read.map_err(|error| disk(&error, source))?;
    Ok(Order::of(first.first()))
}

/// What the disk says, or that nobody waits for it any more.
fn disk(error: &std::io::Error, source: &Source<'_>) -> Error {
    let stopped = source.cancel.check().err();
    stopped.unwrap_or_else(|| Error::io(source.path, error))
}

/// Reads strips or tiles, a row of them at a time.
fn chunks(
    input: &mut Hashing<'_>,
    (page, layout): (usize, &Layout),
    sinks: &mut [Sink],
    source: &Source<'_>,
) -> Result<()> {
    input.rewind().map_err(|error| disk(&error, source))?;
    let mut decoder = Decoder::new(&mut *input)
        .map_err(|error| library(&error, source))?
        .with_limits(tiff_limits(source, IFD));
    decoder
        .seek_to_image(page)
        .map_err(|error| library(&error, source))?;
    let down = layout.height.div_ceil(layout.chunk[1]);
    if layout.planar {
        for (set, sink) in sinks.iter_mut().enumerate() {
            for at in 0..down {
                let place = [set as u64 * down + at, at];
                band(
                    &mut decoder,
                    layout,
                    place,
                    std::slice::from_mut(sink),
                    source,
                )?;
            }
        }
        return Ok(());
    }
    (0..down).try_for_each(|at| band(&mut decoder, layout, [at, at], sinks, source))
}

/// Reads one row of strips or tiles: the `number`th of the file, the `at`th of its planes.
fn band(
    decoder: &mut Decoder<&mut Hashing<'_>>,
    layout: &Layout,
    [number, at]: [u64; 2],
    sinks: &mut [Sink],
    source: &Source<'_>,
) -> Result<()> {
    let [Some(wanted), Some(columns)] = [
        sinks.first().map(Sink::rows),
        sinks.first().map(Sink::columns),
    ] else {
        return Ok(());
    };
    let [wide, high] = layout.chunk.map(|side| side as usize);
    let width = layout.width as usize;
    let top = at as usize * high;
    let rows = high.min(layout.height as usize - top);
    if top >= wanted.end || top + rows <= wanted.start {
        return Ok(());
    }
    let blank = |_: &Sink| Plane::new(PlaneName::Grey, width, rows, vec![0; width * rows]);
    let mut planes: Vec<Plane> = sinks.iter().map(blank).collect();
    let across = layout.width.div_ceil(layout.chunk[0]);
    let step = if layout.planar {
        1
    } else {
        layout.samples as usize
    };
    for column in columns.start / wide..columns.end.div_ceil(wide) {
        source.cancel.check()?;
        let index = number * across + column as u64;
        let chunk = decoder.read_chunk(index as u32);
        let chunk = chunk.map_err(|error| match source.cancel.check() {
            Ok(()) => library(&error, source),
            Err(stopped) => stopped,
        })?;
        let sound = widened(chunk, layout).is_some_and(|samples| {
            let place = ([column * wide, 0], layout.chunk);
            let mut planes = planes.iter_mut().enumerate();
            planes.all(|(offset, plane)| place_chunk(plane, &samples, place, (offset, step)))
        });
        if !sound {
            return Err(source.bad("scan-tiff-chunks", &[]));
        }
    }
    for (sink, plane) in sinks.iter_mut().zip(&planes) {
        for y in wanted.start.max(top)..wanted.end.min(top + rows) {
            let line = (y - top) * width;
            sink.add(&plane.samples[line + columns.start..line + columns.end]);
        }
    }
    Ok(())
}
