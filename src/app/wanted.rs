//! What the state wants from outside: the scan to open, the picture to make, the draft to keep.
//!
//! Commands only change the state; this compares what is wanted with what was asked for last and
//! asks for the difference, so that no command can forget to.

use std::sync::Arc;

use super::event::{Draft, Effect, MeasureJob, RenderJob};
use super::{App, DeskState, LensPlace, Level, OutcomeForm, Overlay, Pane, Recording, Seen};
use crate::filter::FilterUse;
use crate::graphics::{CellSize, Depth, Effort, Protocol};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Size};
use crate::text::Safe;
use crate::view::{Calibration, Canvas, CompareMode, Drawn, Stress, View};

/// What was asked for last.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    picture: Option<PictureKey>,
    measure: Option<MeasureKey>,
    draft: Option<Draft>,
    outcomes: Vec<OutcomeForm>,
}

/// Everything that makes a picture what it is.
#[derive(Debug, Clone, PartialEq)]
struct PictureKey {
    scan_id: String,
    view: View,
    pane: (u16, u16),
    means: (Protocol, bool, CellSize, Depth, u16),
    effort: Option<Effort>,
    overlay: Overlay,
}

/// Everything that the numbers of a mark depend on.
#[derive(Debug, Clone, PartialEq)]
struct MeasureKey {
    outline: Outline,
    name: String,
    planes: Vec<String>,
    filters: Vec<FilterUse>,
    profile: Option<Calibration>,
}

impl App {
    /// The effects that bring the outside in line with the state.
    pub(super) fn ask(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.ask_scan(&mut effects);
        self.ask_beside(&mut effects);
        self.place_replay();
        self.fit_picture();
        self.ask_picture(&mut effects);
        self.ask_measure(&mut effects);
        self.ask_draft(&mut effects);
        self.ask_outcomes(&mut effects);
        self.ask_thumbnails(&mut effects);
        effects
    }

    /// Opens the selected scan when it is not the one at hand.
    fn ask_scan(&mut self, effects: &mut Vec<Effect>) {
        let Some(row) = self.queue.row() else { return };
        // The same row may have other files after the folder was read again.
        if self.desk.row == Some(self.queue.selected) && self.desk.files == row.scan.files {
            return;
        }
        let scan = row.scan.clone();
        self.leave_desk(effects);
        self.desk.row = Some(self.queue.selected);
        self.desk.files.clone_from(&scan.files);
        self.desk.seen = Seen::start(self.now);
        self.desk.state = match scan.error.clone() {
            Some(error) => DeskState::Failed(error),
            None => DeskState::Opening,
        };
        // A scan with a problem is read all the same: its bytes identify it in the record.
        if !scan.files.is_empty() {
            let ahead = self.neighbours();
            effects.push(Effect::Open {
                scan: Box::new(scan),
                ahead,
            });
        }
    }

    /// Clears the desk; looks at a scan that was left undecided are noted.
    pub(super) fn leave_desk(&mut self, effects: &mut Vec<Effect>) {
        self.keep_look();
        self.note_looks(effects);
        self.desk.leave();
        self.leave_form();
        self.leave_region_without_mark();
        self.wanted = Wanted::default();
    }

    /// Notes looks at the scan at hand while it is undecided.
    pub(super) fn note_looks(&mut self, effects: &mut Vec<Effect>) {
        self.desk.seen.settle(self.now);
        if let (Some(row), Some(opened)) = (self.desk.row, self.desk.opened()) {
            let row = self.queue.rows.get(row);
            // A decision on its way to the disk has the looks in it.
            let undecided = row.is_some_and(|row| row.decided.is_none())
                && self.recording_at_hand() != Recording::Writing;
            if undecided && !self.record.read_only && !self.desk.seen.looks().is_empty() {
                effects.push(Effect::NoteViews {
                    opened: Arc::clone(opened),
                    looks: self.desk.seen.looks().to_vec(),
                });
            }
        }
    }

    /// The scans beside the selected one, the next first.
    fn neighbours(&self) -> Vec<crate::scan::Scan> {
        let at = self.queue.selected;
        [at.checked_add(1), at.checked_sub(1)]
            .into_iter()
            .flatten()
            .filter_map(|row| self.queue.rows.get(row))
            .filter(|row| row.problem.is_none())
            .map(|row| row.scan.clone())
            .collect()
    }

    /// Keeps the picture in the pane when the pane or the cells change size.
    fn fit_picture(&mut self) {
        let Some(size) = self.picture_size() else {
            return;
        };
        let Some(shape) = self.canvas() else {
            return;
        };
        let columns = self.layout().picture.width;
        let tall = self.terminal.protocol.pixel_aspect(self.terminal.cell);
        let Some(view) = self
            .desk
            .view
            .as_mut()
            .filter(|_| self.desk.fitted != Some((size, tall, columns)))
        else {
            return;
        };
        let canvas = |screen, tall| Canvas {
            screen,
            tall,
            ..shape
        };
        let density = |size: Size, columns: u16| size.width as f64 / f64::from(columns.max(1));
        *view = match self.desk.fitted {
            Some((before, old, across)) => {
                let finer = density(size, columns) / density(before, across);
                view.rescaled(canvas(size, tall), canvas(before, old), finer)
            }
            None => view.start(canvas(size, tall)),
        };
        self.desk.fitted = Some((size, tall, columns));
    }

