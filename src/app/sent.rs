//! What the log was asked and what it answered. An answer belongs to the form it was asked for,
//! whichever scan is at hand by then.

use std::path::PathBuf;

use super::event::Effect;
use super::{App, Form, Level, Mode, Notice, Recording, Verdict};
use crate::decisions::Decision;
use crate::messages::{arg, say};
use crate::radiograph::Region;
use crate::text::Safe;

/// A form that the log was given and has not recorded yet.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    token: u64,
    scan_id: String,
    path: PathBuf,
    form: Form,
    marks: Vec<Region>,
    recording: Recording,
}

impl App {
    /// Hands a decision to the log. The same form keeps its number when it is tried again, so that
    /// a record that did reach the disk is not counted twice; a form that was changed since is
    /// another record, because readers believe the first of a number.
    pub(super) fn send(&mut self, form: &Form, path: PathBuf, decision: Decision) -> Effect {
        let form = form.answers();
        let marks = self.desk.marks.clone();
        let same = |sent: &&Sent| {
            sent.scan_id == decision.scan_id && sent.form == form && sent.marks == marks
        };
        let token = self.sent.iter().find(same).map(|sent| sent.token);
        let token = token.unwrap_or_else(|| {
            self.record.token += 1;
            self.record.token
        });
        self.sent.retain(|sent| sent.scan_id != decision.scan_id);
        self.sent.push(Sent {
            token,
            scan_id: decision.scan_id.clone(),
            path,
            form,
            marks,
            recording: Recording::Writing,
        });
        if let Some(form) = &mut self.desk.form {
            form.recording = Recording::Writing;
        }
        Effect::Record {
            token,
            decision: Box::new(decision),
        }
    }

    /// Where the recording of a scan's form stands.
    pub(super) fn recording_of(&self, scan_id: &str) -> Recording {
        let sent = self.sent.iter().find(|sent| sent.scan_id == scan_id);
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
        if let Some(row) = self.queue.row_of(&sent.path) {
            row.decided = Some(verdict.clone());
        }
        let dropped = self.drop_draft(&sent.scan_id);
        if self.is_at_hand(&sent.scan_id) {
            self.desk.form = None;
            self.desk.marks.clear();
            self.leave_form();
        }
        let (done, all) = (self.queue.decided(), self.queue.rows.len());
        let label = say(&format!("conclusion-{}", verdict.decision), &[]);
        let text = say(
            "notice-recorded",
            &[
                arg("decision", &label),
                arg("done", &done),
                arg("all", &all),
                arg("key", &self.chord(Mode::Browse, "next_undecided")),
            ],
        );
        self.tell(Level::Recorded, text);
        vec![dropped]
    }

    /// A decision is not on disk: the form stays open with everything in it.
    pub(super) fn take_not_recorded(&mut self, token: u64, why: &Safe) {
        let failed = Recording::Failed(why.clone());
        let Some(sent) = self.sent.iter_mut().find(|sent| sent.token == token) else {
            return;
        };
        sent.recording = failed.clone();
        let scan_id = sent.scan_id.clone();
        self.record.trouble = Some(why.clone());
        let here = self.is_at_hand(&scan_id);
        if here && let Some(form) = &mut self.desk.form {
            form.recording = failed;
        }
        let text = self.not_recorded();
        self.notice = text.map(|text| Notice::new(Level::NotRecorded, text));
    }

    /// The sentence about a decision that is not on disk, while there is one.
    pub fn not_recorded(&self) -> Option<Safe> {
        let failed = |sent: &Sent| match &sent.recording {
            Recording::Failed(why) => Some((sent.scan_id.clone(), sent.path.clone(), why.clone())),
            _ => None,
        };
        let (scan_id, path, why) = self.sent.iter().rev().find_map(failed)?;
        let row = self.queue.rows.iter().find(|row| row.scan.path == path);
        Some(match row {
            Some(row) if !self.is_at_hand(&scan_id) => say(
                "notice-not-recorded-there",
                &[arg("name", &row.scan.name()), arg("why", &why)],
            ),
            _ => say("notice-not-recorded", &[arg("why", &why)]),
        })
    }

    /// The form at hand is given up, and with it what the log did not take.
    pub(crate) fn discard_form(&mut self) {
        self.desk.form = None;
        if let Some(scan_id) = self.desk.scan_id() {
            self.sent.retain(|sent| sent.scan_id != scan_id);
        }
        if self.not_recorded().is_none() {
            self.notice = None;
        }
        self.leave_form();
    }

    /// Whether that scan is the one at hand.
    pub(super) fn is_at_hand(&self, scan_id: &str) -> bool {
        self.desk.scan_id() == Some(scan_id)
    }
}
