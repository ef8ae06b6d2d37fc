//! The legend drawn under a picture: swatches and words in an 8x8 bitmap font.

use font8x8::UnicodeFonts as _;

use crate::view::{Frame, Legend, Pixels};

/// Side of a glyph.
const GLYPH: usize = 8;
/// Height of a line.
const LINE: usize = 12;
/// Where words start: after the swatch.
const INDENT: usize = 16;
/// A picture this wide has its legend at twice the size.
const WIDE: usize = 1600;

/// One line: a swatch where it names a colour, and words.
struct Line {
    colour: Option<[u8; 3]>,
    text: String,
}

/// `frame` with its legend below; the picture itself is unchanged.
pub(super) fn under(frame: Frame, legend: &Legend) -> Frame {
    let scale = if frame.width >= WIDE { 2 } else { 1 };
    let letters = (frame.width / scale).saturating_sub(INDENT) / GLYPH;
    let lines = lines(legend, letters.max(1));
    let height = lines.len() * LINE * scale;
    let strip = draw(&lines, frame.width, height, scale);
    Frame {
        width: frame.width,
        height: frame.height + height,
        pixels: append(frame.pixels, &strip),
    }
}

/// The rows with their shares, then the notes, broken at `letters`.
fn lines(legend: &Legend, letters: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in &legend.rows {
        let share = row.share.map(|share| format!(" {:.1} %", share * 100.0));
        let text = format!("{}{}", row.label, share.unwrap_or_default());
        push(&mut lines, Some(row.colour), &text, letters);
    }
    for note in &legend.notes {
        push(&mut lines, None, note.as_str(), letters);
    }
    lines
}

/// Appends `text`, broken between words where it can be; the swatch stands at its first line.
fn push(lines: &mut Vec<Line>, colour: Option<[u8; 3]>, text: &str, letters: usize) {
    let mut colour = colour;
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > letters {
            lines.push(Line {
                colour: colour.take(),
                text: std::mem::take(&mut line),
            });
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(Line { colour, text: line });
}

/// The strip in true colours, white on black.
fn draw(lines: &[Line], width: usize, height: usize, scale: usize) -> Vec<[u8; 3]> {
    let mut strip = vec![[0; 3]; width * height];
    let mut dot = |x: usize, y: usize, colour: [u8; 3]| {
        for dy in 0..scale {
            for dx in 0..scale {
                let (x, y) = (x * scale + dx, y * scale + dy);
                if x < width && y < height {
                    strip[y * width + x] = colour;
                }
            }
        }
    };
    for (n, line) in lines.iter().enumerate() {
        let top = n * LINE;
        if let Some(colour) = line.colour {
            for y in 0..GLYPH + 2 {
                for x in 0..GLYPH + 2 {
                    let rim = x == 0 || y == 0 || x == GLYPH + 1 || y == GLYPH + 1;
                    dot(x + 2, top + y + 1, if rim { [255; 3] } else { colour });
                }
            }
        }
        for (i, letter) in line.text.chars().enumerate() {
            for (y, row) in glyph(letter).into_iter().enumerate() {
                for x in (0..GLYPH).filter(|x| row >> x & 1 == 1) {
                    dot(INDENT + i * GLYPH + x, top + 2 + y, [255; 3]);
                }
            }
        }
    }
    strip
}

/// The rows of a letter, lowest bit at the left; a question mark for one the font lacks.
fn glyph(letter: char) -> [u8; 8] {
    font8x8::BASIC_FONTS
        .get(letter)
        .or_else(|| font8x8::LATIN_FONTS.get(letter))
        .or_else(|| font8x8::GREEK_FONTS.get(letter))
        .or_else(|| font8x8::BASIC_FONTS.get('?'))
        .unwrap_or_default()
}

/// The strip below the pixels, in the colours that they have.
fn append(pixels: Pixels, strip: &[[u8; 3]]) -> Pixels {
    match pixels {
        Pixels::Grey(mut grey) => {
            let level =
                |c: &[u8; 3]| ((u16::from(c[0]) + u16::from(c[1]) + u16::from(c[2])) / 3) as u8;
            grey.extend(strip.iter().map(level));
            Pixels::Grey(grey)
        }
        Pixels::Indexed {
            palette,
            mut indices,
        } => {
            let mut known: Vec<([u8; 3], u8)> = Vec::new();
            for colour in strip {
                let found = known.iter().find(|(c, _)| c == colour).map(|(_, i)| *i);
                indices.push(found.unwrap_or_else(|| {
                    let near = nearest(&palette, *colour);
                    known.push((*colour, near));
                    near
                }));
            }
            Pixels::Indexed { palette, indices }
        }
        Pixels::Rgb(mut rgb) => {
            rgb.extend(strip);
            Pixels::Rgb(rgb)
        }
    }
}

/// The index of the palette's colour nearest to `colour`.
fn nearest(palette: &[[u8; 3]], colour: [u8; 3]) -> u8 {
    let distance = |c: &[u8; 3]| -> i32 {
        (0..3)
            .map(|i| (i32::from(c[i]) - i32::from(colour[i])).pow(2))
            .sum()
    };
    let near = palette.iter().enumerate().min_by_key(|(_, c)| distance(c));
    near.map_or(0, |(index, _)| index as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Safe;
    use crate::view::LegendRow;

    #[test]
    fn the_picture_stays_and_the_swatch_has_its_colour() {
        let palette = crate::view::Scheme::Three.colours();
        let colour = palette[100];
        let frame = Frame {
            width: 60,
            height: 1,
            pixels: Pixels::Indexed {
                palette,
                indices: vec![7; 60],
            },
        };
        let legend = Legend {
            rows: vec![LegendRow {
                label: Safe::word("organic matter"),
                colour,
                letter: None,
                share: Some(0.25),
            }],
            notes: vec![],
        };
        let drawn = under(frame.clone(), &legend);
        // 5 letters a line: organic, matter, 25.0, %.
        assert_eq!(drawn.height, 1 + 4 * LINE);
        assert_eq!(drawn.rgb(59, 0), frame.rgb(59, 0));
        assert_eq!(drawn.rgb(5, 1 + 5), colour);
        assert_eq!(drawn.rgb(2, 1 + 1), [255; 3]);
    }
}
