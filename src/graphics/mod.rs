//! From a frame to a terminal: one pure encoder per protocol.
//!
//! [`encode`] turns a finished [`Frame`] into cells or into one complete string of bytes, and says
//! whether the terminal will show exactly those pixels. Nothing here asks, waits or writes; finding
//! out what a terminal can do is [`crate::terminal`]'s work. Never RGBA: a byte a pixel at most.

pub mod cells;
pub mod iterm2;
pub mod kitty;
mod palette;
pub mod placeholder;
mod png;
pub mod sixel;

use std::fmt;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;

use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

pub use cells::{CellPaint, CellPicture};

/// How a picture reaches the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Kitty's graphics protocol.
    Kitty,
    /// iTerm2's inline files.
    Iterm2,
    /// DEC sixels.
    Sixel,
    /// Two pixels a cell, by the character `▀`.
    HalfBlock,
    /// No picture.
    None,
}

/// Colours that cells may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 24 bits.
    True,
    /// The 256-colour palette.
    Colours256,
    /// The 16 named colours.
    Colours16,
    /// None at all (`NO_COLOR`): characters only.
    Monochrome,
}

/// Size of one cell in pixels, both above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// How much work goes into smaller bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Effort {
    /// A local terminal: milliseconds matter.
    #[default]
    Fast,
    /// A slow line: bytes matter.
    Small,
}

/// Whether the terminal confirms a picture (kitty only): the fence of a slow line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Answers {
    /// It never answers, not even errors.
    #[default]
    Silent,
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

/// A frame, ready for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What to paint or to send.
    pub body: Body,
    /// How it was made.
    pub protocol: Protocol,
    /// The picture's number, as in [`Target::id`].
    pub id: u32,
    /// Cells across that it covers.
    pub columns: u16,
    /// Cells down that it covers.
    pub rows: u16,
    /// Its pixels across and down.
    pub pixels: [usize; 2],
    /// The cell that it was made for.
    pub cell: CellSize,
    /// Distinct colours sent.
    pub colours: usize,
    /// Whether the terminal shows exactly the frame's pixels.
    pub lossless: bool,
    /// Bytes on the wire; 0 for cells, whose cost depends on what is shown already.
    pub bytes: usize,
}

/// What an encoder made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Cells to paint into the text screen.
    Cells(CellPicture),
    /// One complete string of escape sequences. It draws the picture at the cursor, but for kitty,
    /// where it only sends it; see [`Encoded::drawing`].
    Bytes(Vec<u8>),
}

impl Default for CellSize {
    /// 8 x 16, when nothing better is known.
    fn default() -> Self {
        Self {
            width: 8,
            height: 16,
        }
    }
}

impl CellSize {
    /// Reads `WxH`, each `1..=256`.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || {
            Error::request(say(
                "graphics-bad-cell",
                &[arg("value", &Safe::from_outside(text))],
            ))
        };
        let (width, height) = pair(text)
            .filter(|(w, h)| *w <= 256 && *h <= 256)
            .ok_or_else(bad)?;
        Ok(Self { width, height })
    }
}

/// Reads `COLSxROWS`, each `1..=10000`.
pub fn parse_size(text: &str) -> Result<(u16, u16)> {
    pair(text)
        .filter(|(columns, rows)| *columns <= 10_000 && *rows <= 10_000)
        .ok_or_else(|| {
            Error::request(say(
                "graphics-bad-size",
                &[arg("value", &Safe::from_outside(text))],
            ))
        })
}

/// Two numbers above zero around an `x`.
fn pair(text: &str) -> Option<(u16, u16)> {
    let (a, b) = text.split_once(['x', 'X', '×'])?;
    let (a, b) = (a.trim().parse().ok()?, b.trim().parse().ok()?);
    (a > 0 && b > 0).then_some((a, b))
}

impl Protocol {
    /// Every protocol of this build.
    pub const ALL: [Self; 5] = [
        Self::Kitty,
        Self::Iterm2,
        Self::Sixel,
        Self::HalfBlock,
        Self::None,
    ];

    /// Whether a picture may cover the screen's last row: after a sixel or iTerm2 picture that does,
    /// terminals scroll. The layout keeps that row for the status line.
    pub fn may_touch_last_row(self) -> bool {
        !matches!(self, Self::Sixel | Self::Iterm2)
    }

