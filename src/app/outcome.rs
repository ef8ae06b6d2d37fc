//! What a physical inspection came to, entered from the log pane. What is typed stays until it is on
//! disk: typed → writing → RECORDED or NOT RECORDED, as with decisions.

use serde::{Deserialize, Serialize};

use super::event::Effect;
use super::log_pane::{CaseFilter, LoggedCase};
use super::{App, Level, Mode, Purpose, Recording};
use crate::decisions::{FoundItem, Inspection, MarkedRegion, Outcome, Request};
use crate::messages::{arg, say};
use crate::text::Safe;

/// An outcome as it is being entered, and as it is kept between sittings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeForm {
    /// The decision that the inspection followed.
    pub case: String,
    /// Whose form it is.
    analyst: String,
    /// Its scan, to be told by.
    pub scan: Safe,
    /// What came of it, once chosen.
    pub result: Option<Inspection>,
    /// What was found.
    pub found: Vec<FoundItem>,
    /// Who inspected.
    pub by: String,
    /// On which day.
    pub inspected_at: String,
    /// Where the recording stands.
    #[serde(skip)]
    pub recording: Recording,
    /// The newest request with its number.
    #[serde(skip)]
    sent: Option<(u64, Outcome)>,
}

impl OutcomeForm {
    /// What tells it from others.
    pub fn key(&self) -> String {
        format!("{} {}", self.case, self.analyst)
    }

    /// Whether anything was typed that would be lost.
    pub(super) fn is_started(&self) -> bool {
        let said = !(self.by.is_empty() && self.inspected_at.is_empty());
        self.result.is_some() || !self.found.is_empty() || said
    }

    /// What was typed, wherever its recording stands.
    pub(super) fn as_typed(&self) -> Self {
        Self {
            recording: Recording::Typed,
            sent: None,
            ..self.clone()
        }
    }

    /// What is recorded of it, once a result is chosen.
    fn body(&self) -> Option<Outcome> {
        Some(Outcome {
            of: self.case.clone(),
            result: self.result?,
            found: self.found.clone(),
            by: self.by.clone(),
            inspected_at: self.inspected_at.clone(),
        })
    }
}

/// A thing that was found, from `WHAT; QUANTITY; UNIT; REGION`, the region by its number among
/// `regions`; only the first part must be there.
fn item(text: &str, regions: &[MarkedRegion]) -> Result<FoundItem, Safe> {
    let mut parts = text.splitn(4, ';').map(str::trim);
    let what = parts.next().unwrap_or_default();
    let number = parts.next().unwrap_or_default().replace(',', ".");
    let unit = parts.next().unwrap_or_default();
    let region = parts.next().unwrap_or_default();
    if what.is_empty() {
        return Err(say("outcome-no-what", &[]));
    }
    let quantity = match number.as_str() {
        "" => None,
        number => {
            let read = number.parse().ok();
            let sound = read.filter(|n: &f64| n.is_finite() && *n >= 0.0);
            let typed = Safe::from_outside(number);
            let why = || say("outcome-not-a-number", &[arg("text", &typed)]);
            Some(sound.ok_or_else(why)?)
        }
    };
    let region = match region {
        "" => None,
        number => {
            let place = number.parse::<usize>().ok();
            let known = place.and_then(|number| regions.get(number.checked_sub(1)?));
            let (typed, count) = (Safe::from_outside(number), regions.len());
            let said = [arg("text", &typed), arg("count", &count)];
            Some(
                known
                    .ok_or_else(|| say("outcome-no-region", &said))?
                    .clone(),
            )
        }
    };
    Ok(FoundItem {
        what: what.to_owned(),
        quantity,
        unit: unit.to_owned(),
        region,
    })
}

impl App {
    /// The outcome that is being entered.
    pub fn outcome_form(&self) -> Option<&OutcomeForm> {
        let case = self.log.entering.as_ref()?;
        self.own_outcomes().find(|form| form.case == *case)
    }

    /// The outcomes that the analyst at the desk is entering.
    pub(super) fn own_outcomes(&self) -> impl Iterator<Item = &OutcomeForm> {
        let own = self.record.analyst.as_str();
        self.outcomes.iter().filter(move |form| form.analyst == own)
    }

    /// Whether one's outcome of that case was begun and is not recorded.
    pub fn waits_for_outcome(&self, case: &str) -> bool {
        self.own_outcomes()
            .any(|form| form.case == case && form.is_started())
    }

    /// Where in the picture a thing can have been found: the regions of the selected case, and those
    /// marked since, while its scan is the one at hand.
    pub fn found_regions(&self) -> Vec<MarkedRegion> {
        let Some(case) = self.logged_case() else {
            return Vec::new();
        };
        let mut regions = case.regions.clone();
        let here = self.desk.opened();
        if let Some(opened) = here.filter(|opened| opened.scan_id == case.scan_id) {
            for mark in self.marked(opened) {
                let same = |known: &MarkedRegion| {
                    (known.shape, &known.points, &known.view)
                        == (mark.shape, &mark.points, &mark.view)
                };
                if !regions.iter().any(same) {
                    regions.push(mark.place());
                }
            }
        }
        regions
    }

