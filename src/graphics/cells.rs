//! Pictures out of characters: two pixels a cell by `▀`, in the colours that the terminal has.
//!
//! Without colours (`NO_COLOR`) a cell is one of ten ASCII characters, the brighter the fuller.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::{Body, Depth, Made};
use crate::view::Frame;

/// Characters from dark to bright, on a dark screen.
const RAMP: &[u8; 10] = b" .:-=+*#%@";

/// The 16 named colours as xterm shows them; terminals differ.
const NAMED: [([u8; 3], Color); 16] = [
    ([0, 0, 0], Color::Black),
    ([205, 0, 0], Color::Red),
    ([0, 205, 0], Color::Green),
    ([205, 205, 0], Color::Yellow),
    ([0, 0, 238], Color::Blue),
    ([205, 0, 205], Color::Magenta),
    ([0, 205, 205], Color::Cyan),
    ([229, 229, 229], Color::Gray),
    ([127, 127, 127], Color::DarkGray),
    ([255, 0, 0], Color::LightRed),
    ([0, 255, 0], Color::LightGreen),
    ([255, 255, 0], Color::LightYellow),
    ([92, 92, 255], Color::LightBlue),
    ([255, 0, 255], Color::LightMagenta),
    ([0, 255, 255], Color::LightCyan),
    ([255, 255, 255], Color::White),
];

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
    /// Its colour.
    pub fg: Color,
    /// What is behind it; the terminal's own below the last row of an odd height.
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

/// Encodes a frame of two pixels a cell.
pub(crate) fn encode(frame: &Frame, depth: Depth) -> Made {
    let mut exact = depth != Depth::Monochrome;
    let mut last: Option<([u8; 3], Color)> = None;
    let mut colour = |rgb: [u8; 3]| {
        // Neighbours are alike: the nearest colour is looked for once a run.
        let shown = match last {
            Some((from, shown)) if from == rgb => shown,
            _ => nearest(rgb, depth),
        };
        last = Some((rgb, shown));
        exact &= rgb_of(shown) == Some(rgb);
        shown
    };
    let mut cells = Vec::with_capacity(frame.width * frame.height.div_ceil(2));
    for y in (0..frame.height).step_by(2) {
        for x in 0..frame.width {
            let top = frame.rgb(x, y);
            let bottom = (y + 1 < frame.height).then(|| frame.rgb(x, y + 1));
            cells.push(if depth == Depth::Monochrome {
                shade(top, bottom)
            } else {
                half_block(colour(top), bottom.map_or(Color::Reset, &mut colour))
            });
        }
    }
    let mut colours: Vec<Color> = cells.iter().flat_map(|c| [c.fg, c.bg]).collect();
    colours.retain(|c| *c != Color::Reset);
    colours.sort_unstable_by_key(|c| rgb_of(*c));
    colours.dedup();
    let picture = CellPicture {
        width: frame.width as u16,
        height: frame.height.div_ceil(2) as u16,
        cells,
    };
    Made {
        body: Body::Cells(picture),
        colours: colours.len(),
        lossless: exact,
    }
}

/// Two pixels above each other; one colour needs no character.
fn half_block(top: Color, bottom: Color) -> CellPaint {
    if top == bottom {
        CellPaint {
            symbol: ' ',
            fg: Color::Reset,
            bg: bottom,
        }
    } else {
        CellPaint {
            symbol: '▀',
            fg: top,
            bg: bottom,
        }
    }
}

/// Two pixels as one character of the ramp.
fn shade(top: [u8; 3], bottom: Option<[u8; 3]>) -> CellPaint {
    let light = luminance(top).midpoint(luminance(bottom.unwrap_or(top)));
    let step = light as usize * RAMP.len() / 256;
    CellPaint {
        symbol: char::from(RAMP[step.min(RAMP.len() - 1)]),
        fg: Color::Reset,
        bg: Color::Reset,
    }
}

/// Luminance by Rec. 601, `0..=255`.
fn luminance([r, g, b]: [u8; 3]) -> u32 {
    (299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000
}

/// The colour of `depth` that is nearest to `rgb`; [`Color::Reset`] where there are none.
pub fn nearest(rgb: [u8; 3], depth: Depth) -> Color {
    match depth {
        Depth::True => Color::Rgb(rgb[0], rgb[1], rgb[2]),
        Depth::Colours256 => Color::Indexed(nearest_indexed(rgb)),
        Depth::Colours16 => NAMED
            .iter()
            .min_by_key(|(named, _)| distance(*named, rgb))
            .map_or(Color::Reset, |(_, colour)| *colour),
        Depth::Monochrome => Color::Reset,
    }
}

/// The nearest of the 6 x 6 x 6 cube and of the 24 greys. The first 16 are the user's to choose.
fn nearest_indexed(rgb: [u8; 3]) -> u8 {
    let cube = rgb.map(|v| match v {
        0..=47 => 0,
        48..=114 => 1,
        _ => (v - 35) / 40,
    });
    let cube_index = 16 + 36 * cube[0] + 6 * cube[1] + cube[2];
    let grey = (luminance(rgb).saturating_sub(3) / 10).min(23) as u8;
    let grey_index = 232 + grey;
    let [of_cube, of_grey] = [cube_index, grey_index].map(|i| distance(indexed_rgb(i), rgb));
    if of_grey < of_cube {
        grey_index
    } else {
        cube_index
    }
}

/// What an entry from 16 on of the 256-colour palette looks like.
fn indexed_rgb(index: u8) -> [u8; 3] {
    if index >= 232 {
        return [8 + 10 * (index - 232); 3];
    }
    let cube = index.saturating_sub(16);
    [cube / 36, cube / 6 % 6, cube % 6].map(|step| if step == 0 { 0 } else { 55 + 40 * step })
}

/// What a colour looks like, where that is certain.
fn rgb_of(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index) if index >= 16 => Some(indexed_rgb(index)),
        _ => None,
    }
}

/// Squared distance, weighed by luminance.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let square = |channel: usize| u32::from(a[channel].abs_diff(b[channel])).pow(2);
    3 * square(0) + 6 * square(1) + square(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_256_is_the_nearest() {
        let steps = (0..=255_u8).step_by(5);
        for grey in steps.clone() {
            check([grey; 3]);
        }
        for (r, g) in steps.clone().zip(steps.rev()) {
            check([r, g, 128]);
        }
    }

    fn check(rgb: [u8; 3]) {
        let best = (16..=255)
            .map(|i| distance(indexed_rgb(i), rgb))
            .min()
            .unwrap_or(0);
        let found = distance(indexed_rgb(nearest_indexed(rgb)), rgb);
        // Per channel the cube is exact; only a tie between luminance and distance can differ.
        assert!(found <= best + 250, "{rgb:?}: {found} against {best}");
    }

    #[test]
    fn named_colours_are_their_own_nearest() {
        for (rgb, colour) in NAMED {
            assert_eq!(nearest(rgb, Depth::Colours16), colour);
        }
    }
}
