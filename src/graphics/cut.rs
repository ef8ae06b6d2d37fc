//! Fewer colours, for every count at once: the boxes of the median cut nest.
//!
//! Heckbert 1982: the box with most pixels times its longest side is split at its median pixel, and
//! becomes the mean of its pixels. The order of the splits is kept, so that any smaller count is had
//! by undoing the last of them.

use super::reduced::luminance;

/// A picture whose pixels are numbers of colours, and the order in which those are told apart.
pub(crate) struct Cut {
    /// For each pixel the number of its colour.
    pixels: Vec<u16>,
    /// Colours and how many pixels have them.
    colours: Vec<([u8; 3], u64)>,
    /// For each colour its box after all splits.
    boxes: Vec<u8>,
    /// For each box but the first the one it was split from.
    from: Vec<u8>,
}

impl Cut {
    /// Takes colours by their numbers, `colours.len()` at most, for up to `most`, at most 256, boxes.
    pub(crate) fn of_numbers(pixels: Vec<u16>, colours: &[[u8; 3]], most: usize) -> Self {
        let mut counted: Vec<([u8; 3], u64)> = colours.iter().map(|c| (*c, 0)).collect();
        for pixel in &pixels {
            counted[usize::from(*pixel)].1 += 1;
        }
        let mut cut = Self {
            boxes: vec![0; counted.len()],
            from: Vec::new(),
            pixels,
            colours: counted,
        };
        cut.split(most);
        cut
    }

    /// Takes colours; those that agree in the upper five bits of each channel are one.
    pub(crate) fn of_colours(pixels: &[[u8; 3]], most: usize) -> Self {
        let key = |[r, g, b]: [u8; 3]| {
            usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3)
        };
        let mut sums = vec![[0_u64; 4]; 1 << 15];
        for pixel in pixels {
            let sum = &mut sums[key(*pixel)];
            for channel in 0..3 {
                sum[channel] += u64::from(pixel[channel]);
            }
            sum[3] += 1;
        }
        let (mut numbers, mut colours) = (vec![0_u16; 1 << 15], Vec::new());
        for (key, sum) in sums.iter().enumerate().filter(|(_, sum)| sum[3] > 0) {
            numbers[key] = colours.len() as u16;
            colours.push([0, 1, 2].map(|i| ((sum[i] + sum[3] / 2) / sum[3]) as u8));
        }
        let pixels = pixels.iter().map(|pixel| numbers[key(*pixel)]).collect();
        Self::of_numbers(pixels, &colours, most)
    }

    fn split(&mut self, most: usize) {
        let used = (0..self.colours.len()).filter(|i| self.colours[*i].1 > 0);
        let first: Vec<usize> = used.collect();
        let mut open = vec![(self.weight(&first), first)];
        while open.len() < most.min(256) {
            let heaviest = (0..open.len()).max_by_key(|i| open[*i].0);
            let Some(at) = heaviest.filter(|at| open[*at].0 > 0) else {
                break;
            };
            let (low, high) = self.halves(std::mem::take(&mut open[at].1));
            for colour in &high {
                self.boxes[*colour] = open.len() as u8;
            }
            self.from.push(at as u8);
            open[at] = (self.weight(&low), low);
            open.push((self.weight(&high), high));
        }
    }

    /// How much a box asks to be split; nothing where it has one colour.
    fn weight(&self, colours: &[usize]) -> u64 {
        let pixels: u64 = colours.iter().map(|i| self.colours[*i].1).sum();
        pixels * u64::from(self.longest(colours).1)
    }

    /// The channel with the widest range, and that range.
    fn longest(&self, colours: &[usize]) -> (usize, u8) {
        let range = |channel: usize| {
            let values = colours.iter().map(|i| self.colours[*i].0[channel]);
            let least = values.clone().min().unwrap_or(0);
            (channel, values.max().unwrap_or(0) - least)
        };
        (0..3)
            .map(range)
            .max_by_key(|(_, range)| *range)
            .unwrap_or((0, 0))
    }

    /// Both sides of the median pixel along the longest side.
    fn halves(&self, mut colours: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let channel = self.longest(&colours).0;
        colours.sort_unstable_by_key(|i| (self.colours[*i].0[channel], *i));
        let all: u64 = colours.iter().map(|i| self.colours[*i].1).sum();
        let mut below = 0;
        let median = colours.iter().position(|i| {
            below += self.colours[*i].1;
            2 * below > all
        });
        let at = median.unwrap_or(0).clamp(1, colours.len().max(2) - 1);
        let high = colours.split_off(at);
        (colours, high)
    }

    /// The picture in at most `count` colours, in ascending order of luminance: the colours, and an
    /// index into them for each pixel.
    pub(crate) fn few(&self, count: usize) -> (Vec<[u8; 3]>, Vec<u8>) {
        let count = count.clamp(1, self.from.len() + 1);
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
        let means: Vec<[u8; 3]> = sums.iter().map(mean).collect();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| (luminance(means[*at]), means[*at]));
        let mut rank = vec![0; count];
        for (place, at) in order.iter().enumerate() {
            rank[*at] = place as u8;
        }
        let table: Vec<u8> = (0..self.colours.len())
            .map(|colour| rank[home(colour)])
            .collect();
        let palette = order.iter().map(|at| means[*at]).collect();
        let indices = self.pixels.iter().map(|pixel| table[usize::from(*pixel)]);
        (palette, indices.collect())
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
        let pixels: Vec<u16> = (0..4000_u32).map(|i| (i * 7 % 200) as u16).collect();
        let cut = Cut::of_numbers(pixels.clone(), &colours, 64);
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
        let (palette, indices) = Cut::of_numbers(vec![0, 1, 0, 1], &colours, 16).few(16);
        let shown: Vec<[u8; 3]> = indices.iter().map(|i| palette[usize::from(*i)]).collect();
        assert_eq!(shown, [colours[0], colours[1], colours[0], colours[1]]);
    }
}
