//! What the colours of a picture mean, and how much of it they cover.

use rayon::prelude::*;

use super::material::{Scheme, Tone, alarm};
use super::palette::{GROUND, Palette, class_colour};
use super::strip::{Fate, Strips};
use super::{Display, Readout, Window, WindowFunction};
use crate::messages::{arg, say};
use crate::physics::{Class, Confidence};
use crate::radiograph::{EnergyUnit, Polarity, Unit};
use crate::text::Safe;

/// Pixels that a processor counts at a time.
const PIECE: usize = 1 << 16;

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
    /// The letter that stands for it in pictures of cells.
    pub letter: Option<char>,
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
        let count = |codes: &[u8]| {
            let mut counts = [0_usize; 256];
            for code in codes {
                counts[usize::from(*code)] += 1;
            }
            counts
        };
        let sum = |a: [usize; 256], b: [usize; 256]| std::array::from_fn(|i| a[i] + b[i]);
        let pieces = codes.par_chunks(PIECE).map(count);
        let counts = pieces.reduce(|| [0; 256], sum);
        let total = (codes.len() - counts[0]).max(1) as f64;
        let share = |class: Class| (class, counts[usize::from(class.code())] as f64 / total);
        Self(Class::ALL.into_iter().map(share).collect())
    }

    /// Every class and its share, 0 to 1, by code.
    pub fn iter(&self) -> impl Iterator<Item = (Class, f64)> + '_ {
        self.0.iter().copied()
    }

    /// The share of one class.
    pub fn share(&self, class: Class) -> f64 {
        self.sum(|other| other == class)
    }

    /// The share of the classes that `of` picks.
    pub fn sum(&self, of: impl Fn(Class) -> bool) -> f64 {
        self.iter()
            .filter(|(class, _)| of(*class))
            .map(|(_, share)| share)
            .sum()
    }
}

/// What is told about materials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling<'a> {
    /// Shares, where classes were told.
    pub(super) shares: Option<&'a Shares>,
    /// The source of the energies, where classes were told.
    pub(super) source: Option<EnergyUnit>,
    /// Strips and alerts.
    pub(super) strips: &'a Strips,
}

impl Telling<'_> {
    /// What becomes of the pixels of a class.
    pub(super) fn fate(&self, class: Class) -> Fate {
        self.strips.fate(class.code())
    }

    /// A row of a class in `colour`, or in the alarm colour, or as stripped.
    pub(super) fn row(&self, class: Class, colour: [u8; 3], share: f64) -> LegendRow {
        let fate = self.strips.fate(class.code());
        LegendRow {
            label: match fate {
                Fate::Shown => class_label(class),
                Fate::Stripped => say("legend-stripped", &[arg("class", &class_label(class))]),
                Fate::Alarmed => say("legend-alarm", &[arg("class", &class_label(class))]),
            },
            colour: match fate {
                Fate::Shown => colour,
                Fate::Stripped => STRIPPED,
                Fate::Alarmed => alarm(),
            },
            letter: class_letter(class),
            share: Some(share),
        }
    }

    /// Whether this source can show a class at all.
    pub(super) fn can_be(&self, class: Class) -> bool {
        match class {
            Class::Heavy => self.source != Some(EnergyUnit::Kilovolt),
            Class::Dense => self.source == Some(EnergyUnit::Kilovolt),
            _ => true,
        }
    }
}

/// The faint grey of a stripped material.
pub(super) const STRIPPED: [u8; 3] = [225; 3];

/// The rows of a display.
pub(super) fn rows(
    display: &Display,
    telling: Telling<'_>,
    (window, word): (Window, &str),
    polarity: Polarity,
) -> Vec<LegendRow> {
    match (display, Scheme::of(display), telling.shares) {
        (_, Some(scheme), Some(shares)) => material_rows(scheme, shares, telling),
        (Display::Class, _, Some(shares)) => class_rows(shares, telling),
        (_, _, shares) => {
            let palette = match display {
                Display::Palette(name) => Palette::named(name),
                _ => None,
            };
            let mut rows = value_rows((window, word), polarity, palette);
            rows.extend(shares.into_iter().flat_map(|shares| {
                let struck = move |class: &Class| telling.strips.fate(class.code()) != Fate::Shown;
                let of = move |class| telling.row(class, STRIPPED, shares.share(class));
                let can_be = move |class: &Class| telling.can_be(*class);
                Class::ALL.into_iter().filter(struck).filter(can_be).map(of)
            }));
            rows
        }
    }
}

/// The materials of the scheme always, then the states that occur or are looked for.
fn material_rows(scheme: Scheme, shares: &Shares, telling: Telling<'_>) -> Vec<LegendRow> {
    let alarmed = |class: Class| telling.strips.fate(class.code()) == Fate::Alarmed;
    let of_its_own = |class: Class| scheme.drawn_as(class) == class || alarmed(class);
    let share = |class: Class| {
        let drawn =
            |other: Class| other == class || !of_its_own(other) && scheme.drawn_as(other) == class;
        shares.sum(drawn)
    };
    let colour = |class: Class| {
        if class.is_material() {
            scheme.colour(Tone::Material(class, Confidence::Sure), SHOWN)
        } else {
            state_grey(class)
        }
    };
    Class::ALL
        .into_iter()
        .filter(|class| {
            if class.is_material() {
                of_its_own(*class) && telling.can_be(*class)
            } else {
                shares.share(*class) > 0.0 || alarmed(*class) && telling.can_be(*class)
            }
        })
        .map(|class| telling.row(class, colour(class), share(class)))
        .collect()
}

