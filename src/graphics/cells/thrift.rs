//! Cells for a slow line: the fewest bytes for the least error, a row at a time.
//!
//! What a cell costs depends on the colours that the cells before it left behind, so each row is a
//! shortest path (Viterbi 1967, a few states wide): a cell may keep both colours, change one, or
//! change both, and pays squared error plus a price a byte. Grey frames stay on the greys of the
//! 256-colour palette, which cost half of a true colour.

use ratatui::style::Color;

use super::colour::{nearest, seen};
use super::glyph::Glyphs;
use super::split::Block;
use super::{CellPaint, Worked, inked};
use crate::graphics::Depth;
use crate::view::{Frame, Pixels};

/// What bytes are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Economy {
    /// Nothing: each cell at its best.
    #[default]
    Exact,
    /// Much: near colours become one, and greys are few.
    Slow,
}

/// Mean squared error of a cell, in steps of grey, that one byte less is worth.
const PRICE: f64 = 1.2;
/// States that are followed.
const STATES: usize = 12;

/// The colours to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Palette {
    /// All that the terminal has.
    Whole(Depth),
    /// On a terminal of true colours the greys of the 256, and every fourth between the two brightest,
    /// which are 17 steps apart where much of a radiograph is.
    Greys,
}

impl Palette {
    /// For a frame on a terminal.
    pub(super) fn of(frame: &Frame, depth: Depth) -> Self {
        let grey = match &frame.pixels {
            Pixels::Grey(_) => true,
            Pixels::Indexed { palette, .. } => palette.iter().all(|[r, g, b]| r == g && g == b),
            Pixels::Rgb(_) => false,
        };
        if grey && depth == Depth::True {
            Self::Greys
        } else {
            Self::Whole(depth)
        }
    }

    fn ink(self, rgb: [u8; 3]) -> Ink {
        let ink = |colour| Ink {
            colour,
            rgb: seen(colour),
        };
        match self {
            Self::Whole(depth) => ink(nearest(rgb, depth)),
            Self::Greys => match rgb[1] {
                light @ 243..=250 => {
                    let light = ((light + 2) & !3) - 1;
                    ink(Color::Rgb(light, light, light))
                }
                _ => ink(nearest(rgb, Depth::Colours256)),
            },
        }
    }
}

/// A colour and what it looks like, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ink {
    colour: Color,
    rgb: Option<[u8; 3]>,
}

/// The terminal's own colour.
const OWN: Ink = Ink {
    colour: Color::Reset,
    rgb: None,
};

/// The colours in effect after a cell, and how it came to that.
#[derive(Debug, Clone, Copy)]
struct State {
    fg: Ink,
    bg: Ink,
    cost: f64,
    before: usize,
    worked: Worked,
}

/// The cells of one row.
pub(super) fn row(blocks: &[Block], glyphs: Glyphs, palette: Palette) -> Vec<Worked> {
    let start = State {
        fg: OWN,
        bg: OWN,
        cost: 0.0,
        before: 0,
        worked: Worked {
            paint: inked(glyphs, 0, [Color::Reset; 2]),
            exact: false,
        },
    };
    let mut trellis: Vec<Vec<State>> = Vec::with_capacity(blocks.len() + 1);
    let mut last = vec![start];
    for block in blocks {
        let next = step(&last, &Cell::new(block, glyphs, palette));
        trellis.push(std::mem::replace(&mut last, next));
    }
    trellis.push(last);
    back(&trellis)
}

/// The cheapest way, from its end.
fn back(trellis: &[Vec<State>]) -> Vec<Worked> {
    let mut at = 0;
    let mut worked: Vec<Worked> = trellis[1..]
        .iter()
        .rev()
        .map(|states| {
            let state = states[at];
            at = state.before;
            state.worked
        })
        .collect();
    worked.reverse();
    worked
}

