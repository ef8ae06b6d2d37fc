//! The status line: mode, window, filters, zoom, protocol, and what is missing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use super::theme::Theme;
use crate::app::{App, Mode};
use crate::delivery::{Facts, Level, Waits};
use crate::filter::FilterUse;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Aspect, Display, Registered, View};

/// Parts that give way on a narrow screen, the first to go first; the others always stand.
const YIELDING: [Part; 5] = [
    Part::Line,
    Part::Energy,
    Part::Zoom,
    Part::Window,
    Part::Display,
];

/// Cells that the filters' arguments, or else their names, may take.
const BRIEF: usize = 24;
/// The same beside the count of those that are bypassed.
const BRIEF_BESIDE: usize = 17;
/// Cells that the name of a view may take.
const NAME: usize = 12;

/// A shorter round trip is not felt.
const FELT: Duration = Duration::from_millis(30);

/// What a part of the line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Mode,
    View,
    Display,
    Window,
    Preview,
    Comparison,
    Filters,
    Zoom,
    Turned,
    Log,
    Energy,
    Line,
    Picture,
    Protocol,
}

/// Draws the status line.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    paint::fill(buffer, area, theme.status());
    let (mut left, mut right) = (left(app), right(app));
    let room = usize::from(area.width).saturating_sub(2);
    for part in YIELDING {
        if joined(&left).width() + GAP + joined(&right).width() <= room {
            break;
        }
        left.retain(|(is, _)| *is != part);
        right.retain(|(is, _)| *is != part);
    }
    let right = joined(&right);
    let left = joined(&left).cut_end(room.saturating_sub(right.width() + GAP));
    paint::text(buffer, area, (area.x + 1, area.y), &left, theme.status());
    let x = area.right().saturating_sub(right.width() as u16 + 1);
    paint::text(
        buffer,
        area,
        (x.max(area.x), area.y),
        &right,
        theme.status(),
    );
}

/// Cells between both sides at least.
const GAP: usize = 2;

/// Parts with lines between them.
fn joined(parts: &[(Part, Safe)]) -> Safe {
    let parts: Vec<Safe> = parts.iter().map(|(_, text)| text.clone()).collect();
    Safe::join(&parts, " │ ")
}

/// What is looked at and how.
fn left(app: &App) -> Vec<(Part, Safe)> {
    let mode = app
        .replay_place()
        .unwrap_or_else(|| say(&format!("mode-{}", app.mode.as_str()), &[]));
    let mut parts = vec![(Part::Mode, mode)];
    let Some(view) = &app.desk.view else {
        return parts;
    };
    parts.extend(which(app).map(|which| (Part::View, which)));
    parts.push((Part::Display, display(view)));
    parts.push((Part::Window, window(app, view)));
    if let Some(comparison) = &view.comparison {
        let id = format!("status-compare-{}", comparison.mode.as_str());
        parts.push((Part::Comparison, say(&id, &[])));
        if comparison.registered == Registered::No {
            let unregistered = say("status-compare-not-registered", &[]);
            parts.push((Part::Comparison, unregistered));
        }
    }
    if app.is_preview() {
        parts.push((Part::Preview, say("status-preview", &[])));
    }
    if view.rotation != 0 {
        let turned = say("status-rotation", &[arg("degrees", &view.rotation)]);
        parts.push((Part::Turned, turned));
    }
    for (on, id) in [
        (view.mirrored, "status-mirrored"),
        (view.flipped, "status-flipped"),
        (view.aspect == Aspect::Pixels, "status-aspect"),
    ] {
        if on {
            parts.push((Part::Turned, say(id, &[])));
        }
    }
    parts.extend(filters(view).map(|names| (Part::Filters, names)));
    let percent = Safe::number(view.zoom * 100.0, 0);
    parts.push((Part::Zoom, say("status-zoom", &[arg("percent", &percent)])));
    parts
}

/// Which of several views of the scan is looked at.
fn which(app: &App) -> Option<Safe> {
    let views = &app.desk.opened()?.views;
    let at_hand = &app.desk.radiograph()?.view;
    let number = views.iter().position(|one| one.view == *at_hand)? + 1;
    let name = Safe::from_outside(at_hand).cut_middle(NAME);
    let count = views.len();
    let said = [
        arg("view", &name),
        arg("number", &number),
        arg("count", &count),
    ];
    (count > 1).then(|| say("status-view", &said))
}

/// The filters at work, briefly: with their arguments, by their names, or the first and how many
/// more; and how many are bypassed.
fn filters(view: &View) -> Option<Safe> {
    if view.filters.is_empty() {
        return None;
    }
    let on: Vec<&FilterUse> = view.filters.iter().filter(|used| !used.bypassed).collect();
    let joined = |word: &dyn Fn(&FilterUse) -> String| {
        let words: Vec<Safe> = on
            .iter()
            .map(|used| Safe::from_outside(&word(used)))
            .collect();
        Safe::join(&words, "+")
    };
    let off = view.filters.len() - on.len();
    let room = if off == 0 { BRIEF } else { BRIEF_BESIDE };
    let whole = joined(&|used| used.to_string());
    let names = joined(&|used| used.name.clone());
    let brief = match on.split_first() {
        _ if whole.width() <= room => whole,
        Some((first, others)) if names.width() > room => say(
            "status-filters-more",
            &[
                arg("name", &Safe::from_outside(&first.name)),
                arg("count", &others.len()),
            ],
        ),
        _ => names,
    };
    Some(match (on.is_empty(), off) {
        (_, 0) => say("status-filters", &[arg("names", &brief)]),
        (true, _) => say("status-filters-off", &[arg("count", &off)]),
        (false, _) => say(
            "status-filters-some-off",
            &[arg("names", &brief), arg("count", &off)],
        ),
    })
}

