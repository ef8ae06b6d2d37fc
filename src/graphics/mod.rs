//! From a frame to a terminal: one pure encoder per protocol.
//!
//! [`encode`] turns a finished [`Frame`] into cells or into one complete string of bytes, and says
//! whether the terminal will show exactly those pixels. Nothing here asks, waits or writes; finding
//! out what a terminal can do is [`crate::terminal`]'s work. Never RGBA: a byte a pixel at most.

mod average;
pub mod cells;
mod cut;
mod deflate;
mod encoded;
pub mod iterm2;
mod jpeg;
pub mod kitty;
mod ladder;
mod levels;
mod palette;
pub mod placeholder;
mod png;
mod protocol;
mod reduced;
mod rows;
mod rung;
mod search;
mod secant;
pub mod sixel;
mod size;
mod sprite;
mod ssim;
mod stage;
mod tones;
mod trellis;

use self::ladder::Limits;
use self::reduced::Source;
use crate::cancel::Cancel;
use crate::messages::say;
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

pub use cells::{CellPaint, CellPicture};
pub use encoded::{Body, Encoded};
pub use protocol::{Depth, Evidence, Protocol};
pub use reduced::in_few_colours;
pub use rung::Rung;
pub use size::{CellSize, parse_size, pixels_for};
pub use sprite::{inset_png, sprite_png};
pub use stage::{Draw, Placement, Stage, StandIn};

/// How much work goes into smaller bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Effort {
    /// A local terminal: milliseconds matter.
    #[default]
    Fast,
    /// A line: bytes matter, tens of milliseconds do not.
    Small,
    /// A slow line: a byte saved is worth more than a second of work.
    Least,
}

/// Whether the terminal confirms a picture (kitty only): the fence of a slow line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Answers {
    /// It never answers, not even errors.
    #[default]
    Silent,
    /// It answers errors only: a picture that it lost or refuses.
    Errors,
    /// It answers `i=ID;OK` or an error once the picture is there.
    Acknowledged,
}

/// For whom a frame is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// How.
    pub protocol: Protocol,
    /// The terminal's cell.
    pub cell: CellSize,
    /// Colours of the cells.
    pub depth: Depth,
    /// Colour registers of sixel, `2..=256`.
    pub registers: u16,
    /// The picture's number at the terminal, above zero; each picture has its own.
    pub id: u32,
    /// Work for smaller bytes.
    pub effort: Effort,
    /// Confirmation.
    pub answers: Answers,
}

/// Encodes a frame, whose pixels are those of the screen already (see [`pixels_for`]).
///
/// # Errors
/// [`Error::NotPossible`] for an empty frame or one that covers more than 65535 cells across.
pub fn encode(frame: &Frame, target: &Target) -> Result<Encoded> {
    let (columns, rows) = cells_of(frame, target)?;
    let made = match target.protocol {
        Protocol::Kitty => kitty::encode(frame, target)?,
        Protocol::Iterm2 => iterm2::encode(frame, target, [columns, rows])?,
        Protocol::Sixel => sixel::encode(frame, target.registers),
        Protocol::HalfBlock
        | Protocol::Quadrant
        | Protocol::Sextant
        | Protocol::Octant
        | Protocol::Braille
        | Protocol::None => cells::encode(frame, cells::Plan::of(target)),
    };
    let rung = match &made.body {
        Body::Bytes(_) => Rung::Q5,
        Body::Cells(_) => Rung::Q0,
    };
    Ok(encoded(frame, target, [columns, rows], (made, rung)))
}

/// Encodes the pixels of a coarse picture as a first look: it is there for a moment only, on a line that
/// carries it sooner than a rung could be looked for.
///
/// # Errors
/// As [`encode`]; [`Error::Cancelled`].
pub fn code_thinned(frame: &Frame, target: &Target, cancel: &Cancel) -> Result<Encoded> {
    cancel.check()?;
    if target.protocol != Protocol::Kitty {
        return code(frame, target, Rung::Q1, None, cancel);
    }
    let thin = frame.thinned();
    let file = png::encode(&thin, Effort::Fast, cancel)?;
    let bytes = kitty::transmit(&file.bytes, target.id, target.answers);
    let (columns, rows) = cells_of(frame, target)?;
    Ok(Encoded {
        protocol: target.protocol,
        id: target.id,
        columns,
        rows,
        pixels: [frame.width, frame.height],
        sent: [thin.width, thin.height],
        rung: Rung::Q1,
        cell: target.cell,
        colours: file.colours,
        lossless: false,
        bytes: bytes.len(),
        body: Body::Bytes(bytes),
    })
}

