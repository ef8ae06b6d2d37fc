//! Regions.

use super::{Command, Group, Need, nothing, row};
use crate::app::{App, Effect, Level, Mode};
use crate::keymap::Value;
use crate::messages::say;
use crate::radiograph::Region;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "mark_corner",
        Group::Measure,
        &[Mode::Inspect],
        Need::Picture,
        mark_corner,
    ),
    row(
        "remove_last_mark",
        Group::Measure,
        &[Mode::Inspect, Mode::Decide],
        Need::Mark,
        remove_last_mark,
    ),
];

/// The first corner of a region at the crosshair, then the opposite one.
fn mark_corner(app: &mut App, _: &Value) -> Vec<Effect> {
    let Some(at) = app.crosshair_pixel() else {
        app.move_crosshair(0.0, 0.0);
        app.tell(Level::Info, say("notice-mark-start", &[]));
        return nothing();
    };
    match app.desk.corner.take() {
        None => {
            app.desk.corner = Some(at);
            app.tell(Level::Info, say("notice-mark-corner", &[]));
        }
        Some(corner) => app.add_mark(Region::between(corner, at)),
    }
    nothing()
}

/// Takes back the corner, or the last region.
fn remove_last_mark(app: &mut App, _: &Value) -> Vec<Effect> {
    if app.desk.corner.take().is_none() {
        app.desk.marks.pop();
    }
    nothing()
}
