//! The log pane: the cases of the log as rows, filtered and searched; what a row leads to.

use std::path::{Path, PathBuf};

use super::event::Effect;
use super::{App, Level, Mode, Purpose};
use crate::decisions::MarkedRegion;
use crate::messages::{arg, say};
use crate::text::Safe;

/// A decision of the log with what answers it, as the pane shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoggedCase {
    /// Id of the decision's record.
    pub id: String,
    /// Day and minute on the clock of this place.
    pub at: Safe,
    /// Who decided.
    pub analyst: Safe,
    /// The word of the conclusion that holds now.
    pub decision: String,
    /// How far second readings have come: `single`, `agreed`, `disagreed`, `arbitrated`.
    pub standing: String,
    /// How a reader knows the scan.
    pub scan: Safe,
    /// The scan.
    pub scan_id: String,
    /// Its container, where one is known.
    pub unit: Safe,
    /// Its files.
    pub paths: Vec<PathBuf>,
    /// The word of the last outcome, where there is one.
    pub outcome: Option<String>,
    /// Where the marked regions lie, to say in which a thing was found.
    pub regions: Vec<MarkedRegion>,
    /// Whether a correction changed it.
    pub amended: bool,
    /// What else is told of it: labels and values.
    pub facts: Vec<(Safe, Safe)>,
    /// Whether the analyst is to read it a second time, without knowing what was decided.
    pub hidden: bool,
}

/// What was read of the log for the pane.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogRead {
    /// The newest cases, newest first.
    pub cases: Vec<LoggedCase>,
    /// How many there are in all.
    pub all: usize,
    /// Lines and segments that could not be read.
    pub damaged: u64,
    /// The day, for outcomes.
    pub today: String,
    /// The median time of one's own decisions before this sitting, where there are some.
    pub own_median_ms: Option<u64>,
}

/// Which cases the pane lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CaseFilter {
    /// All of them.
    #[default]
    All,
    /// Those with that conclusion.
    Decision(&'static str),
    /// One's own.
    Own,
    /// Those that nobody has said the outcome of.
    NoOutcome,
    /// Those on which readings disagree.
    Disagreed,
    /// One's own with their outcome: what became of one's decisions.
    Feedback,
    /// Those of one unit.
    Unit(Safe),
}

/// The filters that one key goes through.
const FILTERS: [CaseFilter; 10] = [
    CaseFilter::All,
    CaseFilter::Own,
    CaseFilter::Feedback,
    CaseFilter::NoOutcome,
    CaseFilter::Disagreed,
    CaseFilter::Decision("clear"),
    CaseFilter::Decision("suspicious"),
    CaseFilter::Decision("inconclusive"),
    CaseFilter::Decision("rescan"),
    CaseFilter::Decision("not-analysed"),
];

/// The state of the pane.
#[derive(Debug, Clone, Default)]
pub struct LogPane {
    /// What was read; nothing before the first time.
    pub read: LogRead,
    /// Whether the log is being read.
    pub reading: bool,
    /// Why it could not be read.
    pub problem: Option<Safe>,
    /// Which cases are listed.
    pub filter: CaseFilter,
    /// A text that they hold.
    pub search: String,
    /// Place of the selected one among those that are listed.
    pub selected: usize,
    /// The case whose outcome is being entered.
    pub(super) entering: Option<String>,
}

impl CaseFilter {
    /// What it is called.
    pub fn label(&self) -> Safe {
        match self {
            Self::All => say("log-filter-all", &[]),
            Self::Decision(word) => say(&format!("conclusion-{word}"), &[]),
            Self::Own => say("log-filter-own", &[]),
            Self::NoOutcome => say("log-filter-no-outcome", &[]),
            Self::Disagreed => say("log-filter-disagreed", &[]),
            Self::Feedback => say("log-filter-feedback", &[]),
            Self::Unit(unit) => say("log-filter-unit", &[arg("unit", unit)]),
        }
    }

    /// Whether it lets a case through; `own` is the analyst's name.
    fn takes(&self, case: &LoggedCase, own: &Safe) -> bool {
        match self {
            Self::All => true,
            Self::Decision(word) => case.decision == *word,
            Self::Own => case.analyst == *own,
            Self::NoOutcome => case.outcome.is_none(),
            Self::Disagreed => case.standing == "disagreed",
            Self::Feedback => case.analyst == *own && case.outcome.is_some(),
            Self::Unit(unit) => case.unit == *unit,
        }
    }
}

impl LoggedCase {
    /// Leaves out everything that tells what was decided.
    pub fn hide(&mut self) {
        self.hidden = true;
        "hidden".clone_into(&mut self.decision);
        self.analyst = Safe::default();
        (self.outcome, self.amended) = (None, false);
        self.regions.clear();
        self.facts = vec![(say("log-fact-hidden", &[]), say("queue-second", &[]))];
    }

    /// Whether a text in small letters is in it.
    fn holds(&self, text: &str) -> bool {
        let facts = self.facts.iter().map(|(_, value)| value.as_str());
        let label = say(&format!("conclusion-{}", self.decision), &[]);
        let own = [
            self.scan.as_str(),
            self.unit.as_str(),
            self.analyst.as_str(),
            self.at.as_str(),
            self.id.as_str(),
            label.as_str(),
        ];
        let mut all = own.into_iter().chain(facts);
        all.any(|words| words.to_lowercase().contains(text))
    }

    /// Whether one of its files is that one.
    pub fn has_file(&self, path: &Path) -> bool {
        let same = |known: &PathBuf| known == path;
        self.paths.iter().any(same)
            || std::path::absolute(path).is_ok_and(|path| self.paths.contains(&path))
    }
}

