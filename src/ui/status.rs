//! The status line: mode, window, filters, zoom, protocol, and what is missing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use super::theme::Theme;
use crate::app::App;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Display, Unit, View};

/// Parts that give way on a narrow screen, the first to go first; the others always stand.
const YIELDING: [Part; 4] = [Part::Energy, Part::Zoom, Part::Window, Part::Display];

/// What a part of the line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Mode,
    Display,
    Window,
    Filters,
    Zoom,
    Log,
    Energy,
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
    let mode = say(&format!("mode-{}", app.mode.as_str()), &[]);
    let mut parts = vec![(Part::Mode, mode)];
    let Some(view) = &app.desk.view else {
        return parts;
    };
    parts.push((Part::Display, display(view)));
    parts.push((Part::Window, window(app, view)));
    if !view.filters.is_empty() {
        let names: Vec<Safe> = view
            .filters
            .iter()
            .map(|used| Safe::from_outside(&used.to_string()))
            .collect();
        let names = Safe::join(&names, "+");
        parts.push((
            Part::Filters,
            say("status-filters", &[arg("names", &names)]),
        ));
    }
    let percent = Safe::number(view.zoom * 100.0, 0);
    parts.push((Part::Zoom, say("status-zoom", &[arg("percent", &percent)])));
    if view.rotation != 0 {
        let turned = say("status-rotation", &[arg("degrees", &view.rotation)]);
        parts.push((Part::Zoom, turned));
    }
    parts
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
        Display::Class => say("status-class", &[]),
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
    let number = |value: f64| Safe::number(value, if window.unit == Unit::Sample { 0 } else { 3 });
    let (centre, width) = (number(window.centre), number(window.width));
    let unit = say(&format!("unit-short-{}", window.unit.as_str()), &[]);
    let id = if app.habit.window_auto {
        "status-window-auto"
    } else {
        "status-window"
    };
    say(
        id,
        &[
            arg("centre", &centre),
            arg("width", &width),
            arg("unit", &unit),
        ],
    )
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
    if app.desk.is_stale() {
        parts.push((Part::Picture, say("status-working", &[])));
    } else if let Some(shown) = &app.desk.shown {
        let id = if shown.is_lossless() {
            "status-lossless"
        } else {
            "status-lossy"
        };
        parts.push((Part::Picture, say(id, &[])));
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
