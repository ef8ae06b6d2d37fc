//! The terminal on a real pty: taken, asked, and given back however the program ends.
//!
//! The child is this test program again, in [`child`]: a small console of three lines. `voice.rs` has
//! the tests about its answers.

use std::fmt::Write as _;
use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use rustix::process::{Pid, Signal as Number, kill_process};
use xamine::graphics::Stage;
use xamine::keymap::Code;
use xamine::terminal::{Input, Signal, Terminal, TerminalEvent};

/// Set for the child alone.
const CHILD: &str = "XAMINE_TEST_CHILD";
const ROWS: u16 = 10;
const COLUMNS: u16 = 60;
/// So long that it only passes when something hangs.
const HANG: Duration = Duration::from_mins(1);

/// The console of these tests: `q` quits, `p` panics, `z` stops, `f` floods, `g` sends a fence, all
/// else is shown.
#[test]
#[ignore = "the child of the tests below"]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let (send, events) = channel();
    let mut terminal = Terminal::open(None, None).unwrap();
    terminal
        .start(move |event| {
            let _ = send.send(event);
        })
        .unwrap();
    terminal.enter().unwrap();
    let mut typed = String::new();
    let mut fences = 0;
    let failed = loop {
        if let Err(error) = show(&mut terminal, &typed) {
            break Some(error);
        }
        let event = match events.recv_timeout(Duration::from_millis(100)) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => {
                terminal.glance().unwrap();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match event {
            TerminalEvent::Input(Input::Key { key, .. }) => match key.code {
                Code::Char('q') => break None,
                Code::Char('p') => panic!("on purpose \u{202e}"),
                Code::Char('z') => terminal.suspend().unwrap(),
                Code::Char('f') => {
                    if let Err(error) =
                        (0..).try_for_each(|n| show(&mut terminal, &format!("{n:0>400}")).map(drop))
                    {
                        break Some(error);
                    }
                }
                Code::Char('g') => {
                    write!(typed, "<{:?}>", terminal.fence()).unwrap();
                    let bytes = terminal.fence_bytes(fences);
                    terminal.send(&bytes).unwrap();
                    fences += 1;
                }
                Code::Char(c) => typed.push(c),
                other => write!(typed, "<{other:?}>").unwrap(),
            },
            TerminalEvent::Input(Input::Reply(reply)) => {
                let learned = terminal.learn(&reply).unwrap();
                for passed in learned.passed {
                    let word = if passed.ok { "passed" } else { "lost" };
                    write!(typed, "<{} {word}>", passed.token).unwrap();
                }
                if let Some(image) = learned.image {
                    write!(typed, "<{} {}>", image.id, image.message).unwrap();
                }
            }
            TerminalEvent::Input(Input::Unknown(bytes)) => write!(typed, "<{bytes:?}>").unwrap(),
            TerminalEvent::Signal(Signal::Terminate | Signal::Hangup) | TerminalEvent::Gone => {
                break None;
            }
            TerminalEvent::Signal(Signal::Suspend) => terminal.suspend().unwrap(),
            TerminalEvent::Signal(Signal::Continue) => terminal.resume().unwrap(),
            TerminalEvent::Signal(Signal::Resize) => {
                terminal.resized().unwrap();
            }
            TerminalEvent::Input(Input::Focus(gained)) => terminal.focused(gained).unwrap(),
            TerminalEvent::Attached => terminal.attached().unwrap(),
            TerminalEvent::Input(_) => {}
        }
    };
    drop(terminal);
    std::process::exit(if failed.is_some() { 3 } else { 0 });
}

fn show(terminal: &mut Terminal, typed: &str) -> xamine::Result<usize> {
    let size = terminal.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.columns, size.rows));
    let choice = terminal.choice();
    let state = if terminal.findings().complete {
        "answered"
    } else {
        "waiting"
    };
    let first = format!(
        "{} {}x{} {state}",
        choice.protocol, choice.cell.width, choice.cell.height
    );
    buffer.set_string(0, 0, first, Style::new());
    buffer.set_string(
        0,
        1,
        format!("{}x{}", size.columns, size.rows),
        Style::new(),
    );
    for (row, text) in typed
        .as_bytes()
        .chunks(usize::from(COLUMNS) - 8)
        .enumerate()
    {
        buffer.set_string(
            0,
            2 + row as u16,
            format!("typed {}", String::from_utf8_lossy(text)),
            Style::new(),
        );
    }
    terminal.paint(&buffer, &Stage::default(), None, |_| None)
}

