//! Numbers of a log: how much, how fast, what came of it. Never a ranking of people.
//!
//! From outcomes only the predictive value is computed: they exist mainly for suspicious scans, and
//! whoever inspects only what was marked learns nothing about what was missed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::cases::{Case, Standing, State, gather, list, object, text};
use super::page::scan_name;
use crate::decisions::{Conclusion, FoundItem, Inspection, Record, read_log};
use crate::{Error, Result};

/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Which decisions are counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Only those of this analyst.
    pub analyst: Option<String>,
    /// From this day on, `YYYY-MM-DD` as the record's own clock had it.
    pub since: Option<String>,
    /// Up to this day.
    pub until: Option<String>,
}

/// The numbers of a log.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Decisions, without those that were taken back at once.
    pub decisions: u64,
    /// Decisions taken back within ten seconds.
    pub taken_back: u64,
    /// Sittings with a decision.
    pub sittings: u64,
    /// Hours from the first to the last record of these sittings.
    pub hours: f64,
    /// Decisions an hour of these; `None` without a span of time.
    pub per_hour: Option<f64>,
    /// By what was decided first, with the times that it took.
    pub by_decision: BTreeMap<String, Counted>,
    /// By kind of scan.
    pub by_kind: BTreeMap<String, u64>,
    /// By reason; a decision may have several.
    pub by_reason: BTreeMap<String, u64>,
    /// Decisions that a correction changed later.
    pub amended: u64,
    /// Whose last picture did not have every pixel value.
    pub lossy: u64,
    /// That were only seen in character cells.
    pub cells_only: u64,
    /// By how far second readings have come: `single`, `agreed`, `disagreed`, `arbitrated`.
    pub by_standing: BTreeMap<String, u64>,
    /// Of the suspicious that were inspected, those with a find.
    pub predictive_value: Share,
    /// Inspected ones of which nothing was suspected, and how many had a find: a number, no rate.
    pub inspected_clear: [u64; 2],
    /// What became of each decision that was inspected, in the order of the log.
    pub feedback: Vec<Feedback>,
    /// Lines that could not be read.
    pub damaged: u64,
}

/// How many, and how long each took.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// Seconds at work on a decision, without breaks of more than half a minute: 5th percentile,
    /// median and 95th percentile, by linear interpolation; `None` where no time was recorded.
    pub seconds: Option<[f64; 3]>,
    #[serde(skip)]
    times: Vec<f64>,
}

/// A share with its uncertainty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub of: u64,
    /// Of so many.
    pub all: u64,
    /// The Wilson interval of 95 %; `None` of nothing.
    pub interval: Option<[f64; 2]>,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feedback {
    /// Id of the decision's record.
    pub id: String,
    /// When it was decided, RFC 3339.
    pub at: String,
    /// Who decided.
    pub analyst: String,
    /// The container or the scan.
    pub scan: String,
    /// What was decided first.
    pub decision: String,
    /// What the inspection came to.
    pub result: String,
    /// What was found.
    pub found: Vec<String>,
}

/// Counts the log in `folder`.
///
/// # Errors
/// When the folder cannot be listed. Damaged lines are counted.
pub fn stats(folder: &Path, chosen: &Chosen) -> Result<Stats> {
    let cases = gather(folder)?;
    let mut stats = Stats::default();
    let mut sittings: BTreeMap<String, bool> = BTreeMap::new();
    cases.each::<Error>(&mut |case| {
        if chosen.takes(&case) {
            sittings.insert(case.segment.clone(), true);
            stats.add(&case);
        }
        Ok(())
    })?;
    let State { damaged, .. } = cases.state();
    stats.damaged = *damaged;
    stats.sittings = sittings.len() as u64;
    stats.hours = spans(folder, &sittings)?;
    stats.finish();
    Ok(stats)
}

/// Hours from the first to the last record of the segments, by the clock that does not jump.
fn spans(folder: &Path, segments: &BTreeMap<String, bool>) -> Result<f64> {
    let mut spans: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    read_log::<Error>(folder, &mut |record| {
        if let Record::Sound {
            segment, members, ..
        } = record
            && segments.contains_key(&segment)
            && let Some(now) = members.get("boot_ns").and_then(Value::as_u64)
        {
            let span = spans.entry(segment).or_insert([now, now]);
            *span = [span[0].min(now), span[1].max(now)];
        }
        Ok(())
    })?;
    let ns: u64 = spans.values().map(|[first, last]| last - first).sum();
    Ok(ns as f64 / 3.6e12)
}

impl Chosen {
    /// Whether a case is counted.
    fn takes(&self, case: &Case) -> bool {
        let day = case.at.get(..10).unwrap_or_default();
        self.analyst.as_ref().is_none_or(|who| *who == case.analyst)
            && self.since.as_deref().is_none_or(|since| day >= since)
            && self.until.as_deref().is_none_or(|until| day <= until)
    }
}

