//! NRRD: a text, an empty line, and samples as they are or packed by gzip.
//!
//! The format: teem.sourceforge.net/nrrd/format.html.

use std::io::{Cursor, Read as _};

use flate2::read::GzDecoder;

use super::samples::{GROWTH, Layout, Sample, spacing, unpacked};
use super::{Decoded, Glance, Input, Reader};
use crate::messages::arg;
use crate::scan::Format;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Nrrd,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

/// Bytes that the text may have.
const HEAD: u64 = 64 << 10;

fn claims(magic: &[u8]) -> bool {
    magic.starts_with(b"NRRD000") && magic.get(7).is_some_and(u8::is_ascii_digit)
}

/// The text before the samples.
struct Head {
    layout: Layout,
    packed: bool,
    pixel_mm: Option<[f64; 2]>,
    /// First byte of the samples.
    start: usize,
}

/// Reads the text at the front of `bytes`.
fn head(bytes: &[u8], source: &Source<'_>) -> Result<Head> {
    let broken = || source.bad("scan-nrrd-head", &[]);
    let (mut kind, mut encoding, mut endian) = (None, None, None);
    let (mut sizes, mut mm, mut units) = (Vec::new(), None, None);
    let mut start = 0;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(broken)?;
        let line = String::from_utf8_lossy(&rest[..end]);
        start += end + 1;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((key, value)) = line.split_once(": ") else {
            // The magic, comments, and what writers note for themselves.
            continue;
        };
        let value = value.trim().to_owned();
        match key.trim().to_ascii_lowercase().as_str() {
            "type" => kind = Some(value),
            "encoding" => encoding = Some(value.to_ascii_lowercase()),
            "endian" => endian = Some(value.to_ascii_lowercase()),
            "sizes" => {
                let read = value.split_whitespace().map(|size| size.parse().ok());
                sizes = read.collect::<Option<Vec<u64>>>().ok_or_else(broken)?;
            }
            "spacings" => {
                let read = value.split_whitespace().map(|step| step.parse().ok());
                mm = read
                    .collect::<Option<Vec<f64>>>()
                    .and_then(|mm| spacing(&mm));
            }
            "units" | "space units" => units = Some(value),
            "data file" | "datafile" => {
                let file = Safe::from_outside(&value);
                return Err(source.unsupported("scan-detached", &[arg("file", &file)]));
            }
            "line skip" | "lineskip" | "byte skip" | "byteskip" if value != "0" => {
                return Err(source.unsupported("scan-nrrd-skip", &[]));
            }
            _ => {}
        }
    }
    let kind = kind.ok_or_else(broken)?;
    let encoding = encoding.ok_or_else(broken)?;
    let packed = match encoding.as_str() {
        "raw" => false,
        "gzip" | "gz" => true,
        other => {
            let word = Safe::from_outside(other);
            return Err(source.unsupported("scan-packing", &[arg("packing", &word)]));
        }
    };
    let bits = match kind.to_ascii_lowercase().as_str() {
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => Some(8),
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => Some(16),
        _ => None,
    };
    let big = match (bits, endian.as_deref()) {
        (Some(16), Some("big")) => true,
        (Some(16), Some("little")) => false,
        (Some(16), _) => return Err(broken()),
        _ => false,
    };
    let sample = Sample::of(bits, big, &kind, source)?;
    // Spacings without a unit are in whatever the writer had in mind.
    let known = units.is_some_and(|units| units.matches("\"mm\"").count() >= 2);
    Ok(Head {
        layout: Layout::of(&sizes, sample, source)?,
        packed,
        pixel_mm: mm.filter(|_| known),
        start,
    })
}

impl Head {
    fn check(&self, source: &Source<'_>, length: u64) -> Result<()> {
        let growth = if self.packed { GROWTH } else { 1 };
        let data = length.saturating_sub(self.start as u64);
        self.layout.check(source, (data, growth))
    }
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let mut bytes = Vec::new();
    let read = input.take(HEAD).read_to_end(&mut bytes);
    read.map_err(|error| Error::io(source.path, &error))?;
    let head = head(&bytes, source)?;
    head.check(source, length)?;
    Ok(head.layout.glance())
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let front = source.bytes.len().min(HEAD as usize);
    let head = head(&source.bytes[..front], source)?;
    head.check(source, source.bytes.len() as u64)?;
    let data = &source.bytes[head.start..];
    let how = (page, head.pixel_mm);
    if head.packed {
        let packed = GzDecoder::new(Cursor::new(data));
        let bytes = unpacked(source, packed, head.layout.bytes())?;
        return head.layout.decoded(source, &bytes, how);
    }
    head.layout.decoded(source, data, how)
}
