//! The log for its pane: read on threads of their own, handed over as plain rows.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread;

use jiff::{Timestamp, Zoned};
use serde_json::{Map, Value};

use super::Message;
use super::folder::Journal;
use super::log::local_time;
use crate::app::{Answers, Event, LogRead, LoggedCase, Mark};
use crate::decisions::{
    self, Conclusion, FoundItem, MarkedRegion, ScanBlock, ScanFile, Scans, SecondRule, ViewSeen,
    Witnesses, conclusion_label, control_label, reason_label, result_label, verify,
};
use crate::messages::{arg, say};
use crate::report::{self, Answer, Case, Easel, Effective, Front, Standing};
use crate::scan::Limits;
use crate::store::{self, Heads};
use crate::text::Safe;
use crate::view::Calibration;
use crate::{Error, Result};

/// Cases that the pane keeps.
const KEPT: usize = 5_000;

/// Reads the log for the pane.
#[derive(Clone)]
pub(super) struct LogReader {
    folder: Option<PathBuf>,
    rule: SecondRule,
    state: Option<PathBuf>,
    limits: Limits,
    sender: Sender<Message>,
    /// Whose sitting it is.
    analyst: String,
    /// When the sitting began.
    began: Timestamp,
}

impl LogReader {
    pub(super) fn new(
        log: Journal,
        state: Option<PathBuf>,
        limits: Limits,
        sender: Sender<Message>,
    ) -> Self {
        Self {
            folder: log.folder,
            rule: log.rule,
            state,
            limits,
            sender,
            analyst: String::new(),
            began: Timestamp::now(),
        }
    }

    /// Another analyst's sitting begins; the same analyst's goes on.
    pub(super) fn begin(&mut self, analyst: &str) {
        if self.analyst != analyst {
            analyst.clone_into(&mut self.analyst);
            self.began = Timestamp::now();
        }
    }

