//! Window and level.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row, words};
use crate::app::{App, Effect, Purpose};
use crate::keymap::Value;
use crate::view::{Extent, Step};

/// Part of the window's width, in percent.
const STEP: Argument = number(0.1, 100.0, 10.0, "unit-percent-of-window");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "window_auto",
        Group::Window,
        LOOKING,
        Need::Picture,
        window_auto,
    ),
    row(
        "window_visible",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, _| auto(app, Extent::Visible),
    ),
    row(
        "window_content",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, _| auto(app, Extent::Content),
    ),
    row(
        "raise_centre",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, v| shift(app, amount(v)),
    )
    .takes(STEP),
    row(
        "lower_centre",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, v| shift(app, -amount(v)),
    )
    .takes(STEP),
    row(
        "widen_window",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, v| scale(app, amount(v)),
    )
    .takes(STEP),
    row(
        "narrow_window",
        Group::Window,
        LOOKING,
        Need::Picture,
        |app, v| scale(app, -amount(v)),
    )
    .takes(STEP),
    row(
        "set_window",
        Group::Window,
        LOOKING,
        Need::Picture,
        set_window,
    )
    .takes(Argument::Text),
    row(
        "next_window_function",
        Group::Window,
        LOOKING,
        Need::Picture,
        next_function,
    ),
];

/// The window that fits the scan.
fn window_auto(app: &mut App, _: &Value) -> Vec<Effect> {
    auto(app, Extent::Scan)
}

/// The window that fits an extent.
fn auto(app: &mut App, extent: Extent) -> Vec<Effect> {
    app.set_window(extent.as_str());
    nothing()
}

/// The next curve that the displayed unit can follow.
fn next_function(app: &mut App, _: &Value) -> Vec<Effect> {
    app.next_window_function();
    nothing()
}

/// Moves the centre by a share of the width, in percent.
fn shift(app: &mut App, percent: f64) -> Vec<Effect> {
    app.change_window(|window| window.centre_moved(percent, Step::Fine));
    nothing()
}

/// Widens in steps of one percent; narrowing by as many undoes it.
fn scale(app: &mut App, percent: f64) -> Vec<Effect> {
    app.change_window(|window| window.width_changed(percent, Step::Fine));
    nothing()
}

/// The window by number.
fn set_window(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => app.set_window(text),
        None => app.ask_line(Purpose::Window, ""),
    }
    nothing()
}
