//! What the colours of a picture mean, and how much of it they cover.

use super::palette::{Palette, class_colour, material_colour, ramp};
use super::{Display, Window};
use crate::messages::{arg, say};
use crate::physics::Class;
use crate::radiograph::{Polarity, Unit};
use crate::text::Safe;

/// The legend of one picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Legend {
    /// One row per colour.
    pub rows: Vec<LegendRow>,
    /// What a reader must know.
    pub notes: Vec<Safe>,
}

/// One colour and its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendRow {
    /// What it means.
    pub label: Safe,
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// Share of the visible scan, 0 to 1, where it is counted.
    pub share: Option<f64>,
}

/// Luminance of the material colours in the legend.
const SHOWN: f32 = 0.35;

/// The share of each class in the visible scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares(Vec<(Class, f64)>);

impl Shares {
    /// Counts codes; 0 is outside the scan and not counted.
    pub fn of(codes: &[u8]) -> Self {
        let mut counts = [0_usize; 256];
        for code in codes {
            counts[usize::from(*code)] += 1;
        }
        let total = (codes.len() - counts[0]).max(1) as f64;
        let share = |class: Class| (class, counts[usize::from(class.code())] as f64 / total);
        Self(Class::ALL.into_iter().map(share).collect())
    }

    /// Every class and its share, 0 to 1, by code.
    pub fn iter(&self) -> impl Iterator<Item = (Class, f64)> + '_ {
        self.0.iter().copied()
    }

    /// The share of the classes that `of` picks.
    pub fn sum(&self, of: impl Fn(Class) -> bool) -> f64 {
        self.iter()
            .filter(|(class, _)| of(*class))
            .map(|(_, share)| share)
            .sum()
    }
}

/// The rows of a display.
pub(super) fn rows(
    display: &Display,
    shares: Option<&Shares>,
    window: Window,
    polarity: Polarity,
) -> Vec<LegendRow> {
    match (display, shares) {
        (Display::Material, Some(shares)) => material_rows(shares),
        (Display::Class, Some(shares)) => class_rows(shares),
        (Display::Palette(name), _) => value_rows(window, polarity, Palette::named(name)),
        _ => value_rows(window, polarity, None),
    }
}

/// The three materials always, then the states that occur.
fn material_rows(shares: &Shares) -> Vec<LegendRow> {
    let material = |class: Class| LegendRow {
        label: class_label(class),
        colour: material_colour(ramp(Some(class)), SHOWN),
        share: Some(shares.sum(|other| ramp(Some(other)) == ramp(Some(class)))),
    };
    let mut rows = [Class::Organic, Class::Inorganic, Class::Metal]
        .map(material)
        .to_vec();
    rows.extend(
        shares
            .iter()
            .filter(|(class, share)| !class.is_material() && *share > 0.0)
            .map(|(class, share)| LegendRow {
                label: class_label(class),
                colour: state_grey(class),
                share: Some(share),
            }),
    );
    rows
}

/// A grey of about the brightness that a state has in the picture.
fn state_grey(class: Class) -> [u8; 3] {
    match class {
        Class::Air | Class::Saturated => [255; 3],
        Class::Thin => [205; 3],
        Class::Black | Class::Dense => [0; 3],
        _ => [128; 3],
    }
}

/// The classes that occur.
fn class_rows(shares: &Shares) -> Vec<LegendRow> {
    shares
        .iter()
        .filter(|(_, share)| *share > 0.0)
        .map(|(class, share)| LegendRow {
            label: class_label(class),
            colour: class_colour(class),
            share: Some(share),
        })
        .collect()
}

/// Five values across the window, dark to bright.
fn value_rows(window: Window, polarity: Polarity, palette: Option<&Palette>) -> Vec<LegendRow> {
    let [low, high] = window.edges();
    (0..5)
        .map(|i| {
            let t = f64::from(i) / 4.0;
            let along = if polarity == Polarity::BrightIsDense {
                1.0 - t
            } else {
                t
            };
            let luminance = t as f32;
            let grey = [(luminance * 255.0).round() as u8; 3];
            LegendRow {
                label: value_label(low + along * (high - low), window.unit),
                colour: palette.map_or(grey, |palette| palette.colour(luminance)),
                share: None,
            }
        })
        .collect()
}

/// A value with its unit.
pub fn value_label(value: f64, unit: Unit) -> Safe {
    let decimals = if unit == Unit::Sample { 0 } else { 3 };
    say(
        &format!("view-value-{}", unit.as_str()),
        &[arg("value", &Safe::number(value, decimals))],
    )
}

/// The word of a class for a reader.
pub fn class_label(class: Class) -> Safe {
    say(&format!("class-{}", class.as_str()), &[])
}
