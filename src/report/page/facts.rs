//! Who, when, which scan, what was concluded and why.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::cases::{Case, Effective, list, object, text};
use super::super::html::{Facts, code, duration, escaped, joined, outside, time, told};
use crate::decisions::{conclusion_label, control_label, reason_label};
use crate::messages::{arg, has, say};
use crate::text::Safe;

/// The facts of a case.
pub(super) fn of(case: &Case, now: &Effective) -> String {
    let members = &case.members;
    let mut facts = Facts::default();
    facts.add("report-decision", &decided(case, now));
    facts.add("report-reasons", &reasons(&now.reasons));
    facts.add("report-note", &outside(&now.note));
    let sure = now
        .confidence
        .map(|level| say("report-of-five", &[arg("level", &level)]));
    facts.add(
        "report-confidence",
        &sure.map_or(String::new(), |sure| escaped(&sure)),
    );
    facts.add("report-controls", &controls(&now.controls));
    facts.add("report-who", &who(case));
    facts.add("report-when", &when(case));
    facts.add("report-scan", &scan(members));
    facts.add(
        "report-declaration",
        &companion(object(members, "declaration")),
    );
    facts.add("report-radiation", &companion(object(members, "radiation")));
    facts.add("report-alarms", &alarms(list(members, "alarms")));
    facts.add("report-checklist", &checklist(object(members, "checklist")));
    facts.add("report-warnings", &warnings(members));
    facts.add("report-refers-to", &identity(text(members, "refers_to")));
    facts.add("report-record", &record(case));
    facts.html()
}

/// The conclusion that holds, the one that was recorded where it is another, and how far second
/// readings have come.
fn decided(case: &Case, now: &Effective) -> String {
    let first = text(&case.members, "decision");
    let mut out = format!("<b>{}</b>", escaped(&conclusion_label(&now.decision)));
    if first != now.decision {
        let was = say(
            "report-first-said",
            &[arg("decision", &conclusion_label(first))],
        );
        let _ = write!(out, " ({})", escaped(&was));
    }
    if now.amended {
        let _ = write!(out, "<br>{}", told("report-amended"));
    }
    let standing = told(&format!("report-standing-{}", now.standing.as_str()));
    out + &format!("<br><span class=\"small\">{standing}</span>")
}

/// Reasons by their labels and codes.
pub(in super::super) fn reasons(codes: &[String]) -> String {
    let one = |reason: &String| format!("{} {}", escaped(&reason_label(reason)), code(reason));
    joined(codes.iter().map(one), "<br>")
}

/// Types of control by their labels and numbers.
pub(in super::super) fn controls(asked: &[u64]) -> String {
    let one = |control: &u64| {
        let label = u16::try_from(*control).map_or_else(|_| Safe::default(), control_label);
        format!("{control} {}", escaped(&label))
    };
    joined(asked.iter().map(one), "<br>")
}

/// Who, as far as the log knows.
fn who(case: &Case) -> String {
    if case.analyst.is_empty() {
        return told("report-who-unknown");
    }
    let on = say(
        "report-on-host",
        &[arg("host", &Safe::from_outside(&case.host))],
    );
    format!(
        "<b>{}</b> {}<br><span class=\"small\">{}</span>",
        outside(&case.analyst),
        escaped(&on),
        told("report-who-claimed")
    )
}

/// When, and how long it took.
fn when(case: &Case) -> String {
    let timing = object(&case.members, "timing");
    let of = |name: &str| timing.get(name).and_then(Value::as_u64);
    let mut out = format!("<b>{}</b>", time(&case.at));
    if let Some(total) = of("total_ms") {
        let (total, idle) = (duration(total), duration(of("idle_ms").unwrap_or(0)));
        let took = say("report-took", &[arg("total", &total), arg("idle", &idle)]);
        let _ = write!(out, "<br>{}", escaped(&took));
    }
    if let Some(first) = of("first_pixel_ms") {
        let first = say("report-first-picture", &[arg("after", &duration(first))]);
        let _ = write!(out, "<br>{}", escaped(&first));
    }
    out
}

