//! What a picture is of: the scan, the way of looking, and the part of it that fills the pane.

use ratatui::layout::Rect;

use crate::graphics::CellSize;
use crate::radiograph::{Fineness, Size};
use crate::view::{CompareMode, View};

/// How far from a whole cell a shift may be, in pixels.
const EXACT: f64 = 1e-3;

/// A view of a scan in a pane.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The scan.
    pub scan_id: String,
    /// The view.
    pub view: View,
    /// Columns and rows of the pane.
    pub cells: [u16; 2],
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Whether the frame is only there until the full one is.
    pub fineness: Fineness,
}

impl Scene {
    /// The pane in pixels.
    pub fn screen(&self) -> Size {
        Size {
            width: usize::from(self.cells[0]) * usize::from(self.cell.width),
            height: usize::from(self.cells[1]) * usize::from(self.cell.height),
        }
    }

    /// The pane in cells.
    pub fn pane(&self) -> Rect {
        Rect::new(0, 0, self.cells[0], self.cells[1])
    }

    /// Whether both show the same scan in the same way, but for the part of it.
    pub fn same_look(&self, other: &Self) -> bool {
        let here = View {
            region: other.view.region,
            zoom: other.view.zoom,
            ..self.view.clone()
        };
        // Where a divider stands still, the rest does not move as one.
        let moves_as_one =
            self.view.comparison.as_ref().is_none_or(|now| {
                !matches!(now.mode, CompareMode::Swipe | CompareMode::SideBySide)
            });
        moves_as_one
            && self.scan_id == other.scan_id
            && self.cell == other.cell
            && here == other.view
    }

    /// Whether both show one scan, or the same two in the same way.
    fn compares_as(&self, other: &Self) -> bool {
        match (&self.view.comparison, &other.view.comparison) {
            (Some(a), Some(b)) => a.mode == b.mode && a.same_other(b),
            (None, None) => true,
            _ => false,
        }
    }

    /// Whether both show the same scan, the same way up.
    pub fn same_scan(&self, other: &Self) -> bool {
        self.scan_id == other.scan_id
            && self.view.view == other.view.view
            && self.view.same_way_up(&other.view)
            && self.compares_as(other)
    }

    /// Where this scene's top left cell is on the screen of `other`, when the same pixels of the
    /// scan lie whole cells apart.
    pub fn shift_on(&self, other: &Self) -> Option<[i32; 2]> {
        if !self.same_look(other) || (self.view.zoom / other.view.zoom - 1.0).abs() > 1e-9 {
            return None;
        }
        let corner = self.view.to_scan(self.screen(), [0.0, 0.0]);
        let at = other.view.to_screen(other.screen(), corner);
        let cell = [f64::from(self.cell.width), f64::from(self.cell.height)];
        let whole = [0, 1].map(|i| (at[i] / cell[i]).round());
        let near = (0..2).all(|i| (at[i] - whole[i] * cell[i]).abs() < EXACT);
        (near && whole.iter().all(|shift| shift.abs() < 1e6)).then_some(whole.map(|s| s as i32))
    }

    /// Where these cells of `other` lie on this scene's screen: left, top, right, bottom in pixels.
    pub fn under(&self, other: &Self, cells: Rect) -> [f64; 4] {
        let cell = [f64::from(self.cell.width), f64::from(self.cell.height)];
        let corner = |column: u16, row: u16| {
            let at = [f64::from(column) * cell[0], f64::from(row) * cell[1]];
            let scan = other.view.to_scan(other.screen(), at);
            self.view.to_screen(self.screen(), scan)
        };
        let (a, b) = (
            corner(cells.left(), cells.top()),
            corner(cells.right(), cells.bottom()),
        );
        [a[0], a[1], b[0], b[1]]
    }
}
