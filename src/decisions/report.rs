//! What `verify` found: a verdict and the problems behind it.

use serde::{Serialize, Serializer};

use crate::messages::{arg, say};
use crate::text::Safe;

/// The state of a log, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every segment is closed and every hash right.
    Clean,
    /// A segment is not closed, or has a tail that a later record explains.
    Open,
    /// An unexplained tail: torn or tampered, it cannot be told.
    Tail,
    /// Sound, but older than a remembered head.
    Stale,
    /// Something was changed, dropped, inserted or cut.
    Tampered,
}

impl Verdict {
    /// The word in JSON, and the end of the messages' ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Open => "open",
            Self::Tail => "tail",
            Self::Stale => "stale",
            Self::Tampered => "tampered",
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// File name of the segment.
    pub segment: Safe,
    /// Line in it, from 1; `None` when it is about the whole segment.
    pub line: Option<u64>,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// A sentence.
    pub detail: Safe,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The segment has no `close` record (yet).
    NotClosed,
    /// A tail that a later record pins.
    TailPinned,
    /// What a segment holds after its last good record, as a `fault` record says.
    Faulted,
    /// An unexplained tail.
    Tail,
    /// A remembered head is beyond the end of the segment, or the segment is gone.
    Stale,
    /// The line is not laid out as a record.
    Malformed,
    /// The line is over the limit.
    TooLong,
    /// The line's `self` does not fit its bytes.
    SelfHash,
    /// The line's `prev` does not fit the line before, or the file name.
    Prev,
    /// The line's number is not the one due.
    Sequence,
    /// The first line is not `open`.
    NotOpened,
    /// A record follows `close`.
    AfterClose,
    /// The counts of `close` are wrong.
    CloseCounts,
    /// A pinned record is not there, or another is in its place.
    Head,
    /// The hash over all pinned segments is wrong.
    Pinned,
    /// A pinned segment is not in the folder.
    Missing,
    /// A pinned tail was cut off or changed.
    TailChanged,
    /// A remembered record is not the one in its place.
    Rewritten,
    /// The segment cannot be read.
    Unreadable,
    /// Time runs back without a `clock` record.
    Time,
    /// A segment is gone or has lost lines since this checkpoint.
    CheckpointCut,
    /// What this checkpoint covers is not what it was.
    CheckpointChanged,
    /// The checkpoint kept elsewhere covers more than the folder holds.
    AgainstOlder,
    /// The checkpoint kept elsewhere is none of this log's.
    AgainstUnknown,
    /// A scan file is not the one that was decided upon.
    FileChanged,
    /// A scan file cannot be read.
    FileMissing,
}

impl ProblemKind {
    /// The word in JSON, and the end of the message's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotClosed => "not-closed",
            Self::TailPinned => "tail-pinned",
            Self::Faulted => "faulted",
            Self::Tail => "tail",
            Self::Stale => "stale",
            Self::Malformed => "malformed",
            Self::TooLong => "too-long",
            Self::SelfHash => "self",
            Self::Prev => "prev",
            Self::Sequence => "sequence",
            Self::NotOpened => "not-opened",
            Self::AfterClose => "after-close",
            Self::CloseCounts => "close-counts",
            Self::Head => "head",
            Self::Pinned => "pinned",
            Self::Missing => "missing",
            Self::TailChanged => "tail-changed",
            Self::Rewritten => "rewritten",
            Self::Unreadable => "unreadable",
            Self::Time => "time",
            Self::CheckpointCut => "checkpoint-cut",
            Self::CheckpointChanged => "checkpoint-changed",
            Self::AgainstOlder => "against-older",
            Self::AgainstUnknown => "against-unknown",
            Self::FileChanged => "file-changed",
            Self::FileMissing => "file-missing",
        }
    }

    /// The best verdict that this problem leaves possible.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Time | Self::FileChanged | Self::FileMissing => Verdict::Clean,
            Self::NotClosed | Self::TailPinned | Self::Faulted => Verdict::Open,
            Self::Tail => Verdict::Tail,
            Self::Stale | Self::AgainstOlder => Verdict::Stale,
            _ => Verdict::Tampered,
        }
    }
}

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Problem {
    /// A problem with the sentence of its kind.
    pub(super) fn new(segment: &str, line: Option<u64>, kind: ProblemKind) -> Self {
        Self::about(segment, line, kind, "")
    }

    /// A problem whose sentence names something: another segment, a file, a cause.
    pub(super) fn about(segment: &str, line: Option<u64>, kind: ProblemKind, what: &str) -> Self {
        let what = Safe::from_outside(what);
        Self {
            segment: Safe::from_outside(segment),
            line,
            kind,
            detail: say(
                &format!("log-problem-{}", kind.as_str()),
                &[arg("what", &what)],
            ),
        }
    }
}

/// The record of a checkpoint that was kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// Whose log it was.
    pub origin: Safe,
    /// Records that it covers.
    pub records: u64,
    /// Its root, base64.
    pub root: Safe,
    /// File name of the segment that holds it.
    pub segment: Safe,
    /// Line in it, from 1.
    pub line: u64,
    /// Whether all that it covers is there, unchanged.
    pub holds: bool,
}

/// The answer of `verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The state of the log.
    pub verdict: Verdict,
    /// Records whose own hash is right.
    pub records: u64,
    /// Segments in the folder.
    pub segments: u64,
    /// What was found, by segment and line.
    pub problems: Vec<Problem>,
    /// The record of the checkpoint compared with, where there is one.
    pub checkpoint: Option<Witness>,
}

impl Report {
    /// The report over these problems.
    pub(super) fn new(records: u64, segments: u64, problems: Vec<Problem>) -> Self {
        let verdict = problems
            .iter()
            .map(|problem| problem.kind.verdict())
            .max()
            .unwrap_or(Verdict::Clean);
        Self {
            verdict,
            records,
            segments,
            problems,
            checkpoint: None,
        }
    }

    /// Whether a command that asked for this report is content: the log is clean or open, and every
    /// scan file that was checked is the one decided upon.
    pub fn is_sound(&self) -> bool {
        self.verdict <= Verdict::Open
            && !self.problems.iter().any(|problem| {
                matches!(
                    problem.kind,
                    ProblemKind::FileChanged | ProblemKind::FileMissing
                )
            })
    }
}
