//! The search for a rung's cheapest coding, and for the best that fits.
//!
//! Every scale is looked at with the fewest levels that reach the similarity, coarsely at first; the
//! cheapest by a quick estimate is packed. With the greatest effort the noise of the most promising
//! is calmed as far as the similarity allows.

use super::jpeg::{Jpeg, Raw};
use super::ladder::{Ask, Coded, Formats};
use super::reduced::{Few, MOST, Smaller, Source};
use super::ssim::Reference;
use super::{Effort, Rung, png};
use crate::messages::{arg, say};
use crate::{Error, Result};

/// Scales that are tried, as parts of the screen's pixels.
const SCALES: [(usize, usize); 11] = [
    (1, 8),
    (1, 6),
    (1, 5),
    (1, 4),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (3, 4),
    (1, 1),
];
/// Counts of levels that are tried.
const COUNTS: [usize; 25] = [
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 64, 96, 128, 192, MOST,
];
/// Levels of a picture that has every pixel.
const EVERY_PIXEL: usize = 64;
/// While searching, similarity is taken from about so many rows of windows.
const ROWS: usize = 64;
/// Scales whose noise is calmed.
const SCALES_CALMED: usize = 3;
/// The least and the highest price of a bit that is looked at, in powers of two of similarity.
const PRICES: [f32; 2] = [-25.0, -17.0];
/// Most pixels that are calmed, all trials together: about half a second.
const WORK: usize = 1_200_000;
/// Halvings of that range.
const ROUNDS: usize = 6;
/// How far a coarse look may be off.
const NEAR: f64 = 0.004;
/// Estimated bytes of a scale, the place of its count in [`COUNTS`], and the scale.
type Promising = (usize, usize, Smaller);

/// A search for one frame.
pub(crate) struct Search<'a> {
    ask: &'a Ask<'a>,
    source: &'a Source<'a>,
    reference: Reference<'a>,
    /// For JPEG, where the terminal takes it.
    raw: Option<Raw>,
}

impl<'a> Search<'a> {
    /// Prepares the search.
    pub(crate) fn new(ask: &'a Ask<'a>, source: &'a Source<'a>) -> Self {
        let jpeg = ask.formats == Formats::PngAndJpeg;
        Self {
            ask,
            source,
            reference: source.reference(),
            raw: jpeg.then(|| Raw::of(ask.frame)).flatten(),
        }
    }

    /// The cheapest coding that is what the rung promises, whatever it costs; `None` for the first
    /// look, which promises a cost, and where the ladder has none.
    pub(crate) fn rung(&self) -> Result<Option<Coded>> {
        let (png, jpeg) = match self.ask.limits.rung {
            Rung::Q0 | Rung::Q1 => return Ok(None),
            Rung::Q2 => (self.reaching(0.95)?, self.jpeg(0.95)?),
            Rung::Q3 => (self.reaching(0.98)?, self.jpeg(0.98)?),
            Rung::Q4 | Rung::Q5 => {
                let raw = self.raw.as_ref();
                let jpeg = raw
                    .map(|raw| raw.every_pixel(&self.reference))
                    .transpose()?;
                match jpeg.filter(|jpeg| jpeg.similarity >= 0.98) {
                    Some(jpeg) => (self.every_pixel()?, Some(jpeg)),
                    None => (self.every_pixel()?, self.jpeg(0.98)?),
                }
            }
        };
        let png_bytes = png.as_ref().map_or(usize::MAX, |png| png.file.len());
        Ok(match jpeg {
            Some(jpeg) if jpeg.file.len() < png_bytes => Some(self.as_coded(jpeg)),
            _ => png,
        })
    }

    /// Every pixel in the levels of the rung, or in more where those are not enough for the rung
    /// below; `None` where none are.
    fn every_pixel(&self) -> Result<Option<Coded>> {
        let smaller = self.at((1, 1));
        for count in COUNTS.into_iter().filter(|count| *count >= EVERY_PIXEL) {
            let few = smaller.few(count);
            if smaller.similarity(&few, &self.reference, 1) >= 0.98 {
                return self.packed(&smaller, &few).map(Some);
            }
        }
        Ok(None)
    }

    /// The smallest JPEG of this similarity, where the terminal takes it.
    fn jpeg(&self, wanted: f64) -> Result<Option<Jpeg>> {
        let ask = self.ask;
        let Some(raw) = &self.raw else {
            return Ok(None);
        };
        raw.reaching(wanted, &self.reference, ask.effort, ask.limits.cancel)
    }

    fn as_coded(&self, jpeg: Jpeg) -> Coded {
        Coded {
            file: jpeg.file,
            sent: self.ask.frame_size(),
            colours: 256,
            rung: self.reached(jpeg.similarity, self.ask.frame_size()),
            similarity: jpeg.similarity,
            lossless: false,
        }
    }

