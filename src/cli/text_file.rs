//! Text files that a command is given: whole, of bounded size, with their hash.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::messages::{arg, say};
use crate::{Error, Result};

/// The text of a file of at most `limit` bytes.
///
/// # Errors
/// [`Error::Environment`], [`Error::Limit`] and [`Error::BadFile`] with the file and the cause.
pub(super) fn read(path: &Path, limit: u64) -> Result<String> {
    let file = File::open(path).map_err(|error| Error::io(path, &error))?;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(path, &error))?;
    if bytes.len() as u64 > limit {
        let why = say("text-file-long", &[arg("limit", &limit)]);
        return Err(Error::limit(path, why));
    }
    String::from_utf8(bytes).map_err(|_| Error::bad_file(path, say("text-file-not-text", &[])))
}
