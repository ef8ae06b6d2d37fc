//! Rows of an uncompressed 16-bit page, read where they lie in the file: all of them at once on
//! every processor, or some of them for a glimpse of a scan that is still being read.

use std::io::SeekFrom;

use rayon::prelude::*;

use super::Input;
use super::tiff_directory::{Directory, tag};
use crate::radiograph::Plane;

/// Rows that a processor takes at a time.
const ROWS: usize = 64;

/// Where the rows are: strips of one sample a pixel.
#[derive(Debug)]
pub(super) struct Rows {
    offsets: Vec<u64>,
    per_strip: usize,
    /// Columns.
    width: usize,
    /// Rows of the page.
    height: usize,
}

impl Rows {
    /// Those of a page, where they lie plainly in the file and every strip is whole.
    pub(super) fn of(page: &Directory, [width, height]: [u64; 2]) -> Option<Self> {
        let number = |tag, default| page.number(tag).unwrap_or(default);
        let is_plain = number(tag::COMPRESSION, 1) == 1
            && number(tag::SAMPLES, 1) == 1
            && page.numbers(tag::BITS) == [16];
        let offsets = page.numbers(tag::STRIP_OFFSETS);
        let per_strip = number(tag::ROWS_PER_STRIP, height).clamp(1, height.max(1));
        let counts = page.numbers(tag::STRIP_COUNTS).iter().enumerate();
        let whole = |(at, count): (usize, &u64)| {
            let rows = height.saturating_sub(at as u64 * per_strip).min(per_strip);
            *count == rows.saturating_mul(width).saturating_mul(2)
        };
        let sound = is_plain
            && !offsets.is_empty()
            && offsets.len() as u64 == height.div_ceil(per_strip)
            && counts.into_iter().all(whole);
        sound.then(|| Self {
            offsets: offsets.to_vec(),
            per_strip: per_strip as usize,
            width: width as usize,
            height: height as usize,
        })
    }

    /// Rows from row `y` on to the end of its strip.
    pub(super) fn left_in_strip(&self, y: usize) -> usize {
        self.per_strip - y % self.per_strip
    }

    /// Where row `y` begins in the file.
    pub(super) fn offset(&self, y: usize) -> u64 {
        let within = (y % self.per_strip * self.width * 2) as u64;
        self.offsets[y / self.per_strip].saturating_add(within)
    }

    /// Fills a plane of this page from the bytes of the whole file; `false` where a row lies outside.
    pub(super) fn fill(&self, plane: &mut Plane, bytes: &[u8], order: Order) -> bool {
        let width = self.width;
        let bands = plane.samples.par_chunks_mut((ROWS * width).max(1));
        bands.enumerate().all(|(band, samples)| {
            let lines = samples.chunks_exact_mut(width.max(1)).enumerate();
            lines.into_iter().all(|(line, samples)| {
                let from = self.offset(band * ROWS + line) as usize;
                let row = from
                    .checked_add(2 * width)
                    .and_then(|to| bytes.get(from..to));
                row.map(|row| order.read(row, samples)).is_some()
            })
        })
    }

    /// A picture of one row in `step`, each value the mean of `step` columns: its columns, rows and
    /// samples.
    ///
    /// # Errors
    /// What the file says where it does not give its rows.
    pub(super) fn some(
        &self,
        input: &mut dyn Input,
        step: usize,
        order: Order,
    ) -> std::io::Result<([usize; 2], Vec<u16>)> {
        let size = [self.width / step, self.height / step];
        let mut row = vec![0; 2 * self.width];
        let mut samples = vec![0; self.width];
        let mut means = Vec::with_capacity(size[0] * size[1]);
        for y in 0..size[1] {
            input.seek(SeekFrom::Start(self.offset(y * step + step / 2)))?;
            input.read_exact(&mut row)?;
            order.read(&row, &mut samples);
            let mean = |part: &[u16]| {
                let sum: u64 = part.iter().map(|sample| u64::from(*sample)).sum();
                (sum / step as u64) as u16
            };
            means.extend(samples.chunks_exact(step).map(mean));
        }
        Ok((size, means))
    }
}

/// The order of the bytes of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The low byte first.
    Little,
    /// The high byte first.
    Big,
}

impl Order {
    /// That of a TIFF file's first byte.
    pub(super) fn of(first: Option<&u8>) -> Self {
        if first == Some(&b'M') {
            Self::Big
        } else {
            Self::Little
        }
    }

    /// Reads a row of samples.
    pub(super) fn read(self, row: &[u8], samples: &mut [u16]) {
        let pairs = samples.iter_mut().zip(row.as_chunks().0);
        // Two loops: a choice for each sample would cost more than the sample.
        match self {
            Self::Little => pairs.for_each(|(sample, pair)| *sample = u16::from_le_bytes(*pair)),
            Self::Big => pairs.for_each(|(sample, pair)| *sample = u16::from_be_bytes(*pair)),
        }
    }
}
