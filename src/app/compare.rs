//! Comparing the scan at hand: the other one that is open beside it, and every change to how both
//! are shown and how they lie on each other.

use std::path::PathBuf;
use std::sync::Arc;

use super::event::{Effect, RegisterJob};
use super::{App, Level, Mode, Pane};
use crate::Result;
use crate::delivery::Facts;
use crate::graphics::Effort;
use crate::messages::{arg, say};
use crate::radiograph::{Match, Radiograph, Registration};
use crate::scan::{Opened, Scan};
use crate::text::Safe;
use crate::view::{CompareMode, Comparison, Registered, View};

/// The smallest and the largest scale along x that a hand can set.
const SCALES: [f64; 2] = [0.8, 1.25];
/// The smallest and the largest difference in full colour.
const RANGES: [f64; 2] = [0.001, 10.0];
/// One step of that.
const WIDER: f64 = 1.25;
/// How long each picture of a steady blink stands.
const STANDS: std::time::Duration = std::time::Duration::from_millis(600);

/// The other scan of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// First file of the scan that is being opened.
    pub opening: Option<PathBuf>,
    /// Whether its opening was asked for.
    pub(super) asked: bool,
    /// The scan that is open, with its first file.
    pub open: Option<(PathBuf, Arc<Opened>)>,
    /// A registration that was asked for and did not come yet.
    pub registering: bool,
    /// Asked for, but not passed on.
    pub(super) wants_registration: bool,
    /// Since when the picture of a steady blink stands.
    pub(super) blinks: Option<std::time::Duration>,
}

