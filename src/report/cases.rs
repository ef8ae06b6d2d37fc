//! A log as cases: each decision with its corrections, second readings, arbitrations and outcomes.
//!
//! The log is read twice, line by line: first the few records that answer others, then the
//! decisions, so that a long log needs the memory of its answers only.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use crate::decisions::{Record, ScanBlock, TAKEN_BACK, read_log};
use crate::{Error, Result};

/// A record that answers a decision, or one of its second readings.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Id of the record.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who, as claimed by the segment's `open`; empty where that is damaged.
    pub analyst: String,
    /// All its members.
    pub members: Map<String, Value>,
}

/// A decision and everything that answers it, in the order of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Id of the decision's record.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who, as claimed by the segment's `open`; empty where that is damaged.
    pub analyst: String,
    /// The machine, from the same record.
    pub host: String,
    /// File name of the segment.
    pub segment: String,
    /// Line in it, from 1.
    pub line: u64,
    /// All members of the decision.
    pub members: Map<String, Value>,
    /// Corrections of the decision and of its second readings.
    pub amends: Vec<Arc<Answer>>,
    /// Second readings.
    pub seconds: Vec<Arc<Answer>>,
    /// Which of the decisions holds.
    pub arbitrations: Vec<Arc<Answer>>,
    /// What inspections found.
    pub outcomes: Vec<Arc<Answer>>,
    /// Notes that refer to it.
    pub notes: Vec<Arc<Answer>>,
}

/// How far the second readings of a case have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no second reading.
    Single,
    /// All readings came to the same.
    Agreed,
    /// Readings differ and nobody has arbitrated.
    Disagreed,
    /// An arbitration holds.
    Arbitrated,
}

impl Standing {
    /// The word in tables, and the end of the message's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Agreed => "agreed",
            Self::Disagreed => "disagreed",
            Self::Arbitrated => "arbitrated",
        }
    }
}

/// What holds now: the decision with its corrections, or what the last arbitration says.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The word of the conclusion; a newer version may have words that this one does not know.
    pub decision: String,
    /// Reason codes.
    pub reasons: Vec<String>,
    /// The note.
    pub note: String,
    /// 1 to 5.
    pub confidence: Option<u64>,
    /// The regions as recorded.
    pub regions: Vec<Value>,
    /// EU types of control.
    pub controls: Vec<u64>,
    /// Whether a correction changed the first decision.
    pub amended: bool,
    /// How far the second readings have come.
    pub standing: Standing,
    /// Who concluded it: who decided, corrected the conclusion or arbitrated.
    pub analyst: String,
    /// When, RFC 3339.
    pub at: String,
}

/// What was read, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Sound records.
    pub records: u64,
    /// Segments.
    pub segments: u64,
    /// Lines that are no record, and segments that cannot be read.
    pub damaged: u64,
    /// Unterminated last lines.
    pub tails: u64,
    /// Records written twice under one id, of which the first counts.
    pub repeated: u64,
    /// Answers to records that are not in this log.
    pub orphans: u64,
}

impl State {
    /// Whether something is missing from what is told.
    pub fn is_whole(&self) -> bool {
        self.damaged == 0 && self.orphans == 0
    }
}

