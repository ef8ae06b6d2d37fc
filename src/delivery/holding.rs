//! What the terminal has of the picture that should be seen: cell by cell, by what each shows.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ratatui::layout::Rect;

use super::cover::{Cover, Shows};
use super::{Delivery, Level, Scene};
use crate::graphics::{Protocol, Rung};
use crate::radiograph::Fineness;
use crate::view::{Frame, Pixels};

/// Whether what is ordered and coded counts as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pending {
    With,
    Without,
}

/// What a cell of the picture has: `None` where text is, `Some(None)` where nothing of it is.
pub(super) type Have = Option<Option<(Rung, bool)>>;

impl Delivery {
    /// Which kept picture shows each cell of the pane best.
    pub(super) fn cover(&self, wish: &Scene) -> Cover {
        let columns = usize::from(wish.cells[0]);
        let blank = |free: &bool| if *free { Shows::Nothing } else { Shows::Text };
        let mut cells: Vec<Shows> = self.free.iter().map(blank).collect();
        let marks = self.marks_of(wish);
        for (number, held) in self.shelf.held.iter().enumerate() {
            // Cells of a coarse picture and a full one are the same by chance, here and there.
            let kin = match wish.fineness {
                Fineness::Full => held.scene.fineness == Fineness::Full,
                Fineness::Coarse => *held.scene == *wish,
            };
            let Some(shift) = held.scene.shift_on(wish).filter(|_| kin) else {
                continue;
            };
            for (at, mark) in own_cells(held.area, &held.marks, shift, wish) {
                // Before the frame is rendered the geometry is trusted.
                let right = marks.is_none_or(|marks| marks[at] == mark);
                let better = match cells[at] {
                    Shows::Text => false,
                    Shows::Held(other) => self.shelf.held[other].rung <= held.rung,
                    _ => true,
                };
                if right && better {
                    cells[at] = Shows::Held(number);
                }
            }
        }
        if cells.contains(&Shows::Nothing) {
            self.fill_alike(wish, &mut cells, columns);
        }
        Cover { columns, cells }
    }

    /// Fills cells that nothing shows with the nearest thing: the same look at another zoom, else
    /// another look at the same part.
    pub(super) fn fill_alike(&self, wish: &Scene, cells: &mut [Shows], columns: usize) {
        let mut alike: Vec<(usize, Rect)> = Vec::new();
        for (number, held) in self.shelf.held.iter().enumerate() {
            if !held.scene.same_scan(wish) || held.scene.cell != wish.cell {
                continue;
            }
            let [left, top, right, bottom] = wish.under(&held.scene, held.area);
            let cell = [f64::from(wish.cell.width), f64::from(wish.cell.height)];
            let first = |edge: f64, by: f64| ((edge - 0.5) / by).ceil().max(0.0) as u16;
            let last = |edge: f64, by: f64, most: u16| {
                ((edge + 0.5) / by).floor().min(f64::from(most)) as u16
            };
            let (x, y) = (first(left, cell[0]), first(top, cell[1]));
            let (r, b) = (
                last(right, cell[0], wish.cells[0]),
                last(bottom, cell[1], wish.cells[1]),
            );
            if x < r && y < b {
                alike.push((number, Rect::new(x, y, r - x, b - y)));
            }
        }
        let rank = |(number, area): &(usize, Rect)| {
            let held = &self.shelf.held[*number];
            let fine = held.sent[0] as f64 / held.scene.view.region[2].max(1.0);
            (held.scene.same_look(wish), area.area(), (fine * 1e6) as u64)
        };
        alike.sort_by_key(|candidate| std::cmp::Reverse(rank(candidate)));
        for (number, area) in alike.into_iter().take(4) {
            for (x, y) in self::cells(area) {
                let cell = &mut cells[usize::from(y) * columns + usize::from(x)];
                if *cell == Shows::Nothing {
                    *cell = Shows::Like(number);
                }
            }
        }
    }

    /// What each cell of the scene shows, once it is rendered.
    pub(super) fn marks_of(&self, wish: &Scene) -> Option<&[u64]> {
        let content = self.content.as_ref().filter(|c| *c.scene == *wish);
        content.map(|content| content.marks.as_slice())
    }

    /// The least of what the picture's cells show.
    pub(super) fn level(&self, wish: &Scene) -> Level {
        if self.marks_of(wish).is_none() {
            return Level::Old;
        }
        let have = self.have(wish, Pending::Without);
        let cells = have
            .into_iter()
            .flatten()
            .map(|cell| cell.map_or(Level::Old, |(rung, lossless)| Level::At { rung, lossless }));
        let level = cells.reduce(Level::or).unwrap_or(Level::Old);
        match (wish.fineness, level) {
            // Every pixel of it may be there: it is a first look all the same.
            (Fineness::Coarse, Level::At { rung, .. }) => Level::At {
                rung: rung.min(Rung::Q1),
                lossless: false,
            },
            (_, level) => level,
        }
    }

