//! A recorded decision as the queue shows it, with its readings.

use super::Row;
use crate::decisions::{Conclusion, SecondRule, Standing};
use crate::text::Safe;

/// A recorded decision, as the queue shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What holds: `clear`, `suspicious`, …
    pub decision: String,
    /// Local time of the first decision.
    pub at: Safe,
    /// Who decided first.
    pub analyst: Safe,
    /// Id of the first decision's record.
    pub id: String,
    /// What was decided first, corrections included.
    pub first: String,
    /// Second readings.
    pub seconds: Vec<Reading>,
    /// Whether an arbitration holds.
    pub arbitrated: bool,
    /// Id of the record by which the sample of second readings is drawn: the first that ever decided
    /// the scan.
    pub drawn: String,
    /// Whether it answers a decision that another post has.
    pub elsewhere: bool,
    /// How far the readings have come.
    pub standing: Standing,
}

/// One reading of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Id of its record.
    pub id: String,
    /// Who.
    pub analyst: Safe,
    /// `clear`, `suspicious`, …
    pub decision: String,
}

impl Verdict {
    /// The first decision alone.
    pub fn first(decision: &str, at: Safe, analyst: Safe, id: &str) -> Self {
        Self {
            decision: decision.to_owned(),
            at,
            analyst,
            id: id.to_owned(),
            first: decision.to_owned(),
            drawn: id.to_owned(),
            ..Self::default()
        }
    }

    /// With its standing by the rule.
    #[must_use]
    pub fn settled(mut self, rule: SecondRule) -> Self {
        let seconds = self.seconds.iter().map(|reading| &*reading.decision);
        self.standing = if self.arbitrated || (self.elsewhere && self.seconds.is_empty()) {
            Standing::Settled
        } else {
            rule.standing(&self.drawn, &self.first, seconds)
        };
        self
    }

    /// All readings, the first decision before the others.
    pub fn readings(&self) -> impl Iterator<Item = Reading> {
        let first = Reading {
            id: self.id.clone(),
            analyst: self.analyst.clone(),
            decision: self.first.clone(),
        };
        std::iter::once(first).chain(self.seconds.iter().cloned())
    }

    /// The reading of `analyst`.
    pub fn reading_by(&self, analyst: &Safe) -> Option<Reading> {
        self.readings().find(|reading| reading.analyst == *analyst)
    }

    /// Whether `analyst` has read the scan.
    pub fn is_read_by(&self, analyst: &Safe) -> bool {
        self.reading_by(analyst).is_some()
    }

    /// Whether nothing was said of what the scan holds: the next decision takes its place.
    pub fn is_not_analysed(&self) -> bool {
        self.seconds.is_empty() && self.first == Conclusion::NotAnalysed.as_str()
    }

    /// Whether `analyst` is asked for something: a second reading, or an arbitration.
    pub fn waits_for(&self, analyst: &Safe) -> bool {
        self.standing != Standing::Settled && !self.is_read_by(analyst)
    }

    /// Whether it is hidden from `analyst`: who is to read a second time does not know the first.
    pub fn is_hidden_from(&self, analyst: &Safe) -> bool {
        self.standing == Standing::SecondAsked && self.waits_for(analyst)
    }
}

impl Row {
    /// Whether there is something for `analyst` to decide on it.
    pub fn waits_for(&self, analyst: &Safe) -> bool {
        let decided = self.decided.as_ref();
        decided.is_none_or(|verdict| verdict.waits_for(analyst))
    }
}
