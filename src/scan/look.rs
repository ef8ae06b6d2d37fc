//! Looking at one file of a folder: by its first bytes and its header, nothing decoded.

use std::fs::{File, Metadata};
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

use super::read::{self, Glance, metaimage};
use super::sidecar::Sidecar;
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
    /// A description of a file beside it.
    Sidecar(Sidecar),
    /// Something else.
    Other(Safe),
}

/// Opens a file and reads its header; the error is the row's.
pub(super) fn look_inside(file: &ScanFile, limits: &Limits, cancel: &Cancel) -> Result<Look> {
    let begun = begin(&file.path)?;
    let Some(reader) = read::reader_for(&begun.magic) else {
        return not_a_picture(&file.path, &begun.magic);
    };
    let source = Source {
        path: &file.path,
        bytes: &[],
        limits,
        cancel,
    };
    let mut input = BufReader::new(begun.file);
    if reader.format == Format::Mha {
        let front = metaimage::front(&mut input, &source)?;
        if let Some(plane) = metaimage::described(&front, &source)? {
            return Ok(Look::Sidecar(Sidecar::of_plane(&file.path, plane)?));
        }
        let rewound = input.rewind();
        rewound.map_err(|error| Error::io(&file.path, &error))?;
    }
    match (reader.glance)(&mut input, &source, begun.metadata.len()) {
        // Arrays are more often a table beside a scan than a scan.
        Err(Error::Unsupported { why, .. }) if reader.format == Format::Npy => Ok(Look::Other(why)),
        glance => Ok(Look::Picture(reader.format, glance?)),
    }
}

/// A file at its beginning, and its first bytes.
pub(super) struct Begun {
    pub(super) file: File,
    pub(super) metadata: Metadata,
    pub(super) magic: Vec<u8>,
}

/// Opens a regular file and reads its first bytes.
///
/// # Errors
/// What the system says of it.
pub(super) fn begin(path: &Path) -> Result<Begun> {
    let (mut file, metadata) = open_regular(path)?;
    let mut magic = Vec::new();
    (&mut file)
        .take(read::MAGIC as u64)
        .read_to_end(&mut magic)
        .and_then(|_| file.rewind())
        .map_err(|error| Error::io(path, &error))?;
    Ok(Begun {
        file,
        metadata,
        magic,
    })
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
