//! Pictures out of characters: two to eight pixels a cell, in the colours that the terminal has.
//!
//! A cell shows two colours in a pattern: half-blocks show their two pixels as they are, the finer
//! ones the two colours and the pattern with the least squared error. Without colours (`NO_COLOR`) a
//! cell is one of ten ASCII characters, the brighter the fuller, or as many braille dots as it is
//! bright.

mod colour;
mod glyph;
mod split;
mod thrift;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::{Body, Depth, Effort, Made, Protocol, Target};
use crate::view::Frame;
use colour::{luminance, rgb_of};
use glyph::Glyphs;
use split::Block;

pub use colour::nearest;
pub use thrift::Economy;

/// Characters from dark to bright, on a dark screen.
const RAMP: &[u8; 10] = b" .:-=+*#%@";
/// From which luminance on a braille dot is set, row by row: an even spread.
const DOTS: [u32; 8] = [16, 144, 208, 80, 48, 176, 240, 112];

/// A picture of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellPicture {
    /// Cells across.
    pub width: u16,
    /// Cells down.
    pub height: u16,
    /// `width * height` cells, row by row from the top.
    pub cells: Vec<CellPaint>,
}

/// One cell of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellPaint {
    /// The character.
    pub symbol: char,
    /// Its colour; the terminal's own where the character has no ink.
    pub fg: Color,
    /// What is behind it; the terminal's own where it does not show, and where the frame ends
    /// inside the cell.
    pub bg: Color,
}

impl CellPicture {
    /// Paints the picture's top left part into `area`.
    pub fn paint(&self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let rows = self.cells.chunks(usize::from(self.width.max(1)));
        for (row, y) in rows.zip(area.top()..area.bottom()) {
            for (paint, x) in row.iter().zip(area.left()..area.right()) {
                let cell = &mut buffer[(x, y)];
                cell.reset();
                cell.set_char(paint.symbol)
                    .set_fg(paint.fg)
                    .set_bg(paint.bg);
            }
        }
    }
}

/// How a frame becomes cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// One that draws with characters.
    pub(crate) protocol: Protocol,
    /// The terminal's colours.
    pub(crate) depth: Depth,
    /// What bytes are worth.
    pub(crate) economy: Economy,
}

impl Plan {
    /// As the target asks: bytes count where the effort goes into them.
    pub(crate) fn of(target: &Target) -> Self {
        Self {
            protocol: target.protocol,
            depth: target.depth,
            economy: match target.effort {
                Effort::Fast => Economy::Exact,
                Effort::Small | Effort::Least => Economy::Slow,
            },
        }
    }
}

/// One cell as it was worked out, and what it does to the picture's honesty.
#[derive(Debug, Clone, Copy)]
struct Worked {
    paint: CellPaint,
    exact: bool,
}

/// Encodes a frame by its plan; nothing for a protocol that does not draw with characters.
pub(crate) fn encode(frame: &Frame, plan: Plan) -> Made {
    let Some(glyphs) = Glyphs::of(plan.protocol) else {
        return none();
    };
    let width = frame.width.div_ceil(glyphs.across);
    let height = frame.height.div_ceil(glyphs.down);
    let saving = plan.economy == Economy::Slow && plan.depth != Depth::Monochrome;
    let whole = frame.width / glyphs.across;
    let mut worked = Vec::with_capacity(width * height);
    for row in 0..height {
        let cells = (0..width).map(|column| cell(frame, glyphs, [column, row]));
        let inside = (row + 1) * glyphs.down <= frame.height;
        if saving && inside {
            let blocks: Vec<Block> = cells.clone().take(whole).map(|cell| cell.block).collect();
            let palette = thrift::Palette::of(frame, plan.depth);
            worked.extend(thrift::row(&blocks, glyphs, palette));
            worked.extend(cells.skip(whole).map(|cell| cell.work(glyphs, plan.depth)));
        } else {
            worked.extend(cells.map(|cell| cell.work(glyphs, plan.depth)));
        }
    }
    made(&worked, width, height)
}

/// No picture at all.
fn none() -> Made {
    made(&[], 0, 0)
}

fn made(worked: &[Worked], width: usize, height: usize) -> Made {
    let cells: Vec<CellPaint> = worked.iter().map(|cell| cell.paint).collect();
    let mut colours: Vec<Color> = cells.iter().flat_map(|c| [c.fg, c.bg]).collect();
    colours.retain(|c| *c != Color::Reset);
    colours.sort_unstable_by_key(|c| colour::seen(*c));
    colours.dedup();
    Made {
        body: Body::Cells(CellPicture {
            width: width as u16,
            height: height as u16,
            cells,
        }),
        colours: colours.len(),
        lossless: !worked.is_empty() && worked.iter().all(|cell| cell.exact),
    }
}

