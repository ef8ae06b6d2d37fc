//! Events to state: keys through the keymap, the answers of the workers, the terminal's facts.

use std::sync::Arc;
use std::time::Duration;

use tui_input::InputRequest;

use super::event::{Effect, Event, Found};
use super::{App, DeskState, FormKind, Level, Mode, Notice, Quality, Recording, Row, Seen};
use crate::command::{Command, Group, Need};
use crate::decisions::{Conclusion, ScanBlock};
use crate::delivery::{self, Facts};
use crate::keymap::{Code, Key, Step, Value};
use crate::messages::{arg, say};

/// Longer than any keyboard waits before a held key repeats.
const DELAY: Duration = Duration::from_millis(800);
/// Longer than the time between two repeats of a held key.
const RATE: Duration = Duration::from_millis(200);

impl App {
    /// Takes an event at `now` (time since the start) and gives what is to be done.
    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        self.now = now;
        let key = matches!(event, Event::Key { .. });
        if key || matches!(event, Event::Mouse(_)) {
            self.keep_sitting();
        }
        let mut effects = self.take(event);
        self.count_sent(&effects);
        if key {
            self.suggest_break();
        }
        effects.extend(self.ask());
        if self
            .notice
            .as_ref()
            .is_some_and(|n| n.level == Level::NotRecorded)
        {
            // It names the scan once another one is at hand.
            self.quieten();
        }
        effects
    }

    /// Takes an event.
    fn take(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key { key, repeat } => return self.take_key(key, repeat),
            Event::Paste(text) => self.take_paste(&text),
            Event::Mouse(mouse) => return self.take_mouse(mouse),
            Event::Terminal(facts) => self.terminal = facts,
            Event::Found(found) => return self.take_found(*found),
            Event::FolderRead { others, error } => self.take_folder_read(others, error.as_ref()),
            Event::Opened { path, result } => self.take_opened(&path, result),
            Event::Identified { path, block } => self.take_identified(&path, block),
            Event::Glimpsed { path, opened } => self.take_glimpse(&path, opened),
            Event::Thumbnail { scan, result } => self.take_thumbnail(&scan, result),
            Event::Rendered { number, result } => self.take_rendered(number, result),
            Event::Measured { number, measured } => {
                if number == self.desk.asked_measure {
                    self.desk.measured = Some(measured);
                }
            }
            Event::Registered {
                scan_id,
                comparison,
                result,
            } => self.take_registered(&scan_id, &comparison, result),
            Event::Tick => self.take_tick(),
            Event::Line(facts) => self.take_line(facts),
            Event::FilesChecked { scan_id, changed } => {
                if self.desk.scan_id() == Some(scan_id.as_str()) {
                    self.desk.changed = changed;
                }
            }
            Event::Recorded { token, verdict } => {
                self.count_recorded(token, &verdict.decision);
                return self.take_recorded(token, &verdict);
            }
            Event::Recalled { id, result } => return self.take_recalled(&id, result),
            Event::OutcomeRecorded { token } => return self.take_outcome_recorded(token),
            Event::NotRecorded { token, why } => {
                if !self.take_outcome_failed(token, &why) {
                    self.take_not_recorded(token, &why);
                }
            }
            Event::LogNotice(text) => {
                self.record.trouble = Some(text.clone());
                self.tell(Level::Warning, text);
            }
            Event::LogOffered(folder) => self.record.offer = Some(folder),
            Event::PresetKept { presets, told } => self.take_saved(presets, told),
            Event::LogRead { analyst, result } => {
                self.take_log_read(&analyst, result.map(|read| *read));
            }
            Event::CaseViews { id, views } => self.take_case_views(&id, views),
            Event::CaseExported(told) => match told {
                Ok(text) => self.tell(Level::Info, text),
                Err(why) => self.tell(Level::Error, why),
            },
            Event::Ended => return vec![Effect::Quit],
        }
        Vec::new()
    }

    /// A key: first the line being typed, then the keymap.
    fn take_key(&mut self, key: Key, repeat: bool) -> Vec<Effect> {
        let now = self.now;
        self.held = repeat || self.looks_held(key);
        self.presses = match self.last_key {
            Some((last, _)) if last == key => self.presses + 1,
            _ => 1,
        };
        self.last_key = Some((key, now));
        self.desk.seen.key(now);
        self.quieten();
        self.pending.push(key);
        match self.keymap.press(self.mode, &self.pending) {
            Step::Run(bound) => {
                self.pending.clear();
                bound
                    .into_iter()
                    .flat_map(|b| self.run_command(b.command, &b.value))
                    .collect()
            }
            Step::Pending(_) => Vec::new(),
            Step::None => {
                self.take_unbound(key);
                Vec::new()
            }
        }
    }

    /// Whether a key that came again so soon may be held, on a terminal that does not tell: a held key
    /// waits once and then comes fast, so a third press as slow as the second was pressed.
    fn looks_held(&self, key: Key) -> bool {
        let Some((last, at)) = self.last_key else {
            return false;
        };
        let gap = self.now.saturating_sub(at);
        let first_wait = self.presses == 1 && gap < DELAY;
        last == key && !self.terminal.tells_repeats && (gap < RATE || first_wait)
    }

    /// The last key does not count for the next one.
    pub(super) fn forget_key(&mut self) {
        self.last_key = None;
    }

    /// A key that no chord begins with: text while typing, else nothing but a word.
    fn take_unbound(&mut self, key: Key) {
        let pending = std::mem::take(&mut self.pending);
        if let Some(prompt) = &mut self.prompt {
            if let Some(request) = editing(key) {
                prompt.input.handle(request);
                prompt.selected = 0;
            }
            return;
        }
        // Esc in the middle of a chord gives the chord up.
        if pending.len() > 1 && key.code == Code::Esc {
            return;
        }
        let chord = crate::keymap::Chord(pending).safe();
        self.tell(Level::Info, say("notice-unbound", &[arg("keys", &chord)]));
    }

    /// Removes a notice that was read; a decision that is not on disk stays said.
    pub(super) fn quieten(&mut self) {
        let not_recorded = self.not_recorded();
        self.notice = not_recorded.map(|text| Notice::new(Level::NotRecorded, text));
    }

    /// Runs a command, or says why it cannot run now.
    pub(crate) fn run_command(&mut self, command: &'static Command, value: &Value) -> Vec<Effect> {
        if let Err(why) = command.available(self) {
            self.tell(Level::Info, why);
            return Vec::new();
        }
        let form = command.need == Need::Form || command.group == Group::Measure;
        if form && self.is_writing() {
            self.tell(Level::Info, say("form-writing", &[]));
            return Vec::new();
        }
        if matches!(command.group, Group::View | Group::Window | Group::Filter) {
            return self.remembering(|app| (command.run)(app, value));
        }
        (command.run)(self, value)
    }

    /// Makes a change that undo goes back over, if it changes the view.
    pub(super) fn remembering<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.desk.view.clone();
        let done = change(self);
        if let Some(before) = before
            && self.desk.view.as_ref().is_some_and(|view| *view != before)
        {
            self.desk.history.remember(before);
        }
        done
    }

    /// Whether the log has the form at hand: what it has is not changed any more.
    pub(crate) fn is_writing(&self) -> bool {
        let form = self.desk.form.as_ref();
        form.is_some_and(|form| form.recording == Recording::Writing)
    }

    /// Pasted text goes into the line being typed and nowhere else: never into commands.
    fn take_paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.prompt {
            for c in text.chars().filter(|c| *c != '\u{1b}') {
                let c = if c.is_control() { ' ' } else { c };
                prompt.input.handle(InputRequest::InsertChar(c));
            }
        }
    }

    /// A row of the folder.
    fn take_found(&mut self, found: Found) -> Vec<Effect> {
        let mut row = Row::new(found.scan);
        row.decided = found.decided;
        row.rescan_of = found.rescan_of;
        row.drawn = found.drawn;
        row.question = found.question;
        let dropped = self.drop_recorded(&row);
        row.draft = self.own_drafts().any(|draft| draft.path == row.scan.path);
        self.queue.take(row);
        dropped
    }

    /// Drops a form that says what the log says: a crash came between its record and its removal.
    fn drop_recorded(&mut self, row: &Row) -> Vec<Effect> {
        let own = |reading: &super::Reading| reading.analyst == self.record.analyst;
        let verdict = row.decided.as_ref();
        let says = |draft: &super::Draft| {
            let choice = draft.form.choice.map(Conclusion::as_str);
            // The first of the readings is the decision, the others are second ones.
            let mut readings = verdict.map(super::Verdict::readings).into_iter().flatten();
            let said = match draft.form.kind {
                FormKind::Decision => readings.next().filter(own),
                FormKind::Second { .. } => readings.skip(1).find(own),
                // What a correction says may be what was said before.
                FormKind::Amend { .. } | FormKind::Arbitration { .. } => None,
            };
            said.is_some_and(|reading| choice == Some(reading.decision.as_str()))
        };
        let left = self
            .own_drafts()
            .find(|draft| draft.path == row.scan.path && says(draft));
        let key = left.map(super::Draft::key);
        key.map(|key| self.drop_draft(&key)).into_iter().collect()
    }

    /// The folder has been read: resume where the analyst stopped.
    fn take_folder_read(&mut self, others: usize, error: Option<&crate::Error>) {
        self.queue.reading = false;
        self.queue.others = others;
        if error.is_none() {
            self.queue.miss(&say("problem-gone", &[]));
        }
        if let Some(error) = error {
            self.tell_error(error);
        } else if self.queue.rows.is_empty() {
            self.tell(
                Level::Warning,
                say("notice-no-scans", &[arg("others", &others)]),
            );
        }
        // What is being looked at or decided already stays.
        if !self.moved && self.mode_below() == Mode::Browse && self.desk.form.is_none() {
            self.resume();
        }
    }

    /// Selects the unfinished form, else the first scan that is still to be decided.
    fn resume(&mut self) {
        let rows = &self.queue.rows;
        let waiting = rows
            .iter()
            .position(|row| row.draft && row.waits_for(&self.record.analyst));
        let open = rows
            .iter()
            .position(|row| row.waits_for(&self.record.analyst) && row.problem.is_none());
        // A form that waits on a decided scan may be one that a crash left after its record.
        let second = rows.iter().position(|row| row.draft);
        if let Some(row) = waiting.or(open).or(second) {
            self.queue.select(row);
        }
    }

    /// The selection was moved by hand: reading the folder does not move it any more.
    pub(crate) fn select(&mut self, row: usize) {
        self.moved = true;
        self.queue.select(row);
    }

    /// A scan is open, or cannot be; an answer for another scan is dropped.
    fn take_opened(&mut self, path: &std::path::Path, result: crate::Result<super::OpenScan>) {
        let Some(index) = self.queue.rows.iter().position(|row| row.scan.path == path) else {
            return;
        };
        match &result {
            Ok(_) => self.queue.rows[index].problem = None,
            Err(crate::Error::Cancelled) => {}
            // What the folder said of it stands: one fault, one sentence.
            Err(_) if self.queue.rows[index].scan.error.is_some() => {}
            Err(error) => self.queue.rows[index].problem = Some(error.message()),
        }
        if self.take_beside(path, &result) {
            return;
        }
        if self.desk.row != Some(index) || !matches!(self.desk.state, DeskState::Opening) {
            return;
        }
        match result {
            Ok(open) => self.open_desk(open),
            Err(crate::Error::Cancelled) => {}
            Err(error) => {
                self.desk.shown = None;
                self.desk.glimpse = None;
                self.desk.state = DeskState::Failed(error);
            }
        }
    }

    /// A large scan is seen before it is open; nothing can be done with it but look.
    fn take_glimpse(&mut self, path: &std::path::Path, opened: Arc<crate::scan::Opened>) {
        let at_hand = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let opening = matches!(self.desk.state, DeskState::Opening);
        if !opening || at_hand.is_none_or(|row| row.scan.path != path) {
            return;
        }
        let name = self.request.view_name.as_deref();
        let view = crate::view::choose(&opened.views, name);
        if let Ok(view) = view.and_then(|radiograph| crate::view::View::plain(radiograph, None)) {
            self.desk.glimpse = Some((opened, view));
        }
    }

    /// A scan that cannot be opened can be sent back on record.
    fn take_identified(&mut self, path: &std::path::Path, block: Box<ScanBlock>) {
        let at_hand = self.desk.row.and_then(|row| self.queue.rows.get(row));
        let failed = matches!(self.desk.state, DeskState::Failed(_));
        if failed && at_hand.is_some_and(|row| row.scan.path == path) {
            self.desk.undecoded = Some(block);
            self.resume_draft();
        }
    }

    /// Puts an open scan on the desk, looked at as the one before.
    fn open_desk(&mut self, open: super::OpenScan) {
        self.desk.state = DeskState::Open(open);
        self.desk.glimpse = None;
        self.desk.seen = Seen::start(self.now);
        self.start_view();
        self.resume_draft();
    }

    /// A picture is ready; an answer to an older request is dropped.
    fn take_rendered(&mut self, number: u64, result: crate::Result<Arc<super::Shown>>) {
        if number != self.desk.asked {
            return;
        }
        match result {
            Ok(shown) => {
                self.desk.shown = Some(shown);
                self.keep_thumbnail();
            }
            Err(crate::Error::Cancelled) => {}
            Err(error) => self.refuse_view(&error),
        }
    }

    /// What the terminal confirmed counts as seen.
    pub(super) fn take_line(&mut self, facts: Facts) {
        match (facts.level, &self.desk.view) {
            (delivery::Level::At { rung, lossless }, Some(view)) => {
                let quality = Quality {
                    protocol: self.terminal.protocol.as_str(),
                    rung,
                    // What it was drawn from is no picture of every pixel.
                    lossless: lossless && self.desk.reduction() == 1,
                };
                self.desk.seen.show(view, quality, self.now);
            }
            _ => self.desk.seen.hide(self.now),
        }
        self.line = Some(facts);
    }

    /// A view that cannot be drawn is taken back, so that the picture and the status agree.
    fn refuse_view(&mut self, error: &crate::Error) {
        self.tell_error(error);
        if let Some(now) = self.desk.view.clone()
            && let Some(before) = self.desk.history.undo_view(now)
        {
            self.desk.view = Some(before);
        }
    }
}

/// What a key does to the line being typed.
fn editing(key: Key) -> Option<InputRequest> {
    let request = match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => InputRequest::InsertChar(c),
        (Code::Backspace, false, false) => InputRequest::DeletePrevChar,
        (Code::Backspace, _, _) | (Code::Char('w'), true, false) => InputRequest::DeletePrevWord,
        (Code::Delete, false, false) => InputRequest::DeleteNextChar,
        (Code::Left, false, false) => InputRequest::GoToPrevChar,
        (Code::Right, false, false) => InputRequest::GoToNextChar,
        (Code::Left, _, _) => InputRequest::GoToPrevWord,
        (Code::Right, _, _) => InputRequest::GoToNextWord,
        (Code::Home, _, _) | (Code::Char('a'), true, false) => InputRequest::GoToStart,
        (Code::End, _, _) | (Code::Char('e'), true, false) => InputRequest::GoToEnd,
        (Code::Char('u'), true, false) => InputRequest::DeleteLine,
        (Code::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        _ => return None,
    };
    Some(request)
}
