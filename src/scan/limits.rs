//! What one scan may ask for, checked in u64 before anything is allocated.
//!
//! Two questions: does the picture stay under the configured limits, and can the bytes that are in
//! the file hold it at all. A header may claim anything; only what both allow is decoded.

use super::source::Source;
use crate::messages::arg;
use crate::{Error, Result};

/// Limits of one scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of all frames and files together, in millions.
    pub megapixels: u64,
    /// Bytes of its files, and bytes of its decoded samples, each.
    pub bytes: u64,
}

impl Limits {
    /// Whether so many pixels, with so many samples of 16 bits each, may be held.
    pub(super) fn allow(&self, pixels: u64, samples: u64) -> bool {
        pixels <= self.megapixels.saturating_mul(1_000_000)
            && samples.saturating_mul(2) <= self.bytes
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            megapixels: 400,
            bytes: 2 << 30,
        }
    }
}

/// What a header says about its picture, and the data there is for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    /// Columns.
    pub(super) columns: u64,
    /// Rows.
    pub(super) rows: u64,
    /// Samples per pixel.
    pub(super) samples: u64,
    /// Frames or pages.
    pub(super) frames: u64,
    /// Bits of a sample in the file.
    pub(super) bits: u64,
    /// Bytes of pixel data that are in the file.
    pub(super) data: u64,
    /// How many times its size the compression can grow; 1 for none.
    pub(super) growth: u64,
}

impl Claim {
    /// Refuses a claim that breaks a limit or that the data cannot hold.
    pub(super) fn check(&self, source: &Source<'_>) -> Result<()> {
        self.check_some(source)?;
        self.check_limits(source)?;
        self.held(source)
    }

    /// Refuses a claim of nothing, or one that the data cannot hold.
    pub(super) fn check_sound(&self, source: &Source<'_>) -> Result<()> {
        self.check_some(source)?;
        // What is also over a limit is told as that, as where limits are looked at first.
        let over = |short| self.check_limits(source).err().unwrap_or(short);
        self.held(source).map_err(over)
    }

    /// Refuses a claim of nothing.
    fn check_some(&self, source: &Source<'_>) -> Result<()> {
        if self.columns == 0 || self.rows == 0 || self.samples == 0 || self.frames == 0 {
            return Err(source.bad(
                "scan-no-pixels",
                &[arg("columns", &self.columns), arg("rows", &self.rows)],
            ));
        }
        Ok(())
    }

    /// Refuses a claim that breaks a limit.
    pub(super) fn check_limits(&self, source: &Source<'_>) -> Result<()> {
        let pixels = product(&[self.columns, self.rows, self.frames]);
        if pixels > source.limits.megapixels.saturating_mul(1_000_000) {
            return Err(self.over("scan-over-megapixels", source.limits.megapixels, source));
        }
        // Every sample is held in 16 bits at least.
        let decoded = product(&[pixels, self.samples, self.bits.div_ceil(8).max(2)]);
        if decoded > source.limits.bytes {
            return Err(self.over("scan-over-bytes", source.limits.bytes / (1 << 20), source));
        }
        Ok(())
    }

    /// Refuses a picture that its own data cannot hold.
    fn held(&self, source: &Source<'_>) -> Result<()> {
        let row_bits = product(&[self.columns, self.samples, self.bits]);
        let needed = product(&[row_bits.div_ceil(8), self.rows, self.frames]);
        if needed <= self.data.saturating_mul(self.growth) {
            return Ok(());
        }
        Err(source.bad(
            "scan-too-little-data",
            &[
                arg("columns", &self.columns),
                arg("rows", &self.rows),
                arg("needed", &needed),
                arg("data", &self.data),
            ],
        ))
    }

    /// The sentence for a limit.
    fn over(&self, id: &str, limit: u64, source: &Source<'_>) -> Error {
        source.limit(
            id,
            &[
                arg("columns", &self.columns),
                arg("rows", &self.rows),
                arg("frames", &self.frames),
                arg("limit", &limit),
            ],
        )
    }
}

/// A product that stays at the top when it overflows.
fn product(factors: &[u64]) -> u64 {
    factors
        .iter()
        .fold(1, |all, factor| all.saturating_mul(*factor))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cancel::Cancel;

    fn check(claim: Claim) -> Result<()> {
        let cancel = Cancel::never();
        let limits = Limits::default();
        claim.check(&Source {
            path: Path::new("x"),
            bytes: &[],
            limits: &limits,
            cancel: &cancel,
        })
    }

    const SOUND: Claim = Claim {
        columns: 200,
        rows: 100,
        samples: 1,
        frames: 1,
        bits: 16,
        data: 40_000,
        growth: 1,
    };

    #[test]
    fn a_picture_needs_its_bytes_and_stays_under_the_limits() {
        assert_eq!(check(SOUND), Ok(()));
        let one_short = Claim {
            data: 39_999,
            ..SOUND
        };
        assert!(matches!(check(one_short), Err(Error::BadFile { .. })));
        let giant = Claim {
            columns: u64::MAX,
            rows: u64::MAX,
            ..SOUND
        };
        assert!(matches!(check(giant), Err(Error::Limit { .. })));
        let deep = Claim {
            samples: 60_000,
            data: u64::MAX,
            ..SOUND
        };
        assert!(matches!(check(deep), Err(Error::Limit { .. })));
        let none = Claim { rows: 0, ..SOUND };
        assert!(matches!(check(none), Err(Error::BadFile { .. })));
    }
}
