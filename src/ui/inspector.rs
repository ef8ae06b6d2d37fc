//! The inspector: the crosshair's readings, the histogram, the legend, and what the scan says of
//! itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{self, Lines};
use super::theme::Theme;
use super::{aids, histogram, queue, region};
use crate::app::App;
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Plane, Radiograph, Region};
use crate::scan::Opened;
use crate::text::Safe;
use crate::view::{self, Legend, LegendRow, Readout, Unit};

/// Lines of the histogram and its axis.
const HISTOGRAM: u16 = 5;

/// Draws the inspector.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    let Some(area) = paint::beside(buffer, area, theme.plain()) else {
        return;
    };
    let mut lines = Lines::new(buffer, area);
    let (Some(opened), Some(radiograph)) = (app.desk.opened(), app.desk.radiograph()) else {
        lines.line(&say("inspector-title", &[]), theme.title());
        lines.wrapped(&say("inspector-nothing", &[]), theme.dim());
        return;
    };
    region::draw(app, &mut lines, theme);
    reading(app, radiograph, &mut lines, theme);
    aids::inspector(app, &mut lines, theme);
    picture(app, &mut lines, theme);
    scan(opened, radiograph, &mut lines, theme);
    metadata(opened, &mut lines, theme);
}

/// What the crosshair stands on.
fn reading(app: &App, radiograph: &Radiograph, lines: &mut Lines<'_>, theme: Theme) {
    let Some([x, y]) = app.crosshair_pixel() else {
        return;
    };
    let label = (theme.dim(), theme.plain());
    lines.line(&say("inspector-reading", &[]), theme.title());
    let at = Region::between([x, y], [x, y]);
    let around = view::measured_pixels(radiograph, &Outline::Rectangle(at), None);
    let source = app.desk.source(around).unwrap_or(radiograph.into());
    let readout = app.desk.view.as_ref();
    let readout = readout.and_then(|view| view::readout(source, view, [x, y]));
    let Some(readout) = readout else {
        return;
    };
    let at = say("reading-at", &[arg("x", &x), arg("y", &y)]);
    lines.pair(&say("reading-position", &[]), &at, label);
    if let Some([x, y]) = readout.mm {
        let (x, y) = (Safe::number(x, 0), Safe::number(y, 0));
        let at = say("reading-mm", &[arg("x", &x), arg("y", &y)]);
        lines.pair(&say("reading-position", &[]), &at, label);
    }
    if readout.step > 1 {
        let means = say("reading-means", &[arg("step", &readout.step)]);
        lines.wrapped(&means, theme.warning());
    }
    for plane in &readout.planes {
        let sample = plane.sample;
        let value = match plane.transmission {
            Some(t) => say(
                "reading-transmission",
                &[
                    arg("sample", &sample),
                    arg("percent", &Safe::number(t * 100.0, 2)),
                ],
            ),
            None => say("reading-sample", &[arg("sample", &sample)]),
        };
        lines.pair(&Safe::from_outside(plane.plane.as_str()), &value, label);
    }
    if let Some(class) = readout.class {
        lines.pair(&say("reading-class", &[]), &view::class_label(class), label);
    }
    matter(&readout, lines, label);
    lines.gap();
}

/// Z, mass thickness and steel at the crosshair, as far as they can be told.
fn matter(readout: &Readout, lines: &mut Lines<'_>, label: (Style, Style)) {
    if let Some(z) = view::z_label(readout) {
        lines.pair(&say("reading-z", &[]), &z, label);
    }
    for (id, value, unit) in [
        ("reading-mass", readout.mass_thickness, Unit::MassThickness),
        ("reading-steel", readout.steel_mm, Unit::Steel),
    ] {
        if let Some(value) = value {
            lines.pair(&say(id, &[]), &axis(value, unit, unit.as_str()), label);
        }
    }
}

/// Histogram and legend of the picture on the screen.
fn picture(app: &App, lines: &mut Lines<'_>, theme: Theme) {
    let Some(shown) = &app.desk.shown else { return };
    lines.line(&say("inspector-histogram", &[]), theme.title());
    lines.with(HISTOGRAM, |buffer, area| {
        histogram::draw(
            buffer,
            area,
            &shown.picture.histogram,
            shown.picture.window,
            theme,
        );
    });
    let bins = &shown.picture.histogram;
    let word = shown.view.value_word(bins.unit);
    let [low, high] = [bins.low, bins.high].map(|end| axis(end, bins.unit, word));
    lines.pair(&low, &high, (theme.dim(), theme.dim()));
    lines.gap();
    let lettered = app.letters_shown() && shown.painted.is_some();
    legend(&shown.picture.legend, lines, theme, lettered);
}

