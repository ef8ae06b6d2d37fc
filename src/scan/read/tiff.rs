//! TIFF: 8- and 16-bit unsigned samples, strips or tiles, none, LZW, deflate or PackBits, either
//! byte order, classic or BigTIFF.
//!
//! Samples come out as stored: the library inverts `MinIsWhite`, and that is taken back. What is
//! not read (float, signed, 32 bits, other compressions, tiled planar) is said before decoding.

use std::io::Cursor;

use ::tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};

use super::tiff_directory::{Broken, Directory, directories, tag};
use super::{COLOURS, Decoded, Glance, Input, Page, Reader};
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Plane, PlaneName, Polarity};
use crate::scan::Format;
use crate::scan::limits::Claim;
use crate::scan::names::plane_of_name;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Tiff,
    claims,
    glance,
    read,
};

/// Compressions that are read, with how many times its size each can grow: the longest run a code
/// can stand for.
const COMPRESSIONS: &[(u64, u64)] = &[(1, 1), (5, 2731), (8, 1032), (32946, 1032), (32773, 64)];

/// Names of compressions that are not.
const NOT_READ: &[(u64, &str)] = &[
    (2, "CCITT"),
    (3, "CCITT fax 3"),
    (4, "CCITT fax 4"),
    (6, "JPEG"),
    (7, "JPEG"),
    (33003, "JPEG 2000"),
    (33004, "JPEG 2000"),
    (33005, "JPEG 2000"),
    (34712, "JPEG 2000"),
    (34887, "LERC"),
    (34925, "LZMA"),
    (50000, "Zstandard"),
    (50001, "WebP"),
    (50002, "JPEG XL"),
    (52546, "JPEG XL"),
];

fn claims(magic: &[u8]) -> bool {
    [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|start| magic.starts_with(start))
}

