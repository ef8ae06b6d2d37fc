//! What this terminal can do: one question, fenced, and what its answers mean however late.
//!
//! Inside tmux a second question goes through it to the terminal behind: kitty's query, the
//! terminal's name and version (XTGETTCAP), and the size of a cell. tmux hands those answers on as
//! typing to the pane that has the focus, so the question is only asked while that is ours; and while
//! tmux has a redraw to do it drops the question, so it is asked before the screen changes, and again.

use super::attach::Socket;
use super::multiplexer::{Multiplexer, Passage, through_tmux};
use super::reader::Reply;
use crate::graphics::{CellSize, Depth};
use crate::text::Safe;

/// Number of the picture that kitty is asked about: none that a picture of ours ever has, so that a
/// picture that is lost says nothing about kitty; below 2^31, because Konsole knows no higher ones.
pub const QUERY_ID: u32 = 2_147_000_031;
/// Synchronized output.
const SYNCHRONIZED: u32 = 2026;
/// XTGETTCAP of `TN`, the terminal's name, and of `kitty-query-version`, in hex.
const NAMES: &[u8] = b"\x1bP+q544e;6b697474792d71756572792d76657273696f6e\x1b\\";
/// Asks for the cell in pixels.
const CELL_PIXELS: &[u8] = b"\x1b[16t";
/// DA2 of mosh.
const MOSH: [u32; 3] = [1, 10, 0];
/// DA2 of GNU screen begins with its letter.
const SCREEN: u32 = 83;
/// That of tmux too.
const TMUX: u32 = 84;

/// What the environment says about the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`.
    pub colorterm: String,
    /// `TERM_PROGRAM`.
    pub program: String,
    /// Which multiplexer the variables name.
    pub multiplexer: Option<Multiplexer>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// The colours that the configuration names, over all other signs.
    pub depth: Option<Depth>,
    /// The tmux server around this process.
    pub socket: Option<Socket>,
}

/// What was found out so far.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // each is an answer of its own
pub struct Findings {
    /// Name and version, by XTVERSION.
    pub version: Option<Safe>,
    /// Whether kitty's graphics are understood.
    pub kitty: Option<bool>,
    /// DA1.
    pub attributes: Option<Vec<u32>>,
    /// DA2.
    pub secondary: Option<Vec<u32>>,
    /// Name of the terminal behind tmux, as terminfo has it.
    pub outer: Option<Safe>,
    /// Version of a kitty behind tmux.
    pub outer_version: Option<Safe>,
    /// Whether `?2026` is known.
    pub synchronized: bool,
    /// Whether kitty's keyboard protocol is known.
    pub keyboard: bool,
    /// Cell in pixels, by 16t.
    pub cell: Option<(u32, u32)>,
    /// Text area in pixels, by 14t.
    pub area: Option<(u32, u32)>,
    /// Sixel registers.
    pub registers: Option<u32>,
    /// Largest sixel picture in pixels.
    pub largest: Option<(u32, u32)>,
    /// Colour of text.
    pub foreground: Option<[u8; 3]>,
    /// Colour behind text.
    pub background: Option<[u8; 3]>,
    /// The cell as it was before the window changed, until it is known again.
    pub previous: Option<CellSize>,
    /// Whether the fence came back: there will be no more answers.
    pub complete: bool,
    /// Whether the terminal behind tmux was asked and may still answer.
    pub awaits_behind: bool,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let get = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let text =
            |name: &str| get(name).map_or_else(String::new, |v| v.to_string_lossy().into_owned());
        let term = text("TERM");
        let multiplexer = if get("TMUX").is_some() || term.starts_with("tmux") {
            Some(Multiplexer::Tmux)
        } else if get("STY").is_some() || term.starts_with("screen") {
            Some(Multiplexer::Screen)
        } else if get("ZELLIJ").is_some() {
            Some(Multiplexer::Zellij)
        } else {
            get("MOSH_SERVER_PID")
                .or_else(|| get("MOSH_CONNECTION"))
                .map(|_| Multiplexer::Mosh)
        };
        Self {
            term,
            colorterm: text("COLORTERM"),
            program: text("TERM_PROGRAM"),
            multiplexer,
            no_color: get("NO_COLOR").is_some(),
            depth: None,
            socket: get("TMUX").as_deref().and_then(Socket::of),
        }
    }

    /// Terminals that would print a question instead of swallowing it.
    fn is_simple(&self) -> bool {
        matches!(self.term.as_str(), "linux" | "dumb" | "") || self.term.starts_with("vt")
    }
}

/// The question, to be written at once; DA1 and `CSI 5 n` come last and are the fence. Where a
/// multiplexer or a simple terminal would print them, the strings are left out.
pub fn question(environment: &Environment) -> Vec<u8> {
    let mut ask = Vec::new();
    if !environment.is_simple() {
        ask.extend_from_slice(b"\x1b[>0q");
        if environment.multiplexer.is_none() {
            ask.extend_from_slice(&kitty_query(QUERY_ID));
            ask.extend_from_slice(b"\x1b]10;?\x1b\\\x1b]11;?\x1b\\");
        }
        ask.extend_from_slice(
            b"\x1b[14t\x1b[16t\x1b[?2026$p\x1b[?1;1;0S\x1b[?2;1;0S\x1b[?u\x1b[>c",
        );
    }
    ask.extend_from_slice(b"\x1b[c\x1b[5n");
    ask
}

