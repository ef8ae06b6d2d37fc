//! The configuration on this machine: which files, in which order, and reading them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::document::LONGEST;
use super::layer::{Base, Layer};
use super::merge::{Config, merge};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Where configuration files are looked for, the later over the earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Of the machine.
    pub system: Option<PathBuf>,
    /// Of the user.
    pub user: Option<PathBuf>,
    /// Named by `XAMINE_CONFIG`; unlike the others it must be there.
    pub named: Option<PathBuf>,
    /// What `~/` stands for.
    pub home: Option<PathBuf>,
}

impl Places {
    /// `/etc/xamine/config.toml`, the user's `xamine/config.toml` below `$XDG_CONFIG_HOME` (or
    /// `~/.config`), and the file that `XAMINE_CONFIG` names.
    pub fn of_this_machine() -> Self {
        let strategy = etcetera::choose_base_strategy().ok();
        Self {
            system: Some(PathBuf::from("/etc/xamine/config.toml")),
            user: strategy
                .as_ref()
                .map(|strategy| strategy.config_dir().join("xamine/config.toml")),
            named: std::env::var_os("XAMINE_CONFIG")
                .filter(|name| !name.is_empty())
                .map(PathBuf::from),
            home: strategy.map(|strategy| strategy.home_dir().to_path_buf()),
        }
    }
}

/// What the command line sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides<'a> {
    /// `--keymap`.
    pub keymap: Option<&'a Path>,
    /// `--protocol`.
    pub protocol: Option<&'a str>,
    /// `--log`.
    pub log: Option<&'a Path>,
    /// `--analyst`.
    pub analyst: Option<&'a str>,
    /// `--byte-budget`.
    pub byte_budget: Option<&'a str>,
    /// `--max-quality`.
    pub max_quality: Option<&'a str>,
}

/// The configuration in effect and what was wrong on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// One sentence a problem, with its file, line and column.
    pub problems: Vec<Safe>,
}

/// Reads every file of `places` and merges it with the command line. Files with problems are
/// reported and the rest goes on; only a wrong command line is an error.
pub fn load(places: &Places, typed: &Overrides<'_>) -> Result<Loaded> {
    let mut layers = Vec::new();
    let mut problems = Vec::new();
    for (path, must_be_there) in [
        (&places.system, false),
        (&places.user, false),
        (&places.named, true),
    ] {
        let Some(path) = path else { continue };
        match text_file(path) {
            Ok(text) => layers.push(layer(&text, path, places, &mut problems)),
            Err(Unread::Missing(_)) if !must_be_there => {}
            Err(unread) => problems.push(unread.error().message()),
        }
    }
    layers.push(command_line(typed)?);
    let config = merge(&layers);
    Ok(Loaded { config, problems })
}

fn layer(text: &str, path: &Path, places: &Places, problems: &mut Vec<Safe>) -> Layer {
    let base = Base {
        folder: path.parent(),
        home: places.home.as_deref(),
    };
    let (layer, found) = Layer::parse(text, Some(path), base);
    let name = Safe::from_path(path);
    problems.extend(found.iter().map(|problem| problem.sentence(&name)));
    layer
}

/// Paths of the command line are taken as they are: bytes that are not UTF-8 included.
fn command_line(typed: &Overrides<'_>) -> Result<Layer> {
    let mut pairs = Vec::new();
    pairs.extend(typed.protocol.map(|word| ("console.protocol", word)));
    pairs.extend(typed.analyst.map(|word| ("log.analyst", word)));
    pairs.extend(typed.byte_budget.map(|word| ("line.byte_budget", word)));
    pairs.extend(typed.max_quality.map(|word| ("line.max_quality", word)));
    if let Some(name) = typed.keymap.and_then(Path::to_str) {
        pairs.push(("console.keymap", name));
    }
    let mut layer = Layer::typed(&pairs).map_err(Error::request)?;
    if let Some(path) = typed.keymap.filter(|path| path.to_str().is_none()) {
        layer.set_path("console.keymap", path);
    }
    if let Some(path) = typed.log {
        layer.set_path("log.folder", path);
    }
    Ok(layer)
}

/// Why a file that people write was not read.
#[derive(Debug)]
enum Unread {
    /// It is not there.
    Missing(Error),
    /// Anything else.
    Refused(Error),
}

impl Unread {
    fn error(self) -> Error {
        match self {
            Self::Missing(error) | Self::Refused(error) => error,
        }
    }
}

/// Reads a file that people write: a regular file of UTF-8 of at most 1 MiB.
pub fn read_text(path: &Path) -> Result<String> {
    text_file(path).map_err(Unread::error)
}

fn text_file(path: &Path) -> Result<String, Unread> {
    let refuse = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Unread::Missing(Error::io(path, error)),
        _ => Unread::Refused(Error::io(path, error)),
    };
    // Looked at before it is opened: opening a FIFO would wait for its other end.
    let about = std::fs::metadata(path).map_err(|error| refuse(&error))?;
    if !about.is_file() {
        let why = say("config-not-a-file", &[]);
        return Err(Unread::Refused(Error::unsupported(path, why)));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| refuse(&error))?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refuse(&error))?;
    if bytes.len() as u64 > LONGEST {
        let why = say("config-too-long", &[arg("bytes", &LONGEST)]);
        return Err(Unread::Refused(Error::unsupported(path, why)));
    }
    String::from_utf8(bytes).map_err(|_| {
        let why = say("config-not-utf8", &[]);
        Unread::Refused(Error::unsupported(path, why))
    })
}
