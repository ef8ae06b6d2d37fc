//! Cells as bytes: cursor moves, colours and attributes, each only where it changes.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

use crate::graphics::{CellPicture, Depth, cells};

/// Writes cells one after the other, with as few bytes as may be.
#[derive(Debug)]
pub(crate) struct CellWriter {
    out: Vec<u8>,
    depth: Depth,
    /// Where the terminal's cursor is, as far as that is certain.
    at: Option<(u16, u16)>,
    /// Cells to be erased that nothing was written for yet: the first, and how many.
    erased: Option<((u16, u16), u16)>,
    style: Option<(Color, Color, Modifier)>,
}

impl CellWriter {
    /// Nothing is assumed of the cursor and of the style in effect.
    pub(crate) fn new(depth: Depth) -> Self {
        Self {
            out: Vec::new(),
            depth,
            at: None,
            erased: None,
            style: None,
        }
    }

    /// Bytes as they are, after which the cursor is anywhere.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.erase_all(None);
        self.out.extend_from_slice(bytes);
        self.at = None;
    }

    /// Bytes as they are, which leave the cursor where it is.
    pub(crate) fn still(&mut self, bytes: &[u8]) {
        self.erase_all(None);
        self.out.extend_from_slice(bytes);
    }

    /// Moves the cursor to a column and row from 0.
    pub(crate) fn go(&mut self, x: u16, y: u16) {
        self.erase_all(Some((x, y)));
        match self.at {
            Some((column, row)) if (column, row) == (x, y) => return,
            Some((column, row)) if row == y && x == column + 1 => {
                self.write(format_args!("\x1b[C"));
            }
            Some((column, row)) if row == y && x > column => {
                self.write(format_args!("\x1b[{}C", x - column));
            }
            _ if x == 0 => self.write(format_args!("\x1b[{}H", y + 1)),
            _ => self.write(format_args!("\x1b[{};{}H", y + 1, x + 1)),
        }
        self.at = Some((x, y));
    }

    /// Makes one cell blank, in the colours of the terminal.
    pub(crate) fn erase(&mut self, x: u16, y: u16) {
        match &mut self.erased {
            Some(((left, row), count)) if *row == y && *left + *count == x => *count += 1,
            _ => {
                self.erase_all(Some((x, y)));
                self.erased = Some(((x, y), 1));
            }
        }
    }

    /// Writes what is to be erased, before the cursor goes to `next`: blanks, or one command for
    /// many of them, after which the cursor still stands before them.
    fn erase_all(&mut self, next: Option<(u16, u16)>) {
        let Some(((x, y), count)) = self.erased.take() else {
            return;
        };
        self.go(x, y);
        let fg = self.style.map_or(Color::Reset, |(fg, ..)| fg);
        self.style(fg, Color::Reset, Modifier::empty());
        let erase = format!("\x1b[{count}X");
        let back = match next {
            Some((_, row)) if row == y => "\x1b[00C".len(),
            _ => 0,
        };
        if erase.len() + back < usize::from(count) {
            self.out.extend_from_slice(erase.as_bytes());
        } else {
            self.out
                .extend(std::iter::repeat_n(b' ', usize::from(count)));
            self.at = Some((x + count, y));
        }
    }

    /// One cell at its place.
    pub(crate) fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go(x, y);
        // Nothing that could be obeyed passes, whoever put it there.
        let symbol = cell.symbol();
        let symbol = if symbol.is_empty() || symbol.chars().any(char::is_control) {
            " "
        } else {
            symbol
        };
        let (fg, bg) = self.visible(symbol, cell);
        self.style(fg, bg, cell.modifier);
        self.out.extend_from_slice(symbol.as_bytes());
        let sure = symbol.is_ascii() || symbol.chars().all(is_narrow);
        self.at = (sure && symbol.width() == 1).then_some((x + 1, y));
    }

    /// The cell's colours, with those in effect where there is nothing to see of its own: a blank has
    /// no ink, and a full block no ground.
    fn visible(&self, symbol: &str, cell: &Cell) -> (Color, Color) {
        match self.style {
            Some((fg, _, _)) if symbol == " " && cell.modifier.is_empty() => (fg, cell.bg),
            Some((_, bg, _)) if symbol == "█" && cell.modifier.is_empty() => (cell.fg, bg),
            _ => (cell.fg, cell.bg),
        }
    }

    /// The bytes, with the style reset.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.erase_all(None);
        if self
            .style
            .is_some_and(|style| style != (Color::Reset, Color::Reset, Modifier::empty()))
        {
            self.out.extend_from_slice(b"\x1b[m");
        }
        self.out
    }

    fn style(&mut self, fg: Color, bg: Color, modifier: Modifier) {
        let (fg, bg) = (self.shown(fg), self.shown(bg));
        let next = (fg, bg, modifier);
        if self.style == Some(next) {
            return;
        }
        let codes = self.shortest(next);
        self.write(format_args!("\x1b[{codes}m"));
        self.style = Some(next);
    }

    /// The codes that lead to a style: what changes, or everything after a reset.
    fn shortest(&self, (fg, bg, modifier): (Color, Color, Modifier)) -> String {
        let mut anew: Vec<String> = MODIFIERS
            .iter()
            .filter(|(m, _)| modifier.contains(*m))
            .map(|(_, code)| (*code).to_owned())
            .collect();
        let own = |colour: &Color| *colour != Color::Reset;
        anew.extend(Some(fg).filter(own).map(|c| colour(c, Ground::Fore)));
        anew.extend(Some(bg).filter(own).map(|c| colour(c, Ground::Back)));
        if !anew.is_empty() {
            anew.insert(0, "0".to_owned());
        }
        let anew = anew.join(";");
        let Some((old_fg, old_bg, _)) = self.style.filter(|(_, _, old)| *old == modifier) else {
            return anew;
        };
        let mut changes = Vec::new();
        changes.extend((old_fg != fg).then(|| colour(fg, Ground::Fore)));
        changes.extend((old_bg != bg).then(|| colour(bg, Ground::Back)));
        let changes = changes.join(";");
        if anew.len() < changes.len() {
            anew
        } else {
            changes
        }
    }

    /// The colour that the terminal has for it.
    fn shown(&self, colour: Color) -> Color {
        match (colour, self.depth) {
            (_, Depth::Monochrome) => Color::Reset,
            (Color::Rgb(r, g, b), depth) => cells::nearest([r, g, b], depth),
            (colour, _) => colour,
        }
    }

    /// Writing into memory cannot fail.
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
    }
}

