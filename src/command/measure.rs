//! Regions and lines: marking them, and what keys do to the selected one.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row, words};
use crate::app::{App, Effect, Mode, Purpose, Reshape};
use crate::keymap::Value;
use crate::radiograph::Shape;

/// The picture, where the crosshair has the keys.
const INSPECTING: &[Mode] = &[Mode::Inspect];
/// The picture and the selected region.
const MARKING: &[Mode] = &[Mode::Inspect, Mode::Region];
/// The selected region.
const HOLDING: &[Mode] = &[Mode::Region];
/// Steps of moving and resizing.
const PIXELS: Argument = number(1.0, 1000.0, 1.0, "unit-scan-pixels");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "mark_corner",
        Group::Measure,
        INSPECTING,
        Need::Picture,
        mark_corner,
    ),
    begin("mark_rectangle", |app, _| mark(app, Shape::Rect)),
    begin("mark_ellipse", |app, _| mark(app, Shape::Ellipse)),
    begin("mark_polygon", |app, _| mark(app, Shape::Polygon)),
    begin("mark_line", |app, _| mark(app, Shape::Line)),
    begin("mark_angle", |app, _| mark(app, Shape::Angle)),
    row(
        "next_mark",
        Group::Measure,
        LOOKING,
        Need::Mark,
        |app, _| step(app, 1),
    ),
    row(
        "previous_mark",
        Group::Measure,
        LOOKING,
        Need::Mark,
        |app, _| step(app, -1),
    ),
    hold("move_mark_left", |app, v| {
        reshape(app, v, Reshape::Move, [-1, 0])
    }),
    hold("move_mark_right", |app, v| {
        reshape(app, v, Reshape::Move, [1, 0])
    }),
    hold("move_mark_up", |app, v| {
        reshape(app, v, Reshape::Move, [0, -1])
    }),
    hold("move_mark_down", |app, v| {
        reshape(app, v, Reshape::Move, [0, 1])
    }),
    hold("widen_mark", |app, v| {
        reshape(app, v, Reshape::Resize, [1, 0])
    }),
    hold("narrow_mark", |app, v| {
        reshape(app, v, Reshape::Resize, [-1, 0])
    }),
    hold("heighten_mark", |app, v| {
        reshape(app, v, Reshape::Resize, [0, 1])
    }),
    hold("flatten_mark", |app, v| {
        reshape(app, v, Reshape::Resize, [0, -1])
    }),
    row(
        "label_mark",
        Group::Measure,
        HOLDING,
        Need::Mark,
        label_mark,
    )
    .takes(Argument::Text),
    row(
        "toggle_plot",
        Group::Measure,
        MARKING,
        Need::Mark,
        toggle_plot,
    ),
    row(
        "remove_mark",
        Group::Measure,
        MARKING,
        Need::Mark,
        remove_mark,
    ),
    row(
        "remove_last_mark",
        Group::Measure,
        &[Mode::Inspect, Mode::Decide],
        Need::Mark,
        remove_last_mark,
    ),
];

/// A row that begins a shape.
const fn begin(name: &'static str, run: super::Run) -> Command {
    row(name, Group::Measure, INSPECTING, Need::Picture, run)
}

/// A row that changes the selected mark by scan pixels.
const fn hold(name: &'static str, run: super::Run) -> Command {
    row(name, Group::Measure, HOLDING, Need::Mark, run).takes(PIXELS)
}

/// The next point at the crosshair, of the shape that was marked last.
fn mark_corner(app: &mut App, _: &Value) -> Vec<Effect> {
    app.mark_point();
    nothing()
}

/// The first point of a shape at the crosshair.
fn mark(app: &mut App, shape: Shape) -> Vec<Effect> {
    app.begin_mark(shape);
    nothing()
}

/// Takes hold of the selected mark, then of the next.
fn step(app: &mut App, by: isize) -> Vec<Effect> {
    app.step_mark(by);
    nothing()
}

/// Moves or resizes the selected mark.
fn reshape(app: &mut App, value: &Value, how: Reshape, way: [isize; 2]) -> Vec<Effect> {
    let pixels = amount(value) as isize;
    app.reshape(how, way.map(|step| step * pixels));
    nothing()
}

/// Labels the selected mark.
fn label_mark(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => app.label_mark(text),
        None => {
            let mark = app.desk.selected_mark();
            let label = mark.map(|mark| mark.label.clone()).unwrap_or_default();
            app.ask_line(Purpose::Label, &label);
        }
    }
    nothing()
}

/// Shows or hides the profile or the histogram of the selected mark.
fn toggle_plot(app: &mut App, _: &Value) -> Vec<Effect> {
    app.toggle_plot();
    nothing()
}

/// Takes the newest point back, or the selected mark away.
fn remove_mark(app: &mut App, _: &Value) -> Vec<Effect> {
    app.remove_mark();
    nothing()
}

/// Takes the newest point back, or the last mark away.
fn remove_last_mark(app: &mut App, _: &Value) -> Vec<Effect> {
    if app.desk.pending.is_none() {
        app.desk.selected = app.desk.marks.len().checked_sub(1);
    }
    app.remove_mark();
    nothing()
}