    /// The rung of a picture of this similarity and size.
    fn reached(&self, similarity: f64, sent: [usize; 2]) -> Rung {
        match similarity {
            _ if self.ask.limits.rung == Rung::Q4 && sent == self.ask.frame_size() => Rung::Q4,
            0.98.. => Rung::Q3,
            0.95.. => Rung::Q2,
            _ => Rung::Q1,
        }
    }

    /// The frame at a scale.
    fn at(&self, scale: (usize, usize)) -> Smaller {
        if scale.0 == scale.1 {
            let frame = self.ask.frame_size();
            return self.source.smaller(frame, frame);
        }
        self.source.smaller(self.ask.covered, self.sent(scale))
    }

    /// The scales that are told apart from the frame's own.
    fn scales(&self) -> impl Iterator<Item = (usize, usize)> {
        let frame = self.ask.frame_size();
        let plain = self.ask.covered == frame;
        let apart = move |scale: &(usize, usize)| plain || self.sent(*scale) != frame;
        let whole = |scale: &(usize, usize)| scale.0 == scale.1;
        SCALES
            .into_iter()
            .filter(move |scale| whole(scale) || apart(scale))
    }

    /// The pixels sent at a scale.
    fn sent(&self, (part, of): (usize, usize)) -> [usize; 2] {
        self.ask
            .covered
            .map(|side| ((side * part + of / 2) / of).max(1))
    }

    /// How similar a coding is, as far as a coarse look tells.
    fn glance(&self, smaller: &Smaller, few: &Few) -> f64 {
        let every = (self.ask.frame.height / ROWS).max(1);
        smaller.similarity(few, &self.reference, every)
    }

    /// Whether a coding reaches a similarity: a coarse look, and a close one where it is near.
    fn reaches(&self, smaller: &Smaller, few: &Few, wanted: f64) -> bool {
        let about = self.glance(smaller, few);
        if (about - wanted).abs() > NEAR {
            return about >= wanted;
        }
        smaller.similarity(few, &self.reference, 1) >= wanted
    }

    /// The cheapest coding with this similarity; `None` where the ladder has none.
    fn reaching(&self, wanted: f64) -> Result<Option<Coded>> {
        let mut found = Vec::new();
        for scale in self.scales() {
            self.ask.limits.cancel.check()?;
            let smaller = self.at(scale);
            if let Some(count) = self.fewest(&smaller, wanted)? {
                let bytes = png::estimate(&smaller.few(COUNTS[count]));
                found.push((bytes, count, smaller));
            }
        }
        found.sort_by_key(|(bytes, ..)| *bytes);
        let calmed = self.calmed(&found, wanted)?;
        let plain = self.plain(&found, wanted);
        let mut best: Option<(usize, &Smaller, Few)> = None;
        for (smaller, few) in calmed.into_iter().chain(plain) {
            let bytes = png::pack_few(&few, Effort::Small, self.ask.limits.cancel)?.len();
            if best.as_ref().is_none_or(|(least, ..)| bytes < *least) {
                best = Some((bytes, smaller, few));
            }
        }
        let packed = best.map(|(_, smaller, few)| self.packed(smaller, &few));
        packed.transpose()
    }

