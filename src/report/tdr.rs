//! DICOS: a decision as an operator's report on one object of inspection, in the form that the
//! standard (NEMA IIC 1) has for it.
//!
//! Only a conclusion becomes one: `clear` CLEAR, `suspicious` ALARM, everything else UNKNOWN. What the
//! log does not know is said to be unknown; categories are the standard's weakest.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::cases::{Case, Effective, list, object, text};
use super::pictures::outline;
use crate::decisions::{Conclusion, MarkedRegion, ViewSeen, reason_label, sha256_hex};
use crate::dicom_file::{Element, Elements, file, uid};
use crate::radiograph::Outline;
use crate::text::Safe;

/// What the log does not know.
const UNKNOWN: &str = "unknown";
/// Longest text of VR LO, characters.
const LONG: usize = 64;
/// Longest text of VR SH, characters.
const SHORT: usize = 16;

/// The file of a case. The same case has the same UIDs.
///
/// # Errors
/// Why an element cannot be encoded.
pub fn tdr(case: &Case) -> Result<Vec<u8>, Safe> {
    let class = uids::DICOS_THREAT_DETECTION_REPORT_STORAGE;
    let now = case.effective();
    let own = uid(&sha256_hex(
        format!(
            "{} {} {} {}",
            case.id,
            now.decision,
            now.at,
            case.amends.len()
        )
        .as_bytes(),
    ));
    file(class, &own, &report(case, &now, class, &own))
}

/// The elements of the report.
fn report(case: &Case, now: &Effective, class: &str, own: &str) -> Elements {
    let text_of = Element::text;
    let moment = Moment::of(&now.at);
    let unknown = |tag, vr| text_of(tag, vr, UNKNOWN);
    let scan = text(&case.members, "scan_id");
    let objects = objects(case, now);
    let decision = match Conclusion::parse(&now.decision) {
        Some(Conclusion::Clear) => "CLEAR",
        Some(Conclusion::Suspicious) => "ALARM",
        _ => "UNKNOWN",
    };
    let count = objects.len() as u16;
    vec![
        text_of(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
        text_of(tags::INSTANCE_CREATION_DATE, VR::DA, &moment.date),
        text_of(tags::INSTANCE_CREATION_TIME, VR::TM, &moment.time),
        text_of(tags::SOP_CLASS_UID, VR::UI, class),
        text_of(tags::SOP_INSTANCE_UID, VR::UI, own),
        text_of(tags::STUDY_DATE, VR::DA, &moment.date),
        text_of(tags::SERIES_DATE, VR::DA, &moment.date),
        text_of(tags::CONTENT_DATE, VR::DA, &moment.date),
        text_of(tags::STUDY_TIME, VR::TM, &moment.time),
        text_of(tags::SERIES_TIME, VR::TM, &moment.time),
        text_of(tags::CONTENT_TIME, VR::TM, &moment.time),
        text_of(tags::MODALITY, VR::CS, "TDR"),
        unknown(tags::MANUFACTURER, VR::LO),
        text_of(tags::INSTITUTION_NAME, VR::LO, &cut(&case.host, LONG)),
        unknown(tags::INSTITUTION_ADDRESS, VR::ST),
        text_of(tags::STATION_NAME, VR::SH, &cut(&case.host, SHORT)),
        text_of(tags::INSTITUTIONAL_DEPARTMENT_NAME, VR::LO, UNKNOWN),
        text_of(tags::OPERATORS_NAME, VR::PN, &cut(&now.analyst, LONG)),
        Element::Sequence(
            tags::OPERATOR_IDENTIFICATION_SEQUENCE,
            vec![operator(case, now)],
        ),
        unknown(tags::MANUFACTURER_MODEL_NAME, VR::LO),
        Element::Sequence(tags::REFERENCED_STUDY_SEQUENCE, vec![image(scan)]),
        text_of(tags::PATIENT_ID, VR::LO, &cut(&unit(case), LONG)),
        text_of(tags::ISSUER_OF_PATIENT_ID, VR::LO, UNKNOWN),
        text_of(tags::TYPE_OF_PATIENT_ID, VR::CS, "TEXT"),
        text_of(tags::PATIENT_SEX, VR::CS, "U"),
        Element::Sequence(tags::OTHER_PATIENT_I_DS_SEQUENCE, Vec::new()),
        unknown(tags::DEVICE_SERIAL_NUMBER, VR::LO),
        text_of(
            tags::SOFTWARE_VERSIONS,
            VR::LO,
            concat!("xamine ", env!("CARGO_PKG_VERSION")),
        ),
        // Must be there; the log does not know them.
        text_of(tags::DATE_OF_LAST_CALIBRATION, VR::DA, ""),
        text_of(tags::TIME_OF_LAST_CALIBRATION, VR::TM, ""),
        text_of(tags::STUDY_INSTANCE_UID, VR::UI, &uid(scan)),
        text_of(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            &uid(&sha256_hex(case.id.as_bytes())),
        ),
        text_of(tags::STUDY_ID, VR::SH, &cut(scan, SHORT)),
        text_of(tags::INSTANCE_NUMBER, VR::IS, "1"),
        text_of(tags::FRAME_OF_REFERENCE_UID, VR::UI, &uid(scan)),
        text_of(tags::POSITION_REFERENCE_INDICATOR, VR::LO, ""),
        Element::Sequence(tags::THREAT_SEQUENCE, objects),
        text_of(tags::ABORT_FLAG, VR::CS, "SUCCESS"),
        text_of(tags::TDR_TYPE, VR::CS, "OPERATOR"),
        text_of(tags::ALARM_DECISION_TIME, VR::DT, &moment.both),
        text_of(tags::ALARM_DECISION, VR::CS, decision),
        Element::short(tags::NUMBER_OF_TOTAL_OBJECTS, count),
        Element::short(tags::NUMBER_OF_ALARM_OBJECTS, count),
        text_of(tags::DICOS_VERSION, VR::CS, "V03"),
        text_of(tags::OOI_TYPE, VR::CS, "CARGO"),
        text_of(tags::ACQUISITION_STATUS, VR::CS, "UNKNOWN"),
        text_of(tags::SCAN_TYPE, VR::CS, "OPERATIONAL"),
        Element::Sequence(tags::ALGORITHM_ROUTING_CODE_SEQUENCE, Vec::new()),
        Element::floats(tags::TOTAL_PROCESSING_TIME, &[took(case)]),
        text_of(tags::ADDITIONAL_SCREENING_PERFORMED, VR::CS, "NO"),
        Element::Value(tags::IMAGE_SCALE_REPRESENTATION, VR::FD, 1.0_f64.into()),
    ]
}

/// The container or unit, else the name of the scan's first file.
fn unit(case: &Case) -> String {
    super::page::scan_name(case)
}

/// Who decided, by the name that the log has.
fn operator(case: &Case, now: &Effective) -> Elements {
    let code = |value: &str, scheme: &str, meaning: &str| {
        vec![
            Element::text(tags::CODE_VALUE, VR::SH, &cut(value, SHORT)),
            Element::text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme),
            Element::text(tags::CODE_MEANING, VR::LO, meaning),
        ]
    };
    let mut kind = code("100004", "DCS", "Text Encoding");
    kind.extend([
        Element::text(tags::MAPPING_RESOURCE, VR::CS, "DICOS"),
        Element::text(tags::CONTEXT_GROUP_VERSION, VR::DT, "20120101000000"),
        Element::text(tags::CONTEXT_IDENTIFIER, VR::CS, "DCS4"),
    ]);
    vec![
        Element::text(tags::INSTITUTION_NAME, VR::LO, &cut(&case.host, LONG)),
        Element::Sequence(
            tags::PERSON_IDENTIFICATION_CODE_SEQUENCE,
            vec![code(&now.analyst, "L", "analyst, as claimed"), kind],
        ),
    ]
}

