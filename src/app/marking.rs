//! Marking: points become outlines; the selected mark is moved, resized, labelled, removed; every
//! change is one step of undo, runs of small moves are one together.

use super::history::{History, Now, Run, Step};
use super::mark::{LABEL, Mark, Pending};
use super::{App, Level, Mode};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Pixel, Radiograph, Shape};
use crate::view::View;

/// What keys do to the selected mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reshape {
    /// Its place, by columns to the right and rows down on the screen.
    Move,
    /// Its size: wider and higher; of a line the last end moves.
    Resize,
}

impl App {
    /// Chooses what is marked next and, where the crosshair stands, begins it there.
    pub(crate) fn begin_mark(&mut self, shape: Shape) {
        self.habit.shape = shape;
        self.desk.pending = None;
        self.mark_point();
    }

    /// Sets a point of what is being marked at the crosshair; without one, shows it.
    pub(crate) fn mark_point(&mut self) {
        match self.crosshair_pixel() {
            Some(at) => self.place_point(at),
            None => {
                self.move_crosshair(0.0, 0.0);
                self.tell(Level::Info, say("notice-mark-start", &[]));
            }
        }
    }

    /// Sets a point; the last one a shape needs completes it, and a polygon is closed by its first or
    /// its newest corner again.
    pub(crate) fn place_point(&mut self, at: Pixel) {
        let shape = self.habit.shape;
        let mut pending = self.desk.pending.take().unwrap_or(Pending {
            shape,
            points: Vec::new(),
        });
        let ends = [pending.points.first(), pending.points.last()];
        let again = ends.contains(&Some(&at)) && pending.shape == Shape::Polygon;
        if !again {
            pending.points.push(at);
        }
        let full = pending.shape.points() == Some(pending.points.len());
        let outline = pending.shape.through(&pending.points);
        match outline.filter(|_| full || again) {
            Some(outline) => self.add_mark(outline),
            None => {
                if full {
                    pending.points.pop();
                }
                let id = format!("notice-mark-next-{}", pending.shape.as_str());
                self.desk.pending = Some(pending);
                self.tell(Level::Info, say(&id, &[]));
            }
        }
    }

    /// Marks an outline and selects it.
    pub(crate) fn add_mark(&mut self, outline: Outline) {
        self.remember_marks(None);
        let first = self.desk.marks.is_empty();
        if first {
            self.desk.marked_at = Some(self.desk.seen.looks().len());
        }
        let view = self.desk.view.as_ref();
        self.desk.marks.push(Mark {
            view: view.map(|view| view.view.clone()).unwrap_or_default(),
            ..outline.into()
        });
        self.desk.selected = Some(self.desk.marks.len() - 1);
        let next = self.chord(Mode::Inspect, "next_mark");
        let again = self.chord(Mode::Inspect, "zoom_fit");
        let id = if first {
            "notice-marked-first"
        } else {
            "notice-marked"
        };
        let keys = [arg("key", &next), arg("again", &again)];
        self.tell(Level::Info, say(id, &keys));
    }

    /// Keeps the marks as the step before a change.
    pub(super) fn remember_marks(&mut self, run: Option<Run>) {
        let (marks, selected) = (self.desk.marks.clone(), self.desk.selected);
        self.desk.history.remember_marks(marks, selected, run);
    }

    /// Selects the mark so many after the selected one, round and round; the keys are its own then.
    pub(crate) fn step_mark(&mut self, by: isize) {
        let count = self.desk.marks.len() as isize;
        if count == 0 {
            return;
        }
        let entering = self.mode != Mode::Region;
        let next = match (self.desk.selected, entering) {
            // The first key takes hold of what is selected.
            (Some(at), true) => at as isize,
            (Some(at), false) => (at as isize + by).rem_euclid(count),
            (None, _) => count - 1,
        };
        self.desk.pending = None;
        self.desk.selected = Some(next as usize);
        if entering {
            self.enter(Mode::Region);
        }
        self.show_mark();
    }

