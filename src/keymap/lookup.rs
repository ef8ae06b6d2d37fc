//! The keymap in use: from the keys pressed so far to what happens.

use super::trie::{Node, Trie};
use super::{Bound, Chord, Code, Key, key_text};
use crate::app::Mode;
use crate::command::Command;
use crate::messages::{has, say};
use crate::text::Safe;

/// The chords of every mode.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keymap {
    modes: [Trie; Mode::ALL.len()],
    labels: Vec<(Chord, String)>,
    /// Chords that are made from data and not from a key file.
    lent: Vec<(Mode, Chord)>,
}

/// What the keys pressed so far do.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The chord is whole: these commands run, in order.
    Run(Vec<Bound>),
    /// More keys must come: the rows of the pop-up.
    Pending(Vec<PendingRow>),
    /// Nothing is bound; in the prompt a character is text.
    None,
}

/// One row of the pop-up of an unfinished chord.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingRow {
    /// The next key.
    pub key: Safe,
    /// What it does, or the label of the next pop-up.
    pub doc: Safe,
    /// The commands; empty when still more keys must come.
    pub bounds: Vec<Bound>,
}

/// Ctrl-C: always quits, and in the prompt leaves.
const INTERRUPT: Key = Key {
    code: Code::Char('c'),
    ctrl: true,
    alt: false,
    shift: false,
};
/// Esc: always leaves.
const ESCAPE: Key = Key {
    code: Code::Esc,
    ctrl: false,
    alt: false,
    shift: false,
};

impl Keymap {
    /// What the last of `pending` does after the others: `pending` holds every key of the chord,
    /// the newest included. Ctrl-C works in the middle of a chord too.
    pub fn press(&self, mode: Mode, pending: &[Key]) -> Step {
        if let Some(last) = pending.last()
            && let Some(reserved) = reserved(mode, &[*last])
            && (*last == INTERRUPT || pending.len() == 1)
        {
            return Step::Run(vec![reserved]);
        }
        match self.trie(mode).find(pending) {
            Some(Node::Run(bounds)) => Step::Run(bounds.clone()),
            Some(Node::More(trie)) => Step::Pending(self.pending_rows(pending, trie)),
            None => Step::None,
        }
    }

    /// The title of the pop-up that `pending` opens; empty when its author gave none.
    pub fn label(&self, pending: &[Key]) -> Safe {
        let found = self.labels.iter().find(|(chord, _)| chord.0 == pending);
        match found {
            Some((_, label)) if label.starts_with("prefix-") && has(label) => say(label, &[]),
            Some((_, label)) => Safe::from_outside(label),
            None => Safe::default(),
        }
    }

    /// Every chord of a mode with its commands: reserved keys first, then as the key file has them.
    pub fn chords(&self, mode: Mode) -> Vec<(Chord, Vec<Bound>)> {
        let mut chords: Vec<(Chord, Vec<Bound>)> = [ESCAPE, INTERRUPT]
            .into_iter()
            .filter_map(|key| Some((Chord(vec![key]), vec![reserved(mode, &[key])?])))
            .collect();
        for (chord, bounds) in self.trie(mode).chords() {
            if reserved(mode, &chord.0).is_none() {
                chords.push((chord, bounds.to_vec()));
            }
        }
        chords
    }

    pub(super) fn trie(&self, mode: Mode) -> &Trie {
        &self.modes[mode as usize]
    }

    pub(super) fn trie_mut(&mut self, mode: Mode) -> &mut Trie {
        &mut self.modes[mode as usize]
    }

    /// Labels a prefix; a later label replaces an earlier one.
    pub(super) fn set_label(&mut self, chord: Chord, label: String) {
        self.labels.retain(|(known, _)| *known != chord);
        self.labels.push((chord, label));
    }

    /// Binds a command with each of these arguments to its key, behind the prefix under which the key
    /// file has the command without one; keys that the file has there stay. Chords lent before are
    /// taken back.
    pub fn lend(&mut self, command: &str, keys: &[(String, String)]) {
        for (mode, chord) in std::mem::take(&mut self.lent) {
            self.trie_mut(mode).free(&chord.0);
        }
        let Some(command) = crate::command::find(command) else {
            return;
        };
        for mode in command.modes {
            for prefix in self.prefixes(*mode, command) {
                for (key, argument) in keys {
                    self.lend_one(*mode, &prefix, key, (command, argument));
                }
            }
        }
    }

    fn lend_one(
        &mut self,
        mode: Mode,
        prefix: &[Key],
        key: &str,
        (command, argument): (&'static Command, &str),
    ) {
        let Ok(last) = Chord::parse(key) else {
            return;
        };
        let chord = Chord([prefix, &last.0].concat());
        if self.trie(mode).find(&chord.0).is_none() {
            let value = super::Value::Text(argument.to_owned());
            let bound = Bound { command, value };
            self.trie_mut(mode).bind(&chord.0, vec![bound]);
            self.lent.push((mode, chord));
        }
    }

    /// The keys before the last one of every longer chord of a command without an argument.
    fn prefixes(&self, mode: Mode, command: &Command) -> Vec<Vec<Key>> {
        let chords = self.trie(mode).chords();
        let plain = chords.iter().filter(|(_, bounds)| {
            matches!(bounds, [only] if only.command.name == command.name && only.value == super::Value::None)
        });
        let long = plain.filter_map(|(chord, _)| chord.0.split_last());
        let before = long.map(|(_, before)| before.to_vec());
        before.filter(|before| !before.is_empty()).collect()
    }

    fn pending_rows(&self, before: &[Key], trie: &Trie) -> Vec<PendingRow> {
        trie.branches()
            .iter()
            .map(|(key, node)| {
                let (doc, bounds) = match node {
                    Node::Run(bounds) => (doc_of(bounds), bounds.clone()),
                    Node::More(_) => (self.label(&[before, &[*key]].concat()), Vec::new()),
                };
                PendingRow {
                    key: Safe::from_outside(&key_text(*key)),
                    doc,
                    bounds,
                }
            })
            .collect()
    }
}

/// What several commands on one chord do.
pub(super) fn doc_of(bounds: &[Bound]) -> Safe {
    let docs: Vec<Safe> = bounds.iter().map(Bound::doc).collect();
    Safe::join(&docs, "; ")
}

/// What a reserved chord always does in a mode.
pub(super) fn reserved(mode: Mode, keys: &[Key]) -> Option<Bound> {
    let name = match keys {
        [key] if *key == ESCAPE => "leave",
        [key] if *key == INTERRUPT && mode == Mode::Prompt => "leave",
        [key] if *key == INTERRUPT => "quit",
        _ => return None,
    };
    Some(Bound {
        command: crate::command::find(name)?,
        value: super::Value::None,
    })
}

/// Whether a key is one of those that always do the same.
pub(super) fn is_reserved(key: Key) -> bool {
    key == ESCAPE || key == INTERRUPT
}
