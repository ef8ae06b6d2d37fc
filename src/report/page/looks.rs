//! What was looked at and how: every view in order with its picture, the longest six.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::cases::list;
use super::super::html::{duration, escaped, joined, outside, told};
use super::super::pictures::Easel;
use super::super::words;
use super::figures::{WIDEST, figure};
use crate::decisions::{ScanBlock, ViewSeen};
use crate::filter::FilterUse;
use crate::messages::{arg, has, say};
use crate::view::View;

/// Pictures of views in a report.
const PICTURES: usize = 6;

/// The part of a record about its views.
pub(super) fn of(
    members: &Map<String, Value>,
    scan: Option<&ScanBlock>,
    heading: &str,
    easel: &mut Easel,
) -> String {
    let views = list(members, "views");
    let mut out = format!("<{heading}>{}</{heading}>\n", told("report-looks"));
    if views.is_empty() {
        return out + &format!("<p>{}</p>\n", told("report-no-looks"));
    }
    let seen: Vec<Option<ViewSeen>> = views
        .iter()
        .map(|view| serde_json::from_value(view.clone()).ok())
        .collect();
    out += "<table class=\"list\"><thead><tr>";
    for head in ["step", "time", "what", "how", "shown"] {
        let _ = write!(out, "<th>{}</th>", told(&format!("report-look-{head}")));
    }
    out += "</tr></thead><tbody>";
    for (at, (seen, raw)) in seen.iter().zip(views).enumerate() {
        out += &row(at + 1, seen.as_ref(), raw);
    }
    out += "</tbody></table>\n";
    let mut longest: Vec<(usize, &ViewSeen)> = seen
        .iter()
        .enumerate()
        .filter_map(|(at, seen)| Some((at + 1, seen.as_ref()?)))
        .collect();
    longest.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.dwell_ms));
    longest.truncate(PICTURES);
    longest.sort_by_key(|(at, _)| *at);
    if let Some(scan) = scan {
        for (step, seen) in longest {
            let picture = easel.view(scan, &seen.view, Some(WIDEST), &[]);
            out += &figure(picture, &caption(step, seen), &[]);
        }
    }
    if views.len() > PICTURES {
        let _ = writeln!(out, "<p class=\"small\">{}</p>", told("report-longest"));
    }
    out
}

/// The words under the picture of a view.
fn caption(step: usize, seen: &ViewSeen) -> String {
    let said = say(
        "report-look-caption",
        &[arg("step", &step), arg("dwell", &duration(seen.dwell_ms))],
    );
    format!(
        "<b>{}</b> {}; {}",
        escaped(&said),
        what(&seen.view),
        how(&seen.view, "; ")
    )
}

/// A view as a row; one that a newer version wrote is shown as it is.
fn row(step: usize, seen: Option<&ViewSeen>, raw: &Value) -> String {
    let Some(seen) = seen else {
        let raw = outside(&raw.to_string());
        let why = told("report-look-unknown");
        return format!(
            "<tr><td class=\"n\">{step}</td><td colspan=\"4\">{why} <code>{raw}</code></td></tr>"
        );
    };
    let lossless = told(if seen.lossless {
        "report-lossless"
    } else {
        "report-lossy"
    });
    let merged = seen.merged.map_or(String::new(), |count| {
        format!(
            "<br>{}",
            escaped(&say("report-merged", &[arg("count", &count)]))
        )
    });
    format!(
        "<tr><td class=\"n\">{step}</td><td class=\"n\">{}{merged}</td><td>{}</td><td>{}</td>\
         <td>{lossless}<br><span class=\"small\">{} {}</span></td></tr>",
        escaped(&duration(seen.dwell_ms)),
        what(&seen.view),
        how(&seen.view, "<br>"),
        outside(&seen.quality),
        outside(&seen.protocol),
    )
}

/// Which part of which picture.
pub(in super::super) fn what(view: &View) -> String {
    joined(words::what(view).iter().map(escaped), ", ")
}

/// How: display, planes, window, filters, turns and comparison.
pub(in super::super) fn how(view: &View, between: &str) -> String {
    let display = format!(
        "{} <span class=\"small\">({})</span>",
        escaped(&words::display(view)),
        escaped(&words::planes(view))
    );
    let window = escaped(&words::window(view.window));
    let turns = words::turns(view);
    let turns = turns.iter().map(escaped);
    let all = [display, window, filters(&view.filters)];
    joined(all.into_iter().chain(turns), between)
}

/// The filters in order, each by name, meaning and arguments.
fn filters(filters: &[FilterUse]) -> String {
    if filters.is_empty() {
        return told("report-no-filters");
    }
    let one = |used: &FilterUse| {
        let args: Vec<String> = used.args.iter().map(f64::to_string).collect();
        let id = format!("filter-{}", used.name);
        let meaning = if has(&id) {
            format!(" {}", told(&id))
        } else {
            String::new()
        };
        let off = if used.bypassed {
            format!(" ({})", told("report-bypassed"))
        } else {
            String::new()
        };
        format!(
            "<code>{} {}</code>{meaning}{off}",
            outside(&used.name),
            args.join(" ")
        )
    };
    format!(
        "{} {}",
        told("report-filters"),
        joined(filters.iter().map(one), ", ")
    )
}
