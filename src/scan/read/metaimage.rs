//! `MetaImage` (`.mha`): lines `Key = value`, the last of them `ElementDataFile`, and the samples as they
//! are or packed by zlib; or the lines alone (`.mhd`), which then are a sidecar of the samples' file.
//!
//! The format: github.com/Kitware/MetaIO, its documentation.

use std::io::{Cursor, Read as _};
use std::path::PathBuf;

use flate2::read::ZlibDecoder;

use super::samples::{GROWTH, Layout, Sample, spacing, unpacked};
use super::{Decoded, Glance, Input, Reader};
use crate::messages::arg;
use crate::scan::Format;
use crate::scan::sidecar::PlaneAbout;
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

pub(in crate::scan) fn claims(magic: &[u8]) -> bool {
    [&b"ObjectType"[..], b"NDims"].iter().any(|key| {
        let rest = magic.strip_prefix(*key).map(<[u8]>::trim_ascii_start);
        rest.is_some_and(|rest| rest.starts_with(b"="))
    })
}

/// The lines before the samples.
struct Head {
    /// Lengths along the axes, the fastest first.
    sizes: Vec<u64>,
    /// The type of a sample, as the file says.
    kind: String,
    /// Whether the high byte of a sample comes first.
    big: bool,
    packed: bool,
    pixel_mm: Option<[f64; 2]>,
    /// The file of the samples, where it is another.
    file: Option<String>,
    /// First byte of the samples.
    start: usize,
}

/// Reads the lines at the front of `bytes`.
fn head(bytes: &[u8], source: &Source<'_>) -> Result<Head> {
    let broken = || source.bad("scan-mha-head", &[]);
    let (mut kind, mut sizes, mut mm) = (None, None, None);
    let (mut big, mut packed) = (false, false);
    let mut start = 0;
    let file = loop {
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
        match key {
            "ElementType" => kind = Some(value.to_owned()),
            "DimSize" => {
                let read = value.split_whitespace().map(|size| size.parse().ok());
                sizes = Some(read.collect::<Option<Vec<u64>>>().ok_or_else(broken)?);
            }
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
            "ElementDataFile" => break Some(value.to_owned()).filter(|file| file != "LOCAL"),
            _ => {}
        }
    };
    Ok(Head {
        sizes: sizes.ok_or_else(broken)?,
        kind: kind.ok_or_else(broken)?,
        big,
        packed,
        // Writers that do not know put 1.
        pixel_mm: mm.filter(|mm| *mm != [1.0, 1.0]),
        file,
        start,
    })
}

impl Head {
    /// Refuses samples in another file that are packed.
    fn refuse_packed(&self, source: &Source<'_>) -> Result<()> {
        if self.packed {
            let word = Safe::word("zlib");
            return Err(source.unsupported("scan-packing", &[arg("packing", &word)]));
        }
        Ok(())
    }

    /// How the samples lie in this file, which has so many bytes.
    fn layout(&self, source: &Source<'_>, length: u64) -> Result<Layout> {
        if let Some(file) = &self.file {
            self.refuse_packed(source)?;
            let file = Safe::from_outside(file);
            return Err(source.unsupported("scan-detached", &[arg("file", &file)]));
        }
        let bits = match self.kind.as_str() {
            "MET_UCHAR" => Some(8),
            "MET_USHORT" => Some(16),
            _ => None,
        };
        let sample = Sample::of(bits, self.big, &self.kind, source)?;
        let layout = Layout::of(&self.sizes, sample, source)?;
        let growth = if self.packed { GROWTH } else { 1 };
        let data = length.saturating_sub(self.start as u64);
        layout.check(source, (data, growth))?;
        Ok(layout)
    }
}

/// The description of samples that lie in another file, as a sidecar would have it; `None` where they lie
/// in this one.
pub(in crate::scan) fn described(bytes: &[u8], source: &Source<'_>) -> Result<Option<PlaneAbout>> {
    let head = head(bytes, source)?;
    let Some(file) = &head.file else {
        return Ok(None);
    };
    head.refuse_packed(source)?;
    let [width, height] = head.sizes[..] else {
        let axes = head.sizes.len();
        return Err(source.unsupported("scan-axes", &[arg("axes", &axes)]));
    };
    let kind = match head.kind.as_str() {
        "MET_UCHAR" => "u8",
        "MET_USHORT" => "u16",
        other => other,
    };
    Ok(Some(PlaneAbout {
        file: Some(PathBuf::from(file)),
        width: Some(width),
        height: Some(height),
        sample_type: Some(kind.to_owned()),
        endian: Some(if head.big { "big" } else { "little" }.to_owned()),
        pixel_mm: head.pixel_mm,
        ..PlaneAbout::default()
    }))
}

/// Reads the front of a file as far as the lines may reach.
pub(in crate::scan) fn front(input: &mut dyn Input, source: &Source<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = input.take(HEAD).read_to_end(&mut bytes);
    read.map_err(|error| Error::io(source.path, &error))?;
    Ok(bytes)
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let bytes = front(input, source)?;
    let layout = head(&bytes, source)?.layout(source, length)?;
    Ok(layout.glance())
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let front = source.bytes.len().min(HEAD as usize);
    let head = head(&source.bytes[..front], source)?;
    let layout = head.layout(source, source.bytes.len() as u64)?;
    let data = &source.bytes[head.start..];
    let how = (page, head.pixel_mm);
    if head.packed {
        let packed = ZlibDecoder::new(Cursor::new(data));
        let bytes = unpacked(source, packed, layout.bytes())?;
        return layout.decoded(source, &bytes, how);
    }
    layout.decoded(source, data, how)
}
