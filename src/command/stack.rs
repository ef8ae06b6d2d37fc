//! The filters in order, as an analyst edits them.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row};
use crate::app::{App, Effect, Mode};
use crate::keymap::Value;

/// While the stack is open.
const EDITING: &[Mode] = &[Mode::Stack];
/// Steps of an argument; a tenth is a fine one.
const STEPS: Argument = number(0.1, 100.0, 1.0, "unit-steps");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "toggle_stack",
        Group::Filter,
        LOOKING,
        Need::Picture,
        toggle_stack,
    ),
    row(
        "bypass_filter",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, App::bypass_filter),
    ),
    row(
        "remove_filter",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, App::remove_filter),
    ),
    row(
        "move_filter_down",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, |app| app.move_filter(1)),
    ),
    row(
        "move_filter_up",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, |app| app.move_filter(-1)),
    ),
    row(
        "next_argument",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, |app| app.step_argument(1)),
    ),
    row(
        "previous_argument",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, |app| app.step_argument(-1)),
    ),
    row(
        "raise_argument",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, v| change(app, amount(v)),
    )
    .takes(STEPS),
    row(
        "lower_argument",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, v| change(app, -amount(v)),
    )
    .takes(STEPS),
    row(
        "edit_argument",
        Group::Filter,
        EDITING,
        Need::Filter,
        |app, _| edit(app, App::ask_argument),
    ),
];

/// Opens the stack, or closes it.
fn toggle_stack(app: &mut App, _: &Value) -> Vec<Effect> {
    edit(app, App::toggle_stack)
}

/// Moves the selected argument by steps.
fn change(app: &mut App, steps: f64) -> Vec<Effect> {
    edit(app, |app| app.change_argument(steps))
}

/// Does something to the stack.
fn edit(app: &mut App, how: impl FnOnce(&mut App)) -> Vec<Effect> {
    how(app);
    nothing()
}
