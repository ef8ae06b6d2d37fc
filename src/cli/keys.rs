//! `xamine keys`: the keys in effect on paper, and the check of a key file.

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::json;

use super::{Failure, exit};
use crate::config::{self, KeymapChoice, Overrides, Places, Problem, Severity};
use crate::decisions::reasons;
use crate::filter;
use crate::keymap::{self, Keymap, Names, load, reference};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// The names that key files may use as arguments: of the filter table and of the reason codes.
pub fn names() -> Names<'static> {
    static FILTERS: OnceLock<Vec<&'static str>> = OnceLock::new();
    static REASONS: OnceLock<Vec<&'static str>> = OnceLock::new();
    Names {
        filters: FILTERS.get_or_init(|| filter::FILTERS.iter().map(|row| row.name).collect()),
        reasons: REASONS.get_or_init(|| reasons().iter().map(String::as_str).collect()),
    }
}

/// Runs the command.
pub(super) fn run(
    check: Option<&Path>,
    keymap: Option<&Path>,
    format: &str,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    match check {
        Some(file) => check_file(file, format, out, err),
        None => show(keymap, format, out, err),
    }
}

/// The keymap in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The map.
    pub keymap: Keymap,
    /// Title of its reference.
    pub title: Safe,
    /// Every problem of the key file as a sentence with file, line and column.
    pub told: Vec<Safe>,
    /// Whether it is the map that was chosen; false when the default one stands in.
    pub served: bool,
}

/// The keymap that a configuration chooses. A key file that cannot be used is reported and the
/// default map serves.
pub fn choose(choice: &KeymapChoice) -> Chosen {
    match chosen(choice) {
        Ok((loaded, title, path)) => {
            let served = loaded.is_served();
            let sentences = loaded.problems.iter().map(|one| one.sentence(&path));
            let mut told: Vec<Safe> = sentences.collect();
            told.extend((!served).then(|| say("keymap-built-in-serves", &[])));
            Chosen {
                title: if served { title } else { default_title() },
                keymap: loaded.keymap,
                told,
                served,
            }
        }
        Err(error) => Chosen {
            keymap: keymap::built_in(&names()),
            title: default_title(),
            told: vec![error.message(), say("keymap-built-in-serves", &[])],
            served: false,
        },
    }
}

fn chosen(choice: &KeymapChoice) -> Result<(keymap::Loaded, Safe, Safe)> {
    match choice {
        KeymapChoice::Named(name) => {
            let loaded = load(keymap::source(name)?, &names());
            let title = say(&format!("keymap-title-{name}"), &[]);
            Ok((loaded, title, Safe::from_outside(name)))
        }
        KeymapChoice::File(path) => {
            let loaded = load(&config::read_text(path)?, &names());
            let title = say("keymap-title-file", &[]);
            Ok((loaded, title, Safe::from_path(path)))
        }
    }
}

fn default_title() -> Safe {
    say("keymap-title-default", &[])
}

/// The keys in effect: of `--keymap`, else of the configuration.
fn show(
    keymap: Option<&Path>,
    format: &str,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let overrides = Overrides {
        keymap,
        ..Overrides::default()
    };
    let loaded = config::load(&Places::of_this_machine(), &overrides)?;
    let choice = &loaded.config.console.keymap;
    if let (Some(_), KeymapChoice::Named(name)) = (keymap, choice) {
        // A name that was typed and is not known is wrong usage.
        keymap::source(name)?;
    }
    let chosen = choose(choice);
    for sentence in loaded.problems.iter().chain(&chosen.told) {
        writeln!(err, "xamine: {sentence}")?;
    }
    let map = &chosen.keymap;
    match format {
        "md" => out.write_all(reference::markdown(&chosen.title, map).as_bytes())?,
        "json" => writeln!(out, "{:#}", reference::json(map))?,
        _ => out.write_all(reference::text(map).as_bytes())?,
    }
    let sound = loaded.problems.is_empty() && chosen.served;
    Ok(if sound { exit::DONE } else { exit::PROBLEM })
}

/// Lists everything that is wrong with a key file.
fn check_file(
    file: &Path,
    format: &str,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let problems = load(&config::read_text(file)?, &names()).problems;
    let path = Safe::from_path(file);
    if format == "json" {
        let list: Vec<_> = problems.iter().map(problem_json).collect();
        writeln!(out, "{:#}", json!(list))?;
    } else {
        for problem in &problems {
            writeln!(out, "{}", problem.sentence(&path))?;
        }
    }
    let errors = problems.iter().filter(|p| p.is_error()).count();
    if errors > 0 {
        let why = [arg("path", &path), arg("errors", &errors)];
        writeln!(err, "xamine: {}", say("keymap-unsound", &why))?;
        return Ok(exit::PROBLEM);
    }
    if format != "json" {
        let warnings = problems.len();
        let words = [arg("path", &path), arg("warnings", &warnings)];
        writeln!(out, "{}", say("keymap-sound", &words))?;
    }
    Ok(exit::DONE)
}

fn problem_json(problem: &Problem) -> serde_json::Value {
    json!({
        "line": problem.line,
        "column": problem.column,
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "problem": problem.text.as_str(),
    })
}

/// The page `keymaps/README.md`: the reference of every built-in map.
pub fn reference_page() -> std::result::Result<String, Error> {
    let mut page = format!(
        "# {}\n\n{}\n",
        say("keymap-reference-title", &[]),
        say("keymap-reference-intro", &[])
    );
    for (name, text) in keymap::BUILT_IN {
        let title = say(&format!("keymap-title-{name}"), &[]);
        page.push('\n');
        page.push_str(&reference::markdown(&title, &load(text, &names()).keymap));
    }
    Ok(page)
}