    /// Selects a mark by hand.
    pub(super) fn select_mark(&mut self, at: Option<usize>) {
        self.desk.selected = at;
        if at.is_none() {
            self.desk.plot = false;
        }
        self.leave_region_without_mark();
    }

    /// Moves or resizes the selected mark by scan pixels as the screen shows them: right and down.
    pub(crate) fn reshape(&mut self, how: Reshape, [across, down]: [isize; 2]) {
        let (Some(scan), Some(at)) = (self.scan_size(), self.desk.selected) else {
            return;
        };
        let by = match how {
            Reshape::Move => self.on_scan([across, down]),
            Reshape::Resize => self.sizes_on_scan([across, down]),
        };
        let Some(before) = self.desk.selected_mark() else {
            return;
        };
        let after = match (how, &before.outline) {
            (Reshape::Move, outline) => outline.moved(by, scan),
            (Reshape::Resize, Outline::Line(_) | Outline::Angle(_)) => {
                let by = self.on_scan([across, down]);
                let last = before.outline.points().len() - 1;
                before.outline.with_point(last, by, scan)
            }
            (Reshape::Resize, outline) => outline.resized(by, scan),
        };
        self.replace_mark(at, after, Run::Keys(at));
        self.show_mark();
    }

    /// Puts another outline in the place of a mark's.
    pub(super) fn replace_mark(&mut self, at: usize, outline: Outline, run: Run) {
        if self.desk.marks.get(at).is_none_or(|m| m.outline == outline) {
            return;
        }
        self.remember_marks(Some(run));
        self.desk.marks[at].outline = outline;
    }

    /// Columns and rows of the scan.
    pub(super) fn scan_size(&self) -> Option<[usize; 2]> {
        let size = self.desk.radiograph().map(Radiograph::size)?;
        Some([size.width, size.height])
    }

    /// A step of the screen as a step of the scan, which may be turned.
    fn on_scan(&self, by: [isize; 2]) -> [isize; 2] {
        let (Some(view), Some(screen)) = (&self.desk.view, self.picture_size()) else {
            return by;
        };
        let zero = view.to_scan(screen, [0.0, 0.0]);
        let towards = |point: [f64; 2]| {
            let end = view.to_scan(screen, point);
            // A turned picture leaves rounding errors of the other axis.
            [0, 1].map(|i| {
                let step = end[i] - zero[i];
                if step.abs() < 1e-9 {
                    0.0
                } else {
                    step.signum()
                }
            })
        };
        let ([ax, ay], [bx, by_]) = (towards([1.0, 0.0]), towards([0.0, 1.0]));
        let [across, down] = by.map(|n| n as f64);
        [
            (ax * across + bx * down) as isize,
            (ay * across + by_ * down) as isize,
        ]
    }

    /// Growth across and down the screen as growth of columns and rows.
    fn sizes_on_scan(&self, [across, down]: [isize; 2]) -> [isize; 2] {
        let turned = self.on_scan([1, 0])[0] == 0;
        if turned {
            [down, across]
        } else {
            [across, down]
        }
    }

    /// Pans so that the selected mark is in sight, and says where it is.
    fn show_mark(&mut self) {
        let at = self.desk.selected.and_then(|at| self.desk.marks.get(at));
        if let Some(elsewhere) = at.filter(|mark| !self.desk.is_here(mark)) {
            let name = elsewhere.view.clone();
            self.remembering(|app| app.show_view(&name));
        }
        let Some(mark) = self.desk.selected_mark() else {
            return;
        };
        let [x, y, w, h] = <[usize; 4]>::from(mark.outline.bounds()).map(|n| n as f64);
        let text = say(
            "notice-mark-at",
            &[
                arg("n", &(self.desk.selected.unwrap_or(0) + 1)),
                arg("all", &self.desk.marks.len()),
                arg(
                    "shape",
                    &say(&format!("shape-{}", mark.outline.shape().as_str()), &[]),
                ),
                arg("x", &(x as u64)),
                arg("y", &(y as u64)),
                arg("width", &(w as u64)),
                arg("height", &(h as u64)),
            ],
        );
        self.tell(Level::Info, text);
        let out = |view: &View| {
            let [left, top, wide, high] = view.region;
            x + w <= left || y + h <= top || x >= left + wide || y >= top + high
        };
        if self.desk.view.as_ref().is_some_and(out) {
            self.remembering(|app| {
                app.change_view(|view, canvas| view.centred_on(canvas, [x + w / 2.0, y + h / 2.0]));
            });
        }
    }

