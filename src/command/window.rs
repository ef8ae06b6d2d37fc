//! Window and level.

use super::{Argument, Command, Group, LOOKING, Need, number, row};

/// Part of the window's width, in percent.
const STEP: Argument = number(0.1, 100.0, 10.0, "unit-percent-of-window");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("window_auto", Group::Window, LOOKING, Need::Picture),
    row("raise_centre", Group::Window, LOOKING, Need::Picture).takes(STEP),
    row("lower_centre", Group::Window, LOOKING, Need::Picture).takes(STEP),
    row("widen_window", Group::Window, LOOKING, Need::Picture).takes(STEP),
    row("narrow_window", Group::Window, LOOKING, Need::Picture).takes(STEP),
    row("set_window", Group::Window, LOOKING, Need::Picture).takes(Argument::Text),
    row("apply_preset", Group::Window, LOOKING, Need::Picture).takes(number(
        1.0,
        9.0,
        1.0,
        "unit-preset",
    )),
];
