//! The console's state as plain data, and what events do to it.
//!
//! [`App::handle`] changes the state and returns effects; `run` is the one place that performs
//! them. Nothing here knows a terminal, a clock or a disk: events carry their time.

mod aids;
mod answering;
mod checklist;
mod compare;
mod desk;
mod event;
mod form;
mod history;
mod keys;
pub mod layout;
mod line;
mod log_pane;
mod look;
mod mark;
mod marking;
mod mode;
mod mouse;
mod notice;
mod outcome;
mod preset;
mod prompt;
mod queue;
mod record;
mod replay;
mod seen;
mod sent;
mod shown;
mod sitting;
mod stack;
mod thumbnails;
mod verdict;
mod wanted;

use std::path::PathBuf;
use std::time::Duration;

pub use aids::{Aids, Ruling};
pub use answering::{Answers, FormKind, readings_told, second_asked};
pub use checklist::{Checklist, ChecklistRule, Step as ChecklistStep, Tick, UnitKind};
pub use compare::Beside;
pub use desk::{Desk, DeskState, OpenScan};
pub use event::{Draft, Effect, Event, Found, MeasureJob, RegisterJob, RenderJob};
pub use form::{Form, Recording, Section};
pub use history::{History, Now, Run, Step};
pub use layout::{Fold, Layout, Pane, Panes};
pub use line::Choice;
pub use log_pane::{CaseFilter, LogPane, LogRead, LoggedCase};
pub use mark::{Mark, Measured, Pending};
pub(crate) use marking::Reshape;
pub use mode::Mode;
pub use notice::{Level, Notice};
pub use outcome::OutcomeForm;
pub use preset::Saving;
pub use prompt::{Prompt, Purpose};
pub use queue::{Listing, Question, Queue, Row, State};
pub use record::{Warning, view_seen};
pub use replay::Replay;
pub use seen::{Look, Quality, Seen};
pub use shown::{Lens, LensPlace, Overlay, Shown};
pub use sitting::Sitting;
pub use stack::StackCursor;
pub use thumbnails::{Small, Thumbnails};
pub use verdict::{Reading, Verdict};

use crate::config::Config;
use crate::decisions::{SecondRule, Template, templates};
use crate::delivery::Facts;
use crate::graphics::{CellSize, Depth, Evidence, Protocol};
use crate::keymap::{Key, Keymap};
use crate::radiograph::Shape;
use crate::text::Safe;
use crate::view::{Presets, View, ViewRequest};
use answering::Fresh;
use mouse::Drag;
use sent::Sent;
use wanted::Wanted;

/// The console.
#[derive(Debug)]
pub struct App {
    /// The keys in effect.
    pub keymap: Keymap,
    /// What the terminal is and can do.
    pub terminal: TerminalFacts,
    /// Which side panes the analyst wants.
    pub panes: Panes,
    /// What the keyboard means.
    pub mode: Mode,
    /// The mode to go back to from the form, the prompt and the help screen.
    pub back: Vec<Mode>,
    /// The keys of an unfinished chord.
    pub pending: Vec<Key>,
    /// The scans.
    pub queue: Queue,
    /// Small pictures of its scans.
    pub thumbnails: Thumbnails,
    /// The scan at hand.
    pub desk: Desk,
    /// The line being typed.
    pub prompt: Option<Prompt>,
    /// The preset that is being saved.
    pub saving: Option<Saving>,
    /// Forms that are filled in at once.
    pub templates: Vec<Template>,
    /// The presets in effect.
    pub presets: Presets,
    /// What is selected in the stack of filters.
    pub stack: StackCursor,
    /// The log pane.
    pub log: LogPane,
    /// The sitting of the analyst at the desk.
    pub sitting: Sitting,
    /// Outcomes that were entered and are not on disk.
    pub outcomes: Vec<OutcomeForm>,
    /// A case that is replayed.
    pub replay: Option<Replay>,
    /// First line of the help screen that is shown.
    pub help_scroll: usize,
    /// The line to the analyst.
    pub notice: Option<Notice>,
    /// How decisions are kept.
    pub record: Recorder,
    /// Unfinished forms of earlier sittings.
    pub drafts: Vec<Draft>,
    /// How the first scan is looked at, from the command line.
    pub request: ViewRequest,
    /// Time of the event being handled, since the start.
    pub now: Duration,
    /// Whether the key being handled repeats because it is held.
    pub held: bool,
    last_key: Option<(Key, Duration)>,
    presses: u32,
    wanted: Wanted,
    sent: Vec<Sent>,
    moved: bool,
    drag: Option<Drag>,
    /// The line, and what of the picture is on the screen, once something was sent.
    pub line: Option<Facts>,
    /// Whether pictures stop before they are lossless.
    pub metered: bool,
    /// What stays from scan to scan.
    pub habit: Habit,
    /// Whether there is a checklist.
    pub checklist: Checklist,
    /// Which decisions ask for a second reading.
    pub second_rule: SecondRule,
    /// A decision that can be taken back by one key.
    fresh: Option<Fresh>,
    /// What was typed and cannot be kept, once the console ends.
    unkept: Option<Safe>,
}

