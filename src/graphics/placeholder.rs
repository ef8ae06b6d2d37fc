//! Kitty's pictures inside a multiplexer: placeholder characters among the cells.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders>. A picture is placed
//! *virtually*, and each cell that shows a part of it is U+10EEEE with two or three combining marks:
//! which row, which column, and the highest byte of the picture's number; the cell's foreground
//! colour is the rest of the number. The multiplexer moves and clears those cells as any other text.
//! kitty has them since 0.28; a crop of the picture is ignored there.

use std::io::Write as _;

use ratatui::style::Color;

/// The character of a cell that shows a part of a picture.
pub const PLACEHOLDER: char = '\u{10eeee}';

/// Rows and columns that can be told.
pub const MOST: u16 = 297;

/// So many numbers there are; see [`number`].
pub const NUMBERS: u32 = 128 * SPREAD;

/// Colours of the palette that carry a number: the first 16 are written in other ways too.
const SPREAD: u32 = 240;

/// The combining marks that count, as first character and length of each run: class 230, known to
/// Unicode 6.0, without a decomposition and part of none (kitty's `rowcolumn-diacritics.txt`).
const MARKS: [(u32, u16); 86] = [
    (0x305, 1),
    (0x30d, 2),
    (0x310, 1),
    (0x312, 1),
    (0x33d, 3),
    (0x346, 1),
    (0x34a, 3),
    (0x350, 3),
    (0x357, 1),
    (0x35b, 1),
    (0x363, 13),
    (0x483, 5),
    (0x592, 4),
    (0x597, 3),
    (0x59c, 6),
    (0x5a8, 2),
    (0x5ab, 2),
    (0x5af, 1),
    (0x5c4, 1),
    (0x610, 8),
    (0x657, 5),
    (0x65d, 2),
    (0x6d6, 7),
    (0x6df, 4),
    (0x6e4, 1),
    (0x6e7, 2),
    (0x6eb, 2),
    (0x730, 1),
    (0x732, 2),
    (0x735, 2),
    (0x73a, 1),
    (0x73d, 1),
    (0x73f, 3),
    (0x743, 1),
    (0x745, 1),
    (0x747, 1),
    (0x749, 2),
    (0x7eb, 7),
    (0x7f3, 1),
    (0x816, 4),
    (0x81b, 9),
    (0x825, 3),
    (0x829, 5),
    (0x951, 1),
    (0x953, 2),
    (0xf82, 2),
    (0xf86, 2),
    (0x135d, 3),
    (0x17dd, 1),
    (0x193a, 1),
    (0x1a17, 1),
    (0x1a75, 8),
    (0x1b6b, 1),
    (0x1b6d, 7),
    (0x1cd0, 3),
    (0x1cda, 2),
    (0x1ce0, 1),
    (0x1dc0, 2),
    (0x1dc3, 7),
    (0x1dcb, 2),
    (0x1dd1, 22),
    (0x1dfe, 1),
    (0x20d0, 2),
    (0x20d4, 4),
    (0x20db, 2),
    (0x20e1, 1),
    (0x20e7, 1),
    (0x20e9, 1),
    (0x20f0, 1),
    (0x2cef, 3),
    (0x2de0, 32),
    (0xa66f, 1),
    (0xa67c, 2),
    (0xa6f0, 2),
    (0xa8e0, 18),
    (0xaab0, 1),
    (0xaab2, 2),
    (0xaab7, 2),
    (0xaabe, 2),
    (0xaac1, 1),
    (0xfe20, 7),
    (0x10a0f, 1),
    (0x10a38, 1),
    (0x1d185, 5),
    (0x1d1aa, 4),
    (0x1d242, 3),
];

/// The combining mark that means `count`, from 0.
fn mark(count: u16) -> Option<char> {
    let mut rest = count;
    for (first, length) in MARKS {
        if rest < length {
            return char::from_u32(first + u32::from(rest));
        }
        rest -= length;
    }
    None
}

/// The picture number of a count below [`NUMBERS`], which starts again there: one whose lowest bytes
/// fit a colour of the palette, because a multiplexer may not know 24-bit colours, and below 2^31,
/// because Konsole knows no higher ones.
pub fn number(count: u32) -> u32 {
    let count = count % NUMBERS;
    ((count / SPREAD) << 24) | (16 + count % SPREAD)
}

