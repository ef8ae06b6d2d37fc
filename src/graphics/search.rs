//! The search for a rung's cheapest coding, and for the best that fits.
//!
//! Every scale is looked at with the fewest levels that reach the similarity, coarsely at first; the
//! cheapest by a quick estimate is packed. With the greatest effort the noise of the most promising
//! is calmed as far as the similarity allows.

use super::jpeg::{Jpeg, Raw};
use super::ladder::{Ask, Coded, Formats};
use super::reduced::{Few, MOST, Noise, Smaller, Source};
use super::rung::Detail;
use super::secant::Secant;
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
/// Similarity of a picture that is all there, in as few levels as it has.
const ALL: f64 = 0.999_999;
/// While searching, similarity is taken from about so many rows of windows.
const ROWS: usize = 64;
/// Scales whose noise is calmed, and of those how many for a first look.
const SCALES_CALMED: usize = 3;
const FIRST_CALMED: usize = 2;
/// Most pixels that are calmed, all trials together: about a third of a second.
const WORK: usize = 2_000_000;
/// Counts below the one that was found by halving that are looked at, too.
const FEWER: usize = 3;
/// How similarity falls with the logarithm of the price of a bit, about.
const FALL: f64 = 0.02;
/// Similarity to spare that is not worth another trial.
const CLOSE: f64 = 0.000_4;
/// Most pixels and counts of a first look.
const FIRST_PIXELS: usize = 24_000;
const FIRST_COUNTS: usize = 16;
/// The place of the fewest levels that a first look has where they fit: similarity alone would choose
/// large shapes in two.
const FIRST_LEAST: usize = 3;
/// Logarithm of the price of a bit that is looked at first where bytes are given, and how many are.
const START: f64 = -10.5;
const TRIALS: usize = 5;
/// By how many places in [`COUNTS`] there are more levels where noise is calmed.
const MORE: usize = 2;
/// How far a coarse look may be off.
const NEAR: f64 = 0.004;
/// Estimated bytes of a scale, the place of its count in [`COUNTS`], and the scale.
type Promising = (usize, usize, Smaller);

/// A scale in as many levels as fit.
struct Look {
    similarity: f64,
    /// The place of its count in [`COUNTS`].
    place: usize,
    smaller: Smaller,
}

