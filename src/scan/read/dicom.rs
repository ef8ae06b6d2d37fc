//! DICOM and DICOS: grey planes with what the file says of polarity, rescale, energy and container.
//!
//! Native, RLE, JPEG, JPEG lossless, JPEG 2000 and deflated files. Samples stay as stored. The
//! compressed frame's own header must agree with the file's before it is decoded, because the
//! decoders fill what is missing with zeros.

use std::borrow::Cow;

use dicom_core::Tag;
use dicom_core::value::C;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::Codec;
use dicom_encoding::adapters::{PixelDataObject, RawPixelData};

use super::elements::{Elements, Pixels, Want, transfer_syntax};
use super::{COLOURS, Decoded, Glance, Input, Page, Reader, jpeg};
use crate::messages::{arg, say};
use crate::radiograph::{Energy, EnergyUnit, Kind, Plane, PlaneName, Polarity};
use crate::scan::Format;
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Dicom,
    claims,
    glance,
    read,
};

/// Prefix of the DICOS SOP classes.
const DICOS: &str = "1.2.840.10008.5.1.4.1.1.501.";
/// The DICOS report of an operator or a machine.
const DICOS_REPORT: &str = "1.2.840.10008.5.1.4.1.1.501.3";

/// What the file says of itself, in the order it is shown.
const METADATA: &[(Tag, &str)] = &[
    (tags::PATIENT_ID, "scan-key-object"),
    (tags::OOI_TYPE, "scan-key-object-type"),
    (tags::STUDY_ID, "scan-key-scan-id"),
    (tags::MODALITY, "scan-key-modality"),
    (tags::IMAGE_TYPE, "scan-key-image-type"),
    (tags::MANUFACTURER, "scan-key-manufacturer"),
    (tags::MANUFACTURER_MODEL_NAME, "scan-key-model"),
    (tags::INSTITUTION_NAME, "scan-key-location"),
    (tags::STATION_NAME, "scan-key-machine"),
    (tags::SOFTWARE_VERSIONS, "scan-key-software"),
    (tags::ACQUISITION_DATE, "scan-key-acquisition-date"),
    (tags::ACQUISITION_TIME, "scan-key-acquisition-time"),
    (tags::CONTENT_DATE, "scan-key-content-date"),
    (tags::CONTENT_TIME, "scan-key-content-time"),
    (Tag(0x4010, 0x1044), "scan-key-acquisition-status"),
    (tags::KVP, "scan-key-kvp"),
    (tags::PHOTOMETRIC_INTERPRETATION, "scan-key-photometric"),
    (tags::PRESENTATION_LUT_SHAPE, "scan-key-lut-shape"),
    (tags::WINDOW_CENTER, "scan-key-window-centre"),
    (tags::WINDOW_WIDTH, "scan-key-window-width"),
    (tags::RESCALE_SLOPE, "scan-key-rescale-slope"),
    (tags::RESCALE_INTERCEPT, "scan-key-rescale-intercept"),
];

fn claims(magic: &[u8]) -> bool {
    magic.get(128..132) == Some(b"DICM")
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let elements = Elements::read(&mut *input, source, length, Want::Header)?;
    let mut glance = Glance {
        kind: Some(Kind::Report),
        container: container(&elements),
        ..Glance::default()
    };
    if !is_report(&elements, source)? {
        let shape = Shape::of(&elements, source)?;
        glance.kind = Some(if shape.samples == 3 {
            Kind::Colour
        } else {
            Kind::SingleEnergy
        });
        glance.size = Some([shape.columns, shape.rows]);
        glance.plane = plane_said(&elements);
        glance.exposure = exposure(&elements);
    }
    Ok(glance)
}

/// Whether the file is a report; without pixels it must be one.
fn is_report(elements: &Elements, source: &Source<'_>) -> Result<bool> {
    if !matches!(elements.pixels, Pixels::None) {
        return Ok(false);
    }
    let modality = elements.text(tags::MODALITY);
    if elements.class == DICOS_REPORT || matches!(modality.as_deref(), Some("TDR" | "SR")) {
        return Ok(true);
    }
    Err(source.bad("scan-dicom-no-pixels", &[]))
}

/// The plane that Image Type says; value 2 by the standard, any value in practice.
fn plane_said(elements: &Elements) -> Option<PlaneName> {
    let words = elements.text(tags::IMAGE_TYPE)?;
    words
        .split('\\')
        .find_map(|word| match word.trim().replace('_', " ").as_str() {
            "HIGH ENERGY" => Some(PlaneName::High),
            "LOW ENERGY" => Some(PlaneName::Low),
            "Z EFFECTIVE" | "Z EFF" => Some(PlaneName::Zeff),
            _ => None,
        })
}

