//! The readers: one file per format, chosen by the first bytes and never by the name.
//!
//! Each has two parts: `glance` reads only headers, from the file, for the list of scans; `read`
//! decodes the whole picture from bytes in memory. Both check every claim against the data first.

mod bitmap;
mod dicom;
mod dicom_pixels;
mod elements;
mod jpeg;
pub(super) mod metaimage;
mod npy;
mod nrrd;
mod png;
pub(super) mod raw;
mod samples;
mod tiff;
mod tiff_bands;
mod tiff_directory;
mod tiff_layout;
mod tiff_rows;

use std::io::{Read, Seek};

use super::Format;
use super::hashing::Hashing;
use super::source::Source;
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Plane, PlaneName, Region};
use crate::text::Safe;
use crate::{Error, Result};

/// Bytes from the front of a file that tell its format.
pub(super) const MAGIC: usize = 264;

/// A file that can be read and searched.
pub(super) trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

/// What a header tells without decoding.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Glance {
    /// What the file alone offers.
    pub(super) kind: Option<Kind>,
    /// Columns and rows of its first picture.
    pub(super) size: Option<[u64; 2]>,
    /// The plane that the file says it holds.
    pub(super) plane: Option<PlaneName>,
    /// What files of one exposure share.
    pub(super) exposure: Option<String>,
    /// Container number.
    pub(super) container: Option<Safe>,
}

/// A decoded file.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// The format, where the first bytes leave it open.
    pub(super) format: Option<Format>,
    /// Its pages or frames, in order.
    pub(super) pages: Vec<Page>,
    /// Whether it is a report without pixels.
    pub(super) report: bool,
    /// Container number.
    pub(super) container: Option<Safe>,
    /// Key and value, as the file says.
    pub(super) metadata: Vec<(Safe, Safe)>,
    /// What a reader should know.
    pub(super) warnings: Vec<Safe>,
}

/// One page, frame or slice.
#[derive(Debug)]
pub(super) struct Page {
    /// Its planes: one, two samples, or three colours.
    pub(super) planes: Vec<Plane>,
    /// The plane that the page says it is.
    pub(super) says: Option<PlaneName>,
    /// Size of a pixel in mm, x and y.
    pub(super) pixel_mm: Option<[f64; 2]>,
}

/// One format.
pub(super) struct Reader {
    /// Which.
    pub(super) format: Format,
    /// Whether the first [`MAGIC`] bytes are of this format.
    pub(super) claims: fn(&[u8]) -> bool,
    /// Reads the headers.
    pub(super) glance: fn(&mut dyn Input, &Source<'_>, u64) -> Result<Glance>,
    /// Decodes the file; the page is counted from 1, `None` is all of them.
    pub(super) read: fn(&Source<'_>, Option<usize>) -> Result<Decoded>,
    /// Reads a part of the rows of a file whose rows can be found without the others.
    pub(super) glimpse: Option<Glimpse>,
    /// Reads the file by bands of rows, where the format has them.
    pub(super) bands: Option<Bands>,
}

/// Reading a file by bands of rows, one at a time in memory.
pub(super) struct Bands {
    /// What would be held.
    pub(super) extent: ExtentOf,
    /// Reads it.
    pub(super) read: ReadBands,
}

/// What reading all of a file of that length, or that page, would hold; `None` where it cannot be
/// read by bands.
pub(super) type ExtentOf =
    fn(&mut dyn Input, &Source<'_>, u64, Option<usize>) -> Result<Option<Extent>>;

/// Reads all of a file of that length, or that page, as is asked.
pub(super) type ReadBands =
    fn(&mut Hashing<'_>, &Source<'_>, u64, (Option<usize>, Take)) -> Result<Decoded>;

/// What is to be read by bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// Means of squares of so many pixels a side.
    Means(usize),
    /// The pixels of a rectangle.
    Part(Region),
}

/// What a file's pictures are: columns and rows of each plane, and pixels of all pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Of every plane that is held.
    pub(super) planes: Vec<[u64; 2]>,
    /// Pixels of all pages.
    pub(super) pixels: u64,
}

/// Reads one row and column in so many that about `least` are left on the shorter side, and says how
/// many; `None` where the file is not of that kind, or small.
pub(super) type Glimpse =
    fn(&mut dyn Input, &Source<'_>, u64, u64) -> Result<Option<(Decoded, usize)>>;

/// Every format that is read.
const READERS: &[Reader] = &[
    tiff::READER,
    png::READER,
    jpeg::READER,
    bitmap::READER,
    dicom::READER,
    nrrd::READER,
    metaimage::READER,
    npy::READER,
];

/// The reader for a file that starts with these bytes.
pub(super) fn reader_for(magic: &[u8]) -> Option<&'static Reader> {
    READERS.iter().find(|reader| (reader.claims)(magic))
}

/// The format a file of this name should be, by its ending: only to say that it is not.
pub(super) fn promised(name: &str) -> Option<Format> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "tif" | "tiff" => Format::Tiff,
        "png" => Format::Png,
        "jpg" | "jpeg" => Format::Jpeg,
        "bmp" => Format::Bmp,
        "nrrd" => Format::Nrrd,
        "mha" => Format::Mha,
        "npy" => Format::Npy,
        "dcs" | "dicos" => Format::Dicos,
        "dcm" => Format::Dicom,
        _ => return None,
    })
}

/// A format that is known by its first bytes but not read; the word is for the error's sentence.
pub(super) fn known_but_not_read(magic: &[u8]) -> Option<Safe> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"PK\x03\x04", "zip"),
        (b"SIMPLE  =", "FITS"),
        (b"GIF8", "GIF"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
        (b"%PDF", "PDF"),
        (b"<?xml", "XML"),
    ];
    KNOWN
        .iter()
        .find(|(start, _)| magic.starts_with(start))
        .map(|(_, word)| Safe::word(word))
}

/// Which planes of one picture the colours are.
const COLOURS: [PlaneName; 3] = [PlaneName::Red, PlaneName::Green, PlaneName::Blue];

/// Refuses any page but the first of a format that has one.
fn only_page(page: Option<usize>) -> Result<()> {
    match page {
        None | Some(1) => Ok(()),
        Some(_) => {
            let pages = 1usize;
            Err(Error::request(say(
                "scan-no-such-page",
                &[arg("pages", &pages)],
            )))
        }
    }
}
