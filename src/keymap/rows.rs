//! The rows of help, palette and key reference: every command of a mode with its chords.

use super::bound::{doc, takes};
use super::lookup::{Keymap, doc_of};
use super::{Bound, Chord};
use crate::app::Mode;
use crate::command::{self, Command, Group};
use crate::text::Safe;

/// One row of the help of a mode.
#[derive(Debug, Clone)]
pub struct HelpRow {
    /// Its topic.
    pub group: Group,
    /// The chords, the handiest first; none when only the palette reaches it.
    pub chords: Vec<Safe>,
    /// Name of the (first) command.
    pub name: &'static str,
    /// The commands as a key file writes them: `toggle_filter log`.
    pub line: Safe,
    /// What they do, one line.
    pub doc: Safe,
    /// The argument in words; for a command without a key, what it takes. Often empty.
    pub argument: Safe,
    /// What runs; empty when no key is bound.
    pub bounds: Vec<Bound>,
}

/// Every command of `mode`, by topic and in the order of the command table: one row for each use
/// that a key is bound to, and one row for a command without a key.
pub fn help_rows(keymap: &Keymap, mode: Mode) -> Vec<HelpRow> {
    let uses = uses(keymap, mode);
    let mut rows = Vec::new();
    for command in command::all().filter(|command| command.modes.contains(&mode)) {
        let mut mine = uses
            .iter()
            .filter(|(bounds, _)| {
                bounds
                    .first()
                    .is_some_and(|first| first.command.name == command.name)
            })
            .peekable();
        if mine.peek().is_none() {
            rows.push(without_key(command));
        }
        rows.extend(mine.map(|(bounds, chords)| bound_row(command, bounds, chords)));
    }
    rows
}

impl Keymap {
    /// The handiest chord of a command in its plain form: fewest keys, then fewest letters.
    pub fn best_chord(&self, mode: Mode, command: &Command) -> Option<Safe> {
        best_chord(self, mode, command)
    }
}

/// The handiest chord of a command in its plain form: fewest keys, then fewest letters.
pub(super) fn best_chord(keymap: &Keymap, mode: Mode, command: &Command) -> Option<Safe> {
    let chords = keymap.chords(mode);
    let mine = chords.iter().filter(
        |(_, bounds)| matches!(bounds.as_slice(), [only] if only.command.name == command.name),
    );
    let best = mine.min_by_key(|(chord, bounds)| {
        // A plain form comes before one with an argument of its own.
        (bounds[0].argument_words().is_some(), effort(chord))
    });
    best.map(|(chord, _)| chord.safe())
}

/// Commands with all the chords that run them, in the order of the first chord.
fn uses(keymap: &Keymap, mode: Mode) -> Vec<(Vec<Bound>, Vec<Chord>)> {
    let mut uses: Vec<(Vec<Bound>, Vec<Chord>)> = Vec::new();
    for (chord, bounds) in keymap.chords(mode) {
        match uses.iter_mut().find(|(known, _)| *known == bounds) {
            Some((_, chords)) => chords.push(chord),
            None => uses.push((bounds, vec![chord])),
        }
    }
    for (_, chords) in &mut uses {
        chords.sort_by_key(effort);
    }
    uses
}

fn effort(chord: &Chord) -> (usize, usize) {
    (chord.0.len(), chord.to_string().len())
}

fn bound_row(command: &'static Command, bounds: &[Bound], chords: &[Chord]) -> HelpRow {
    let lines: Vec<Safe> = bounds
        .iter()
        .map(|bound| Safe::from_outside(&bound.line()))
        .collect();
    HelpRow {
        group: command.group,
        chords: chords.iter().map(Chord::safe).collect(),
        name: command.name,
        line: Safe::join(&lines, ", "),
        doc: doc_of(bounds),
        argument: bounds[0].argument_words().unwrap_or_default(),
        bounds: bounds.to_vec(),
    }
}

fn without_key(command: &'static Command) -> HelpRow {
    HelpRow {
        group: command.group,
        chords: Vec::new(),
        name: command.name,
        line: Safe::word(command.name),
        doc: doc(command),
        argument: takes(command),
        bounds: Vec::new(),
    }
}
