//! A scan that has been read: its radiographs and everything known about it.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Reduced, Scan};
use crate::radiograph::{Kind, Radiograph};
use crate::text::Safe;

/// A scan read from its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// SHA-256 in hex: of the one pixel file, or of the sorted hashes of several joined by `\n`.
    pub scan_id: String,
    /// Whether this is a part of the rows and columns of a scan that is still being read: to be
    /// looked at until it is, and nothing else. Its id means nothing.
    pub glimpse: bool,
    /// How it is held when it is larger than the limits; its own pixels are read by parts.
    pub reduced: Option<Arc<Reduced>>,
    /// Format of the pixel files.
    pub format: Format,
    /// What the scan offers.
    pub kind: Kind,
    /// The pixel files with the hash of exactly the bytes that were decoded.
    pub files: Vec<FileRecord>,
    /// Why several files or planes belong together.
    pub paired_by: Option<PairedBy>,
    /// The views; at least one unless `kind` is a report.
    pub views: Vec<Radiograph>,
    /// Container or unit number, where known.
    pub container: Option<Safe>,
    /// Whether the scan says that it was simulated.
    pub simulated: bool,
    /// At which end of the picture the doors are, where the sidecar says.
    pub doors: Option<End>,
    /// Whether data is missing and the rest is shown all the same.
    pub truncated: bool,
    /// What the file says of itself, key and value.
    pub metadata: Vec<(Safe, Safe)>,
    /// What a reader should know.
    pub warnings: Vec<Safe>,
}

/// An end of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl End {
    /// The end of that word in a sidecar.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "left" => Some(Self::Left),
            "right" => Some(Self::Right),
            _ => None,
        }
    }
}

impl Opened {
    /// A scan of which only the files are known.
    pub(super) fn bare(scan: &Scan, format: Format, files: Vec<FileRecord>) -> Self {
        Self {
            scan_id: String::new(),
            glimpse: false,
            reduced: None,
            format,
            kind: Kind::Report,
            files,
            paired_by: scan.paired_by,
            views: Vec::new(),
            container: None,
            simulated: false,
            doors: None,
            truncated: false,
            metadata: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Scan pixels to a held one, across and down: 1 where all of its pixels are held.
    pub fn reduction(&self) -> usize {
        self.reduced.as_ref().map_or(1, |reduced| reduced.step)
    }
}

/// One file of a scan, as it was when its bytes were decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified_ns: i128,
    /// Inode number.
    pub inode: u64,
}

/// A file format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// TIFF.
    Tiff,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// BMP.
    Bmp,
    /// DICOS, NEMA IIC 1.
    Dicos,
    /// DICOM.
    Dicom,
    /// NRRD.
    Nrrd,
    /// `MetaImage`.
    Mha,
    /// An array of `NumPy`.
    Npy,
    /// Samples that a sidecar describes.
    Raw,
}

/// Why planes belong to one scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairedBy {
    /// Two pages of one file.
    Page,
    /// Two samples per pixel.
    Sample,
    /// DICOS Image Type of two files of one exposure.
    ImageType,
    /// Tokens of the file names.
    Name,
    /// A sidecar names the files.
    Sidecar,
}

impl Format {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tiff => "tiff",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Bmp => "bmp",
            Self::Dicos => "dicos",
            Self::Dicom => "dicom",
            Self::Nrrd => "nrrd",
            Self::Mha => "mha",
            Self::Npy => "npy",
            Self::Raw => "raw",
        }
    }
}

impl PairedBy {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Sample => "sample",
            Self::ImageType => "image-type",
            Self::Name => "name",
            Self::Sidecar => "sidecar",
        }
    }
}
