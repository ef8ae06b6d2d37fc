//! Drawing: reads the state, changes nothing, does no IO.
//!
//! Every pane is a file; every word comes from the catalogue; nothing but [`crate::text::Safe`]
//! text reaches a cell (`paint`).

mod aids;
mod bars;
mod compare;
mod form;
mod help;
mod histogram;
mod inspector;
mod letters;
mod log;
mod outcome;
mod over;
mod paint;
mod picture;
mod plot;
mod queue;
mod region;
mod sitting;
mod stack;
mod status;
mod theme;
mod trace;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::layout::SMALLEST;
use crate::app::{App, Mode};
use crate::messages::{arg, say};
use theme::Theme;

/// What was drawn beside the cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Where the text cursor stands, while a line is being typed.
    pub cursor: Option<Position>,
    /// Where the picture's bytes belong, when it is not made of cells.
    pub picture: Option<Rect>,
    /// Text beside the picture that can wait for it: the inspector, while nothing lies over it.
    pub margin: Option<Rect>,
}

/// Draws the console into `buffer`, whose area is the whole screen.
pub fn draw(app: &App, buffer: &mut Buffer) -> Drawn {
    let theme = Theme::new(app.terminal.depth);
    let layout = app.layout();
    if layout.picture.is_empty() {
        too_small(app, buffer, theme);
        return Drawn::default();
    }
    let mut drawn = Drawn::default();
    if app.is_locked() {
        sitting::locked(app, buffer, theme);
        drawn.cursor = over::line(app, buffer, paint::rect(layout.line), theme);
        return drawn;
    }
    if app.mode == Mode::Help {
        help::draw(app, buffer, theme);
    } else if app.log_is_open() {
        log::draw(app, buffer, theme);
    } else {
        queue::draw(app, buffer, paint::rect(layout.queue), theme);
        drawn.picture = picture::draw(app, buffer, paint::rect(layout.picture), theme);
        aids::over(app, buffer, paint::rect(layout.picture), theme);
        if app.form_is_open() {
            form::draw(app, buffer, paint::rect(layout.inspector), theme);
        } else if app.mode_below() == Mode::Stack {
            stack::draw(app, buffer, paint::rect(layout.inspector), theme);
        } else if app.mode_below() == Mode::Compare {
            compare::draw(app, buffer, paint::rect(layout.inspector), theme);
        } else {
            let pane = paint::rect(layout.inspector);
            inspector::draw(app, buffer, pane, theme);
            plot::draw(app, buffer, paint::rect(layout.picture), theme);
            drawn.margin = (app.mode == app.mode_below()).then_some(pane);
        }
    }
    status::draw(app, buffer, paint::rect(layout.status), theme);
    drawn.cursor = over::line(app, buffer, paint::rect(layout.line), theme);
    over::popups(app, buffer, theme);
    drawn
}

/// Says that the screen is too small, and what it needs.
fn too_small(app: &App, buffer: &mut Buffer, theme: Theme) {
    let needed = [arg("columns", &SMALLEST.0), arg("rows", &SMALLEST.1)];
    let area = buffer.area;
    paint::fill(buffer, area, theme.plain());
    let mut lines = paint::Lines::new(buffer, area);
    lines.wrapped(&say("ui-too-small", &needed), theme.warning());
    let has = [
        arg("columns", &app.terminal.columns),
        arg("rows", &app.terminal.rows),
    ];
    lines.wrapped(&say("ui-too-small-now", &has), theme.plain());
}
