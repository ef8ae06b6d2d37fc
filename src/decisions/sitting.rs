//! The bodies of records about the log itself: open, clock, fault, close.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Body of `open`, the first record of every segment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The program.
    pub program: String,
    /// Its version.
    pub version: String,
    /// How it was built.
    pub build: String,
    /// Name of the machine.
    pub host: String,
    /// Login name.
    pub login: String,
    /// Who decides: a claim, not an authentication.
    pub analyst: String,
    /// IANA name of the time zone, or its offset.
    pub time_zone: String,
    /// `synchronised` or `unknown`.
    pub clock_sync: String,
    /// The boot that `boot_ns` counts from.
    pub boot_id: String,
    /// Heads of the other segments that no earlier `open` has pinned as ended.
    #[serde(default)]
    pub heads: Vec<Head>,
    /// One hash over everything pinned so far: SHA-256 over a line `SEGMENT SEQ SELF PINNED\n` for
    /// each of `heads` in order, where `PINNED` is this member of that segment's own `open`.
    #[serde(default)]
    pub pinned: String,
    /// Unterminated last lines that were found.
    #[serde(default)]
    pub tails: Vec<Tail>,
    /// Segments that are damaged or unreadable, or that earlier records name and are missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// What the analyst's display showed when it was last tried, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_check: Option<DisplayCheck>,
}

/// Which greys an analyst told apart on a display (`xamine doctor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayCheck {
    /// When, RFC 3339 with offset.
    pub date: String,
    /// Graphics protocol of the steps.
    pub protocol: String,
    /// Steps of the wedge that were shown, evenly from black to white.
    pub steps: u8,
    /// Of those, how many were told apart.
    pub steps_told_apart: u8,
    /// Smallest difference to black that was seen, of 255; null when none was.
    pub near_black: Option<u8>,
    /// Smallest difference to white that was seen, of 255; null when none was.
    pub near_white: Option<u8>,
}

/// The last record of a segment, as another record has seen it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Head {
    /// File name.
    pub segment: String,
    /// Number of the record, from 1.
    pub seq: u64,
    /// Its `self`.
    #[serde(rename = "self")]
    pub hash: String,
    /// How the segment ended; absent while it may still grow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// How a segment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// With a `close` record.
    Closed,
    /// Without one; no writer holds its lock any more.
    Left,
}

/// An unterminated last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// File name.
    pub segment: String,
    /// Where it begins: the length of the terminated lines, bytes.
    pub offset: u64,
    /// Its length, bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Body of `clock`: wall clock and boot clock ran apart by more than two seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockJump {
    /// By how much the wall clock jumped forward (negative: back), milliseconds.
    pub jump_ms: i64,
    /// Wall clock of the record before.
    pub before_at: String,
    /// Boot clock of the record before, nanoseconds.
    pub before_boot_ns: u64,
}

/// Body of `fault`: a segment that could not be written any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The segment that is given up.
    pub segment: String,
    /// Its last record that is surely on disk; 0 for none.
    pub last_good_seq: u64,
    /// The operating system's number of the error; `null` for a short write.
    pub errno: Option<i32>,
    /// What was being done, and what was said.
    pub what: String,
}

/// Body of `close`, the last record of a segment that ended in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// Records in the segment, this one included.
    pub records: u64,
    /// Of which kind, this one included.
    pub counts: BTreeMap<String, u64>,
}
