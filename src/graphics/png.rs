//! A frame as PNG in the fewest bits a pixel: grey of 1, 2, 4 or 8 bits where that is exact, else a
//! palette of the colours used.

use ::png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::reduced::Few;
use super::{Effort, deflate, palette};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

/// A picture as PNG.
pub(crate) struct Png {
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// Distinct colours.
    pub(crate) colours: usize,
    /// Whether every pixel kept its colour.
    pub(crate) lossless: bool,
}

/// Encodes the frame, reducing it to 256 colours when it has more.
pub(crate) fn encode(frame: &Frame, effort: Effort) -> Result<Png> {
    let reduced = palette::reduce(frame, 256);
    let colours = reduced.palette.len();
    let grey = reduced.palette.iter().all(|[r, g, b]| r == g && g == b);
    let grey_bits = grey.then(|| grey_depth(&reduced.palette));
    let palette_bits = index_depth(colours);
    let bytes = match grey_bits {
        // Few levels that are not evenly spaced cost fewer bits as a palette.
        Some(bits) if bits <= palette_bits => {
            let step = 255 / ((1_u16 << bits) - 1) as u8;
            let values = match (&frame.pixels, bits) {
                (Pixels::Grey(grey), 8) => grey.clone(),
                _ => reduced
                    .indices
                    .iter()
                    .map(|i| reduced.palette[usize::from(*i)][0] / step)
                    .collect(),
            };
            write(frame, ColorType::Grayscale, bits, &[], &values, effort)
        }
        _ => {
            let flat: Vec<u8> = reduced.palette.concat();
            write(
                frame,
                ColorType::Indexed,
                palette_bits,
                &flat,
                &reduced.indices,
                effort,
            )
        }
    }?;
    Ok(Png {
        bytes,
        colours,
        lossless: reduced.exact,
    })
}

/// The fewest bits in which these greys are exact.
fn grey_depth(palette: &[[u8; 3]]) -> u8 {
    let every = |step: u8| palette.iter().all(|colour| colour[0] % step == 0);
    if every(255) {
        1
    } else if every(85) {
        2
    } else if every(17) {
        4
    } else {
        8
    }
}

/// The bits of an index into so many colours.
fn index_depth(colours: usize) -> u8 {
    match colours {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    }
}

/// The crate's word for so many bits.
fn bit_depth(bits: u8) -> BitDepth {
    match bits {
        1 => BitDepth::One,
        2 => BitDepth::Two,
        4 => BitDepth::Four,
        _ => BitDepth::Eight,
    }
}

/// Writes the file.
fn write(
    frame: &Frame,
    colour: ColorType,
    bits: u8,
    palette: &[u8],
    values: &[u8],
    effort: Effort,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, frame.width as u32, frame.height as u32);
    encoder.set_color(colour);
    encoder.set_depth(bit_depth(bits));
    encoder.set_compression(match effort {
        Effort::Fast => Compression::Fast,
        Effort::Small | Effort::Least => Compression::High,
    });
    if colour == ColorType::Indexed || bits < 8 {
        // Neighbouring indices are not neighbouring colours: filters only cost.
        encoder.set_filter(Filter::NoFilter);
    }
    if !palette.is_empty() {
        encoder.set_palette(palette);
    }
    let packed = pack(values, frame.width, bits);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(&packed)?;
            writer.finish()
        })
        .map_err(failed)?;
    Ok(bytes)
}

/// Why a file could not be made.
pub(crate) fn failed(problem: impl std::fmt::Display) -> Error {
    Error::NotPossible {
        why: say(
            "graphics-png-failed",
            &[arg("why", &Safe::from_outside(&problem.to_string()))],
        ),
    }
}

/// Bytes that a picture of few colours takes, roughly: for comparing codings with each other.
pub(crate) fn estimate(few: &Few) -> usize {
    // Indices in bytes pack better than indices in bits, but where the bits are one or two.
    let bits = few_depth(few).min(8);
    let bits = if bits > 2 { 8 } else { bits };
    FRAMING + 3 * few.palette.len() + deflate::estimate(&raw(few, bits, Row::None))
}

/// Bytes of a PNG beside its data: signature, header, palette's and data's chunks, and end.
const FRAMING: usize = 8 + 25 + 12 + 12 + 12;

/// How a row of bytes is foretold from its neighbours, by PNG's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    None = 0,
    Sub = 1,
    Up = 2,
    Average = 3,
    Paeth = 4,
}

