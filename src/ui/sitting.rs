//! A locked screen, and what is said when the desk changes hands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::App;
use crate::messages::{arg, say};

/// Columns of the words at most.
const COLUMNS: u16 = 60;

/// Covers everything and says who can unlock.
pub(super) fn locked(app: &App, buffer: &mut Buffer, theme: Theme) {
    let screen = buffer.area;
    paint::fill(buffer, screen, theme.plain());
    let width = screen.width.saturating_sub(4).min(COLUMNS);
    let area = Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + screen.height / 3,
        width,
        height: screen.height / 3,
    };
    let mut lines = Lines::new(buffer, area);
    let who = [arg("analyst", &app.record.analyst)];
    lines.wrapped(&say("sitting-locked", &who), theme.plain());
}

/// The sitting in a box above the line in which the next analyst's name is typed.
pub(super) fn summary(app: &App, lines: &mut Lines<'_>, theme: Theme) {
    lines.wrapped(&app.sitting_summary(), theme.plain());
    if let Some(statistics) = app.sitting_statistics() {
        lines.wrapped(&statistics, theme.dim());
    }
}
