//! What lies over the panes: the line being typed, the notice, the palette, the pop-up of an
//! unfinished chord.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::paint::{self, Lines};
use super::sitting;
use super::theme::Theme;
use crate::app::{App, Level, Mode, Notice, Prompt, Purpose};
use crate::keymap::{PendingRow, Step};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Rows of the palette at most.
const ROWS: usize = 12;
/// Lines of why a line is asked for again.
const REFUSED: usize = 2;
/// Lines of a sitting's summary.
const SUMMARY: usize = 5;
/// Columns of a pop-up at most.
const COLUMNS: u16 = 76;

/// The last line: a notice, or what is being typed; gives the cursor's place.
pub(super) fn line(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) -> Option<Position> {
    paint::fill(buffer, area, theme.plain());
    if let Some(prompt) = &app.prompt {
        return Some(typed(app, prompt, buffer, area, theme));
    }
    if let Some(notice) = &app.notice {
        let style = style_of(notice.level, theme);
        if notice.level >= Level::Recorded && notice.level != Level::Warning {
            paint::fill(buffer, area, style);
        }
        paint::text(buffer, area, (area.x + 1, area.y), &notice.text, style);
        return None;
    }
    let hint = hints(app, usize::from(area.width).saturating_sub(2));
    paint::text(buffer, area, (area.x + 1, area.y), &hint, theme.dim());
    None
}

/// Commands worth a reminder, the most needed first.
fn reminders(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Browse => &[
            "help",
            "next_scan",
            "inspect_scan",
            "open_decision",
            "next_undecided",
            "open_palette",
            "quit",
        ],
        Mode::Inspect => &[
            "help",
            "leave",
            "open_decision",
            "mark_corner",
            "next_mark",
            "toggle_plot",
            "zoom_in",
            "zoom_fit",
            "window_auto",
            "toggle_material",
            "move_crosshair_left",
        ],
        Mode::Stack => &[
            "help",
            "leave",
            "add_filter",
            "bypass_filter",
            "raise_argument",
            "lower_argument",
            "edit_argument",
            "remove_filter",
            "move_filter_down",
            "move_filter_up",
        ],
        Mode::Region => &[
            "help",
            "leave",
            "next_mark",
            "toggle_plot",
            "label_mark",
            "remove_mark",
            "move_mark_left",
            "widen_mark",
        ],
        Mode::Compare => &[
            "help",
            "leave",
            "blink",
            "show_difference",
            "register",
            "show_swipe",
            "compare_mirror",
            "nudge_left",
        ],
        Mode::Decide => &[
            "help",
            "leave",
            "toggle_row",
            "next_section",
            "mark_region",
            "edit_note",
            "confirm_decision",
        ],
        Mode::Log => &[
            "help",
            "leave",
            "open_case",
            "enter_outcome",
            "replay_case",
            "next_case_filter",
            "find_case",
            "toggle_unit_cases",
            "export_case",
        ],
        Mode::Outcome => &["help", "leave", "add_found", "confirm_outcome"],
        Mode::Replay => &["leave", "next_step", "previous_step"],
        Mode::Help => &["leave", "scroll_down", "scroll_up"],
        Mode::Prompt => &["accept", "leave"],
    }
}

/// As many reminders as fit whole, each with its key as the key file has it.
fn hints(app: &App, room: usize) -> Safe {
    let mut line = Safe::default();
    for command in reminders(app.mode) {
        let key = app.chord(app.mode, command);
        if key.is_empty() {
            continue;
        }
        let word = say(&format!("hint-{command}"), &[]);
        let hint = Safe::join(&[key, word], " ");
        let longer = if line.is_empty() {
            hint
        } else {
            Safe::join(&[line.clone(), hint], " · ")
        };
        if longer.width() > room {
            break;
        }
        line = longer;
    }
    line
}

/// How loud a notice is drawn.
fn style_of(level: Level, theme: Theme) -> Style {
    match level {
        Level::Info => theme.plain(),
        Level::Recorded => theme.recorded(),
        Level::Warning => theme.warning(),
        Level::Error => theme.bad(),
        Level::NotRecorded => theme.not_recorded(),
    }
}

/// The line being typed; its end stays in sight.
fn typed(app: &App, prompt: &Prompt, buffer: &mut Buffer, area: Rect, theme: Theme) -> Position {
    let label = match app
        .overwritten()
        .filter(|_| prompt.purpose == Purpose::Overwrite)
    {
        Some(what) => say(prompt.purpose.label(), &[arg("what", &what)]),
        None => say(prompt.purpose.label(), &[]),
    };
    let x = paint::text(buffer, area, (area.x + 1, area.y), &label, theme.key());
    let room = usize::from(area.right().saturating_sub(x + 1));
    let skip = prompt.input.visual_scroll(room);
    let text: String = prompt.input.value().chars().skip(skip).collect();
    paint::text(
        buffer,
        area,
        (x, area.y),
        &Safe::from_typed(&text),
        theme.plain(),
    );
    let column = prompt.input.visual_cursor().saturating_sub(skip);
    Position::new(x + column as u16, area.y)
}

/// A decision that is not on disk, whole, over as many rows as it takes.
fn not_recorded(app: &App, buffer: &mut Buffer, theme: Theme) {
    let Some(notice) = app
        .notice
        .as_ref()
        .filter(|n| n.level == Level::NotRecorded)
    else {
        return;
    };
    let screen = buffer.area;
    let lines = paint::wrap(&notice.text, usize::from(screen.width).saturating_sub(2));
    let height = (lines.len() as u16).min(screen.height / 2);
    let area = Rect::new(0, screen.height - height, screen.width, height);
    paint::fill(buffer, area, theme.not_recorded());
    for (line, y) in lines.iter().zip(area.y..) {
        paint::text(buffer, area, (1, y), line, theme.not_recorded());
    }
}

