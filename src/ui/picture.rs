//! The picture pane: cells where the picture is made of cells, else the place of its bytes.

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;

use super::letters;
use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, DeskState};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Draws the picture; gives where its bytes belong.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) -> Option<Rect> {
    paint::fill(buffer, area, theme.plain());
    if let DeskState::Failed(error) = &app.desk.state {
        message(buffer, area, &error.message(), theme);
        return None;
    }
    // The last picture stays until the next one is ready, but never under another scan's name.
    let shown = app.desk.shown.as_ref().filter(|_| app.desk.row.is_some());
    let Some(shown) = shown.filter(|shown| shown.cells == (area.width, area.height)) else {
        waiting(app, buffer, area, theme);
        return None;
    };
    if let Some(painted) = &shown.painted {
        painted.paint(area, buffer);
        if app.letters_shown()
            && shown.view.display.shows_classes()
            && shown.view.display.read().is_none()
        {
            letters::draw(&shown.picture, buffer, area);
        }
        return None;
    }
    leave_free(buffer, area);
    Some(area)
}

/// Blanks the cells and marks them as not the text's, so that the painter leaves them to the picture.
/// A widget that resets its cells later lies on top.
fn leave_free(buffer: &mut Buffer, area: Rect) {
    for position in area.intersection(buffer.area).positions() {
        buffer[position].reset();
        buffer[position].set_diff_option(CellDiffOption::Skip);
    }
}

/// Says what is awaited.
fn waiting(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    let name = app.queue.row().map(|row| row.scan.name());
    let text = match (&app.desk.state, name) {
        (DeskState::Opening, Some(name)) => say("picture-opening", &[arg("name", &name)]),
        (DeskState::Open(_), _) => say("picture-rendering", &[]),
        _ => Safe::default(),
    };
    message(buffer, area, &text, theme);
}

/// A sentence in the middle of the pane.
fn message(buffer: &mut Buffer, area: Rect, text: &Safe, theme: Theme) {
    let width = area.width.saturating_sub(4).min(60);
    let inner = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + area.height / 3,
        width,
        height: area.height - area.height / 3,
    };
    Lines::new(buffer, inner).wrapped(text, theme.plain());
}
