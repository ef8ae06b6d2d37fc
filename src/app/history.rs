//! Undo and redo: one line of steps, each a whole [`View`] or all the marks before a change, so that
//! going back is exact, and takes back whichever came last.

use std::collections::VecDeque;

use super::mark::Mark;
use crate::view::View;

/// Steps kept; older ones are forgotten.
const STEPS: usize = 200;

/// The steps before and after what is in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    back: VecDeque<Step>,
    forth: Vec<Step>,
    run: Option<Run>,
}

/// What was in force before or after a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The view.
    View(Box<View>),
    /// Every mark, and the selected one.
    Marks(Vec<Mark>, Option<usize>),
}

/// Changes of a mark that follow each other and count as one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Moves and resizes of one mark by keys.
    Keys(usize),
    /// One drag of the mouse.
    Drag(usize),
}

/// What is in force, for the way back.
pub type Now<'a> = (Option<&'a View>, &'a [Mark], Option<usize>);

impl History {
    /// Remembers `old` as the step before a change of the view.
    pub fn remember(&mut self, old: View) {
        self.run = None;
        let old = Step::View(Box::new(old));
        if self.back.back() != Some(&old) {
            self.push(old);
        }
    }

    /// Remembers the marks before a change; those that go on with the same run are one step.
    pub fn remember_marks(&mut self, marks: Vec<Mark>, selected: Option<usize>, run: Option<Run>) {
        if run.is_some() && self.run == run {
            return;
        }
        self.push(Step::Marks(marks, selected));
        self.run = run;
    }

    /// What comes next is a step of its own.
    pub fn end_run(&mut self) {
        self.run = None;
    }

    fn push(&mut self, step: Step) {
        if self.back.len() == STEPS {
            self.back.pop_front();
        }
        self.back.push_back(step);
        self.forth.clear();
    }

    /// What was in force before the last change.
    pub fn undo(&mut self, now: Now<'_>) -> Option<Step> {
        self.run = None;
        let step = self.back.pop_back()?;
        self.forth.extend(step.counterpart(now));
        Some(step)
    }

    /// What `undo` left.
    pub fn redo(&mut self, now: Now<'_>) -> Option<Step> {
        self.run = None;
        let step = self.forth.pop()?;
        self.back.extend(step.counterpart(now));
        Some(step)
    }

    /// The view before `now`, whatever was marked since.
    pub fn undo_view(&mut self, now: View) -> Option<View> {
        let at = self
            .back
            .iter()
            .rposition(|step| matches!(step, Step::View(_)))?;
        let Some(Step::View(view)) = self.back.remove(at) else {
            return None;
        };
        self.forth.push(Step::View(Box::new(now)));
        Some(*view)
    }

    /// Whether the last change was one of the marks.
    pub fn undoes_marks(&self) -> bool {
        matches!(self.back.back(), Some(Step::Marks(..)))
    }

    /// Whether the change that undo left was one of the marks.
    pub fn redoes_marks(&self) -> bool {
        matches!(self.forth.last(), Some(Step::Marks(..)))
    }

    /// Whether there is a step to go back to.
    pub fn can_undo(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether there is a step to go forward to.
    pub fn can_redo(&self) -> bool {
        !self.forth.is_empty()
    }
}

impl Step {
    /// What is in force of the same kind.
    fn counterpart(&self, (view, marks, selected): Now<'_>) -> Option<Self> {
        match self {
            Self::View(_) => view.map(|view| Self::View(Box::new(view.clone()))),
            Self::Marks(..) => Some(Self::Marks(marks.to_vec(), selected)),
        }
    }
}
