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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::Region;
    use crate::scan::hashing::Hashing;

    /// Columns and rows: 24 MB in one strip.
    const SIZE: [usize; 2] = [4000, 3000];

    fn file() -> std::io::Result<(tempfile::TempDir, PathBuf)> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("large.tif");
        let samples: Vec<u16> = (0..SIZE[0] * SIZE[1])
            .map(|i| (i % 60_013) as u16)
            .collect();
        let written = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path)?);
        let written = written.and_then(|mut encoder| {
            type Grey = tiff::encoder::colortype::Gray16;
            let mut image = encoder.new_image::<Grey>(SIZE[0] as u32, SIZE[1] as u32)?;
            image.rows_per_strip(SIZE[1] as u32)?;
            image.write_data(&samples)
        });
        written.map_err(std::io::Error::other)?;
        Ok((folder, path))
    }

    #[test]
    fn nothing_larger_than_a_band_is_asked_for() -> Result<()> {
        let (_folder, path) = file().map_err(|error| Error::io(Path::new("."), &error))?;
        let cancel = Cancel::never();
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let (file, metadata) = open_regular(&path)?;
        let source = Source {
            path: &path,
            bytes: &[],
            limits: &limits,
            cancel: &cancel,
        };
        let (_, bands) = reader_of(&path)?;
        let part = Region {
            x: 1000,
            y: 1000,
            width: 500,
            height: 700,
        };
        // A band is a quarter of the limit, in whole rows; a part is read row by row.
        for (take, most) in [
            (Take::Means(8), (1 << 18) / 8000 * 8000),
            (Take::Part(part), 1000),
        ] {
            let mut input = Hashing::plain(&file, &cancel);
            let decoded = (bands.read)(&mut input, &source, metadata.len(), (None, take))?;
            let held = &decoded.pages[0].planes[0];
            assert_eq!(input.most, most, "{take:?}");
            assert!(2 * held.samples.len() as u64 <= limits.bytes, "{take:?}");
        }
        Ok(())
    }

    #[test]
    fn the_least_reduction_that_the_limits_allow_is_taken() -> Result<()> {
        let (_folder, path) = file().map_err(|error| Error::io(Path::new("."), &error))?;
        let (scan, _) = crate::scan::resolve(&path, true)?;
        let cancel = Cancel::never();
        let of =
            |megapixels: u64, bytes: u64| step_of(&scan, &Limits { megapixels, bytes }, &cancel);
        let length = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        assert_eq!(of(12, length), None);
        assert_eq!(of(11, length), Some(2));
        assert_eq!(of(12, length - 1000), Some(2));
        assert_eq!(of(12, 6_000_000), Some(2));
        assert_eq!(of(12, 5_999_999), Some(4));
        assert_eq!(of(12, 1 << 20), Some(8));
        // Rows of 8 kB are more than a share of this.
        assert_eq!(of(12, 8_000), None);
        Ok(())
    }
}
