//! What is decided: the latest decision for each scan, for the queue and for going on where it
//! stopped.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use super::body::ScanBlock;
use super::folder::{open_segment, segments};
use super::line::Line;
use super::readings::{SecondRule, Standing, TAKEN_BACK};
use super::stream::{Lines, Piece};
use super::survey::body;
use super::vocabulary::Conclusion;
use crate::scan::{Scan, ScanFile};
use crate::{Error, Result};

/// The latest decision about a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The scan.
    pub scan_id: String,
    /// The word of the conclusion; a newer version may have words that this one does not know.
    pub word: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who, as claimed by the segment's `open` record.
    pub analyst: String,
    /// Id of the decision's record.
    pub id: String,
    /// Whether a later `amend` changed it.
    pub amended: bool,
    /// Second readings of it.
    pub seconds: Vec<Reading>,
    /// What the last arbitration says, where there is one.
    pub arbitrated: Option<String>,
}

/// A second reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Id of its record.
    pub id: String,
    /// Who, as claimed by the segment's `open` record.
    pub analyst: String,
    /// The word of its conclusion, corrections included.
    pub word: String,
}

impl Entry {
    /// The word that holds: the first decision's, or that of an arbitration.
    pub fn effective(&self) -> &str {
        self.arbitrated.as_deref().unwrap_or(&self.word)
    }

    /// The conclusion of the first decision, where its word is known.
    pub fn conclusion(&self) -> Option<Conclusion> {
        Conclusion::parse(&self.word)
    }

    /// How far its readings have come.
    pub fn standing(&self, rule: SecondRule) -> Standing {
        let seconds = self.seconds.iter().map(|reading| &*reading.word);
        match self.arbitrated {
            Some(_) => Standing::Settled,
            None => rule.standing(&self.id, &self.word, seconds),
        }
    }

    /// When, in nanoseconds since 1970; `None` when the record's time is unreadable.
    pub fn at_ns(&self) -> Option<i128> {
        self.at.parse().ok().map(Timestamp::as_nanosecond)
    }
}

/// The latest decisions of a log.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    scans: HashMap<String, Entry>,
    files: HashMap<(PathBuf, u64), String>,
    /// Records that ask for a scan to be made again, by the places of its files and by its unit.
    rescans: HashMap<Again, String>,
    unread: u64,
}

/// By what a scan is known that is made again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Again {
    At(PathBuf),
    Unit(String),
}

impl Decided {
    /// The decision about the scan with this id.
    pub fn by_scan_id(&self, scan_id: &str) -> Option<&Entry> {
        self.scans.get(scan_id)
    }

    /// The decision about the scan that had a file of this path and length. Only a hint until the
    /// file is hashed: see [`Self::by_file_unless_newer`].
    pub fn by_file(&self, path: &Path, bytes: u64) -> Option<&Entry> {
        let path = std::path::absolute(path).ok()?;
        self.by_scan_id(self.files.get(&(path, bytes))?)
    }

    /// As [`Self::by_file`], but nothing when the file was modified after the decision (nanoseconds
    /// since 1970).
    pub fn by_file_unless_newer(
        &self,
        path: &Path,
        bytes: u64,
        modified_ns: i128,
    ) -> Option<&Entry> {
        self.by_file(path, bytes)
            .filter(|entry| entry.at_ns().is_none_or(|at| modified_ns <= at))
    }

    /// The decision on a scan whose files are, by path, length and time, those it was made on.
    pub fn of_scan(&self, scan: &Scan) -> Option<&Entry> {
        let of =
            |file: &ScanFile| self.by_file_unless_newer(&file.path, file.bytes, file.modified_ns);
        let mut entries = scan.files.iter().map(of);
        let first = entries.next()??;
        let same = |entry: Option<&Entry>| entry.is_some_and(|e| e.scan_id == first.scan_id);
        entries.all(same).then_some(first)
    }

