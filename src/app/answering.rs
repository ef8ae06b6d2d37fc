//! What answers a decision: taken back at once, corrected, read a second time, arbitrated.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{Draft, Effect};
use super::sent::{Sent, TakenBack};
use super::{App, Form, Level, Purpose, Reading, Verdict};
use crate::decisions::{
    Amend, Arbitration, Change, Conclusion, Decision, MarkedRegion, Request, Second, Standing,
    TAKEN_BACK,
};
use crate::messages::{arg, say};
use crate::text::Safe;

/// How long a decision can be taken back by one key.
const TAKE_BACK: Duration = Duration::from_secs(10);

/// What a form becomes in the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    /// A decision.
    #[default]
    Decision,
    /// A correction of an earlier one.
    Amend {
        /// Id of its record.
        of: String,
        /// What it says.
        before: Box<Answers>,
    },
    /// A second reading.
    Second {
        /// Id of the first decision's record.
        of: String,
    },
    /// Which of several readings holds.
    Arbitration {
        /// Ids of their records.
        of: Vec<String>,
    },
}

/// What a recorded decision says, as far as a correction can change it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// The conclusion; `None` for a word of a newer version.
    pub decision: Option<Conclusion>,
    /// Reason codes.
    pub reasons: Vec<String>,
    /// EU types of control.
    pub controls: Vec<u16>,
    /// 1 to 5.
    pub confidence: Option<u8>,
    /// The note.
    pub note: String,
}

/// A decision that was recorded a moment ago.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    id: String,
    until: Duration,
    sent: Sent,
    before: Option<Verdict>,
}

impl FormKind {
    /// Whether the record says why in a sentence of its own.
    pub fn asks_why(&self) -> bool {
        matches!(self, Self::Amend { .. } | Self::Arbitration { .. })
    }
}

impl Form {
    /// A correction, with what is to be corrected in it.
    fn correcting(of: String, before: Answers) -> Self {
        Self {
            choice: before.decision,
            reasons: before.reasons.clone(),
            controls: before.controls.clone(),
            confidence: before.confidence,
            note: before.note.clone(),
            kind: FormKind::Amend {
                of,
                before: Box::new(before),
            },
            ..Self::default()
        }
    }

    /// The request that records it; `decision` is its body as a decision.
    pub(super) fn request(&self, decision: Decision, token: u64) -> Request {
        let reason = self.why.clone();
        match &self.kind {
            FormKind::Decision => Request::Decision {
                token,
                body: Box::new(decision),
            },
            FormKind::Second { of } => Request::Second {
                token,
                body: Box::new(Second {
                    of: of.clone(),
                    blind: true,
                    decision,
                }),
            },
            FormKind::Amend { of, before } => Request::Amend {
                token,
                body: Amend {
                    of: of.clone(),
                    change: self.change(before, decision.regions),
                    reason,
                },
            },
            FormKind::Arbitration { of } => Request::Arbitration {
                token,
                body: Arbitration {
                    of: of.clone(),
                    decision: decision.decision,
                    reason,
                },
            },
        }
    }

    /// What a correction changes; what is as it was is left out.
    fn change(&self, before: &Answers, regions: Vec<MarkedRegion>) -> Change {
        let other = |now: Option<Conclusion>| now.filter(|_| now != before.decision);
        Change {
            decision: other(self.choice),
            reasons: (self.reasons != before.reasons).then(|| self.reasons.clone()),
            note: (self.note != before.note).then(|| self.note.clone()),
            confidence: self
                .confidence
                .filter(|_| self.confidence != before.confidence),
            regions: (!regions.is_empty()).then_some(regions),
            controls: (self.controls != before.controls).then(|| self.controls.clone()),
        }
    }
}

impl App {
    /// What a form about the scan at hand will be: a second reading or an arbitration where one is
    /// asked of this analyst, else a decision.
    pub(super) fn kind_at_hand(&self) -> FormKind {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let verdict = row.and_then(|row| row.decided.as_ref());
        let asked = row.and_then(|row| row.question.as_ref());
        if let (None, Some(question)) = (verdict, asked) {
            let of = question.of.clone();
            return FormKind::Second { of };
        }
        match verdict.filter(|verdict| verdict.waits_for(&self.record.analyst)) {
            Some(verdict) if verdict.standing == Standing::SecondAsked => FormKind::Second {
                of: verdict.id.clone(),
            },
            Some(verdict) => FormKind::Arbitration {
                of: verdict.readings().map(|reading| reading.id).collect(),
            },
            None => FormKind::Decision,
        }
    }