/// A picture of cells as lines of text, each with its colours reset at the end.
pub fn lines(picture: &CellPicture, depth: Depth) -> Vec<u8> {
    let mut out = Vec::new();
    for row in picture.cells.chunks(usize::from(picture.width.max(1))) {
        let mut line = CellWriter::new(depth);
        line.at = Some((0, 0));
        line.style = Some((Color::Reset, Color::Reset, Modifier::empty()));
        for (x, paint) in row.iter().enumerate() {
            let mut cell = Cell::EMPTY;
            cell.set_char(paint.symbol)
                .set_fg(paint.fg)
                .set_bg(paint.bg);
            line.cell(x as u16, 0, &cell);
        }
        out.extend(line.finish());
        out.push(b'\n');
    }
    out
}

/// Whether a character is one cell wide to every terminal, not only to us: ASCII is asked for
/// elsewhere; these are the lines, blocks and dots that pictures and frames are drawn with.
fn is_narrow(symbol: char) -> bool {
    matches!(symbol,
        '\u{2500}'..='\u{25ff}'
        | '\u{2800}'..='\u{28ff}'
        | '\u{1cd00}'..='\u{1ceaf}'
        | '\u{1fb00}'..='\u{1fbff}')
}

/// Attributes and their codes.
const MODIFIERS: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Fore,
    Back,
}

/// The code of a colour (ECMA-48 and xterm).
fn colour(colour: Color, ground: Ground) -> String {
    let shift = if ground == Ground::Fore { 0 } else { 10 };
    let named = match colour {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return format!("{};5;{index}", 38 + shift),
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", 38 + shift),
    };
    (named + shift).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[(&str, Color, Color)]) -> String {
        let mut out = CellWriter::new(Depth::True);
        for (x, (symbol, fg, bg)) in (0..).zip(cells) {
            let mut cell = Cell::EMPTY;
            cell.set_symbol(symbol).set_fg(*fg).set_bg(*bg);
            out.cell(x, 0, &cell);
        }
        String::from_utf8_lossy(&out.finish()).replace('\x1b', "^")
    }

    #[test]
    fn equal_neighbours_cost_a_character_each() {
        let [a, b] = [1, 2].map(Color::Indexed);
        assert_eq!(
            written(&[
                ("▀", a, b),
                ("▄", a, b),
                ("🮂", a, b),
                ("𜴀", a, b),
                ("⠁", a, b)
            ]),
            "^[1H^[0;38;5;1;48;5;2m▀▄🮂𜴀⠁^[m"
        );
    }

    #[test]
    fn what_does_not_show_is_not_said() {
        let [a, b, c] = [1, 2, 3].map(Color::Indexed);
        let own = Color::Reset;
        assert_eq!(
            written(&[
                ("▀", a, b),
                (" ", own, b),
                (" ", c, c),
                ("▀", a, c),
                ("█", a, own)
            ]),
            "^[1H^[0;38;5;1;48;5;2m▀ ^[48;5;3m ▀█^[m"
        );
    }

    #[test]
    fn many_blanks_are_one_command() {
        let mut out = CellWriter::new(Depth::True);
        (3..40).for_each(|x| out.erase(x, 2));
        out.cell(40, 2, &Cell::new("x"));
        (41..44).for_each(|x| out.erase(x, 2));
        out.erase(0, 3);
        let out = String::from_utf8_lossy(&out.finish()).replace('\x1b', "^");
        assert_eq!(out, "^[3;4H^[m^[37X^[37Cx   ^[4H ");
    }

    #[test]
    fn the_way_back_to_plain_text_is_the_short_one() {
        let (a, own) = (Color::Indexed(1), Color::Reset);
        assert_eq!(
            written(&[("x", a, a), ("y", own, own), ("z", a, own)]),
            "^[1H^[0;38;5;1;48;5;1mx^[my^[38;5;1mz^[m"
        );
    }
}
