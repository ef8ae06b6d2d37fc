//! From the form to the record: what was seen, marked and concluded, as the log keeps it.

use super::event::{Draft, Effect};
use super::{App, Form, FormKind, Look, Mark, Mode, Recording};
use crate::cancel::Cancel;
use crate::decisions::{
    Conclusion, Decision, MarkedRegion, PlaneStats, ScanBlock, Shape, Timing, ViewSeen,
};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Radiograph};
use crate::scan::Opened;
use crate::text::Safe;
use crate::view::{self, Detail, PlaneMeasurement};

/// Something the form warns of; the code goes into the record when the decision is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// No picture of the scan ever stood on the screen.
    NeverSeen,
    /// The picture was never lossless.
    NeverLossless,
    /// The view that is decided on never stood on the screen.
    NotShown,
    /// The picture was only ever shown in character cells.
    CellsOnly,
    /// A marked region was never seen at one screen pixel to a scan pixel.
    MarkNotClose,
    /// Data of the scan is missing.
    Truncated,
    /// Its files have changed or gone since they were read.
    Changed,
    /// It was decided before; this decision comes after it.
    DecidedBefore,
}

impl Warning {
    /// The code in the record; its label is the message `warning-CODE`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NeverSeen => "never-seen",
            Self::NeverLossless => "never-lossless",
            Self::NotShown => "view-not-shown",
            Self::CellsOnly => "cells-only",
            Self::MarkNotClose => "mark-not-close",
            Self::Truncated => "truncated",
            Self::Changed => "changed",
            Self::DecidedBefore => "decided-before",
        }
    }
}

impl App {
    /// What the form warns of; confirming acknowledges it.
    pub fn warnings(&self) -> Vec<Warning> {
        let seen = &self.desk.seen;
        let looks = seen.looks();
        let decided = self.row_at_hand();
        let checks = [
            (looks.is_empty(), Warning::NeverSeen),
            (!looks.is_empty() && seen.missed(), Warning::NotShown),
            (!looks.is_empty() && seen.cells_only(), Warning::CellsOnly),
            (
                !looks.is_empty()
                    && !seen.cells_only()
                    && !looks.iter().any(|look| look.quality.lossless),
                Warning::NeverLossless,
            ),
            (self.has_mark_from_afar(), Warning::MarkNotClose),
            (
                self.desk.opened().is_some_and(|opened| opened.truncated),
                Warning::Truncated,
            ),
            (self.desk.changed, Warning::Changed),
            (
                decided.is_some_and(|row| row.decided.is_some()) && self.decides_anew(),
                Warning::DecidedBefore,
            ),
        ];
        checks
            .into_iter()
            .filter_map(|(holds, warning)| holds.then_some(warning))
            .collect()
    }

    /// Whether a marked region was never seen at one screen pixel to a scan pixel.
    fn has_mark_from_afar(&self) -> bool {
        let Some(view) = &self.desk.view else {
            return false;
        };
        self.desk.marks.iter().any(|mark| {
            let [x, y, w, h] = <[usize; 4]>::from(mark.outline.bounds()).map(|n| n as f64);
            let region = [x, y, w.max(1.0), h.max(1.0)];
            let name = if mark.view.is_empty() {
                &view.view
            } else {
                &mark.view
            };
            let seen = self.desk.seen_at(region, name, 1.0);
            seen.first_unseen().is_some()
        })
    }

    /// Whether the form is one more decision that nobody asked for.
    fn decides_anew(&self) -> bool {
        let form = self.desk.form.as_ref();
        form.is_some_and(|form| {
            matches!(
                form.kind,
                FormKind::Decision | FormKind::Second { blind: false, .. }
            )
        })
    }

    /// What the form still lacks, with the keys that give it.
    pub fn missing(&self, form: &Form) -> Option<Safe> {
        let down = self.chord(Mode::Decide, "scroll_down");
        let take = self.chord(Mode::Decide, "toggle_row");
        let keys = [arg("down", &down), arg("take", &take)];
        let missing = form.missing().map(|id| say(id, &keys));
        missing.or_else(|| self.lacks_steps(form))
    }

