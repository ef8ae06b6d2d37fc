//! A frame made smaller and poorer in colours: the steps of the ladder.
//!
//! [`Source`] holds a frame's planes; [`Smaller`] is its area average at one scale; [`Few`] is that in
//! a few colours, ready to be packed. Greys go by the best levels of their histogram, colours by
//! median cut. Similarity is counted on luminance of what the terminal shows, scaled up by nearest.

use super::average::{Axis, average};
use super::levels::{Levels, histogram};
use super::palette;
use super::ssim::Reference;
use crate::view::{Frame, Pixels};

/// Most levels or colours of a step that is not lossless.
pub(crate) const MOST: usize = 64;

/// The planes of a frame: its luminance, and its colours where it has any.
pub(crate) struct Source {
    size: [usize; 2],
    luminance: Vec<u8>,
    colours: Option<[Vec<u8>; 3]>,
}

/// Luminance by Rec. 601.
pub(crate) fn luminance([r, g, b]: [u8; 3]) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000) as u8
}

impl Source {
    /// Takes the planes of a frame of at least one pixel.
    pub(crate) fn of(frame: &Frame) -> Self {
        let (luminance, colours) = match &frame.pixels {
            Pixels::Grey(grey) => (grey.clone(), None),
            Pixels::Indexed { palette, indices } => {
                let mut table = [[0; 3]; 256];
                for (entry, colour) in table.iter_mut().zip(palette) {
                    *entry = *colour;
                }
                planes(&indices.iter().map(|i| table[usize::from(*i)]))
            }
            Pixels::Rgb(pixels) => planes(&pixels.iter().copied()),
        };
        Self {
            size: [frame.width, frame.height],
            luminance,
            colours,
        }
    }

    /// What similarity is counted against.
    pub(crate) fn reference(&self) -> Reference<'_> {
        Reference::new(&self.luminance, self.size[0])
    }

    /// The average at `sent` pixels over the `covered` ones, of which the frame is the top left.
    pub(crate) fn smaller(&self, covered: [usize; 2], sent: [usize; 2]) -> Smaller {
        let [columns, rows] = [0, 1].map(|i| Axis::new(self.size[i], covered[i], sent[i]));
        let make = |plane: &Vec<u8>| average(plane, &columns, &rows);
        let colours = self.colours.as_ref().map(|planes| {
            let [r, g, b] = [0, 1, 2].map(|i| make(&planes[i]));
            let pixels = r.into_iter().zip(g).zip(b).map(|((r, g), b)| [r, g, b]);
            pixels.collect()
        });
        let content = match colours {
            Some(pixels) => Content::Colours(Frame {
                width: columns.shown(),
                height: rows.shown(),
                pixels: Pixels::Rgb(pixels),
            }),
            None => Content::grey(make(&self.luminance)),
        };
        Smaller {
            columns,
            rows,
            content,
        }
    }
}

/// The planes of colours; without colours where all are grey.
fn planes(colours: &(impl Iterator<Item = [u8; 3]> + Clone)) -> (Vec<u8>, Option<[Vec<u8>; 3]>) {
    let light = colours.clone().map(luminance).collect();
    if colours.clone().all(|[r, g, b]| r == g && g == b) {
        return (light, None);
    }
    let plane = |i: usize| colours.clone().map(|colour| colour[i]).collect();
    (light, Some([plane(0), plane(1), plane(2)]))
}

/// A frame at one scale.
pub(crate) struct Smaller {
    columns: Axis,
    rows: Axis,
    content: Content,
}

enum Content {
    Grey { values: Vec<u8>, levels: Levels },
    Colours(Frame),
}

impl Content {
    fn grey(values: Vec<u8>) -> Self {
        let counts = histogram(&values);
        // Between levels where the pixels are and levels everywhere: noise that fills the histogram
        // would take them all.
        let weights = counts.map(|count| (1000.0 * (count as f64).sqrt()) as u64);
        let levels = Levels::new(&weights, MOST);
        Self::Grey { values, levels }
    }
}

/// A picture in at most [`MOST`] colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Few {
    /// Pixels across and down that show the frame.
    pub(crate) shown: [usize; 2],
    /// Pixels across and down that are sent; those beside the frame are clear.
    pub(crate) sent: [usize; 2],
    /// The colours, in ascending order where they are grey.
    pub(crate) palette: Vec<[u8; 3]>,
    /// An index into the colours for each shown pixel.
    pub(crate) indices: Vec<u8>,
}

impl Smaller {
    /// The picture in at most `count` colours.
    pub(crate) fn few(&self, count: usize) -> Few {
        let (palette, indices) = match &self.content {
            Content::Grey { values, levels } => {
                let quantiser = levels.quantiser(count);
                let indices = values.iter().map(|v| quantiser.map[usize::from(*v)]);
                let palette = quantiser.levels.iter().map(|v| [*v; 3]).collect();
                (palette, indices.collect())
            }
            Content::Colours(frame) => {
                let reduced = palette::reduce(frame, count);
                (reduced.palette, reduced.indices)
            }
        };
        Few {
            shown: [self.columns.shown(), self.rows.shown()],
            sent: [self.columns.sent, self.rows.sent],
            palette,
            indices,
        }
    }

    /// How similar the picture is to the frame when the terminal has scaled it up; see
    /// [`Reference::similarity`].
    pub(crate) fn similarity(&self, few: &Few, reference: &Reference<'_>, every: usize) -> f64 {
        let table: Vec<u8> = few
            .palette
            .iter()
            .map(|colour| luminance(*colour))
            .collect();
        let width = few.shown[0];
        let mut wide = Vec::with_capacity(self.columns.nearest.len() * few.shown[1]);
        for row in few.indices.chunks(width) {
            let shown = self
                .columns
                .nearest
                .iter()
                .map(|x| table[usize::from(row[*x])]);
            wide.extend(shown);
        }
        let across = self.columns.nearest.len();
        reference.similarity(every, |y| {
            let row = self.rows.nearest[y];
            &wide[row * across..(row + 1) * across]
        })
    }
}
