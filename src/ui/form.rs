//! The decision form: conclusions and reasons with their keys, what will be recorded, what is
//! still missing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, Form, Mode, Recording, Section, Tick};
use crate::decisions::{Conclusion, control_label, controls, reason_label, reasons};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Draws the form.
pub(super) fn draw(app: &App, buffer: &mut Buffer, area: Rect, theme: Theme) {
    let Some(form) = &app.desk.form else { return };
    paint::fill(buffer, area, theme.plain());
    let area = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        ..area
    };
    let foot = foot(app, form, theme);
    let below = foot
        .iter()
        .map(|(text, _)| height(text, area.width))
        .sum::<u16>();
    let mut lines = Lines::new(buffer, area);
    let name = app
        .queue
        .row()
        .map(|row| row.scan.name())
        .unwrap_or_default();
    lines.line(
        &say(App::form_title(form), &[arg("name", &name)]),
        theme.title(),
    );
    conclusions(app, form, &mut lines, theme);
    let used = 1 + Conclusion::ALL.len() as u16 + 4;
    tabs(app, form, &mut lines, theme);
    list(
        app,
        form,
        &mut lines,
        area.height.saturating_sub(used + below),
        theme,
    );
    answers(app, form, &mut lines, theme);
    for (text, style) in foot {
        lines.wrapped(&text, style);
    }
}

/// The conclusions, the chosen one marked.
fn conclusions(app: &App, form: &Form, lines: &mut Lines<'_>, theme: Theme) {
    for conclusion in Conclusion::ALL {
        let chosen = form.choice == Some(conclusion);
        let command = format!("choose_{}", conclusion.as_str().replace('-', "_"));
        let key = chord(app, &command);
        let dot = Safe::word(if chosen { "(•) " } else { "( ) " });
        let style = if chosen {
            theme.selected()
        } else {
            theme.plain()
        };
        let gap = Safe::blanks(7usize.saturating_sub(key.width()));
        lines.parts(&[
            (dot, theme.plain()),
            (key, theme.key()),
            (gap, theme.plain()),
            (conclusion.label(), style),
        ]);
    }
}

/// The lists by their names, with how much is chosen in each.
fn tabs(app: &App, form: &Form, lines: &mut Lines<'_>, theme: Theme) {
    let mut parts = Vec::new();
    for section in Section::ALL {
        let all = app.section_rows(section);
        if all == 0 {
            continue;
        }
        let chosen = app.section_chosen(form, section);
        let id = match section {
            Section::Reasons => "form-section-reasons",
            Section::Controls => "form-section-controls",
            Section::Checklist => "form-section-checklist",
        };
        let name = say(id, &[arg("chosen", &chosen), arg("all", &all)]);
        let style = if section == form.section {
            theme.title()
        } else {
            theme.dim()
        };
        if !parts.is_empty() {
            parts.push((Safe::word(" · "), theme.dim()));
        }
        parts.push((name, style));
    }
    lines.parts(&parts);
}

/// The rows of the list in front that fit, around the highlighted one.
fn list(app: &App, form: &Form, lines: &mut Lines<'_>, rows: u16, theme: Theme) {
    let entries = entries(app, form);
    let rows = usize::from(rows).max(1);
    let last = entries.len().saturating_sub(rows);
    let first = form.row.saturating_sub(rows / 2).min(last);
    for (at, (mark, label)) in entries.into_iter().enumerate().skip(first).take(rows) {
        let style = match (at == form.row, mark) {
            (true, _) => theme.selected(),
            (false, "[x] ") => theme.warning(),
            (false, _) => theme.plain(),
        };
        lines.parts(&[(Safe::word(mark), theme.plain()), (label, style)]);
    }
}

/// The rows of the list in front: whether each is chosen, and its label.
fn entries(app: &App, form: &Form) -> Vec<(&'static str, Safe)> {
    let chosen = |chosen: bool| if chosen { "[x] " } else { "[ ] " };
    match form.section {
        Section::Reasons => reasons()
            .iter()
            .map(|code| (chosen(form.reasons.contains(code)), reason_label(code)))
            .collect(),
        Section::Controls => controls()
            .iter()
            .map(|control| {
                let label = control_label(*control);
                let label = [arg("code", control), arg("label", &label)];
                let label = say("form-control", &label);
                (chosen(form.controls.contains(control)), label)
            })
            .collect(),
        Section::Checklist => app
            .steps()
            .into_iter()
            .map(|(step, tick)| {
                let mark = match tick {
                    Tick::Open => "[ ] ",
                    Tick::Done => "[x] ",
                    Tick::Seen => "[✓] ",
                };
                (mark, step.label(app))
            })
            .collect(),
    }
}

/// Confidence, note, regions.
fn answers(app: &App, form: &Form, lines: &mut Lines<'_>, theme: Theme) {
    let styles = (theme.dim(), theme.plain());
    let confidence = match form.confidence {
        Some(value) => say("form-confidence-value", &[arg("value", &value)]),
        None => say("form-none", &[]),
    };
    lines.pair(&say("form-confidence", &[]), &confidence, styles);
    let note = Safe::from_outside(&form.note);
    let note = if note.is_empty() {
        say("form-none", &[])
    } else {
        note
    };
    lines.pair(&say("form-note", &[]), &note, styles);
    let marks = app.desk.marks.len();
    lines.pair(
        &say("form-regions", &[]),
        &say("form-regions-value", &[arg("n", &marks)]),
        styles,
    );
}

/// Warnings, and what stands between the form and the record.
fn foot(app: &App, form: &Form, theme: Theme) -> Vec<(Safe, Style)> {
    let mut lines: Vec<(Safe, Style)> = app
        .warnings()
        .into_iter()
        .map(|warning| {
            (
                say(&format!("warning-{}", warning.code()), &[]),
                theme.warning(),
            )
        })
        .collect();
    if let Some(context) = app.form_context(form) {
        lines.insert(0, (context, theme.key()));
    }
    let confirm = chord(app, "confirm_decision");
    if app.record.read_only {
        lines.push((say("notice-read-only", &[]), theme.warning()));
        return lines;
    }
    lines.push(match (&form.recording, app.missing(form)) {
        (Recording::Writing, _) => (say("form-writing", &[]), theme.warning()),
        (Recording::Failed(_), _) => (say("form-failed", &[arg("key", &confirm)]), theme.bad()),
        (Recording::Typed, Some(missing)) => (missing, theme.key()),
        (Recording::Typed, None) => {
            let label = form.choice.map(Conclusion::label).unwrap_or_default();
            let text = say(
                "form-confirm",
                &[arg("key", &confirm), arg("decision", &label)],
            );
            (text, theme.good())
        }
    });
    lines
}

/// Lines that a text takes in `width` columns.
fn height(text: &Safe, width: u16) -> u16 {
    paint::wrap(text, usize::from(width)).len() as u16
}

/// The handiest key of a command in the form.
fn chord(app: &App, command: &str) -> Safe {
    app.chord(Mode::Decide, command)
}