/// Packs a picture of few colours: the smallest of what the effort looks at.
pub(crate) fn pack_few(few: &Few, effort: Effort) -> Result<Vec<u8>> {
    let depth = few_depth(few);
    let mut ways = vec![(depth, Row::None)];
    if depth < 8 {
        ways.push((8, Row::None));
    }
    ways.extend([Row::Sub, Row::Up, Row::Average, Row::Paeth].map(|row| (8, row)));
    let mut ranked: Vec<(usize, Vec<u8>, u8)> = ways
        .into_iter()
        .map(|(bits, row)| {
            let data = raw(few, bits, row);
            (deflate::estimate(&data), data, bits)
        })
        .collect();
    ranked.sort_by_key(|(bytes, ..)| *bytes);
    ranked.truncate(match effort {
        Effort::Fast | Effort::Small => 1,
        Effort::Least => 3,
    });
    let mut best: Option<Vec<u8>> = None;
    for (_, data, bits) in ranked {
        let file = file(few, bits, &deflate::pack(&data, effort)?)?;
        if best.as_ref().is_none_or(|best| file.len() < best.len()) {
            best = Some(file);
        }
    }
    Ok(best.unwrap_or_default())
}

/// The fewest bits of an index, with one for what is beside the frame.
fn few_depth(few: &Few) -> u8 {
    index_depth(few.palette.len() + usize::from(few.sent != few.shown))
}

/// The rows of a picture as PNG has them before deflate, every row foretold the same way.
fn raw(few: &Few, bits: u8, row: Row) -> Vec<u8> {
    let [width, height] = few.sent;
    let beside = few.palette.len() as u8;
    let mut values = Vec::with_capacity(width * height);
    for line in few.indices.chunks(few.shown[0]) {
        values.extend_from_slice(line);
        values.resize(values.len() + width - few.shown[0], beside);
    }
    values.resize(width * height, beside);
    let packed = pack(&values, width, bits);
    let bytes = packed.len() / height;
    let mut out = Vec::with_capacity(packed.len() + height);
    let mut above = vec![0; bytes];
    for line in packed.chunks(bytes) {
        out.push(row as u8);
        foretell(row, line, &above, &mut out);
        above.copy_from_slice(line);
    }
    out
}

/// What is left of a row of bytes after its foretelling.
fn foretell(row: Row, line: &[u8], above: &[u8], out: &mut Vec<u8>) {
    let left = |line: &[u8], x: usize| if x == 0 { 0 } else { line[x - 1] };
    out.extend(line.iter().enumerate().map(|(x, value)| {
        let (a, b, c) = (left(line, x), above[x], left(above, x));
        value.wrapping_sub(match row {
            Row::None => 0,
            Row::Sub => a,
            Row::Up => b,
            Row::Average => a.midpoint(b),
            Row::Paeth => paeth(a, b, c),
        })
    }));
}

/// Paeth's predictor: of left, above and above left the nearest to `left + above - above left`.
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let [a_, b_, c_] = [a, b, c].map(i16::from);
    let away = |v: i16| (a_ + b_ - c_ - v).abs();
    if away(a_) <= away(b_) && away(a_) <= away(c_) {
        a
    } else if away(b_) <= away(c_) {
        b
    } else {
        c
    }
}

/// The file around a zlib stream of indices.
fn file(few: &Few, bits: u8, data: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(data.len() + FRAMING + 3 * few.palette.len() + 32);
    let mut encoder = Encoder::new(&mut bytes, few.sent[0] as u32, few.sent[1] as u32);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(bit_depth(bits));
    let mut palette = few.palette.concat();
    if few.sent != few.shown {
        palette.extend([0; 3]);
        let mut clear = vec![255; few.palette.len()];
        clear.push(0);
        encoder.set_trns(clear);
    }
    encoder.set_palette(palette);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_chunk(::png::chunk::IDAT, data)?;
            writer.finish()
        })
        .map_err(failed)?;
    Ok(bytes)
}

/// Packs values below `1 << bits` into bytes, the first in the highest bits; rows start on a byte.
fn pack(values: &[u8], width: usize, bits: u8) -> Vec<u8> {
    if bits == 8 {
        return values.to_vec();
    }
    let each = 8 / usize::from(bits);
    values
        .chunks(width.max(1))
        .flat_map(|row| row.chunks(each))
        .map(|group| {
            let shifted = group
                .iter()
                .enumerate()
                .map(|(i, v)| v << (8 - usize::from(bits) * (i + 1)));
            shifted.fold(0, |byte, v| byte | v)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_exact_bits_are_taken() {
        let depth = |values: &[u8]| grey_depth(&values.iter().map(|v| [*v; 3]).collect::<Vec<_>>());
        assert_eq!(depth(&[0, 255]), 1);
        assert_eq!(depth(&[0, 85, 170]), 2);
        assert_eq!(depth(&[17, 34]), 4);
        assert_eq!(depth(&[1]), 8);
    }

    #[test]
    fn rows_start_on_a_byte() {
        assert_eq!(pack(&[1, 0, 1, 1, 1, 1], 3, 1), [0b1010_0000, 0b1110_0000]);
        assert_eq!(pack(&[3, 1, 2, 0, 1], 5, 2), [0b1101_1000, 0b0100_0000]);
        assert_eq!(pack(&[15, 1, 7], 3, 4), [0xf1, 0x70]);
    }
}
