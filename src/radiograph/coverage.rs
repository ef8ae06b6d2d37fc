//! The pixels of an outline, row by row, found in whole numbers.

use std::cmp::Ordering;
use std::ops::Range;

use super::outline::Pixel;
use super::{Outline, Region};

/// The pixels of an outline: for each row runs of columns that ascend and do not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The smallest rectangle that holds them.
    pub bounds: Region,
    rows: Vec<Vec<Range<usize>>>,
}

impl Coverage {
    /// The pixels of `outline`.
    pub(super) fn of(outline: &Outline) -> Self {
        let bounds = outline.bounds();
        let mut rows = vec![Vec::new(); bounds.height];
        match outline {
            Outline::Rectangle(_) => {
                for row in &mut rows {
                    row.push(bounds.x..bounds.x + bounds.width);
                }
            }
            Outline::Ellipse(_) => {
                for (y, row) in rows.iter_mut().enumerate() {
                    row.extend(ellipse(bounds, y));
                }
            }
            Outline::Polygon(corners) => {
                for (y, row) in rows.iter_mut().enumerate() {
                    *row = polygon(corners, (bounds.y + y) as i64);
                }
            }
            Outline::Line([a, b]) => line(&mut rows, bounds.y, *a, *b),
            Outline::Angle([a, vertex, b]) => {
                line(&mut rows, bounds.y, *a, *vertex);
                line(&mut rows, bounds.y, *vertex, *b);
            }
        }
        for row in &mut rows {
            merge(row);
        }
        Self { bounds, rows }
    }

    /// Every run: its row in the scan and its columns.
    pub fn runs(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let rows = (self.bounds.y..).zip(&self.rows);
        rows.flat_map(|(y, row)| row.iter().map(move |run| (y, run.clone())))
    }

    /// Number of pixels.
    pub fn count(&self) -> u64 {
        self.runs().map(|(_, run)| run.len() as u64).sum()
    }

    /// Whether a scan pixel is one of them.
    pub fn holds(&self, [x, y]: Pixel) -> bool {
        let row = y.checked_sub(self.bounds.y).and_then(|y| self.rows.get(y));
        row.is_some_and(|row| row.iter().any(|run| run.contains(&x)))
    }

    /// For every pixel of the bounds, row by row, whether it is one of them.
    pub fn mask(&self) -> Vec<bool> {
        let Region { x, width, .. } = self.bounds;
        let mut mask = vec![false; width * self.rows.len()];
        for (line, row) in mask.chunks_exact_mut(width.max(1)).zip(&self.rows) {
            for run in row {
                line[run.start - x..run.end - x].fill(true);
            }
        }
        mask
    }
}

/// The run of row `row` of an ellipse: centres with `(dx / w)^2 + (dy / h)^2 <= 1`, all doubled.
fn ellipse(bounds: Region, row: usize) -> Option<Range<usize>> {
    let (w, h) = (bounds.width as i128, bounds.height as i128);
    let dy = 2 * row as i128 + 1 - h;
    let inside = |column: usize| {
        let dx = 2 * column as i128 + 1 - w;
        dx * dx * h * h + dy * dy * w * w <= w * w * h * h
    };
    // From the middle outwards, by halves: the row's run is one and lies about the middle.
    let middle = bounds.width / 2;
    if !inside(middle) {
        return None;
    }
    let (mut out, mut within) = (bounds.width, middle);
    while out - within > 1 {
        let probe = usize::midpoint(within, out);
        if inside(probe) {
            within = probe;
        } else {
            out = probe;
        }
    }
    let first = bounds.width - 1 - within;
    Some(bounds.x + first..bounds.x + within + 1)
}

/// Where an edge meets a row: `numerator / denominator`, the denominator above zero.
type Crossing = (i128, i128);

