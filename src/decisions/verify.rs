//! `verify`: recomputes every hash, number and head of a folder and gives a verdict.
//!
//! It streams: memory grows with the number of segments, not of records. Opens are read first and
//! the rest after, so that a log that is being written is judged rightly.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::body::{ScanBlock, to_hex};
use super::check::{Checked, check_segment};
use super::checkpoint::{Checkpoint, Fit, Kept, prefixes};
use super::folder::{open_segment, segments};
use super::line::Line;
use super::report::{Problem, ProblemKind, Report, Witness};
use super::sitting::{Head, Open, Tail};
use super::survey::{body, first_record, pinned};
use crate::text::Safe;
use crate::{Error, Result};

/// A head that was seen before, kept outside the log's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The head.
    pub head: Head,
    /// Whether it was seen in this very folder: then its segment must still be there.
    pub here: bool,
}

/// What `verify` looks at beside the folder.
#[derive(Debug, Default)]
pub struct Witnesses<'a> {
    /// Heads seen before.
    pub remembered: &'a [Remembered],
    /// Whether and how the scan files are checked.
    pub scans: Scans,
    /// A checkpoint that was kept elsewhere.
    pub against: Option<&'a Kept>,
}

/// Whether the scan files are checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scans {
    /// The log alone.
    #[default]
    Left,
    /// Every file named by a `scan` or `decision` record is hashed.
    Hashed,
}

/// Checks the log in `folder`.
pub fn verify(folder: &Path, witnesses: &Witnesses<'_>) -> Result<Report> {
    let names = segments(folder).map_err(|problem| Error::io(folder, &problem))?;
    let mut opens = BTreeMap::new();
    for name in &names {
        // What is wrong with a first line is told by the pass over the whole segment.
        if let Ok(Some(open)) = first_record(folder, name) {
            opens.insert(name.clone(), open);
        }
    }
    let mut audit = Audit {
        folder,
        opens,
        checked: BTreeMap::new(),
        faults: BTreeMap::new(),
        problems: Vec::new(),
        files: HashSet::new(),
        checkpoints: Vec::new(),
    };
    audit.read_all(&names, witnesses);
    audit.judge(witnesses);
    let checkpoint = audit.judge_checkpoints(witnesses.against);
    let mut report = audit.report(names.len() as u64);
    report.checkpoint = checkpoint;
    Ok(report)
}

/// The state of one verification.
struct Audit<'a> {
    folder: &'a Path,
    opens: BTreeMap<String, Open>,
    checked: BTreeMap<String, Checked>,
    faults: BTreeMap<String, u64>,
    problems: Vec<Problem>,
    files: HashSet<(PathBuf, String)>,
    checkpoints: Vec<(String, u64, Checkpoint)>,
}

