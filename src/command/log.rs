//! The log pane and what its cases lead to.

use super::{Argument, Command, Group, LOOKING, Need, nothing, row, words};
use crate::app::{App, Effect, Mode, Purpose};
use crate::keymap::Value;

/// In the log pane.
const LISTED: &[Mode] = &[Mode::Log];
/// While a case is replayed.
const REPLAYING: &[Mode] = &[Mode::Replay];

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("open_log", Group::Log, LOOKING, Need::Nothing, |app, _| {
        app.open_log()
    }),
    row("reload_log", Group::Log, LISTED, Need::Nothing, |app, _| {
        app.read_log()
    }),
    row(
        "next_case_filter",
        Group::Log,
        LISTED,
        Need::Nothing,
        |app, _| change(app, |app| app.step_case_filter(1)),
    ),
    row(
        "previous_case_filter",
        Group::Log,
        LISTED,
        Need::Nothing,
        |app, _| change(app, |app| app.step_case_filter(-1)),
    ),
    row(
        "toggle_unit_cases",
        Group::Log,
        LISTED,
        Need::Nothing,
        |app, _| change(app, App::toggle_unit_cases),
    ),
    row("find_case", Group::Log, LISTED, Need::Nothing, find_case).takes(Argument::Text),
    row("open_case", Group::Log, LISTED, Need::Case, |app, _| {
        change(app, App::open_case)
    }),
    row("replay_case", Group::Log, LISTED, Need::Case, |app, _| {
        app.replay_case()
    }),
    row("export_case", Group::Log, LISTED, Need::Case, export_case).takes(Argument::Text),
    row(
        "next_step",
        Group::Log,
        REPLAYING,
        Need::Nothing,
        |app, _| change(app, |app| app.step_replay(1)),
    ),
    row(
        "previous_step",
        Group::Log,
        REPLAYING,
        Need::Nothing,
        |app, _| change(app, |app| app.step_replay(-1)),
    ),
];

/// Changes the state alone.
fn change(app: &mut App, how: impl FnOnce(&mut App)) -> Vec<Effect> {
    how(app);
    nothing()
}

/// Lists the cases that hold a text.
fn find_case(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => app.find_case(text),
        None => {
            let before = app.log.search.clone();
            app.ask_line(Purpose::FindCase, &before);
        }
    }
    nothing()
}

/// Writes the page of the selected case.
fn export_case(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(file) => app.export_case(file),
        None => {
            app.ask_export();
            nothing()
        }
    }
}