/// The image that was decided upon, by a UID of its bytes.
fn image(scan: &str) -> Elements {
    vec![
        Element::text(
            tags::REFERENCED_SOP_CLASS_UID,
            VR::UI,
            uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
        ),
        Element::text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, &uid(scan)),
    ]
}

/// The marked regions as objects; one over all that was looked at where an alarm has none.
fn objects(case: &Case, now: &Effective) -> Vec<Elements> {
    if Conclusion::parse(&now.decision) != Some(Conclusion::Suspicious) {
        return Vec::new();
    }
    let why: Vec<Safe> = now.reasons.iter().map(|code| reason_label(code)).collect();
    let why = Safe::join(&why, ", ").to_string();
    let regions = now.regions.iter().filter_map(|region| {
        let region: MarkedRegion = serde_json::from_value(region.clone()).ok()?;
        let outline = outline(&region)?;
        Some((region, outline))
    });
    let mut objects: Vec<Elements> = Vec::new();
    for (region, outline) in regions {
        // The report has one picture; which of several views it is stands in the words.
        let view = region.view.clone().unwrap_or_default();
        let words = [view, region.label.clone(), why.clone()];
        let words: Vec<&str> = words
            .iter()
            .map(|w| &**w)
            .filter(|w| !w.is_empty())
            .collect();
        let place = Place::of(&outline, region.material.as_ref());
        objects.push(object_of(
            case,
            objects.len() + 1,
            &place,
            &words.join(": "),
        ));
    }
    if objects.is_empty() {
        let words = format!("no region was marked; {why}");
        objects.push(object_of(case, 1, &Place::all(case), &words));
    }
    objects
}

/// Where an object is, in scan pixels, and how heavy where that is known.
struct Place {
    base: [f32; 2],
    extents: [f32; 2],
    corners: Vec<[f32; 2]>,
    grams: Option<f32>,
    z: Option<f32>,
}

