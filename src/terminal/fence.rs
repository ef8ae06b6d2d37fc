//! Fences: how the terminal confirms that it worked through what was written.

use std::time::Instant;

use super::awaited::Asked;
use super::{Multiplexer, Passage, Terminal, multiplexer, probe};
use crate::Result;

/// How the terminal can confirm that it worked through what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// By answering `CSI 5 n` itself.
    Status,
    /// By answering a kitty query by number, through tmux. It must not stand between the parts of one
    /// picture; see [`Terminal::may_fence`].
    Query,
    /// Not at all: a multiplexer would answer in its place, or it never answered.
    None,
}

impl Terminal {
    /// How the terminal can confirm now what is written.
    pub fn fence(&self) -> Fence {
        let multiplexer = self.findings.multiplexer(&self.environment);
        match (multiplexer, self.choice.passage) {
            (None, _) if self.findings.complete => Fence::Status,
            // Its answer comes as typing to whatever pane has the focus.
            (Some(Multiplexer::Tmux), Passage::Tmux)
                if self.findings.kitty == Some(true) && self.session.is_focused() =>
            {
                Fence::Query
            }
            _ => Fence::None,
        }
    }

    /// Whether a fence may follow these bytes: a query must not stand between the parts of one picture,
    /// which would be lost by it.
    pub fn may_fence(&self, bytes: &[u8]) -> bool {
        match self.fence() {
            Fence::Status => true,
            Fence::Query => !multiplexer::breaks_off(bytes),
            Fence::None => false,
        }
    }

    /// The bytes of a fence, to be written right after what they confirm and in the order in which
    /// they were asked for; [`Terminal::learn`] gives the token back once they are answered. Empty,
    /// and nothing comes back, where [`Terminal::fence`] says [`Fence::None`].
    pub fn fence_bytes(&mut self, token: u64) -> Vec<u8> {
        let (asked, now) = (Asked::Token(token), Instant::now());
        let marks = self.findings.attributes.is_some();
        match self.fence() {
            Fence::Status => self.session.awaited().fence(asked, marks, now),
            Fence::Query => {
                let id = self.session.awaited().query(asked, now);
                Passage::Tmux.wrap(&probe::kitty_query(id))
            }
            Fence::None => Vec::new(),
        }
    }

    /// Writes bytes as they are, and gives their number. Does nothing while the terminal is not taken.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn send(&mut self, bytes: &[u8]) -> Result<usize> {
        if !self.session.is_entered() {
            return Ok(0);
        }
        self.session.write(bytes)?;
        Ok(bytes.len())
    }

    /// Writes bytes of a picture with a fence, and gives their number; see
    /// [`Terminal::fence_bytes`]. Does nothing while the terminal is not taken.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn send_fenced(&mut self, bytes: &[u8], token: u64) -> Result<usize> {
        if !self.session.is_entered() {
            // A fence that is never written is never answered.
            return Ok(0);
        }
        let mut bytes = self.choice.passage.wrap(bytes);
        bytes.extend(self.fence_bytes(token));
        self.send(&bytes)
    }
}
