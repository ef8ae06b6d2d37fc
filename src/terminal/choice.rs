//! How pictures are shown, from what was found out, and why.
//!
//! Answers are trusted over environment variables, which outlive the terminal that set them. Until
//! there are answers, and where there are none, pictures are half-blocks.

pub use super::cell::{CellSource, cell};
pub use super::depth::{DepthSource, depth};

use super::multiplexer::{Multiplexer, Passage};
use super::probe::{Environment, Findings};
use super::tty::WindowSize;
use crate::graphics::{CellSize, Depth, Evidence, Protocol};
use crate::messages::{arg, say};
use crate::text::Safe;

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
        Protocol::Kitty => takes_kitty(findings),
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
    // xterm.js 6.1 forgets kitty's pictures that text was written over.
    let forgets = findings.is("xterm.js") && takes_sixel(findings);
    if takes_kitty(findings) && !forgets {
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

/// Whether it answered that it does; a stale variable can keep it from being asked, and then its name
/// tells.
fn takes_kitty(findings: &Findings) -> bool {
    let named = findings.is("kitty(") || findings.is("ghostty");
    findings.kitty.unwrap_or(named)
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

#[cfg(test)]
mod known;

#[cfg(test)]
pub(super) mod tests {
    use super::super::reader::{Input, Parser};
    use super::known::KNOWN;
    use super::*;

    pub(in crate::terminal) const SIZE: WindowSize = WindowSize {
        columns: 100,
        rows: 30,
        pixels: None,
    };

    pub(in crate::terminal) fn found(answers: &str) -> Findings {
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
}
