//! Zoom, pan, planes, displays, crosshair.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row};
use crate::app::{App, Effect, Level, Mode};
use crate::keymap::Value;
use crate::messages::say;
use crate::view::{Display, PALETTES, View};

/// The picture alone: arrows belong to the queue while browsing.
const INSPECTING: &[Mode] = &[Mode::Inspect];
/// Part of the screen, in percent.
const SHARE: Argument = number(1.0, 100.0, 25.0, "unit-percent-of-screen");
/// Steps of the crosshair, in cells of the screen: the same way in every protocol.
const STEPS: Argument = number(0.1, 1000.0, 1.0, "unit-columns");
/// One step of the zoom.
const ZOOM: f64 = std::f64::consts::SQRT_2;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("zoom_in", Group::View, LOOKING, Need::Picture, |app, _| {
        zoom(app, ZOOM)
    }),
    row("zoom_out", Group::View, LOOKING, Need::Picture, |app, _| {
        zoom(app, 1.0 / ZOOM)
    }),
    row("zoom_fit", Group::View, LOOKING, Need::Picture, zoom_fit),
    row(
        "zoom_one_to_one",
        Group::View,
        LOOKING,
        Need::Picture,
        zoom_one_to_one,
    ),
    row("pan_left", Group::View, LOOKING, Need::Picture, |app, v| {
        pan(app, v, -1.0, 0.0)
    })
    .takes(SHARE),
    row(
        "pan_right",
        Group::View,
        LOOKING,
        Need::Picture,
        |app, v| pan(app, v, 1.0, 0.0),
    )
    .takes(SHARE),
    row("pan_up", Group::View, LOOKING, Need::Picture, |app, v| {
        pan(app, v, 0.0, -1.0)
    })
    .takes(SHARE),
    row("pan_down", Group::View, LOOKING, Need::Picture, |app, v| {
        pan(app, v, 0.0, 1.0)
    })
    .takes(SHARE),
    row(
        "rotate_right",
        Group::View,
        LOOKING,
        Need::Picture,
        rotate_right,
    ),
    row(
        "mirror_picture",
        Group::View,
        LOOKING,
        Need::Picture,
        |app, _| turn_over(app, View::turned_over),
    ),
    row(
        "flip_picture",
        Group::View,
        LOOKING,
        Need::Picture,
        |app, _| turn_over(app, View::turned_upside_down),
    ),
    row(
        "toggle_aspect",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_aspect,
    ),
    row(
        "next_plane",
        Group::View,
        LOOKING,
        Need::Picture,
        next_plane,
    ),
    row("next_view", Group::View, LOOKING, Need::Picture, next_view),
    row(
        "show_grey",
        Group::View,
        LOOKING,
        Need::Picture,
        |app, _| show(app, Display::Grey),
    ),
    row(
        "toggle_material",
        Group::View,
        LOOKING,
        Need::Dual,
        toggle_material,
    ),
    row(
        "next_material",
        Group::View,
        LOOKING,
        Need::Dual,
        next_material,
    ),
    row("toggle_z", Group::View, LOOKING, Need::Dual, toggle_z),
    row(
        "next_quantity",
        Group::View,
        LOOKING,
        Need::Dual,
        next_quantity,
    ),
    row(
        "toggle_letters",
        Group::View,
        LOOKING,
        Need::Dual,
        toggle_letters,
    ),
    row(
        "next_palette",
        Group::View,
        LOOKING,
        Need::Picture,
        next_palette,
    ),
    row(
        "toggle_crosshair",
        Group::View,
        LOOKING,
        Need::Picture,
        toggle_crosshair,
    ),
    row(
        "move_crosshair_left",
        Group::View,
        INSPECTING,
        Need::Picture,
        |app, v| steer(app, v, -1.0, 0.0),
    )
    .takes(STEPS),
    row(
        "move_crosshair_right",
        Group::View,
        INSPECTING,
        Need::Picture,
        |app, v| steer(app, v, 1.0, 0.0),
    )
    .takes(STEPS),
    row(
        "move_crosshair_up",
        Group::View,
        INSPECTING,
        Need::Picture,
        |app, v| steer(app, v, 0.0, -1.0),
    )
    .takes(STEPS),
    row(
        "move_crosshair_down",
        Group::View,
        INSPECTING,
        Need::Picture,
        |app, v| steer(app, v, 0.0, 1.0),
    )
    .takes(STEPS),
];

/// Zooms about the crosshair, or about the centre where there is none.
fn zoom(app: &mut App, factor: f64) -> Vec<Effect> {
    let about = app.desk.crosshair;
    app.change_view(|view, canvas| {
        let about = about.unwrap_or_else(|| view.centre());
        view.zoom_about(canvas, view.to_screen(canvas.screen, about), factor)
    });
    nothing()
}

/// The whole scan.
fn zoom_fit(app: &mut App, _: &Value) -> Vec<Effect> {
    app.change_view(View::fit);
    nothing()
}

/// One scan pixel on one screen pixel.
fn zoom_one_to_one(app: &mut App, _: &Value) -> Vec<Effect> {
    let about = app.desk.crosshair;
    app.change_view(|view, canvas| {
        let about = about.unwrap_or_else(|| view.centre());
        view.one_to_one(canvas).centred_on(canvas, about)
    });
    nothing()
}

