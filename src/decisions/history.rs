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
    /// Id of the first record that ever decided the scan, taken back or not: by it the sample of second
    /// readings is drawn, so that taking back and deciding anew draws nothing new.
    pub drawn: String,
    /// Whether it answers a decision that this log does not have, because another post does.
    pub elsewhere: bool,
    /// Its unit, where known.
    unit: Option<String>,
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
            None if self.elsewhere && self.seconds.is_empty() => Standing::Settled,
            None => rule.standing(&self.drawn, &self.word, seconds),
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
    /// First records of scans that were taken back.
    drawn: HashMap<String, String>,
    /// Records that ask for a scan to be made again, by the places of its files and by its unit, as
    /// long as no decision follows them.
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

    /// Id of the first record that decided a scan and was taken back, where there is one.
    pub fn drawn_by(&self, scan: &Scan) -> Option<&str> {
        let file = scan.files.first()?;
        let path = std::path::absolute(&file.path).ok()?;
        let scan_id = self.files.get(&(path, file.bytes))?;
        self.drawn.get(scan_id).map(String::as_str)
    }

    /// All latest decisions, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.scans.values()
    }

    /// Lines and segments that could not be read and are not counted in: `verify` says why.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Remembers where the files of a scan lay.
    fn place(&mut self, scan: &ScanBlock, scan_id: &str) {
        for file in &scan.files {
            let key = (file.exact_path(), file.bytes);
            self.files.insert(key, scan_id.to_owned());
        }
    }

    /// Takes in a reading of the scan `entry.scan_id`, the earliest first. Who reads a scan again
    /// replaces one's own reading only: what others came to stays beside it.
    fn read(&mut self, entry: Entry) {
        let Some(first) = self.scans.get_mut(&entry.scan_id) else {
            self.scans.insert(entry.scan_id.clone(), entry);
            return;
        };
        let nothing_said = first.word == Conclusion::NotAnalysed.as_str() && !entry.elsewhere;
        if first.analyst == entry.analyst || nothing_said {
            let seconds = std::mem::take(&mut first.seconds);
            *first = Entry { seconds, ..entry };
            return;
        }
        let reading = Reading {
            id: entry.id,
            analyst: entry.analyst,
            word: entry.word,
        };
        let own = |one: &&mut Reading| one.analyst == reading.analyst;
        match first.seconds.iter_mut().find(own) {
            Some(own) => *own = reading,
            None => first.seconds.push(reading),
        }
    }
}

/// The members of a decision that are needed here.
#[derive(Deserialize)]
struct DecisionPart {
    scan_id: String,
    scan: ScanBlock,
    decision: String,
    /// Of a second reading: the decision that it answers.
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    refers_to: Option<String>,
}

/// The members of a correction that are needed here.
#[derive(Deserialize)]
struct AmendPart {
    of: String,
    change: ChangePart,
    #[serde(default)]
    reason: String,
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
    Ok(reading.joined())
}

/// One pass over a log.
#[derive(Default)]
struct Pass {
    decided: Decided,
    analyst: String,
    ids: HashSet<String>,
    decisions: Vec<Read>,
    seconds: Vec<(Read, ScanBlock)>,
    amends: Vec<AmendPart>,
    arbitrations: Vec<ArbitrationPart>,
}

/// A decision or a second reading as it was recorded.
struct Read {
    entry: Entry,
    of: Option<String>,
    refers_to: Option<String>,
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

    /// Takes in one record, the first of its id only; `None` when its body is not one.
    fn line(&mut self, line: Line<'_>) -> Option<()> {
        match line.kind {
            "open" => self.analyst = body::<OpenPart>(line).ok()?.analyst,
            "decision" | "second" => {
                let part: DecisionPart = body(line).ok()?;
                if self.ids.insert(line.id.to_owned()) {
                    self.reading(line, part);
                }
            }
            "amend" if self.ids.insert(line.id.to_owned()) => {
                self.amends.push(body(line).ok()?);
            }
            "arbitration" if self.ids.insert(line.id.to_owned()) => {
                self.arbitrations.push(body(line).ok()?);
            }
            _ => {}
        }
        Some(())
    }

