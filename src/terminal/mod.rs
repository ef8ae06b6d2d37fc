//! The terminal: modes, the tty reader that tells keys from replies, painting, restoring.
//!
//! [`Terminal`] is what the console's loop holds. It opens the tty itself, reads it on a thread,
//! hears signals on another, asks once what the terminal can do, and paints only what changed.
//! However the program ends, the terminal is as it was found.

mod answer;
mod attach;
mod awaited;
mod behind;
mod cell;
pub mod choice;
mod depth;
mod fence;
pub mod multiplexer;
mod one_shot;
pub mod probe;
pub mod reader;
mod reading;
pub mod screen;
mod session;
mod sgr;
mod signals;
mod tty;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::graphics::{Depth, Protocol, Stage};
use crate::{Error, Result};

pub use answer::{ImageAnswer, Learned};
pub use awaited::Passed;
pub use choice::Choice;
pub use fence::Fence;
pub use multiplexer::{Multiplexer, Passage};
pub use one_shot::{Exchange, OneShot};
pub use probe::{Environment, Findings};
pub use reader::{Input, Reply};
pub use reading::TerminalEvent;
pub use screen::Screen;
pub use sgr::lines;
pub use signals::Signal;
pub use tty::WindowSize;

use awaited::Asked;
use behind::Behind;
use session::Session;
use tty::Tty;

/// How long the screen says that a silent terminal is being asked; later answers still count.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same while answers are under way, which a slow line may tear apart.
const KEY_ASKING: Duration = Duration::from_millis(300);
/// How long the rest of a sequence may take.
const REST: Duration = Duration::from_secs(2);

/// The terminal in the console's hands.
#[derive(Debug)]
pub struct Terminal {
    session: Arc<Session>,
    screen: Screen,
    environment: Environment,
    findings: Findings,
    forced: Option<Protocol>,
    choice: Choice,
    reader: Option<JoinHandle<()>>,
    watch: Option<signals::Watch>,
    asked: Option<Instant>,
    behind: Behind,
}

impl Terminal {
    /// Opens the controlling terminal, and changes nothing yet. `forced` is the protocol asked for,
    /// `depth` the colours that it is known to show.
    ///
    /// # Errors
    /// [`Error::Environment`] where there is no terminal.
    pub fn open(forced: Option<Protocol>, depth: Option<Depth>) -> Result<Self> {
        // What a crash would write down are scans.
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // A system that refuses has its own rule for crashes.
        let _ = setrlimit(Resource::Core, none);
        let session = Session::new(Tty::open()?);
        let environment = Environment {
            depth,
            ..Environment::of_process()
        };
        let findings = Findings::default();
        let choice = choice::choose(&findings, &environment, forced, session.tty.size());
        Ok(Self {
            screen: Screen::new(choice.depth),
            session: Arc::new(session),
            environment,
            findings,
            forced,
            choice,
            reader: None,
            watch: None,
            asked: None,
            behind: Behind::default(),
        })
    }

    /// Tells `events` of everything from now on, from threads of its own. It must not block.
    pub fn start(&mut self, events: impl Fn(TerminalEvent) + Send + Sync + 'static) -> Result<()> {
        let events = Arc::new(events);
        let heard = Arc::clone(&events);
        let session = Arc::clone(&self.session);
        self.watch = Some(signals::Watch::start(move |signal| {
            if matches!(signal, Signal::Terminate | Signal::Hangup) {
                session.hurry();
            }
            // The end of a stop of our own is no news.
            if signal != Signal::Continue || !session.stop_ends() {
                heard(TerminalEvent::Signal(signal));
            }
        })?);
        let session = Arc::clone(&self.session);
        let mut socket = self.environment.socket.clone();
        let thread = std::thread::Builder::new()
            .name("terminal".into())
            .spawn(move || reading::read(&session, socket.as_mut(), &*events))
            .map_err(|error| Error::io(std::path::Path::new("/dev/tty"), &error))?;
        self.reader = Some(thread);
        Ok(())
    }

    /// Takes the terminal: raw, the alternate screen, the mouse. Asks what it can do; the answers
    /// come as [`Input::Reply`] for [`Terminal::learn`].
    pub fn enter(&mut self) -> Result<()> {
        session::restore_on_panic(&self.session, std::thread::current().id());
        self.take()
    }

    fn take(&mut self) -> Result<()> {
        self.screen.invalidate();
        self.asked = Some(Instant::now());
        self.behind = Behind::default();
        // tmux drops it while it redraws, and another screen is a redraw.
        let first = if self.is_tmux() {
            self.question_behind()
        } else {
            Vec::new()
        };
        self.session.enter(&first)?;
        self.session.ask(&probe::question(&self.environment))
    }

    /// Takes an answer and says what it means; see [`Learned`].
    ///
    /// # Errors
    /// [`Error::Environment`] when the terminal takes no mode that the answer allows.
    pub fn learn(&mut self, reply: &Reply) -> Result<Learned> {
        let mut awaited = self.session.awaited();
        let (passed, probed) = (awaited.take_passed(), awaited.is_probed());
        drop(awaited);
        Ok(Learned {
            choice: self.learn_choice(reply, probed)?,
            passed,
            image: ImageAnswer::of(reply),
        })
    }

