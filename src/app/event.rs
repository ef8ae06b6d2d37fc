//! What happens to the console, and what it asks to be done.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::form::Form;
use super::log_pane::LogRead;
use super::mark::{Mark, Measured};
use super::shown::{LensPlace, Overlay, Shown};
use super::{Answers, FormKind, OutcomeForm, Question, TerminalFacts, Verdict};
use crate::cancel::Cancel;
use crate::decisions::{Request, ScanBlock, ViewSeen};
use crate::delivery::Facts;
use crate::error::Error;
use crate::graphics::{CellSize, Depth, Effort, Protocol};
use crate::keymap::Key;
use crate::radiograph::{Match, Outline};
use crate::scan::{Opened, Scan};
use crate::terminal::reader::Mouse;
use crate::text::Safe;
use crate::view::{self, Calibration, Comparison, Preset, Presets, Thumbnail, View};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key {
        /// Which.
        key: Key,
        /// Whether the terminal says that it repeats because it is held.
        repeat: bool,
    },
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal's size, cell size or protocol is known or changed.
    Terminal(TerminalFacts),
    /// The folder's next scan.
    Found(Box<Found>),
    /// The folder has been read.
    FolderRead {
        /// Files that are not scans.
        others: usize,
        /// Why it could not be read to its end.
        error: Option<Error>,
    },
    /// A scan was opened, or cannot be.
    Opened {
        /// Its first file.
        path: PathBuf,
        /// The scan.
        result: Result<super::OpenScan, Error>,
    },
    /// A scan that cannot be opened is known by its bytes all the same.
    Identified {
        /// Its first file.
        path: PathBuf,
        /// What a record says of it.
        block: Box<ScanBlock>,
    },
    /// A part of a large scan that is still being read.
    Glimpsed {
        /// Its first file.
        path: PathBuf,
        /// The part.
        opened: Arc<Opened>,
    },
    /// A small picture of a scan of the queue is ready, or cannot be made.
    Thumbnail {
        /// The scan as it was asked for.
        scan: Box<Scan>,
        /// The picture; `None` where the scan is too large to be read for it.
        result: Result<Option<Arc<Thumbnail>>, Error>,
    },
    /// A picture is ready, or cannot be made.
    Rendered {
        /// The number of its request.
        number: u64,
        /// The picture.
        result: Result<Arc<Shown>, Error>,
    },
    /// A mark is measured, or cannot be.
    Measured {
        /// The number of its request.
        number: u64,
        /// What is known of it.
        measured: Arc<Measured>,
    },
    /// Two pictures are registered, or cannot be.
    Registered {
        /// The scan at hand.
        scan_id: String,
        /// Of which comparison.
        comparison: Box<Comparison>,
        /// How the other lies; `None` where nothing stands out.
        result: Result<Option<Match>, Error>,
    },
    /// Time has passed: a steady blink goes on.
    Tick,
    /// The line, or what of the picture is on the screen, has changed.
    Line(Facts),
    /// The files of a scan were compared with what was read from them.
    FilesChecked {
        /// The scan.
        scan_id: String,
        /// Whether one of them has changed or gone.
        changed: bool,
    },
    /// A decision is on disk.
    Recorded {
        /// The number of its request.
        token: u64,
        /// What the queue shows from now on.
        verdict: Verdict,
    },
    /// What a recorded decision says was read, or cannot be.
    Recalled {
        /// Id of its record.
        id: String,
        /// What it says.
        result: Result<Answers, Error>,
    },
    /// A decision is not on disk.
    NotRecorded {
        /// The number of its request.
        token: u64,
        /// Why, and what to do.
        why: Safe,
    },
    /// The log can go on in this folder, if the analyst says so.
    LogOffered(PathBuf),
    /// Something about the log that the analyst should know.
    LogNotice(Safe),
    /// A preset was saved or removed, or could not be.
    PresetKept {
        /// The presets from now on, where they changed.
        presets: Option<Presets>,
        /// What was done, or why not.
        told: Result<Safe, Safe>,
    },
    /// The log was read for its pane, or could not be.
    LogRead {
        /// For whom: what one may see another may not.
        analyst: Safe,
        /// What was read.
        result: Result<Box<LogRead>, Safe>,
    },
    /// The views of a case were read, or could not be.
    CaseViews {
        /// Id of the decision.
        id: String,
        /// The views, in order.
        views: Result<Vec<ViewSeen>, Safe>,
    },
    /// The page of a case was written, or could not be.
    CaseExported(Result<Safe, Safe>),
    /// An outcome is on disk.
    OutcomeRecorded {
        /// The number of its request.
        token: u64,
    },
    /// The console is asked to end: SIGTERM, SIGHUP, the terminal is gone.
    Ended,
}

/// A scan of the folder with what is known of it from the log.
#[derive(Debug)]
pub struct Found {
    /// The scan.
    pub scan: Scan,
    /// Its decision, if any.
    pub decided: Option<Verdict>,
    /// Id of the record that asked for it to be made again.
    pub rescan_of: Option<String>,
    /// Id of the first record that decided it and was taken back.
    pub drawn: Option<String>,
    /// What another post asks about it.
    pub question: Option<Question>,
}

