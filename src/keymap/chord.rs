//! Chords as text: `ctrl-d`, `alt-x`, `shift-tab`, `space`, `g g`.
//!
//! A chord is one key or several after another, separated by a space. Reading and writing are
//! inverse: what is printed reads back as the same chord.

use std::fmt;

use super::{Code, Key};
use crate::config::{nearest, suggest};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Keys pressed one after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chord(pub Vec<Key>);

/// Names of the keys that are not characters; the first name of a key is the one that is printed.
const NAMES: &[(&str, Code)] = &[
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("return", Code::Enter),
    ("esc", Code::Esc),
    ("escape", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("insert", Code::Insert),
    ("delete", Code::Delete),
    ("home", Code::Home),
    ("end", Code::End),
    ("page-up", Code::PageUp),
    ("page-down", Code::PageDown),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
];
/// Function keys go up to this one.
const LAST_FUNCTION_KEY: u8 = 24;

impl Chord {
    /// Reads a chord; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Safe> {
        let keys: Vec<Key> = text
            .split_whitespace()
            .map(parse_key)
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(say("keymap-empty-chord", &[]));
        }
        Ok(Self(keys))
    }

    /// Whether `self` is the beginning of the longer `other`.
    pub fn begins(&self, other: &Self) -> bool {
        self.0.len() < other.0.len() && other.0.starts_with(&self.0)
    }

    /// The chord as it is drawn.
    pub fn safe(&self) -> Safe {
        Safe::from_outside(&self.to_string())
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{}", key_text(*key))?;
        }
        Ok(())
    }
}

/// A key as key files write it.
pub fn key_text(key: Key) -> String {
    let mut text = String::new();
    for (held, name) in [
        (key.ctrl, "ctrl-"),
        (key.alt, "alt-"),
        (key.shift, "shift-"),
    ] {
        if held {
            text.push_str(name);
        }
    }
    match (NAMES.iter().find(|(_, code)| *code == key.code), key.code) {
        (Some((name, _)), _) => text.push_str(name),
        (None, Code::Char(c)) => text.push(c),
        (None, Code::F(number)) => text.extend(["f", &number.to_string()]),
        (None, _) => {}
    }
    text
}

/// Another key for which most terminals send the same bytes.
pub(super) fn twin(key: Key) -> Option<Key> {
    let code = match key.code {
        Code::Char('i') => Code::Tab,
        Code::Char('m' | 'j') => Code::Enter,
        Code::Char('[') => Code::Esc,
        Code::Char('h') => Code::Backspace,
        _ => return None,
    };
    key.ctrl
        .then_some(Key::new(code, false, key.alt, key.shift))
}

fn parse_key(word: &str) -> Result<Key, Safe> {
    let (mut ctrl, mut alt, mut shift) = (false, false, false);
    let mut rest = word;
    loop {
        let (held, name) = if rest.starts_with("ctrl-") {
            (&mut ctrl, "ctrl-")
        } else if rest.starts_with("alt-") {
            (&mut alt, "alt-")
        } else if rest.starts_with("shift-") {
            (&mut shift, "shift-")
        } else {
            break;
        };
        let inner = &rest[name.len()..];
        if *held || inner.is_empty() {
            return Err(unknown(word));
        }
        *held = true;
        rest = inner;
    }
    let code = parse_code(rest).ok_or_else(|| unknown(word))?;
    match code {
        // Control has no case of its own in a terminal.
        Code::Char(c) if ctrl => Ok(Key::new(
            Code::Char(c.to_ascii_lowercase()),
            true,
            alt,
            false,
        )),
        // Which character shift makes of these is the keyboard's business.
        Code::Char(c) if shift && !c.is_ascii_alphabetic() => Err(say(
            "keymap-shifted-character",
            &[arg("key", &Safe::from_outside(word))],
        )),
        _ => Ok(Key::new(code, ctrl, alt, shift)),
    }
}

fn parse_code(word: &str) -> Option<Code> {
    let mut characters = word.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return Some(Code::Char(c));
    }
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == word) {
        return Some(*code);
    }
    let number: u8 = word.strip_prefix('f')?.parse().ok()?;
    let plain = !word.starts_with("f0") && !word.starts_with("f+");
    (plain && (1..=LAST_FUNCTION_KEY).contains(&number)).then_some(Code::F(number))
}

fn unknown(word: &str) -> Safe {
    let text = say(
        "keymap-unknown-key",
        &[arg("key", &Safe::from_outside(word))],
    );
    let last = word.rsplit_once('-').map_or(word, |(_, last)| last);
    let candidates = NAMES.iter().map(|(name, _)| *name);
    suggest(&text, nearest(last, candidates))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn chords_read_and_print() {
        for (written, printed) in [
            ("j", "j"),
            ("G", "G"),
            ("shift-g", "G"),
            ("ctrl-D", "ctrl-d"),
            ("alt-ctrl-x", "ctrl-alt-x"),
            ("shift-tab", "shift-tab"),
            ("+", "+"),
            ("-", "-"),
            ("ctrl--", "ctrl--"),
            ("alt-+", "alt-+"),
            ("?", "?"),
            ("space", "space"),
            ("f1", "f1"),
            ("f24", "f24"),
            ("return", "enter"),
            ("pageup", "page-up"),
            ("ctrl-page-down", "ctrl-page-down"),
            ("g g", "g g"),
            ("  g   ctrl-x ", "g ctrl-x"),
            ("é", "é"),
        ] {
            let chord = Chord::parse(written).unwrap();
            assert_eq!(chord.to_string(), printed, "{written}");
            assert_eq!(Chord::parse(printed).unwrap(), chord, "{printed}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for written in [
            "",
            "  ",
            "ctrl-",
            "ctrl-ctrl-x",
            "hyper-x",
            "f0",
            "f25",
            "f+1",
            "gg",
            "shift-1",
            "Space",
        ] {
            assert!(Chord::parse(written).is_err(), "{written:?}");
        }
        let near = Chord::parse("ctrl-backspce").unwrap_err();
        assert!(near.as_str().contains("'backspace'"), "{near}");
    }

    #[test]
    fn terminals_cannot_tell_some_keys_apart() {
        let twin_of = |text: &str| twin(Chord::parse(text).unwrap().0[0]).map(key_text);
        assert_eq!(twin_of("ctrl-i").as_deref(), Some("tab"));
        assert_eq!(twin_of("ctrl-m").as_deref(), Some("enter"));
        assert_eq!(twin_of("ctrl-[").as_deref(), Some("esc"));
        assert_eq!(twin_of("ctrl-h").as_deref(), Some("backspace"));
        assert_eq!(twin_of("i"), None);
    }
}
