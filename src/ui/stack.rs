//! The stack of filters: each with its arguments, the selected one open, bypassed ones dimmed and
//! marked in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, StackCursor};
use crate::filter::ParameterUnit;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::StackRow;

/// Columns before the arguments of the selected filter.
const INDENT: usize = 4;

/// Draws the stack.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    let Some(area) = paint::beside(buffer, area, theme.plain()) else {
        return;
    };
    let rows = app.stack_rows();
    let cursor = app.stack_cursor();
    let foot = foot(app, &rows, cursor, theme);
    let below: usize = foot
        .iter()
        .map(|(text, _)| paint::wrap(text, usize::from(area.width)).len())
        .sum();
    let mut lines = Lines::new(buffer, area);
    lines.line(&title(&rows), theme.title());
    let drawn = drawn(&rows, cursor, theme);
    let room = usize::from(area.height).saturating_sub(2 + below);
    for parts in in_sight(&drawn, room) {
        lines.parts(parts);
    }
    lines.gap();
    for (text, style) in foot {
        lines.wrapped(&text, style);
    }
}

/// How many filters there are, and how many of them are at work.
fn title(rows: &[StackRow]) -> Safe {
    let on = rows.iter().filter(|row| !row.used.bypassed).count();
    let all = rows.len();
    say("stack-title", &[arg("on", &on), arg("all", &all)])
}

/// A line in parts, and whether it belongs to the selected filter.
struct Line {
    parts: Vec<(Safe, Style)>,
    selected: bool,
}

/// The lines of every filter.
fn drawn(rows: &[StackRow], cursor: StackCursor, theme: Theme) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let selected = at == cursor.row;
        let one = |parts| Line { parts, selected };
        lines.push(one(head(at, row, selected, theme)));
        if selected {
            let arguments = 0..row.arguments.len();
            lines.extend(arguments.map(|i| one(argument(row, i, i == cursor.argument, theme))));
        }
    }
    lines
}

/// As many lines as there is room for, the selected filter among them.
fn in_sight(lines: &[Line], room: usize) -> impl Iterator<Item = &Vec<(Safe, Style)>> {
    let first = lines.iter().position(|line| line.selected).unwrap_or(0);
    let own = lines.iter().filter(|line| line.selected).count();
    let last = lines.len().saturating_sub(room);
    let before = room.saturating_sub(own) / 2;
    let from = first.saturating_sub(before).min(last);
    lines.iter().skip(from).take(room).map(|line| &line.parts)
}

/// The line of a filter: its place, its name, and its arguments unless they stand below.
fn head(at: usize, row: &StackRow, selected: bool, theme: Theme) -> Vec<(Safe, Style)> {
    let name = Safe::from_outside(&row.used.name);
    let style = match (selected, row.used.bypassed) {
        (true, _) => theme.selected(),
        (false, true) => theme.dim(),
        (false, false) => theme.plain(),
    };
    let place = Safe::from_outside(&(at + 1).to_string());
    let before = Safe::blanks(2usize.saturating_sub(place.width()));
    let mut parts = vec![
        (before, theme.plain()),
        (place, theme.dim()),
        (Safe::blanks(1), theme.plain()),
        (name, style),
    ];
    if row.used.bypassed {
        parts.push((Safe::blanks(1), theme.plain()));
        parts.push((say("stack-bypassed", &[]), theme.dim()));
    }
    if !selected {
        let values: Vec<Safe> = (0..row.arguments.len()).map(|i| value(row, i)).collect();
        parts.push((Safe::blanks(2), theme.plain()));
        parts.push((Safe::join(&values, ", "), theme.dim()));
    }
    parts
}

/// The line of an argument of the selected filter: name, value with its unit, range.
fn argument(row: &StackRow, at: usize, selected: bool, theme: Theme) -> Vec<(Safe, Style)> {
    let Some(parameter) = row.parameter(at) else {
        return Vec::new();
    };
    let [low, high] = parameter
        .range
        .map(|end| Safe::from_outside(&end.to_string()));
    let range = say("stack-range", &[arg("low", &low), arg("high", &high)]);
    let name = Safe::word(parameter.name);
    let gap = Safe::blanks(9usize.saturating_sub(name.width()));
    let mark = Safe::word(if selected { "› " } else { "  " });
    let style = if selected { theme.key() } else { theme.plain() };
    let shown = value(row, at);
    let space = Safe::blanks(10usize.saturating_sub(shown.width()).max(1));
    vec![
        (Safe::blanks(INDENT - 2), theme.plain()),
        (mark, style),
        (name, theme.dim()),
        (gap, theme.plain()),
        (shown, style),
        (space, theme.plain()),
        (range, theme.dim()),
    ]
}

/// An argument with its unit.
fn value(row: &StackRow, at: usize) -> Safe {
    let number = row.arguments.get(at).copied().unwrap_or_default();
    let digits = format!("{number:.4}");
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let number = Safe::from_outside(digits);
    let unit = match row.parameter(at).map(|parameter| parameter.unit) {
        Some(ParameterUnit::ScanPixels) => say("stack-pixels", &[]),
        Some(ParameterUnit::Displayed) => say(&format!("unit-short-{}", row.word), &[]),
        Some(ParameterUnit::One) | None => return number,
    };
    Safe::join(&[number, unit], " ")
}

/// What the selected filter and its argument do, and what a reader must know.
fn foot(app: &App, rows: &[StackRow], cursor: StackCursor, theme: Theme) -> Vec<(Safe, Style)> {
    let Some(row) = rows.get(cursor.row) else {
        let key = app.chord(app.mode, "add_filter");
        return vec![(say("stack-empty", &[arg("key", &key)]), theme.dim())];
    };
    let mut foot = Vec::new();
    if let Some(filter) = row.filter() {
        foot.push((filter.doc(), theme.plain()));
    }
    if let Some(parameter) = row.parameter(cursor.argument) {
        let name = Safe::word(parameter.name);
        let doc = say(&format!("filter-{}-{}", row.used.name, parameter.name), &[]);
        let text = say("stack-argument", &[arg("name", &name), arg("doc", &doc)]);
        foot.push((text, theme.dim()));
    }
    if app.is_preview() {
        foot.push((say("view-preview", &[]), theme.warning()));
    }
    foot
}
