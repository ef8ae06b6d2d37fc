//! Heads of log segments that this account has seen, kept outside the log's folder: they witness a
//! log that is older than it once was.
//!
//! One line of JSON a head, appended; a line that is not whole is passed over. Segment names are
//! unique for ever, so a moved or merged log is still recognised.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::whole::create_folder;
use crate::decisions::{Head, Remembered, sha256_hex};
use crate::{Error, Result};

/// The file of remembered heads.
#[derive(Debug, Clone)]
pub struct Heads {
    state: PathBuf,
    file: PathBuf,
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Row {
    /// SHA-256 of the log folder's path.
    folder: String,
    segment: String,
    seq: u64,
    #[serde(rename = "self")]
    hash: String,
}

impl Heads {
    /// The heads in the state folder.
    pub fn new(state: &Path) -> Self {
        Self {
            state: state.to_owned(),
            file: state.join("heads"),
        }
    }

    /// Remembers heads of the log in `folder`; those known already are not written again.
    pub fn remember(&self, folder: &Path, heads: &[Head]) -> Result<()> {
        let place = place(folder);
        let known: HashSet<Row> = self.rows()?.into_iter().collect();
        let mut lines = String::new();
        for head in heads.iter().filter(|head| head.seq > 0) {
            let row = Row {
                folder: place.clone(),
                segment: head.segment.clone(),
                seq: head.seq,
                hash: head.hash.clone(),
            };
            if !known.contains(&row)
                && let Ok(line) = serde_json::to_string(&row)
            {
                lines.push_str(&line);
                lines.push('\n');
            }
        }
        self.append(&lines)
            .map_err(|problem| self.refused(&problem))
    }

    /// What is remembered for a check of the log in `folder`: the furthest head of each segment.
    pub fn of(&self, folder: &Path) -> Result<Vec<Remembered>> {
        let place = place(folder);
        let mut furthest: BTreeMap<String, Remembered> = BTreeMap::new();
        for row in self.rows()? {
            let here = row.folder == place;
            let known = furthest.entry(row.segment.clone()).or_insert_with(|| {
                let head = Head {
                    segment: row.segment.clone(),
                    seq: 0,
                    hash: String::new(),
                    end: None,
                };
                Remembered { head, here }
            });
            known.here |= here;
            if row.seq > known.head.seq {
                known.head.seq = row.seq;
                known.head.hash = row.hash;
            }
        }
        Ok(furthest.into_values().collect())
    }

    /// All whole lines.
    fn rows(&self) -> Result<Vec<Row>> {
        let bytes = match fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(problem) => return Err(self.refused(&problem)),
        };
        let rows = bytes.split(|byte| *byte == b'\n');
        Ok(rows
            .filter_map(|row| serde_json::from_slice(row).ok())
            .collect())
    }

    /// Appends whole lines, even after one that a crash left unfinished.
    fn append(&self, lines: &str) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        create_folder(&self.state)?;
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.file)?;
        file.write_all(format!("\n{lines}").as_bytes())?;
        file.sync_data()
    }

    /// The file refused.
    fn refused(&self, problem: &io::Error) -> Error {
        Error::io(&self.file, problem)
    }
}

/// The place of a log: a hash of its folder's path with links followed.
fn place(folder: &Path) -> String {
    let path = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    sha256_hex(path.as_os_str().as_bytes())
}