/// The display, and the plane where it shows one.
fn display(view: &View) -> Safe {
    let plane = view
        .planes
        .first()
        .map(|plane| Safe::from_outside(plane))
        .unwrap_or_default();
    match &view.display {
        Display::Grey => say("status-grey", &[arg("plane", &plane)]),
        Display::Material => say("status-material", &[]),
        Display::Material4 => say("status-material4", &[]),
        Display::MaterialSafe => say("status-material-safe", &[]),
        Display::Class => say("status-class", &[]),
        Display::Z => say("status-z", &[]),
        Display::Thickness => say("status-thickness", &[]),
        Display::Steel => say("status-steel", &[]),
        Display::Palette(name) => {
            let name = Safe::from_outside(name);
            say(
                "status-palette",
                &[arg("plane", &plane), arg("name", &name)],
            )
        }
    }
}

/// Centre and width of the window in their unit.
fn window(app: &App, view: &View) -> Safe {
    let window = view.window;
    let number = |value: f64| Safe::number(value, window.unit.decimals());
    let (centre, width) = (number(window.centre), number(window.width));
    let unit = say(&format!("unit-short-{}", view.value_word(window.unit)), &[]);
    // What is replayed has the window that was recorded.
    let auto = app.habit.window_auto && app.replay_place().is_none();
    let id = match (window.function, auto) {
        (Some(_), true) => "status-window-auto-function",
        (Some(_), false) => "status-window-function",
        (None, true) => "status-window-auto",
        (None, false) => "status-window",
    };
    let function = Safe::word(window.function().as_str());
    say(
        id,
        &[
            arg("centre", &centre),
            arg("width", &width),
            arg("unit", &unit),
            arg("function", &function),
        ],
    )
}

/// Round trip, rate and bytes, on a line that is slow enough to be felt.
fn line(line: Facts) -> Option<Safe> {
    let rtt = line.rtt.filter(|rtt| *rtt >= FELT)?;
    let rate = line.rate?;
    Some(say(
        "status-line",
        &[
            arg("rtt", &(rtt.as_millis() as u64)),
            arg("rate", &Safe::number(rate / 1e3, 0)),
            arg("picture", &(line.picture as u64)),
            arg("sitting", &(line.sitting as u64)),
        ],
    ))
}

/// How much of the picture is on the screen.
fn picture(app: &App) -> Safe {
    if app.mode == Mode::Help || app.log_is_open() {
        return say("status-covered", &[]);
    }
    let level = app.line.filter(|_| !app.desk.is_stale());
    if app.line.is_some_and(|line| line.stalled) {
        return say("status-stalled", &[]);
    }
    if app
        .line
        .is_some_and(|line| line.waits == Some(Waits::Refused))
    {
        return say("status-refused", &[]);
    }
    let Some((line, rung, lossless)) = level.and_then(|line| match line.level {
        Level::Old => None,
        Level::At { rung, lossless } => Some((line, rung, lossless)),
    }) else {
        return say("status-working", &[]);
    };
    let reduction = app.desk.reduction();
    let reduced = say("status-reduced", &[arg("step", &reduction)]);
    match (lossless, reduction) {
        (true, 1) => return say("status-lossless", &[]),
        (true, _) => return reduced,
        (false, _) => {}
    }
    let rung = Safe::word(rung.as_str());
    let mut lossy = say("status-lossy", &[arg("rung", &rung)]);
    if reduction > 1 {
        lossy = Safe::join(&[lossy, reduced], " · ");
    }
    if !line.confirmed {
        return say("status-unconfirmed", &[arg("lossy", &lossy)]);
    }
    match (line.waits, line.left) {
        (Some(Waits::Metered), _) => {
            let key = app.chord(app.mode, "finish_picture");
            say("status-metered", &[arg("lossy", &lossy), arg("key", &key)])
        }
        (Some(Waits::Ceiling), _) => say("status-ceiling", &[arg("lossy", &lossy)]),
        (None, Some(left)) => say(
            "status-left",
            &[arg("lossy", &lossy), arg("seconds", &left.as_secs())],
        ),
        (Some(Waits::Refused), _) | (None, None) => lossy,
    }
}

/// What is missing, the protocol, and whether the picture is whole.
fn right(app: &App) -> Vec<(Part, Safe)> {
    let mut parts = Vec::new();
    if app.record.read_only {
        parts.push((Part::Log, say("status-read-only", &[])));
    } else if app.record.trouble.is_some() {
        parts.push((Part::Log, say("status-log-trouble", &[])));
    }
    if let Some(radiograph) = app.desk.radiograph() {
        if radiograph.planes.iter().all(|plane| plane.air.is_none()) {
            parts.push((Part::Energy, say("status-no-air", &[])));
        } else if radiograph.dual().is_none() {
            parts.push((Part::Energy, say("status-one-energy", &[])));
        }
    }
    if app.desk.view.is_some() {
        parts.extend(app.line.and_then(line).map(|line| (Part::Line, line)));
        parts.push((Part::Picture, picture(app)));
    }
    let id = if app.terminal.probing {
        "status-probing"
    } else {
        "status-protocol"
    };
    let protocol = Safe::word(app.terminal.protocol.as_str());
    parts.push((Part::Protocol, say(id, &[arg("protocol", &protocol)])));
    parts
}
