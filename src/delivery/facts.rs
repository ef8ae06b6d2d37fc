//! What may be said of the line and of the picture on the screen.

use std::time::Duration;

use super::{Delivery, FAST, SLOW};
use crate::graphics::{Effort, Evidence, Rung};

/// What stands on the screen, as far as the terminal confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// No picture, or one of another view.
    Old,
    /// The picture of the view.
    At {
        /// The least of its parts.
        rung: Rung,
        /// Whether every pixel is as it was rendered.
        lossless: bool,
    },
}

impl Level {
    /// What can be said of a screen that is one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::At { rung, lossless },
                Self::At {
                    rung: another,
                    lossless: exact,
                },
            ) => Self::At {
                rung: rung.min(another),
                lossless: lossless && exact,
            },
            _ => Self::Old,
        }
    }
}

/// Why a picture stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// The highest quality that was asked for is reached.
    Ceiling,
    /// Metered: the rest comes when it is asked for.
    Metered,
    /// The terminal keeps no picture that it is sent.
    Refused,
}

/// The line and the picture, for the status line and the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// What stands on the screen.
    pub level: Level,
    /// Whether the terminal confirms what it shows; else `level` is what was sent, and never lossless.
    pub confirmed: bool,
    /// No answer came for long.
    pub stalled: bool,
    /// The shortest round trip.
    pub rtt: Option<Duration>,
    /// Bytes a second, to two digits: what is shown should not change with every answer.
    pub rate: Option<f64>,
    /// Kilobytes of this picture so far.
    pub picture: usize,
    /// Kilobytes of this sitting so far.
    pub sitting: usize,
    /// Until the picture is as good as it gets.
    pub left: Option<Duration>,
    /// Why it stays below lossless.
    pub waits: Option<Waits>,
    /// How much work a byte is worth on this line.
    pub effort: Effort,
}

impl Delivery {
    /// What is sure of the screen: it shows what was confirmed, or something that was written since.
    pub(super) fn known_level(&self) -> Level {
        let written = self.levels.iter().map(|(_, level)| *level);
        written.fold(self.seen_level, Level::or)
    }

    /// Whether pictures are confirmed: the terminal takes the protocol, and answers.
    pub(super) fn is_confirmed(&self) -> bool {
        let pixels = self.means.protocol.is_pixels();
        !pixels || (self.means.evidence == Evidence::Answered && self.link.confirms())
    }

    /// What may be said of the screen: what nobody confirmed is not lossless.
    pub fn said_level(&self) -> Level {
        match self.known_level() {
            Level::At { rung, lossless } => Level::At {
                rung,
                lossless: lossless && self.is_confirmed(),
            },
            Level::Old => Level::Old,
        }
    }

    /// What the screen shows once everything that was written has arrived.
    pub fn level_written(&self) -> Level {
        self.now_level
    }

    /// The line and the picture as they are.
    pub fn facts(&self, now: Duration) -> Facts {
        Facts {
            level: self.said_level(),
            confirmed: self.is_confirmed(),
            stalled: self.link.is_stalled(now),
            rtt: self
                .link
                .rtt()
                .map(|rtt| Duration::from_millis(rough(rtt.as_secs_f64() * 1e3) as u64)),
            rate: self.link.rate().map(rough),
            picture: self.picture_bytes / 1_000,
            sitting: self.sitting_bytes / 1_000,
            left: self
                .left()
                .map(|left| Duration::from_secs(left.as_secs() + 1)),
            waits: self.waits(),
            effort: self.effort(),
        }
    }

    /// How much work a byte is worth.
    pub fn effort(&self) -> Effort {
        match self.rate() {
            Some(rate) if rate >= FAST => Effort::Fast,
            Some(rate) if rate < SLOW => Effort::Least,
            _ => Effort::Small,
        }
    }
}

/// A number to two digits.
pub(super) fn rough(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    (value / unit).round() * unit
}
