//! A glimpse of a large scan while it is being read: a part of its rows, where they can be found
//! without reading the rest.

use std::io::BufReader;
use std::path::Path;

use super::look::{Begun, begin};
use super::open::{Part, apart, assemble};
use super::read::reader_for;
use super::sidecar::Sidecar;
use super::source::{Source, modified_ns};
use super::{FileRecord, Limits, Opened, Scan};
use crate::cancel::Cancel;

/// Bytes of a scan that is worth a glimpse: smaller ones are read before the eye has waited.
const LARGE: u64 = 32 << 20;
/// Rows or columns that are left on the shorter side.
const LEAST: u64 = 500;

/// A glimpse of a scan; `None` where it is small, or its files give none. What is wrong with a file
/// is told when it is opened.
pub fn glimpse(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Option<Opened> {
    apart(&scan.path, || Ok(read(scan, limits, cancel))).ok()?
}

fn read(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Option<Opened> {
    if scan.error.is_some() || scan.page.is_some() {
        return None;
    }
    let sidecar = match &scan.sidecar {
        Some(path) => Some((path.as_path(), Sidecar::read(path).ok()?)),
        None => None,
    };
    // One plane is enough to be looked at.
    let (part, step) = part(&scan.files.first()?.path, limits, cancel)?;
    if part.record.bytes < LARGE {
        return None;
    }
    let sidecar = sidecar.as_ref().map(|(path, sidecar)| (*path, sidecar));
    let mut opened = assemble(scan, vec![part], sidecar).ok()?;
    opened.glimpse = true;
    for view in &mut opened.views {
        view.pixel_mm = view.pixel_mm.map(|size| size.map(|mm| mm * step as f64));
    }
    Some(opened)
}

/// A part of the rows of one file, and one in how many.
fn part(path: &Path, limits: &Limits, cancel: &Cancel) -> Option<(Part, usize)> {
    let Begun {
        file,
        metadata,
        magic,
    } = begin(path).ok()?;
    let reader = reader_for(&magic)?;
    let source = Source {
        path,
        bytes: &[],
        limits,
        cancel,
    };
    let mut input = BufReader::new(file);
    let decoded = reader.glimpse?(&mut input, &source, metadata.len(), LEAST).ok()?;
    let (decoded, step) = decoded?;
    let record = FileRecord {
        path: path.to_path_buf(),
        sha256: String::new(),
        bytes: metadata.len(),
        modified_ns: modified_ns(&metadata),
        inode: std::os::unix::fs::MetadataExt::ino(&metadata),
    };
    let part = Part {
        record,
        format: reader.format,
        decoded,
    };
    Some((part, step))
}
