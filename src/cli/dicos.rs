//! One plane as a DICOS digital X-ray image: what a simulated scan is written as for software that
//! reads nothing else. Explicit VR, little endian, uncompressed; monochrome, bright is air.

use dicom_core::VR;
use dicom_core::value::PrimitiveValue;
use dicom_dictionary_std::{tags, uids};

use crate::dicom_file::{Element, Elements, file, uid};
use crate::scan::sha256;
use crate::simulation::Simulated;
use crate::text::Safe;

/// The file of the high (0) or the low (1) plane. The same scan has the same UIDs.
///
/// # Errors
/// Why an element cannot be encoded.
pub(super) fn dicos(scan: &Simulated, energy: usize) -> Result<Vec<u8>, Safe> {
    let exposure = sha256(&[bytes(&scan.high), bytes(&scan.low)].concat());
    let own = uid(&sha256(format!("{exposure} {energy}").as_bytes()));
    file(
        uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
        &own,
        &image(scan, energy, &exposure, &own),
    )
}

/// The image itself.
fn image(scan: &Simulated, energy: usize, exposure: &str, own: &str) -> Elements {
    let (word, samples) = match energy {
        0 => ("HIGH_ENERGY", &scan.high),
        _ => ("LOW_ENERGY", &scan.low),
    };
    let (text, short) = (Element::text, Element::short);
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
        Element::Value(
            tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN,
            VR::SS,
            1_i16.into(),
        ),
        Element::Value(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(samples.as_slice().into()),
        ),
    ]
}

/// Samples as they stand in a file.
fn bytes(samples: &[u16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}