impl App {
    /// Opens the log pane; the log is read anew.
    pub(crate) fn open_log(&mut self) -> Vec<Effect> {
        self.enter(Mode::Log);
        self.read_log()
    }

    /// Reads the log for the pane.
    pub(crate) fn read_log(&mut self) -> Vec<Effect> {
        self.log.reading = true;
        vec![Effect::ReadLog {
            analyst: self.record.analyst.clone(),
        }]
    }

    /// The log was read, or could not be; the selected case stays selected.
    pub(super) fn take_log_read(&mut self, analyst: &Safe, result: Result<LogRead, Safe>) {
        if *analyst != self.record.analyst {
            // Somebody else sat here when it was asked for.
            return;
        }
        self.log.reading = false;
        let selected = self.logged_case().map(|case| case.id.clone());
        match result {
            Ok(read) => (self.log.read, self.log.problem) = (read, None),
            Err(why) => self.log.problem = Some(why),
        }
        let listed = self.logged_cases();
        let place = listed
            .iter()
            .position(|case| Some(&case.id) == selected.as_ref());
        let last = listed.len().saturating_sub(1);
        self.log.selected = place.unwrap_or(self.log.selected.min(last));
    }

    /// The cases that are listed, newest first.
    pub fn logged_cases(&self) -> Vec<&LoggedCase> {
        let text = self.log.search.to_lowercase();
        let own = &self.record.analyst;
        let cases = self.log.read.cases.iter();
        cases
            .filter(|case| self.log.filter.takes(case, own))
            .filter(|case| text.is_empty() || case.holds(&text))
            .collect()
    }

    /// The selected case.
    pub fn logged_case(&self) -> Option<&LoggedCase> {
        self.logged_cases().get(self.log.selected).copied()
    }

    /// Moves the selection.
    pub(super) fn step_case(&mut self, rows: isize) {
        let last = self.logged_cases().len().saturating_sub(1);
        self.log.selected = self.log.selected.saturating_add_signed(rows).min(last);
    }

    /// Lists the cases of the next filter, or the one before.
    pub(crate) fn step_case_filter(&mut self, by: isize) {
        let at = FILTERS.iter().position(|one| *one == self.log.filter);
        let count = FILTERS.len() as isize;
        let next = at.map_or(0, |at| (at as isize + by).rem_euclid(count));
        self.list_cases(FILTERS[next as usize].clone());
    }

    /// Lists the cases of the selected one's unit, or all again.
    pub(crate) fn toggle_unit_cases(&mut self) {
        if matches!(self.log.filter, CaseFilter::Unit(_)) {
            self.list_cases(CaseFilter::All);
            return;
        }
        let unit = self.logged_case().map(|case| case.unit.clone());
        match unit.filter(|unit| !unit.is_empty()) {
            Some(unit) => self.list_cases(CaseFilter::Unit(unit)),
            None => self.tell(Level::Info, say("log-no-unit", &[])),
        }
    }

    /// Lists what a filter takes, from the newest.
    pub(super) fn list_cases(&mut self, filter: CaseFilter) {
        self.log.filter = filter;
        self.log.selected = 0;
    }

    /// Lists the cases that hold a text; an empty one lists all.
    pub(crate) fn find_case(&mut self, text: &str) {
        text.trim().clone_into(&mut self.log.search);
        self.log.selected = 0;
        if self.logged_cases().is_empty() {
            let typed = Safe::from_outside(text);
            self.tell(Level::Info, say("log-not-found", &[arg("text", &typed)]));
        }
    }

    /// Selects the scan of the selected case in the queue and goes to its picture.
    pub(crate) fn open_case(&mut self) {
        let Some(case) = self.logged_case().cloned() else {
            return;
        };
        if self.select_scan_of(&case) {
            self.leave_log();
            self.enter(Mode::Inspect);
        }
    }

    /// Selects the scan of a case, or says where it lay.
    pub(super) fn select_scan_of(&mut self, case: &LoggedCase) -> bool {
        let holds = |row: &super::Row| row.scan.files.iter().any(|file| case.has_file(&file.path));
        if let Some(row) = self.queue.rows.iter().position(holds) {
            self.select(row);
            return true;
        }
        let place = case.paths.first().map(|path| Safe::from_path(path));
        let place = place.unwrap_or_default();
        let said = say("log-scan-elsewhere", &[arg("place", &place)]);
        self.tell(Level::Warning, said);
        false
    }

    /// Goes back to where the pane was opened from.
    pub(super) fn leave_log(&mut self) {
        if self.mode == Mode::Log {
            self.go_back();
        }
    }

    /// Whether the selected case is hidden from the analyst, which is said.
    pub(super) fn hides_case(&mut self) -> bool {
        let hidden = self.logged_case().is_some_and(|case| case.hidden);
        if hidden {
            self.tell(Level::Info, say("queue-second", &[]));
        }
        hidden
    }

    /// Asks where the page of the selected case is to be written.
    pub(crate) fn ask_export(&mut self) {
        if self.hides_case() {
            return;
        }
        if let Some(case) = self.logged_case() {
            let short: String = case.id.chars().take(12).collect();
            self.ask_line(Purpose::Export, &format!("case-{short}.html"));
        }
    }

    /// Has the page of the selected case written.
    pub(crate) fn export_case(&mut self, file: &str) -> Vec<Effect> {
        if self.hides_case() {
            return Vec::new();
        }
        let Some(case) = self.logged_case().filter(|_| !file.trim().is_empty()) else {
            return Vec::new();
        };
        let id = case.id.clone();
        self.tell(Level::Info, say("log-exporting", &[]));
        vec![Effect::ExportCase {
            id,
            file: PathBuf::from(file.trim()),
            profile: self.request.profile.clone(),
        }]
    }
}
