//! The pixels of a DICOM file: how they are stored, one frame decoded, and its planes.
//!
//! The compressed frame's own header must agree with the file's before it is decoded, because the
//! decoders fill what is missing with zeros.

use std::borrow::Cow;

use dicom_core::Tag;
use dicom_core::value::C;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::Codec;
use dicom_encoding::adapters::{PixelDataObject, RawPixelData};

use super::dicom::plane_said;
use super::elements::{Elements, Pixels, transfer_syntax};
use super::{COLOURS, jpeg};
use crate::Result;
use crate::messages::arg;
use crate::radiograph::{Energy, EnergyUnit, Plane, PlaneName, Polarity};
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::text::Safe;

/// How the pixels are stored.
pub(super) struct Shape {
    pub(super) columns: u64,
    pub(super) rows: u64,
    pub(super) samples: u64,
    pub(super) frames: u64,
    allocated: u64,
    stored: u64,
    signed: bool,
    photometric: String,
}

impl Shape {
    /// Reads and checks it against the limits and the data.
    pub(super) fn of(elements: &Elements, source: &Source<'_>) -> Result<Self> {
        let needed = |tag: Tag, name: &'static str| {
            let missing = || source.bad("scan-dicom-missing", &[arg("name", &Safe::word(name))]);
            elements.count(tag).ok_or_else(missing)
        };
        let allocated = needed(tags::BITS_ALLOCATED, "Bits Allocated")?;
        let shape = Self {
            columns: needed(tags::COLUMNS, "Columns")?,
            rows: needed(tags::ROWS, "Rows")?,
            samples: elements.count(tags::SAMPLES_PER_PIXEL).unwrap_or(1),
            frames: elements.count(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1),
            allocated,
            stored: elements.count(tags::BITS_STORED).unwrap_or(allocated),
            signed: elements.count(tags::PIXEL_REPRESENTATION) == Some(1),
            photometric: elements
                .text(tags::PHOTOMETRIC_INTERPRETATION)
                .unwrap_or_else(|| "MONOCHROME2".to_owned()),
        };
        shape.read_at_all(elements, source)?;
        shape.claim(elements).check(source)?;
        Ok(shape)
    }

    /// Refuses what is not read.
    fn read_at_all(&self, elements: &Elements, source: &Source<'_>) -> Result<()> {
        if !matches!(self.allocated, 8 | 16) || self.stored == 0 || self.stored > self.allocated {
            return Err(source.unsupported("scan-sample-bits", &[arg("bits", &self.allocated)]));
        }
        let high = elements.count(tags::HIGH_BIT).unwrap_or(self.stored - 1);
        if high + 1 != self.stored {
            return Err(source.unsupported("scan-dicom-high-bit", &[arg("bit", &high)]));
        }
        let compressed = matches!(
            elements.pixels,
            Pixels::Fragments { .. } | Pixels::UnreadFragments
        );
        match (self.samples, self.photometric.as_str()) {
            (1, "MONOCHROME1" | "MONOCHROME2") | (3, "RGB") => Ok(()),
            // The JPEG decoders turn these into RGB.
            (3, "YBR_FULL" | "YBR_FULL_422" | "YBR_RCT" | "YBR_ICT")
                if compressed && elements.syntax != uids::RLE_LOSSLESS =>
            {
                Ok(())
            }
            (samples, photometric) => {
                let name = Safe::from_outside(photometric);
                let words = [arg("name", &name), arg("samples", &samples)];
                Err(source.unsupported("scan-dicom-photometric", &words))
            }
        }
    }

    fn claim(&self, elements: &Elements) -> Claim {
        let (data, growth) = match &elements.pixels {
            Pixels::Unread(bytes) => (*bytes, 1),
            Pixels::Native(value) => (value.to_bytes().len() as u64, 1),
            Pixels::Fragments { fragments, .. } => (
                fragments.iter().map(|f| f.len() as u64).sum(),
                growth(&elements.syntax),
            ),
            Pixels::UnreadFragments => (u64::MAX, u64::MAX),
            Pixels::None => (0, 1),
        };
        Claim {
            columns: self.columns,
            rows: self.rows,
            samples: self.samples,
            frames: self.frames,
            bits: self.allocated,
            data,
            growth,
        }
    }

    /// Bytes of one decoded frame.
    fn frame_bytes(&self) -> usize {
        (self.columns * self.rows * self.samples * self.allocated / 8) as usize
    }
}

