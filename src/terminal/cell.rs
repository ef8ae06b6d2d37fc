//! The size of a cell in pixels, and who said it.

use super::probe::Findings;
use super::tty::WindowSize;
use crate::graphics::CellSize;

/// Fewest and most pixels of a cell that are believed.
const CELL: std::ops::RangeInclusive<u32> = 3..=256;

/// How the size of a cell was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellSource {
    /// The terminal said it (16t).
    Cell,
    /// The text area's pixels (14t) by its cells.
    Area,
    /// The kernel's pixels by the cells.
    Kernel,
    /// The largest sixel picture by the cells.
    Sixel,
    /// As before the window changed.
    Before,
    /// Nothing is known.
    Guess,
}

/// The cell: 16t, else the text area (14t) by the cells, else the kernel's pixels by them, else those of
/// the largest sixel picture, else 8 x 16. The sixel size is last because xterm says the window's only
/// up to a limit (`maxGraphicSize`, 1000 x 1000): in a larger window it says nothing of the cell.
pub fn cell(findings: &Findings, size: WindowSize) -> (CellSize, CellSource) {
    let (columns, rows) = (u32::from(size.columns.max(1)), u32::from(size.rows.max(1)));
    let shared = |(width, height): (u32, u32)| (width / columns, height / rows);
    let kernel = size.pixels.map(|(w, h)| (u32::from(w), u32::from(h)));
    let before = |cell: CellSize| (cell.width.into(), cell.height.into());
    [
        (findings.cell, CellSource::Cell),
        (findings.area.map(shared), CellSource::Area),
        (kernel.map(shared), CellSource::Kernel),
        (findings.largest.map(shared), CellSource::Sixel),
        (findings.previous.map(before), CellSource::Before),
    ]
    .into_iter()
    .filter_map(|(cell, source)| Some((cell?, source)))
    .find(|((w, h), _)| CELL.contains(w) && CELL.contains(h) && *h < 4 * w && *w < 3 * h)
    .map_or_else(
        || (CellSize::default(), CellSource::Guess),
        |((w, h), source)| {
            let (width, height) = (w as u16, h as u16);
            (CellSize { width, height }, source)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::choice::choose;
    use super::super::choice::tests::{SIZE, found};
    use super::super::probe::Environment;
    use super::*;

    #[test]
    fn a_window_larger_than_the_largest_sixel_picture_has_its_own_cell() {
        // xterm 379 of 150 x 50 cells of 8 x 17 pixels, as it answered here.
        let xterm = "\x1bP>|XTerm(379)\x1b\\\x1b[?2;0;1000;850S\x1b[?63;1;2;4c\x1b[0n";
        let window = WindowSize {
            columns: 150,
            rows: 50,
            pixels: Some((1200, 850)),
        };
        let choice = choose(&found(xterm), &Environment::default(), None, window);
        assert_eq!((choice.cell.width, choice.cell.height), (8, 17));
        assert_eq!(cell(&found(xterm), window).1, CellSource::Kernel);
        assert_eq!(choice.largest, Some([1000, 850]));
        // Whoever says it himself is believed over the kernel.
        let said = found("\x1b[6;20;10t\x1b[?2;0;1000;850S");
        assert_eq!(cell(&said, window).1, CellSource::Cell);
    }

    #[test]
    fn a_cell_that_cannot_be_is_not_believed() {
        let odd = found("\x1b[6;0;0t\x1b[4;480;800t");
        assert_eq!(
            cell(&odd, SIZE).0,
            CellSize {
                width: 8,
                height: 16
            }
        );
        let huge = found("\x1b[6;9999;1t");
        let size = WindowSize {
            pixels: Some((1000, 600)),
            ..SIZE
        };
        assert_eq!(
            cell(&huge, size).0,
            CellSize {
                width: 10,
                height: 20
            }
        );
    }
}
