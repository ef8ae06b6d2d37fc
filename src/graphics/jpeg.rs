//! Frames as baseline JPEG, for terminals that take it: the least quality that reaches a similarity,
//! or the most that fits.
//!
//! ITU-T T.81. Grey frames have one channel; the Huffman tables are made for the picture. Baseline,
//! not progressive: at these sizes the scans cost more than they save.

use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};

use super::Effort;
use super::reduced::luminance;
use super::ssim::Reference;
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

/// A file and how similar to the frame it looks.
pub(crate) struct Jpeg {
    pub(crate) file: Vec<u8>,
    pub(crate) similarity: f64,
}

/// The frame's pixels as the encoder takes them.
pub(crate) struct Raw {
    size: [u16; 2],
    colour: ColorType,
    bytes: Vec<u8>,
}

impl Raw {
    /// `None` for a frame that is too large for JPEG, and for one whose colours mean something: JPEG
    /// mixes them at every border, and between two materials a third would show.
    pub(crate) fn of(frame: &Frame) -> Option<Self> {
        let size = [frame.width, frame.height].map(u16::try_from);
        let [Ok(width), Ok(height)] = size else {
            return None;
        };
        let (colour, bytes) = match &frame.pixels {
            Pixels::Grey(grey) => (ColorType::Luma, grey.clone()),
            Pixels::Indexed { palette, indices } => {
                let grey = |i: &u8| match palette.get(usize::from(*i)).copied().unwrap_or_default()
                {
                    [r, g, b] if r == g && g == b => Some(r),
                    _ => None,
                };
                (
                    ColorType::Luma,
                    indices.iter().map(grey).collect::<Option<_>>()?,
                )
            }
            Pixels::Rgb(colours) => of_colours(colours),
        };
        Some(Self {
            size: [width, height],
            colour,
            bytes,
        })
    }

    /// The file at a quality of `1..=100`.
    ///
    /// # Errors
    /// [`Error::NotPossible`] where the encoder fails.
    pub(crate) fn encode(&self, quality: u8, table: &QuantizationTableType) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, quality);
        encoder.set_quantization_tables(table.clone(), table.clone());
        encoder.set_optimized_huffman_tables(true);
        // Luminance of saturated colours depends on chroma: subsampled, it is not alike enough at any
        // quality.
        encoder.set_sampling_factor(SamplingFactor::F_1_1);
        let [width, height] = self.size;
        encoder
            .encode(&self.bytes, width, height, self.colour)
            .map_err(failed)?;
        Ok(file)
    }

    /// The file and its similarity from every `every`-th row of windows.
    fn judged(&self, quality: u8, reference: &Reference<'_>, every: usize) -> Result<Jpeg> {
        let file = self.encode(quality, &QuantizationTableType::Default)?;
        let similarity = similarity(&file, reference, every)?;
        Ok(Jpeg { file, similarity })
    }

    /// The file at the quality that is meant for every pixel.
    ///
    /// # Errors
    /// As [`Raw::encode`].
    pub(crate) fn every_pixel(&self, reference: &Reference<'_>) -> Result<Jpeg> {
        self.judged(EVERY_PIXEL, reference, 1)
    }

    /// The smallest file of this similarity; `None` where no quality reaches it.
    ///
    /// # Errors
    /// As [`Raw::encode`]; [`Error::Cancelled`].
    pub(crate) fn reaching(
        &self,
        wanted: f64,
        reference: &Reference<'_>,
        effort: Effort,
        cancel: &Cancel,
    ) -> Result<Option<Jpeg>> {
        let every = usize::from(self.size[1] / 64).max(1);
        let tables: &[QuantizationTableType] = match effort {
            Effort::Least => &TABLES,
            _ => &TABLES[..1],
        };
        let mut best: Option<Jpeg> = None;
        for table in tables {
            let (mut low, mut high) = (LEAST, MOST + 1);
            while low < high {
                cancel.check()?;
                let middle = low.midpoint(high);
                let file = self.encode(middle, table)?;
                // A coarse look may be a little too kind.
                if similarity(&file, reference, every)? >= wanted + 0.0005 {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            for quality in (high..=MOST).take(3) {
                let file = self.encode(quality, table)?;
                if best
                    .as_ref()
                    .is_some_and(|best| best.file.len() <= file.len())
                {
                    break;
                }
                let similarity = similarity(&file, reference, 1)?;
                if similarity >= wanted {
                    best = Some(Jpeg { file, similarity });
                    break;
                }
            }
        }
        Ok(best)
    }

    /// The best file that fits; `None` where none does.
    ///
    /// # Errors
    /// As [`Raw::reaching`].
    pub(crate) fn fitting(
        &self,
        fits: impl Fn(usize) -> bool,
        reference: &Reference<'_>,
        cancel: &Cancel,
    ) -> Result<Option<Jpeg>> {
        let (mut low, mut high) = (LEAST - 1, MOST);
        while low < high {
            cancel.check()?;
            let middle = low + (high - low).div_ceil(2);
            if fits(self.encode(middle, &QuantizationTableType::Default)?.len()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if low < LEAST {
            return Ok(None);
        }
        self.judged(low, reference, 1).map(Some)
    }
}

/// Qualities that are tried.
const LEAST: u8 = 2;
const MOST: u8 = 97;
/// The quality of a picture that has every pixel.
const EVERY_PIXEL: u8 = 80;

/// Quantisation tables that are tried, the standard's own first.
const TABLES: [QuantizationTableType; 3] = [
    QuantizationTableType::Default,
    QuantizationTableType::DentalXRays,
    QuantizationTableType::VisualDetectionModel,
];

/// Greys where all are grey, else colours.
fn of_colours(colours: &[[u8; 3]]) -> (ColorType, Vec<u8>) {
    if colours.iter().all(|[r, g, b]| r == g && g == b) {
        return (ColorType::Luma, colours.iter().map(|c| c[0]).collect());
    }
    (ColorType::Rgb, colours.as_flattened().to_vec())
}

/// How similar the decoded file is.
fn similarity(file: &[u8], reference: &Reference<'_>, every: usize) -> Result<f64> {
    let decoded = image::load_from_memory_with_format(file, image::ImageFormat::Jpeg);
    let shown: Vec<u8> = match decoded.map_err(failed)? {
        image::DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        other => other
            .to_rgb8()
            .pixels()
            .map(|pixel| luminance(pixel.0))
            .collect(),
    };
    let width = reference.width();
    Ok(reference.similarity(every, |y| &shown[y * width..(y + 1) * width]))
}

/// Why a file could not be made.
fn failed(problem: impl std::fmt::Display) -> Error {
    Error::NotPossible {
        why: say(
            "graphics-jpeg-failed",
            &[arg("why", &Safe::from_outside(&problem.to_string()))],
        ),
    }
}
