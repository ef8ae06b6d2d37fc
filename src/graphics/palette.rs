//! The colours a frame really uses, reduced only where a protocol has too few of them.
//!
//! Reduction is by median cut (Heckbert 1982): the box with most pixels times its longest side is
//! split at its median until there are enough boxes; each becomes the mean of its pixels.

use crate::view::{Frame, Pixels};

/// Distinct colours of a picture.
pub(crate) fn count(pixels: &[[u8; 3]]) -> usize {
    let mut seen = vec![0_u64; 1 << 18];
    for [r, g, b] in pixels {
        let at = usize::from(*r) << 16 | usize::from(*g) << 8 | usize::from(*b);
        seen[at / 64] |= 1 << (at % 64);
    }
    seen.iter().map(|bits| bits.count_ones() as usize).sum()
}

/// Whether a picture has at most `most` colours.
pub(crate) fn fits(pixels: &[[u8; 3]], most: usize) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    pixels.iter().all(|colour| {
        seen.insert(*colour);
        seen.len() <= most
    })
}

/// A picture of indices into the colours it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reduced {
    /// The colours used, each at least once, in ascending order where nothing was lost.
    pub(crate) palette: Vec<[u8; 3]>,
    /// An index a pixel.
    pub(crate) indices: Vec<u8>,
    /// Whether every pixel kept its colour.
    pub(crate) exact: bool,
}

/// The frame in at most `most` (`1..=256`) colours.
pub(crate) fn reduce(frame: &Frame, most: usize) -> Reduced {
    reduce_by(frame, most, |colour| colour)
}

/// As [`reduce`], after each colour went through `scale` (e.g. to the steps a protocol can say).
pub(crate) fn reduce_by(frame: &Frame, most: usize, scale: impl Fn([u8; 3]) -> [u8; 3]) -> Reduced {
    match &frame.pixels {
        Pixels::Grey(grey) => {
            let levels: Vec<[u8; 3]> = (0..=255).map(|v| [v; 3]).collect();
            indexed(&levels, grey, most, scale)
        }
        Pixels::Indexed { palette, indices } => indexed(palette, indices, most, scale),
        Pixels::Rgb(pixels) => coloured(pixels, most, scale),
    }
}

/// Reduces a picture that has a palette already, without touching its pixels one by one.
fn indexed(
    palette: &[[u8; 3]],
    indices: &[u8],
    most: usize,
    scale: impl Fn([u8; 3]) -> [u8; 3],
) -> Reduced {
    let mut counts = [0_u64; 256];
    for index in indices {
        counts[usize::from(*index)] += 1;
    }
    let colour = |index: usize| palette.get(index).copied().unwrap_or_default();
    let used = (0..256).filter(|i| counts[*i] > 0);
    let said: Vec<([u8; 3], [u8; 3], u64)> = used
        .clone()
        .map(|i| (colour(i), scale(colour(i)), counts[i]))
        .collect();
    let exact = said.iter().all(|(from, to, _)| from == to);
    let table = Table::new(said.iter().map(|(_, to, count)| (*to, *count)), most);
    let mut map = [0_u8; 256];
    for (index, (_, to, _)) in used.zip(&said) {
        map[index] = table.index(*to);
    }
    Reduced {
        indices: indices.iter().map(|i| map[usize::from(*i)]).collect(),
        exact: exact && table.exact,
        palette: table.palette,
    }
}

/// Reduces a picture of free colours.
fn coloured(pixels: &[[u8; 3]], most: usize, scale: impl Fn([u8; 3]) -> [u8; 3]) -> Reduced {
    let said: Vec<[u8; 3]> = pixels.iter().map(|colour| scale(*colour)).collect();
    let exact = said == pixels;
    let table = Table::new(said.iter().map(|colour| (*colour, 1)), most);
    Reduced {
        indices: said.iter().map(|colour| table.index(*colour)).collect(),
        exact: exact && table.exact,
        palette: table.palette,
    }
}

/// Which palette entry stands for which colour.
struct Table {
    palette: Vec<[u8; 3]>,
    /// Distinct colours in ascending order with their entries.
    entries: Vec<([u8; 3], u8)>,
    exact: bool,
}

impl Table {
    /// Counts the distinct colours and cuts them down to `most`.
    fn new(colours: impl Iterator<Item = ([u8; 3], u64)>, most: usize) -> Self {
        let mut all: Vec<([u8; 3], u64)> = colours.collect();
        all.sort_unstable_by_key(|(colour, _)| *colour);
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        let most = most.clamp(1, 256);
        if all.len() <= most {
            let palette = all.iter().map(|(colour, _)| *colour).collect();
            let entries = all
                .iter()
                .zip(0_u8..=255)
                .map(|((c, _), i)| (*c, i))
                .collect();
            return Self {
                palette,
                entries,
                exact: true,
            };
        }
        let boxes = median_cut(all, most);
        let palette = boxes.iter().map(mean).collect();
        let mut entries: Vec<([u8; 3], u8)> = boxes
            .iter()
            .zip(0_u8..=255)
            .flat_map(|(colours, entry)| colours.iter().map(move |(c, _)| (*c, entry)))
            .collect();
        entries.sort_unstable_by_key(|(colour, _)| *colour);
        Self {
            palette,
            entries,
            exact: false,
        }
    }

