//! What a scan shows: planes of 16-bit samples with what is known about them.
//!
//! Samples are as stored: never rescaled, never inverted. [`Polarity`], air and dark say how to
//! read them.

mod attenuation;
mod correlation;
mod coverage;
mod field;
mod outline;
mod part;
mod period;
mod plane;
mod profile;
mod pyramid;
mod reduction;
mod region;
mod registration;
mod resample;
mod signal;
mod statistics;
mod tally;

pub use attenuation::{attenuation, mean_attenuations};
pub use coverage::Coverage;
pub use field::{Field, Size, Unit, crop};
pub use outline::{Outline, Pixel, Shape};
pub use part::{Part, Summary, Sums};
pub use period::{LEAST_PERIODS, Period};
pub use plane::{Air, Energy, EnergyUnit, Plane, PlaneName, Polarity};
pub use profile::Profile;
pub use pyramid::Pyramid;
pub use reduction::Reduction;
pub use region::Region;
pub use registration::{Facing, LEAST_CONFIDENCE, Match, Registration, register};
pub use resample::{Area, Fineness, resample, resample_to};
pub use signal::Linear;
pub use statistics::{Histogram, Statistics, Survey};
pub use tally::{Integral, PERCENTS, Tally};

/// One view of a scan (side, top, …): planes of equal size taken in one pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Radiograph {
    /// The view's name; `main` where there is only one.
    pub view: String,
    /// Size of a pixel in the object, mm in x and y, where known.
    pub pixel_mm: Option<[f64; 2]>,
    /// The planes, high energy first; all of one size.
    pub planes: Vec<Plane>,
}

/// What a scan offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A high- and a low-energy plane: materials can be told.
    DualEnergy,
    /// One energy: attenuation only.
    SingleEnergy,
    /// A colour picture, for display only.
    Colour,
    /// A report without pixels.
    Report,
}

impl Kind {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DualEnergy => "dual-energy",
            Self::SingleEnergy => "single-energy",
            Self::Colour => "colour",
            Self::Report => "report",
        }
    }
}

impl Radiograph {
    /// Columns of the scan, whatever of it is held.
    pub fn width(&self) -> usize {
        self.planes.first().map_or(0, |plane| plane.part.scan.width)
    }

    /// Rows of the scan, whatever of it is held.
    pub fn height(&self) -> usize {
        self.planes
            .first()
            .map_or(0, |plane| plane.part.scan.height)
    }

    /// Scan pixels to a sample across and down: 1 where the scan's own pixels are held.
    pub fn reduction(&self) -> usize {
        let steps = self.planes.iter().map(|plane| plane.part.step);
        steps.max().unwrap_or(1)
    }

    /// Whether every plane has a region's own pixels.
    pub fn holds(&self, region: Region) -> bool {
        self.reduction() == 1
            && self
                .planes
                .iter()
                .all(|plane| plane.held().contains(region))
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        Size {
            width: self.width(),
            height: self.height(),
        }
    }

    /// The plane of that name.
    pub fn plane(&self, name: &PlaneName) -> Option<&Plane> {
        self.planes.iter().find(|plane| plane.name == *name)
    }

    /// The planes of high and low energy, where both are there.
    pub fn dual(&self) -> Option<(&Plane, &Plane)> {
        Some((self.plane(&PlaneName::High)?, self.plane(&PlaneName::Low)?))
    }

    /// What these planes offer.
    pub fn kind(&self) -> Kind {
        if self.dual().is_some() {
            Kind::DualEnergy
        } else if self.plane(&PlaneName::Red).is_some() {
            Kind::Colour
        } else {
            Kind::SingleEnergy
        }
    }
}
