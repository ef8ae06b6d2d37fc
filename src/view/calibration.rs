//! The scanner profile that a view tells materials by: the log keeps its hash, the program the
//! scanner itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::messages::say;
use crate::physics::scanner::Scanner;
use crate::{Error, Result};

/// A scanner profile in use. Two are equal when their files are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Calibration {
    sha256: String,
    scanner: Option<Arc<Scanner>>,
}

impl Calibration {
    /// That of a scanner whose profile was read from a file; `None` for a generic one.
    pub fn of(scanner: &Arc<Scanner>) -> Option<Self> {
        Some(Self {
            sha256: scanner.sha256()?.to_owned(),
            scanner: Some(Arc::clone(scanner)),
        })
    }

    /// SHA-256 of the profile in hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The scanner.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for a view from the log, which holds the hash alone.
    pub fn scanner(&self) -> Result<&Arc<Scanner>> {
        self.scanner.as_ref().ok_or_else(|| Error::NotPossible {
            why: say("view-profile-missing", &[]),
        })
    }
}

impl PartialEq for Calibration {
    fn eq(&self, other: &Self) -> bool {
        self.sha256 == other.sha256
    }
}

impl Eq for Calibration {}

impl From<Calibration> for String {
    fn from(calibration: Calibration) -> Self {
        calibration.sha256
    }
}

impl From<String> for Calibration {
    fn from(sha256: String) -> Self {
        Self {
            sha256,
            scanner: None,
        }
    }
}
