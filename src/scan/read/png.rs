//! PNG: grey of 1 to 16 bits exactly as stored, colour for display only.
//!
//! Checksums are checked; a file that ends early is an error and never a part of a picture.

use std::io::{Cursor, SeekFrom};

use ::png::{BitDepth, ColorType, DecodeOptions, Decoder, Transformations};

use super::{COLOURS, Decoded, Glance, Input, Page, Reader};
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Plane, PlaneName};
use crate::scan::Format;
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Png,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The most that deflate can grow.
const GROWTH: u64 = 1032;

fn claims(magic: &[u8]) -> bool {
    magic.starts_with(SIGNATURE)
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let header = walk(input, source, length)?;
    Ok(Glance {
        kind: Some(if header.colour & 2 == 0 {
            Kind::SingleEnergy
        } else {
            Kind::Colour
        }),
        size: Some([header.width, header.height]),
        ..Glance::default()
    })
}

/// The fields of the header that matter, and how much pixel data there is.
struct Header {
    width: u64,
    height: u64,
    bits: u64,
    colour: u8,
}

/// Walks the chunks from the header to the end mark; each must lie inside the file.
fn walk(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Header> {
    let cut = |needed: u64| {
        let words = [arg("needed", &needed), arg("data", &length)];
        source.bad("scan-cut-short", &words)
    };
    let disk = |error: std::io::Error| Error::io(source.path, &error);
    let mut header = None;
    let (mut at, mut data) = (SIGNATURE.len() as u64, 0);
    loop {
        let mut start = [0; 8];
        if at + 12 > length {
            return Err(cut(at + 12));
        }
        input.seek(SeekFrom::Start(at)).map_err(disk)?;
        input.read_exact(&mut start).map_err(disk)?;
        let size = u64::from(u32::from_be_bytes([start[0], start[1], start[2], start[3]]));
        if at + 12 + size > length {
            return Err(cut(at + 12 + size));
        }
        match &start[4..] {
            b"IHDR" if size == 13 => {
                let mut fields = [0; 13];
                input.read_exact(&mut fields).map_err(disk)?;
                let [w0, w1, w2, w3, h0, h1, h2, h3, bits, colour, ..] = fields;
                header = Some(Header {
                    width: u64::from(u32::from_be_bytes([w0, w1, w2, w3])),
                    height: u64::from(u32::from_be_bytes([h0, h1, h2, h3])),
                    bits: u64::from(bits),
                    colour,
                });
            }
            b"IDAT" => data += size,
            b"IEND" => break,
            _ => {}
        }
        at += 12 + size;
    }
    let header = header.ok_or_else(|| source.bad("scan-png-header", &[]))?;
    let samples = match header.colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    Claim {
        columns: header.width,
        rows: header.height,
        samples,
        frames: 1,
        bits: header.bits,
        data,
        growth: GROWTH,
    }
    .check(source)?;
    Ok(header)
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    super::only_page(page)?;
    walk(
        &mut Cursor::new(source.bytes),
        source,
        source.bytes.len() as u64,
    )?;
    let mut options = DecodeOptions::default();
    options.set_ignore_checksums(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(source.bytes), options);
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_limits(::png::Limits {
        bytes: usize::try_from(source.limits.bytes).unwrap_or(usize::MAX),
    });
    let indexed = decoder
        .read_header_info()
        .map_err(|error| source.library(&error))?
        .color_type
        == ColorType::Indexed;
    if indexed {
        decoder.set_transformations(Transformations::EXPAND);
    }
    let mut reader = decoder
        .read_info()
        .map_err(|error| source.library(&error))?;
    let (colour, depth) = reader.output_color_type();
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let mut decoded = Decoded {
        metadata: metadata(reader.info()),
        ..Decoded::default()
    };
    let mut planes = empty_planes(colour, depth, width, height);
    if reader.info().interlaced {
        let size = reader.output_buffer_size().unwrap_or(0);
        let mut bytes = vec![0; size];
        let info = reader
            .next_frame(&mut bytes)
            .map_err(|error| source.library(&error))?;
        for (y, row) in bytes.chunks_exact(info.line_size).take(height).enumerate() {
            unpack(row, depth, colour.samples(), &mut planes, y);
        }
    } else {
        for y in 0..height {
            if y % 64 == 0 {
                source.cancel.check()?;
            }
            let row = reader.next_row().map_err(|error| source.library(&error))?;
            let row = row.ok_or_else(|| source.bad("scan-png-rows", &[]))?;
            unpack(row.data(), depth, colour.samples(), &mut planes, y);
        }
    }
    reader.finish().map_err(|error| source.library(&error))?;
    if planes.len() < colour.samples() {
        decoded.warnings.push(say("scan-alpha", &[]));
    }
    decoded.pages.push(Page {
        planes,
        says: None,
        pixel_mm: None,
    });
    Ok(decoded)
}

/// The planes to fill: one of grey, or three colours.
fn empty_planes(colour: ColorType, depth: BitDepth, width: usize, height: usize) -> Vec<Plane> {
    let names: &[PlaneName] = match colour {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => &[PlaneName::Grey],
        _ => &COLOURS,
    };
    let bits = depth as u8;
    names
        .iter()
        .map(|name| {
            let mut plane = Plane::new(name.clone(), width, height, vec![0; width * height]);
            plane.bits = bits;
            plane.bits_allocated = bits;
            plane
        })
        .collect()
}

/// Unpacks row `y` of `step` samples per pixel into the planes.
fn unpack(row: &[u8], depth: BitDepth, step: usize, planes: &mut [Plane], y: usize) {
    for (offset, plane) in planes.iter_mut().enumerate() {
        let start = y * plane.width;
        let line = &mut plane.samples[start..start + plane.width];
        match depth {
            BitDepth::Sixteen => {
                for (to, pixel) in line.iter_mut().zip(row.chunks_exact(2 * step)) {
                    *to = u16::from_be_bytes([pixel[2 * offset], pixel[2 * offset + 1]]);
                }
            }
            BitDepth::Eight => {
                for (to, pixel) in line.iter_mut().zip(row.chunks_exact(step)) {
                    *to = u16::from(pixel[offset]);
                }
            }
            // Grey of 1, 2 or 4 bits, packed from the high end.
            small => {
                let bits = small as usize;
                for (x, to) in line.iter_mut().enumerate() {
                    let shift = 8 - bits - (x * bits) % 8;
                    *to = u16::from(row[x * bits / 8] >> shift) & ((1 << bits) - 1);
                }
            }
        }
    }
}

/// The text chunks.
fn metadata(info: &::png::Info<'_>) -> Vec<(Safe, Safe)> {
    let plain = info.uncompressed_latin1_text.iter().map(|chunk| {
        (
            Safe::from_outside(&chunk.keyword),
            Safe::from_outside(&chunk.text),
        )
    });
    let international = info.utf8_text.iter().filter_map(|chunk| {
        let text = chunk.get_text().ok()?;
        Some((
            Safe::from_outside(&chunk.keyword),
            Safe::from_outside(&text),
        ))
    });
    plain.chain(international).take(64).collect()
}
