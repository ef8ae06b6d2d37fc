//! How pictures are shown, from what was found out, and why.
//!
//! Answers are trusted over environment variables, which outlive the terminal that set them. Until
//! there are answers, and where there are none, pictures are half-blocks.

use super::multiplexer::{Multiplexer, Passage};
use super::probe::{Environment, Findings};
use super::tty::WindowSize;
use crate::graphics::{CellSize, Depth, Evidence, Protocol};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Fewest and most pixels of a cell that are believed.
const CELL: std::ops::RangeInclusive<u32> = 3..=256;

/// How pictures are shown, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// How.
    pub protocol: Protocol,
    /// Why, for the status line and `doctor`.
    pub reason: Safe,
    /// Whether the terminal's answers show that it can.
    pub evidence: Evidence,
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Colours of cells.
    pub depth: Depth,
    /// Sixel registers, `2..=256`.
    pub registers: u16,
    /// Columns and rows of the largest sixel picture that the terminal draws whole; `None` where it
    /// did not say, and for other protocols.
    pub largest: Option<[u32; 2]>,
    /// Whether a change may be shown in one step by `?2026`.
    pub synchronized: bool,
    /// Whether kitty's keyboard protocol may be switched on.
    pub keyboard: bool,
    /// Colours of text and of what is behind it, where known.
    pub colours: Option<([u8; 3], [u8; 3])>,
    /// The way that the pictures' bytes take.
    pub passage: Passage,
    /// Whether kitty's pictures must be shown by placeholder characters among the cells.
    pub placeholders: bool,
}

/// Terminals whose names stand for iTerm2's protocol, which has no question of its own.
const ITERM2: [&str; 4] = ["iTerm2", "WezTerm", "Konsole", "xterm.js"];

/// How to show pictures, from what is known so far; `forced` is the user's word.
pub fn choose(
    findings: &Findings,
    environment: &Environment,
    forced: Option<Protocol>,
    size: WindowSize,
) -> Choice {
    let tmux = findings.multiplexer(environment) == Some(Multiplexer::Tmux);
    let (protocol, reason) = match forced {
        Some(protocol) => (protocol, say("graphics-reason-forced", &[])),
        None => protocol(findings, environment),
    };
    let through = tmux && protocol == Protocol::Kitty;
    Choice {
        protocol,
        reason,
        evidence: evidence(findings, protocol),
        cell: cell(findings, size).0,
        depth: depth(findings, environment).0,
        registers: findings.registers.map_or(256, |r| r.clamp(2, 256) as u16),
        largest: findings
            .largest
            .filter(|_| protocol == Protocol::Sixel)
            .map(|(width, height)| [width, height]),
        synchronized: findings.synchronized,
        keyboard: findings.keyboard,
        colours: findings.foreground.zip(findings.background),
        passage: if through {
            Passage::Tmux
        } else {
            Passage::Direct
        },
        placeholders: through,
    }
}

/// Whether the terminal said that it takes this protocol; cells are text, which all take.
fn evidence(findings: &Findings, protocol: Protocol) -> Evidence {
    let said = match protocol {
        Protocol::Kitty => {
            let named = findings.is("kitty(") || findings.is("ghostty");
            findings.kitty.unwrap_or(named)
        }
        Protocol::Sixel => takes_sixel(findings),
        Protocol::Iterm2 => ITERM2.iter().any(|name| findings.is(name)),
        _ => true,
    };
    if said {
        Evidence::Answered
    } else {
        Evidence::Assumed
    }
}