/// Moves the picture by a share of the screen.
fn pan(app: &mut App, value: &Value, across: f64, down: f64) -> Vec<Effect> {
    let share = amount(value) / 100.0;
    let pane = app.layout().picture;
    let step = app.cell_step();
    app.change_view(|view, canvas| {
        let cells = [f64::from(pane.width.max(1)), f64::from(pane.height.max(1))];
        let steps = [(across, cells[0]), (down, cells[1])].map(|(way, all)| {
            let steps = (share * all).round().max(1.0);
            (way * steps) as i64
        });
        view.stepped(canvas, steps, step)
    });
    nothing()
}

/// A quarter turn clockwise.
fn rotate_right(app: &mut App, _: &Value) -> Vec<Effect> {
    app.change_view(|view, canvas| view.turned(canvas, 1).fit(canvas));
    nothing()
}

/// Swaps the sides of the picture.
fn turn_over(app: &mut App, how: impl FnOnce(&View) -> View) -> Vec<Effect> {
    app.change_view(|view, _| how(view));
    nothing()
}

/// Shows scan pixels in their shape in the world, or square.
fn toggle_aspect(app: &mut App, _: &Value) -> Vec<Effect> {
    app.toggle_aspect();
    nothing()
}

/// The next plane in grey.
fn next_plane(app: &mut App, _: &Value) -> Vec<Effect> {
    app.next_plane();
    nothing()
}

/// The next view of the scan: side, top, ….
fn next_view(app: &mut App, _: &Value) -> Vec<Effect> {
    app.next_view();
    nothing()
}

/// Shows the picture that way.
fn show(app: &mut App, display: Display) -> Vec<Effect> {
    app.show_display(display);
    nothing()
}

/// Material colours and back to grey.
fn toggle_material(app: &mut App, _: &Value) -> Vec<Effect> {
    let on = app
        .desk
        .view
        .as_ref()
        .is_some_and(|view| view.display.shows_classes() && view.display.read().is_none());
    show(app, if on { Display::Grey } else { Display::Material })
}

/// The next way to show materials: three colours, four, safe ones, classes. Four need megavolts.
fn next_material(app: &mut App, _: &Value) -> Vec<Effect> {
    let ways = [
        Display::Material,
        Display::Material4,
        Display::MaterialSafe,
        Display::Class,
    ];
    let view = app.desk.view.as_ref();
    let at = view.and_then(|view| ways.iter().position(|way| *way == view.display));
    let after = at.map_or(0, |at| at + 1);
    let possible = |display: &&Display| {
        let (Some(view), Some(radiograph)) = (view, app.desk.radiograph()) else {
            return false;
        };
        view.shows(radiograph, display)
    };
    let mut next = ways.iter().cycle().skip(after).take(ways.len());
    let display = next.find(possible).unwrap_or(&Display::Material).clone();
    show(app, display)
}

/// The Z map and back to grey.
fn toggle_z(app: &mut App, _: &Value) -> Vec<Effect> {
    let on = app
        .desk
        .view
        .as_ref()
        .is_some_and(|view| view.display == Display::Z);
    show(app, if on { Display::Grey } else { Display::Z })
}

/// Mass thickness, steel, and back to grey.
fn next_quantity(app: &mut App, _: &Value) -> Vec<Effect> {
    let next = match app.desk.view.as_ref().map(|view| &view.display) {
        Some(Display::Thickness) => Display::Steel,
        Some(Display::Steel) => Display::Grey,
        _ => Display::Thickness,
    };
    show(app, next)
}

/// Letters of the classes in pictures of cells, or none.
fn toggle_letters(app: &mut App, _: &Value) -> Vec<Effect> {
    let on = !app.letters_shown();
    app.habit.letters = Some(on);
    let id = if on {
        "notice-letters"
    } else {
        "notice-no-letters"
    };
    app.tell(Level::Info, say(id, &[]));
    nothing()
}

/// The next palette of pseudo-colours, after the last back to grey.
fn next_palette(app: &mut App, _: &Value) -> Vec<Effect> {
    // The palette called grey looks like plain grey: a key that seems to do nothing misleads.
    let mut palettes = PALETTES.iter().filter(|palette| palette.name != "grey");
    let next = match app.desk.view.as_ref().map(|view| &view.display) {
        Some(Display::Palette(name)) => palettes
            .by_ref()
            .skip_while(|palette| palette.name != name)
            .nth(1),
        _ => palettes.next(),
    };
    show(
        app,
        next.map_or(Display::Grey, |palette| {
            Display::Palette(palette.name.to_owned())
        }),
    )
}

/// Shows or hides the crosshair.
fn toggle_crosshair(app: &mut App, _: &Value) -> Vec<Effect> {
    app.desk.crosshair = match app.desk.crosshair {
        Some(_) => None,
        None => app.desk.view.as_ref().map(View::centre),
    };
    nothing()
}

/// Moves the crosshair by columns of the screen; the first step shows it.
fn steer(app: &mut App, value: &Value, across: f64, down: f64) -> Vec<Effect> {
    app.move_crosshair(across * amount(value), down * amount(value));
    nothing()
}
