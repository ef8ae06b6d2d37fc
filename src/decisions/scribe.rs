//! What the writing thread does: segments begun and given up, records written once or told as not
//! written.
//!
//! Any error poisons the segment. A new one begins, a `fault` record names the old one, and the same
//! record is written with the same id; readers drop the duplicate.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use rustix::fs::fstatvfs;
use serde::Serialize;

use super::clock::{JUMP_MS, Moment};
use super::line::random_id;
use super::place::open_body;
use super::request::{self, Answer, Pending, Request, Unfit};
use super::segment::{Durability, Entry, Refusal, Segment};
use super::sitting::{ClockJump, Close, End, Fault, Head};
use super::survey::{GivenUp, Survey, survey};
use super::trouble::{Receipt, Trouble, as_folder, not_written, unfit};
use super::writer::LogSettings;
use super::{folder, warning};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Below this much free space the officer is warned, bytes.
const LOW_SPACE: u64 = 16 * 1024 * 1024;

/// The state of the writing thread.
pub(super) struct Scribe {
    settings: LogSettings,
    answer: Box<dyn Fn(Answer) + Send>,
    segment: Option<Segment>,
    given_up: GivenUp,
    faults: Vec<Fault>,
    retried: HashMap<u64, String>,
    last: Option<Moment>,
    told_low: bool,
}

impl Scribe {
    /// Nothing is touched yet.
    pub(super) fn new(settings: LogSettings, answer: Box<dyn Fn(Answer) + Send>) -> Self {
        Self {
            settings,
            answer,
            segment: None,
            given_up: GivenUp::new(),
            faults: Vec::new(),
            retried: HashMap::new(),
            last: None,
            told_low: false,
        }
    }

    /// Begins the first segment, or says why it cannot.
    pub(super) fn start(&mut self) {
        if self.segment.is_none()
            && let Err(trouble) = self.begin()
        {
            (self.answer)(Answer::NotOpened { why: trouble.why() });
        }
    }

    /// Serves one request.
    pub(super) fn handle(&mut self, request: Request) {
        match request {
            Request::Decision { token, body } => self.tell(token, request::decision(*body)),
            Request::Amend { token, body } => self.tell(token, request::amend(&body)),
            Request::Note { token, body } => self.tell(token, request::note(&body)),
            Request::Second { token, body } => self.tell(token, request::second(*body)),
            Request::Arbitration { token, body } => self.tell(token, request::arbitration(*body)),
            Request::Outcome { token, body } => self.tell(token, request::outcome(&body)),
            Request::Checkpoint { token, body } => {
                self.tell(token, request::pending("checkpoint", &body));
            }
            Request::Scan(body) => self.mention(request::pending("scan", &body)),
            Request::Views(body) => self.mention(request::views(body)),
            Request::UseFolder(folder) => self.use_folder(folder),
            Request::Close => self.close(),
            Request::HandOver { analyst } => self.hand_over(analyst),
        }
    }

    /// After a panic: the segment's state is unknown, so it is given up.
    pub(super) fn after_panic(&mut self, token: Option<u64>) {
        let why = io::Error::other("panic");
        let why = self.give_up("panic", &why);
        match token {
            Some(token) => self.refuse(token, why),
            None => (self.answer)(Answer::Warning(why)),
        }
    }

    /// Writes the last record and lets the segment go.
    pub(super) fn close(&mut self) {
        let moment = self.settings.clock.now();
        if let (Some(before), Some(_)) = (self.last.clone(), &self.segment) {
            // A failure gives the segment up, and there is nothing left to close.
            let _ = self.mark_jump(&before, &moment);
        }
        let Some(segment) = &self.segment else { return };
        let mut counts = segment.counts().clone();
        *counts.entry("close".to_owned()).or_default() += 1;
        let body = Close {
            records: segment.records() + 1,
            counts,
        };
        match self.own("close", &body) {
            Ok(receipt) => {
                if let Some(segment) = self.segment.take() {
                    segment.release();
                    self.remember(&[segment.good_head(Some(End::Closed))]);
                }
                (self.answer)(Answer::Closed {
                    segment: receipt.segment,
                    records: receipt.seq,
                });
            }
            Err(trouble) => (self.answer)(Answer::Warning(trouble.why())),
        }
    }