/// How one page is stored.
#[derive(Debug)]
struct Layout {
    width: u64,
    height: u64,
    samples: u64,
    bits: u64,
    inverted: bool,
    colour: bool,
    /// Samples that carry signal: 1, 2 or 3.
    used: u64,
    planar: bool,
    /// Strip or tile size.
    chunk: [u64; 2],
    /// Bytes of pixel data.
    data: u64,
    growth: u64,
    says: Option<PlaneName>,
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let pages = layouts(input, source, length)?;
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

/// The layouts of all pages, each checked against the file.
fn layouts(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Vec<Layout>> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let layouts: Vec<Layout> = pages
        .iter()
        .map(|page| layout(page, source, length))
        .collect::<Result<_>>()?;
    let pixels: u64 = layouts.iter().fold(0, |all, page| {
        all.saturating_add(page.width.saturating_mul(page.height))
    });
    let limit = source.limits.megapixels;
    if pixels > limit.saturating_mul(1_000_000) {
        let pages = layouts.len();
        let words = [
            arg("pages", &pages),
            arg("pixels", &pixels),
            arg("limit", &limit),
        ];
        return Err(source.limit("scan-pages-over-megapixels", &words));
    }
    Ok(layouts)
}

/// The sentence for broken directories.
fn told(broken: Broken, source: &Source<'_>) -> Error {
    let id = match broken {
        Broken::Short => "scan-tiff-short",
        Broken::Loop => "scan-tiff-loop",
        Broken::Many => "scan-tiff-many",
        Broken::Empty => "scan-tiff-empty",
        Broken::Disk => "scan-disk",
    };
    source.bad(id, &[])
}

/// How a page is stored; refuses what is not read and what the file cannot hold.
fn layout(page: &Directory, source: &Source<'_>, length: u64) -> Result<Layout> {
    let number = |tag, default| page.number(tag).unwrap_or(default);
    let (width, height) = (number(tag::WIDTH, 0), number(tag::HEIGHT, 0));
    let samples = number(tag::SAMPLES, 1);
    let bits = bits_of(page, source)?;
    let growth = growth_of(number(tag::COMPRESSION, 1), source)?;
    let photometric = number(tag::PHOTOMETRIC, 1);
    let used = used_samples(page, photometric, samples, source)?;
    let tiled = !page.numbers(tag::TILE_OFFSETS).is_empty();
    let planar = samples > 1 && number(tag::PLANAR, 1) == 2;
    if planar && tiled {
        return Err(source.unsupported("scan-tiff-tiled-planar", &[]));
    }
    let chunk = if tiled {
        [number(tag::TILE_WIDTH, 0), number(tag::TILE_HEIGHT, 0)]
    } else {
        [
            width,
            number(tag::ROWS_PER_STRIP, height).clamp(1, height.max(1)),
        ]
    };
    let data = pixel_data(page, tiled, source, length)?;
    let layout = Layout {
        width,
        height,
        samples,
        bits,
        inverted: photometric == 0,
        colour: photometric == 2,
        used,
        planar,
        chunk,
        data,
        growth,
        says: plane_said(page),
    };
    layout.claim().check(source)?;
    layout.chunks_check(page, tiled, source)?;
    Ok(layout)
}

/// Bits of a sample: 8 or 16, unsigned, all samples alike.
fn bits_of(page: &Directory, source: &Source<'_>) -> Result<u64> {
    let formats = page.numbers(tag::SAMPLE_FORMAT);
    let bits = page.numbers(tag::BITS);
    let first = bits.first().copied().unwrap_or(1);
    if let Some(format) = formats.iter().find(|format| !matches!(format, 1 | 4)) {
        let id = match format {
            2 => "scan-signed",
            3 => "scan-float",
            _ => "scan-sample-format",
        };
        return Err(source.unsupported(id, &[arg("bits", &first)]));
    }
    if !matches!(first, 8 | 16) || bits.iter().any(|other| *other != first) {
        return Err(source.unsupported("scan-sample-bits", &[arg("bits", &first)]));
    }
    Ok(first)
}

/// How much a compression can grow, when it is read at all.
fn growth_of(compression: u64, source: &Source<'_>) -> Result<u64> {
    if let Some((_, growth)) = COMPRESSIONS.iter().find(|(code, _)| *code == compression) {
        return Ok(*growth);
    }
    let name = NOT_READ.iter().find(|(code, _)| *code == compression);
    Err(match name {
        Some((_, name)) => {
            source.unsupported("scan-compression", &[arg("name", &Safe::word(name))])
        }
        None => source.unsupported("scan-compression-code", &[arg("code", &compression)]),
    })
}

/// How many samples of a pixel carry signal; an alpha sample does not.
fn used_samples(
    page: &Directory,
    photometric: u64,
    samples: u64,
    source: &Source<'_>,
) -> Result<u64> {
    let extra = page.numbers(tag::EXTRA_SAMPLES);
    let alpha = extra.iter().any(|kind| matches!(kind, 1 | 2));
    match (photometric, samples, alpha) {
        (0 | 1, 1, _) | (0 | 1, 2, true) => Ok(1),
        (0 | 1, 2, false) => Ok(2),
        (2, 3, _) | (2, 4, true) => Ok(3),
        (0..=2, ..) => Err(source.unsupported("scan-samples", &[arg("samples", &samples)])),
        _ => Err(source.unsupported("scan-photometric", &[arg("code", &photometric)])),
    }
}

/// Bytes of pixel data, all of which must lie inside the file.
fn pixel_data(page: &Directory, tiled: bool, source: &Source<'_>, length: u64) -> Result<u64> {
    let (offsets, counts) = if tiled {
        (
            page.numbers(tag::TILE_OFFSETS),
            page.numbers(tag::TILE_COUNTS),
        )
    } else {
        (
            page.numbers(tag::STRIP_OFFSETS),
            page.numbers(tag::STRIP_COUNTS),
        )
    };
    if offsets.is_empty() || offsets.len() != counts.len() {
        return Err(source.bad("scan-tiff-no-data", &[]));
    }
    let ends = offsets.iter().zip(counts);
    let end = ends.fold(0, |most: u64, (at, count)| {
        most.max(at.saturating_add(*count))
    });
    if end > length {
        let words = [arg("needed", &end), arg("data", &length)];
        return Err(source.bad("scan-cut-short", &words));
    }
    Ok(counts
        .iter()
        .fold(0, |all: u64, count| all.saturating_add(*count)))
}

/// The plane that a page's description or name says it is.
fn plane_said(page: &Directory) -> Option<PlaneName> {
    [tag::DESCRIPTION, tag::PAGE_NAME]
        .into_iter()
        .find_map(|tag| {
            let text = std::str::from_utf8(page.text(tag)?).ok()?;
            // A sentence that happens to hold the word is not a name.
            let short = text.split_whitespace().count() <= 4;
            plane_of_name(text)
                .filter(|_| short)
                .map(|named| named.plane)
        })
}

impl Layout {
    fn claim(&self) -> Claim {
        Claim {
            columns: self.width,
            rows: self.height,
            samples: self.samples,
            frames: 1,
            bits: self.bits,
            data: self.data,
            growth: self.growth,
        }
    }

