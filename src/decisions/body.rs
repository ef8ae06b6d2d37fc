//! The bodies of records about scans: scan, view, decision, amend, note.
//!
//! Member names are permanent: what is written today is read for ever. Members whose name is marked
//! optional in `docs/decision-log.md` are left out when there is nothing to say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::vocabulary::Conclusion;
use crate::radiograph::Kind;
use crate::scan::{FileRecord, Opened, Scan};
use crate::text::Safe;
use crate::view::View;

/// The files of a scan as they were when decided upon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanBlock {
    /// SHA-256 of the one pixel file, or of the sorted hashes of several joined by `\n`.
    pub scan_id: String,
    /// The pixel files.
    pub files: Vec<ScanFile>,
    /// Container or unit number, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// `dual-energy`, `single-energy`, `colour` or `report`; `unknown` for a scan that could not be
    /// decoded and whose headers do not say.
    pub kind: String,
}

/// One pixel file of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanFile {
    /// Absolute path; bytes that are not UTF-8 are replaced, and `path_hex` has them all.
    pub path: String,
    /// The path's bytes in hex, only where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
    /// SHA-256 of the bytes that were decoded, lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

impl ScanBlock {
    /// The block of a scan that cannot be decoded: what its bytes are, and the kind that its headers
    /// promise (`unknown` where they do not).
    pub fn undecoded(scan: &Scan, scan_id: String, files: &[FileRecord]) -> Self {
        Self {
            scan_id,
            files: files.iter().map(ScanFile::of).collect(),
            container: scan.container.as_ref().map(ToString::to_string),
            kind: scan.kind.map_or("unknown", Kind::as_str).to_owned(),
        }
    }

    /// The block of a scan that was read.
    pub fn of(scan: &Opened) -> Self {
        Self {
            scan_id: scan.scan_id.clone(),
            files: scan.files.iter().map(ScanFile::of).collect(),
            container: scan.container.as_ref().map(ToString::to_string),
            kind: scan.kind.as_str().to_owned(),
        }
    }
}

impl ScanFile {
    /// The record of a file; its path is made absolute without following links.
    pub fn of(file: &FileRecord) -> Self {
        let path = std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone());
        let path_hex = path
            .to_str()
            .is_none()
            .then(|| to_hex(path.as_os_str().as_bytes()));
        Self {
            path: path.to_string_lossy().into_owned(),
            path_hex,
            sha256: file.sha256.clone(),
            bytes: file.bytes,
        }
    }

    /// The path with its exact bytes.
    pub fn exact_path(&self) -> PathBuf {
        match self.path_hex.as_deref().and_then(from_hex) {
            Some(bytes) => Path::new(std::ffi::OsStr::from_bytes(&bytes)).to_owned(),
            None => PathBuf::from(&self.path),
        }
    }
}

/// Lower-case hex of `bytes`.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bytes of a hex string; `None` when it is not one.
fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Body of `scan`: a scan was opened. The block is nested as in a decision, because its member
/// `kind` would otherwise repeat the record's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanSeen {
    /// The scan.
    pub scan_id: String,
    /// Its files.
    pub scan: ScanBlock,
}

/// Body of `view`: how a scan was looked at that was left undecided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewsSeen {
    /// The scan.
    pub scan_id: String,
    /// The views in order.
    pub views: Vec<ViewSeen>,
}

/// One view and how long it was on screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewSeen {
    /// The view.
    pub view: View,
    /// Graphics protocol.
    pub protocol: String,
    /// `Q0` to `Q5`.
    pub quality: String,
    /// Whether the picture on screen had every pixel value of the frame.
    pub lossless: bool,
    /// How long it stood, milliseconds.
    pub dwell_ms: u64,
    /// How many shorter views were merged into this one, where any were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<u64>,
}

/// Body of `decision`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The scan.
    pub scan_id: String,
    /// Its files.
    pub scan: ScanBlock,
    /// The unit decided upon, where a scan holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What was concluded.
    pub decision: Conclusion,
    /// Reason codes.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Free text of at most 64 KiB.
    #[serde(default)]
    pub note: String,
    /// 1 (guess) to 5 (certain).
    #[serde(default)]
    pub confidence: Option<u8>,
    /// Marked regions.
    #[serde(default)]
    pub regions: Vec<MarkedRegion>,
    /// EU types of control asked for.
    #[serde(default)]
    pub controls: Vec<u16>,
    /// How the scan was looked at.
    #[serde(default)]
    pub views: Vec<ViewSeen>,
    /// Steps of the checklist and their states.
    #[serde(default)]
    pub checklist: BTreeMap<String, String>,
    /// Automatic alarms and their answers.
    #[serde(default)]
    pub alarms: Vec<AlarmAnswer>,
    /// The declaration looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Companion>,
    /// The radiation reading looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radiation: Option<RadiationAnswer>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// Whether the last picture had every pixel value of the frame.
    #[serde(default)]
    pub final_lossless: bool,
    /// Whether only character cells were ever shown, never pixels.
    #[serde(default)]
    pub cells_only: bool,
    /// Whether the scan's data was incomplete.
    #[serde(default)]
    pub truncated: bool,
    /// Warnings of the form that the analyst confirmed.
    #[serde(default)]
    pub warnings_acknowledged: Vec<String>,
    /// Id of an earlier record that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<String>,
}