    /// Opens the outcome of the selected case, as it was left.
    pub(crate) fn enter_outcome(&mut self) {
        if self.record.read_only {
            return self.tell(Level::Warning, say("notice-read-only", &[]));
        }
        let Some(case) = self.logged_case().cloned() else {
            return;
        };
        let own = self.record.analyst.as_str();
        if !self.own_outcomes().any(|form| form.case == case.id) {
            self.outcomes.push(OutcomeForm {
                case: case.id.clone(),
                analyst: own.to_owned(),
                scan: case.scan,
                result: None,
                found: Vec::new(),
                by: String::new(),
                inspected_at: String::new(),
                recording: Recording::Typed,
                sent: None,
            });
        }
        self.log.entering = Some(case.id);
        self.enter(Mode::Outcome);
    }

    /// Changes what is entered; what the log has is not changed any more.
    fn change_outcome(&mut self, change: impl FnOnce(&mut OutcomeForm)) {
        let key = self.outcome_form().map(OutcomeForm::key);
        let mut forms = self.outcomes.iter_mut();
        match forms.find(|form| Some(form.key()) == key) {
            Some(form) if form.recording == Recording::Writing => {
                self.tell(Level::Info, say("form-writing", &[]));
            }
            Some(form) => change(form),
            None => {}
        }
    }

    /// Chooses what came of the inspection.
    pub(crate) fn choose_result(&mut self, result: Inspection) {
        self.change_outcome(|form| form.result = Some(result));
    }

    /// Adds a thing that was found; a line that cannot be read is asked for again.
    pub(crate) fn add_found(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match item(text, &self.found_regions()) {
            Ok(item) => self.change_outcome(|form| form.found.push(item)),
            Err(why) => {
                self.ask_line(Purpose::FoundItem, text);
                self.tell(Level::Error, why);
            }
        }
    }

    /// Takes the last thing back.
    pub(crate) fn remove_found(&mut self) {
        self.change_outcome(|form| drop(form.found.pop()));
    }

    /// Says who inspected.
    pub(crate) fn set_inspector(&mut self, text: &str) {
        self.change_outcome(|form| text.trim().clone_into(&mut form.by));
    }

    /// Says on which day.
    pub(crate) fn set_inspected_at(&mut self, text: &str) {
        let text = text.trim();
        let day = text.parse::<jiff::civil::Date>().is_ok();
        if !text.is_empty() && !day && text.parse::<jiff::Timestamp>().is_err() {
            let typed = Safe::from_outside(text);
            self.ask_line(Purpose::InspectedAt, text);
            return self.tell(Level::Error, say("outcome-no-day", &[arg("text", &typed)]));
        }
        self.change_outcome(|form| text.clone_into(&mut form.inspected_at));
    }

    /// Sends the outcome to the log; a held key never confirms.
    pub(crate) fn confirm_outcome(&mut self) -> Vec<Effect> {
        if self.held {
            self.tell(Level::Warning, say("notice-held", &[]));
            return Vec::new();
        }
        let Some(form) = self.outcome_form().cloned() else {
            return Vec::new();
        };
        if form.recording == Recording::Writing {
            return Vec::new();
        }
        let Some(outcome) = form.body() else {
            self.tell(Level::Warning, say("outcome-choose", &[]));
            return Vec::new();
        };
        let nothing = [Inspection::NothingFound, Inspection::NotExamined];
        if nothing.contains(&outcome.result) && !outcome.found.is_empty() {
            self.tell(Level::Warning, say("outcome-found-nothing", &[]));
            return Vec::new();
        }
        // The same outcome tried again keeps its number, as a decision does.
        let known = form.sent.filter(|(_, sent)| *sent == outcome);
        let token = known.map_or_else(
            || {
                self.record.token += 1;
                self.record.token
            },
            |(token, _)| token,
        );
        self.change_outcome(|form| {
            form.recording = Recording::Writing;
            form.sent = Some((token, outcome.clone()));
        });
        vec![Effect::Record(Box::new(Request::Outcome {
            token,
            body: outcome,
        }))]
    }

    /// Gives up what was entered.
    pub(crate) fn discard_outcome(&mut self) {
        let Some(form) = self.outcome_form() else {
            return;
        };
        if form.recording == Recording::Writing {
            return self.tell(Level::Info, say("form-writing", &[]));
        }
        let key = form.key();
        self.outcomes.retain(|form| form.key() != key);
        self.leave_outcome();
    }