    /// The log goes on in another folder.
    pub(super) fn use_folder(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// Reads all cases.
    pub(super) fn read(&self, analyst: Safe) {
        self.answer(move |reader| {
            let result = reader.all(&analyst).map(Box::new);
            let result = result.map_err(|error| error.message());
            Event::LogRead { analyst, result }
        });
    }

    /// Reads the views of a decision.
    pub(super) fn views(&self, id: String) {
        self.answer(move |reader| {
            let views = reader.case(&id).map(|case| views(&case.members));
            Event::CaseViews {
                id,
                views: views.map_err(|error| error.message()),
            }
        });
    }

    /// Reads what a first or a second reading says, corrections included.
    pub(super) fn recall(&self, id: String) {
        self.answer(move |reader| {
            let result = reader.recalled(&id);
            Event::Recalled { id, result }
        });
    }

    /// Writes the page of a decision.
    pub(super) fn export(&self, id: String, file: PathBuf, profile: Option<Calibration>) {
        self.answer(move |reader| {
            let done = reader.page(&id, &file, profile);
            let told = || say("log-exported", &[arg("file", &Safe::from_path(&file))]);
            Event::CaseExported(done.map(|()| told()).map_err(|error| error.message()))
        });
    }

    /// Answers on a thread of its own.
    fn answer(&self, work: impl FnOnce(&Self) -> Event + Send + 'static) {
        let reader = self.clone();
        thread::spawn(move || {
            let event = work(&reader);
            // When nobody listens any more the console is leaving.
            drop(reader.sender.send(Message::App(event)));
        });
    }

    /// The log's folder, which is there.
    fn folder(&self) -> Result<&Path> {
        let folder = self.folder.as_deref().filter(|folder| folder.is_dir());
        folder.ok_or_else(|| Error::NotPossible {
            why: say("log-not-there", &[]),
        })
    }

    /// The newest cases, and what is to be known of all.
    fn all(&self, analyst: &Safe) -> Result<LogRead> {
        let cases = report::gather(self.folder()?)?;
        let mut rows: Vec<(Timestamp, LoggedCase)> = Vec::new();
        let mut own: Vec<u64> = Vec::new();
        // First decisions that were taken back, by their scan.
        let mut drawn: HashMap<String, String> = HashMap::new();
        let mut all = 0;
        cases.each::<Error>(&mut |case| {
            all += 1;
            let at: Timestamp = case.at.parse().unwrap_or_default();
            let mut row = row(&case);
            if case.is_taken_back(&case.id) {
                let lot = drawn.entry(row.scan_id.clone());
                lot.or_insert_with(|| case.id.clone());
            } else if self.is_hidden(&case, analyst, drawn.get(&row.scan_id)) {
                row.hide();
            }
            if row.analyst == *analyst && at < self.began {
                own.extend(worked_ms(&case.members));
            }
            rows.push((at, row));
            if rows.len() >= 2 * KEPT {
                newest(&mut rows);
            }
            Ok(())
        })?;
        newest(&mut rows);
        hide_scans(&mut rows);
        Ok(LogRead {
            cases: rows.into_iter().map(|(_, row)| row).collect(),
            all,
            damaged: cases.state().damaged,
            today: Zoned::now().date().to_string(),
            own_median_ms: median(own),
        })
    }

    /// Whether `analyst` is asked to read the scan a second time, and has not.
    /// `drawn` is the record that was taken back before it.
    fn is_hidden(&self, case: &Case, analyst: &Safe, drawn: Option<&String>) -> bool {
        let now = case.effective();
        if case.members.contains_key("of") {
            // A second reading of what another post decided.
            return false;
        }
        let seconds = case.second_readings();
        let seconds: Vec<String> = seconds.map(|(_, reading)| reading.decision).collect();
        let words = seconds.iter().map(String::as_str);
        now.standing != Standing::Arbitrated
            && Safe::from_outside(&case.analyst) != *analyst
            && self
                .rule
                .standing(drawn.unwrap_or(&case.id), &now.decision, words)
                == decisions::Standing::SecondAsked
    }

    /// One case.
    fn case(&self, id: &str) -> Result<Case> {
        let cases = report::gather(self.folder()?)?;
        let found = cases.find(id)?;
        found.ok_or_else(|| Error::NotPossible {
            why: say("log-record-none", &[arg("record", &Safe::from_outside(id))]),
        })
    }

    /// What a reading says, as far as a correction can change it.
    fn recalled(&self, id: &str) -> Result<Answers> {
        let cases = report::gather(self.folder()?)?;
        let mut found = None;
        cases.each::<Error>(&mut |case| {
            found = found.take().or_else(|| case.reading_of(id));
            Ok(())
        })?;
        let said = found.ok_or_else(|| Error::NotPossible {
            why: say("notice-record-gone", &[]),
        })?;
        let controls = said.controls.into_iter();
        Ok(Answers {
            decision: Conclusion::parse(&said.decision),
            reasons: said.reasons,
            controls: controls.filter_map(|code| code.try_into().ok()).collect(),
            confidence: said.confidence.and_then(|level| level.try_into().ok()),
            note: said.note,
            regions: said.regions.iter().filter_map(mark).collect(),
        })
    }

    /// Writes the page of one case; a folder of records takes no page.
    fn page(&self, id: &str, file: &Path, profile: Option<Calibration>) -> Result<()> {
        let folder = self.folder()?;
        if store::is_in(file, folder) {
            let path = Safe::from_path(file);
            let why = say("log-export-in-log", &[arg("path", &path)]);
            return Err(Error::NotPossible { why });
        }
        let cases = report::gather(folder)?;
        let case = self.case(id)?;
        let known = cases.compared_with()?;
        let mut easel = Easel::new(self.limits, profile.into_iter().collect(), known);
        let heads = self
            .state
            .as_deref()
            .map(|state| Heads::new(state).of(folder));
        let remembered = heads.transpose()?.unwrap_or_default();
        let witnesses = Witnesses {
            remembered: &remembered,
            scans: Scans::Left,
            against: None,
        };
        let verified = verify(folder, &witnesses)?;
        let now = Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let front = Front {
            folder,
            state: cases.state(),
            verified: &verified,
            now: &now,
            cases: &[report::listed(&case)],
        };
        let mut page = Vec::new();
        let parts = [
            report::page_head(&front),
            report::page_case(&case, &mut easel),
            report::page_foot().to_owned(),
        ];
        for part in parts {
            page.write_all(part.as_bytes())
                .map_err(|error| Error::io(file, &error))?;
        }
        store::write_whole(file, &page)
    }
}

/// A marked region as it lies on the desk again.
fn mark(region: &Value) -> Option<Mark> {
    let region: MarkedRegion = serde_json::from_value(region.clone()).ok()?;
    Some(Mark {
        outline: report::outline(&region)?,
        label: region.label,
        view: region.view.unwrap_or_default(),
    })
}

/// Keeps the newest, newest first.
fn newest(rows: &mut Vec<(Timestamp, LoggedCase)>) {
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.truncate(KEPT);
}

/// Hides what else was decided on a scan that is to be read without knowing.
fn hide_scans(rows: &mut [(Timestamp, LoggedCase)]) {
    let hidden = rows.iter().filter(|(_, row)| row.hidden);
    let scans: HashSet<String> = hidden.map(|(_, row)| row.scan_id.clone()).collect();
    for (_, row) in rows.iter_mut().filter(|(_, row)| !row.hidden) {
        if scans.contains(&row.scan_id) {
            row.hide();
        }
    }
}

/// The middle value; of two the lower.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    let middle = values.len().checked_sub(1)? / 2;
    values.get(middle).copied()
}

