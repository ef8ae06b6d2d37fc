//! Sixels: an opaque rectangle with a palette of the colours used, without dithering.
//!
//! DEC STD 070 and the VT340's manual. Every pixel is painted (transparent ones are drawn wrongly by
//! several terminals), bands are run-length coded, the size is said by raster attributes. Colours go
//! in steps of 1/100, so only components that are multiples of 51 (0, 20, .. 100 %) arrive exactly: any
//! other picture is honestly called lossy, and greys that fall on one step share a register.

mod colours;
mod grid;
mod search;
mod shape;
mod stream;

use super::ladder::is_busy;
use super::{Body, Effort, Made, Rung, palette};
use crate::Result;
use crate::cancel::Cancel;
use crate::view::Frame;
use search::Search;
use stream::{Indexed, Orders};

/// Bytes of the first look, a little less than 6 kB with what is written around it.
pub const FIRST_LOOK: usize = 5900;
/// Colours of a picture that has every pixel, but not as it was rendered.
const EVERY_PIXEL: usize = 64;

/// A component as a percentage, as sixel says it.
pub fn percent(value: u8) -> u8 {
    ((u16::from(value) * 100 + 127) / 255) as u8
}

/// A percentage as the component that it means.
pub fn component(percent: u8) -> u8 {
    ((u16::from(percent.min(100)) * 255 + 50) / 100) as u8
}

/// Encodes the frame in at most `registers` colours, `2..=256`.
pub(crate) fn encode(frame: &Frame, registers: u16) -> Made {
    plain(frame, usize::from(registers.clamp(2, 256)))
}

/// What is asked of [`code`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Colour registers, `2..=256`.
    pub(crate) registers: u16,
    /// How faithful.
    pub(crate) rung: Rung,
    /// Most bytes, where that can be had.
    pub(crate) most: Option<usize>,
    /// How long may be searched.
    pub(crate) effort: Effort,
    /// Looked at between trials.
    pub(crate) cancel: &'a Cancel,
}

/// Codes a frame of at least one pixel at a rung of the ladder, and says which rung it reached: a
/// better one where that costs no more, a worse one where `most` allows no other. Q1 is the best that
/// fits [`FIRST_LOOK`], Q2 and Q3 the cheapest found that reach their similarity.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub(crate) fn code(frame: &Frame, ask: &Ask<'_>) -> Result<(Made, Rung)> {
    ask.cancel.check()?;
    let whole = || (encode(frame, ask.registers), Rung::Q5);
    let first = ask.rung <= Rung::Q1;
    let most = match ask.most {
        most if first => Some(most.map_or(FIRST_LOOK, |most| most.min(FIRST_LOOK))),
        most => most,
    };
    let fits = |made: &Made| most.is_none_or(|most| size(made) <= most);
    if ask.rung == Rung::Q5 || first && !is_busy(frame) {
        let whole = whole();
        if fits(&whole.0) {
            return Ok(whole);
        }
    }
    let search = Search::new(frame, ask);
    let found = match ask.rung {
        Rung::Q2 => search.reaching(0.95)?,
        Rung::Q3 => search.reaching(0.98)?,
        Rung::Q4 => {
            let colours = EVERY_PIXEL.min(ask.registers.into());
            Some((plain(frame, colours.max(2)), Rung::Q4))
        }
        Rung::Q0 | Rung::Q1 | Rung::Q5 => None,
    };
    let found = found.filter(|(made, _)| fits(made));
    if let Some(found) = found {
        // What is far from the whole needs no comparison with it.
        if ask.rung < Rung::Q4 && 2 * size(&found.0) < search.plain() {
            return Ok(found);
        }
        let whole = whole();
        return Ok(if size(&found.0) < size(&whole.0) {
            found
        } else {
            whole
        });
    }
    match most {
        Some(most) if first => search.first_look(most),
        Some(most) => {
            let whole = whole();
            if fits(&whole.0) {
                Ok(whole)
            } else {
                search.fitting(most)
            }
        }
        None => Ok(whole()),
    }
}

/// Bytes of what was made.
fn size(made: &Made) -> usize {
    match &made.body {
        Body::Bytes(bytes) => bytes.len(),
        Body::Cells(_) => 0,
    }
}

/// Every pixel in at most so many colours.
fn plain(frame: &Frame, most: usize) -> Made {
    let reduced = palette::reduce_by(frame, most, |colour| colour.map(|v| component(percent(v))));
    let said: Vec<[u8; 3]> = reduced.palette.iter().map(|c| c.map(percent)).collect();
    let bytes = stream::write(
        Indexed {
            width: frame.width,
            palette: &said,
            indices: &reduced.indices,
        },
        Orders::Few,
    );
    // How a terminal rounds a percentage is its own affair: only whole ones are sure.
    let whole = reduced.palette.as_flattened().iter().all(|v| v % 51 == 0);
    Made {
        body: Body::Bytes(bytes),
        colours: reduced.palette.len(),
        lossless: reduced.exact && whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_multiples_of_51_survive_the_percentage() {
        for value in 0..=255_u8 {
            assert!(component(percent(value)).abs_diff(value) <= 1, "{value}");
            let said = percent(value);
            assert_eq!(percent(component(said)), said);
            if value % 51 == 0 {
                assert_eq!(component(said), value);
            }
        }
    }
}
