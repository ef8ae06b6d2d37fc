//! CSV by RFC 4180: one row a decision. Cells that a spreadsheet would run as a formula, and
//! characters that a terminal would obey, lose that power.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::cases::{Answer, Case, State, list, nothing, object, text};
use crate::text::Safe;

/// The columns. New ones come at the end.
pub(super) const COLUMNS: [&str; 48] = [
    "id",
    "at",
    "analyst",
    "host",
    "segment",
    "line",
    "decision",
    "effective_decision",
    "standing",
    "amended",
    "reasons",
    "effective_reasons",
    "confidence",
    "note",
    "controls",
    "scan_id",
    "container",
    "unit",
    "scan_kind",
    "files",
    "sha256",
    "regions",
    "region_labels",
    "views",
    "dwell_ms",
    "final_lossless",
    "cells_only",
    "truncated",
    "warnings_acknowledged",
    "first_pixel_ms",
    "total_ms",
    "idle_ms",
    "declaration",
    "radiation_answer",
    "refers_to",
    "amend_reasons",
    "second_decision",
    "second_analyst",
    "second_blind",
    "arbitration_reason",
    "outcome",
    "outcome_found",
    "outcome_by",
    "outcome_at",
    "log_damaged",
    "log_tails",
    "log_repeated",
    "log_orphans",
];

/// The first line, with its end.
pub fn csv_head() -> String {
    line(&COLUMNS.map(str::to_owned))
}

/// The row of a case, with its end.
pub fn csv_row(case: &Case, state: &State) -> String {
    line(&cells(case, state))
}

/// What a column holds, in files that tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "parquet"), allow(dead_code))]
pub(super) enum Holds {
    /// Text; several are joined by `; `.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Switch,
    /// A moment.
    Time,
}

/// What the column of that name holds.
#[cfg_attr(not(feature = "parquet"), allow(dead_code))]
pub(super) fn holds(column: &str) -> Holds {
    match column {
        "at" => Holds::Time,
        "line" | "confidence" | "regions" | "views" | "dwell_ms" | "first_pixel_ms"
        | "total_ms" | "idle_ms" | "log_damaged" | "log_tails" | "log_repeated" | "log_orphans" => {
            Holds::Integer
        }
        "amended" | "final_lossless" | "cells_only" | "truncated" | "second_blind" => Holds::Switch,
        _ => Holds::Text,
    }
}

/// The cells of a case as they are, in the order of [`COLUMNS`]; empty where there is nothing.
pub(super) fn cells(case: &Case, state: &State) -> [String; COLUMNS.len()] {
    let now = case.effective();
    let of = &case.members;
    let scan = object(of, "scan");
    let timing = object(of, "timing");
    let files = list(scan, "files");
    let outcome = last(&case.outcomes);
    let second = case.second_readings().last();
    let arbitration = last(&case.arbitrations);
    let views = list(of, "views");
    let dwell: u64 = views
        .iter()
        .filter_map(|view| view.get("dwell_ms")?.as_u64())
        .sum();
    [
        case.id.clone(),
        case.at.clone(),
        case.analyst.clone(),
        case.host.clone(),
        case.segment.clone(),
        case.line.to_string(),
        text(of, "decision").to_owned(),
        now.decision,
        now.standing.as_str().to_owned(),
        now.amended.to_string(),
        joined(list(of, "reasons")),
        now.reasons.join("; "),
        now.confidence.map_or(String::new(), |n| n.to_string()),
        now.note,
        now.controls
            .iter()
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join("; "),
        cell(of, "scan_id"),
        cell(scan, "container"),
        cell(of, "unit"),
        cell(scan, "kind"),
        each(files, "path"),
        each(files, "sha256"),
        now.regions.len().to_string(),
        each(&now.regions, "label"),
        views.len().to_string(),
        dwell.to_string(),
        cell(of, "final_lossless"),
        cell(of, "cells_only"),
        cell(of, "truncated"),
        joined(list(of, "warnings_acknowledged")),
        cell(timing, "first_pixel_ms"),
        cell(timing, "total_ms"),
        cell(timing, "idle_ms"),
        cell(object(of, "declaration"), "path"),
        cell(object(of, "radiation"), "answer"),
        Some(cell(of, "refers_to"))
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| cell(of, "of")),
        case.amends
            .iter()
            .map(|amend| text(&amend.members, "reason").to_owned())
            .collect::<Vec<_>>()
            .join("; "),
        second
            .as_ref()
            .map_or(String::new(), |(_, reading)| reading.decision.clone()),
        second
            .as_ref()
            .map_or(String::new(), |(second, _)| second.analyst.clone()),
        cell(
            second.map_or(nothing(), |(second, _)| &second.members),
            "blind",
        ),
        cell(arbitration, "reason"),
        cell(outcome, "result"),
        each(list(outcome, "found"), "what"),
        cell(outcome, "by"),
        cell(outcome, "inspected_at"),
        state.damaged.to_string(),
        state.tails.to_string(),
        state.repeated.to_string(),
        state.orphans.to_string(),
    ]
}

/// The members of the last answer, or none.
fn last(answers: &[Arc<Answer>]) -> &Map<String, Value> {
    answers.last().map_or(nothing(), |answer| &answer.members)
}

/// A member as a cell; nothing where it is missing or null.
fn cell(members: &Map<String, Value>, name: &str) -> String {
    match members.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The texts of a list in one cell.
fn joined(list: &[Value]) -> String {
    let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    texts.join("; ")
}

/// One text member of every object of a list in one cell.
fn each(list: &[Value], name: &str) -> String {
    let texts = list.iter().filter_map(|one| one.get(name)?.as_str());
    texts.collect::<Vec<_>>().join("; ")
}

/// Cells as a line.
fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

/// A cell that is text to every reader: no character that a terminal obeys, nothing that a
/// spreadsheet runs, quotes where commas, quotes and line ends need them.
fn quoted(cell: &str) -> String {
    let lines: Vec<String> = cell
        .split('\n')
        .map(|line| Safe::from_typed(line).to_string())
        .collect();
    let mut safe = lines.join("\n");
    // The full-width forms are folded into the others by some spreadsheets.
    let begins = |c: char| "=+-@＝＋－＠".contains(c) || c.is_control();
    if cell.trim_start_matches(' ').starts_with(begins) {
        safe.insert(0, '\'');
    }
    if safe.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_to_every_reader() {
        for (cell, shown) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("  =1+1", "'  =1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\t=1", "'\\u{9}=1"),
            ("\r\n=1", "\"'\\u{d}\n=1\""),
            ("\u{1b}[2J", "'\\u{1b}[2J"),
            ("", ""),
        ] {
            assert_eq!(quoted(cell), shown, "{cell:?}");
        }
    }
}
