//! Control sequences: keys in the legacy, xterm, rxvt and kitty forms, mouse, focus, replies.
//!
//! xterm's ctlseqs, kitty's keyboard protocol. A reply is told from a key by its private marker
//! (`?`, `>`) or its last letter; a cursor report that looks like a shifted F3 is the key, because
//! the console never asks where the cursor is.

use super::{Button, Input, Mouse, MouseKind, Reply};
use crate::keymap::{Code, Key};

/// A control sequence in parts; sub-parameters are after a colon.
struct Csi<'a> {
    private: Option<u8>,
    parameters: Vec<Vec<u32>>,
    intermediate: &'a [u8],
    last: u8,
}

impl<'a> Csi<'a> {
    fn new(body: &'a [u8]) -> Option<Self> {
        let (&last, body) = body.split_last()?;
        let private = body.first().copied().filter(|b| (0x3c..=0x3f).contains(b));
        let body = &body[usize::from(private.is_some())..];
        let end = body.iter().position(|b| *b < 0x30).unwrap_or(body.len());
        let (text, intermediate) = body.split_at(end);
        if intermediate.iter().any(|b| *b >= 0x30) {
            return None;
        }
        let parameters = text
            .split(|b| *b == b';')
            .map(|p| p.split(|b| *b == b':').map(number).collect())
            .collect::<Option<Vec<Vec<u32>>>>()?;
        Some(Self {
            private,
            parameters,
            intermediate,
            last,
        })
    }

    /// The parameter at `at`; 0 when it is missing.
    fn parameter(&self, at: usize) -> u32 {
        self.sub(at, 0)
    }

    fn sub(&self, at: usize, sub: usize) -> u32 {
        self.parameters
            .get(at)
            .and_then(|p| p.get(sub))
            .copied()
            .unwrap_or(0)
    }

    /// All first sub-parameters.
    fn numbers(&self) -> Vec<u32> {
        (0..self.parameters.len())
            .map(|at| self.parameter(at))
            .collect()
    }
}

/// A decimal number; an empty one is 0.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |n, b| {
        b.is_ascii_digit()
            .then(|| n.saturating_mul(10).saturating_add(u32::from(b - b'0')))
    })
}

/// Whether a dollar after these parameters ends rxvt's shifted key.
pub(super) fn is_rxvt(parameters: &[u8]) -> bool {
    !parameters.is_empty()
        && parameters.iter().all(u8::is_ascii_digit)
        && tilde(number(parameters).unwrap_or(0)).is_some()
}

/// Reads what follows `CSI`; `None` when it means nothing here.
pub(super) fn read(body: &[u8]) -> Option<Input> {
    let csi = Csi::new(body)?;
    match (csi.private, csi.intermediate, csi.last) {
        (Some(b'<'), [], b'M' | b'm') => sgr_mouse(&csi),
        (Some(_), _, _) | (None, [], b'n' | b't') => reply(&csi).map(Input::Reply),
        (None, [], b'R') => Some(cursor_or_f3(&csi)),
        (None, [], b'I') if body.len() == 1 => Some(Input::Focus(true)),
        (None, [], b'O') if body.len() == 1 => Some(Input::Focus(false)),
        (None, [], _) => key(&csi),
        _ => None,
    }
}

fn reply(csi: &Csi<'_>) -> Option<Reply> {
    let short = |at: usize| u16::try_from(csi.parameter(at)).unwrap_or(u16::MAX);
    Some(match (csi.private, csi.intermediate, csi.last) {
        (Some(b'?'), [], b'c') => Reply::Attributes(csi.numbers()),
        (Some(b'>'), [], b'c') => Reply::SecondaryAttributes(csi.numbers()),
        (Some(b'?'), b"$", b'y') => Reply::Mode {
            mode: csi.parameter(0),
            state: csi.parameter(1),
        },
        (Some(b'?'), [], b'S') => Reply::Graphics {
            item: csi.parameter(0),
            status: csi.parameter(1),
            values: csi.numbers().split_off(csi.parameters.len().min(2)),
        },
        (Some(b'?'), [], b'u') => Reply::KeyboardFlags(csi.parameter(0)),
        (Some(b'?'), [], b'R') => Reply::Cursor {
            row: short(0),
            column: short(1),
        },
        (Some(b'?'), [], b'n') => Reply::Other(vec![b'?', b'n']),
        (None, [], b'n') => Reply::Status(csi.parameter(0)),
        (None, [], b't') => match csi.parameter(0) {
            4 => Reply::AreaPixels {
                height: csi.parameter(1),
                width: csi.parameter(2),
            },
            6 => Reply::CellPixels {
                height: csi.parameter(1),
                width: csi.parameter(2),
            },
            8 => Reply::AreaCells {
                rows: csi.parameter(1),
                columns: csi.parameter(2),
            },
            _ => Reply::Other(vec![b't']),
        },
        _ => return None,
    })
}

