//! The terminal: modes, the tty reader that tells keys from replies, painting, restoring.
//!
//! [`Terminal`] is what the console's loop holds. It opens the tty itself, reads it on a thread,
//! hears signals on another, asks once what the terminal can do, and paints only what changed.
//! However the program ends, the terminal is as it was found.

mod attach;
mod awaited;
pub mod choice;
pub mod multiplexer;
mod one_shot;
pub mod probe;
pub mod reader;
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
use crate::text::Safe;
use crate::{Error, Result};

pub use awaited::Passed;
pub use choice::Choice;
pub use multiplexer::{Multiplexer, Passage};
pub use one_shot::{Exchange, OneShot};
pub use probe::{Environment, Findings};
pub use reader::{Input, Reply};
pub use screen::Screen;
pub use sgr::lines;
pub use signals::Signal;
pub use tty::WindowSize;

use attach::Socket;
use awaited::Asked;
use reader::{Parser, Waiting};
use session::Session;
use tty::{Got, Tty};

/// How long the screen says that a silent terminal is being asked; later answers still count.
const PATIENCE: Duration = Duration::from_secs(5);
/// After so long the terminal behind tmux is asked once more.
const AGAIN: Duration = Duration::from_secs(1);
/// How long its answer counts as under way.
const BEHIND: Duration = Duration::from_secs(3);
/// How often the reader looks whether another terminal stands behind tmux.
const ATTACHED: Duration = Duration::from_secs(1);
/// How long a hand does not notice that Esc is waited upon.
const KEY: Duration = Duration::from_millis(40);
/// The same while answers are under way, which a slow line may tear apart.
const KEY_ASKING: Duration = Duration::from_millis(300);
/// How long the rest of a sequence may take.
const REST: Duration = Duration::from_secs(2);

/// What the console's loop hears.
#[derive(Debug, Clone, PartialEq)]
pub enum TerminalEvent {
    /// From the keyboard, the mouse or the terminal itself.
    Input(Input),
    /// From the system.
    Signal(Signal),
    /// Another terminal may stand behind the multiplexer; see [`Terminal::attached`].
    Attached,
    /// The terminal is gone: no more input will come.
    Gone,
}

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

/// What an answer of the terminal means.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// How pictures are shown from now on, when that changed.
    pub choice: Option<Choice>,
    /// Tokens whose bytes the terminal has worked through, in order; see [`Passed::ok`].
    pub passed: Vec<Passed>,
    /// What it says of a picture.
    pub image: Option<ImageAnswer>,
}

/// What kitty's graphics say of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageAnswer {
    /// The picture's number.
    pub id: u32,
    /// The placement, where one was named.
    pub placement: Option<u32>,
    /// Whether it went well.
    pub ok: bool,
    /// `OK`, or what went wrong, such as `ENOENT:...`.
    pub message: Safe,
}

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

/// The question to the terminal behind tmux.
#[derive(Debug, Default)]
struct Behind {
    /// When it was asked first.
    since: Option<Instant>,
    /// Whether it was asked once more.
    again: bool,
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
            .spawn(move || read(&session, socket.as_mut(), &*events))
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

    fn is_tmux(&self) -> bool {
        self.findings.multiplexer(&self.environment) == Some(Multiplexer::Tmux)
    }

    /// The question to the terminal behind tmux, whose answer is awaited from now on.
    fn question_behind(&mut self) -> Vec<u8> {
        let now = Instant::now();
        self.findings.awaits_behind |= self.behind.since.is_none();
        self.behind.since.get_or_insert(now);
        let mut awaited = self.session.awaited();
        awaited.query_as(probe::QUERY_ID, Asked::Rest, now);
        probe::question_behind()
    }

    /// Asks the terminal behind tmux, where it has not answered and its answer would come to us.
    fn ask_behind(&mut self) -> Result<()> {
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
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
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
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
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
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
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
            image: image_answer(reply),
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
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
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
    /// [`Error::Environment`] when the terminal takes nothing for three seconds, or is gone.
    pub fn send_fenced(&mut self, bytes: &[u8], token: u64) -> Result<usize> {
        if !self.session.is_entered() {
            // A fence that is never written is never answered.
            return Ok(0);
        }
        let mut bytes = self.choice.passage.wrap(bytes);
        bytes.extend(self.fence_bytes(token));
        self.send(&bytes)
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

/// What kitty's graphics say of a picture, but for the answers to queries.
fn image_answer(reply: &Reply) -> Option<ImageAnswer> {
    match reply {
        Reply::Kitty {
            id: Some(id),
            placement,
            ok,
            message,
        } if *id != probe::QUERY_ID && !awaited::is_query(*id) => Some(ImageAnswer {
            id: *id,
            placement: *placement,
            ok: *ok,
            message: message.clone(),
        }),
        _ => None,
    }
}

/// Tells that the terminal is gone when its thread ends for any reason but being woken.
struct Farewell<'a, F: Fn(TerminalEvent)> {
    events: &'a F,
    gone: bool,
}

impl<F: Fn(TerminalEvent)> Drop for Farewell<'_, F> {
    fn drop(&mut self) {
        if self.gone {
            (self.events)(TerminalEvent::Gone);
        }
    }
}

/// Reads the terminal until it is gone or somebody wakes the thread.
fn read(session: &Session, mut socket: Option<&mut Socket>, events: &impl Fn(TerminalEvent)) {
    let mut farewell = Farewell { events, gone: true };
    let mut parser = Parser::default();
    let mut bytes = [0; 4096];
    let mut since = Instant::now();
    loop {
        let patience = match parser.waiting() {
            Waiting::Nothing => None,
            Waiting::Key if session.is_asking() => Some(KEY_ASKING),
            Waiting::Key => Some(KEY),
            Waiting::Rest => Some(REST),
        };
        let left = patience.map(|patience| patience.saturating_sub(since.elapsed()));
        let left = left.or(socket.is_some().then_some(ATTACHED));
        let inputs = match session.tty.read(&mut bytes, left) {
            Got::Bytes(0) if left.is_none_or(|left| !left.is_zero()) => continue,
            Got::Nothing if patience.is_none() => {
                if socket.as_mut().is_some_and(|socket| socket.attached_anew()) {
                    (farewell.events)(TerminalEvent::Attached);
                }
                continue;
            }
            Got::Bytes(0) | Got::Nothing => parser.flush_timeout(),
            Got::Bytes(count) => {
                since = Instant::now();
                parser.feed(&bytes[..count])
            }
            Got::Woken => {
                farewell.gone = false;
                return;
            }
            Got::Gone => return,
        };
        for input in inputs {
            match &input {
                Input::Reply(reply) => session.heard(reply),
                Input::Focus(gained) => session.focus(*gained),
                _ => {}
            }
            (farewell.events)(TerminalEvent::Input(input));
        }
    }
}
