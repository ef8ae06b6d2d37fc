//! The protocols of pictures and the colours of cells, by name.

use std::fmt;

use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// How a picture reaches the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Kitty's graphics protocol.
    Kitty,
    /// iTerm2's inline files.
    Iterm2,
    /// DEC sixels.
    Sixel,
    /// Two pixels a cell, by the character `▀`.
    HalfBlock,
    /// No picture.
    None,
}

/// Colours that cells may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 24 bits.
    True,
    /// The 256-colour palette.
    Colours256,
    /// The 16 named colours.
    Colours16,
    /// None at all (`NO_COLOR`): characters only.
    Monochrome,
}

impl Protocol {
    /// Every protocol of this build.
    pub const ALL: [Self; 5] = [
        Self::Kitty,
        Self::Iterm2,
        Self::Sixel,
        Self::HalfBlock,
        Self::None,
    ];

    /// Whether pictures are made of pixels; else of cells, or there are none.
    pub fn is_pixels(self) -> bool {
        matches!(self, Self::Kitty | Self::Iterm2 | Self::Sixel)
    }

    /// Whether a picture may cover the screen's last row: after a sixel or iTerm2 picture that does,
    /// terminals scroll. The layout keeps that row for the status line.
    pub fn may_touch_last_row(self) -> bool {
        !matches!(self, Self::Sixel | Self::Iterm2)
    }

    /// The word of `--protocol`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Iterm2 => "iterm2",
            Self::Sixel => "sixel",
            Self::HalfBlock => "half-block",
            Self::None => "none",
        }
    }

    /// Reads the word of `--protocol`; `None` for `auto`, an error for a name this build has not.
    pub fn parse(word: &str) -> Result<Option<Self>> {
        if word == "auto" {
            return Ok(None);
        }
        let known = Self::ALL
            .into_iter()
            .find(|protocol| protocol.as_str() == word);
        known.map(Some).ok_or_else(|| {
            let names: Vec<Safe> = Self::ALL.iter().map(|p| Safe::word(p.as_str())).collect();
            let id = match word {
                "quadrant" | "sextant" | "octant" | "braille" => "graphics-protocol-later",
                _ => "graphics-protocol-unknown",
            };
            Error::request(say(
                id,
                &[
                    arg("value", &Safe::from_outside(word)),
                    arg("names", &Safe::join(&names, ", ")),
                ],
            ))
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_later_ones_are_told_apart_from_wrong_ones() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::parse(protocol.as_str()), Ok(Some(protocol)));
        }
        assert_eq!(Protocol::parse("auto"), Ok(None));
        let later =
            Protocol::parse("octant").map_or_else(|error| error.to_string(), |_| String::new());
        let wrong =
            Protocol::parse("regis").map_or_else(|error| error.to_string(), |_| String::new());
        assert!(
            later.contains("'octant'") && later.contains("half-block"),
            "{later}"
        );
        assert!(
            wrong.contains("'regis'") && wrong.contains("half-block"),
            "{wrong}"
        );
        assert_ne!(later.replace("octant", ""), wrong.replace("regis", ""));
    }
}
