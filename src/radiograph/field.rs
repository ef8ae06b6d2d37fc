//! A raster of one quantity in 32-bit floats: what filters work on and what the window maps.

use serde::{Deserialize, Serialize};

use super::Polarity;

/// The displayed quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Stored samples, where no air value is known.
    Sample,
    /// Transmission, 1 is air.
    Transmission,
    /// Attenuation, -ln of the transmission.
    Attenuation,
    /// Mass thickness, g/cm2.
    MassThickness,
    /// The steel that attenuates as much, mm.
    Steel,
}

impl Unit {
    /// The word in messages and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Transmission => "transmission",
            Self::Attenuation => "attenuation",
            Self::MassThickness => "mass-thickness",
            Self::Steel => "steel",
        }
    }

    /// Whether it grows with the matter in the beam: attenuation, and what is read from it.
    pub fn counts_matter(self) -> bool {
        matches!(self, Self::Attenuation | Self::MassThickness | Self::Steel)
    }

    /// Decimals that are worth showing.
    pub fn decimals(self) -> usize {
        match self {
            Self::Sample => 0,
            Self::Transmission | Self::Attenuation => 3,
            Self::MassThickness | Self::Steel => 1,
        }
    }
}

/// Columns and rows of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// A raster of one quantity; NaN where it is not determinable or outside the scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values in `unit`, row by row from the top.
    pub values: Vec<f32>,
    /// Of what.
    pub unit: Unit,
    /// Whether high values mean air or dense matter; never `Unknown`.
    pub polarity: Polarity,
    /// The value that counts as full scale: the highest sample; 1 for transmission and attenuation;
    /// for what is read from attenuation the steel of attenuation 1, in its unit.
    pub full_scale: f32,
}

impl Field {
    /// The size in pixels.
    pub fn size(&self) -> Size {
        Size {
            width: self.width,
            height: self.height,
        }
    }

    /// The value at column `x` and row `y`; NaN outside.
    pub fn at(&self, x: usize, y: usize) -> f32 {
        if x < self.width && y < self.height {
            self.values[y * self.width + x]
        } else {
            f32::NAN
        }
    }

    /// The same kind of raster around other values of the same size.
    #[must_use]
    pub fn with_values(&self, values: Vec<f32>) -> Self {
        debug_assert_eq!(values.len(), self.values.len());
        Self {
            values,
            ..self.bare()
        }
    }

    /// The part of `size` whose top left corner is at `left` and `top`, all inside.
    #[must_use]
    pub fn crop(&self, left: usize, top: usize, size: Size) -> Self {
        Self {
            width: size.width,
            height: size.height,
            values: crop(&self.values, self.width, (left, top), size),
            ..self.bare()
        }
    }

    /// The raster, which is left without values here.
    pub(crate) fn taken(&mut self) -> Self {
        let values = std::mem::take(&mut self.values);
        Self {
            values,
            ..self.bare()
        }
    }

    /// Everything but the values.
    fn bare(&self) -> Self {
        Self {
            values: Vec::new(),
            ..*self
        }
    }
}

/// The part of `size` at `(left, top)` of a raster with `stride` columns.
pub fn crop<T: Copy>(
    values: &[T],
    stride: usize,
    (left, top): (usize, usize),
    size: Size,
) -> Vec<T> {
    let mut out = Vec::with_capacity(size.width * size.height);
    for row in values
        .chunks_exact(stride.max(1))
        .skip(top)
        .take(size.height)
    {
        out.extend_from_slice(&row[left..left + size.width]);
    }
    out
}
