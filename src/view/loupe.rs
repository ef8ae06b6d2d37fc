//! The loupe: a part of the scan about the crosshair at true pixels or larger, laid over a corner of
//! the picture.
//!
//! Its content comes from the scan, by the same filters, window and colours as the picture, never
//! from the pixels on the screen: what is averaged there is not averaged here.

use super::overlay::{Drawn, Stress, overlaid};
use super::{Canvas, Frame, Pixels, Source, View, picture};
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::{Outline, Radiograph, Region, Size};

/// What is magnified, how much, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loupe {
    /// The scan pixel under the crosshair.
    pub at: [usize; 2],
    /// Screen pixels to a scan pixel along its shorter side.
    pub factor: u8,
    /// Left and top of the inset on the screen, in screen pixels.
    pub corner: [usize; 2],
    /// Its size in screen pixels.
    pub size: Size,
    /// How much higher than wide a screen pixel is.
    pub tall: f64,
}

/// The finished inset.
#[derive(Debug, Clone, PartialEq)]
pub struct Inset {
    /// What it is of.
    pub loupe: Loupe,
    /// The view that made it.
    pub view: View,
    /// Its pixels, with the border and a square around the pixel under the crosshair.
    pub frame: Frame,
}

impl Loupe {
    /// The factors to choose from.
    pub const FACTORS: [u8; 3] = [2, 4, 8];
    /// Most screen pixels to a scan pixel, as in any view.
    pub const MOST: u8 = 64;

    /// The view of what is magnified: the look of `view` about the crosshair, as far as the scan
    /// reaches.
    #[must_use]
    pub fn view(&self, radiograph: &Radiograph, view: &View) -> View {
        let canvas = Canvas::of(radiograph, view, self.size, self.tall);
        let centre = self.at.map(|n| n as f64 + 0.5);
        let middle = [self.size.width, self.size.height].map(|side| side as f64 / 2.0);
        view.one_to_one(canvas)
            .zoom_about(canvas, middle, f64::from(self.factor))
            .centred_on(canvas, centre)
    }
}

impl Inset {
    /// Makes the inset of a view.
    ///
    /// # Errors
    /// As [`picture`].
    pub fn of<'a>(
        source: impl Into<Source<'a>>,
        view: &View,
        loupe: Loupe,
        cancel: &Cancel,
    ) -> Result<Self> {
        let source = source.into();
        let view = loupe.view(source.radiograph, view);
        let frame = picture(source, &view, loupe.size, cancel)?.frame;
        let [x, y] = loupe.at;
        // Around the pixel, so that it stays free.
        let around = Region {
            x: x.saturating_sub(1),
            y: y.saturating_sub(1),
            width: 2 + usize::from(x > 0),
            height: 2 + usize::from(y > 0),
        };
        let square = Drawn {
            outline: Outline::Rectangle(around),
            stress: Stress::Plain,
        };
        let frame = bordered(&overlaid(&frame, &view, &[square], None));
        Ok(Self { loupe, view, frame })
    }

    /// The frame of the whole picture with the inset over it.
    #[must_use]
    pub fn over(&self, mut frame: Frame) -> Frame {
        let mut ink = Ink::new(&mut frame);
        let [left, top] = self.loupe.corner;
        for y in 0..self.frame.height {
            for x in 0..self.frame.width {
                ink.dot([left + x, top + y], self.frame.rgb(x, y));
            }
        }
        frame
    }
}

/// The frame with its outermost pixels dark and those within light, so that it ends on any ground.
fn bordered(frame: &Frame) -> Frame {
    let mut bordered = frame.clone();
    let small = frame.width.min(frame.height) < 64;
    let mut ink = Ink::new(&mut bordered);
    let [right, bottom] = [frame.width, frame.height].map(|side| side.saturating_sub(1));
    for y in 0..frame.height {
        for x in 0..frame.width {
            match x.min(y).min(right - x).min(bottom - y) {
                0 if small => ink.dot([x, y], [255; 3]),
                0 => ink.dot([x, y], [0; 3]),
                1 if !small => ink.dot([x, y], [255; 3]),
                _ => {}
            }
        }
    }
    bordered
}

/// Colours pixels of a frame in given colours, with those that the frame has or has room for.
struct Ink<'a> {
    frame: &'a mut Frame,
    /// The newest colour and its index, for indexed pixels.
    last: Option<([u8; 3], u8)>,
}

impl<'a> Ink<'a> {
    fn new(frame: &'a mut Frame) -> Self {
        Self { frame, last: None }
    }

    fn dot(&mut self, [x, y]: [usize; 2], colour: [u8; 3]) {
        if x >= self.frame.width || y >= self.frame.height {
            return;
        }
        let at = y * self.frame.width + x;
        match &mut self.frame.pixels {
            Pixels::Grey(grey) => grey[at] = colour[0],
            Pixels::Rgb(rgb) => rgb[at] = colour,
            Pixels::Indexed { palette, indices } => {
                let known = self.last.filter(|(last, _)| *last == colour);
                let index = known.map_or_else(|| index_of(palette, colour), |(_, index)| index);
                self.last = Some((colour, index));
                indices[at] = index;
            }
        }
    }
}

/// The index of a colour in a palette, which takes it up where there is room; else of the nearest.
fn index_of(palette: &mut Vec<[u8; 3]>, colour: [u8; 3]) -> u8 {
    if let Some(at) = palette.iter().position(|known| *known == colour) {
        return at as u8;
    }
    if palette.len() < 256 {
        palette.push(colour);
        return (palette.len() - 1) as u8;
    }
    let distance = |known: &[u8; 3]| -> u32 {
        let parts = known.iter().zip(colour);
        parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let nearest = (0..palette.len()).min_by_key(|at| distance(&palette[*at]));
    nearest.unwrap_or(0) as u8
}
