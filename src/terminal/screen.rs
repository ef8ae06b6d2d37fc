//! What is on the screen, and the bytes that make it what it should be.
//!
//! Only changed cells are written, and only those parts of pictures that changed: parts of kept
//! pictures are placed and moved, drawn ones are drawn as the [`Stage`] says. Text over a picture
//! stays visible. [`Screen::paint`] is pure: buffers in, bytes out.

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use super::sgr::CellWriter;
use crate::graphics::{Depth, Placement, Stage, kitty};

/// The terminal's screen as it is known to be.
#[derive(Debug)]
pub struct Screen {
    /// The cells; those that show a picture are marked `Skip`.
    shown: Buffer,
    cursor: Option<Position>,
    /// Nothing is known: the next painting clears the screen first.
    invalid: bool,
    depth: Depth,
    synchronized: bool,
    /// Pictures were drawn since the screen was cleared: blanks take them away.
    drawn: bool,
    /// Parts of kept pictures on the screen, each with its name among those of its picture.
    standing: Vec<(Placement, usize)>,
}

impl Screen {
    /// A screen of which nothing is known.
    pub fn new(depth: Depth) -> Self {
        Self {
            shown: Buffer::empty(Rect::ZERO),
            cursor: None,
            invalid: true,
            depth,
            synchronized: false,
            drawn: false,
            standing: Vec::new(),
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

    /// Whether the next painting on a screen of this size clears it, pictures included.
    pub fn clears(&self, area: Rect) -> bool {
        self.invalid || self.shown.area != area
    }

    /// Puts into `next` what is shown in `area`, so that painting leaves it alone; nothing where the
    /// next painting clears the screen.
    pub fn keep(&self, next: &mut Buffer, area: Rect) {
        if self.clears(next.area) {
            return;
        }
        for position in area.intersection(next.area).positions() {
            next[position] = self.shown[position].clone();
        }
    }

    /// The bytes that turn what is shown into `next` with the pictures of `stage`; empty when
    /// nothing changes. Cells of `next` that are marked `Skip` and blank show pictures, all others
    /// are text, which lies over pictures that are drawn there.
    pub fn paint(&mut self, next: &Buffer, stage: &Stage, cursor: Option<Position>) -> Vec<u8> {
        let wanted = Self::wanted(next, stage);
        let mut out = CellWriter::new(self.depth);
        for send in &stage.sends {
            out.raw(send);
        }
        if self.clears(wanted.area) {
            self.clear(&mut out, wanted.area);
        }
        if stage.draws.is_empty() {
            self.cells(&mut out, &wanted, |_| true);
        } else {
            self.draw(&mut out, stage, &wanted);
        }
        self.drawn |= !stage.draws.is_empty();
        self.place(&mut out, stage);
        for id in &stage.deletes {
            out.raw(&kitty::delete(*id));
        }
        self.shown = wanted;
        self.wrap(out.finish(), cursor)
    }

    /// Draws pictures: text first that they would be drawn over, because half of a wide character
    /// that goes takes its other half along; then what lies over them.
    fn draw(&self, out: &mut CellWriter, stage: &Stage, wanted: &Buffer) {
        let areas: Vec<Rect> = stage.draws.iter().map(|draw| draw.cells).collect();
        let over = |position: Position| areas.iter().any(|area| area.contains(position));
        for area in &areas {
            self.blanks(out, wanted, *area);
        }
        self.cells(out, wanted, |position| !over(position));
        for draw in &stage.draws {
            out.go(draw.cells.x, draw.cells.y);
            out.raw(&draw.bytes);
        }
        for area in &areas {
            text_over(out, wanted, *area);
        }
    }

    /// `next` as it will be remembered: only picture cells are marked.
    fn wanted(next: &Buffer, stage: &Stage) -> Buffer {
        let mut wanted = next.clone();
        for cell in &mut wanted.content {
            let blank = is_left_free(cell);
            cell.set_diff_option(CellDiffOption::None);
            if blank {
                cell.reset();
                cell.set_diff_option(CellDiffOption::Skip);
            }
        }
        for stand_in in &stage.cells {
            if let Some(cell) = wanted.cell_mut(stand_in.at) {
                cell.set_diff_option(CellDiffOption::None);
                cell.set_symbol(&stand_in.text).set_fg(stand_in.colour);
            }
        }
        keep_wide_whole(&mut wanted);
        wanted
    }

    /// Clears everything that is shown; kept pictures lose their places.
    fn clear(&mut self, out: &mut CellWriter, area: Rect) {
        if !self.standing.is_empty() {
            out.raw(kitty::DISPLACE_ALL);
        }
        self.standing.clear();
        out.raw(b"\x1b[m\x1b[2J");
        self.shown = Buffer::empty(area);
        (self.invalid, self.drawn) = (false, false);
    }

    /// Makes exactly these parts of kept pictures stand: new ones before old ones go, and by moving
    /// an old one of the same picture where there is one. What is deleted goes with its picture.
    fn place(&mut self, out: &mut CellWriter, stage: &Stage) {
        let wanted = &stage.placements;
        let before = std::mem::take(&mut self.standing);
        let (stay, mut go): (Vec<_>, Vec<_>) = before
            .into_iter()
            .partition(|(placement, _)| wanted.contains(placement));
        let new: Vec<Placement> = wanted
            .iter()
            .filter(|placement| !stay.iter().any(|(is, _)| is == *placement))
            .copied()
            .collect();
        let mut standing = stay;
        for placement in new {
            let old = go.iter().position(|(is, _)| is.id == placement.id);
            let name = match old {
                Some(at) => go.swap_remove(at).1,
                None => free_name(&standing, &go, placement.id),
            };
            out.go(placement.cells.x, placement.cells.y);
            out.still(&kitty::place(&placement, name));
            standing.push((placement, name));
        }
        go.retain(|(placement, _)| !stage.deletes.contains(&placement.id));
        if standing.is_empty() && go.len() > 1 {
            out.raw(kitty::DISPLACE_ALL);
        } else {
            for (placement, name) in go {
                out.raw(&kitty::displace(placement.id, name));
            }
        }
        self.standing = standing;
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
        let (mut before, mut next) = (self.shown.clone(), wanted.clone());
        for (cell, old) in next.content.iter_mut().zip(&mut before.content) {
            // Under a picture that is kept the cells are blank.
            if is_picture(old) && !self.drawn {
                old.reset();
            }
            // Under a picture text has to go.
            if is_picture(cell) && !is_picture(old) && !is_blank(old) {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
        for (x, y, cell) in before.diff_iter(&next) {
            if !part(Position { x, y }) {
                continue;
            }
            // Not every terminal takes what was drawn away when it erases.
            if is_blank(cell) && !is_picture(&before[(x, y)]) {
                out.erase(x, y);
            } else {
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

/// The first name that no place of this picture has.
fn free_name(standing: &[(Placement, usize)], going: &[(Placement, usize)], id: u32) -> usize {
    let taken = |name: usize| {
        let mut all = standing.iter().chain(going);
        all.any(|(placement, is)| placement.id == id && *is == name)
    };
    let names = 1..standing.len() + going.len() + 2;
    names.into_iter().find(|name| !taken(*name)).unwrap_or(1)
}

/// Whether drawing left the cell to the picture: marked `Skip`, and no text was laid over it.
pub fn is_left_free(cell: &Cell) -> bool {
    cell.diff_option == CellDiffOption::Skip && cell.symbol() == " "
}

/// Whether the cell shows nothing but the terminal's own ground.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && cell.modifier.is_empty()
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
