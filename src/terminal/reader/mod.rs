//! Tells keys from the terminal's replies, a byte at a time.
//!
//! [`Parser`] is pure: bytes in, [`Input`]s out, no clock. Whatever the fragmentation, no reply
//! becomes a key and no key is swallowed. A sequence that does not go on is given up when the caller
//! says that time has passed ([`Parser::flush_timeout`], after the time that [`Parser::waiting`]
//! asks for); a lone escape was the Esc key then. What comes right after it is still held against
//! the rest of a reply that a slow line tore apart: a stream keeps its order, so that rest comes
//! before any key. Only of a terminal that cuts its replies short it never comes; what is typed then
//! is told after a moment in which the end of the reply might have come.

mod csi;
mod reply;

pub use reply::Reply;

use crate::keymap::{Code, Key};

/// Longest control sequence that is believed.
const CSI_BYTES: usize = 128;
/// Longest reply string that is believed.
const STRING_BYTES: usize = 4096;
/// A pasted text is handed on in parts of this size.
const PASTE_BYTES: usize = 1 << 20;
/// Ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// What came from the terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A key.
    Key {
        /// Which.
        key: Key,
        /// Whether it is held down, where the terminal says so.
        repeat: bool,
    },
    /// The mouse.
    Mouse(Mouse),
    /// Pasted text; a long one comes in parts.
    Paste(String),
    /// The window gained (`true`) or lost the focus.
    Focus(bool),
    /// An answer of the terminal.
    Reply(Reply),
    /// A sequence that means nothing here, e.g. a key that is let go or one that has no name.
    Unknown(Vec<u8>),
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub kind: MouseKind,
    /// Cell column from 0.
    pub column: u16,
    /// Cell row from 0.
    pub row: u16,
    /// Control is held.
    pub ctrl: bool,
    /// Alt is held.
    pub alt: bool,
    /// Shift is held.
    pub shift: bool,
}

/// The mouse's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// A button went down.
    Press(Button),
    /// A button was let go.
    Release(Button),
    /// Moved with a button held.
    Drag(Button),
    /// Moved.
    Move,
    /// The wheel turned away from the hand.
    WheelUp,
    /// The wheel turned towards the hand.
    WheelDown,
    /// The wheel was tilted left.
    WheelLeft,
    /// The wheel was tilted right.
    WheelRight,
}

/// The mouse's buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Left.
    Left,
    /// Middle.
    Middle,
    /// Right.
    Right,
}

/// For what the parser waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing is pending.
    Nothing,
    /// Perhaps a key: wait as long as a hand needs not to notice.
    Key,
    /// Surely the rest of a sequence or a paste: wait as long as a line may stall.
    Rest,
}

/// The strings that terminals answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StringKind {
    Dcs,
    Osc,
    Apc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ground,
    /// Inside a character; so many bytes in all, perhaps after an escape.
    Utf8 {
        length: usize,
    },
    Escape,
    Csi,
    /// Three more bytes after `CSI M`.
    OldMouse,
    /// After `ESC [ [`, the Linux console's function keys.
    LinuxKey,
    Ss3,
    String(StringKind),
    /// An escape inside a string: its end when a backslash follows.
    StringEscape(StringKind),
    /// Throws an overlong string away up to its end.
    Discard,
    /// An escape inside such a string.
    DiscardEscape,
    /// Throws an overlong control sequence away up to its last byte.
    DiscardCsi,
    Paste,
    /// A paste that stalled: what comes is its rest, or typing when its end was lost.
    StalledPaste,
}

/// The state machine.
#[derive(Debug)]
pub struct Parser {
    state: State,
    /// Bytes of the sequence so far, from its escape on.
    held: Vec<u8>,
    /// How many of `held` were handed out as a key or given up already, when time ran out on them.
    told: usize,
    /// The state in which time ran out on a sequence that may yet go on.
    torn: State,
    out: Vec<Input>,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            told: 0,
            torn: State::Ground,
            out: Vec::new(),
        }
    }
}

