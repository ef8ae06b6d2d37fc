//! How the pages of a TIFF are stored, checked before anything is decoded.
//!
//! What is not read (float, signed, 32 bits, other compressions, tiled planar) is said here, and
//! every strip or tile must lie inside the file and be one of those that make up the picture.

use super::Input;
use super::tiff_directory::{Broken, Directory, directories, tag};
use super::tiff_rows::Rows;
use crate::messages::arg;
use crate::radiograph::PlaneName;
use crate::scan::limits::Claim;
use crate::scan::names::plane_of_name;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

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

/// How one page is stored.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) samples: u64,
    pub(super) bits: u64,
    pub(super) inverted: bool,
    pub(super) colour: bool,
    /// Samples that carry signal: 1, 2 or 3.
    pub(super) used: u64,
    pub(super) planar: bool,
    /// Strip or tile size.
    pub(super) chunk: [u64; 2],
    /// Bytes of pixel data.
    pub(super) data: u64,
    pub(super) growth: u64,
    pub(super) says: Option<PlaneName>,
    /// Where its rows lie, where they lie there plainly.
    pub(super) rows: Option<Rows>,
}

/// The layouts of all pages, each checked against the file and the limits.
pub(super) fn layouts(
    input: &mut dyn Input,
    source: &Source<'_>,
    length: u64,
) -> Result<Vec<Layout>> {
    let pages = directories(input, length).map_err(|broken| told(broken, source))?;
    let layouts = layouts_of(&pages, source, length)?;
    check_limits(&layouts, source)?;
    Ok(layouts)
}

/// The layouts of these pages, each checked against the file.
pub(super) fn layouts_of(
    pages: &[Directory],
    source: &Source<'_>,
    length: u64,
) -> Result<Vec<Layout>> {
    let of = |page| layout(page, source, length);
    pages.iter().map(of).collect()
}

/// Refuses pages that are too large to be read whole.
pub(super) fn check_limits(layouts: &[Layout], source: &Source<'_>) -> Result<()> {
    for page in layouts {
        page.claim().check_limits(source)?;
        page.chunk_claim().check_limits(source)?;
    }
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
    Ok(())
}

/// The sentence for broken directories.
pub(super) fn told(broken: Broken, source: &Source<'_>) -> Error {
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
        rows: Rows::of(page, [width, height]),
    };
    layout.claim().check_sound(source)?;
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
            2 => "scan-signed-type",
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
        (0 | 1, 1, _) | (1, 2, true) => Ok(1),
        // The library cannot take its inversion of two samples back.
        (0, 2, _) => Err(source.unsupported("scan-white-samples", &[])),
        (1, 2, false) => Ok(2),
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

    /// Of one strip or tile.
    fn chunk_claim(&self) -> Claim {
        let [columns, rows] = self.chunk;
        Claim {
            columns,
            rows,
            growth: u64::MAX,
            ..self.claim()
        }
    }

    /// Bytes of a row of strips or tiles as samples of 16 bits, and of one of them as it is decoded.
    pub(super) fn band_bytes(&self) -> u64 {
        let rows = if self.rows.is_some() {
            1
        } else {
            self.chunk[1]
        };
        let band = self.width.saturating_add(self.chunk[0]);
        band.saturating_mul(rows)
            .saturating_mul(self.samples.saturating_mul(2))
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
            self.chunk_claim().check_sound(source)
        } else {
            Err(source.bad("scan-tiff-chunks", &[]))
        }
    }
}
