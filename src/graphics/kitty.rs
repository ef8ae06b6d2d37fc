//! Kitty's graphics protocol: PNG in chunks, placed under the text, deleted by its number.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/>. A picture has its own number and exactly one
//! placement (`p=1`), so placing again moves it. Sending a number again that is shown removes the
//! picture first (kitty#8701): a new picture takes a new number, and the old one is deleted after.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answers, Body, Made, Target, png};
use crate::Result;
use crate::view::Frame;

/// Most base64 bytes in one escape sequence.
pub const CHUNK: usize = 4096;

/// Depth of pictures: below this, cells with a background of their own hide them, and not only
/// their text (the protocol's `INT32_MIN / 2`), so that pop-ups lie on top.
const Z: i32 = i32::MIN / 2 - 1;

/// Encodes a frame that covers `columns` x `rows` cells.
pub(crate) fn encode(frame: &Frame, target: &Target, columns: u16, rows: u16) -> Result<Made> {
    let picture = png::encode(frame, target.effort)?;
    let whole = frame.width == usize::from(columns) * usize::from(target.cell.width)
        && frame.height == usize::from(rows) * usize::from(target.cell.height);
    // A frame that ends inside a cell keeps its own size: stretching it would blur every pixel.
    let cells = whole.then_some((columns, rows));
    Ok(Made {
        body: Body::Bytes(transmit(&picture.bytes, target.id, cells, target.answers)),
        colours: picture.colours,
        lossless: picture.lossless,
    })
}

/// Sends a PNG file and shows it at the cursor, which does not move; `cells` are the columns and
/// rows that it fills, its own size without.
pub fn transmit(png: &[u8], id: u32, cells: Option<(u16, u16)>, answers: Answers) -> Vec<u8> {
    let text = STANDARD.encode(png);
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(CHUNK).collect();
    let mut out = Vec::with_capacity(text.len() + 16 * chunks.len() + 80);
    for (number, chunk) in chunks.iter().enumerate() {
        let more = u8::from(number + 1 < chunks.len());
        out.extend_from_slice(b"\x1b_G");
        if number == 0 {
            write(&mut out, format_args!("a=T,f=100,i={id},p=1,z={Z},C=1,"));
            if let Some((columns, rows)) = cells {
                write(&mut out, format_args!("c={columns},r={rows},"));
            }
        }
        if answers == Answers::Silent {
            out.extend_from_slice(b"q=2,");
        }
        write(&mut out, format_args!("m={more};"));
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
    }
    out
}

/// Shows the picture that the terminal holds at the cursor instead of where it is.
pub fn place(id: u32, cells: Option<(u16, u16)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    write(&mut out, format_args!("\x1b_Ga=p,i={id},p=1,z={Z},C=1,q=2"));
    if let Some((columns, rows)) = cells {
        write(&mut out, format_args!(",c={columns},r={rows}"));
    }
    out.extend_from_slice(b"\x1b\\");
    out
}

/// Takes the picture off the screen and out of the terminal's memory.
pub fn delete(id: u32) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,i={id},q=2\x1b\\").into_bytes()
}

/// Writing into memory cannot fail.
fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