/// The best states after a cell, cheapest first.
fn step(states: &[State], cell: &Cell<'_>) -> Vec<State> {
    let mut next: Vec<State> = Vec::with_capacity(states.len() * 12);
    for (before, state) in states.iter().enumerate() {
        cell.follow(state, before, &mut next);
    }
    next.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut kept: Vec<State> = Vec::with_capacity(STATES);
    for state in next {
        let known = |k: &State| (k.fg, k.bg) == (state.fg, state.bg);
        if kept.len() < STATES && !kept.iter().any(known) {
            kept.push(state);
        }
    }
    kept
}

/// A cell and the colours that suit it.
struct Cell<'a> {
    block: &'a Block,
    glyphs: Glyphs,
    bright: Ink,
    dark: Ink,
    mean: Ink,
}

impl<'a> Cell<'a> {
    fn new(block: &'a Block, glyphs: Glyphs, palette: Palette) -> Self {
        let split = block.split();
        let [bright, dark] = split.colours.map(|rgb| palette.ink(rgb));
        let mean = palette.ink(block.mean(u8::MAX).unwrap_or_default());
        Self {
            block,
            glyphs,
            bright,
            dark,
            mean,
        }
    }

    /// Everything that may come after a state.
    fn follow(&self, from: &State, before: usize, next: &mut Vec<State>) {
        let (fg, bg) = (from.fg, from.bg);
        let mut pairs = vec![(fg, bg), (self.bright, self.dark), (self.dark, self.bright)];
        for ink in [self.bright, self.dark, self.mean] {
            pairs.extend([(fg, ink), (ink, bg)]);
        }
        let drawn = pairs.into_iter().filter_map(|(f, b)| self.draw(f, b));
        let solid = [bg, self.mean]
            .into_iter()
            .filter_map(|ink| self.fill(from, ink));
        for (fg, bg, error, worked) in drawn.chain(solid) {
            let bytes = change(from, fg, bg) + worked.paint.symbol.len_utf8();
            let error = f64::from(error) / (10.0 * self.glyphs.pixels() as f64);
            next.push(State {
                fg,
                bg,
                cost: from.cost + error + PRICE * bytes as f64,
                before,
                worked,
            });
        }
    }

    /// The pattern for two colours that are known; the cell has ink and ground.
    fn draw(&self, fg: Ink, bg: Ink) -> Option<(Ink, Ink, u32, Worked)> {
        let (pattern, error) = self.block.among([fg.rgb?, bg.rgb?]);
        let full = pattern == self.glyphs.full() && self.glyphs.are_areas();
        if pattern == 0 || full {
            return None;
        }
        let paint = inked(self.glyphs, pattern, [fg.colour, bg.colour]);
        Some((fg, bg, error, self.worked(paint, error)))
    }

    /// One colour for all pixels, as ground.
    fn fill(&self, from: &State, ink: Ink) -> Option<(Ink, Ink, u32, Worked)> {
        let error = self.block.error(ink.rgb?);
        let paint = inked(self.glyphs, 0, [ink.colour; 2]);
        Some((from.fg, ink, error, self.worked(paint, error)))
    }

    fn worked(&self, paint: CellPaint, error: u32) -> Worked {
        let sure = [paint.fg, paint.bg]
            .iter()
            .all(|colour| *colour == Color::Reset || super::rgb_of(*colour).is_some());
        Worked {
            paint,
            exact: error == 0 && sure && self.glyphs.are_areas(),
        }
    }
}

/// Bytes that say the colours which change.
fn change(from: &State, fg: Ink, bg: Ink) -> usize {
    match (from.fg.colour == fg.colour, from.bg.colour == bg.colour) {
        (true, true) => 0,
        (false, true) => 3 + code(fg.colour),
        (true, false) => 3 + code(bg.colour),
        (false, false) => 4 + code(fg.colour) + code(bg.colour),
    }
}

/// Bytes of a colour in a sequence.
fn code(colour: Color) -> usize {
    let digits = |value: u8| match value {
        0..=9 => 1,
        10..=99 => 2,
        _ => 3,
    };
    match colour {
        Color::Indexed(index) => 5 + digits(index),
        Color::Rgb(r, g, b) => 7 + digits(r) + digits(g) + digits(b),
        _ => 2,
    }
}
