//! Which part of a scan a plane holds, and how finely. Outside this module everything is in the
//! pixels of the whole scan; what is held is a matter of the samples alone.

use std::ops::Range;
use std::sync::Arc;

use super::resample::Area;
use super::{Plane, Region, Size};

/// Which part of a scan a plane holds, and how finely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Columns and rows of the whole scan.
    pub scan: Size,
    /// First column and row that is held, in scan pixels.
    pub origin: [usize; 2],
    /// Scan pixels to a sample, across and down: 1, or a power of two of which each sample is the
    /// mean of a square; at the right and lower edge of what is left of it.
    pub step: usize,
}

impl Part {
    /// All of a scan of that size.
    pub fn whole(width: usize, height: usize) -> Self {
        Self {
            scan: Size { width, height },
            origin: [0; 2],
            step: 1,
        }
    }

    /// An area of scan pixels in samples.
    pub(super) fn area(self, area: Area) -> Area {
        let step = self.step as f64;
        let [x, y] = self.origin.map(|n| n as f64);
        [
            (area[0] - x) / step,
            (area[1] - y) / step,
            area[2] / step,
            area[3] / step,
        ]
    }
}

/// What all samples of a scan say that is held in part or reduced; found when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Lowest and highest sample of each row of the scan.
    pub rows: Vec<[u16; 2]>,
    /// Lowest and highest sample of each column.
    pub columns: Vec<[u16; 2]>,
    /// Sum of all samples.
    pub sum: u64,
}

/// Lowest, highest and mean sample and the sum of all, as stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    /// Lowest sample.
    pub min: u16,
    /// Highest sample.
    pub max: u16,
    /// Mean sample.
    pub mean: f64,
    /// Sum of the samples.
    pub sum: u64,
}

impl Plane {
    /// Columns and rows of the whole scan, whatever of it is held.
    pub fn scan_size(&self) -> Size {
        self.part.scan
    }

    /// Columns and rows of samples up to which the scan reaches: a last one may be of a part.
    pub(super) fn reach(&self) -> [f64; 2] {
        let Part { scan, origin, step } = self.part;
        let side = |held: usize, scan: usize, origin: usize| {
            (held as f64).min((scan - origin) as f64 / step as f64)
        };
        [
            side(self.width, scan.width, origin[0]),
            side(self.height, scan.height, origin[1]),
        ]
    }

    /// The scan pixels that are held.
    pub fn held(&self) -> Region {
        let Part { scan, origin, step } = self.part;
        Region {
            x: origin[0],
            y: origin[1],
            width: (self.width * step).min(scan.width - origin[0]),
            height: (self.height * step).min(scan.height - origin[1]),
        }
    }

    /// The samples of some columns of a row of the scan; `None` where one of them is not held, or
    /// held reduced.
    pub fn row(&self, y: usize, columns: Range<usize>) -> Option<&[u16]> {
        let [left, top] = self.part.origin;
        let line = y.checked_sub(top).filter(|line| *line < self.height)?;
        let from = columns.start.checked_sub(left)?;
        let to = columns.end.checked_sub(left)?;
        let start = line * self.width;
        (self.part.step == 1 && to <= self.width)
            .then(|| self.samples.get(start + from..start + to))?
    }

    /// Lowest, highest and mean sample and the sum of all samples of the scan.
    pub fn sums(&self) -> Sums {
        let count = (self.part.scan.width * self.part.scan.height).max(1) as f64;
        let (min, max, sum) = match &self.summary {
            Some(summary) => summary.ends(),
            None => self.samples.iter().fold((u16::MAX, 0, 0), |ends, sample| {
                let (min, max, sum): (u16, u16, u64) = ends;
                (min.min(*sample), max.max(*sample), sum + u64::from(*sample))
            }),
        };
        Sums {
            min,
            max,
            mean: sum as f64 / count,
            sum,
        }
    }

    /// This plane with other samples: those of `held`, one to a scan pixel.
    ///
    /// What is known of the plane stays as it is.
    #[must_use]
    pub fn close_up(&self, held: Region, samples: Vec<u16>) -> Self {
        debug_assert_eq!(samples.len(), held.width * held.height);
        Self {
            name: self.name.clone(),
            width: held.width,
            height: held.height,
            samples,
            air: self.air.clone(),
            summary: self.summary.clone(),
            part: Part {
                scan: self.part.scan,
                origin: [held.x, held.y],
                step: 1,
            },
            ..*self
        }
    }

    /// This plane as means of squares of `step` pixels of a scan of columns and rows `scan`.
    #[must_use]
    pub fn reduced(self, scan: Size, step: usize, summary: Summary) -> Self {
        Self {
            part: Part {
                scan,
                origin: [0; 2],
                step,
            },
            summary: Some(Arc::new(summary)),
            ..self
        }
    }
}

impl Summary {
    /// Lowest and highest sample, and the sum of all.
    fn ends(&self) -> (u16, u16, u64) {
        let rows = self.rows.iter();
        let (min, max) = rows.fold((u16::MAX, 0), |(min, max), [low, high]| {
            (min.min(*low), max.max(*high))
        });
        (min, max, self.sum)
    }
}
