//! Handing over the desk, and locking the screen.

use super::{Argument, Command, Group, LOOKING, NOT_TYPING, Need, nothing, row, words};
use crate::app::{App, Effect};
use crate::keymap::Value;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("hand_over", Group::App, LOOKING, Need::Nothing, hand_over).takes(Argument::Text),
    row(
        "lock_screen",
        Group::App,
        NOT_TYPING,
        Need::Nothing,
        |app, _| app.lock_screen(),
    ),
];

/// Gives the desk to another analyst.
fn hand_over(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(name) => app.hand_over(name),
        None => {
            app.ask_hand_over();
            nothing()
        }
    }
}