/// The question through tmux to the terminal behind it; its answers come after those of tmux.
pub fn question_behind() -> Vec<u8> {
    let mut ask = through_tmux(NAMES);
    ask.extend(through_tmux(CELL_PIXELS));
    ask.extend(through_tmux(&kitty_query(QUERY_ID)));
    ask
}

/// Asks kitty's graphics whether they are there, under this number; nothing is kept of it.
pub(super) fn kitty_query(id: u32) -> Vec<u8> {
    format!("\x1b_Gi={id},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\").into_bytes()
}

impl Findings {
    /// Takes an answer, in any order; true when it changes what is known.
    pub fn learn(&mut self, reply: &Reply) -> bool {
        let before = self.clone();
        match reply {
            Reply::Kitty {
                id: Some(QUERY_ID),
                ok,
                ..
            } => {
                self.kitty = Some(*ok);
                self.awaits_behind = false;
            }
            Reply::Version(version) => self.version = Some(version.clone()),
            Reply::Attributes(attributes) => self.attributes = Some(attributes.clone()),
            Reply::SecondaryAttributes(numbers) => self.secondary = Some(numbers.clone()),
            Reply::Capability { name, value } => match name.as_str() {
                "TN" => self.outer = Some(value.clone()),
                "kitty-query-version" => self.outer_version = Some(value.clone()),
                _ => {}
            },
            Reply::Mode {
                mode: SYNCHRONIZED,
                state,
            } => self.synchronized = matches!(state, 1..=3),
            Reply::KeyboardFlags(_) => self.keyboard = true,
            Reply::CellPixels { height, width } => self.cell = Some((*width, *height)),
            Reply::AreaPixels { height, width } => self.area = Some((*width, *height)),
            Reply::Graphics {
                item: 1,
                status: 0,
                values,
            } => self.registers = values.first().copied(),
            Reply::Graphics {
                item: 2,
                status: 0,
                values,
            } => {
                self.largest = values.first().copied().zip(values.get(1).copied());
            }
            Reply::Foreground(colour) => self.foreground = Some(*colour),
            Reply::Background(colour) => self.background = Some(*colour),
            Reply::Status(_) => self.complete = true,
            _ => {}
        }
        *self != before
    }

    /// Forgets what the terminal behind tmux said, because another may stand there now.
    pub fn forget_behind(&mut self) {
        self.kitty = None;
        self.outer = None;
        self.outer_version = None;
        self.cell = None;
    }

    /// Forgets the sizes, which another window size makes wrong; they are asked for again.
    pub fn resized(&mut self, cell: CellSize) {
        self.previous = Some(cell);
        self.area = None;
        self.largest = None;
        self.cell = None;
    }

    /// Whether the terminal's name for itself begins so.
    pub fn is(&self, name: &str) -> bool {
        let version = self.version.as_ref().map_or("", Safe::as_str);
        version
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    }

    /// The multiplexer, by its own word before that of the environment.
    pub fn multiplexer(&self, environment: &Environment) -> Option<Multiplexer> {
        match self.secondary.as_deref() {
            Some(numbers) if numbers == MOSH => return Some(Multiplexer::Mosh),
            Some([SCREEN, ..]) => return Some(Multiplexer::Screen),
            Some([TMUX, ..]) => return Some(Multiplexer::Tmux),
            _ => {}
        }
        match &self.version {
            Some(_) if self.is("tmux") => Some(Multiplexer::Tmux),
            Some(_) if self.is("screen") => Some(Multiplexer::Screen),
            Some(_) if self.is("zellij") => Some(Multiplexer::Zellij),
            Some(_) => None,
            None => environment.multiplexer,
        }
    }
}

/// The question for sizes alone, after the window changed; by tmux for the terminal behind it too.
pub fn question_sizes(environment: &Environment, passage: Passage) -> Vec<u8> {
    if environment.is_simple() {
        return Vec::new();
    }
    let mut ask = b"\x1b[14t\x1b[16t\x1b[?2;1;0S".to_vec();
    if passage == Passage::Tmux {
        ask.extend(through_tmux(CELL_PIXELS));
    }
    ask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_of(id: u32, ok: bool) -> Reply {
        Reply::Kitty {
            id: Some(id),
            placement: None,
            ok,
            message: Safe::word(if ok { "OK" } else { "ENOENT" }),
        }
    }

    #[test]
    fn what_is_said_of_a_picture_is_nothing_about_the_terminal() {
        use crate::graphics::placeholder::{NUMBERS, number};
        const { assert!(QUERY_ID < 1 << 31) };
        let mut findings = Findings::default();
        assert!(findings.learn(&said_of(QUERY_ID, true)));
        for id in (0..NUMBERS).map(number).chain([0, 1, 31]) {
            assert!(!findings.learn(&said_of(id, false)), "{id}");
        }
        assert_eq!(findings.kitty, Some(true));
    }

    #[test]
    fn nothing_that_would_be_printed_is_asked() {
        let simple = Environment {
            term: "linux".into(),
            ..Environment::default()
        };
        assert_eq!(question(&simple), b"\x1b[c\x1b[5n");
        let screen = Environment {
            term: "screen".into(),
            multiplexer: Some(Multiplexer::Screen),
            ..Environment::default()
        };
        assert!(
            !question(&screen)
                .windows(2)
                .any(|w| w == b"\x1b_" || w == b"\x1b]")
        );
        let any = Environment {
            term: "xterm".into(),
            ..Environment::default()
        };
        assert!(question(&any).ends_with(b"\x1b[5n"));
    }
}
