//! Undo and redo of the view: whole [`View`]s, so that going back is exact.

use std::collections::VecDeque;

use crate::view::View;

/// Steps kept; older ones are forgotten.
const STEPS: usize = 200;

/// The views before and after the one in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    back: VecDeque<View>,
    forth: Vec<View>,
}

impl History {
    /// Remembers `old` as the step before a change.
    pub fn remember(&mut self, old: View) {
        if self.back.back() == Some(&old) {
            return;
        }
        if self.back.len() == STEPS {
            self.back.pop_front();
        }
        self.back.push_back(old);
        self.forth.clear();
    }

    /// The view before `now`.
    pub fn undo(&mut self, now: View) -> Option<View> {
        let before = self.back.pop_back()?;
        self.forth.push(now);
        Some(before)
    }

    /// The view that `undo` left.
    pub fn redo(&mut self, now: View) -> Option<View> {
        let after = self.forth.pop()?;
        self.back.push_back(now);
        Some(after)
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