    /// Labels the selected mark.
    pub(crate) fn label_mark(&mut self, text: &str) {
        let label: String = text.trim().chars().take(LABEL).collect();
        let Some(at) = self.desk.selected else { return };
        if self.desk.marks.get(at).is_some_and(|m| m.label != label) {
            self.remember_marks(None);
            self.desk.marks[at].label = label;
        }
    }

    /// Takes away the newest point of what is being marked, else the selected mark, else the last.
    pub(crate) fn remove_mark(&mut self) {
        if let Some(mut pending) = self.desk.pending.take() {
            pending.points.pop();
            self.desk.pending = Some(pending).filter(|pending| !pending.points.is_empty());
            return;
        }
        let here = |mark: &Mark| self.desk.is_here(mark);
        let last = self.desk.marks.iter().rposition(here);
        let selected = self.desk.selected_mark().and(self.desk.selected);
        let Some(at) = selected.or(last) else {
            return;
        };
        self.remember_marks(None);
        let Mark { .. } = self.desk.marks.remove(at);
        let left = self.desk.marks.len();
        self.select_mark(left.checked_sub(1).map(|last| at.min(last)));
    }

    /// Shows or hides the profile or the histogram of the selected mark, the last one where none is.
    pub(crate) fn toggle_plot(&mut self) {
        if self.desk.selected.is_none() {
            let here = |mark: &Mark| self.desk.is_here(mark);
            self.desk.selected = self.desk.marks.iter().rposition(here);
            self.desk.plot = self.desk.selected.is_some();
        } else {
            self.desk.plot = !self.desk.plot;
        }
    }

    /// Whether the selected mark stands in the lower half of the picture.
    pub fn mark_is_low(&self) -> bool {
        let (Some(mark), Some(view), Some(screen)) = (
            self.desk.selected_mark(),
            &self.desk.view,
            self.picture_size(),
        ) else {
            return false;
        };
        let [x, y, w, h] = <[usize; 4]>::from(mark.outline.bounds()).map(|n| n as f64);
        let [_, at] = view.to_screen(screen, [x + w / 2.0, y + h / 2.0]);
        at > screen.height as f64 / 2.0
    }

    /// Goes back or forth one step, of the view or of the marks.
    pub(crate) fn travel(&mut self, way: fn(&mut History, Now<'_>) -> Option<Step>) {
        let desk = &mut self.desk;
        let now = (desk.view.as_ref(), desk.marks.as_slice(), desk.selected);
        match way(&mut desk.history, now) {
            Some(Step::View(view)) => self.restore_view(*view),
            Some(Step::Marks(marks, selected)) => {
                self.desk.marks = marks;
                self.desk.pending = None;
                self.select_mark(selected.filter(|at| *at < self.desk.marks.len()));
            }
            None => {}
        }
    }

    /// The keys go back to the picture.
    pub(super) fn leave_region(&mut self) {
        if self.mode == Mode::Region {
            self.go_back();
        }
    }

    /// Without a selected mark there is nothing whose keys these were.
    pub(super) fn leave_region_without_mark(&mut self) {
        if self.desk.selected.is_some() {
            return;
        }
        self.leave_region();
        self.back.retain(|mode| *mode != Mode::Region);
    }
}
