//! The colours that cells can have, and the nearest of them.
//!
//! Distances are squared and weighed by luminance, three to six to one for red, green and blue, so
//! that ten of them are a squared step of grey. The first 16 entries of the 256-colour palette are
//! the user's to choose and never asked for by number.

use ratatui::style::Color;

use super::super::Depth;

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

/// Weights of red, green and blue in [`distance`].
pub(super) const WEIGHTS: [u32; 3] = [3, 6, 1];

/// Luminance by Rec. 601, `0..=255`.
pub(super) fn luminance([r, g, b]: [u8; 3]) -> u32 {
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

/// The nearest of the 6 x 6 x 6 cube and of the 24 greys.
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
pub(super) fn rgb_of(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index) if index >= 16 => Some(indexed_rgb(index)),
        _ => None,
    }
}

/// What a colour probably looks like; nothing is known of the terminal's own.
pub(super) fn seen(colour: Color) -> Option<[u8; 3]> {
    let named = || NAMED.iter().find(|(_, named)| *named == colour);
    rgb_of(colour).or_else(|| named().map(|(rgb, _)| *rgb))
}

/// Squared distance, weighed by luminance.
pub(super) fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let square = |channel: usize| u32::from(a[channel].abs_diff(b[channel])).pow(2);
    (0..3).map(|c| WEIGHTS[c] * square(c)).sum()
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
            assert_eq!(seen(colour), Some(rgb));
        }
    }
}
