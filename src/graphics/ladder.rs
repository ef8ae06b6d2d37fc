//! The ladder of qualities for protocols that take PNG: the cheapest coding of each rung.
//!
//! Scales and levels are searched for the fewest bytes that reach a rung's similarity, or for the
//! most similarity that fits some bytes; packing is quick while searching and as dear as the effort
//! allows for the winner. Where the whole picture costs no more than a reduced one, it is sent.

use super::jpeg::{Jpeg, Raw};
use super::reduced::{Few, MOST, Smaller, Source};
use super::ssim::Reference;
use super::{Effort, Rung, png};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::view::Frame;
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
/// Files of fewer bytes by the quick packer are of flat pictures or small ones.
const FLAT: usize = 16_000;
/// Scales whose noise is calmed.
const PROMISING: usize = 3;
/// The least and the highest price of a bit that is looked at, in powers of two of similarity.
const PRICES: [f32; 2] = [-25.0, -17.0];
/// Halvings of that range.
const ROUNDS: usize = 6;
/// How far a coarse look may be off.
const NEAR: f64 = 0.004;
/// Bytes on the wire of the first look.
pub(crate) const FIRST_LOOK: usize = 1400;

/// What is asked of the ladder.
pub(crate) struct Ask<'a> {
    pub(crate) frame: &'a Frame,
    /// Screen pixels that the picture sent will cover, at least the frame's.
    pub(crate) covered: [usize; 2],
    pub(crate) limits: &'a Limits<'a>,
    pub(crate) effort: Effort,
    pub(crate) formats: Formats,
    /// Bytes on the wire of a file of so many bytes.
    pub(crate) wire: &'a dyn Fn(usize) -> usize,
}

/// What files the terminal takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formats {
    Png,
    PngAndJpeg,
}

/// How far a picture may go.
pub(crate) struct Limits<'a> {
    pub(crate) rung: Rung,
    /// Most bytes on the wire.
    pub(crate) most: Option<usize>,
    pub(crate) cancel: &'a Cancel,
}

/// A file and what it holds.
pub(crate) struct Coded {
    pub(crate) file: Vec<u8>,
    pub(crate) sent: [usize; 2],
    pub(crate) colours: usize,
    pub(crate) rung: Rung,
    /// Structural similarity of what the terminal shows; 1 where nothing is lost.
    pub(crate) similarity: f64,
    pub(crate) lossless: bool,
}

/// Codes a frame as PNG.
///
/// # Errors
/// [`Error::NotPossible`] where nothing fits; [`Error::Cancelled`].
pub(crate) fn code(ask: &Ask<'_>) -> Result<Coded> {
    ask.limits.cancel.check()?;
    if ask.limits.rung == Rung::Q5 && ask.limits.most.is_none() {
        return whole(ask, ask.effort);
    }
    let rough = whole(ask, Effort::Fast)?;
    let budget = match ask.limits.rung {
        Rung::Q0 | Rung::Q1 => Some(FIRST_LOOK.min(ask.limits.most.unwrap_or(FIRST_LOOK))),
        _ => ask.limits.most,
    };
    let fits = |coded: &Coded| budget.is_none_or(|most| (ask.wire)(coded.file.len()) <= most);
    let whole = |most: usize| -> Result<Option<Coded>> {
        // Dear packing takes up to a third off what quick packing made, and far more off flat pictures.
        let quick = rough.file.len();
        let least = if quick < FLAT {
            quick / 8
        } else {
            quick * 2 / 3
        };
        if !rough.lossless || (ask.wire)(least) > most {
            return Ok(None);
        }
        let whole = whole(ask, ask.effort)?;
        Ok(Some(whole).filter(|whole| (ask.wire)(whole.file.len()) <= most))
    };
    // What fits the first look is not worth a second one.
    let enough = if ask.limits.rung == Rung::Q5 {
        usize::MAX
    } else {
        FIRST_LOOK
    };
    if let Some(whole) = whole(budget.unwrap_or(usize::MAX).min(enough))? {
        return Ok(whole);
    }
    let source = Source::of(ask.frame);
    let search = Search {
        ask,
        reference: source.reference(),
        source: &source,
        raw: (ask.formats == Formats::PngAndJpeg)
            .then(|| Raw::of(ask.frame))
            .flatten(),
    };
    let found = search.rung()?;
    let found = match (found, budget) {
        (Some(found), _) if fits(&found) => found,
        (_, Some(most)) => search.fitting(most)?,
        (Some(found), None) => found,
        (None, None) => return self::whole(ask, ask.effort),
    };
    Ok(whole((ask.wire)(found.file.len()))?.unwrap_or(found))
}

