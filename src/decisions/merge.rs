//! The union of logs: segments of several folders in one, by name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::folder::{create, mode_in, open_segment, segments, sync};
use super::line::random_id;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// What a merge did, in segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    /// Not there before.
    pub copied: u64,
    /// There before, with fewer lines.
    pub continued: u64,
    /// There before, as they are or further on.
    pub kept: u64,
}

/// Brings the segments of `sources` into `destination`, which is made where it is missing. Segments of
/// one name must continue each other; where two do not, nothing is copied at all. Doing it twice does
/// nothing more.
pub fn merge(sources: &[PathBuf], destination: &Path) -> Result<Merged> {
    let mut merged = Merged::default();
    let mut plan = Vec::new();
    for source in sources {
        for name in segments(source).map_err(|problem| Error::io(source, &problem))? {
            match compare(source, destination, &name)? {
                Found::Kept => merged.kept += 1,
                Found::Missing => plan.push((source, name, false)),
                Found::Shorter => plan.push((source, name, true)),
            }
        }
    }
    create(destination).map_err(|problem| Error::io(destination, &problem))?;
    for (source, name, continues) in plan {
        // Another source may have brought it by now.
        match compare(source, destination, &name)? {
            Found::Kept => {
                merged.kept += 1;
                continue;
            }
            Found::Missing => merged.copied += 1,
            Found::Shorter if continues => merged.continued += 1,
            Found::Shorter => {}
        }
        copy(source, destination, &name)
            .map_err(|problem| Error::io(&destination.join(&name), &problem))?;
    }
    sync(destination).map_err(|problem| Error::io(destination, &problem))?;
    Ok(merged)
}

/// How the destination stands to a segment.
enum Found {
    /// It has all of it.
    Kept,
    /// It has none of it.
    Missing,
    /// It has the beginning.
    Shorter,
}

/// Compares a segment with the destination's of the same name.
fn compare(source: &Path, destination: &Path, name: &str) -> Result<Found> {
    let failed = |folder: &Path| {
        let path = folder.join(name);
        move |problem: io::Error| Error::io(&path, &problem)
    };
    let here = open_segment(source, name).map_err(failed(source))?;
    let there = match open_segment(destination, name) {
        Ok(there) => there,
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(problem) => return Err(failed(destination)(problem)),
    };
    let (ours, theirs) = (
        length(&here, source, name)?,
        length(&there, destination, name)?,
    );
    let common = ours.min(theirs);
    if !same(here, there, common).map_err(failed(source))? {
        let (source, destination) = (Safe::from_path(source), Safe::from_path(destination));
        let why = say(
            "log-merge-differs",
            &[
                arg("segment", &Safe::from_outside(name)),
                arg("source", &source),
                arg("destination", &destination),
            ],
        );
        return Err(Error::NotPossible { why });
    }
    Ok(if theirs >= ours {
        Found::Kept
    } else {
        Found::Shorter
    })
}

/// Length of an open segment, bytes.
fn length(file: &File, folder: &Path, name: &str) -> Result<u64> {
    match file.metadata() {
        Ok(metadata) => Ok(metadata.len()),
        Err(problem) => Err(Error::io(&folder.join(name), &problem)),
    }
}

/// Whether the first `bytes` of two files are the same.
fn same(one: File, other: File, bytes: u64) -> io::Result<bool> {
    let (mut one, mut other) = (
        BufReader::new(one.take(bytes)),
        BufReader::new(other.take(bytes)),
    );
    let (mut a, mut b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let count = one.read(&mut a)?;
        if count == 0 {
            return Ok(true);
        }
        if other.read_exact(&mut b[..count]).is_err() || a[..count] != b[..count] {
            return Ok(false);
        }
    }
}

/// Copies a segment under a name of its own and gives it its name when all of it is on disk.
fn copy(source: &Path, destination: &Path, name: &str) -> io::Result<()> {
    let part = destination.join(format!("{name}.{}.part", random_id()?));
    let written = write(source, destination, name, &part)
        .and_then(|()| take_name(&part, &destination.join(name)));
    if written.is_err() {
        // What failed is told; a part that cannot be removed either is no segment by its name.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes the copy and syncs it.
fn write(source: &Path, destination: &Path, name: &str, part: &Path) -> io::Result<()> {
    let mut from = open_segment(source, name)?;
    let mut to = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part)?;
    io::copy(&mut from, &mut to)?;
    if let Some(mode) = mode_in(destination)? {
        to.set_permissions(mode)?;
    }
    to.sync_all()
}

/// Gives a finished copy its name. A shorter one of that name, which this one continues, gives way.
fn take_name(part: &Path, segment: &Path) -> io::Result<()> {
    match renameat_with(CWD, part, CWD, segment, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // It is there and was compared, or the file system does not know this call.
        Err(Errno::EXIST | Errno::INVAL | Errno::NOSYS) => fs::rename(part, segment),
        Err(problem) => Err(problem.into()),
    }
}