    /// Asks for a picture when something that makes it has changed.
    fn ask_picture(&mut self, effects: &mut Vec<Effect>) {
        let pane = self.layout().picture;
        let open = self.desk.opened().cloned().zip(self.desk.view.clone());
        let Some((opened, view)) = open.or_else(|| self.glimpse()) else {
            return;
        };
        if pane.is_empty() {
            return;
        }
        let key = PictureKey {
            scan_id: opened.scan_id.clone(),
            view,
            pane: (pane.width, pane.height),
            means: (
                self.terminal.protocol,
                self.terminal.placeholders,
                self.terminal.cell,
                self.terminal.depth,
                self.terminal.registers,
            ),
            effort: (!self.terminal.protocol.is_pixels()).then_some(self.effort()),
            overlay: if self.terminal.has_layers() {
                Overlay {
                    loupe: self.loupe(),
                    ..Overlay::default()
                }
            } else {
                self.overlay()
            },
        };
        if self.wanted.picture.as_ref() == Some(&key) {
            return;
        }
        self.desk.asked += 1;
        effects.push(Effect::Render(Box::new(self.job(opened, &key, pane))));
        self.wanted.picture = Some(key);
    }

    /// The glimpse of a scan that is being opened, whole in the pane.
    fn glimpse(&self) -> Option<(Arc<crate::scan::Opened>, View)> {
        let (opened, view) = self.desk.glimpse.clone()?;
        let radiograph = opened.views.iter().find(|r| r.view == view.view)?;
        let screen = self.picture_size()?;
        let tall = self.terminal.protocol.pixel_aspect(self.terminal.cell);
        let view = view.start(Canvas::of(radiograph, &view, screen, tall));
        Some((opened, view))
    }

    /// Asks for the numbers of the selected mark when they are others than those at hand.
    fn ask_measure(&mut self, effects: &mut Vec<Effect>) {
        let (Some(mark), Some(opened), Some(view)) = (
            self.desk.selected_mark(),
            self.desk.opened(),
            self.desk.view.as_ref(),
        ) else {
            self.wanted.measure = None;
            return;
        };
        let key = MeasureKey {
            outline: mark.outline.clone(),
            name: view.view.clone(),
            planes: view.planes.clone(),
            filters: view.filters.clone(),
            profile: view.profile.clone(),
        };
        if self.wanted.measure.as_ref() == Some(&key) {
            return;
        }
        let number = self.desk.asked_measure + 1;
        effects.push(Effect::Measure(Box::new(MeasureJob {
            number,
            opened: Arc::clone(opened),
            view: view.clone(),
            outline: key.outline.clone(),
        })));
        self.desk.asked_measure = number;
        self.wanted.measure = Some(key);
    }

    /// The job of a picture.
    fn job(&self, opened: Arc<crate::scan::Opened>, key: &PictureKey, pane: Pane) -> RenderJob {
        RenderJob {
            number: self.desk.asked,
            other: self.other_of(&key.view),
            opened,
            view: key.view.clone(),
            cells: (pane.width, pane.height),
            cell: self.terminal.cell,
            depth: self.terminal.depth,
            registers: self.terminal.registers,
            protocol: self.terminal.protocol,
            effort: self.effort(),
            overlay: key.overlay.clone(),
            lens: if self.terminal.has_layers() {
                LensPlace::Layer
            } else {
                LensPlace::Drawn
            },
        }
    }

    /// The scan that a view compares with.
    fn other_of(&self, view: &View) -> Option<Arc<crate::scan::Opened>> {
        self.compared_with(view.comparison.as_ref()?).cloned()
    }

    /// How much work a byte is worth on this line.
    fn effort(&self) -> Effort {
        self.line.map_or(Effort::Fast, |line| line.effort)
    }

    /// Crosshair, marks, the region that is being marked, scale bar, grid and loupe.
    pub fn overlay(&self) -> Overlay {
        // Each half of such a picture has the scan elsewhere.
        if self
            .comparison()
            .is_some_and(|now| now.mode == CompareMode::SideBySide)
        {
            return Overlay::default();
        }
        let stress = |at| {
            if self.desk.selected == Some(at) {
                Stress::Selected
            } else {
                Stress::Plain
            }
        };
        let marks = self.desk.marks.iter().enumerate();
        let marks = marks.filter(|(_, mark)| self.desk.is_here(mark));
        let marks = marks.map(|(at, mark)| Drawn {
            outline: mark.outline.clone(),
            stress: stress(at),
        });
        let pending = self.desk.pending.as_ref().zip(self.crosshair_pixel());
        let pending = pending.and_then(|(pending, at)| pending.with(at));
        let marks = marks.chain(pending.map(|outline| Drawn {
            outline,
            stress: Stress::Plain,
        }));
        let marks = marks.collect();
        Overlay {
            crosshair: self.desk.crosshair,
            marks,
            guides: self.guides(),
            loupe: self.loupe(),
        }
    }

