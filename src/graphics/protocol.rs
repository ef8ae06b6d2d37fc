//! The protocols of pictures and the colours of cells, by name.

use std::fmt;

use super::CellSize;
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
    /// Four pixels a cell, in two colours, by quadrants such as `▚`.
    Quadrant,
    /// Six pixels a cell, in two colours, by sextants (Unicode 13).
    Sextant,
    /// Eight pixels a cell, in two colours, by octants (Unicode 16).
    Octant,
    /// Eight dots a cell, in two colours, by braille.
    Braille,
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
    pub const ALL: [Self; 9] = [
        Self::Kitty,
        Self::Iterm2,
        Self::Sixel,
        Self::HalfBlock,
        Self::Quadrant,
        Self::Sextant,
        Self::Octant,
        Self::Braille,
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

    /// Pixels of one cell, across and down, where pictures are drawn with characters.
    pub fn cell_pixels(self) -> Option<(usize, usize)> {
        match self {
            Self::HalfBlock => Some((1, 2)),
            Self::Quadrant => Some((2, 2)),
            Self::Sextant => Some((2, 3)),
            Self::Octant | Self::Braille => Some((2, 4)),
            Self::Kitty | Self::Iterm2 | Self::Sixel | Self::None => None,
        }
    }
    /// How much higher than wide a pixel of this protocol is in cells of this size; 1 for square.
    pub fn pixel_aspect(self, cell: CellSize) -> f64 {
        self.cell_pixels().map_or(1.0, |(across, down)| {
            let [width, height] = [cell.width, cell.height].map(|side| f64::from(side.max(1)));
            height * across as f64 / (width * down as f64)
        })
    }

    /// The word of `--protocol`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Iterm2 => "iterm2",
            Self::Sixel => "sixel",
            Self::HalfBlock => "half-block",
            Self::Quadrant => "quadrant",
            Self::Sextant => "sextant",
            Self::Octant => "octant",
            Self::Braille => "braille",
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
            Error::request(say(
                "graphics-protocol-unknown",
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

/// On what ground a terminal is believed to take a protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// Its answers say so.
    Answered,
    /// The user says so, or nobody.
    #[default]
    Assumed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_of_characters_are_square_or_not() {
        let aspect = |protocol: Protocol| protocol.pixel_aspect(CellSize::default());
        assert_eq!(aspect(Protocol::Kitty), 1.0);
        assert_eq!(aspect(Protocol::HalfBlock), 1.0);
        assert_eq!(aspect(Protocol::Quadrant), 2.0);
        assert_eq!(aspect(Protocol::Octant), 1.0);
    }

    #[test]
    fn names_are_read_and_wrong_ones_are_told_the_right_ones() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::parse(protocol.as_str()), Ok(Some(protocol)));
        }
        assert_eq!(Protocol::parse("auto"), Ok(None));
        let wrong =
            Protocol::parse("regis").map_or_else(|error| error.to_string(), |_| String::new());
        assert!(
            wrong.contains("'regis'") && wrong.contains("half-block, quadrant"),
            "{wrong}"
        );
    }
}
