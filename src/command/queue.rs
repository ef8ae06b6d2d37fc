//! Choosing a scan.

use crate::app::Mode;

use super::{Argument, Command, Group, LOOKING, Need, number, row};

/// The queue alone.
const BROWSING: &[Mode] = &[Mode::Browse];

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("next_scan", Group::Queue, LOOKING, Need::Scan).takes(number(
        1.0,
        1000.0,
        1.0,
        "unit-scans",
    )),
    row("previous_scan", Group::Queue, LOOKING, Need::Scan).takes(number(
        1.0,
        1000.0,
        1.0,
        "unit-scans",
    )),
    row("first_scan", Group::Queue, LOOKING, Need::Scan),
    row("last_scan", Group::Queue, LOOKING, Need::Scan),
    row("next_undecided", Group::Queue, LOOKING, Need::Scan),
    row("inspect_scan", Group::Queue, BROWSING, Need::Scan),
    row("find_scan", Group::Queue, LOOKING, Need::Scan).takes(Argument::Text),
    row("reload_queue", Group::Queue, LOOKING, Need::Nothing),
];
