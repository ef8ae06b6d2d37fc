//! What came after the decision: corrections, second readings, arbitrations, outcomes, notes.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::cases::{Answer, Case, list, text};
use super::super::html::{Facts, code, escaped, joined, outside, time, told};
use super::super::pictures::Easel;
use super::facts::{controls, reasons};
use super::looks;
use super::named;
use crate::decisions::{FoundItem, ScanBlock, conclusion_label, result_label};
use crate::messages::{arg, say};
use crate::text::Safe;

/// The part of a case about what came later.
pub(super) fn of(case: &Case, easel: &mut Easel) -> String {
    let mut out = format!("<h3>{}</h3>\n", told("report-later"));
    let empty = out.len();
    for amend in &case.amends {
        out += &amended(amend, case);
    }
    for second in &case.seconds {
        out += &reading(second, case, easel);
    }
    for arbitration in &case.arbitrations {
        out += &arbitrated(arbitration);
    }
    for outcome in &case.outcomes {
        out += &inspected(outcome);
    }
    for note in &case.notes {
        out += &head("report-note", note);
        let _ = writeln!(out, "<p>{}</p>", outside(text(&note.members, "note")));
    }
    if out.len() == empty {
        let _ = writeln!(out, "<p>{}</p>", told("report-nothing-later"));
    }
    out
}

/// The title of an answer: what, who, when.
fn head(id: &str, answer: &Answer) -> String {
    let who = if answer.analyst.is_empty() {
        say("report-who-unknown", &[])
    } else {
        Safe::from_typed(&answer.analyst)
    };
    format!(
        "<h4>{}, {} <span class=\"small\">{}</span></h4>\n",
        named(&say(id, &[]), &who),
        time(&answer.at),
        code(&answer.id)
    )
}

/// A correction: of what, what changed, why.
fn amended(amend: &Answer, case: &Case) -> String {
    let mut facts = Facts::default();
    let of = text(&amend.members, "of");
    if of != case.id {
        facts.add("report-of-second", &code(of));
    }
    if let Some(Value::Object(change)) = amend.members.get("change") {
        changes(change, &mut facts);
    }
    facts.add("report-why", &outside(text(&amend.members, "reason")));
    head("report-amend", amend) + &facts.html()
}

/// The members that a correction replaces.
fn changes(change: &Map<String, Value>, facts: &mut Facts) {
    for (name, value) in change {
        match (name.as_str(), value) {
            ("decision", Value::String(word)) => {
                facts.add("report-decision", &escaped(&conclusion_label(word)));
            }
            ("reasons", Value::Array(_)) => {
                facts.add("report-reasons", &reasons(&texts(list(change, "reasons"))));
            }
            ("note", Value::String(note)) => facts.add("report-note", &outside(note)),
            ("controls", Value::Array(list)) => {
                let asked: Vec<u64> = list.iter().filter_map(Value::as_u64).collect();
                facts.add("report-controls", &controls(&asked));
            }
            ("confidence", value) => facts.add("report-confidence", &outside(&value.to_string())),
            ("regions", Value::Array(list)) => {
                let count = say("report-region-count", &[arg("count", &list.len())]);
                facts.add("report-found", &escaped(&count));
            }
            (other, value) => facts.add(
                "report-other",
                &format!("{} {}", code(other), outside(&value.to_string())),
            ),
        }
    }
}

/// The texts of a list.
fn texts(list: &[Value]) -> Vec<String> {
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// A second reading with what was looked at.
fn reading(second: &Arc<Answer>, case: &Case, easel: &mut Easel) -> String {
    let now = case.second(second);
    let mut facts = Facts::default();
    let decided = format!("<b>{}</b>", escaped(&conclusion_label(&now.decision)));
    facts.add("report-decision", &decided);
    let blind = second.members.get("blind").and_then(Value::as_bool) == Some(true);
    facts.add(
        "report-blind",
        &told(if blind {
            "report-blind-yes"
        } else {
            "report-blind-no"
        }),
    );
    facts.add("report-reasons", &reasons(&now.reasons));
    facts.add("report-note", &outside(&now.note));
    let scan = second.members.get("scan");
    let scan: Option<ScanBlock> = scan.and_then(|scan| serde_json::from_value(scan.clone()).ok());
    format!(
        "<div class=\"reading\">\n{}{}{}</div>\n",
        head("report-second", second),
        facts.html(),
        looks::of(&second.members, scan.as_ref(), "h5", easel)
    )
}

/// Which decision holds, and why.
fn arbitrated(answer: &Answer) -> String {
    let mut facts = Facts::default();
    let word = text(&answer.members, "decision");
    facts.add(
        "report-decision",
        &format!("<b>{}</b>", escaped(&conclusion_label(word))),
    );
    let of = texts(list(&answer.members, "of"));
    facts.add(
        "report-between",
        &joined(of.iter().map(|id| code(id)), "<br>"),
    );
    facts.add("report-why", &outside(text(&answer.members, "reason")));
    head("report-arbitration", answer) + &facts.html()
}

/// What an inspection found.
fn inspected(answer: &Answer) -> String {
    let members = &answer.members;
    let mut facts = Facts::default();
    let result = escaped(&result_label(text(members, "result")));
    facts.add("report-result", &format!("<b>{result}</b>"));
    let items = list(members, "found").iter();
    let items = items.map(|item| escaped(&FoundItem::read(item).label()));
    facts.add("report-items", &joined(items, "<br>"));
    facts.add("report-inspected-by", &outside(text(members, "by")));
    facts.add(
        "report-inspected-at",
        &outside(text(members, "inspected_at")),
    );
    head("report-outcome", answer) + &facts.html()
}
