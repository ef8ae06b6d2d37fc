//! iTerm2's inline files: one PNG in one OSC 1337, sized in cells.
//!
//! <https://iterm2.com/documentation-images.html>. There are no numbers and no deletion: writing
//! text over it is the only way to take it away. The cursor stays (`doNotMoveCursor`, iTerm2 and
//! `WezTerm`); a terminal that moves it all the same is put right by the painter's next move.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Body, Made, Target, png};
use crate::Result;
use crate::view::Frame;

/// Encodes a frame that covers `columns` x `rows` cells.
pub(crate) fn encode(frame: &Frame, target: &Target, columns: u16, rows: u16) -> Result<Made> {
    let picture = png::encode(frame, target.effort)?;
    let width = size(frame.width, columns, target.cell.width);
    let height = size(frame.height, rows, target.cell.height);
    let mut out = format!(
        "\x1b]1337;File=inline=1;size={};width={width};height={height};preserveAspectRatio=0;doNotMoveCursor=1:",
        picture.bytes.len()
    );
    STANDARD.encode_string(&picture.bytes, &mut out);
    out.push('\x07');
    Ok(Made {
        body: Body::Bytes(out.into_bytes()),
        colours: picture.colours,
        lossless: picture.lossless,
    })
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