/// The text of the cell that shows this row and column of the picture, both from 0; `None` from
/// [`MOST`] on.
pub fn cell(id: u32, row: u16, column: u16) -> Option<String> {
    let mut text = String::with_capacity(12);
    text.push(PLACEHOLDER);
    text.push(mark(row)?);
    text.push(mark(column)?);
    match (id >> 24) as u16 {
        0 => {}
        high => text.push(mark(high)?),
    }
    Some(text)
}

/// The foreground colour of those cells: of the palette where the number allows it.
pub fn foreground(id: u32) -> Color {
    let [_, red, green, blue] = id.to_be_bytes();
    if red == 0 && green == 0 {
        Color::Indexed(blue)
    } else {
        Color::Rgb(red, green, blue)
    }
}

/// Places a picture that was sent for the cells of [`cell`], over so many columns and rows; shown is
/// nothing yet.
pub fn virtual_placement(id: u32, columns: u16, rows: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    // Writing into memory cannot fail.
    let _ = write!(out, "\x1b_Ga=p,U=1,i={id},c={columns},r={rows},q=2\x1b\\");
    out
}

/// The picture's cells as lines of text, each with its colour and ended by a line feed, for a picture
/// that is printed; at most [`MOST`] columns and rows.
pub fn lines(id: u32, columns: u16, rows: u16) -> String {
    let colour = match foreground(id) {
        Color::Rgb(red, green, blue) => format!("\x1b[38;2;{red};{green};{blue}m"),
        Color::Indexed(index) => format!("\x1b[38;5;{index}m"),
        _ => String::new(),
    };
    let row = |row| -> String {
        (0..columns)
            .filter_map(|column| cell(id, row, column))
            .collect()
    };
    (0..rows.min(MOST))
        .map(|number| [&colour, row(number).as_str(), "\x1b[39m\n"].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_those_of_kitty_s_list() {
        let marks: Vec<u32> = (0..MOST)
            .map(|count| u32::from(mark(count).unwrap()))
            .collect();
        assert_eq!(mark(MOST), None);
        // From the list itself: first, last, sum, and a checksum over the order.
        assert_eq!(marks[..6], [0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d]);
        assert_eq!(
            (marks[30], marks[255], marks[296]),
            (0x483, 0xa8e5, 0x1d244)
        );
        assert_eq!(marks.iter().sum::<u32>(), 4_545_336);
        let folded = marks
            .iter()
            .fold(0_u32, |sum, mark| sum.wrapping_mul(31).wrapping_add(*mark));
        assert_eq!(folded, 2_366_931_042);
    }

    #[test]
    fn a_cell_tells_row_column_and_number() {
        assert_eq!(cell(42, 0, 1).unwrap(), "\u{10eeee}\u{305}\u{30d}");
        assert_eq!(foreground(42), Color::Indexed(42));
        // The example of kitty's documentation: 42 + (2 << 24).
        assert_eq!(
            cell((2 << 24) + 42, 1, 0).unwrap(),
            "\u{10eeee}\u{30d}\u{305}\u{30e}"
        );
        assert_eq!(foreground(0x00_12_34_56), Color::Rgb(0x12, 0x34, 0x56));
        assert_eq!(cell(1, MOST, 0), None);
        assert_eq!(
            virtual_placement(7, 100, 30),
            b"\x1b_Ga=p,U=1,i=7,c=100,r=30,q=2\x1b\\"
        );
    }

    #[test]
    fn every_number_fits_the_palette_and_konsole() {
        let mut seen = std::collections::HashSet::new();
        for count in 0..NUMBERS {
            let id = number(count);
            assert!(seen.insert(id) && id < 1 << 31 && cell(id, 0, 0).is_some());
            assert!(matches!(foreground(id), Color::Indexed(16..)));
        }
        assert_eq!(number(NUMBERS), number(0));
    }

    #[test]
    fn lines_say_the_colour_and_every_cell() {
        let text = lines(42, 2, 2);
        let expected = "\x1b[38;5;42m\u{10eeee}\u{305}\u{305}\u{10eeee}\u{305}\u{30d}\x1b[39m\n\
            \x1b[38;5;42m\u{10eeee}\u{30d}\u{305}\u{10eeee}\u{30d}\u{30d}\x1b[39m\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_cell_is_one_column_wide() {
        use unicode_width::UnicodeWidthStr as _;
        assert_eq!(cell(number(30_000), 296, 296).unwrap().width(), 1);
    }
}
