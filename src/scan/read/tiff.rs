//! TIFF: 8- and 16-bit unsigned samples, strips or tiles, none, LZW, deflate or `PackBits`, either
//! byte order, classic or `BigTIFF`.
//!
//! Samples come out as stored: the library inverts `MinIsWhite`, and that is taken back. What is
//! not read (float, signed, 32 bits, other compressions, tiled planar) is said before decoding.

use std::io::{Cursor, SeekFrom};

use ::tiff::TiffError;
use ::tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};

use super::tiff_bands::{BANDS, is_possible};
use super::tiff_directory::{Directory, directories, tag};
use super::tiff_layout::{Layout, check_limits, layouts, layouts_of, told};
use super::tiff_rows::Order;
use super::{COLOURS, Decoded, Glance, Input, Page, Reader};
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Plane, PlaneName, Polarity};
use crate::scan::Format;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Tiff,
    claims,
    glance,
    read,
    glimpse: Some(glimpse),
    bands: Some(BANDS),
};

fn claims(magic: &[u8]) -> bool {
    [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|start| magic.starts_with(start))
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let pages = layouts_of(&pages, source, length)?;
    // What is too large to be held is read by bands, where it can be.
    check_limits(&pages, source).or_else(|over| {
        if is_possible(&pages, source) {
            Ok(())
        } else {
            Err(over)
        }
    })?;
    let first = &pages[0];
    Ok(Glance {
        kind: Some(kind_of(&pages)),
        size: Some([first.width, first.height]),
        plane: first.says.clone().filter(|_| pages.len() == 1),
        ..Glance::default()
    })
}

/// What the pages together offer.
fn kind_of(pages: &[Layout]) -> Kind {
    let grey = |page: &Layout| page.used == 1;
    match pages {
        [first, ..] if first.colour => Kind::Colour,
        [first, ..] if first.used == 2 => Kind::DualEnergy,
        [a, b, ..] if grey(a) && grey(b) && (a.width, a.height) == (b.width, b.height) => {
            let named = |plane| pages.iter().any(|page| page.says.as_ref() == Some(plane));
            let both = named(&PlaneName::High) && named(&PlaneName::Low);
            if both || pages.len() == 2 {
                Kind::DualEnergy
            } else {
                Kind::SingleEnergy
            }
        }
        _ => Kind::SingleEnergy,
    }
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let length = source.bytes.len() as u64;
    let mut cursor = Cursor::new(source.bytes);
    let directories = directories(&mut cursor, length).map_err(|broken| told(broken, source))?;
    let layouts = layouts(&mut cursor, source, length)?;
    let mut decoded = Decoded::default();
    let wanted = only_wanted(&directories, page, &mut decoded.warnings)?;
    describe(&mut decoded, &directories, &layouts, &wanted);
    cursor.set_position(0);
    let mut decoder = Decoder::new(cursor)
        .map_err(|error| library(&error, source))?
        .with_limits(tiff_limits(source, source.bytes.len()));
    for index in wanted {
        let layout = &layouts[index];
        decoder
            .seek_to_image(index)
            .map_err(|error| library(&error, source))?;
        decoded.pages.push(Page {
            planes: planes(&mut decoder, layout, source)?,
            says: layout.says.clone(),
            pixel_mm: None,
        });
    }
    Ok(decoded)
}

/// The pages that are asked for: all but thumbnails, or that one, counted from 1.
pub(super) fn only_wanted(
    directories: &[Directory],
    page: Option<usize>,
    warnings: &mut Vec<Safe>,
) -> Result<Vec<usize>> {
    let pages = directories.len();
    if let Some(page) = page {
        let at = page.checked_sub(1).filter(|at| *at < pages);
        let none = || Error::request(say("scan-no-such-page", &[arg("pages", &pages)]));
        return Ok(vec![at.ok_or_else(none)?]);
    }
    let is_thumbnail =
        |at: usize| at > 0 && directories[at].number(tag::NEW_SUBFILE_TYPE) == Some(1);
    let (small, wanted): (Vec<usize>, Vec<usize>) = (0..pages).partition(|at| is_thumbnail(*at));
    warnings.extend(small.into_iter().map(|at| {
        let number = at + 1;
        say("scan-thumbnail", &[arg("page", &number)])
    }));
    Ok(wanted)
}

