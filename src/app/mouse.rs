//! The mouse, where the terminal has one: wheel zooms about the pointer, dragging pans, a click
//! selects a row. Nothing needs it.

use super::layout::Pane;
use super::{App, Effect, Mode};
use crate::terminal::reader::{Button, Mouse, MouseKind};

/// One notch of the wheel.
const NOTCH: f64 = 1.25;

impl App {
    /// Takes a movement of the mouse.
    pub(super) fn take_mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        if matches!(self.mode, Mode::Prompt | Mode::Help) {
            return Vec::new();
        }
        let layout = self.layout();
        let (column, row) = (mouse.column, mouse.row);
        match mouse.kind {
            MouseKind::WheelUp if layout.picture.contains(column, row) => {
                self.zoom_at_pointer(layout.picture, column, row, NOTCH);
            }
            MouseKind::WheelDown if layout.picture.contains(column, row) => {
                self.zoom_at_pointer(layout.picture, column, row, 1.0 / NOTCH);
            }
            MouseKind::WheelUp if layout.queue.contains(column, row) => self.step_selection(-1),
            MouseKind::WheelDown if layout.queue.contains(column, row) => self.step_selection(1),
            MouseKind::Press(Button::Left) if layout.queue.contains(column, row) => {
                let first = self.queue.first_visible(layout.queue.height);
                // The title takes the first line.
                if let Some(line) = (row - layout.queue.y).checked_sub(1) {
                    self.select(first + usize::from(line));
                }
            }
            MouseKind::Press(Button::Left) | MouseKind::Drag(_)
                if self.swipes() && layout.picture.contains(column, row) =>
            {
                self.divide_at(layout.picture, column);
            }
            MouseKind::Press(Button::Left) if layout.picture.contains(column, row) => {
                self.drag = Some((column, row));
                if self.desk.crosshair.is_some() {
                    self.desk.crosshair = self.pointed_at(layout.picture, column, row);
                }
            }
            MouseKind::Drag(_) => self.drag_to(column, row),
            MouseKind::Release(_) => self.drag = None,
            _ => {}
        }
        Vec::new()
    }

    /// Zooms so that what is under the pointer stays there.
    fn zoom_at_pointer(&mut self, pane: Pane, column: u16, row: u16, factor: f64) {
        if let Some(about) = self.pointed_at(pane, column, row) {
            self.change_view(|view, canvas| {
                view.zoom_about(canvas, view.to_screen(canvas.screen, about), factor)
            });
        }
    }

    /// Pans by the distance dragged since the last movement.
    fn drag_to(&mut self, column: u16, row: u16) {
        let Some((x, y)) = self.drag.replace((column, row)) else {
            return;
        };
        let cells = |to: u16, from: u16| i64::from(from) - i64::from(to);
        let steps = [cells(column, x), cells(row, y)];
        let step = self.cell_step();
        self.change_view(|view, canvas| view.stepped(canvas, steps, step));
    }

    /// The scan pixel under a cell of the picture.
    fn pointed_at(&self, pane: Pane, column: u16, row: u16) -> Option<[f64; 2]> {
        let view = self.desk.view.as_ref()?;
        let size = self.picture_size()?;
        let part =
            |at: u16, from: u16, whole: u16| (f64::from(at - from) + 0.5) / f64::from(whole.max(1));
        let across = part(column, pane.x, pane.width) * size.width as f64;
        let down = part(row, pane.y, pane.height) * size.height as f64;
        Some(view.to_scan(size, [across, down]))
    }
}
