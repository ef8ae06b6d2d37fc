//! Samples that lie one after the other: the common end of the formats that are a text and numbers.

use std::io::Read;

use super::{Decoded, Glance, Page};
use crate::messages::arg;
use crate::radiograph::{Kind, Plane, PlaneName};
use crate::scan::limits::Claim;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

/// The most that deflate can grow.
pub(super) const GROWTH: u64 = 1032;

/// Most pictures of a file, as with TIFF.
const FRAMES: u64 = 64;

/// Bytes unpacked between two looks at the cancel handle.
const BAND: u64 = 1 << 20;

/// How unsigned samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// 8 bits.
    U8,
    /// 16 bits, the low byte first.
    LittleU16,
    /// 16 bits, the high byte first.
    BigU16,
}

/// What the text before the samples says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns.
    pub(super) columns: u64,
    /// Rows.
    pub(super) rows: u64,
    /// Pictures, one after the other.
    pub(super) frames: u64,
    /// How a sample is written.
    pub(super) sample: Sample,
}

impl Sample {
    /// The sample of so many unsigned bits; `big` says where the high byte is.
    ///
    /// # Errors
    /// Any other type, by the `word` that the file has for it.
    pub(super) fn of(
        bits: Option<u64>,
        big: bool,
        word: &str,
        source: &Source<'_>,
    ) -> Result<Self> {
        match (bits, big) {
            (Some(8), _) => Ok(Self::U8),
            (Some(16), false) => Ok(Self::LittleU16),
            (Some(16), true) => Ok(Self::BigU16),
            _ => {
                let word = Safe::from_outside(word);
                Err(source.unsupported("scan-sample-type", &[arg("type", &word)]))
            }
        }
    }

    fn bytes(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::LittleU16 | Self::BigU16 => 2,
        }
    }
}

impl Layout {
    /// Of the lengths along the axes, the fastest first: columns and rows, and pictures where there are
    /// three.
    pub(super) fn of(axes: &[u64], sample: Sample, source: &Source<'_>) -> Result<Self> {
        let (columns, rows, frames) = match axes {
            [columns, rows] => (*columns, *rows, 1),
            [columns, rows, frames] => (*columns, *rows, *frames),
            _ => {
                let axes = axes.len();
                return Err(source.unsupported("scan-axes", &[arg("axes", &axes)]));
            }
        };
        if frames > FRAMES {
            let words = [arg("frames", &frames), arg("limit", &FRAMES)];
            return Err(source.limit("scan-frames-over", &words));
        }
        Ok(Self {
            columns,
            rows,
            frames,
            sample,
        })
    }

    /// Bytes of all samples.
    pub(super) fn bytes(&self) -> u64 {
        let factors = [self.columns, self.rows, self.frames, self.sample.bytes()];
        factors.into_iter().fold(1, u64::saturating_mul)
    }

    /// Refuses what is over a limit, or what `data` bytes that grow so many times cannot hold.
    pub(super) fn check(&self, source: &Source<'_>, (data, growth): (u64, u64)) -> Result<()> {
        let claim = Claim {
            columns: self.columns,
            rows: self.rows,
            samples: 1,
            frames: self.frames,
            bits: 8 * self.sample.bytes(),
            data,
            growth,
        };
        claim.check(source)
    }

    /// What the list of scans shows.
    pub(super) fn glance(&self) -> Glance {
        Glance {
            kind: Some(if self.frames == 2 {
                Kind::DualEnergy
            } else {
                Kind::SingleEnergy
            }),
            size: Some([self.columns, self.rows]),
            ..Glance::default()
        }
    }

    /// The pictures, or the one at `page`, counted from 1; the samples of all of them are `bytes`.
    pub(super) fn decoded(
        &self,
        source: &Source<'_>,
        bytes: &[u8],
        (page, pixel_mm): (Option<usize>, Option<[f64; 2]>),
    ) -> Result<Decoded> {
        let (needed, data) = (self.bytes(), bytes.len() as u64);
        if data < needed {
            let words = [arg("needed", &needed), arg("data", &data)];
            return Err(source.bad("scan-samples-short", &words));
        }
        let mut decoded = Decoded::default();
        if data > needed {
            let more = data - needed;
            let words = [arg("bytes", &more)];
            decoded
                .warnings
                .push(crate::messages::say("scan-bytes-after", &words));
        }
        let frames = self.frames as usize;
        if page.is_some_and(|page| page == 0 || page > frames) {
            let pages = [arg("pages", &frames)];
            return Err(Error::request(crate::messages::say(
                "scan-no-such-page",
                &pages,
            )));
        }
        let each = needed as usize / frames;
        let all = bytes[..needed as usize].chunks_exact(each).zip(1..);
        for (frame, number) in all.filter(|(_, number)| page.is_none_or(|page| page == *number)) {
            source.cancel.check()?;
            let _: usize = number;
            decoded.pages.push(Page {
                planes: vec![self.plane(frame)],
                says: None,
                pixel_mm,
            });
        }
        Ok(decoded)
    }

    /// One picture.
    pub(super) fn plane(&self, frame: &[u8]) -> Plane {
        let pair = |word: fn([u8; 2]) -> u16| {
            let (pairs, _) = frame.as_chunks::<2>();
            pairs.iter().map(|bytes| word(*bytes)).collect()
        };
        let samples: Vec<u16> = match self.sample {
            Sample::U8 => frame.iter().map(|byte| u16::from(*byte)).collect(),
            Sample::LittleU16 => pair(u16::from_le_bytes),
            Sample::BigU16 => pair(u16::from_be_bytes),
        };
        let (columns, rows) = (self.columns as usize, self.rows as usize);
        let mut plane = Plane::new(PlaneName::Grey, columns, rows, samples);
        let bits = 8 * self.sample.bytes() as u32;
        (plane.bits, plane.bits_allocated) = (bits as _, bits as _);
        plane
    }
}

/// Unpacks exactly `needed` bytes; what comes after them is an error, and so is less.
pub(super) fn unpacked(source: &Source<'_>, packed: impl Read, needed: u64) -> Result<Vec<u8>> {
    let mut packed = packed.take(needed + 1);
    let mut bytes = Vec::new();
    loop {
        source.cancel.check()?;
        let read = (&mut packed).take(BAND).read_to_end(&mut bytes);
        match read {
            Ok(0) => return Ok(bytes),
            Ok(_) => {}
            Err(error) => return Err(source.library(&error)),
        }
    }
}

/// Size of a pixel in mm, where it is one.
pub(super) fn spacing(values: &[f64]) -> Option<[f64; 2]> {
    let [x, y, ..] = values else {
        return None;
    };
    let sound = |mm: &f64| mm.is_finite() && *mm > 0.0;
    (sound(x) && sound(y)).then_some([*x, *y])
}
