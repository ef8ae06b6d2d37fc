//! Where an export goes: standard output, or a file that is whole or not there.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::super::Failure;
use super::super::render::files::name_beside;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Writes through `write` to the file `path`, or to `out` without one. The file gets its name when
/// all of it is there; nothing in the log's `folder` is written over or added to.
pub(super) fn written(
    path: Option<&Path>,
    folder: &Path,
    out: &mut dyn Write,
    write: &mut dyn FnMut(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(path) = path else {
        return write(out);
    };
    refuse_in(path, folder)?;
    let beside = name_beside(path)?;
    let done = to_file(path, &beside, write);
    if done.is_err() {
        // What is left of the attempt is not worth a second error.
        let _ = fs::remove_file(&beside);
    }
    done
}

/// Writes the file under its other name and renames it.
fn to_file(
    path: &Path,
    beside: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let problem = |error: std::io::Error| Failure::Told(Error::io(path, &error));
    let file = File::create_new(beside).map_err(problem)?;
    let mut buffer = BufWriter::new(file);
    write(&mut buffer).map_err(|failure| match failure {
        Failure::Output(error) => problem(error),
        told @ Failure::Told(_) => told,
    })?;
    let file = buffer
        .into_inner()
        .map_err(|error| problem(error.into_error()))?;
    file.sync_all()
        .and_then(|()| fs::rename(beside, path))
        .map_err(problem)
}

/// Refuses a file in the log's folder: exports are no records.
pub(super) fn refuse_in(path: &Path, folder: &Path) -> Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let same = |a: &Path, b: &Path| Some(fs::canonicalize(a).ok()? == fs::canonicalize(b).ok()?);
    if same(&parent, folder) == Some(true) {
        let path = Safe::from_path(path);
        return Err(Error::request(say(
            "log-export-in-log",
            &[arg("path", &path)],
        )));
    }
    Ok(())
}