/// The runs of row `y` of a polygon, its edges and corners included; inside is what an odd number of
/// edges lies beside.
fn polygon(corners: &[Pixel], y: i64) -> Vec<Range<usize>> {
    let mut crossings: Vec<Crossing> = Vec::new();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, corner) in corners.iter().enumerate() {
        let [a, b] = [corner, &corners[(at + 1) % corners.len()]].map(|p| p.map(|n| n as i64));
        if a[1] == y {
            runs.push(a[0] as usize..a[0] as usize + 1);
        }
        if a[1] == b[1] && a[1] == y {
            runs.push(a[0].min(b[0]) as usize..a[0].max(b[0]) as usize + 1);
        }
        // A row through a corner counts the edge below it only.
        if (a[1] <= y) != (b[1] <= y) {
            let (dy, dx) = (i128::from(b[1] - a[1]), i128::from(b[0] - a[0]));
            let over = i128::from(y - a[1]) * dx * dy.signum();
            crossings.push((i128::from(a[0]) * dy.abs() + over, dy.abs()));
        }
    }
    crossings.sort_by(compare);
    for pair in crossings.chunks_exact(2) {
        let ((low, of), (high, over)) = (pair[0], pair[1]);
        let (first, last) = (-(-low).div_euclid(of), high.div_euclid(over));
        if first <= last {
            runs.push(first as usize..last as usize + 1);
        }
    }
    runs
}

/// Which of two crossings lies further left.
fn compare(a: &Crossing, b: &Crossing) -> Ordering {
    (a.0 * b.1).cmp(&(b.0 * a.1))
}

/// Adds the pixels of a line: one a step along its longer side, the nearest to the line.
fn line(rows: &mut [Vec<Range<usize>>], top: usize, a: Pixel, b: Pixel) {
    let [x, y] = a.map(|n| n as i64);
    let [dx, dy] = [b[0] as i64 - x, b[1] as i64 - y];
    let steps = dx.abs().max(dy.abs()).max(1);
    let near = |by: i64, step: i64| (2 * step * by + steps).div_euclid(2 * steps);
    for step in 0..=steps {
        let (x, y) = (x + near(dx, step), y + near(dy, step));
        rows[y as usize - top].push(x as usize..x as usize + 1);
    }
}

/// Sorts runs and joins those that touch or overlap.
fn merge(runs: &mut Vec<Range<usize>>) {
    if runs.len() < 2 {
        return;
    }
    runs.sort_by_key(|run| run.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for run in runs.drain(..) {
        match joined.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => joined.push(run),
        }
    }
    *runs = joined;
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    fn region(width: usize, height: usize) -> Region {
        Region {
            x: 3,
            y: 5,
            width,
            height,
        }
    }

    #[test]
    fn an_ellipse_holds_a_quarter_of_pi_of_its_box() {
        for (w, h) in [(200, 100), (101, 333), (64, 64), (1000, 7)] {
            let count = Outline::Ellipse(region(w, h)).coverage().count() as f64;
            let whole = std::f64::consts::FRAC_PI_4 * (w * h) as f64;
            // A pixel's breadth along the edge at most.
            assert!((count - whole).abs() < 0.5 * (w + h) as f64, "{w}x{h}");
        }
        for (w, h) in [(1, 1), (2, 2), (1, 9), (2, 3)] {
            let mask = Outline::Ellipse(region(w, h)).coverage().mask();
            let turned: Vec<bool> = mask.iter().rev().copied().collect();
            assert_eq!(mask, turned);
        }
    }

    #[test]
    fn a_polygon_through_a_rectangle_s_corners_is_the_rectangle() {
        for (w, h) in [(1, 1), (5, 3), (40, 1), (17, 23)] {
            let region = region(w, h);
            let (right, bottom) = (region.x + w - 1, region.y + h - 1);
            let corners = vec![
                [region.x, region.y],
                [right, region.y],
                [right, bottom],
                [region.x, bottom],
            ];
            let polygon = Outline::Polygon(corners).coverage();
            assert_eq!(polygon, Outline::Rectangle(region).coverage());
            assert_eq!(polygon.count(), (w * h) as u64);
        }
    }

    #[test]
    fn a_line_has_one_pixel_a_step_and_both_ends() {
        for (a, b) in [([0, 0], [9, 4]), ([9, 4], [0, 0]), ([3, 9], [3, 0])] {
            let coverage = Outline::Line([a, b]).coverage();
            let steps = a[0].abs_diff(b[0]).max(a[1].abs_diff(b[1])) as u64;
            assert_eq!(coverage.count(), steps + 1);
            assert!(coverage.holds(a) && coverage.holds(b));
        }
        let there = Shape::Line.through(&[[1, 1], [1, 1]]);
        assert_eq!(there, None);
    }
}