/// `CSI 1;2R` is a shifted F3; any other is a cursor report.
fn cursor_or_f3(csi: &Csi<'_>) -> Input {
    let (row, column) = (csi.parameter(0), csi.parameter(1));
    let is_key = csi.parameters.len() < 2 || (row <= 1 && (1..=16).contains(&column));
    match key(csi) {
        Some(key) if is_key => key,
        _ => Input::Reply(Reply::Cursor {
            row: u16::try_from(row).unwrap_or(u16::MAX),
            column: u16::try_from(column).unwrap_or(u16::MAX),
        }),
    }
}

fn key(csi: &Csi<'_>) -> Option<Input> {
    let (code, held) = match csi.last {
        b'~' if csi.parameter(0) == 27 && csi.parameters.len() >= 3 => {
            (character(csi.parameter(2))?, csi.parameter(1))
        }
        b'~' => (tilde(csi.parameter(0))?, csi.parameter(1)),
        b'^' => (tilde(csi.parameter(0))?, 5),
        b'@' => (tilde(csi.parameter(0))?, 6),
        b'$' => (tilde(csi.parameter(0))?, 2),
        b'u' => (kitty_code(csi)?, csi.parameter(1)),
        b'Z' => (Code::Tab, csi.parameter(1)),
        b'a'..=b'd' => (letter(csi.last.to_ascii_uppercase())?, 2),
        _ => (letter(csi.last)?, csi.parameter(1)),
    };
    let bits = held.saturating_sub(1) | u32::from(csi.last == b'Z');
    // Super and hyper make another key, which has no name here; letting go is no press.
    if bits & 0b1_1000 != 0 || csi.sub(1, 1) == 3 {
        return None;
    }
    let key = Key::new(code, bits & 4 != 0, bits & 0b10_0010 != 0, bits & 1 != 0);
    Some(Input::Key {
        key,
        repeat: csi.sub(1, 1) == 2,
    })
}

/// Keys named by a letter.
fn letter(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// Keys named by a number and `~`.
fn tilde(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(number as u8 - 10),
        17..=21 => Code::F(number as u8 - 11),
        23..=26 => Code::F(number as u8 - 12),
        28 | 29 => Code::F(number as u8 - 13),
        31..=34 => Code::F(number as u8 - 14),
        _ => return None,
    })
}

/// A key by its code point.
fn character(code: u32) -> Option<Code> {
    Some(match code {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        _ => Code::Char(char::from_u32(code).filter(|c| !c.is_control())?),
    })
}

/// A key of kitty's protocol; of a shifted one the character that shift makes of it, where said.
fn kitty_code(csi: &Csi<'_>) -> Option<Code> {
    let code = csi.parameter(0);
    let shifted = csi.sub(0, 1);
    let shift = csi.parameter(1).saturating_sub(1) & 1 != 0;
    Some(match code {
        57376..=57387 => Code::F((code - 57376) as u8 + 13),
        57399..=57408 => Code::Char(char::from(b'0' + (code - 57399) as u8)),
        57409 => Code::Char('.'),
        57410 => Code::Char('/'),
        57411 => Code::Char('*'),
        57412 => Code::Char('-'),
        57413 => Code::Char('+'),
        57414 => Code::Enter,
        57415 => Code::Char('='),
        57416 => Code::Char(','),
        57417 => Code::Left,
        57418 => Code::Right,
        57419 => Code::Up,
        57420 => Code::Down,
        57421 => Code::PageUp,
        57422 => Code::PageDown,
        57423 => Code::Home,
        57424 => Code::End,
        57425 => Code::Insert,
        57426 => Code::Delete,
        // The private area names keys that have no name here, e.g. Caps Lock.
        0xe000..=0xf8ff => return None,
        _ if shift && shifted != 0 => character(shifted)?,
        _ => character(code)?,
    })
}

/// Keys after `ESC O`, with xterm's old modifier digits before the letter.
pub(super) fn ss3(digits: &[u8], last: u8) -> Option<Key> {
    let bits = number(digits)?.saturating_sub(1);
    let code = match last {
        b'M' => Code::Enter,
        b'I' => Code::Tab,
        b'X' => Code::Char('='),
        b'j'..=b'y' => Code::Char(char::from(last - 0x40)),
        _ => letter(last)?,
    };
    Some(Key::new(code, bits & 4 != 0, bits & 2 != 0, bits & 1 != 0))
}

fn sgr_mouse(csi: &Csi<'_>) -> Option<Input> {
    if csi.parameters.len() != 3 {
        return None;
    }
    let release = csi.last == b'm';
    mouse(
        csi.parameter(0),
        csi.parameter(1),
        csi.parameter(2),
        release,
    )
    .map(Input::Mouse)
}

