//! `.npy` files: arrays of numbers beside a sidecar or a calibration.

use std::io::Read as _;
use std::path::Path;

use super::source::{open_regular, sha256};
use crate::messages::say;
use crate::{Error, Result};

/// Bytes that such a file may have.
const LIMIT: u64 = 64 << 20;

/// An array of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Length along each axis, the slowest first.
    pub shape: Vec<usize>,
    /// The values, the last axis fastest.
    pub values: Vec<f64>,
    /// SHA-256 of the file in hex.
    pub sha256: String,
}

/// Reads an array of `u1`, `u2`, `i4`, `i8`, `f4` or `f8`, little endian, in C order.
///
/// # Errors
/// [`Error::Environment`] and [`Error::BadFile`] with the file.
pub fn read_array(path: &Path) -> Result<Array> {
    let (file, _) = open_regular(path)?;
    let mut bytes = Vec::new();
    file.take(LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(path, &error))?;
    let (shape, values) =
        parse(&bytes).ok_or_else(|| Error::bad_file(path, say("scan-npy", &[])))?;
    Ok(Array {
        shape,
        values,
        sha256: sha256(&bytes),
    })
}

/// Reads the air of a sidecar: a vector of positive numbers, one per detector row.
pub(super) fn vector(path: &Path) -> Result<Vec<f32>> {
    let told = || Error::bad_file(path, say("scan-air-npy", &[]));
    let array = read_array(path).map_err(|error| match error {
        Error::BadFile { .. } => told(),
        other => other,
    })?;
    let column = array.shape.iter().skip(1).all(|size| *size == 1) && !array.shape.is_empty();
    let values: Vec<f32> = array.values.iter().map(|v| *v as f32).collect();
    if column && values.iter().all(|v| v.is_finite() && *v > 0.0) {
        Ok(values)
    } else {
        Err(told())
    }
}

/// The first bytes of such a file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// What stands before the numbers.
pub(super) struct Header {
    /// Type of a number, as `NumPy` writes it: `<u2`.
    pub(super) kind: String,
    /// Length along each axis, the slowest first unless `fortran`.
    pub(super) shape: Vec<usize>,
    /// Whether the first axis is the fastest.
    pub(super) fortran: bool,
    /// First byte of the numbers.
    pub(super) start: usize,
}

/// Reads what stands before the numbers; `None` where it cannot be read.
pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, start): (usize, usize) = match rest.first()? {
        1 => (
            usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?)),
            4,
        ),
        _ => (
            u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?) as usize,
            6,
        ),
    };
    let text = std::str::from_utf8(rest.get(start..start.checked_add(length)?)?).ok()?;
    let shape = text.split_once('(')?.1.split_once(')')?.0;
    let shape: Vec<usize> = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().ok())
        .collect::<Option<_>>()?;
    Some(Header {
        kind: text
            .split_once("'descr': '")?
            .1
            .split_once('\'')?
            .0
            .to_owned(),
        shape,
        fortran: text.contains("'fortran_order': True"),
        start: MAGIC.len() + start + length,
    })
}

/// The shape and the values of a whole `.npy` file.
fn parse(bytes: &[u8]) -> Option<(Vec<usize>, Vec<f64>)> {
    let Header {
        kind,
        shape,
        fortran,
        start,
    } = header(bytes)?;
    if fortran {
        return None;
    }
    let values = values(bytes.get(start..)?, &kind)?;
    let count = shape
        .iter()
        .try_fold(1_usize, |all, size| all.checked_mul(*size))?;
    (values.len() == count).then_some((shape, values))
}

/// The numbers of `data`, which are of the type `kind`.
fn values(data: &[u8], kind: &str) -> Option<Vec<f64>> {
    fn each<const N: usize>(data: &[u8], number: fn([u8; N]) -> f64) -> Vec<f64> {
        let (whole, _) = data.as_chunks::<N>();
        whole.iter().map(|bytes| number(*bytes)).collect()
    }
    Some(match kind {
        "<f8" => each(data, f64::from_le_bytes),
        "<f4" => each(data, |b| f64::from(f32::from_le_bytes(b))),
        "<i8" => each(data, |b| i64::from_le_bytes(b) as f64),
        "<i4" => each(data, |b| f64::from(i32::from_le_bytes(b))),
        "<u2" => each(data, |b| f64::from(u16::from_le_bytes(b))),
        "|u1" => each(data, |b| f64::from(u8::from_le_bytes(b))),
        _ => return None,
    })
}
