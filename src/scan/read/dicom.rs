//! DICOM and DICOS: grey planes with what the file says of polarity, rescale, energy and container.
//!
//! Native, RLE, JPEG, JPEG lossless, JPEG 2000 and deflated files. Samples stay as stored.

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use super::dicom_pixels::{Shape, frame_bytes, planes};
use super::elements::{Elements, Pixels, Want};
use super::{Decoded, Glance, Input, Page, Reader};
use crate::messages::{arg, say};
use crate::radiograph::{Kind, PlaneName};
use crate::scan::Format;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Dicom,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
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
pub(super) fn plane_said(elements: &Elements) -> Option<PlaneName> {
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
