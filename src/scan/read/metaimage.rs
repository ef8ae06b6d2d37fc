//! `MetaImage` (`.mha`): lines `Key = value`, the last of them `ElementDataFile`, and the samples as they
//! are or packed by zlib.
//!
//! The format: github.com/Kitware/MetaIO, its documentation.

use std::io::{Cursor, Read as _};

use flate2::read::ZlibDecoder;

use super::samples::{GROWTH, Layout, Sample, spacing, unpacked};
use super::{Decoded, Glance, Input, Reader};
use crate::messages::arg;
use crate::scan::Format;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Mha,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

/// Bytes that the lines may have.
const HEAD: u64 = 64 << 10;

fn claims(magic: &[u8]) -> bool {
    [&b"ObjectType"[..], b"NDims"].iter().any(|key| {
        let rest = magic.strip_prefix(*key).map(<[u8]>::trim_ascii_start);
        rest.is_some_and(|rest| rest.starts_with(b"="))
    })
}

/// The lines before the samples.
struct Head {
    layout: Layout,
    packed: bool,
    pixel_mm: Option<[f64; 2]>,
    /// First byte of the samples.
    start: usize,
}

/// Reads the lines at the front of `bytes`.
fn head(bytes: &[u8], source: &Source<'_>) -> Result<Head> {
    let broken = || source.bad("scan-mha-head", &[]);
    let (mut kind, mut sizes, mut mm) = (None, None, None);
    let (mut big, mut packed) = (false, false);
    let mut start = 0;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(broken)?;
        let line = String::from_utf8_lossy(&rest[..end]);
        start += end + 1;
        let (key, value) = line.split_once('=').ok_or_else(broken)?;
        let (key, value) = (key.trim(), value.trim());
        let yes = value.eq_ignore_ascii_case("true");
        let numbers = || -> Option<Vec<u64>> {
            value
                .split_whitespace()
                .map(|size| size.parse().ok())
                .collect()
        };
        match key {
            "ElementType" => kind = Some(value.to_owned()),
            "DimSize" => sizes = Some(numbers().ok_or_else(broken)?),
            "BinaryDataByteOrderMSB" | "ElementByteOrderMSB" => big = yes,
            "CompressedData" => packed = yes,
            "BinaryData" if !yes => {
                let word = Safe::word("ASCII");
                return Err(source.unsupported("scan-packing", &[arg("packing", &word)]));
            }
            "ElementNumberOfChannels" if value != "1" => {
                let word = Safe::from_outside(&format!("{value} channels"));
                return Err(source.unsupported("scan-sample-type", &[arg("type", &word)]));
            }
            "HeaderSize" if value != "0" => return Err(broken()),
            "ElementSpacing" => {
                let read = value.split_whitespace().map(|step| step.parse().ok());
                mm = read
                    .collect::<Option<Vec<f64>>>()
                    .and_then(|mm| spacing(&mm));
            }
            "ElementDataFile" if value == "LOCAL" => break,
            "ElementDataFile" => {
                let file = Safe::from_outside(value);
                return Err(source.unsupported("scan-detached", &[arg("file", &file)]));
            }
            _ => {}
        }
    }
    let kind = kind.ok_or_else(broken)?;
    let bits = match kind.as_str() {
        "MET_UCHAR" => Some(8),
        "MET_USHORT" => Some(16),
        _ => None,
    };
    let sample = Sample::of(bits, big, &kind, source)?;
    Ok(Head {
        layout: Layout::of(&sizes.ok_or_else(broken)?, sample, source)?,
        packed,
        // Writers that do not know put 1.
        pixel_mm: mm.filter(|mm| *mm != [1.0, 1.0]),
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
        let packed = ZlibDecoder::new(Cursor::new(data));
        let bytes = unpacked(source, packed, head.layout.bytes())?;
        return head.layout.decoded(source, &bytes, how);
    }
    head.layout.decoded(source, data, how)
}
