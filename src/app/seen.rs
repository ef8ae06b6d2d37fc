//! What was looked at, how and for how long: gathered without any effort of the analyst, for the
//! decision record.

use std::time::Duration;

use crate::graphics::Protocol;
use crate::view::View;

/// Without a key for this long the analyst counts as away.
const AWAY: Duration = Duration::from_secs(30);

/// The looks at one scan, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    opened: Duration,
    first_pixel: Option<Duration>,
    looks: Vec<Look>,
    since: Duration,
    last_key: Duration,
    idle: Duration,
}

/// One view that stood on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What was shown.
    pub view: View,
    /// Through which protocol.
    pub protocol: &'static str,
    /// Whether the terminal held exactly the rendered pixels.
    pub lossless: bool,
    /// How long it stood there.
    pub dwell: Duration,
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

    /// A picture is on the screen from `now` on.
    pub fn show(&mut self, view: &View, protocol: &'static str, lossless: bool, now: Duration) {
        self.first_pixel.get_or_insert(now);
        self.settle(now);
        let same = self.looks.last().is_some_and(|look| {
            look.view == *view && look.protocol == protocol && look.lossless == lossless
        });
        if !same {
            self.looks.push(Look {
                view: view.clone(),
                protocol,
                lossless,
                dwell: Duration::ZERO,
            });
        }
    }

    /// A key came at `now`.
    pub fn key(&mut self, now: Duration) {
        let gap = now.saturating_sub(self.last_key);
        if gap > AWAY {
            self.idle += gap;
        }
        self.last_key = now;
    }

    /// Counts the time up to `now` towards the look in force.
    pub fn settle(&mut self, now: Duration) {
        if let Some(look) = self.looks.last_mut() {
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

    /// Whether the last look was lossless.
    pub fn final_lossless(&self) -> bool {
        self.looks.last().is_some_and(|look| look.lossless)
    }

    /// Whether every look was in cells.
    pub fn cells_only(&self) -> bool {
        let mut looks = self.looks.iter();
        looks.all(|look| Protocol::draws_cells(look.protocol))
    }
}
