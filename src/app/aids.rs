//! What helps to find one's way on the picture and is no part of it: scale bar, grid, map and loupe.
//! Each is switched by one key and stays from scan to scan.

use std::sync::Arc;

use super::App;
use crate::radiograph::Size;
use crate::view::{Bar, Guide, Loupe, Scale, View};

/// Share of the pane's shorter side that the loupe takes.
const LOUPE: f64 = 0.4;
/// Columns of the loupe at least.
const LEAST: u16 = 8;
/// Cells between the edge of the pane and what stands at it.
const AWAY: u16 = 1;

/// What is switched on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aids {
    /// The scale bar.
    pub bar: bool,
    /// The grid.
    pub grid: bool,
    /// The map while zoomed in; `None`: in the inspector where that is open, and never over the
    /// picture.
    pub map: Option<bool>,
    /// How many times the loupe enlarges true pixels, or those of a picture that is larger.
    pub loupe: Option<u8>,
}

/// Scale bar and grid as they are now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ruling {
    /// The bar.
    pub bar: Bar,
    /// From line to line of the grid, in the bar's unit.
    pub step: f64,
    scale: Scale,
}

impl App {
    /// Scale bar and grid of the view in force; `None` where there is nothing to measure.
    pub fn ruling(&self) -> Option<Ruling> {
        let (view, radiograph) = (self.desk.view.as_ref()?, self.desk.radiograph()?);
        let screen = self.picture_size()?;
        let tall = self.terminal.protocol.pixel_aspect(self.terminal.cell);
        let scale = Scale::of(view, screen, radiograph.pixel_mm);
        let bar = scale.bar(screen, tall)?;
        let step = scale.grid_step(bar, screen);
        Some(Ruling { bar, step, scale })
    }

    /// The strokes of scale bar and grid, as far as they are on.
    pub(super) fn guides(&self) -> Vec<Guide> {
        let aids = self.habit.aids;
        if !(aids.bar || aids.grid) {
            return Vec::new();
        }
        let (Some(ruling), Some(canvas), Some(view)) =
            (self.ruling(), self.canvas(), self.desk.view.as_ref())
        else {
            return Vec::new();
        };
        let mut guides = Vec::new();
        if aids.grid {
            let sizes = (canvas.scan, canvas.screen);
            guides.extend(ruling.scale.grid(view, sizes, ruling.step));
        }
        if aids.bar {
            let [across, down] = self.cell_step();
            // The label takes the last row of cells.
            let bottom = canvas.screen.height.saturating_sub(down as usize + 1);
            let left = (f64::from(AWAY) * across) as usize;
            guides.extend(ruling.bar.guides([left, bottom], canvas.screen));
        }
        guides
    }

    /// The loupe in a corner of the picture in which the crosshair is not.
    pub fn loupe(&self) -> Option<Loupe> {
        let factor = self.habit.aids.loupe?;
        self.desk.crosshair?;
        let at = self.crosshair_pixel()?;
        let view = self.desk.view.as_ref()?;
        // Where the picture shows a scan pixel enlarged already, the loupe enlarges that.
        let enlarged = view.zoom.round().clamp(1.0, f64::from(u8::MAX)) as u8;
        let factor = factor.saturating_mul(enlarged).min(Loupe::MOST);
        let [column, row, columns, rows] = self.loupe_cells(view)?;
        let step = self.cell_step();
        let pixels = |cells: u16, side: usize| (f64::from(cells) * step[side]).round() as usize;
        Some(Loupe {
            at,
            factor,
            corner: [pixels(column, 0), pixels(row, 1)],
            size: Size {
                width: pixels(columns, 0),
                height: pixels(rows, 1),
            },
            tall: self.terminal.protocol.pixel_aspect(self.terminal.cell),
        })
    }

    /// Its cells in the pane: left, top, width, height.
    fn loupe_cells(&self, view: &View) -> Option<[u16; 4]> {
        let pane = self.layout().picture;
        let (cell, size) = (self.terminal.cell, self.picture_size()?);
        let [wide, high] = [cell.width, cell.height].map(|side| f64::from(side.max(1)));
        let side = (f64::from(pane.width) * wide).min(f64::from(pane.height) * high) * LOUPE;
        let columns = ((side / wide).round() as u16).max(LEAST);
        let rows = ((f64::from(columns) * wide / high).round() as u16).max(LEAST / 2);
        if columns + 2 * AWAY > pane.width || rows + 2 * AWAY > pane.height {
            return None;
        }
        let at = view.to_screen(size, self.desk.crosshair?);
        let right_half = at[0] > size.width as f64 / 2.0;
        let upper_half = at[1] < size.height as f64 / 2.0;
        let column = if right_half && upper_half {
            AWAY
        } else {
            pane.width - AWAY - columns
        };
        Some([column, AWAY, columns, rows])
    }

    /// Where the loupe stands on the screen, in cells: left, top, width, height.
    pub fn loupe_place(&self) -> Option<[u16; 4]> {
        self.loupe()?;
        let pane = self.layout().picture;
        let [x, y, w, h] = self.loupe_cells(self.desk.view.as_ref()?)?;
        Some([pane.x + x, pane.y + y, w, h])
    }

    /// Whether the map is shown while zoomed in.
    pub fn map_shown(&self) -> bool {
        let inspector = !self.layout().inspector.is_empty();
        self.habit.aids.map.unwrap_or(inspector)
    }

    /// Keeps a small picture of the whole scan while the whole is on the screen.
    pub(super) fn keep_thumbnail(&mut self) {
        let (Some(shown), Some(radiograph)) = (&self.desk.shown, self.desk.radiograph()) else {
            return;
        };
        let known = self.desk.thumbnail.as_ref();
        if known.is_some_and(|known| *known.view() == shown.view) {
            return;
        }
        let frame = &shown.picture.frame;
        if let Some(made) = crate::view::Thumbnail::of(frame, &shown.view, radiograph) {
            self.desk.thumbnail = Some(Arc::new(made));
            self.keep_in_queue();
        }
    }
}
