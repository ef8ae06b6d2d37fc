//! What is on the screen, and the bytes that make it what it should be.
//!
//! Only changed cells are written, and a picture only when it changed or was drawn over. Text over a
//! picture stays visible and leaves the picture whole when it goes: kitty's pictures lie under the
//! cells, and the others are sent again. [`Screen::paint`] is pure: buffers in, bytes out.

use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use super::sgr::CellWriter;
use crate::graphics::{Body, Depth, Encoded, Protocol, kitty};

/// A picture of bytes and where it is.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The picture.
    pub picture: Arc<Encoded>,
    /// The cells that it covers, as [`Encoded::place`] gave them.
    pub area: Rect,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.picture, &other.picture) || self.picture == other.picture;
        same && self.area == other.area
    }
}

impl Placed {
    /// Whether it is bytes that stay inside the area: after a resize an old picture may not.
    fn fits(&self) -> bool {
        let picture = &self.picture;
        matches!(picture.body, Body::Bytes(_))
            && (1..=self.area.width).contains(&picture.columns)
            && (1..=self.area.height).contains(&picture.rows)
    }
}

/// The terminal's screen as it is known to be.
#[derive(Debug)]
pub struct Screen {
    /// The cells; those that show a picture are marked `Skip`.
    shown: Buffer,
    picture: Option<Placed>,
    cursor: Option<Position>,
    /// Nothing is known: the next painting clears the screen first.
    invalid: bool,
    depth: Depth,
    synchronized: bool,
    /// Colours of text and of what is behind it, for text over a picture.
    colours: Option<([u8; 3], [u8; 3])>,
}

impl Screen {
    /// A screen of which nothing is known.
    pub fn new(depth: Depth) -> Self {
        Self {
            shown: Buffer::empty(Rect::ZERO),
            picture: None,
            cursor: None,
            invalid: true,
            depth,
            synchronized: false,
            colours: None,
        }
    }

    /// What the terminal can do from now on.
    pub fn set(&mut self, depth: Depth, synchronized: bool, colours: Option<([u8; 3], [u8; 3])>) {
        self.invalid |= self.depth != depth || self.colours != colours;
        (self.depth, self.synchronized, self.colours) = (depth, synchronized, colours);
    }

    /// Nothing is known any more: after a resize, a stop, or a write that failed.
    pub fn invalidate(&mut self) {
        self.invalid = true;
    }

    /// Numbers of the pictures that the terminal holds for us.
    pub fn held(&self) -> Option<u32> {
        let placed = self.picture.as_ref()?;
        (placed.picture.protocol == Protocol::Kitty).then_some(placed.picture.id)
    }

    /// The bytes that turn what is shown into `next` with `picture`; empty when nothing changes.
    /// Cells of `next` that are marked `Skip` and blank show the picture, all others are text.
    pub fn paint(
        &mut self,
        next: &Buffer,
        picture: Option<&Placed>,
        cursor: Option<Position>,
    ) -> Vec<u8> {
        let picture = picture.filter(|p| p.fits());
        let protocol = |p: &Placed| p.picture.protocol;
        self.invalid |= self
            .picture
            .as_ref()
            .zip(picture)
            .is_some_and(|(a, b)| protocol(a) != protocol(b));
        let wanted = self.wanted(next, picture);
        let mut out = CellWriter::new(self.depth);
        if self.invalid || self.shown.area != wanted.area {
            self.clear(&mut out, wanted.area);
        }
        let kitty = picture.is_some_and(|p| p.picture.protocol == Protocol::Kitty);
        if kitty {
            self.cells(&mut out, &wanted, |_| true);
            self.exchange(&mut out, picture);
        } else if picture.is_some_and(|p| self.must_send(p, &wanted)) {
            self.forget(&mut out);
            // Before the picture, because half of a wide character that goes takes its other half
            // along; what lies over the picture after it.
            let area = picture.map_or(Rect::ZERO, |p| p.area);
            self.blanks(&mut out, &wanted, area);
            self.cells(&mut out, &wanted, |position| !area.contains(position));
            send(&mut out, picture);
            text_over(&mut out, &wanted, area);
        } else {
            if picture.is_none() || self.held().is_some() {
                self.forget(&mut out);
            }
            self.cells(&mut out, &wanted, |_| true);
        }
        self.shown = wanted;
        self.picture = picture.cloned();
        self.wrap(out.finish(), cursor)
    }

    /// `next` as it will be remembered: only picture cells are marked.
    fn wanted(&self, next: &Buffer, picture: Option<&Placed>) -> Buffer {
        let mut wanted = next.clone();
        let under = picture
            .filter(|p| p.picture.protocol == Protocol::Kitty)
            .map(|p| p.area);
        for (at, cell) in wanted.content.iter_mut().enumerate() {
            let blank = cell.diff_option == CellDiffOption::Skip && cell.symbol() == " ";
            cell.set_diff_option(CellDiffOption::None);
            let position = Position::from(next.pos_of(at));
            if blank && picture.is_some_and(|p| p.area.contains(position)) {
                cell.reset();
                cell.set_diff_option(CellDiffOption::Skip);
            } else if under.is_some_and(|area| area.intersects(extent(position, cell))) {
                self.cover(cell);
            }
        }
        keep_wide_whole(&mut wanted);
        wanted
    }

    /// Text over a picture of kitty needs a background of its own, one step off the terminal's,
    /// because the picture shows through the terminal's.
    fn cover(&self, cell: &mut Cell) {
        if self.depth == Depth::Monochrome {
            cell.modifier.insert(Modifier::REVERSED);
            return;
        }
        let ([red, green, blue], [r, g, b]) = self.colours.unwrap_or(([220; 3], [16; 3]));
        if cell.bg == Color::Reset {
            cell.bg = Color::Rgb(r, g, if b == 255 { 254 } else { b + 1 });
        }
        if cell.fg == Color::Reset {
            cell.fg = Color::Rgb(red, green, blue);
        }
    }