impl Audit<'_> {
    /// Streams every segment once.
    fn read_all(&mut self, names: &[String], witnesses: &Witnesses<'_>) {
        let asked = self.asked(witnesses.remembered);
        let none = BTreeSet::new();
        for name in names {
            let mut found = Vec::new();
            let (files, checkpoints) = (&mut self.files, &mut self.checkpoints);
            let mut visit = |number: u64, line: &Line<'_>| {
                if line.kind == "checkpoint"
                    && let Ok(checkpoint) = body(*line)
                {
                    checkpoints.push((name.clone(), number, checkpoint));
                }
                if witnesses.scans == Scans::Hashed {
                    found.extend(check_files(name, number, line, files));
                }
            };
            let asked = asked.get(name.as_str()).unwrap_or(&none);
            match check_segment(self.folder, name, asked, &mut visit) {
                Ok(checked) => self.take(name, checked),
                Err(problem) => self.problems.push(Problem::about(
                    name,
                    None,
                    ProblemKind::Unreadable,
                    &problem.to_string(),
                )),
            }
            self.problems.extend(found);
        }
    }

    /// Which records' `self` are needed, by segment.
    fn asked(&self, remembered: &[Remembered]) -> BTreeMap<String, BTreeSet<u64>> {
        let pinned = self.opens.values().flat_map(|open| &open.heads);
        let known = remembered.iter().map(|known| &known.head);
        let mut asked: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for head in pinned.chain(known) {
            asked
                .entry(head.segment.clone())
                .or_default()
                .insert(head.seq);
        }
        asked
    }

    /// Keeps what a segment holds.
    fn take(&mut self, name: &str, checked: Checked) {
        for fault in &checked.faults {
            let good = self.faults.entry(fault.segment.clone()).or_insert(u64::MAX);
            *good = fault.last_good_seq.min(*good);
        }
        self.checked.insert(name.to_owned(), checked);
    }

    /// Judges segments alone, then what they say of each other, then what was remembered.
    fn judge(&mut self, witnesses: &Witnesses<'_>) {
        let checked = std::mem::take(&mut self.checked);
        for (name, found) in &checked {
            self.judge_segment(name, found);
        }
        let opens = std::mem::take(&mut self.opens);
        for (name, open) in &opens {
            for head in &open.heads {
                self.judge_head(name, head, checked.get(&head.segment));
            }
            for tail in &open.tails {
                self.judge_pinned_tail(name, tail);
            }
            if pinned(&open.heads, &opens).is_some_and(|due| due != open.pinned) {
                self.problems
                    .push(Problem::new(name, Some(1), ProblemKind::Pinned));
            }
        }
        for known in witnesses.remembered {
            self.judge_remembered(known, checked.get(&known.head.segment));
        }
        self.judge_tails(&checked, &opens);
        self.checked = checked;
    }

    /// The problems of a segment's own lines; those after the last good record of a segment that was
    /// given up are explained by the `fault` record.
    fn judge_segment(&mut self, name: &str, found: &Checked) {
        let good = self.faults.get(name).copied().unwrap_or(u64::MAX);
        for problem in &found.problems {
            if problem.line.is_some_and(|line| line > good) {
                self.problems
                    .push(Problem::new(name, problem.line, ProblemKind::Faulted));
            } else {
                self.problems.push(problem.clone());
            }
        }
        if !found.closed {
            self.problems
                .push(Problem::new(name, None, ProblemKind::NotClosed));
        }
    }

    /// Whether a pinned record is there.
    fn judge_head(&mut self, by: &str, head: &Head, found: Option<&Checked>) {
        let Some(found) = found else {
            if !self.is_unreadable(&head.segment) {
                self.problems.push(Problem::about(
                    &head.segment,
                    None,
                    ProblemKind::Missing,
                    by,
                ));
            }
            return;
        };
        let kind = match found.hashes.get(&head.seq) {
            Some(hash) if *hash == head.hash => return,
            // The fault says that this record never reached the disk for sure.
            None if self.is_beyond_fault(head) => ProblemKind::Faulted,
            // The bad line itself is named already.
            None if !found.problems.is_empty() => return,
            _ => ProblemKind::Head,
        };
        self.problems
            .push(Problem::about(&head.segment, Some(head.seq), kind, by));
    }

    /// Whether a pinned tail still stands as it was pinned.
    fn judge_pinned_tail(&mut self, by: &str, tail: &Tail) {
        let stands = hash_range(self.folder, tail).is_ok_and(|hash| hash == tail.sha256);
        if !stands && !self.faults.contains_key(&tail.segment) {
            self.problems.push(Problem::about(
                &tail.segment,
                None,
                ProblemKind::TailChanged,
                by,
            ));
        }
    }

    /// Whether a segment reaches as far as it was once seen to.
    fn judge_remembered(&mut self, known: &Remembered, found: Option<&Checked>) {
        let head = &known.head;
        let kind = match found {
            None if known.here && !self.is_unreadable(&head.segment) => ProblemKind::Stale,
            None => return,
            Some(found) => match found.hashes.get(&head.seq) {
                Some(hash) if *hash == head.hash => return,
                Some(_) => ProblemKind::Rewritten,
                None if !found.problems.is_empty() => return,
                None => ProblemKind::Stale,
            },
        };
        self.problems
            .push(Problem::new(&head.segment, Some(head.seq), kind));
    }

    /// Recomputes every checkpoint, and finds the one that was kept elsewhere.
    fn judge_checkpoints(&mut self, against: Option<&Kept>) -> Option<Witness> {
        let taken = std::mem::take(&mut self.checkpoints);
        let bodies: Vec<&Checkpoint> = taken.iter().map(|(_, _, checkpoint)| checkpoint).collect();
        let known = prefixes(self.folder, &bodies);
        let mut witness = None;
        for (name, line, checkpoint) in &taken {
            let fit = checkpoint.follows(&known);
            if against.is_some_and(|kept| kept.is(checkpoint)) {
                witness = Some(Witness {
                    origin: Safe::from_outside(&checkpoint.origin),
                    records: checkpoint.records(),
                    root: Safe::from_outside(&checkpoint.root),
                    segment: Safe::from_outside(name),
                    line: *line,
                    holds: fit == Fit::Whole,
                });
            }
            let (kind, what) = match fit {
                Fit::Whole => continue,
                // Those records were never surely on disk.
                Fit::Short(segment) if self.faults.contains_key(&segment) => {
                    (ProblemKind::Faulted, segment)
                }
                Fit::Short(segment) => (ProblemKind::CheckpointCut, segment),
                Fit::Changed => (ProblemKind::CheckpointChanged, String::new()),
            };
            self.problems
                .push(Problem::about(name, Some(*line), kind, &what));
        }
        if let (Some(kept), None) = (against, &witness) {
            let records: u64 = self.checked.values().map(|found| found.records).sum();
            let kind = if records < kept.records {
                ProblemKind::AgainstOlder
            } else {
                ProblemKind::AgainstUnknown
            };
            let covers = kept.records.to_string();
            self.problems
                .push(Problem::about("--against", None, kind, &covers));
        }
        witness
    }

    /// Which tails are explained.
    fn judge_tails(&mut self, checked: &BTreeMap<String, Checked>, opens: &BTreeMap<String, Open>) {
        let pinned: Vec<&Tail> = opens.values().flat_map(|open| &open.tails).collect();
        for (name, found) in checked {
            let Some(tail) = &found.tail else { continue };
            let explained = pinned.contains(&tail) || self.faults.contains_key(name);
            // After a `close` nothing may follow, explained or not.
            let kind = match (found.closed, explained) {
                (true, _) => ProblemKind::AfterClose,
                (false, true) => ProblemKind::TailPinned,
                (false, false) => ProblemKind::Tail,
            };
            let line = found.records + found.problems.len() as u64 + 1;
            self.problems.push(Problem::about(
                name,
                Some(line),
                kind,
                &tail.bytes.to_string(),
            ));
        }
    }

    /// Whether a `fault` record says that this head never reached the disk for sure.
    fn is_beyond_fault(&self, head: &Head) -> bool {
        self.faults
            .get(&head.segment)
            .is_some_and(|good| head.seq > *good)
    }

    /// Whether the segment is there and could not be read.
    fn is_unreadable(&self, segment: &str) -> bool {
        self.problems.iter().any(|problem| {
            problem.kind == ProblemKind::Unreadable && problem.segment.as_str() == segment
        })
    }

    /// The answer, problems by segment and line.
    fn report(mut self, segments: u64) -> Report {
        let records = self.checked.values().map(|found| found.records).sum();
        self.problems
            .sort_by(|a, b| (&a.segment, a.line).cmp(&(&b.segment, b.line)));
        Report::new(records, segments, self.problems)
    }
}

