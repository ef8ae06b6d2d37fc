//! Reading the folder on a thread of its own: rows come as they are found, with what the log says
//! of them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread;

use super::Message;
use crate::Result;
use crate::app::{Event, Found as FoundRow, Question as AppQuestion, Reading, Verdict};
use crate::cancel::{Cancel, Generations};
use crate::decisions::{self, Decided, Entry, SecondRule};
use crate::scan::{self, FindOptions, Found, Limits, Scan};
use crate::store::Question;
use crate::text::Safe;

/// What the log says of scans, and by which rule.
#[derive(Clone)]
pub(super) struct Journal {
    /// Where decisions are read.
    pub(super) folder: Option<PathBuf>,
    /// Which of them ask for a second reading.
    pub(super) rule: SecondRule,
}

/// Reads the folder, again when asked; the newest walk is the one that counts.
pub(super) struct Walker {
    root: PathBuf,
    limits: Limits,
    log: Journal,
    sender: Sender<Message>,
    generations: Generations,
    number: u64,
}

impl Walker {
    pub(super) fn new(
        root: PathBuf,
        limits: Limits,
        log: Journal,
        sender: Sender<Message>,
    ) -> Self {
        Self {
            root,
            limits,
            log,
            sender,
            generations: Generations::default(),
            number: 0,
        }
    }

    /// Number of the walk whose rows count.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Starts a walk; an older one stops.
    pub(super) fn walk(&mut self) {
        self.number += 1;
        let walk = Walk {
            number: self.number,
            root: self.root.clone(),
            options: FindOptions {
                limits: self.limits,
                ..FindOptions::default()
            },
            log: self.log.clone(),
            sender: self.sender.clone(),
            cancel: self.generations.start(),
        };
        thread::spawn(move || walk.run());
    }
}

/// One walk.
struct Walk {
    number: u64,
    root: PathBuf,
    options: FindOptions,
    log: Journal,
    sender: Sender<Message>,
    cancel: Cancel,
}

impl Walk {
    fn run(&self) {
        let decided = self.decided();
        let mut asked = Asked::default();
        let result = if self.root.is_dir() {
            scan::find(&self.root, &self.options, &self.cancel, &mut |found| {
                if let Found::Scan(scan) = found {
                    self.tell(row(scan, &decided, self.log.rule, &mut asked));
                }
            })
            .map(|tally| tally.others)
        } else {
            self.one(&decided)
        };
        let (others, error) = match result {
            Ok(others) => (others, None),
            Err(crate::Error::Cancelled) => return,
            Err(error) => (0, Some(error)),
        };
        self.tell(Event::FolderRead { others, error });
    }

    /// The path names one scan.
    fn one(&self, decided: &Decided) -> Result<usize> {
        let (scan, _) = scan::resolve(&self.root, false)?;
        self.tell(row(scan, decided, self.log.rule, &mut Asked::default()));
        Ok(0)
    }

    /// What the log has decided; a log that cannot be read is said and hides nothing.
    fn decided(&self) -> Decided {
        let Some(folder) = &self.log.folder else {
            return Decided::default();
        };
        decisions::history(folder).unwrap_or_else(|error| {
            self.tell(Event::LogNotice(error.message()));
            Decided::default()
        })
    }

    fn tell(&self, event: Event) {
        // When nobody listens any more the console is leaving.
        drop(self.sender.send(Message::Walk(self.number, event)));
    }
}

/// The questions of other posts, by the folder that they lie in.
#[derive(Default)]
struct Asked(HashMap<PathBuf, Option<Question>>);

impl Asked {
    /// The question about a scan.
    fn about(&mut self, scan: &Scan) -> Option<AppQuestion> {
        let folder = scan.path.parent()?.to_owned();
        let known = self.0.entry(folder);
        let question = known.or_insert_with_key(|folder| Question::in_folder(folder));
        let question = question.as_ref()?;
        let asked = |file: &scan::ScanFile| {
            let name = file.path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| question.is_about(&name, file.bytes))
        };
        scan.files.iter().all(asked).then(|| AppQuestion {
            of: question.of.clone(),
            text: Safe::from_typed(question.question.as_deref().unwrap_or_default()),
        })
    }
}

/// A row with its decision.
fn row(scan: Scan, decided: &Decided, rule: SecondRule, asked: &mut Asked) -> Event {
    let verdict = decided.of_scan(&scan).map(|entry| verdict(entry, rule));
    let rescan_of = decided.rescan_of(&scan).map(str::to_owned);
    let drawn = decided.drawn_by(&scan).map(str::to_owned);
    let question = asked.about(&scan);
    Event::Found(Box::new(FoundRow {
        scan,
        decided: verdict,
        rescan_of,
        drawn,
        question,
    }))
}

/// A decision as the queue shows it.
fn verdict(entry: &Entry, rule: SecondRule) -> Verdict {
    let second = |reading: &decisions::Reading| Reading {
        id: reading.id.clone(),
        analyst: Safe::from_outside(&reading.analyst),
        decision: reading.word.clone(),
    };
    let verdict = Verdict {
        decision: entry.effective().to_owned(),
        at: super::log::local_time(&entry.at),
        analyst: Safe::from_outside(&entry.analyst),
        id: entry.id.clone(),
        first: entry.word.clone(),
        seconds: entry.seconds.iter().map(second).collect(),
        arbitrated: entry.arbitrated.is_some(),
        drawn: entry.drawn.clone(),
        elsewhere: entry.elsewhere,
        ..Verdict::default()
    };
    verdict.settled(rule)
}
