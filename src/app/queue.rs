//! The queue: one row a scan, in the order of the folder, each with its state.

use std::path::Path;

use super::Verdict;
use crate::decisions::Standing;
use crate::scan::Scan;
use crate::text::Safe;

/// The rows and the one that is selected.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The rows, in the order of the folder.
    pub rows: Vec<Row>,
    /// Index of the selected row; meaningless while there is none.
    pub selected: usize,
    /// How rows are listed.
    pub listing: Listing,
    /// Whether the folder is still being read.
    pub reading: bool,
    /// Files that are not scans.
    pub others: usize,
    /// Number of the reading of the folder that counts.
    pub(super) reading_number: u64,
}

/// How the queue lists its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Listing {
    /// A line a scan.
    #[default]
    Lines,
    /// Four lines a scan, with a small picture.
    Thumbnails,
}

impl Listing {
    /// Lines of a row.
    pub fn lines(self) -> u16 {
        match self {
            Self::Lines => 1,
            Self::Thumbnails => 4,
        }
    }
}

/// One scan of the queue.
#[derive(Debug, Clone)]
pub struct Row {
    /// The files.
    pub scan: Scan,
    /// What became of it.
    pub decided: Option<Verdict>,
    /// An unfinished decision form waits for it.
    pub draft: bool,
    /// Id of the record that asked for it to be made again.
    pub rescan_of: Option<String>,
    /// Id of the first record that decided it and was taken back.
    pub drawn: Option<String>,
    /// What another post asks about it.
    pub question: Option<Question>,
    /// Why it cannot be looked at, once that is known.
    pub problem: Option<Safe>,
    /// The reading of the folder that found it last.
    reading_number: u64,
}

/// A second reading that another post asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Id of the first decision's record.
    pub of: String,
    /// What is asked; may be empty.
    pub text: Safe,
}

/// State of a row; the word of `list --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not decided.
    New,
    /// An unfinished form waits.
    Draft,
    /// Recorded.
    Decided,
    /// Somebody else is to read it too.
    SecondReading,
    /// Its readings differ.
    Arbitration,
    /// Cannot be looked at.
    Problem,
}

impl Row {
    /// A row that nothing is known of but its files.
    pub fn new(scan: Scan) -> Self {
        let problem = scan.error.as_ref().map(crate::Error::message);
        Self {
            scan,
            decided: None,
            draft: false,
            rescan_of: None,
            drawn: None,
            question: None,
            problem,
            reading_number: 0,
        }
    }

    /// Its state: what is decided stays decided even when the file has gone.
    pub fn state(&self) -> State {
        if let Some(verdict) = &self.decided {
            match verdict.standing {
                Standing::Settled => State::Decided,
                Standing::SecondAsked => State::SecondReading,
                Standing::Disagreed => State::Arbitration,
            }
        } else if self.problem.is_some() {
            State::Problem
        } else if self.draft {
            State::Draft
        } else {
            State::New
        }
    }
}

impl State {
    /// The word of `list --json`; its label is the message `state-NAME`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Draft => "draft",
            Self::Decided => "decided",
            Self::SecondReading => "second-reading",
            Self::Arbitration => "arbitration",
            Self::Problem => "problem",
        }
    }
}

impl Queue {
    /// The selected row.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.selected)
    }

    /// The folder is read again: rows stay where they are until it says otherwise.
    pub(crate) fn read_again(&mut self) {
        self.reading = true;
        self.reading_number += 1;
    }

    /// Takes a row of the folder: a new one, or what is new of one that is there.
    pub(super) fn take(&mut self, mut row: Row) {
        row.reading_number = self.reading_number;
        let Some(known) = self.row_of(&row.scan.path) else {
            self.rows.push(row);
            return;
        };
        // The log may have been read before the decision that was recorded just now.
        if known.scan.files == row.scan.files && row.decided.is_none() {
            row.decided = known.decided.take();
        }
        *known = row;
    }

    /// The rows that the last reading did not find say so.
    pub(super) fn miss(&mut self, why: &Safe) {
        let number = self.reading_number;
        let missed = |row: &&mut Row| row.reading_number != number;
        for row in self.rows.iter_mut().filter(missed) {
            row.problem = Some(why.clone());
        }
    }

    /// The row of that first file.
    pub(super) fn row_of(&mut self, path: &Path) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.scan.path == path)
    }

    /// Selects a row; whether the selection moved.
    pub fn select(&mut self, row: usize) -> bool {
        let moved = row < self.rows.len() && row != self.selected;
        if moved {
            self.selected = row;
        }
        moved
    }

    /// The next row after the selected one, round the end, for which `wanted` holds.
    pub fn next_where(&self, wanted: impl Fn(&Row) -> bool) -> Option<usize> {
        let count = self.rows.len();
        (1..=count)
            .map(|k| (self.selected + k) % count)
            .find(|at| wanted(&self.rows[*at]))
    }

    /// How many rows have nothing left to decide for `analyst`.
    pub fn decided(&self, analyst: &Safe) -> usize {
        let open = self.rows.iter().filter(|row| row.waits_for(analyst));
        self.rows.len() - open.count()
    }
}

/// Lines below the list that show the selected scan in full.
const DETAIL: usize = 6;

impl Queue {
    /// Rows of the list in a pane of `height` lines: the title and the detail take the rest.
    pub fn list_rows(&self, height: u16) -> usize {
        let lines = usize::from(height).saturating_sub(1 + DETAIL);
        (lines / usize::from(self.listing.lines())).max(1)
    }

    /// The row under a line of a pane of `height` lines, counted from the pane's top; none in the title
    /// and below the list.
    pub fn row_at(&self, line: u16, height: u16) -> Option<usize> {
        let at = usize::from(line.checked_sub(1)? / self.listing.lines());
        let row = self.first_visible(height) + at;
        (at < self.list_rows(height) && row < self.rows.len()).then_some(row)
    }

    /// The first row that is drawn, so that the selected one stands near the middle.
    pub fn first_visible(&self, height: u16) -> usize {
        let shown = self.list_rows(height);
        let last = self.rows.len().saturating_sub(shown);
        self.selected.saturating_sub(shown / 2).min(last)
    }
}
