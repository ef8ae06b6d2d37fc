//! Few colours for a grid, and which of them is nearest.
//!
//! Greys are spread over the values that occur: evenly, or a little denser where the pixels are. An even
//! spread is best where runs are coded, as is known of quantisers followed by an entropy coder (Gish
//! and Pierce 1968), but which spread hits the picture's own plateaus is luck, so several are tried.
//! Colours are cut by variance and moved to the means (Lloyd 1982).

use super::grid::Grid;
use super::{component, percent};

/// Weights of red, green and blue, as in luminance.
const CHANNELS: [f32; 3] = [0.3, 0.59, 0.11];
/// What chroma weighs beside luminance.
const CHROMA: f32 = 0.3;
/// Blocks that are looked at for a palette of colours.
const SAMPLES: usize = 6000;
/// Rounds of moving colours to the means of their blocks.
const ROUNDS: usize = 5;

/// Squared distance: that of luminance, and a part of what is left of the channels' own, because eyes
/// and [`super::super::ssim`] look at luminance first.
pub(super) fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let apart = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let light = CHANNELS[0] * apart[0] + CHANNELS[1] * apart[1] + CHANNELS[2] * apart[2];
    let square = |c: usize| CHANNELS[c] * (apart[c] - light) * (apart[c] - light);
    light * light + CHROMA * (square(0) + square(1) + square(2))
}

/// The colour that a terminal shows for a colour: in steps of 1/100.
pub(super) fn said(colour: [f32; 3]) -> [u8; 3] {
    colour.map(|v| component(percent(v.round().clamp(0.0, 255.0) as u8)))
}

/// At most `many` greys of those that occur, `crowding` 0 for an even spread, 1 for equal shares.
pub(super) fn greys(grid: &Grid, many: usize, crowding: f32) -> Vec<[u8; 3]> {
    let mut histogram = [0.0_f32; 256];
    for (colour, weight) in grid.colours.iter().zip(&grid.weights) {
        histogram[usize::from(colour[0].round() as u8)] += weight;
    }
    let density = histogram.map(|h| if h > 0.0 { h.powf(crowding) } else { 0.0 });
    let total: f32 = density.iter().sum();
    let mut levels = Vec::with_capacity(many);
    let mut below = 0.0;
    for (value, part) in density.iter().enumerate().filter(|(_, part)| **part > 0.0) {
        below += part;
        let wanted = |level: usize| total * (level as f32 + 0.5) / many as f32 * 0.999_99;
        if levels.len() < many && below >= wanted(levels.len()) {
            while levels.len() < many && below >= wanted(levels.len()) {
                levels.push(said([value as f32; 3]));
            }
        }
    }
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// At most `many` colours.
pub(super) fn mixed(grid: &Grid, many: usize) -> Vec<[u8; 3]> {
    let step = grid.colours.len().div_ceil(SAMPLES).max(1);
    let samples = grid.colours.iter().zip(&grid.weights).step_by(step);
    let samples: Vec<Sample> = samples.map(|(colour, weight)| (*colour, *weight)).collect();
    let mut means: Vec<[f32; 3]> = cut(samples.clone(), many).iter().map(|b| mean(b)).collect();
    for _ in 0..ROUNDS {
        let mut nearest = Nearest::new(&means);
        let entries: Vec<u8> = samples
            .iter()
            .map(|(colour, _)| nearest.of(*colour))
            .collect();
        means = moved(&means, samples.iter().copied().zip(entries));
    }
    let mut colours: Vec<[u8; 3]> = means.into_iter().map(said).collect();
    colours.sort_unstable();
    colours.dedup();
    colours
}

/// A colour and what it weighs.
type Sample = ([f32; 3], f32);

/// Each colour moved to the mean of what it stands for.
pub(super) fn moved(
    palette: &[[f32; 3]],
    samples: impl Iterator<Item = (Sample, u8)>,
) -> Vec<[f32; 3]> {
    let mut sums = vec![([0.0_f32; 3], 0.0_f32); palette.len()];
    for ((colour, weight), entry) in samples {
        let (sum, total) = &mut sums[usize::from(entry)];
        (0..3).for_each(|c| sum[c] += weight * colour[c]);
        *total += weight;
    }
    let places = sums.iter().zip(palette);
    places
        .map(|((sum, total), old)| {
            if *total > 0.0 {
                sum.map(|s| s / total)
            } else {
                *old
            }
        })
        .collect()
}

/// Splits samples into boxes at the mean of the channel with most variance.
fn cut(samples: Vec<Sample>, many: usize) -> Vec<Vec<Sample>> {
    let mut boxes = vec![samples];
    while boxes.len() < many {
        let spreads = boxes.iter().map(|b| widest(b)).enumerate();
        let Some((at, (channel, spread))) = spreads.max_by(|a, b| a.1.1.total_cmp(&b.1.1)) else {
            break;
        };
        if spread <= 0.0 {
            break;
        }
        let all = boxes.swap_remove(at);
        let middle = mean(&all)[channel];
        let (low, high) = all
            .into_iter()
            .partition(|(colour, _)| colour[channel] <= middle);
        boxes.extend([low, high]);
    }
    boxes.retain(|b| !b.is_empty());
    boxes
}

/// The channel with most variance, and that variance by weight.
fn widest(samples: &[Sample]) -> (usize, f32) {
    let middle = mean(samples);
    let spread = |c: usize| -> f32 {
        let squares = samples
            .iter()
            .map(|(colour, w)| w * (colour[c] - middle[c]).powi(2));
        CHANNELS[c] * squares.sum::<f32>()
    };
    let spreads = (0..3).map(|c| (c, spread(c)));
    spreads
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|_| samples.len() > 1)
        .unwrap_or((0, 0.0))
}