    /// The word of `--protocol`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Iterm2 => "iterm2",
            Self::Sixel => "sixel",
            Self::HalfBlock => "half-block",
            Self::None => "none",
        }
    }

    /// Reads the word of `--protocol`; `None` for `auto`, an error for a name this build has not.
    pub fn parse(word: &str) -> Result<Option<Self>> {
        if word == "auto" {
            return Ok(None);
        }
        let known = Self::ALL
            .into_iter()
            .find(|protocol| protocol.as_str() == word);
        known.map(Some).ok_or_else(|| {
            let names: Vec<Safe> = Self::ALL.iter().map(|p| Safe::word(p.as_str())).collect();
            let id = match word {
                "quadrant" | "sextant" | "octant" | "braille" => "graphics-protocol-later",
                _ => "graphics-protocol-unknown",
            };
            Error::request(say(
                id,
                &[
                    arg("value", &Safe::from_outside(word)),
                    arg("names", &Safe::join(&names, ", ")),
                ],
            ))
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The pixels that fill `columns` x `rows` cells, width and height.
pub fn pixels_for(protocol: Protocol, columns: u16, rows: u16, cell: CellSize) -> (usize, usize) {
    let (columns, rows) = (usize::from(columns), usize::from(rows));
    match protocol {
        Protocol::HalfBlock => (columns, 2 * rows),
        Protocol::None => (0, 0),
        Protocol::Kitty | Protocol::Iterm2 | Protocol::Sixel => (
            columns * usize::from(cell.width),
            rows * usize::from(cell.height),
        ),
    }
}

/// Encodes a frame, whose pixels are those of the screen already (see [`pixels_for`]).
///
/// # Errors
/// [`Error::NotPossible`] for an empty frame or one that covers more than 65535 cells across.
pub fn encode(frame: &Frame, target: &Target) -> Result<Encoded> {
    let (columns, rows) = cells_of(frame, target)?;
    let made = match target.protocol {
        Protocol::Kitty => kitty::encode(frame, target)?,
        Protocol::Iterm2 => iterm2::encode(frame, target, columns, rows)?,
        Protocol::Sixel => sixel::encode(frame, target.registers),
        Protocol::HalfBlock => cells::encode(frame, target.depth),
        Protocol::None => Made {
            body: Body::Cells(CellPicture {
                width: 0,
                height: 0,
                cells: Vec::new(),
            }),
            colours: 0,
            lossless: false,
        },
    };
    let bytes = match &made.body {
        Body::Bytes(bytes) => bytes.len(),
        Body::Cells(_) => 0,
    };
    Ok(Encoded {
        body: made.body,
        protocol: target.protocol,
        id: target.id,
        columns,
        rows,
        pixels: [frame.width, frame.height],
        cell: target.cell,
        colours: made.colours,
        lossless: made.lossless,
        bytes,
    })
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
        Protocol::HalfBlock => (1, 2),
        Protocol::None => return Ok((0, 0)),
        _ => (
            usize::from(target.cell.width.max(1)),
            usize::from(target.cell.height.max(1)),
        ),
    };
    let columns = u16::try_from(frame.width.div_ceil(across)).map_err(|_| impossible())?;
    let rows = u16::try_from(frame.height.div_ceil(down)).map_err(|_| impossible())?;
    Ok((columns, rows))
}

impl Encoded {
    /// Everything that draws the picture at the cursor; nothing for cells.
    pub fn drawing(&self) -> Vec<u8> {
        let Body::Bytes(bytes) = &self.body else {
            return Vec::new();
        };
        let mut drawing = bytes.clone();
        if self.protocol == Protocol::Kitty {
            let all = Rect::new(0, 0, self.columns, self.rows);
            drawing.extend(kitty::place(self.id, 1, &self.piece(all)));
        }
        drawing
    }

    /// The part of the picture under these of its cells.
    pub fn piece(&self, cells: Rect) -> kitty::Piece {
        let cell = [usize::from(self.cell.width), usize::from(self.cell.height)];
        let first = [usize::from(cells.x), usize::from(cells.y)];
        let many = [cells.width, cells.height];
        let from = [0, 1].map(|i| first[i] * cell[i]);
        let wanted = [0, 1].map(|i| usize::from(many[i]) * cell[i]);
        let size = [0, 1].map(|i| wanted[i].min(self.pixels[i].saturating_sub(from[i])));
        // A piece that ends inside a cell keeps its own size: stretching would blur every pixel.
        kitty::Piece {
            from,
            size,
            cells: (size == wanted).then_some(many),
        }
    }

    /// Puts the picture into the text screen at the top left of `area`: cells are painted, and for
    /// bytes the cells are blanked and marked as not the text's, so that the painter leaves them to
    /// the picture. What is drawn over it later by a widget that resets its cells lies on top.
    pub fn place(&self, area: Rect, buffer: &mut Buffer) -> Rect {
        let covered = Rect::new(
            area.x,
            area.y,
            self.columns.min(area.width),
            self.rows.min(area.height),
        )
        .intersection(buffer.area);
        match &self.body {
            Body::Cells(picture) => picture.paint(covered, buffer),
            Body::Bytes(_) => {
                for position in covered.positions() {
                    buffer[position].reset();
                    buffer[position].set_diff_option(CellDiffOption::Skip);
                }
            }
        }
        covered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_later_ones_are_told_apart_from_wrong_ones() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::parse(protocol.as_str()), Ok(Some(protocol)));
        }
        assert_eq!(Protocol::parse("auto"), Ok(None));
        let later =
            Protocol::parse("octant").map_or_else(|error| error.to_string(), |_| String::new());
        let wrong =
            Protocol::parse("regis").map_or_else(|error| error.to_string(), |_| String::new());
        assert!(
            later.contains("'octant'") && later.contains("half-block"),
            "{later}"
        );
        assert!(
            wrong.contains("'regis'") && wrong.contains("half-block"),
            "{wrong}"
        );
        assert_ne!(later.replace("octant", ""), wrong.replace("regis", ""));
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(CellSize::parse("8x16"), Ok(CellSize::default()));
        assert_eq!(parse_size("100x30"), Ok((100, 30)));
        for bad in ["", "8", "0x4", "8x", "-1x2", "99999x2"] {
            assert!(
                CellSize::parse(bad).is_err() && parse_size(bad).is_err(),
                "{bad}"
            );
        }
    }
}