/// The answers of a log by the id that they answer, ready to be joined with its decisions.
#[derive(Debug)]
pub struct Cases {
    folder: PathBuf,
    answers: HashMap<(&'static str, String), Vec<Arc<Answer>>>,
    /// Second readings of decisions that another log has: each is a case here.
    strays: HashSet<String>,
    state: State,
}

/// The kinds of records that answer others.
const ANSWERS: [&str; 5] = ["amend", "second", "arbitration", "outcome", "note"];

/// Reads the answers of the log in `folder`.
///
/// # Errors
/// When the folder cannot be listed. Damaged lines are counted.
pub fn gather(folder: &Path) -> Result<Cases> {
    let mut cases = Cases {
        folder: folder.to_owned(),
        answers: HashMap::new(),
        strays: HashSet::new(),
        state: State::default(),
    };
    let mut reading = Reading::default();
    let mut decided: HashSet<String> = HashSet::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut seconds: Vec<(String, String)> = Vec::new();
    read_log::<Error>(folder, &mut |record| {
        let Some(found) = reading.record(record, &mut cases.state) else {
            return Ok(());
        };
        if found.kind == "decision" {
            decided.insert(found.id.clone());
        }
        let Some(kind) = ANSWERS.into_iter().find(|kind| *kind == found.kind) else {
            return Ok(());
        };
        let answered = answered(&found.members, kind);
        if kind == "second" {
            // What answers a second reading belongs to the same case.
            decided.insert(found.id.clone());
            seconds.extend(answered.iter().map(|of| (found.id.clone(), of.clone())));
        }
        let answer = Arc::new(Answer {
            id: found.id,
            at: found.at,
            analyst: reading.analyst.clone(),
            members: found.members,
        });
        for of in answered {
            if kind != "second" {
                asked.insert(of.clone());
            }
            let list = cases.answers.entry((kind, of)).or_default();
            list.push(Arc::clone(&answer));
        }
        Ok(())
    })?;
    let strays = seconds.into_iter().filter(|(_, of)| !decided.contains(of));
    cases.strays = strays.map(|(id, _)| id).collect();
    cases.state.orphans = asked.iter().filter(|id| !decided.contains(*id)).count() as u64;
    Ok(cases)
}

/// The ids that a record answers.
fn answered(members: &Map<String, Value>, kind: &str) -> Vec<String> {
    let of = members.get(if kind == "note" { "refers_to" } else { "of" });
    match of {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => strings(ids),
        _ => Vec::new(),
    }
}

/// The texts of a list.
fn strings(list: &[Value]) -> Vec<String> {
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

impl Cases {
    /// What was read, and what could not be.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Hands each case to `visit`, by segment and line.
    ///
    /// # Errors
    /// Those of reading, and of `visit`.
    pub fn each<E: From<Error>>(
        &self,
        visit: &mut dyn FnMut(Case) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reading = Reading::default();
        let mut state = State::default();
        read_log::<E>(
            &self.folder,
            &mut |record| match reading.record(record, &mut state) {
                Some(found) if found.kind == "decision" || self.strays.contains(&found.id) => {
                    visit(self.case(found, &reading))
                }
                _ => Ok(()),
            },
        )
    }

    /// The case of that decision.
    ///
    /// # Errors
    /// Those of reading.
    pub fn find(&self, id: &str) -> Result<Option<Case>> {
        let mut found = None;
        self.each::<Error>(&mut |case| {
            if case.id == id {
                found = Some(case);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The scans of this log that others were compared with.
    ///
    /// # Errors
    /// Those of reading.
    pub fn compared_with(&self) -> Result<Vec<ScanBlock>> {
        let mut wanted: HashSet<String> = HashSet::new();
        let compared = |view: &Value| {
            let with = view.get("view")?.get("comparison")?.get("scan")?;
            with.as_str().map(str::to_owned)
        };
        let mut known: HashMap<String, Value> = HashMap::new();
        read_log::<Error>(&self.folder, &mut |record| {
            if let Record::Sound { members, .. } = record {
                wanted.extend(list(&members, "views").iter().filter_map(compared));
                if let Some(scan) = members.get("scan") {
                    known.insert(text(&members, "scan_id").to_owned(), scan.clone());
                }
            }
            Ok(())
        })?;
        let blocks = wanted.iter().filter_map(|id| known.remove(id));
        let blocks = blocks.filter_map(|block| serde_json::from_value(block).ok());
        Ok(blocks.collect())
    }

    /// A decision with its answers.
    fn case(&self, found: Found, reading: &Reading) -> Case {
        let seconds = self.of("second", &found.id);
        let readings: Vec<&String> = std::iter::once(&found.id)
            .chain(seconds.iter().map(|second| &second.id))
            .collect();
        let all = |kind: &'static str| {
            let mut list: Vec<Arc<Answer>> = Vec::new();
            for answer in readings.iter().flat_map(|id| self.of(kind, id)) {
                // An arbitration names several readings of one case.
                if !list.iter().any(|known| known.id == answer.id) {
                    list.push(answer);
                }
            }
            list
        };
        let [amends, arbitrations, outcomes, notes] =
            ["amend", "arbitration", "outcome", "note"].map(all);
        Case {
            id: found.id,
            at: found.at,
            analyst: reading.analyst.clone(),
            host: reading.host.clone(),
            segment: reading.segment.clone(),
            line: found.line,
            members: found.members,
            amends,
            seconds,
            arbitrations,
            outcomes,
            notes,
        }
    }

    /// The answers of one kind to one record.
    fn of(&self, kind: &'static str, id: &str) -> Vec<Arc<Answer>> {
        let key = (kind, id.to_owned());
        self.answers.get(&key).cloned().unwrap_or_default()
    }
}

/// Where reading is: the segment and what its `open` claims.
#[derive(Default)]
struct Reading {
    segment: String,
    analyst: String,
    host: String,
    ids: HashSet<String>,
}

/// A sound record that was not read before.
struct Found {
    id: String,
    at: String,
    kind: String,
    line: u64,
    members: Map<String, Value>,
}

impl Reading {
    /// Takes in one line of the log; `None` where it is no record or one of before.
    fn record(&mut self, record: Record, state: &mut State) -> Option<Found> {
        let (Record::Sound { segment, .. }
        | Record::Damaged { segment, .. }
        | Record::Tail { segment, .. }) = &record;
        if self.segment != *segment {
            self.segment.clone_from(segment);
            self.analyst.clear();
            self.host.clear();
            state.segments += 1;
        }
        let (line, members) = match record {
            Record::Sound { line, members, .. } => (line, members),
            Record::Damaged { .. } => {
                state.damaged += 1;
                return None;
            }
            Record::Tail { .. } => {
                state.tails += 1;
                return None;
            }
        };
        state.records += 1;
        let text = |name: &str| text(&members, name).to_owned();
        let (id, at, kind) = (text("id"), text("at"), text("kind"));
        if !self.ids.insert(id.clone()) {
            state.repeated += 1;
            return None;
        }
        if kind == "open" {
            (self.analyst, self.host) = (text("analyst"), text("host"));
        }
        Some(Found {
            id,
            at,
            kind,
            line,
            members,
        })
    }
}

/// A text member, or nothing.
pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A member that is an object, or an empty one.
pub(super) fn object<'a>(members: &'a Map<String, Value>, name: &str) -> &'a Map<String, Value> {
    let object = members.get(name).and_then(Value::as_object);
    object.unwrap_or(nothing())
}

/// No members.
pub(super) fn nothing() -> &'static Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    &NONE
}

/// A list member, or an empty one.
pub(super) fn list<'a>(members: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    let list = members.get(name).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

impl Case {
    /// The ids of the decision and of everything that answers it.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let lists = [
            &self.amends,
            &self.seconds,
            &self.arbitrations,
            &self.outcomes,
            &self.notes,
        ];
        let answers = lists.into_iter().flatten();
        std::iter::once(self.id.as_str()).chain(answers.map(|answer| answer.id.as_str()))
    }

