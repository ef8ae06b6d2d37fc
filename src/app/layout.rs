//! Where the panes stand: one pure function that drawing and the picture's size both follow.

use super::Mode;

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Pane {
    /// Left column.
    pub x: u16,
    /// Top row.
    pub y: u16,
    /// Columns; zero when folded away.
    pub width: u16,
    /// Rows; zero when folded away.
    pub height: u16,
}

/// The panes of one screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// The queue of scans.
    pub queue: Pane,
    /// The picture.
    pub picture: Pane,
    /// The inspector; the decision form while deciding, the stack of filters while it is edited,
    /// what is compared while it is.
    pub inspector: Pane,
    /// Mode, window, filters, zoom, protocol.
    pub status: Pane,
    /// Notices and the line being typed.
    pub line: Pane,
}

/// Which side panes the analyst wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// The queue.
    pub queue: Fold,
    /// The inspector.
    pub inspector: Fold,
}

/// Whether a pane is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// As the mode and the room suggest.
    Auto,
    /// Shown where it fits at all.
    Open,
    /// Folded away.
    Folded,
}

/// The smallest screen that serves, in cells.
pub const SMALLEST: (u16, u16) = (60, 20);
/// Columns of the queue.
const QUEUE: u16 = 30;
/// Columns of the inspector.
const INSPECTOR: u16 = 30;
/// Columns of the decision form.
const FORM: u16 = 40;
/// Columns of the stack of filters.
const STACK: u16 = 36;
/// Columns of what is compared.
const COMPARISON: u16 = 32;
/// Columns the picture never goes below for the sake of a side pane.
const PICTURE: u16 = 20;
/// From this width on the inspector is open by itself.
const WIDE: u16 = 100;

impl Default for Panes {
    fn default() -> Self {
        Self {
            queue: Fold::Auto,
            inspector: Fold::Auto,
        }
    }
}

impl Pane {
    /// Whether there is nothing to draw on.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the cell at `column`, `row` lies inside.
    pub fn contains(self, column: u16, row: u16) -> bool {
        column >= self.x
            && row >= self.y
            && column - self.x < self.width
            && row - self.y < self.height
    }
}

/// Lays out a screen of `columns` x `rows`; all panes are empty below [`SMALLEST`].
pub fn layout(columns: u16, rows: u16, mode: Mode, panes: Panes) -> Layout {
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        return Layout::default();
    }
    let body = rows - 2;
    let editing = matches!(mode, Mode::Decide | Mode::Stack | Mode::Compare);
    let right = match (mode, panes.inspector) {
        (Mode::Decide, _) => FORM,
        (Mode::Stack, _) => STACK,
        (Mode::Compare, _) => COMPARISON,
        (_, Fold::Open) => INSPECTOR,
        (_, Fold::Auto) if columns >= WIDE => INSPECTOR,
        _ => 0,
    };
    let left = match (editing, panes.queue) {
        (true, _) | (_, Fold::Folded) => 0,
        (_, Fold::Open) => QUEUE,
        (_, Fold::Auto) if mode == Mode::Browse => QUEUE,
        _ => 0,
    };
    // A narrow screen gives up the inspector first, then the queue.
    let right = if columns < left + right + PICTURE && !editing {
        0
    } else {
        right
    };
    let left = if columns < left + right + PICTURE {
        0
    } else {
        left
    };
    let middle = columns - left - right;
    let pane = |x, width| Pane {
        x,
        y: 0,
        width,
        height: body,
    };
    let line = |y| Pane {
        x: 0,
        y,
        width: columns,
        height: 1,
    };
    Layout {
        queue: pane(0, left),
        picture: pane(left, middle),
        inspector: pane(left + middle, right),
        status: line(body),
        line: line(body + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_tile_the_screen_at_every_size() {
        for columns in SMALLEST.0..220 {
            for mode in Mode::ALL {
                for (queue, inspector) in [
                    (Fold::Auto, Fold::Auto),
                    (Fold::Open, Fold::Open),
                    (Fold::Folded, Fold::Folded),
                ] {
                    let l = layout(columns, 30, mode, Panes { queue, inspector });
                    assert_eq!(l.queue.width + l.picture.width + l.inspector.width, columns);
                    assert_eq!(
                        (l.picture.x, l.inspector.x),
                        (l.queue.width, l.queue.width + l.picture.width)
                    );
                    assert!(l.picture.width >= PICTURE, "{columns} {mode:?}");
                    assert_eq!((l.status.y, l.line.y), (28, 29));
                }
            }
        }
        assert_eq!(
            layout(59, 20, Mode::Browse, Panes::default()),
            Layout::default()
        );
    }

    #[test]
    fn folding_gives_the_picture_the_screen() {
        let folded = Panes {
            queue: Fold::Folded,
            inspector: Fold::Folded,
        };
        assert_eq!(layout(100, 30, Mode::Inspect, folded).picture.width, 100);
    }
}
