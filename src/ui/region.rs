//! The selected region in the inspector: which it is and its numbers.

use super::paint::Lines;
use super::theme::Theme;
use crate::app::{App, Mark};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Draws the numbers of the selected mark, if there is one.
pub(super) fn draw(app: &App, lines: &mut Lines<'_>, theme: Theme) {
    let Some(mark) = app.desk.selected_mark() else {
        return;
    };
    lines.line(&title(app), theme.title());
    let label = (theme.dim(), theme.plain());
    // The numbers of before stay until the new ones come; the line above them says so.
    match app.desk.measurement() {
        None => lines.line(&say("region-wait", &[]), theme.dim()),
        Some(_) => lines.pair(&mark.outline.label(), &named(mark), label),
    }
    match app
        .desk
        .measured
        .as_deref()
        .map(|measured| &measured.result)
    {
        None => {}
        Some(Err(error)) => lines.wrapped(&error.message(), theme.warning()),
        Some(Ok(measured)) => {
            for [name, value] in measured.rows(plane(app)) {
                lines.pair(&name, &value, label);
            }
            for note in &measured.notes {
                lines.wrapped(note, theme.dim());
            }
            lines.wrapped(&measured.length_note(), theme.dim());
        }
    }
    lines.gap();
}

/// Which of how many it is.
pub(super) fn title(app: &App) -> Safe {
    let n = app.desk.selected.unwrap_or(0) + 1;
    let all = app.desk.marks.len();
    say("region-title", &[arg("n", &n), arg("all", &all)])
}

/// Its label.
fn named(mark: &Mark) -> Safe {
    Safe::from_outside(&mark.label)
}

/// The plane whose figures are shown: that of the picture.
pub(super) fn plane(app: &App) -> &str {
    let view = app.desk.view.as_ref();
    let planes = view.map_or(&[][..], |view| &view.planes);
    planes.first().map_or("", String::as_str)
}
