//! `xamine [PATH]`: gathers configuration, keys and log, and opens the console.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::{ConsoleArgs, Failure, exit, quality};
use crate::config::{self, Kind, LineRule, Overrides, Places, Setting};
use crate::delivery::Settings;
use crate::graphics::{Protocol, Rung};
use crate::messages::{arg, say};
use crate::nearest::nearest;
use crate::run::{self, Start};
use crate::store::{self, PresetFolders};
use crate::text::Safe;
use crate::{Error, Result};

/// Opens the console and waits until the analyst leaves it.
pub(super) fn run(arguments: ConsoleArgs) -> Result<u8, Failure> {
    if let Some(path) = &arguments.path
        && !is_there(path)
    {
        return Err(nothing_there(path).into());
    }
    let ceiling = arguments.max_quality.as_deref().map(quality).transpose()?;
    if let Some(word) = &arguments.protocol {
        Protocol::parse(word)?;
    }
    if let Some(word) = &arguments.byte_budget {
        check_budget(word)?;
    }
    let typed = Overrides {
        keymap: arguments.keymap.as_deref(),
        protocol: arguments.protocol.as_deref(),
        log: arguments.log.as_deref(),
        analyst: arguments.analyst.as_deref(),
        byte_budget: arguments.byte_budget.as_deref(),
        max_quality: ceiling.map(Rung::as_str),
    };
    let places = Places::of_this_machine();
    let loaded = config::load(&places, &typed)?;
    let mut problems = loaded.problems;
    let presets = PresetFolders::beside(&places);
    let (known, wrong) = presets.load();
    problems.extend(wrong);
    let (templates, wrong) = store::load_templates(&places);
    problems.extend(wrong);
    let config = loaded.config;
    let keys = super::keys::choose(&config.console.keymap);
    problems.extend(keys.told);
    let log = if arguments.read_only {
        None
    } else {
        let analyst = config.log.analyst.clone();
        Some(store::log_settings(config.log.folder.as_deref(), analyst)?)
    };
    run::console(Start {
        path: arguments.path.unwrap_or_else(|| PathBuf::from(".")),
        protocol: Protocol::parse(&config.console.protocol)?,
        keymap: keys.keymap,
        problems,
        log_folder: store::log_folder(config.log.folder.as_deref()).ok(),
        log,
        state: store::state_folder().ok().filter(|_| !arguments.read_only),
        view: arguments.view.request(known)?,
        presets,
        templates,
        delivery: delivery(&config.line),
        trace: arguments.trace,
        config,
    })?;
    Ok(exit::DONE)
}

/// Whether `--byte-budget` can be one; what is typed is refused by its own name, not the setting's.
fn check_budget(word: &str) -> Result<()> {
    let Some(Setting {
        kind: Kind::Integer { min, max },
        ..
    }) = Setting::find("line", "byte_budget")
    else {
        return Ok(());
    };
    let number = word.parse().ok();
    if number.is_some_and(|number: u64| (*min..=*max).contains(&number)) {
        return Ok(());
    }
    let value = Safe::from_outside(word);
    let arguments = [arg("min", min), arg("max", max), arg("value", &value)];
    Err(Error::request(say("console-bad-byte-budget", &arguments)))
}

/// What may be sent of pictures.
fn delivery(line: &LineRule) -> Settings {
    Settings {
        ceiling: Rung::parse(&line.max_quality).unwrap_or(Rung::Q5),
        budget: line.byte_budget.map(|kilobytes| kilobytes as f64 * 1e3),
        metered: line.metered,
    }
}

/// Whether something of that name can be opened; `FILE#N` is a page of the file. What cannot be
/// asked for, e.g. behind a locked folder, counts as there: opening it tells the cause.
pub(super) fn is_there(path: &Path) -> bool {
    let missing = |path: &Path| {
        std::fs::metadata(path).is_err_and(|error| {
            matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput
            )
        })
    };
    let bytes = path.as_os_str().as_bytes();
    let page = bytes.iter().rposition(|byte| *byte == b'#');
    let file = page.map(|at| Path::new(OsStr::from_bytes(&bytes[..at])));
    !missing(path) || file.is_some_and(|file| !missing(file))
}

/// The error of a word that is neither a path nor a command, with the command that was meant.
pub(super) fn nothing_there(path: &Path) -> Error {
    let typed = Safe::from_path(path);
    let definition = super::definition();
    let commands = definition.get_subcommands().map(clap::Command::get_name);
    let near = path.to_str().and_then(|word| nearest(word, commands));
    Error::request(match near {
        Some(name) => say(
            "console-nothing-there-near",
            &[arg("word", &typed), arg("name", &Safe::from_outside(name))],
        ),
        None => say("console-nothing-there", &[arg("word", &typed)]),
    })
}
