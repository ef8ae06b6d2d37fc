//! The bytes of a PNG packed: quickly while the ladder looks around, dearly for what is sent.

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::Effort;
use crate::Result;

/// Iterations of zopfli on a picture of few bytes; fewer where there are more.
const ITERATIONS: u64 = 15;
/// Input bytes up to which zopfli takes all its iterations.
const EASY: usize = 200_000;

/// How many bytes `data` takes, roughly: for comparing codings with each other.
pub(crate) fn estimate(data: &[u8]) -> usize {
    compress_to_vec_zlib(data, 6).len()
}

/// Packs `data` as a zlib stream.
pub(crate) fn pack(data: &[u8], effort: Effort) -> Result<Vec<u8>> {
    match effort {
        Effort::Fast => Ok(compress_to_vec_zlib(data, 4)),
        Effort::Small => Ok(compress_to_vec_zlib(data, 9)),
        Effort::Least => least(data),
    }
}

/// Packs by zopfli, the smallest of what is pure Rust.
fn least(data: &[u8]) -> Result<Vec<u8>> {
    let many = ITERATIONS * EASY as u64 / data.len().max(EASY) as u64;
    let mut options = zopfli::Options::default();
    if let Some(many) = std::num::NonZeroU64::new(many.max(5)) {
        options.iteration_count = many;
    }
    let mut packed = Vec::new();
    zopfli::compress(options, zopfli::Format::Zlib, data, &mut packed)
        .map_err(super::png::failed)?;
    Ok(packed)
}