    /// Whether the reading of that id was taken back at once.
    pub fn is_taken_back(&self, id: &str) -> bool {
        let back = |amend: &Arc<Answer>| {
            text(&amend.members, "of") == id && text(&amend.members, "reason") == TAKEN_BACK
        };
        self.amends.iter().any(back)
    }

    /// The second readings that hold, with their corrections, in order.
    pub fn second_readings(&self) -> impl Iterator<Item = (&Answer, Effective)> {
        let hold = |second: &&Arc<Answer>| !self.is_taken_back(&second.id);
        let seconds = self.seconds.iter().filter(hold);
        seconds.map(|second| (&**second, self.second(second)))
    }

    /// A second reading with its own corrections.
    pub(super) fn second(&self, second: &Answer) -> Effective {
        self.reading(&second.id, &second.members, (&second.analyst, &second.at))
    }

    /// The first reading with its own corrections.
    fn first(&self) -> Effective {
        self.reading(&self.id, &self.members, (&self.analyst, &self.at))
    }

    /// What holds now.
    pub fn effective(&self) -> Effective {
        let first = self.first();
        let mut readings: Vec<Effective> = vec![first.clone()];
        readings.extend(self.second_readings().map(|(_, reading)| reading));
        let words: BTreeSet<&str> = readings.iter().map(|one| &*one.decision).collect();
        let standing = match (readings.len(), words.len()) {
            (1, _) => Standing::Single,
            (_, 1) => Standing::Agreed,
            _ => Standing::Disagreed,
        };
        let Some(last) = self.arbitrations.last() else {
            return Effective { standing, ..first };
        };
        // The arbitrator's word; where only the word was said, with what the reading says that came
        // to the same.
        let own = self.reading(&last.id, &last.members, (&last.analyst, &last.at));
        let like = readings
            .into_iter()
            .find(|one| one.decision == own.decision)
            .unwrap_or_else(|| own.clone());
        let either = |own: Vec<String>, like: Vec<String>| if own.is_empty() { like } else { own };
        Effective {
            reasons: either(own.reasons, like.reasons),
            note: Some(own.note)
                .filter(|note| !note.is_empty())
                .unwrap_or(like.note),
            confidence: own.confidence.or(like.confidence),
            regions: if own.regions.is_empty() {
                like.regions
            } else {
                own.regions
            },
            controls: if own.controls.is_empty() {
                like.controls
            } else {
                own.controls
            },
            amended: first.amended,
            standing: Standing::Arbitrated,
            ..own
        }
    }

