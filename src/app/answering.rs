//! What answers a decision: taken back at once, corrected, read a second time, arbitrated.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{Draft, Effect};
use super::sent::{Sent, TakenBack};
use super::{App, Form, Level, Mark, Mode, Purpose, Reading, Row, Verdict};
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
        /// Whether what was decided first is hidden until this is recorded.
        #[serde(default)]
        blind: bool,
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
    /// The marked regions.
    #[serde(default)]
    pub regions: Vec<Mark>,
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
    pub(super) fn request(&self, decision: Decision, marks: &[Mark], token: u64) -> Request {
        let reason = self.why.clone();
        match &self.kind {
            FormKind::Decision => Request::Decision {
                token,
                body: Box::new(decision),
            },
            FormKind::Second { of, blind } => Request::Second {
                token,
                body: Box::new(Second {
                    of: of.clone(),
                    blind: *blind,
                    decision,
                }),
            },
            FormKind::Amend { of, before } => Request::Amend {
                token,
                body: Amend {
                    of: of.clone(),
                    change: self.change(before, marks, decision.regions),
                    reason,
                },
            },
            FormKind::Arbitration { of } => Request::Arbitration {
                token,
                body: Box::new(Arbitration {
                    of: of.clone(),
                    reason,
                    decision,
                }),
            },
        }
    }

    /// Whether a correction says something else than the record.
    pub(super) fn corrects(&self, before: &Answers) -> bool {
        self.change(before, &before.regions, Vec::new()) != Change::default()
    }

    /// What a correction changes; what is as it was is left out.
    fn change(&self, before: &Answers, marks: &[Mark], regions: Vec<MarkedRegion>) -> Change {
        let other = |now: Option<Conclusion>| now.filter(|_| now != before.decision);
        Change {
            decision: other(self.choice),
            reasons: (self.reasons != before.reasons).then(|| self.reasons.clone()),
            note: (self.note != before.note).then(|| self.note.clone()),
            confidence: self
                .confidence
                .filter(|_| self.confidence != before.confidence),
            regions: (marks != before.regions).then_some(regions),
            controls: (self.controls != before.controls).then(|| self.controls.clone()),
        }
    }
}

impl App {
    /// What a form about the scan at hand is: the correction of one's own reading, an arbitration or a
    /// second reading of what somebody else decided, else a decision. So nobody's reading is ever
    /// taken away by a later one.
    pub(super) fn kind_at_hand(&self) -> FormKind {
        let row = self.row_at_hand();
        let asked = row.and_then(|row| row.question.as_ref());
        let verdict = row.and_then(|row| row.decided.as_ref());
        let Some(verdict) = verdict.filter(|verdict| !verdict.is_not_analysed()) else {
            return asked.map_or(FormKind::Decision, |question| FormKind::Second {
                of: question.of.clone(),
                blind: true,
            });
        };
        if let Some(own) = verdict.reading_by(&self.record.analyst) {
            return FormKind::Amend {
                of: own.id,
                before: Box::new(Answers {
                    decision: Conclusion::parse(&own.decision),
                    ..Answers::default()
                }),
            };
        }
        if verdict.standing == Standing::Disagreed {
            return FormKind::Arbitration {
                of: verdict.readings().map(|reading| reading.id).collect(),
            };
        }
        FormKind::Second {
            of: asked.map_or_else(|| verdict.id.clone(), |question| question.of.clone()),
            blind: verdict.is_hidden_from(&self.record.analyst),
        }
    }

    /// Makes an unfinished form what it is now: others may have decided since it was begun. Whether it
    /// was something else.
    pub(super) fn renew_kind(&mut self) -> bool {
        let now = self.kind_at_hand();
        let verdict = self.row_at_hand().and_then(|row| row.decided.clone());
        let Some(form) = &mut self.desk.form else {
            return false;
        };
        let stands = match &form.kind {
            FormKind::Amend { of, .. } => {
                verdict.is_some_and(|verdict| verdict.readings().any(|one| one.id == *of))
            }
            kind => *kind == now,
        };
        if !stands {
            form.kind = now;
        }
        !stands
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
                form.change(before, &self.desk.marks, Vec::new()) == Change::default()
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

    /// Asks the log for what this analyst decided on the scan at hand; what others came to is theirs
    /// to correct.
    pub(crate) fn begin_amend(&mut self) -> Vec<Effect> {
        let Some(verdict) = self.row_at_hand().and_then(|row| row.decided.clone()) else {
            self.tell(Level::Info, say("notice-not-decided", &[]));
            return Vec::new();
        };
        if let Some(own) = verdict.reading_by(&self.record.analyst) {
            return vec![Effect::Recall { id: own.id }];
        }
        let text = if verdict.is_hidden_from(&self.record.analyst) {
            say("queue-second", &[])
        } else {
            let key = self.chord(Mode::Browse, "open_decision");
            say(
                "notice-not-yours",
                &[arg("who", &verdict.analyst), arg("key", &key)],
            )
        };
        self.tell(Level::Info, text);
        Vec::new()
    }

    /// What a record says has been read: its correction can be written.
    pub(super) fn take_recalled(
        &mut self,
        id: &str,
        answers: crate::Result<Answers>,
    ) -> Vec<Effect> {
        let verdict = self.row_at_hand().and_then(|row| row.decided.as_ref());
        let here = verdict.is_some_and(|verdict| verdict.readings().any(|one| one.id == id));
        // Another scan is at hand by now, or a form that is worth more.
        if !here || self.form_is_open() {
            return Vec::new();
        }
        match answers {
            Ok(answers) => {
                // What is marked by now is added to what was.
                let new = std::mem::take(&mut self.desk.marks);
                let new = new
                    .into_iter()
                    .filter(|mark| !answers.regions.contains(mark));
                self.desk.marks = answers.regions.iter().cloned().chain(new).collect();
                self.desk.selected = None;
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
            // Deciding anew draws no new lot.
            if what.before.is_none() {
                row.drawn.get_or_insert_with(|| what.id.clone());
            }
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
        row: Option<&Row>,
        said: &Verdict,
    ) -> Verdict {
        let drawn = row.and_then(|row| row.drawn.clone());
        let first = || Verdict {
            drawn: drawn.unwrap_or_else(|| said.id.clone()),
            // What it answers another post has: here it is all that is known.
            elsewhere: matches!(kind, FormKind::Second { .. }),
            ..said.clone()
        };
        let Some(mut now) = row.and_then(|row| row.decided.clone()) else {
            return first().settled(self.second_rule);
        };
        if said.decision.is_empty() {
            // A correction of something else than the conclusion.
            return now;
        }
        match kind {
            FormKind::Decision => now = first(),
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
        let row = self.row_at_hand()?;
        if row.rescan_of.is_some() {
            return row.rescan_of.clone();
        }
        let unit = self.desk.opened()?.container.clone()?;
        let asked = |other: &&Row| {
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
        let row = self.row_at_hand()?;
        match &form.kind {
            FormKind::Second { blind: true, .. } => Some(second_asked(row)),
            FormKind::Second { .. } | FormKind::Arbitration { .. } => {
                Some(readings_told(row.decided.as_ref()?))
            }
            _ if self.rescan_of().is_some() => Some(say("form-rescan-of", &[])),
            _ => None,
        }
    }
}

/// What a second reader is asked.
pub fn second_asked(row: &Row) -> Safe {
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
