//! What the log's writer is asked and what it answers.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Error as JsonError;

use super::answers::{Arbitration, Outcome, Second};
use super::body::{Amend, Decision, Note, ScanSeen, ViewSeen, ViewsSeen};
use super::checkpoint::Checkpoint;
use super::plain::plain_json;
use super::vocabulary::Conclusion;
use crate::text::Safe;

/// Longest note, bytes.
pub const NOTE_LIMIT: usize = 64 * 1024;
/// Most views in one record; shorter ones are merged beyond it.
pub const VIEWS_LIMIT: usize = 256;

/// What the writer is asked. A `token` is the caller's number for one form: asking again with the
/// same token writes the same record id again, so that a record that did reach the disk after all is
/// not counted twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Record a decision.
    Decision {
        /// The form.
        token: u64,
        /// What was decided.
        body: Box<Decision>,
    },
    /// Record a correction.
    Amend {
        /// The form.
        token: u64,
        /// The correction.
        body: Amend,
    },
    /// Record free text.
    Note {
        /// The form.
        token: u64,
        /// The text.
        body: Note,
    },
    /// Record a second reading.
    Second {
        /// The form.
        token: u64,
        /// What was decided.
        body: Box<Second>,
    },
    /// Record which of several decisions holds.
    Arbitration {
        /// The form.
        token: u64,
        /// What holds, and why.
        body: Box<Arbitration>,
    },
    /// Record what an inspection found.
    Outcome {
        /// The form.
        token: u64,
        /// What it found.
        body: Outcome,
    },
    /// Record what the log held, for a copy that is kept elsewhere.
    Checkpoint {
        /// The form.
        token: u64,
        /// What it held.
        body: Checkpoint,
    },
    /// A scan was opened. Written with the next decision's sync; answered only when it fails.
    Scan(ScanSeen),
    /// A scan was left undecided. Written with the next decision's sync; answered only when it fails.
    Views(ViewsSeen),
    /// Go on in another folder, because this one cannot be written.
    UseFolder(PathBuf),
    /// End the segment. A later request begins a new one.
    Close,
    /// End the segment and begin one of another analyst.
    HandOver {
        /// Who decides from now on.
        analyst: String,
    },
}

impl Request {
    /// The number that comes back with the answer; `None` for what is not answered.
    pub fn token(&self) -> Option<u64> {
        match self {
            Self::Decision { token, .. }
            | Self::Amend { token, .. }
            | Self::Note { token, .. }
            | Self::Second { token, .. }
            | Self::Arbitration { token, .. }
            | Self::Outcome { token, .. }
            | Self::Checkpoint { token, .. } => Some(*token),
            Self::Scan(_)
            | Self::Views(_)
            | Self::UseFolder(_)
            | Self::Close
            | Self::HandOver { .. } => None,
        }
    }

    /// What it concludes about a scan, where it does.
    pub fn conclusion(&self) -> Option<Conclusion> {
        match self {
            Self::Decision { body, .. } => Some(body.decision),
            Self::Second { body, .. } => Some(body.decision.decision),
            Self::Amend { body, .. } => body.change.decision,
            Self::Arbitration { body, .. } => Some(body.decision.decision),
            _ => None,
        }
    }
}

/// What the writer answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A segment was begun and is on disk.
    Opened {
        /// Its folder.
        folder: PathBuf,
        /// Its file name.
        segment: String,
        /// What the officer should know: tails, damaged or missing segments, low space.
        warnings: Vec<Safe>,
    },
    /// The log cannot be written as things stand. Looking goes on; a later decision tries again.
    NotOpened {
        /// The cause and what to do.
        why: Safe,
    },
    /// The record is on disk.
    Recorded {
        /// The form.
        token: u64,
        /// File name of the segment.
        segment: String,
        /// Number in the segment, from 1.
        seq: u64,
        /// Identifier of the record.
        id: String,
        /// The record's `self`.
        hash: String,
    },
    /// The record is not on disk: the form stays as it is.
    NotRecorded {
        /// The form.
        token: u64,
        /// The cause and what to do.
        why: Safe,
        /// A second folder to offer, where one is set.
        offer: Option<PathBuf>,
    },
    /// Something the officer should know that stops nothing.
    Warning(Safe),
    /// The segment has its last record.
    Closed {
        /// Its file name.
        segment: String,
        /// Records in it.
        records: u64,
    },
}

/// A record to be written: its kind and its body as JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pending {
    pub(super) kind: &'static str,
    pub(super) body: String,
}

/// Why a body is not taken.
#[derive(Debug)]
pub(super) enum Unfit {
    /// The note is over [`NOTE_LIMIT`].
    Note(usize),
    /// It cannot be written as JSON.
    Json(JsonError),
}

/// A body as JSON.
pub(super) fn pending(kind: &'static str, body: &impl Serialize) -> Result<Pending, Unfit> {
    let body = serde_json::to_string(body).map_err(Unfit::Json)?;
    Ok(Pending {
        kind,
        body: plain_json(&body),
    })
}

/// A decision as JSON, within the limits.
pub(super) fn decision(mut body: Decision) -> Result<Pending, Unfit> {
    fit_note(&body.note)?;
    merge_views(&mut body.views);
    pending("decision", &body)
}