/// A value on the histogram's axis with its short unit.
fn axis(value: f64, unit: Unit, word: &str) -> Safe {
    let value = Safe::number(value, unit.decimals());
    let unit = say(&format!("unit-short-{word}"), &[]);
    say(
        "histogram-value",
        &[arg("value", &value), arg("unit", &unit)],
    )
}

/// Colours and what they mean, with the share of each in view.
fn legend(legend: &Legend, lines: &mut Lines<'_>, theme: Theme, lettered: bool) {
    if legend.rows.is_empty() && legend.notes.is_empty() {
        return;
    }
    lines.line(&say("inspector-legend", &[]), theme.title());
    for row in &legend.rows {
        legend_line(row, lines, theme, lettered);
    }
    for note in &legend.notes {
        lines.wrapped(note, theme.warning());
    }
    lines.gap();
}

/// A colour and what it means.
pub(super) fn legend_row(row: &LegendRow, lines: &mut Lines<'_>, theme: Theme) {
    legend_line(row, lines, theme, false);
}

/// A colour and what it means, with its letter where letters stand in the picture.
fn legend_line(row: &LegendRow, lines: &mut Lines<'_>, theme: Theme, lettered: bool) {
    let share = row.share.map(|share| {
        say(
            "legend-share",
            &[arg("percent", &Safe::number(share * 100.0, 1))],
        )
    });
    let room = usize::from(lines.width()).saturating_sub(3);
    let share = share.unwrap_or_default();
    let label = match row.letter.filter(|_| lettered) {
        Some(letter) => Safe::join(
            &[Safe::from_outside(&letter.to_string()), row.label.clone()],
            " ",
        ),
        None => row.label.clone(),
    };
    let label = label.cut_end(room.saturating_sub(share.width() + 1));
    let gap = Safe::blanks(room.saturating_sub(label.width() + share.width()));
    lines.parts(&[
        (Safe::word("██ "), theme.swatch(row.colour)),
        (label, theme.plain()),
        (gap, theme.plain()),
        (share, theme.dim()),
    ]);
}

/// What is known of the scan.
fn scan(opened: &Opened, radiograph: &Radiograph, lines: &mut Lines<'_>, theme: Theme) {
    let label = (theme.dim(), theme.plain());
    lines.line(&say("inspector-scan", &[]), theme.title());
    let kind = say(&format!("kind-{}", opened.kind.as_str()), &[]);
    lines.pair(&say("scan-kind", &[]), &kind, label);
    let (width, height) = (radiograph.width(), radiograph.height());
    let size = say(
        "scan-pixels",
        &[arg("width", &width), arg("height", &height)],
    );
    lines.pair(&say("scan-size", &[]), &size, label);
    lines.pair(
        &say("scan-format", &[]),
        &Safe::word(opened.format.as_str()),
        label,
    );
    let bytes = opened.files.iter().map(|file| file.bytes).sum();
    lines.pair(&say("scan-bytes", &[]), &queue::size(bytes), label);
    if let Some(container) = &opened.container {
        lines.pair(&say("scan-container", &[]), container, label);
    }
    for plane in &radiograph.planes {
        let name = Safe::from_outside(plane.name.as_str());
        lines.pair(&name, &plane_words(plane), label);
        let air_of = say("plane-air-of", &[arg("plane", &name)]);
        lines.pair(&air_of, &air_words(plane), label);
    }
    if opened.simulated {
        lines.wrapped(&say("scan-simulated", &[]), theme.warning());
    }
    if opened.truncated {
        lines.wrapped(&say("scan-truncated", &[]), theme.bad());
    }
    for warning in &opened.warnings {
        lines.wrapped(warning, theme.warning());
    }
    lines.gap();
}

/// Energy and depth of a plane.
fn plane_words(plane: &Plane) -> Safe {
    let bits = say("plane-bits", &[arg("bits", &plane.bits)]);
    let energy = plane
        .energy
        .map(|energy| Safe::from_outside(&energy.to_string()));
    let parts: Vec<Safe> = energy.into_iter().chain([bits]).collect();
    Safe::join(&parts, " · ")
}

/// Whether the open beam of a plane is known.
fn air_words(plane: &Plane) -> Safe {
    match (plane.air_of_row(0), plane.air_estimated) {
        (Some(_), false) => say("plane-air", &[]),
        (Some(_), true) => say("plane-air-estimated", &[]),
        (None, _) => say("plane-no-air", &[]),
    }
}

/// What the file says of itself.
fn metadata(opened: &Opened, lines: &mut Lines<'_>, theme: Theme) {
    if opened.metadata.is_empty() || lines.left() < 2 {
        return;
    }
    lines.line(&say("inspector-metadata", &[]), theme.title());
    for (key, value) in &opened.metadata {
        if lines.left() == 0 {
            return;
        }
        lines.pair(key, value, (theme.dim(), theme.plain()));
    }
}