impl Parser {
    /// Takes bytes in any fragments and gives what is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        for byte in bytes {
            self.byte(*byte);
        }
        std::mem::take(&mut self.out)
    }

    /// For what it waits, and so how long the caller should.
    pub fn waiting(&self) -> Waiting {
        match self.state {
            State::Ground => Waiting::Nothing,
            State::StalledPaste if PASTE_END.starts_with(&self.held) => Waiting::Nothing,
            State::Escape | State::Ss3 | State::LinuxKey | State::StalledPaste => Waiting::Key,
            State::Csi | State::String(_) if self.held.len() <= 2 => Waiting::Key,
            _ if self.told > 0 => Waiting::Key,
            _ => Waiting::Rest,
        }
    }

    /// The rest did not come in time: an escape was a key, a torn sequence is given up.
    pub fn flush_timeout(&mut self) -> Vec<Input> {
        if self.waiting() == Waiting::Nothing {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        let state = self.state;
        let told = self.told;
        self.reset();
        match state {
            State::Paste | State::StalledPaste => self.stall(state, held),
            _ if told > 0 => self.plain(&held[told..]),
            State::Escape => self.late(Key::plain(Code::Esc), held),
            State::Csi | State::String(_) | State::Ss3 if held.len() == 2 => {
                let key = Key::new(Code::Char(char::from(held[1])), false, true, false);
                self.late(key, held);
            }
            State::Ss3 | State::LinuxKey => self.alt_and_typing(&held),
            State::Ground => {}
            State::OldMouse => self.out.push(Input::Unknown(held)),
            _ => self.tear(state, held),
        }
        std::mem::take(&mut self.out)
    }

    /// Remembers a sequence that stalled: its rest comes next, if it comes at all.
    fn tear(&mut self, state: State, held: Vec<u8>) {
        self.torn = state;
        self.held = held;
        if self.held.is_empty() {
            // A sequence that is thrown away is not held; something must stand for it.
            self.held.push(0);
        }
        self.told = self.held.len();
    }

    /// Hands on what a paste brought so far. One that stalled before ended long ago, when a single
    /// key came now.
    fn stall(&mut self, state: State, mut held: Vec<u8>) {
        let single = std::str::from_utf8(&held).is_ok_and(|text| text.chars().count() == 1);
        if state == State::StalledPaste && (single || held.first() == Some(&0x1b)) {
            return self.plain(&held);
        }
        let end = (0..held.len())
            .find(|at| PASTE_END.starts_with(&held[*at..]))
            .unwrap_or(held.len());
        let rest = held.split_off(end);
        if !held.is_empty() {
            self.paste(&held);
        }
        (self.state, self.held) = (State::StalledPaste, rest);
    }

    /// Hands out a key on which time ran out, and remembers its bytes: they may yet turn out to
    /// have been the beginning of something.
    fn late(&mut self, key: Key, held: Vec<u8>) {
        self.key(key);
        self.told = held.len();
        self.held = held;
    }

    fn byte(&mut self, byte: u8) {
        match self.state {
            State::Ground if self.told > 0 => self.after_late(byte),
            State::Ground => self.ground(byte),
            State::Utf8 { length } => self.utf8(byte, length),
            State::Escape => self.escape(byte),
            State::Csi => self.csi(byte),
            State::OldMouse => self.old_mouse(byte),
            State::LinuxKey => self.linux_key(byte),
            State::Ss3 => self.ss3(byte),
            State::String(kind) => self.string(byte, kind),
            State::StringEscape(kind) => self.string_escape(byte, kind),
            State::Discard => self.discard(byte),
            State::DiscardEscape => self.discard_escape(byte),
            State::DiscardCsi => self.discard_csi(byte),
            State::Paste | State::StalledPaste => self.pasting(byte),
        }
    }

    /// The byte after a key that time ran out on: goes on where that left off when it could be the
    /// rest of a sequence, and is typing otherwise.
    fn after_late(&mut self, byte: u8) {
        let state = match (self.held.as_slice(), byte) {
            (b"\x1b", b'[') | (b"\x1b[", b'?' | b'>' | b'<' | b'0'..=b'9') => State::Csi,
            (b"\x1b", b'P') | (b"\x1bP", b'>' | b'0'..=b'9' | b'!') => {
                State::String(StringKind::Dcs)
            }
            (b"\x1b", b']') | (b"\x1b]", b'0'..=b'9') => State::String(StringKind::Osc),
            (b"\x1b", b'_') | (b"\x1b_", b'G') => State::String(StringKind::Apc),
            _ if self.torn != State::Ground => {
                self.state = std::mem::replace(&mut self.torn, State::Ground);
                return self.byte(byte);
            }
            _ => {
                self.reset();
                return self.ground(byte);
            }
        };
        self.state = state;
        self.held.push(byte);
    }

    fn ground(&mut self, byte: u8) {
        match byte {
            0x1b => self.begin(State::Escape, byte),
            0xc2..=0xf4 => self.begin(
                State::Utf8 {
                    length: utf8_length(byte),
                },
                byte,
            ),
            _ => self.single(byte, Alt::No),
        }
    }

    fn begin(&mut self, state: State, byte: u8) {
        self.state = state;
        self.held.clear();
        self.told = 0;
        self.held.push(byte);
    }

    /// A key of one byte.
    fn single(&mut self, byte: u8, alt: Alt) {
        let alt = alt == Alt::Yes;
        let (code, ctrl) = match byte {
            0x00 => (Code::Char(' '), true),
            b'\t' => (Code::Tab, false),
            b'\r' => (Code::Enter, false),
            0x1b => (Code::Esc, false),
            0x01..=0x1a => (Code::Char(char::from(byte | 0x60)), true),
            0x1c..=0x1f => (Code::Char(char::from(byte | 0x40)), true),
            0x7f => (Code::Backspace, false),
            0x20..=0x7e => (Code::Char(char::from(byte)), false),
            0x80..=0xff => return self.out.push(Input::Unknown(vec![byte])),
        };
        self.key(Key::new(code, ctrl, alt, false));
    }

    fn utf8(&mut self, byte: u8, length: usize) {
        if !(0x80..=0xbf).contains(&byte) {
            self.abort();
            return self.byte(byte);
        }
        self.held.push(byte);
        if self.held.len() < length {
            return;
        }
        let alt = self.held[0] == 0x1b;
        match std::str::from_utf8(&self.held[usize::from(alt)..])
            .ok()
            .and_then(|s| s.chars().next())
        {
            Some(c) => {
                self.reset();
                self.key(Key::new(Code::Char(c), false, alt, false));
            }
            None => self.abort(),
        }
    }

    fn escape(&mut self, byte: u8) {
        let state = match byte {
            b'[' => State::Csi,
            b'O' => State::Ss3,
            b'P' => State::String(StringKind::Dcs),
            b']' => State::String(StringKind::Osc),
            b'_' => State::String(StringKind::Apc),
            0xc2..=0xf4 => State::Utf8 {
                length: 1 + utf8_length(byte),
            },
            // Two escapes: the first one was the key.
            0x1b => return self.key(Key::plain(Code::Esc)),
            _ => {
                self.reset();
                return self.single(byte, Alt::Yes);
            }
        };
        self.state = state;
        self.held.push(byte);
    }

    fn csi(&mut self, byte: u8) {
        let empty = self.held.len() == 2;
        match byte {
            b'[' if empty && self.told == 0 => {
                self.state = State::LinuxKey;
                self.held.push(byte);
            }
            b'M' if empty && self.told == 0 => {
                self.state = State::OldMouse;
                self.held.push(byte);
            }
            // rxvt ends shifted keys with a dollar, which elsewhere goes on to a letter.
            b'$' if csi::is_rxvt(&self.held[2..]) => self.csi_done(byte),
            0x20..=0x3f => {
                self.held.push(byte);
                if self.held.len() > CSI_BYTES {
                    self.discard_from_here(State::DiscardCsi);
                }
            }
            0x40..=0x7e => self.csi_done(byte),
            _ => {
                self.abort_introducer();
                self.byte(byte);
            }
        }
    }

    fn csi_done(&mut self, byte: u8) {
        self.held.push(byte);
        let held = std::mem::take(&mut self.held);
        let told = std::mem::take(&mut self.told);
        self.state = State::Ground;
        if held.as_slice() == b"\x1b[200~" {
            self.state = State::Paste;
            return;
        }
        match csi::read(&held[2..]) {
            Some(input) => self.out.push(input),
            None if told > 0 => self.plain(&held[told..]),
            None => self.out.push(Input::Unknown(held)),
        }
    }

    fn old_mouse(&mut self, byte: u8) {
        if byte < 0x20 {
            self.abort();
            return self.byte(byte);
        }
        self.held.push(byte);
        if self.held.len() == 6 {
            let mouse = csi::old_mouse(&self.held[3..]);
            self.reset();
            self.out.push(mouse);
        }
    }

    fn linux_key(&mut self, byte: u8) {
        if (b'A'..=b'E').contains(&byte) {
            self.reset();
            self.key(Key::plain(Code::F(byte - b'A' + 1)));
        } else {
            self.abort_introducer();
            self.byte(byte);
        }
    }

    /// Gives up a sequence: when nothing came after its introducer that was a key with Alt.
    fn abort_introducer(&mut self) {
        if self.told == 0 && (self.held.len() == 2 || self.state != State::Csi) {
            let held = std::mem::take(&mut self.held);
            self.reset();
            self.alt_and_typing(&held);
        } else {
            self.abort();
        }
    }

    fn ss3(&mut self, byte: u8) {
        if byte.is_ascii_digit() && self.held.len() < 4 {
            return self.held.push(byte);
        }
        if let Some(key) = csi::ss3(&self.held[2..], byte) {
            self.reset();
            return self.key(key);
        }
        self.abort_introducer();
        self.byte(byte);
    }

    fn string(&mut self, byte: u8, kind: StringKind) {
        match byte {
            0x1b => {
                self.state = State::StringEscape(kind);
                self.held.push(byte);
            }
            0x07 if kind == StringKind::Osc => self.string_done(kind),
            // No reply holds control characters: the string was torn, this is a key.
            0x00..=0x1f | 0x7f => {
                self.abort_string();
                self.byte(byte);
            }
            _ => {
                self.held.push(byte);
                if self.held.len() > STRING_BYTES {
                    self.discard_from_here(State::Discard);
                } else if !reply::begins(kind, &self.held[2..]) {
                    self.not_a_string();
                }
            }
        }
    }

    /// Gives up a string: when nothing came after its introducer that was a key with Alt.
    fn abort_string(&mut self) {
        if self.held.len() == 2 {
            self.not_a_string();
        } else {
            self.abort();
        }
    }

    /// What followed the introducer is no reply: it was a key with Alt, and then typing.
    fn not_a_string(&mut self) {
        let held = std::mem::take(&mut self.held);
        let told = self.told;
        self.reset();
        if told > 0 {
            self.plain(&held[told..]);
        } else {
            self.alt_and_typing(&held);
        }
    }

    /// An escape with a character was a key with Alt, and the rest typing.
    fn alt_and_typing(&mut self, held: &[u8]) {
        self.key(Key::new(
            Code::Char(char::from(held[1])),
            false,
            true,
            false,
        ));
        self.plain(&held[2..]);
    }

    fn string_escape(&mut self, byte: u8, kind: StringKind) {
        if byte == b'\\' {
            self.held.pop();
            return self.string_done(kind);
        }
        if self.told == self.held.len() {
            return self.escape_was_a_key(byte);
        }
        // Torn: that escape begins something new.
        self.held.pop();
        self.abort_string();
        self.begin(State::Escape, 0x1b);
        self.byte(byte);
    }

    /// A string stalled at an escape that was not its end: somebody pressed Esc meanwhile.
    fn escape_was_a_key(&mut self, byte: u8) {
        self.reset();
        self.key(Key::plain(Code::Esc));
        self.ground(byte);
    }

    fn string_done(&mut self, kind: StringKind) {
        let held = std::mem::take(&mut self.held);
        self.reset();
        let input = reply::read(kind, &held[2..]).map_or(Input::Unknown(held), Input::Reply);
        self.out.push(input);
    }

    fn discard_from_here(&mut self, state: State) {
        self.reset();
        self.state = state;
    }

    fn discard(&mut self, byte: u8) {
        match byte {
            0x07 => self.reset(),
            0x1b => {
                self.state = State::DiscardEscape;
                self.hold_discarded(byte);
            }
            0x00..=0x1f => {
                self.abort_discarded();
                self.byte(byte);
            }
            _ => self.hold_discarded(byte),
        }
    }

    fn discard_escape(&mut self, byte: u8) {
        if byte == b'\\' {
            return self.reset();
        }
        if self.told > 0 && self.told == self.held.len() {
            return self.escape_was_a_key(byte);
        }
        self.held.pop();
        self.abort_discarded();
        self.begin(State::Escape, 0x1b);
        self.byte(byte);
    }

    fn discard_csi(&mut self, byte: u8) {
        match byte {
            0x20..=0x3f => self.hold_discarded(byte),
            0x40..=0x7e if self.told == 0 => self.reset(),
            _ => {
                self.abort_discarded();
                self.byte(byte);
            }
        }
    }

    /// Of a sequence that is thrown away only what came after a stall is held: it may be typing.
    fn hold_discarded(&mut self, byte: u8) {
        if self.told > 0 {
            self.held.push(byte);
            if self.held.len() > STRING_BYTES {
                self.discard_from_here(self.state);
            }
        }
    }

    fn abort_discarded(&mut self) {
        let held = std::mem::take(&mut self.held);
        let told = self.told;
        self.reset();
        self.plain(held.get(told..).unwrap_or_default());
    }

    fn pasting(&mut self, byte: u8) {
        self.held.push(byte);
        if self.held.ends_with(PASTE_END) {
            let mut text = std::mem::take(&mut self.held);
            text.truncate(text.len() - PASTE_END.len());
            self.reset();
            self.paste(&text);
        } else if self.held.len() >= PASTE_BYTES && byte != 0x1b && !self.held.ends_with(b"\x1b[") {
            let text = std::mem::take(&mut self.held);
            self.paste(&text);
        }
    }

    fn paste(&mut self, text: &[u8]) {
        self.out
            .push(Input::Paste(String::from_utf8_lossy(text).into_owned()));
    }

    /// Gives up what is held: unknown, or typing when its beginning was told as a key.
    fn abort(&mut self) {
        let held = std::mem::take(&mut self.held);
        let told = self.told;
        self.reset();
        if told > 0 {
            self.plain(&held[told..]);
        } else if !held.is_empty() {
            self.out.push(Input::Unknown(held));
        }
    }

    /// Bytes that were held and are typing after all.
    fn plain(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.torn = State::Ground;
        self.held.clear();
        self.told = 0;
    }

    fn key(&mut self, key: Key) {
        self.out.push(Input::Key { key, repeat: false });
    }
}

/// Whether Alt is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alt {
    No,
    Yes,
}

/// Bytes of a character that begins with this one.
fn utf8_length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    }
}
