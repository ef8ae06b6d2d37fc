//! What this terminal can do: one question, fenced, and what its answers mean however late.
//!
//! Answers are trusted over environment variables, which outlive the terminal that set them. Until
//! there are answers, and where there are none, pictures are half-blocks.

use super::reader::Reply;
use super::tty::WindowSize;
use crate::graphics::{CellSize, Depth, Protocol};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Number of the picture that kitty is asked about.
const QUERY_ID: u32 = 31;
/// Synchronized output.
const SYNCHRONIZED: u32 = 2026;
/// Fewest and most pixels of a cell that are believed.
const CELL: std::ops::RangeInclusive<u32> = 3..=256;

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
}

/// A program between ours and the terminal that takes pictures away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
    /// mosh.
    Mosh,
    /// zellij.
    Zellij,
}

/// What was found out so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Name and version, by XTVERSION.
    pub version: Option<Safe>,
    /// Whether kitty's graphics are understood.
    pub kitty: Option<bool>,
    /// DA1.
    pub attributes: Option<Vec<u32>>,
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
}

/// How pictures are shown, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// How.
    pub protocol: Protocol,
    /// Why, for the status line and `doctor`.
    pub reason: Safe,
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Colours of cells.
    pub depth: Depth,
    /// Sixel registers, `2..=256`.
    pub registers: u16,
    /// Whether a change may be shown in one step by `?2026`.
    pub synchronized: bool,
    /// Whether kitty's keyboard protocol may be switched on.
    pub keyboard: bool,
    /// Colours of text and of what is behind it, where known.
    pub colours: Option<([u8; 3], [u8; 3])>,
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
        }
    }

    /// Terminals that would print a question instead of swallowing it.
    fn is_simple(&self) -> bool {
        matches!(self.term.as_str(), "linux" | "dumb" | "") || self.term.starts_with("vt")
    }
}

/// The question, to be written at once; `CSI 5 n` comes last and is the fence. Where a multiplexer
/// or a simple terminal would print them, the strings are left out.
pub fn question(environment: &Environment) -> Vec<u8> {
    let mut ask = Vec::new();
    if !environment.is_simple() {
        ask.extend_from_slice(b"\x1b[>0q");
        if environment.multiplexer.is_none() {
            let kitty = format!("\x1b_Gi={QUERY_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
            ask.extend_from_slice(kitty.as_bytes());
            ask.extend_from_slice(b"\x1b]10;?\x1b\\\x1b]11;?\x1b\\");
        }
        ask.extend_from_slice(b"\x1b[14t\x1b[16t\x1b[?2026$p\x1b[?1;1;0S\x1b[?2;1;0S\x1b[?u");
    }
    ask.extend_from_slice(b"\x1b[c\x1b[5n");
    ask
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
            } => self.kitty = Some(*ok),
            Reply::Version(version) => self.version = Some(version.clone()),
            Reply::Attributes(attributes) => self.attributes = Some(attributes.clone()),
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

    /// Forgets the sizes, which another window size makes wrong; they are asked for again.
    pub fn resized(&mut self, cell: CellSize) {
        self.previous = Some(cell);
        self.area = None;
        self.largest = None;
        self.cell = None;
    }

    fn is(&self, name: &str) -> bool {
        let version = self.version.as_ref().map_or("", Safe::as_str);
        version
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    }

    /// The multiplexer, by its own word before that of the environment.
    fn multiplexer(&self, environment: &Environment) -> Option<Multiplexer> {
        match &self.version {
            Some(_) if self.is("tmux") => Some(Multiplexer::Tmux),
            Some(_) if self.is("screen") => Some(Multiplexer::Screen),
            Some(_) if self.is("zellij") => Some(Multiplexer::Zellij),
            Some(_) => None,
            None => environment.multiplexer,
        }
    }
}

/// The question for sizes alone, after the window changed.
pub fn question_sizes(environment: &Environment) -> &'static [u8] {
    if environment.is_simple() {
        b""
    } else {
        b"\x1b[14t\x1b[16t\x1b[?2;1;0S"
    }
}