fn protocol(findings: &Findings, environment: &Environment) -> (Protocol, Safe) {
    let version = findings
        .version
        .clone()
        .unwrap_or_else(|| say("graphics-terminal-unnamed", &[]));
    let because = |id: &str| say(id, &[arg("terminal", &version)]);
    match findings.multiplexer(environment) {
        Some(Multiplexer::Tmux) => return behind_tmux(findings),
        Some(Multiplexer::Zellij) if takes_sixel(findings) => {
            return (Protocol::Sixel, because("graphics-reason-sixel"));
        }
        Some(multiplexer) => {
            let name = Safe::word(multiplexer.as_str());
            let reason = say("graphics-reason-multiplexer", &[arg("name", &name)]);
            return (Protocol::HalfBlock, reason);
        }
        None => {}
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
    if takes_sixel(findings) {
        return (Protocol::Sixel, because("graphics-reason-sixel"));
    }
    if findings.complete {
        (Protocol::HalfBlock, because("graphics-reason-none"))
    } else {
        (Protocol::HalfBlock, because("graphics-reason-waiting"))
    }
}

/// Kitty's pictures where the terminal behind tmux knows placeholders, else tmux's own sixel.
fn behind_tmux(findings: &Findings) -> (Protocol, Safe) {
    let unnamed = || say("graphics-terminal-unnamed", &[]);
    let terminal = match (&findings.outer, &findings.outer_version) {
        (Some(name), Some(version)) => Safe::join(&[name.clone(), version.clone()], " "),
        (Some(name), None) => name.clone(),
        (None, _) => unnamed(),
    };
    let because = |id: &str| say(id, &[arg("terminal", &terminal)]);
    let through = findings.kitty == Some(true);
    if through && knows_placeholders(findings) {
        return (Protocol::Kitty, because("graphics-reason-tmux-kitty"));
    }
    if takes_sixel(findings) {
        return (Protocol::Sixel, because("graphics-reason-tmux-sixel"));
    }
    let reason = if through {
        because("graphics-reason-tmux-old")
    } else if findings.awaits_behind {
        because("graphics-reason-tmux-waiting")
    } else {
        because("graphics-reason-tmux")
    };
    (Protocol::HalfBlock, reason)
}

/// kitty has them since 0.28, Ghostty always. Of one that does not say its version nothing is
/// believed: older ones show the placeholders themselves.
fn knows_placeholders(findings: &Findings) -> bool {
    let name = findings.outer.as_ref().map_or("", Safe::as_str);
    if name.contains("ghostty") {
        return true;
    }
    let version = findings.outer_version.as_ref().map_or("", Safe::as_str);
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().ok());
    let version = numbers.next().flatten().zip(numbers.next().flatten());
    name.contains("kitty") && version.is_some_and(|version| version >= (0, 28))
}

/// Whether DA1 says sixel.
fn takes_sixel(findings: &Findings) -> bool {
    let attributes = findings.attributes.as_deref().unwrap_or_default();
    attributes.iter().skip(1).any(|n| *n == 4)
}

/// How the size of a cell was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellSource {
    /// The terminal said it (16t).
    Cell,
    /// The text area's pixels (14t) by its cells.
    Area,
    /// The kernel's pixels by the cells.
    Kernel,
    /// The largest sixel picture by the cells.
    Sixel,
    /// As before the window changed.
    Before,
    /// Nothing is known.
    Guess,
}

/// Why cells have these colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthSource {
    /// The configuration.
    Configuration,
    /// `NO_COLOR`, or a terminal that has none.
    NoColour,
    /// `COLORTERM`.
    Colorterm,
    /// The terminal's name for itself.
    Name,
    /// `TERM`.
    Term,
}

/// The cell: 16t, else the text area (14t) by the cells, else the kernel's pixels by them, else those of
/// the largest sixel picture, else 8 x 16. The sixel size is last because xterm says the window's only
/// up to a limit (`maxGraphicSize`, 1000 x 1000): in a larger window it says nothing of the cell.
pub fn cell(findings: &Findings, size: WindowSize) -> (CellSize, CellSource) {
    let (columns, rows) = (u32::from(size.columns.max(1)), u32::from(size.rows.max(1)));
    let shared = |(width, height): (u32, u32)| (width / columns, height / rows);
    let kernel = size.pixels.map(|(w, h)| (u32::from(w), u32::from(h)));
    let before = |cell: CellSize| (cell.width.into(), cell.height.into());
    [
        (findings.cell, CellSource::Cell),
        (findings.area.map(shared), CellSource::Area),
        (kernel.map(shared), CellSource::Kernel),
        (findings.largest.map(shared), CellSource::Sixel),
        (findings.previous.map(before), CellSource::Before),
    ]
    .into_iter()
    .filter_map(|(cell, source)| Some((cell?, source)))
    .find(|((w, h), _)| CELL.contains(w) && CELL.contains(h) && *h < 4 * w && *w < 3 * h)
    .map_or_else(
        || (CellSize::default(), CellSource::Guess),
        |((w, h), source)| {
            let (width, height) = (w as u16, h as u16);
            (CellSize { width, height }, source)
        },
    )
}

