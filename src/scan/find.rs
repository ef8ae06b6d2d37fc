//! Walking a folder tree: every scan is a row, every other file is counted with its reason.
//!
//! Natural order, the files of a folder before its sub-folders. Links are followed, but no folder
//! is entered twice; at most 64 levels. Nothing but regular files is ever opened, so a FIFO or a
//! device cannot hold the walk up, and what cannot be read is a row and not a gap.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::group::{self, Entry};
use super::names::natural;
use super::{Limits, Scan};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// How a tree is walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindOptions {
    /// Levels below the root; 1 is the root's own files.
    pub depth: usize,
    /// Limits that the headers are checked against.
    pub limits: Limits,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self {
            depth: 64,
            limits: Limits::default(),
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A scan, good or bad.
    Scan(Scan),
    /// A file that is no scan.
    Other(Other),
}

/// A file that is no scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Where it is.
    pub path: PathBuf,
    /// Length in bytes; 0 for what is not a regular file.
    pub bytes: u64,
    /// What it is instead.
    pub why: Safe,
}

/// Counts of a walk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Scans, those with problems included.
    pub scans: usize,
    /// Rows with a problem.
    pub problems: usize,
    /// Sidecars and the like, which belong to their scan.
    pub companions: usize,
    /// Other files.
    pub others: usize,
    /// Folders entered.
    pub folders: usize,
}

/// Walks `root`, a folder or one file, and hands each row to `each` as its folder is read.
///
/// # Errors
/// Only when `root` itself cannot be read, or on cancelling; everything below is a row.
pub fn find(
    root: &Path,
    options: &FindOptions,
    cancel: &Cancel,
    each: &mut dyn FnMut(Found),
) -> Result<Tally> {
    let metadata = std::fs::metadata(root).map_err(|error| Error::io(root, &error))?;
    if metadata.is_dir() {
        std::fs::read_dir(root).map_err(|error| Error::io(root, &error))?;
    }
    let mut walk = Walk {
        options,
        cancel,
        each,
        tally: Tally::default(),
        folder: None,
        entries: Vec::new(),
        seen: HashSet::new(),
    };
    walk.tree(root)?;
    Ok(walk.tally)
}

/// A walk under way.
struct Walk<'a> {
    options: &'a FindOptions,
    cancel: &'a Cancel,
    each: &'a mut dyn FnMut(Found),
    tally: Tally,
    /// The folder whose entries are collected.
    folder: Option<PathBuf>,
    entries: Vec<Entry>,
    /// Folders entered, by device and inode.
    seen: HashSet<(u64, u64)>,
}

impl Walk<'_> {
    fn tree(&mut self, root: &Path) -> Result<()> {
        let mut walker = WalkDir::new(root)
            .follow_links(true)
            .max_depth(self.options.depth)
            .sort_by(order)
            .into_iter();
        while let Some(item) = walker.next() {
            self.cancel.check()?;
            match item {
                Ok(entry) if entry.file_type().is_dir() => {
                    self.flush()?;
                    if !self.enter(&entry) {
                        walker.skip_current_dir();
                    }
                }
                Ok(entry) => self.file(&entry)?,
                Err(error) => self.unreadable(&error),
            }
        }
        self.flush()
    }

    /// Whether a folder is new and not too deep.
    fn enter(&mut self, entry: &DirEntry) -> bool {
        let why = match entry.metadata() {
            Ok(metadata) if !self.seen.insert((metadata.dev(), metadata.ino())) => {
                say("scan-folder-again", &[])
            }
            Ok(_) if entry.depth() > 0 && entry.depth() == self.options.depth => {
                if self.options.depth < FindOptions::default().depth {
                    // A shallow walk was asked for.
                    return false;
                }
                let depth = self.options.depth;
                say("scan-folder-deep", &[arg("depth", &depth)])
            }
            _ => {
                self.tally.folders += 1;
                return true;
            }
        };
        self.other(Other {
            path: entry.path().to_path_buf(),
            bytes: 0,
            why,
        });
        false
    }

    /// Collects a file; a new folder's first file hands the old folder on.
    fn file(&mut self, entry: &DirEntry) -> Result<()> {
        let parent = entry.path().parent().map(Path::to_path_buf);
        if self.folder != parent {
            self.flush()?;
            self.folder = parent;
        }
        self.entries
            .push(Entry::of(entry.path(), entry.metadata().ok().as_ref()));
        Ok(())
    }

    /// Groups what was collected, and hands it on.
    fn flush(&mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() {
            return Ok(());
        }
        let rows = group::rows(entries, &self.options.limits, self.cancel)?;
        self.tally.companions += rows.companions;
        for row in rows.rows {
            match row {
                Found::Scan(scan) => self.scan(scan),
                Found::Other(other) => self.other(other),
            }
        }
        Ok(())
    }

    fn scan(&mut self, scan: Scan) {
        self.tally.scans += 1;
        self.tally.problems += usize::from(scan.error.is_some());
        (self.each)(Found::Scan(scan));
    }

    fn other(&mut self, other: Other) {
        self.tally.others += 1;
        (self.each)(Found::Other(other));
    }

    /// A place that cannot be read is a row; a link that leads back up, or nowhere, is no scan.
    fn unreadable(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(Path::new("")).to_path_buf();
        let nowhere = || {
            let kind = error.io_error().map(std::io::Error::kind);
            let link = path
                .symlink_metadata()
                .is_ok_and(|m| m.file_type().is_symlink());
            link || kind == Some(std::io::ErrorKind::NotFound)
        };
        if error.loop_ancestor().is_some() || nowhere() {
            let id = if error.loop_ancestor().is_some() {
                "scan-folder-again"
            } else {
                "scan-link-nowhere"
            };
            self.other(Other {
                path,
                bytes: 0,
                why: say(id, &[]),
            });
            return;
        }
        let cause = error.io_error().map_or_else(
            || Safe::from_outside(&error.to_string()),
            |io| Safe::from_outside(&io.to_string()),
        );
        let problem = Error::Environment {
            path: Safe::from_path(&path),
            why: cause,
        };
        self.scan(group::problem_row(path, Vec::new(), problem));
    }
}

/// Files, then folders, then links to folders, each in natural order: a folder is listed where it
/// is, and a link to it is the one that comes again.
fn order(a: &DirEntry, b: &DirEntry) -> std::cmp::Ordering {
    // Links are not followed yet when entries are put in order.
    let rank = |entry: &DirEntry| match (entry.file_type().is_dir(), entry.path_is_symlink()) {
        (true, _) => 1,
        (false, true) if entry.path().is_dir() => 2,
        _ => 0,
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| natural(a.file_name().as_bytes(), b.file_name().as_bytes()))
}