    /// Writes a record that a form waits for, and tells it what became of it.
    fn tell(&mut self, token: u64, pending: Result<Pending, Unfit>) {
        let written = pending
            .map_err(unfit)
            .and_then(|pending| self.insist(token, &pending));
        match written {
            Ok(receipt) => {
                self.retried.remove(&token);
                (self.answer)(Answer::Recorded {
                    token,
                    segment: receipt.segment,
                    seq: receipt.seq,
                    id: receipt.id,
                    hash: receipt.hash,
                });
                self.look_at_space();
            }
            Err(trouble) => self.refuse(token, trouble.why()),
        }
    }

    /// Tells a form that nothing was recorded.
    fn refuse(&self, token: u64, why: Safe) {
        (self.answer)(Answer::NotRecorded {
            token,
            why,
            offer: self.settings.fallback.clone(),
        });
    }

    /// Writes a record that nobody waits for.
    fn mention(&mut self, pending: Result<Pending, Unfit>) {
        let written = pending.map_err(unfit).and_then(|pending| {
            let id = random_id().map_err(|problem| self.no_folder(&problem))?;
            self.write(&id, &pending, Durability::Written)
        });
        if let Err(trouble) = written {
            (self.answer)(Answer::Warning(trouble.why()));
        }
    }

    /// Writes a record, once more in a new segment when its segment breaks, always with the same id.
    fn insist(&mut self, token: u64, pending: &Pending) -> Result<Receipt, Trouble> {
        let id = match self.retried.get(&token) {
            Some(id) => id.clone(),
            None => random_id().map_err(|problem| self.no_folder(&problem))?,
        };
        self.retried.insert(token, id.clone());
        match self.write(&id, pending, Durability::Synced) {
            Err(Trouble::Segment(_)) => self.write(&id, pending, Durability::Synced),
            done => done,
        }
    }

    /// Writes a record into the segment, which is begun where there is none.
    fn write(
        &mut self,
        id: &str,
        pending: &Pending,
        durability: Durability,
    ) -> Result<Receipt, Trouble> {
        if self.segment.is_none() {
            self.begin()?;
        }
        let moment = self.settings.clock.now();
        if let Some(before) = self.last.clone() {
            self.mark_jump(&before, &moment)?;
        }
        self.put(id, pending, &moment, durability)
    }

    /// Writes a `clock` record when the two clocks ran apart between two records.
    fn mark_jump(&mut self, before: &Moment, now: &Moment) -> Result<(), Trouble> {
        let jump_ms = now.jump_since(before);
        if jump_ms.abs() <= JUMP_MS {
            return Ok(());
        }
        let jump = ClockJump {
            jump_ms,
            before_at: before.rfc3339(),
            before_boot_ns: before.boot_ns,
        };
        let pending = request::pending("clock", &jump).map_err(unfit)?;
        let id = random_id().map_err(|problem| self.no_folder(&problem))?;
        self.put(&id, &pending, now, Durability::Written).map(drop)
    }

    /// Writes a record of the log's own at the time now.
    fn own(&mut self, kind: &'static str, body: &impl Serialize) -> Result<Receipt, Trouble> {
        let pending = request::pending(kind, body).map_err(unfit)?;
        let id = random_id().map_err(|problem| self.no_folder(&problem))?;
        let moment = self.settings.clock.now();
        self.put(&id, &pending, &moment, Durability::Synced)
    }

    /// Appends to the segment at hand; gives it up when that fails.
    fn put(
        &mut self,
        id: &str,
        pending: &Pending,
        moment: &Moment,
        durability: Durability,
    ) -> Result<Receipt, Trouble> {
        let Some(segment) = &mut self.segment else {
            return Err(Trouble::Segment(say("log-writer-ended", &[])));
        };
        let entry = Entry {
            id,
            at: &moment.rfc3339(),
            boot_ns: moment.boot_ns,
            kind: pending.kind,
            body: &pending.body,
        };
        match segment.append(entry, durability) {
            Ok((seq, hash)) => {
                self.last = Some(moment.clone());
                Ok(Receipt {
                    segment: segment.name().to_owned(),
                    seq,
                    id: id.to_owned(),
                    hash,
                })
            }
            Err(Refusal::TooLong) => Err(Trouble::Record(say("log-record-too-long", &[]))),
            Err(Refusal::Broken { what, error }) => {
                Err(Trouble::Segment(self.give_up(what, &error)))
            }
        }
    }

    /// Lets the segment go for good and keeps what its `fault` record will say.
    fn give_up(&mut self, what: &str, error: &io::Error) -> Safe {
        let why = self.cause(error);
        let Some(segment) = self.segment.take() else {
            return why;
        };
        if segment.is_empty() {
            // Not one byte was taken: nothing is left to explain.
            let _ = std::fs::remove_file(self.settings.folder.join(segment.name()));
            return why;
        }
        let head = segment.good_head(Some(End::Left));
        self.faults.push(Fault {
            segment: segment.name().to_owned(),
            last_good_seq: head.seq,
            errno: error.raw_os_error(),
            what: format!("{what}: {error}"),
        });
        self.given_up.insert(segment.name().to_owned(), head);
        why
    }

