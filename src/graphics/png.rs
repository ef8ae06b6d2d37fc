//! Frames as PNG in the fewest bytes: grey where all is grey, else a palette of the colours used, each
//! in the fewest bits, without any chunk that is not needed.
//!
//! On a fast terminal the `png` crate packs in milliseconds. For a line several ways of foretelling
//! rows are estimated and the best are packed by [`deflate`].

use ::png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::reduced::Few;
use super::rows::{Row, Way, foretold};
use super::{Effort, deflate, palette};
use crate::cancel::Cancel;
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
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::NotPossible`] where the file cannot be made.
pub(crate) fn encode(frame: &Frame, effort: Effort, cancel: &Cancel) -> Result<Png> {
    let reduced = palette::reduce(frame, 256);
    let (colours, lossless) = (reduced.palette.len(), reduced.exact);
    let size = [frame.width, frame.height];
    let palette_bits = index_depth(colours);
    let grey = is_grey(&reduced.palette).then(|| grey_depth(&reduced.palette));
    let image = match (grey, &frame.pixels) {
        (Some(8), Pixels::Grey(grey)) if palette_bits == 8 => Image::grey(size, 8, grey.clone()),
        // Few levels that are not evenly spaced cost fewer bits as a palette.
        (Some(bits), _) if bits <= palette_bits => {
            let step = 255 / ((1_u16 << bits) - 1) as u8;
            let levels: Vec<u8> = reduced.palette.iter().map(|c| c[0] / step).collect();
            let values = reduced.indices.iter().map(|i| levels[usize::from(*i)]);
            Image::grey(size, bits, values.collect())
        }
        _ => Image {
            size,
            colour: ColorType::Indexed,
            bits: palette_bits,
            palette: reduced.palette.concat(),
            clear: None,
            values: reduced.indices,
        },
    };
    Ok(Png {
        bytes: image.file(effort, cancel)?,
        colours,
        lossless,
    })
}

/// Encodes every colour of the frame, in three bytes a pixel where a palette does not hold them.
///
/// # Errors
/// As [`encode`].
pub(crate) fn encode_all(frame: &Frame, effort: Effort, cancel: &Cancel) -> Result<Png> {
    let picture = match &frame.pixels {
        Pixels::Rgb(pixels) if !palette::fits(pixels, 256) => pixels,
        _ => return encode(frame, effort, cancel),
    };
    let image = Image {
        colour: ColorType::Rgb,
        ..Image::grey(
            [frame.width, frame.height],
            8,
            picture.as_flattened().to_vec(),
        )
    };
    Ok(Png {
        bytes: image.file(effort, cancel)?,
        colours: palette::count(picture),
        lossless: true,
    })
}

/// Bytes that a picture of few colours takes, roughly: for comparing codings with each other.
pub(crate) fn estimate(few: &Few) -> usize {
    let ways: &[Way] = if few.palette.len() > MANY {
        &[Way::All(Row::None), Way::All(Row::Paeth), Way::LeastEntropy]
    } else {
        &[Way::All(Row::None)]
    };
    let image = Image::indexed(few, few_depth(few) > 2);
    let each = ways.iter().map(|way| deflate::estimate(&image.rows(*way)));
    FRAMING + image.palette.len() + each.min().unwrap_or(0)
}

/// Packs a picture of few colours: the smallest of what the effort looks at.
///
/// # Errors
/// As [`encode`].
pub(crate) fn pack_few(few: &Few, effort: Effort, cancel: &Cancel) -> Result<Vec<u8>> {
    let [bits, bytes] = [false, true].map(|bytes| Image::indexed(few, bytes));
    if effort == Effort::Fast {
        return bits.quick();
    }
    let levels = Image::levels(few);
    let none = &Way::ALL[..1];
    let mut forms = vec![(&bits, none)];
    if few.palette.len() > MANY || effort == Effort::Least {
        forms.push((&bytes, &Way::ALL[..Way::ALL.len() - 1]));
    } else if bits.bits > 2 {
        forms.push((&bytes, none));
    }
    forms.extend(levels.iter().map(|levels| (levels, none)));
    smallest(&forms, effort, cancel)
}

/// More colours than this are foretold from their neighbours with profit.
const MANY: usize = 16;

/// Pixels of a picture that is small enough to be packed twice as dearly as possible.
const SMALL: usize = 150_000;

/// More bytes than this, some half a million pixels, are packed with no more than small effort.
const LARGE: usize = 600_000;

/// The smallest file among several forms of the same picture, as far as the effort looks.
fn smallest(forms: &[(&Image, &[Way])], effort: Effort, cancel: &Cancel) -> Result<Vec<u8>> {
    cancel.check()?;
    let each = forms
        .iter()
        .flat_map(|(image, ways)| ways.iter().map(move |way| (*image, *way)));
    let each: Vec<(&Image, Way)> = each.collect();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
    let estimated = |(image, way): &(&Image, Way)| {
        let rows = image.rows(*way);
        (image.palette.len() + deflate::estimate(&rows), rows)
    };
    // The dearest are last: shared out one by one they end together.
    let mut ranked: Vec<(usize, Vec<u8>, &Image)> = Vec::with_capacity(each.len());
    std::thread::scope(|scope| {
        let share = |first: usize| {
            let (each, estimated) = (&each, &estimated);
            move || -> Vec<(usize, Vec<u8>, &Image)> {
                let mine = each.iter().skip(first).step_by(threads);
                mine.map(|one| {
                    let (bytes, rows) = estimated(one);
                    (bytes, rows, one.0)
                })
                .collect()
            }
        };
        let workers: Vec<_> = (0..threads)
            .map(|first| scope.spawn(share(first)))
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(some) => ranked.extend(some),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    cancel.check()?;
    ranked.sort_by_key(|(bytes, ..)| *bytes);
    if effort == Effort::Least {
        ranked.truncate(2);
        for (bytes, rows, image) in &mut ranked {
            *bytes = image.palette.len() + deflate::pack(rows, Effort::Small, cancel)?.len();
        }
        ranked.sort_by_key(|(bytes, ..)| *bytes);
    }
    let small = forms.iter().all(|(image, _)| image.values.len() < SMALL);
    ranked.truncate(if effort == Effort::Least && small {
        2
    } else {
        1
    });
    let mut best: Option<Vec<u8>> = None;
    for (_, rows, image) in ranked {
        let file = image.framed(&deflate::pack(&rows, effort, cancel)?)?;
        if best.as_ref().is_none_or(|best| file.len() < best.len()) {
            best = Some(file);
        }
    }
    Ok(best.unwrap_or_default())
}

/// Bytes of a PNG beside its data: signature, header, the frames of its data, and end.
const FRAMING: usize = 8 + 25 + 12 + 12;

/// Pixels as a file says them.
struct Image {
    size: [usize; 2],
    colour: ColorType,
    bits: u8,
    /// Colours, three bytes each; none but for an indexed picture.
    palette: Vec<u8>,
    /// The grey or the index that is clear.
    clear: Option<u8>,
    /// A byte a value, in rows.
    values: Vec<u8>,
}

impl Image {
    fn grey(size: [usize; 2], bits: u8, values: Vec<u8>) -> Self {
        Self {
            size,
            colour: ColorType::Grayscale,
            bits,
            palette: Vec::new(),
            clear: None,
            values,
        }
    }

    /// A picture of few colours by its indices, in whole bytes or in as many bits as they need.
    fn indexed(few: &Few, bytes: bool) -> Self {
        let beside = few.palette.len() as u8;
        let padded = few.sent != few.shown;
        let mut palette = few.palette.concat();
        palette.extend([0; 3].iter().filter(|_| padded));
        Self {
            size: few.sent,
            colour: ColorType::Indexed,
            bits: if bytes { 8 } else { few_depth(few) },
            palette,
            clear: padded.then_some(beside),
            values: few.filled(|i| i, beside),
        }
    }

    /// A grey picture of few levels by the levels themselves, which need no palette.
    fn levels(few: &Few) -> Option<Self> {
        if !is_grey(&few.palette) {
            return None;
        }
        let levels: Vec<u8> = few.palette.iter().map(|colour| colour[0]).collect();
        let padded = few.sent != few.shown;
        let clear = (0..=255)
            .find(|value| !levels.contains(value))
            .filter(|_| padded);
        let values = few.filled(|i| levels[usize::from(i)], clear.unwrap_or_default());
        Some(Self {
            clear,
            ..Self::grey(few.sent, 8, values)
        })
    }

    /// The rows before deflate.
    fn rows(&self, way: Way) -> Vec<u8> {
        let packed = self.packed();
        foretold(
            &packed,
            packed.len() / self.size[1].max(1),
            self.reach(),
            way,
        )
    }

    /// The values in their bits.
    fn packed(&self) -> Vec<u8> {
        pack(&self.values, self.size[0], self.bits)
    }

    /// Bytes from a pixel to the next.
    fn reach(&self) -> usize {
        if self.colour == ColorType::Rgb { 3 } else { 1 }
    }

    /// The file, as small as the effort makes it.
    fn file(&self, effort: Effort, cancel: &Cancel) -> Result<Vec<u8>> {
        if effort == Effort::Fast {
            return self.quick();
        }
        // Work is bounded by what there is to pack, not by a clock.
        let effort = match effort {
            Effort::Least if self.values.len() > LARGE => Effort::Small,
            effort => effort,
        };
        let ways: &[Way] = match effort {
            _ if self.bits < 8 => &Way::ALL[..1],
            Effort::Least => &Way::ALL,
            _ => &Way::ALL[..Way::ALL.len() - 1],
        };
        smallest(&[(self, ways)], effort, cancel)
    }

    /// The file around packed data.
    fn framed(&self, data: &[u8]) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(data.len() + FRAMING + self.palette.len() + 64);
        self.head(&mut bytes)
            .write_header()
            .and_then(|mut writer| {
                writer.write_chunk(::png::chunk::IDAT, data)?;
                writer.finish()
            })
            .map_err(failed)?;
        Ok(bytes)
    }

    /// The file by the crate's quick packer.
    fn quick(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = self.head(&mut bytes);
        encoder.set_compression(Compression::Fast);
        if self.colour == ColorType::Indexed || self.bits < 8 {
            // Neighbouring indices are not neighbouring colours: foretelling only costs.
            encoder.set_filter(Filter::NoFilter);
        }
        encoder
            .write_header()
            .and_then(|mut writer| {
                writer.write_image_data(&self.packed())?;
                writer.finish()
            })
            .map_err(failed)?;
        Ok(bytes)
    }

    fn head<'a>(&self, bytes: &'a mut Vec<u8>) -> Encoder<'a, &'a mut Vec<u8>> {
        let mut encoder = Encoder::new(bytes, self.size[0] as u32, self.size[1] as u32);
        encoder.set_color(self.colour);
        encoder.set_depth(match self.bits {
            1 => BitDepth::One,
            2 => BitDepth::Two,
            4 => BitDepth::Four,
            _ => BitDepth::Eight,
        });
        if self.colour == ColorType::Indexed {
            encoder.set_palette(self.palette.clone());
        }
        match (self.clear, self.colour) {
            (Some(clear), ColorType::Indexed) => {
                let mut alphas = vec![255; usize::from(clear)];
                alphas.push(0);
                encoder.set_trns(alphas);
            }
            (Some(clear), _) => encoder.set_trns(vec![0, clear]),
            (None, _) => {}
        }
        encoder
    }
}

/// Why a file could not be made.
fn failed(problem: impl std::fmt::Display) -> Error {
    Error::NotPossible {
        why: say(
            "graphics-png-failed",
            &[arg("why", &Safe::from_outside(&problem.to_string()))],
        ),
    }
}

fn is_grey(palette: &[[u8; 3]]) -> bool {
    palette.iter().all(|[r, g, b]| r == g && g == b)
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

/// The fewest bits of an index, with one for what is beside the frame.
fn few_depth(few: &Few) -> u8 {
    index_depth(few.palette.len() + usize::from(few.sent != few.shown))
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