/// Something to be done outside the state.
#[derive(Debug)]
pub enum Effect {
    /// Read the folder again.
    ReadFolder,
    /// Open this scan, and the others ahead of time.
    Open {
        /// The scan at hand.
        scan: Box<Scan>,
        /// Its neighbours.
        ahead: Vec<Scan>,
    },
    /// Make small pictures of these scans, one after another, when nothing else is to be done; older
    /// requests are void.
    Thumbnails(Vec<Scan>),
    /// Make a picture; older requests are void.
    Render(Box<RenderJob>),
    /// Measure the selected mark; older requests are void.
    Measure(Box<MeasureJob>),
    /// Find how the other picture of a comparison lies on the one at hand.
    Register(Box<RegisterJob>),
    /// See whether a scan's files are still those that were read.
    CheckFiles(Arc<Opened>),
    /// Record a decision, or what answers one; its token comes back.
    Record(Box<Request>),
    /// Read what a recorded decision says, to correct it.
    Recall {
        /// Id of its record.
        id: String,
    },
    /// End the log's segment; the next record begins another.
    CloseLog,
    /// End the log's segment and begin one of this analyst.
    HandOver(String),
    /// Go on with the log in another folder, and record there what was not recorded.
    UseLog(PathBuf),
    /// Note how a scan was looked at that is left undecided.
    NoteViews {
        /// Its id.
        opened: Arc<Opened>,
        /// The looks.
        looks: Vec<super::Look>,
    },
    /// Keep an unfinished form.
    KeepDraft(Box<Draft>),
    /// Keep an outcome that is being entered.
    KeepOutcome(Box<OutcomeForm>),
    /// It is recorded or given up: drop what was kept.
    DropOutcome {
        /// The form's [`OutcomeForm::key`].
        key: String,
    },
    /// The form is done: drop its draft.
    DropDraft {
        /// The draft's [`Draft::key`].
        key: String,
    },
    /// Keep a preset in the configuration folder, in place of one of that name.
    SavePreset {
        /// The preset.
        preset: Box<Preset>,
        /// What is said once it is on disk.
        told: Safe,
    },
    /// Remove a saved preset.
    RemovePreset {
        /// Its name.
        name: String,
        /// What is said once it is gone.
        told: Safe,
    },
    /// Read the log for its pane.
    ReadLog {
        /// Whose median time is wanted.
        analyst: Safe,
    },
    /// Read the views of this decision.
    ReadCaseViews(String),
    /// Write the page of a case.
    ExportCase {
        /// Id of the decision.
        id: String,
        /// The file.
        file: PathBuf,
        /// The profile that its views may have been made under.
        profile: Option<Calibration>,
    },
    /// Use this protocol from now on; `auto` goes back to the probe's choice.
    ChooseProtocol(String),
    /// Send this picture to its end, whatever the limits say.
    FinishPicture,
    /// Stop pictures before they are lossless, or no longer.
    SetMetered(bool),
    /// Stop until the shell continues us.
    Suspend,
    /// Paint everything again.
    Redraw,
    /// Leave.
    Quit,
}

/// A mark to be measured.
#[derive(Debug, Clone)]
pub struct MeasureJob {
    /// Its number; an answer with an older one is dropped.
    pub number: u64,
    /// The scan.
    pub opened: Arc<Opened>,
    /// How materials are told, and what is taken off.
    pub view: View,
    /// The mark.
    pub outline: Outline,
}

/// A picture to be made.
#[derive(Debug, Clone)]
pub struct RenderJob {
    /// Its number; an answer with an older one is dropped.
    pub number: u64,
    /// The scan.
    pub opened: Arc<Opened>,
    /// The other scan, where two are compared.
    pub other: Option<Arc<Opened>>,
    /// How to look at it.
    pub view: View,
    /// Columns and rows of the pane.
    pub cells: (u16, u16),
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Colours of a cell.
    pub depth: Depth,
    /// Colour registers of sixel.
    pub registers: u16,
    /// How it is sent.
    pub protocol: Protocol,
    /// How much work a byte is worth, for pictures of cells.
    pub effort: Effort,
    /// Crosshair, marks and guides, where they are drawn into the picture; the loupe.
    pub overlay: Overlay,
    /// Where the loupe's inset goes.
    pub lens: LensPlace,
}

/// Two pictures that are to be registered.
#[derive(Debug, Clone)]
pub struct RegisterJob {
    /// The scan at hand.
    pub this: Arc<Opened>,
    /// The other one; the same for another view or plane.
    pub other: Arc<Opened>,
    /// How the scan at hand is looked at, with the comparison.
    pub view: View,
}

impl RegisterJob {
    /// Registers; `None` for a view without a comparison.
    pub fn answer(&self, cancel: &Cancel) -> Option<Event> {
        let comparison = Box::new(self.view.comparison.clone()?);
        let this = self.this.views.iter().find(|r| r.view == self.view.view)?;
        let other = comparison.other(&self.other.views);
        let result = other.and_then(|other| view::registered(&self.view, this, other, cancel));
        Some(Event::Registered {
            scan_id: self.this.scan_id.clone(),
            comparison,
            result,
        })
    }
}

/// An unfinished form with its marks and view, as it is kept between sittings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The scan.
    pub scan_id: String,
    /// Its first file, for the queue.
    pub path: PathBuf,
    /// Whose it is: nobody goes on with what another was typing.
    pub analyst: String,
    /// The form.
    pub form: Form,
    /// Marked regions and lines.
    pub marks: Vec<Mark>,
    /// The view in force.
    pub view: Option<View>,
}

impl Draft {
    /// Whether nothing was typed or marked that would be lost.
    pub(super) fn is_empty(&self) -> bool {
        let known = match &self.form.kind {
            FormKind::Amend { before, .. } => &before.regions[..],
            _ => &[],
        };
        !self.form.is_started() && self.marks == known
    }

    /// What tells it from others: the same bytes in two places are two rows of the queue, and every
    /// analyst has a form of one's own.
    pub fn key(&self) -> String {
        key_of(&self.scan_id, &self.path, &self.analyst)
    }
}

/// The key of a scan's form: its bytes, its place and whose it is.
pub(super) fn key_of(scan_id: &str, path: &Path, analyst: &str) -> String {
    format!("{scan_id} {} {analyst}", path.display())
}
