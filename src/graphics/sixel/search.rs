//! The cheapest sixels that reach a similarity, and the most similar that fit some bytes.
//!
//! What is tried are palettes, and the price of a change (see [`super::shape`]). Bytes and similarity
//! both fall smoothly with the price, so it is found by a few secant steps on its logarithm; palettes
//! are compared first at one price. Similarity is that of luminance against the frame, as the terminal
//! shows the percentages.

use super::grid::{Grid, Source, luminance};
use super::shape::Matched;
use super::stream::{self, BAND, Indexed, Orders};
use super::{Ask, Effort, colours, percent, plain, size};
use crate::Result;
use crate::graphics::rung::Detail;
use crate::graphics::secant::Secant;
use crate::graphics::ssim::Reference;
use crate::graphics::{Body, Made, Rung};
use crate::view::{Frame, Pixels};

/// Palettes of greys for a similarity: how many, and how crowded where the pixels are.
const GREYS: [(usize, f32); 12] = [
    (16, 0.0),
    (24, 0.2),
    (40, 0.0),
    (64, 0.2),
    (12, 0.2),
    (12, 0.0),
    (16, 0.2),
    (20, 0.0),
    (20, 0.2),
    (24, 0.0),
    (32, 0.0),
    (48, 0.0),
];
/// Palettes of colours for a similarity.
const COLOURS: [usize; 6] = [16, 24, 32, 64, 128, 256];
/// By how much the logarithm of the bytes may be worse than the best before richer palettes are left out.
const WORSE: f64 = 0.08;
/// First looks: pixels of a block across and down, how many colours, and how crowded greys are.
const FIRST: [([usize; 2], usize, f32); 5] = [
    ([2, 3], 6, 0.33),
    ([1, 1], 12, 0.33),
    ([2, 3], 4, 0.33),
    ([1, 1], 8, 0.2),
    ([2, 3], 10, 0.0),
];
/// A price at which next to nothing changes.
const DEAREST: f64 = 1e6;
/// How similarity falls with the logarithm of the price, about.
const FALL: f64 = 0.009;
/// How the logarithm of the bytes grows with similarity, about.
const GROWTH: f64 = 35.0;
/// So many palettes have the one with the most colours among them.
const RICHEST: usize = 6;
/// Pixels from which on a part is looked at first.
const LARGE: usize = 60_000;
/// Trials of one palette.
const TRIALS: usize = 5;

/// A search for one frame.
pub(super) struct Search<'a> {
    source: Source,
    /// Some bands of a large picture.
    part: Option<Source>,
    ask: &'a Ask<'a>,
}

/// Pixels, and what similarity is counted against.
struct Side<'b> {
    source: &'b Source,
    reference: Reference<'b>,
}

impl<'b> Side<'b> {
    fn of(source: &'b Source) -> Self {
        Self {
            source,
            reference: Reference::new(&source.light, source.width),
        }
    }
}

/// Pixels of a block across and down, and a palette.
type Look = ([usize; 2], Vec<[u8; 3]>);

/// What came out of a palette at a price.
struct Trial {
    price: f64,
    width: usize,
    /// The colours in percent, and an index a pixel.
    palette: Vec<[u8; 3]>,
    indices: Vec<u8>,
    /// About how many bytes it takes, rather too many than too few.
    bytes: usize,
    similarity: f64,
}

impl Trial {
    fn write(&self, orders: Orders) -> Vec<u8> {
        stream::write(
            Indexed {
                width: self.width,
                palette: &self.palette,
                indices: &self.indices,
            },
            orders,
        )
    }

