//! The outcome of an inspection while it is entered, below the list of the log.

use super::paint::Lines;
use super::theme::Theme;
use crate::app::{App, LoggedCase, Mode, OutcomeForm, Recording};
use crate::decisions::{FoundItem, Inspection};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Draws the form into the lines that are left.
pub(super) fn draw(app: &App, form: &OutcomeForm, lines: &mut Lines<'_>, theme: Theme) {
    let title = say("outcome-title", &[arg("scan", &form.scan)]);
    lines.line(&title, theme.title());
    for result in Inspection::ALL {
        let chosen = form.result == Some(result);
        let command = format!("choose_{}", result.as_str().replace('-', "_"));
        let key = app.chord(Mode::Outcome, &command);
        let dot = Safe::word(if chosen { "(•) " } else { "( ) " });
        let gap = Safe::blanks(4usize.saturating_sub(key.width()));
        let style = if chosen {
            theme.selected()
        } else {
            theme.plain()
        };
        let label = result.label();
        lines.parts(&[
            (dot, theme.plain()),
            (key, theme.key()),
            (gap, theme.plain()),
            (label, style),
        ]);
    }
    let found: Vec<Safe> = form.found.iter().map(FoundItem::label).collect();
    let found = Safe::join(&found, ", ");
    for (id, command, value) in [
        ("outcome-found", "add_found", found),
        ("outcome-by", "set_inspector", Safe::from_outside(&form.by)),
        (
            "outcome-at",
            "set_inspected_at",
            Safe::from_outside(&form.inspected_at),
        ),
    ] {
        let value = if value.is_empty() {
            say("form-none", &[])
        } else {
            value
        };
        let key = app.chord(Mode::Outcome, command);
        let gap = Safe::blanks(4usize.saturating_sub(key.width()));
        let label = say(id, &[]);
        let after = Safe::blanks(16usize.saturating_sub(label.width()).max(1));
        lines.parts(&[
            (Safe::blanks(4), theme.plain()),
            (key, theme.key()),
            (gap, theme.plain()),
            (label, theme.dim()),
            (after, theme.plain()),
            (value, theme.plain()),
        ]);
    }
    let regions = app.found_regions();
    if !regions.is_empty() {
        let named = regions.iter().zip(1_usize..);
        let named = named.map(|(region, number)| {
            let place = region.place_label();
            let place = [arg("number", &number), arg("place", &place)];
            say("outcome-region", &place)
        });
        let named: Vec<Safe> = named.collect();
        let named = Safe::join(&named, "; ");
        lines.wrapped(
            &say("outcome-regions", &[arg("regions", &named)]),
            theme.dim(),
        );
    }
    let earlier = app.logged_case().filter(|case| case.id == form.case);
    if earlier.is_some_and(|case: &LoggedCase| case.outcome.is_some()) {
        lines.wrapped(&say("outcome-again", &[]), theme.warning());
    }
    let key = app.chord(Mode::Outcome, "confirm_outcome");
    let (text, style) = match (&form.recording, form.result) {
        (Recording::Writing, _) => (say("form-writing", &[]), theme.warning()),
        (Recording::Failed(_), _) => (say("form-failed", &[arg("key", &key)]), theme.bad()),
        (Recording::Typed, None) => (say("outcome-choose", &[]), theme.key()),
        (Recording::Typed, Some(_)) => (say("outcome-confirm", &[arg("key", &key)]), theme.good()),
    };
    lines.wrapped(&text, style);
}
