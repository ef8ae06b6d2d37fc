//! Cells in pixels, pictures in cells, and the pixels between them.

use super::Protocol;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Size of one cell in pixels, both above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

impl Default for CellSize {
    /// 8 x 16, when nothing better is known.
    fn default() -> Self {
        Self {
            width: 8,
            height: 16,
        }
    }
}

impl CellSize {
    /// Reads `WxH`, each `1..=256`.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || {
            Error::request(say(
                "graphics-bad-cell",
                &[arg("value", &Safe::from_outside(text))],
            ))
        };
        let (width, height) = pair(text)
            .filter(|(w, h)| *w <= 256 && *h <= 256)
            .ok_or_else(bad)?;
        Ok(Self { width, height })
    }
}

/// Reads `COLSxROWS`, each `1..=10000`.
pub fn parse_size(text: &str) -> Result<(u16, u16)> {
    pair(text)
        .filter(|(columns, rows)| *columns <= 10_000 && *rows <= 10_000)
        .ok_or_else(|| {
            Error::request(say(
                "graphics-bad-size",
                &[arg("value", &Safe::from_outside(text))],
            ))
        })
}

/// Two numbers above zero around an `x`.
fn pair(text: &str) -> Option<(u16, u16)> {
    let (a, b) = text.split_once(['x', 'X', '×'])?;
    let (a, b) = (a.trim().parse().ok()?, b.trim().parse().ok()?);
    (a > 0 && b > 0).then_some((a, b))
}

/// The pixels that fill `columns` x `rows` cells, width and height.
pub fn pixels_for(protocol: Protocol, columns: u16, rows: u16, cell: CellSize) -> (usize, usize) {
    let (columns, rows) = (usize::from(columns), usize::from(rows));
    let (across, down) = match protocol {
        Protocol::None => (0, 0),
        _ => protocol
            .cell_pixels()
            .unwrap_or((cell.width.into(), cell.height.into())),
    };
    (columns * across, rows * down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_as_many_pixels_as_their_characters_show() {
        let pixels = |protocol| pixels_for(protocol, 10, 5, CellSize::default());
        assert_eq!(pixels(Protocol::Sixel), (80, 80));
        assert_eq!(pixels(Protocol::HalfBlock), (10, 10));
        assert_eq!(pixels(Protocol::Quadrant), (20, 10));
        assert_eq!(pixels(Protocol::Sextant), (20, 15));
        assert_eq!(pixels(Protocol::Octant), (20, 20));
        assert_eq!(pixels(Protocol::Braille), (20, 20));
        assert_eq!(pixels(Protocol::None), (0, 0));
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(CellSize::parse("8x16"), Ok(CellSize::default()));
        assert_eq!(parse_size("100x30"), Ok((100, 30)));
        for bad in ["", "8", "0x4", "8x", "-1x2", "99999x2"] {
            assert!(
                CellSize::parse(bad).is_err() && parse_size(bad).is_err(),
                "{bad}"
            );
        }
    }
}