/// How much a compression can grow.
fn growth(syntax: &str) -> u64 {
    match syntax {
        uids::RLE_LOSSLESS => 64,
        uids::JPEG2000_LOSSLESS | uids::JPEG2000 => 65_536,
        _ => 1024,
    }
}

/// The decoded bytes of a frame.
pub(super) fn frame_bytes<'a>(
    elements: &'a Elements,
    shape: &Shape,
    frame: usize,
    source: &Source<'_>,
) -> Result<Cow<'a, [u8]>> {
    let size = shape.frame_bytes();
    if let Pixels::Native(value) = &elements.pixels {
        let range = frame * size..(frame + 1) * size;
        let short = || source.bad("scan-dicom-ends", &[]);
        return match value.to_bytes() {
            Cow::Borrowed(bytes) => bytes.get(range).map(Cow::Borrowed).ok_or_else(short),
            Cow::Owned(bytes) => {
                let part = bytes.get(range).ok_or_else(short)?;
                Ok(Cow::Owned(part.to_vec()))
            }
        };
    }
    let syntax = transfer_syntax(&elements.syntax, source)?;
    let Codec::EncapsulatedPixelData(Some(decoder), _) = syntax.codec() else {
        let name = Safe::from_outside(syntax.name());
        return Err(source.unsupported("scan-compression", &[arg("name", &name)]));
    };
    let object = Object { elements, shape };
    frame_agrees(&object, frame, source)?;
    let mut bytes = Vec::new();
    decoder
        .decode_frame(&object, frame as u32, &mut bytes)
        .map_err(|error| source.library(&error))?;
    if bytes.len() == size {
        Ok(Cow::Owned(bytes))
    } else {
        Err(source.bad("scan-dicom-frame", &[]))
    }
}

/// Refuses a compressed frame whose own header says another size than the file.
fn frame_agrees(object: &Object<'_>, frame: usize, source: &Source<'_>) -> Result<()> {
    let data = object.frame_pixel_data(frame as u32);
    let data = data.ok_or_else(|| source.bad("scan-dicom-ends", &[]))?;
    let own = match object.elements.syntax.as_str() {
        uids::RLE_LOSSLESS => return Ok(()),
        uids::JPEG2000_LOSSLESS | uids::JPEG2000 => code_stream(&data),
        _ => jpeg::frame(&data).and_then(|(own, ended)| ended.then_some(own)),
    };
    let shape = object.shape;
    let agrees = own.is_some_and(|own| {
        (own.width, own.height, own.samples) == (shape.columns, shape.rows, shape.samples)
            && own.bits <= shape.allocated
    });
    if agrees {
        Ok(())
    } else {
        Err(source.bad("scan-dicom-frame", &[]))
    }
}

