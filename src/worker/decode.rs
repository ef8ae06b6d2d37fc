//! The decoding thread: the scan at hand first, then its neighbours ahead of time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use super::slot::Slot;
use crate::app::{Event, OpenScan};
use crate::cancel::{Cancel, Generations};
use crate::decisions::ScanBlock;
use crate::scan::{self, Limits, Scan};
use crate::{Error, Result};

/// Scans kept open beside the one at hand.
const KEPT: usize = 3;

/// What is to be opened.
#[derive(Debug)]
struct Request {
    scan: Scan,
    ahead: Vec<Scan>,
    cancel: Cancel,
}

/// A handle of the decoding thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Decoder {
    slot: Slot<Request>,
    generations: Generations,
}

/// Takes the answers: [`Event::Glimpsed`] where the scan is large, [`Event::Opened`], and
/// [`Event::Identified`] where that failed.
pub(crate) type Answer = dyn Fn(Event) + Send;

impl Decoder {
    /// Starts the thread.
    pub fn start(limits: Limits, answer: Box<Answer>) -> Self {
        let slot = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || Shelf::new(limits, answer).serve(&taking));
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Opens `scan` and then `ahead`; older work stops within one row band.
    pub fn open(&self, scan: Scan, ahead: Vec<Scan>) {
        let cancel = self.generations.start();
        self.slot.put(Request {
            scan,
            ahead,
            cancel,
        });
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// The scans that are open, newest last.
struct Shelf {
    limits: Limits,
    answer: Box<Answer>,
    open: Vec<(PathBuf, OpenScan)>,
}

impl Shelf {
    fn new(limits: Limits, answer: Box<Answer>) -> Self {
        Self {
            limits,
            answer,
            open: Vec::new(),
        }
    }

    /// Serves requests until the slot is closed.
    fn serve(mut self, slot: &Slot<Request>) {
        while let Some(request) = slot.take() {
            self.glimpse(&request);
            let result = self.open(&request.scan, &request.cancel);
            let failed = result
                .as_ref()
                .is_err_and(|error| *error != Error::Cancelled);
            let path = request.scan.path.clone();
            (self.answer)(Event::Opened { path, result });
            if failed {
                self.identify(&request);
            }
            for scan in &request.ahead {
                if slot.has_newer() {
                    break;
                }
                // A neighbour's error is told when it is looked at.
                let _ = self.open(scan, &request.cancel);
            }
        }
    }

    /// Shows a part of a large scan that is still to be read.
    fn glimpse(&self, request: &Request) {
        let (scan, cancel) = (&request.scan, &request.cancel);
        if self.open.iter().any(|(kept, _)| *kept == scan.path) {
            return;
        }
        if let Some(opened) = scan::glimpse(scan, &self.limits, cancel) {
            let path = scan.path.clone();
            let opened = Arc::new(opened);
            (self.answer)(Event::Glimpsed { path, opened });
        }
    }

    /// Says what a scan that cannot be opened is by its bytes, where they can be read.
    fn identify(&self, request: &Request) {
        let (scan, limits) = (&request.scan, &self.limits);
        if let Ok((scan_id, files)) = scan::identify(scan, limits, &request.cancel) {
            let block = Box::new(ScanBlock::undecoded(scan, scan_id, &files));
            let path = scan.path.clone();
            (self.answer)(Event::Identified { path, block });
        }
    }

    /// The scan, from the shelf when its files are unchanged.
    fn open(&mut self, scan: &Scan, cancel: &Cancel) -> Result<OpenScan> {
        if let Some(open) = self.take_kept(&scan.path) {
            self.open.push((scan.path.clone(), open.clone()));
            return Ok(open);
        }
        let opened = Arc::new(scan::open(scan, &self.limits, cancel)?);
        let open = OpenScan::survey_all(opened, cancel)?;
        if self.open.len() >= KEPT {
            self.open.remove(0);
        }
        self.open.push((scan.path.clone(), open.clone()));
        Ok(open)
    }

    /// Takes an unchanged scan off the shelf; a changed one is forgotten.
    fn take_kept(&mut self, path: &Path) -> Option<OpenScan> {
        let at = self.open.iter().position(|(kept, _)| kept == path)?;
        let (_, open) = self.open.remove(at);
        let same = open
            .opened
            .files
            .iter()
            .all(|file| scan::unchanged(file).unwrap_or(false));
        same.then_some(open)
    }
}
