//! Ways of looking under one name: applied, saved, removed.

use super::{Argument, Command, Group, LOOKING, Need, nothing, row, words};
use crate::app::{App, Effect, Purpose};
use crate::keymap::Value;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "apply_preset",
        Group::Window,
        LOOKING,
        Need::Picture,
        apply_preset,
    )
    .takes(Argument::Preset),
    row(
        "save_preset",
        Group::Window,
        LOOKING,
        Need::Picture,
        save_preset,
    ),
    row(
        "remove_preset",
        Group::Window,
        LOOKING,
        Need::Nothing,
        remove_preset,
    )
    .takes(Argument::Text),
];

/// A preset by its key or its name; asks with a list.
fn apply_preset(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(word) => app.apply_preset(word),
        None => app.ask_line(Purpose::Preset, ""),
    }
    nothing()
}

/// Keeps display, filters and window under a name and a key, which it asks for.
fn save_preset(app: &mut App, _: &Value) -> Vec<Effect> {
    app.begin_preset();
    nothing()
}

/// Removes a preset that was saved.
fn remove_preset(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(word) => return app.remove_preset(word),
        None => app.ask_line(Purpose::RemovePreset, ""),
    }
    nothing()
}
