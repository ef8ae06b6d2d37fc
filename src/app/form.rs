//! The decision form: what is typed before it is confirmed, and how its recording goes.

use serde::{Deserialize, Serialize};

use crate::decisions::Conclusion;
use crate::text::Safe;

/// A decision as it is being made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The decision, once chosen.
    pub choice: Option<Conclusion>,
    /// Reason codes, in the order they were chosen.
    pub reasons: Vec<String>,
    /// 1 (a guess) to 5 (certain).
    pub confidence: Option<u8>,
    /// Free note.
    pub note: String,
    /// The highlighted row of the reasons.
    #[serde(skip)]
    pub reason_row: usize,
    /// Where the recording stands.
    #[serde(skip)]
    pub recording: Recording,
}

/// Where the recording of a form stands: typed → writing → RECORDED or NOT RECORDED.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nothing was sent yet.
    #[default]
    Typed,
    /// The log thread has it.
    Writing,
    /// It is not on disk, and why.
    Failed(Safe),
}

impl Form {
    /// Adds or takes back a reason.
    pub fn toggle_reason(&mut self, code: &str) {
        if let Some(at) = self.reasons.iter().position(|reason| reason == code) {
            self.reasons.remove(at);
        } else {
            self.reasons.push(code.to_owned());
        }
    }

    /// Message id of what is still missing before it can be confirmed.
    pub fn missing(&self) -> Option<&'static str> {
        match self.choice {
            None => Some("form-choose"),
            Some(Conclusion::Suspicious) if self.reasons.is_empty() => Some("form-reason"),
            Some(_) => None,
        }
    }

    /// What is answered, without where the bar and the recording stand.
    pub(super) fn answers(&self) -> Self {
        Self {
            reason_row: 0,
            recording: Recording::Typed,
            ..self.clone()
        }
    }

    /// Whether anything was typed that would be lost.
    pub fn is_started(&self) -> bool {
        self.choice.is_some()
            || !self.reasons.is_empty()
            || !self.note.is_empty()
            || self.confidence.is_some()
    }
}
