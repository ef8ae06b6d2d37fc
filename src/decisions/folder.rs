//! The folder of a log: its segments, their names, and how files are opened in it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::OFlags;

/// Ending of a segment's file name.
const ENDING: &str = ".jsonl";
/// Longest part of a file name that a host or an analyst takes, characters.
const PART_LIMIT: usize = 40;

/// The file names of all segments, sorted: by start, then host, analyst and random part.
pub(super) fn segments(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        // A segment's name is always plain text; other files are not ours to judge.
        if let Ok(name) = entry?.file_name().into_string()
            && name.ends_with(ENDING)
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The file name of a new segment.
pub(super) fn segment_name(start: Timestamp, host: &str, analyst: &str, random: &str) -> String {
    let start = start.strftime("%Y%m%dT%H%M%S%.3fZ");
    let (host, analyst) = (name_part(host), name_part(analyst));
    format!("{start}-{host}-{analyst}-{random}{ENDING}")
}

/// `text` with everything but letters, digits, `.` and `_` of ASCII replaced by `_`.
fn name_part(text: &str) -> String {
    let part: String = text
        .chars()
        .take(PART_LIMIT)
        .map(|c| match c {
            '.' | '_' => c,
            c if c.is_ascii_alphanumeric() => c,
            _ => '_',
        })
        .collect();
    if part.is_empty() {
        "_".to_owned()
    } else {
        part
    }
}

/// Opens a segment for reading: regular files only, links are not followed.
pub(super) fn open_segment(folder: &Path, name: &str) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(folder.join(name))?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

/// Creates the folder where it is missing, for its owner alone; the names made are synced.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create(parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => sync(parent),
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Makes the names in `folder` durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates a segment that only this process appends to.
pub(super) fn create_segment(folder: &Path, name: &str) -> io::Result<File> {
    let file = OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits() as i32)
        .open(folder.join(name))?;
    if let Some(mode) = mode_in(folder)? {
        file.set_permissions(mode)?;
    }
    Ok(file)
}

/// The mode of segments in a folder of a group; elsewhere they are their owner's alone.
pub(super) fn mode_in(folder: &Path) -> io::Result<Option<fs::Permissions>> {
    Ok(is_group_folder(folder)?.then(|| fs::Permissions::from_mode(0o640)))
}

/// Whether a group may write into `folder`: its members then read each other's segments.
fn is_group_folder(folder: &Path) -> io::Result<bool> {
    Ok(fs::metadata(folder)?.permissions().mode() & 0o020 != 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_a_file_system_or_shell_minds() {
        let name = segment_name(
            Timestamp::from_second(1_772_366_400).unwrap(),
            "post-7/..\u{202e}",
            "",
            "00",
        );
        assert_eq!(name, "20260301T120000.000Z-post_7_.._-_-00.jsonl");
        assert!(segment_name(Timestamp::UNIX_EPOCH, &"h".repeat(999), "a", "0").len() < 255);
    }
}
