//! Files that `render` writes: what is seen as PNG, quantities as TIFF and `NumPy` arrays. Nothing
//! under the asked name is ever half written.

use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::messages::{arg, say};
use crate::radiograph::Size;
use crate::text::Safe;
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

/// What the name of the output asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// What is seen.
    Png,
    /// The quantity as TIFF.
    Tiff,
    /// The quantity as a `NumPy` array.
    Npy,
}

/// A raster of one quantity.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum Values<'a> {
    /// 32-bit floats, NaN where not determinable.
    Float(&'a [f32]),
    /// Class codes.
    Codes(&'a [u8]),
    /// Samples, or numbers of things.
    Samples(&'a [u16]),
}

impl FileKind {
    /// By the extension of `path`.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        match extension.as_ref().and_then(|e| e.to_str()) {
            Some("png") => Ok(Self::Png),
            Some("tif" | "tiff") => Ok(Self::Tiff),
            Some("npy") => Ok(Self::Npy),
            _ => Err(Error::request(say(
                "render-extension",
                &[arg("path", &Safe::from_path(path))],
            ))),
        }
    }
}

/// A frame as PNG: one byte a pixel unless it has true colours.
pub(super) fn png(path: &Path, frame: Frame) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width as u32, frame.height as u32);
    encoder.set_depth(png::BitDepth::Eight);
    let data: Vec<u8> = match frame.pixels {
        Pixels::Grey(grey) => {
            encoder.set_color(png::ColorType::Grayscale);
            grey
        }
        Pixels::Indexed { palette, indices } => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.concat());
            indices
        }
        Pixels::Rgb(rgb) => {
            encoder.set_color(png::ColorType::Rgb);
            rgb.concat()
        }
    };
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&data));
    written.map_err(|problem| not_written(path, &problem.to_string()))?;
    Ok(bytes)
}

/// A raster as TIFF: one sample of 32-bit float, 16 or 8 bits a pixel.
pub(in crate::cli) fn tiff(path: &Path, size: Size, values: Values<'_>) -> Result<Vec<u8>> {
    use tiff::encoder::colortype::{Gray8, Gray16, Gray32Float};
    let mut file = Cursor::new(Vec::new());
    let (width, height) = (size.width as u32, size.height as u32);
    let written = tiff::encoder::TiffEncoder::new(&mut file).and_then(|mut encoder| match values {
        Values::Float(values) => encoder.write_image::<Gray32Float>(width, height, values),
        Values::Codes(codes) => encoder.write_image::<Gray8>(width, height, codes),
        Values::Samples(samples) => encoder.write_image::<Gray16>(width, height, samples),
    });
    written.map_err(|problem| not_written(path, &problem.to_string()))?;
    Ok(file.into_inner())
}

/// A raster as a `NumPy` array of rows by columns, format version 1.0, little endian.
pub(in crate::cli) fn npy(size: Size, values: Values<'_>) -> Vec<u8> {
    let kind = match values {
        Values::Float(_) => "<f4",
        Values::Codes(_) => "|u1",
        Values::Samples(_) => "<u2",
    };
    let mut header = format!(
        "{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}, {}), }}",
        size.height, size.width
    );
    // The magic, the version and the length take 10 bytes; the whole is a multiple of 64.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    match values {
        Values::Float(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),
        Values::Codes(codes) => bytes.extend(codes),
        Values::Samples(samples) => bytes.extend(samples.iter().flat_map(|v| v.to_le_bytes())),
    }
    bytes
}

/// Refuses an output that is one of `evidence`, under whatever name or link.
///
/// # Errors
/// [`Error::Request`]; nothing was written.
pub(in crate::cli) fn refuse_evidence(output: &Path, evidence: &[PathBuf]) -> Result<()> {
    refuse_over(output, evidence, "render-evidence")
}

/// Refuses to write `output` over one of `kept`; `id` is the message that says which file it is.
pub(in crate::cli) fn refuse_over(output: &Path, kept: &[PathBuf], id: &str) -> Result<()> {
    // Links are followed; a file that is not there can only be meant by its path.
    let identity = |path: &Path| fs::metadata(path).ok().map(|m| (m.dev(), m.ino()));
    let there = identity(output);
    let same = |file: &PathBuf| file == output || there.is_some() && identity(file) == there;
    if kept.iter().any(same) {
        let path = Safe::from_path(output);
        return Err(Error::request(say(id, &[arg("path", &path)])));
    }
    Ok(())
}

/// Writes `bytes` under another name beside `path` and renames it when all is there.
pub(in crate::cli) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = name_beside(path)?;
    let written = File::create_new(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|problem| {
        // What is left of the attempt is not worth a second error.
        let _ = fs::remove_file(&beside);
        Error::io(path, &problem)
    })
}

/// A name in the folder of `path` that nobody else uses.
pub(in crate::cli) fn name_beside(path: &Path) -> Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| not_written(path, &std::io::ErrorKind::IsADirectory.to_string()))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.part", std::process::id()));
    Ok(path.with_file_name(beside))
}

/// The error of an encoder.
fn not_written(path: &Path, why: &str) -> Error {
    Error::Environment {
        path: Safe::from_path(path),
        why: Safe::from_outside(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size {
        width: 3,
        height: 2,
    };

    #[test]
    fn a_numpy_array_has_its_header_and_its_bytes() {
        let values = [0.0, 1.5, -2.0, f32::NAN, 4.0, 5.0];
        let bytes = npy(SIZE, Values::Float(&values));
        assert_eq!((bytes.len() - 24) % 64, 0);
        let header = String::from_utf8_lossy(&bytes[10..bytes.len() - 24]);
        assert!(header.contains("'shape': (2, 3)") && header.ends_with('\n'));
        assert_eq!(bytes[bytes.len() - 4..], 5.0_f32.to_le_bytes());
        assert_eq!(npy(SIZE, Values::Codes(&[1; 6])).len() % 64, 6);
    }

    #[test]
    fn a_failed_write_leaves_nothing() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let target = folder.path().join("taken.png");
        fs::create_dir(&target)?;
        fs::write(target.join("inside"), b"x")?;
        assert!(write_whole(&target, b"bytes").is_err());
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        let fine = folder.path().join("fine.png");
        assert!(write_whole(&fine, b"bytes").is_ok());
        assert_eq!(fs::read(fine)?, b"bytes");
        Ok(())
    }
}