/// The size in the header of a JPEG 2000 code stream, raw or in its box.
fn code_stream(data: &[u8]) -> Option<jpeg::Frame> {
    let start = data
        .windows(4)
        .take(4096)
        .position(|w| w == [0xff, 0x4f, 0xff, 0x51])?;
    let field = |at: usize| {
        let bytes = data.get(start + at..start + at + 4)?;
        Some(u64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
    };
    Some(jpeg::Frame {
        width: field(8)?.checked_sub(field(16)?)?,
        height: field(12)?.checked_sub(field(20)?)?,
        samples: field(38)? & 0xffff,
        bits: u64::from((data.get(start + 42)? & 0x7f) + 1),
    })
}

/// The planes of a frame's bytes.
pub(super) fn planes(
    bytes: &[u8],
    elements: &Elements,
    shape: &Shape,
    source: &Source<'_>,
) -> Result<Vec<Plane>> {
    let step = shape.samples as usize;
    let separate = step > 1
        && elements.count(tags::PLANAR_CONFIGURATION) == Some(1)
        && matches!(elements.pixels, Pixels::Native(_));
    let area = (shape.columns * shape.rows) as usize;
    let wide: Vec<u16> = if shape.allocated == 8 {
        bytes.iter().map(|byte| u16::from(*byte)).collect()
    } else {
        bytes
            .chunks_exact(2)
            .map(|two| u16::from_le_bytes([two[0], two[1]]))
            .collect()
    };
    signs(&wide, shape, source)?;
    let names = if step == 3 {
        COLOURS.to_vec()
    } else {
        vec![plane_said(elements).unwrap_or(PlaneName::Grey)]
    };
    let planes = names.into_iter().enumerate().map(|(index, name)| {
        let samples = if step == 1 {
            wide.clone()
        } else if separate {
            wide[index * area..(index + 1) * area].to_vec()
        } else {
            wide.iter().skip(index).step_by(step).copied().collect()
        };
        plane(name, samples, elements, shape)
    });
    Ok(planes.collect())
}

/// Refuses samples below zero.
fn signs(samples: &[u16], shape: &Shape, source: &Source<'_>) -> Result<()> {
    let sign = 1u16 << (shape.stored - 1);
    if shape.signed && samples.iter().any(|sample| sample & sign != 0) {
        return Err(source.unsupported("scan-signed", &[arg("bits", &shape.stored)]));
    }
    Ok(())
}

/// A plane with what the file says of it.
fn plane(name: PlaneName, samples: Vec<u16>, elements: &Elements, shape: &Shape) -> Plane {
    let mut plane = Plane::new(name, shape.columns as usize, shape.rows as usize, samples);
    plane.bits = shape.stored as u8;
    plane.bits_allocated = shape.allocated as u8;
    plane.polarity = if plane.name == PlaneName::Zeff {
        Polarity::Unknown
    } else {
        polarity(elements, &shape.photometric)
    };
    let slope = elements.number(tags::RESCALE_SLOPE);
    let intercept = elements.number(tags::RESCALE_INTERCEPT);
    if slope.is_some() || intercept.is_some() {
        plane.rescale = Some([slope.unwrap_or(1.0), intercept.unwrap_or(0.0)]);
    }
    plane.energy = elements
        .number(tags::KVP)
        .filter(|kv| *kv > 0.0)
        .map(energy);
    plane
}

/// An end-point in kV, as a linac's is written from 1,000 kV on.
fn energy(kilovolt: f64) -> Energy {
    let (value, unit) = if kilovolt < 1000.0 {
        (kilovolt, EnergyUnit::Kilovolt)
    } else {
        (kilovolt / 1000.0, EnergyUnit::Megavolt)
    };
    Energy { value, unit }
}

/// What bright means: `MONOCHROME1` shows low samples bright; otherwise the sign of the pixel
/// intensity relationship, PS3.3 C.8.11.3.1.2: -1 is more signal for less beam.
fn polarity(elements: &Elements, photometric: &str) -> Polarity {
    let sign = elements.number(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN);
    if photometric == "MONOCHROME1" || sign == Some(-1.0) {
        Polarity::BrightIsDense
    } else {
        Polarity::BrightIsAir
    }
}

/// The elements as the decoders want them.
struct Object<'a> {
    elements: &'a Elements,
    shape: &'a Shape,
}

impl PixelDataObject for Object<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        &self.elements.syntax
    }

    fn rows(&self) -> Option<u16> {
        u16::try_from(self.shape.rows).ok()
    }

    fn cols(&self) -> Option<u16> {
        u16::try_from(self.shape.columns).ok()
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        u16::try_from(self.shape.samples).ok()
    }

    fn bits_allocated(&self) -> Option<u16> {
        u16::try_from(self.shape.allocated).ok()
    }

    fn bits_stored(&self) -> Option<u16> {
        u16::try_from(self.shape.stored).ok()
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some(&self.shape.photometric)
    }

    fn number_of_frames(&self) -> Option<u32> {
        u32::try_from(self.shape.frames).ok()
    }

    fn number_of_fragments(&self) -> Option<u32> {
        match &self.elements.pixels {
            Pixels::Fragments { fragments, .. } => u32::try_from(fragments.len()).ok(),
            _ => None,
        }
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        match &self.elements.pixels {
            Pixels::Fragments { fragments, .. } => fragments.get(fragment).map(Cow::from),
            _ => None,
        }
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        match &self.elements.pixels {
            Pixels::Fragments { offsets, .. } => Some(Cow::from(offsets)),
            _ => None,
        }
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        match &self.elements.pixels {
            Pixels::Fragments { offsets, fragments } => Some(RawPixelData {
                fragments: C::from_vec(fragments.clone()),
                offset_table: C::from_vec(offsets.clone()),
            }),
            _ => None,
        }
    }
}
