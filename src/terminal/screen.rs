//! What is on the screen, and the bytes that make it what it should be.
//!
//! Only changed cells are written, and a picture only when it changed or was drawn over. Text over a
//! picture stays visible and leaves the picture whole when it goes: kitty's pictures are placed in
//! pieces around it, and the others are sent again. [`Screen::paint`] is pure: buffers in, bytes out.

use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth as _};
use ratatui::layout::{Position, Rect};

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
    /// Whether it is bytes that stay inside the area, as an old picture after a resize may not, and
    /// off the last row where that would scroll the screen.
    fn fits(&self, screen: Rect) -> bool {
        let picture = &self.picture;
        let room = picture.protocol.may_touch_last_row() || self.area.bottom() < screen.bottom();
        room && matches!(picture.body, Body::Bytes(_))
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
    /// Where kitty shows parts of its picture, on the screen; the first is placement 1.
    pieces: Vec<Rect>,
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
            pieces: Vec::new(),
        }
    }

    /// What the terminal can do from now on.
    pub fn set(&mut self, depth: Depth, synchronized: bool) {
        self.invalid |= self.depth != depth;
        (self.depth, self.synchronized) = (depth, synchronized);
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
    /// A picture that does not fit (see [`Protocol::may_touch_last_row`]) is left out.
    /// Cells of `next` that are marked `Skip` and blank show the picture, all others are text.
    pub fn paint(
        &mut self,
        next: &Buffer,
        picture: Option<&Placed>,
        cursor: Option<Position>,
    ) -> Vec<u8> {
        let picture = picture.filter(|p| p.fits(next.area));
        let protocol = |p: &Placed| p.picture.protocol;
        self.invalid |= self
            .picture
            .as_ref()
            .zip(picture)
            .is_some_and(|(a, b)| protocol(a) != protocol(b));
        let wanted = Self::wanted(next, picture);
        let mut out = CellWriter::new(self.depth);
        if self.invalid || self.shown.area != wanted.area {
            self.clear(&mut out, wanted.area);
        }
        let kitty = picture.is_some_and(|p| p.picture.protocol == Protocol::Kitty);
        if kitty {
            self.cells(&mut out, &wanted, |_| true);
            self.exchange(&mut out, picture, &wanted);
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
    fn wanted(next: &Buffer, picture: Option<&Placed>) -> Buffer {
        let mut wanted = next.clone();
        for (at, cell) in wanted.content.iter_mut().enumerate() {
            let blank = cell.diff_option == CellDiffOption::Skip && cell.symbol() == " ";
            cell.set_diff_option(CellDiffOption::None);
            let position = Position::from(next.pos_of(at));
            if blank && picture.is_some_and(|p| p.area.contains(position)) {
                cell.reset();
                cell.set_diff_option(CellDiffOption::Skip);
            }
        }
        keep_wide_whole(&mut wanted);
        wanted
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
        self.pieces.clear();
    }

    /// Shows kitty's new picture before the old one goes, and either around the text over it.
    fn exchange(&mut self, out: &mut CellWriter, picture: Option<&Placed>, wanted: &Buffer) {
        let Some(placed) = picture else { return };
        let id = placed.picture.id;
        let pieces = pieces(wanted, placed.area);
        let same = |old: &Placed| old.picture == placed.picture;
        if self.held() == Some(id) && !self.picture.as_ref().is_some_and(same) {
            // Against the rule of a number of its own: the old picture has to go first.
            self.forget(out);
        }
        if self.held() == Some(id) {
            let moved = self
                .picture
                .as_ref()
                .is_none_or(|old| old.area != placed.area);
            for number in 0..pieces.len().max(self.pieces.len()) {
                match (self.pieces.get(number), pieces.get(number)) {
                    (Some(old), Some(new)) if old == new && !moved => {}
                    (_, Some(new)) => put(out, placed, number + 1, *new),
                    (_, None) => out.raw(&kitty::displace(id, number + 1)),
                }
            }
        } else {
            send(out, picture);
            for (number, piece) in pieces.iter().enumerate() {
                put(out, placed, number + 1, *piece);
            }
            if let Some(old) = self.held() {
                out.raw(&kitty::delete(old));
            }
        }
        self.pieces = pieces;
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

/// Shows a part of kitty's picture where it belongs.
fn put(out: &mut CellWriter, placed: &Placed, placement: usize, piece: Rect) {
    let (x, y) = (piece.x - placed.area.x, piece.y - placed.area.y);
    let part = placed.picture.piece(Rect { x, y, ..piece });
    out.go(piece.x, piece.y);
    out.raw(&kitty::place(placed.picture.id, placement, &part));
}

/// The picture's cells in `area` as few rectangles: runs of a row, grown down while they repeat.
fn pieces(wanted: &Buffer, area: Rect) -> Vec<Rect> {
    let mut done: Vec<Rect> = Vec::new();
    let mut growing: Vec<Rect> = Vec::new();
    for y in area.top()..area.bottom() {
        let mut row = runs(wanted, area, y);
        for piece in growing {
            let below = row
                .iter()
                .position(|run| (run.x, run.width) == (piece.x, piece.width));
            match below {
                Some(at) => {
                    row[at] = Rect {
                        height: piece.height + 1,
                        ..piece
                    }
                }
                None => done.push(piece),
            }
        }
        growing = row;
    }
    done.extend(growing);
    done
}

/// The runs of picture cells in a row of `area`.
fn runs(wanted: &Buffer, area: Rect, y: u16) -> Vec<Rect> {
    let mut runs: Vec<Rect> = Vec::new();
    for x in (area.left()..area.right()).filter(|x| is_picture(&wanted[(*x, y)])) {
        match runs.last_mut() {
            Some(run) if run.right() == x => run.width += 1,
            _ => runs.push(Rect::new(x, y, 1, 1)),
        }
    }
    runs
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