/// A child on a pty, and the terminal's side of it.
pub(crate) struct Console {
    pub(crate) screen: vt100::Parser,
    pub(crate) raw: Vec<u8>,
    output: Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) master: Box<dyn MasterPty + Send>,
    found: String,
}

impl Console {
    pub(crate) fn start() -> Self {
        Self::start_in(&[])
    }

    /// Starts it with more in its environment.
    pub(crate) fn start_in(environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "restoring::child",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ]);
        command.env(CHILD, "1");
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        for name in ["TMUX", "STY", "ZELLIJ", "NO_COLOR", "COLORTERM"] {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let found = format!("{:?}", pty.master.get_termios().unwrap());
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        // Without room: who does not listen stalls the child.
        let (send, output) = sync_channel(0);
        std::thread::spawn(move || {
            let mut bytes = [0; 512];
            while let Ok(count) = reader.read(&mut bytes) {
                if count == 0 || send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0),
            raw: Vec::new(),
            output,
            input: pty.master.take_writer().unwrap(),
            child,
            master: pty.master,
            found,
        }
    }

    /// Starts it and lets it take the terminal, which answers nothing.
    pub(crate) fn ready() -> Self {
        let mut console = Self::start();
        console.until("60x10");
        assert!(
            console.screen.screen().alternate_screen() && console.screen.screen().hide_cursor()
        );
        console
    }

    pub(crate) fn read_more(&mut self) -> bool {
        match self.output.recv_timeout(HANG) {
            Ok(bytes) => {
                self.raw.extend(&bytes);
                self.screen.process(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                panic!("hangs with {:?}", self.screen.screen().contents())
            }
        }
    }

    /// Waits until the screen shows `words`.
    pub(crate) fn until(&mut self, words: &str) {
        while !self.screen.screen().contents().contains(words) {
            assert!(
                self.read_more(),
                "ended without {words:?}: {}",
                self.screen.screen().contents()
            );
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).unwrap();
        self.input.flush().unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap()
    }

    pub(crate) fn signal(&self, number: Number) {
        kill_process(self.pid(), number).unwrap();
    }

    /// Reads to the end and checks that the terminal is as it was found.
    pub(crate) fn ended(mut self) -> (u32, String) {
        while self.read_more() {}
        self.restored();
        let code = self.child.wait().unwrap().exit_code();
        (code, self.screen.screen().contents())
    }

    fn restored(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "the main screen");
        assert!(!screen.hide_cursor(), "the cursor");
        assert!(!screen.bracketed_paste(), "paste as it was");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let last = |on: &[u8], off: &[u8]| {
            let at = |needle: &[u8]| self.raw.windows(needle.len()).rposition(|w| w == needle);
            assert!(
                at(off) > at(on),
                "{} is taken back",
                String::from_utf8_lossy(on)
            );
        };
        last(b"\x1b[?1004h", b"\x1b[?1004l");
        last(b"\x1b[?1006h", b"\x1b[?1006l");
        if self.raw.windows(5).any(|w| w == b"\x1b[>7u") {
            last(b"\x1b[>7u", b"\x1b[<u");
        }
        let now = self.master.get_termios().map(|now| format!("{now:?}"));
        assert!(now.is_none_or(|now| now == self.found), "the settings");
    }

    /// Waits until the kernel says that the child is stopped.
    fn until_stopped(&self) {
        let path = format!("/proc/{}/stat", self.pid().as_raw_nonzero());
        while !std::fs::read_to_string(&path).unwrap().contains(") T ") {
            std::thread::yield_now();
        }
    }
}

