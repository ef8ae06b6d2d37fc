//! Where the pictures that the terminal keeps are to stand, as placements or as characters.

use ratatui::layout::Rect;

use super::cover::{Shows, rectangles};
use super::{Delivery, Scene};
use crate::graphics::{Placement, StandIn, placeholder};

impl Delivery {
    /// The cells whose text stands for kept pictures.
    pub(super) fn stand_ins(&self, wish: &Scene, area: Rect) -> Vec<StandIn> {
        let cover = self.cover(wish);
        let mut stand_ins = Vec::new();
        let mut left: Option<(u32, u16, u16)> = None;
        for (number, shows) in cover.cells.iter().enumerate() {
            let (x, y) = (
                (number % cover.columns) as u16,
                (number / cover.columns) as u16,
            );
            let here = self.own_cell(wish, *shows, (x, y));
            let follows = left.zip(here).is_some_and(|(left, here)| {
                x > 0 && (left.0, left.1) == (here.0, here.1) && left.2 + 1 == here.2
            });
            left = here;
            let Some((id, row, column)) = here else {
                continue;
            };
            let text = if follows {
                // The terminal counts on from the cell before.
                Some(placeholder::PLACEHOLDER.to_string())
            } else {
                placeholder::cell(id, row, column)
            };
            stand_ins.extend(text.map(|text| StandIn {
                at: (x + area.x, y + area.y),
                text,
                colour: placeholder::foreground(id),
            }));
        }
        stand_ins
    }

    /// Which cell of which kept picture a cell of the pane shows: number, row, column.
    pub(super) fn own_cell(
        &self,
        wish: &Scene,
        shows: Shows,
        at: (u16, u16),
    ) -> Option<(u32, u16, u16)> {
        let Shows::Held(number) = shows else {
            return None;
        };
        let held = &self.shelf.held[number];
        let [dx, dy] = held.scene.shift_on(wish)?;
        let back = |at: u16, by: i32, first: u16| {
            u16::try_from(i32::from(at) - by - i32::from(first)).ok()
        };
        let row = back(at.1, dy, held.area.y)?;
        Some((held.id, row, back(at.0, dx, held.area.x)?))
    }

    /// Every part of a kept picture that should be on the screen.
    pub(super) fn placements(&self, wish: &Scene, area: Rect) -> Vec<Placement> {
        if self.means.placeholders {
            return Vec::new();
        }
        let cover = self.cover(wish);
        let shown: Vec<Option<Shows>> = cover
            .cells
            .iter()
            .map(|shows| Some(*shows).filter(|s| matches!(s, Shows::Held(_) | Shows::Like(_))))
            .collect();
        let mut placements: Vec<Placement> = rectangles(&shown, cover.columns)
            .into_iter()
            .filter_map(|(shows, cells)| self.placement(wish, shows, cells))
            .collect();
        placements.extend(self.sprite_placements(cover.columns));
        for placement in &mut placements {
            placement.cells = moved(placement.cells, area);
        }
        placements
    }

    /// The part of a kept picture that fills these cells of the pane.
    pub(super) fn placement(&self, wish: &Scene, shows: Shows, cells: Rect) -> Option<Placement> {
        let (id, source, of) = match shows {
            Shows::Held(at) => {
                let held = &self.shelf.held[at];
                let [dx, dy] = held.scene.shift_on(wish)?;
                let back = |at: u16, by: i32| u16::try_from(i32::from(at) - by).ok();
                let own = Rect {
                    x: back(cells.x, dx)?,
                    y: back(cells.y, dy)?,
                    ..cells
                };
                (held.id, held.source(own), held.sent)
            }
            Shows::Like(at) => {
                let held = &self.shelf.held[at];
                let source = held.source_near(held.scene.under(wish, cells))?;
                (held.id, source, held.sent)
            }
            Shows::Text | Shows::Nothing => return None,
        };
        Some(Placement {
            id,
            source,
            of,
            cells,
            layer: 0,
        })
    }

    /// The sprites, where no text lies over them.
    pub(super) fn sprite_placements(&self, columns: usize) -> Vec<Placement> {
        let mut placements = Vec::new();
        for sprite in &self.sprites {
            let Some(id) = self.sprite_id(sprite) else {
                continue;
            };
            let free: Vec<Option<()>> = self
                .free
                .iter()
                .enumerate()
                .map(|(at, free)| {
                    let (x, y) = ((at % columns) as u16, (at / columns) as u16);
                    (*free && sprite.cells.contains((x, y).into())).then_some(())
                })
                .collect();
            placements.extend(rectangles(&free, columns).into_iter().map(|((), cells)| {
                Placement {
                    id,
                    source: sprite.source(cells),
                    of: sprite.size(),
                    cells,
                    layer: 1,
                }
            }));
        }
        placements
    }
}

/// A rectangle of the pane on the screen.
pub(super) fn moved(cells: Rect, area: Rect) -> Rect {
    Rect {
        x: cells.x + area.x,
        y: cells.y + area.y,
        ..cells
    }
}
