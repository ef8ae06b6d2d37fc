//! The program's one error type: variants by who must act, each with the file or value, the cause
//! and the next step, as one sentence in lower case without a full stop.

use std::fmt;
use std::path::Path;

use crate::messages::{arg, say};
use crate::text::Safe;

/// What went wrong, named by who must act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The file's content is broken: its sender must act.
    BadFile {
        /// The file.
        path: Safe,
        /// The cause.
        why: Safe,
    },
    /// The file is sound but of a kind or dialect that xamine does not read.
    Unsupported {
        /// The file.
        path: Safe,
        /// What is not read, and what to do instead.
        why: Safe,
    },
    /// The file asks for more than a configured limit allows.
    Limit {
        /// The file.
        path: Safe,
        /// Which limit, its value, and how much was asked for.
        why: Safe,
    },
    /// The machine said no: missing file, no permission, full disk, no terminal.
    Environment {
        /// The file or device.
        path: Safe,
        /// The operating system's cause and the next step.
        why: Safe,
    },
    /// The request itself is wrong: an unknown name, a value out of range (exit code 2).
    Request {
        /// What was wrong and what would be right.
        why: Safe,
    },
    /// The request is right but this scan cannot serve it, e.g. materials of one energy (exit code 1).
    NotPossible {
        /// What is missing.
        why: Safe,
    },
    /// Newer work replaced this one; never shown.
    Cancelled,
}

/// The program's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A broken file.
    pub fn bad_file(path: &Path, why: Safe) -> Self {
        Self::BadFile {
            path: Safe::from_path(path),
            why,
        }
    }

    /// A sound file of a kind that is not read.
    pub fn unsupported(path: &Path, why: Safe) -> Self {
        Self::Unsupported {
            path: Safe::from_path(path),
            why,
        }
    }

    /// A file beyond a limit.
    pub fn limit(path: &Path, why: Safe) -> Self {
        Self::Limit {
            path: Safe::from_path(path),
            why,
        }
    }

    /// A refusal of the operating system.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Environment {
            path: Safe::from_path(path),
            why: Safe::from_outside(&error.to_string()),
        }
    }

    /// A wrong request.
    pub fn request(why: Safe) -> Self {
        Self::Request { why }
    }

    /// The exit code of a one-shot command that ends with this error: 1 for a problem found, 2 for
    /// wrong usage.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Request { .. } => 2,
            _ => 1,
        }
    }

    /// The whole sentence, safe to draw.
    pub fn message(&self) -> Safe {
        match self {
            Self::BadFile { path, why } => {
                say("error-bad-file", &[arg("path", path), arg("why", why)])
            }
            Self::Unsupported { path, why } => {
                say("error-unsupported", &[arg("path", path), arg("why", why)])
            }
            Self::Limit { path, why } => say("error-limit", &[arg("path", path), arg("why", why)]),
            Self::Environment { path, why } => {
                say("error-environment", &[arg("path", path), arg("why", why)])
            }
            Self::Request { why } | Self::NotPossible { why } => why.clone(),
            Self::Cancelled => say("error-cancelled", &[]),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().as_str())
    }
}

impl std::error::Error for Error {}
