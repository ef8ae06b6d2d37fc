//! A frame made smaller and poorer in colours: the steps of the ladder.
//!
//! [`Source`] holds a frame's planes; [`Smaller`] is it at one scale; [`Few`] is that in a few colours,
//! ready to be packed. Greys are averaged and go by the best levels of their histogram, colours by
//! median cut. An indexed frame's colours mean something, such as a material: a smaller pixel takes,
//! of the colours under it, the one nearest to their mean, so that no border between two materials
//! ever shows a third. Similarity is counted on luminance, as the terminal scales up.

use super::average::{Axis, average, choose, total};
use super::cut::Cut;
use super::levels::{Levels, histogram};
use super::ssim::Reference;
use super::tones::{Greys, Meaning, Tones, settled};
use super::trellis::quantise;
use crate::view::{Frame, Pixels};

/// Most levels or colours of a step that is not lossless; one is left for what is beside the frame.
pub(crate) const MOST: usize = 255;

/// The planes of a frame.
pub(crate) struct Source<'a> {
    size: [usize; 2],
    luminance: Vec<u8>,
    colours: Colours<'a>,
}

/// The colours of a frame.
enum Colours<'a> {
    Grey,
    Indexed {
        palette: Box<[[u8; 3]; 256]>,
        indices: &'a [u8],
    },
    Free(Box<[Vec<u8>; 3]>),
}

/// Luminance by Rec. 601.
pub(crate) fn luminance([r, g, b]: [u8; 3]) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000) as u8
}

fn is_grey([r, g, b]: [u8; 3]) -> bool {
    r == g && g == b
}

impl<'a> Source<'a> {
    /// Takes the planes of a frame of at least one pixel.
    pub(crate) fn of(frame: &'a Frame) -> Self {
        let (light, colours) = match &frame.pixels {
            Pixels::Grey(grey) => (grey.clone(), Colours::Grey),
            Pixels::Indexed { palette, indices } => indexed(palette, indices),
            Pixels::Rgb(pixels) => free(pixels),
        };
        Self {
            size: [frame.width, frame.height],
            luminance: light,
            colours,
        }
    }

    /// What similarity is counted against.
    pub(crate) fn reference(&self) -> Reference<'_> {
        Reference::new(&self.luminance, self.size[0])
    }

    /// The similarity of another frame of the same size.
    pub(crate) fn similarity(&self, shown: &Source<'_>) -> f64 {
        let width = self.size[0];
        let row = |y: usize| &shown.luminance[y * width..(y + 1) * width];
        self.reference().similarity(1, row)
    }

    /// The frame at `sent` pixels over the `covered` ones, of which it is the top left.
    pub(crate) fn smaller(&self, covered: [usize; 2], sent: [usize; 2]) -> Smaller {
        let [columns, rows] = [0, 1].map(|i| Axis::new(self.size[i], covered[i], sent[i]));
        let content = match &self.colours {
            Colours::Grey => Content::grey(average(&self.luminance, &columns, &rows)),
            Colours::Indexed { palette, indices } => {
                let chosen = choose(indices, palette, &columns, &rows);
                let numbers = chosen.into_iter().map(u32::from).collect();
                let meaning = (Meaning::Material, MOST);
                Content::Colours(Cut::of_numbers(numbers, &palette[..], meaning))
            }
            Colours::Free(planes) => {
                let means = [0, 1, 2].map(|i| average(&planes[i], &columns, &rows));
                let [r, g, b] = &means;
                let pixels = r.iter().zip(g).zip(b).map(|((r, g), b)| [*r, *g, *b]);
                Content::Colours(Cut::of_colours(&pixels.collect::<Vec<_>>(), MOST))
            }
        };
        Smaller {
            columns,
            rows,
            content,
        }
    }
}

/// The planes of an indexed frame.
fn indexed<'a>(palette: &[[u8; 3]], indices: &'a [u8]) -> (Vec<u8>, Colours<'a>) {
    let mut table = Box::new([[0; 3]; 256]);
    for (entry, colour) in table.iter_mut().zip(palette) {
        *entry = *colour;
    }
    let lights = table.map(luminance);
    let light = indices.iter().map(|i| lights[usize::from(*i)]).collect();
    if indices.iter().all(|i| is_grey(table[usize::from(*i)])) {
        return (light, Colours::Grey);
    }
    let colours = Colours::Indexed {
        palette: table,
        indices,
    };
    (light, colours)
}

