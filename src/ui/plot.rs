//! The histogram of the selected region, or the profile along the selected line, over that half of
//! the picture in which it is not, with its numbers below. Plain cells only.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{self, Lines};
use super::theme::Theme;
use super::{bars, region, trace};
use crate::app::{App, Mark};
use crate::messages::{arg, say};
use crate::radiograph::{Histogram, Shape};
use crate::text::Safe;
use crate::view::{MeasureRow, Measurement, PlaneMeasurement};

/// Columns of the labels beside the plot.
const LABELS: u16 = 9;
/// Rows of the panel at most, of its plot at least.
const ROWS: [u16; 2] = [18, 3];
/// Rows of the panel of an angle, which has no plot.
const ANGLE: u16 = 8;

/// Draws the panel over `picture`, when it is open.
pub(super) fn draw(app: &App, buffer: &mut Buffer, picture: Rect, theme: Theme) {
    let (true, Some(mark)) = (app.desk.plot, app.desk.selected_mark()) else {
        return;
    };
    let panel = panel(app, mark.outline.shape(), picture);
    paint::fill(buffer, panel, theme.plain());
    let title = Rect { height: 1, ..panel };
    paint::fill(buffer, title, theme.status());
    let heading = heading(app, mark);
    let at = (title.x + 1, title.y);
    paint::text(buffer, title, at, &heading, theme.status());
    let inner = Rect {
        x: panel.x + 1,
        y: panel.y + 1,
        width: panel.width.saturating_sub(2),
        height: panel.height.saturating_sub(1),
    };
    // The numbers of before stay until the new ones come; the title says so.
    match app
        .desk
        .measured
        .as_deref()
        .map(|measured| &measured.result)
    {
        Some(Ok(measured)) => content(app, measured, buffer, inner, theme),
        Some(Err(error)) => {
            Lines::new(buffer, inner).wrapped(&error.message(), theme.warning());
        }
        None => {}
    }
}

/// Where the panel stands: over that half of the picture in which the mark is not.
fn panel(app: &App, shape: Shape, picture: Rect) -> Rect {
    let most = match shape {
        Shape::Angle => ANGLE,
        _ => ROWS[0],
    };
    let height = (picture.height * 3 / 5).min(most);
    let y = if app.mark_is_low() {
        picture.y
    } else {
        picture.bottom() - height
    };
    Rect {
        y,
        height,
        ..picture
    }
}

/// What is shown, of which mark; or that it is still being measured.
fn heading(app: &App, mark: &Mark) -> Safe {
    let shape = mark.outline.shape();
    let plane = Safe::from_outside(region::plane(app));
    let what = match shape {
        _ if app.desk.measurement().is_none() => say("region-wait", &[]),
        Shape::Line => say("plot-profile", &[arg("plane", &plane)]),
        Shape::Angle => say("plot-angle", &[]),
        _ => say(
            "plot-histogram",
            &[arg("shape", &mark.outline.label()), arg("plane", &plane)],
        ),
    };
    let parts = [what, region::title(app), Safe::from_outside(&mark.label)];
    let parts: Vec<Safe> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Safe::join(&parts, " · ")
}

/// The plot and the numbers below it.
fn content(app: &App, measured: &Measurement, buffer: &mut Buffer, inner: Rect, theme: Theme) {
    let Some(plane) = measured.plane(region::plane(app)) else {
        return;
    };
    let has_plot = measured.outline.shape() != Shape::Angle;
    // Where the inspector has them, they need no room here.
    let numbers = if app.layout().inspector.is_empty() || !has_plot {
        numbers(measured, plane, usize::from(inner.width))
    } else {
        Vec::new()
    };
    let most = if has_plot {
        inner.height.saturating_sub(ROWS[1] + 2)
    } else {
        inner.height
    };
    let below = (numbers.len() as u16).min(most);
    let plot = Rect {
        height: if has_plot { inner.height - below } else { 0 },
        ..inner
    };
    drawn(measured, plane, buffer, plot, theme);
    let text = Rect {
        y: plot.bottom(),
        height: below,
        ..inner
    };
    let mut lines = Lines::new(buffer, text);
    for line in &numbers {
        lines.parts(&[(line.clone(), theme.plain())]);
    }
}

