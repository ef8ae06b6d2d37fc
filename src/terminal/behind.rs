//! The terminal behind tmux: when it is asked, and when what it shows is in doubt.

use std::time::{Duration, Instant};

use super::awaited::Asked;
use super::{Multiplexer, Terminal, probe};
use crate::Result;

/// After so long the terminal behind tmux is asked once more.
const AGAIN: Duration = Duration::from_secs(1);
/// How long its answer counts as under way.
const BEHIND: Duration = Duration::from_secs(3);

/// The question to the terminal behind tmux.
#[derive(Debug, Default)]
pub(super) struct Behind {
    /// When it was asked first.
    pub(super) since: Option<Instant>,
    /// Whether it was asked once more.
    again: bool,
}

impl Terminal {
    pub(super) fn is_tmux(&self) -> bool {
        self.findings.multiplexer(&self.environment) == Some(Multiplexer::Tmux)
    }

    /// The question to the terminal behind tmux, whose answer is awaited from now on.
    pub(super) fn question_behind(&mut self) -> Vec<u8> {
        let now = Instant::now();
        self.findings.awaits_behind |= self.behind.since.is_none();
        self.behind.since.get_or_insert(now);
        let mut awaited = self.session.awaited();
        awaited.query_as(probe::QUERY_ID, Asked::Rest, now);
        probe::question_behind()
    }

    /// Asks the terminal behind tmux, where it has not answered and its answer would come to us.
    pub(super) fn ask_behind(&mut self) -> Result<()> {
        if !self.is_tmux() || self.findings.kitty.is_some() || self.session.is_unfocused() {
            return Ok(());
        }
        let question = self.question_behind();
        self.session.write(&question)
    }

    /// Asks once more what tmux may have dropped, and gives up on a terminal that stays silent; to be
    /// called now and then while [`Terminal::is_asking`].
    ///
    /// # Errors
    /// [`crate::Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn glance(&mut self) -> Result<()> {
        let Some(since) = self.behind.since.filter(|_| self.findings.awaits_behind) else {
            return Ok(());
        };
        if since.elapsed() >= BEHIND {
            self.findings.awaits_behind = false;
            self.choose_again()?;
        } else if since.elapsed() >= AGAIN && !self.behind.again {
            self.behind.again = true;
            self.ask_behind()?;
        }
        Ok(())
    }

    /// The window gained or lost the focus. Inside a multiplexer another terminal may have shown
    /// something else meanwhile, so all of it is painted again.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn focused(&mut self, gained: bool) -> Result<()> {
        // The first says only that the console has it, and nothing stood there before.
        let back = gained && self.session.was_away();
        if back && self.findings.multiplexer(&self.environment).is_some() {
            self.screen.invalidate();
        }
        if gained { self.ask_behind() } else { Ok(()) }
    }

    /// Another terminal stands behind tmux: what it shows and can do is asked and painted anew.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn attached(&mut self) -> Result<()> {
        self.screen.invalidate();
        if !self.is_tmux() || !self.session.is_entered() {
            return Ok(());
        }
        self.findings.forget_behind();
        self.behind = Behind::default();
        self.ask_behind()?;
        self.choose_again().map(drop)
    }
}
