//! The keys on paper: text, Markdown and JSON of the same rows that the help screen shows.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr as _;

use super::Keymap;
use super::rows::{HelpRow, help_rows};
use crate::app::Mode;
use crate::messages::{arg, say};
use crate::text::Safe;

/// The keys of every mode in aligned columns.
pub fn text(keymap: &Keymap) -> String {
    let mut out = String::new();
    for mode in Mode::ALL {
        let rows = help_rows(keymap, mode);
        let (keys, lines) = (
            width(&rows, keys_cell),
            width(&rows, |row| row.line.clone()),
        );
        let _ = writeln!(out, "{}", mode_label(mode));
        let mut group = None;
        for row in &rows {
            if group != Some(row.group) {
                group = Some(row.group);
                let _ = writeln!(out, "\n  {}", group_label(row));
            }
            let (key, line) = (keys_cell(row), &row.line);
            let _ = writeln!(
                out,
                "    {key}{}  {line}{}  {}",
                pad(&key, keys),
                pad(line, lines),
                row.doc
            );
        }
        out.push('\n');
    }
    out
}

/// The key reference: a page of Markdown for each map.
pub fn markdown(title: &Safe, keymap: &Keymap) -> String {
    let mut out = format!("## {title}\n");
    for mode in Mode::ALL {
        let _ = writeln!(out, "\n### {}", mode_label(mode));
        let head = [
            say("keymap-head-keys", &[]),
            say("keymap-head-command", &[]),
            say("keymap-head-doc", &[]),
        ];
        let _ = writeln!(out, "\n| {} | {} | {} |", head[0], head[1], head[2]);
        out.push_str("|---|---|---|\n");
        for row in &help_rows(keymap, mode) {
            let keys: Vec<String> = row.chords.iter().map(code).collect();
            let keys = if keys.is_empty() {
                say("keymap-palette-only", &[]).to_string()
            } else {
                keys.join(" ")
            };
            let doc = row.doc.as_str().replace('|', "\\|");
            let _ = writeln!(out, "| {keys} | {} | {doc} |", code(&row.line));
        }
    }
    out
}

/// The keys as JSON: one object a row with `mode`, `group`, `chords`, `command`, `argument`
/// (what follows the command, or null) and `doc`.
pub fn json(keymap: &Keymap) -> Json {
    let rows = Mode::ALL.into_iter().flat_map(|mode| {
        help_rows(keymap, mode).into_iter().map(move |row| {
            let argument = row.line.as_str().split_once(' ').map(|(_, rest)| rest);
            json!({
                "mode": mode.as_str(),
                "group": row.group.as_str(),
                "chords": row.chords.iter().map(Safe::as_str).collect::<Vec<_>>(),
                "command": row.name,
                "argument": argument,
                "line": row.line.as_str(),
                "doc": row.doc.as_str(),
            })
        })
    });
    Json::Array(rows.collect())
}

fn mode_label(mode: Mode) -> Safe {
    say(&format!("mode-{}", mode.as_str()), &[])
}

fn group_label(row: &HelpRow) -> Safe {
    say(&format!("group-{}", row.group.as_str()), &[])
}

/// The chords of a row in one cell.
fn keys_cell(row: &HelpRow) -> Safe {
    if row.chords.is_empty() {
        return say("keymap-palette-only", &[]);
    }
    let chords = Safe::join(&row.chords, ", ");
    say("keymap-chords", &[arg("chords", &chords)])
}

fn width(rows: &[HelpRow], cell: impl Fn(&HelpRow) -> Safe) -> usize {
    rows.iter().map(|row| cell(row).width()).max().unwrap_or(0)
}

fn pad(cell: &Safe, width: usize) -> String {
    " ".repeat(width.saturating_sub(cell.as_str().width()))
}

/// A Markdown code span that may hold backticks and table bars.
fn code(text: &Safe) -> String {
    let text = text.as_str().replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
