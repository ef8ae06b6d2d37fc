//! Which parts of a scan stood on the screen, and which did not.

use super::{Canvas, View};

/// Squares across and down that a region is told in.
const SQUARES: [usize; 2] = [96, 48];

/// A part of a scan as squares, each seen or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Left, top, width, height in scan pixels.
    region: [f64; 4],
    across: usize,
    down: usize,
    seen: Vec<bool>,
}

impl Coverage {
    /// Of a region (left, top, width, height in scan pixels) of which nothing was seen yet.
    pub fn of(region: [f64; 4]) -> Self {
        let squares = |i: usize| (region[i + 2].ceil() as usize).clamp(1, SQUARES[i]);
        let (across, down) = (squares(0), squares(1));
        Self {
            region,
            across,
            down,
            seen: vec![false; across * down],
        }
    }

    /// The left upper corner of a square.
    fn corner(&self, column: usize, row: usize) -> [f64; 2] {
        let [x, y, w, h] = self.region;
        [
            x + w * column as f64 / self.across as f64,
            y + h * row as f64 / self.down as f64,
        ]
    }

    /// The part of the scan that `view` shows was seen: every square whose middle lies in it.
    pub fn see(&mut self, view: &View) {
        let [x, y, w, h] = view.region;
        let half = [
            self.region[2] / self.across as f64 / 2.0,
            self.region[3] / self.down as f64 / 2.0,
        ];
        for row in 0..self.down {
            for column in 0..self.across {
                let [left, top] = self.corner(column, row);
                let (cx, cy) = (left + half[0], top + half[1]);
                if (x..=x + w).contains(&cx) && (y..=y + h).contains(&cy) {
                    self.seen[row * self.across + column] = true;
                }
            }
        }
    }

    /// The share that was seen, 0 to 1.
    pub fn share(&self) -> f64 {
        let seen = self.seen.iter().filter(|seen| **seen).count();
        seen as f64 / self.seen.len() as f64
    }

    /// The left upper corner, in scan pixels, of the leftmost part that was not seen, the uppermost
    /// of these; `None` when all was.
    pub fn first_unseen(&self) -> Option<[f64; 2]> {
        let unseen =
            |column: usize| (0..self.down).find(move |row| !self.seen[row * self.across + column]);
        (0..self.across).find_map(|column| Some(self.corner(column, unseen(column)?)))
    }
}

/// Screen pixels per scan pixel at which an item of `mm` is `pixels` wide on the screen; never more
/// than 1:1, where nothing is left to come, and that where the size of a pixel is not known.
pub fn closeness(pixel_mm: Option<[f64; 2]>, mm: f64, pixels: f64) -> f64 {
    pixel_mm.map_or(1.0, |[across, _]| (pixels * across / mm).min(1.0))
}

impl View {
    /// Whether all of the scan lies on the screen.
    pub fn shows_all(&self, canvas: [f64; 2]) -> bool {
        let [x, y, w, h] = self.region;
        // A pixel more or less at an edge hides nothing.
        x <= 1.0 && y <= 1.0 && x + w >= canvas[0] - 1.0 && y + h >= canvas[1] - 1.0
    }

    /// The scan point `corner` in the left upper corner of the screen at `zoom`, as far as the scan
    /// stays on it.
    #[must_use]
    pub fn from_corner(&self, canvas: Canvas, corner: [f64; 2], zoom: f64) -> Self {
        let zoom = zoom.max(canvas.fitting_zoom(self.rotation));
        let [w, h] = canvas.upright(self.rotation);
        let centre = [corner[0] + w / zoom / 2.0, corner[1] + h / zoom / 2.0];
        self.placed(canvas, centre, zoom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::Size;

    fn view(region: [f64; 4]) -> View {
        View {
            region,
            ..View::bare("main")
        }
    }

    #[test]
    fn what_is_left_is_found_from_left_to_right() {
        let mut seen = Coverage::of([0.0, 0.0, 960.0, 480.0]);
        assert_eq!(seen.share(), 0.0);
        assert_eq!(seen.first_unseen(), Some([0.0, 0.0]));
        seen.see(&view([0.0, 0.0, 480.0, 240.0]));
        assert_eq!(seen.share(), 0.25);
        assert_eq!(seen.first_unseen(), Some([0.0, 240.0]));
        seen.see(&view([-50.0, 230.0, 530.0, 400.0]));
        assert_eq!(seen.first_unseen(), Some([480.0, 0.0]));
        seen.see(&view([470.0, -3.0, 500.0, 500.0]));
        assert_eq!((seen.share(), seen.first_unseen()), (1.0, None));
    }

    #[test]
    fn a_part_smaller_than_the_squares_is_told_by_its_pixels() {
        let mut seen = Coverage::of([10.0, 10.0, 3.0, 2.0]);
        seen.see(&view([0.0, 0.0, 11.9, 100.0]));
        assert_eq!(seen.share(), 2.0 / 3.0);
        assert_eq!(seen.first_unseen(), Some([12.0, 10.0]));
    }

    #[test]
    fn a_small_item_asks_for_its_zoom() {
        assert_eq!(closeness(Some([2.0, 2.0]), 50.0, 10.0), 0.4);
        assert_eq!(closeness(Some([8.0, 8.0]), 50.0, 10.0), 1.0);
        assert_eq!(closeness(None, 50.0, 10.0), 1.0);
    }

    /// Going on from what is left covers every scan on every screen, and each step shows more.
    #[test]
    fn walking_covers_all() {
        for (scan, screen) in [
            ([1000, 300], [100, 80]),
            ([64, 48], [400, 10]),
            ([7, 900], [30, 30]),
        ] {
            for rotation in [0, 90, 180, 270] {
                let size = |[width, height]: [usize; 2]| Size { width, height };
                let canvas = Canvas {
                    scan: size(scan),
                    screen: size(screen),
                    tall: 1.0,
                    aspect: 1.0,
                };
                let [w, h] = scan.map(|side| side as f64);
                let mut seen = Coverage::of([0.0, 0.0, w, h]);
                let mut now = View {
                    rotation,
                    ..view([0.0, 0.0, w, h])
                };
                while let Some(corner) = seen.first_unseen() {
                    let before = seen.share();
                    now = now.from_corner(canvas, corner, 0.7);
                    seen.see(&now);
                    assert!(seen.share() > before, "{scan:?} {screen:?} {rotation}");
                }
            }
        }
    }
}