/// What the terminal is and can do.
#[derive(Debug, Clone, PartialEq)]
pub struct TerminalFacts {
    /// Columns of the screen.
    pub columns: u16,
    /// Rows of the screen.
    pub rows: u16,
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Colours of a cell.
    pub depth: Depth,
    /// Colour registers of sixel.
    pub registers: u16,
    /// How pictures are sent.
    pub protocol: Protocol,
    /// Whether kitty's pictures stand for characters among the cells, as through tmux.
    pub placeholders: bool,
    /// Columns and rows in pixels of the largest picture that the terminal draws whole, where known.
    pub largest: Option<[u32; 2]>,
    /// On what ground the terminal is believed to take the protocol.
    pub evidence: Evidence,
    /// Why that protocol.
    pub reason: Safe,
    /// Whether the terminal's answers are still awaited.
    pub probing: bool,
    /// Whether the terminal tells a key that repeats from one that is pressed.
    pub tells_repeats: bool,
}

impl TerminalFacts {
    /// Whether pictures lie over each other, so that crosshair and marks need not be drawn into them.
    pub fn has_layers(&self) -> bool {
        self.protocol == Protocol::Kitty && !self.placeholders
    }
}

/// How the analyst looks, carried from scan to scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Habit {
    /// The view of the scan before.
    pub view: Option<View>,
    /// Whether the window follows each scan (`auto`).
    pub window_auto: bool,
    /// Whether a window set by hand stays for the next scan.
    pub window_stays: bool,
    /// Whether letters stand in pictures of cells; `None`: where the terminal has few colours.
    pub letters: Option<bool>,
    /// The shape that is marked next.
    pub shape: Shape,
    /// Scale bar, grid, map and loupe.
    pub aids: Aids,
}

impl Default for Habit {
    fn default() -> Self {
        Self {
            view: None,
            window_auto: true,
            window_stays: true,
            letters: None,
            shape: Shape::default(),
            aids: Aids::default(),
        }
    }
}

/// How decisions are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorder {
    /// Nothing is recorded, by request.
    pub read_only: bool,
    /// Who decides.
    pub analyst: Safe,
    /// Why the log cannot be written just now.
    pub trouble: Option<Safe>,
    /// A second folder that can take the log.
    pub offer: Option<PathBuf>,
    /// Number of the newest recording asked for.
    pub token: u64,
}

impl App {
    /// A console that has not read anything yet.
    pub fn new(keymap: Keymap, terminal: TerminalFacts, record: Recorder) -> Self {
        Self {
            keymap,
            terminal,
            panes: Panes::default(),
            mode: Mode::Browse,
            back: Vec::new(),
            pending: Vec::new(),
            queue: Queue {
                reading: true,
                ..Queue::default()
            },
            thumbnails: Thumbnails::default(),
            desk: Desk::default(),
            prompt: None,
            saving: None,
            templates: templates().to_vec(),
            presets: Presets::default(),
            stack: StackCursor::default(),
            log: LogPane::default(),
            sitting: Sitting::default(),
            outcomes: Vec::new(),
            replay: None,
            help_scroll: 0,
            notice: None,
            record,
            drafts: Vec::new(),
            request: ViewRequest::default(),
            now: Duration::ZERO,
            held: false,
            last_key: None,
            presses: 0,
            wanted: Wanted::default(),
            sent: Vec::new(),
            moved: false,
            drag: None,
            line: None,
            metered: false,
            habit: Habit::default(),
            checklist: Checklist::default(),
            second_rule: SecondRule::default(),
            fresh: None,
            unkept: None,
        }
    }

