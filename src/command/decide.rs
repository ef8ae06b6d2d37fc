//! Decisions: the form and its confirmation.

use super::{Argument, Command, Group, LOOKING, Need, number, row};
use crate::app::Mode;

/// Inside the form.
const DECIDING: &[Mode] = &[Mode::Decide];

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("open_decision", Group::Decide, LOOKING, Need::Scan),
    row("choose_clear", Group::Decide, DECIDING, Need::Form),
    row("choose_suspicious", Group::Decide, DECIDING, Need::Form),
    row("choose_inconclusive", Group::Decide, DECIDING, Need::Form),
    row("choose_rescan", Group::Decide, DECIDING, Need::Form),
    row("choose_not_analysed", Group::Decide, DECIDING, Need::Form),
    row("toggle_reason", Group::Decide, DECIDING, Need::Form).takes(Argument::Reason),
    row("toggle_reason_row", Group::Decide, DECIDING, Need::Form),
    row("set_confidence", Group::Decide, DECIDING, Need::Form).takes(number(
        1.0,
        5.0,
        3.0,
        "unit-confidence",
    )),
    row("edit_note", Group::Decide, DECIDING, Need::Form).takes(Argument::Text),
    row("mark_region", Group::Decide, DECIDING, Need::Form),
    row("confirm_decision", Group::Decide, DECIDING, Need::Form),
    row("retry_recording", Group::Decide, DECIDING, Need::Form),
];
