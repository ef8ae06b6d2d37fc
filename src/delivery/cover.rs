//! Which picture shows each cell of the pane, and the rectangles that follow from it.

use ratatui::layout::Rect;

/// What a cell of the pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Text lies over the picture.
    Text,
    /// No picture that belongs here.
    Nothing,
    /// Its own content, from the picture at this place of the shelf.
    Held(usize),
    /// Something like it: another zoom, or another way of looking at the same part.
    Like(usize),
}

/// The cells of a pane, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) columns: usize,
    pub(super) cells: Vec<Shows>,
}

/// Groups equal neighbours of a raster of `columns` into few rectangles: runs of a row, grown down
/// while they repeat. `None` belongs to no rectangle.
pub(super) fn rectangles<T: PartialEq + Copy>(
    cells: &[Option<T>],
    columns: usize,
) -> Vec<(T, Rect)> {
    let mut done: Vec<(T, Rect)> = Vec::new();
    let mut growing: Vec<(T, Rect)> = Vec::new();
    for (y, row) in cells.chunks(columns.max(1)).enumerate() {
        let mut runs: Vec<(T, Rect)> = Vec::new();
        for (x, cell) in row.iter().enumerate() {
            let Some(value) = cell else { continue };
            match runs.last_mut() {
                Some((is, run)) if is == value && usize::from(run.right()) == x => run.width += 1,
                _ => runs.push((*value, Rect::new(x as u16, y as u16, 1, 1))),
            }
        }
        for (value, piece) in growing {
            let below = runs.iter_mut().find(|(is, run)| {
                *is == value && (run.x, run.width) == (piece.x, piece.width) && run.height == 1
            });
            match below {
                Some((_, run)) => {
                    *run = Rect {
                        height: piece.height + 1,
                        ..piece
                    }
                }
                None => done.push((value, piece)),
            }
        }
        growing = runs;
    }
    done.extend(growing);
    done
}

/// Cuts a rectangle into tiles of at most `cells` cells each, as alike as they go, on the grid that
/// starts at its own corner.
pub(super) fn tiles(area: Rect, cells: usize, aspect: f64) -> Vec<Rect> {
    let all = f64::from(area.width) * f64::from(area.height);
    let count = (all / cells.max(1) as f64).ceil().max(1.0);
    // As square on the screen as whole numbers allow; `aspect` is the height of a cell by its width.
    let shape = f64::from(area.width) / (f64::from(area.height) * aspect).max(1.0);
    let across = (count * shape).sqrt().round().clamp(1.0, count);
    let down = (count / across).ceil();
    let cut = |length: u16, parts: f64| -> Vec<(u16, u16)> {
        let parts = (parts as u16).clamp(1, length.max(1));
        let edge = |part: u16| (u32::from(length) * u32::from(part) / u32::from(parts)) as u16;
        (0..parts)
            .map(|part| (edge(part), edge(part + 1)))
            .collect()
    };
    let (columns, rows) = (cut(area.width, across), cut(area.height, down));
    let tile = |(left, right): (u16, u16), (top, bottom): (u16, u16)| {
        Rect::new(area.x + left, area.y + top, right - left, bottom - top)
    };
    rows.iter()
        .flat_map(|row| columns.iter().map(move |column| tile(*column, *row)))
        .collect()
}

/// Cuts a rectangle into pieces of at most so many columns and rows.
pub(super) fn pieces(area: Rect, [columns, rows]: [u16; 2]) -> Vec<Rect> {
    let cut = |from: u16, to: u16, most: u16| {
        (from..to)
            .step_by(usize::from(most.max(1)))
            .map(move |at| (at, (to - at).min(most.max(1))))
    };
    cut(area.top(), area.bottom(), rows)
        .flat_map(|(y, height)| {
            cut(area.left(), area.right(), columns)
                .map(move |(x, width)| Rect::new(x, y, width, height))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_make_few_rectangles() {
        let row = |text: &str| -> Vec<Option<char>> {
            text.chars().map(|c| (c != '.').then_some(c)).collect()
        };
        let cells: Vec<Option<char>> = ["aab", "aab", "a.."].iter().flat_map(|r| row(r)).collect();
        let found = rectangles(&cells, 3);
        let expected = [
            ('a', Rect::new(0, 0, 2, 2)),
            ('b', Rect::new(2, 0, 1, 2)),
            ('a', Rect::new(0, 2, 1, 1)),
        ];
        assert_eq!(found.len(), expected.len());
        assert!(
            expected.iter().all(|part| found.contains(part)),
            "{found:?}"
        );
    }

    #[test]
    fn pieces_are_no_larger_than_allowed() {
        let area = Rect::new(3, 2, 100, 30);
        assert_eq!(pieces(area, [u16::MAX; 2]), [area]);
        let pieces = pieces(area, [40, 20]);
        assert_eq!(pieces.len(), 6);
        assert_eq!(pieces.iter().map(|p| p.area()).sum::<u32>(), area.area());
        assert!(pieces.iter().all(|p| p.width <= 40 && p.height <= 20));
    }

    #[test]
    fn tiles_cover_without_overlap() {
        for (area, cells) in [
            (Rect::new(3, 2, 100, 30), 256),
            (Rect::new(0, 0, 1, 1), 9),
            (Rect::new(0, 0, 10, 30), 256),
            (Rect::new(0, 0, 200, 3), 50),
        ] {
            let tiles = tiles(area, cells, 2.0);
            let sum: usize = tiles.iter().map(|t| t.area() as usize).sum();
            assert_eq!(sum, area.area() as usize, "{area:?}");
            assert!(
                tiles
                    .iter()
                    .all(|t| area.intersection(*t) == *t && !t.is_empty())
            );
        }
        assert!(tiles(Rect::new(0, 0, 100, 30), 256, 2.0).len() <= 20);
    }
}
