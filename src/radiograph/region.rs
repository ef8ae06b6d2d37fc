//! A rectangle of scan pixels.

use serde::{Deserialize, Serialize};

use super::Size;

/// A rectangle in scan pixels: left, top, width, height. Written `X,Y,W,H`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "[usize; 4]", into = "[usize; 4]")]
pub struct Region {
    /// Left column.
    pub x: usize,
    /// Top row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Region {
    /// The part that lies inside `width` x `height`; `None` when nothing does.
    pub fn within(self, width: usize, height: usize) -> Option<Self> {
        let right = self.x.saturating_add(self.width).min(width);
        let bottom = self.y.saturating_add(self.height).min(height);
        (self.x < right && self.y < bottom).then(|| Self {
            x: self.x,
            y: self.y,
            width: right - self.x,
            height: bottom - self.y,
        })
    }

    /// Whether all of `other` lies in it.
    pub fn contains(self, other: Self) -> bool {
        let inside = |from: usize, side: usize, other: usize, its: usize| {
            from <= other && other.saturating_add(its) <= from.saturating_add(side)
        };
        inside(self.x, self.width, other.x, other.width)
            && inside(self.y, self.height, other.y, other.height)
    }

    /// The smallest one that holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let end = |from: usize, side: usize| from.saturating_add(side);
        Self {
            x,
            y,
            width: end(self.x, self.width).max(end(other.x, other.width)) - x,
            height: end(self.y, self.height).max(end(other.y, other.height)) - y,
        }
    }

    /// With `margin` pixels more at each side, as far as a scan of `size` reaches.
    #[must_use]
    pub fn grown(self, margin: [usize; 2], size: Size) -> Self {
        let side = |from: usize, side: usize, margin: usize, limit: usize| {
            let first = from.saturating_sub(margin);
            let end = from.saturating_add(side).saturating_add(margin).min(limit);
            (first, end.saturating_sub(first))
        };
        let (x, width) = side(self.x, self.width, margin[0], size.width);
        let (y, height) = side(self.y, self.height, margin[1], size.height);
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// The rectangle that has both pixels as corners, themselves included.
    pub fn between(a: [usize; 2], b: [usize; 2]) -> Self {
        Self {
            x: a[0].min(b[0]),
            y: a[1].min(b[1]),
            width: a[0].abs_diff(b[0]) + 1,
            height: a[1].abs_diff(b[1]) + 1,
        }
    }

    /// Reads `X,Y,W,H` with `W` and `H` above zero.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<usize> = text
            .split(',')
            .map(|part| part.trim().parse().ok())
            .collect::<Option<_>>()?;
        let [x, y, width, height] = numbers.try_into().ok()?;
        (width > 0 && height > 0).then_some(Self {
            x,
            y,
            width,
            height,
        })
    }
}

impl From<[usize; 4]> for Region {
    fn from([x, y, width, height]: [usize; 4]) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl From<Region> for [usize; 4] {
    fn from(region: Region) -> Self {
        [region.x, region.y, region.width, region.height]
    }
}
