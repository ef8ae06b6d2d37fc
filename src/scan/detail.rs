//! A part of a scan that is held reduced, in its own pixels: read from the files by position.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::hashing::Hashing;
use super::open::{Part, apart, views};
use super::read::Take;
use super::reduce::{Reduced, reader_of};
use super::source::{Source, modified_ns, open_regular};
use super::{FileRecord, Opened};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::radiograph::{Radiograph, Region};
use crate::text::Safe;
use crate::{Error, Result};

/// The pixels of `region` of the view of that name of a scan that is held reduced, with everything
/// that is known of its planes.
///
/// # Errors
/// [`Error::Limit`] for a region that is larger than the limits, [`Error::NotPossible`] for a scan
/// that is held whole or has no such view; [`Error::Environment`] where a file has changed since it
/// was opened; [`Error::Cancelled`].
pub fn detail(opened: &Opened, view: &str, region: Region, cancel: &Cancel) -> Result<Radiograph> {
    let whole = opened
        .views
        .iter()
        .find(|radiograph| radiograph.view == view);
    let whole = whole.zip(opened.reduced.as_deref());
    let (whole, reduced) = whole.ok_or_else(|| Error::NotPossible {
        why: say("error-no-view", &[]),
    })?;
    check_detail(opened, whole, region)?;
    apart(&reduced.scan.path, || {
        read(opened, (whole, reduced), region, cancel)
    })
}

/// Refuses a region whose pixels the limits do not allow, of a view of a scan that is held reduced.
///
/// # Errors
/// [`Error::Limit`].
pub fn check_detail(opened: &Opened, whole: &Radiograph, region: Region) -> Result<()> {
    let path = opened
        .files
        .first()
        .map_or(Path::new(""), |file| &file.path);
    let pixels = region.width as u64 * region.height as u64;
    let samples = pixels.saturating_mul(whole.planes.len() as u64);
    let Some(reduced) = opened
        .reduced
        .as_ref()
        .filter(|r| !r.limits.allow(pixels, samples))
    else {
        return Ok(());
    };
    let megabytes = |bytes: u64| Safe::number(bytes as f64 / 1e6, 0);
    let needed = megabytes(samples.saturating_mul(2));
    let limit = megabytes(reduced.limits.bytes);
    let words = [
        arg("width", &region.width),
        arg("height", &region.height),
        arg("needed", &needed),
        arg("limit", &limit),
        arg("megapixels", &reduced.limits.megapixels),
        arg("step", &reduced.step),
    ];
    Err(Error::limit(path, say("scan-detail-large", &words)))
}

fn read(
    opened: &Opened,
    (whole, reduced): (&Radiograph, &Reduced),
    region: Region,
    cancel: &Cancel,
) -> Result<Radiograph> {
    // Of pages that are views of their own only that one is read.
    let page = whole
        .view
        .strip_prefix("page-")
        .and_then(|page| page.parse().ok());
    let page = page.or(reduced.scan.page);
    let parts = opened
        .files
        .iter()
        .map(|record| part(record, (page, region), reduced, cancel));
    let parts = parts.collect::<Result<_>>()?;
    let sidecar = reduced.sidecar.as_ref();
    let sidecar = sidecar.map(|(path, sidecar)| (path.as_path(), sidecar));
    let mut found = Opened::bare(&reduced.scan, opened.format, opened.files.clone());
    views(&reduced.scan, parts, sidecar, &mut found)?;
    let mut planes: Vec<_> = found
        .views
        .into_iter()
        .flat_map(|view| view.planes)
        .collect();
    let close_up = |plane: &crate::radiograph::Plane| {
        let at = planes
            .iter()
            .position(|found| found.name == plane.name && found.scan_size() == plane.scan_size())?;
        Some(plane.close_up(region, planes.swap_remove(at).samples))
    };
    let planes = whole.planes.iter().map(close_up).collect::<Option<_>>();
    Ok(Radiograph {
        view: whole.view.clone(),
        pixel_mm: whole.pixel_mm,
        planes: planes.ok_or_else(|| changed(&reduced.scan.path))?,
    })
}

/// Reads a region of one file, which must be the one that was opened.
fn part(
    record: &FileRecord,
    (page, region): (Option<usize>, Region),
    reduced: &Reduced,
    cancel: &Cancel,
) -> Result<Part> {
    let path = record.path.as_path();
    let (file, metadata) = open_regular(path)?;
    is_same(&metadata, record)?;
    let (reader, bands) = reader_of(path)?;
    let source = Source {
        path,
        bytes: &[],
        limits: &reduced.limits,
        cancel,
    };
    let mut input = Hashing::plain(&file, cancel);
    let decoded = (bands.read)(
        &mut input,
        &source,
        record.bytes,
        (page, Take::Part(region)),
    );
    // Whatever was wrong with a file that changed, it is not the one that was opened.
    is_same(&now(&file, path)?, record)?;
    Ok(Part {
        record: record.clone(),
        format: reader.format,
        decoded: decoded?,
    })
}

fn now(file: &File, path: &Path) -> Result<Metadata> {
    file.metadata().map_err(|error| Error::io(path, &error))
}

/// Refuses a file that is not what it was when it was opened.
fn is_same(metadata: &Metadata, record: &FileRecord) -> Result<()> {
    let same = metadata.len() == record.bytes
        && modified_ns(metadata) == record.modified_ns
        && metadata.ino() == record.inode;
    if same {
        Ok(())
    } else {
        Err(changed(&record.path))
    }
}

fn changed(path: &Path) -> Error {
    Error::Environment {
        path: Safe::from_path(path),
        why: say("scan-changed-since", &[]),
    }
}
