//! Kitty's graphics protocol: PNG in chunks, placed whole or in pieces, deleted by its number.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/>. Sending a number again that is shown removes
//! the picture first (kitty#8701): a new picture takes a new number, and the old one is deleted after.
//! Pictures lie above the cells, and text over one is left free by placing it in pieces around the
//! text: pictures under the cells leave ghosts in kitty 0.26, and their text no background.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answers, Body, Made, Placement, Target, png};
use crate::Result;
use crate::view::Frame;

/// Most base64 bytes in one escape sequence.
pub const CHUNK: usize = 4096;

/// Encodes a frame: sends it, and shows nothing yet.
pub(crate) fn encode(frame: &Frame, target: &Target) -> Result<Made> {
    let picture = png::encode(frame, target.effort)?;
    Ok(Made {
        body: Body::Bytes(transmit(&picture.bytes, target.id, target.answers)),
        colours: picture.colours,
        lossless: picture.lossless,
    })
}

/// Sends a PNG file for later placements.
pub fn transmit(png: &[u8], id: u32, answers: Answers) -> Vec<u8> {
    let text = STANDARD.encode(png);
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(CHUNK).collect();
    let mut out = Vec::with_capacity(text.len() + 16 * chunks.len() + 80);
    for (number, chunk) in chunks.iter().enumerate() {
        let more = u8::from(number + 1 < chunks.len());
        out.extend_from_slice(b"\x1b_G");
        if number == 0 {
            write(&mut out, format_args!("a=t,f=100,i={id},"));
        }
        match answers {
            Answers::Silent => out.extend_from_slice(b"q=2,"),
            Answers::Errors => out.extend_from_slice(b"q=1,"),
            Answers::Acknowledged => {}
        }
        write(&mut out, format_args!("m={more};"));
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
    }
    out
}

/// Ends a transmission in the middle: the terminal refuses what it has, and says nothing of it.
pub fn cut_off() -> Vec<u8> {
    b"\x1b_Gm=0,q=2;\x1b\\".to_vec()
}

/// Bytes up to the end of the first escape sequence.
pub fn first_command(bytes: &[u8]) -> usize {
    let end = bytes.windows(2).position(|two| two == b"\x1b\\");
    end.map_or(bytes.len(), |at| at + 2)
}

/// Shows a part of a picture at the cursor, which does not move. `name`, from 1, tells the places of
/// one picture apart: placing again under the same name moves it. The terminal answers when it has
/// lost the picture.
pub fn place(placement: &Placement, name: usize) -> Vec<u8> {
    let ([x, y, w, h], cells) = (placement.source, placement.cells);
    let mut out = Vec::with_capacity(80);
    write(
        &mut out,
        format_args!("\x1b_Ga=p,i={},p={name}", placement.id),
    );
    for (key, value, usual) in [("x", x, 0), ("y", y, 0)] {
        if value != usual {
            write(&mut out, format_args!(",{key}={value}"));
        }
    }
    let (columns, rows) = (cells.width, cells.height);
    write(
        &mut out,
        format_args!(",w={w},h={h},c={columns},r={rows},C=1,q=1"),
    );
    if placement.layer > 0 {
        write(&mut out, format_args!(",z={}", placement.layer));
    }
    out.extend_from_slice(b"\x1b\\");
    out
}

/// Shows a whole picture at the cursor, pixel by pixel.
pub fn place_as_it_is(id: u32) -> Vec<u8> {
    format!("\x1b_Ga=p,i={id},p=1,C=1,q=2\x1b\\").into_bytes()
}

/// Takes one placement off the screen.
pub fn displace(id: u32, placement: usize) -> Vec<u8> {
    format!("\x1b_Ga=d,d=i,i={id},p={placement},q=2\x1b\\").into_bytes()
}

/// Takes the picture off the screen and out of the terminal's memory.
pub fn delete(id: u32) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,i={id},q=2\x1b\\").into_bytes()
}

/// Writing into memory cannot fail.
fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