/// The three bytes after `CSI M`.
pub(super) fn old_mouse(bytes: &[u8]) -> Input {
    let at = |i: usize| u32::from(bytes.get(i).copied().unwrap_or(32).saturating_sub(32));
    // The old form does not say which button was let go: the left one, in all likelihood.
    let (buttons, release) = if at(0) & 0b110_0011 == 3 {
        (at(0) & !3, true)
    } else {
        (at(0), false)
    };
    mouse(buttons, at(1), at(2), release)
        .map_or_else(|| Input::Unknown(bytes.to_vec()), Input::Mouse)
}

/// xterm's button number: two bits of button, modifiers, 32 for motion, 64 for the wheel.
fn mouse(buttons: u32, column: u32, row: u32, release: bool) -> Option<Mouse> {
    let button = match buttons & 3 {
        0 => Some(Button::Left),
        1 => Some(Button::Middle),
        2 => Some(Button::Right),
        _ => None,
    };
    let kind = match (buttons & !0b1_1100, button) {
        (64, _) => MouseKind::WheelUp,
        (65, _) => MouseKind::WheelDown,
        (66, _) => MouseKind::WheelLeft,
        (67, _) => MouseKind::WheelRight,
        (35, _) => MouseKind::Move,
        (32..=34, Some(button)) => MouseKind::Drag(button),
        (0..=2, Some(button)) if release => MouseKind::Release(button),
        (0..=2, Some(button)) => MouseKind::Press(button),
        _ => return None,
    };
    let cell = |n: u32| u16::try_from(n.saturating_sub(1)).unwrap_or(u16::MAX);
    Some(Mouse {
        kind,
        column: cell(column),
        row: cell(row),
        ctrl: buttons & 16 != 0,
        alt: buttons & 8 != 0,
        shift: buttons & 4 != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(body: &str) -> Option<Key> {
        match read(body.as_bytes()) {
            Some(Input::Key { key, .. }) => Some(key),
            _ => None,
        }
    }

    #[test]
    fn keys_are_read_in_every_form() {
        let ctrl_shift = |code| Some(Key::new(code, true, false, true));
        for (body, key) in [
            ("A", Some(Key::plain(Code::Up))),
            ("1;6A", ctrl_shift(Code::Up)),
            ("5~", Some(Key::plain(Code::PageUp))),
            ("3$", Some(Key::new(Code::Delete, false, false, true))),
            ("3@", ctrl_shift(Code::Delete)),
            ("a", Some(Key::new(Code::Up, false, false, true))),
            ("Z", Some(Key::new(Code::Tab, false, false, true))),
            ("1;6Z", ctrl_shift(Code::Tab)),
            ("24~", Some(Key::plain(Code::F(12)))),
            ("1;2R", Some(Key::new(Code::F(3), false, false, true))),
            (
                "27;5;105~",
                Some(Key::new(Code::Char('i'), true, false, false)),
            ),
            ("27u", Some(Key::plain(Code::Esc))),
            ("97;5u", Some(Key::new(Code::Char('a'), true, false, false))),
            ("97;6u", Some(Key::new(Code::Char('A'), true, false, false))),
            (
                "47:63;6u",
                Some(Key::new(Code::Char('?'), true, false, false)),
            ),
            ("57399u", Some(Key::plain(Code::Char('0')))),
            ("57376u", Some(Key::plain(Code::F(13)))),
            ("97;9u", None),
            ("57358u", None),
            ("1;1:3A", None),
        ] {
            assert_eq!(pressed(body), key, "{body}");
        }
        let Some(Input::Key { repeat, .. }) = read(b"1;1:2B") else {
            panic!("a held key")
        };
        assert!(repeat);
    }

    #[test]
    fn the_mouse_is_read() {
        let Some(Input::Mouse(mouse)) = read(b"<20;10;5M") else {
            panic!("a press")
        };
        assert_eq!(mouse.kind, MouseKind::Press(Button::Left));
        assert_eq!((mouse.column, mouse.row), (9, 4));
        assert!(mouse.ctrl && mouse.shift && !mouse.alt);
        for (body, kind) in [
            ("<0;1;1m", MouseKind::Release(Button::Left)),
            ("<34;1;1M", MouseKind::Drag(Button::Right)),
            ("<35;1;1M", MouseKind::Move),
            ("<65;1;1M", MouseKind::WheelDown),
        ] {
            let Some(Input::Mouse(mouse)) = read(body.as_bytes()) else {
                panic!("{body}")
            };
            assert_eq!(mouse.kind, kind);
        }
        assert_eq!(read(b"<0;1M"), None);
    }
}
