//! NPY: one array of `NumPy` as a picture, or several of one size.

use std::io::Read as _;

use super::samples::{Layout, Sample};
use super::{Decoded, Glance, Input, Reader};
use crate::scan::Format;
use crate::scan::npy;
use crate::scan::source::Source;
use crate::{Error, Result};

pub(super) const READER: Reader = Reader {
    format: Format::Npy,
    claims,
    glance,
    read,
    glimpse: None,
    bands: None,
};

/// Bytes that the header may have.
const HEAD: u64 = 64 << 10;

fn claims(magic: &[u8]) -> bool {
    magic.starts_with(npy::MAGIC)
}

/// How the samples lie, and where the first is.
fn layout(bytes: &[u8], source: &Source<'_>, length: u64) -> Result<(Layout, usize)> {
    let head = npy::header(bytes).ok_or_else(|| source.bad("scan-npy-head", &[]))?;
    if head.fortran {
        return Err(source.unsupported("scan-npy-order", &[]));
    }
    let bits = match head.kind.get(1..) {
        Some("u1") => Some(8),
        Some("u2") => Some(16),
        _ => None,
    };
    let big = head.kind.starts_with('>');
    let sample = Sample::of(bits, big, &head.kind, source)?;
    // The last axis is the fastest.
    let axes: Vec<u64> = head.shape.iter().rev().map(|size| *size as u64).collect();
    let layout = Layout::of(&axes, sample, source)?;
    layout.check(source, (length.saturating_sub(head.start as u64), 1))?;
    Ok((layout, head.start))
}

fn glance(input: &mut dyn Input, source: &Source<'_>, length: u64) -> Result<Glance> {
    let mut bytes = Vec::new();
    let read = input.take(HEAD).read_to_end(&mut bytes);
    read.map_err(|error| Error::io(source.path, &error))?;
    Ok(layout(&bytes, source, length)?.0.glance())
}

fn read(source: &Source<'_>, page: Option<usize>) -> Result<Decoded> {
    let (layout, start) = layout(source.bytes, source, source.bytes.len() as u64)?;
    layout.decoded(source, &source.bytes[start..], (page, None))
}
