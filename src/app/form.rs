//! The decision form: what is typed before it is confirmed, and how its recording goes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::checklist::Tick;
use super::{App, FormKind, Level};
use crate::decisions::{Conclusion, Template, controls, reasons};
use crate::messages::{arg, say};
use crate::text::Safe;

/// A decision as it is being made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The decision, once chosen.
    pub choice: Option<Conclusion>,
    /// Reason codes, in the order they were chosen.
    pub reasons: Vec<String>,
    /// EU types of control that are asked for, in the order they were chosen.
    #[serde(default)]
    pub controls: Vec<u16>,
    /// Steps of the checklist that were ticked by hand.
    #[serde(default)]
    pub steps: BTreeSet<String>,
    /// 1 (a guess) to 5 (certain).
    pub confidence: Option<u8>,
    /// Free note.
    pub note: String,
    /// What it becomes in the log.
    #[serde(default)]
    pub kind: FormKind,
    /// Why, where its kind asks for a sentence of its own.
    #[serde(default)]
    pub why: String,
    /// Id of the record that it follows.
    #[serde(default)]
    pub refers_to: Option<String>,
    /// The list under the bar.
    #[serde(skip)]
    pub section: Section,
    /// The highlighted row of that list.
    #[serde(skip)]
    pub row: usize,
    /// Where the recording stands.
    #[serde(skip)]
    pub recording: Recording,
}

/// A list of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Section {
    /// Reason codes.
    #[default]
    Reasons,
    /// Types of control.
    Controls,
    /// Steps of the systematic look.
    Checklist,
}

impl Section {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Reasons, Self::Controls, Self::Checklist];
}

/// Where the recording of a form stands: typed → writing → RECORDED or NOT RECORDED.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nothing was sent yet.
    #[default]
    Typed,
    /// The log thread has it.
    Writing,
    /// It is not on disk, and why.
    Failed(Safe),
}

/// Adds `item` to `list`, or takes it back.
fn toggle<T: PartialEq>(list: &mut Vec<T>, item: T) {
    match list.iter().position(|known| *known == item) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(item),
    }
}

impl Form {
    /// Adds or takes back a reason.
    pub fn toggle_reason(&mut self, code: &str) {
        toggle(&mut self.reasons, code.to_owned());
    }

    /// Ticks a step by hand, or takes the tick back.
    fn toggle_step(&mut self, name: &str) {
        if !self.steps.remove(name) {
            self.steps.insert(name.to_owned());
        }
    }

    /// Message id of what is still missing before it can be confirmed.
    pub fn missing(&self) -> Option<&'static str> {
        match self.choice {
            None => Some("form-choose"),
            Some(Conclusion::Suspicious) if self.lacks_reasons() => Some("form-reason"),
            Some(_) => None,
        }
    }

    /// Whether a reason is still to be given; an arbitration says why in a sentence.
    fn lacks_reasons(&self) -> bool {
        self.reasons.is_empty() && !matches!(self.kind, FormKind::Arbitration { .. })
    }

    /// Fills in what a template says; what it leaves out stays.
    fn fill(&mut self, template: &Template) {
        self.choice = template.decision.or(self.choice);
        for code in &template.reasons {
            if !self.reasons.contains(code) {
                self.reasons.push(code.clone());
            }
        }
        for control in &template.controls {
            if !self.controls.contains(control) {
                self.controls.push(*control);
            }
        }
        let both = [self.note.trim(), template.note.trim()];
        let both: Vec<&str> = both.into_iter().filter(|part| !part.is_empty()).collect();
        self.note = both.join(" ");
    }

    /// Whether it says what the scan holds, so that it must have been looked at.
    pub(super) fn concludes(&self) -> bool {
        matches!(
            self.choice,
            Some(Conclusion::Clear | Conclusion::Suspicious)
        )
    }

    /// What is answered, without where the bar and the recording stand.
    pub(super) fn answers(&self) -> Self {
        Self {
            section: Section::default(),
            row: 0,
            recording: Recording::Typed,
            ..self.clone()
        }
    }

    /// Whether anything was typed that would be lost.
    pub fn is_started(&self) -> bool {
        if let FormKind::Amend { before, .. } = &self.kind {
            // What the record says was not typed.
            return !self.why.is_empty() || self.corrects(before);
        }
        let nothing = Self {
            kind: self.kind.clone(),
            ..Self::default()
        };
        self.answers() != nothing
    }
}

impl App {
    /// Fills the form in by the template of that name.
    pub(crate) fn apply_template(&mut self, name: &str) {
        let named = |template: &&Template| template.name == name.trim();
        let template = self.templates.iter().find(named).cloned();
        match (template, &mut self.desk.form) {
            (Some(template), Some(form)) => form.fill(&template),
            _ => {
                let name = Safe::from_outside(name);
                self.tell(
                    Level::Info,
                    say("notice-no-template", &[arg("name", &name)]),
                );
            }
        }
    }

    /// Rows of a list of the form.
    pub fn section_rows(&self, section: Section) -> usize {
        match section {
            Section::Reasons => reasons().len(),
            Section::Controls => controls().len(),
            Section::Checklist => self.steps().len(),
        }
    }

    /// How many rows of a list are chosen.
    pub fn section_chosen(&self, form: &Form, section: Section) -> usize {
        match section {
            Section::Reasons => form.reasons.len(),
            Section::Controls => form.controls.len(),
            Section::Checklist => {
                let steps = self.steps();
                steps.iter().filter(|(_, tick)| *tick != Tick::Open).count()
            }
        }
    }

    /// Moves the bar of the form.
    pub(super) fn scroll_form(&mut self, rows: isize) {
        let Some(section) = self.desk.form.as_ref().map(|form| form.section) else {
            return;
        };
        let last = self.section_rows(section).saturating_sub(1);
        if let Some(form) = &mut self.desk.form {
            form.row = form.row.saturating_add_signed(rows).min(last);
        }
    }

    /// Goes to the list so many after the one under the bar, round and round, past empty ones.
    pub(crate) fn step_section(&mut self, by: isize) {
        let filled: Vec<Section> = Section::ALL
            .into_iter()
            .filter(|section| self.section_rows(*section) > 0)
            .collect();
        let Some(form) = &mut self.desk.form else {
            return;
        };
        let at = filled.iter().position(|one| *one == form.section);
        let next = (at.unwrap_or(0) as isize + by).rem_euclid(filled.len() as isize);
        (form.section, form.row) = (filled[next as usize], 0);
    }

    /// Adds what is under the bar, or takes it back.
    pub(crate) fn toggle_row(&mut self) {
        let steps = self.steps();
        let Some(form) = &mut self.desk.form else {
            return;
        };
        match form.section {
            Section::Reasons => {
                if let Some(code) = reasons().get(form.row) {
                    form.toggle_reason(code);
                }
            }
            Section::Controls => {
                if let Some(control) = controls().get(form.row) {
                    toggle(&mut form.controls, *control);
                }
            }
            Section::Checklist => match steps.get(form.row) {
                Some((_, Tick::Seen)) => self.tell(Level::Info, say("notice-step-seen", &[])),
                Some((step, _)) => form.toggle_step(&step.name),
                None => {}
            },
        }
    }
}