/// The whole picture: every pixel, and every colour where a palette holds them.
fn whole(ask: &Ask<'_>, effort: Effort) -> Result<Coded> {
    let picture = png::encode_all(ask.frame, effort, ask.limits.cancel)?;
    Ok(Coded {
        file: picture.bytes,
        sent: [ask.frame.width, ask.frame.height],
        colours: picture.colours,
        rung: Rung::Q5,
        similarity: 1.0,
        lossless: picture.lossless,
    })
}

/// A search for one frame.
struct Search<'a> {
    ask: &'a Ask<'a>,
    source: &'a Source<'a>,
    reference: Reference<'a>,
    /// For JPEG, where the terminal takes it.
    raw: Option<Raw>,
}

impl Search<'_> {
    /// The cheapest coding that is what the rung promises, whatever it costs; `None` for the first
    /// look, which promises a cost, and where the ladder has none.
    fn rung(&self) -> Result<Option<Coded>> {
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
        for (_, count, smaller) in &found {
            // A coarse look may have been too kind.
            for count in COUNTS.iter().skip(*count).take(3) {
                let few = smaller.few(*count);
                if smaller.similarity(&few, &self.reference, 1) >= wanted {
                    let plain = self.packed(smaller, &few)?;
                    let better = calmed.filter(|calmed| calmed.file.len() < plain.file.len());
                    return Ok(Some(better.unwrap_or(plain)));
                }
            }
        }
        Ok(calmed)
    }

    /// The cheapest coding that has its noise calmed as far as the similarity allows, among the
    /// scales that are the most promising without; where the effort allows the search, and for grey.
    fn calmed(&self, found: &[(usize, usize, Smaller)], wanted: f64) -> Result<Option<Coded>> {
        if self.ask.effort != Effort::Least {
            return Ok(None);
        }
        let weights = self.reference.weights();
        let mut best: Option<(usize, &Smaller, Few)> = None;
        for (_, count, smaller) in found.iter().take(PROMISING) {
            let weights = smaller.weights(&weights);
            for more in [0, 2, 4] {
                let count = COUNTS[(count + more).min(COUNTS.len() - 1)];
                let Some(few) = self.calmest(smaller, count, &weights, wanted)? else {
                    continue;
                };
                let bytes = png::pack_few(&few, Effort::Small, self.ask.limits.cancel)?.len();
                if best.as_ref().is_none_or(|(least, ..)| bytes < *least) {
                    best = Some((bytes, smaller, few));
                }
            }
        }
        let packed = best.map(|(_, smaller, few)| self.packed(smaller, &few));
        packed.transpose()
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
    fn fitting(&self, most: usize) -> Result<Coded> {
        let mut candidates = Vec::new();
        let mut scales = Vec::new();
        for scale in self.scales() {
            self.ask.limits.cancel.check()?;
            let smaller = self.at(scale);
            let before = candidates.len();
            for count in COUNTS {
                let few = smaller.few(count);
                // Dear packing takes up to a third off the estimate.
                if (self.ask.wire)(png::estimate(&few) * 2 / 3) > most {
                    break;
                }
                candidates.push((self.glance(&smaller, &few), scales.len(), count));
            }
            scales.push(smaller);
            if candidates.len() == before {
                break;
            }
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        let fits = |file: usize| (self.ask.wire)(file) <= most;
        let mut best = None;
        for (_, smaller, count) in candidates {
            let smaller = &scales[smaller];
            let coded = self.packed(smaller, &smaller.few(count))?;
            if fits(coded.file.len()) {
                best = Some(coded);
                break;
            }
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

impl Ask<'_> {
    fn frame_size(&self) -> [usize; 2] {
        [self.frame.width, self.frame.height]
    }
}
