//! `xamine log show`: one line a record, a block of details under a decision.
//!
//! Everything in a log is text from outside: it is shown, never obeyed. What cannot be read is a row
//! of its own; nothing is left out.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value};

use super::super::{Failure, exit};
use crate::decisions::{Record, conclusion_label, plain_json, read_log, reason_label};
use crate::messages::{Argument, arg, say};
use crate::text::Safe;

/// Members that every record has; they are in its line.
const FRAME: [&str; 8] = ["v", "seq", "id", "at", "boot_ns", "kind", "prev", "self"];
/// Kinds whose members are all shown under their line.
const DETAILED: [&str; 6] = [
    "decision",
    "amend",
    "note",
    "second",
    "arbitration",
    "outcome",
];

/// Shows the log for a reader; exit code 1 when a line or a segment could not be read.
pub(super) fn text(folder: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut shown = Shown::default();
    read_log(folder, &mut |record| shown.record(&record, out))?;
    if shown.segment.is_empty() {
        let folder = Safe::from_path(folder);
        writeln!(out, "{}", say("log-show-empty", &[arg("folder", &folder)]))?;
    }
    Ok(shown.code)
}

/// Shows the log as one JSON array of its records, each with the member `in_segment` first.
pub(super) fn json(folder: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut code = exit::DONE;
    let mut between = "[";
    read_log(folder, &mut |record| -> Result<(), Failure> {
        if matches!(record, Record::Damaged { .. }) {
            code = exit::PROBLEM;
        }
        let text = serde_json::to_string(&row(record)).map_err(std::io::Error::from)?;
        write!(out, "{between}\n{}", plain_json(&text))?;
        between = ",";
        Ok(())
    })?;
    let end = if between == "[" { "[]" } else { "\n]" };
    writeln!(out, "{end}")?;
    Ok(code)
}

/// A line of the log as one JSON object.
fn row(record: Record) -> Map<String, Value> {
    let mut row = Map::new();
    match record {
        Record::Sound {
            segment, members, ..
        } => {
            row.insert("in_segment".into(), segment.into());
            row.extend(members);
        }
        Record::Damaged { segment, line } => {
            row.insert("in_segment".into(), segment.into());
            row.insert("line".into(), line.into());
            row.insert("damaged".into(), true.into());
        }
        Record::Tail { segment, bytes } => {
            row.insert("in_segment".into(), segment.into());
            row.insert("tail_bytes".into(), bytes.into());
        }
    }
    row
}

/// Where the reader is.
#[derive(Default)]
struct Shown {
    segment: String,
    code: u8,
}

impl Shown {
    /// Shows one line of the log, under the name of its segment.
    fn record(&mut self, record: &Record, out: &mut dyn Write) -> Result<(), Failure> {
        let (Record::Sound { segment, .. }
        | Record::Damaged { segment, .. }
        | Record::Tail { segment, .. }) = record;
        if self.segment != *segment {
            self.segment.clone_from(segment);
            let name = Safe::from_outside(segment);
            writeln!(out, "{}", say("log-show-segment", &[arg("segment", &name)]))?;
        }
        match record {
            Record::Sound { members, .. } => return sound(members, out),
            Record::Damaged { line, .. } => {
                self.code = exit::PROBLEM;
                writeln!(out, "  {}", damaged(*line))?;
            }
            Record::Tail { bytes, .. } => {
                writeln!(out, "  {}", say("log-show-tail", &[arg("bytes", bytes)]))?;
            }
        }
        Ok(())
    }
}

/// The row of a line or a segment that could not be read.
fn damaged(line: Option<u64>) -> Safe {
    match line {
        Some(line) => say("log-show-damaged", &[arg("line", &line)]),
        None => say("log-show-damaged-segment", &[]),
    }
}

/// A record: its line, and its details where it has some.
fn sound(members: &Map<String, Value>, out: &mut dyn Write) -> Result<(), Failure> {
    let kind = text_of(members, "kind");
    let seq = value(members.get("seq"));
    let arguments: [Argument<'_>; 4] = [
        arg("seq", &seq),
        arg("at", &text_of(members, "at")),
        arg("kind", &kind),
        arg("summary", &summary(kind.as_str(), members)),
    ]
    .map(|(name, value)| (name, value.into_owned()));
    writeln!(out, "  {}", say("log-show-record", &arguments))?;
    if DETAILED.contains(&kind.as_str()) {
        details(members, out)?;
    }
    Ok(())
}

