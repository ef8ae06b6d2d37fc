//! BMP: for display only; and the common end of the formats that the image library decodes whole.

use std::io::{Cursor, Read as _};

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder};

use super::{COLOURS, Decoded, Glance, Input, Page, Reader};
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Plane, PlaneName};
use crate::scan::Format;
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Bmp,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

/// A BMP says `BM`, and then a header size that one of its versions has.
fn claims(magic: &[u8]) -> bool {
    magic.starts_with(b"BM")
        && magic
            .get(14..18)
            .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// Checks the size fields of the header.
fn checked(header: &[u8], source: &Source<'_>, length: u64) -> Result<[u64; 2]> {
    let short = || source.bad("scan-bmp-header", &[]);
    let field = |at: usize, size: usize| {
        let bytes = header.get(at..at + size).ok_or_else(short)?;
        Ok::<u64, Error>(
            bytes
                .iter()
                .rev()
                .fold(0, |all, byte| all << 8 | u64::from(*byte)),
        )
    };
    let stated = field(2, 4)?;
    if stated > length {
        let words = [arg("needed", &stated), arg("data", &length)];
        return Err(source.bad("scan-cut-short", &words));
    }
    let (width, height, bits, compression) = if field(14, 4)? == 12 {
        (field(18, 2)?, field(20, 2)?, field(24, 2)?, 0)
    } else {
        // A negative height means rows from the top.
        let height = (field(22, 4)? as u32).cast_signed().unsigned_abs();
        (
            field(18, 4)?,
            u64::from(height),
            field(28, 2)?,
            field(30, 4)?,
        )
    };
    // Run lengths (1 and 2) stand for 255 pixels at most in two bytes.
    let growth = if matches!(compression, 1 | 2) { 255 } else { 1 };
    Claim {
        columns: width,
        rows: height,
        samples: 1,
        frames: 1,
        bits,
        data: length,
        growth,
    }
    .check(source)?;
    Ok([width, height])
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let mut header = Vec::new();
    input
        .take(64)
        .read_to_end(&mut header)
        .map_err(|error| Error::io(source.path, &error))?;
    Ok(Glance {
        kind: Some(Kind::Colour),
        size: Some(checked(&header, source, length)?),
        ..Glance::default()
    })
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    super::only_page(page)?;
    checked(source.bytes, source, source.bytes.len() as u64)?;
    let decoder =
        BmpDecoder::new(Cursor::new(source.bytes)).map_err(|error| source.library(&error))?;
    let mut decoded = planes_of(decoder, source)?;
    decoded.warnings.push(say("scan-bmp-display", &[]));
    Ok(decoded)
}

/// Decodes the whole picture of an 8-bit decoder into one grey or three colour planes.
pub(super) fn planes_of(mut decoder: impl ImageDecoder, source: &Source<'_>) -> Result<Decoded> {
    source.cancel.check()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(source.limits.bytes);
    decoder
        .set_limits(limits)
        .map_err(|error| source.library(&error))?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    let colour = decoder.color_type();
    let (step, names): (usize, &[PlaneName]) = match colour {
        ColorType::L8 => (1, &[PlaneName::Grey]),
        ColorType::Rgb8 => (3, &COLOURS),
        ColorType::Rgba8 => (4, &COLOURS),
        _ => return Err(source.unsupported("scan-colour-type", &[])),
    };
    let size = width * height * step;
    if decoder.total_bytes() != size as u64 {
        return Err(source.bad(
            "scan-no-pixels",
            &[arg("columns", &width), arg("rows", &height)],
        ));
    }
    let mut bytes = vec![0; size];
    decoder
        .read_image(&mut bytes)
        .map_err(|error| source.library(&error))?;
    source.cancel.check()?;
    let planes = names
        .iter()
        .enumerate()
        .map(|(offset, name)| {
            let samples = bytes.iter().skip(offset).step_by(step);
            let samples = samples.map(|sample| u16::from(*sample)).collect();
            let mut plane = Plane::new(name.clone(), width, height, samples);
            plane.bits = 8;
            plane.bits_allocated = 8;
            plane
        })
        .collect();
    Ok(Decoded {
        pages: vec![Page {
            planes,
            says: None,
            pixel_mm: None,
        }],
        ..Decoded::default()
    })
}
