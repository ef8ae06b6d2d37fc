//! The picture before the text beside it: on a slow line the inspector waits for the first look at a
//! new picture, so that its kilobytes do not stand in the picture's way.

use std::time::Duration;

use super::Console;
use crate::app::DeskState;
use crate::delivery::Level;
use crate::graphics::Effort;

/// The longest time from a key for which text waits.
const PATIENCE: Duration = Duration::from_millis(400);

impl Console {
    /// Until when the text beside the picture waits; `None` when it need not.
    pub(super) fn margin_waits(&self, now: Duration) -> Option<Duration> {
        let until = self.key_at?.saturating_duration_since(self.started) + PATIENCE;
        let slow = self.delivery.effort() != Effort::Fast;
        (slow && until > now && self.awaits_picture()).then_some(until)
    }

    /// Whether nothing of the picture that should be seen is on its way yet.
    fn awaits_picture(&self) -> bool {
        let pixels = self.app.terminal.protocol.is_pixels();
        let awaited = match &self.app.desk.state {
            DeskState::Empty | DeskState::Failed(_) => false,
            DeskState::Opening => true,
            DeskState::Open(_) => self.delivery.level_written() == Level::Old,
        };
        pixels && awaited
    }
}
