//! What is marked on a scan: outlines with labels, and what is known of the selected one.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::radiograph::{Outline, Pixel, Region, Shape};
use crate::view::Measurement;

/// Longest label in characters.
pub(super) const LABEL: usize = 80;

/// An outline with the analyst's word for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Mark {
    /// Where.
    pub outline: Outline,
    /// The analyst's word; may be empty.
    pub label: String,
    /// The view of the scan that it lies on; of a mark that says nothing, whichever is looked at.
    pub view: String,
}

impl From<Outline> for Mark {
    fn from(outline: Outline) -> Self {
        Self {
            outline,
            label: String::new(),
            view: String::new(),
        }
    }
}

/// A mark as drafts keep it; before labels it was the outline alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Labelled {
        outline: Outline,
        label: String,
        #[serde(default)]
        view: String,
    },
    Bare(Outline),
}

impl From<Written> for Mark {
    fn from(written: Written) -> Self {
        match written {
            Written::Labelled {
                outline,
                label,
                view,
            } => Self {
                outline,
                label,
                view,
            },
            Written::Bare(outline) => outline.into(),
        }
    }
}

/// What is being marked: the points so far, one at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What it will be.
    pub shape: Shape,
    /// The points so far.
    pub points: Vec<Pixel>,
}

impl Pending {
    /// How it would look with `at` as its next point; a line as long as there is no more.
    pub(super) fn with(&self, at: Pixel) -> Option<Outline> {
        let mut points = self.points.clone();
        if points.last() != Some(&at) {
            points.push(at);
        }
        let shape = self.shape.through(&points);
        shape.or_else(|| Shape::Line.through(points.get(..2)?))
    }
}

/// What is known of the selected mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The outline that was measured.
    pub outline: Outline,
    /// Its numbers, or why there are none.
    pub result: crate::Result<Measurement>,
}

impl Desk {
    /// The selected mark, where it lies on the view that is looked at.
    pub fn selected_mark(&self) -> Option<&Mark> {
        let mark = self.marks.get(self.selected?);
        mark.filter(|mark| self.is_here(mark))
    }

    /// Whether a mark lies on the view that is looked at.
    pub(super) fn is_here(&self, mark: &Mark) -> bool {
        let view = self.view.as_ref();
        mark.view.is_empty() || view.is_none_or(|view| view.view == mark.view)
    }

    /// Its numbers, once they are those of the mark as it is.
    pub fn measurement(&self) -> Option<&crate::Result<Measurement>> {
        let mark = self.selected_mark()?;
        let measured = self.measured.as_deref()?;
        (measured.outline == mark.outline).then_some(&measured.result)
    }

    /// The box of the selected mark, else of the last one that holds an area.
    pub fn marked_area(&self) -> Option<Region> {
        let area = |mark: &&Mark| mark.outline.shape().is_area() && self.is_here(mark);
        let selected = self.selected_mark().filter(area);
        let mark = selected.or_else(|| self.marks.iter().rev().find(area))?;
        Some(mark.outline.bounds())
    }

    /// Nothing is marked any more.
    pub(super) fn forget_marks(&mut self) {
        self.marks.clear();
        self.marked_at = None;
        (self.selected, self.measured, self.plot) = (None, None, false);
    }
}