impl App {
    /// What the scan at hand is compared with.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.desk.view.as_ref()?.comparison.as_ref()
    }

    /// The scan that a comparison is with, as far as it is open.
    pub(super) fn compared_with(&self, comparison: &Comparison) -> Option<&Arc<Opened>> {
        let own = self.desk.opened();
        let own = own.filter(|opened| opened.scan_id == comparison.scan);
        let beside = self.desk.beside.open.as_ref().map(|(_, opened)| opened);
        own.or(beside.filter(|opened| opened.scan_id == comparison.scan))
    }

    /// The name of the scan that is compared or being opened for it; `None` for the one at hand.
    pub fn other_name(&self) -> Option<Safe> {
        let beside = &self.desk.beside;
        let open = beside.open.as_ref().filter(|(_, opened)| {
            let with = self.comparison().map(|comparison| &comparison.scan);
            with == Some(&opened.scan_id)
        });
        let path = beside.opening.as_ref().or(open.map(|(path, _)| path))?;
        let row = self.queue.rows.iter().find(|row| row.scan.path == *path);
        row.map(|row| row.scan.name())
    }

    /// Begins to compare, with the nearest thing to compare with, or ends it.
    pub(crate) fn toggle_compare(&mut self) {
        if self.mode == Mode::Compare {
            self.stop_comparing();
            return;
        }
        self.enter(Mode::Compare);
        if self.comparison().is_some() {
            return;
        }
        let other = self.same_unit().or_else(|| self.row_beside(-1));
        if let Some(row) = other.or_else(|| self.row_beside(1)) {
            self.compare_with_row(row);
        } else {
            self.compare_mirror();
        }
    }

    /// Ends the comparison and leaves its mode.
    pub(crate) fn stop_comparing(&mut self) {
        self.desk.beside.opening = None;
        self.desk.beside.blinks = None;
        self.remembering(|app| {
            if let Some(view) = &mut app.desk.view {
                view.comparison = None;
            }
        });
        if self.mode == Mode::Compare {
            self.go_back();
        }
    }

    /// Compares with the scan `by` rows from the other one, or from the one at hand.
    pub(crate) fn compare_along(&mut self, by: isize) {
        match self.row_beside(by) {
            Some(row) => self.compare_with_row(row),
            None => self.tell(Level::Info, say("notice-compare-no-scan", &[])),
        }
    }

    /// Compares with the nearest earlier scan of the same unit, then with the one before that.
    pub(crate) fn compare_unit(&mut self) {
        match self.same_unit() {
            Some(row) => self.compare_with_row(row),
            None => self.tell(Level::Info, say("notice-compare-no-unit", &[])),
        }
    }

    /// The row of the other scan, else of the one at hand.
    fn row_of_other(&self) -> Option<usize> {
        let beside = &self.desk.beside;
        let with = self.comparison().map(|comparison| &comparison.scan);
        let open = beside.open.as_ref();
        let open = open.filter(|(_, opened)| with == Some(&opened.scan_id));
        let path = beside.opening.as_ref().or(open.map(|(path, _)| path));
        let row = path.and_then(|path| {
            let rows = self.queue.rows.iter();
            rows.enumerate().find(|(_, row)| row.scan.path == *path)
        });
        row.map(|(at, _)| at).or(self.desk.row)
    }

    /// The next row in that direction that can be compared.
    fn row_beside(&self, by: isize) -> Option<usize> {
        let mut at = self.row_of_other()?;
        loop {
            at = at.checked_add_signed(by)?;
            let row = self.queue.rows.get(at)?;
            if Some(at) != self.desk.row && row.problem.is_none() {
                return Some(at);
            }
        }
    }

    /// The nearest row above the other one, round the top, that names the same unit.
    fn same_unit(&self) -> Option<usize> {
        let (own, from) = (self.desk.row?, self.row_of_other()?);
        let rows = &self.queue.rows;
        let known = self
            .desk
            .opened()
            .and_then(|opened| opened.container.as_ref());
        let unit = known.or(rows.get(own)?.scan.container.as_ref())?;
        let before = (0..from).rev().chain((from..rows.len()).rev());
        let mut same = before.filter(|at| {
            *at != own
                && rows[*at].problem.is_none()
                && rows[*at].scan.container.as_ref() == Some(unit)
        });
        same.next()
    }

    /// Opens the scan of a row beside the one at hand; it is compared once it is there.
    fn compare_with_row(&mut self, row: usize) {
        let Some(path) = self.queue.rows.get(row).map(|row| row.scan.path.clone()) else {
            return;
        };
        if let Some((kept, opened)) = &self.desk.beside.open
            && *kept == path
        {
            let opened = Arc::clone(opened);
            self.desk.beside.opening = None;
            self.compare_with(&opened);
            return;
        }
        self.desk.beside.asked = false;
        self.desk.beside.opening = Some(path);
    }

    /// The scan that is to be opened beside the one at hand, once.
    pub(super) fn ask_beside(&mut self, effects: &mut Vec<Effect>) {
        self.ask_registration(effects);
        let beside = &mut self.desk.beside;
        let Some(path) = beside.opening.clone().filter(|_| !beside.asked) else {
            return;
        };
        beside.asked = true;
        let row = self.queue.rows.iter().find(|row| row.scan.path == path);
        let Some(scan) = row.map(|row| Box::new(row.scan.clone())) else {
            self.desk.beside.opening = None;
            return;
        };
        let name = scan.name();
        let ahead: Vec<Scan> = Vec::new();
        effects.push(Effect::Open { scan, ahead });
        if self.desk.beside.opening.is_some() {
            self.tell(
                Level::Info,
                say("notice-compare-opening", &[arg("name", &name)]),
            );
        }
    }

    /// Takes the other scan when it is the one that was asked for; whether it was.
    pub(super) fn take_beside(
        &mut self,
        path: &std::path::Path,
        result: &Result<super::OpenScan>,
    ) -> bool {
        if self.desk.beside.opening.as_deref() != Some(path) || self.desk.opened().is_none() {
            return false;
        }
        self.desk.beside.opening = None;
        match result {
            Ok(open) => {
                self.desk.beside.open = Some((path.to_owned(), Arc::clone(&open.opened)));
                self.quieten();
                self.compare_with(&Arc::clone(&open.opened));
            }
            Err(crate::Error::Cancelled) => {}
            Err(error) => self.tell_error(error),
        }
        true
    }

    /// Compares with an open scan: its view of the same name, else its first.
    fn compare_with(&mut self, opened: &Opened) {
        let own = self.desk.view.as_ref().map(|view| view.view.clone());
        let same = opened.views.iter().find(|r| Some(&r.view) == own.as_ref());
        let Some(other) = same.or(opened.views.first()) else {
            self.tell(Level::Info, say("compare-no-other", &[]));
            return;
        };
        let made = Comparison::with(&opened.scan_id, &other.view, self.compare_mode());
        self.compare(&made);
    }

    /// How both are shown: as before, else swiped.
    fn compare_mode(&self) -> CompareMode {
        self.comparison().map_or(CompareMode::Swipe, |now| now.mode)
    }

    /// Compares with something else of the scan at hand.
    fn compare_within(
        &mut self,
        make: impl FnOnce(&Opened, &Radiograph, &Comparison) -> Option<Comparison>,
    ) {
        let (Some(opened), Some(radiograph)) =
            (self.desk.opened().cloned(), self.desk.radiograph())
        else {
            return;
        };
        let plain = Comparison::with(&opened.scan_id, &radiograph.view, self.compare_mode());
        match make(&opened, radiograph, &plain) {
            Some(comparison) => {
                self.desk.beside.opening = None;
                self.compare(&comparison);
            }
            None => self.tell(Level::Info, say("notice-compare-alone", &[])),
        }
    }

    /// Compares with the next other view of the scan.
    pub(crate) fn compare_view(&mut self) {
        let now = self.comparison().cloned();
        self.compare_within(|opened, radiograph, plain| {
            let views = &opened.views;
            let from = now.filter(|now| now.scan == opened.scan_id);
            let from = from.map_or(radiograph.view.clone(), |now| now.view);
            let at = views.iter().position(|r| r.view == from).unwrap_or(0);
            let mut others = (1..=views.len()).map(|k| &views[(at + k) % views.len()]);
            let other = others.find(|r| r.view != radiograph.view)?;
            Some(Comparison {
                view: other.view.clone(),
                ..plain.clone()
            })
        });
    }

    /// Compares with the next other plane of the view: the other energy.
    pub(crate) fn compare_plane(&mut self) {
        let own = self
            .desk
            .view
            .as_ref()
            .and_then(|view| view.planes.first().cloned());
        let now = self.comparison().and_then(|now| now.plane.clone());
        self.compare_within(|_, radiograph, plain| {
            let names: Vec<&str> = radiograph.planes.iter().map(|p| p.name.as_str()).collect();
            let from = now.or(own.clone())?;
            let at = names.iter().position(|name| *name == from).unwrap_or(0);
            let mut others = (1..=names.len()).map(|k| names[(at + k) % names.len()]);
            let other = others.find(|name| Some(*name) != own.as_deref())?;
            Some(Comparison {
                plane: Some(other.to_owned()),
                ..plain.clone()
            })
        });
    }

    /// Compares with the mirror image: a symmetric load leaves nothing of itself.
    pub(crate) fn compare_mirror(&mut self) {
        self.compare_within(|_, _, plain| {
            Some(Comparison {
                mirrored: true,
                mode: CompareMode::Difference,
                ..plain.clone()
            })
        });
    }

    /// Puts a comparison into force, or says why it cannot be.
    fn compare(&mut self, comparison: &Comparison) {
        let (Some(screen), Some(view)) = (self.picture_size(), self.desk.view.clone()) else {
            return;
        };
        let Some((this, opened)) = self.desk.radiograph().zip(self.compared_with(comparison))
        else {
            return;
        };
        let view = View {
            comparison: Some(comparison.clone()),
            ..view
        };
        let other = comparison.other(&opened.views);
        match other.and_then(|other| view.compared(this, other, screen)) {
            Ok(_) => self.remembering(|app| app.desk.view = Some(view)),
            Err(error) => self.tell_error(&error),
        }
    }

    /// Changes the comparison in force; `remembered` by undo or, like a look, not.
    fn change_comparison(&mut self, change: impl FnOnce(&mut Comparison)) {
        let comparison = self
            .desk
            .view
            .as_mut()
            .and_then(|view| view.comparison.as_mut());
        if let Some(comparison) = comparison {
            change(comparison);
        }
    }

    /// Shows both that way.
    pub(crate) fn set_compare_mode(&mut self, mode: CompareMode) {
        self.remembering(|app| app.change_comparison(|now| now.mode = mode));
    }

    /// Shows one, then the other.
    pub(crate) fn blink(&mut self) {
        self.change_comparison(|now| {
            now.mode = match now.mode {
                CompareMode::BlinkOther => CompareMode::BlinkThis,
                _ => CompareMode::BlinkOther,
            };
        });
    }

    /// Begins or ends a steady blink, which lines that are slow to show a picture do not get.
    pub(crate) fn toggle_blinking(&mut self) {
        let blinks = &mut self.desk.beside.blinks;
        if blinks.take().is_some() {
            return;
        }
        if self.metered || !self.line.is_some_and(is_fast) {
            self.tell(Level::Info, say("notice-compare-slow", &[]));
            return;
        }
        *blinks = Some(self.now);
        self.blink();
    }

    /// When the picture of a steady blink is to change, if one is on.
    pub fn blinks_at(&self) -> Option<std::time::Duration> {
        let mode = self.comparison()?.mode;
        let on = matches!(mode, CompareMode::BlinkThis | CompareMode::BlinkOther);
        let since = self
            .desk
            .beside
            .blinks
            .filter(|_| on && self.mode == Mode::Compare)?;
        Some(since + STANDS)
    }

    /// Changes the picture of a steady blink when it has stood long enough and is on the screen.
    pub(super) fn take_tick(&mut self) {
        if self.blinks_at().is_none_or(|at| self.now < at) {
            return;
        }
        self.desk.beside.blinks = Some(self.now);
        // Until it is shown, another one would only be in its way.
        if !self.desk.is_stale() {
            self.blink();
        }
    }

    /// Moves the divider of a swipe by a share of the screen.
    pub(crate) fn move_divider(&mut self, by: f64) {
        self.change_comparison(|now| {
            now.mode = CompareMode::Swipe;
            now.divider = (now.divider + by).clamp(0.0, 1.0);
        });
    }

    /// Puts the divider under the pointer.
    pub(super) fn divide_at(&mut self, pane: Pane, column: u16) {
        let cells = f64::from(column.saturating_sub(pane.x)) + 0.5;
        let share = cells / f64::from(pane.width.max(1));
        self.change_comparison(|now| now.divider = share.clamp(0.0, 1.0));
    }

    /// Whether the pointer moves the divider of a swipe.
    pub(super) fn swipes(&self) -> bool {
        let swipe = self.comparison().map(|now| now.mode) == Some(CompareMode::Swipe);
        self.mode == Mode::Compare && swipe
    }

    /// Makes the difference in full colour larger or smaller by steps.
    pub(crate) fn change_range(&mut self, steps: f64) {
        let shown = self.desk.shown.as_ref();
        let shown = shown.map_or(0.1, |shown| shown.picture.window.width / 2.0);
        self.remembering(|app| {
            app.change_comparison(|now| {
                let range = now.range.unwrap_or(shown) * WIDER.powf(steps);
                now.range = Some(range.clamp(RANGES[0], RANGES[1]));
            });
        });
    }

    /// Moves the other picture by so many of its pixels to the right and down the screen.
    pub(crate) fn nudge(&mut self, across: f64, down: f64) {
        let (Some(view), Some(screen)) = (self.desk.view.clone(), self.picture_size()) else {
            return;
        };
        let from = view.to_scan(screen, [0.0, 0.0]);
        let to = view.to_scan(screen, [across, down]);
        // Whole pixels of the scan, whichever way up it is shown.
        let pixels = across.abs().max(down.abs());
        let by = [0, 1].map(|axis| {
            let way = to[axis] - from[axis];
            if way.abs() < 1e-12 {
                0.0
            } else {
                pixels.copysign(way)
            }
        });
        self.place_other(|now| Registration {
            shift: [now.shift[0] - by[0], now.shift[1] - by[1]],
            ..now
        });
    }

    /// Makes the other picture wider by a share of its width, about the middle of what is seen.
    pub(crate) fn nudge_scale(&mut self, by: f64) {
        let Some(middle) = self.desk.view.as_ref().map(|view| view.centre()[0]) else {
            return;
        };
        self.place_other(|now| {
            let scale_x = (now.scale_x / (1.0 + by)).clamp(SCALES[0], SCALES[1]);
            let held = now.scale_x * middle + now.shift[0];
            Registration {
                shift: [held - scale_x * middle, now.shift[1]],
                scale_x,
            }
        });
    }

    /// Puts the other elsewhere by hand.
    fn place_other(&mut self, place: impl FnOnce(Registration) -> Registration) {
        self.remembering(|app| {
            app.change_comparison(|now| {
                *now = now.placed(place(now.registration()), Registered::ByHand);
            });
        });
    }

    /// Puts the other pixel on pixel again.
    pub(crate) fn reset_registration(&mut self) {
        self.remembering(|app| {
            app.change_comparison(|now| {
                *now = now.placed(Registration::default(), Registered::No);
                now.range = None;
            });
        });
    }

    /// Has the other registered beside the screen.
    pub(crate) fn register(&mut self) {
        self.desk.beside.wants_registration = true;
        self.tell(Level::Info, say("notice-compare-registering", &[]));
    }

    /// Passes a registration on that was asked for.
    fn ask_registration(&mut self, effects: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.desk.beside.wants_registration) || self.desk.beside.registering
        {
            return;
        }
        let (Some(view), Some(this)) = (self.desk.view.clone(), self.desk.opened().cloned()) else {
            return;
        };
        let Some(comparison) = view.comparison.clone() else {
            return;
        };
        if let Some(other) = self.compared_with(&comparison).cloned() {
            self.desk.beside.registering = true;
            effects.push(Effect::Register(Box::new(RegisterJob {
                this,
                other,
                view,
            })));
        }
    }

    /// Takes a registration of the comparison in force; one of another is dropped.
    pub(super) fn take_registered(
        &mut self,
        scan_id: &str,
        of: &Comparison,
        result: Result<Option<Match>>,
    ) {
        if self.desk.scan_id() != Some(scan_id) {
            return;
        }
        self.desk.beside.registering = false;
        if !self.comparison().is_some_and(|now| now.same_other(of)) {
            return;
        }
        match result {
            Ok(Some(found)) => {
                self.remembering(|app| {
                    app.change_comparison(|now| {
                        *now = now.placed(found.registration, Registered::Automatic);
                    });
                });
                let [x, y] = found.registration.shift.map(|by| Safe::number(by, 1));
                let scale = Safe::number(found.registration.scale_x, 4);
                let confidence = Safe::number(found.confidence, 1);
                let told = [
                    arg("x", &x),
                    arg("y", &y),
                    arg("scale", &scale),
                    arg("confidence", &confidence),
                ];
                self.tell(Level::Info, say("notice-compare-registered", &told));
            }
            Ok(None) => self.tell(Level::Warning, say("notice-compare-no-match", &[])),
            Err(error) => self.tell_error(&error),
        }
    }
}

/// Whether a line shows a whole picture at once.
fn is_fast(line: Facts) -> bool {
    let near = line
        .rtt
        .is_none_or(|rtt| rtt < std::time::Duration::from_millis(30));
    near && line.effort == Effort::Fast && line.left.is_none()
}