    /// Sends the form to the log; what is missing is said, and a held key never confirms.
    pub(crate) fn confirm(&mut self) -> Vec<Effect> {
        let Some(form) = self.desk.form.clone() else {
            return Vec::new();
        };
        if self.held {
            self.tell(super::Level::Warning, say("notice-held", &[]));
            return Vec::new();
        }
        if form.recording == Recording::Writing {
            return Vec::new();
        }
        if self.renew_kind() {
            self.tell(super::Level::Warning, say("notice-decided-meanwhile", &[]));
            return Vec::new();
        }
        if let Some(missing) = self.missing(&form) {
            self.tell(super::Level::Warning, missing);
            return Vec::new();
        }
        if self.record.read_only {
            self.tell(super::Level::Warning, say("notice-read-only", &[]));
            return Vec::new();
        }
        if self.changes_nothing(&form) {
            self.tell(super::Level::Warning, say("notice-nothing-changed", &[]));
            return Vec::new();
        }
        if self.asked_why(&form) {
            return Vec::new();
        }
        let Some(decision) = self.decision(&form) else {
            self.tell(super::Level::Warning, say("notice-not-hashed", &[]));
            return Vec::new();
        };
        if form.concludes() && self.desk.opened().is_none() {
            self.tell(super::Level::Warning, say("notice-not-open", &[]));
            return Vec::new();
        }
        let path = self.queue.row().map(|row| row.scan.path.clone());
        vec![self.send(&form, path.unwrap_or_default(), decision)]
    }

    /// The record's body: the form, the scan, and what was seen.
    fn decision(&mut self, form: &Form) -> Option<Decision> {
        self.desk.seen.settle(self.now);
        let opened = self.desk.opened();
        let block = match opened {
            Some(opened) => ScanBlock::of(opened),
            None => self.desk.undecoded.as_deref()?.clone(),
        };
        let seen = &self.desk.seen;
        let mut decision = Decision::new(block, form.choice?);
        decision.reasons.clone_from(&form.reasons);
        decision.controls.clone_from(&form.controls);
        decision.note.clone_from(&form.note);
        decision.refers_to = form.refers_to.clone().or_else(|| self.rescan_of());
        decision.confidence = form.confidence;
        decision.regions = opened.map_or_else(Vec::new, |opened| self.marked(opened));
        decision.views = seen.looks().iter().map(view_seen).collect();
        decision.timing = Some(Timing {
            first_pixel_ms: seen.first_pixel().map(|t| t.as_millis() as u64),
            total_ms: seen.total(self.now).as_millis() as u64,
            idle_ms: seen.idle().as_millis() as u64,
        });
        decision.final_lossless = seen.final_lossless();
        decision.cells_only = seen.cells_only();
        decision.checklist = self.recorded_steps();
        decision.truncated = opened.is_some_and(|opened| opened.truncated);
        decision.warnings_acknowledged = self
            .warnings()
            .into_iter()
            .map(|warning| warning.code().to_owned())
            .collect();
        Some(decision)
    }

    /// The marked regions with their statistics.
    pub(super) fn marked(&self, opened: &Opened) -> Vec<MarkedRegion> {
        let at_hand = self.desk.radiograph().or(opened.views.first());
        let several = opened.views.len() > 1;
        let region = |mark: &Mark| {
            let own = opened.views.iter().find(|one| one.view == mark.view);
            let radiograph = own.or(at_hand)?;
            let mut region = self.marked_region(radiograph, mark);
            region.view = several.then(|| radiograph.view.clone());
            Some(region)
        };
        self.desk.marks.iter().filter_map(region).collect()
    }

    /// Opens the form of the scan at hand, as it was left, and has its files looked at again.
    pub(crate) fn open_form(&mut self) -> Vec<Effect> {
        let kind = self.kind_at_hand();
        if self.desk.form.is_none() && matches!(kind, FormKind::Amend { .. }) {
            // One's own reading is corrected, with what it says in the form.
            return self.begin_amend();
        }
        self.desk.form.get_or_insert_with(|| Form {
            kind,
            ..Form::default()
        });
        self.renew_kind();
        self.desk.seen.judge();
        self.desk.pending = None;
        self.leave_region();
        // From marking a region it is a way back, not a step further in.
        if self.back.last() == Some(&Mode::Decide) {
            self.go_back();
        } else {
            self.enter(Mode::Decide);
        }
        let opened = self.desk.opened().cloned();
        opened.map(Effect::CheckFiles).into_iter().collect()
    }

    /// Chooses a conclusion in the form.
    pub(crate) fn choose(&mut self, conclusion: Conclusion) {
        if let Some(form) = &mut self.desk.form {
            form.choice = Some(conclusion);
        }
    }

    /// Closes the form's mode, wherever it lies: a form that is gone cannot be gone back to.
    pub(super) fn leave_form(&mut self) {
        self.back.retain(|mode| *mode != Mode::Decide);
        if self.mode == Mode::Decide {
            self.go_back();
        }
        // The picture may have been entered once before the form and once from it.
        self.back.dedup();
        if self.back.last() == Some(&self.mode) {
            self.back.pop();
        }
    }

