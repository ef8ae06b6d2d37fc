//! The terminal's voice: answers at any delay, in any fragments, wrong ones and none at all.
//!
//! First the reader alone with a clock of its own, then the whole terminal on a pty.

use std::os::fd::OwnedFd;
use std::time::Duration;

use proptest::prelude::*;
use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use xamine::keymap::{Code, Key};
use xamine::terminal::reader::{Input, Parser, Waiting};

use crate::restoring::Console;
use crate::tty::{Sent, key, named, other, reply, typed};

/// As the terminal's thread waits.
const KEY: Duration = Duration::from_millis(300);
const REST: Duration = Duration::from_secs(2);

/// A line that brings bytes, and a hand and a terminal that send them.
struct Line {
    parser: Parser,
    found: Vec<Input>,
}

impl Line {
    fn new() -> Self {
        Self {
            parser: Parser::default(),
            found: Vec::new(),
        }
    }

    fn bring(&mut self, bytes: &[u8]) {
        self.found.extend(self.parser.feed(bytes));
    }

    /// Nothing comes for so long: what the thread does then.
    fn silence(&mut self, long: Duration) {
        for _ in 0..3 {
            let patience = match self.parser.waiting() {
                Waiting::Nothing => return,
                Waiting::Key => KEY,
                Waiting::Rest => REST,
            };
            if long < patience {
                return;
            }
            self.found.extend(self.parser.flush_timeout());
        }
    }
}

/// How a piece comes: bytes of it at once, and the silence after them.
#[derive(Debug, Clone, Copy)]
struct Cut {
    bytes: usize,
    silence: u64,
}

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let silence =
        prop_oneof![6 => Just(0_u64), 2 => 1_u64..250, 2 => 301_u64..1900, 1 => 2001_u64..20_000];
    let cut = (1_usize..7, silence).prop_map(|(bytes, silence)| Cut { bytes, silence });
    prop::collection::vec(cut, 1..40)
}

/// Alt with what begins a sequence, which only silence tells from one.
fn introducers() -> impl Strategy<Value = Sent> {
    prop::sample::select(vec!['[', 'O', 'P', ']', '_']).prop_map(|c| Sent {
        then_silence: true,
        ..key(
            format!("\x1b{c}").as_bytes(),
            Code::Char(c),
            [false, true, false],
        )
    })
}