    /// Asks why, where the record wants a sentence and has none; whether it was asked.
    pub(super) fn asked_why(&mut self, form: &Form) -> bool {
        let asks = form.kind.asks_why() && form.why.trim().is_empty();
        if asks {
            self.ask_line(Purpose::Why, "");
        }
        asks
    }

    /// Whether a correction says what is said already.
    pub(super) fn changes_nothing(&self, form: &Form) -> bool {
        match &form.kind {
            FormKind::Amend { before, .. } => {
                self.desk.marks.is_empty() && form.change(before, Vec::new()) == Change::default()
            }
            _ => false,
        }
    }

    /// Takes the sentence, and records.
    pub(super) fn take_why(&mut self, text: &str) -> Vec<Effect> {
        let Some(form) = self.desk.form.as_mut().filter(|_| !text.trim().is_empty()) else {
            return Vec::new();
        };
        text.trim().clone_into(&mut form.why);
        self.held = false;
        self.confirm()
    }

    /// Asks the log for what this analyst, or else the first, decided on the scan at hand.
    pub(crate) fn begin_amend(&mut self) -> Vec<Effect> {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let Some(verdict) = row.and_then(|row| row.decided.clone()) else {
            self.tell(Level::Info, say("notice-not-decided", &[]));
            return Vec::new();
        };
        if verdict.is_hidden_from(&self.record.analyst) {
            self.tell(Level::Info, say("queue-second", &[]));
            return Vec::new();
        }
        let own = |reading: &Reading| reading.analyst == self.record.analyst;
        let own = verdict.readings().find(own).map(|own| own.id);
        let id = own.unwrap_or(verdict.id);
        vec![Effect::Recall { id }]
    }

    /// What a record says has been read: its correction can be written.
    pub(super) fn take_recalled(
        &mut self,
        id: &str,
        answers: crate::Result<Answers>,
    ) -> Vec<Effect> {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let verdict = row.and_then(|row| row.decided.as_ref());
        let here = verdict.is_some_and(|verdict| verdict.readings().any(|one| one.id == id));
        // Another scan is at hand by now, or a form that is worth more.
        if !here || self.form_is_open() {
            return Vec::new();
        }
        match answers {
            Ok(answers) => {
                self.desk.form = Some(Form::correcting(id.to_owned(), answers));
                self.open_form()
            }
            Err(error) => {
                self.tell_error(&error);
                Vec::new()
            }
        }
    }

    /// Whether a decision was recorded so short a time ago that one key takes it back.
    pub fn can_take_back(&self) -> bool {
        let fresh = self.fresh.as_ref();
        fresh.is_some_and(|fresh| {
            let on_its_way = self.sent.iter().any(|sent| sent.is_taking_back(&fresh.id));
            self.now <= fresh.until && !on_its_way
        }) && !self.record.read_only
    }

    /// A decision was recorded just now.
    pub(super) fn keep_fresh(&mut self, id: &str, sent: Sent, before: Option<Verdict>) {
        self.fresh = Some(Fresh {
            id: id.to_owned(),
            until: self.now + TAKE_BACK,
            sent,
            before,
        });
    }

    /// Takes the decision of a moment ago back: a correction says so in the log, and its form comes
    /// back once that is on disk.
    pub(crate) fn take_back(&mut self) -> Vec<Effect> {
        let Some(fresh) = self.fresh.clone().filter(|_| self.can_take_back()) else {
            return Vec::new();
        };
        self.record.token += 1;
        let token = self.record.token;
        let what = TakenBack {
            id: fresh.id.clone(),
            before: fresh.before,
        };
        // One that failed before is tried anew, not twice.
        self.sent.retain(|sent| !sent.takes_back_of(&what.id));
        self.sent.push(fresh.sent.taking_back(token, what));
        vec![Effect::Record(Box::new(Request::Amend {
            token,
            body: Amend {
                of: fresh.id,
                change: Change {
                    decision: Some(Conclusion::NotAnalysed),
                    ..Change::default()
                },
                reason: TAKEN_BACK.to_owned(),
            },
        }))]
    }

    /// A decision was taken back: its form waits again as it was.
    pub(super) fn taken_back(&mut self, sent: &Sent, what: &TakenBack) -> Vec<Effect> {
        self.fresh = self.fresh.take().filter(|fresh| fresh.id != what.id);
        let mut draft: Draft = sent.draft();
        draft.form.refers_to = Some(what.id.clone());
        if let Some(row) = self.queue.row_of(&draft.path) {
            row.decided.clone_from(&what.before);
            row.draft = true;
        }
        self.drafts.retain(|kept| kept.key() != draft.key());
        self.drafts.push(draft.clone());
        let here = self.key_at_hand().as_deref() == Some(&*draft.key());
        let mut effects = vec![Effect::KeepDraft(Box::new(draft.clone()))];
        if here {
            self.resume_draft();
            effects.extend(self.open_form());
        } else if let Some(row) = self
            .queue
            .rows
            .iter()
            .position(|row| row.scan.path == draft.path)
        {
            self.select(row);
        }
        self.tell(Level::Recorded, say("notice-taken-back", &[]));
        effects
    }