/// What the wanted pages say of themselves, and what is left out of them.
pub(super) fn describe(
    decoded: &mut Decoded,
    directories: &[Directory],
    layouts: &[Layout],
    wanted: &[usize],
) {
    if let Some(first) = wanted.first() {
        decoded.metadata = metadata(&directories[*first]);
    }
    let left_out = wanted
        .iter()
        .filter(|at| layouts[**at].used < layouts[**at].samples);
    decoded
        .warnings
        .extend(left_out.map(|_| say("scan-alpha", &[])));
}

/// What the library says: broken, or sound and not read.
pub(super) fn library(error: &TiffError, source: &Source<'_>) -> Error {
    if let TiffError::UnsupportedError(unsupported) = error {
        let words = Safe::from_outside(&unsupported.to_string());
        return source.unsupported("scan-library", &[arg("words", &words)]);
    }
    source.library(error)
}

/// The library's limits: a strip may be as large as the picture, which was checked, and the values of
/// a directory have so many bytes at most.
pub(super) fn tiff_limits(source: &Source<'_>, directories: usize) -> TiffLimits {
    let mut limits = TiffLimits::default();
    let bytes = usize::try_from(source.limits.bytes).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = bytes;
    limits.intermediate_buffer_size = bytes;
    limits.ifd_value_size = directories.max(1 << 20);
    limits
}

/// Names of the planes of a page.
pub(super) fn plane_names(layout: &Layout) -> Vec<PlaneName> {
    match layout.used {
        3 => COLOURS.to_vec(),
        2 => vec![PlaneName::High, PlaneName::Low],
        _ => vec![PlaneName::Grey],
    }
}

/// A plane of a page with these samples.
pub(super) fn blank(
    name: PlaneName,
    layout: &Layout,
    [width, height]: [usize; 2],
    samples: Vec<u16>,
) -> Plane {
    let mut plane = Plane::new(name, width, height, samples);
    plane.bits = layout.bits as u8;
    plane.bits_allocated = layout.bits as u8;
    if layout.inverted {
        plane.polarity = Polarity::BrightIsDense;
    }
    plane
}

/// The only page from one row in `step`, where its rows lie plainly in the file.
fn glimpse(
    input: &mut dyn Input,
    source: &Source<'_>,
    length: u64,
    least: u64,
) -> Result<Option<(Decoded, usize)>> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let pages = layouts_of(&pages, source, length)?;
    let [layout] = pages.as_slice() else {
        return Ok(None);
    };
    let step = (layout.width.min(layout.height) / least) as usize;
    let (Some(rows), true) = (&layout.rows, step > 1) else {
        return Ok(None);
    };
    let disk = |error: &std::io::Error| Error::io(source.path, error);
    let mut first = [0];
    let order = input
        .seek(SeekFrom::Start(0))
        .and_then(|_| input.read_exact(&mut first))
        .map(|()| Order::of(first.first()))
        .map_err(|error| disk(&error))?;
    let (size, samples) = rows
        .some(input, step, order)
        .map_err(|error| disk(&error))?;
    let page = Page {
        planes: vec![blank(PlaneName::Grey, layout, size, samples)],
        says: layout.says.clone(),
        pixel_mm: None,
    };
    let decoded = Decoded {
        pages: vec![page],
        ..Decoded::default()
    };
    Ok(Some((decoded, step)))
}

