//! Frames as baseline JPEG, for terminals that take it: the least quality that reaches a similarity,
//! or the most that fits.
//!
//! ITU-T T.81. Grey frames have one channel; the Huffman tables are made for the picture. Baseline,
//! not progressive: at these sizes the scans cost more than they save.
//!
//! Similarity is that of luminance, but colours say something: what differs only in colour is told
//! half as finely across, as the mean of two pixels, and a quarter more coarsely, and never more
//! coarsely than [`COARSEST`]. Halved both ways, decoders disagree about scans of their own for each
//! channel (zune-jpeg, which `WezTerm` uses, shows other colours), so it is halved across only.

use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, QuantizationTableType, SamplingFactor,
};

use super::Effort;
use super::reduced::luminance;
use super::rung::Detail;
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
    pub(crate) detail: Detail,
}

/// The frame's pixels as the encoder takes them.
pub(crate) struct Raw {
    size: [u16; 2],
    colour: ColorType,
    bytes: Vec<u8>,
}

/// How finely what differs only in colour is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chroma {
    /// As finely as luminance.
    Full,
    /// Half as finely across, and a quarter more coarsely.
    Halved,
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
    fn encode(&self, quality: u8, form: &Form) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, quality);
        let Form { luminance, chroma } = form;
        match chroma {
            Chroma::Full => {
                encoder.set_quantization_tables(luminance.clone(), luminance.clone());
                encoder.set_sampling_factor(SamplingFactor::F_1_1);
            }
            Chroma::Halved => {
                encoder.set_quantization_tables(luminance.clone(), coarser(quality));
                encoder.set_sampling_factor(SamplingFactor::F_2_1);
                encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
            }
        }
        encoder.set_optimized_huffman_tables(true);
        let [width, height] = self.size;
        encoder
            .encode(&self.bytes, width, height, self.colour)
            .map_err(failed)?;
        Ok(file)
    }

    /// The file and its similarity.
    fn judged(&self, quality: u8, form: &Form, reference: &Reference<'_>) -> Result<Jpeg> {
        let file = self.encode(quality, form)?;
        let similarity = similarity(&file, reference, 1)?;
        Ok(Jpeg {
            file,
            similarity,
            detail: detail(quality, form),
        })
    }

    /// How finely colours are told on a rung that does not have every pixel. Luminance of saturated
    /// colours depends on chroma: where it suffers by halving, chroma stays whole.
    fn chroma(&self, reference: &Reference<'_>) -> Result<Chroma> {
        if self.colour == ColorType::Luma || usize::from(self.size[0]) < NARROW {
            return Ok(Chroma::Full);
        }
        let every = self.every();
        let judged = |chroma| -> Result<f64> {
            let file = self.encode(EVERY_PIXEL, &Form::usual(chroma))?;
            similarity(&file, reference, every)
        };
        let lost = judged(Chroma::Full)? - judged(Chroma::Halved)?;
        Ok(if lost < HARDLY {
            Chroma::Halved
        } else {
            Chroma::Full
        })
    }

    /// Of so many rows of windows one is looked at while searching.
    fn every(&self) -> usize {
        usize::from(self.size[1] / 64).max(1)
    }

    /// The file at the quality that is meant for every pixel.
    ///
    /// # Errors
    /// As [`Raw::encode`].
    pub(crate) fn every_pixel(&self, reference: &Reference<'_>) -> Result<Jpeg> {
        self.judged(EVERY_PIXEL, &Form::usual(Chroma::Full), reference)
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
        let every = self.every();
        let chroma = self.chroma(reference)?;
        let tables: &[QuantizationTableType] = match effort {
            Effort::Least => &TABLES,
            _ => &TABLES[..1],
        };
        let mut best: Option<Jpeg> = None;
        for table in tables {
            let form = &Form {
                luminance: table.clone(),
                chroma,
            };
            let (mut low, mut high) = (LEAST, MOST + 1);
            while low < high {
                cancel.check()?;
                let middle = low.midpoint(high);
                let file = self.encode(middle, form)?;
                // A coarse look may be a little too kind.
                if similarity(&file, reference, every)? >= wanted + 0.0005 {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            // It is also careful: a little less may do.
            let from = (high - 2.min(high - LEAST)).min(MOST);
            for quality in (from..=MOST).take(5) {
                let file = self.encode(quality, form)?;
                if best
                    .as_ref()
                    .is_some_and(|best| best.file.len() <= file.len())
                {
                    break;
                }
                let similarity = similarity(&file, reference, 1)?;
                if similarity >= wanted {
                    best = Some(Jpeg {
                        file,
                        similarity,
                        detail: detail(quality, form),
                    });
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
        let form = &Form::usual(self.chroma(reference)?);
        let (mut low, mut high) = (LEAST - 1, MOST);
        while low < high {
            cancel.check()?;
            let middle = low + (high - low).div_ceil(2);
            if fits(self.encode(middle, form)?.len()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if low < LEAST {
            return Ok(None);
        }
        self.judged(low, form, reference).map(Some)
    }
}

/// Whether a quality is that of a picture that has every pixel, and colours as finely.
fn detail(quality: u8, form: &Form) -> Detail {
    if quality >= EVERY_PIXEL && form.chroma == Chroma::Full {
        Detail::Every
    } else {
        Detail::Some
    }
}

/// How a file is made at any quality.
struct Form {
    luminance: QuantizationTableType,
    chroma: Chroma,
}

impl Form {
    /// The standard's own tables.
    fn usual(chroma: Chroma) -> Self {
        Self {
            luminance: QuantizationTableType::Default,
            chroma,
        }
    }
}

/// The table of [`Chroma::Halved`]: the standard's (K.2) at the quality, by libjpeg's scale, a quarter
/// more coarsely.
fn coarser(quality: u8) -> QuantizationTableType {
    let quality = f32::from(quality.clamp(1, 100));
    let scale = if quality < 50.0 {
        50.0 / quality
    } else {
        2.0 - quality / 50.0
    };
    let scale = (1.25 * scale).min(COARSEST);
    let mut table = [99.0; 64];
    for (row, steps) in CHROMA.iter().enumerate() {
        table[8 * row..8 * row + 4].copy_from_slice(steps);
    }
    let steps = table.map(|step| (step * scale).round().clamp(1.0, 255.0) as u16);
    QuantizationTableType::Custom(Box::new(steps))
}

/// Qualities that are tried.
const LEAST: u8 = 2;
const MOST: u8 = 97;
/// The quality of a picture that has every pixel.
const EVERY_PIXEL: u8 = 80;

/// Below so many pixels across, chroma stays whole: zune-jpeg 0.5 shows other colours below 50.
const NARROW: usize = 128;
/// Similarity that halving chroma may cost at [`EVERY_PIXEL`].
const HARDLY: f64 = 0.001;
/// Most by which the steps of [`CHROMA`] are scaled: beyond it, faint colours become grey.
const COARSEST: f32 = 2.0;
/// The standard's steps for chroma, by rows; the others are 99.
const CHROMA: [[f32; 4]; 4] = [
    [17.0, 18.0, 24.0, 47.0],
    [18.0, 21.0, 26.0, 66.0],
    [24.0, 26.0, 56.0, 99.0],
    [47.0, 66.0, 99.0, 99.0],
];

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::reduced::Source;

    /// Faint and strong colours of six hues, an edge and a shade in each, of any size.
    fn colours(width: usize, height: usize) -> Vec<[u8; 3]> {
        let hues = [
            [200, 90, 40],
            [60, 140, 60],
            [50, 70, 190],
            [235, 220, 205],
            [210, 230, 210],
            [205, 212, 235],
        ];
        let at = |(x, y): (usize, usize)| {
            let hue: [u8; 3] = hues[(x / 24 + y / 24 * 5) % 6];
            hue.map(|v| v - (x % 24 + y % 24) as u8 / 2)
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        places.map(at).collect()
    }

    /// Blue and red beside luminance.
    fn chroma(colour: [u8; 3]) -> [f64; 2] {
        let [r, g, b] = colour.map(f64::from);
        let light = 0.299 * r + 0.587 * g + 0.114 * b;
        [0.564 * (b - light), 0.713 * (r - light)]
    }

    #[test]
    fn halved_chroma_keeps_hues_at_any_size() {
        for (width, height) in [
            (240, 144),
            (128, 50),
            (129, 17),
            (143, 8),
            (152, 9),
            (145, 1),
        ] {
            let pixels = colours(width, height);
            let frame = Frame {
                width,
                height,
                pixels: Pixels::Rgb(pixels.clone()),
            };
            let raw = Raw::of(&frame).unwrap();
            let halved = raw.encode(90, &Form::usual(Chroma::Halved)).unwrap();
            let shown = image::load_from_memory(&halved).unwrap().to_rgb8();
            let wrong = pixels.iter().zip(shown.pixels()).filter(|(meant, shown)| {
                let ([b, r], [shown_b, shown_r]) = (chroma(**meant), chroma(shown.0));
                let turned = (b * shown_r - r * shown_b).atan2(b * shown_b + r * shown_r);
                turned.abs() > 0.5
            });
            let wrong = wrong.count();
            assert!(
                wrong * 12 < pixels.len(),
                "{width} x {height}: {wrong} of other hues"
            );
        }
    }

    #[test]
    fn grey_has_no_chroma() {
        let frame = Frame {
            width: 16,
            height: 16,
            pixels: Pixels::Rgb((0..=255).map(|v| [v; 3]).collect()),
        };
        let raw = Raw::of(&frame).unwrap();
        let source = Source::of(&frame);
        assert_eq!(raw.chroma(&source.reference()), Ok(Chroma::Full));
    }
}