/// A correction as JSON, within the limits.
pub(super) fn amend(body: &Amend) -> Result<Pending, Unfit> {
    fit_note(&body.reason)?;
    fit_note(body.change.note.as_deref().unwrap_or_default())?;
    pending("amend", body)
}

/// A second reading as JSON, within the limits.
pub(super) fn second(mut body: Second) -> Result<Pending, Unfit> {
    fit_note(&body.decision.note)?;
    merge_views(&mut body.decision.views);
    pending("second", &body)
}

/// An arbitration as JSON, within the limits.
pub(super) fn arbitration(mut body: Arbitration) -> Result<Pending, Unfit> {
    fit_note(&body.reason)?;
    fit_note(&body.decision.note)?;
    merge_views(&mut body.decision.views);
    pending("arbitration", &body)
}

/// An outcome as JSON, within the limits.
pub(super) fn outcome(body: &Outcome) -> Result<Pending, Unfit> {
    for found in &body.found {
        fit_note(&found.what)?;
    }
    pending("outcome", body)
}

/// Free text as JSON, within the limits.
pub(super) fn note(body: &Note) -> Result<Pending, Unfit> {
    fit_note(&body.note)?;
    pending("note", body)
}

/// Views of an undecided scan as JSON, within the limits.
pub(super) fn views(mut body: ViewsSeen) -> Result<Pending, Unfit> {
    merge_views(&mut body.views);
    pending("view", &body)
}

/// Refuses a note over the limit.
fn fit_note(note: &str) -> Result<(), Unfit> {
    if note.len() > NOTE_LIMIT {
        return Err(Unfit::Note(note.len()));
    }
    Ok(())
}

/// Merges the views that stood shortest into their predecessors until at most [`VIEWS_LIMIT`] are
/// left; their dwell times are added and their number is told.
fn merge_views(views: &mut Vec<ViewSeen>) {
    while views.len() > VIEWS_LIMIT {
        let shortest = (1..views.len()).min_by_key(|at| views[*at].dwell_ms);
        let Some(at) = shortest else { return };
        let gone = views.remove(at);
        let into = &mut views[at - 1];
        into.dwell_ms = into.dwell_ms.saturating_add(gone.dwell_ms);
        into.merged = Some(into.merged.unwrap_or(0) + gone.merged.unwrap_or(0) + 1);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::view::{Display, Unit, VIEW_VERSION, View, Window};

    fn seen(dwell_ms: u64) -> ViewSeen {
        let window = Window {
            centre: 1.0,
            width: 1.0,
            unit: Unit::Sample,
            function: None,
        };
        ViewSeen {
            view: View {
                v: VIEW_VERSION,
                view: "main".into(),
                planes: vec!["grey".into()],
                display: Display::Grey,
                filters: Vec::new(),
                window,
                region: [0.0, 0.0, 1.0, 1.0],
                zoom: 1.0,
                rotation: 0,
                mirrored: false,
                flipped: false,
                aspect: crate::view::Aspect::World,
                comparison: None,
                profile: None,
            },
            protocol: "kitty".into(),
            quality: "Q5".into(),
            lossless: true,
            dwell_ms,
            merged: None,
        }
    }

    #[test]
    fn too_many_views_are_merged_and_no_time_is_lost() {
        let mut views: Vec<ViewSeen> = (0..1000).map(seen).collect();
        merge_views(&mut views);
        assert_eq!(views.len(), VIEWS_LIMIT);
        let time: u64 = views.iter().map(|view| view.dwell_ms).sum();
        let merged: u64 = views.iter().filter_map(|view| view.merged).sum();
        assert_eq!((time, merged), (999 * 1000 / 2, 1000 - 256));
    }

    #[test]
    fn bodies_never_repeat_the_records_own_members() {
        use super::super::answers::*;
        use super::super::body::*;
        use super::super::sitting::*;
        let scan = ScanBlock::default();
        let bodies = [
            serde_json::to_value(Decision::new(scan.clone(), super::super::Conclusion::Clear)),
            serde_json::to_value(Second {
                of: String::new(),
                blind: true,
                decision: Decision::new(scan, super::super::Conclusion::Clear),
            }),
            serde_json::to_value(Checkpoint::default()),
            serde_json::to_value(Arbitration {
                of: Vec::new(),
                reason: String::new(),
                decision: Decision::new(ScanBlock::default(), super::super::Conclusion::Clear),
            }),
            serde_json::to_value(Outcome {
                of: String::new(),
                result: Inspection::Seizure,
                found: vec![FoundItem::default()],
                by: String::new(),
                inspected_at: String::new(),
            }),
            serde_json::to_value(ScanSeen::default()),
            serde_json::to_value(ViewsSeen::default()),
            serde_json::to_value(Amend::default()),
            serde_json::to_value(Note::default()),
            serde_json::to_value(Open::default()),
            serde_json::to_value(Close::default()),
            serde_json::to_value(ClockJump::default()),
            serde_json::to_value(Fault::default()),
        ];
        for body in bodies {
            let body = body.unwrap();
            for own in ["v", "seq", "id", "at", "boot_ns", "kind", "prev", "self"] {
                assert!(body.get(own).is_none(), "{own} in {body}");
            }
        }
    }
}
