//! What known terminals answer, and what is chosen for them.

use crate::graphics::{Depth, Protocol};

/// Name, answers, and the protocol, cell and colours chosen.
pub(super) type Known = (&'static str, &'static str, Protocol, (u16, u16), Depth);

/// What terminals answer to the probe, and what is chosen for them. kitty, xterm, mlterm,
/// Konsole, tmux and screen as they answered here; the others from memory of what they say; not run here.
pub(super) const KNOWN: &[Known] = &[
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
        Protocol::Sixel,
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