    /// The entry of a colour that was counted.
    fn index(&self, colour: [u8; 3]) -> u8 {
        self.entries
            .binary_search_by_key(&colour, |(c, _)| *c)
            .map_or(0, |at| self.entries[at].1)
    }
}

/// Colours with the number of their pixels.
type Counted = Vec<([u8; 3], u64)>;

/// Splits `colours` into `most` boxes; there are more colours than boxes.
fn median_cut(colours: Counted, most: usize) -> Vec<Counted> {
    let mut boxes = vec![colours];
    while boxes.len() < most {
        let weighed = boxes.iter().enumerate().filter(|(_, b)| b.len() > 1);
        let Some((at, _)) = weighed.max_by_key(|(_, colours)| weight(colours)) else {
            break;
        };
        let (low, high) = split(boxes.swap_remove(at));
        boxes.push(low);
        boxes.push(high);
    }
    boxes
}

/// How much a box asks to be split: its pixels times its longest side.
fn weight(colours: &Counted) -> u64 {
    let pixels: u64 = colours.iter().map(|(_, count)| count).sum();
    pixels * u64::from(longest_side(colours).1)
}

/// The channel with the widest range, and that range.
fn longest_side(colours: &Counted) -> (usize, u8) {
    let range = |channel: usize| {
        let values = colours.iter().map(|(colour, _)| colour[channel]);
        values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
    };
    (0..3)
        .map(|channel| (channel, range(channel)))
        .max_by_key(|(_, r)| *r)
        .unwrap_or((0, 0))
}

/// Splits a box of at least two colours at the median pixel of its longest side.
fn split(mut colours: Counted) -> (Counted, Counted) {
    let channel = longest_side(&colours).0;
    colours.sort_unstable_by_key(|(colour, _)| (colour[channel], *colour));
    let half = colours.iter().map(|(_, count)| count).sum::<u64>() / 2;
    let mut below = 0;
    let at = colours.iter().position(|(_, count)| {
        below += count;
        below > half
    });
    let at = at.unwrap_or(0).clamp(1, colours.len() - 1);
    let high = colours.split_off(at);
    (colours, high)
}

/// The mean colour of a box, rounded.
fn mean(colours: &Counted) -> [u8; 3] {
    let pixels = colours.iter().map(|(_, count)| count).sum::<u64>().max(1);
    [0, 1, 2].map(|channel| {
        let sum: u64 = colours
            .iter()
            .map(|(colour, count)| u64::from(colour[channel]) * count)
            .sum();
        ((sum + pixels / 2) / pixels) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(pixels: Vec<[u8; 3]>) -> Frame {
        Frame {
            width: pixels.len(),
            height: 1,
            pixels: Pixels::Rgb(pixels),
        }
    }

    #[test]
    fn few_colours_are_kept_exactly() {
        let frame = rgb(vec![[9, 8, 7], [1, 2, 3], [9, 8, 7]]);
        let reduced = reduce(&frame, 256);
        assert!(reduced.exact);
        assert_eq!(reduced.palette, [[1, 2, 3], [9, 8, 7]]);
        assert_eq!(reduced.indices, [1, 0, 1]);
    }

    #[test]
    fn unused_entries_are_dropped() {
        let palette = (0..=255).map(|v| [v, 0, 0]).collect();
        let frame = Frame {
            width: 2,
            height: 1,
            pixels: Pixels::Indexed {
                palette,
                indices: vec![200, 100],
            },
        };
        assert_eq!(reduce(&frame, 2).palette, [[100, 0, 0], [200, 0, 0]]);
    }

    #[test]
    fn many_colours_are_cut_and_it_is_said() {
        let pixels: Vec<[u8; 3]> = (0..4096_u32)
            .map(|i| {
                [
                    (i % 16 * 17) as u8,
                    (i / 16 % 16 * 17) as u8,
                    (i / 256 * 17) as u8,
                ]
            })
            .collect();
        let reduced = reduce(&rgb(pixels.clone()), 256);
        assert!(!reduced.exact);
        assert_eq!(reduced.palette.len(), 256);
        let worst = pixels
            .iter()
            .zip(&reduced.indices)
            .flat_map(|(colour, index)| {
                let shown = reduced.palette[usize::from(*index)];
                [0, 1, 2].map(|c| colour[c].abs_diff(shown[c]))
            });
        assert!(
            worst.max() <= Some(34),
            "a cube of 16 steps in 256 boxes errs by two steps at most"
        );
    }
}
