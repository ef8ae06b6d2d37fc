//! Regions.

use super::{Command, Group, Need, row};
use crate::app::Mode;

/// Where regions are marked: on the picture, before or while deciding.
const MARKING: &[Mode] = &[Mode::Inspect];

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("mark_corner", Group::Measure, MARKING, Need::Picture),
    row(
        "remove_last_mark",
        Group::Measure,
        &[Mode::Inspect, Mode::Decide],
        Need::Mark,
    ),
];