/// SHA-256 of the bytes that a pinned tail names, as they stand now.
fn hash_range(folder: &Path, tail: &Tail) -> io::Result<String> {
    let mut file = open_segment(folder, &tail.segment)?;
    file.seek(SeekFrom::Start(tail.offset))?;
    hash_of(file.take(tail.bytes))
}

/// SHA-256 of all that `reader` gives, in hex.
fn hash_of(mut reader: impl io::Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match reader.read(&mut chunk)? {
            0 => return Ok(to_hex(&hash.finalize())),
            count => hash.update(&chunk[..count]),
        }
    }
}

/// The scan block of a `scan` or `decision` record.
#[derive(serde::Deserialize)]
struct WithScan {
    scan: ScanBlock,
}

/// Hashes the scan files that a record names, each once.
fn check_files(
    segment: &str,
    number: u64,
    line: &Line<'_>,
    seen: &mut HashSet<(PathBuf, String)>,
) -> Vec<Problem> {
    let block = match line.kind {
        "scan" | "decision" | "second" => body::<WithScan>(*line).ok(),
        _ => None,
    };
    let files = block.map_or(Vec::new(), |block| block.scan.files);
    files
        .into_iter()
        .filter(|file| seen.insert((file.exact_path(), file.sha256.clone())))
        .filter_map(|file| {
            let path = file.exact_path();
            let kind = match hash_scan(&path) {
                Ok(hash) if hash == file.sha256 => return None,
                Ok(_) => ProblemKind::FileChanged,
                Err(_) => ProblemKind::FileMissing,
            };
            Some(Problem::about(segment, Some(number), kind, &file.path))
        })
        .collect()
}

/// SHA-256 of a scan file; regular files only.
fn hash_scan(path: &Path) -> io::Result<String> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    hash_of(file)
}