/// The palette, or the pop-up of an unfinished chord.
pub(super) fn popups(app: &App, buffer: &mut Buffer, theme: Theme) {
    if app.prompt.is_none() {
        not_recorded(app, buffer, theme);
    }
    if let Some(prompt) = app
        .prompt
        .as_ref()
        .filter(|prompt| prompt.purpose == Purpose::Palette)
    {
        palette(app, prompt, buffer, theme);
    } else if app
        .prompt
        .as_ref()
        .is_some_and(|prompt| prompt.purpose == Purpose::HandOver)
    {
        let inner = frame(buffer, SUMMARY, &say("sitting-title", &[]), theme);
        sitting::summary(app, &mut Lines::new(buffer, inner), theme);
    } else if let (Some(_), Some(notice)) = (&app.prompt, refused(app)) {
        let inner = frame(buffer, REFUSED, &say("prompt-again", &[]), theme);
        let style = style_of(notice.level, theme);
        Lines::new(buffer, inner).wrapped(&notice.text, style);
    } else if let Some(prompt) = &app.prompt {
        choices(app, prompt, buffer, theme);
    } else if !app.pending.is_empty()
        && let Step::Pending(rows) = app.keymap.press(app.mode, &app.pending)
    {
        chord(app, &rows, buffer, theme);
    }
}

/// Why a line is asked for again.
fn refused(app: &App) -> Option<&Notice> {
    let notice = app.notice.as_ref();
    notice.filter(|notice| notice.level == Level::Error)
}

/// A framed box above the last line.
fn frame(buffer: &mut Buffer, rows: usize, title: &Safe, theme: Theme) -> Rect {
    let screen = buffer.area;
    let width = screen.width.min(COLUMNS);
    let height = (rows as u16 + 1).min(screen.height.saturating_sub(2));
    let y = screen.bottom().saturating_sub(2 + height);
    let area = Rect::new(screen.right() - width, y, width, height);
    paint::fill(buffer, area, theme.plain());
    let title_line = Rect { height: 1, ..area };
    paint::fill(buffer, title_line, theme.status());
    paint::text(buffer, title_line, (area.x + 1, y), title, theme.status());
    Rect {
        x: area.x + 1,
        y: y + 1,
        width: width - 2,
        height: height.saturating_sub(1),
    }
}

/// Commands that match what is typed.
fn palette(app: &App, prompt: &Prompt, buffer: &mut Buffer, theme: Theme) {
    let rows = app.palette(prompt.input.value());
    let first = prompt.selected.saturating_sub(ROWS - 1);
    let inner = frame(buffer, ROWS, &say("palette-title", &[]), theme);
    let mut lines = Lines::new(buffer, inner);
    for (at, row) in rows.iter().enumerate().skip(first).take(ROWS) {
        let style = if at == prompt.selected {
            theme.selected()
        } else {
            theme.plain()
        };
        let name = row.name.cut_end(24);
        let gap = Safe::blanks(25 - name.width());
        let chord = row.chord.clone().unwrap_or_default();
        let chord_gap = Safe::blanks(10usize.saturating_sub(chord.width()));
        lines.parts(&[
            (name, style),
            (gap, theme.plain()),
            (chord, theme.key()),
            (chord_gap, theme.plain()),
            (row.doc.clone(), theme.dim()),
        ]);
    }
    if rows.is_empty() {
        lines.line(&say("palette-empty", &[]), theme.warning());
    }
}

/// Names that what is typed can be completed to.
fn choices(app: &App, prompt: &Prompt, buffer: &mut Buffer, theme: Theme) {
    let rows = app.choices(prompt.purpose, prompt.input.value());
    if rows.is_empty() {
        return;
    }
    let first = prompt.selected.saturating_sub(ROWS - 1);
    let shown = rows.len().min(ROWS);
    let inner = frame(buffer, shown, &say("choices-title", &[]), theme);
    let touched = prompt.selected > 0 || !prompt.input.value().is_empty();
    let mut lines = Lines::new(buffer, inner);
    for (at, row) in rows.iter().enumerate().skip(first).take(ROWS) {
        let style = if at == prompt.selected && touched {
            theme.selected()
        } else {
            theme.plain()
        };
        let name = row.name.cut_end(20);
        let gap = Safe::blanks(21 - name.width());
        let mut parts = vec![(name, style), (gap, theme.plain())];
        if rows.iter().any(|row| !row.key.is_empty()) {
            let gap = Safe::blanks(2usize.saturating_sub(row.key.width()));
            parts.extend([(row.key.clone(), theme.key()), (gap, theme.plain())]);
        }
        parts.push((row.doc.clone(), theme.dim()));
        lines.parts(&parts);
    }
}

/// What may follow the keys that were pressed.
fn chord(app: &App, rows: &[PendingRow], buffer: &mut Buffer, theme: Theme) {
    debug_assert!(app.mode != Mode::Prompt);
    let inner = frame(buffer, rows.len(), &app.keymap.label(&app.pending), theme);
    let mut lines = Lines::new(buffer, inner);
    for row in rows {
        let key = row.key.clone();
        let gap = Safe::blanks(10usize.saturating_sub(key.width()));
        lines.parts(&[
            (key, theme.key()),
            (gap, theme.plain()),
            (row.doc.clone(), theme.plain()),
        ]);
    }
}
