//! The terminal of a command that prints a picture or a report and ends.
//!
//! Until it is dropped nothing is echoed, so that a late answer is not typed into the shell: the
//! drop waits for it. Keys that come meanwhile are kept for [`OneShot::key`]. A signal that ends the
//! program ends it with the terminal as it was found.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use super::choice::{self, Choice};
use super::multiplexer::Multiplexer;
use super::probe::{self, Environment, Findings};
use super::reader::{Input, Parser, Reply, Waiting};
use super::session::{HURRY, SILENT};
use super::signals::{self, Watch};
use super::tty::{Got, Tty, WindowSize};
use super::{KEY_ASKING, REST, awaited};
use crate::Result;
use crate::graphics::Protocol;
use crate::keymap::Key;

/// How long answers are waited for: on a slow line they take seconds, and a terminal that answers ends
/// the wait at once.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a report waits for the terminal behind tmux, beyond what tmux took; then it asks once more,
/// because tmux drops the question while it redraws.
const BEHIND: Duration = Duration::from_secs(1);
/// A program that must end and does not look at its terminal is ended after so long.
const GRACE: Duration = Duration::from_secs(1);

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
    tty: Arc<Tty>,
    /// The signal that ends the program; 0 before it came.
    ends_by: Arc<AtomicI32>,
    watch: Option<Watch>,
    parser: Parser,
    environment: Environment,
    findings: Findings,
    keys: VecDeque<Key>,
    /// How often `CSI 5 n` was asked, and last when.
    asked: (usize, Option<Instant>),
    /// Answers to it that came.
    answers: usize,
}

impl OneShot {
    /// Asks the terminal what it can do and waits at most five seconds, less where it answers. With a
    /// protocol given, or a terminal that can do nothing, nothing is asked.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] where there is no terminal.
    pub fn ask(forced: Option<Protocol>) -> Result<(Self, Choice, WindowSize)> {
        let mut this = Self::open()?;
        let mute = this.environment.term == "dumb";
        if forced.is_none() && !mute && this.tty.is_foreground() {
            this.probe()?;
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

    /// Asks the terminal and the one behind tmux all that there is to ask, and waits at most seven
    /// seconds. In the background nothing is asked.
    ///
    /// # Errors
    /// [`crate::Error::Environment`] where there is no terminal.
    pub fn examine() -> Result<Self> {
        let mut this = Self::open()?;
        if !this.tty.is_foreground() {
            return Ok(this);
        }
        this.probe()?;
        let tmux = this.findings.multiplexer(&this.environment) == Some(Multiplexer::Tmux);
        for _ in 0..2 {
            if tmux && this.findings.kitty.is_none() {
                this.tty.write(&probe::question_behind())?;
                this.listen(BEHIND, |this| this.findings.kitty.is_some());
            }
        }
        Ok(this)
    }

    fn open() -> Result<Self> {
        Ok(Self {
            tty: Arc::new(Tty::open()?),
            ends_by: Arc::default(),
            watch: None,
            parser: Parser::default(),
            environment: Environment::of_process(),
            findings: Findings::default(),
            keys: VecDeque::new(),
            asked: (0, None),
            answers: 0,
        })
    }

    fn probe(&mut self) -> Result<()> {
        self.watch = Some(self.watch()?);
        self.tty.quiet()?;
        self.put(&probe::question(&self.environment))?;
        self.listen(PATIENCE, |this| this.findings.complete);
        Ok(())
    }

    /// Hears from now on what would end the program with the terminal still quiet.
    fn watch(&self) -> Result<Watch> {
        let (tty, ends_by) = (Arc::clone(&self.tty), Arc::clone(&self.ends_by));
        Watch::ends(move |number| {
            ends_by.store(number, Ordering::SeqCst);
            tty.hurry();
            tty.wake();
            // Who waits for the terminal ends by himself.
            std::thread::sleep(GRACE);
            let _ = tty.restore();
            signals::end_by(number);
        })
    }

    /// Writes what ends in `CSI 5 n`.
    fn put(&mut self, question: &[u8]) -> Result<()> {
        self.asked = (self.asked.0 + 1, Some(Instant::now()));
        self.tty.write(question)
    }

    /// Waits for the answers that are under way, and gives the terminal back.
    fn give_back(&mut self) {
        let most = if self.tty.is_hurried() { HURRY } else { SILENT };
        let left = self.asked.1.map_or(Duration::ZERO, |since| {
            SILENT.saturating_sub(since.elapsed())
        });
        self.listen(left.min(most), |this| this.answers >= this.asked.0);
        // Nobody is left to tell.
        let _ = self.tty.restore();
    }

    /// Ends the program by the signal that came.
    fn end(&mut self) {
        self.tty.calm();
        let number = self.ends_by.load(Ordering::SeqCst);
        // Whatever line stands there is over.
        let _ = self.tty.write(b"\r\n");
        self.give_back();
        signals::end_by(number);
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
        let begun = Instant::now();
        let bytes = [bytes, awaited::STATUS].concat();
        self.put(&bytes)?;
        let awaited = self.asked.0;
        self.listen(patience, |this| this.answers >= awaited);
        let exchange = Exchange {
            bytes: bytes.len(),
            took: begun.elapsed(),
        };
        Ok((self.answers >= awaited).then_some(exchange))
    }

    /// The next key; `None` when the terminal is gone or was never asked.
    pub fn key(&mut self) -> Option<Key> {
        while self.keys.is_empty() && self.watch.is_some() && self.hear(None) {}
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
            Got::Woken => {
                self.end();
                return false;
            }
            Got::Gone => return false,
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
        if self.watch.is_some() {
            self.give_back();
        }
        match self.ends_by.load(Ordering::SeqCst) {
            0 => {}
            number => signals::end_by(number),
        }
    }
}
