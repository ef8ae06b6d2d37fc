//! A sitting played by a test: a clock that the test turns, a writer, its answers.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use xamine::decisions::{
    Answer, Clock, Conclusion, Decision, LogSettings, Moment, Report, Request, ScanBlock, ScanFile,
    Witnesses, Writer, verify,
};

/// A clock that goes on by a tenth of a second at each look.
#[derive(Clone)]
pub(super) struct Turned(Arc<Mutex<Moment>>);

impl Turned {
    /// Starts on a fixed day.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Moment {
            wall: "2026-03-01T12:00:00+00:00[UTC]".parse().unwrap(),
            boot_ns: 5_000_000_000,
        })))
    }

    /// Turns the wall clock, the boot clock goes on.
    pub(super) fn jump_s(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        now.wall = now.wall.saturating_add(jiff::Span::new().seconds(seconds));
    }

    /// The clock for a writer.
    pub(super) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::from(move || {
            let mut now = now.lock().unwrap();
            now.wall = now.wall.saturating_add(jiff::Span::new().milliseconds(100));
            now.boot_ns += 100_000_000;
            now.clone()
        })
    }
}

/// A writer and its answers.
pub(super) struct Sitting {
    pub(super) writer: Writer,
    pub(super) answers: Receiver<Answer>,
    pub(super) time: Turned,
}

impl Sitting {
    /// Begins a sitting of `officer` in `folder`.
    pub(super) fn of(folder: &Path, analyst: &str) -> Self {
        Self::with(folder, analyst, |_| {})
    }

    /// Begins a sitting with changed settings.
    pub(super) fn with(
        folder: &Path,
        analyst: &str,
        change: impl FnOnce(&mut LogSettings),
    ) -> Self {
        let time = Turned::new();
        let mut settings = LogSettings::new(folder.to_owned(), Some(analyst.to_owned()));
        settings.host = "post-7".to_owned();
        settings.login = "officer".to_owned();
        settings.clock = time.clock();
        change(&mut settings);
        let (sender, answers) = channel();
        let writer = Writer::start(settings, move |answer| {
            let _ = sender.send(answer);
        })
        .unwrap();
        Self {
            writer,
            answers,
            time,
        }
    }

    /// The next answer.
    pub(super) fn answer(&self) -> Answer {
        self.answers.recv().unwrap()
    }

    /// Skips the answer about the segment, which must be that it was begun.
    pub(super) fn opened(self) -> Self {
        let answer = self.answer();
        assert!(matches!(answer, Answer::Opened { .. }), "{answer:?}");
        self
    }

    /// Records a decision and waits for its answer.
    pub(super) fn decide(&self, token: u64, body: Decision) -> Answer {
        let body = Box::new(body);
        self.writer.send(Request::Decision { token, body }).unwrap();
        self.answer()
    }

    /// Ends the sitting in order.
    pub(super) fn end(self) {
        drop(self.writer);
    }
}

/// The block of an invented scan.
pub(super) fn scan(number: u64) -> ScanBlock {
    let sha256 = format!("{number:064x}");
    ScanBlock {
        scan_id: sha256.clone(),
        files: vec![ScanFile {
            path: format!("/scans/{number}.tif"),
            path_hex: None,
            sha256,
            bytes: 1000 + number,
        }],
        container: None,
        kind: "single-energy".to_owned(),
    }
}

/// A short decision about it, with a character in its note that JSON writes as an escape.
pub(super) fn decision(number: u64) -> Decision {
    let mut decision = Decision::new(scan(number), Conclusion::Clear);
    decision.note = "\u{1b}".to_owned();
    decision
}

/// A closed log of one segment with `records` records.
pub(super) fn log_of(records: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sitting = Sitting::of(folder.path(), "kim").opened();
    for number in 2..records {
        let answer = sitting.decide(number, decision(number));
        assert!(matches!(answer, Answer::Recorded { .. }), "{answer:?}");
    }
    sitting.end();
    folder
}

/// The only segment of a log: its file name and bytes.
pub(super) fn only_segment(folder: &Path) -> (String, Vec<u8>) {
    let names = segment_names(folder);
    assert_eq!(names.len(), 1);
    let bytes = std::fs::read(folder.join(&names[0])).unwrap();
    (names[0].clone(), bytes)
}

/// The file names of all segments, sorted.
pub(super) fn segment_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".jsonl"))
        .collect();
    names.sort();
    names
}

/// Checks a folder with nothing remembered.
pub(super) fn check(folder: &Path) -> Report {
    verify(folder, &Witnesses::default()).unwrap()
}

/// The kinds of the problems, as words.
pub(super) fn kinds(report: &Report) -> Vec<&'static str> {
    report
        .problems
        .iter()
        .map(|problem| problem.kind.as_str())
        .collect()
}
