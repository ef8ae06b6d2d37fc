//! Letters of the classes in a picture of cells: hue alone is not enough with few colours, and for
//! some eyes never.
//!
//! A letter stands only where most of its cell and of both neighbours is of its class, so that it
//! never claims more than the picture does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::view::{Picture, code_letter};

/// Columns and rows from letter to letter; every other row is moved by half.
const EVERY: [u16; 2] = [6, 2];
/// Share of the pixels around a letter that must be of its class.
const MOST: f64 = 0.7;

/// Writes the letters over the cells of `area`, which shows all of `picture`.
pub(super) fn draw(picture: &Picture, buffer: &mut Buffer, area: Rect) {
    let Some(codes) = picture.codes() else {
        return;
    };
    let (width, height) = (picture.frame.width, picture.frame.height);
    let pixels = |from: u16, to: u16, cells: u16, all: usize| {
        let at = |cell: u16| usize::from(cell) * all / usize::from(cells.max(1));
        at(from)..at(to.min(cells)).max(at(from) + 1).min(all)
    };
    for y in (0..area.height).step_by(usize::from(EVERY[1])) {
        let shift = if y.is_multiple_of(2 * EVERY[1]) {
            1
        } else {
            1 + EVERY[0] / 2
        };
        for x in (shift..area.width).step_by(usize::from(EVERY[0])) {
            let across = pixels(x - 1, x + 2, area.width, width);
            let down = pixels(y, y + 1, area.height, height);
            let inside =
                down.flat_map(|row| across.clone().map(move |column| row * width + column));
            let seen: Vec<u8> = inside.filter_map(|at| codes.get(at).copied()).collect();
            if let Some(letter) = most(&seen).and_then(code_letter)
                && let Some(cell) = buffer.cell_mut((area.x + x, area.y + y))
            {
                let style = ink(cell.bg);
                cell.set_char(letter).set_style(style);
            }
        }
    }
}

/// The code of most of `codes`, if there is one.
fn most(codes: &[u8]) -> Option<u8> {
    let count = |code: u8| codes.iter().filter(|other| **other == code).count();
    let code = codes.iter().copied().max_by_key(|code| count(*code))?;
    let enough = count(code) as f64 >= MOST * codes.len() as f64;
    enough.then_some(code)
}

/// What is read on a ground: black or white, and reversed where there are no colours.
fn ink(ground: Color) -> Style {
    let light = match ground {
        Color::Rgb(r, g, b) => u32::from(r) * 3 + u32::from(g) * 6 + u32::from(b) > 1280,
        Color::Indexed(index) => match index {
            7 | 9..=15 | 244..=255 => true,
            16..=231 => (index - 16) / 6 % 6 >= 3,
            _ => false,
        },
        Color::Reset => return Style::new().add_modifier(Modifier::REVERSED),
        Color::Black | Color::DarkGray | Color::Blue | Color::Red | Color::Magenta => false,
        _ => true,
    };
    let ink = if light { Color::Black } else { Color::White };
    Style::new().fg(ink).add_modifier(Modifier::BOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_needs_a_clear_majority() {
        assert_eq!(most(&[1, 1, 1, 3]), Some(1));
        assert_eq!(most(&[1, 1, 3, 3]), None);
        assert_eq!(most(&[]), None);
        assert_eq!(ink(Color::Rgb(250, 250, 250)).fg, Some(Color::Black));
        assert_eq!(ink(Color::Rgb(10, 10, 90)).fg, Some(Color::White));
    }
}
