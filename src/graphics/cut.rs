//! Fewer colours, for every count at once: the boxes of the median cut nest.
//!
//! As Heckbert 1982, by variance: the box with the greatest is split at its mean along the axis where
//! it spreads most, luminance or what is beside it, and becomes the mean of its pixels. The order of
//! the splits is kept, so that any smaller count is had by undoing the last of them.

use super::reduced::luminance;
use super::tones::{Meaning, place};

/// Most colours of a picture that are states and classes, not shades of them.
const MEANINGS: usize = 16;

/// A picture whose pixels are numbers of colours, and the order in which those are told apart.
pub(crate) struct Cut {
    /// For each pixel the number of its colour.
    pixels: Vec<u32>,
    /// Colours and how many pixels have them.
    colours: Vec<([u8; 3], u64)>,
    meaning: Meaning,
    /// For each colour its box after all splits.
    boxes: Vec<u8>,
    /// For each box but the first the one it was split from.
    from: Vec<u8>,
}

/// Colours of a box, and along which axis they spread by how much.
struct Part {
    colours: Vec<usize>,
    axis: usize,
    middle: f32,
    spread: f32,
}

impl Cut {
    /// Takes colours by their numbers, `colours.len()` at most, for up to `most`, at most 256, boxes.
    pub(crate) fn of_numbers(
        pixels: Vec<u32>,
        colours: &[[u8; 3]],
        (meaning, most): (Meaning, usize),
    ) -> Self {
        let mut counted: Vec<([u8; 3], u64)> = colours.iter().map(|c| (*c, 0)).collect();
        for pixel in &pixels {
            counted[*pixel as usize].1 += 1;
        }
        let mut cut = Self {
            boxes: vec![0; counted.len()],
            from: Vec::new(),
            pixels,
            meaning,
            colours: counted,
        };
        cut.split(most);
        cut
    }

    /// Takes colours; those that agree within two steps of luminance and eight of what is beside it
    /// are one.
    pub(crate) fn of_colours(pixels: &[[u8; 3]], most: usize) -> Self {
        let key = |[r, g, b]: [u8; 3]| {
            let light = luminance([r, g, b]);
            let beside = |v: u8| (i32::from(v) - i32::from(light) + 256) as usize / 16;
            usize::from(light >> 1) << 10 | beside(b) << 5 | beside(r)
        };
        let mut sums = vec![[0_u32; 4]; 1 << 17];
        let keys: Vec<u32> = pixels.iter().map(|pixel| key(*pixel) as u32).collect();
        for (pixel, key) in pixels.iter().zip(&keys) {
            let sum = &mut sums[*key as usize];
            for channel in 0..3 {
                sum[channel] += u32::from(pixel[channel]);
            }
            sum[3] += 1;
        }
        let (mut numbers, mut colours) = (vec![0_u32; 1 << 17], Vec::new());
        for (key, sum) in sums.iter().enumerate().filter(|(_, sum)| sum[3] > 0) {
            numbers[key] = colours.len() as u32;
            colours.push([0, 1, 2].map(|i| ((sum[i] + sum[3] / 2) / sum[3]) as u8));
        }
        let pixels = keys.iter().map(|key| numbers[*key as usize]).collect();
        Self::of_numbers(pixels, &colours, (Meaning::None, most))
    }

    /// For each pixel the number of its colour.
    pub(crate) fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The colours by their numbers.
    pub(crate) fn colours(&self) -> impl Iterator<Item = [u8; 3]> {
        self.colours.iter().map(|(colour, _)| *colour)
    }

    /// Whether colours mean something.
    pub(crate) fn meaning(&self) -> Meaning {
        self.meaning
    }

    fn split(&mut self, most: usize) {
        // A palette has every hue, even where errors in hue weigh little.
        let places = self.colours().map(|c| place(c, Meaning::Material));
        let places: Vec<[f32; 3]> = places.collect();
        // Noise that fills a few places with pixels would take every colour.
        let weights = self.colours.iter().map(|(_, many)| (*many as f32).sqrt());
        let weights: Vec<f32> = weights.collect();
        let used = (0..self.colours.len()).filter(|i| self.colours[*i].1 > 0);
        let mut open = vec![Part::new(used.collect(), &places, &weights)];
        while open.len() < most.min(256) {
            let widest = (0..open.len()).max_by(|a, b| open[*a].spread.total_cmp(&open[*b].spread));
            let Some(at) = widest.filter(|at| open[*at].spread > 0.0) else {
                break;
            };
            let (axis, middle) = (open[at].axis, open[at].middle);
            let all = std::mem::take(&mut open[at].colours);
            let below = |colour: &usize| places[*colour][axis] <= middle;
            let (low, high): (Vec<usize>, Vec<usize>) = all.into_iter().partition(below);
            for colour in &high {
                self.boxes[*colour] = open.len() as u8;
            }
            self.from.push(at as u8);
            open[at] = Part::new(low, &places, &weights);
            open.push(Part::new(high, &places, &weights));
        }
    }