/// The planes of a frame of free colours.
fn free(pixels: &[[u8; 3]]) -> (Vec<u8>, Colours<'static>) {
    let light = pixels.iter().map(|colour| luminance(*colour)).collect();
    if pixels.iter().all(|colour| is_grey(*colour)) {
        return (light, Colours::Grey);
    }
    let plane = |i: usize| pixels.iter().map(|colour| colour[i]).collect();
    let planes = [plane(0), plane(1), plane(2)];
    (light, Colours::Free(Box::new(planes)))
}

/// The frame in at most `count`, `1..=255`, levels or colours, chosen as the ladder chooses them.
///
/// An empty frame is returned as it is.
pub fn in_few_colours(frame: &Frame, count: usize) -> Frame {
    let size = [frame.width, frame.height];
    if size.contains(&0) {
        return frame.clone();
    }
    let few = Source::of(frame).smaller(size, size).few(count);
    Frame {
        width: frame.width,
        height: frame.height,
        pixels: Pixels::Indexed {
            palette: few.palette,
            indices: few.indices,
        },
    }
}

/// A frame at one scale.
pub(crate) struct Smaller {
    columns: Axis,
    rows: Axis,
    content: Content,
}

enum Content {
    Grey { values: Vec<u8>, levels: Levels },
    Colours(Cut),
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

/// As [`Smaller::calmed`], for colours.
fn calm(
    cut: &Cut,
    count: usize,
    price: f32,
    (width, weights): (usize, &[f32]),
) -> (Vec<[u8; 3]>, Vec<u8>) {
    let palette = cut.palette(count);
    let tones = Tones::new(
        width,
        (cut.pixels(), weights),
        cut.colours(),
        (&palette, cut.meaning()),
    );
    let mut indices = quantise(&tones, price);
    if cut.meaning() == Meaning::Material {
        return (palette, indices);
    }
    let colours: Vec<[u8; 3]> = cut.colours().collect();
    let pixels = cut.pixels().iter().map(|number| colours[*number as usize]);
    let palette = settled(&palette, &mut indices, pixels.zip(weights.iter().copied()));
    (palette, indices)
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
    pub(crate) noise: Noise,
}

/// Whether every pixel has the level nearest to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noise {
    Kept,
    Calmed,
}

impl Few {
    /// Whether it is this frame of as many pixels, colour by colour.
    pub(crate) fn is_exactly(&self, frame: &Frame) -> bool {
        let colour = |index: &u8| self.palette[usize::from(*index)];
        let at = |at: usize| frame.rgb(at % frame.width, at / frame.width);
        let mut pixels = self.indices.iter().enumerate();
        pixels.all(|(number, index)| colour(index) == at(number))
    }

    /// A value for each pixel sent: `of` an index, or `beside` the frame.
    pub(crate) fn filled(&self, of: impl Fn(u8) -> u8, beside: u8) -> Vec<u8> {
        let [width, height] = self.sent;
        let mut values = Vec::with_capacity(width * height);
        for row in self.indices.chunks(self.shown[0]) {
            values.extend(row.iter().map(|index| of(*index)));
            values.resize(values.len() + width - row.len(), beside);
        }
        values.resize(width * height, beside);
        values
    }
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
            Content::Colours(cut) => cut.few(count),
        };
        Few {
            shown: [self.columns.shown(), self.rows.shown()],
            sent: [self.columns.sent, self.rows.sent],
            palette,
            indices,
            noise: Noise::Kept,
        }
    }

    /// The picture in at most `count` colours, chosen so that it packs well when a bit costs `price` in
    /// similarity, and `weights` is what errors cost at this scale.
    pub(crate) fn calmed(&self, count: usize, price: f32, weights: &[f32]) -> Few {
        let width = self.columns.shown();
        let (palette, indices) = match &self.content {
            Content::Grey { values, levels } => {
                let levels = levels.quantiser(count).levels;
                let greys = Greys::new([width, values.len()], values, weights, &levels);
                let indices = quantise(&greys, price);
                (levels.iter().map(|v| [*v; 3]).collect(), indices)
            }
            // Colours that mean something are not what is beside them.
            Content::Colours(cut) if cut.meaning() == Meaning::Material => return self.few(count),
            Content::Colours(cut) => calm(cut, count, price, (width, weights)),
        };
        Few {
            shown: [width, self.rows.shown()],
            sent: [self.columns.sent, self.rows.sent],
            palette,
            indices,
            noise: Noise::Calmed,
        }
    }

    /// What errors cost at this scale, from what they cost in the frame.
    pub(crate) fn weights(&self, weights: &[f32]) -> Vec<f32> {
        total(weights, &self.columns, &self.rows)
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
