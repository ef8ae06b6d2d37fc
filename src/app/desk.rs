//! The scan at hand: what is open, how it is looked at, what is marked on it.

use std::sync::Arc;

use super::compare::Beside;
use super::form::Form;
use super::history::History;
use super::mark::{Mark, Measured, Pending};
use super::seen::Seen;
use super::shown::Shown;
use crate::cancel::Cancel;
use crate::decisions::ScanBlock;
use crate::error::{Error, Result};
use crate::radiograph::Size;
use crate::radiograph::{PlaneName, Radiograph, Region, Survey};
use crate::scan::{Opened, ScanFile};
use crate::view::{Source, Thumbnail, View};

/// The scan at hand.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Its row in the queue.
    pub row: Option<usize>,
    /// Its files as the folder showed them when it was asked for.
    pub files: Vec<ScanFile>,
    /// How far it is open.
    pub state: DeskState,
    /// A part of it to look at while it is being read, and how.
    pub glimpse: Option<(Arc<Opened>, View)>,
    /// What a record says of it when it cannot be opened.
    pub undecoded: Option<Box<ScanBlock>>,
    /// How it is looked at, once it is open.
    pub view: Option<View>,
    /// The other scan of a comparison.
    pub beside: Beside,
    /// The views before and after.
    pub history: History,
    /// The crosshair, in scan pixels.
    pub crosshair: Option<[f64; 2]>,
    /// What is being marked, as far as it goes.
    pub pending: Option<Pending>,
    /// Marked regions and lines.
    pub marks: Vec<Mark>,
    /// How many looks there were when the first of them was marked.
    pub marked_at: Option<usize>,
    /// The one that keys and mouse change, and whose numbers are shown.
    pub selected: Option<usize>,
    /// Whether its profile or histogram lies over the picture.
    pub plot: bool,
    /// What is known of it, once it is measured.
    pub measured: Option<Arc<Measured>>,
    /// The decision form, kept while the analyst looks again.
    pub form: Option<Form>,
    /// The pane that the view was fitted to: its pixels with how much higher than wide they are, and
    /// its columns.
    pub fitted: Option<(Size, f64, u16)>,
    /// The picture on the screen; the last one stays while the next is made.
    pub shown: Option<Arc<Shown>>,
    /// A small picture of the whole scan, once the whole was on the screen.
    pub thumbnail: Option<Arc<Thumbnail>>,
    /// Number of the newest request for a picture.
    pub asked: u64,
    /// Number of the newest request to measure.
    pub asked_measure: u64,
    /// What was looked at.
    pub seen: Seen,
    /// Whether its files have changed or gone since they were read.
    pub changed: bool,
}

/// An open scan with the surveys of its planes, made beside the screen.
#[derive(Debug, Clone)]
pub struct OpenScan {
    /// The scan.
    pub opened: Arc<Opened>,
    /// For each view, for each plane.
    pub surveys: Arc<Vec<Vec<Survey>>>,
}

impl OpenScan {
    /// Surveys every plane of a scan.
    pub fn survey_all(opened: Arc<Opened>, cancel: &Cancel) -> Result<Self> {
        let planes = |radiograph: &Radiograph| {
            radiograph
                .planes
                .iter()
                .map(|plane| Survey::of(plane, cancel))
                .collect()
        };
        let surveys = opened.views.iter().map(planes).collect::<Result<_>>()?;
        Ok(Self {
            opened,
            surveys: Arc::new(surveys),
        })
    }

    /// The survey of the plane that carries the view's luminance.
    pub fn survey(&self, view: &View) -> Option<&Survey> {
        let at = self.opened.views.iter().position(|r| r.view == view.view)?;
        let name = PlaneName::from(view.planes.first()?.as_str());
        let plane = self.opened.views[at]
            .planes
            .iter()
            .position(|plane| plane.name == name)?;
        self.surveys.get(at)?.get(plane)
    }

    /// The survey of a radiograph's plane by its place.
    pub fn survey_of(&self, radiograph: &Radiograph, plane: usize) -> Option<&Survey> {
        let at = self
            .opened
            .views
            .iter()
            .position(|r| r.view == radiograph.view)?;
        self.surveys.get(at)?.get(plane)
    }
}

/// How far the scan at hand is open.
#[derive(Debug, Clone, Default)]
pub enum DeskState {
    /// Nothing is selected.
    #[default]
    Empty,
    /// Being read.
    Opening,
    /// Open.
    Open(OpenScan),
    /// It cannot be opened, and why.
    Failed(Error),
}

impl Desk {
    /// Clears everything that belongs to the scan, its picture too: one scan's picture never stands
    /// under another's name.
    pub(super) fn leave(&mut self) {
        // An answer to a picture asked for before is old.
        *self = Self {
            asked: self.asked + 1,
            asked_measure: self.asked_measure + 1,
            ..Self::default()
        };
    }

    /// The open scan with its surveys.
    pub fn open(&self) -> Option<&OpenScan> {
        match &self.state {
            DeskState::Open(open) => Some(open),
            _ => None,
        }
    }

    /// The open scan.
    pub fn opened(&self) -> Option<&Arc<Opened>> {
        self.open().map(|open| &open.opened)
    }

    /// Its id, as far as its bytes are known.
    pub fn scan_id(&self) -> Option<&str> {
        let opened = self.opened().map(|opened| opened.scan_id.as_str());
        opened.or_else(|| Some(self.undecoded.as_ref()?.scan_id.as_str()))
    }

    /// The radiograph that the view names.
    pub fn radiograph(&self) -> Option<&Radiograph> {
        let opened = self.opened()?;
        let view = self.view.as_ref()?;
        opened
            .views
            .iter()
            .find(|radiograph| radiograph.view == view.view)
    }

    /// The radiograph with the part of it that was read in its own pixels for the picture, where that
    /// holds `region`.
    pub fn source(&self, region: Region) -> Option<Source<'_>> {
        let whole = self.radiograph()?;
        let detail = self
            .shown
            .as_ref()
            .and_then(|shown| shown.detail.as_deref());
        let detail = detail.filter(|detail| detail.view == whole.view && detail.holds(region));
        Some(Source::of(whole).with(detail))
    }

    /// Scan pixels to a pixel that the picture on the screen was drawn from, across and down.
    pub fn reduction(&self) -> usize {
        self.shown.as_ref().map_or(1, |shown| shown.reduction)
    }

    /// Whether the picture on the screen is older than the view.
    pub fn is_stale(&self) -> bool {
        match (&self.shown, &self.view) {
            (Some(shown), Some(view)) => shown.view != *view,
            (None, Some(_)) => true,
            _ => false,
        }
    }
}
