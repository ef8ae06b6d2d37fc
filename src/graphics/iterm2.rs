//! iTerm2's inline files: one PNG or JPEG in one OSC 1337, sized in cells.
//!
//! <https://iterm2.com/documentation-images.html>. There are no numbers and no deletion: writing
//! text over it is the only way to take it away. The cursor stays (`doNotMoveCursor`, iTerm2 and
//! `WezTerm`); a terminal that moves it all the same is put right by the painter's next move.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ladder::{self, Ask, Coded, Formats, Limits};
use super::{Body, Made, Target, png};
use crate::Result;
use crate::cancel::Cancel;
use crate::view::Frame;

/// Encodes a frame that covers `columns` x `rows` cells.
pub(crate) fn encode(frame: &Frame, target: &Target, cells: [u16; 2]) -> Result<Made> {
    let picture = png::encode(frame, target.effort, &Cancel::never())?;
    Ok(Made {
        body: Body::Bytes(inline(&picture.bytes, &sizes(frame, target, cells))),
        colours: picture.colours,
        lossless: picture.lossless,
    })
}

/// Codes a frame at a rung of the ladder, to cover `columns` x `rows` cells.
pub(crate) fn code(
    frame: &Frame,
    target: &Target,
    cells: [u16; 2],
    limits: &Limits<'_>,
) -> Result<Coded> {
    let sizes = sizes(frame, target, cells);
    ladder::code(&Ask {
        frame,
        covered: [frame.width, frame.height],
        limits,
        effort: target.effort,
        formats: Formats::PngAndJpeg,
        wire: &|file| head(file, &sizes).len() + file.div_ceil(3) * 4 + 1,
    })
}

/// The escape sequence that shows a file at the cursor.
pub(crate) fn inline(file: &[u8], sizes: &[String; 2]) -> Vec<u8> {
    let mut out = head(file.len(), sizes);
    STANDARD.encode_string(file, &mut out);
    out.push('\x07');
    out.into_bytes()
}

/// What is said before a file of so many bytes.
fn head(file: usize, [width, height]: &[String; 2]) -> String {
    format!(
        "\x1b]1337;File=inline=1;size={file};width={width};height={height};preserveAspectRatio=0;doNotMoveCursor=1:"
    )
}

/// Width and height as they are said.
pub(crate) fn sizes(frame: &Frame, target: &Target, [columns, rows]: [u16; 2]) -> [String; 2] {
    [
        size(frame.width, columns, target.cell.width),
        size(frame.height, rows, target.cell.height),
    ]
}

/// Whole cells are said in cells, so that the picture fills them whatever the terminal's idea of a
/// pixel is; a frame that ends inside a cell is said in pixels.
fn size(pixels: usize, cells: u16, cell: u16) -> String {
    if pixels == usize::from(cells) * usize::from(cell) {
        cells.to_string()
    } else {
        format!("{pixels}px")
    }
}