    /// Id of the record that asked for this scan to be made again: of files at its place, or of the
    /// same unit.
    pub fn rescan_of(&self, scan: &Scan) -> Option<&str> {
        let path = std::path::absolute(&scan.path).ok()?;
        let unit = scan.container.as_ref().map(ToString::to_string);
        let unit = unit.and_then(|unit| self.rescans.get(&Again::Unit(unit)));
        let asked = self.rescans.get(&Again::At(path)).or(unit)?;
        let own = self.of_scan(scan).is_some_and(|entry| entry.id == *asked);
        (!own).then_some(asked)
    }

    /// All latest decisions, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.scans.values()
    }

    /// Lines and segments that could not be read and are not counted in: `verify` says why.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Takes in a decision recorded just now.
    pub fn add(&mut self, entry: Entry, scan: &ScanBlock) {
        for file in &scan.files {
            let key = (file.exact_path(), file.bytes);
            self.files.insert(key, entry.scan_id.clone());
        }
        self.scans.insert(entry.scan_id.clone(), entry);
    }
}

/// The members of a decision that are needed here.
#[derive(Deserialize)]
struct DecisionPart {
    scan_id: String,
    scan: ScanBlock,
    decision: String,
}

/// The members of a correction that are needed here.
#[derive(Deserialize)]
struct AmendPart {
    of: String,
    change: ChangePart,
    #[serde(default)]
    reason: String,
}

/// The members of a second reading that are needed here.
#[derive(Deserialize)]
struct SecondPart {
    of: String,
    decision: String,
}

/// The members of an arbitration that are needed here.
#[derive(Deserialize)]
struct ArbitrationPart {
    of: Vec<String>,
    decision: String,
}

/// The change of the conclusion.
#[derive(Deserialize)]
struct ChangePart {
    decision: Option<String>,
}

/// The claim in `open`.
#[derive(Deserialize)]
struct OpenPart {
    analyst: String,
}

/// Reads the latest decisions of the log in `folder`, by segment and number. A folder that is not
/// there holds none; lines that are not whole are counted, not believed.
pub fn history(folder: &Path) -> Result<Decided> {
    let names = match segments(folder) {
        Ok(names) => names,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(problem) => return Err(Error::io(folder, &problem)),
    };
    let mut reading = Pass::default();
    for name in &names {
        if reading.segment(folder, name).is_err() {
            reading.decided.unread += 1;
        }
    }
    Ok(reading.amended())
}

/// One pass over a log.
#[derive(Default)]
struct Pass {
    decided: Decided,
    analyst: String,
    ids: HashSet<String>,
    amends: Vec<AmendPart>,
    seconds: Vec<(String, Reading)>,
    arbitrations: Vec<ArbitrationPart>,
    scans: HashMap<String, ScanBlock>,
}

impl Pass {
    /// Reads one segment.
    fn segment(&mut self, folder: &Path, name: &str) -> std::io::Result<()> {
        let mut lines = Lines::new(open_segment(folder, name)?);
        self.analyst.clear();
        loop {
            let read = match lines.next_piece()? {
                Piece::End => return Ok(()),
                Piece::Line => Line::check(lines.line())
                    .ok()
                    .and_then(|line| self.line(line)),
                Piece::TooLong | Piece::Tail { .. } => None,
            };
            if read.is_none() {
                self.decided.unread += 1;
            }
        }
    }

    /// Takes in one record; `None` when its body is not one.
    fn line(&mut self, line: Line<'_>) -> Option<()> {
        match line.kind {
            "open" => self.analyst = body::<OpenPart>(line).ok()?.analyst,
            "decision" => self.decision(line)?,
            "amend" if self.ids.insert(line.id.to_owned()) => {
                self.amends.push(body(line).ok()?);
            }
            "second" if self.ids.insert(line.id.to_owned()) => {
                let part: SecondPart = body(line).ok()?;
                let reading = Reading {
                    id: line.id.to_owned(),
                    analyst: self.analyst.clone(),
                    word: part.decision,
                };
                self.seconds.push((part.of, reading));
            }
            "arbitration" if self.ids.insert(line.id.to_owned()) => {
                self.arbitrations.push(body(line).ok()?);
            }
            _ => {}
        }
        Some(())
    }

