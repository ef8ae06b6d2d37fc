//! One layer of the configuration: what one file, or the command line, sets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::document::{Entry, entries, read, wrong_type};
use super::problem::{Problem, in_order, position, suggest, without_echoes};
use super::settings::{SETTINGS, Setpoint, Setting};
use crate::messages::{arg, say};
use crate::nearest::nearest;
use crate::text::Safe;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `assets/config.toml` in the program.
    BuiltIn,
    /// A configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
    },
    /// The command line.
    CommandLine,
}

impl Origin {
    /// The origin in the reader's words: `/etc/xamine/config.toml:3`.
    pub fn words(&self) -> Safe {
        match self {
            Self::BuiltIn => say("config-origin-built-in", &[]),
            Self::File { path, line } => say(
                "config-origin-file",
                &[arg("path", &Safe::from_path(path)), arg("line", line)],
            ),
            Self::CommandLine => say("config-origin-command-line", &[]),
        }
    }
}

/// A value with its place in its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) value: Setpoint,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// What one source sets; everything it does not name is left to the layers below.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    /// The file; none for the built-in layer and the command line.
    pub(super) path: Option<PathBuf>,
    /// Whether this is the command line.
    pub(super) typed: bool,
    /// The values by the setting's name.
    pub(super) values: BTreeMap<&'static str, Placed>,
}

/// Where relative paths of a layer start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Base<'a> {
    /// Folder of the file.
    pub folder: Option<&'a Path>,
    /// What `~/` stands for.
    pub home: Option<&'a Path>,
}

impl Layer {
    /// Reads the text of a configuration file and checks all of it. Sound lines count even when
    /// others are wrong; a text that is not TOML sets nothing.
    pub fn parse(text: &str, path: Option<&Path>, base: Base<'_>) -> (Self, Vec<Problem>) {
        let mut layer = Self {
            path: path.map(Path::to_path_buf),
            ..Self::default()
        };
        let (document, syntax) = read(text);
        let mut problems = Vec::new();
        for entry in entries(document.get_ref()) {
            match entry.value {
                DeValue::Table(table) if is_section(entry.key) => {
                    layer.section(text, entry.key, table, base, &mut problems);
                }
                _ if is_section(entry.key) => {
                    problems.push(wrong_type(text, &entry, "config-type-section"));
                }
                // Behind a header that is not TOML, lines stand where they do not belong.
                _ if syntax.is_empty() => problems.push(unknown_section(text, &entry)),
                _ => {}
            }
        }
        if !syntax.is_empty() {
            layer.values.clear();
        }
        (layer, in_order(without_echoes(&syntax, problems)))
    }

    /// A layer of the command line: settings by name with the text that was typed. Everything is
    /// refused with the first value that the setting cannot hold.
    pub fn typed(pairs: &[(&str, &str)]) -> Result<Self, Safe> {
        let mut layer = Self {
            typed: true,
            ..Self::default()
        };
        for (name, written) in pairs {
            let found = SETTINGS.iter().find(|setting| setting.name == *name);
            if let Some(setting) = found {
                layer.put(setting, setting.text(written)?, (1, 1));
            }
        }
        Ok(layer)
    }

    /// Sets a path that was typed.
    pub(super) fn set_path(&mut self, name: &str, path: &Path) {
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
            self.put(setting, Setpoint::Path(path.to_path_buf()), (1, 1));
        }
    }

    fn section(
        &mut self,
        text: &str,
        section: &str,
        table: &DeTable<'_>,
        base: Base<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for entry in entries(table) {
            let Some(setting) = Setting::find(section, entry.key) else {
                problems.push(unknown_key(text, section, &entry));
                continue;
            };
            match setting.read(text, &entry) {
                Ok(value) => self.put(
                    setting,
                    absolute(value, base),
                    position(text, entry.value_at),
                ),
                Err(problem) => problems.push(problem),
            }
        }
    }

    fn put(&mut self, setting: &Setting, value: Setpoint, (line, column): (usize, usize)) {
        let placed = Placed {
            value,
            line,
            column,
        };
        self.values.insert(setting.name, placed);
    }
}

/// A path as the rest of the program takes it: `~/` expanded, relative ones from the file's folder.
fn absolute(value: Setpoint, base: Base<'_>) -> Setpoint {
    let Setpoint::Path(path) = value else {
        return value;
    };
    let path = match (path.strip_prefix("~"), base.home) {
        (Ok(inside), Some(home)) => home.join(inside),
        _ => base.folder.map_or(path.clone(), |folder| folder.join(path)),
    };
    Setpoint::Path(path)
}

fn is_section(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.section() == name)
}

fn unknown_section(text: &str, entry: &Entry<'_, '_>) -> Problem {
    let sections = SETTINGS.iter().map(Setting::section);
    let said = say(
        "config-unknown-section",
        &[arg("name", &Safe::from_outside(entry.key))],
    );
    let said = match SETTINGS.iter().find(|setting| setting.key() == entry.key) {
        // The key is known, only its section header is missing.
        Some(setting) => say(
            "config-outside-section",
            &[
                arg("name", &Safe::word(setting.key())),
                arg("section", &Safe::word(setting.section())),
            ],
        ),
        None => suggest(&said, nearest(entry.key, sections)),
    };
    Problem::error(text, entry.key_at, said)
}

fn unknown_key(text: &str, section: &str, entry: &Entry<'_, '_>) -> Problem {
    let said = say(
        "config-unknown-key",
        &[
            arg("name", &Safe::from_outside(entry.key)),
            arg("section", &Safe::from_outside(section)),
        ],
    );
    let here = SETTINGS.iter().filter(|known| known.section() == section);
    let near = nearest(entry.key, here.map(Setting::key));
    Problem::error(text, entry.key_at, suggest(&said, near))
}