/// What a record says, in a few words.
fn summary(kind: &str, members: &Map<String, Value>) -> Safe {
    let scan = || scan_name(members);
    match kind {
        "open" => say(
            "log-show-open",
            &[
                arg("analyst", &text_of(members, "analyst")),
                arg("host", &text_of(members, "host")),
                arg("program", &text_of(members, "program")),
                arg("version", &text_of(members, "version")),
            ],
        ),
        "decision" | "second" => say(
            "log-show-decision",
            &[arg("decision", &conclusion(members)), arg("scan", &scan())],
        ),
        "amend" => say(
            "log-show-amend",
            &[
                arg("of", &text_of(members, "of")),
                arg("reason", &text_of(members, "reason")),
            ],
        ),
        "scan" | "view" => say("log-show-scan", &[arg("scan", &scan())]),
        "fault" => say(
            "log-show-fault",
            &[
                arg("segment", &text_of(members, "segment")),
                arg("what", &text_of(members, "what")),
            ],
        ),
        "clock" => say(
            "log-show-clock",
            &[arg("ms", &value(members.get("jump_ms")))],
        ),
        "close" => say(
            "log-show-close",
            &[arg("records", &value(members.get("records")))],
        ),
        _ => Safe::default(),
    }
}

/// The conclusion in the reader's words.
fn conclusion(members: &Map<String, Value>) -> Safe {
    let word = members
        .get("decision")
        .and_then(Value::as_str)
        .unwrap_or_default();
    conclusion_label(word)
}

/// How a reader knows the scan: container and file names, or its id.
fn scan_name(members: &Map<String, Value>) -> Safe {
    let scan = members.get("scan");
    let container = scan.and_then(|scan| scan.get("container")).into_iter();
    let files = scan
        .and_then(|scan| scan.get("files"))
        .and_then(Value::as_array);
    let paths = files
        .into_iter()
        .flatten()
        .filter_map(|file| file.get("path"));
    let names: Vec<Safe> = container
        .chain(paths)
        .filter_map(Value::as_str)
        .map(Safe::from_outside)
        .collect();
    if names.is_empty() {
        return text_of(members, "scan_id");
    }
    Safe::join(&names, "  ")
}

/// The members of the body that say something, one a line.
fn details(members: &Map<String, Value>, out: &mut dyn Write) -> Result<(), Failure> {
    for (name, member) in members {
        let shown = match (name.as_str(), member) {
            (own, _) if FRAME.contains(&own) => continue,
            (_, Value::Null) => continue,
            (_, Value::String(text)) if text.is_empty() => continue,
            (_, Value::Array(list)) if list.is_empty() => continue,
            (_, Value::Object(map)) if map.is_empty() => continue,
            ("reasons", Value::Array(list)) => reasons(list),
            (_, member) => value(Some(member)),
        };
        let name = Safe::from_outside(name);
        let line = say(
            "log-show-member",
            &[arg("name", &name), arg("value", &shown)],
        );
        writeln!(out, "        {line}")?;
    }
    writeln!(
        out,
        "        {}",
        say(
            "log-show-member",
            &[
                arg("name", &Safe::word("id")),
                arg("value", &text_of(members, "id")),
            ],
        )
    )?;
    Ok(())
}

/// Reason codes by their labels.
fn reasons(list: &[Value]) -> Safe {
    let labels: Vec<Safe> = list
        .iter()
        .map(|code| match code.as_str() {
            Some(code) => reason_label(code),
            None => value(Some(code)),
        })
        .collect();
    Safe::join(&labels, ", ")
}

/// A text member, safe to draw.
fn text_of(members: &Map<String, Value>, name: &str) -> Safe {
    value(members.get(name))
}

/// Any member, safe to draw: text as it is, anything else as JSON.
fn value(member: Option<&Value>) -> Safe {
    match member {
        None => Safe::default(),
        Some(Value::String(text)) => Safe::from_outside(text),
        Some(other) => Safe::from_outside(&other.to_string()),
    }
}
