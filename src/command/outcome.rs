//! What a physical inspection came to.

use super::{Argument, Command, Group, Need, nothing, row, words};
use crate::app::{App, Effect, Mode, Purpose};
use crate::decisions::Inspection;
use crate::keymap::Value;

/// While an outcome is entered.
const ENTERING: &[Mode] = &[Mode::Outcome];

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "enter_outcome",
        Group::Log,
        &[Mode::Log],
        Need::Case,
        |app, _| change(app, App::enter_outcome),
    ),
    row(
        "choose_nothing_found",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| choose(app, Inspection::NothingFound),
    ),
    row(
        "choose_discrepancy",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| choose(app, Inspection::Discrepancy),
    ),
    row(
        "choose_seizure",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| choose(app, Inspection::Seizure),
    ),
    row(
        "choose_not_examined",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| choose(app, Inspection::NotExamined),
    ),
    row(
        "add_found",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, v| line(app, v, Purpose::FoundItem, App::add_found),
    )
    .takes(Argument::Text),
    row(
        "remove_found",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| change(app, App::remove_found),
    ),
    row(
        "set_inspector",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, v| line(app, v, Purpose::Inspector, App::set_inspector),
    )
    .takes(Argument::Text),
    row(
        "set_inspected_at",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, v| line(app, v, Purpose::InspectedAt, App::set_inspected_at),
    )
    .takes(Argument::Text),
    row(
        "confirm_outcome",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| app.confirm_outcome(),
    ),
    row(
        "discard_outcome",
        Group::Log,
        ENTERING,
        Need::Nothing,
        |app, _| change(app, App::discard_outcome),
    ),
];

/// Changes the state alone.
fn change(app: &mut App, how: impl FnOnce(&mut App)) -> Vec<Effect> {
    how(app);
    nothing()
}

/// Chooses what came of the inspection.
fn choose(app: &mut App, result: Inspection) -> Vec<Effect> {
    change(app, |app| app.choose_result(result))
}

/// Takes a line, or asks for it with what stands there already.
fn line(app: &mut App, value: &Value, asks: Purpose, take: fn(&mut App, &str)) -> Vec<Effect> {
    match words(value) {
        Some(text) => take(app, text),
        None => {
            let form = app.outcome_form();
            let before = match asks {
                Purpose::Inspector => form.map(|form| form.by.clone()),
                Purpose::InspectedAt => form.map(|form| {
                    let day = Some(&form.inspected_at).filter(|day| !day.is_empty());
                    day.unwrap_or(&app.log.read.today).clone()
                }),
                _ => None,
            };
            app.ask_line(asks, &before.unwrap_or_default());
        }
    }
    nothing()
}