    fn learn_choice(&mut self, reply: &Reply, probed: bool) -> Result<Option<Choice>> {
        let news = match reply {
            Reply::Status(_) if !probed => false,
            _ => self.findings.learn(reply),
        };
        if !news {
            return Ok(None);
        }
        if self.behind.since.is_none() {
            self.ask_behind()?;
        }
        self.choose_again()
    }

    /// Chooses by what is known now; the choice when it is another one.
    fn choose_again(&mut self) -> Result<Option<Choice>> {
        let choice = choice::choose(
            &self.findings,
            &self.environment,
            self.forced,
            self.session.tty.size(),
        );
        if choice == self.choice {
            return Ok(None);
        }
        self.set_choice(choice.clone())?;
        Ok(Some(choice))
    }

    /// What takes the pictures away again that the terminal holds from now on: it is written however
    /// the program ends, before the modes go back.
    pub fn holds(&mut self, removal: &[u8]) {
        self.session.set_removal(self.choice.passage.wrap(removal));
    }

    /// How pictures are shown, and why.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Whether the terminal's answers are still awaited.
    pub fn is_asking(&self) -> bool {
        let patient = self.asked.is_some_and(|asked| asked.elapsed() < PATIENCE);
        let near = !self.findings.complete && patient;
        self.forced.is_none() && (near || self.findings.awaits_behind)
    }

    /// What was found out so far.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Paints by this choice from now on.
    pub fn set_choice(&mut self, choice: Choice) -> Result<()> {
        self.screen.set(choice.depth, choice.synchronized);
        self.session.set_synchronized(choice.synchronized);
        let keyboard = choice.keyboard;
        self.choice = choice;
        if keyboard {
            self.session.keyboard_on()
        } else {
            Ok(())
        }
    }

    /// Takes another protocol, or with `None` the one found out.
    pub fn force(&mut self, protocol: Option<Protocol>) -> Result<Choice> {
        self.forced = protocol;
        let choice = choice::choose(
            &self.findings,
            &self.environment,
            protocol,
            self.session.tty.size(),
        );
        self.set_choice(choice.clone())?;
        Ok(choice)
    }

    /// The window's size now.
    pub fn size(&self) -> WindowSize {
        self.session.tty.size()
    }

    /// The window changed: everything is painted again, and the sizes are asked for. Until they come
    /// those that the kernel knows count.
    pub fn resized(&mut self) -> Result<WindowSize> {
        self.screen.invalidate();
        self.findings.resized(self.choice.cell);
        let passage = if self.is_tmux() && self.session.is_focused() {
            Passage::Tmux
        } else {
            Passage::Direct
        };
        let mut question = probe::question_sizes(&self.environment, passage);
        if !question.is_empty() {
            let mut awaited = self.session.awaited();
            question.extend(awaited.fence(Asked::Rest, false, Instant::now()));
        }
        self.session.write(&question)?;
        if self.session.is_focused() {
            self.ask_behind()?;
        }
        self.choose_again()?;
        Ok(self.size())
    }

    /// Whether the next painting of a screen of this size clears it, pictures included.
    pub fn clears(&self, area: Rect) -> bool {
        self.screen.clears(area)
    }

    /// Puts into `next` what the screen shows in `area`, so that painting leaves it alone; nothing
    /// where the screen is to be cleared.
    pub fn keep(&self, next: &mut Buffer, area: Rect) {
        self.screen.keep(next, area);
    }

    /// Makes the screen what `next`, `stage` and `cursor` say, and gives the bytes that it took; with
    /// a fence for `token` after them, if they are any. Does nothing while the terminal is not taken.
    ///
    /// # Errors
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn paint(
        &mut self,
        next: &Buffer,
        stage: &Stage,
        cursor: Option<Position>,
        token: impl FnOnce(usize) -> Option<u64>,
    ) -> Result<usize> {
        if !self.session.is_entered() {
            return Ok(0);
        }
        let bytes = self.screen.paint(next, stage, cursor);
        let mut bytes = self.choice.passage.wrap(&bytes);
        if let Some(token) = token(bytes.len()).filter(|_| !bytes.is_empty()) {
            bytes.extend(self.fence_bytes(token));
        }
        if let Err(error) = self.session.write(&bytes) {
            self.screen.invalidate();
            return Err(error);
        }
        Ok(bytes.len())
    }

    /// Everything is painted again next time.
    pub fn invalidate(&mut self) {
        self.screen.invalidate();
    }

    /// Gives the terminal back as it was found. Doing it again does nothing.
    pub fn leave(&mut self) -> Result<()> {
        self.session.leave()
    }

    /// Gives the terminal back, stops this process until it is continued, and takes it again.
    pub fn suspend(&mut self) -> Result<()> {
        let left = self.leave();
        self.session.stop_begins();
        // The terminal must be the shell's even when it did not take our farewell.
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)
            .map_err(|error| Error::io(std::path::Path::new("/dev/tty"), &error))?;
        self.resume()?;
        left
    }

    /// Takes the terminal again after a stop, whoever stopped us. In the background it does nothing
    /// but wait to be in the foreground.
    pub fn resume(&mut self) -> Result<()> {
        if !self.session.tty.is_foreground() {
            return Ok(());
        }
        // Whoever had the terminal meanwhile left its modes behind.
        self.session.leave_now()?;
        self.take()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.session.leave();
        self.session.tty.wake();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

/// What the environment alone says.
pub fn without_asking(forced: Option<Protocol>, size: WindowSize) -> Choice {
    choice::choose(
        &Findings::default(),
        &Environment::of_process(),
        forced,
        size,
    )
}
