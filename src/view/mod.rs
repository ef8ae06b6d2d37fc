//! What is looked at and how: the one record that keys the caches, is undone, is written into the
//! log and is replayed.

mod calibration;
mod compare;
mod coverage;
mod develop;
mod estimate;
mod frame;
mod geometry;
mod grid;
mod legend;
mod loupe;
mod material;
mod material_estimate;
mod measure;
mod measure_json;
mod measure_rows;
mod near;
mod overlay;
mod palette;
mod peel;
mod picture;
mod point_table;
mod preset;
mod print;
mod quantity;
mod rasters;
mod readout;
mod request;
mod scale;
mod stack;
mod stages;
mod strip;
mod thumbnail;
mod told;
mod visible;
mod window;
mod zmap;

use serde::{Deserialize, Serialize};

use crate::filter::FilterUse;

pub use crate::radiograph::Unit;
pub use calibration::Calibration;
pub use compare::{CompareMode, Comparison, Pair, Registered, composed, registered};
pub use coverage::{Coverage, closeness};
pub use estimate::{Candidate, ZEstimate};
pub use frame::{Frame, Pixels};
pub use geometry::Canvas;
pub use legend::{
    Legend, LegendRow, Shares, class_label, class_letter, code_letter, value_label, z_label,
};
pub use loupe::{Inset, Loupe};
pub use material::Scheme;
pub use material_estimate::MaterialEstimate;
pub use measure::{Along, Measurement, PlaneMeasurement, measure, measure_by};
pub use measure_json::Detail;
pub use measure_rows::MeasureRow;
pub use near::{measured_pixels, own_pixels};
pub use overlay::{Drawn, Stress, drawn_over, guided, overlaid};
pub use palette::{GROUND, PALETTES, Palette, class_colours};
pub use picture::{Picture, Prepared, picture, prepare};
pub use point_table::PointTable;
pub use preset::{Preset, Presets, presets};
pub use print::{Print, print};
pub use readout::{Reading, Readout, ratio, readout};
pub use request::{ViewRequest, bad_region, choose, display, dual_by, window_function};
pub use scale::{Bar, Guide, Holds, LengthUnit, Scale, Stroke, Tone, nice};
pub use stack::StackRow;
pub use stages::{Source, Stages};
pub use thumbnail::{Thumbnail, map};
pub use visible::Extent;
pub use window::{Curve, Step, Window, WindowFunction};

/// Version of [`View`] in the log.
pub const VIEW_VERSION: u32 = 1;

/// How a scan is looked at. Member names are fixed by the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// [`VIEW_VERSION`].
    pub v: u32,
    /// Name of the radiograph in the scan.
    pub view: String,
    /// Planes shown: one for grey, high and low for materials.
    pub planes: Vec<String>,
    /// What is drawn.
    pub display: Display,
    /// Filters in order.
    pub filters: Vec<FilterUse>,
    /// Grey window.
    pub window: Window,
    /// The visible part in scan pixels: left, top, width, height. May reach beyond the scan.
    pub region: [f64; 4],
    /// Screen pixels per scan pixel.
    pub zoom: f64,
    /// Quarter turns clockwise in degrees: 0, 90, 180, 270.
    pub rotation: u16,
    /// Left and right swapped, before it is turned.
    #[serde(default, skip_serializing_if = "is_off")]
    pub mirrored: bool,
    /// Top and bottom swapped, before it is turned.
    #[serde(default, skip_serializing_if = "is_off")]
    pub flipped: bool,
    /// The shape that a scan pixel has on the screen.
    #[serde(default, skip_serializing_if = "Aspect::is_world")]
    pub aspect: Aspect,
    /// What the scan is compared with, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The scanner profile in use; the log holds its hash.
    #[serde(rename = "profile_sha256")]
    pub profile: Option<Calibration>,
}

/// Whether a member is left out of a record: those of before it have none.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_off(on: &bool) -> bool {
    !on
}