    /// The first or a second reading with that id, with its own corrections.
    pub fn reading_of(&self, id: &str) -> Option<Effective> {
        if self.id == id {
            return Some(self.first());
        }
        let second = self.seconds.iter().find(|second| second.id == id)?;
        Some(self.second(second))
    }

    /// One reading with its own corrections; `by` is who made it, and when.
    fn reading(&self, id: &str, members: &Map<String, Value>, by: (&str, &str)) -> Effective {
        let mut now = Effective {
            decision: text(members, "decision").to_owned(),
            reasons: strings(list(members, "reasons")),
            note: text(members, "note").to_owned(),
            confidence: members.get("confidence").and_then(Value::as_u64),
            regions: list(members, "regions").to_vec(),
            controls: numbers(list(members, "controls")),
            amended: false,
            standing: Standing::Single,
            analyst: by.0.to_owned(),
            at: by.1.to_owned(),
        };
        let own = |amend: &&Arc<Answer>| text(&amend.members, "of") == id;
        for amend in self.amends.iter().filter(own) {
            now.amended = true;
            if let Some(Value::Object(change)) = amend.members.get("change") {
                now.change(change);
                if change.contains_key("decision") {
                    now.analyst.clone_from(&amend.analyst);
                    now.at.clone_from(&amend.at);
                }
            }
        }
        now
    }
}

/// The whole numbers of a list.
fn numbers(list: &[Value]) -> Vec<u64> {
    list.iter().filter_map(Value::as_u64).collect()
}

impl Effective {
    /// Takes over the members that a correction names.
    fn change(&mut self, change: &Map<String, Value>) {
        for (name, value) in change {
            match (name.as_str(), value) {
                ("decision", Value::String(word)) => self.decision.clone_from(word),
                ("note", Value::String(note)) => self.note.clone_from(note),
                ("confidence", value) => self.confidence = value.as_u64().or(self.confidence),
                ("reasons", Value::Array(codes)) => self.reasons = strings(codes),
                ("regions", Value::Array(regions)) => self.regions.clone_from(regions),
                ("controls", Value::Array(codes)) => self.controls = numbers(codes),
                _ => {}
            }
        }
    }
}