    /// The first of the promising scales that really reaches the similarity, as a coarse look may
    /// have been too kind.
    fn plain<'b>(&self, found: &'b [Promising], wanted: f64) -> Option<(&'b Smaller, Few)> {
        let each = found.iter().flat_map(|(_, count, smaller)| {
            COUNTS
                .iter()
                .skip(*count)
                .take(3)
                .map(move |count| (smaller, smaller.few(*count)))
        });
        let mut each = each;
        each.find(|(smaller, few)| smaller.similarity(few, &self.reference, 1) >= wanted)
    }

    /// The most promising scales with their noise calmed as far as the similarity allows; where the
    /// effort allows the search, and for grey.
    fn calmed<'b>(&self, found: &'b [Promising], wanted: f64) -> Result<Vec<(&'b Smaller, Few)>> {
        let mut calmed = Vec::new();
        if self.ask.effort != Effort::Least {
            return Ok(calmed);
        }
        let weights = self.reference.weights();
        let mut tried: Vec<_> = found
            .iter()
            .take(SCALES_CALMED)
            .map(|(_, count, smaller)| (smaller.weights(&weights), *count, smaller))
            .collect();
        // Small ones first: more of them can be tried.
        tried.sort_by_key(|(weights, ..)| weights.len());
        let mut work = 0;
        for (weights, count, smaller) in &tried {
            for more in [0, 2, 4] {
                work += weights.len();
                if work > WORK {
                    return Ok(calmed);
                }
                let count = COUNTS[(count + more).min(COUNTS.len() - 1)];
                let few = self.calmest(smaller, count, weights, wanted)?;
                calmed.extend(few.map(|few| (*smaller, few)));
            }
        }
        Ok(calmed)
    }

    /// The picture at the highest price of a bit that still reaches the similarity.
    fn calmest(
        &self,
        smaller: &Smaller,
        count: usize,
        weights: &[f32],
        wanted: f64,
    ) -> Result<Option<Few>> {
        let [mut low, mut high] = PRICES;
        let mut best = None;
        for _ in 0..ROUNDS {
            self.ask.limits.cancel.check()?;
            let middle = low.midpoint(high);
            let Some(few) = smaller.calmed(count, middle.exp2(), weights) else {
                return Ok(None);
            };
            if self.reaches(smaller, &few, wanted) {
                (low, best) = (middle, Some(few));
            } else {
                high = middle;
            }
        }
        Ok(best.filter(|few| smaller.similarity(few, &self.reference, 1) >= wanted))
    }

    /// Which of the counts is the least with which a scale reaches a similarity, as far as a coarse
    /// look tells.
    fn fewest(&self, smaller: &Smaller, wanted: f64) -> Result<Option<usize>> {
        let reaches = |count: usize| self.reaches(smaller, &smaller.few(COUNTS[count]), wanted);
        let (mut low, mut high) = (0, COUNTS.len() - 1);
        if !reaches(high) {
            return Ok(None);
        }
        if self.ask.effort == Effort::Least {
            // More levels are not always more similar: they may say more of the noise.
            return Ok((low..=high).find(|count| reaches(*count)));
        }
        while low < high {
            self.ask.limits.cancel.check()?;
            let middle = low.midpoint(high);
            if reaches(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(Some(high))
    }

    /// The most similar coding of at most so many bytes on the wire.
    pub(crate) fn fitting(&self, most: usize) -> Result<Coded> {
        let mut candidates = Vec::new();
        let mut scales = Vec::new();
        for scale in self.scales() {
            self.ask.limits.cancel.check()?;
            let smaller = self.at(scale);
            let before = candidates.len();
            for count in COUNTS {
                let few = smaller.few(count);
                let bytes = png::estimate(&few);
                // Dear packing takes up to a third off the estimate.
                if (self.ask.wire)(bytes * 2 / 3) > most {
                    break;
                }
                let similarity = self.glance(&smaller, &few);
                candidates.push((similarity, bytes, scales.len(), count));
            }
            scales.push(smaller);
            if candidates.len() == before {
                break;
            }
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        let fits = |file: usize| (self.ask.wire)(file) <= most;
        let mut best = None;
        // What packing made of an estimate, and so will about make of the next.
        let mut share = 2.0 / 3.0;
        for (_, bytes, smaller, count) in candidates {
            if !fits((bytes as f64 * share) as usize) {
                continue;
            }
            let smaller = &scales[smaller];
            let few = smaller.few(count);
            let quick = png::pack_few(&few, Effort::Small, self.ask.limits.cancel)?.len();
            // The greatest effort takes about a tenth off.
            share = (0.85 * quick as f64 / bytes as f64).max(share);
            if !fits(quick * 85 / 100) {
                continue;
            }
            let coded = self.packed(smaller, &few)?;
            if fits(coded.file.len()) {
                best = Some(coded);
                break;
            }
        }
        if best.is_none() {
            best = self
                .smallest(&scales)?
                .filter(|coded| fits(coded.file.len()));
        }
        let raw = self.raw.as_ref();
        let jpeg = raw.map(|raw| raw.fitting(fits, &self.reference, self.ask.limits.cancel));
        let least = best.as_ref().map_or(-1.0, |best| best.similarity);
        let jpeg = jpeg.transpose()?.flatten();
        if let Some(jpeg) = jpeg.filter(|jpeg| jpeg.similarity > least) {
            best = Some(self.as_coded(jpeg));
        }
        best.ok_or_else(|| Error::NotPossible {
            why: say("graphics-nothing-fits", &[arg("bytes", &most)]),
        })
    }

    /// The poorest coding there is.
    fn smallest(&self, scales: &[Smaller]) -> Result<Option<Coded>> {
        let first = scales.first();
        first
            .map(|smaller| self.packed(smaller, &smaller.few(1)))
            .transpose()
    }

    /// Packs a coding as well as the effort allows and says what it reached.
    fn packed(&self, smaller: &Smaller, few: &Few) -> Result<Coded> {
        let similarity = smaller.similarity(few, &self.reference, 1);
        Ok(Coded {
            file: png::pack_few(few, self.ask.effort, self.ask.limits.cancel)?,
            sent: few.sent,
            colours: few.palette.len(),
            rung: self.reached(similarity, few.sent),
            similarity,
            lossless: false,
        })
    }
}
