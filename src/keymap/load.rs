//! From a key file's text to the keymap in use.
//!
//! A user's file lies over the default map unless it says `inherit = false`; a file with an error
//! is reported whole and the default map serves meanwhile.

use super::lookup::Keymap;
use super::read::{KeyFile, Section, file};
use super::{Names, check};
use crate::app::Mode;
use crate::config::{Problem, in_order, nearest, suggest};
use crate::messages::{arg, say};
use crate::{Error, Result};

/// The built-in key files by name; the first is the default.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("default", include_str!("../../keymaps/default.toml")),
    ("left-hand", include_str!("../../keymaps/left-hand.toml")),
];

/// A keymap and what was wrong with its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The file's keymap; the default one when the file has errors.
    pub keymap: Keymap,
    /// Every problem, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Loaded {
    /// Whether the file's own keymap serves.
    pub fn is_served(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// The text of the built-in key file of that name; an unknown name is a wrong request.
pub fn source(name: &str) -> Result<&'static str> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let text = say(
            "keymap-unknown-map",
            &[arg("name", &crate::text::Safe::from_outside(name))],
        );
        let known = BUILT_IN.iter().map(|(known, _)| *known);
        Error::request(suggest(&text, nearest(name, known)))
    })
}

/// The default keymap.
pub fn built_in(names: &Names<'_>) -> Keymap {
    let mut map = Keymap::default();
    overlay(&mut map, &file(BUILT_IN[0].1, names));
    map
}

/// Checks the text of a key file and makes its keymap.
pub fn load(text: &str, names: &Names<'_>) -> Loaded {
    let mut file = file(text, names);
    let mut problems = std::mem::take(&mut file.problems);
    let beneath = if file.inherit {
        built_in(names)
    } else {
        Keymap::default()
    };
    problems.extend(check::lines(text, &file, &beneath));
    let mut keymap = beneath;
    overlay(&mut keymap, &file);
    // Lines that were dropped for other reasons would make these complaints false.
    if !problems.iter().any(Problem::is_error) {
        problems.extend(check::indispensable(text, &keymap));
    }
    if problems.iter().any(Problem::is_error) {
        keymap = built_in(names);
    }
    Loaded {
        keymap,
        problems: in_order(problems),
    }
}

/// Lays a file's lines over a map: `[all]` first, so that a mode's own line wins.
fn overlay(map: &mut Keymap, file: &KeyFile) {
    for mode in Mode::ALL {
        let trie = map.trie_mut(mode);
        let own = |line: &&super::read::Line| line.section == Section::Of(mode);
        let shared = file.lines.iter().filter(|line| !own(line));
        for line in shared.chain(file.lines.iter().filter(own)) {
            if !line.serves(mode) {
                continue;
            }
            if line.bounds.is_empty() {
                trie.free(&line.chord.0);
            } else {
                trie.bind(&line.chord.0, line.bounds.clone());
            }
        }
    }
    for label in &file.labels {
        map.set_label(label.chord.clone(), label.text.clone());
    }
}
