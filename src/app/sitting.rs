//! The sitting: how long it goes on without a break, what was decided in it, handing over the desk,
//! locking the screen.
//!
//! The numbers are for the analyst: one's own median beside one's own earlier median, never a ranking.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use super::event::Effect;
use super::{App, Level, LogRead, Mode, OutcomeForm, Purpose, Recording, Seen};
use crate::decisions::{Conclusion, Decision, Request};
use crate::messages::{arg, say};
use crate::text::Safe;

/// What is typed on a locked screen to leave the console: the next in line may need the terminal.
const LEAVING: &str = ":quit";

/// Without a key for this long there was a break.
const BREAK: Duration = Duration::from_mins(5);
/// Continuous review after which a break is worth a word.
const REVIEW: Duration = Duration::from_mins(20);

/// One analyst at the desk.
#[derive(Debug, Clone, Default)]
pub struct Sitting {
    began: Duration,
    /// Since when there was no break.
    review: Option<Duration>,
    last_key: Duration,
    /// When a break was suggested last.
    hinted: Option<Duration>,
    /// What a decision under way took, by the number of its request.
    sent: HashMap<u64, u64>,
    /// The decisions on disk: their words and what they took.
    decided: Vec<(String, u64)>,
}

impl Sitting {
    /// Begins at `now`.
    fn start(now: Duration) -> Self {
        Self {
            began: now,
            ..Self::default()
        }
    }

    /// A key came, or the mouse moved.
    fn key(&mut self, now: Duration) {
        if self.review.is_none() || now.saturating_sub(self.last_key) >= BREAK {
            (self.review, self.hinted) = (Some(now), None);
        }
        self.last_key = now;
    }

    /// How long the review has gone on, when a break is to be suggested.
    fn hint(&mut self, now: Duration) -> Option<Duration> {
        let review = self.review?;
        let since = self.hinted.unwrap_or(review);
        if now.saturating_sub(since) < REVIEW {
            return None;
        }
        self.hinted = Some(now);
        Some(now.saturating_sub(review))
    }

    /// A decision goes to the log.
    fn sends(&mut self, token: u64, decision: &Decision) {
        if let Some(timing) = &decision.timing {
            let took = timing.total_ms.saturating_sub(timing.idle_ms);
            self.sent.insert(token, took);
        }
    }

    /// A decision is on disk.
    fn recorded(&mut self, token: u64, word: &str) {
        if let Some(took) = self.sent.remove(&token) {
            self.decided.push((word.to_owned(), took));
        }
    }

    /// Decisions so far.
    pub fn decisions(&self) -> usize {
        self.decided.len()
    }

    /// The middle time of a decision; of two the lower.
    pub fn median_ms(&self) -> Option<u64> {
        let mut took: Vec<u64> = self.decided.iter().map(|(_, took)| *took).collect();
        took.sort_unstable();
        took.get(took.len().checked_sub(1)? / 2).copied()
    }

    /// "3 clear, 1 suspicious".
    fn kinds(&self) -> Safe {
        let count = |word| self.decided.iter().filter(|(kind, _)| kind == word).count();
        let kinds: Vec<Safe> = Conclusion::ALL
            .into_iter()
            .map(|kind| (count(kind.as_str()), kind.label()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, label)| {
                say(
                    "sitting-kind",
                    &[arg("count", &count), arg("decision", &label)],
                )
            })
            .collect();
        if kinds.is_empty() {
            say("sitting-no-decision", &[])
        } else {
            Safe::join(&kinds, ", ")
        }
    }
}

impl App {
    /// Counts a key towards the sitting.
    pub(super) fn keep_sitting(&mut self) {
        self.sitting.key(self.now);
    }

    /// Counts a decision that is on disk.
    pub(super) fn count_recorded(&mut self, token: u64, word: &str) {
        self.sitting.recorded(token, word);
    }

    /// Remembers what decisions on their way took.
    pub(super) fn count_sent(&mut self, effects: &[Effect]) {
        for effect in effects {
            let Effect::Record(request) = effect else {
                continue;
            };
            match &**request {
                Request::Decision { token, body } => self.sitting.sends(*token, body),
                Request::Second { token, body } => self.sitting.sends(*token, &body.decision),
                _ => {}
            }
        }
    }

    /// Suggests a break, quietly: never while a form or a line is being filled in, never over
    /// something else that is said.
    pub(super) fn suggest_break(&mut self) {
        let busy = matches!(self.mode, Mode::Prompt | Mode::Decide | Mode::Outcome)
            || self.back.contains(&Mode::Decide)
            || !self.pending.is_empty();
        if busy || self.notice.is_some() {
            return;
        }
        if let Some(review) = self.sitting.hint(self.now) {
            let minutes = review.as_secs() / 60;
            let text = say("sitting-break", &[arg("minutes", &minutes)]);
            self.tell(Level::Info, text);
        }
    }

    /// What was decided in this sitting, in how much time, and what is left.
    pub fn sitting_summary(&self) -> Safe {
        let minutes = self.now.saturating_sub(self.sitting.began).as_secs() / 60;
        let left = self.queue.rows.len() - self.queue.decided(&self.record.analyst);
        let outcomes = self.own_outcomes().filter(|form| form.is_started());
        let unfinished = self.own_drafts().count() + outcomes.count();
        say(
            "sitting-summary",
            &[
                arg("analyst", &self.record.analyst),
                arg("kinds", &self.sitting.kinds()),
                arg("minutes", &minutes),
                arg("left", &left),
                arg("drafts", &unfinished),
            ],
        )
    }

