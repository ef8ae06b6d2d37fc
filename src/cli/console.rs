//! `xamine [PATH]`: gathers configuration, keys and log, and opens the console.

use std::path::PathBuf;

use super::{ConsoleArgs, Failure, exit};
use crate::config::{self, Overrides, Places};
use crate::graphics::Protocol;
use crate::run::{self, Start};
use crate::store;

/// Opens the console and waits until the analyst leaves it.
pub(super) fn run(arguments: ConsoleArgs) -> Result<u8, Failure> {
    let typed = Overrides {
        keymap: arguments.keymap.as_deref(),
        protocol: arguments.protocol.as_deref(),
        log: arguments.log.as_deref(),
        analyst: arguments.analyst.as_deref(),
    };
    let loaded = config::load(&Places::of_this_machine(), &typed)?;
    let mut problems = loaded.problems;
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
        view: arguments.view.request(),
        config,
    })?;
    Ok(exit::DONE)
}
