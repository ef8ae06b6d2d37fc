//! DICOM files as they are written here: explicit VR, little endian, uncompressed.

use dicom_core::header::{DataElementHeader, Length};
use dicom_core::value::PrimitiveValue;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::encode::EncoderFor;
use dicom_encoding::encode::explicit_le::ExplicitVRLittleEndianEncoder;
use dicom_encoding::text::SpecificCharacterSet;
use dicom_parser::StatefulEncoder;

use crate::text::Safe;

/// Root of UIDs that are made from a number, PS3.5 B.2.
const BY_NUMBER: &str = "2.25.";
/// Hex digits of a hash that a UID holds.
const DIGITS: usize = 30;
/// The mark of an item of a sequence.
const ITEM: [u8; 4] = [0xfe, 0xff, 0x00, 0xe0];

/// One element.
#[derive(Debug, Clone)]
pub(crate) enum Element {
    /// A value.
    Value(Tag, VR, PrimitiveValue),
    /// A sequence of items, each with its elements.
    Sequence(Tag, Vec<Elements>),
}

/// Elements in the order of their tags.
pub(crate) type Elements = Vec<Element>;

impl Element {
    /// Text of that VR.
    pub(crate) fn text(tag: Tag, vr: VR, text: &str) -> Self {
        Self::Value(tag, vr, text.into())
    }

    /// A whole number of 16 bits.
    pub(crate) fn short(tag: Tag, value: u16) -> Self {
        Self::Value(tag, VR::US, value.into())
    }

    /// Numbers of 32 bits.
    pub(crate) fn floats(tag: Tag, values: &[f32]) -> Self {
        Self::Value(tag, VR::FL, PrimitiveValue::F32(values.into()))
    }
}

/// A whole file of that SOP class and instance.
///
/// # Errors
/// Why an element cannot be encoded.
pub(crate) fn file(class: &str, instance: &str, elements: &Elements) -> Result<Vec<u8>, Safe> {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let meta = encoded(&meta(class, instance))?;
    let length = Element::Value(
        tags::FILE_META_INFORMATION_GROUP_LENGTH,
        VR::UL,
        (meta.len() as u32).into(),
    );
    file.extend(encoded(&vec![length])?);
    file.extend(meta);
    file.extend(encoded(elements)?);
    Ok(file)
}

/// A UID of a hash in hex.
pub(crate) fn uid(hash: &str) -> String {
    let digits = hash.get(..DIGITS).unwrap_or(hash);
    let number = u128::from_str_radix(digits, 16).unwrap_or_default();
    format!("{BY_NUMBER}{number}")
}

/// The file meta information without its length.
fn meta(class: &str, instance: &str) -> Elements {
    let uid = |tag, uid: &str| Element::text(tag, VR::UI, uid);
    vec![
        Element::Value(
            tags::FILE_META_INFORMATION_VERSION,
            VR::OB,
            PrimitiveValue::U8([0, 1][..].into()),
        ),
        uid(tags::MEDIA_STORAGE_SOP_CLASS_UID, class),
        uid(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, instance),
        uid(tags::TRANSFER_SYNTAX_UID, uids::EXPLICIT_VR_LITTLE_ENDIAN),
        uid(tags::IMPLEMENTATION_CLASS_UID, "2.25.214617083926190154"),
    ]
}

/// Elements as bytes.
fn encoded(elements: &Elements) -> Result<Vec<u8>, Safe> {
    let mut bytes = Vec::new();
    for element in elements {
        match element {
            Element::Value(tag, vr, value) => primitive(*tag, *vr, value, &mut bytes)?,
            Element::Sequence(tag, items) => sequence(*tag, items, &mut bytes)?,
        }
    }
    Ok(bytes)
}

/// A value with its header.
fn primitive(tag: Tag, vr: VR, value: &PrimitiveValue, out: &mut Vec<u8>) -> Result<(), Safe> {
    let encoder = EncoderFor::new(ExplicitVRLittleEndianEncoder::default());
    let mut writer = StatefulEncoder::new(out, encoder, SpecificCharacterSet::default());
    let header = DataElementHeader::new(tag, vr, Length(0));
    let written = writer.encode_primitive_element(&header, value);
    written.map_err(|problem| Safe::from_outside(&problem.to_string()))
}

/// A sequence of explicit length, PS3.5 7.5.
fn sequence(tag: Tag, items: &[Elements], out: &mut Vec<u8>) -> Result<(), Safe> {
    let mut body = Vec::new();
    for item in items {
        let item = encoded(item)?;
        body.extend(ITEM);
        body.extend((item.len() as u32).to_le_bytes());
        body.extend(item);
    }
    out.extend(tag.group().to_le_bytes());
    out.extend(tag.element().to_le_bytes());
    out.extend(b"SQ\0\0");
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    Ok(())
}