fn mean(samples: &[Sample]) -> [f32; 3] {
    let total: f32 = samples.iter().map(|(_, weight)| weight).sum();
    let sum = |c: usize| -> f32 { samples.iter().map(|(colour, w)| w * colour[c]).sum() };
    [0, 1, 2].map(|c| sum(c) / total.max(f32::MIN_POSITIVE))
}

/// The nearest entry of a palette of at most 256, found once for each quarter step of grey or, for
/// colours, each fourth step of a channel.
pub(super) struct Nearest<'a> {
    palette: &'a [[f32; 3]],
    grey: bool,
    /// What was found; above 255 nothing yet.
    known: Vec<u16>,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(palette: &'a [[f32; 3]]) -> Self {
        let grey = palette.iter().all(|[r, g, b]| r == g && g == b);
        Self {
            palette,
            grey,
            known: vec![u16::MAX; if grey { 1 << 10 } else { 1 << 18 }],
        }
    }

    pub(super) fn of(&mut self, colour: [f32; 3]) -> u8 {
        let at = if self.grey {
            let light: f32 = (0..3).map(|c| CHANNELS[c] * colour[c]).sum();
            ((light * 4.0).round() as usize).min(1023)
        } else {
            let [r, g, b] = colour.map(|v| (v as usize / 4).min(63));
            r << 12 | g << 6 | b
        };
        if let Ok(entry) = u8::try_from(self.known[at]) {
            return entry;
        }
        let entry = self.search(colour);
        self.known[at] = entry.into();
        entry
    }

    fn search(&self, colour: [f32; 3]) -> u8 {
        let (mut best, mut least) = (0, f32::INFINITY);
        for (entry, of) in (0_u8..=255).zip(self.palette) {
            let away = distance(*of, colour);
            if away < least {
                (best, least) = (entry, away);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(colours: Vec<[f32; 3]>) -> Grid {
        Grid {
            block: [1, 1],
            columns: colours.len(),
            band: 6,
            weights: vec![1.0; colours.len()],
            colours,
        }
    }

    #[test]
    fn greys_are_spread_over_what_occurs() {
        let grid = grid((0..=250).map(|v| [v as f32; 3]).collect());
        let levels = greys(&grid, 5, 0.0);
        assert_eq!(levels.len(), 5);
        let steps = levels.windows(2).map(|pair| pair[1][0] - pair[0][0]);
        assert!(steps.into_iter().all(|step| (48..=52).contains(&step)));
        let two = greys(&self::grid(vec![[0.0; 3], [255.0; 3]]), 8, 0.0);
        assert_eq!(two, [[0; 3], [255; 3]]);
    }

    #[test]
    fn separate_colours_are_found() {
        let corners = [[0.0, 0.0, 255.0], [255.0, 0.0, 0.0], [255.0, 255.0, 255.0]];
        let found = mixed(&grid(corners.repeat(40)), 3);
        assert_eq!(found, [[0, 0, 255], [255, 0, 0], [255; 3]]);
    }
}
