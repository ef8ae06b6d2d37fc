//! Decisions: the form and its confirmation.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row, words};
use crate::app::{App, Effect, Mode, Purpose};
use crate::decisions::Conclusion;
use crate::keymap::Value;

/// Inside the form.
const DECIDING: &[Mode] = &[Mode::Decide];
/// How sure the analyst is.
const CONFIDENCE: Argument = number(1.0, 5.0, 3.0, "unit-confidence");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "open_decision",
        Group::Decide,
        LOOKING,
        Need::Scan,
        open_decision,
    ),
    row(
        "take_back",
        Group::Decide,
        LOOKING,
        Need::Fresh,
        |app, _| app.take_back(),
    ),
    row(
        "amend_decision",
        Group::Decide,
        LOOKING,
        Need::Scan,
        |app, _| app.begin_amend(),
    ),
    row(
        "choose_clear",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| choose(app, Conclusion::Clear),
    ),
    row(
        "choose_suspicious",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| choose(app, Conclusion::Suspicious),
    ),
    row(
        "choose_inconclusive",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| choose(app, Conclusion::Inconclusive),
    ),
    row(
        "choose_rescan",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| choose(app, Conclusion::Rescan),
    ),
    row(
        "choose_not_analysed",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| choose(app, Conclusion::NotAnalysed),
    ),
    row(
        "toggle_reason",
        Group::Decide,
        DECIDING,
        Need::Form,
        toggle_reason,
    )
    .takes(Argument::Reason),
    row(
        "toggle_row",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| {
            app.toggle_row();
            nothing()
        },
    ),
    row(
        "apply_template",
        Group::Decide,
        DECIDING,
        Need::Form,
        apply_template,
    )
    .takes(Argument::Text),
    row(
        "next_section",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| step_section(app, 1),
    ),
    row(
        "previous_section",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| step_section(app, -1),
    ),
    row(
        "set_confidence",
        Group::Decide,
        DECIDING,
        Need::Form,
        set_confidence,
    )
    .takes(CONFIDENCE),
    row("edit_note", Group::Decide, DECIDING, Need::Form, edit_note).takes(Argument::Text),
    row(
        "mark_region",
        Group::Decide,
        DECIDING,
        Need::Form,
        mark_region,
    ),
    row(
        "confirm_decision",
        Group::Decide,
        DECIDING,
        Need::Form,
        |app, _| app.confirm(),
    ),
    row(
        "use_second_log",
        Group::Decide,
        &[Mode::Decide, Mode::Outcome],
        Need::Offer,
        |app, _| app.use_second_log(),
    ),
    row(
        "discard_form",
        Group::Decide,
        DECIDING,
        Need::Form,
        discard_form,
    ),
];

/// Opens the form, as it was left.
fn open_decision(app: &mut App, _: &Value) -> Vec<Effect> {
    app.open_form()
}

/// Chooses a conclusion.
fn choose(app: &mut App, conclusion: Conclusion) -> Vec<Effect> {
    app.choose(conclusion);
    nothing()
}

/// Adds or takes back a reason by its code.
fn toggle_reason(app: &mut App, value: &Value) -> Vec<Effect> {
    match (words(value), &mut app.desk.form) {
        (Some(code), Some(form)) => form.toggle_reason(code),
        (None, Some(_)) => app.ask_line(Purpose::Reason, ""),
        _ => {}
    }
    nothing()
}

/// Fills the form in by a template; asks with a list.
fn apply_template(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(name) => app.apply_template(name),
        None => app.ask_line(Purpose::Template, ""),
    }
    nothing()
}

/// Goes to another list of the form.
fn step_section(app: &mut App, by: isize) -> Vec<Effect> {
    app.step_section(by);
    nothing()
}

/// How sure the analyst is; the same number again takes it back.
fn set_confidence(app: &mut App, value: &Value) -> Vec<Effect> {
    let chosen = Some(amount(value) as u8);
    if let Some(form) = &mut app.desk.form {
        form.confidence = if form.confidence == chosen {
            None
        } else {
            chosen
        };
    }
    nothing()
}

/// Asks for the note.
fn edit_note(app: &mut App, value: &Value) -> Vec<Effect> {
    match (words(value), &mut app.desk.form) {
        (Some(text), Some(form)) => text.clone_into(&mut form.note),
        (None, Some(form)) => {
            let note = form.note.clone();
            app.ask_line(Purpose::Note, &note);
        }
        _ => {}
    }
    nothing()
}

/// Goes to the picture to mark a region; the form waits.
fn mark_region(app: &mut App, _: &Value) -> Vec<Effect> {
    app.enter(Mode::Inspect);
    app.move_crosshair(0.0, 0.0);
    nothing()
}

/// Empties the form and closes it.
fn discard_form(app: &mut App, _: &Value) -> Vec<Effect> {
    app.discard_form();
    nothing()
}
