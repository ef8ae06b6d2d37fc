//! Drafts: the unfinished decision about a scan, saved whole after each change, so that a lost link,
//! a crash or a power cut resumes exactly there. A draft is never a decision.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::whole::replace;
use crate::decisions::sha256_hex;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Longest draft that is read, bytes.
const DRAFT_LIMIT: u64 = 4 * 1024 * 1024;

/// The folder of drafts.
#[derive(Debug, Clone)]
pub struct Drafts(PathBuf);

impl Drafts {
    /// The drafts in the state folder.
    pub fn new(state: &Path) -> Self {
        Self(state.join("drafts"))
    }

    /// Outcomes that are being entered, in the state folder.
    pub fn of_outcomes(state: &Path) -> Self {
        Self(state.join("outcomes"))
    }

    /// Saves the draft of the scan `key` (its id, or any text that stays the same for it); it is on
    /// disk when this returns.
    pub fn save<T: Serialize>(&self, key: &str, draft: &T) -> Result<()> {
        let bytes = serde_json::to_vec(draft).map_err(|problem| Error::NotPossible {
            why: Safe::from_outside(&problem.to_string()),
        })?;
        replace(&self.0, &file_name(key), &bytes).map_err(|problem| self.refused(key, &problem))
    }

    /// The draft of the scan `key`; `None` when there is none.
    pub fn load<T: for<'a> Deserialize<'a>>(&self, key: &str) -> Result<Option<T>> {
        Self::read(&self.0.join(file_name(key)))
    }

    /// Forgets the draft of the scan `key`, after its decision was recorded or it was given up.
    pub fn remove(&self, key: &str) -> Result<()> {
        match fs::remove_file(self.0.join(file_name(key))) {
            Err(problem) if problem.kind() != io::ErrorKind::NotFound => {
                Err(self.refused(key, &problem))
            }
            _ => Ok(()),
        }
    }

    /// All drafts that can be read, and what is wrong with the others.
    pub fn all<T: for<'a> Deserialize<'a>>(&self) -> (Vec<T>, Vec<Error>) {
        let mut names: Vec<PathBuf> = match fs::read_dir(&self.0) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(problem) => return (Vec::new(), vec![Error::io(&self.0, &problem)]),
        };
        names.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        names.sort();
        let (mut drafts, mut problems) = (Vec::new(), Vec::new());
        for path in names {
            match Self::read(&path) {
                Ok(draft) => drafts.extend(draft),
                Err(problem) => problems.push(problem),
            }
        }
        (drafts, problems)
    }

    /// Reads one file under its limit.
    fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>> {
        match fs::metadata(path) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(file) if file.len() > DRAFT_LIMIT || !file.is_file() => {
                let why = say("store-draft-limit", &[arg("bytes", &DRAFT_LIMIT)]);
                return Err(Error::limit(path, why));
            }
            _ => {}
        }
        let bytes = fs::read(path).map_err(|problem| Error::io(path, &problem))?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|problem| Error::bad_file(path, Safe::from_outside(&problem.to_string())))
    }

    /// The folder refused.
    fn refused(&self, key: &str, problem: &io::Error) -> Error {
        Error::io(&self.0.join(file_name(key)), problem)
    }
}

/// The file of a key: a hash as it is, anything else by its own hash.
fn file_name(key: &str) -> String {
    let is_hash = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash {
        return format!("{key}.json");
    }
    format!("{}.json", sha256_hex(key.as_bytes()))
}
