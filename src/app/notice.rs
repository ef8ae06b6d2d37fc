//! One line to the analyst: what just happened, or what stands in the way.

use crate::text::Safe;

/// A line for the analyst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How loud it is.
    pub level: Level,
    /// The words.
    pub text: Safe,
}

/// How loud a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Info,
    /// A decision is on disk.
    Recorded,
    /// Something to look at.
    Warning,
    /// Something failed; it stays until a key is pressed.
    Error,
    /// A decision is not on disk: over the full width until it is.
    NotRecorded,
}

impl Notice {
    /// A notice of that level.
    pub fn new(level: Level, text: Safe) -> Self {
        Self { level, text }
    }
}