/// The row of the values that a band takes out of what it is given in `unit`.
pub(super) fn outside_band([low, high]: [f64; 2], unit: Unit, word: &str) -> LegendRow {
    let [low, high] = [low.min(high), low.max(high)].map(|value| value_label(value, unit, word));
    LegendRow {
        label: say(
            "legend-band-outside",
            &[arg("low", &low), arg("high", &high)],
        ),
        colour: [GROUND; 3],
        letter: None,
        share: None,
    }
}

/// The row of the materials that a band of Z takes out.
pub(super) fn outside_row([low, high]: [f32; 2], share: f64) -> LegendRow {
    let [low, high] = [low, high].map(|z| Safe::from_outside(&z.to_string()));
    LegendRow {
        label: say("legend-z-outside", &[arg("low", &low), arg("high", &high)]),
        colour: STRIPPED,
        letter: None,
        share: Some(share),
    }
}

/// How much of the coloured part is pale, in words; nothing where nothing is coloured.
pub(super) fn pale(codes: &[u8], confidence: &[Confidence]) -> Option<Safe> {
    let material: Vec<bool> = (0..=u8::MAX)
        .map(|code| Class::from_code(code).is_some_and(Class::is_material))
        .collect();
    let count = |(codes, confidence): (&[u8], &[Confidence])| {
        let (mut all, mut unsure) = (0_usize, 0_usize);
        for (code, confidence) in codes.iter().zip(confidence) {
            let counts = usize::from(material[usize::from(*code)]);
            all += counts;
            unsure += counts * usize::from(*confidence == Confidence::Unsure);
        }
        (all, unsure)
    };
    let pieces = codes.par_chunks(PIECE).zip(confidence.par_chunks(PIECE));
    let sum = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
    let (all, unsure) = pieces.map(count).reduce(|| (0, 0), sum);
    let percent = Safe::number(unsure as f64 * 100.0 / all.max(1) as f64, 0);
    (all > 0).then(|| say("legend-pale", &[arg("percent", &percent)]))
}

/// A grey of about the brightness that a state has in the picture.
pub(super) fn state_grey(class: Class) -> [u8; 3] {
    match class {
        Class::Air | Class::Saturated => [255; 3],
        Class::Thin => [205; 3],
        Class::Black | Class::Dense => [0; 3],
        _ => [128; 3],
    }
}

/// The classes that occur.
fn class_rows(shares: &Shares, telling: Telling<'_>) -> Vec<LegendRow> {
    shares
        .iter()
        .filter(|(_, share)| *share > 0.0)
        .map(|(class, share)| telling.row(class, class_colour(class), share))
        .collect()
}

/// Five values across the window, dark to bright; `word` says what they are ([`super::View::value_word`]).
pub(super) fn value_rows(
    (window, word): (Window, &str),
    polarity: Polarity,
    palette: Option<&Palette>,
) -> Vec<LegendRow> {
    let [low, high] = window.edges();
    (0..5)
        .map(|i| {
            let t = f64::from(i) / 4.0;
            let along = if polarity == Polarity::BrightIsDense {
                1.0 - t
            } else {
                t
            };
            let value = low + along * (high - low);
            let luminance = match window.function() {
                // An S shows its edges neither black nor white.
                WindowFunction::Sigmoid => window.luminance(value as f32, polarity),
                _ => t as f32,
            };
            let grey = [(luminance * 255.0).round() as u8; 3];
            LegendRow {
                label: value_label(value, window.unit, word),
                colour: palette.map_or(grey, |palette| palette.colour(luminance)),
                letter: None,
                share: None,
            }
        })
        .collect()
}

/// A value of a unit with the word of what it is ([`super::View::value_word`]).
pub fn value_label(value: f64, unit: Unit, word: &str) -> Safe {
    let decimals = unit.decimals();
    say(
        &format!("view-value-{word}"),
        &[arg("value", &Safe::number(value, decimals))],
    )
}

/// The effective atomic number of a reading for a reader: only that it is above 50 where the class
/// is heavy, because nothing tells the heavy apart, and above 40 where other classes read so.
pub fn z_label(readout: &Readout) -> Option<Safe> {
    let z = readout.z?;
    let above = |z: usize| say("reading-z-above", &[arg("z", &z)]);
    Some(match readout.class {
        Some(Class::Heavy) => above(50),
        _ if z > 40.0 => above(40),
        _ => Safe::number(z, 0),
    })
}

/// The word of a class for a reader.
pub fn class_label(class: Class) -> Safe {
    say(&format!("class-{}", class.as_str()), &[])
}

/// The letter of a class in pictures of cells; none for air and what was not told.
pub fn class_letter(class: Class) -> Option<char> {
    match class {
        Class::Organic => Some('O'),
        Class::Inorganic => Some('I'),
        Class::Metal => Some('M'),
        Class::Heavy => Some('H'),
        Class::Dense => Some('D'),
        Class::Black => Some('B'),
        Class::Air
        | Class::Thin
        | Class::Impossible
        | Class::Saturated
        | Class::Defect
        | Class::NotDual => None,
    }
}

/// The letter of a class code, as [`class_letter`].
pub fn code_letter(code: u8) -> Option<char> {
    Class::from_code(code).and_then(class_letter)
}