    /// What every cell of the pane has of the wanted content.
    pub(super) fn have(&self, wish: &Scene, pending: Pending) -> Vec<Have> {
        let mut have: Vec<Have> = match self.means.protocol {
            Protocol::Kitty => {
                let quality = |shows: &Shows| match shows {
                    Shows::Text => None,
                    Shows::Held(at) => {
                        let held = &self.shelf.held[*at];
                        Some(Some((held.rung, held.lossless)))
                    }
                    Shows::Nothing | Shows::Like(_) => Some(None),
                };
                self.cover(wish).cells.iter().map(quality).collect()
            }
            _ => self.have_painted(wish),
        };
        if pending == Pending::With {
            let running = self.running.iter().map(|running| &running.unit);
            let units = running.chain(&self.ready).chain(&self.coding);
            for unit in units.filter(|unit| *unit.scene == *wish) {
                for (at, _) in own_cells(unit.area, &unit.marks, [0, 0], wish) {
                    if let Some(Some(cell)) = have.get_mut(at).map(Option::as_mut) {
                        *cell = (*cell).max(Some((unit.rung, unit.lossless)));
                    }
                }
            }
        }
        have
    }

    pub(super) fn have_painted(&self, wish: &Scene) -> Vec<Have> {
        let Some(marks) = self.marks_of(wish) else {
            return self.free.iter().map(|free| free.then_some(None)).collect();
        };
        let cells = self.free.iter().zip(marks).enumerate();
        let cell = |(at, (free, mark)): (usize, (&bool, &u64))| {
            let painted = self.painted.get(at).copied().flatten();
            let right = painted.filter(|painted| painted.mark == *mark);
            free.then(|| right.map(|painted| (painted.rung, painted.lossless)))
        };
        cells.map(cell).collect()
    }
}

/// The cells of a rectangle, row by row.
pub(super) fn cells(area: Rect) -> impl Iterator<Item = (u16, u16)> {
    (area.top()..area.bottom()).flat_map(move |y| (area.left()..area.right()).map(move |x| (x, y)))
}

/// Where each cell of a picture's `area` is in the pane of `wish` after a shift, with its mark.
pub(super) fn own_cells<'a>(
    area: Rect,
    marks: &'a [u64],
    shift: [i32; 2],
    wish: &Scene,
) -> impl Iterator<Item = (usize, u64)> + 'a {
    let [columns, rows] = wish.cells.map(i32::from);
    cells(area).zip(marks).filter_map(move |((x, y), mark)| {
        let (x, y) = (i32::from(x) + shift[0], i32::from(y) + shift[1]);
        let inside = (0..columns).contains(&x) && (0..rows).contains(&y);
        inside.then(|| ((y * columns + x) as usize, *mark))
    })
}

/// The marks of a part of the pane.
pub(super) fn part(marks: &[u64], pane: Rect, area: Rect) -> Vec<u64> {
    let columns = usize::from(pane.width);
    cells(area)
        .map(|(x, y)| marks[usize::from(y) * columns + usize::from(x)])
        .collect()
}

/// A number for what each cell of the frame shows: equal pixels, equal numbers.
pub(super) fn marks(frame: &Frame, scene: &Scene) -> Vec<u64> {
    let (cw, ch) = (
        usize::from(scene.cell.width),
        usize::from(scene.cell.height),
    );
    let mut marks = Vec::with_capacity(scene.pane().area() as usize);
    let mut ground = DefaultHasher::new();
    if let Pixels::Indexed { palette, .. } = &frame.pixels {
        palette.hash(&mut ground);
    }
    for row in 0..usize::from(scene.cells[1]) {
        for column in 0..usize::from(scene.cells[0]) {
            let mut hasher = ground.clone();
            for y in row * ch..(row + 1) * ch {
                let span = y * frame.width + column * cw..y * frame.width + (column + 1) * cw;
                match &frame.pixels {
                    Pixels::Grey(grey) => hasher.write(&grey[span]),
                    Pixels::Indexed { indices, .. } => hasher.write(&indices[span]),
                    Pixels::Rgb(rgb) => rgb[span].hash(&mut hasher),
                }
            }
            marks.push(hasher.finish());
        }
    }
    marks
}
