//! One plane as a DICOS digital X-ray image: what a simulated scan is written as for software that
//! reads nothing else. Explicit VR, little endian, uncompressed; monochrome, bright is air.

use dicom_core::header::{DataElementHeader, Length};
use dicom_core::value::PrimitiveValue;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::encode::EncoderFor;
use dicom_encoding::encode::explicit_le::ExplicitVRLittleEndianEncoder;
use dicom_encoding::text::SpecificCharacterSet;
use dicom_parser::StatefulEncoder;

use crate::scan::sha256;
use crate::simulation::Simulated;
use crate::text::Safe;

/// Root of UIDs that are made from a number, PS3.5 B.2.
const BY_NUMBER: &str = "2.25.";
/// Hex digits of a hash that a UID holds.
const DIGITS: usize = 30;

/// Elements in the order of their tags.
type Elements = Vec<(Tag, VR, PrimitiveValue)>;

/// The file of the high (0) or the low (1) plane. The same scan has the same UIDs.
///
/// # Errors
/// Why an element cannot be encoded.
pub(super) fn dicos(scan: &Simulated, energy: usize) -> Result<Vec<u8>, Safe> {
    let exposure = sha256(&[bytes(&scan.high), bytes(&scan.low)].concat());
    let own = uid(&sha256(format!("{exposure} {energy}").as_bytes()));
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let meta = encoded(&meta(&own))?;
    let length = meta.len() as u32;
    let group_length = (
        tags::FILE_META_INFORMATION_GROUP_LENGTH,
        VR::UL,
        length.into(),
    );
    file.extend(encoded(&vec![group_length])?);
    file.extend(meta);
    file.extend(encoded(&image(scan, energy, &exposure, &own))?);
    Ok(file)
}

/// The file meta information without its length.
fn meta(own: &str) -> Elements {
    let uid = |tag, uid: &str| (tag, VR::UI, uid.into());
    vec![
        (
            tags::FILE_META_INFORMATION_VERSION,
            VR::OB,
            PrimitiveValue::U8([0, 1][..].into()),
        ),
        uid(
            tags::MEDIA_STORAGE_SOP_CLASS_UID,
            uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
        ),
        uid(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, own),
        uid(tags::TRANSFER_SYNTAX_UID, uids::EXPLICIT_VR_LITTLE_ENDIAN),
        uid(tags::IMPLEMENTATION_CLASS_UID, "2.25.214617083926190154"),
    ]
}

/// The image itself.
fn image(scan: &Simulated, energy: usize, exposure: &str, own: &str) -> Elements {
    let (word, samples) = match energy {
        0 => ("HIGH_ENERGY", &scan.high),
        _ => ("LOW_ENERGY", &scan.low),
    };
    let text = |tag, vr, text: &str| (tag, vr, text.into());
    let short = |tag, value: u16| (tag, VR::US, value.into());
    let [across, down] = scan.pixel_mm;
    let kilovolt = scan.energies[energy].mega() * 1000.0;
    let object = scan.container.as_deref().unwrap_or("SIMULATED");
    vec![
        text(
            tags::IMAGE_TYPE,
            VR::CS,
            &format!("ORIGINAL\\{word}\\SIMULATED"),
        ),
        text(
            tags::SOP_CLASS_UID,
            VR::UI,
            uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
        ),
        text(tags::SOP_INSTANCE_UID, VR::UI, own),
        text(tags::MODALITY, VR::CS, "DX"),
        text(tags::MANUFACTURER, VR::LO, "xamine simulate"),
        text(
            tags::MANUFACTURER_MODEL_NAME,
            VR::LO,
            "simulated, not a real scan",
        ),
        text(tags::PATIENT_ID, VR::LO, object),
        text(tags::KVP, VR::DS, &format!("{kilovolt}")),
        text(tags::STUDY_INSTANCE_UID, VR::UI, &uid(exposure)),
        text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            &uid(&sha256(exposure.as_bytes())),
        ),
        text(tags::STUDY_ID, VR::SH, &exposure[..12]),
        text(tags::IMAGE_COMMENTS, VR::LT, "simulated, not a real scan"),
        short(tags::SAMPLES_PER_PIXEL, 1),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        short(tags::ROWS, scan.height as u16),
        short(tags::COLUMNS, scan.width as u16),
        text(tags::PIXEL_SPACING, VR::DS, &format!("{down}\\{across}")),
        short(tags::BITS_ALLOCATED, 16),
        short(tags::BITS_STORED, 16),
        short(tags::HIGH_BIT, 15),
        short(tags::PIXEL_REPRESENTATION, 0),
        // More signal for more beam.
        (
            tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN,
            VR::SS,
            1_i16.into(),
        ),
        (
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(samples.as_slice().into()),
        ),
    ]
}

/// Elements as bytes.
fn encoded(elements: &Elements) -> Result<Vec<u8>, Safe> {
    let mut bytes = Vec::new();
    let encoder = EncoderFor::new(ExplicitVRLittleEndianEncoder::default());
    let mut writer = StatefulEncoder::new(&mut bytes, encoder, SpecificCharacterSet::default());
    for (tag, vr, value) in elements {
        let header = DataElementHeader::new(*tag, *vr, Length(0));
        let written = writer.encode_primitive_element(&header, value);
        written.map_err(|problem| Safe::from_outside(&problem.to_string()))?;
    }
    drop(writer);
    Ok(bytes)
}

/// Samples as they stand in a file.
fn bytes(samples: &[u16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

/// A UID of a hash.
fn uid(hash: &str) -> String {
    let number = u128::from_str_radix(&hash[..DIGITS], 16).unwrap_or_default();
    format!("{BY_NUMBER}{number}")
}
