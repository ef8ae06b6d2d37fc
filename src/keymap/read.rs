//! A key file's text into its lines, each checked on its own.
//!
//! Values are matched by hand and not through an untagged enum, whose one message ("did not match
//! any variant") helps nobody.

use toml::de::{DeTable, DeValue};

use super::{Bound, Chord, Names};
use crate::app::Mode;
use crate::config::document::{Entry, entries, read, wrong_type};
use crate::config::{Problem, nearest, suggest, without_echoes};
use crate::messages::{arg, say};
use crate::text::Safe;

/// What a key file says.
#[derive(Debug, Default)]
pub(super) struct KeyFile {
    /// Whether the default map lies beneath.
    pub(super) inherit: bool,
    /// Its chords, as the file has them.
    pub(super) lines: Vec<Line>,
    /// Labels of prefixes.
    pub(super) labels: Vec<Label>,
    /// What is wrong with single lines.
    pub(super) problems: Vec<Problem>,
}

/// The part of a file that a chord stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// `[all]`: every mode but the prompt, as far as the commands work there.
    All,
    /// One mode.
    Of(Mode),
}

/// One chord of the file.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) section: Section,
    pub(super) chord: Chord,
    /// Byte offset of the chord.
    pub(super) at: usize,
    /// Its commands; none frees the chord.
    pub(super) bounds: Vec<Bound>,
}

/// The label of a prefix.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) chord: Chord,
    pub(super) at: usize,
    pub(super) text: String,
}

/// What may stand at the top of a key file.
const TOP: [&str; 10] = [
    "inherit", "prefix", "all", "browse", "inspect", "stack", "compare", "decide", "prompt", "help",
];

impl Section {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            _ => Mode::parse(name).map(Self::Of),
        }
    }

    /// Its name in the file.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Of(mode) => mode.as_str(),
        }
    }
}

impl Line {
    /// Whether the line counts in `mode`.
    pub(super) fn serves(&self, mode: Mode) -> bool {
        match self.section {
            Section::Of(own) => own == mode,
            Section::All => {
                mode != Mode::Prompt
                    && self
                        .bounds
                        .iter()
                        .all(|bound| bound.command.modes.contains(&mode))
            }
        }
    }
}

/// Reads a key file. The lines are those that are sound by themselves.
pub(super) fn file(text: &str, names: &Names<'_>) -> KeyFile {
    let (document, syntax) = read(text);
    let mut file = KeyFile {
        inherit: true,
        ..KeyFile::default()
    };
    for entry in entries(document.get_ref()) {
        match (entry.key, entry.value) {
            ("inherit", DeValue::Boolean(on)) => file.inherit = *on,
            ("inherit", _) => {
                file.problems
                    .push(wrong_type(text, &entry, "config-type-switch"));
            }
            ("prefix", DeValue::Table(table)) => file.labels(text, table),
            (name, DeValue::Table(table)) if Section::parse(name).is_some() => {
                if let Some(section) = Section::parse(name) {
                    file.section(text, section, table, names);
                }
            }
            (name, _) if TOP.contains(&name) => {
                file.problems
                    .push(wrong_type(text, &entry, "config-type-section"));
            }
            // Behind a header that is not TOML, lines stand where they do not belong.
            _ if syntax.is_empty() => file.problems.push(unknown_section(text, &entry)),
            _ => {}
        }
    }
    file.problems = without_echoes(&syntax, file.problems);
    file
}

impl KeyFile {
    fn labels(&mut self, text: &str, table: &DeTable<'_>) {
        for entry in entries(table) {
            match (Chord::parse(entry.key), entry.value) {
                (Ok(chord), DeValue::String(label)) => self.labels.push(Label {
                    chord,
                    at: entry.key_at,
                    text: label.to_string(),
                }),
                (Ok(_), _) => self
                    .problems
                    .push(wrong_type(text, &entry, "config-type-text")),
                (Err(why), _) => self.problems.push(Problem::error(text, entry.key_at, why)),
            }
        }
    }

    fn section(&mut self, text: &str, section: Section, table: &DeTable<'_>, names: &Names<'_>) {
        for entry in entries(table) {
            let before = self.problems.len();
            let bounds = self.bounds(text, section, &entry, names);
            match Chord::parse(entry.key) {
                Err(why) => self.problems.push(Problem::error(text, entry.key_at, why)),
                // A line whose commands are wrong is not checked against the others.
                Ok(chord) if self.problems.len() == before => self.lines.push(Line {
                    section,
                    chord,
                    at: entry.key_at,
                    bounds,
                }),
                Ok(_) => {}
            }
        }
    }

    /// The commands of one line.
    fn bounds(
        &mut self,
        text: &str,
        section: Section,
        entry: &Entry<'_, '_>,
        names: &Names<'_>,
    ) -> Vec<Bound> {
        let mut written: Vec<(&str, usize)> = Vec::new();
        match entry.value {
            DeValue::String(line) => written.push((line, entry.value_at)),
            DeValue::Array(list) => {
                for item in list {
                    match item.get_ref() {
                        DeValue::String(line) => written.push((line, item.span().start)),
                        value => self.problems.push(wrong_type(
                            text,
                            &Entry {
                                value,
                                value_at: item.span().start,
                                ..*entry
                            },
                            "keymap-type-command",
                        )),
                    }
                }
            }
            _ => self
                .problems
                .push(wrong_type(text, entry, "keymap-type-commands")),
        }
        let mut bounds = Vec::new();
        for (line, at) in written {
            match Bound::parse(line, names).and_then(|bound| in_mode(bound, section)) {
                Ok(bound) => bounds.push(bound),
                Err(why) => self.problems.push(Problem::error(text, at, why)),
            }
        }
        bounds
    }
}

/// Refuses a command that a section's mode does not know.
fn in_mode(bound: Bound, section: Section) -> Result<Bound, Safe> {
    let known = bound.command.modes;
    let fits = match section {
        Section::Of(mode) => known.contains(&mode),
        Section::All => known.iter().any(|mode| *mode != Mode::Prompt),
    };
    if fits {
        return Ok(bound);
    }
    let modes: Vec<Safe> = known.iter().map(|mode| Safe::word(mode.as_str())).collect();
    Err(say(
        "keymap-wrong-mode",
        &[
            arg("name", &Safe::word(bound.command.name)),
            arg("mode", &Safe::word(section.as_str())),
            arg("modes", &Safe::join(&modes, ", ")),
        ],
    ))
}

fn unknown_section(text: &str, entry: &Entry<'_, '_>) -> Problem {
    if !matches!(entry.value, DeValue::Table(_)) {
        let name = Safe::from_outside(entry.key);
        let said = say("keymap-outside-section", &[arg("name", &name)]);
        return Problem::error(text, entry.key_at, suggest(&said, nearest(entry.key, TOP)));
    }
    let said = say(
        "keymap-unknown-section",
        &[arg("name", &Safe::from_outside(entry.key))],
    );
    Problem::error(text, entry.key_at, suggest(&said, nearest(entry.key, TOP)))
}