    /// Begins a segment: its file, its `open` record, its name on disk, the faults before it.
    fn begin(&mut self) -> Result<(), Trouble> {
        let folder = self.settings.folder.clone();
        let found = folder::create(&folder)
            .and_then(|()| survey(&folder, &self.given_up))
            .map_err(|problem| self.no_folder(&problem))?;
        let segment = self
            .create_segment()
            .map_err(|problem| self.no_folder(&problem))?;
        let own = segment.name().to_owned();
        self.segment = Some(segment);
        let before = self.last.take();
        let open = open_body(&self.settings, &found);
        self.own("open", &open).map_err(as_folder)?;
        if let Err(problem) = folder::sync(&folder) {
            return Err(Trouble::Folder(
                self.give_up("fsync of the folder", &problem),
            ));
        }
        if let (Some(before), Some(now)) = (before, self.last.clone()) {
            self.mark_jump(&before, &now).map_err(as_folder)?;
        }
        self.tell_faults()?;
        self.opened(&found, own);
        Ok(())
    }

    /// Creates the file under a new name.
    fn create_segment(&mut self) -> io::Result<Segment> {
        let start = self.settings.clock.now().wall.timestamp();
        let random = random_id()?;
        let name =
            folder::segment_name(start, &self.settings.host, &self.settings.analyst, &random);
        Segment::create(&self.settings.folder, name)
    }

    /// Writes a `fault` record for every segment given up that has none yet.
    fn tell_faults(&mut self) -> Result<(), Trouble> {
        while let Some(fault) = self.faults.first().cloned() {
            self.own("fault", &fault).map_err(as_folder)?;
            self.faults.remove(0);
        }
        Ok(())
    }

    /// Says that a segment was begun, remembers the heads it pins, and warns of what was found.
    fn opened(&mut self, found: &Survey, segment: String) {
        let mut heads = found.heads.clone();
        heads.extend(self.segment.as_ref().map(|segment| segment.good_head(None)));
        let mut warnings = warning::of_survey(found);
        warnings.extend(self.remembered(&heads));
        warnings.extend(self.low_space());
        (self.answer)(Answer::Opened {
            folder: self.settings.folder.clone(),
            segment,
            warnings,
        });
    }

    /// Hands heads over to be remembered; a failure is told and stops nothing.
    fn remember(&mut self, heads: &[Head]) {
        if let Some(why) = self.remembered(heads) {
            (self.answer)(Answer::Warning(why));
        }
    }

    /// Hands heads over to be remembered and gives the failure.
    fn remembered(&mut self, heads: &[Head]) -> Option<Safe> {
        let remember = self.settings.remember.as_mut()?;
        remember(&self.settings.folder, heads)
            .err()
            .map(|problem| problem.message())
    }

    /// Goes on in another folder.
    fn use_folder(&mut self, folder: PathBuf) {
        self.close();
        self.segment = None;
        self.settings.folder = folder;
        self.start();
    }

    /// Goes on in a segment of another analyst.
    fn hand_over(&mut self, analyst: String) {
        self.close();
        self.segment = None;
        self.settings.analyst = analyst;
        self.start();
    }

    /// After a record: keeps the reserve up and warns once when space runs low.
    fn look_at_space(&mut self) {
        if let Some(segment) = &mut self.segment {
            segment.reserve();
        }
        if let Some(why) = self.low_space() {
            (self.answer)(Answer::Warning(why));
        }
    }

    /// The warning about low space, once.
    fn low_space(&mut self) -> Option<Safe> {
        let space = fstatvfs(self.segment.as_ref()?.file()).ok()?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        if self.told_low || free >= LOW_SPACE {
            return None;
        }
        self.told_low = true;
        let folder = Safe::from_path(&self.settings.folder);
        Some(say(
            "log-low-space",
            &[arg("folder", &folder), arg("kb", &(free / 1000))],
        ))
    }

    /// The sentence about a folder that refuses.
    fn cause(&self, problem: &io::Error) -> Safe {
        not_written(&self.settings.folder, problem)
    }

    /// No segment can be begun.
    fn no_folder(&self, problem: &io::Error) -> Trouble {
        Trouble::Folder(self.cause(problem))
    }
}
