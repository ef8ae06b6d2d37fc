//! Files on disk → scans → radiographs.
//!
//! [`find`] walks a folder tree and streams its scans: files of one exposure are one [`Scan`]. It
//! reads only headers. [`open`] decodes a scan under [`Limits`], off the caller's thread, and hashes
//! exactly the bytes it decoded. What cannot be read is a row or an error with its reason.

mod air;
mod detail;
mod find;
mod glimpse;
mod group;
mod hashing;
mod limits;
mod look;
mod names;
mod npy;
mod open;
mod opened;
mod read;
mod reduce;
mod resolve;
mod sidecar;
mod source;

use std::path::PathBuf;

pub use detail::{check_detail, detail};
pub use find::{FindOptions, Found, Other, Tally, find};
pub use glimpse::glimpse;
pub use limits::Limits;
pub use npy::{Array, read_array};
pub use open::{DECODER_THREAD, identify, keep_decoder_panics_quiet, open};
pub use opened::{End, FileRecord, Format, Opened, PairedBy};
pub use reduce::Reduced;
pub use resolve::resolve;
pub(crate) use source::sha256;
pub use source::unchanged;

use crate::Error;
use crate::radiograph::Kind;
use crate::text::Safe;

/// A scan as a folder shows it: its files and why they belong together, nothing decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The first or only file; the sidecar when it names no file that is there.
    pub path: PathBuf,
    /// The pixel files, high energy first; empty when none can be read.
    pub files: Vec<ScanFile>,
    /// The sidecar that describes it.
    pub sidecar: Option<PathBuf>,
    /// Why several files belong together.
    pub paired_by: Option<PairedBy>,
    /// What the headers promise; opening decides.
    pub kind: Option<Kind>,
    /// Why it cannot be opened, as far as headers tell.
    pub error: Option<Error>,
    /// Container or unit number, where the headers or the sidecar say it.
    pub container: Option<Safe>,
    /// The one page, frame or slice that was asked for, from 1.
    pub page: Option<usize>,
}

/// One pixel file of a scan, as the folder showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFile {
    /// Where it is.
    pub path: PathBuf,
    /// Length in bytes.
    pub bytes: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified_ns: i128,
    /// Inode number.
    pub inode: u64,
}

impl Scan {
    /// A scan of which only the files are known.
    pub fn bare(path: PathBuf, files: Vec<ScanFile>) -> Self {
        Self {
            path,
            files,
            sidecar: None,
            paired_by: None,
            kind: None,
            error: None,
            container: None,
            page: None,
        }
    }

    /// Bytes of its pixel files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Every file that the scan is made of, which nothing may write over: the pixel files, the
    /// sidecar, and the air files that it names.
    pub fn evidence(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.files.iter().map(|file| file.path.clone()).collect();
        files.push(self.path.clone());
        if let Some(path) = &self.sidecar {
            // A sidecar that cannot be read names nothing; opening tells why.
            let sidecar = sidecar::Sidecar::read(path).unwrap_or_default();
            files.extend(sidecar.air_files().map(|air| path.with_file_name(air)));
            files.push(path.clone());
        }
        files
    }

    /// The name for people: the sidecar's, what the names of a pair share, or the file's own.
    pub fn name(&self) -> Safe {
        let file = |path: &PathBuf| {
            path.file_name()
                .map_or_else(|| Safe::from_path(path), Safe::from_os)
        };
        if let Some(sidecar) = &self.sidecar {
            let name = sidecar.file_name().unwrap_or_default();
            let name = std::os::unix::ffi::OsStrExt::as_bytes(name);
            let stem = name
                .strip_suffix(sidecar::SUFFIX.as_bytes())
                .unwrap_or(name);
            return Safe::from_bytes(stem);
        }
        if self.files.len() > 1
            && let Some(name) = self.path.file_name().and_then(|name| name.to_str())
        {
            let common = names::common_name(name);
            if !common.is_empty() {
                return Safe::from_outside(&common);
            }
        }
        file(&self.path)
    }
}
