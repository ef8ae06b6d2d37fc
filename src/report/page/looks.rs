//! What was looked at and how: every view in order with its picture, the longest six.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::cases::list;
use super::super::html::{duration, escaped, joined, number, outside, told};
use super::super::pictures::Easel;
use super::figures::{WIDEST, figure};
use crate::decisions::{ScanBlock, ViewSeen};
use crate::filter::FilterUse;
use crate::messages::{arg, has, say};
use crate::text::Safe;
use crate::view::{View, Window};

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
    let [x, y, width, height] = view.region.map(|side| Safe::number(side, 0));
    let part = say(
        "report-pixels",
        &[
            arg("x", &x),
            arg("y", &y),
            arg("width", &width),
            arg("height", &height),
        ],
    );
    let zoom = say("report-zoom", &[arg("zoom", &number(view.zoom, 2))]);
    let of = say(
        "report-of-view",
        &[arg("view", &Safe::from_outside(&view.view))],
    );
    joined([&of, &part, &zoom].into_iter().map(escaped), ", ")
}

/// How: display, planes, window, filters, turns and comparison.
pub(in super::super) fn how(view: &View, between: &str) -> String {
    let word = view.display.as_str();
    let plain = word.split(':').next().unwrap_or_default();
    let palette = word.strip_prefix("palette:").unwrap_or_default();
    let display = say(
        &format!("report-display-{plain}"),
        &[arg("palette", &Safe::from_outside(palette))],
    );
    let planes: Vec<Safe> = view
        .planes
        .iter()
        .map(|plane| Safe::from_outside(plane))
        .collect();
    let planes = Safe::join(&planes, " + ");
    let mut out = vec![
        format!(
            "{} <span class=\"small\">({})</span>",
            escaped(&display),
            escaped(&planes)
        ),
        window(view.window),
        filters(&view.filters),
    ];
    if view.rotation != 0 {
        out.push(escaped(&say(
            "report-rotated",
            &[arg("degrees", &view.rotation)],
        )));
    }
    if view.mirrored {
        out.push(told("report-mirrored"));
    }
    if view.flipped {
        out.push(told("report-flipped"));
    }
    if let Some(with) = &view.comparison {
        let mode = with.mode.label();
        let scan: String = with.scan.chars().take(12).collect();
        let compared = say(
            "report-compared",
            &[arg("mode", &mode), arg("scan", &Safe::from_outside(&scan))],
        );
        out.push(escaped(&compared));
        out.push(escaped(&with.registration_words()));
    }
    if let Some(profile) = &view.profile {
        let hash: String = profile.sha256().chars().take(12).collect();
        let told = say("report-profile", &[arg("hash", &Safe::from_outside(&hash))]);
        out.push(escaped(&told));
    }
    joined(out.into_iter(), between)
}

/// The window in words.
fn window(window: Window) -> String {
    let decimals = window.unit.decimals();
    let [low, high] = window.edges().map(|edge| number(edge, decimals));
    let unit = say(&format!("report-unit-{}", window.unit.as_str()), &[]);
    let said = say(
        "report-window",
        &[
            arg("low", &low),
            arg("high", &high),
            arg("unit", &unit),
            arg("centre", &number(window.centre, decimals)),
            arg("width", &number(window.width, decimals)),
        ],
    );
    let curve = told(&format!("report-curve-{}", window.function().as_str()));
    format!("{}, {curve}", escaped(&said))
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