/// Time that a decision took, without that in which nobody was at the keys.
fn worked_ms(members: &Map<String, Value>) -> Option<u64> {
    let timing = members.get("timing")?;
    let part = |name: &str| timing.get(name).and_then(Value::as_u64);
    Some(part("total_ms")?.saturating_sub(part("idle_ms").unwrap_or(0)))
}

/// The views of a record that this version can read.
fn views(members: &Map<String, Value>) -> Vec<ViewSeen> {
    let views = members.get("views").and_then(Value::as_array);
    let views = views.map_or(&[][..], Vec::as_slice).iter();
    views
        .filter_map(|view| serde_json::from_value(view.clone()).ok())
        .collect()
}

/// A case as the pane shows it.
fn row(case: &Case) -> LoggedCase {
    let now = case.effective();
    let scan: Option<ScanBlock> = case
        .members
        .get("scan")
        .and_then(|scan| serde_json::from_value(scan.clone()).ok());
    let scan = scan.unwrap_or_default();
    let (_, _, name, _) = report::listed(case);
    let unit = scan.container.as_deref();
    let unit = unit.unwrap_or_else(|| text(&case.members, "unit"));
    let outcome = case.outcomes.last();
    LoggedCase {
        id: case.id.clone(),
        at: local_time(&case.at),
        analyst: Safe::from_outside(&case.analyst),
        decision: known(&now.decision),
        standing: now.standing.as_str().to_owned(),
        scan: Safe::from_outside(&name),
        scan_id: text(&case.members, "scan_id").to_owned(),
        unit: Safe::from_outside(unit),
        paths: scan.files.iter().map(ScanFile::exact_path).collect(),
        outcome: outcome.map(|outcome| text(&outcome.members, "result").to_owned()),
        regions: now.regions.iter().filter_map(place).collect(),
        amended: now.amended,
        facts: facts(case, &now, &scan),
        hidden: false,
    }
}

/// Where a region of the record lies.
fn place(region: &Value) -> Option<MarkedRegion> {
    let region: MarkedRegion = serde_json::from_value(region.clone()).ok()?;
    Some(region.place())
}

/// The word of a conclusion, as long as it is one that has a label.
fn known(word: &str) -> String {
    Conclusion::parse(word).map_or_else(|| "unknown".to_owned(), |known| known.as_str().to_owned())
}

/// A text member, or nothing.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or("")
}