/// Brings one thing in pieces. The keyboard sends a key at once, a terminal its answer; on the way
/// they may be torn anywhere, and an answer may stall: from its third byte on for as long as it
/// likes, once for longer than anybody waits.
fn bring(line: &mut Line, one: &Sent, cuts: &mut impl Iterator<Item = Cut>) {
    let is_reply = matches!(one.means, Input::Reply(_));
    let mut stalled = false;
    let mut at = 0;
    while at < one.bytes.len() {
        let cut = cuts.next().unwrap();
        let end = (at + cut.bytes).min(one.bytes.len());
        line.bring(&one.bytes[at..end]);
        at = end;
        let silence = Duration::from_millis(cut.silence);
        let unmistakable = is_reply && at > 2 && at < one.bytes.len();
        if silence < KEY || (unmistakable && !stalled) {
            stalled |= silence >= REST;
            line.silence(silence);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Keys out are keys in, replies out are replies in, in their order.
    #[test]
    fn no_reply_becomes_a_key_and_no_key_is_swallowed_at_any_delay(
        sent in prop::collection::vec(
            prop_oneof![4 => typed(), 3 => named(), 5 => reply(), 2 => other(), 1 => introducers()], 0..24),
        cuts in cuts(),
    ) {
        let mut line = Line::new();
        let mut cuts = cuts.into_iter().cycle();
        let mut expected = Vec::new();
        let mut after_escape = false;
        for (at, one) in sent.iter().enumerate() {
            bring(&mut line, one, &mut cuts);
            let next = sent.get(at + 1).map_or(&[][..], |next| &next.bytes);
            // A reply or another key's sequence may follow Esc at once; a letter after it would be
            // that letter with Alt, and one after that still may look like a sequence.
            let told_by_next = one.bytes == b"\x1b" && next.first() == Some(&0x1b) && next.len() > 1;
            let typed_after = after_escape && one.bytes.len() == 1;
            if (one.then_silence && !told_by_next) || typed_after {
                line.silence(Duration::from_millis(400));
            }
            after_escape = one.then_silence;
            expected.push(one.means.clone());
        }
        line.silence(Duration::from_secs(3));
        prop_assert_eq!(line.found, expected);
        prop_assert_eq!(line.parser.waiting(), Waiting::Nothing);
    }

    /// A reply that is cut short is no key, and keys after a silence are all there.
    #[test]
    fn a_reply_that_is_cut_short_is_no_key(
        reply in reply(),
        part in 3_usize..60,
        keys in prop::collection::vec(prop::sample::select(vec!["q", "x", "é", "\r", "\x1b[A", "\x1b[6~"]), 1..6),
        hurried in any::<bool>(),
    ) {
        let mut line = Line::new();
        let part = part.min(reply.bytes.len() - 1);
        line.bring(&reply.bytes[..part]);
        line.silence(Duration::from_secs(3));
        prop_assert_eq!(&line.found, &Vec::new());
        for text in &keys {
            line.bring(text.as_bytes());
            if !hurried {
                line.silence(Duration::from_millis(400));
            }
        }
        line.silence(Duration::from_secs(3));
        let code = |text: &&str| match *text {
            "\r" => Code::Enter,
            "\x1b[A" => Code::Up,
            "\x1b[6~" => Code::PageDown,
            other => Code::Char(other.chars().next().unwrap()),
        };
        let pressed: Vec<Input> = keys
            .iter()
            .map(|text| Input::Key { key: Key::plain(code(text)), repeat: false })
            .collect();
        // An escape within the string may have been its end, or the Esc key.
        let escape = Input::Key { key: Key::plain(Code::Esc), repeat: false };
        line.found.retain(|input| matches!(input, Input::Key { .. }) && *input != escape);
        prop_assert_eq!(line.found, pressed);
    }

    /// A reply with a wrong byte in it harms nothing that is typed after a silence.
    #[test]
    fn a_wrong_reply_does_not_stop_the_keyboard(reply in reply(), at in 0_usize..60, wrong in any::<u8>()) {
        let mut line = Line::new();
        let mut bytes = reply.bytes;
        let at = at % bytes.len();
        bytes[at] = wrong;
        line.bring(&bytes);
        line.silence(Duration::from_secs(3));
        line.silence(Duration::from_secs(3));
        line.found.clear();
        for text in ["q", "\x1b[A"] {
            line.bring(text.as_bytes());
            line.silence(Duration::from_secs(3));
        }
        let keys: Vec<&Input> = line.found.iter().filter(|i| matches!(i, Input::Key { .. })).collect();
        let last = Input::Key { key: Key::plain(Code::Up), repeat: false };
        prop_assert_eq!(keys.last(), Some(&&last));
        prop_assert!(keys.len() >= 2 || wrong == 0x1b, "{:?}", line.found);
    }
}

/// A kitty's answers to the probe.
const KITTY: &str = "\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:0/0/0\x07\x1b[6;18;9t\x1b[?2026;2$y\x1b[?0u\x1b[>1;4000;26c\x1b[?62;c\x1b[0n";

#[test]
fn answers_after_the_first_screens_and_keys_are_taken_up_a_byte_at_a_time() {
    let mut console = Console::ready();
    console.send(b"ab");
    console.until("typed ab");
    console.until("half-block 8x16 waiting");
    for byte in KITTY.bytes() {
        console.send(&[byte]);
    }
    console.until("kitty 9x18 answered");
    console.send(b"c");
    console.until("typed abc");
    console.send(b"q");
    let (code, screen) = console.ended();
    assert_eq!(code, 0);
    assert!(
        !screen.contains("OK") && !screen.contains("rgb"),
        "{screen}"
    );
}

#[test]
fn wrong_answers_are_no_keys_and_hold_up_none() {
    let long = format!("\x1b_Gi=2147000031;{}\x1b\\", "x".repeat(100_000));
    for wrong in [
        "\x1bP>|never ends",
        "\x1b_Gi=2147000031;O",
        "\x1b[?62;4",
        "\x1b]11;rgb:ff/",
        "\x1b[0n\x1b[0n\x1b[3n\x1b[?c\x1b[?;;;;c\x1b[?2026;9$y\x1b[6;0;0t\x1b[4;;t",
        "\x1b_Gi=99999999999;OK\x1b\\\x1b_G;;;\x1b\\\x1bP1+r5\x1b\\\x1bP0+r\x1b\\",
        &long,
    ] {
        let mut console = Console::ready();
        console.send(b"a");
        console.until("typed a");
        console.send(wrong.as_bytes());
        // The arrow's escape ends whatever had no end.
        console.send(b"\x1b[Ab");
        console.until("<Up>b");
        let screen = console.screen.screen().contents();
        let typed = screen.split("typed a").nth(1).unwrap();
        let stray = typed.replace("<Up>b", "");
        assert!(
            stray.trim().is_empty() || stray.trim().starts_with("<["),
            "{wrong:?} was typed: {screen}"
        );
        // What it waits for at the end.
        console.send(b"\x1b[?62;c\x1b[0nq");
        assert_eq!(console.ended().0, 0, "{wrong:?}");
    }
}

/// The pty's other side, held open so that what nobody read stays there.
fn held_open(console: &Console) -> OwnedFd {
    let path = console.master.tty_name().unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK;
    rustix::fs::open(path, flags, Mode::empty()).unwrap()
}

/// What the shell would read next.
fn left_unread(tty: &OwnedFd) -> u64 {
    let found = tcgetattr(tty).unwrap();
    let mut raw = found.clone();
    raw.make_raw();
    tcsetattr(tty, OptionalActions::Now, &raw).unwrap();
    let unread = rustix::io::ioctl_fionread(tty).unwrap();
    tcsetattr(tty, OptionalActions::Now, &found).unwrap();
    unread
}

/// Leaves while answers are under way, which come once the farewell is seen.
fn leave_before(mut console: Console, answers: &[u8]) {
    let tty = held_open(&console);
    console.send(b"q");
    while console.screen.screen().alternate_screen() {
        assert!(console.read_more());
    }
    console.send(answers);
    while console.child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(left_unread(&tty), 0, "bytes for the shell");
    drop(tty);
    let (code, screen) = console.ended();
    assert_eq!(code, 0);
    assert!(!screen.contains("26") && !screen.contains(';'), "{screen}");
}

#[test]
fn answers_that_come_after_the_farewell_do_not_reach_the_shell() {
    leave_before(Console::ready(), KITTY.as_bytes());
}

#[test]
fn whoever_leaves_before_the_first_answer_waits_for_it_and_is_told() {
    let mut console = Console::ready();
    let tty = held_open(&console);
    console.send(b"q");
    console.until("Waiting for the terminal");
    assert!(!console.screen.screen().alternate_screen());
    console.send(KITTY.as_bytes());
    while console.child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(left_unread(&tty), 0, "bytes for the shell");
    drop(tty);
    let (code, screen) = console.ended();
    assert_eq!(code, 0);
    assert!(
        !screen.contains("Waiting"),
        "the line is taken away: {screen}"
    );
}

#[test]
fn what_the_mouse_did_last_does_not_reach_the_shell() {
    let mut console = Console::ready();
    console.send(KITTY.as_bytes());
    console.until("kitty 9x18 answered");
    leave_before(console, b"\x1b[<35;3;4M\x1b[<35;4;4M\x1b[O\x1b[0n");
}

#[test]
fn a_fence_is_acknowledged_by_the_terminal_s_own_answer() {
    let mut console = Console::ready();
    console.send(b"g");
    console.until("typed <None>");
    console.send(KITTY.as_bytes());
    console.until("kitty 9x18 answered");
    console.send(b"gg");
    console.until("<None><Status><Status>");
    console.send(b"\x1b[0n");
    console.until("<1 passed>");
    console.send(b"\x1b_Gi=5,p=2;EIO\x1b\\");
    console.until("<1 passed><5 EIO>");
    console.send(b"\x1b[0n\x1b[0n");
    // The screen's line ends here.
    console.until("<2");
    console.until("passed>");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn inside_tmux_a_fence_goes_through_it_and_only_with_the_focus() {
    let mut console = Console::start_in(&[("TMUX", "/tmp/tmux,1,0"), ("TERM", "tmux-256color")]);
    console.until("60x10");
    let raw = String::from_utf8_lossy(&console.raw).into_owned();
    assert!(
        raw.contains("\x1bPtmux;\x1b\x1b_Gi=2147000031,"),
        "asked through tmux"
    );
    assert!(
        !raw.replace("\x1b\x1b_G", "").contains("\x1b_G"),
        "and only so"
    );
    assert!(
        raw.find("\x1bPtmux;") < raw.find("\x1b[?1049h"),
        "before another screen makes tmux drop it"
    );
    console.send(b"\x1bP>|tmux 3.4\x1b\\\x1b[>84;0;0c\x1b[?1;2c\x1b[0n");
    console.until("half-block 8x16 answered");
    console.send(b"\x1bP1+r544e=787465726d2d6b69747479\x1b\\\x1bP1+r6b697474792d71756572792d76657273696f6e=302e33352e31\x1b\\\x1b[6;20;10t\x1b_Gi=2147000031;OK\x1b\\");
    console.until("kitty 10x20 answered");
    console.send(b"g");
    console.until("typed <None>");
    console.send(b"\x1b[Ig");
    console.until("<None><Query>");
    let raw = String::from_utf8_lossy(&console.raw).into_owned();
    let id = raw
        .rsplit("\x1bPtmux;\x1b\x1b_Gi=")
        .next()
        .and_then(|rest| rest.split(',').next())
        .unwrap()
        .to_owned();
    // tmux's own answers are none to this fence.
    console.send(b"\x1b[0n");
    console.send(format!("\x1b_Gi={id};OK\x1b\\").as_bytes());
    console.until("<Query><1 passed>");
    console.send(b"\x1b[Og");
    console.until("<1 passed><None>");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

/// How often the terminal behind tmux was asked.
fn asked_behind(console: &Console) -> usize {
    let raw = String::from_utf8_lossy(&console.raw).into_owned();
    raw.matches("\x1bPtmux;\x1b\x1b_Gi=2147000031,").count()
}

const TMUX: &str = "\x1bP>|tmux 3.4\x1b\\\x1b[>84;0;0c\x1b[?1;2c\x1b[0n";
const BEHIND: &str = "\x1bP1+r544e=787465726d2d6b69747479\x1b\\\x1bP1+r6b697474792d71756572792d76657273696f6e=302e33352e31\x1b\\\x1b[6;20;10t\x1b_Gi=2147000031;OK\x1b\\";

#[test]
fn what_tmux_drops_is_asked_again() {
    let mut console = Console::start_in(&[("TMUX", "/tmp/tmux,1,0"), ("TERM", "tmux-256color")]);
    console.until("60x10");
    console.send(TMUX.as_bytes());
    console.until("half-block 8x16 answered");
    while asked_behind(&console) < 2 {
        assert!(console.read_more());
    }
    console.send(b"\x1b[I");
    while asked_behind(&console) < 3 {
        assert!(console.read_more());
    }
    console.send(BEHIND.as_bytes());
    console.until("kitty 10x20 answered");
    console.send(b"\x1b[Ig");
    console.until("typed <Query>");
    assert_eq!(asked_behind(&console), 3, "who answered is not asked again");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn a_query_that_comes_back_as_an_error_is_a_loss() {
    let mut console = Console::start_in(&[("TMUX", "/tmp/tmux,1,0"), ("TERM", "tmux-256color")]);
    console.until("60x10");
    console.send((TMUX.to_owned() + BEHIND).as_bytes());
    console.until("kitty 10x20 answered");
    console.send(b"\x1b[Ig");
    console.until("typed <Query>");
    console.send(b"\x1b_Gi=4000000000;EINVAL:broken\x1b\\");
    console.until("<Query><0 lost>");
    console.until("kitty 10x20 answered");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

/// How often all was painted.
fn painted(console: &Console) -> usize {
    let raw = String::from_utf8_lossy(&console.raw).into_owned();
    raw.matches("60x10").count()
}

#[test]
fn another_terminal_behind_tmux_is_asked_and_painted_anew() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("default");
    std::fs::write(&socket, "").unwrap();
    let attach = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&socket, permissions).unwrap();
    };
    attach(0o700);
    let variable = format!("{},1,0", socket.display());
    let mut console = Console::start_in(&[("TMUX", &variable), ("TERM", "tmux-256color")]);
    console.until("60x10");
    console.send((TMUX.to_owned() + BEHIND).as_bytes());
    console.until("kitty 10x20 answered");
    let (asked, before) = (asked_behind(&console), painted(&console));
    attach(0o600);
    attach(0o700);
    while asked_behind(&console) == asked || painted(&console) == before {
        assert!(console.read_more());
    }
    console.until("half-block 8x16 answered");
    console.send(BEHIND.as_bytes());
    console.until("kitty 10x20 answered");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn who_comes_back_to_a_multiplexer_sees_all_painted_again() {
    let mut console = Console::start_in(&[("TMUX", "/tmp/tmux,1,0"), ("TERM", "tmux-256color")]);
    console.until("60x10");
    console.send((TMUX.to_owned() + BEHIND).as_bytes());
    console.until("kitty 10x20 answered");
    console.send(b"\x1b[Ia");
    console.until("typed a");
    let before = painted(&console);
    console.send(b"\x1b[O\x1b[Ib");
    console.until("typed ab");
    assert_eq!(painted(&console), before + 1);
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}

#[test]
fn another_size_of_the_letters_is_asked_for_and_taken() {
    let mut console = Console::ready();
    console.send(KITTY.as_bytes());
    console.until("kitty 9x18 answered");
    let asked = |console: &Console| {
        let text = String::from_utf8_lossy(&console.raw).into_owned();
        text.matches("\x1b[16t").count()
    };
    let before = asked(&console);
    let size = portable_pty::PtySize {
        rows: 8,
        cols: 50,
        pixel_width: 600,
        pixel_height: 192,
    };
    console.master.resize(size).unwrap();
    console.until("50x8");
    // Until the terminal says it itself, the kernel's pixels count.
    console.until("kitty 12x24");
    assert_eq!(asked(&console), before + 1);
    console.send(b"\x1b[6;25;11t\x1b[0n");
    console.until("kitty 11x25");
    console.send(b"q");
    assert_eq!(console.ended().0, 0);
}