    /// Keeps what was typed and marked, after each change.
    fn ask_draft(&mut self, effects: &mut Vec<Effect>) {
        let Some(draft) = self.draft() else { return };
        if self.wanted.draft.as_ref() == Some(&draft) {
            return;
        }
        // Looking alone makes no draft.
        let empty = draft.is_empty();
        if self.wanted.draft.is_none() && empty {
            return;
        }
        self.drafts.retain(|kept| kept.key() != draft.key());
        if empty {
            effects.push(Effect::DropDraft { key: draft.key() });
        } else {
            self.drafts.push(draft.clone());
            effects.push(Effect::KeepDraft(Box::new(draft.clone())));
        }
        self.mark_draft(!empty);
        self.wanted.draft = Some(draft);
    }

    /// Keeps the outcomes that were begun, after each change.
    fn ask_outcomes(&mut self, effects: &mut Vec<Effect>) {
        let begun = self.outcomes.iter().filter(|form| form.is_started());
        let begun: Vec<OutcomeForm> = begun.map(OutcomeForm::as_typed).collect();
        let kept = &self.wanted.outcomes;
        for gone in kept {
            if !begun.iter().any(|form| form.key() == gone.key()) {
                effects.push(Effect::DropOutcome { key: gone.key() });
            }
        }
        for form in begun.iter().filter(|form| !kept.contains(form)) {
            effects.push(Effect::KeepOutcome(Box::new(form.clone())));
        }
        self.wanted.outcomes = begun;
    }

    /// Takes in the outcomes that were left unfinished in earlier sittings.
    pub fn resume_outcomes(&mut self, kept: Vec<OutcomeForm>) {
        self.wanted.outcomes.clone_from(&kept);
        self.outcomes = kept;
    }

    /// The draft of the scan at hand.
    fn draft(&self) -> Option<Draft> {
        if self.record.read_only {
            return None;
        }
        let scan_id = self.desk.scan_id()?.to_owned();
        let path = self.queue.rows.get(self.desk.row?)?.scan.path.clone();
        Some(Draft {
            scan_id,
            path,
            analyst: self.record.analyst.as_str().to_owned(),
            form: self.form_as_typed(),
            marks: self.desk.marks.clone(),
            view: self.desk.view.clone(),
        })
    }

    /// The sentence about a form that no draft can hold: which bytes it is about is not known before
    /// the scan is open.
    pub(super) fn form_without_scan(&self) -> Option<Safe> {
        let started = self.form_as_typed().is_started() && !self.record.read_only;
        let row = self.queue.rows.get(self.desk.row?)?;
        let name = row.scan.name();
        (started && self.desk.scan_id().is_none())
            .then(|| say("notice-form-not-kept", &[arg("name", &name)]))
    }

    /// The form with the note that is being typed.
    fn form_as_typed(&self) -> super::Form {
        let mut form = self.desk.form.clone().unwrap_or_default();
        if let Some(prompt) = self
            .prompt
            .as_ref()
            .filter(|p| p.purpose == super::Purpose::Note)
        {
            prompt.input.value().clone_into(&mut form.note);
        }
        form
    }

    /// Shows in the queue whether a form waits.
    pub(super) fn mark_draft(&mut self, waiting: bool) {
        if let Some(row) = self.desk.row.and_then(|row| self.queue.rows.get_mut(row)) {
            row.draft = waiting;
        }
    }

    /// What was kept last is another analyst's.
    pub(super) fn forget_wanted_draft(&mut self) {
        self.wanted.draft = None;
    }

    /// Forgets the draft, because its decision is on disk.
    pub(super) fn drop_draft(&mut self, key: &str) -> Effect {
        let wanted = self.wanted.draft.as_ref();
        if wanted.is_some_and(|draft| draft.key() == key) {
            self.wanted.draft = None;
        }
        for draft in self.drafts.iter().filter(|draft| draft.key() == key) {
            if let Some(row) = self.queue.row_of(&draft.path) {
                row.draft = false;
            }
        }
        self.drafts.retain(|draft| draft.key() != key);
        Effect::DropDraft {
            key: key.to_owned(),
        }
    }

    /// Tells an error that stands in the way of the analyst.
    pub(super) fn tell_error(&mut self, error: &crate::Error) {
        self.tell(Level::Error, error.message());
    }
}
