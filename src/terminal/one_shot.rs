//! The terminal of a command that prints a picture or a report and ends.
//!
//! Until it is dropped nothing is echoed, so that a late answer is not typed into the shell: the
//! drop waits for it a little. Keys that come meanwhile are kept for [`OneShot::key`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::choice::{self, Choice};
use super::multiplexer::Multiplexer;
use super::probe::{self, Environment, Findings};
use super::reader::{Input, Parser, Reply, Waiting};
use super::tty::{Got, Tty, WindowSize};
use super::{KEY_ASKING, REST, awaited};
use crate::Result;
use crate::graphics::Protocol;
use crate::keymap::Key;

/// How long a command that prints one picture waits for answers.
const PICTURE: Duration = Duration::from_millis(300);
/// How long a report waits for them.
const REPORT: Duration = Duration::from_secs(5);
/// How long a report waits for the terminal behind tmux, beyond what tmux took.
const BEHIND: Duration = Duration::from_secs(1);

/// One exchange with the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Bytes written, the fence included.
    pub bytes: usize,
    /// From writing them to the answer.
    pub took: Duration,
}

/// The terminal, asked once.
#[derive(Debug)]
pub struct OneShot {
    tty: Tty,
    parser: Parser,
    environment: Environment,
    findings: Findings,
    keys: VecDeque<Key>,
    /// Answers to `CSI 5 n` that came.
    answers: usize,
    quiet: bool,
}

impl OneShot {
    /// Asks the terminal what it can do and waits at most 300 ms. With a protocol given nothing is
    /// asked.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] where there is no terminal.
    pub fn ask(forced: Option<Protocol>) -> Result<(Self, Choice, WindowSize)> {
        let mut this = Self::open()?;
        if forced.is_none() && this.tty.is_foreground() {
            this.probe(PICTURE)?;
        }
        // Who did not answer by now counts as one who will not.
        let findings = Findings {
            complete: true,
            ..this.findings.clone()
        };
        let size = this.size();
        let choice = choice::choose(&findings, &this.environment, forced, size);
        Ok((this, choice, size))
    }

    /// Asks the terminal and the one behind tmux all that there is to ask, and waits at most six
    /// seconds. In the background nothing is asked.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] where there is no terminal.
    pub fn examine() -> Result<Self> {
        let mut this = Self::open()?;
        if !this.tty.is_foreground() {
            return Ok(this);
        }
        this.probe(REPORT)?;
        if this.findings.multiplexer(&this.environment) == Some(Multiplexer::Tmux) {
            this.tty.write(&probe::question_behind())?;
            this.listen(BEHIND, |this| this.findings.kitty.is_some());
        }
        Ok(this)
    }

    fn open() -> Result<Self> {
        Ok(Self {
            tty: Tty::open()?,
            parser: Parser::default(),
            environment: Environment::of_process(),
            findings: Findings::default(),
            keys: VecDeque::new(),
            answers: 0,
            quiet: false,
        })
    }

    fn probe(&mut self, patience: Duration) -> Result<()> {
        self.tty.quiet()?;
        self.quiet = true;
        self.tty.write(&probe::question(&self.environment))?;
        self.listen(patience, |this| this.findings.complete);
        Ok(())
    }

    /// What the terminal answered.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// What the environment says.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The window's size now.
    pub fn size(&self) -> WindowSize {
        self.tty.size()
    }

    /// Writes bytes that leave no trace, then a fence, and waits for its answer; `None` when it does
    /// not come in time, or the terminal answered nothing before.
    pub fn exchange(&mut self, bytes: &[u8], patience: Duration) -> Result<Option<Exchange>> {
        if !self.findings.complete {
            return Ok(None);
        }
        let (begun, awaited) = (Instant::now(), self.answers + 1);
        let bytes = [bytes, awaited::STATUS].concat();
        self.tty.write(&bytes)?;
        self.listen(patience, |this| this.answers >= awaited);
        let exchange = Exchange {
            bytes: bytes.len(),
            took: begun.elapsed(),
        };
        Ok((self.answers >= awaited).then_some(exchange))
    }

    /// The next key; `None` when the terminal is gone or was never asked.
    pub fn key(&mut self) -> Option<Key> {
        while self.keys.is_empty() && self.quiet && self.hear(None) {}
        self.keys.pop_front()
    }

    /// Learns until `done` or the time is over.
    fn listen(&mut self, patience: Duration, done: impl Fn(&Self) -> bool) {
        let until = Instant::now() + patience;
        while !done(self) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.hear(Some(left)) {
                break;
            }
        }
    }

    /// Takes what comes within `patience`; whether the terminal is still there.
    fn hear(&mut self, patience: Option<Duration>) -> bool {
        let flush = match self.parser.waiting() {
            Waiting::Nothing => None,
            Waiting::Key => Some(KEY_ASKING),
            Waiting::Rest => Some(REST),
        };
        let wait = flush.into_iter().chain(patience).min();
        let mut bytes = [0; 1024];
        let inputs = match self.tty.read(&mut bytes, wait) {
            Got::Bytes(0) => return true,
            Got::Bytes(count) => self.parser.feed(&bytes[..count]),
            Got::Nothing if flush.is_some() && wait == flush => self.parser.flush_timeout(),
            Got::Nothing => return true,
            Got::Woken | Got::Gone => return false,
        };
        for input in inputs {
            match input {
                Input::Reply(reply) => {
                    self.answers += usize::from(matches!(reply, Reply::Status(_)));
                    self.findings.learn(&reply);
                }
                Input::Key { key, .. } => self.keys.push_back(key),
                _ => {}
            }
        }
        true
    }
}

impl Drop for OneShot {
    fn drop(&mut self) {
        if self.quiet {
            let silent = self.findings == Findings::default();
            let patience = if silent { PICTURE } else { REST };
            self.listen(patience, |this| this.findings.complete);
            // Nobody is left to tell.
            let _ = self.tty.restore();
        }
    }
}
