//! The queue: one line a scan with its state, kind and size, or four with a small picture, and the
//! selected one in full below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::aids;
use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, Listing, Mode, Row, Small, State, Verdict, readings_told, second_asked};
use crate::decisions::Standing;
use crate::messages::{arg, say};
use crate::radiograph::Kind;
use crate::text::Safe;

/// Columns of the kind and the size at the right.
const RIGHT: usize = 12;
/// Columns of a small picture.
const SMALL: u16 = 12;

/// Draws the queue.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    if area.is_empty() {
        return;
    }
    paint::fill(buffer, area, theme.plain());
    // One column of air between queue and picture.
    let area = Rect {
        width: area.width - 1,
        ..area
    };
    let (done, all) = (app.queue.decided(&app.record.analyst), app.queue.rows.len());
    let title = say("queue-title", &[arg("done", &done), arg("all", &all)]);
    let list = app.queue.list_rows(area.height);
    let mut lines = Lines::new(buffer, area);
    lines.line(&title, theme.title());
    let first = app.queue.first_visible(area.height);
    let rows = app.queue.rows.iter().enumerate().skip(first).take(list);
    let mut drawn: u16 = 0;
    for (at, row) in rows {
        let chosen = at == app.queue.selected;
        let style = style_of_row(app, chosen, theme);
        match app.queue.listing {
            Listing::Lines => line(app, &mut lines, row, style, theme),
            Listing::Thumbnails => {
                lines.with(app.queue.listing.lines(), |buffer, area| {
                    entry(app, (buffer, area), row, style, theme);
                });
            }
        }
        drawn += app.queue.listing.lines();
    }
    for _ in usize::from(drawn)..list * usize::from(app.queue.listing.lines()) {
        lines.gap();
    }
    detail(app, &mut lines, theme);
}

/// How the row's name is set off.
fn style_of_row(app: &App, chosen: bool, theme: Theme) -> Style {
    match (chosen, app.mode) {
        (false, _) => theme.plain(),
        (true, Mode::Browse) => theme.selected(),
        (true, _) => theme.marked(),
    }
}

/// One row: state, name, kind, size.
fn line(app: &App, lines: &mut Lines<'_>, row: &Row, style: Style, theme: Theme) {
    let (mark, mark_style) = mark(app, row, theme);
    // A form may wait on a scan that is decided already.
    let waits = if row.draft && row.decided.is_some() {
        say("mark-draft", &[])
    } else {
        Safe::word(" ")
    };
    let room = usize::from(lines.width()).saturating_sub(RIGHT + 3);
    let name = row.scan.name().cut_middle(room);
    let pad = Safe::blanks(room - name.width() + 1);
    let kind = kind(row);
    let size = size(row.scan.bytes());
    let gap = Safe::blanks(RIGHT.saturating_sub(kind.width() + size.width()));
    lines.parts(&[
        (mark, mark_style),
        (waits, theme.warning()),
        (name, style),
        (pad, theme.plain()),
        (kind, theme.dim()),
        (gap, theme.plain()),
        (size, theme.dim()),
    ]);
}

/// The kind in a few letters; empty while it is not known.
fn kind(row: &Row) -> Safe {
    match row.scan.kind {
        Some(Kind::DualEnergy) => say("kind-short-dual", &[]),
        Some(Kind::SingleEnergy) => say("kind-short-single", &[]),
        Some(Kind::Colour) => say("kind-short-colour", &[]),
        Some(Kind::Report) => say("kind-short-report", &[]),
        None => Safe::default(),
    }
}

/// One row with its small picture at the left; at the right name, kind and size, and what became of
/// it.
fn entry(app: &App, (buffer, area): (&mut Buffer, Rect), row: &Row, style: Style, theme: Theme) {
    let picture = Rect {
        width: SMALL.min(area.width),
        ..area
    };
    small(app, (&mut *buffer, picture), row, theme);
    let left = SMALL + 1;
    let words = Rect {
        x: area.x + left.min(area.width),
        width: area.width.saturating_sub(left),
        ..area
    };
    let mut lines = Lines::new(buffer, words);
    let room = usize::from(words.width);
    lines.line(&row.scan.name().cut_middle(room), style);
    let facts = [kind(row), size(row.scan.bytes())];
    lines.line(&Safe::join(&facts, " "), theme.dim());
    let (mark, mark_style) = mark(app, row, theme);
    let state = match &row.decided {
        Some(_) if is_hidden(app, row) => say("state-second", &[]),
        Some(decided) if differs(decided) => say("state-disagreed", &[]),
        Some(decided) => say(&format!("conclusion-{}", decided.decision), &[]),
        None if row.problem.is_some() => say("list-state-problem", &[]),
        None if row.draft => say("queue-draft", &[]),
        None => say("queue-new", &[]),
    };
    let blank = Safe::blanks(1);
    lines.parts(&[(mark.then(&blank), mark_style), (state, mark_style)]);
    if row.draft && row.decided.is_some() {
        lines.line(&say("queue-draft", &[]), theme.warning());
    }
}

