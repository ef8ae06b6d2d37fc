//! Small pictures of the scans of the queue: of what was on the screen whole, and for visible rows
//! without one, of what a thread made. They are for finding a scan: nothing of them counts as seen.

use std::path::PathBuf;
use std::sync::Arc;

use super::{App, DeskState, Effect, Listing, Row};
use crate::scan::{Scan, ScanFile};
use crate::view::Thumbnail;
use crate::{Error, Result};

/// How many are kept.
const MOST: usize = 256;

/// What the queue shows of a scan.
#[derive(Debug, Clone, PartialEq)]
pub enum Small {
    /// Its picture.
    Picture(Arc<Thumbnail>),
    /// It is too large to be read for this: it has one once it was on the screen.
    Later,
    /// None can be made of it.
    Nothing,
}

/// What is known of the scans of the queue.
#[derive(Debug, Default)]
pub struct Thumbnails {
    /// The newest last.
    kept: Vec<Kept>,
    /// What was asked for and is not answered.
    asked: Vec<Scan>,
}

/// What is known of one scan, as its files were.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    files: Vec<ScanFile>,
    small: Small,
}

impl Thumbnails {
    /// What is known of a scan, unless its files are others by now.
    pub fn of(&self, scan: &Scan) -> Option<&Small> {
        let of = |kept: &&Kept| kept.path == scan.path && kept.files == scan.files;
        self.kept.iter().find(of).map(|kept| &kept.small)
    }

    /// Keeps what is known of a scan in place of what was; the oldest makes room.
    fn keep(&mut self, scan: &Scan, small: Small) {
        self.kept.retain(|kept| kept.path != scan.path);
        if self.kept.len() >= MOST {
            self.kept.remove(0);
        }
        self.kept.push(Kept {
            path: scan.path.clone(),
            files: scan.files.clone(),
            small,
        });
    }

    /// What could not be made is tried again.
    pub(crate) fn try_again(&mut self) {
        self.kept
            .retain(|kept| matches!(kept.small, Small::Picture(_)));
    }
}

impl App {
    /// What the queue shows of a row; `None` while that is not known.
    pub fn small(&self, row: &Row) -> Option<Small> {
        let known = self.thumbnails.of(&row.scan).cloned();
        known.or_else(|| row.problem.is_some().then_some(Small::Nothing))
    }

    /// Keeps the picture on the screen for the queue, where it is the scan's alone and nothing is
    /// taken out of it.
    pub(super) fn keep_in_queue(&mut self) {
        let row = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let (Some(row), Some(made)) = (row, &self.desk.thumbnail) else {
            return;
        };
        let view = made.view();
        if view.comparison.is_none() && view.filters.is_empty() {
            let small = Small::Picture(Arc::clone(made));
            self.thumbnails.keep(&row.scan, small);
        }
    }

    /// Takes what the thread made of a scan. What was on the screen meanwhile stays.
    pub(super) fn take_thumbnail(&mut self, scan: &Scan, result: Result<Option<Arc<Thumbnail>>>) {
        self.thumbnails.asked.retain(|asked| asked != scan);
        let small = match result {
            Ok(Some(made)) => Small::Picture(made),
            Ok(None) => Small::Later,
            Err(Error::Cancelled) => return,
            // Why is told when the scan is looked at.
            Err(_) => Small::Nothing,
        };
        if !matches!(self.thumbnails.of(scan), Some(Small::Picture(_))) {
            self.thumbnails.keep(scan, small);
        }
    }

    /// Asks for the small pictures that visible rows lack, unless all of them are under way; what
    /// nobody sees any more is not made.
    pub(super) fn ask_thumbnails(&mut self, effects: &mut Vec<Effect>) {
        let wanted = self.without_thumbnail();
        let asked = &self.thumbnails.asked;
        let under_way = wanted.iter().all(|scan| asked.contains(scan));
        if under_way && wanted.is_empty() == asked.is_empty() {
            return;
        }
        let wanted: Vec<Scan> = wanted.into_iter().cloned().collect();
        self.thumbnails.asked.clone_from(&wanted);
        effects.push(Effect::Thumbnails(wanted));
    }

    /// The visible scans of which nothing is known yet, from the selected one on.
    fn without_thumbnail(&self) -> Vec<&Scan> {
        let height = self.layout().queue.height;
        if self.queue.listing != Listing::Thumbnails || self.layout().queue.is_empty() {
            return Vec::new();
        }
        let first = self.queue.first_visible(height);
        let rows = self.queue.rows.iter().enumerate();
        let visible = rows.skip(first).take(self.queue.list_rows(height));
        let lacks = |(at, row): &(usize, &Row)| {
            self.small(row).is_none() && !row.scan.files.is_empty() && !self.comes_by_itself(*at)
        };
        let mut lacking: Vec<(usize, &Row)> = visible.filter(lacks).collect();
        let selected = self.queue.selected;
        lacking.sort_by_key(|(at, _)| (at.abs_diff(selected), *at < selected));
        lacking.into_iter().map(|(_, row)| &row.scan).collect()
    }

    /// Whether a row is on its way to the screen, where its small picture is taken from.
    fn comes_by_itself(&self, at: usize) -> bool {
        let coming = match &self.desk.state {
            DeskState::Opening => true,
            DeskState::Open(_) => self.desk.shown.is_none(),
            DeskState::Empty | DeskState::Failed(_) => false,
        };
        self.desk.row == Some(at) && coming
    }
}