    /// At most `count` colours in ascending order of luminance.
    pub(crate) fn palette(&self, count: usize) -> Vec<[u8; 3]> {
        self.reduced(count).0
    }

    /// The picture in at most `count` colours, in ascending order of luminance: the colours, and an
    /// index into them for each pixel.
    pub(crate) fn few(&self, count: usize) -> (Vec<[u8; 3]>, Vec<u8>) {
        let (palette, table) = self.reduced(count);
        let indices = self.pixels.iter().map(|pixel| table[*pixel as usize]);
        (palette, indices.collect())
    }

    /// The colours of [`Self::few`], and for each number which of them stands for it.
    fn reduced(&self, count: usize) -> (Vec<[u8; 3]>, Vec<u8>) {
        let all = self.from.len() + 1;
        // What a few colours mean is never told by fewer.
        let least = match self.meaning {
            Meaning::Material if all <= MEANINGS => all,
            _ => 1,
        };
        let count = count.clamp(least, all);
        let home = |colour: usize| {
            let mut at = usize::from(self.boxes[colour]);
            while at >= count {
                at = usize::from(self.from[at - 1]);
            }
            at
        };
        let mut sums = vec![[0_u64; 4]; count];
        for (number, (colour, many)) in self.colours.iter().enumerate() {
            let sum = &mut sums[home(number)];
            for channel in 0..3 {
                sum[channel] += u64::from(colour[channel]) * many;
            }
            sum[3] += many;
        }
        let mean =
            |sum: &[u64; 4]| [0, 1, 2].map(|i| ((sum[i] + sum[3] / 2) / sum[3].max(1)) as u8);
        let mut means: Vec<[u8; 3]> = sums.iter().map(mean).collect();
        if self.meaning == Meaning::Material {
            // A mean of two meanings would be a third.
            let mut most = vec![0; count];
            for (number, (colour, many)) in self.colours.iter().enumerate() {
                let at = home(number);
                if *many > most[at] {
                    (most[at], means[at]) = (*many, *colour);
                }
            }
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| (luminance(means[*at]), means[*at]));
        let mut rank = vec![0; count];
        for (place, at) in order.iter().enumerate() {
            rank[*at] = place as u8;
        }
        let table: Vec<u8> = (0..self.colours.len())
            .map(|colour| rank[home(colour)])
            .collect();
        (order.iter().map(|at| means[*at]).collect(), table)
    }
}

impl Part {
    fn new(colours: Vec<usize>, places: &[[f32; 3]], weights: &[f32]) -> Self {
        let all: f32 = colours.iter().map(|i| weights[*i]).sum();
        let along = |axis: usize| {
            let sum: f32 = colours.iter().map(|i| weights[*i] * places[*i][axis]).sum();
            let middle = sum / all;
            let squares = colours
                .iter()
                .map(|i| weights[*i] * (places[*i][axis] - middle).powi(2));
            (axis, middle, squares.sum::<f32>())
        };
        let widest = (0..3).map(along).max_by(|a, b| a.2.total_cmp(&b.2));
        let (axis, middle, spread) = widest.unwrap_or_default();
        // What is told apart must be different beyond rounding.
        let differs = |i: &usize| places[*i][axis] != places[colours[0]][axis];
        let spread = if colours.iter().any(differs) {
            spread
        } else {
            0.0
        };
        Self {
            colours,
            axis,
            middle,
            spread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_nest() {
        let colours: Vec<[u8; 3]> = (0..200_u8)
            .map(|i| [i, i.wrapping_mul(7), 255 - i])
            .collect();
        let pixels: Vec<u32> = (0..4000_u32).map(|i| i * 7 % 200).collect();
        let cut = Cut::of_numbers(pixels.clone(), &colours, (Meaning::None, 64));
        for count in [1, 2, 7, 64] {
            let (palette, indices) = cut.few(count);
            assert_eq!(palette.len(), count);
            let (_, finer) = cut.few((count * 2).min(64));
            let mut coarse_of = [None; 64];
            for (coarse, fine) in indices.iter().zip(&finer) {
                let known = coarse_of[usize::from(*fine)].get_or_insert(*coarse);
                assert_eq!(known, coarse, "what is one of more colours is one of fewer");
            }
        }
    }

    #[test]
    fn few_colours_are_exact() {
        let colours = [[255, 0, 0], [0, 0, 255], [9, 9, 9]];
        let (palette, indices) =
            Cut::of_numbers(vec![0, 1, 0, 1], &colours, (Meaning::Material, 16)).few(16);
        let shown: Vec<[u8; 3]> = indices.iter().map(|i| palette[usize::from(*i)]).collect();
        assert_eq!(shown, [colours[0], colours[1], colours[0], colours[1]]);
    }
}
