//! One segment checked line by line in constant memory: its own hashes, numbers and order.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::clock::JUMP_MS;
use super::folder::open_segment;
use super::line::{Flaw, Line, sha256_hex};
use super::report::{Problem, ProblemKind};
use super::sitting::{Close, Fault, Tail};
use super::stream::{Lines, Piece};
use super::survey::body;

/// Problems named for one segment; more of them say nothing new.
const PROBLEMS_LIMIT: usize = 20;
/// How often a segment is read again because it grew while its tail was read.
const TRIES: u32 = 3;

/// What one segment holds.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Records whose `self` is right.
    pub(super) records: u64,
    /// Lines that are wrong, first ones first.
    pub(super) problems: Vec<Problem>,
    /// Whether the last line is a `close` record.
    pub(super) closed: bool,
    /// The unterminated rest.
    pub(super) tail: Option<Tail>,
    /// `self` of the records that were asked for, by number.
    pub(super) hashes: BTreeMap<u64, String>,
    /// Its `fault` records.
    pub(super) faults: Vec<Fault>,
}

/// Checks one segment; `asked` are the numbers of the records whose `self` is wanted, and `visit`
/// sees every record that passed.
pub(super) fn check_segment(
    folder: &Path,
    name: &str,
    asked: &BTreeSet<u64>,
    visit: &mut dyn FnMut(u64, &Line<'_>),
) -> io::Result<Checked> {
    let mut tries = 0;
    loop {
        let file = open_segment(folder, name)?;
        let length = file.metadata()?.len();
        let mut pass = Pass::new(name, asked);
        let mut lines = Lines::new(&file);
        pass.read(&mut lines, visit)?;
        tries += 1;
        // Its writer may be in the middle of a line: then the file has grown by now.
        if pass.found.tail.is_none() || tries == TRIES || file.metadata()?.len() == length {
            return Ok(pass.found);
        }
    }
}

/// The state of one pass.
struct Pass<'a> {
    name: &'a str,
    asked: &'a BTreeSet<u64>,
    found: Checked,
    number: u64,
    due: u64,
    prev: String,
    counts: BTreeMap<String, u64>,
    at: Option<Timestamp>,
    boot_ns: u64,
}

impl<'a> Pass<'a> {
    /// At the beginning of the segment.
    fn new(name: &'a str, asked: &'a BTreeSet<u64>) -> Self {
        Self {
            name,
            asked,
            found: Checked::default(),
            number: 0,
            due: 1,
            prev: sha256_hex(name.as_bytes()),
            counts: BTreeMap::new(),
            at: None,
            boot_ns: 0,
        }
    }

    /// Reads to the end.
    fn read<R: io::Read>(
        &mut self,
        lines: &mut Lines<R>,
        visit: &mut dyn FnMut(u64, &Line<'_>),
    ) -> io::Result<()> {
        loop {
            match lines.next_piece()? {
                Piece::End => return Ok(()),
                Piece::Line => self.line(lines.line(), visit),
                Piece::TooLong => {
                    self.begin_line();
                    self.problem(ProblemKind::TooLong);
                    self.prev.clear();
                }
                Piece::Tail { bytes, sha256 } => {
                    self.found.tail = Some(Tail {
                        segment: self.name.to_owned(),
                        offset: lines.offset(),
                        bytes,
                        sha256,
                    });
                    return Ok(());
                }
            }
        }
    }

    /// Counts a line; nothing may come after `close`.
    fn begin_line(&mut self) {
        self.number += 1;
        if self.found.closed {
            self.problem(ProblemKind::AfterClose);
        }
        self.found.closed = false;
    }

    /// Checks one line.
    fn line(&mut self, bytes: &[u8], visit: &mut dyn FnMut(u64, &Line<'_>)) {
        self.begin_line();
        match Line::check(bytes) {
            Ok(line) => {
                self.place(&line);
                self.time(&line);
                self.meaning(&line);
                self.found.records += 1;
                self.due = line.seq + 1;
                visit(self.number, &line);
            }
            Err(flaw) => {
                self.problem(match flaw {
                    Flaw::Layout => ProblemKind::Malformed,
                    Flaw::SelfHash => ProblemKind::SelfHash,
                });
                self.due += 1;
            }
        }
        // The next line is judged by the bytes that stand here, so that one change is one problem.
        self.prev = sha256_hex(bytes);
    }

    /// Whether the line stands where it was written.
    fn place(&mut self, line: &Line<'_>) {
        if line.prev != self.prev {
            self.problem(ProblemKind::Prev);
        } else if line.seq != self.due {
            self.problem(ProblemKind::Sequence);
        }
        if (self.number == 1) != (line.kind == "open") {
            self.problem(ProblemKind::NotOpened);
        }
        if self.asked.contains(&line.seq) {
            self.found.hashes.insert(line.seq, line.hash.to_owned());
        }
    }

    /// Whether time runs on, or says why not.
    fn time(&mut self, line: &Line<'_>) {
        let at: Option<Timestamp> = line.at.parse().ok();
        let back = match (self.at, at) {
            (Some(before), Some(now)) => before.as_millisecond() - now.as_millisecond(),
            _ => 0,
        };
        if (back > JUMP_MS && line.kind != "clock") || line.boot_ns < self.boot_ns {
            self.problem(ProblemKind::Time);
        }
        self.at = at.or(self.at);
        self.boot_ns = line.boot_ns;
    }

    /// Takes in what the record says of the log.
    fn meaning(&mut self, line: &Line<'_>) {
        *self.counts.entry(line.kind.to_owned()).or_default() += 1;
        match line.kind {
            "close" => {
                self.found.closed = true;
                let right = body::<Close>(*line)
                    .is_ok_and(|close| close.records == self.number && close.counts == self.counts);
                if !right {
                    self.problem(ProblemKind::CloseCounts);
                }
            }
            "fault" => match body::<Fault>(*line) {
                Ok(fault) => self.found.faults.push(fault),
                Err(_) => self.problem(ProblemKind::Malformed),
            },
            _ => {}
        }
    }

    /// Names a problem of the line at hand.
    fn problem(&mut self, kind: ProblemKind) {
        if self.found.problems.len() < PROBLEMS_LIMIT {
            self.found
                .problems
                .push(Problem::new(self.name, Some(self.number), kind));
        }
    }
}
