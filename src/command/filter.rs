//! The filter stack.

use super::{Argument, Command, Group, LOOKING, Need, nothing, row, words};
use crate::app::{App, Effect, Level, Purpose};
use crate::filter::{Filter, find};
use crate::keymap::Value;
use crate::messages::say;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "toggle_filter",
        Group::Filter,
        LOOKING,
        Need::Picture,
        toggle_filter,
    )
    .takes(Argument::Filter),
    row(
        "add_filter",
        Group::Filter,
        LOOKING,
        Need::Picture,
        add_filter,
    )
    .takes(Argument::Text),
    row(
        "remove_last_filter",
        Group::Filter,
        LOOKING,
        Need::Picture,
        remove_last_filter,
    ),
    row(
        "clear_filters",
        Group::Filter,
        LOOKING,
        Need::Picture,
        clear_filters,
    ),
];

/// Puts a filter on top of the stack, or takes it out.
fn toggle_filter(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(name) if find(name).is_some_and(Filter::needs_classes) && !Need::Dual.is_met(app) => {
            app.tell(Level::Info, say(Need::Dual.message(), &[]));
        }
        Some(name) => app.toggle_filter(name),
        None => app.ask_line(Purpose::ToggleFilter, ""),
    }
    nothing()
}

/// A filter with its arguments, as typed.
fn add_filter(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => app.insert_filter(text),
        None => app.ask_line(Purpose::Filter, ""),
    }
    nothing()
}

/// Takes the last filter off the stack.
fn remove_last_filter(app: &mut App, _: &Value) -> Vec<Effect> {
    if app
        .desk
        .view
        .as_ref()
        .is_some_and(|view| view.filters.is_empty())
    {
        app.tell(Level::Info, say("notice-no-filters", &[]));
    } else {
        app.change_filters(|filters| {
            filters.pop();
            Ok(())
        });
    }
    nothing()
}

/// Takes every filter off the stack.
fn clear_filters(app: &mut App, _: &Value) -> Vec<Effect> {
    app.change_filters(|filters| {
        filters.clear();
        Ok(())
    });
    nothing()
}
