//! One plane of samples and what is known about them.

use std::fmt;
use std::sync::Arc;

use super::{Part, Summary};
use crate::text::Safe;

/// Samples of one detector signal, as stored.
#[derive(Clone, PartialEq)]
pub struct Plane {
    /// Which signal.
    pub name: PlaneName,
    /// Columns that are held: of the scan, or of a part or means of it.
    pub width: usize,
    /// Rows that are held.
    pub height: usize,
    /// What of the scan they are.
    pub part: Part,
    /// `width * height` samples, row by row from the top, `0..=65535`.
    pub samples: Vec<u16>,
    /// Stored depth, e.g. 15.
    pub bits: u8,
    /// Depth of the container, e.g. 16.
    pub bits_allocated: u8,
    /// Whether air is bright.
    pub polarity: Polarity,
    /// Slope and intercept that the file declares; not applied.
    pub rescale: Option<[f64; 2]>,
    /// What all samples of the scan say, where they are not all held.
    pub summary: Option<Arc<Summary>>,
    /// Signal of the open beam, where known.
    pub air: Option<Air>,
    /// Whether `air` was estimated from the border and not given.
    pub air_estimated: bool,
    /// Signal without beam, in samples.
    pub dark: f64,
    /// Energy of the beam or the detector layer, where known.
    pub energy: Option<Energy>,
}

/// Which signal a plane holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlaneName {
    /// High energy.
    High,
    /// Low energy.
    Low,
    /// The only plane of a single-energy scan.
    Grey,
    /// Effective atomic number as the scanner computed it.
    Zeff,
    /// Red of a colour picture.
    Red,
    /// Green of a colour picture.
    Green,
    /// Blue of a colour picture.
    Blue,
    /// Something the file names itself.
    Other(Safe),
}

/// Whether bright samples mean air or dense matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// More signal through less matter: the usual raw scan.
    BrightIsAir,
    /// `MinIsWhite`, `MONOCHROME1` or an attenuation image.
    BrightIsDense,
    /// The file does not say.
    Unknown,
}

/// Signal of the open beam, in samples.
#[derive(Debug, Clone, PartialEq)]
pub enum Air {
    /// One value for the plane.
    Uniform(f64),
    /// One value per detector row, which is a row of the scan.
    Rows(Vec<f32>),
}

/// Energy of a beam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Energy {
    /// The number in `unit`.
    pub value: f64,
    /// kV of a tube or MV of a linac.
    pub unit: EnergyUnit,
}

/// Unit of [`Energy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnergyUnit {
    /// Tube voltage.
    Kilovolt,
    /// Linac end-point.
    Megavolt,
}

impl Plane {
    /// A plane of 16-bit samples of which nothing else is known.
    pub fn new(name: PlaneName, width: usize, height: usize, samples: Vec<u16>) -> Self {
        debug_assert_eq!(samples.len(), width * height);
        Self {
            name,
            width,
            height,
            part: Part::whole(width, height),
            samples,
            summary: None,
            bits: 16,
            bits_allocated: 16,
            polarity: Polarity::BrightIsAir,
            rescale: None,
            air: None,
            air_estimated: false,
            dark: 0.0,
            energy: None,
        }
    }

    /// The sample at column `x` and row `y` of the scan, or that of the square they lie in; `None`
    /// where it is not held.
    pub fn sample(&self, x: usize, y: usize) -> Option<u16> {
        let [left, top] = self.part.origin;
        let x = x.checked_sub(left)? / self.part.step;
        let y = y.checked_sub(top)? / self.part.step;
        (x < self.width && y < self.height).then(|| self.samples[y * self.width + x])
    }

    /// The open-beam signal of row `y` of the scan, in samples.
    pub fn air_of_row(&self, y: usize) -> Option<f64> {
        match self.air.as_ref()? {
            Air::Uniform(air) => Some(*air),
            Air::Rows(rows) => rows.get(y).map(|air| f64::from(*air)),
        }
    }

    /// Transmission of a sample of row `y` of the scan: `(I - dark) / (I0 - dark)`, where the air is known.
    pub fn transmission(&self, sample: f64, y: usize) -> Option<f64> {
        let air = self.air_of_row(y)?;
        Some((sample - self.dark) / (air - self.dark))
    }
}

// By hand: a derived one would print every sample.
impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plane")
            .field("name", &self.name)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bits", &self.bits)
            .field("polarity", &self.polarity)
            .field("air", &self.air)
            .field("energy", &self.energy)
            .finish_non_exhaustive()
    }
}

impl PlaneName {
    /// The word in JSON, in `--plane` and in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Grey => "grey",
            Self::Zeff => "zeff",
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Other(name) => name.as_str(),
        }
    }
}

impl From<&str> for PlaneName {
    fn from(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "high" => Self::High,
            "low" => Self::Low,
            "grey" | "gray" => Self::Grey,
            "zeff" => Self::Zeff,
            "red" => Self::Red,
            "green" => Self::Green,
            "blue" => Self::Blue,
            _ => Self::Other(Safe::from_outside(name)),
        }
    }
}

impl Polarity {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrightIsAir => "bright-is-air",
            Self::BrightIsDense => "bright-is-dense",
            Self::Unknown => "unknown",
        }
    }
}

impl Energy {
    /// End-point energy in `MeV`: 160 kV is 0.16.
    pub fn mega(self) -> f64 {
        match self.unit {
            EnergyUnit::Kilovolt => self.value / 1000.0,
            EnergyUnit::Megavolt => self.value,
        }
    }

    /// Reads `9 MV`, `9 MeV`, `160 kV`, `160kVp`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let split = text.find(|c: char| c.is_ascii_alphabetic())?;
        let value: f64 = text[..split].trim().parse().ok()?;
        let unit = match text[split..].trim().to_ascii_lowercase().as_str() {
            "kv" | "kev" | "kvp" => EnergyUnit::Kilovolt,
            "mv" | "mev" => EnergyUnit::Megavolt,
            _ => return None,
        };
        (value.is_finite() && value > 0.0).then_some(Self { value, unit })
    }
}

impl fmt::Display for Energy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            EnergyUnit::Kilovolt => "kV",
            EnergyUnit::Megavolt => "MV",
        };
        write!(f, "{} {unit}", self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_are_read_in_the_field_s_spellings() {
        for (text, mega) in [
            ("9 MV", 9.0),
            ("6MeV", 6.0),
            ("160 kV", 0.16),
            ("80kVp", 0.08),
        ] {
            assert_eq!(Energy::parse(text).map(Energy::mega), Some(mega), "{text}");
        }
        for text in ["", "9", "MV", "-3 MV", "9 GeV"] {
            assert_eq!(Energy::parse(text), None, "{text}");
        }
    }
}
