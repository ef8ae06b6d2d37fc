//! What is chosen for the answers of known terminals.

use super::super::reader::{Input, Parser};
use super::*;

pub(in super::super) const SIZE: WindowSize = WindowSize {
    columns: 100,
    rows: 30,
    pixels: None,
};

pub(in super::super) fn found(answers: &str) -> Findings {
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