/// The shape that a scan pixel has on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// As in the world, where the size of a pixel is known: lengths are alike both ways.
    #[default]
    World,
    /// Square, whatever its size.
    Pixels,
}

impl Aspect {
    /// Whether it is the one that records leave out.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_world(&self) -> bool {
        *self == Self::World
    }
}

/// What is drawn: a grey picture, materials, or a palette of one quantity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Display {
    /// Grey.
    Grey,
    /// Three material colours; heavy is drawn as metal.
    Material,
    /// Four material colours, heavy with its own (megavolt only).
    Material4,
    /// Material colours that stay apart under every kind of colour vision.
    MaterialSafe,
    /// Class codes.
    Class,
    /// Hue by effective atomic number, brightness by attenuation.
    Z,
    /// Pseudo-colour of the mass thickness.
    Thickness,
    /// Pseudo-colour of the steel that attenuates as much.
    Steel,
    /// Pseudo-colour of the quantity by a named palette.
    Palette(String),
}

impl View {
    /// A grey view of nothing yet, the ground that others are built on.
    pub(crate) fn bare(name: &str) -> Self {
        Self {
            v: VIEW_VERSION,
            view: name.to_owned(),
            planes: Vec::new(),
            display: Display::Grey,
            filters: Vec::new(),
            window: Window::between(0.0, 1.0, Unit::Transmission),
            region: [0.0; 4],
            zoom: 1.0,
            rotation: 0,
            mirrored: false,
            flipped: false,
            aspect: Aspect::World,
            comparison: None,
            profile: None,
        }
    }

    /// Whether `other` differs from this view in the window at most, so that what was prepared
    /// for one serves the other.
    pub fn differs_by_window_only(&self, other: &Self) -> bool {
        let other = Self {
            window: self.window,
            ..other.clone()
        };
        *self == other
    }
}

impl Display {
    /// The word in `--display` and in the log.
    pub fn as_str(&self) -> String {
        match self {
            Self::Grey => "grey".into(),
            Self::Material => "material".into(),
            Self::Material4 => "material4".into(),
            Self::MaterialSafe => "material-safe".into(),
            Self::Class => "class".into(),
            Self::Z => "z".into(),
            Self::Thickness => "thickness".into(),
            Self::Steel => "steel".into(),
            Self::Palette(name) => format!("palette:{name}"),
        }
    }

    /// The display that needs the same of both energies, whatever the colours.
    fn before_colours(&self) -> Self {
        match self {
            Self::Palette(_) => Self::Grey,
            Self::Material4 | Self::MaterialSafe => Self::Material,
            other => other.clone(),
        }
    }

    /// Whether classes are told for it.
    pub fn shows_classes(&self) -> bool {
        matches!(self, Self::Class | Self::Z) || Scheme::of(self).is_some() || self.read().is_some()
    }

    /// The unit of what is read from both energies and drawn in pseudo-colours, if it is that.
    pub fn read(&self) -> Option<Unit> {
        match self {
            Self::Thickness => Some(Unit::MassThickness),
            Self::Steel => Some(Unit::Steel),
            _ => None,
        }
    }

    /// Reads the word of `--display`; `None` for a name that is not known.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "grey" | "gray" => Some(Self::Grey),
            "material" => Some(Self::Material),
            "material4" => Some(Self::Material4),
            "material-safe" => Some(Self::MaterialSafe),
            "class" => Some(Self::Class),
            "z" => Some(Self::Z),
            "thickness" => Some(Self::Thickness),
            "steel" => Some(Self::Steel),
            _ => word
                .strip_prefix("palette:")
                .map(|name| Self::Palette(name.to_owned())),
        }
    }
}

impl From<Display> for String {
    fn from(display: Display) -> Self {
        display.as_str()
    }
}

impl TryFrom<String> for Display {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::parse(&word).ok_or_else(|| format!("unknown display '{word}'"))
    }
}