/// The scan, its files and their hashes.
fn scan(members: &Map<String, Value>) -> String {
    let scan = object(members, "scan");
    let kind = text(scan, "kind");
    let id = format!("report-kind-{kind}");
    let kind = if has(&id) { told(&id) } else { outside(kind) };
    let mut out = vec![kind];
    for file in list(scan, "files").iter().filter_map(Value::as_object) {
        let bytes = file.get("bytes").and_then(Value::as_u64).unwrap_or(0);
        let bytes = say("report-bytes", &[arg("bytes", &bytes)]);
        out.push(format!(
            "{} <span class=\"small\">({})</span><br><span class=\"small\">SHA-256 {}</span>",
            code(text(file, "path")),
            escaped(&bytes),
            code(text(file, "sha256"))
        ));
    }
    let scan_id = text(members, "scan_id");
    if list(scan, "files").len() != 1 {
        out.push(format!(
            "<span class=\"small\">{} {}</span>",
            told("report-scan-id"),
            code(scan_id)
        ));
    }
    joined(out.into_iter(), "<br>")
}

/// A companion file, its hash and what the analyst said to it.
fn companion(file: &Map<String, Value>) -> String {
    if file.is_empty() {
        return String::new();
    }
    let said = answer(file.get("answer"));
    format!(
        "{}{said}<br><span class=\"small\">SHA-256 {}</span>",
        code(text(file, "path")),
        code(text(file, "sha256"))
    )
}

/// What the analyst said to an alarm or a reading.
fn answer(said: Option<&Value>) -> String {
    match said {
        None => String::new(),
        Some(Value::String(word)) => {
            let id = format!("report-answer-{word}");
            format!(" ({})", if has(&id) { told(&id) } else { outside(word) })
        }
        Some(_) => format!(" ({})", told("report-answer-none")),
    }
}

/// Automatic alarms and their answers.
fn alarms(list: &[Value]) -> String {
    let one = |alarm: &Value| {
        let alarm = alarm.as_object()?;
        let revealed = text(alarm, "revealed_at");
        let shown = if revealed.is_empty() {
            told("report-alarm-hidden")
        } else {
            let at = Safe::from_outside(revealed);
            escaped(&say("report-alarm-shown", &[arg("at", &at)]))
        };
        Some(format!(
            "{} {}{} <span class=\"small\">{shown}</span>",
            outside(text(alarm, "source")),
            code(text(alarm, "id")),
            answer(alarm.get("answer"))
        ))
    };
    joined(list.iter().filter_map(one), "<br>")
}

/// Steps of the checklist and their states.
fn checklist(steps: &Map<String, Value>) -> String {
    let one = |(step, state): (&String, &Value)| {
        let state = state.as_str().unwrap_or("?");
        let label = |id: String, word: &str| {
            if has(&id) { told(&id) } else { outside(word) }
        };
        format!(
            "<b>{}</b> {}",
            label(format!("report-step-{state}"), state),
            label(format!("step-{step}"), step)
        )
    };
    joined(steps.iter().map(one), "<br>")
}

/// What the form warned of and the analyst confirmed, and how the picture stood at the end.
fn warnings(members: &Map<String, Value>) -> String {
    let label = |warning: &Value| {
        let word = warning.as_str()?;
        let id = format!("warning-{word}");
        let label = if has(&id) { told(&id) } else { String::new() };
        Some(format!("{label} {}", code(word)))
    };
    let acknowledged = list(members, "warnings_acknowledged");
    let mut out: Vec<String> = acknowledged.iter().filter_map(label).collect();
    if out.is_empty() {
        out.push(told("report-no-warnings"));
    }
    for (name, when, id) in [
        ("final_lossless", true, "report-final-lossless"),
        ("final_lossless", false, "report-final-lossy"),
        ("cells_only", true, "report-cells-only"),
        ("truncated", true, "report-truncated"),
    ] {
        if members.get(name).and_then(Value::as_bool) == Some(when) {
            out.push(told(id));
        }
    }
    joined(out.into_iter(), "<br>")
}

/// A record's id, where there is one.
fn identity(id: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        code(id)
    }
}

/// Where the record stands.
fn record(case: &Case) -> String {
    let hash = text(&case.members, "self");
    let at = say(
        "report-record-at",
        &[
            arg("segment", &Safe::from_outside(&case.segment)),
            arg("line", &case.line),
        ],
    );
    format!(
        "<span class=\"small\">{}<br>{}<br>SHA-256 {}</span>",
        code(&case.id),
        escaped(&at),
        code(hash)
    )
}
