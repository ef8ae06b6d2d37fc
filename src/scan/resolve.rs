//! From what was typed to a scan: any file of its group, a folder that holds one, or `PATH#N`.

use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use super::group::{self, Entry};
use super::names::plane_of_name;
use super::read;
use super::sidecar::SUFFIX;
use super::source::open_regular;
use super::{FindOptions, Found, Limits, Scan, find};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::{Error, Result};

/// The scan that `path` names, and the page, frame or slice after `#`, from 1.
///
/// With `alone` it is just that file, without its group and its sidecar; a page is always of one
/// file. The page is also in [`Scan::page`], where [`super::open`] reads it.
///
/// # Errors
/// When there is no such file, or a folder holds no scan or more than one, or the file is no scan.
pub fn resolve(path: &Path, alone: bool) -> Result<(Scan, Option<usize>)> {
    let (path, page) = split_page(path);
    let metadata = std::fs::metadata(&path).map_err(|error| Error::io(&path, &error))?;
    let mut scan = if metadata.is_dir() {
        only_scan(&path)?
    } else {
        scan_of_file(&path, alone || page.is_some())?
    };
    if page.is_some() && scan.files.len() > 1 {
        return Err(Error::request(say("scan-page-of-one", &[])));
    }
    scan.page = page;
    Ok((scan, page))
}

/// Takes `#N` off, unless a file of that very name is there.
fn split_page(path: &Path) -> (PathBuf, Option<usize>) {
    let whole = || (path.to_path_buf(), None);
    if path.symlink_metadata().is_ok() {
        return whole();
    }
    let bytes = path.as_os_str().as_bytes();
    let Some(at) = bytes.iter().rposition(|byte| *byte == b'#') else {
        return whole();
    };
    let number = std::str::from_utf8(&bytes[at + 1..])
        .ok()
        .and_then(|n| n.parse().ok());
    match number {
        Some(number) if number > 0 => {
            let path = std::ffi::OsString::from_vec(bytes[..at].to_vec());
            (PathBuf::from(path), Some(number))
        }
        _ => whole(),
    }
}

/// The only scan of a folder's own files.
fn only_scan(folder: &Path) -> Result<Scan> {
    let options = FindOptions {
        depth: 1,
        ..FindOptions::default()
    };
    let mut scans = Vec::new();
    let mut count = 0usize;
    find(folder, &options, &Cancel::never(), &mut |found| {
        if let Found::Scan(scan) = found {
            count += 1;
            scans.truncate(1);
            scans.push(scan);
        }
    })?;
    let path = crate::text::Safe::from_path(folder);
    match (count, scans.pop()) {
        (1, Some(scan)) => Ok(scan),
        (0, _) => Err(Error::NotPossible {
            why: say("scan-folder-none", &[arg("path", &path)]),
        }),
        _ => Err(Error::request(say(
            "scan-folder-many",
            &[arg("path", &path), arg("scans", &count)],
        ))),
    }
}

/// The scan that a file belongs to.
fn scan_of_file(path: &Path, alone: bool) -> Result<Scan> {
    let entry = |path: &Path| Entry::of(path, std::fs::metadata(path).ok().as_ref());
    let entries = if alone {
        vec![entry(path)]
    } else {
        relatives(path)?.iter().map(|path| entry(path)).collect()
    };
    let rows = group::rows(entries, &Limits::default(), &Cancel::never())?;
    let mut other = None;
    for row in rows.rows {
        match row {
            Found::Scan(scan) if holds(&scan, path) => return Ok(scan),
            Found::Other(found) if found.path == path => other = Some(found),
            _ => {}
        }
    }
    let is = other.map_or_else(|| say("scan-unknown", &[]), |other| other.why);
    Err(Error::unsupported(
        path,
        say("scan-format-not-read", &[arg("is", &is)]),
    ))
}

/// Whether the file is one of the scan's.
fn holds(scan: &Scan, path: &Path) -> bool {
    scan.path == path
        || scan.sidecar.as_deref() == Some(path)
        || scan.files.iter().any(|file| file.path == path)
}

/// The files of the folder that may share a scan with `path`: sidecars, the files they name, files
/// whose name differs in the token only, and for DICOM every other DICOM file.
fn relatives(path: &Path) -> Result<Vec<PathBuf>> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default();
    let rest = |name: &std::ffi::OsStr| Some(plane_of_name(name.to_str()?)?.rest);
    let own = rest(name);
    let dicom = is_dicom(path);
    let listing = std::fs::read_dir(folder).map_err(|error| Error::io(folder, &error))?;
    let names: Vec<std::ffi::OsString> = listing.flatten().map(|entry| entry.file_name()).collect();
    let sidecars: Vec<&std::ffi::OsString> = names.iter().filter(|name| describes(name)).collect();
    let place = |name: &std::ffi::OsStr| path.with_file_name(name);
    let mut described: Vec<PathBuf> = Vec::new();
    for sidecar in &sidecars {
        if let Ok(read) = super::sidecar::Sidecar::read(&place(sidecar)) {
            described.extend(read.files().iter().map(|file| place(file.as_os_str())));
        }
    }
    let related = |other: &std::ffi::OsString| {
        let file = place(other);
        other == name
            || describes(other)
            || described.contains(&file)
            || own.is_some() && rest(other) == own
            || describes(name)
            || dicom && is_dicom(&file)
    };
    Ok(names
        .iter()
        .filter(|name| related(name))
        .map(|name| place(name))
        .collect())
}

/// Whether a file of that name may describe others: a sidecar, or the lines of a `MetaImage`.
fn describes(name: &std::ffi::OsStr) -> bool {
    let name = name.as_bytes();
    name.ends_with(SUFFIX.as_bytes()) || name.ends_with(b".mhd")
}

/// Whether a file starts as DICOM does.
fn is_dicom(path: &Path) -> bool {
    use std::io::Read as _;
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok((file, _)) = open_regular(path) else {
        return false;
    };
    let mut magic = Vec::new();
    file.take(read::MAGIC as u64)
        .read_to_end(&mut magic)
        .is_ok()
        && magic.get(128..132) == Some(b"DICM")
}