impl Stats {
    /// Counts a case.
    fn add(&mut self, case: &Case) {
        if case.is_taken_back(&case.id) {
            self.taken_back += 1;
            return;
        }
        self.decisions += 1;
        let of = &case.members;
        let word = text(of, "decision").to_owned();
        let counted = self.by_decision.entry(word.clone()).or_default();
        counted.count += 1;
        counted.times.extend(seconds(case));
        let kind = text(object(of, "scan"), "kind").to_owned();
        *self.by_kind.entry(kind).or_default() += 1;
        for reason in list(of, "reasons").iter().filter_map(Value::as_str) {
            *self.by_reason.entry(reason.to_owned()).or_default() += 1;
        }
        let switch = |name: &str| of.get(name).and_then(Value::as_bool);
        self.lossy += u64::from(switch("final_lossless") == Some(false));
        self.cells_only += u64::from(switch("cells_only") == Some(true));
        let now = case.effective();
        self.amended += u64::from(now.amended);
        let standing: Standing = now.standing;
        *self
            .by_standing
            .entry(standing.as_str().to_owned())
            .or_default() += 1;
        // What was corrected before the inspection was not predicted.
        let said = case.reading_of(&case.id).map(|reading| reading.decision);
        self.inspected(case, &said.unwrap_or(word));
    }

    /// Counts what an inspection came to.
    fn inspected(&mut self, case: &Case, word: &str) {
        let Some(last) = case.outcomes.last() else {
            return;
        };
        let result = text(&last.members, "result");
        let known = Inspection::parse(result);
        let found = matches!(known, Some(Inspection::Discrepancy | Inspection::Seizure));
        let inspected = found || known == Some(Inspection::NothingFound);
        match Conclusion::parse(word) {
            Some(Conclusion::Suspicious) if inspected => {
                self.predictive_value.all += 1;
                self.predictive_value.of += u64::from(found);
            }
            Some(Conclusion::Clear) if inspected => {
                self.inspected_clear[0] += 1;
                self.inspected_clear[1] += u64::from(found);
            }
            _ => {}
        }
        let items = list(&last.members, "found").iter();
        let items = items.map(|item| FoundItem::read(item).words());
        self.feedback.push(Feedback {
            id: case.id.clone(),
            at: case.at.clone(),
            analyst: case.analyst.clone(),
            scan: scan_name(case),
            decision: word.to_owned(),
            result: result.to_owned(),
            found: items.collect(),
        });
    }

    /// What follows from the counts.
    fn finish(&mut self) {
        self.per_hour = (self.hours > 0.0).then(|| self.decisions as f64 / self.hours);
        for counted in self.by_decision.values_mut() {
            counted.times.sort_by(f64::total_cmp);
            let at = |share| percentile(&counted.times, share);
            counted.seconds = at(0.05)
                .zip(at(0.5))
                .zip(at(0.95))
                .map(|((a, b), c)| [a, b, c]);
        }
        let Share { of, all, .. } = self.predictive_value;
        self.predictive_value.interval = wilson(of, all);
    }
}

/// Seconds at work on a decision.
fn seconds(case: &Case) -> Option<f64> {
    let timing = object(&case.members, "timing");
    let of = |name: &str| timing.get(name).and_then(Value::as_u64);
    let at_work = of("total_ms")?.saturating_sub(of("idle_ms").unwrap_or(0));
    Some(at_work as f64 / 1000.0)
}

/// A percentile of sorted values, by linear interpolation between neighbours.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * (sorted.len().checked_sub(1)?) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64))
}

/// The Wilson score interval of 95 % of a share of `of` in `all` (Wilson 1927); `None` of nothing.
pub fn wilson(of: u64, all: u64) -> Option<[f64; 2]> {
    if all == 0 {
        return None;
    }
    let (n, p) = (all as f64, of as f64 / all as f64);
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the design's detection statistics.
    #[test]
    fn wilson_intervals_are_those_of_the_table() {
        let rounded = |of, all| {
            let interval = wilson(of, all).unwrap_or_default();
            interval.map(|end| (end * 1e4).round() / 1e4)
        };
        assert_eq!(rounded(45, 50), [0.7864, 0.9565]);
        assert_eq!(rounded(20, 20), [0.8389, 1.0]);
        assert_eq!(rounded(27, 100), [0.1927, 0.3643]);
        assert_eq!(rounded(0, 10)[0], 0.0);
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn percentiles_lie_between_neighbours() {
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[7.0], 0.95), Some(7.0));
        assert_eq!(percentile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(percentile(&[0.0, 10.0], 0.05), Some(0.5));
    }
}
