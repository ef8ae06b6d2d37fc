//! Which character shows which pattern of a cell's pixels.
//!
//! A pattern has a bit a pixel, row by row from the top left, the first in the lowest bit; a set bit
//! is ink. Blocks are areas and have a character for every pattern, those that Unicode had earlier
//! among them; braille is dots (ISO 11548-1), which leave most of the cell to the background.

use super::super::Protocol;

/// The characters of a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyphs {
    /// Pixels across a cell.
    pub(super) across: usize,
    /// Pixels down a cell.
    pub(super) down: usize,
    kind: Protocol,
}

/// Quadrants by pattern (Block Elements, U+2580).
const QUADRANTS: [char; 16] = [
    ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
];

/// Octants that are not among U+1CD00..=U+1CDE5 and are no quadrants either, by pattern.
const OLD_OCTANTS: [(u8, char); 10] = [
    (0b0000_0001, '\u{1cea8}'),
    (0b0000_0010, '\u{1ceab}'),
    (0b0000_0011, '\u{1fb82}'),
    (0b0001_0100, '\u{1fbe6}'),
    (0b0010_1000, '\u{1fbe7}'),
    (0b0011_1111, '\u{1fb85}'),
    (0b0100_0000, '\u{1cea3}'),
    (0b1000_0000, '\u{1cea0}'),
    (0b1100_0000, '▂'),
    (0b1111_1100, '▆'),
];

impl Glyphs {
    /// Those of a protocol that draws with characters.
    pub(super) fn of(protocol: Protocol) -> Option<Self> {
        let (across, down) = protocol.cell_pixels()?;
        Some(Self {
            across,
            down,
            kind: protocol,
        })
    }

    /// Pixels of a cell.
    pub(super) fn pixels(self) -> usize {
        self.across * self.down
    }

    /// The pattern of which every pixel is ink.
    pub(super) fn full(self) -> u8 {
        u8::MAX >> (8 - self.pixels())
    }

    /// Whether ink covers its pixel wholly.
    pub(super) fn are_areas(self) -> bool {
        self.kind != Protocol::Braille
    }

    /// The character of a pattern.
    pub(super) fn symbol(self, pattern: u8) -> char {
        let pattern = pattern & self.full();
        match self.kind {
            Protocol::Quadrant => QUADRANTS[usize::from(pattern)],
            Protocol::Sextant => sextant(pattern),
            Protocol::Octant => octant(pattern),
            Protocol::Braille => braille(pattern),
            _ => [' ', '▀', '▄', '█'][usize::from(pattern & 3)],
        }
    }
}

/// Sextants stand in the order of their patterns from U+1FB00, without the four that were there.
fn sextant(pattern: u8) -> char {
    match pattern {
        0 => ' ',
        0b01_0101 => '▌',
        0b10_1010 => '▐',
        0b11_1111 => '█',
        _ => {
            let before = 1 + u32::from(pattern > 0b01_0101) + u32::from(pattern > 0b10_1010);
            from(0x1_fb00 + u32::from(pattern) - before)
        }
    }
}

/// Octants stand in the order of their patterns from U+1CD00, without the 26 that were there.
fn octant(pattern: u8) -> char {
    if let Some(old) = old_octant(pattern) {
        return old;
    }
    let before = (0..pattern).filter(|p| old_octant(*p).is_some()).count();
    from(0x1_cd00 + u32::from(pattern) - before as u32)
}

/// An octant that an earlier character shows: the quadrants and ten more.
fn old_octant(pattern: u8) -> Option<char> {
    let (top, bottom) = (pattern & 0b1111, pattern >> 4);
    let twice = |half: u8| half & 3 == half >> 2;
    if twice(top) && twice(bottom) {
        return Some(QUADRANTS[usize::from(top & 3 | (bottom & 3) << 2)]);
    }
    OLD_OCTANTS
        .iter()
        .find(|(old, _)| *old == pattern)
        .map(|(_, symbol)| *symbol)
}

/// Braille counts its dots down the left column, down the right one, and then the lowest two.
fn braille(pattern: u8) -> char {
    const DOTS: [u32; 8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
    let dots = DOTS.iter().enumerate();
    let inked = dots.filter(|(bit, _)| pattern >> bit & 1 == 1);
    from(0x2800 + inked.map(|(_, dot)| dot).sum::<u32>())
}

/// A character of the ranges above, all of which exist.
fn from(code: u32) -> char {
    char::from_u32(code).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_has_a_character_of_its_own() {
        for protocol in Protocol::ALL {
            let Some(glyphs) = Glyphs::of(protocol) else {
                continue;
            };
            let mut symbols: Vec<char> = (0..=glyphs.full()).map(|p| glyphs.symbol(p)).collect();
            symbols.sort_unstable();
            symbols.dedup();
            assert_eq!(symbols.len(), 1 << glyphs.pixels(), "{protocol}");
        }
    }

    #[test]
    fn sextants_and_octants_end_where_unicode_says() {
        assert_eq!((sextant(1), sextant(62)), ('\u{1fb00}', '\u{1fb3b}'));
        assert_eq!((octant(4), octant(0b1111_1110)), ('\u{1cd00}', '\u{1cde5}'));
        let new = (0..=255).filter(|p| old_octant(*p).is_none()).count();
        assert_eq!(new, 230);
    }
}
