//! The decision log: what was decided, by whom, on which bytes, in records that are never changed.
//!
//! A log is a folder; each sitting writes one segment of hash-chained lines in it. A record that was
//! answered [`Answer::Recorded`] is on disk. [`verify`] finds and locates later changes, as far as
//! hashes without a key can. The format is permanent: `docs/decision-log.md`.

mod answers;
mod body;
mod check;
mod checkpoint;
mod clock;
mod folder;
mod groups;
mod history;
mod line;
mod merge;
mod merkle;
mod place;
mod plain;
mod proof;
mod readings;
mod report;
mod request;
mod scribe;
mod segment;
mod signature;
mod sitting;
mod stream;
mod survey;
mod tell;
mod template;
mod trouble;
mod verify;
mod vocabulary;
mod warning;
mod writer;

pub use answers::{Arbitration, FoundItem, Inspection, Outcome, Second, result_label};
pub use body::{
    AlarmAnswer, Amend, Answered, Change, Companion, Decision, MarkedRegion, Note, PlaneStats,
    RadiationAnswer, ScanBlock, ScanFile, ScanSeen, Shape, Timing, ViewSeen, ViewsSeen,
};
pub use checkpoint::{Checkpoint, Kept, Unreadable};
pub use clock::{Clock, JUMP_MS, Moment};
pub use groups::{Misheard, looks_spoken};
pub use history::{Decided, Entry, Reading, history};
pub use line::{LINE_LIMIT, sha256_hex};
pub use merge::{Merged, merge};
pub use plain::plain_json;
pub use proof::{Consistency, Inclusion, Proof, Roots, Unproved};
pub use readings::{SecondRule, Standing, TAKEN_BACK};
pub use report::{Problem, ProblemKind, Report, Verdict, Witness};
pub use request::{Answer, NOTE_LIMIT, Request, VIEWS_LIMIT};
pub use signature::{Signer, Unsigned, Verifier};
pub use sitting::{ClockJump, Close, DisplayCheck, End, Fault, Head, Open, Tail};
pub use tell::{Record, read_log};
pub use template::{Template, parse_templates, templates};
pub use verify::{Remembered, Scans, Witnesses, verify};
pub use vocabulary::{
    Conclusion, conclusion_label, control_label, controls, reason_label, reasons,
};
pub use writer::{LogSettings, Remember, Writer};
