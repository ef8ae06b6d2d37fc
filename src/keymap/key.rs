//! One key press as the keymap sees it.
//!
//! Shift is normalised here and nowhere else: a character carries its shift in itself (`?`, `A`),
//! so `shift` is set only for keys that are not characters.

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Control is held.
    pub ctrl: bool,
    /// Alt is held.
    pub alt: bool,
    /// Shift is held; always false for [`Code::Char`].
    pub shift: bool,
}

/// The keys that terminals can tell apart. Space is `Char(' ')`, shifted Tab is `Tab` with shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character as typed.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Function key 1 to 24.
    F(u8),
}

impl Key {
    /// A key, with shift normalised.
    pub fn new(code: Code, ctrl: bool, alt: bool, shift: bool) -> Self {
        match code {
            Code::Char(c) if shift && c.is_ascii_lowercase() => Self {
                code: Code::Char(c.to_ascii_uppercase()),
                ctrl,
                alt,
                shift: false,
            },
            Code::Char(_) => Self {
                code,
                ctrl,
                alt,
                shift: false,
            },
            _ => Self {
                code,
                ctrl,
                alt,
                shift,
            },
        }
    }

    /// A key without modifiers.
    pub fn plain(code: Code) -> Self {
        Self::new(code, false, false, false)
    }
}