/// Decodes the planes of the current page, strip by strip.
fn planes(
    decoder: &mut Decoder<Cursor<&[u8]>>,
    layout: &Layout,
    source: &Source<'_>,
) -> Result<Vec<Plane>> {
    let size = [layout.width as usize, layout.height as usize];
    let named = plane_names(layout).into_iter();
    let mut planes: Vec<Plane> = named
        .map(|name| blank(name, layout, size, vec![0; size[0] * size[1]]))
        .collect();
    if let (Some(rows), [plane]) = (&layout.rows, planes.as_mut_slice()) {
        source.cancel.check()?;
        return if rows.fill(plane, source.bytes, Order::of(source.bytes.first())) {
            Ok(planes)
        } else {
            Err(source.bad("scan-tiff-chunks", &[]))
        };
    }
    let across = layout.width.div_ceil(layout.chunk[0]);
    let per_plane = across * layout.height.div_ceil(layout.chunk[1]);
    let sets = if layout.planar { layout.used } else { 1 };
    for index in 0..per_plane * sets {
        source.cancel.check()?;
        let chunk = decoder
            .read_chunk(index as u32)
            .map_err(|error| library(&error, source))?;
        let samples = widened(chunk, layout).ok_or_else(|| source.bad("scan-tiff-chunks", &[]))?;
        let (set, place) = (index / per_plane, index % per_plane);
        let at = [
            (place % across * layout.chunk[0]) as usize,
            (place / across * layout.chunk[1]) as usize,
        ];
        let step = if layout.planar {
            1
        } else {
            layout.samples as usize
        };
        let sound = if layout.planar {
            place_chunk(
                &mut planes[set as usize],
                &samples,
                (at, layout.chunk),
                (0, step),
            )
        } else {
            planes.iter_mut().enumerate().all(|(offset, plane)| {
                place_chunk(plane, &samples, (at, layout.chunk), (offset, step))
            })
        };
        if !sound {
            return Err(source.bad("scan-tiff-chunks", &[]));
        }
    }
    Ok(planes)
}

/// Samples of a chunk as stored: widened to 16 bits, the library's inversion taken back.
pub(super) fn widened(chunk: DecodingResult, layout: &Layout) -> Option<Vec<u16>> {
    // The library inverts grey of one sample only; of several it gives an error or leaves them.
    let undo = layout.inverted && layout.samples == 1;
    match chunk {
        DecodingResult::U8(samples) if layout.bits == 8 => {
            let mask = if undo { 0xff } else { 0 };
            Some(samples.into_iter().map(|s| u16::from(s ^ mask)).collect())
        }
        DecodingResult::U16(mut samples) if layout.bits == 16 => {
            if undo {
                for sample in &mut samples {
                    *sample = !*sample;
                }
            }
            Some(samples)
        }
        _ => None,
    }
}

/// Copies one sample of a chunk's pixels into its place; `false` when the chunk has another size.
pub(super) fn place_chunk(
    plane: &mut Plane,
    samples: &[u16],
    (at, chunk): ([usize; 2], [u64; 2]),
    (offset, step): (usize, usize),
) -> bool {
    let columns = (chunk[0] as usize).min(plane.width - at[0]);
    let rows = (chunk[1] as usize).min(plane.height - at[1]);
    if samples.len() != columns * rows * step {
        return false;
    }
    for (row, line) in samples.chunks_exact(columns * step).enumerate() {
        let start = (at[1] + row) * plane.width + at[0];
        let target = &mut plane.samples[start..start + columns];
        if step == 1 {
            target.copy_from_slice(line);
        } else {
            for (to, pixel) in target.iter_mut().zip(line.chunks_exact(step)) {
                *to = pixel[offset];
            }
        }
    }
    true
}

/// What the first page says of itself.
fn metadata(page: &Directory) -> Vec<(Safe, Safe)> {
    [
        (tag::DESCRIPTION, "scan-key-description"),
        (tag::MAKE, "scan-key-manufacturer"),
        (tag::MODEL, "scan-key-model"),
        (tag::SOFTWARE, "scan-key-software"),
        (tag::DATE_TIME, "scan-key-time"),
    ]
    .into_iter()
    .filter_map(|(tag, key)| {
        let text = page.text(tag).filter(|text| !text.is_empty())?;
        Some((say(key, &[]), Safe::from_bytes(text)))
    })
    .collect()
}
