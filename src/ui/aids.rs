//! Words and cells that belong to what lies over the picture: the scale bar's label, the loupe's
//! factor, and the map of the whole scan while a part of it is seen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::App;
use crate::graphics::{self, Answers, Body, CellPicture, Effort, Protocol, Target};
use crate::messages::{arg, say};
use crate::radiograph::Size;
use crate::text::Safe;
use crate::view::{self, Frame, Holds, LengthUnit};

/// Columns and rows of the map at most.
const MAP: [u16; 2] = [28, 7];
/// How small pictures are drawn; without colours they are characters all the same.
const SMALL: Protocol = Protocol::HalfBlock;

/// Draws what stands over the picture in cells.
pub(super) fn over(app: &App, buffer: &mut Buffer, picture: Rect, theme: Theme) {
    label(app, buffer, picture, theme);
    let place = app.loupe().zip(app.loupe_place());
    if let Some((loupe, [x, y, _, _])) = place.filter(|_| app.desk.shown.is_some()) {
        let text = say("loupe-factor", &[arg("factor", &loupe.factor)]);
        paint::text(buffer, picture, (x, y), &text, theme.status());
    }
    if app.map_shown() && app.layout().inspector.is_empty() {
        let room = Rect {
            x: picture.x + 1,
            y: picture.y + 1,
            width: MAP[0].min(picture.width / 3),
            height: MAP[1].min(picture.height / 3),
        };
        if let Some(map) = map(app, [room.width, room.height]) {
            let area = Rect {
                width: map.width,
                height: map.height,
                ..room
            };
            map.paint(area, buffer);
        }
    }
}

/// The map in the inspector.
pub(super) fn inspector(app: &App, lines: &mut Lines<'_>, theme: Theme) {
    if !app.map_shown() {
        return;
    }
    let Some(map) = map(app, [MAP[0].min(lines.width()), MAP[1]]) else {
        return;
    };
    lines.line(&say("inspector-map", &[]), theme.title());
    lines.with(map.height, |buffer, area| {
        let area = Rect {
            width: map.width.min(area.width),
            ..area
        };
        map.paint(area, buffer);
    });
    lines.gap();
}

/// The map in at most so many columns and rows; `None` while the whole scan is seen.
fn map(app: &App, [columns, rows]: [u16; 2]) -> Option<CellPicture> {
    let (view, canvas) = (app.desk.view.as_ref()?, app.canvas()?);
    // Its frame is a colour: without colours nothing of it could be read.
    let coloured = app.terminal.depth != graphics::Depth::Monochrome;
    if columns == 0 || rows == 0 || !coloured {
        return None;
    }
    let (screen, tall) = small_pixels(app, [columns, rows]);
    let room = view::Canvas {
        screen,
        tall,
        ..canvas
    };
    let size = room.fitted(view.rotation);
    let thumbnail = app.desk.thumbnail.as_deref();
    in_cells(app, &view::map(thumbnail, view, canvas.scan, size)?)
}

/// The pixels of a small picture of so many columns and rows, and how much higher than wide they are.
pub(super) fn small_pixels(app: &App, [columns, rows]: [u16; 2]) -> (Size, f64) {
    let cell = app.terminal.cell;
    let (width, height) = graphics::pixels_for(SMALL, columns, rows, cell);
    (Size { width, height }, SMALL.pixel_aspect(cell))
}

/// The cells of a small picture, in the terminal's colours.
pub(super) fn in_cells(app: &App, frame: &Frame) -> Option<CellPicture> {
    let target = Target {
        protocol: SMALL,
        cell: app.terminal.cell,
        depth: app.terminal.depth,
        registers: 0,
        id: 1,
        effort: Effort::Fast,
        answers: Answers::Silent,
    };
    match graphics::encode(frame, &target).ok()?.body {
        Body::Cells(picture) => Some(picture),
        Body::Bytes(_) => None,
    }
}

/// The label of scale bar and grid, under the bar.
fn label(app: &App, buffer: &mut Buffer, picture: Rect, theme: Theme) {
    let aids = app.habit.aids;
    if !(aids.bar || aids.grid) || app.desk.shown.is_none() {
        return;
    }
    let Some(ruling) = app.ruling() else { return };
    let words = |length: f64| {
        let decimals = (-length.log10().floor()).clamp(0.0, 6.0) as usize;
        let id = match ruling.bar.unit {
            LengthUnit::Millimetre => "scale-mm",
            LengthUnit::Pixel => "scale-px",
        };
        say(id, &[arg("length", &Safe::number(length, decimals))])
    };
    let mut parts = Vec::new();
    if aids.bar {
        parts.push(match ruling.bar.holds {
            Holds::Everywhere => words(ruling.bar.length),
            Holds::Across => say("scale-across", &[arg("length", &words(ruling.bar.length))]),
        });
    }
    if aids.grid {
        parts.push(say("scale-grid", &[arg("length", &words(ruling.step))]));
    }
    let text = Safe::join(&parts, " · ");
    let at = (picture.x + 1, picture.bottom().saturating_sub(1));
    let blank = Safe::blanks(1);
    paint::text(
        buffer,
        picture,
        at,
        &blank.then(&text).then(&blank),
        theme.status(),
    );
}
