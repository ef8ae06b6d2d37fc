//! Kitty's graphics protocol: PNG in chunks, placed whole or in pieces, deleted by its number.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/>. Sending a number again that is shown removes
//! the picture first (kitty#8701): a new picture takes a new number, and the old one is deleted after.
//! Pictures lie above the cells, and text over one is left free by placing it in pieces around the
//! text: pictures under the cells leave ghosts in kitty 0.26, and their text no background.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ladder::{self, Ask, Coded, Formats, Limits};
use super::{Answers, Body, Made, Placement, Target, png};
use crate::Result;
use crate::cancel::Cancel;
use crate::view::Frame;

/// Most base64 bytes in one escape sequence: half of what the protocol allows, so that several are
/// under way at once on a slow line, and a key waits for none that is not.
pub const CHUNK: usize = 2048;

/// Encodes a frame: sends it, and shows nothing yet.
pub(crate) fn encode(frame: &Frame, target: &Target) -> Result<Made> {
    let picture = png::encode(frame, target.effort, &Cancel::never())?;
    Ok(Made {
        body: Body::Bytes(transmit(&picture.bytes, target.id, target.answers)),
        colours: picture.colours,
        lossless: picture.lossless,
    })
}

/// Codes a frame at a rung of the ladder, to cover `columns` x `rows` cells.
pub(crate) fn code(
    frame: &Frame,
    target: &Target,
    [columns, rows]: [u16; 2],
    limits: &Limits<'_>,
) -> Result<Coded> {
    // A terminal scales to whole cells only: what lies beside the frame is sent clear.
    let covered = [
        usize::from(columns) * usize::from(target.cell.width.max(1)),
        usize::from(rows) * usize::from(target.cell.height.max(1)),
    ];
    ladder::code(&Ask {
        frame,
        covered,
        limits,
        effort: target.effort,
        formats: Formats::Png,
        wire: &|file| wire(file, target.id, target.answers),
    })
}

/// What is said before the data of a picture's first chunk but for `m=1`, and of the others.
fn heads(id: u32, answers: Answers) -> [String; 2] {
    let quiet = match answers {
        Answers::Silent => "q=2",
        Answers::Errors => "q=1",
        Answers::Acknowledged => "",
    };
    // Transmission is the action unless another is said.
    let comma = if quiet.is_empty() { "" } else { "," };
    [format!("f=100,i={id}{comma}{quiet}"), quiet.to_owned()]
}

/// Sends a PNG file for later placements.
pub fn transmit(png: &[u8], id: u32, answers: Answers) -> Vec<u8> {
    let text = STANDARD.encode(png);
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(CHUNK).collect();
    let [first, others] = heads(id, answers);
    let mut out = Vec::with_capacity(wire(png.len(), id, answers));
    for (number, chunk) in chunks.iter().enumerate() {
        let more = number + 1 < chunks.len();
        let head = if number == 0 { &first } else { &others };
        out.extend_from_slice(b"\x1b_G");
        out.extend_from_slice(head.as_bytes());
        // The only chunk says nothing of more, and the last of many says that there are none.
        if chunks.len() > 1 {
            let comma = if head.is_empty() { "" } else { "," };
            write(&mut out, format_args!("{comma}m={}", u8::from(more)));
        }
        out.push(b';');
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
    }
    out
}

/// Bytes on the wire of a PNG file of so many bytes.
pub(crate) fn wire(file: usize, id: u32, answers: Answers) -> usize {
    let text = file.div_ceil(3) * 4;
    let chunks = text.div_ceil(CHUNK);
    let [first, others] = heads(id, answers).map(|head| head.len());
    let (escapes, more) = (6 * chunks, |head: usize| 3 + usize::from(head > 0));
    let said = first + (chunks.saturating_sub(1)) * others;
    let marks = match chunks {
        0 | 1 => 0,
        _ => more(first) + (chunks - 1) * more(others),
    };
    text + escapes + said + marks
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
    // A picture that is shown whole needs no size.
    if [x, y, w, h] != [0, 0, placement.of[0], placement.of[1]] {
        write(&mut out, format_args!(",w={w},h={h}"));
    }
    let (columns, rows) = (cells.width, cells.height);
    write(&mut out, format_args!(",c={columns},r={rows},C=1,q=1"));
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

/// Takes every placement off the screen; the terminal keeps the pictures.
pub const DISPLACE_ALL: &[u8] = b"\x1b_Ga=d,q=2\x1b\\";

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
