//! The program's one error type: variants by who must act, each with the file or value, the cause
//! and the next step, as one sentence in lower case without a full stop.

use std::fmt;
use std::io;
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
    pub fn io(path: &Path, error: &io::Error) -> Self {
        Self::Environment {
            path: Safe::from_path(path),
            why: io_cause(error),
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

/// Too many open files of the process and of the machine; the standard library has no kind for them.
const TOO_MANY_OPEN: [i32; 2] = [24, 23];

/// The cause and the next step for the common refusals, the system's own words for the others.
fn io_cause(error: &io::Error) -> Safe {
    let id = match error.kind() {
        io::ErrorKind::NotFound => "error-io-not-found",
        io::ErrorKind::PermissionDenied => "error-io-permission",
        io::ErrorKind::IsADirectory => "error-io-is-a-folder",
        io::ErrorKind::NotADirectory => "error-io-not-a-folder",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "error-io-full",
        io::ErrorKind::ReadOnlyFilesystem => "error-io-read-only",
        io::ErrorKind::AlreadyExists => "error-io-exists",
        _ if error
            .raw_os_error()
            .is_some_and(|code| TOO_MANY_OPEN.contains(&code)) =>
        {
            "error-io-too-many-open"
        }
        _ => return Safe::from_outside(&error.to_string()),
    };
    say(id, &[])
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().as_str())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_system_say_cause_and_next_step() {
        // ENOENT, EACCES, EISDIR, ENOTDIR, ENOSPC, EROFS, EEXIST, EMFILE.
        for (code, part) in [
            (2, "there is no such file or folder; check the name"),
            (13, "is not allowed"),
            (21, "is a folder"),
            (20, "is no folder"),
            (28, "is full"),
            (30, "only be read"),
            (17, "already there"),
            (24, "too many files"),
        ] {
            let told = Error::io(Path::new("/a"), &io::Error::from_raw_os_error(code)).to_string();
            assert!(told.starts_with("'/a' cannot be used: "), "{told}");
            assert!(told.contains(part) && told.contains("; "), "{told}");
            assert!(!told.contains("os error") && !told.ends_with('.'), "{told}");
        }
        let other = Error::io(Path::new("/a"), &io::Error::other("a\nb")).to_string();
        assert_eq!(other, "'/a' cannot be used: a\\u{a}b");
    }
}
