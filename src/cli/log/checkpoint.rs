//! `xamine log checkpoint`, and reading one that was kept elsewhere.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;

use serde_json::json;

use super::folder;
use crate::cli::{Failure, exit};
use crate::decisions::{
    Answer, Checkpoint, Kept, Misheard, Request, Signer, Unreadable, Writer, looks_spoken,
    plain_json,
};
use crate::messages::{arg, say};
use crate::store::log_settings;
use crate::text::Safe;
use crate::{Error, Result};

/// Longest file that is read as a checkpoint, bytes.
const LONGEST: usize = 64 * 1024;

/// What a checkpoint is to say.
pub(super) struct Asked {
    /// Whose log it is; the signer's name, else the machine's, where nobody says.
    pub(super) origin: Option<String>,
    /// Who takes it.
    pub(super) analyst: Option<String>,
    /// Who signs it.
    pub(super) signer: Option<Signer>,
    /// Whether it is told as JSON.
    pub(super) json: bool,
}

/// Records a checkpoint in a segment of its own, and prints it as a note and as groups of digits.
pub(super) fn take(
    log: Option<&Path>,
    asked: Asked,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let Asked {
        origin,
        analyst,
        signer,
        json,
    } = asked;
    let folder = folder(log)?;
    let settings = log_settings(Some(&folder), analyst)?;
    let signed = signer.as_ref().map(|signer| signer.name().to_owned());
    let origin = origin.or(signed);
    let origin = origin.unwrap_or_else(|| format!("{}/xamine", settings.host));
    let shown = Safe::from_outside(&origin);
    if origin.is_empty() || shown.as_str() != origin {
        let why = say("log-checkpoint-origin", &[arg("origin", &shown)]);
        return Err(Error::NotPossible { why }.into());
    }
    let checkpoint =
        Checkpoint::take(&folder, &origin).map_err(|problem| Error::io(&folder, &problem))?;
    record(settings, checkpoint.clone(), err)?;
    let groups = checkpoint.groups().unwrap_or_default();
    let note = checkpoint.note();
    let note = signer.map_or(note.clone(), |signer| signer.sign(&note));
    if json {
        let document = json!({
            "origin": checkpoint.origin,
            "records": checkpoint.records(),
            "segments": checkpoint.prefixes.len(),
            "root": checkpoint.root,
            "groups": groups,
            "note": note,
        });
        writeln!(out, "{}", plain_json(&document.to_string()))?;
        return Ok(exit::DONE);
    }
    // The note alone goes to the output, so that it can be sent into a file as it is.
    write!(out, "{note}")?;
    writeln!(err, "\n{}", say("log-checkpoint-kept", &[]))?;
    writeln!(err, "{}\n", say("log-checkpoint-spoken", &[]))?;
    for row in groups.chunks(5) {
        writeln!(err, "    {}", row.join(" "))?;
    }
    Ok(exit::DONE)
}

/// Writes the record, and comes back when it is on disk.
fn record(
    settings: crate::decisions::LogSettings,
    body: Checkpoint,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let (sender, answers) = channel();
    let writer = Writer::start(settings, move |answer| {
        // Nobody listens any more once the record is answered.
        let _ = sender.send(answer);
    })?;
    writer.send(Request::Checkpoint { token: 1, body })?;
    for answer in answers {
        match answer {
            Answer::Opened { warnings, .. } => {
                for warning in warnings {
                    writeln!(err, "xamine: {warning}")?;
                }
            }
            Answer::Warning(why) => writeln!(err, "xamine: {why}")?,
            Answer::Recorded { .. } => break,
            Answer::NotOpened { why } | Answer::NotRecorded { why, .. } => {
                return Err(Error::NotPossible { why }.into());
            }
            Answer::Closed { .. } => {}
        }
    }
    Ok(())
}

/// Reads what was typed behind `--against`: the name of a file, or the groups themselves.
pub(super) fn kept(typed: &OsStr) -> Result<Kept> {
    let path = Path::new(typed);
    let text = match typed.to_str() {
        Some(text) if !path.exists() && looks_spoken(text) => text.to_owned(),
        _ => String::from_utf8_lossy(&read(path)?).into_owned(),
    };
    Kept::read(&text).map_err(|unreadable| Error::NotPossible {
        why: match unreadable {
            Unreadable::Note => say("log-against-note", &[arg("file", &Safe::from_path(path))]),
            Unreadable::Groups(Misheard::Count(groups)) => {
                say("log-against-count", &[arg("groups", &groups)])
            }
            Unreadable::Groups(Misheard::Group(group)) => {
                say("log-against-group", &[arg("group", &group)])
            }
            Unreadable::Groups(Misheard::Check) => say("log-against-check", &[]),
        },
    })
}

/// The first bytes of a file.
fn read(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST as u64).read_to_end(&mut bytes));
    read.map_err(|problem| Error::io(path, &problem))?;
    Ok(bytes)
}
