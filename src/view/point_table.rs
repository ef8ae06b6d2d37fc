//! What a stack of point filters and a window make of each sample: one look-up a pixel in place of
//! every stage.
//!
//! The table is the picture of a plane that holds every sample once, made by those very stages, so
//! it gives the same bytes. It serves views whose pixels each hang on one sample alone.

use rayon::prelude::*;

use super::{Display, Legend, Pixels, View, prepare};
use crate::Result;
use crate::cancel::Cancel;
use crate::filter::{Work, at_work};
use crate::radiograph::{Air, Part, Plane, Radiograph, Size};

/// Samples that there are.
const SAMPLES: usize = 1 << 16;
/// Side of the square of all samples.
const SIDE: usize = 1 << 8;
/// Samples between two looks at the cancellation.
const PIECE: usize = 1 << 19;
/// Samples that are looked up at once: the bytes of a word.
const RUN: usize = 8;

/// The byte of every sample, and what the bytes mean.
#[derive(Debug, Clone, PartialEq)]
pub struct PointTable {
    bytes: Box<[u8; SAMPLES]>,
    /// The colours that the bytes are indices of; grey where there are none.
    palette: Option<Vec<[u8; 3]>>,
    pub(super) legend: Legend,
}

impl PointTable {
    /// The table of a view; `None` where a pixel hangs on more than its own sample: on its
    /// neighbours, on both energies, on its row's open beam, or where the legend counts pixels.
    ///
    /// # Errors
    /// As [`super::picture`].
    pub fn of(radiograph: &Radiograph, view: &View) -> Result<Option<Self>> {
        let plane = view.plane(radiograph)?;
        let Some(every) = every_sample(plane).filter(|_| view.is_pointwise()) else {
            return Ok(None);
        };
        let square = Radiograph {
            view: radiograph.view.clone(),
            pixel_mm: None,
            planes: vec![every],
        };
        let size = Size {
            width: SIDE,
            height: SIDE,
        };
        let view = View {
            region: [0.0, 0.0, SIDE as f64, SIDE as f64],
            zoom: 1.0,
            rotation: 0,
            mirrored: false,
            flipped: false,
            ..view.clone()
        };
        let prepared = prepare(&square, &view, size, &Cancel::never(), &mut |_| ())?;
        let print = prepared.print(&view)?;
        let (bytes, palette) = match print.frame.pixels {
            Pixels::Grey(bytes) => (bytes, None),
            Pixels::Indexed { palette, indices } => (indices, Some(palette)),
            Pixels::Rgb(_) => return Ok(None),
        };
        let table = |bytes| Self {
            bytes,
            palette,
            legend: print.legend,
        };
        Ok(bytes.into_boxed_slice().try_into().ok().map(table))
    }

    /// The byte of each of `samples` into `bytes` of the same length, on all processors.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`].
    pub fn look_up(&self, samples: &[u16], bytes: &mut [u8], cancel: &Cancel) -> Result<()> {
        let pieces = samples.par_chunks(PIECE).zip(bytes.par_chunks_mut(PIECE));
        pieces.try_for_each(|(samples, bytes)| {
            cancel.check()?;
            look_up(&self.bytes, samples, bytes);
            Ok(())
        })
    }

    /// Bytes of this table as the pixels of a frame.
    pub(super) fn pixels(&self, bytes: Vec<u8>) -> Pixels {
        match &self.palette {
            None => Pixels::Grey(bytes),
            Some(palette) => Pixels::Indexed {
                palette: palette.clone(),
                indices: bytes,
            },
        }
    }
}

impl View {
    /// Whether every filter at work changes each value by itself, and nothing but this one plane
    /// is shown.
    fn is_pointwise(&self) -> bool {
        let of_one_value = |work: &Work| matches!(work, Work::Point(_) | Work::Band(_));
        matches!(self.display, Display::Grey | Display::Palette(_))
            && !self.is_colour()
            && self.comparison.is_none()
            && at_work(&self.filters)
                .all(|used| used.row().is_ok_and(|row| of_one_value(&row.work)))
    }
}

/// A square of all samples, which mean what those of `plane` mean; `None` where they mean something
/// else in every row.
fn every_sample(plane: &Plane) -> Option<Plane> {
    let linear = plane.linear();
    let first = *linear.first()?;
    let air = match &plane.air {
        Some(Air::Rows(rows)) => Some(Air::Uniform(f64::from(*rows.first()?))),
        other => other.clone(),
    };
    let one = linear.iter().all(|row| *row == first);
    one.then(|| Plane {
        name: plane.name.clone(),
        width: SIDE,
        height: SIDE,
        samples: (0..=u16::MAX).collect(),
        air,
        part: Part::whole(SIDE, SIDE),
        summary: None,
        ..*plane
    })
}

/// The entries of `samples`, a run at a time, which is written as one word.
fn look_up(table: &[u8; SAMPLES], samples: &[u16], bytes: &mut [u8]) {
    let mut runs = bytes.chunks_exact_mut(RUN);
    let mut read = samples.chunks_exact(RUN);
    for (bytes, samples) in (&mut runs).zip(&mut read) {
        let places = samples.iter().enumerate();
        let word = places.fold(0, |word, (at, sample)| {
            word | u64::from(table[usize::from(*sample)]) << (8 * at)
        });
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    for (byte, sample) in runs.into_remainder().iter_mut().zip(read.remainder()) {
        *byte = table[usize::from(*sample)];
    }
}