    /// Takes in a decision, the first of its id only.
    fn decision(&mut self, line: Line<'_>) -> Option<()> {
        let part: DecisionPart = body(line).ok()?;
        if self.ids.insert(line.id.to_owned()) {
            let entry = Entry {
                scan_id: part.scan_id,
                word: part.decision.clone(),
                at: line.at.to_owned(),
                analyst: self.analyst.clone(),
                id: line.id.to_owned(),
                amended: false,
                seconds: Vec::new(),
                arbitrated: None,
            };
            self.decided.add(entry, &part.scan);
            if part.decision == Conclusion::Rescan.as_str() {
                self.scans.insert(line.id.to_owned(), part.scan);
            }
        }
        Some(())
    }

    /// Applies what answers the decisions: second readings, corrections, arbitrations, in order.
    fn amended(self) -> Decided {
        let Self {
            mut decided,
            amends,
            seconds,
            arbitrations,
            scans,
            ..
        } = self;
        // By the id of a reading, the scan that it is about.
        let mut about: HashMap<String, String> = decided
            .entries()
            .map(|entry| (entry.id.clone(), entry.scan_id.clone()))
            .collect();
        for (of, reading) in seconds {
            let scan = about.get(&of).cloned();
            if let Some(entry) = scan.as_ref().and_then(|scan| decided.scans.get_mut(scan)) {
                about.extend(scan.map(|scan| (reading.id.clone(), scan)));
                entry.seconds.push(reading);
            }
        }
        for amend in amends {
            let Some(scan) = about.get(&amend.of) else {
                continue;
            };
            if amend.reason == TAKEN_BACK {
                decided.take_back(scan, &amend.of);
            } else if let Some(entry) = decided.scans.get_mut(scan) {
                entry.amend(&amend);
            }
        }
        for arbitration in arbitrations {
            let scan = arbitration.of.iter().find_map(|of| about.get(of));
            if let Some(entry) = scan.and_then(|scan| decided.scans.get_mut(scan)) {
                entry.arbitrated = Some(arbitration.decision);
            }
        }
        decided.ask_again(&scans);
        decided
    }
}

impl Entry {
    /// Takes over what a correction of one of its readings says.
    fn amend(&mut self, amend: &AmendPart) {
        let own = amend.of == self.id;
        self.amended |= own;
        let Some(word) = &amend.change.decision else {
            return;
        };
        if own {
            self.word.clone_from(word);
        }
        let seconds = self.seconds.iter_mut().filter(|one| one.id == amend.of);
        seconds.for_each(|one| one.word.clone_from(word));
    }
}

impl Decided {
    /// A reading that was taken back at once never was.
    fn take_back(&mut self, scan: &str, id: &str) {
        let Some(entry) = self.scans.get_mut(scan) else {
            return;
        };
        if entry.id == id {
            self.scans.remove(scan);
        } else {
            entry.seconds.retain(|one| one.id != id);
        }
    }

    /// Keeps which scans are to be made again.
    fn ask_again(&mut self, scans: &HashMap<String, ScanBlock>) {
        let again = |entry: &&Entry| entry.effective() == Conclusion::Rescan.as_str();
        let mut asked: Vec<&Entry> = self.scans.values().filter(again).collect();
        asked.sort_by(|a, b| a.at.cmp(&b.at));
        for entry in asked {
            let Some(scan) = scans.get(&entry.id) else {
                continue;
            };
            let places = scan.files.iter().map(|file| Again::At(file.exact_path()));
            let unit = scan.container.clone().map(Again::Unit);
            for key in places.chain(unit) {
                self.rescans.insert(key, entry.id.clone());
            }
        }
    }
}
