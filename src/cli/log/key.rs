//! `xamine log key new`, and keys in the other commands.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::super::{Failure, exit};
use crate::decisions::{LogSettings, Signer, Unsigned, Verifier};
use crate::messages::{arg, say};
use crate::store::state_folder;
use crate::text::Safe;
use crate::{Error, Result};

/// What is to be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Makes a key.
    New {
        /// Whose key it is.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The file of the key.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Runs the command.
pub(super) fn run(
    command: KeyCommand,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let KeyCommand::New { name, output } = command;
    let path = match output {
        Some(path) => path,
        None => state_folder()?.join("log.key"),
    };
    let name = name.unwrap_or_else(|| {
        let host = LogSettings::new(PathBuf::new(), None).host;
        format!("{host}/xamine")
    });
    let signer = Signer::new(&name).map_err(|problem| {
        let named = [arg("name", &Safe::from_outside(&name))].map(|(k, v)| (k, v.into_owned()));
        Error::request(match problem {
            Unsigned::Name => say("log-key-name", &named),
            _ => say("log-key-random", &[]),
        })
    })?;
    keep(&path, &signer.secret())?;
    writeln!(out, "{}", signer.verifier().public())?;
    let told = say("log-key-made", &[arg("file", &Safe::from_path(&path))]);
    writeln!(err, "{told}")?;
    Ok(exit::DONE)
}

/// Writes the key where nothing was, for nobody else to read.
fn keep(path: &Path, secret: &str) -> Result<()> {
    let problem = |problem: std::io::Error| Error::io(path, &problem);
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(problem)?;
    let written = file
        .write_all(format!("{secret}\n").as_bytes())
        .and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key would stand in the way of the next. What matters is why it was not written.
        let _ = std::fs::remove_file(path);
    }
    written.map_err(problem)
}

/// The key of a file; one that others can read is said to be no secret.
pub(super) fn signer(path: &Path, err: &mut dyn Write) -> Result<Signer, Failure> {
    let problem = |problem: std::io::Error| Error::io(path, &problem);
    let mode = std::fs::metadata(path).map_err(problem)?.mode();
    if mode & 0o077 != 0 {
        let file = Safe::from_path(path);
        let open = [arg("file", &file)].map(|(k, v)| (k, v.into_owned()));
        writeln!(err, "xamine: {}", say("log-key-open", &open))?;
    }
    let text = std::fs::read_to_string(path).map_err(|problem| Error::io(path, &problem))?;
    let read = Signer::read(&text);
    Ok(read.map_err(|_| Error::bad_file(path, say("log-key-bad", &[])))?)
}

/// Says who signed the note of a file, or refuses it.
pub(super) fn check(verifier: &str, note: &Path, out: &mut dyn Write) -> Result<bool, Failure> {
    let verifier =
        Verifier::read(verifier).map_err(|_| Error::request(say("log-signer-bad", &[])))?;
    let text = std::fs::read_to_string(note).map_err(|problem| Error::io(note, &problem))?;
    let id = match verifier.check(&text) {
        Ok(()) => "log-signed",
        Err(Unsigned::Missing) => "log-signature-missing",
        Err(_) => "log-signature-wrong",
    };
    let name = Safe::from_outside(verifier.name());
    let told = [arg("name", &name), arg("file", &Safe::from_path(note))]
        .map(|(name, value)| (name, value.into_owned()));
    writeln!(out, "{}", say(id, &told))?;
    Ok(id == "log-signed")
}
