//! What the log was asked and what it answered. An answer belongs to the form it was asked for,
//! whichever scan is at hand by then.

use std::path::PathBuf;

use super::answering::revealed;
use super::event::{Draft, Effect, key_of};
use super::{App, Form, FormKind, Level, Mark, Mode, Notice, Recording, Verdict};
use crate::decisions::Decision;
use crate::messages::{arg, say};
use crate::scan::ScanFile;
use crate::text::Safe;

/// A form that the log was given and has not recorded yet.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    token: u64,
    scan_id: String,
    path: PathBuf,
    analyst: String,
    files: Vec<ScanFile>,
    form: Form,
    marks: Vec<Mark>,
    /// What it takes back, where it does.
    takes_back: Option<TakenBack>,
    recording: Recording,
}

/// A record that is taken back, and what the queue showed before it.
#[derive(Debug, Clone)]
pub(super) struct TakenBack {
    /// Its id.
    pub(super) id: String,
    /// The verdict before it.
    pub(super) before: Option<Verdict>,
}

impl Sent {
    fn key(&self) -> String {
        key_of(&self.scan_id, &self.path, &self.analyst)
    }

    /// The same form, to be taken back by the recording of that number.
    pub(super) fn taking_back(self, token: u64, what: TakenBack) -> Self {
        Self {
            token,
            takes_back: Some(what),
            recording: Recording::Writing,
            ..self
        }
    }

    /// Whether it takes the record `id` back.
    pub(super) fn takes_back_of(&self, id: &str) -> bool {
        self.takes_back.as_ref().is_some_and(|what| what.id == id)
    }

    /// Whether it is on its way to take the record `id` back.
    pub(super) fn is_taking_back(&self, id: &str) -> bool {
        self.takes_back_of(id) && self.recording == Recording::Writing
    }

    /// The form and its marks as a draft.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            scan_id: self.scan_id.clone(),
            path: self.path.clone(),
            analyst: self.analyst.clone(),
            form: self.form.clone(),
            marks: self.marks.clone(),
            view: None,
        }
    }
}

impl App {
    /// Hands a decision to the log. The same form keeps its number when it is tried again, so that
    /// a record that did reach the disk is not counted twice; a form that was changed since is
    /// another record, because readers believe the first of a number.
    pub(super) fn send(&mut self, form: &Form, path: PathBuf, decision: Decision) -> Effect {
        let scan_id = decision.scan_id.clone();
        let form = form.answers();
        let analyst = self.record.analyst.as_str().to_owned();
        let key = key_of(&scan_id, &path, &analyst);
        let marks = self.desk.marks.clone();
        let same = |sent: &&Sent| sent.key() == key && sent.form == form && sent.marks == marks;
        let token = self.sent.iter().find(same).map(|sent| sent.token);
        let token = token.unwrap_or_else(|| {
            self.record.token += 1;
            self.record.token
        });
        self.sent.retain(|sent| sent.key() != key);
        let request = form.request(decision, &marks, token);
        self.sent.push(Sent {
            token,
            scan_id,
            path,
            analyst,
            files: self.desk.files.clone(),
            form,
            marks,
            takes_back: None,
            recording: Recording::Writing,
        });
        if let Some(form) = &mut self.desk.form {
            form.recording = Recording::Writing;
        }
        Effect::Record(Box::new(request))
    }

    /// Whether the log has a form, or did not take one.
    pub(super) fn has_sent(&self) -> bool {
        !self.sent.is_empty()
    }

    /// Where the recording of the form at hand stands.
    pub(super) fn recording_at_hand(&self) -> Recording {
        let key = self.key_at_hand();
        let sent = self.sent.iter().find(|sent| Some(sent.key()) == key);
        sent.map(|sent| sent.recording.clone()).unwrap_or_default()
    }

    /// A decision is on disk.
    pub(super) fn take_recorded(&mut self, token: u64, verdict: &Verdict) -> Vec<Effect> {
        let Some(at) = self.sent.iter().position(|sent| sent.token == token) else {
            return Vec::new();
        };
        let sent = self.sent.remove(at);
        let failed = |sent: &Sent| matches!(sent.recording, Recording::Failed(_));
        if !self.sent.iter().any(failed) {
            self.record.trouble = None;
        }
        if let Some(what) = &sent.takes_back {
            return self.taken_back(&sent, what);
        }
        let row = self.queue.row_of(&sent.path).cloned();
        let now = self.verdict_after(&sent.form.kind, row.as_ref(), verdict);
        let before = row.and_then(|row| row.decided);
        // A row whose files were replaced meanwhile shows something else.
        let row = self.queue.row_of(&sent.path);
        if let Some(row) = row.filter(|row| row.scan.files == sent.files) {
            row.decided = Some(now.clone());
        }
        let dropped = self.drop_draft(&sent.key());
        if self.is_at_hand(&sent.key()) {
            self.desk.form = None;
            self.desk.forget_marks();
            self.leave_form();
        }
        let text = self.told_recorded(&sent.form.kind, verdict, &now);
        // Who was told what the first reader decided looks no second time: that is a correction.
        let knows = matches!(sent.form.kind, FormKind::Second { .. }) && !now.seconds.is_empty();
        if !sent.form.kind.asks_why() && !knows {
            self.keep_fresh(&verdict.id, sent, before);
        }
        self.tell(Level::Recorded, text);
        vec![dropped]
    }