/// Terminals that name themselves and show 24 bits.
const TRUE_COLOUR: [&str; 12] = [
    "kitty(", "WezTerm", "iTerm2", "foot(", "ghostty", "Konsole", "XTerm(", "mintty", "contour",
    "xterm.js", "VTE(", "rio",
];

/// The colours of cells, and why.
pub fn depth(findings: &Findings, environment: &Environment) -> (Depth, DepthSource) {
    let term = environment.term.as_str();
    if let Some(depth) = environment.depth {
        (depth, DepthSource::Configuration)
    } else if environment.no_color || term == "dumb" {
        (Depth::Monochrome, DepthSource::NoColour)
    } else if matches!(environment.colorterm.as_str(), "truecolor" | "24bit") {
        (Depth::True, DepthSource::Colorterm)
    } else if TRUE_COLOUR.iter().any(|name| findings.is(name)) {
        (Depth::True, DepthSource::Name)
    } else if term.ends_with("-direct") {
        (Depth::True, DepthSource::Term)
    } else if term == "linux" || term.starts_with("vt") || term.ends_with("-16color") {
        (Depth::Colours16, DepthSource::Term)
    } else {
        (Depth::Colours256, DepthSource::Term)
    }
}

#[cfg(test)]
mod tests {
    use super::super::probe::Findings;
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

    /// Name, answers, and the protocol, cell and colours chosen.
    type Known = (&'static str, &'static str, Protocol, (u16, u16), Depth);