#[test]
fn quitting_leaves_the_terminal_as_it_was() {
    let mut console = Console::ready();
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn a_terminal_that_never_answers_loses_no_key() {
    let mut console = Console::start();
    console.send(b"ab\x1b[A");
    console.until("typed ab<Up>");
    console.send("c\x1bé".as_bytes());
    console.until("typed ab<Up>cé");
    console.send(b"\x1b");
    console.until("typed ab<Up>cé<Esc>");
    console.until("half-block 8x16 waiting");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn scripted_answers_choose_the_protocol_and_are_never_typed() {
    let answers: [(&str, &[&str]); 3] = [
        (
            "kitty 9x18 answered",
            &[
                "a\x1bP>|kit",
                "ty(0.26.5)\x1b",
                "\\\x1b_Gi=2147000031;O",
                "K\x1b\\b\x1b[6;18",
                ";9t\x1b[?2026;2$",
                "y\x1b[?0u\x1b[?62;c",
                "\x1b[0n",
            ],
        ),
        (
            "sixel 7x14 answered",
            &["a\x1bP>|XTerm(379)\x1b\\b\x1b[4;140;420t\x1b[?63;1;2;4c\x1b[0n"],
        ),
        (
            "half-block 8x16 answered",
            &["a\x1bP>|tmux 3.3a\x1b\\b\x1b[?1;2c\x1b[0n"],
        ),
    ];
    for (chosen, parts) in answers {
        let mut console = Console::ready();
        for part in parts {
            console.send(part.as_bytes());
        }
        console.until(chosen);
        console.until("typed ab");
        console.send(b"q");
        let (code, screen) = console.ended();
        assert_eq!(code, 0);
        assert!(!screen.contains("OK") && !screen.contains("0n"), "{screen}");
    }
}

#[test]
fn answers_that_come_while_leaving_are_not_typed_into_the_shell() {
    let mut console = Console::ready();
    console.send(b"q\x1b[?62;4c\x1b[0n");
    let (code, screen) = console.ended();
    assert_eq!(code, 0);
    assert!(!screen.contains("62"), "{screen}");
}

#[test]
fn signals_to_end_are_obeyed_and_the_terminal_restored() {
    for number in [Number::TERM, Number::HUP, Number::INT, Number::QUIT] {
        let console = Console::ready();
        console.signal(number);
        assert_eq!(console.ended().0, 0, "{number:?}");
    }
}

#[test]
fn a_panic_restores_first_and_is_told_safely_after() {
    let mut console = Console::ready();
    console.send(b"p");
    while console.read_more() {}
    let raw = String::from_utf8_lossy(&console.raw).into_owned();
    let told = raw
        .rfind("on purpose \\u{202e}")
        .expect("the panic is told, and safely");
    assert!(
        told > raw.rfind("\u{1b}[?1049l").unwrap(),
        "on the main screen"
    );
    assert_eq!(console.ended().0, 101);
}

#[test]
fn stopping_gives_the_terminal_back_and_continuing_takes_it_again() {
    for by_key in [true, false] {
        let mut console = Console::ready();
        if by_key {
            console.send(b"z");
        } else {
            console.signal(Number::TSTP);
        }
        while console.screen.screen().alternate_screen() {
            assert!(console.read_more());
        }
        while console.screen.screen().hide_cursor() {
            assert!(console.read_more());
        }
        console.until_stopped();
        console.restored();
        console.signal(Number::CONT);
        console.until("60x10");
        assert!(console.screen.screen().alternate_screen());
        console.send(b"k");
        console.until("typed k");
        console.send(b"q");
        assert_eq!(console.ended().0, 0);
    }
}

#[test]
fn a_stalled_terminal_does_not_hold_a_program_that_must_end() {
    let mut console = Console::ready();
    console.send(b"f");
    console.until("typed 0000");
    // From here on nobody listens.
    console.signal(Number::TERM);
    assert_eq!(console.child.wait().unwrap().exit_code(), 3);
    let now = console.master.get_termios().map(|now| format!("{now:?}"));
    assert!(now.is_none_or(|now| now == console.found), "the settings");
}

#[test]
fn another_window_size_is_painted_whole() {
    let mut console = Console::ready();
    let size = PtySize {
        rows: 12,
        cols: 50,
        pixel_width: 0,
        pixel_height: 0,
    };
    console.master.resize(size).unwrap();
    console
        .screen
        .screen_mut()
        .set_size(12.try_into().unwrap(), 50.try_into().unwrap());
    console.until("50x12");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let mut console = Console::ready();
    drop(console.input);
    drop(console.master);
    drop(console.output);
    assert!(console.child.wait().is_ok());
}