/// What noise is calmed to, and the work that is left for it, in pixels.
struct Calm {
    wanted: f64,
    /// Logarithm of the price to begin with.
    price: f64,
    work: usize,
}

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
            rung: Rung::reached(jpeg.similarity, jpeg.detail),
            similarity: jpeg.similarity,
            lossless: false,
        }
    }

    /// Whether a coding of this similarity has every pixel in levels enough.
    fn detail(&self, few: &Few, similarity: f64) -> Detail {
        let enough = few.palette.len() >= EVERY_PIXEL || similarity > ALL;
        let plain = few.noise == Noise::Kept && enough;
        if plain && few.sent == self.ask.frame_size() {
            Detail::Every
        } else {
            Detail::Some
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
        let mut tried = self.calmed(&found, wanted)?;
        if tried.is_empty() {
            tried.extend(self.plain(&found, wanted));
        }
        let estimated = tried
            .into_iter()
            .map(|(smaller, few)| (png::estimate(&few), smaller, few));
        let mut tried: Vec<_> = estimated.collect();
        tried.sort_by_key(|(bytes, ..)| *bytes);
        let mut best: Option<(usize, &Smaller, Few)> = None;
        for (_, smaller, few) in tried.into_iter().take(2) {
            let bytes = self.bytes(&few)?;
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

    /// The most promising scales with their noise calmed as far as the similarity allows.
    /// Each is tried in the levels that it needs, then the best of them in more.
    fn calmed<'b>(&self, found: &'b [Promising], wanted: f64) -> Result<Vec<(&'b Smaller, Few)>> {
        let weights = self.reference.weights();
        let mut calm = Calm {
            wanted,
            price: price_of(wanted, found.first().map_or(0, |(bytes, ..)| *bytes)),
            work: match self.ask.effort {
                Effort::Least => WORK,
                _ => WORK / 3,
            },
        };
        let mut calmed = Vec::new();
        let mut first: Option<(usize, &Promising, Vec<f32>)> = None;
        let weighed = |promising: &Promising| promising.2.weights(&weights);
        for promising in found.iter().take(SCALES_CALMED) {
            let weights = weighed(promising);
            if let Some(few) = self.calmest(promising, 0, &weights, &mut calm)? {
                let bytes = png::estimate(&few);
                calmed.push((&promising.2, few));
                if first.as_ref().is_none_or(|(least, ..)| bytes < *least) {
                    first = Some((bytes, promising, weights));
                }
            }
        }
        // What needs every level that it has to be alike cannot be calmed in these.
        let unable = || {
            found
                .first()
                .map(|promising| (0, promising, weighed(promising)))
        };
        if let Some((_, promising, weights)) = first.or_else(unable) {
            for more in [2, 4] {
                let few = self.calmest(promising, more, &weights, &mut calm)?;
                calmed.extend(few.map(|few| (&promising.2, few)));
            }
        }
        Ok(calmed)
    }

    /// The picture in some more levels at the highest price of a bit that still reaches the similarity.
    fn calmest(
        &self,
        (_, count, smaller): &Promising,
        more: usize,
        weights: &[f32],
        calm: &mut Calm,
    ) -> Result<Option<Few>> {
        let count = COUNTS[(count + more).min(COUNTS.len() - 1)];
        let mut secant = Secant::new(-FALL);
        let mut best: Option<(f64, Few)> = None;
        let mut next = calm.price;
        for _ in 0..TRIALS {
            self.ask.limits.cancel.check()?;
            if calm.work < weights.len() {
                break;
            }
            calm.work -= weights.len();
            let few = smaller.calmed(count, next.exp() as f32, weights);
            let mut spare = self.glance(smaller, &few) - calm.wanted;
            if spare.abs() < NEAR {
                spare = smaller.similarity(&few, &self.reference, 1) - calm.wanted;
            }
            let here = next;
            // A little to spare is aimed at: what lacks a little is no use.
            next = secant.next(next, spare - CLOSE / 2.0).clamp(-20.0, -5.0);
            if spare >= 0.0 && best.as_ref().is_none_or(|(most, _)| here > *most) {
                best = Some((here, few));
            }
            if (0.0..CLOSE).contains(&spare) {
                break;
            }
        }
        let reaches = |few: &Few| smaller.similarity(few, &self.reference, 1) >= calm.wanted;
        let best = best.filter(|(_, few)| reaches(few));
        Ok(best.map(|(price, few)| {
            calm.price = price;
            few
        }))
    }

    /// Which of the counts is the least with which a scale reaches a similarity, as far as a coarse
    /// look tells.
    fn fewest(&self, smaller: &Smaller, wanted: f64) -> Result<Option<usize>> {
        let reaches = |count: usize| self.reaches(smaller, &smaller.few(COUNTS[count]), wanted);
        let (mut low, mut high) = (0, COUNTS.len() - 1);
        if !reaches(high) {
            return Ok(None);
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
        // More levels are not always more similar: they may say more of the noise.
        let least = high.saturating_sub(FEWER);
        Ok((least..=high).find(|count| *count == high || reaches(*count)))
    }

    /// The most similar coding found of at most so many bytes on the wire. Every scale is looked at in
    /// as many levels as fit; the noise of the most similar ones is calmed until more levels do.
    pub(crate) fn fitting(&self, most: usize) -> Result<Coded> {
        let fits = |file: usize| (self.ask.wire)(file) <= most;
        let mut looks = self.looks(fits)?;
        let least = if self.is_first() { FIRST_LEAST } else { 0 };
        looks.sort_by(|a, b| {
            let by_levels = b.place.min(least).cmp(&a.place.min(least));
            by_levels.then(b.similarity.total_cmp(&a.similarity))
        });
        let mut best = self.settled(&looks, most)?;
        if best.is_none() {
            best = self.smallest()?.filter(|coded| fits(coded.file.len()));
        }
        let raw = self.raw.as_ref().filter(|_| !self.is_first());
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

    /// Whether the first look is wanted, which must not take long.
    fn is_first(&self) -> bool {
        self.ask.limits.rung <= Rung::Q1
    }

    /// Each scale in as many levels as fit, about.
    fn looks(&self, fits: impl Fn(usize) -> bool) -> Result<Vec<Look>> {
        let mut looks: Vec<Look> = Vec::new();
        let first = self.is_first();
        let pixels = if first { FIRST_PIXELS } else { usize::MAX };
        let counts = if first { FIRST_COUNTS } else { COUNTS.len() };
        for scale in self.scales() {
            self.ask.limits.cancel.check()?;
            let [width, height] = self.sent(scale);
            // Noise may be calmed: twice the bytes are not too many to begin with.
            let bytes = |smaller: &Smaller, place| png::estimate(&smaller.few(COUNTS[place]));
            if width * height > pixels && !looks.is_empty() {
                break;
            }
            let smaller = self.at(scale);
            if !fits(bytes(&smaller, 0) / 2) {
                break;
            }
            let (mut place, mut above) = (0, counts);
            while above - place > 1 {
                let middle = place.midpoint(above);
                // Dear packing takes about a tenth off the estimate.
                if fits(bytes(&smaller, middle) * 9 / 10) {
                    place = middle;
                } else {
                    above = middle;
                }
            }
            let similarity = self.glance(&smaller, &smaller.few(COUNTS[place]));
            looks.push(Look {
                similarity,
                place,
                smaller,
            });
        }
        Ok(looks)
    }

    /// The best of the most promising looks, as it fits.
    fn settled(&self, looks: &[Look], most: usize) -> Result<Option<Coded>> {
        let first = self.is_first();
        let deep = if first { FIRST_CALMED } else { SCALES_CALMED };
        let weights = self.reference.weights();
        let mut candidates: Vec<(f64, &Smaller, Few)> = Vec::new();
        let mut work = 0;
        for look in looks.iter().take(deep) {
            // What is calmed needs no other try.
            let tries = if first { 1 } else { 3 };
            let (plain, part) = self.poorer(look, most, tries)?;
            let mut found: Vec<Few> = plain.into_iter().collect();
            let weights = look.smaller.weights(&weights);
            work += TRIALS * weights.len();
            if work <= WORK {
                found.extend(self.squeezed(look, &weights, (part, most))?);
            }
            let glance = |few: Few| (self.glance(&look.smaller, &few), &look.smaller, few);
            candidates.extend(found.into_iter().map(glance));
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, smaller, few) in candidates {
            let coded = self.packed(smaller, &few)?;
            if (self.ask.wire)(coded.file.len()) <= most {
                return Ok(Some(coded));
            }
        }
        // The estimates were too kind to the best: the next in as many levels as really fit.
        for look in looks {
            if let (Some(few), _) = self.poorer(look, most, look.place + 1)? {
                let coded = self.packed(&look.smaller, &few)?;
                return Ok(Some(coded).filter(|c| (self.ask.wire)(c.file.len()) <= most));
            }
        }
        Ok(None)
    }

    /// Bytes of a picture, packed well.
    fn bytes(&self, few: &Few) -> Result<usize> {
        Ok(png::pack_few(few, Effort::Small, self.ask.limits.cancel)?.len())
    }

    /// A look in as many levels as really fit, of so many tries, and the part of the estimate that
    /// packing leaves.
    fn poorer(&self, look: &Look, most: usize, tries: usize) -> Result<(Option<Few>, f64)> {
        let mut part = 1.0;
        for place in (0..=look.place).rev().take(tries) {
            let few = look.smaller.few(COUNTS[place]);
            let bytes = self.bytes(&few)?;
            part = bytes as f64 / png::estimate(&few) as f64;
            if (self.ask.wire)(bytes) <= most {
                return Ok((Some(few), part));
            }
        }
        Ok((None, part))
    }

    /// A look in more levels with its noise calmed until it fits; packing leaves about `part` of an
    /// estimate.
    fn squeezed(
        &self,
        look: &Look,
        weights: &[f32],
        (part, most): (f64, usize),
    ) -> Result<Option<Few>> {
        // More than sixteen are packed in more ways than a first look has time for.
        let most_levels = if self.is_first() { 16 } else { MOST };
        let count = COUNTS[(look.place + MORE).min(COUNTS.len() - 1)].min(most_levels);
        let mut secant = Secant::new(0.4);
        let mut best = None;
        let mut next = START;
        let most = most as f64 * 0.98;
        for _ in 0..TRIALS {
            self.ask.limits.cancel.check()?;
            let few = look.smaller.calmed(count, next.exp() as f32, weights);
            let bytes = (self.ask.wire)((png::estimate(&few) as f64 * part) as usize);
            let room = (most / bytes as f64).ln();
            let here = next;
            next = secant.next(next, room).clamp(-20.0, -5.0);
            if room >= 0.0 && best.as_ref().is_none_or(|(least, _)| here < *least) {
                best = Some((here, few));
            }
            if (0.0..0.03).contains(&room) {
                break;
            }
        }
        Ok(best.map(|(_, few)| few))
    }

    /// The poorest coding there is.
    fn smallest(&self) -> Result<Option<Coded>> {
        let first = self.scales().next().map(|scale| self.at(scale));
        first
            .map(|smaller| self.packed(&smaller, &smaller.few(1)))
            .transpose()
    }

    /// Packs a coding as well as the effort allows and says what it reached.
    fn packed(&self, smaller: &Smaller, few: &Few) -> Result<Coded> {
        let similarity = smaller.similarity(few, &self.reference, 1);
        let lossless = few.sent == self.ask.frame_size() && few.is_exactly(self.ask.frame);
        let rung = if lossless {
            Rung::Q5
        } else {
            Rung::reached(similarity, self.detail(few, similarity))
        };
        Ok(Coded {
            file: png::pack_few(few, self.ask.effort, self.ask.limits.cancel)?,
            sent: few.sent,
            colours: few.palette.len(),
            rung,
            similarity,
            lossless,
        })
    }
}

/// Logarithm of the price of a bit to begin with, for a picture of so many bytes before it is calmed:
/// about what each of its bits may cost in similarity.
fn price_of(wanted: f64, bytes: usize) -> f64 {
    ((1.0 - wanted) / (8.0 * bytes.max(1) as f64)).ln() - 0.6
}
