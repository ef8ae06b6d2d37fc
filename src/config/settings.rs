//! Every setting as one row: its name and what it may hold.
//!
//! Checking a file, merging layers and the tables of the documentation all read these rows; the
//! defaults are in `assets/config.toml` and nowhere else.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::document::{Entry, wrong_type};
use super::problem::{Problem, suggest};
use crate::messages::{arg, say};
use crate::nearest::nearest;
use crate::text::Safe;

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Its section and key: `console.keymap`.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Any text but an empty one.
    Text,
    /// A path; relative ones start at the folder of the file that names them.
    Path,
    /// The name of something built in, or a path (with a `/` or the ending `.toml`).
    NameOrPath,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// A whole number, ends included.
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
}

/// A checked value.
#[derive(Debug, Clone, PartialEq)]
pub enum Setpoint {
    /// Of a text or a word.
    Text(String),
    /// Of a path.
    Path(PathBuf),
    /// Of a switch.
    Switch(bool),
    /// Of a whole number.
    Integer(u64),
}

/// The words of `console.protocol` and `--protocol`.
pub const PROTOCOLS: &[&str] = &[
    "auto",
    "kitty",
    "iterm2",
    "sixel",
    "half-block",
    "quadrant",
    "sextant",
    "octant",
    "braille",
];
/// The words of `display.colours`.
pub const COLOURS: &[&str] = &["auto", "truecolour", "256", "16", "none"];
/// The words of `line.max_quality` and `--max-quality`.
pub const QUALITIES: &[&str] = &["Q0", "Q1", "Q2", "Q3", "Q4", "Q5"];
/// The words of `checklist.rule`.
pub const CHECKLIST_RULES: &[&str] = &["optional", "required", "off"];
/// The words of `checklist.unit`.
pub const UNITS: &[&str] = &["auto", "container", "truck", "parcel", "baggage"];
/// The languages of the message catalogue.
pub const LANGUAGES: &[&str] = &["en"];

/// Every setting, by section.
pub const SETTINGS: &[Setting] = &[
    setting("console.keymap", Kind::NameOrPath),
    setting("console.protocol", Kind::Word(PROTOCOLS)),
    setting("console.inspector", Kind::Switch),
    setting("console.queue", Kind::Switch),
    setting("console.language", Kind::Word(LANGUAGES)),
    setting("log.folder", Kind::Path),
    setting("log.analyst", Kind::Text),
    setting("limits.megapixels", integer(1, 100_000)),
    setting("limits.bytes", integer(1 << 20, 1 << 40)),
    setting("window.sticky", Kind::Switch),
    setting("display.colours", Kind::Word(COLOURS)),
    setting("checklist.rule", Kind::Word(CHECKLIST_RULES)),
    setting("checklist.unit", Kind::Word(UNITS)),
    setting("second_reading.clear_percent", integer(0, 100)),
    setting("second_reading.suspicious", Kind::Switch),
    setting("second_reading.inconclusive", Kind::Switch),
    setting("line.byte_budget", integer(1, 1_000_000)),
    setting("line.max_quality", Kind::Word(QUALITIES)),
    setting("line.metered", Kind::Switch),
];

const fn setting(name: &'static str, kind: Kind) -> Setting {
    Setting { name, kind }
}

const fn integer(min: u64, max: u64) -> Kind {
    Kind::Integer { min, max }
}

impl Setting {
    /// The section.
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |parts| parts.0)
    }

    /// The key in its section.
    pub fn key(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |parts| parts.1)
    }

    /// The setting of that section and key.
    pub fn find(section: &str, key: &str) -> Option<&'static Self> {
        SETTINGS
            .iter()
            .find(|setting| setting.section() == section && setting.key() == key)
    }

    /// Reads the value of an entry of a file.
    pub(super) fn read(&self, text: &str, entry: &Entry<'_, '_>) -> Result<Setpoint, Problem> {
        let wrong = |wanted| Err(wrong_type(text, entry, wanted));
        let checked = match (self.kind, entry.value) {
            (Kind::Switch, DeValue::Boolean(on)) => Ok(Setpoint::Switch(*on)),
            (Kind::Switch, _) => return wrong("config-type-switch"),
            (Kind::Integer { min, max }, DeValue::Integer(written)) => {
                let number = u64::from_str_radix(written.as_str(), written.radix()).ok();
                number
                    .filter(|number| (min..=max).contains(number))
                    .map(Setpoint::Integer)
                    .ok_or_else(|| self.out_of_range(&min, &max, written.as_str()))
            }
            (Kind::Integer { .. }, _) => return wrong("config-type-integer"),
            (_, DeValue::String(written)) => self.text(written),
            _ => return wrong("config-type-text"),
        };
        checked.map_err(|why| Problem::error(text, entry.value_at, why))
    }

    /// Reads a value written as text: of a file or of the command line.
    pub(super) fn text(&self, written: &str) -> Result<Setpoint, Safe> {
        let key = Safe::word(self.name);
        if written.is_empty() {
            return Err(say("config-empty", &[arg("key", &key)]));
        }
        match self.kind {
            Kind::Word(words) if !words.contains(&written) => {
                let words_text: Vec<Safe> = words.iter().map(|word| Safe::word(word)).collect();
                let text = say(
                    "config-unknown-word",
                    &[
                        arg("key", &key),
                        arg("word", &Safe::from_outside(written)),
                        arg("words", &Safe::join(&words_text, ", ")),
                    ],
                );
                Err(suggest(&text, nearest(written, words.iter().copied())))
            }
            Kind::Integer { min, max } => {
                let number = written.parse().ok();
                let number = number.filter(|number| (min..=max).contains(number));
                let number = number.map(Setpoint::Integer);
                number.ok_or_else(|| self.out_of_range(&min, &max, written))
            }
            Kind::Path => Ok(Setpoint::Path(written.into())),
            Kind::NameOrPath if is_path(written) => Ok(Setpoint::Path(written.into())),
            _ => Ok(Setpoint::Text(written.to_owned())),
        }
    }

    fn out_of_range(
        &self,
        min: &impl crate::messages::Sayable,
        max: &impl crate::messages::Sayable,
        written: &str,
    ) -> Safe {
        say(
            "config-out-of-range",
            &[
                arg("key", &Safe::word(self.name)),
                arg("min", min),
                arg("max", max),
                arg("value", &Safe::from_outside(written)),
            ],
        )
    }
}

/// Whether a keymap is meant as a file: it has a folder or the ending of a key file.
fn is_path(written: &str) -> bool {
    let ending = Path::new(written).extension();
    written.contains('/') || ending.is_some_and(|ending| ending == "toml")
}
