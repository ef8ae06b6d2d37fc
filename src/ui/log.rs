//! The log pane: the cases as a list, the selected one in full below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::outcome;
use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::{App, CaseFilter, LoggedCase, Mode};
use crate::decisions::result_label;
use crate::messages::{arg, say};
use crate::text::Safe;

/// Columns of the time, the decision, the analyst and the outcome.
const AT: usize = 17;
const DECISION: usize = 14;
const ANALYST: usize = 10;
const OUTCOME: usize = 15;
/// Columns below which the analyst gives way.
const NARROW: usize = 76;

/// Lines of an outcome that is entered.
const FORM: u16 = 10;

/// Draws the pane over everything but the last two lines.
pub(super) fn draw(app: &App, buffer: &mut Buffer, theme: Theme) {
    let screen = buffer.area;
    let area = Rect {
        height: screen.height.saturating_sub(2),
        ..screen
    };
    paint::fill(buffer, area, theme.plain());
    let area = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let cases = app.logged_cases();
    let mut lines = Lines::new(buffer, area);
    head(app, cases.len(), &mut lines, theme);
    let entered = app
        .outcome_form()
        .filter(|_| app.mode_below() == Mode::Outcome);
    let least = if entered.is_some() { FORM } else { 6 };
    let below = (lines.left() / 2).max(least);
    let room = usize::from(lines.left().saturating_sub(below + 1)).max(1);
    let selected = app.log.selected.min(cases.len().saturating_sub(1));
    let last = cases.len().saturating_sub(room);
    let first = selected.saturating_sub(room / 2).min(last);
    for (at, case) in cases.iter().enumerate().skip(first).take(room) {
        let style = if at == selected {
            theme.selected()
        } else {
            theme.plain()
        };
        let width = usize::from(lines.width());
        lines.parts(&row(app, case, style, theme, width));
    }
    lines.gap();
    if let Some(form) = entered {
        return outcome::draw(app, form, &mut lines, theme);
    }
    match cases.get(selected) {
        Some(case) => detail(case, &mut lines, theme),
        None if app.log.reading => lines.wrapped(&say("log-reading", &[]), theme.dim()),
        None => lines.wrapped(&say("log-no-cases", &[]), theme.dim()),
    }
}

/// What is listed of what, and what stands in the way.
fn head(app: &App, listed: usize, lines: &mut Lines<'_>, theme: Theme) {
    let log = &app.log;
    let title = say(
        "log-title",
        &[
            arg("listed", &listed),
            arg("all", &log.read.all),
            arg("filter", &log.filter.label()),
        ],
    );
    lines.line(&title, theme.title());
    if let Some(statistics) = app.sitting_statistics() {
        lines.line(&statistics, theme.dim());
    }
    if !log.search.is_empty() {
        let text = Safe::from_typed(&log.search);
        lines.line(&say("log-searched", &[arg("text", &text)]), theme.key());
    }
    if let Some(problem) = app.outcome_not_recorded().as_ref().or(log.problem.as_ref()) {
        lines.wrapped(problem, theme.bad());
    }
    if log.read.damaged > 0 {
        let damaged = [arg("lines", &log.read.damaged)];
        lines.wrapped(&say("log-export-damaged", &damaged), theme.bad());
    }
    let read = log.read.cases.len();
    if read < log.read.all {
        lines.line(&say("log-newest", &[arg("read", &read)]), theme.warning());
    }
}

/// A case in a line; in the feedback list what became of one's own decision.
fn row(
    app: &App,
    case: &LoggedCase,
    style: Style,
    theme: Theme,
    width: usize,
) -> Vec<(Safe, Style)> {
    let label = say(&format!("conclusion-{}", case.decision), &[]);
    let outcome = case.outcome.as_deref();
    if app.log.filter == CaseFilter::Feedback {
        let outcome = outcome.map(result_label).unwrap_or_default();
        let was = [
            arg("decision", &label),
            arg("scan", &case.scan),
            arg("at", &case.at),
            arg("outcome", &outcome),
        ];
        return vec![(say("log-feedback", &was), style)];
    }
    let mark = match (case.standing.as_str(), case.amended) {
        ("disagreed", _) => (Safe::word("≠"), theme.bad()),
        (_, true) => (Safe::word("±"), theme.warning()),
        _ => (Safe::blanks(1), theme.plain()),
    };
    // A narrow screen gives up the analyst, who stands below too.
    let analyst = if width < NARROW { 0 } else { ANALYST };
    let scan = width.saturating_sub(AT + DECISION + analyst + OUTCOME + 2);
    let good = case.decision == "clear";
    let decision = if good { theme.good() } else { theme.warning() };
    vec![
        (padded(&case.at, AT), theme.dim()),
        (padded(&label, DECISION), decision),
        mark,
        (Safe::blanks(1), theme.plain()),
        (
            padded(&case.scan.cut_middle(scan.saturating_sub(1)), scan),
            style,
        ),
        (padded(&case.analyst, analyst), theme.dim()),
        came_to(app, case, theme),
    ]
}

/// What the inspection came to; else whether an outcome waits to be recorded.
fn came_to(app: &App, case: &LoggedCase, theme: Theme) -> (Safe, Style) {
    match &case.outcome {
        _ if app.waits_for_outcome(&case.id) => (say("mark-draft", &[]), theme.warning()),
        Some(word) => (result_label(word), theme.key()),
        None => (Safe::default(), theme.plain()),
    }
}

/// A text in so many columns.
fn padded(text: &Safe, columns: usize) -> Safe {
    let text = text.cut_end(columns.saturating_sub(1));
    let gap = columns.saturating_sub(text.width());
    text.then(&Safe::blanks(gap))
}

/// The selected case in full.
fn detail(case: &LoggedCase, lines: &mut Lines<'_>, theme: Theme) {
    let label = say(&format!("conclusion-{}", case.decision), &[]);
    let by = [
        arg("decision", &label),
        arg("at", &case.at),
        arg("by", &case.analyst),
        arg("scan", &case.scan),
    ];
    lines.wrapped(&say("log-case", &by), theme.title());
    for (name, value) in &case.facts {
        let room = usize::from(lines.width()).saturating_sub(LABEL);
        for (at, part) in paint::wrap(value, room).iter().enumerate() {
            let name = if at == 0 {
                padded(name, LABEL)
            } else {
                Safe::blanks(LABEL)
            };
            lines.parts(&[(name, theme.dim()), (part.clone(), theme.plain())]);
        }
    }
}

/// Columns of the labels below the list.
const LABEL: usize = 16;
