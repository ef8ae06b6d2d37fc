//! What an entry of a palette costs at a pixel, and which entries are near: for greys and for colours.
//!
//! Luminance is what similarity is counted on: an error in it weighs what the similarity says. An error
//! in colour is not seen by it, but by people: it weighs a part of that ([`CHROMA`]), and never less
//! than it would in the mean of the picture, so that busy places keep their hues, too.

use super::reduced::luminance;
use super::trellis::{NONE, Values};

/// What a squared step of blue or red beside luminance weighs beside one of luminance.
const CHROMA: f32 = 0.5;
/// The same where each colour has a meaning.
const MEANING: f32 = 2.0;
/// Entries around a colour that are tried.
const NEAR: usize = 4;

/// Whether colours are those of a photograph, or each means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    None,
    Material,
}

/// Luminance, and blue and red beside it, scaled such that the square of the distance is the error.
pub(crate) fn place(colour: [u8; 3], meaning: Meaning) -> [f32; 3] {
    let [r, g, b] = colour.map(f32::from);
    let light = 0.299 * r + 0.587 * g + 0.114 * b;
    let scale = match meaning {
        Meaning::None => CHROMA.sqrt(),
        Meaning::Material => MEANING.sqrt(),
    };
    [
        light,
        scale * 0.564 * (b - light),
        scale * 0.713 * (r - light),
    ]
}

/// A grey picture and its levels.
pub(crate) struct Greys<'a> {
    size: [usize; 2],
    pixels: &'a [u8],
    weights: &'a [f32],
    entries: usize,
    /// The levels by their numbers; what is beside the picture is infinitely far from any pixel.
    levels: [f32; 256],
    /// For each value of a pixel the numbers of the levels around it.
    near: Vec<(u8, u8)>,
}

impl<'a> Greys<'a> {
    /// Takes pixels across and in all, a byte each, with what a squared error costs there, and levels
    /// in ascending order.
    pub(crate) fn new(
        size: [usize; 2],
        pixels: &'a [u8],
        weights: &'a [f32],
        levels: &[u8],
    ) -> Self {
        let mut table = [f32::INFINITY; 256];
        for (entry, level) in table.iter_mut().zip(levels) {
            *entry = f32::from(*level);
        }
        let around = |value: u8| {
            let above = levels.partition_point(|level| *level < value);
            let last = (above + 2).min(levels.len());
            (above.saturating_sub(2) as u8, last as u8)
        };
        Self {
            size,
            pixels,
            weights,
            entries: levels.len(),
            levels: table,
            near: (0..=255).map(around).collect(),
        }
    }
}

impl Values for Greys<'_> {
    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn entries(&self) -> usize {
        self.entries
    }

    fn error(&self, at: usize, entry: u8) -> f32 {
        let away = self.levels[usize::from(entry)] - f32::from(self.pixels[at]);
        self.weights[at].max(f32::MIN_POSITIVE) * away * away
    }

    fn near(&self, at: usize) -> impl Iterator<Item = u8> {
        let (low, high) = self.near[usize::from(self.pixels[at])];
        low..high
    }
}

/// A picture of numbered colours and its palette.
pub(crate) struct Tones<'a> {
    size: [usize; 2],
    pixels: &'a [u32],
    weights: &'a [f32],
    /// What an error in colour weighs at least.
    least: f32,
    entries: usize,
    /// Where the entries are; what is beside the picture is infinitely far from any pixel.
    palette: Vec<[f32; 3]>,
    /// Where the colours are, and the entries nearest to them.
    colours: Vec<([f32; 3], [u8; NEAR])>,
}

impl<'a> Tones<'a> {
    /// Takes pixels across, the number of each one's colour with what a squared error costs there,
    /// the colours, and the palette.
    pub(crate) fn new(
        width: usize,
        (pixels, weights): (&'a [u32], &'a [f32]),
        colours: impl Iterator<Item = [u8; 3]>,
        (palette, meaning): (&[[u8; 3]], Meaning),
    ) -> Self {
        let mut places: Vec<[f32; 3]> = palette.iter().map(|c| place(*c, meaning)).collect();
        let colours = colours.map(|colour| {
            let here = place(colour, meaning);
            (here, nearest(here, &places))
        });
        let colours = colours.collect();
        places.resize(usize::from(NONE) + 1, [f32::INFINITY; 3]);
        let mean = weights.iter().sum::<f32>() / weights.len().max(1) as f32;
        Self {
            size: [width, pixels.len()],
            pixels,
            weights,
            least: mean.max(f32::MIN_POSITIVE),
            entries: palette.len(),
            palette: places,
            colours,
        }
    }
}

/// The nearest entries; the nearest several times where there are fewer.
fn nearest(colour: [f32; 3], palette: &[[f32; 3]]) -> [u8; NEAR] {
    let mut found = [(f32::INFINITY, 0); NEAR];
    for (number, entry) in (0_u8..NONE).zip(palette) {
        let away = [0, 1, 2].map(|axis| (entry[axis] - colour[axis]).powi(2));
        let away = away.iter().sum::<f32>();
        let before = found.partition_point(|(least, _)| *least <= away);
        if before < NEAR {
            found[before..].rotate_right(1);
            found[before] = (away, number);
        }
    }
    let first = found[0].1;
    found.map(|(away, number)| if away.is_finite() { number } else { first })
}

impl Values for Tones<'_> {
    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn entries(&self) -> usize {
        self.entries
    }

    fn error(&self, at: usize, entry: u8) -> f32 {
        let (colour, entry) = (
            self.colours[self.pixels[at] as usize].0,
            self.palette[usize::from(entry)],
        );
        let [light, blue, red] = [0, 1, 2].map(|axis| (entry[axis] - colour[axis]).powi(2));
        let weight = self.weights[at].max(f32::MIN_POSITIVE);
        weight * light + weight.max(self.least) * (blue + red)
    }

    fn near(&self, at: usize) -> impl Iterator<Item = u8> {
        self.colours[self.pixels[at] as usize].1.into_iter()
    }
}

/// A palette whose entries are the mean of the pixels that have them, by what an error there costs, and
/// which has no other entries; an index is put right with them.
pub(crate) fn settled(
    palette: &[[u8; 3]],
    indices: &mut [u8],
    colours: impl Iterator<Item = ([u8; 3], f32)>,
) -> Vec<[u8; 3]> {
    let mut sums = vec![[0.0_f32; 4]; palette.len()];
    for (index, (colour, weight)) in indices.iter().zip(colours) {
        let sum = &mut sums[usize::from(*index)];
        for channel in 0..3 {
            sum[channel] += weight * f32::from(colour[channel]);
        }
        sum[3] += weight;
    }
    let used = (0..palette.len()).filter(|entry| sums[*entry][3] > 0.0);
    let mut kept: Vec<(usize, [u8; 3])> = used
        .map(|entry| {
            let [r, g, b, all] = sums[entry];
            (entry, [r, g, b].map(|sum| (sum / all).round() as u8))
        })
        .collect();
    kept.sort_by_key(|(entry, colour)| (luminance(*colour), *entry));
    let mut places = vec![0; palette.len()];
    for (place, (entry, _)) in (0_u8..NONE).zip(&kept) {
        places[*entry] = place;
    }
    for index in indices {
        *index = places[usize::from(*index)];
    }
    kept.into_iter().map(|(_, colour)| colour).collect()
}
