//! Looking at one file of a folder: by its first bytes and its header, nothing decoded.

use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

use super::read::{self, Glance};
use super::source::{Source, open_regular};
use super::{Format, Limits, ScanFile};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// What a regular file is.
pub(super) enum Look {
    /// A format that is read, and what its header tells.
    Picture(Format, Glance),
    /// Something else.
    Other(Safe),
}

/// Opens a file and reads its header; the error is the row's.
pub(super) fn look_inside(file: &ScanFile, limits: &Limits, cancel: &Cancel) -> Result<Look> {
    let (mut opened, metadata) = open_regular(&file.path)?;
    let mut magic = Vec::new();
    (&mut opened)
        .take(read::MAGIC as u64)
        .read_to_end(&mut magic)
        .map_err(|error| Error::io(&file.path, &error))?;
    let Some(reader) = read::reader_for(&magic) else {
        return not_a_picture(&file.path, &magic);
    };
    opened
        .rewind()
        .map_err(|error| Error::io(&file.path, &error))?;
    let source = Source {
        path: &file.path,
        bytes: &[],
        limits,
        cancel,
    };
    let mut input = BufReader::new(opened);
    let glance = (reader.glance)(&mut input, &source, metadata.len())?;
    Ok(Look::Picture(reader.format, glance))
}

/// An other file, or one whose name promises a format that it is not.
fn not_a_picture(path: &Path, magic: &[u8]) -> Result<Look> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if let Some(format) = read::promised(&name) {
        if magic.is_empty() {
            return Err(Error::bad_file(path, say("scan-empty", &[])));
        }
        let format = Safe::word(format.as_str());
        let why = match read::known_but_not_read(magic) {
            Some(is) => say(
                "scan-not-as-named-is",
                &[arg("format", &format), arg("is", &is)],
            ),
            None => say("scan-not-as-named", &[arg("format", &format)]),
        };
        return Err(Error::bad_file(path, why));
    }
    Ok(Look::Other(
        read::known_but_not_read(magic).unwrap_or_else(|| say("scan-unknown", &[])),
    ))
}