/// The part of a frame under one cell.
struct Part {
    /// Its pixels that are inside the frame.
    block: Block,
    /// Which of the cell's pixels those are.
    inside: u8,
}

/// The pixels of a cell by its column and row.
fn cell(frame: &Frame, glyphs: Glyphs, [column, row]: [usize; 2]) -> Part {
    let places = (0..glyphs.pixels()).map(|bit| {
        let x = column * glyphs.across + bit % glyphs.across;
        let y = row * glyphs.down + bit / glyphs.across;
        (bit, x, y)
    });
    let mut inside = places.filter(|(_, x, y)| *x < frame.width && *y < frame.height);
    let bits = inside.clone().fold(0, |bits, (bit, ..)| bits | 1 << bit);
    Part {
        block: Block::new(inside.by_ref().map(|(_, x, y)| frame.rgb(x, y))),
        inside: bits,
    }
}

impl Part {
    /// The cell at its best, whatever it costs.
    fn work(&self, glyphs: Glyphs, depth: Depth) -> Worked {
        if depth == Depth::Monochrome {
            return Worked {
                paint: self.without_colours(glyphs),
                exact: false,
            };
        }
        if self.inside != glyphs.full() {
            return self.at_the_edge(glyphs, depth);
        }
        let split = self.block.split();
        let mut colours = split.colours;
        let half = glyphs.pixels() == 2;
        // Half-blocks are always the upper half, so that a cell that stays is not written again.
        if half {
            let pixels = self.block.pixels();
            colours = [pixels[0], pixels[1]];
        } else if luminance(colours[0]) < luminance(colours[1]) {
            colours.reverse();
        }
        let shown = colours.map(|rgb| nearest(rgb, depth));
        let seen = [0, 1].map(|i| colour::seen(shown[i]).unwrap_or(colours[i]));
        let pattern = if half { 1 } else { self.block.among(seen).0 };
        let paint = inked(glyphs, pattern, shown);
        Worked {
            paint,
            exact: glyphs.are_areas() && self.shows(paint, pattern, shown),
        }
    }

    /// Whether the cell surely shows its pixels as they are.
    fn shows(&self, paint: CellPaint, pattern: u8, shown: [Color; 2]) -> bool {
        let solid = paint.symbol == ' ';
        let mut pixels = self.block.pixels().iter().enumerate();
        pixels.all(|(bit, pixel)| {
            let colour = match (solid, pattern >> bit & 1) {
                (true, _) => paint.bg,
                (false, 1) => shown[0],
                (false, _) => shown[1],
            };
            rgb_of(colour) == Some(*pixel)
        })
    }

    /// One colour where the frame is, and the terminal's own outside.
    fn at_the_edge(&self, glyphs: Glyphs, depth: Depth) -> Worked {
        let mean = self
            .block
            .mean(u8::MAX >> (8 - self.block.pixels().len().clamp(1, 8)))
            .unwrap_or_default();
        let fg = nearest(mean, depth);
        let same = self.block.pixels().iter().all(|p| rgb_of(fg) == Some(*p));
        Worked {
            paint: CellPaint {
                symbol: glyphs.symbol(self.inside),
                fg,
                bg: Color::Reset,
            },
            exact: glyphs.are_areas() && same,
        }
    }

    /// A character as full as the cell is bright.
    fn without_colours(&self, glyphs: Glyphs) -> CellPaint {
        let mean = luminance(
            self.block
                .mean(u8::MAX >> (8 - self.block.pixels().len().clamp(1, 8)))
                .unwrap_or_default(),
        );
        let symbol = if glyphs.are_areas() {
            let step = mean as usize * RAMP.len() / 256;
            char::from(RAMP[step.min(RAMP.len() - 1)])
        } else {
            let places = (0..8).filter(|bit| self.inside >> bit & 1 == 1);
            let lit = places
                .zip(self.block.pixels())
                .filter(|(bit, pixel)| luminance(**pixel) >= DOTS[*bit]);
            glyphs.symbol(lit.fold(0, |pattern, (bit, _)| pattern | 1 << bit))
        };
        CellPaint {
            symbol,
            fg: Color::Reset,
            bg: Color::Reset,
        }
    }
}

/// A pattern in two colours; one colour needs no character, and no ink no colour.
fn inked(glyphs: Glyphs, pattern: u8, [fg, bg]: [Color; 2]) -> CellPaint {
    let blank = |bg| CellPaint {
        symbol: ' ',
        fg: Color::Reset,
        bg,
    };
    if pattern == 0 || fg == bg {
        blank(bg)
    } else if pattern == glyphs.full() && glyphs.are_areas() {
        blank(fg)
    } else {
        CellPaint {
            symbol: glyphs.symbol(pattern),
            fg,
            bg,
        }
    }
}