    /// Clears everything that is shown.
    fn clear(&mut self, out: &mut CellWriter, area: Rect) {
        self.forget(out);
        out.raw(b"\x1b[m\x1b[2J");
        self.shown = Buffer::empty(area);
        self.invalid = false;
    }

    /// Takes the picture away, where that takes more than writing over it.
    fn forget(&mut self, out: &mut CellWriter) {
        if let Some(id) = self.held() {
            out.raw(&kitty::delete(id));
        }
        self.picture = None;
    }

    /// Shows kitty's new picture before the old one goes, or moves the one it has.
    fn exchange(&self, out: &mut CellWriter, picture: Option<&Placed>) {
        let Some(placed) = picture else { return };
        match &self.picture {
            Some(old) if old == placed => {}
            Some(old) if old.picture == placed.picture => {
                out.go(placed.area.x, placed.area.y);
                let cells = (placed.picture.columns, placed.picture.rows);
                out.raw(&kitty::place(
                    placed.picture.id,
                    placed.picture.whole.then_some(cells),
                ));
            }
            _ => {
                send(out, picture);
                if let Some(id) = self.held().filter(|id| *id != placed.picture.id) {
                    out.raw(&kitty::delete(id));
                }
            }
        }
    }

    /// Whether a picture without a number must be sent: it is new, or text lay over it.
    fn must_send(&self, placed: &Placed, wanted: &Buffer) -> bool {
        let mut cells = self.shown.content.iter().zip(&wanted.content);
        self.picture.as_ref() != Some(placed)
            || cells.any(|(old, new)| is_picture(new) && !is_picture(old))
    }

    /// Takes text away that the picture would be drawn over, and every wide character in `area`:
    /// when one half of it is written over later, the other goes and takes the picture along.
    fn blanks(&self, out: &mut CellWriter, wanted: &Buffer, area: Rect) {
        for (at, (old, new)) in self.shown.content.iter().zip(&wanted.content).enumerate() {
            let (x, y) = wanted.pos_of(at);
            let uncovered = is_picture(new) && !is_picture(old) && *old != Cell::EMPTY;
            let wide = old.cell_width() > 1 && area.intersects(extent(Position { x, y }, old));
            if uncovered || wide {
                out.cell(x, y, &Cell::EMPTY);
            }
        }
    }

    /// Writes the cells that changed, where `part` says so.
    fn cells(&self, out: &mut CellWriter, wanted: &Buffer, part: impl Fn(Position) -> bool) {
        let mut next = wanted.clone();
        for (cell, old) in next.content.iter_mut().zip(&self.shown.content) {
            // Under a picture text has to go.
            if is_picture(cell) && !is_picture(old) {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
        for (x, y, cell) in self.shown.diff_iter(&next) {
            if part(Position { x, y }) {
                out.cell(x, y, cell);
            }
        }
    }

    /// The cursor, and all of it in one step where the terminal can.
    fn wrap(&mut self, cells: Vec<u8>, cursor: Option<Position>) -> Vec<u8> {
        let moved = cursor != self.cursor || (cursor.is_some() && !cells.is_empty());
        self.cursor = cursor;
        if cells.is_empty() && !moved {
            return cells;
        }
        let mut out = Vec::with_capacity(cells.len() + 40);
        let (begin, end): (&[u8], &[u8]) = if self.synchronized {
            (b"\x1b[?2026h", b"\x1b[?2026l")
        } else {
            (b"", b"")
        };
        out.extend_from_slice(begin);
        out.extend_from_slice(&cells);
        match cursor {
            Some(Position { x, y }) => {
                out.extend_from_slice(format!("\x1b[{};{}H\x1b[?25h", y + 1, x + 1).as_bytes());
            }
            None if moved => out.extend_from_slice(b"\x1b[?25l"),
            None => {}
        }
        out.extend_from_slice(end);
        out
    }
}

/// The cells of a character.
fn extent(position: Position, cell: &Cell) -> Rect {
    Rect::new(position.x, position.y, cell.cell_width().max(1), 1)
}

/// Blanks wide characters of which something else has the second cell.
fn keep_wide_whole(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for at in 0..buffer.content.len() {
        if buffer.content[at].cell_width() < 2 {
            continue;
        }
        let inside = (at + 1) % width != 0;
        let free = inside
            && buffer
                .content
                .get(at + 1)
                .is_some_and(|next| next.symbol() == " " && !is_picture(next));
        if !free {
            buffer.content[at].set_symbol(" ");
        }
    }
}

/// Whether the cell shows the picture.
fn is_picture(cell: &Cell) -> bool {
    cell.diff_option == CellDiffOption::Skip
}

/// Writes all text that lies over the picture in `area`.
fn text_over(out: &mut CellWriter, wanted: &Buffer, area: Rect) {
    let mut after = 0;
    for (at, cell) in wanted.content.iter().enumerate() {
        let (x, y) = wanted.pos_of(at);
        if at >= after && !is_picture(cell) && area.intersects(extent(Position { x, y }, cell)) {
            out.cell(x, y, cell);
            after = at + usize::from(cell.cell_width().max(1));
        }
    }
}

/// The picture's bytes at its place.
fn send(out: &mut CellWriter, picture: Option<&Placed>) {
    if let Some(placed) = picture
        && let Body::Bytes(bytes) = &placed.picture.body
    {
        out.go(placed.area.x, placed.area.y);
        out.raw(bytes);
    }
}