/// The object's number, which DICOS writes where DICOM has the patient's.
fn container(elements: &Elements) -> Option<Safe> {
    let dicos = elements.class.starts_with(DICOS);
    elements.safe(tags::PATIENT_ID).filter(|_| dicos)
}

/// What files of one exposure share: scan and object.
fn exposure(elements: &Elements) -> Option<String> {
    let object = elements.text(tags::PATIENT_ID).unwrap_or_default();
    let scan = elements.text(tags::STUDY_ID);
    let scan = scan.or_else(|| elements.text(tags::SERIES_INSTANCE_UID))?;
    Some(format!("{scan}\u{1}{object}"))
}

/// How the pixels are stored.
struct Shape {
    columns: u64,
    rows: u64,
    samples: u64,
    frames: u64,
    allocated: u64,
    stored: u64,
    signed: bool,
    photometric: String,
}

impl Shape {
    /// Reads and checks it against the limits and the data.
    fn of(elements: &Elements, source: &Source<'_>) -> Result<Self> {
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

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let mut input = source.bytes;
    let elements = Elements::read(&mut input, source, source.bytes.len() as u64, Want::All)?;
    let dicos = elements.class.starts_with(DICOS);
    let mut decoded = Decoded {
        format: Some(if dicos { Format::Dicos } else { Format::Dicom }),
        container: container(&elements),
        metadata: metadata(&elements),
        ..Decoded::default()
    };
    if is_report(&elements, source)? {
        decoded.report = true;
        return Ok(decoded);
    }
    let shape = Shape::of(&elements, source)?;
    let frames = shape.frames as usize;
    if page.is_some_and(|page| page == 0 || page > frames) {
        return Err(Error::request(say(
            "scan-no-such-page",
            &[arg("pages", &frames)],
        )));
    }
    if lossy(&elements) {
        decoded.warnings.push(say("scan-lossy", &[]));
    }
    let pixel_mm = pixel_mm(&elements, &mut decoded.warnings);
    for frame in 0..frames {
        source.cancel.check()?;
        if page.is_some_and(|page| page != frame + 1) {
            continue;
        }
        let bytes = frame_bytes(&elements, &shape, frame, source)?;
        let planes = planes(&bytes, &elements, &shape, source)?;
        decoded.pages.push(Page {
            planes,
            says: plane_said(&elements),
            pixel_mm,
        });
    }
    Ok(decoded)
}

/// Key and value, as the file says.
fn metadata(elements: &Elements) -> Vec<(Safe, Safe)> {
    let tags = METADATA
        .iter()
        .filter_map(|(tag, key)| Some((say(key, &[]), elements.safe(*tag)?)));
    let syntax = dicom_transfer_syntax_name(&elements.syntax);
    tags.chain([(say("scan-key-transfer-syntax", &[]), syntax)])
        .collect()
}

/// The name of a transfer syntax.
fn dicom_transfer_syntax_name(uid: &str) -> Safe {
    use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
    let syntax = dicom_transfer_syntax_registry::TransferSyntaxRegistry.get(uid);
    Safe::from_outside(syntax.map_or(uid, |syntax| syntax.name()))
}

/// Whether the pixels once went through a compression with loss.
fn lossy(elements: &Elements) -> bool {
    elements.text(tags::LOSSY_IMAGE_COMPRESSION).as_deref() == Some("01")
        || matches!(
            elements.syntax.as_str(),
            uids::JPEG_BASELINE8_BIT | uids::JPEG_EXTENDED12_BIT | uids::JPEG2000
        )
}

/// Size of a pixel in mm, x and y: at the object where it is known, else at the detector.
fn pixel_mm(elements: &Elements, warnings: &mut Vec<Safe>) -> Option<[f64; 2]> {
    let pair = |tag| match elements.numbers(tag)[..] {
        // The standard writes rows first.
        [y, x, ..] if x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite() => Some([x, y]),
        _ => None,
    };
    if let Some(spacing) = pair(tags::PIXEL_SPACING) {
        return Some(spacing);
    }
    let [x, y] = pair(tags::IMAGER_PIXEL_SPACING)?;
    match elements.number(tags::ESTIMATED_RADIOGRAPHIC_MAGNIFICATION_FACTOR) {
        Some(factor) if factor >= 1.0 => Some([x / factor, y / factor]),
        _ => {
            warnings.push(say("scan-detector-spacing", &[]));
            Some([x, y])
        }
    }
}

/// The decoded bytes of a frame.
fn frame_bytes<'a>(
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
fn planes(
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
