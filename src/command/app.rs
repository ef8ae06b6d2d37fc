//! Leaving, help, panes, undo.

use super::{ANYWHERE, Argument, Command, Group, LOOKING, NOT_TYPING, Need, row};

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("quit", Group::App, NOT_TYPING, Need::Nothing),
    row("leave", Group::App, ANYWHERE, Need::Nothing),
    row("accept", Group::App, ANYWHERE, Need::Nothing),
    row("help", Group::App, NOT_TYPING, Need::Nothing),
    row("open_palette", Group::App, NOT_TYPING, Need::Nothing),
    row("suspend", Group::App, NOT_TYPING, Need::Nothing),
    row("redraw", Group::App, NOT_TYPING, Need::Nothing),
    row("scroll_down", Group::App, NOT_TYPING, Need::Nothing).takes(super::number(
        1.0,
        100.0,
        1.0,
        "unit-rows",
    )),
    row("scroll_up", Group::App, NOT_TYPING, Need::Nothing).takes(super::number(
        1.0,
        100.0,
        1.0,
        "unit-rows",
    )),
    row("toggle_queue", Group::App, NOT_TYPING, Need::Nothing),
    row("toggle_inspector", Group::App, NOT_TYPING, Need::Nothing),
    row("toggle_panes", Group::App, NOT_TYPING, Need::Nothing),
    row("undo", Group::App, LOOKING, Need::Undo),
    row("redo", Group::App, LOOKING, Need::Redo),
    row("set_protocol", Group::App, NOT_TYPING, Need::Nothing).takes(Argument::Text),
];
