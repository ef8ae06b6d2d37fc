//! The mouse, where the terminal has one: wheel zooms about the pointer, dragging pans, a click
//! selects a row or a mark. The right button marks: dragging draws, a click sets a point. The
//! selected mark is dragged by its inside, resized by its corners. Nothing needs it.

use super::history::Run;
use super::layout::Pane;
use super::{App, Effect, Mode};
use crate::radiograph::{Outline, Pixel};
use crate::terminal::reader::{Button, Mouse, MouseKind};

/// One notch of the wheel.
const NOTCH: f64 = 1.25;
/// Cells around a corner that count as the corner.
const REACH: f64 = 1.0;

/// A button that is held down.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drag {
    grip: Grip,
    /// The cell of the last movement.
    at: (u16, u16),
    /// Whether it left the cell in which it began.
    moved: bool,
}

/// What a drag holds.
#[derive(Debug, Clone, PartialEq)]
enum Grip {
    /// The picture.
    Picture,
    /// A mark as it was, and the scan pixel that is held.
    Mark(usize, Outline, Pixel),
    /// A point of a mark as it was, and the scan pixel that is held.
    Corner(usize, Outline, usize, Pixel),
    /// What is being marked.
    Pending,
}

impl App {
    /// Takes a movement of the mouse.
    pub(super) fn take_mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        if matches!(
            self.mode,
            Mode::Prompt | Mode::Help | Mode::Log | Mode::Outcome | Mode::Replay
        ) {
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
                let line = row - layout.queue.y;
                if let Some(row) = self.queue.row_at(line, layout.queue.height) {
                    self.select(row);
                }
            }
            MouseKind::Press(Button::Left) | MouseKind::Drag(_)
                if self.swipes() && layout.picture.contains(column, row) =>
            {
                self.divide_at(layout.picture, column);
            }
            MouseKind::Press(button) if layout.picture.contains(column, row) => {
                self.press_picture(button, (column, row));
            }
            MouseKind::Drag(_) => self.drag_to(column, row),
            MouseKind::Release(_) => self.release(),
            _ => {}
        }
        Vec::new()
    }

    /// A button went down on the picture.
    fn press_picture(&mut self, button: Button, at: (u16, u16)) {
        let grip = match button {
            Button::Left => self.grip(at),
            Button::Right if !self.is_writing() => {
                let Some(pixel) = self.pixel_at(at) else {
                    return;
                };
                self.desk.crosshair = self.pointed_at(self.layout().picture, at.0, at.1);
                self.place_point(pixel);
                Grip::Pending
            }
            _ => return,
        };
        self.desk.history.end_run();
        if button == Button::Left && self.desk.crosshair.is_some() {
            self.desk.crosshair = self.pointed_at(self.layout().picture, at.0, at.1);
        }
        self.drag = Some(Drag {
            grip,
            at,
            moved: false,
        });
    }

    /// What the left button takes hold of: the selected mark's corner, the mark, or the picture.
    fn grip(&self, at: (u16, u16)) -> Grip {
        let held = self.desk.selected.zip(self.desk.selected_mark());
        let (Some((index, mark)), Some(pixel)) = (held, self.pixel_at(at)) else {
            return Grip::Picture;
        };
        if self.is_writing() || self.desk.pending.is_some() {
            return Grip::Picture;
        }
        let outline = mark.outline.clone();
        let corner = (0..outline.handles().len()).find(|i| self.is_near(outline.handles()[*i], at));
        match corner {
            Some(corner) => Grip::Corner(index, outline, corner, pixel),
            None if self.is_on(&outline, at) => Grip::Mark(index, outline, pixel),
            None => Grip::Picture,
        }
    }

    /// Whether a scan pixel stands within a cell of the pointer's.
    fn is_near(&self, pixel: Pixel, (column, row): (u16, u16)) -> bool {
        let cell = self.cell_of(pixel.map(|n| n as f64 + 0.5));
        cell.is_some_and(|[x, y]| {
            (x - f64::from(column) - 0.5).abs() <= REACH
                && (y - f64::from(row) - 0.5).abs() <= REACH
        })
    }

    /// Whether the pointer's cell is on an outline: inside its area, or by one of its lines.
    fn is_on(&self, outline: &Outline, at: (u16, u16)) -> bool {
        let Some(pixel) = self.pixel_at(at) else {
            return false;
        };
        if outline.shape().is_area() {
            return outline.coverage().holds(pixel);
        }
        let mut runs = outline.coverage().runs().collect::<Vec<_>>().into_iter();
        runs.any(|(y, run)| run.into_iter().any(|x| self.is_near([x, y], at)))
    }

    /// The cell under a scan point, with its fraction.
    fn cell_of(&self, point: [f64; 2]) -> Option<[f64; 2]> {
        let view = self.desk.view.as_ref()?;
        let size = self.picture_size()?;
        let pane = self.layout().picture;
        let [x, y] = view.to_screen(size, point);
        Some([
            x / size.width as f64 * f64::from(pane.width) + f64::from(pane.x),
            y / size.height as f64 * f64::from(pane.height) + f64::from(pane.y),
        ])
    }

    /// The scan pixel under a cell, the nearest one where the cell is beside the scan.
    fn pixel_at(&self, (column, row): (u16, u16)) -> Option<Pixel> {
        let point = self.pointed_at(self.layout().picture, column, row)?;
        let scan = self.scan_size()?;
        Some([0, 1].map(|i| (point[i].max(0.0) as usize).min(scan[i].saturating_sub(1))))
    }

    /// A button is let go: a click selects what is under it, a drawn shape is complete.
    fn release(&mut self) {
        let Some(drag) = self.drag.take() else { return };
        self.desk.history.end_run();
        match drag.grip {
            Grip::Pending if drag.moved => {
                if let Some(pixel) = self.pixel_at(drag.at) {
                    self.place_point(pixel);
                }
            }
            Grip::Picture if !drag.moved && !self.desk.marks.is_empty() => self.click(drag.at),
            _ => {}
        }
    }

    /// Selects the smallest mark under the pointer, or none.
    fn click(&mut self, at: (u16, u16)) {
        let marks = self.desk.marks.iter().enumerate();
        let under =
            marks.filter(|(_, mark)| self.desk.is_here(mark) && self.is_on(&mark.outline, at));
        let area = |outline: &Outline| outline.bounds().width * outline.bounds().height;
        let smallest = under.min_by_key(|(_, mark)| area(&mark.outline));
        let found = smallest.map(|(index, _)| index);
        self.select_mark(found);
    }

    /// Zooms so that what is under the pointer stays there.
    fn zoom_at_pointer(&mut self, pane: Pane, column: u16, row: u16, factor: f64) {
        if let Some(about) = self.pointed_at(pane, column, row) {
            self.change_view(|view, canvas| {
                view.zoom_about(canvas, view.to_screen(canvas.screen, about), factor)
            });
        }
    }

    /// Moves what is held by the distance dragged.
    fn drag_to(&mut self, column: u16, row: u16) {
        let Some(mut drag) = self.drag.take() else {
            return;
        };
        let (x, y) = std::mem::replace(&mut drag.at, (column, row));
        drag.moved |= (x, y) != (column, row);
        match &drag.grip {
            Grip::Picture => {
                let cells = |to: u16, from: u16| i64::from(from) - i64::from(to);
                let steps = [cells(column, x), cells(row, y)];
                let step = self.cell_step();
                self.change_view(|view, canvas| view.stepped(canvas, steps, step));
            }
            Grip::Mark(index, outline, from) => {
                if let Some((by, scan)) = self.dragged(*from, drag.at) {
                    self.replace_mark(*index, outline.moved(by, scan), Run::Drag(*index));
                }
            }
            Grip::Corner(index, outline, corner, from) => {
                if let Some((by, scan)) = self.dragged(*from, drag.at) {
                    let outline = outline.with_handle(*corner, by, scan);
                    self.replace_mark(*index, outline, Run::Drag(*index));
                }
            }
            Grip::Pending => {
                self.desk.crosshair = self.pointed_at(self.layout().picture, column, row);
            }
        }
        self.drag = Some(drag);
    }

    /// Columns and rows of the scan between a pixel and the pointer, and the scan's size.
    fn dragged(&self, from: Pixel, to: (u16, u16)) -> Option<([isize; 2], [usize; 2])> {
        let to = self.pixel_at(to)?;
        let by = [0, 1].map(|i| to[i] as isize - from[i] as isize);
        Some((by, self.scan_size()?))
    }

    /// The scan point under a cell of the picture.
    fn pointed_at(&self, pane: Pane, column: u16, row: u16) -> Option<[f64; 2]> {
        let view = self.desk.view.as_ref()?;
        let size = self.picture_size()?;
        let part = |at: u16, from: u16, whole: u16| {
            (f64::from(at) - f64::from(from) + 0.5) / f64::from(whole.max(1))
        };
        let across = part(column, pane.x, pane.width) * size.width as f64;
        let down = part(row, pane.y, pane.height) * size.height as f64;
        Some(view.to_scan(size, [across, down]))
    }
}