    /// What the queue shows after a record: `said` is the record itself as a first decision.
    pub(super) fn verdict_after(
        &self,
        kind: &FormKind,
        before: Option<&Verdict>,
        said: &Verdict,
    ) -> Verdict {
        let Some(mut now) = before.cloned() else {
            // A first decision, or one that another post has: here it is all that is known.
            return said.clone().settled(self.second_rule);
        };
        if said.decision.is_empty() {
            // A correction of something else than the conclusion.
            return now;
        }
        match kind {
            FormKind::Decision => now = said.clone(),
            FormKind::Second { .. } => now.seconds.push(Reading {
                id: said.id.clone(),
                analyst: said.analyst.clone(),
                decision: said.decision.clone(),
            }),
            FormKind::Amend { of, .. } if *of == now.id => {
                now.first.clone_from(&said.decision);
                if !now.arbitrated {
                    now.decision.clone_from(&said.decision);
                }
            }
            FormKind::Amend { of, .. } => {
                let own = now.seconds.iter_mut().filter(|one| one.id == *of);
                own.for_each(|one| one.decision.clone_from(&said.decision));
            }
            FormKind::Arbitration { .. } => {
                now.decision.clone_from(&said.decision);
                now.arbitrated = true;
            }
        }
        now.settled(self.second_rule)
    }

    /// Id of the record that asked for this scan to be made again: of the same unit, or of the files
    /// that were at its place.
    pub(super) fn rescan_of(&self) -> Option<String> {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row))?;
        if row.rescan_of.is_some() {
            return row.rescan_of.clone();
        }
        let unit = self.desk.opened()?.container.clone()?;
        let asked = |other: &&super::Row| {
            let again = |verdict: &Verdict| verdict.decision == Conclusion::Rescan.as_str();
            other.scan.path != row.scan.path
                && other.scan.container.as_ref() == Some(&unit)
                && other.decided.as_ref().is_some_and(again)
        };
        let last = self.queue.rows.iter().rev().find(asked);
        last.and_then(|row| row.decided.as_ref())
            .map(|verdict| verdict.id.clone())
    }
}

impl App {
    /// Message id of the form's title.
    pub fn form_title(form: &Form) -> &'static str {
        match form.kind {
            FormKind::Decision => "form-title",
            FormKind::Amend { .. } => "form-title-amend",
            FormKind::Second { .. } => "form-title-second",
            FormKind::Arbitration { .. } => "form-title-arbitration",
        }
    }

    /// What the form should know of the scan's readings, before anything is decided.
    pub fn form_context(&self, form: &Form) -> Option<Safe> {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row))?;
        match &form.kind {
            FormKind::Second { .. } => Some(second_asked(row)),
            FormKind::Arbitration { .. } => Some(readings_told(row.decided.as_ref()?)),
            _ if self.rescan_of().is_some() => Some(say("form-rescan-of", &[])),
            _ => None,
        }
    }
}

/// What a second reader is asked.
pub fn second_asked(row: &super::Row) -> Safe {
    match &row.question {
        Some(asked) if !asked.text.is_empty() => {
            say("queue-question", &[arg("question", &asked.text)])
        }
        Some(_) => say("queue-question-plain", &[]),
        None => say("queue-second", &[]),
    }
}

/// Who decided what.
pub fn readings_told(verdict: &Verdict) -> Safe {
    let one = |reading: Reading| {
        let label = say(&format!("conclusion-{}", reading.decision), &[]);
        say(
            "queue-reading-by",
            &[arg("who", &reading.analyst), arg("decision", &label)],
        )
    };
    Safe::join(&verdict.readings().map(one).collect::<Vec<_>>(), " · ")
}

/// What a second reader is told once the reading is on disk: what the first one decided.
pub(super) fn revealed(verdict: &Verdict) -> Safe {
    let first = say(&format!("conclusion-{}", verdict.first), &[]);
    let id = if verdict.standing == Standing::Disagreed {
        "notice-second-differs"
    } else {
        "notice-second-agrees"
    };
    say(id, &[arg("who", &verdict.analyst), arg("first", &first)])
}
