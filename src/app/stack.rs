//! Editing the stack of filters: what is selected, and every change to it. All of it is undone with
//! the view.

use super::{App, Level, Mode, Purpose};
use crate::filter::FilterUse;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::StackRow;

/// What is selected in the stack. It may point beyond a stack that has shrunk since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StackCursor {
    /// The filter, from 0.
    pub row: usize,
    /// Its argument, from 0.
    pub argument: usize,
}

impl App {
    /// The filters in order with their arguments in force; none without a picture.
    pub fn stack_rows(&self) -> Vec<StackRow> {
        let (Some(view), Some(radiograph)) = (&self.desk.view, self.desk.radiograph()) else {
            return Vec::new();
        };
        // A view with an unknown filter cannot come to be: every change is checked.
        view.stack(radiograph).unwrap_or_default()
    }

    /// How many filters the view has, bypassed ones included.
    pub(crate) fn filters(&self) -> usize {
        self.desk.view.as_ref().map_or(0, |view| view.filters.len())
    }

    /// The selection, inside the stack as it is now.
    pub fn stack_cursor(&self) -> StackCursor {
        let row = self.stack.row.min(self.filters().saturating_sub(1));
        let used = self
            .desk
            .view
            .as_ref()
            .and_then(|view| view.filters.get(row));
        let last = used
            .and_then(|used| used.row().ok())
            .map_or(0, |filter| filter.parameters.len().saturating_sub(1));
        StackCursor {
            row,
            argument: self.stack.argument.min(last),
        }
    }

    /// Opens the stack with its last filter selected, or closes it.
    pub(crate) fn toggle_stack(&mut self) {
        if self.mode == Mode::Stack {
            self.go_back();
        } else {
            self.select_filter(self.filters().saturating_sub(1));
            self.enter(Mode::Stack);
        }
    }

    fn select_filter(&mut self, row: usize) {
        self.stack = StackCursor { row, argument: 0 };
    }

    /// Moves the selection by rows.
    pub(super) fn step_stack(&mut self, rows: isize) {
        let last = self.filters().saturating_sub(1);
        let row = self
            .stack_cursor()
            .row
            .saturating_add_signed(rows)
            .min(last);
        self.select_filter(row);
    }

    /// Selects another argument of the selected filter.
    pub(crate) fn step_argument(&mut self, by: isize) {
        let StackCursor { row, argument } = self.stack_cursor();
        self.stack = StackCursor {
            row,
            argument: argument.saturating_add_signed(by),
        };
        self.stack = self.stack_cursor();
    }

    /// Changes the filters by the place of the selected one.
    fn at_selected(&mut self, change: impl FnOnce(&mut Vec<FilterUse>, usize)) -> bool {
        let row = self.stack_cursor().row;
        self.change_filters(|filters| {
            change(filters, row);
            Ok(())
        })
    }

    /// Keeps the selected filter without applying it, or applies it again.
    pub(crate) fn bypass_filter(&mut self) {
        self.at_selected(|filters, row| {
            if let Some(used) = filters.get_mut(row) {
                used.bypassed = !used.bypassed;
            }
        });
    }

    /// Takes the selected filter out.
    pub(crate) fn remove_filter(&mut self) {
        self.at_selected(|filters, row| {
            if row < filters.len() {
                filters.remove(row);
            }
        });
    }

    /// Moves the selected filter in the order; the selection goes with it.
    pub(crate) fn move_filter(&mut self, by: isize) {
        let row = self.stack_cursor().row;
        let to = row.saturating_add_signed(by);
        if to == row || to >= self.filters() {
            return;
        }
        if self.at_selected(|filters, row| filters.swap(row, to)) {
            self.stack.row = to;
        }
    }

    /// Puts a filter behind the selected one while the stack is edited, else on top; it is selected.
    pub(crate) fn insert_filter(&mut self, text: &str) {
        let at = if self.mode_below() == Mode::Stack {
            (self.stack_cursor().row + 1).min(self.filters())
        } else {
            self.filters()
        };
        let done = self.restack(|view, radiograph| {
            let mut filters = view.filters.clone();
            filters.insert(at, view.filter(radiograph, text)?);
            Ok(filters)
        });
        if done {
            self.select_filter(at);
        }
    }

    /// The selected filter with its arguments, where there is one.
    fn selected_filter(&self) -> Option<StackRow> {
        let row = self.stack_cursor().row;
        self.stack_rows().into_iter().nth(row)
    }

    /// Puts another filter in the place of the selected one, or says why not.
    fn replace_selected(&mut self, changed: crate::Result<FilterUse>) {
        match changed {
            Ok(used) => {
                self.at_selected(|filters, row| {
                    if let Some(place) = filters.get_mut(row) {
                        *place = used;
                    }
                });
            }
            Err(error) => self.tell_error(&error),
        }
    }

    /// Moves the selected argument by coarse steps; at an end of its range it stays there.
    pub(crate) fn change_argument(&mut self, steps: f64) {
        let argument = self.stack_cursor().argument;
        if let Some(row) = self.selected_filter() {
            self.replace_selected(row.stepped(argument, steps));
        }
    }

    /// Asks for the selected argument, which stands in the line already.
    pub(crate) fn ask_argument(&mut self) {
        let argument = self.stack_cursor().argument;
        let Some(row) = self.selected_filter() else {
            return;
        };
        match row.arguments.get(argument) {
            Some(value) => self.ask_line(Purpose::Argument, &short(*value)),
            None => self.tell(Level::Info, say("stack-no-argument", &[])),
        }
    }

    /// Sets the selected argument as typed.
    pub(super) fn set_argument(&mut self, text: &str) {
        let argument = self.stack_cursor().argument;
        let Some(row) = self.selected_filter() else {
            return;
        };
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => self.replace_selected(row.with(argument, value)),
            _ => {
                let name = Safe::from_outside(&row.used.name);
                let value = Safe::from_outside(text);
                let known = [arg("name", &name), arg("value", &value)];
                self.tell(Level::Error, say("filter-not-a-number", &known));
            }
        }
    }
}

/// A value without digits that only rounding made.
fn short(value: f64) -> String {
    let rounded = format!("{value:.6}").parse().unwrap_or(value);
    let rounded: f64 = rounded;
    rounded.to_string()
}