/// A row's small picture, or why there is none.
fn small(app: &App, (buffer, area): (&mut Buffer, Rect), row: &Row, theme: Theme) {
    let (id, style) = match app.small(row) {
        Some(Small::Picture(made)) => {
            let (room, tall) = aids::small_pixels(app, [area.width, area.height]);
            if let Some(cells) = aids::in_cells(app, &made.centred(room, tall)) {
                cells.paint(area, buffer);
            }
            return;
        }
        Some(Small::Later) => ("thumbnail-later", theme.dim()),
        Some(Small::Nothing) => ("thumbnail-none", theme.bad()),
        None => ("thumbnail-coming", theme.dim()),
    };
    let text = say(id, &[]);
    let room = usize::from(area.width).saturating_sub(text.width());
    let at = (area.x + (room / 2) as u16, area.y + area.height / 2);
    paint::text(buffer, area, at, &text, style);
}

/// One letter for what became of the scan.
fn mark(app: &App, row: &Row, theme: Theme) -> (Safe, Style) {
    if let Some(decided) = &row.decided {
        if is_hidden(app, row) {
            return (say("mark-second", &[]), theme.warning());
        }
        if differs(decided) {
            return (say("mark-disagreed", &[]), theme.warning());
        }
        let mark = say(&format!("mark-{}", decided.decision), &[]);
        let style = if decided.decision == "clear" {
            theme.good()
        } else {
            theme.warning()
        };
        return (mark, style);
    }
    match row.state() {
        State::New if row.question.is_some() => (say("mark-second", &[]), theme.warning()),
        State::Problem => (say("mark-problem", &[]), theme.bad()),
        State::Draft => (say("mark-draft", &[]), theme.warning()),
        _ => (say("mark-new", &[]), theme.dim()),
    }
}

/// Whether the analyst is to read it a second time, without knowing the first.
fn is_hidden(app: &App, row: &Row) -> bool {
    let decided = row.decided.as_ref();
    decided.is_some_and(|decided| decided.is_hidden_from(&app.record.analyst))
}

/// Bytes in the unit that leaves three digits.
pub(super) fn size(bytes: u64) -> Safe {
    let value = bytes as f64;
    match bytes {
        0..1_000 => say("size-b", &[arg("n", &bytes)]),
        1_000..1_000_000 => say("size-kb", &[arg("n", &Safe::number(value / 1e3, 0))]),
        1_000_000..1_000_000_000 => say("size-mb", &[arg("n", &Safe::number(value / 1e6, 1))]),
        _ => say("size-gb", &[arg("n", &Safe::number(value / 1e9, 1))]),
    }
}

/// Whether the readings differ.
fn differs(decided: &Verdict) -> bool {
    decided.standing == Standing::Disagreed
}

/// The selected scan in full: its name, and its decision or its problem.
fn detail(app: &App, lines: &mut Lines<'_>, theme: Theme) {
    let Some(row) = app.queue.row() else {
        let id = if app.queue.reading {
            "queue-reading"
        } else {
            "queue-empty"
        };
        lines.wrapped(&say(id, &[]), theme.dim());
        return;
    };
    lines.line(
        &row.scan.name().cut_middle(usize::from(lines.width())),
        theme.title(),
    );
    if is_hidden(app, row) {
        lines.wrapped(&say("queue-second", &[]), theme.warning());
    } else if let Some(decided) = row.decided.as_ref().filter(|decided| differs(decided)) {
        let readings = readings_told(decided);
        let text = say("queue-disagreed", &[arg("readings", &readings)]);
        lines.wrapped(&text, theme.warning());
    } else if let Some(decided) = &row.decided {
        let label = say(&format!("conclusion-{}", decided.decision), &[]);
        let by = [
            arg("decision", &label),
            arg("at", &decided.at),
            arg("by", &decided.analyst),
        ];
        lines.wrapped(&say("queue-decided", &by), theme.good());
        if decided.standing == Standing::SecondAsked {
            lines.wrapped(&say("queue-second-own", &[]), theme.dim());
        }
    }
    if let Some(problem) = &row.problem {
        lines.wrapped(problem, theme.bad());
    } else if row.question.is_some() && row.decided.is_none() {
        lines.wrapped(&second_asked(row), theme.warning());
    } else if row.draft || row.decided.is_none() {
        let id = if row.draft {
            "queue-draft"
        } else {
            "queue-new"
        };
        lines.wrapped(&say(id, &[]), theme.dim());
    }
}
