//! Scanner profiles on disk: the TOML and the table beside it.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::render::files::write_whole;
use super::text_file;
use crate::messages::{arg, say};
use crate::physics::profile::{Header, Profile};
use crate::physics::scanner::Scanner;
use crate::scan::sha256;
use crate::text::{Safe, line_at};
use crate::{Error, Result};

/// Bytes that a profile may have.
const LIMIT: u64 = 1 << 20;
/// Bytes that its table may have.
const TABLE_LIMIT: u64 = 256 << 20;

/// Reads a scanner profile and the table beside it; the hash is that of the TOML, which holds the
/// table's.
///
/// # Errors
/// [`Error::Environment`] and [`Error::BadFile`] with the file and the cause.
pub fn read(path: &Path) -> Result<(Profile, String)> {
    let words = text_file::read(path, LIMIT)?;
    let header: Header = toml::from_str(&words).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(&words, span.start));
        let told = Safe::from_outside(error.message());
        let why = say("profile-toml", &[arg("line", &line), arg("words", &told)]);
        Error::bad_file(path, why)
    })?;
    let plain = Path::new(&header.table);
    let mut parts = plain.components();
    let beside = matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none();
    if !beside {
        return Err(Error::bad_file(path, say("profile-table-name", &[])));
    }
    let table = text_file::read(&path.with_file_name(plain), TABLE_LIMIT)?;
    if sha256(table.as_bytes()) != header.table_sha256 {
        let name = Safe::from_outside(&header.table);
        let why = say("profile-table-changed", &[arg("table", &name)]);
        return Err(Error::bad_file(path, why));
    }
    let profile = Profile::with_table(header, &table)
        .map_err(|error| Error::bad_file(path, error.message()))?;
    Ok((profile, sha256(words.as_bytes())))
}

/// The scanner of the profile at `path`.
///
/// # Errors
/// As [`read`].
pub fn scanner(path: &Path) -> Result<Arc<Scanner>> {
    let (profile, sha256) = read(path)?;
    Ok(Arc::new(Scanner::new(profile, sha256)))
}

/// Writes a profile and its table beside it, the table first; gives the table's path. The hash of
/// the table is filled in.
///
/// # Errors
/// [`Error::Environment`] with the file.
pub fn write(path: &Path, profile: &Profile) -> Result<PathBuf> {
    let table = path.with_file_name(&profile.header.table);
    let text = profile.table_text();
    let header = Header {
        table_sha256: sha256(text.as_bytes()),
        ..profile.header.clone()
    };
    let toml = toml::to_string(&header)
        .map_err(|error| Error::bad_file(path, Safe::from_outside(&error.to_string())))?;
    for (path, text) in [(table.as_path(), &text), (path, &toml)] {
        write_whole(path, text.as_bytes())?;
    }
    Ok(table)
}