/// How to show pictures, from what is known so far; `forced` is the user's word.
pub fn choose(
    findings: &Findings,
    environment: &Environment,
    forced: Option<Protocol>,
    size: WindowSize,
) -> Choice {
    let (protocol, reason) = match forced {
        Some(protocol) => (protocol, say("graphics-reason-forced", &[])),
        None => protocol(findings, environment),
    };
    Choice {
        protocol,
        reason,
        cell: cell(findings, size),
        depth: depth(findings, environment),
        registers: findings.registers.map_or(256, |r| r.clamp(2, 256) as u16),
        synchronized: findings.synchronized,
        keyboard: findings.keyboard,
        colours: findings.foreground.zip(findings.background),
    }
}

fn protocol(findings: &Findings, environment: &Environment) -> (Protocol, Safe) {
    let version = findings
        .version
        .clone()
        .unwrap_or_else(|| say("graphics-terminal-unnamed", &[]));
    let because = |id: &str| say(id, &[arg("terminal", &version)]);
    if let Some(multiplexer) = findings.multiplexer(environment) {
        let name = Safe::word(multiplexer.as_str());
        return (
            Protocol::HalfBlock,
            say("graphics-reason-multiplexer", &[arg("name", &name)]),
        );
    }
    // WezTerm's kitty placements leave glitches; iTerm2 knows its own protocol longest.
    if findings.is("WezTerm") || findings.is("iTerm2") {
        return (Protocol::Iterm2, because("graphics-reason-iterm2"));
    }
    if findings.kitty == Some(true) {
        return (Protocol::Kitty, because("graphics-reason-kitty"));
    }
    // A stale variable can keep the question from being asked.
    if findings.kitty.is_none() && (findings.is("kitty(") || findings.is("ghostty")) {
        return (Protocol::Kitty, because("graphics-reason-kitty"));
    }
    if findings
        .attributes
        .as_ref()
        .is_some_and(|a| a.iter().skip(1).any(|n| *n == 4))
    {
        return (Protocol::Sixel, because("graphics-reason-sixel"));
    }
    if findings.complete {
        (Protocol::HalfBlock, because("graphics-reason-none"))
    } else {
        (Protocol::HalfBlock, because("graphics-reason-waiting"))
    }
}

/// The cell: 16t, else 14t or the sixel size by the cells, else the kernel's pixels, else 8 x 16.
fn cell(findings: &Findings, size: WindowSize) -> CellSize {
    let (columns, rows) = (u32::from(size.columns.max(1)), u32::from(size.rows.max(1)));
    let shared = |(width, height): (u32, u32)| (width / columns, height / rows);
    let kernel = size.pixels.map(|(w, h)| (u32::from(w), u32::from(h)));
    [
        findings.cell,
        findings.area.map(shared),
        findings.largest.map(shared),
        kernel.map(shared),
        findings
            .previous
            .map(|cell| (cell.width.into(), cell.height.into())),
    ]
    .into_iter()
    .flatten()
    .find(|(w, h)| CELL.contains(w) && CELL.contains(h) && *h < 4 * w && *w < 3 * h)
    .map_or_else(CellSize::default, |(w, h)| CellSize {
        width: w as u16,
        height: h as u16,
    })
}

/// Terminals that name themselves and show 24 bits.
const TRUE_COLOUR: [&str; 12] = [
    "kitty(", "WezTerm", "iTerm2", "foot(", "ghostty", "Konsole", "XTerm(", "mintty", "contour",
    "xterm.js", "VTE(", "rio",
];

fn depth(findings: &Findings, environment: &Environment) -> Depth {
    let term = environment.term.as_str();
    if let Some(depth) = environment.depth {
        depth
    } else if environment.no_color || term == "dumb" {
        Depth::Monochrome
    } else if matches!(environment.colorterm.as_str(), "truecolor" | "24bit")
        || TRUE_COLOUR.iter().any(|name| findings.is(name))
        || term.ends_with("-direct")
    {
        Depth::True
    } else if term == "linux" || term.starts_with("vt") || term.ends_with("-16color") {
        Depth::Colours16
    } else {
        Depth::Colours256
    }
}

