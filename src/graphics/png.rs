//! A frame as PNG in the fewest bits a pixel: grey of 1, 2, 4 or 8 bits where that is exact, else a
//! palette of the colours used.

use ::png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::{Effort, palette};
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
    encoder.set_depth(match bits {
        1 => BitDepth::One,
        2 => BitDepth::Two,
        4 => BitDepth::Four,
        _ => BitDepth::Eight,
    });
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
        .map_err(|problem| Error::NotPossible {
            why: say(
                "graphics-png-failed",
                &[arg("why", &Safe::from_outside(&problem.to_string()))],
            ),
        })?;
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
