//! Scale bar, grid, map, loupe.

use super::{Command, Group, LOOKING, Need, nothing, row};
use crate::app::{App, Effect, Level};
use crate::keymap::Value;
use crate::messages::{arg, say};
use crate::view::{LengthUnit, Loupe, View};

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "toggle_scale",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_scale,
    ),
    row(
        "toggle_grid",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_grid,
    ),
    row(
        "toggle_map",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_map,
    ),
    row(
        "show_unseen",
        Group::View,
        LOOKING,
        Need::Picture,
        |app, _| {
            app.show_unseen();
            nothing()
        },
    ),
    row(
        "toggle_loupe",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_loupe,
    ),
    row(
        "next_magnification",
        Group::View,
        LOOKING,
        Need::Picture,
        next_magnification,
    ),
];

/// Shows or hides the scale bar.
fn toggle_scale(app: &mut App, _: &Value) -> Vec<Effect> {
    app.habit.aids.bar ^= true;
    if app.habit.aids.bar {
        tell_plane(app);
    }
    nothing()
}

/// Shows or hides the grid.
fn toggle_grid(app: &mut App, _: &Value) -> Vec<Effect> {
    app.habit.aids.grid ^= true;
    if app.habit.aids.grid {
        tell_plane(app);
    }
    nothing()
}

/// Says where the lengths hold.
fn tell_plane(app: &mut App) {
    let id = match app.ruling().map(|ruling| ruling.bar.unit) {
        Some(LengthUnit::Millimetre) => "notice-scale-mm",
        Some(LengthUnit::Pixel) => "notice-scale-px",
        None => "notice-scale-none",
    };
    app.tell(Level::Info, say(id, &[]));
}

/// Shows or hides the map.
fn toggle_map(app: &mut App, _: &Value) -> Vec<Effect> {
    let on = !app.map_shown();
    app.habit.aids.map = Some(on);
    let id = if on { "notice-map" } else { "notice-no-map" };
    app.tell(Level::Info, say(id, &[]));
    nothing()
}

/// Shows or hides the loupe, at the crosshair.
fn toggle_loupe(app: &mut App, _: &Value) -> Vec<Effect> {
    match app.habit.aids.loupe {
        Some(_) if app.desk.crosshair.is_some() => app.habit.aids.loupe = None,
        kept => {
            // Pictures of cells have few pixels.
            let usual = usize::from(app.terminal.protocol.is_pixels());
            magnify(app, kept.unwrap_or(Loupe::FACTORS[usual]));
        }
    }
    nothing()
}

/// The loupe's next factor.
fn next_magnification(app: &mut App, _: &Value) -> Vec<Effect> {
    let now = app.habit.aids.loupe;
    let next = Loupe::FACTORS
        .into_iter()
        .find(|f| now.is_some_and(|now| *f > now));
    magnify(app, next.unwrap_or(Loupe::FACTORS[0]));
    nothing()
}

/// Shows the loupe with a factor; without a crosshair in the middle of the view.
fn magnify(app: &mut App, factor: u8) {
    app.habit.aids.loupe = Some(factor);
    if app.desk.crosshair.is_none() {
        app.desk.crosshair = app.desk.view.as_ref().map(View::centre);
    }
    let text = match app.loupe() {
        Some(loupe) => say("notice-loupe", &[arg("factor", &loupe.factor)]),
        None => say("notice-loupe-room", &[]),
    };
    app.tell(Level::Info, text);
}
