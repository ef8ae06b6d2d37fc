//! A look in words, without a page around them.

use super::html::{duration, number};
use crate::decisions::ViewSeen;
use crate::filter::FilterUse;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{View, Window};

/// What is told of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookWords {
    /// How long it stood, with what was merged into it.
    pub stood: Safe,
    /// Which part of which picture.
    pub what: Safe,
    /// Display, window, filters, turns and comparison.
    pub how: Safe,
    /// How it reached the screen.
    pub shown: Safe,
}

/// A look in words.
pub fn look_words(seen: &ViewSeen) -> LookWords {
    let stood = duration(seen.dwell_ms);
    let merged = seen
        .merged
        .map(|count| say("report-merged", &[arg("count", &count)]));
    let lossless = say(
        if seen.lossless {
            "report-lossless"
        } else {
            "report-lossy"
        },
        &[],
    );
    let outside = |text: &str| Safe::from_outside(text);
    let shown = [outside(&seen.protocol), outside(&seen.quality), lossless];
    let stood: Vec<Safe> = [stood].into_iter().chain(merged).collect();
    LookWords {
        stood: Safe::join(&stood, ", "),
        what: Safe::join(&what(&seen.view), ", "),
        how: Safe::join(&how(&seen.view), "; "),
        shown: Safe::join(&shown, ", "),
    }
}

/// Which part of which picture.
pub(super) fn what(view: &View) -> [Safe; 3] {
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
    [of, part, zoom]
}

/// Display, planes, window, filters, turns and comparison.
fn how(view: &View) -> Vec<Safe> {
    let mut out = vec![
        Safe::from_outside(&format!("{} ({})", display(view), planes(view))),
        window(view.window),
    ];
    if view.filters.is_empty() {
        out.push(say("report-no-filters", &[]));
    } else {
        let all: Vec<Safe> = view.filters.iter().map(filter).collect();
        let names = Safe::join(&all, ", ");
        out.push(Safe::join(&[say("report-filters", &[]), names], " "));
    }
    out.extend(turns(view));
    out
}

/// The display.
pub(super) fn display(view: &View) -> Safe {
    let word = view.display.as_str();
    let plain = word.split(':').next().unwrap_or_default();
    let palette = word.strip_prefix("palette:").unwrap_or_default();
    say(
        &format!("report-display-{plain}"),
        &[arg("palette", &Safe::from_outside(palette))],
    )
}

/// The planes that are looked at.
pub(super) fn planes(view: &View) -> Safe {
    let planes = view.planes.iter();
    let planes: Vec<Safe> = planes.map(|plane| Safe::from_outside(plane)).collect();
    Safe::join(&planes, " + ")
}

/// The window.
pub(super) fn window(window: Window) -> Safe {
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
    let curve = say(&format!("report-curve-{}", window.function().as_str()), &[]);
    Safe::join(&[said, curve], ", ")
}

/// A filter with its arguments, and whether it was bypassed.
fn filter(used: &FilterUse) -> Safe {
    let args: Vec<String> = used.args.iter().map(f64::to_string).collect();
    let named = format!("{} {}", used.name, args.join(" "));
    let named = Safe::from_outside(named.trim_end());
    if !used.bypassed {
        return named;
    }
    let off = format!("({})", say("report-bypassed", &[]));
    Safe::join(&[named, Safe::from_outside(&off)], " ")
}

/// Turns, comparison and profile.
pub(super) fn turns(view: &View) -> Vec<Safe> {
    let mut out = Vec::new();
    if view.rotation != 0 {
        out.push(say("report-rotated", &[arg("degrees", &view.rotation)]));
    }
    if view.mirrored {
        out.push(say("report-mirrored", &[]));
    }
    if view.flipped {
        out.push(say("report-flipped", &[]));
    }
    if let Some(with) = &view.comparison {
        let mode = with.mode.label();
        let scan: String = with.scan.chars().take(12).collect();
        out.push(say(
            "report-compared",
            &[arg("mode", &mode), arg("scan", &Safe::from_outside(&scan))],
        ));
        out.push(with.registration_words());
    }
    if let Some(profile) = &view.profile {
        let hash: String = profile.sha256().chars().take(12).collect();
        let hash = Safe::from_outside(&hash);
        out.push(say("report-profile", &[arg("hash", &hash)]));
    }
    out
}