    /// Goes back to the list.
    pub(super) fn leave_outcome(&mut self) {
        self.log.entering = None;
        self.back.retain(|mode| *mode != Mode::Outcome);
        if self.mode == Mode::Outcome {
            self.go_back();
        }
    }

    /// An outcome is on disk: after a find, earlier scans of the unit are listed to be looked at again.
    pub(super) fn take_outcome_recorded(&mut self, token: u64) -> Vec<Effect> {
        let numbered = |form: &OutcomeForm| form.sent.as_ref().is_some_and(|(t, _)| *t == token);
        let Some(at) = self.outcomes.iter().position(numbered) else {
            return Vec::new();
        };
        let form = self.outcomes.remove(at);
        if !self.outcomes.iter().any(is_failed) && self.failed_record().is_none() {
            self.record.trouble = None;
        }
        if self.log.entering.as_ref() == Some(&form.case) {
            self.leave_outcome();
        }
        let result = form.result.unwrap_or(Inspection::NotExamined);
        let mut cases = self.log.read.cases.iter_mut();
        if let Some(case) = cases.find(|case| case.id == form.case) {
            case.outcome = Some(result.as_str().to_owned());
        }
        let label = result.label();
        let label = [arg("result", &label), arg("scan", &form.scan)];
        let mut text = say("outcome-recorded", &label);
        let found = matches!(result, Inspection::Discrepancy | Inspection::Seizure);
        if let Some((unit, count)) = self.earlier(&form.case).filter(|_| found) {
            let known = [arg("text", &text), arg("count", &count), arg("unit", &unit)];
            text = say("outcome-earlier", &known);
            self.list_cases(CaseFilter::Unit(unit));
            self.log.search.clear();
            let listed = self.logged_cases();
            let own = listed.iter().position(|case| case.id == form.case);
            self.log.selected = own.map_or(0, |own| own + 1).min(listed.len() - 1);
        }
        self.tell(Level::Recorded, text);
        // The pane tells what the log has, not what was meant.
        self.read_log()
    }

    /// The unit of a case, and how many earlier cases it has.
    fn earlier(&self, id: &str) -> Option<(Safe, usize)> {
        let cases = &self.log.read.cases;
        let at = cases.iter().position(|case| case.id == id)?;
        let unit = Some(cases[at].unit.clone()).filter(|unit| !unit.is_empty())?;
        let same = |case: &&LoggedCase| case.unit == unit;
        // The newest come first.
        let count = cases[at + 1..].iter().filter(same).count();
        (count > 0).then_some((unit, count))
    }

    /// An outcome is not on disk: everything that was typed stays. Whether the number was one.
    pub(super) fn take_outcome_failed(&mut self, token: u64, why: &Safe) -> bool {
        let numbered = |form: &&mut OutcomeForm| matches!(form.sent, Some((t, _)) if t == token);
        let Some(form) = self.outcomes.iter_mut().find(numbered) else {
            return false;
        };
        form.recording = Recording::Failed(why.clone());
        self.record.trouble = Some(why.clone());
        let text = self.outcome_not_recorded().unwrap_or_default();
        self.tell(Level::Error, text);
        true
    }

    /// The sentence about an outcome that is not on disk, while there is one.
    pub fn outcome_not_recorded(&self) -> Option<Safe> {
        let form = self.outcomes.iter().find(|form| is_failed(form))?;
        let Recording::Failed(why) = &form.recording else {
            return None;
        };
        let said = [arg("name", &form.scan), arg("why", why)];
        let text = say("outcome-not-recorded", &said);
        Some(self.with_offer(Mode::Outcome, &text))
    }

    /// Sends every outcome again that the log did not take, as it was.
    pub(super) fn send_outcomes_again(&mut self) -> Vec<Effect> {
        let failed = self.outcomes.iter_mut().filter(|form| is_failed(form));
        let again = failed.filter_map(|form| {
            let (token, body) = form.sent.clone()?;
            form.recording = Recording::Writing;
            let request = Request::Outcome { token, body };
            Some(Effect::Record(Box::new(request)))
        });
        again.collect()
    }
}

/// Whether the log did not take it.
fn is_failed(form: &OutcomeForm) -> bool {
    matches!(form.recording, Recording::Failed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_what_how_much_and_unit() {
        let read = |text: &str| item(text, &[]).map(|i| (i.what, i.quantity, i.unit));
        let found = |what: &str, quantity, unit: &str| Ok((what.into(), quantity, unit.into()));
        assert_eq!(
            read("tobacco; 12,5; kg"),
            found("tobacco", Some(12.5), "kg")
        );
        assert_eq!(read("cash"), found("cash", None, ""));
        assert_eq!(read("pistols; 3"), found("pistols", Some(3.0), ""));
        for text in ["; 3", "a; many", "a; -1", "a; nan", "a; 1; kg; 1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
