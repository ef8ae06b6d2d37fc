//! The program's own files: drafts, remembered heads, saved presets, and where they and the log
//! live.
//!
//! Everything here can be lost without losing a decision.

mod display;
mod drafts;
mod heads;
mod presets;
mod question;
mod templates;
mod whole;

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, Xdg};

use crate::decisions::LogSettings;
use crate::messages::say;
use crate::{Error, Result};

pub use display::{display_check, keep_display_check};
pub use drafts::Drafts;
pub use heads::Heads;
pub use presets::{PresetFolders, parse as parse_presets, written as written_preset};
pub use question::{QUESTION, Question};
pub use templates::load_templates;

/// Writes a file that somebody asked for, whole or not at all, for its owner alone.
///
/// # Errors
/// With the file and the cause.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str);
    let name = name.ok_or_else(|| Error::io(path, &std::io::ErrorKind::InvalidInput.into()))?;
    whole::replace(parent(path), name, bytes).map_err(|error| Error::io(path, &error))
}

/// Whether a file would lie in that folder.
pub fn is_in(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(parent(path)).is_some_and(|parent| Some(parent) == real(folder))
}

/// The folder of a file.
fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// The folder for state: `$XDG_STATE_HOME/xamine`, `~/.local/state/xamine` without it.
pub fn state_folder() -> Result<PathBuf> {
    let base = Xdg::new().ok().and_then(|folders| folders.state_dir());
    match base {
        Some(base) => Ok(base.join("xamine")),
        None => Err(Error::NotPossible {
            why: say("store-no-home", &[]),
        }),
    }
}

/// The folder of the log: the one asked for, or `log` in the state folder.
pub fn log_folder(asked: Option<&Path>) -> Result<PathBuf> {
    match asked {
        Some(folder) => Ok(folder.to_owned()),
        None => Ok(state_folder()?.join("log")),
    }
}

/// Settings for writing the log: the folder asked for (the state folder's is offered as the second
/// one), heads remembered in the state folder.
pub fn log_settings(asked: Option<&Path>, analyst: Option<String>) -> Result<LogSettings> {
    let mut settings = LogSettings::new(log_folder(asked)?, analyst);
    // Without a home there is no second folder and no memory; the log itself may still be written.
    if let Ok(state) = state_folder() {
        let second = state.join("log");
        settings.fallback = (second != settings.folder).then_some(second);
        settings.display_check = display_check(&state);
        let heads = Heads::new(&state);
        settings.remember = Some(Box::new(move |folder, found| heads.remember(folder, found)));
    }
    Ok(settings)
}