    /// Takes in a decision or a second reading.
    fn reading(&mut self, line: Line<'_>, part: DecisionPart) {
        let entry = Entry {
            scan_id: part.scan_id,
            word: part.decision,
            at: line.at.to_owned(),
            analyst: self.analyst.clone(),
            id: line.id.to_owned(),
            amended: false,
            seconds: Vec::new(),
            arbitrated: None,
            drawn: String::new(),
            elsewhere: part.of.is_some(),
            unit: part.scan.container.clone(),
        };
        let read = Read {
            entry,
            of: part.of,
            refers_to: part.refers_to,
        };
        if read.of.is_some() {
            self.seconds.push((read, part.scan));
        } else {
            self.decided.place(&part.scan, &read.entry.scan_id);
            self.decisions.push(read);
        }
    }

    /// What holds: the readings in order with their corrections, without those that were taken back;
    /// then what arbitrations say of them.
    fn joined(self) -> Decided {
        let Self {
            mut decided,
            decisions,
            mut seconds,
            amends,
            arbitrations,
            ..
        } = self;
        // By the id of a reading, the scan that it is about: a second reading may have been made on a
        // picture of it.
        let pair = |read: &Read| (read.entry.id.clone(), read.entry.scan_id.clone());
        let mut about: HashMap<String, String> = decisions.iter().map(pair).collect();
        for (read, scan) in &mut seconds {
            let home = read.of.as_ref().and_then(|of| about.get(of));
            read.entry.elsewhere = home.is_none();
            if let Some(home) = home {
                read.entry.scan_id.clone_from(home);
            }
            decided.place(scan, &read.entry.scan_id);
            about.extend([pair(read)]);
        }
        let corrections = Corrections::of(&amends);
        let mut followed: HashSet<String> = HashSet::new();
        for read in decisions
            .into_iter()
            .chain(seconds.into_iter().map(|(read, _)| read))
        {
            followed.extend(decided.take(read, &corrections));
        }
        for arbitration in arbitrations {
            let scan = arbitration.of.iter().find_map(|of| about.get(of));
            if let Some(entry) = scan.and_then(|scan| decided.scans.get_mut(scan)) {
                entry.arbitrated = Some(arbitration.decision);
            }
        }
        decided.ask_again(&followed);
        decided
    }
}

/// What corrections say, by the reading that they correct.
struct Corrections<'a> {
    taken_back: HashSet<&'a str>,
    /// The last new word, where the conclusion was corrected.
    words: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Corrections<'a> {
    fn of(amends: &'a [AmendPart]) -> Self {
        let mut all = Self {
            taken_back: HashSet::new(),
            words: HashMap::new(),
        };
        for amend in amends {
            if amend.reason == TAKEN_BACK {
                all.taken_back.insert(&amend.of);
                continue;
            }
            let word = all.words.entry(&amend.of).or_default();
            *word = amend.change.decision.as_deref().or(*word);
        }
        all
    }
}

impl Decided {
    /// Takes in a reading with its corrections, unless it was taken back at once; gives the record
    /// that it follows.
    fn take(&mut self, read: Read, corrections: &Corrections<'_>) -> Option<String> {
        let Read {
            mut entry,
            of,
            refers_to,
        } = read;
        if corrections.taken_back.contains(&*entry.id) {
            if of.is_none() {
                self.drawn.entry(entry.scan_id).or_insert(entry.id);
            }
            return None;
        }
        if let Some(word) = corrections.words.get(&*entry.id) {
            entry.amended = true;
            if let Some(word) = word {
                (*word).clone_into(&mut entry.word);
            }
        }
        let drawn = self.drawn.get(&entry.scan_id);
        drawn.unwrap_or(&entry.id).clone_into(&mut entry.drawn);
        self.read(entry);
        refers_to
    }

    /// Keeps which scans are to be made again: those whose request no decision has followed.
    fn ask_again(&mut self, followed: &HashSet<String>) {
        let again = |entry: &&Entry| {
            entry.effective() == Conclusion::Rescan.as_str() && !followed.contains(&entry.id)
        };
        let mut asked: Vec<&Entry> = self.scans.values().filter(again).collect();
        asked.sort_by_key(|entry| entry.at_ns());
        let mut places: HashMap<&str, Vec<&PathBuf>> = HashMap::new();
        for ((path, _), scan_id) in &self.files {
            places.entry(scan_id).or_default().push(path);
        }
        for entry in asked {
            let at = places.get(&*entry.scan_id).into_iter().flatten();
            let at = at.map(|path| Again::At((*path).clone()));
            for key in at.chain(entry.unit.clone().map(Again::Unit)) {
                self.rescans.insert(key, entry.id.clone());
            }
        }
    }
}