/// Everything that is told of a case besides its line.
fn facts(case: &Case, now: &Effective, scan: &ScanBlock) -> Vec<(Safe, Safe)> {
    let mut facts: Vec<(Safe, Safe)> = Vec::new();
    let mut add = |id: &str, value: Safe| {
        if !value.is_empty() {
            facts.push((say(&format!("log-fact-{id}"), &[]), value));
        }
    };
    let reasons: Vec<Safe> = now.reasons.iter().map(|code| reason_label(code)).collect();
    add("reasons", Safe::join(&reasons, ", "));
    add("note", Safe::from_outside(&now.note));
    if let Some(confidence) = now.confidence {
        add(
            "confidence",
            say("form-confidence-value", &[arg("value", &confidence)]),
        );
    }
    let regions: Vec<Safe> = now.regions.iter().zip(1..).map(region).collect();
    add("regions", Safe::join(&regions, ", "));
    let controls: Vec<Safe> = now.controls.iter().copied().map(control).collect();
    add("controls", Safe::join(&controls, ", "));
    add("looks", looks(&case.members));
    for amend in &case.amends {
        add("amend", amended(amend));
    }
    for (second, said) in case.second_readings() {
        add("second", reading(second, &said.decision));
    }
    for arbitration in &case.arbitrations {
        let word = text(&arbitration.members, "decision");
        add("arbitration", reading(arbitration, word));
    }
    for outcome in &case.outcomes {
        add("outcome", outcome_words(outcome));
    }
    for file in &scan.files {
        add("file", Safe::from_outside(&file.path));
    }
    add("record", Safe::from_outside(&case.id));
    facts
}

/// A region by its number and its label.
fn region((region, number): (&Value, u64)) -> Safe {
    let read: Option<MarkedRegion> = serde_json::from_value(region.clone()).ok();
    let label = read.map(|region| region.label).unwrap_or_default();
    let named = format!("{number} {label}");
    Safe::from_outside(named.trim_end())
}

/// A type of control.
fn control(code: u64) -> Safe {
    u16::try_from(code).map_or_else(|_| Safe::default(), control_label)
}

/// How many views, and for how long.
fn looks(members: &Map<String, Value>) -> Safe {
    let seen = views(members);
    if seen.is_empty() {
        return Safe::default();
    }
    let ms: u64 = seen.iter().map(|seen| seen.dwell_ms).sum();
    let (views, seconds) = (seen.len(), ms / 1000);
    let count = [arg("views", &views), arg("seconds", &seconds)];
    say("log-fact-looks-value", &count)
}

/// A correction.
fn amended(amend: &Answer) -> Safe {
    let (at, by) = (local_time(&amend.at), Safe::from_outside(&amend.analyst));
    let why = Safe::from_outside(text(&amend.members, "reason"));
    let said = [arg("at", &at), arg("by", &by), arg("why", &why)];
    say("log-fact-amend-value", &said)
}

/// A second reading or an arbitration.
fn reading(answer: &Answer, word: &str) -> Safe {
    let (at, by) = (local_time(&answer.at), Safe::from_outside(&answer.analyst));
    let label = conclusion_label(word);
    say(
        "log-fact-second-value",
        &[arg("decision", &label), arg("at", &at), arg("by", &by)],
    )
}

/// What an inspection found.
fn outcome_words(outcome: &Answer) -> Safe {
    let member = |name: &str| Safe::from_outside(text(&outcome.members, name));
    let found = outcome.members.get("found").and_then(Value::as_array);
    let found = found.map_or(&[][..], Vec::as_slice).iter();
    let found: Vec<Safe> = found.map(|item| FoundItem::read(item).label()).collect();
    let found = if found.is_empty() {
        Safe::word("none")
    } else {
        Safe::join(&found, ", ")
    };
    let result = result_label(text(&outcome.members, "result"));
    let told = [result, member("inspected_at"), member("by")];
    let told: Vec<Safe> = told.into_iter().filter(|word| !word.is_empty()).collect();
    let told = Safe::join(&told, ", ");
    let said = [arg("told", &told), arg("found", &found)];
    say("log-fact-outcome-value", &said)
}
