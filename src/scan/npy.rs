//! The air of a sidecar from a `.npy` file: a vector with one value per detector row.

use std::io::Read as _;
use std::path::Path;

use super::source::open_regular;
use crate::messages::say;
use crate::{Error, Result};

/// Bytes that such a file may have.
const LIMIT: u64 = 64 << 20;

/// Reads a one-dimensional array of `u2`, `f4` or `f8`, little endian.
pub(super) fn vector(path: &Path) -> Result<Vec<f32>> {
    let (file, _) = open_regular(path)?;
    let mut bytes = Vec::new();
    file.take(LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(path, &error))?;
    parse(&bytes).ok_or_else(|| Error::bad_file(path, say("scan-air-npy", &[])))
}

/// The values of a whole `.npy` file.
fn parse(bytes: &[u8]) -> Option<Vec<f32>> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
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
    let header = std::str::from_utf8(rest.get(start..start.checked_add(length)?)?).ok()?;
    let data = &rest[start + length..];
    let shape = header.split_once('(')?.1.split_once(')')?.0;
    let mut sizes = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty());
    let count: usize = sizes.next()?.parse().ok()?;
    if sizes.any(|size| size != "1") {
        return None;
    }
    let values: Vec<f32> = if header.contains("'<f8'") {
        let values = data.chunks_exact(8);
        values
            .map(|v| v.try_into().map_or(f64::NAN, f64::from_le_bytes) as f32)
            .collect()
    } else if header.contains("'<f4'") {
        let values = data.chunks_exact(4);
        values
            .map(|v| v.try_into().map_or(f32::NAN, f32::from_le_bytes))
            .collect()
    } else if header.contains("'<u2'") {
        data.chunks_exact(2)
            .map(|v| f32::from(u16::from_le_bytes([v[0], v[1]])))
            .collect()
    } else {
        return None;
    };
    (values.len() == count && values.iter().all(|v| v.is_finite() && *v > 0.0)).then_some(values)
}
