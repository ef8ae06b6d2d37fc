//! One file on disk: opened without ever waiting for it, read once, and what was read hashed.
//!
//! Only regular files are read. The hash is of exactly the bytes that are decoded, and the record
//! says which file it was, so that a later look can tell whether it is still the same.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};

use super::{FileRecord, Limits};
use crate::cancel::Cancel;
use crate::messages::{Argument, arg, say};
use crate::{Error, Result};

/// Bytes read between two looks at the cancel handle.
const BAND: usize = 1 << 20;

/// The bytes of a file, and the terms under which they are decoded.
pub(super) struct Source<'a> {
    /// Where they come from, for the error's sentence.
    pub(super) path: &'a Path,
    /// All of the file.
    pub(super) bytes: &'a [u8],
    /// What may be asked for.
    pub(super) limits: &'a Limits,
    /// Checked once per strip or row band.
    pub(super) cancel: &'a Cancel,
}

impl Source<'_> {
    /// The file is broken.
    pub(super) fn bad(&self, id: &str, arguments: &[Argument<'_>]) -> Error {
        Error::bad_file(self.path, say(id, arguments))
    }

    /// The file is sound, but this is not read.
    pub(super) fn unsupported(&self, id: &str, arguments: &[Argument<'_>]) -> Error {
        Error::unsupported(self.path, say(id, arguments))
    }

    /// The file asks for more than a limit allows.
    pub(super) fn limit(&self, id: &str, arguments: &[Argument<'_>]) -> Error {
        Error::limit(self.path, say(id, arguments))
    }

    /// The file is broken, in the words of the library that read it.
    pub(super) fn library(&self, error: &dyn std::error::Error) -> Error {
        let mut words = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let inner_words = inner.to_string();
            if !words.contains(&inner_words) {
                words = format!("{words}: {inner_words}");
            }
            cause = inner.source();
        }
        let words = crate::text::Safe::from_outside(words.trim());
        self.bad("scan-library", &[arg("words", &words)])
    }
}

/// Opens a regular file for reading; a FIFO, a socket or a device is refused and never waited for.
pub(super) fn open_regular(path: &Path) -> Result<(File, Metadata)> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|error| Error::io(path, &error.into()))?;
    let file = File::from(file);
    let metadata = file.metadata().map_err(|error| Error::io(path, &error))?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(Error::unsupported(path, say("scan-not-a-file", &[])))
    }
}

/// Modification time in nanoseconds since 1970.
pub(super) fn modified_ns(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

/// Reads a whole file under `limit` bytes, and hashes what was read.
pub(super) fn read_hashed(
    path: &Path,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<(Vec<u8>, FileRecord)> {
    let (bytes, read) = read_whole(path, limits, cancel)?;
    let record = read.hashed(&bytes, cancel)?;
    Ok((bytes, record))
}

/// Which file was read.
pub(super) struct Read {
    path: PathBuf,
    metadata: Metadata,
}

impl Read {
    /// Its record, with the hash of the bytes that were read.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn hashed(self, bytes: &[u8], cancel: &Cancel) -> Result<FileRecord> {
        let mut hash = Sha256::new();
        for band in bytes.chunks(BAND) {
            cancel.check()?;
            hash.update(band);
        }
        Ok(FileRecord {
            path: self.path,
            sha256: hex(&hash.finalize()),
            bytes: self.metadata.len(),
            modified_ns: modified_ns(&self.metadata),
            inode: self.metadata.ino(),
        })
    }
}

/// Reads a whole file under `limit` bytes.
pub(super) fn read_whole(path: &Path, limits: &Limits, cancel: &Cancel) -> Result<(Vec<u8>, Read)> {
    let (mut file, metadata) = open_regular(path)?;
    let length = metadata.len();
    if length > limits.bytes {
        let limit = limits.bytes / (1 << 20);
        return Err(Error::limit(
            path,
            say(
                "scan-file-over-bytes",
                &[arg("bytes", &length), arg("limit", &limit)],
            ),
        ));
    }
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length as usize)
        .map_err(|_| Error::limit(path, say("scan-no-memory", &[arg("bytes", &length)])))?;
    loop {
        cancel.check()?;
        let before = bytes.len();
        let room = (limits.bytes + 1)
            .saturating_sub(before as u64)
            .min(BAND as u64);
        (&mut file)
            .take(room)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::io(path, &error))?;
        if bytes.len() == before {
            break;
        }
    }
    if bytes.len() as u64 != length {
        return Err(Error::bad_file(path, say("scan-changed-while-read", &[])));
    }
    let path = path.to_path_buf();
    Ok((bytes, Read { path, metadata }))
}

/// Whether the file still has the size, the modification time and the inode of its record.
pub fn unchanged(record: &FileRecord) -> Result<bool> {
    let metadata = std::fs::metadata(&record.path).map_err(|e| Error::io(&record.path, &e))?;
    Ok(metadata.len() == record.bytes
        && modified_ns(&metadata) == record.modified_ns
        && metadata.ino() == record.inode)
}

/// SHA-256 of `bytes`, lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
