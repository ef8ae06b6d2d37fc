//! JPEG: for display only, because its loss and its 8 bits are not measurement.

use std::io::{Cursor, Read as _};

use image::codecs::jpeg::JpegDecoder;

use super::{Decoded, Glance, Input, Reader, bitmap};
use crate::messages::say;
use crate::radiograph::Kind;
use crate::scan::Format;
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Jpeg,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

/// The most that the entropy coding can grow: 64 samples of a block from two bits, three times.
const GROWTH: u64 = 1024;

fn claims(magic: &[u8]) -> bool {
    magic.starts_with(b"\xff\xd8\xff")
}

/// The frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) samples: u64,
    pub(super) bits: u64,
}

/// The frame header of a JPEG, and whether its end mark is there.
pub(super) fn frame(bytes: &[u8]) -> Option<(Frame, bool)> {
    let mut found = None;
    let mut at = 2;
    loop {
        let Some([0xff, mark]) = bytes.get(at..at + 2) else {
            // Entropy-coded data, or fill: on to the next mark.
            match bytes.get(at..)?.iter().position(|byte| *byte == 0xff) {
                Some(0) | None => return found.map(|frame| (frame, false)),
                Some(next) => {
                    at += next;
                    continue;
                }
            }
        };
        match mark {
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            0xff => at += 1,
            0xd9 => return found.map(|frame| (frame, true)),
            _ => {
                let size = usize::from(be16(bytes, at + 2)?);
                if matches!(mark, 0xc0..=0xcf) && !matches!(mark, 0xc4 | 0xc8 | 0xcc) {
                    found = Some(Frame {
                        bits: u64::from(*bytes.get(at + 4)?),
                        height: u64::from(be16(bytes, at + 5)?),
                        width: u64::from(be16(bytes, at + 7)?),
                        samples: u64::from(*bytes.get(at + 9)?),
                    });
                }
                at += 2 + size;
            }
        }
    }
}

/// Two bytes, high byte first.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let mut bytes = Vec::new();
    input
        .take(length.min(source.limits.bytes))
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(source.path, &error))?;
    let frame = checked(&bytes, source)?;
    Ok(Glance {
        kind: Some(if frame.samples == 1 {
            Kind::SingleEnergy
        } else {
            Kind::Colour
        }),
        size: Some([frame.width, frame.height]),
        ..Glance::default()
    })
}

/// The frame header of a whole file under the limits.
fn checked(bytes: &[u8], source: &Source<'_>) -> Result<Frame> {
    let (frame, ended) = frame(bytes).ok_or_else(|| source.bad("scan-jpeg-header", &[]))?;
    if !ended {
        return Err(source.bad("scan-jpeg-end", &[]));
    }
    Claim {
        columns: frame.width,
        rows: frame.height,
        samples: frame.samples,
        frames: 1,
        bits: frame.bits,
        data: bytes.len() as u64,
        growth: GROWTH,
    }
    .check(source)?;
    Ok(frame)
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    super::only_page(page)?;
    checked(source.bytes, source)?;
    let decoder =
        JpegDecoder::new(Cursor::new(source.bytes)).map_err(|error| source.library(&error))?;
    let mut decoded = bitmap::planes_of(decoder, source)?;
    decoded.warnings.push(say("scan-jpeg-display", &[]));
    Ok(decoded)
}
