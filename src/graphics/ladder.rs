//! The ladder of qualities for protocols that take PNG: the cheapest coding of each rung.
//!
//! Scales and levels are searched for the fewest bytes that reach a rung's similarity, or for the
//! most similarity that fits some bytes; packing is quick while searching and as dear as the effort
//! allows for the winner. Where the whole picture costs no more than a reduced one, it is sent.

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
    /// Bytes on the wire of a file of so many bytes.
    pub(crate) wire: &'a dyn Fn(usize) -> usize,
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
    pub(crate) lossless: bool,
}

/// Codes a frame as PNG.
///
/// # Errors
/// [`Error::NotPossible`] where nothing fits; [`Error::Cancelled`].
pub(crate) fn code(ask: &Ask<'_>) -> Result<Coded> {
    ask.limits.cancel.check()?;
    let rough = whole(ask, Effort::Fast)?;
    let budget = match ask.limits.rung {
        Rung::Q0 | Rung::Q1 => Some(FIRST_LOOK.min(ask.limits.most.unwrap_or(FIRST_LOOK))),
        _ => ask.limits.most,
    };
    let fits = |coded: &Coded| budget.is_none_or(|most| (ask.wire)(coded.file.len()) <= most);
    if ask.limits.rung == Rung::Q5 || fits(&rough) && small(ask) {
        let whole = whole(ask, ask.effort)?;
        if fits(&whole) {
            return Ok(whole);
        }
    }
    let source = Source::of(ask.frame);
    let search = Search {
        ask,
        reference: source.reference(),
        source: &source,
    };
    let found = match ask.limits.rung {
        Rung::Q0 | Rung::Q1 => None,
        Rung::Q2 => search.reaching(0.95)?,
        Rung::Q3 => search.reaching(0.98)?,
        Rung::Q4 | Rung::Q5 => Some(search.coded(&search.at((1, 1)), EVERY_PIXEL)?),
    };
    let found = match (found, budget) {
        (Some(found), _) if fits(&found) => found,
        (_, Some(most)) => search.fitting(most)?,
        (Some(found), None) => found,
        (None, None) => return whole(ask, ask.effort),
    };
    // Dear packing takes a fifth off what quick packing made.
    if rough.lossless && rough.file.len() * 4 / 5 <= found.file.len() {
        let whole = whole(ask, ask.effort)?;
        if whole.file.len() <= found.file.len() {
            return Ok(whole);
        }
    }
    Ok(found)
}

/// Whether the frame is so small that no search pays.
fn small(ask: &Ask<'_>) -> bool {
    ask.frame.width * ask.frame.height <= 64 * 64
}

/// The whole picture: every pixel, and every colour where a palette holds them.
fn whole(ask: &Ask<'_>, effort: Effort) -> Result<Coded> {
    let picture = png::encode_all(ask.frame, effort, ask.limits.cancel)?;
    Ok(Coded {
        file: picture.bytes,
        sent: [ask.frame.width, ask.frame.height],
        colours: picture.colours,
        rung: Rung::Q5,
        lossless: picture.lossless,
    })
}

/// A search for one frame.
struct Search<'a> {
    ask: &'a Ask<'a>,
    source: &'a Source<'a>,
    reference: Reference<'a>,
}

impl Search<'_> {
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
        for (_, count, smaller) in &found {
            // A coarse look may have been too kind.
            for count in COUNTS.iter().skip(*count).take(3) {
                let few = smaller.few(*count);
                if smaller.similarity(&few, &self.reference, 1) >= wanted {
                    return self.coded(smaller, *count).map(Some);
                }
            }
        }
        Ok(None)
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
        for (_, smaller, count) in candidates {
            let coded = self.coded(&scales[smaller], count)?;
            if (self.ask.wire)(coded.file.len()) <= most {
                return Ok(coded);
            }
        }
        Err(Error::NotPossible {
            why: say("graphics-nothing-fits", &[arg("bytes", &most)]),
        })
    }

    /// Packs a coding as well as the effort allows and says what it reached.
    fn coded(&self, smaller: &Smaller, count: usize) -> Result<Coded> {
        let few = smaller.few(count);
        let similarity = smaller.similarity(&few, &self.reference, 1);
        let rung = match similarity {
            _ if self.ask.limits.rung == Rung::Q4 && few.sent == self.ask.frame_size() => Rung::Q4,
            0.98.. => Rung::Q3,
            0.95.. => Rung::Q2,
            _ => Rung::Q1,
        };
        Ok(Coded {
            file: png::pack_few(&few, self.ask.effort, self.ask.limits.cancel)?,
            sent: few.sent,
            colours: few.palette.len(),
            rung,
            lossless: false,
        })
    }
}

impl Ask<'_> {
    fn frame_size(&self) -> [usize; 2] {
        [self.frame.width, self.frame.height]
    }
}
