//! Zoom, pan, planes, displays, crosshair.

use super::{Argument, Command, Group, LOOKING, Need, number, row};
use crate::app::Mode;

/// The picture alone: arrows belong to the queue while browsing.
const INSPECTING: &[Mode] = &[Mode::Inspect];
/// Part of the screen, in percent.
const SHARE: Argument = number(1.0, 100.0, 25.0, "unit-percent-of-screen");
/// Steps of the crosshair, in picture pixels on the screen.
const STEPS: Argument = number(1.0, 1000.0, 1.0, "unit-pixels");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("zoom_in", Group::View, LOOKING, Need::Picture),
    row("zoom_out", Group::View, LOOKING, Need::Picture),
    row("zoom_fit", Group::View, LOOKING, Need::Picture),
    row("zoom_one_to_one", Group::View, LOOKING, Need::Picture),
    row("pan_left", Group::View, LOOKING, Need::Picture).takes(SHARE),
    row("pan_right", Group::View, LOOKING, Need::Picture).takes(SHARE),
    row("pan_up", Group::View, LOOKING, Need::Picture).takes(SHARE),
    row("pan_down", Group::View, LOOKING, Need::Picture).takes(SHARE),
    row("rotate_right", Group::View, LOOKING, Need::Picture),
    row("next_plane", Group::View, LOOKING, Need::Picture),
    row("next_view", Group::View, LOOKING, Need::Picture),
    row("show_grey", Group::View, LOOKING, Need::Picture),
    row("toggle_material", Group::View, LOOKING, Need::Dual),
    row("next_palette", Group::View, LOOKING, Need::Picture),
    row("toggle_crosshair", Group::View, LOOKING, Need::Picture),
    row(
        "move_crosshair_left",
        Group::View,
        INSPECTING,
        Need::Picture,
    )
    .takes(STEPS),
    row(
        "move_crosshair_right",
        Group::View,
        INSPECTING,
        Need::Picture,
    )
    .takes(STEPS),
    row("move_crosshair_up", Group::View, INSPECTING, Need::Picture).takes(STEPS),
    row(
        "move_crosshair_down",
        Group::View,
        INSPECTING,
        Need::Picture,
    )
    .takes(STEPS),
];