/// Encodes a frame at a rung of the ladder, in at most `most` bytes where that is said and can be
/// had. The answer names the rung that was reached, which may be a better one where that costs no
/// more.
///
/// # Errors
/// As [`encode`]; [`Error::Cancelled`].
pub fn code(
    frame: &Frame,
    target: &Target,
    rung: Rung,
    most: Option<usize>,
    cancel: &Cancel,
) -> Result<Encoded> {
    if target.protocol == Protocol::Sixel {
        let (columns, rows) = cells_of(frame, target)?;
        let ask = sixel::Ask {
            registers: target.registers,
            rung,
            most,
            effort: target.effort,
            cancel,
        };
        let (made, rung) = sixel::code(frame, &ask)?;
        return Ok(encoded(frame, target, [columns, rows], (made, rung)));
    }
    cancel.check()?;
    let (columns, rows) = cells_of(frame, target)?;
    let limits = Limits { rung, most, cancel };
    // What is not all there is meant for a line: a picture that packs badly is no rung of it.
    let effort = match target.effort {
        Effort::Fast if rung < Rung::Q5 || most.is_some() => Effort::Small,
        // The first look must be there at once, and what costs nearly as much as the whole is not
        // worth looking for long.
        Effort::Least if matches!(rung, Rung::Q0 | Rung::Q1 | Rung::Q4) => Effort::Small,
        effort => effort,
    };
    let target = &Target { effort, ..*target };
    let coded = match target.protocol {
        Protocol::Kitty => kitty::code(frame, target, [columns, rows], &limits)?,
        Protocol::Iterm2 => iterm2::code(frame, target, [columns, rows], &limits)?,
        _ => return encode(frame, target),
    };
    let bytes = match target.protocol {
        Protocol::Kitty => kitty::transmit(&coded.file, target.id, target.answers),
        _ => iterm2::inline(&coded.file, &iterm2::sizes(frame, target, [columns, rows])),
    };
    Ok(Encoded {
        protocol: target.protocol,
        id: target.id,
        columns,
        rows,
        pixels: [frame.width, frame.height],
        sent: coded.sent,
        rung: coded.rung,
        cell: target.cell,
        colours: coded.colours,
        lossless: coded.lossless,
        bytes: bytes.len(),
        body: Body::Bytes(bytes),
    })
}

/// A frame with what an encoder made of it.
fn encoded(
    frame: &Frame,
    target: &Target,
    [columns, rows]: [u16; 2],
    (made, rung): (Made, Rung),
) -> Encoded {
    Encoded {
        bytes: match &made.body {
            Body::Bytes(bytes) => bytes.len(),
            Body::Cells(_) => 0,
        },
        body: made.body,
        protocol: target.protocol,
        id: target.id,
        columns,
        rows,
        pixels: [frame.width, frame.height],
        sent: [frame.width, frame.height],
        rung,
        cell: target.cell,
        colours: made.colours,
        lossless: made.lossless,
    }
}

/// Structural similarity in luminance, at most 1, of what is shown to the frame that was meant: what
/// the rungs of the ladder promise. `None` for pictures of different sizes or without pixels.
pub fn similarity(frame: &Frame, shown: &Frame) -> Option<f64> {
    let same = (frame.width, frame.height) == (shown.width, shown.height);
    if !same || frame.width * frame.height == 0 {
        return None;
    }
    let (frame, shown) = (Source::of(frame), Source::of(shown));
    Some(frame.similarity(&shown))
}

/// What one encoder made.
pub(crate) struct Made {
    pub(crate) body: Body,
    pub(crate) colours: usize,
    pub(crate) lossless: bool,
}

/// The cells that the frame covers.
fn cells_of(frame: &Frame, target: &Target) -> Result<(u16, u16)> {
    let pixels = match &frame.pixels {
        Pixels::Grey(grey) => grey.len(),
        Pixels::Indexed { indices, .. } => indices.len(),
        Pixels::Rgb(rgb) => rgb.len(),
    };
    let impossible = || Error::NotPossible {
        why: say("graphics-no-pixels", &[]),
    };
    if pixels == 0 || pixels != frame.width * frame.height {
        return Err(impossible());
    }
    let (across, down) = match target.protocol {
        Protocol::None => return Ok((0, 0)),
        protocol => protocol.cell_pixels().unwrap_or((
            usize::from(target.cell.width.max(1)),
            usize::from(target.cell.height.max(1)),
        )),
    };
    let columns = u16::try_from(frame.width.div_ceil(across)).map_err(|_| impossible())?;
    let rows = u16::try_from(frame.height.div_ceil(down)).map_err(|_| impossible())?;
    Ok((columns, rows))
}
