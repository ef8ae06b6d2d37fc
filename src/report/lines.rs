//! JSONL: one case a line, everything that the log says of it, and what holds now.

use serde_json::{Value, json};
use std::sync::Arc;

use super::cases::{Answer, Case, State};
use crate::decisions::plain_json;

/// The line of a case, without its end. Texts in it cannot be obeyed by a terminal.
pub fn json_line(case: &Case, state: &State) -> String {
    let now = case.effective();
    let document = json!({
        "id": case.id,
        "at": case.at,
        "analyst": case.analyst,
        "host": case.host,
        "segment": case.segment,
        "line": case.line,
        "effective": {
            "decision": now.decision,
            "reasons": now.reasons,
            "note": now.note,
            "confidence": now.confidence,
            "regions": now.regions,
            "controls": now.controls,
            "amended": now.amended,
            "standing": now.standing.as_str(),
            "analyst": now.analyst,
            "at": now.at,
        },
        "decision": case.members,
        "amends": answers(&case.amends),
        "seconds": answers(&case.seconds),
        "arbitrations": answers(&case.arbitrations),
        "outcomes": answers(&case.outcomes),
        "notes": answers(&case.notes),
        "log": {
            "records": state.records,
            "segments": state.segments,
            "damaged": state.damaged,
            "tails": state.tails,
            "repeated": state.repeated,
            "orphans": state.orphans,
        },
    });
    plain_json(&document.to_string())
}

/// Records with who wrote them, which they do not say themselves.
fn answers(list: &[Arc<Answer>]) -> Vec<Value> {
    let one = |answer: &Arc<Answer>| json!({"analyst": answer.analyst, "record": answer.members});
    list.iter().map(one).collect()
}