/// The numbers in as few lines as they fit.
fn numbers(measured: &Measurement, plane: &PlaneMeasurement, cells: usize) -> Vec<Safe> {
    let rows = measured.rows(plane.plane.as_str());
    let note = paint::wrap(&measured.length_note(), cells);
    if measured.outline.shape().is_area() {
        let notes = measured
            .notes
            .iter()
            .flat_map(|note| paint::wrap(note, cells));
        return [packed(&rows, cells), notes.collect(), note].concat();
    }
    // What a length means belongs beside it.
    let (shape, figures) = rows.split_at(measured.shape_rows().len());
    [packed(shape, cells), note, packed(figures, cells)].concat()
}

/// Rows side by side, as many as fit into a line.
fn packed(rows: &[MeasureRow], cells: usize) -> Vec<Safe> {
    let mut lines: Vec<Safe> = Vec::new();
    for parts in rows {
        let part = Safe::join(parts, " ");
        match lines.last_mut() {
            Some(line) if line.width() + 3 + part.width() <= cells => {
                *line = Safe::join(&[line.clone(), part], " · ");
            }
            _ => lines.push(part),
        }
    }
    lines
}

/// The plot with its axes.
fn drawn(
    measured: &Measurement,
    plane: &PlaneMeasurement,
    buffer: &mut Buffer,
    area: Rect,
    theme: Theme,
) {
    if area.height < 3 || area.width <= LABELS + 2 {
        return;
    }
    let field = Rect {
        x: area.x + LABELS,
        width: area.width - LABELS,
        height: area.height - 1,
        ..area
    };
    let axis = Rect {
        y: field.bottom(),
        height: 1,
        ..field
    };
    if let Some(profile) = &plane.profile {
        let [low, high] = trace::draw(buffer, field, &profile.values, theme);
        let value = |value: f64| trace::value(value, high - low, profile.unit);
        labels(buffer, area, &[value(high), value(low)], theme);
        let length = measured.outline.length(measured.pixel()).unwrap_or(0.0);
        let along = |share: f64| measured.length_label(length * share);
        ends(buffer, axis, &[along(0.0), along(0.5), along(1.0)], theme);
    } else {
        let Histogram {
            low, high, unit, ..
        } = plane.tally.histogram;
        let most = bars::draw(buffer, field, &plane.tally.histogram, theme);
        let count = |n: u64| say("plot-count", &[arg("n", &Safe::number(n as f64, 0))]);
        // Heights are square roots: half way up stands a quarter.
        let middle = if most < 4 {
            Safe::default()
        } else {
            count(most / 4)
        };
        labels(buffer, area, &[count(most), middle, count(0)], theme);
        let value = |share: f64| trace::value(low + (high - low) * share, high - low, unit);
        ends(buffer, axis, &[value(0.0), value(0.5), value(1.0)], theme);
    }
}

/// Labels at the left, the first at the top and the last at the bottom.
fn labels(buffer: &mut Buffer, area: Rect, labels: &[Safe], theme: Theme) {
    let rows = area.height - 2;
    for (at, label) in labels.iter().enumerate() {
        let y = area.y + rows * at as u16 / (labels.len() as u16 - 1).max(1);
        let label = label.cut_end(usize::from(LABELS) - 1);
        let x = area.x + LABELS - 1 - label.width() as u16;
        paint::text(buffer, area, (x, y), &label, theme.dim());
    }
}

/// Labels below: at the left end, in the middle, at the right end.
fn ends(buffer: &mut Buffer, axis: Rect, labels: &[Safe; 3], theme: Theme) {
    for (at, label) in labels.iter().enumerate() {
        let room = axis.width.saturating_sub(label.width() as u16);
        let x = axis.x + room * at as u16 / 2;
        paint::text(buffer, axis, (x, axis.y), label, theme.dim());
    }
}