    /// Takes up the form that an earlier sitting left.
    pub(super) fn resume_draft(&mut self) {
        let Some(key) = self.key_at_hand() else {
            return;
        };
        let Some(draft) = self.own_drafts().find(|draft| draft.key() == key).cloned() else {
            return;
        };
        let Draft {
            mut form,
            marks,
            view,
            ..
        } = draft;
        form.recording = self.recording_at_hand();
        self.desk.form = Some(form);
        self.renew_kind();
        self.desk.marks = marks;
        if let Some(mut view) = view {
            // The draft knows the profile's hash alone.
            view.profile.clone_from(&self.request.profile);
            // The other scan is not open.
            view.comparison = None;
            self.desk.view = Some(view);
            self.habit.window_auto = self.has_auto_window();
        }
        self.tell(super::Level::Info, say("notice-draft", &[]));
    }

    /// A mark with what `measure` says of it.
    fn marked_region(&self, radiograph: &Radiograph, mark: &Mark) -> MarkedRegion {
        let outline = &mark.outline;
        let points = points(outline);
        // A region that cannot be measured is still where the analyst saw something.
        let view = self.view_on(&radiograph.view);
        let never = Cancel::never();
        let own = view::measured_pixels(radiograph, outline, None);
        let here = self.desk.is_here(mark);
        let source = self.desk.source(own).filter(|_| here);
        let source = source.unwrap_or(radiograph.into());
        let measured = view.map(|view| view.measure(source, outline, usize::MAX, &never));
        // Of a scan that is held reduced the selected mark was measured in its own pixels.
        let known = self
            .desk
            .measured
            .as_ref()
            .filter(|known| known.outline == *outline);
        let measured = measured.and_then(|measured| match (measured, known) {
            (Ok(measured), _) => Some(measured),
            (Err(_), Some(known)) => known.result.clone().ok(),
            (Err(_), None) => None,
        });
        let planes = measured.iter().flat_map(|measured| &measured.planes);
        let side = |i: usize| {
            let along = points.iter().map(|point| point[i]);
            along.clone().fold(f64::MIN, f64::max) - along.fold(f64::MAX, f64::min)
        };
        let (width, height) = (side(0), side(1));
        MarkedRegion {
            shape: recorded_shape(outline.shape()),
            points,
            mm: radiograph
                .pixel_mm
                .map(|[across, down]| [width * across, height * down]),
            label: mark.label.clone(),
            view: None,
            stats: planes.map(plane_stats).collect(),
            material: measured
                .as_ref()
                .and_then(|measured| measured.material.as_ref())
                .map(view::MaterialEstimate::document),
            measured: measured.map(|measured| measured.document(Detail::Summary)),
        }
    }
}

/// The points as the log has them: pixel (0, 0) reaches from 0 to 1, so the corners of a box are edges
/// of pixels and all other points their centres.
fn points(outline: &Outline) -> Vec<[f64; 2]> {
    match outline {
        Outline::Rectangle(region) | Outline::Ellipse(region) => {
            let [x, y, w, h] = <[usize; 4]>::from(*region).map(|n| n as f64);
            vec![[x, y], [x + w, y + h]]
        }
        _ => {
            let points = outline.points().into_iter();
            points.map(|at| at.map(|n| n as f64 + 0.5)).collect()
        }
    }
}

/// The log's word; an angle is a line with a vertex, for readers of before.
fn recorded_shape(shape: crate::radiograph::Shape) -> Shape {
    match shape {
        crate::radiograph::Shape::Rect => Shape::Rect,
        crate::radiograph::Shape::Ellipse => Shape::Ellipse,
        crate::radiograph::Shape::Polygon => Shape::Polygon,
        crate::radiograph::Shape::Line | crate::radiograph::Shape::Angle => Shape::Line,
    }
}

/// The statistics of one plane under its name.
fn plane_stats(plane: &PlaneMeasurement) -> (String, PlaneStats) {
    let statistics = &plane.statistics;
    let stats = PlaneStats {
        mean: statistics.mean,
        sd: statistics.sd,
        min: f64::from(statistics.min),
        max: f64::from(statistics.max),
        transmission: plane.transmission,
        attenuation: plane.attenuation,
    };
    (plane.plane.as_str().to_owned(), stats)
}

/// A look as the log keeps it.
pub fn view_seen(look: &Look) -> ViewSeen {
    ViewSeen {
        view: look.view.clone(),
        protocol: look.quality.protocol.to_owned(),
        quality: look.quality.rung.as_str().to_owned(),
        lossless: look.quality.lossless,
        dwell_ms: look.dwell.as_millis() as u64,
        merged: None,
    }
}
