//! What was looked at, how and for how long: gathered without any effort of the analyst, for the
//! decision record.

use std::time::Duration;

use crate::graphics::Rung;
use crate::view::View;

/// Shorter than this nobody looked at a rung.
const GLIMPSE: Duration = Duration::from_millis(500);
/// Without a key for this long the analyst counts as away.
const AWAY: Duration = Duration::from_secs(30);

/// The looks at one scan, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    opened: Duration,
    first_pixel: Option<Duration>,
    looks: Vec<Look>,
    since: Duration,
    /// Whether the last look is still on the screen.
    stands: bool,
    /// The decision was begun on a view that never stood on the screen.
    missed: bool,
    last_key: Duration,
    idle: Duration,
}

/// One view that stood on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What was shown.
    pub view: View,
    /// How well.
    pub quality: Quality,
    /// How long it stood there.
    pub dwell: Duration,
}

/// How well a view was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// Through which protocol.
    pub protocol: &'static str,
    /// The rung of the ladder that the terminal confirmed.
    pub rung: Rung,
    /// Whether the terminal showed exactly the rendered pixels.
    pub lossless: bool,
}

impl Seen {
    /// Starts with a scan that was opened at `now`.
    pub fn start(now: Duration) -> Self {
        Self {
            opened: now,
            since: now,
            last_key: now,
            ..Self::default()
        }
    }

    /// A picture is on the screen from `now` on. A rung that was soon followed by a better one of the
    /// same view is no look of its own.
    pub fn show(&mut self, view: &View, quality: Quality, now: Duration) {
        self.first_pixel.get_or_insert(now);
        self.settle(now);
        (self.stands, self.missed) = (true, false);
        match self.looks.last_mut().filter(|look| look.view == *view) {
            Some(look) if look.quality == quality => {}
            Some(look) if look.dwell < GLIMPSE => look.quality = quality,
            _ => self.looks.push(Look {
                view: view.clone(),
                quality,
                dwell: Duration::ZERO,
            }),
        }
    }

    /// What stood on the screen does not any more, or no longer for sure.
    pub fn hide(&mut self, now: Duration) {
        self.settle(now);
        self.stands = false;
    }

    /// A decision is begun: on what stands there, or on a view that was not on the screen.
    pub fn judge(&mut self) {
        self.missed = !self.stands;
    }

    /// Whether the decision was begun on a view that was not on the screen, and still is not.
    pub fn missed(&self) -> bool {
        self.missed
    }

    /// A key came at `now`.
    pub fn key(&mut self, now: Duration) {
        self.settle(now);
        let gap = now.saturating_sub(self.last_key);
        if gap > AWAY {
            self.idle += gap;
        }
        self.last_key = now;
    }

    /// Counts the time up to `now` towards the look in force.
    pub fn settle(&mut self, now: Duration) {
        if let Some(look) = self.looks.last_mut().filter(|_| self.stands) {
            look.dwell += now.saturating_sub(self.since);
        }
        self.since = now;
    }

    /// The looks so far.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// From opening to the first picture.
    pub fn first_pixel(&self) -> Option<Duration> {
        self.first_pixel.map(|at| at.saturating_sub(self.opened))
    }

    /// From opening to `now`.
    pub fn total(&self, now: Duration) -> Duration {
        now.saturating_sub(self.opened)
    }

    /// Time without keys beyond half a minute each.
    pub fn idle(&self) -> Duration {
        self.idle
    }

    /// Whether the last look was lossless, and it was what was decided on.
    pub fn final_lossless(&self) -> bool {
        let last = self.looks.last();
        !self.missed && last.is_some_and(|look| look.quality.lossless)
    }

    /// Whether every look was in cells.
    pub fn cells_only(&self) -> bool {
        self.looks.iter().all(|look| look.quality.rung == Rung::Q0)
    }
}
