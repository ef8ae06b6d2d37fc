//! Presets that people save: one TOML file each in the folder `presets` beside a configuration file.
//!
//! A file may also hold several, written by hand. Wrong ones are told with line and column and left
//! out; they never stop work. The machine's lie over the shipped ones, the analyst's over both.

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::whole::replace;
use crate::config::document::{Entry, entries, read, wrong_type};
use crate::config::{self, Places, Problem, in_order, nearest, suggest, without_echoes};
use crate::filter::FilterUse;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Display, Preset, Presets, WindowFunction, display, window_function};
use crate::{Error, Result};

/// Most files of a folder that are read.
const MOST: usize = 500;
/// The members of a preset.
const MEMBERS: [&str; 6] = ["name", "key", "display", "filters", "window", "function"];

/// The folders of presets, the later over the earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresetFolders {
    /// Of the machine.
    pub system: Option<PathBuf>,
    /// Of the analyst; saved presets go there.
    pub own: Option<PathBuf>,
}

impl PresetFolders {
    /// Those beside the configuration files of `places`.
    pub fn beside(places: &Places) -> Self {
        let folder = |file: &Option<PathBuf>| Some(file.as_deref()?.parent()?.join("presets"));
        Self {
            system: folder(&places.system),
            own: folder(&places.user),
        }
    }

    /// Every preset in effect, and a sentence with file, line and column for each that is wrong.
    pub fn load(&self) -> (Presets, Vec<Safe>) {
        let (mut presets, mut problems) = (Presets::default(), Vec::new());
        for folder in [&self.system, &self.own].into_iter().flatten() {
            presets = presets.with(in_folder(folder, &mut problems));
        }
        (presets, problems)
    }

    /// Keeps a preset, in the place of the one of its name; it is on disk when this returns.
    ///
    /// # Errors
    /// [`Error::NotPossible`] without a home, or where a file of several presets has that name; what
    /// the disk says.
    pub fn save(&self, preset: &Preset) -> Result<()> {
        let (folder, file) = self.place(&preset.name)?;
        self.check_alone(&preset.name)?;
        let failed = |error: std::io::Error| Error::io(&folder.join(&file), &error);
        replace(&folder, &file, written(preset).as_bytes()).map_err(failed)
    }

    /// Removes a saved preset.
    ///
    /// # Errors
    /// As [`PresetFolders::save`]; [`Error::NotPossible`] where the machine has it.
    pub fn remove(&self, name: &str) -> Result<()> {
        let (folder, file) = self.place(name)?;
        self.check_alone(name)?;
        let path = folder.join(file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let name = Safe::from_outside(name);
                Err(Error::NotPossible {
                    why: say("preset-elsewhere", &[arg("name", &name)]),
                })
            }
            done => done.map_err(|error| Error::io(&path, &error)),
        }
    }

    /// The folder and the file of a name.
    fn place(&self, name: &str) -> Result<(PathBuf, String)> {
        let folder = self.own.clone().ok_or_else(|| Error::NotPossible {
            why: say("store-no-home", &[]),
        })?;
        Ok((folder, format!("{name}.toml")))
    }

    /// Refuses where the analyst's own files have the preset beside others, or cannot be read: what
    /// people wrote by hand is not written over.
    fn check_alone(&self, name: &str) -> Result<()> {
        let folder = self.own.as_deref().into_iter();
        for path in folder.flat_map(files) {
            let own_file = path.file_stem().is_some_and(|stem| stem == name);
            let Ok(text) = config::read_text(&path) else {
                continue;
            };
            let (presets, problems) = parse(&text);
            let has_it = presets.iter().any(|preset| preset.name == name);
            let alone = presets.len() == 1 && problems.is_empty();
            // A file of ours may be written over even when it is broken, if nothing sound is in it.
            let empty = presets.is_empty() && own_file;
            if (has_it || own_file) && !(own_file && has_it && alone || empty) {
                let (name, path) = (Safe::from_outside(name), Safe::from_path(&path));
                let known = [arg("name", &name), arg("path", &path)];
                return Err(Error::NotPossible {
                    why: say("preset-by-hand", &known),
                });
            }
        }
        Ok(())
    }
}

/// The TOML files of a folder by name; none where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .take(MOST)
        .collect();
    files.sort();
    files
}

/// The sound presets of a folder.
fn in_folder(folder: &Path, problems: &mut Vec<Safe>) -> Vec<Preset> {
    let mut presets = Vec::new();
    for path in files(folder) {
        match config::read_text(&path) {
            Ok(text) => {
                let (sound, wrong) = parse(&text);
                let name = Safe::from_path(&path);
                problems.extend(wrong.iter().map(|problem| problem.sentence(&name)));
                presets.extend(sound);
            }
            Err(error) => problems.push(error.message()),
        }
    }
    presets
}

/// The text of a file that holds one preset.
pub fn written(preset: &Preset) -> String {
    let filters: Vec<String> = preset.filters.iter().map(|f| format!("\"{f}\"")).collect();
    let [from, to] = preset.window.map(|share| (share * 1e9).round() / 1e9);
    let mut lines = vec!["[[preset]]".to_owned()];
    lines.push(format!("name = \"{}\"", preset.name));
    lines.extend(preset.key.map(|key| format!("key = \"{key}\"")));
    lines.push(format!("display = \"{}\"", preset.display.as_str()));
    lines.push(format!("filters = [{}]", filters.join(", ")));
    lines.push(format!("window = [{from:?}, {to:?}]"));
    let function = preset.function.map(WindowFunction::as_str);
    lines.extend(function.map(|word| format!("function = \"{word}\"")));
    lines.push(String::new());
    lines.join("\n")
}