    /// Refuses strips or tiles that do not cover the picture, or that are out of all proportion.
    fn chunks_check(&self, page: &Directory, tiled: bool, source: &Source<'_>) -> Result<()> {
        let [width, height] = self.chunk;
        let fits =
            |chunk: u64, all: u64| chunk > 0 && chunk <= all.max(1).saturating_mul(2).max(65_536);
        let tag = if tiled {
            tag::TILE_OFFSETS
        } else {
            tag::STRIP_OFFSETS
        };
        let sound = fits(width, self.width) && fits(height, self.height) && {
            let grid = self
                .width
                .div_ceil(width)
                .saturating_mul(self.height.div_ceil(height));
            let planes = if self.planar { self.samples } else { 1 };
            page.numbers(tag).len() as u64 == grid.saturating_mul(planes)
        };
        if sound {
            Claim {
                columns: width,
                rows: height,
                growth: u64::MAX,
                ..self.claim()
            }
            .check(source)
        } else {
            Err(source.bad("scan-tiff-chunks", &[]))
        }
    }
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let length = source.bytes.len() as u64;
    let mut cursor = Cursor::new(source.bytes);
    let directories = directories(&mut cursor, length).map_err(|broken| told(broken, source))?;
    let layouts = layouts(&mut cursor, source, length)?;
    if page.is_some_and(|page| page == 0 || page > layouts.len()) {
        let pages = layouts.len();
        return Err(Error::request(say(
            "scan-no-such-page",
            &[arg("pages", &pages)],
        )));
    }
    cursor.set_position(0);
    let mut decoder = Decoder::new(cursor)
        .map_err(|error| source.library(&error))?
        .with_limits(tiff_limits(source));
    let mut decoded = Decoded {
        metadata: metadata(&directories[page.map_or(0, |page| page - 1)]),
        ..Decoded::default()
    };
    for (index, layout) in layouts.iter().enumerate() {
        if page.is_some_and(|page| page != index + 1) {
            continue;
        }
        if page.is_none()
            && index > 0
            && directories[index].number(tag::NEW_SUBFILE_TYPE) == Some(1)
        {
            let number = index + 1;
            decoded
                .warnings
                .push(say("scan-thumbnail", &[arg("page", &number)]));
            continue;
        }
        decoder
            .seek_to_image(index)
            .map_err(|error| source.library(&error))?;
        if layout.used < layout.samples {
            decoded.warnings.push(say("scan-alpha", &[]));
        }
        decoded.pages.push(Page {
            planes: planes(&mut decoder, layout, source)?,
            says: layout.says.clone(),
            pixel_mm: None,
        });
    }
    Ok(decoded)
}

/// The library's limits: a strip may be as large as the picture, which was checked.
fn tiff_limits(source: &Source<'_>) -> TiffLimits {
    let mut limits = TiffLimits::default();
    let bytes = usize::try_from(source.limits.bytes).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = bytes;
    limits.intermediate_buffer_size = bytes;
    limits.ifd_value_size = source.bytes.len().max(1 << 20);
    limits
}

/// Names of the planes of a page.
fn plane_names(layout: &Layout) -> Vec<PlaneName> {
    match layout.used {
        3 => COLOURS.to_vec(),
        2 => vec![PlaneName::High, PlaneName::Low],
        _ => vec![PlaneName::Grey],
    }
}

/// Decodes the planes of the current page, strip by strip.
fn planes(
    decoder: &mut Decoder<Cursor<&[u8]>>,
    layout: &Layout,
    source: &Source<'_>,
) -> Result<Vec<Plane>> {
    let (width, height) = (layout.width as usize, layout.height as usize);
    let mut planes: Vec<Plane> = plane_names(layout)
        .into_iter()
        .map(|name| {
            let mut plane = Plane::new(name, width, height, vec![0; width * height]);
            plane.bits = layout.bits as u8;
            plane.bits_allocated = layout.bits as u8;
            if layout.inverted {
                plane.polarity = Polarity::BrightIsDense;
            }
            plane
        })
        .collect();
    let across = layout.width.div_ceil(layout.chunk[0]);
    let per_plane = across * layout.height.div_ceil(layout.chunk[1]);
    let sets = if layout.planar { layout.used } else { 1 };
    for index in 0..per_plane * sets {
        source.cancel.check()?;
        let chunk = decoder
            .read_chunk(index as u32)
            .map_err(|error| source.library(&error))?;
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
fn widened(chunk: DecodingResult, layout: &Layout) -> Option<Vec<u16>> {
    // The library inverts grey of one sample only; of several it gives an error or leaves them.
    let undo = layout.inverted && layout.samples == 1;
    match chunk {
        DecodingResult::U8(samples) if layout.bits == 8 => {
            let mask = if undo { 0xff } else { 0 };
            Some(samples.into_iter().map(|s| u16::from(s ^ mask)).collect())
        }
        DecodingResult::U16(mut samples) if layout.bits == 16 => {
            if undo {
                samples.iter_mut().for_each(|s| *s = !*s);
            }
            Some(samples)
        }
        _ => None,
    }
}

/// Copies one sample of a chunk's pixels into its place; `false` when the chunk has another size.
fn place_chunk(
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
