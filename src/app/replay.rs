//! Replay in the console: the views of a case set one after the other on its scan, as far as that is
//! still the scan that was decided upon.

use super::event::Effect;
use super::{App, Level, Mode};
use crate::decisions::ViewSeen;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::View;

/// A replay that goes on.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The scan that was decided upon.
    scan_id: String,
    /// The looks, in order.
    pub steps: Vec<ViewSeen>,
    /// The one that is shown, from 0.
    pub step: usize,
    /// The view before it began, once the scan is open.
    before: Option<View>,
    /// Whether the step was set on the open scan.
    placed: bool,
}

impl App {
    /// Asks for the views of the selected case.
    pub(crate) fn replay_case(&mut self) -> Vec<Effect> {
        if self.hides_case() {
            return Vec::new();
        }
        let case = self.logged_case();
        let id = case.map(|case| case.id.clone());
        id.map(Effect::ReadCaseViews).into_iter().collect()
    }

    /// The views of a case were read: the replay begins, unless something else was begun meanwhile.
    pub(super) fn take_case_views(&mut self, id: &str, views: Result<Vec<ViewSeen>, Safe>) {
        let case = self.logged_case().filter(|case| case.id == id).cloned();
        let Some(case) = case.filter(|_| self.mode == Mode::Log) else {
            return;
        };
        let steps = match views {
            Ok(steps) => steps,
            Err(why) => return self.tell(Level::Error, why),
        };
        if steps.is_empty() {
            return self.tell(Level::Info, say("replay-nothing", &[]));
        }
        if self.select_scan_of(&case) {
            self.replay = Some(Replay {
                scan_id: case.scan_id,
                steps,
                step: 0,
                before: None,
                placed: false,
            });
            self.enter(Mode::Replay);
        }
    }

    /// Sets the step's view once its scan is open; another scan than was decided upon is said.
    pub(super) fn place_replay(&mut self) {
        let Some(replay) = self.replay.as_ref().filter(|replay| !replay.placed) else {
            return;
        };
        let Some(scan_id) = self.desk.opened().map(|opened| opened.scan_id.clone()) else {
            if matches!(self.desk.state, super::DeskState::Failed(_)) {
                self.end_replay();
            }
            return;
        };
        if scan_id != replay.scan_id {
            let name = self.queue.row().map(|row| row.scan.name());
            let name = name.unwrap_or_default();
            self.end_replay();
            self.tell(Level::Warning, say("replay-changed", &[arg("name", &name)]));
            return;
        }
        let Some(seen) = replay.steps.get(replay.step) else {
            return;
        };
        let mut view = seen.view.clone();
        let compared = view.comparison.take().is_some();
        // The record knows the profile's hash alone.
        view.profile = match (&view.profile, &self.request.profile) {
            (Some(of), Some(given)) if of == given => Some(given.clone()),
            _ => None,
        };
        let known = self.desk.opened().is_some_and(|opened| {
            let mut all = opened.views.iter();
            all.any(|r| r.view == view.view && view.check(r).is_ok())
        });
        let before = self.desk.view.clone();
        if known {
            self.desk.view = Some(view);
            self.desk.fitted = None;
        }
        if let Some(replay) = &mut self.replay {
            replay.placed = true;
            if replay.before.is_none() {
                replay.before = before;
            }
        }
        if !known {
            self.tell(Level::Warning, say("replay-not-drawn", &[]));
        } else if compared {
            self.tell(Level::Info, say("replay-compared", &[]));
        }
    }

    /// Goes to another step; at the ends it stays.
    pub(crate) fn step_replay(&mut self, by: isize) {
        let Some(replay) = &mut self.replay else {
            return;
        };
        let last = replay.steps.len().saturating_sub(1);
        let step = replay.step.saturating_add_signed(by).min(last);
        if step == replay.step {
            self.tell(Level::Info, say("replay-end", &[]));
            return;
        }
        (replay.step, replay.placed) = (step, false);
    }

    /// Ends the replay: the view is the one before, and the log pane is back.
    pub(crate) fn end_replay(&mut self) {
        let Some(replay) = self.replay.take() else {
            return;
        };
        if let Some(before) = replay.before
            && self.desk.scan_id() == Some(replay.scan_id.as_str())
        {
            self.desk.view = Some(before);
            self.desk.fitted = None;
        }
        if self.mode == Mode::Replay {
            self.go_back();
        }
    }

    /// Where a replay is: "replay 3 of 9, 12 s".
    pub fn replay_place(&self) -> Option<Safe> {
        let replay = self.replay.as_ref()?;
        let seen = replay.steps.get(replay.step)?;
        let seconds = Safe::number(seen.dwell_ms as f64 / 1000.0, 0);
        Some(say(
            "status-replay",
            &[
                arg("step", &(replay.step + 1)),
                arg("all", &replay.steps.len()),
                arg("seconds", &seconds),
                arg("quality", &Safe::from_outside(&seen.quality)),
            ],
        ))
    }
}