    /// The median of this sitting beside one's own earlier one; nothing before the first decision.
    pub fn sitting_statistics(&self) -> Option<Safe> {
        let median = self.sitting.median_ms()?;
        let seconds = |ms: u64| Safe::number(ms as f64 / 1000.0, 0);
        let (decisions, median) = (self.sitting.decisions(), seconds(median));
        let said = [arg("decisions", &decisions), arg("median", &median)];
        let now = say("sitting-statistics", &said);
        Some(match self.log.read.own_median_ms {
            Some(before) => {
                let before = seconds(before);
                let both = [arg("now", &now), arg("before", &before)];
                say("sitting-before", &both)
            }
            None => now,
        })
    }

    /// Why the desk cannot change hands now.
    fn keeps_hands(&self) -> Option<Safe> {
        if self.record.read_only {
            return Some(say("notice-read-only", &[]));
        }
        let sent = |form: &OutcomeForm| form.recording != Recording::Typed;
        if self.has_sent() || self.outcomes.iter().any(sent) {
            return Some(say("sitting-unrecorded", &[]));
        }
        let form = self.desk.form.as_ref().is_some_and(super::Form::is_started);
        if form || !self.desk.marks.is_empty() {
            let name = self.queue.row().map(|row| row.scan.name());
            let name = name.unwrap_or_default();
            return Some(say("sitting-form", &[arg("name", &name)]));
        }
        None
    }

    /// Asks who comes next; an unfinished form is finished first.
    pub(crate) fn ask_hand_over(&mut self) {
        match self.keeps_hands() {
            Some(why) => self.tell(Level::Warning, why),
            None => self.ask_line(Purpose::HandOver, ""),
        }
    }

    /// Gives the desk to another analyst: the log goes on in a segment of its own, and nothing that the
    /// one before looked at counts as seen by the next.
    pub(crate) fn hand_over(&mut self, name: &str) -> Vec<Effect> {
        let name = Safe::from_outside(name.trim());
        if name.is_empty() {
            return Vec::new();
        }
        if let Some(why) = self.keeps_hands() {
            self.tell(Level::Warning, why);
            return Vec::new();
        }
        if name == self.record.analyst {
            self.tell(Level::Info, say("sitting-same", &[arg("analyst", &name)]));
            return Vec::new();
        }
        let mut effects = Vec::new();
        self.note_looks(&mut effects);
        let summary = self.sitting_summary();
        let said = [arg("summary", &summary), arg("analyst", &name)];
        let said = say("sitting-handed-over", &said);
        self.leave_outcome();
        effects.push(self.begin_segment(name));
        self.sitting = Sitting::start(self.now);
        // What the one before decided is not the next one's to take back.
        self.fresh = None;
        self.log.read = LogRead::default();
        self.log.problem = None;
        self.change_drafts();
        self.desk.seen = Seen::start(self.now);
        if let Some(line) = self.line {
            // What stands on the screen is seen by the next analyst from now on.
            self.take_line(line);
        }
        if self.mode_below() == Mode::Log || self.mode == Mode::Log {
            effects.extend(self.read_log());
        }
        self.tell(Level::Info, said);
        effects
    }

    /// The forms that wait are those of the analyst who sits down.
    fn change_drafts(&mut self) {
        self.desk.form = None;
        self.leave_form();
        self.forget_wanted_draft();
        let waiting: HashSet<PathBuf> = self.own_drafts().map(|draft| draft.path.clone()).collect();
        for row in &mut self.queue.rows {
            row.draft = waiting.contains(&row.scan.path);
        }
        self.resume_draft();
    }

    /// A new segment under that name.
    fn begin_segment(&mut self, analyst: Safe) -> Effect {
        let name = analyst.as_str().to_owned();
        self.record.analyst = analyst;
        Effect::HandOver(name)
    }

    /// Hides picture and queue until the analyst's name is typed: a courtesy, no authentication.
    pub(crate) fn lock_screen(&mut self) -> Vec<Effect> {
        self.pending.clear();
        self.ask_line(Purpose::Unlock, "");
        vec![Effect::CloseLog]
    }

    /// Whether the screen is locked.
    pub fn is_locked(&self) -> bool {
        let prompt = self.prompt.as_ref();
        prompt.is_some_and(|prompt| prompt.purpose == Purpose::Unlock)
    }

    /// Unlocks by the analyst's name; the log goes on in a new segment.
    pub(crate) fn unlock(&mut self, text: &str) -> Vec<Effect> {
        let analyst = self.record.analyst.clone();
        if text.trim() != analyst.as_str() {
            self.ask_line(Purpose::Unlock, "");
            let leaves = text.trim() == LEAVING;
            return leaves.then_some(Effect::Quit).into_iter().collect();
        }
        self.tell(Level::Info, say("sitting-unlocked", &[]));
        if self.record.read_only {
            return Vec::new();
        }
        vec![self.begin_segment(analyst)]
    }
}