impl Multiplexer {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Mosh => "mosh",
            Self::Zellij => "zellij",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Input, Parser};
    use super::*;

    const SIZE: WindowSize = WindowSize {
        columns: 100,
        rows: 30,
        pixels: None,
    };

    fn found(answers: &str) -> Findings {
        let mut findings = Findings::default();
        for input in Parser::default().feed(answers.as_bytes()) {
            let Input::Reply(reply) = input else {
                panic!("{input:?}")
            };
            findings.learn(&reply);
        }
        findings
    }

    fn chosen(answers: &str, environment: &Environment) -> Choice {
        choose(&found(answers), environment, None, SIZE)
    }

    #[test]
    fn answers_choose_the_protocol() {
        let kitty = "\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;17;9t\x1b[?2026;2$y\x1b[?62;c\x1b[0n";
        let xterm =
            "\x1bP>|XTerm(379)\x1b\\\x1b[?1;0;256S\x1b[?2;0;800;480S\x1b[?63;1;2;4;6;22c\x1b[0n";
        let wezterm = "\x1bP>|WezTerm 2024\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?65;4c\x1b[0n";
        let tmux = "\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c\x1b[0n";
        let plain = "\x1b[?6c\x1b[0n";
        let environment = Environment {
            term: "xterm-256color".into(),
            ..Environment::default()
        };
        for (answers, protocol, cell, depth) in [
            (kitty, Protocol::Kitty, (9, 17), Depth::True),
            (xterm, Protocol::Sixel, (8, 16), Depth::True),
            (wezterm, Protocol::Iterm2, (8, 16), Depth::True),
            (tmux, Protocol::HalfBlock, (8, 16), Depth::Colours256),
            (plain, Protocol::HalfBlock, (8, 16), Depth::Colours256),
            ("", Protocol::HalfBlock, (8, 16), Depth::Colours256),
        ] {
            let choice = chosen(answers, &environment);
            assert_eq!(choice.protocol, protocol, "{answers:?}");
            assert_eq!((choice.cell.width, choice.cell.height), cell, "{answers:?}");
            assert_eq!(choice.depth, depth, "{answers:?}");
            assert!(!choice.reason.as_str().contains('<'), "{}", choice.reason);
        }
        assert!(chosen(kitty, &environment).synchronized);
    }

    #[test]
    fn answers_are_trusted_over_the_environment() {
        let stale = Environment {
            term: "xterm-kitty".into(),
            multiplexer: Some(Multiplexer::Tmux),
            ..Environment::default()
        };
        assert_eq!(chosen("", &stale).protocol, Protocol::HalfBlock);
        assert_eq!(
            chosen("\x1bP>|kitty(0.26.5)\x1b\\", &stale).protocol,
            Protocol::Kitty
        );
        assert_eq!(
            chosen(
                "\x1b[?62;22c\x1b[0n",
                &Environment {
                    term: "xterm-kitty".into(),
                    ..Environment::default()
                }
            )
            .protocol,
            Protocol::HalfBlock
        );
    }

    #[test]
    fn the_user_s_word_is_last() {
        let choice = choose(
            &found("\x1b_Gi=31;OK\x1b\\"),
            &Environment::default(),
            Some(Protocol::Sixel),
            SIZE,
        );
        assert_eq!(choice.protocol, Protocol::Sixel);
        let no_color = Environment {
            no_color: true,
            colorterm: "truecolor".into(),
            ..Environment::default()
        };
        assert_eq!(chosen("", &no_color).depth, Depth::Monochrome);
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

    #[test]
    fn a_cell_that_cannot_be_is_not_believed() {
        let odd = found("\x1b[6;0;0t\x1b[4;480;800t");
        assert_eq!(
            cell(&odd, SIZE),
            CellSize {
                width: 8,
                height: 16
            }
        );
        let huge = found("\x1b[6;9999;1t");
        let size = WindowSize {
            pixels: Some((1000, 600)),
            ..SIZE
        };
        assert_eq!(
            cell(&huge, size),
            CellSize {
                width: 10,
                height: 20
            }
        );
    }
}