    /// What terminals answer to the probe, and what is chosen for them. kitty, xterm, mlterm,
    /// Konsole, tmux and screen as they answered here; the others from memory of what they say; not run here.
    const KNOWN: &[Known] = &[
        (
            "kitty 0.26",
            "\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[4;702;1116t\x1b[6;18;9t\x1b[?2026;2$y\x1b[?0u\x1b[>1;4000;26c\x1b[?62;c\x1b[0n",
            Protocol::Kitty,
            (9, 18),
            Depth::True,
        ),
        (
            "xterm 379 as vt340",
            "\x1bP>|XTerm(379)\x1b\\\x1b[?2026;0$y\x1b[?1;0;1024S\x1b[?2;0;600;390S\x1b[>19;379;0c\x1b[?63;1;2;4;6;9;15;16;22;28c\x1b[0n",
            Protocol::Sixel,
            (6, 13),
            Depth::True,
        ),
        (
            "mlterm 3.9",
            "\x1b[4;570;1000t\x1b[6;19;10t\x1b[?2026;0$y\x1b[?1;0;1024S\x1b[?1;3;0S\x1b[>24;279;0c\x1b[?63;1;2;3;4;6;7;15;18;22;29c\x1b[0n",
            Protocol::Sixel,
            (10, 19),
            Depth::Colours256,
        ),
        (
            "Konsole 22.12",
            "\x1bP>|Konsole 22.12.3\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[4;476;880t\x1b[6;17;8t\x1b[?1;0;256S\x1b[?2;0;16384;16384S\x1b[>1;115;0c\x1b[?62;1;4c\x1b[0n",
            Protocol::Kitty,
            (8, 17),
            Depth::True,
        ),
        (
            "foot 1.13",
            "\x1bP>|foot(1.13.1)\x1b\\\x1b[4;480;800t\x1b[6;16;8t\x1b[?2026;2$y\x1b[?1;0;1024S\x1b[?2;0;800;480S\x1b[?0u\x1b[>1;011301;0c\x1b[?62;4;22c\x1b[0n",
            Protocol::Sixel,
            (8, 16),
            Depth::True,
        ),
        (
            "WezTerm",
            "\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;20;10t\x1b[?2026;2$y\x1b[>1;277;0c\x1b[?65;4;6;18;22c\x1b[0n",
            Protocol::Iterm2,
            (10, 20),
            Depth::True,
        ),
        (
            "iTerm2",
            "\x1bP>|iTerm2 3.5.4\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[4;480;800t\x1b[?2026;2$y\x1b[>64;2500;0c\x1b[?64;1;2;4;6;17;18;21;22c\x1b[0n",
            Protocol::Iterm2,
            (8, 16),
            Depth::True,
        ),
        (
            "Ghostty",
            "\x1bP>|ghostty 1.1.3\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;21;10t\x1b[?2026;2$y\x1b[?0u\x1b[>1;10;1c\x1b[?62;22c\x1b[0n",
            Protocol::Kitty,
            (10, 21),
            Depth::True,
        ),
        (
            "xterm.js with its image addon",
            "\x1bP>|xterm.js(6.1.0-beta.336)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;17;9t\x1b[?2026;2$y\x1b[?1;0;256S\x1b[>0;276;0c\x1b[?62;4;9;22c\x1b[0n",
            Protocol::Kitty,
            (9, 17),
            Depth::True,
        ),
        (
            "xterm.js before",
            "\x1bP>|xterm.js(5.5.0)\x1b\\\x1b[?1;0;256S\x1b[>0;276;0c\x1b[?62;4;9;22c\x1b[0n",
            Protocol::Sixel,
            (8, 16),
            Depth::True,
        ),
        (
            "Windows Terminal 1.22",
            "\x1b[4;480;800t\x1b[6;16;8t\x1b[?2026;2$y\x1b[>0;10;1c\x1b[?61;4;6;7;14;21;22;23;24;28;32;42c\x1b[0n",
            Protocol::Sixel,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "contour",
            "\x1bP>|contour 0.6.1\x1b\\\x1b[6;18;9t\x1b[?2026;2$y\x1b[?1;0;4096S\x1b[>65;601;0c\x1b[?65;1;2;4;6;8;15;18;21;22;28;29;314c\x1b[0n",
            Protocol::Sixel,
            (9, 18),
            Depth::True,
        ),
        (
            "alacritty",
            "\x1b[4;480;800t\x1b[?2026;2$y\x1b[?0u\x1b[>0;1301;1c\x1b[?6c\x1b[0n",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "tmux 3.3a",
            "\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c\x1b[0n",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "tmux with sixel",
            "\x1bP>|tmux 3.5a\x1b\\\x1b[6;16;8t\x1b[>84;0;0c\x1b[?1;2;4c\x1b[0n",
            Protocol::Sixel,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "screen 4.9",
            "\x1b[>83;40900;0c\x1b[?1;2c\x1b[0n\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "mosh",
            "\x1b[>1;10;0c\x1b[?62c\x1b[0n",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "zellij with sixel",
            "\x1bP>|Zellij(0.41.2)\x1b\\\x1b[6;16;8t\x1b[?62;4c\x1b[0n",
            Protocol::Sixel,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "zellij",
            "\x1bP>|Zellij(0.41.2)\x1b\\\x1b[6;16;8t\x1b[?62;c\x1b[0n",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "one that knows nothing",
            "\x1b[?6c\x1b[0n",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
        (
            "a silent one",
            "",
            Protocol::HalfBlock,
            (8, 16),
            Depth::Colours256,
        ),
    ];

    #[test]
    fn answers_choose_the_protocol() {
        let environment = Environment {
            term: "xterm-256color".into(),
            ..Environment::default()
        };
        for (name, answers, protocol, cell, depth) in KNOWN {
            let choice = chosen(answers, &environment);
            assert_eq!(choice.protocol, *protocol, "{name}: {}", choice.reason);
            assert_eq!((choice.cell.width, choice.cell.height), *cell, "{name}");
            assert_eq!(choice.depth, *depth, "{name}");
            assert_eq!(choice.passage, Passage::Direct, "{name}");
            assert!(!choice.placeholders, "{name}");
            assert!(!choice.reason.as_str().contains('<'), "{}", choice.reason);
            assert_eq!(choice.synchronized, answers.contains("?2026;2"), "{name}");
        }
    }

    #[test]
    fn behind_tmux_kitty_needs_its_passage_and_its_placeholders() {
        let tmux = "\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c\x1b[0n";
        let sixel = "\x1bP>|tmux 3.5a\x1b\\\x1b[>84;0;0c\x1b[?1;2;4c\x1b[0n";
        let hex = |text: &str| {
            use std::fmt::Write as _;
            text.bytes().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap();
                hex
            })
        };
        let name = |name: &str| format!("\x1bP1+r544e={}\x1b\\", hex(name));
        let query = hex("kitty-query-version");
        let version = |version: &str| format!("\x1bP1+r{query}={}\x1b\\", hex(version));
        let kitty = |number: &str| name("xterm-kitty") + &version(number);
        let ghostty = name("xterm-ghostty");
        let ok = "\x1b_Gi=2147000031;OK\x1b\\";
        for (near, behind, protocol, told) in [
            (
                tmux,
                kitty("0.28.0") + ok,
                Protocol::Kitty,
                "xterm-kitty 0.28.0 behind tmux answered",
            ),
            (tmux, kitty("0.35.2") + ok, Protocol::Kitty, "answered"),
            (tmux, kitty("1.0") + ok, Protocol::Kitty, "answered"),
            (tmux, ghostty.clone() + ok, Protocol::Kitty, "answered"),
            (
                tmux,
                kitty("0.26.5") + ok,
                Protocol::HalfBlock,
                "0.26.5 behind tmux has no picture placeholders",
            ),
            (
                tmux,
                ok.to_owned(),
                Protocol::HalfBlock,
                "no picture placeholders",
            ),
            (
                tmux,
                name("xterm-kitty") + ok,
                Protocol::HalfBlock,
                "no picture placeholders",
            ),
            (
                tmux,
                kitty("0.35.2"),
                Protocol::HalfBlock,
                "allow-passthrough",
            ),
            (
                tmux,
                String::new(),
                Protocol::HalfBlock,
                "allow-passthrough",
            ),
            (sixel, kitty("0.35.2") + ok, Protocol::Kitty, "answered"),
            (sixel, kitty("0.26.5") + ok, Protocol::Sixel, "tmux says"),
            (sixel, String::new(), Protocol::Sixel, "tmux says"),
        ] {
            let choice = chosen(&(near.to_owned() + &behind), &Environment::default());
            assert_eq!(choice.protocol, protocol, "{behind:?}: {}", choice.reason);
            assert!(choice.reason.as_str().contains(told), "{}", choice.reason);
            let through = protocol == Protocol::Kitty;
            assert_eq!(choice.placeholders, through);
            assert_eq!(choice.passage == Passage::Tmux, through);
        }
        let forced = choose(
            &found(tmux),
            &Environment::default(),
            Some(Protocol::Kitty),
            SIZE,
        );
        assert!(forced.placeholders && forced.passage == Passage::Tmux);
    }

    #[test]
    fn nobody_is_advised_while_the_terminal_behind_tmux_may_still_answer() {
        let mut findings = found("\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c\x1b[0n");
        let reason = |findings: &Findings| {
            let choice = choose(findings, &Environment::default(), None, SIZE);
            choice.reason.as_str().contains("allow-passthrough")
        };
        findings.awaits_behind = true;
        assert!(!reason(&findings));
        findings.awaits_behind = false;
        assert!(reason(&findings));
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
            &found("\x1b_Gi=2147000031;OK\x1b\\"),
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
    fn a_window_larger_than_the_largest_sixel_picture_has_its_own_cell() {
        // xterm 379 of 150 x 50 cells of 8 x 17 pixels, as it answered here.
        let xterm = "\x1bP>|XTerm(379)\x1b\\\x1b[?2;0;1000;850S\x1b[?63;1;2;4c\x1b[0n";
        let window = WindowSize {
            columns: 150,
            rows: 50,
            pixels: Some((1200, 850)),
        };
        let choice = choose(&found(xterm), &Environment::default(), None, window);
        assert_eq!((choice.cell.width, choice.cell.height), (8, 17));
        assert_eq!(cell(&found(xterm), window).1, CellSource::Kernel);
        assert_eq!(choice.largest, Some([1000, 850]));
        // Whoever says it himself is believed over the kernel.
        let said = found("\x1b[6;20;10t\x1b[?2;0;1000;850S");
        assert_eq!(cell(&said, window).1, CellSource::Cell);
    }

    #[test]
    fn a_cell_that_cannot_be_is_not_believed() {
        let odd = found("\x1b[6;0;0t\x1b[4;480;800t");
        assert_eq!(
            cell(&odd, SIZE).0,
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
            cell(&huge, size).0,
            CellSize {
                width: 10,
                height: 20
            }
        );
    }
}