    /// Takes what the configuration and the command line say.
    pub fn configure(&mut self, config: &Config, request: ViewRequest) {
        let fold = |open: bool| if open { Fold::Auto } else { Fold::Folded };
        self.panes = Panes {
            queue: fold(config.console.queue),
            inspector: fold(config.console.inspector),
        };
        self.habit.window_stays = config.window.sticky;
        self.second_rule = config.second_reading;
        self.checklist = Checklist {
            rule: ChecklistRule::parse(&config.checklist.rule),
            unit: UnitKind::parse(&config.checklist.unit),
        };
        self.take_presets(request.presets.clone());
        self.request = request;
    }

    /// What is still to be done when the console ends at `now`.
    pub fn close(&mut self, now: Duration) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        self.unkept = self
            .form_without_scan()
            .or_else(|| self.outcome_not_recorded());
        self.leave_desk(&mut effects);
        effects
    }

    /// The panes of the screen as it is now.
    pub fn layout(&self) -> Layout {
        // The log pane lies over the panes as the help screen does.
        let below = self.modes_down();
        let over =
            |mode: &Mode| matches!(mode, Mode::Prompt | Mode::Help | Mode::Log | Mode::Outcome);
        let mut below = below.filter(|mode| !over(mode));
        let mode = below.next().unwrap_or(Mode::Browse);
        layout::layout(self.terminal.columns, self.terminal.rows, mode, self.panes)
    }

    /// The mode that a prompt or the help screen lies over; else the mode.
    pub fn mode_below(&self) -> Mode {
        let mut modes = self.modes_down();
        let below = modes.find(|mode| !matches!(mode, Mode::Prompt | Mode::Help));
        below.unwrap_or(Mode::Browse)
    }

    /// The mode and those that it was entered from, from the top down.
    fn modes_down(&self) -> impl Iterator<Item = Mode> {
        std::iter::once(&self.mode)
            .chain(self.back.iter().rev())
            .copied()
    }

    /// Whether the log pane lies over the picture.
    pub fn log_is_open(&self) -> bool {
        matches!(self.mode_below(), Mode::Log | Mode::Outcome)
    }

    /// The row of the scan at hand.
    pub(super) fn row_at_hand(&self) -> Option<&Row> {
        self.queue.rows.get(self.desk.row?)
    }

    /// The drafts of the analyst at the desk.
    pub(super) fn own_drafts(&self) -> impl Iterator<Item = &Draft> {
        let own = self.record.analyst.as_str();
        self.drafts.iter().filter(move |draft| draft.analyst == own)
    }

    /// Whether the decision form stands where the inspector does otherwise.
    pub fn form_is_open(&self) -> bool {
        self.desk.form.is_some() && self.mode_below() == Mode::Decide
    }

    /// Enters `mode`, to come back from it by [`App::go_back`].
    pub fn enter(&mut self, mode: Mode) {
        if self.mode != mode {
            self.back.push(self.mode);
            self.mode = mode;
        }
    }

    /// Returns to the mode before.
    pub fn go_back(&mut self) {
        self.mode = self.back.pop().unwrap_or(Mode::Browse);
    }

    /// The handiest key of a command in a mode; empty where it has none.
    pub fn chord(&self, mode: Mode, command: &str) -> Safe {
        let command = crate::command::find(command);
        command
            .and_then(|command| self.keymap.best_chord(mode, command))
            .unwrap_or_default()
    }

    /// Says something to the analyst.
    pub fn tell(&mut self, level: Level, text: Safe) {
        self.notice = Some(Notice::new(level, text));
    }
}
