//! The pane of a comparison: what is compared with what, how it is registered, what the colours
//! mean, and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::inspector;
use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, Mode};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Comparison, Registered};

/// Commands that the pane reminds of.
const KEYS: [&str; 12] = [
    "compare_previous_scan",
    "compare_next_scan",
    "compare_same_unit",
    "compare_mirror",
    "show_swipe",
    "blink",
    "show_difference",
    "show_log_ratio",
    "register",
    "show_side_by_side",
    "nudge_left",
    "reset_registration",
];

/// Draws the pane.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    let Some(area) = paint::beside(buffer, area, theme.plain()) else {
        return;
    };
    let mut lines = Lines::new(buffer, area);
    lines.line(&say("compare-title", &[]), theme.title());
    match app.comparison() {
        Some(comparison) => both(app, comparison, &mut lines, theme),
        None => lines.wrapped(&say("compare-nothing", &[]), theme.dim()),
    }
    if let Some(path) = &app.desk.beside.opening {
        let row = app.queue.rows.iter().find(|row| row.scan.path == *path);
        let name = row.map(|row| row.scan.name()).unwrap_or_default();
        let text = say("notice-compare-opening", &[arg("name", &name)]);
        lines.wrapped(&text, theme.warning());
    }
    lines.gap();
    for command in KEYS {
        let key = app.chord(Mode::Compare, command);
        if !key.is_empty() {
            let word = say(&format!("hint-{command}"), &[]);
            lines.pair(&key, &word, (theme.plain(), theme.dim()));
        }
    }
}

/// What is compared and how.
fn both(app: &App, comparison: &Comparison, lines: &mut Lines<'_>, theme: Theme) {
    lines.wrapped(&comparison.mode.label(), theme.plain());
    lines.wrapped(&other(app, comparison), theme.plain());
    let style = if comparison.registered == Registered::No {
        theme.warning()
    } else {
        theme.plain()
    };
    lines.wrapped(&comparison.registration_words(), style);
    lines.gap();
    let shown = app.desk.shown.as_ref();
    let shown = shown.filter(|shown| shown.view.comparison.as_ref() == Some(comparison));
    if let Some(shown) = shown.filter(|_| comparison.mode.subtracts()) {
        for row in &shown.picture.legend.rows {
            inspector::legend_row(row, lines, theme);
        }
    }
}

/// The other picture by its name.
pub(super) fn other(app: &App, comparison: &Comparison) -> Safe {
    if comparison.mirrored {
        return say("compare-own-mirror", &[]);
    }
    if let Some(plane) = &comparison.plane {
        let plane = Safe::from_outside(plane);
        return say("compare-own-plane", &[arg("plane", &plane)]);
    }
    match app.other_name() {
        Some(name) => say("compare-other", &[arg("name", &name)]),
        None => {
            let view = Safe::from_outside(&comparison.view);
            say("compare-own-view", &[arg("view", &view)])
        }
    }
}
