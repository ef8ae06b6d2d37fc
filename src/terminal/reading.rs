//! The thread that reads the terminal: bytes in, events out, and what silence means.

use std::time::{Duration, Instant};

use super::attach::Socket;
use super::reader::{Input, Parser, Waiting};
use super::session::Session;
use super::signals::Signal;
use super::tty::Got;
use super::{KEY_ASKING, REST};

/// How often the reader looks whether another terminal stands behind tmux.
const ATTACHED: Duration = Duration::from_secs(1);
/// How long a hand does not notice that Esc is waited upon.
const KEY: Duration = Duration::from_millis(40);

/// What the console's loop hears.
#[derive(Debug, Clone, PartialEq)]
pub enum TerminalEvent {
    /// From the keyboard, the mouse or the terminal itself.
    Input(Input),
    /// From the system.
    Signal(Signal),
    /// Another terminal may stand behind the multiplexer; see [`super::Terminal::attached`].
    Attached,
    /// The terminal is gone: no more input will come.
    Gone,
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
pub(super) fn read(
    session: &Session,
    mut socket: Option<&mut Socket>,
    events: &impl Fn(TerminalEvent),
) {
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
