//! Commands: one row each in a table by topic.
//!
//! Help, palette, key-file checking and the key reference are renderings of these rows. A row's
//! one-line doc is the message `command-NAME`, its group's label `group-NAME`, and the reason why
//! it is not possible now `need-NAME`.

mod aids;
mod app;
mod compare;
mod decide;
mod filter;
mod log;
mod measure;
mod outcome;
mod peel;
mod preset;
mod queue;
mod sitting;
mod stack;
mod view;
mod window;

use crate::app::{App, Effect, Mode};
use crate::keymap::Value;
use crate::messages::say;
use crate::text::Safe;

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Its name in key files and in the palette: `verb_object`.
    pub name: &'static str,
    /// Its topic.
    pub group: Group,
    /// What it takes.
    pub argument: Argument,
    /// The modes in which a key may be bound to it.
    pub modes: &'static [Mode],
    /// What must be there before it can run.
    pub need: Need,
    /// Changes the state and says what is to be done outside it.
    pub run: Run,
}

/// A command's function.
pub type Run = fn(&mut App, &Value) -> Vec<Effect>;

/// Topics, in the order of the help screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Leaving, help, panes.
    App,
    /// Choosing a scan.
    Queue,
    /// Zoom, pan, planes, displays, crosshair.
    View,
    /// Window and level.
    Window,
    /// The filter stack.
    Filter,
    /// Two pictures on one screen.
    Compare,
    /// Regions.
    Measure,
    /// Decisions.
    Decide,
    /// What was decided.
    Log,
}

/// What a command takes after its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument {
    /// Nothing.
    None,
    /// A number; `default` stands in for a missing one.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Value when none is given.
        default: f64,
        /// Message id of its unit.
        unit: &'static str,
    },
    /// The name of a filter, required.
    Filter,
    /// A reason code of the decision form, required.
    Reason,
    /// A preset by its key or its name; without it the command asks.
    Preset,
    /// Free text; without it the command asks.
    Text,
}

/// What must be there before a command can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A scan in the queue.
    Scan,
    /// A scan that is open and on the screen.
    Picture,
    /// A dual-energy scan that is open.
    Dual,
    /// An open decision form.
    Form,
    /// A second folder that is offered for the log.
    Offer,
    /// A decision that was recorded a moment ago.
    Fresh,
    /// A view to go back to.
    Undo,
    /// A view to go forward to.
    Redo,
    /// A marked region.
    Mark,
    /// A filter in the stack.
    Filter,
    /// Two pictures that are compared.
    Comparison,
    /// A case of the log that is selected.
    Case,
}

/// Modes in which scans are looked at.
const LOOKING: &[Mode] = &[
    Mode::Browse,
    Mode::Inspect,
    Mode::Stack,
    Mode::Region,
    Mode::Compare,
];
/// Every mode but the prompt.
const NOT_TYPING: &[Mode] = &[
    Mode::Browse,
    Mode::Inspect,
    Mode::Stack,
    Mode::Region,
    Mode::Compare,
    Mode::Decide,
    Mode::Log,
    Mode::Outcome,
    Mode::Replay,
    Mode::Help,
];
/// Every mode.
const ANYWHERE: &[Mode] = &Mode::ALL;

/// A row without an argument.
const fn row(
    name: &'static str,
    group: Group,
    modes: &'static [Mode],
    need: Need,
    run: Run,
) -> Command {
    Command {
        name,
        group,
        argument: Argument::None,
        modes,
        need,
        run,
    }
}

impl Command {
    /// The same row with an argument.
    const fn takes(mut self, argument: Argument) -> Self {
        self.argument = argument;
        self
    }

    /// Whether it can run now, else why not.
    pub fn available(&self, app: &App) -> Result<(), Safe> {
        if !self.modes.contains(&app.mode) {
            return Err(say("need-mode", &[]));
        }
        self.lacks(app).map_or(Ok(()), Err)
    }

    /// What is not there that it needs.
    pub fn lacks(&self, app: &App) -> Option<Safe> {
        let need = match self.need {
            // Without a picture nothing is known of its energies.
            Need::Dual if !Need::Picture.is_met(app) => Need::Picture,
            need => need,
        };
        (!need.is_met(app)).then(|| say(need.message(), &[]))
    }
}

impl Need {
    /// Whether it is there.
    fn is_met(self, app: &App) -> bool {
        match self {
            Self::Nothing => true,
            Self::Scan => !app.queue.rows.is_empty(),
            Self::Picture => app.desk.radiograph().is_some(),
            Self::Dual => app.desk.radiograph().is_some_and(|r| r.dual().is_some()),
            Self::Form => app.desk.form.is_some(),
            Self::Offer => app.record.offer.is_some(),
            Self::Fresh => app.can_take_back(),
            Self::Undo => app.desk.history.can_undo(),
            Self::Redo => app.desk.history.can_redo(),
            Self::Mark => app.desk.pending.is_some() || !app.desk.marks.is_empty(),
            Self::Filter => app.filters() > 0,
            Self::Comparison => app.comparison().is_some(),
            Self::Case => app.logged_case().is_some(),
        }
    }

    /// Message id of why a command that needs it cannot run.
    fn message(self) -> &'static str {
        match self {
            Self::Nothing => "need-nothing",
            Self::Scan => "need-scan",
            Self::Picture => "need-picture",
            Self::Dual => "need-dual",
            Self::Form => "need-form",
            Self::Offer => "need-offer",
            Self::Fresh => "need-fresh",
            Self::Undo => "need-undo",
            Self::Redo => "need-redo",
            Self::Mark => "need-mark",
            Self::Filter => "need-filter",
            Self::Comparison => "need-comparison",
            Self::Case => "need-case",
        }
    }
}

/// The number of a value; the key file has checked that it is one.
fn amount(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        _ => 1.0,
    }
}

/// The text of a value, if one was given.
fn words(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Nothing is to be done outside the state.
fn nothing() -> Vec<Effect> {
    Vec::new()
}

/// A number from `min` to `max`, `default` when it is missing.
const fn number(min: f64, max: f64, default: f64, unit: &'static str) -> Argument {
    Argument::Number {
        min,
        max,
        default,
        unit,
    }
}

/// Every command, by group.
pub fn all() -> impl Iterator<Item = &'static Command> {
    [
        app::COMMANDS,
        sitting::COMMANDS,
        queue::COMMANDS,
        view::COMMANDS,
        aids::COMMANDS,
        window::COMMANDS,
        preset::COMMANDS,
        filter::COMMANDS,
        stack::COMMANDS,
        peel::COMMANDS,
        compare::COMMANDS,
        measure::COMMANDS,
        decide::COMMANDS,
        log::COMMANDS,
        outcome::COMMANDS,
    ]
    .into_iter()
    .flatten()
}

/// The command of that name.
pub fn find(name: &str) -> Option<&'static Command> {
    all().find(|command| command.name == name)
}

impl Group {
    /// Every group, in the order of the help screen.
    pub const ALL: [Self; 9] = [
        Self::App,
        Self::Queue,
        Self::View,
        Self::Window,
        Self::Filter,
        Self::Compare,
        Self::Measure,
        Self::Decide,
        Self::Log,
    ];

    /// The word; its label is the message `group-NAME`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Queue => "queue",
            Self::View => "view",
            Self::Window => "window",
            Self::Filter => "filter",
            Self::Compare => "compare",
            Self::Measure => "measure",
            Self::Decide => "decide",
            Self::Log => "log",
        }
    }
}
