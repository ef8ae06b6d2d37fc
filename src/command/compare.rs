//! Comparison: with what, how both are shown, and how they lie on each other.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row};
use crate::app::{App, Effect, Mode};
use crate::view::CompareMode;

/// While two are compared.
const COMPARING: &[Mode] = &[Mode::Compare];
/// Pixels of the other scan.
const PIXELS: Argument = number(0.1, 1000.0, 1.0, "unit-pixels");
/// Share of the screen.
const SHARE: Argument = number(0.1, 100.0, 5.0, "unit-percent-of-screen");
/// Parts of a thousand of the other scan's width.
const PERMILLE: Argument = number(0.1, 100.0, 1.0, "unit-permille");
/// Steps of a range.
const STEPS: Argument = number(0.1, 100.0, 1.0, "unit-steps");

/// A row of what can be done while nothing is compared yet.
const fn choosing(name: &'static str, run: super::Run) -> Command {
    row(name, Group::Compare, COMPARING, Need::Picture, run)
}

/// A row of what needs a comparison.
const fn comparing(name: &'static str, run: super::Run) -> Command {
    row(name, Group::Compare, COMPARING, Need::Comparison, run)
}

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "toggle_compare",
        Group::Compare,
        LOOKING,
        Need::Picture,
        |app, _| done(app, App::toggle_compare),
    ),
    choosing("compare_next_scan", |app, _| {
        done(app, |app| app.compare_along(1))
    }),
    choosing("compare_previous_scan", |app, _| {
        done(app, |app| app.compare_along(-1))
    }),
    choosing("compare_same_unit", |app, _| done(app, App::compare_unit)),
    choosing("compare_view", |app, _| done(app, App::compare_view)),
    choosing("compare_plane", |app, _| done(app, App::compare_plane)),
    choosing("compare_mirror", |app, _| done(app, App::compare_mirror)),
    comparing("show_swipe", |app, _| show(app, CompareMode::Swipe)),
    comparing("show_side_by_side", |app, _| {
        show(app, CompareMode::SideBySide)
    }),
    comparing("show_difference", |app, _| {
        show(app, CompareMode::Difference)
    }),
    comparing("show_log_ratio", |app, _| show(app, CompareMode::LogRatio)),
    comparing("blink", |app, _| done(app, App::blink)),
    comparing("toggle_blinking", |app, _| done(app, App::toggle_blinking)),
    comparing("move_divider_left", |app, v| {
        done(app, |app| app.move_divider(-amount(v) / 100.0))
    })
    .takes(SHARE),
    comparing("move_divider_right", |app, v| {
        done(app, |app| app.move_divider(amount(v) / 100.0))
    })
    .takes(SHARE),
    comparing("widen_range", |app, v| {
        done(app, |app| app.change_range(amount(v)))
    })
    .takes(STEPS),
    comparing("narrow_range", |app, v| {
        done(app, |app| app.change_range(-amount(v)))
    })
    .takes(STEPS),
    comparing("register", |app, _| done(app, App::register)),
    comparing("nudge_left", |app, v| {
        done(app, |app| app.nudge(-amount(v), 0.0))
    })
    .takes(PIXELS),
    comparing("nudge_right", |app, v| {
        done(app, |app| app.nudge(amount(v), 0.0))
    })
    .takes(PIXELS),
    comparing("nudge_up", |app, v| {
        done(app, |app| app.nudge(0.0, -amount(v)))
    })
    .takes(PIXELS),
    comparing("nudge_down", |app, v| {
        done(app, |app| app.nudge(0.0, amount(v)))
    })
    .takes(PIXELS),
    comparing("nudge_wider", |app, v| {
        done(app, |app| app.nudge_scale(amount(v) / 1000.0))
    })
    .takes(PERMILLE),
    comparing("nudge_narrower", |app, v| {
        done(app, |app| app.nudge_scale(-amount(v) / 1000.0))
    })
    .takes(PERMILLE),
    comparing("reset_registration", |app, _| {
        done(app, App::reset_registration)
    }),
];

/// Shows both pictures that way.
fn show(app: &mut App, mode: CompareMode) -> Vec<Effect> {
    done(app, |app| app.set_compare_mode(mode))
}

/// Changes the comparison.
fn done(app: &mut App, how: impl FnOnce(&mut App)) -> Vec<Effect> {
    how(app);
    nothing()
}