    /// The sentence about what was recorded: `said` is the record, `now` what the queue shows.
    fn told_recorded(&self, kind: &FormKind, said: &Verdict, now: &Verdict) -> Safe {
        let done = self.queue.decided(&self.record.analyst);
        let all = self.queue.rows.len();
        let label = say(&format!("conclusion-{}", said.decision), &[]);
        let next = self.chord(Mode::Browse, "next_undecided");
        let back = self.chord(Mode::Browse, "take_back");
        let text = say(
            "notice-recorded",
            &[
                arg("decision", &label),
                arg("done", &done),
                arg("all", &all),
                arg("key", &next),
                arg("back", &back),
            ],
        );
        match kind {
            // What another post decided is not known here.
            FormKind::Second { .. } if now.seconds.is_empty() => text,
            FormKind::Second { .. } => say(
                "notice-second-recorded",
                &[arg("decision", &label), arg("first", &revealed(now))],
            ),
            FormKind::Amend { .. } => say("notice-amended", &[]),
            FormKind::Arbitration { .. } => say("notice-arbitrated", &[arg("decision", &label)]),
            FormKind::Decision => text,
        }
    }

    /// A decision is not on disk: the form stays open with everything in it.
    pub(super) fn take_not_recorded(&mut self, token: u64, why: &Safe) {
        let failed = Recording::Failed(why.clone());
        let Some(sent) = self.sent.iter_mut().find(|sent| sent.token == token) else {
            return;
        };
        sent.recording = failed.clone();
        let key = sent.key();
        self.record.trouble = Some(why.clone());
        let here = self.is_at_hand(&key);
        if here && let Some(form) = &mut self.desk.form {
            form.recording = failed;
        }
        let text = self.not_recorded();
        self.notice = text.map(|text| Notice::new(Level::NotRecorded, text));
    }

    /// The sentence about a decision that is not on disk, while there is one; at the end also about a
    /// form that could not be kept.
    pub fn not_recorded(&self) -> Option<Safe> {
        self.failed_record().or_else(|| self.unkept.clone())
    }

    pub(super) fn failed_record(&self) -> Option<Safe> {
        let failed = |sent: &Sent| match &sent.recording {
            Recording::Failed(why) => Some((sent.key(), sent.path.clone(), why.clone())),
            _ => None,
        };
        let (key, path, why) = self.sent.iter().rev().find_map(failed)?;
        let row = self.queue.rows.iter().find(|row| row.scan.path == path);
        Some(match row {
            Some(row) if !self.is_at_hand(&key) => say(
                "notice-not-recorded-there",
                &[arg("name", &row.scan.name()), arg("why", &why)],
            ),
            _ => say("notice-not-recorded", &[arg("why", &why)]),
        })
        .map(|text| self.with_offer(Mode::Decide, &text))
    }

    /// The sentence with the second folder, where one is offered.
    pub(super) fn with_offer(&self, mode: Mode, text: &Safe) -> Safe {
        let Some(folder) = &self.record.offer else {
            return text.clone();
        };
        let key = self.chord(mode, "use_second_log");
        let folder = Safe::from_path(folder);
        say(
            "notice-offer",
            &[arg("text", text), arg("key", &key), arg("folder", &folder)],
        )
    }

    /// Goes on with the log in the second folder, and records there what was not recorded.
    pub(crate) fn use_second_log(&mut self) -> Vec<Effect> {
        let Some(folder) = self.record.offer.take() else {
            return Vec::new();
        };
        let mut effects = vec![Effect::UseLog(folder)];
        effects.extend(self.send_outcomes_again());
        // A form that was never confirmed is not by this key either.
        if let Some(form) = &mut self.desk.form
            && (self.mode == Mode::Decide || matches!(form.recording, Recording::Failed(_)))
        {
            form.recording = Recording::Typed;
            effects.extend(self.confirm());
        }
        effects
    }

    /// The form at hand is given up, and with it what the log did not take.
    pub(crate) fn discard_form(&mut self) {
        if let Some(FormKind::Amend { before, .. }) = self.desk.form.take().map(|form| form.kind) {
            // What was marked in the record lies there only to be corrected.
            self.desk
                .marks
                .retain(|mark| !before.regions.contains(mark));
            self.select_mark(None);
        }
        if let Some(key) = self.key_at_hand() {
            self.sent.retain(|sent| sent.key() != key);
        }
        if self.not_recorded().is_none() {
            self.notice = None;
        }
        self.leave_form();
    }

    /// The key of the scan at hand, as far as its bytes are known.
    pub(super) fn key_at_hand(&self) -> Option<String> {
        let row = self.queue.rows.get(self.desk.row?)?;
        let analyst = self.record.analyst.as_str();
        Some(key_of(self.desk.scan_id()?, &row.scan.path, analyst))
    }

    /// Whether the scan of that key is the one at hand.
    fn is_at_hand(&self, key: &str) -> bool {
        self.key_at_hand().as_deref() == Some(key)
    }
}
