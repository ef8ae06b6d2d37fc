//! The only strokes there are: safe text, clipped to its place, and blocks of one style.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::Pane;
use crate::text::Safe;

/// The rectangle of a pane.
pub(super) fn rect(pane: Pane) -> Rect {
    Rect::new(pane.x, pane.y, pane.width, pane.height)
}

/// Writes `text` from column `x` of line `y` inside `area`, cut at its right edge; gives the column
/// after it.
pub(super) fn text(
    buffer: &mut Buffer,
    area: Rect,
    at: (u16, u16),
    text: &Safe,
    style: Style,
) -> u16 {
    let (x, y) = at;
    let area = area.intersection(buffer.area);
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return x;
    }
    let room = usize::from(area.right() - x);
    let (end, _) = buffer.set_stringn(x, y, text.cut_end(room).as_str(), room, style);
    end
}

/// Fills a pane beside the picture; gives the part for its text, a column of air away from the
/// picture, where there is any.
pub(super) fn beside(buffer: &mut Buffer, area: Rect, style: Style) -> Option<Rect> {
    if area.is_empty() {
        return None;
    }
    fill(buffer, area, style);
    Some(Rect {
        x: area.x + 1,
        width: area.width - 1,
        ..area
    })
}

/// Fills `area` with blanks of one style, taking it from whatever was there.
pub(super) fn fill(buffer: &mut Buffer, area: Rect, style: Style) {
    for position in area.intersection(buffer.area).positions() {
        let cell = &mut buffer[position];
        cell.reset();
        cell.set_style(style);
    }
}

/// Breaks `text` into lines of at most `cells` at its spaces; a longer word is cut.
pub(super) fn wrap(text: &Safe, cells: usize) -> Vec<Safe> {
    let mut lines: Vec<Safe> = Vec::new();
    let mut line = Safe::default();
    for word in text.as_str().split(' ') {
        let word = Safe::from_outside(word);
        let gap = usize::from(!line.is_empty());
        if !line.is_empty() && line.width() + gap + word.width() > cells {
            lines.push(std::mem::take(&mut line));
        }
        line = if line.is_empty() {
            word
        } else {
            Safe::join(&[line, word], " ")
        };
    }
    lines.push(line);
    lines.into_iter().map(|line| line.cut_end(cells)).collect()
}

/// A column of lines that fills from the top and stops at the bottom.
pub(super) struct Lines<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    y: u16,
}

impl<'a> Lines<'a> {
    /// Starts at the top of `area`.
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        let y = area.y;
        Self { buffer, area, y }
    }

    /// Lines that are left.
    pub(super) fn left(&self) -> u16 {
        self.area.bottom().saturating_sub(self.y)
    }

    /// The columns there are.
    pub(super) fn width(&self) -> u16 {
        self.area.width
    }

    /// The next line, in parts of their own styles.
    pub(super) fn parts(&mut self, parts: &[(Safe, Style)]) {
        let mut x = self.area.x;
        for (part, style) in parts {
            x = text(self.buffer, self.area, (x, self.y), part, *style);
        }
        self.y += u16::from(self.left() > 0);
    }

    /// The next line.
    pub(super) fn line(&mut self, line: &Safe, style: Style) {
        self.parts(&[(line.clone(), style)]);
    }

    /// A line with a label at the left and its value at the right edge.
    pub(super) fn pair(&mut self, label: &Safe, value: &Safe, styles: (Style, Style)) {
        let width = usize::from(self.area.width);
        let label = label.cut_end(width.saturating_sub(2) / 2);
        let value = value.cut_middle(width.saturating_sub(label.width() + 1));
        let x = self.area.right().saturating_sub(value.width() as u16);
        text(
            self.buffer,
            self.area,
            (self.area.x, self.y),
            &label,
            styles.0,
        );
        text(self.buffer, self.area, (x, self.y), &value, styles.1);
        self.y += u16::from(self.left() > 0);
    }

    /// Text over as many lines as it needs.
    pub(super) fn wrapped(&mut self, text: &Safe, style: Style) {
        for line in wrap(text, usize::from(self.area.width)) {
            if self.left() == 0 {
                return;
            }
            self.line(&line, style);
        }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.y += u16::from(self.left() > 0);
    }

    /// Paints `rows` lines by a function of their own.
    pub(super) fn with(&mut self, rows: u16, paint: impl FnOnce(&mut Buffer, Rect)) {
        let rows = rows.min(self.left());
        let area = Rect::new(self.area.x, self.y, self.area.width, rows);
        paint(self.buffer, area);
        self.y += rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_never_exceed() {
        let text = Safe::from_outside("a file that is much too long_for_one_line to be seen");
        for cells in 1..30 {
            assert!(wrap(&text, cells).iter().all(|line| line.width() <= cells));
        }
        let lines: Vec<String> = wrap(&text, 16).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "a file that is",
                "much too",
                "long_for_one_li…",
                "to be seen"
            ]
        );
    }
}
