//! The command palette: every command by its words, found by a few letters of them.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::Keymap;
use super::bound::{doc, takes};
use super::rows::best_chord;
use crate::app::Mode;
use crate::command::{self, Command};
use crate::messages::say;
use crate::text::Safe;

/// One command of the palette.
#[derive(Debug, Clone)]
pub struct PaletteRow {
    /// The command.
    pub command: &'static Command,
    /// Its name.
    pub name: Safe,
    /// What it does.
    pub doc: Safe,
    /// What it takes; often empty.
    pub takes: Safe,
    /// Its handiest chord in the mode; `None` when it has no key.
    pub chord: Option<Safe>,
}

/// The commands that `mode` knows, in the order of the table.
pub fn rows(keymap: &Keymap, mode: Mode) -> Vec<PaletteRow> {
    command::all()
        .filter(|command| command.modes.contains(&mode))
        .map(|command| PaletteRow {
            command,
            name: Safe::word(command.name),
            doc: doc(command),
            takes: takes(command),
            chord: best_chord(keymap, mode, command),
        })
        .collect()
}

/// The places in `rows` that match `query`, the best first. The words of the query may come in any
/// order and with letters missing; an empty query matches everything in its order.
pub fn matches(query: &str, rows: &[PaletteRow]) -> Vec<usize> {
    let texts: Vec<String> = rows.iter().map(haystack).collect();
    best(query, texts.iter().map(String::as_str))
}

/// The places of the texts that match `query`, as [`matches()`].
pub fn best<'a>(query: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(at, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            Some((score, at))
        })
        .collect();
    found.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    found.into_iter().map(|(_, at)| at).collect()
}

/// What a query is matched against: the name in words, the doc and the topic.
fn haystack(row: &PaletteRow) -> String {
    let name = row.name.as_str();
    let group = say(&format!("group-{}", row.command.group.as_str()), &[]);
    format!("{name} {} {} {group}", name.replace('_', " "), row.doc)
}
