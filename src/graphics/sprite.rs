//! Small pictures with a transparent ground, to lie over others.

use super::Effort;
use crate::Result;
use crate::cancel::Cancel;
use crate::view::Frame;
use ::png::{BitDepth, ColorType, Compression, Encoder, Filter};

/// A PNG of every pixel of a frame, to lie over another.
///
/// # Errors
/// [`crate::Error::Cancelled`]; [`crate::Error::NotPossible`] where the file cannot be made.
pub fn inset_png(frame: &Frame, cancel: &Cancel) -> Result<Vec<u8>> {
    Ok(super::png::encode_all(frame, Effort::Fast, cancel)?.bytes)
}

/// A PNG of `width` columns from values 0 (transparent), 1 (black) and 2 (white), a byte a pixel.
pub fn sprite_png(pixels: &[u8], width: usize) -> Vec<u8> {
    let height = pixels.len() / width.max(1);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Two);
    encoder.set_palette(&[0, 0, 0, 0, 0, 0, 255, 255, 255][..]);
    encoder.set_trns(&[0, 255, 255][..]);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::NoFilter);
    let four = |four: &[u8]| {
        let bits = four.iter().enumerate();
        bits.fold(0, |byte, (at, value)| byte | (value & 3) << (6 - 2 * at))
    };
    let packed: Vec<u8> = pixels
        .chunks(width.max(1))
        .flat_map(|row| row.chunks(4).map(four))
        .collect();
    // Into memory it fails only for a size of nothing, which makes an empty picture.
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&packed)?;
        writer.finish()
    });
    if written.is_err() {
        bytes.clear();
    }
    bytes
}
