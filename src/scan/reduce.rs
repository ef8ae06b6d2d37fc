//! Scans that are larger than the limits: read by bands of rows, a band in memory at a time, and held
//! as means of squares of pixels, hashed on the way.

use std::path::{Path, PathBuf};

use super::hashing::hashed;
use super::look::{Begun, begin};
use super::open::Part;
use super::read::{Bands, Extent, Reader, Take, reader_for};
use super::sidecar::Sidecar;
use super::source::{Source, modified_ns, open_regular};
use super::{FileRecord, Limits, Scan};
use crate::cancel::Cancel;
use crate::messages::say;
use crate::{Error, Result};

/// How a scan is held that is larger than the limits, and what its own pixels are read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduced {
    /// Scan pixels to a held one, across and down.
    pub step: usize,
    pub(super) scan: Scan,
    pub(super) sidecar: Option<(PathBuf, Sidecar)>,
    pub(super) limits: Limits,
}

/// The least power of two by which a scan has to be reduced to be held under the limits; `None` where
/// it can be read whole, or its files cannot be read by bands.
pub(super) fn step_of(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Option<usize> {
    let mut all = Extent::default();
    let mut bytes = 0_u64;
    for file in &scan.files {
        // What is wrong with a file is told when it is read.
        let (extent, length) = extent(&file.path, scan.page, limits, cancel).ok()??;
        all.planes.extend(extent.planes);
        all.pixels = all.pixels.saturating_add(extent.pixels);
        bytes = bytes.saturating_add(length);
    }
    if bytes <= limits.bytes && limits.allow(all.pixels, all.samples(1)) {
        return None;
    }
    let mut steps = (0..=16).map(|power| 1_u64 << power);
    let fits = |step: &u64| limits.allow(all.pixels.div_ceil(step * step), all.samples(*step));
    steps.find(fits).map(|step| step as usize)
}

impl Extent {
    /// Samples of all planes as means of squares of `step` pixels a side.
    fn samples(&self, step: u64) -> u64 {
        let of =
            |[width, height]: &[u64; 2]| width.div_ceil(step).saturating_mul(height.div_ceil(step));
        self.planes.iter().map(of).fold(0, u64::saturating_add)
    }
}

/// What a file would hold, and its length; `None` where it cannot be read by bands.
fn extent(
    path: &Path,
    page: Option<usize>,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<Option<(Extent, u64)>> {
    let Begun {
        file,
        metadata,
        magic,
    } = begin(path)?;
    let Some(bands) = reader_for(&magic).and_then(|reader| reader.bands.as_ref()) else {
        return Ok(None);
    };
    let source = Source {
        path,
        bytes: &[],
        limits,
        cancel,
    };
    let mut input = std::io::BufReader::new(file);
    let extent = (bands.extent)(&mut input, &source, metadata.len(), page)?;
    Ok(extent.map(|extent| (extent, metadata.len())))
}

/// Reads one file by bands, as means of squares of `step` pixels a side.
pub(super) fn part(
    path: &Path,
    (page, step): (Option<usize>, usize),
    limits: &Limits,
    cancel: &Cancel,
) -> Result<Part> {
    let (reader, bands) = reader_of(path)?;
    let (file, metadata) = open_regular(path)?;
    let source = Source {
        path,
        bytes: &[],
        limits,
        cancel,
    };
    let length = metadata.len();
    let (decoded, sha256) = hashed(
        &file,
        length,
        cancel,
        |input| (bands.read)(input, &source, length, (page, Take::Means(step))),
        |error| Error::io(path, error),
    )?;
    let record = FileRecord {
        path: path.to_path_buf(),
        sha256,
        bytes: length,
        modified_ns: modified_ns(&metadata),
        inode: std::os::unix::fs::MetadataExt::ino(&metadata),
    };
    let after = file.metadata().map_err(|error| Error::io(path, &error))?;
    if after.len() != length || modified_ns(&after) != record.modified_ns {
        return Err(Error::bad_file(path, say("scan-changed-while-read", &[])));
    }
    Ok(Part {
        record,
        format: decoded.format.unwrap_or(reader.format),
        decoded,
    })
}

/// The reader of a file by bands.
pub(super) fn reader_of(path: &Path) -> Result<(&'static Reader, &'static Bands)> {
    let reader = reader_for(&begin(path)?.magic);
    let bands = reader.and_then(|reader| Some((reader, reader.bands.as_ref()?)));
    bands.ok_or_else(|| Error::bad_file(path, say("scan-changed-while-read", &[])))
}