impl Place {
    fn of(outline: &Outline, material: Option<&Value>) -> Self {
        let bounds = outline.bounds();
        let base = [bounds.x as f32, bounds.y as f32];
        let extents = [bounds.width.max(1) as f32, bounds.height.max(1) as f32];
        let number = |name: &str| material?.get(name)?.as_f64();
        let corners = match outline {
            Outline::Polygon(_) => {
                let points = outline.points().into_iter();
                points.map(|[x, y]| [x as f32, y as f32]).collect()
            }
            _ => boxed(base, extents),
        };
        Self {
            base,
            extents,
            corners,
            grams: number("mass_kg").map(|kg| (kg * 1000.0) as f32),
            z: number("z").map(|z| z as f32),
        }
    }

    /// All that was looked at.
    fn all(case: &Case) -> Self {
        let views = list(&case.members, "views").iter();
        let views = views.filter_map(|view| serde_json::from_value::<ViewSeen>(view.clone()).ok());
        let extents = views.fold([1.0_f32, 1.0], |most, seen| {
            let [x, y, w, h] = seen.view.region;
            [most[0].max((x + w) as f32), most[1].max((y + h) as f32)]
        });
        Self {
            base: [0.0; 2],
            extents,
            corners: boxed([0.0; 2], extents),
            grams: None,
            z: None,
        }
    }
}

/// The corners of a box.
fn boxed([x, y]: [f32; 2], [w, h]: [f32; 2]) -> Vec<[f32; 2]> {
    vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
}

/// One object.
fn object_of(case: &Case, number: usize, place: &Place, words: &str) -> Elements {
    let moment = Moment::of(&case.at);
    let flat = |[x, y]: [f32; 2], z: f32| [x, y, z];
    let polygon: Vec<f32> = place.corners.iter().flat_map(|at| flat(*at, 0.0)).collect();
    let mut shown = vec![
        Element::Sequence(
            tags::REFERENCED_INSTANCE_SEQUENCE,
            vec![image(text(&case.members, "scan_id"))],
        ),
        Element::Sequence(
            tags::THREAT_ROI_VOXEL_SEQUENCE,
            vec![vec![
                Element::floats(tags::THREAT_ROI_BASE, &flat(place.base, 0.0)),
                Element::floats(tags::THREAT_ROI_EXTENTS, &flat(place.extents, 1.0)),
            ]],
        ),
    ];
    let known = [(tags::MASS, place.grams), (tags::Z_EFFECTIVE, place.z)];
    let known = known
        .into_iter()
        .filter_map(|(tag, value)| Some((tag, value?)));
    shown.extend(known.map(|(tag, value): (Tag, f32)| Element::floats(tag, &[value])));
    shown.push(Element::floats(tags::BOUNDING_POLYGON, &polygon));
    vec![
        Element::short(tags::POTENTIAL_THREAT_OBJECT_ID, number as u16),
        Element::Sequence(tags::PTO_REPRESENTATION_SEQUENCE, vec![shown]),
        Element::Sequence(
            tags::ATD_ASSESSMENT_SEQUENCE,
            vec![vec![
                Element::text(tags::THREAT_CATEGORY, VR::CS, "ANOMALY"),
                Element::text(tags::THREAT_CATEGORY_DESCRIPTION, VR::LT, &cut(words, 1024)),
                Element::text(tags::ATD_ABILITY_ASSESSMENT, VR::CS, "UNKNOWN"),
                Element::text(tags::ATD_ASSESSMENT_FLAG, VR::CS, "UNKNOWN"),
                Element::floats(tags::ATD_ASSESSMENT_PROBABILITY, &[-1.0]),
            ]],
        ),
        Element::text(Tag(0x4010, 0x1080), VR::DT, &moment.both),
        Element::text(Tag(0x4010, 0x1081), VR::DT, &moment.both),
        Element::floats(Tag(0x4010, 0x1082), &[took(case)]),
    ]
}

/// How long the decision took, milliseconds.
fn took(case: &Case) -> f32 {
    let timing = object(&case.members, "timing");
    let total = timing.get("total_ms").and_then(Value::as_f64);
    total.unwrap_or_default() as f32
}

/// Text as an element of the standard holds it: no control characters, no backslash, so many
/// characters at most; what is empty is unknown.
fn cut(words: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() || c == '\\' { ' ' } else { c };
    let cut: String = words.chars().map(plain).take(most).collect();
    if cut.trim().is_empty() {
        return UNKNOWN.to_owned();
    }
    cut
}

/// A moment as DICOM writes it, UTC.
struct Moment {
    date: String,
    time: String,
    both: String,
}

impl Moment {
    fn of(at: &str) -> Self {
        let moment = at.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let moment = moment.to_zoned(TimeZone::UTC);
        let form = |form: &str| moment.strftime(form).to_string();
        Self {
            date: form("%Y%m%d"),
            time: form("%H%M%S.%6f"),
            both: form("%Y%m%d%H%M%S.%6f+0000"),
        }
    }
}
