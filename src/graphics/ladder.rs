//! The ladder of qualities for protocols that take PNG: the cheapest coding of each rung.
//!
//! Scales and levels are searched for the fewest bytes that reach a rung's similarity, or for the
//! most similarity that fits some bytes; packing is quick while searching and as dear as the effort
//! allows for the winner. Where the whole picture costs no more than a reduced one, it is sent.

use super::reduced::Source;
use super::search::Search;
use super::{Effort, Rung, png};
use crate::Result;
use crate::cancel::Cancel;
use crate::view::{Frame, Pixels};

/// Files of fewer bytes by the quick packer are of flat pictures or small ones.
const FLAT: usize = 16_000;
/// Bytes on the wire of the first look.
pub(crate) const FIRST_LOOK: usize = 1350;

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
    let first = ask.limits.rung <= Rung::Q1;
    let rough = if first && is_busy(ask.frame) {
        None
    } else {
        Some(whole(ask, Effort::Fast)?)
    };
    let budget = match ask.limits.rung {
        Rung::Q0 | Rung::Q1 => Some(FIRST_LOOK.min(ask.limits.most.unwrap_or(FIRST_LOOK))),
        _ => ask.limits.most,
    };
    let fits = |coded: &Coded| budget.is_none_or(|most| (ask.wire)(coded.file.len()) <= most);
    let whole = |most: usize| -> Result<Option<Coded>> {
        let Some(rough) = &rough else {
            return Ok(None);
        };
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
        // What is not even near is not packed dearly.
        if most < usize::MAX && ask.effort == Effort::Least {
            let near = whole(ask, Effort::Small)?;
            if (ask.wire)(near.file.len() * 9 / 10) > most {
                return Ok(None);
            }
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
    let search = Search::new(ask, &source);
    let found = search.rung()?;
    let found = match (found, budget) {
        (Some(found), _) if fits(&found) => found,
        (_, Some(most)) => search.fitting(most)?,
        (Some(found), None) => found,
        (None, None) => return self::whole(ask, ask.effort),
    };
    Ok(whole((ask.wire)(found.file.len()))?.unwrap_or(found))
}

/// Whether a frame has so many pixels unlike those to the left and above that it cannot be told whole
/// in the bytes of a first look.
pub(crate) fn is_busy(frame: &Frame) -> bool {
    match &frame.pixels {
        Pixels::Grey(pixels) => has_edges(pixels, frame.width),
        Pixels::Indexed { indices, .. } => has_edges(indices, frame.width),
        Pixels::Rgb(pixels) => has_edges(pixels, frame.width),
    }
}

fn has_edges<T: PartialEq>(pixels: &[T], width: usize) -> bool {
    let rows = pixels
        .chunks_exact(width)
        .zip(pixels.chunks_exact(width).skip(1));
    let mut edges = 0;
    for (above, row) in rows {
        let pairs = row.iter().zip(row.iter().skip(1)).zip(above.iter().skip(1));
        edges += pairs
            .filter(|((left, here), above)| here != left && here != above)
            .count();
        if edges > 8 * FIRST_LOOK {
            return true;
        }
    }
    false
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

impl Ask<'_> {
    /// Pixels of the frame.
    pub(crate) fn frame_size(&self) -> [usize; 2] {
        [self.frame.width, self.frame.height]
    }
}
