//! The picture before the text beside it: on a slow line the inspector waits for the first look at a
//! new picture, and for a pan to be placed, so that its kilobytes do not stand in the picture's way.

use std::time::Duration;

use super::Console;
use crate::app::DeskState;
use crate::delivery::Level;
use crate::graphics::Effort;

/// The longest time from a key for which text waits for a picture that must be sent.
const PATIENCE: Duration = Duration::from_millis(400);
/// How long a view rests before its text is told: a held key changes it more often.
const REST: Duration = Duration::from_millis(150);
/// The longest time for which text waits for a view that does not rest.
const UNREST: Duration = Duration::from_secs(1);

impl Console {
    /// Until when the text beside the picture waits; `None` when it need not.
    pub(super) fn margin_waits(&self, now: Duration) -> Option<Duration> {
        if self.delivery.effort() == Effort::Fast || !self.app.terminal.protocol.is_pixels() {
            return None;
        }
        let key = self.key_at?.saturating_duration_since(self.started);
        let picture = self.awaits_picture().then_some(key + PATIENCE);
        let rest = self.view_at.map(|at| (at + REST).min(self.unrest + UNREST));
        picture.max(rest).filter(|until| *until > now)
    }

    /// Whether nothing of the picture that should be seen is on its way yet.
    fn awaits_picture(&self) -> bool {
        match &self.app.desk.state {
            DeskState::Empty | DeskState::Failed(_) => false,
            DeskState::Opening => true,
            DeskState::Open(_) => self.delivery.level_written() == Level::Old,
        }
    }
}
