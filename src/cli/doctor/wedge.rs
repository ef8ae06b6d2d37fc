//! The pictures of `xamine doctor`: a test picture, and a wedge of greys.
//!
//! The wedge has 32 even steps from black to white; below it, on black, four patches that are 1 to 4
//! of 255 brighter, and on white four that are as much darker.

use std::io::Write;

use super::super::Failure;
use crate::graphics::{
    Answers, Body, Depth, Effort, Protocol, Target, encode, kitty, pixels_for, placeholder,
};
use crate::terminal::{self, Choice};
use crate::view::{Frame, Pixels};

/// Which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picture {
    /// A circle on four colours.
    Test,
    /// The greys.
    Wedge,
}

/// Numbers of these pictures at the terminal; placeholder cells can tell them.
const FIRST_NUMBER: u32 = 30_000;

impl Picture {
    /// Columns and rows.
    fn cells(self) -> (u16, u16) {
        match self {
            Self::Test => (24, 6),
            Self::Wedge => (64, 6),
        }
    }

    fn number(self) -> u32 {
        placeholder::number(FIRST_NUMBER + u32::from(self == Self::Wedge))
    }
}

/// Prints a picture where the cursor is, and leaves the cursor below it.
pub(super) fn print(picture: Picture, choice: &Choice, out: &mut dyn Write) -> Result<(), Failure> {
    let (columns, rows) = picture.cells();
    let (width, height) = pixels_for(choice.protocol, columns, rows, choice.cell);
    let frame = match picture {
        Picture::Test => test(width, height, choice.protocol.pixel_aspect(choice.cell)),
        Picture::Wedge => wedge(width, height),
    };
    let target = Target {
        protocol: choice.protocol,
        cell: choice.cell,
        depth: choice.depth,
        registers: choice.registers,
        id: picture.number(),
        effort: Effort::Small,
        answers: Answers::Silent,
    };
    let encoded = encode(&frame, &target)?;
    match &encoded.body {
        Body::Cells(cells) => out.write_all(&terminal::lines(cells, choice.depth))?,
        Body::Bytes(bytes) if choice.placeholders => {
            let mut string = kitty::delete(encoded.id);
            string.extend_from_slice(bytes);
            string.extend(placeholder::virtual_placement(encoded.id, columns, rows));
            out.write_all(&choice.passage.wrap(&string))?;
            out.write_all(placeholder::lines(encoded.id, columns, rows).as_bytes())?;
        }
        Body::Bytes(_) => {
            // Room first, so that a picture at the bottom scrolls before it is drawn.
            out.write_all("\n".repeat(rows.into()).as_bytes())?;
            write!(out, "\x1b[{rows}A\x1b7")?;
            out.write_all(&encoded.drawing())?;
            write!(out, "\x1b8\x1b[{rows}B")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Four colours, a white frame, and a circle that is round where the size of a cell is right.
fn test(width: usize, height: usize, aspect: f64) -> Frame {
    let palette = vec![
        [0, 0, 0],
        [255; 3],
        [230, 120, 0],
        [0, 160, 70],
        [40, 90, 220],
        [128; 3],
    ];
    let centre = [width as f64 / 2.0, height as f64 / 2.0];
    let radius = centre[0].min(centre[1] * aspect) * 0.8;
    let line = (radius * 0.08).max(1.0);
    let at = |x: usize, y: usize| -> u8 {
        let edge = x == 0 || y == 0 || x + 1 == width || y + 1 == height;
        let dx = x as f64 + 0.5 - centre[0];
        let dy = (y as f64 + 0.5 - centre[1]) * aspect;
        if edge || (dx.hypot(dy) - radius).abs() < line {
            return 1;
        }
        2 + u8::from(dx > 0.0) + 2 * u8::from(dy > 0.0)
    };
    let indices = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Frame {
        width,
        height,
        pixels: Pixels::Indexed {
            palette,
            indices: indices.map(|(x, y)| at(x, y)).collect(),
        },
    }
}

/// The steps above, the faint patches below.
fn wedge(width: usize, height: usize) -> Frame {
    let steps = usize::from(super::STEPS);
    let grey = |x: usize, y: usize| -> u8 {
        if 2 * y < height {
            return (x * steps / width * 255 / (steps - 1)) as u8;
        }
        let (bright, x) = if 2 * x < width {
            (false, x)
        } else {
            (true, x - width / 2)
        };
        // Nine slots, a patch in every second one.
        let slot = x * 18 / width;
        let inside = (6 * height..9 * height).contains(&(10 * y));
        let step = if inside && slot % 2 == 1 && slot < 9 {
            slot.div_ceil(2) as u8
        } else {
            0
        };
        if bright { 255 - step } else { step }
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Frame {
        width,
        height,
        pixels: Pixels::Grey(places.map(|(x, y)| grey(x, y)).collect()),
    }
}

/// How many greys from black to white the pictures have.
pub(super) fn greys(choice: &Choice) -> u16 {
    match (choice.protocol, choice.depth) {
        // Its colours are percents, and each needs a register.
        (Protocol::Sixel, _) => choice.registers.min(101),
        (Protocol::Kitty | Protocol::Iterm2, _) | (_, Depth::True) => 256,
        // 24 of the ramp with black and white.
        (_, Depth::Colours256) => 26,
        (_, Depth::Colours16) => 4,
        (_, Depth::Monochrome) => 2,
    }
}

/// Whether every step and every patch of the wedge is drawn as it is: a patch differs from black by
/// one of 255.
pub(super) fn is_drawn_whole(choice: &Choice) -> bool {
    greys(choice) == 256
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_wedge_has_all_its_steps_and_patches() {
        for (width, height) in [(64, 12), (512, 96), (576, 108), (640, 126)] {
            let Pixels::Grey(grey) = wedge(width, height).pixels else {
                panic!("grey")
            };
            let row = |y: usize| grey[y * width..(y + 1) * width].to_vec();
            let steps: BTreeSet<u8> = row(0).into_iter().collect();
            assert_eq!(steps.len(), 32);
            assert_eq!((row(0)[0], row(0)[width - 1]), (0, 255));
            let patches: BTreeSet<u8> = row(height * 3 / 4).into_iter().collect();
            let all = [0, 1, 2, 3, 4, 251, 252, 253, 254, 255];
            assert_eq!(patches.into_iter().collect::<Vec<u8>>(), all);
        }
    }

    #[test]
    fn only_pictures_with_every_grey_draw_the_wedge_whole() {
        let size = terminal::WindowSize {
            columns: 100,
            rows: 30,
            pixels: None,
        };
        for (protocol, depth, whole) in [
            (Protocol::Kitty, Depth::Colours256, true),
            (Protocol::Iterm2, Depth::Colours16, true),
            (Protocol::Sixel, Depth::True, false),
            (Protocol::HalfBlock, Depth::True, true),
            (Protocol::HalfBlock, Depth::Colours256, false),
            (Protocol::Octant, Depth::Colours16, false),
            (Protocol::HalfBlock, Depth::Monochrome, false),
        ] {
            let choice = Choice {
                depth,
                ..terminal::without_asking(Some(protocol), size)
            };
            assert_eq!(is_drawn_whole(&choice), whole, "{protocol} {depth:?}");
        }
    }

    #[test]
    fn the_test_picture_has_its_colours_and_a_circle() {
        let Pixels::Indexed { palette, indices } = test(192, 96, 1.0).pixels else {
            panic!("indexed")
        };
        assert!(
            indices
                .iter()
                .all(|index| usize::from(*index) < palette.len())
        );
        let found: BTreeSet<u8> = indices.iter().copied().collect();
        assert_eq!(found.len(), 5);
    }
}