/// The presets of a text, and what is wrong with the others.
pub fn parse(text: &str) -> (Vec<Preset>, Vec<Problem>) {
    let (document, syntax) = read(text);
    let (mut presets, mut problems) = (Vec::new(), Vec::new());
    for entry in entries(document.get_ref()) {
        match (entry.key, entry.value) {
            ("preset", DeValue::Array(rows)) => {
                for row in rows {
                    let DeValue::Table(table) = row.get_ref() else {
                        problems.push(wrong_type(text, &entry, "config-type-section"));
                        continue;
                    };
                    let at = row.span().start;
                    match (Row { text, at }).read(table) {
                        Ok(preset) => presets.push(preset),
                        Err(wrong) => problems.extend(wrong),
                    }
                }
            }
            ("preset", _) => problems.push(wrong_type(text, &entry, "config-type-section")),
            _ => {
                let name = Safe::from_outside(entry.key);
                let said = say("preset-file-key", &[arg("name", &name)]);
                problems.push(Problem::error(text, entry.key_at, said));
            }
        }
    }
    if !syntax.is_empty() {
        // What is not TOML says nothing.
        presets.clear();
    }
    (presets, in_order(without_echoes(&syntax, problems)))
}

/// Where a preset stands in its file.
#[derive(Clone, Copy)]
struct Row<'t> {
    text: &'t str,
    at: usize,
}

impl Row<'_> {
    /// Reads one preset, or says everything that is wrong with it.
    fn read(self, table: &DeTable<'_>) -> std::result::Result<Preset, Vec<Problem>> {
        let mut preset = Preset {
            name: String::new(),
            key: None,
            display: Display::Grey,
            filters: Vec::new(),
            window: [0.0, 1.0],
            function: None,
            is_shipped: false,
        };
        let mut problems = Vec::new();
        for entry in entries(table) {
            if let Err(problem) = self.member(&mut preset, &entry) {
                problems.push(problem);
            }
        }
        if preset.name.is_empty() && problems.is_empty() {
            problems.push(Problem::error(
                self.text,
                self.at,
                say("preset-no-name", &[]),
            ));
        }
        if problems.is_empty() {
            Ok(preset)
        } else {
            Err(problems)
        }
    }

    /// Takes one member.
    fn member(
        self,
        preset: &mut Preset,
        entry: &Entry<'_, '_>,
    ) -> std::result::Result<(), Problem> {
        let wrong = |why: Safe| Problem::error(self.text, entry.value_at, why);
        match entry.key {
            "name" => {
                let name = Preset::name_of(self.word(entry)?);
                preset.name = name.ok_or_else(|| wrong(say("preset-bad-name", &[])))?;
            }
            "key" => {
                let key = Preset::key_of(self.word(entry)?);
                preset.key = Some(key.ok_or_else(|| wrong(say("preset-bad-key", &[])))?);
            }
            "display" => {
                let read = display(self.word(entry)?);
                preset.display = read.map_err(|error| wrong(error.message()))?;
            }
            "function" => {
                let read: Result<WindowFunction> = window_function(self.word(entry)?);
                preset.function = Some(read.map_err(|error| wrong(error.message()))?);
            }
            "filters" => preset.filters = self.filters(entry)?,
            "window" => preset.window = self.window(entry)?,
            _ => {
                let name = Safe::from_outside(entry.key);
                let said = say("preset-member", &[arg("name", &name)]);
                let said = suggest(&said, nearest(entry.key, MEMBERS));
                return Err(Problem::error(self.text, entry.key_at, said));
            }
        }
        Ok(())
    }

    /// A text.
    fn word<'v>(self, entry: &Entry<'v, '_>) -> std::result::Result<&'v str, Problem> {
        match entry.value {
            DeValue::String(word) => Ok(word),
            _ => Err(wrong_type(self.text, entry, "config-type-text")),
        }
    }

    /// The list of filters, as `--filter` takes them.
    fn filters(self, entry: &Entry<'_, '_>) -> std::result::Result<Vec<FilterUse>, Problem> {
        let DeValue::Array(list) = entry.value else {
            return Err(wrong_type(self.text, entry, "config-type-list"));
        };
        let mut filters = Vec::new();
        for item in list {
            let at = item.span().start;
            let DeValue::String(word) = item.get_ref() else {
                let item = Entry {
                    value: item.get_ref(),
                    value_at: at,
                    ..*entry
                };
                return Err(wrong_type(self.text, &item, "config-type-text"));
            };
            let read: Result<FilterUse> = word.parse();
            let read = read.map_err(|error| Problem::error(self.text, at, error.message()))?;
            filters.push(read);
        }
        Ok(filters)
    }

    /// Two shares of the automatic window, the lower first.
    fn window(self, entry: &Entry<'_, '_>) -> std::result::Result<[f64; 2], Problem> {
        let DeValue::Array(list) = entry.value else {
            return Err(wrong_type(self.text, entry, "config-type-list"));
        };
        let number = |value: &DeValue<'_>| match value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            _ => None,
        };
        let numbers: Option<Vec<f64>> = list.iter().map(|item| number(item.get_ref())).collect();
        match numbers.as_deref() {
            Some(&[from, to]) if from.is_finite() && to.is_finite() && from < to => Ok([from, to]),
            _ => Err(Problem::error(
                self.text,
                entry.value_at,
                say("preset-bad-window", &[]),
            )),
        }
    }
}
