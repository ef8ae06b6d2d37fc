//! The filter stack.

use super::{Argument, Command, Group, LOOKING, Need, row};

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("toggle_filter", Group::Filter, LOOKING, Need::Picture).takes(Argument::Filter),
    row("add_filter", Group::Filter, LOOKING, Need::Picture).takes(Argument::Text),
    row("remove_last_filter", Group::Filter, LOOKING, Need::Picture),
    row("clear_filters", Group::Filter, LOOKING, Need::Picture),
];