impl Decision {
    /// A decision about `scan` with nothing else said.
    pub fn new(scan: ScanBlock, decision: Conclusion) -> Self {
        Self {
            scan_id: scan.scan_id.clone(),
            scan,
            unit: None,
            decision,
            reasons: Vec::new(),
            note: String::new(),
            confidence: None,
            regions: Vec::new(),
            controls: Vec::new(),
            views: Vec::new(),
            checklist: BTreeMap::new(),
            alarms: Vec::new(),
            declaration: None,
            radiation: None,
            timing: None,
            final_lossless: false,
            cells_only: false,
            truncated: false,
            warnings_acknowledged: Vec::new(),
            refers_to: None,
        }
    }
}

/// A region marked on the scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkedRegion {
    /// What the points mean.
    pub shape: Shape,
    /// Scan pixels, x and y: two opposite corners of a rectangle or of an ellipse's box, the corners
    /// of a polygon, the ends of a line.
    pub points: Vec<[f64; 2]>,
    /// Width and height of the points' bounding box, mm, where the pixel size is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mm: Option<[f64; 2]>,
    /// The analyst's word for it.
    #[serde(default)]
    pub label: String,
    /// The view of the scan that it lies on, where the scan has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// Statistics inside it by plane name, as in `measure --json`.
    #[serde(default)]
    pub stats: BTreeMap<String, PlaneStats>,
    /// The material estimate, as in `measure --json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<Value>,
    /// Everything else that `measure --json` says, without the values of a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Value>,
}

impl MarkedRegion {
    /// The same region without what was measured in it.
    #[must_use]
    pub fn place(self) -> Self {
        Self {
            stats: BTreeMap::new(),
            material: None,
            measured: None,
            ..self
        }
    }

    /// What it is called: its label, and the corners of its box in scan pixels.
    pub fn place_label(&self) -> Safe {
        let ends = |i: usize| {
            let along = self.points.iter().map(|point| point[i]);
            let low = along.clone().fold(f64::INFINITY, f64::min);
            [low, along.fold(f64::NEG_INFINITY, f64::max)]
        };
        let ([left, right], [top, bottom]) = (ends(0), ends(1));
        let view = self.view.as_deref().unwrap_or_default();
        let place = format!("{view} {} {left},{top}–{right},{bottom}", self.label);
        let words: Vec<&str> = place.split_whitespace().collect();
        Safe::from_outside(&words.join(" "))
    }
}

/// The shape of a marked region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Rectangle.
    Rect,
    /// Ellipse.
    Ellipse,
    /// Polygon.
    Polygon,
    /// Line.
    Line,
}

/// Statistics of one plane inside a region, of the samples as stored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlaneStats {
    /// Mean sample.
    pub mean: f64,
    /// Standard deviation with n-1.
    pub sd: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// Mean transmission, 1 is air, where air is known.
    pub transmission: Option<f64>,
    /// -ln of the mean transmission, where air is known.
    pub attenuation: Option<f64>,
}

/// An automatic alarm and what the analyst said to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmAnswer {
    /// Who raised it.
    pub source: String,
    /// Its id at the source.
    pub id: String,
    /// When it was shown, RFC 3339.
    pub revealed_at: Option<String>,
    /// What the analyst said.
    pub answer: Option<Answered>,
}

/// An answer to an alarm or a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// It is right.
    Agree,
    /// It is wrong.
    Disagree,
    /// Cannot say.
    Unsure,
}

/// A companion file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// Where it is.
    pub path: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// A radiation reading that was looked at, and what the analyst said to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RadiationAnswer {
    /// Where it is.
    pub path: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// What the analyst said.
    pub answer: Option<Answered>,
}

/// How long a decision took, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// From asking for the scan to its first picture.
    pub first_pixel_ms: Option<u64>,
    /// From asking for the scan to the decision.
    pub total_ms: u64,
    /// Of that, without any key.
    pub idle_ms: u64,
}

/// Body of `amend`: a correction of an earlier record, which itself stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Amend {
    /// Id of the record that is corrected.
    pub of: String,
    /// The members that change.
    pub change: Change,
    /// Why.
    pub reason: String,
}

/// The members of a decision that an `amend` replaces; those that are `None` stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The new conclusion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Conclusion>,
    /// The new reason codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<String>>,
    /// The new note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The new confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The new regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<MarkedRegion>>,
    /// The new types of control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<Vec<u16>>,
}

/// Body of `note`: free text, about a scan or a record where those are named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<String>,
    /// Free text of at most 64 KiB.
    pub note: String,
    /// Id of the record it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<String>,
}
