//! The help screen: every command of the mode it was called from, with its keys; what is not
//! possible now is dimmed and says why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{self, Lines};
use super::theme::Theme;
use crate::app::App;
use crate::command;
use crate::keymap::{HelpRow, help_rows};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Columns of the keys.
const KEYS: usize = 18;

/// Draws the help over everything but the status line.
pub(super) fn draw(app: &App, buffer: &mut Buffer, theme: Theme) {
    let area = buffer.area;
    let area = Rect {
        height: area.height.saturating_sub(2),
        ..area
    };
    paint::fill(buffer, area, theme.plain());
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let mut lines = Lines::new(buffer, inner);
    let mode = app.mode_below();
    let name = say(&format!("mode-{}", mode.as_str()), &[]);
    lines.line(&say("help-title", &[arg("mode", &name)]), theme.title());
    let rows = help_rows(&app.keymap, mode);
    let all = entries(&rows);
    let shown = usize::from(lines.left());
    let first = app.help_scroll.min(all.len().saturating_sub(shown));
    for entry in all.into_iter().skip(first).take(shown) {
        match entry {
            Entry::Group(label) => lines.line(&label, theme.title()),
            Entry::Row(row) => line(app, row, &mut lines, theme),
        }
    }
}

/// A line of the help.
enum Entry<'a> {
    Group(Safe),
    Row(&'a HelpRow),
}

/// The rows under the headings of their groups.
fn entries(rows: &[HelpRow]) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let mut group = None;
    for row in rows {
        if group != Some(row.group) {
            group = Some(row.group);
            entries.push(Entry::Group(say(
                &format!("group-{}", row.group.as_str()),
                &[],
            )));
        }
        entries.push(Entry::Row(row));
    }
    entries
}

/// Keys, doc, and why it is not possible now.
fn line(app: &App, row: &HelpRow, lines: &mut Lines<'_>, theme: Theme) {
    let keys = Safe::join(&row.chords, " ").cut_end(KEYS);
    let gap = Safe::blanks(KEYS + 1 - keys.width());
    // Some docs have the argument in them.
    let says_it = row.doc.as_str().contains(row.argument.as_str());
    let argument = if says_it {
        Safe::default()
    } else {
        row.argument.clone()
    };
    let why = command::find(row.name).and_then(|command| command.lacks(app));
    match why {
        None => lines.parts(&[
            (keys, theme.key()),
            (gap, theme.plain()),
            (row.doc.clone(), theme.plain()),
            (Safe::word("  "), theme.plain()),
            (argument, theme.dim()),
        ]),
        Some(why) => lines.parts(&[
            (keys, theme.dim()),
            (gap, theme.dim()),
            (row.doc.clone(), theme.dim()),
            (Safe::word("  "), theme.dim()),
            (why, theme.warning()),
        ]),
    }
}
