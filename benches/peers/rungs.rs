//! Bytes, similarity and time of every rung for pictures from files, and of lossless tiles.
//!
//! `cargo run --release --example rungs -- [--protocol P] [--effort E] FILE...` prints a line for each
//! rung (of the one named by RUNG, where it is set); `tiles` are what the console sends of a pane of 100 x 30 cells: 256 x 128 pixels or so each.

#![allow(missing_docs)]

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use xamine::cancel::Cancel;
use xamine::graphics::{
    Answers, Body, CellSize, Depth, Effort, Encoded, Protocol, Rung, Target, code, similarity,
};
use xamine::view::{Frame, Pixels};

/// Cells of a tile on a slow line, as the scheduler cuts them.
const TILE: usize = 288;

type Failure = Box<dyn std::error::Error>;

/// A picture of 8 bits as it is in its file.
fn read(path: &str) -> Result<Frame, Failure> {
    let picture = image::open(path)?;
    let pixels = if picture.color().has_color() {
        Pixels::Rgb(picture.to_rgb8().pixels().map(|pixel| pixel.0).collect())
    } else {
        Pixels::Grey(picture.to_luma8().into_raw())
    };
    Ok(Frame {
        width: picture.width() as usize,
        height: picture.height() as usize,
        pixels,
    })
}

/// The file inside the escape sequences of kitty and iTerm2.
fn file(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let text = std::str::from_utf8(bytes)?;
    let mark = if text.starts_with("\x1b_G") { ';' } else { ':' };
    let parts = text.split(['\x1b', '\x07']);
    let data = parts.filter_map(|part| part.rsplit_once(mark));
    Ok(STANDARD.decode(data.map(|(_, data)| data).collect::<String>())?)
}

/// What the terminal shows, scaled to the nearest pixel; `None` for sixels and cells.
fn shown(encoded: &Encoded) -> Result<Option<Frame>, Failure> {
    let Body::Bytes(bytes) = &encoded.body else {
        return Ok(None);
    };
    if encoded.protocol == Protocol::Sixel {
        return Ok(None);
    }
    let picture = image::load_from_memory(&file(bytes)?)?.to_rgb8();
    let [width, height] = encoded.pixels;
    let whole = encoded.sent == encoded.pixels || encoded.protocol == Protocol::Iterm2;
    let covered = if whole {
        [width, height]
    } else {
        [width.div_ceil(8) * 8, height.div_ceil(16) * 16]
    };
    let at = |axis: usize, pixel: usize| {
        ((2 * pixel + 1) * encoded.sent[axis] / (2 * covered[axis])) as u32
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = places.map(|(x, y)| picture.get_pixel(at(0, x), at(1, y)).0);
    Ok(Some(Frame {
        width,
        height,
        pixels: Pixels::Rgb(pixels.collect()),
    }))
}

fn target(protocol: Protocol, effort: Effort) -> Target {
    Target {
        protocol,
        cell: CellSize::default(),
        depth: Depth::True,
        registers: 256,
        id: 1,
        effort,
        answers: Answers::Acknowledged,
    }
}

/// The edges of so many parts of a length in cells, in pixels.
fn edges(cells: usize, parts: usize, cell: usize) -> Vec<[usize; 2]> {
    let edge = |part: usize| cells * part / parts * cell;
    (0..parts)
        .map(|part| [edge(part), edge(part + 1)])
        .collect()
}

/// The tiles of a frame, as square as whole numbers allow.
fn tiles(frame: &Frame) -> Vec<Frame> {
    let cells = [frame.width.div_ceil(8), frame.height.div_ceil(16)];
    let count = (cells[0] * cells[1]).div_ceil(TILE) as f64;
    let shape = cells[0] as f64 / (cells[1] as f64 * 2.0);
    let across = (count * shape).sqrt().round().clamp(1.0, count);
    let down = (count / across).ceil();
    let columns = edges(cells[0], across as usize, 8);
    let rows = edges(cells[1], down as usize, 16);
    let part =
        |x: &[usize; 2], y: &[usize; 2]| frame.crop([x[0], y[0]], [x[1] - x[0], y[1] - y[0]]);
    rows.iter()
        .flat_map(|y| columns.iter().map(move |x| part(x, y)))
        .collect()
}

fn main() -> Result<(), Failure> {
    let (mut protocol, mut effort) = (Protocol::Kitty, Effort::Least);
    let mut out = std::io::stdout().lock();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--protocol" => {
                let name = words.next().unwrap_or_default();
                protocol = Protocol::parse(&name)?.unwrap_or(protocol);
            }
            "--effort" => {
                effort = match words.next().as_deref() {
                    Some("fast") => Effort::Fast,
                    Some("small") => Effort::Small,
                    _ => Effort::Least,
                }
            }
            path => table(path, &target(protocol, effort), &mut out)?,
        }
    }
    Ok(())
}

fn table(path: &str, target: &Target, out: &mut impl std::io::Write) -> Result<(), Failure> {
    let frame = read(path)?;
    let made = |frame: &Frame, rung| code(frame, target, rung, None, &Cancel::never());
    let only = std::env::var("RUNG").ok();
    let wanted = |rung: &Rung| match only.as_deref() {
        Some(only) => rung.as_str() == only,
        None => *rung > Rung::Q0,
    };
    for rung in Rung::ALL.into_iter().filter(wanted) {
        let start = Instant::now();
        let encoded = made(&frame, rung)?;
        let took = start.elapsed().as_secs_f64() * 1e3;
        let like = shown(&encoded)?.and_then(|shown| similarity(&frame, &shown));
        let like = like.map_or(String::new(), |like| format!("{like:.4}"));
        let Encoded {
            rung: reached,
            bytes,
            sent: [width, height],
            colours,
            ..
        } = encoded;
        writeln!(
            out,
            "{path} {rung} {reached} {bytes} bytes {like} {took:.0} ms {width}x{height} {colours}"
        )?;
    }
    if only.is_some_and(|only| only != "tiles") {
        return Ok(());
    }
    let start = Instant::now();
    let (mut many, mut bytes) = (0, 0);
    for tile in tiles(&frame) {
        many += 1;
        bytes += made(&tile, Rung::Q5)?.bytes;
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    writeln!(out, "{path} tiles {many} {bytes} bytes {took:.0} ms")?;
    Ok(())
}
