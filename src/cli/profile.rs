//! Scanner profiles on disk: the TOML and the table beside it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::messages::{arg, say};
use crate::physics::profile::{Header, Profile};
use crate::physics::scanner::Scanner;
use crate::text::Safe;
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
    let words = text(path, LIMIT)?;
    let header: Header = toml::from_str(&words).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + words[..span.start.min(words.len())].matches('\n').count()
        });
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
    let table = text(&path.with_file_name(plain), TABLE_LIMIT)?;
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
        whole(path, text.as_bytes()).map_err(|error| Error::io(path, &error))?;
    }
    Ok(table)
}

/// A file is there whole or as it was.
fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let written = fs::File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&new);
    }
    written
}

/// The text of a file of at most `limit` bytes.
pub(super) fn text(path: &Path, limit: u64) -> Result<String> {
    let file = fs::File::open(path).map_err(|error| Error::io(path, &error))?;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::limit(
            path,
            say("profile-long", &[arg("limit", &limit)]),
        ));
    }
    String::from_utf8(bytes).map_err(|_| Error::bad_file(path, say("profile-not-text", &[])))
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