    fn made(self) -> (Made, Rung) {
        let rung = Rung::reached(self.similarity, Detail::Some);
        let made = Made {
            body: Body::Bytes(self.write(Orders::Few)),
            colours: used(&self.indices),
            lossless: false,
        };
        (made, rung)
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(frame: &Frame, ask: &'a Ask<'a>) -> Self {
        Self {
            source: Source::new(frame),
            part: some_bands(frame).map(|part| Source::new(&part)),
            ask,
        }
    }

    /// The cheapest found whose similarity is `wanted` at least; `None` where none is. Palettes and
    /// prices are looked for on a part of a large picture, and put right on all of it.
    pub(super) fn reaching(&self, wanted: f64) -> Result<Option<(Made, Rung)>> {
        let part = &Side::of(self.part());
        let (whole, grid) = (self.source.grid([1, 1]), part.source.grid([1, 1]));
        let start = if wanted > 0.97 { 20.0 } else { 60.0 };
        let mut tried = Vec::new();
        for palette in self.palettes(&whole, self.many()) {
            let matched = Matched::new(&grid, &palette, self.ask.effort);
            let trial = self.trial(part, &matched, start)?;
            let lacking = wanted - trial.similarity;
            let promise = (trial.bytes as f64).ln() + GROWTH * lacking;
            let best = |best: f64, (promise, ..): &(f64, _, _, _)| best.min(*promise);
            let best = tried.iter().fold(f64::INFINITY, best);
            // Palettes of colours get richer and richer.
            if !self.source.grey && promise > best + WORSE {
                break;
            }
            tried.push((promise, palette, matched, trial));
        }
        tried.sort_by(|a, b| a.0.total_cmp(&b.0));
        let deep = if self.ask.effort == Effort::Least {
            2
        } else {
            1
        };
        let mut found: Vec<(Trial, Vec<[u8; 3]>)> = Vec::new();
        for (_, palette, matched, trial) in tried {
            if found.len() >= deep {
                break;
            }
            let settled = self.settle(part, &matched, trial, wanted)?;
            found.extend(settled.map(|trial| (trial, palette)));
        }
        found.sort_by_key(|(trial, _)| trial.bytes);
        if self.part.is_none() {
            return Ok(found.into_iter().next().map(|(trial, _)| trial.made()));
        }
        let all = &Side::of(&self.source);
        // What is enough for a part may not be for the whole: then more colours are.
        let most = found.iter().map(|(_, palette)| palette.len()).max();
        let mut richer = self.palettes(&whole, RICHEST);
        richer.retain(|palette| palette.len() > most.unwrap_or(0));
        richer.sort_by_key(Vec::len);
        let more = richer.into_iter().map(|palette| (start, palette));
        let each = found
            .into_iter()
            .map(|(trial, palette)| (trial.price, palette));
        for (price, palette) in each.chain(more) {
            let matched = Matched::new(&whole, &palette, self.ask.effort);
            let trial = self.trial(all, &matched, price)?;
            if let Some(best) = self.settle(all, &matched, trial, wanted)? {
                return Ok(Some(best.made()));
            }
        }
        Ok(None)
    }

    /// About the bytes of the whole picture as it is.
    pub(super) fn plain(&self) -> usize {
        let part = self.part();
        let frame = Frame {
            width: part.width,
            height: part.height,
            pixels: Pixels::Rgb(part.colours.clone()),
        };
        let bytes = size(&plain(&frame, self.ask.registers.into()));
        bytes * self.source.height / part.height.max(1)
    }

    /// What palettes and prices are looked for on.
    fn part(&self) -> &Source {
        self.part.as_ref().unwrap_or(&self.source)
    }

    /// The most similar found of at most so many bytes; the fewest bytes where nothing fits.
    pub(super) fn fitting(&self, most: usize) -> Result<(Made, Rung)> {
        let plain = self.source.grid([1, 1]);
        let palettes = self.palettes(&plain, self.many().min(6));
        let each = palettes.into_iter().map(|palette| ([1, 1], palette));
        match self.best(each.collect(), 100.0, most)? {
            Some(best) => Ok(best.made()),
            None => self.first_look(most),
        }
    }

    /// As [`Self::fitting`], of coarse blocks and few colours.
    pub(super) fn first_look(&self, most: usize) -> Result<(Made, Rung)> {
        let looks = match self.ask.effort {
            Effort::Fast => 1,
            Effort::Small => 2,
            Effort::Least => FIRST.len(),
        };
        let looks = FIRST
            .into_iter()
            .take(looks)
            .map(|(block, many, crowding)| {
                let palette = self.palette(&self.source.grid(block), many, crowding);
                (block, palette)
            });
        match self.best(looks.collect(), 1500.0, most)? {
            Some(best) => Ok(best.made()),
            None => self.least(),
        }
    }

    /// The most similar of these blocks and palettes in at most so many bytes.
    fn best(&self, looks: Vec<Look>, start: f64, most: usize) -> Result<Option<Trial>> {
        let part = &Side::of(self.part());
        let share = part.source.height as f64 / self.source.height as f64;
        let mut best: Option<(Trial, Look)> = None;
        for (block, palette) in looks {
            let grid = part.source.grid(block);
            let matched = Matched::new(&grid, &palette, self.ask.effort);
            let found = self.squeeze(part, &matched, start, (most as f64 * share) as usize)?;
            let more = |t: &Trial| {
                best.as_ref()
                    .is_none_or(|(b, _)| t.similarity > b.similarity)
            };
            best = found.filter(more).map(|t| (t, (block, palette))).or(best);
        }
        let Some((best, (block, palette))) = best else {
            return Ok(None);
        };
        if self.part.is_none() {
            return Ok(Some(best));
        }
        let grid = self.source.grid(block);
        self.squeeze(
            &Side::of(&self.source),
            &Matched::new(&grid, &palette, self.ask.effort),
            best.price,
            most,
        )
    }

    /// About the fewest bytes that still show something.
    fn least(&self) -> Result<(Made, Rung)> {
        let grid = self.source.grid([6, 6]);
        let matched = Matched::new(&grid, &self.palette(&grid, 2, 0.0), self.ask.effort);
        Ok(self
            .trial(&Side::of(&self.source), &matched, DEAREST)?
            .made())
    }

    /// How many palettes are tried.
    fn many(&self) -> usize {
        match self.ask.effort {
            Effort::Fast => 3,
            Effort::Small => 6,
            Effort::Least => 8,
        }
    }

    /// Palettes to try, the likeliest first.
    fn palettes(&self, grid: &Grid, many: usize) -> Vec<Vec<[u8; 3]>> {
        let mut palettes: Vec<Vec<[u8; 3]>> = if self.source.grey {
            let greys = GREYS.iter().take(many.max(4));
            greys.map(|(n, c)| self.palette(grid, *n, *c)).collect()
        } else {
            let counts = COLOURS.iter().take(many.max(4));
            counts.map(|n| self.palette(grid, *n, 0.0)).collect()
        };
        palettes.dedup();
        palettes
    }

    /// At most so many colours; at least one.
    fn palette(&self, grid: &Grid, many: usize, crowding: f32) -> Vec<[u8; 3]> {
        let many = many.min(self.ask.registers.clamp(2, 256).into());
        if self.source.grey {
            colours::greys(grid, many, crowding)
        } else {
            colours::mixed(grid, many)
        }
    }

    /// The highest price that still reaches a similarity.
    fn settle(
        &self,
        side: &Side<'_>,
        matched: &Matched<'_>,
        from: Trial,
        wanted: f64,
    ) -> Result<Option<Trial>> {
        let mut secant = Secant::new(-FALL);
        let mut best: Option<Trial> = None;
        let mut trial = from;
        for turn in 0..TRIALS + 2 {
            // Where nothing was alike enough yet, it goes on.
            if turn >= TRIALS && best.is_some() {
                break;
            }
            let spare = trial.similarity - wanted;
            let next = secant.next(trial.price.ln(), spare);
            if spare >= 0.0 && best.as_ref().is_none_or(|b| trial.price > b.price) {
                best = Some(trial);
            }
            if (0.0..0.000_6).contains(&spare) || next < -1.0 {
                break;
            }
            trial = self.trial(side, matched, next.exp())?;
        }
        Ok(best)
    }

    /// The lowest price that keeps within so many bytes.
    fn squeeze(
        &self,
        side: &Side<'_>,
        matched: &Matched<'_>,
        start: f64,
        most: usize,
    ) -> Result<Option<Trial>> {
        let mut secant = Secant::new(0.4);
        let mut best: Option<Trial> = None;
        let mut price = start;
        for _ in 0..TRIALS {
            let mut trial = self.trial(side, matched, price)?;
            // Near the limit the whole truth is wanted.
            if (0.98..1.35).contains(&(trial.bytes as f64 / most as f64)) {
                trial.bytes = trial.write(Orders::Few).len();
            }
            let room = (most as f64 / trial.bytes as f64).ln();
            price = secant.next(price.ln(), room).clamp(-1.0, 14.0).exp();
            if room >= 0.0 && best.as_ref().is_none_or(|b| trial.price < b.price) {
                best = Some(trial);
            }
            if (0.0..0.015).contains(&room) {
                break;
            }
        }
        Ok(best)
    }

    /// The picture in a palette at a price, each colour moved to the mean of what it stands for.
    fn trial(&self, side: &Side<'_>, matched: &Matched<'_>, price: f64) -> Result<Trial> {
        self.ask.cancel.check()?;
        let (entries, palette) = matched.shape(price as f32);
        let indices = side.source.spread(matched.grid(), &entries);
        let light: Vec<u8> = palette.iter().map(|colour| luminance(*colour)).collect();
        let shown: Vec<u8> = indices.iter().map(|i| light[usize::from(*i)]).collect();
        let width = side.source.width;
        let similarity = side
            .reference
            .similarity(1, |y| &shown[y * width..][..width]);
        let mut trial = Trial {
            price,
            width,
            palette: palette.iter().map(|c| c.map(percent)).collect(),
            indices,
            bytes: 0,
            similarity,
        };
        trial.bytes = trial.write(Orders::One).len();
        Ok(trial)
    }
}

/// Three bands of each twelve, where there are many pixels.
fn some_bands(frame: &Frame) -> Option<Frame> {
    if frame.width * frame.height < LARGE {
        return None;
    }
    let parts = (0..frame.height).step_by(12 * BAND);
    let parts: Vec<Frame> = parts
        .map(|top| frame.crop([0, top + 4 * BAND], [frame.width, 3 * BAND]))
        .collect();
    let height = parts.iter().map(|part| part.height).sum();
    let mut pixels: Option<Pixels> = None;
    for part in parts {
        match (&mut pixels, part.pixels) {
            (None, first) => pixels = Some(first),
            (Some(Pixels::Grey(all)), Pixels::Grey(more)) => all.extend(more),
            (Some(Pixels::Rgb(all)), Pixels::Rgb(more)) => all.extend(more),
            (Some(Pixels::Indexed { indices, .. }), Pixels::Indexed { indices: more, .. }) => {
                indices.extend(more);
            }
            _ => return None,
        }
    }
    let width = frame.width;
    pixels.filter(|_| height > 0).map(|pixels| Frame {
        width,
        height,
        pixels,
    })
}

/// How many indices occur.
fn used(indices: &[u8]) -> usize {
    let mut used = [false; 256];
    for index in indices {
        used[usize::from(*index)] = true;
    }
    used.iter().filter(|used| **used).count()
}
