//! How writing one record ends: a receipt, or the trouble and its sentence for the officer.

use std::io;
use std::path::Path;

use super::request::{NOTE_LIMIT, Unfit};
use crate::messages::{arg, say};
use crate::text::Safe;

/// A record that is on disk.
pub(super) struct Receipt {
    pub(super) segment: String,
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) hash: String,
}

/// Why a record is not on disk.
pub(super) enum Trouble {
    /// The record itself cannot be taken.
    Record(Safe),
    /// The segment was given up; another may do.
    Segment(Safe),
    /// No segment can be begun.
    Folder(Safe),
}

impl Trouble {
    /// The sentence for the officer.
    pub(super) fn why(self) -> Safe {
        match self {
            Self::Record(why) | Self::Segment(why) | Self::Folder(why) => why,
        }
    }
}

/// The sentence about a folder that refuses.
pub(super) fn not_written(folder: &Path, problem: &io::Error) -> Safe {
    let folder = Safe::from_path(folder);
    let why = Safe::from_outside(&problem.to_string());
    say(
        "log-not-written",
        &[arg("folder", &folder), arg("why", &why)],
    )
}

/// A body that is not taken.
pub(super) fn unfit(problem: Unfit) -> Trouble {
    Trouble::Record(match problem {
        Unfit::Note(bytes) => say(
            "log-note-too-long",
            &[arg("bytes", &bytes), arg("limit", &NOTE_LIMIT)],
        ),
        Unfit::Json(problem) => Safe::from_outside(&problem.to_string()),
    })
}

/// Trouble while beginning a segment is not answered by beginning yet another.
pub(super) fn as_folder(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Segment(why) => Trouble::Folder(why),
        other => other,
    }
}
