//! The Z map: hue is the effective atomic number, brightness the attenuation, saturation the
//! confidence, as in the material colours, whose families it keeps.
//!
//! Hues stand at anchors and run straight between them. One byte a pixel holds a few steps of Z;
//! what cannot be told is grey. From the last anchor on Z has one colour: no scan tells more.

use super::legend::{LegendRow, Telling, state_grey};
use super::material::{ALARM, DARKEST, LIGHTEST, PALE, Tone, brightened};
use super::palette::hsl;
use super::strip::Fate;
use crate::messages::{arg, say};
use crate::physics::{Class, Confidence};
use crate::text::Safe;

/// Z and hue in degrees.
const ANCHORS: [(f32, f32); 7] = [
    (5.0, 30.0),
    (8.0, 38.0),
    (10.0, 60.0),
    (13.0, 120.0),
    (18.0, 180.0),
    (26.0, 215.0),
    (40.0, 228.0),
];
/// Hue of what is told to be heavy.
const HEAVY: f32 = 285.0;
/// Where one step of Z ends and the next begins.
const EDGES: [f32; 8] = [8.0, 10.0, 11.5, 13.0, 15.5, 18.0, 22.0, 28.0];
/// Steps of Z, and heavy.
const STEPS: usize = EDGES.len() + 2;
/// The edges that the legend names.
const NAMED: [f32; 6] = [8.0, 10.0, 13.0, 18.0, 22.0, 28.0];

/// Steps of the grey ramp, which comes first, of the alarm ramp, and of a sure and of a pale ramp:
/// together they fill the byte.
const GREYS: u8 = 52;
const ALARMS: u8 = 6;
const SURE: u8 = 12;
const PALES: u8 = 7;
/// The grey ramp's step that is the ground.
pub(super) const GROUND_STEP: u8 = 8;
/// Saturation of light and of heavy matter: green is calmer, as in the material colours.
const SATURATION: [f32; 2] = [0.85, 0.55];
/// Luminance of the colours in the legend.
const SHOWN: f32 = 0.35;

/// Hue of an atomic number.
fn hue(z: f32) -> f32 {
    let after = ANCHORS.partition_point(|(at, _)| *at < z);
    let b = ANCHORS[after.min(ANCHORS.len() - 1)];
    let a = ANCHORS[after.saturating_sub(1)];
    if b.0 > a.0 {
        a.1 + (z - a.0) / (b.0 - a.0) * (b.1 - a.1)
    } else {
        a.1
    }
}

/// The step of a material's Z: heavy is told by the class alone.
fn step(class: Class, z: f32) -> usize {
    if class == Class::Heavy {
        STEPS - 1
    } else {
        EDGES.partition_point(|edge| *edge <= z)
    }
}

/// The middle of a step of Z.
fn middle(step: usize) -> f32 {
    let below = step.checked_sub(1).map_or(5.0, |before| EDGES[before]);
    f32::midpoint(below, EDGES.get(step).copied().unwrap_or(40.0))
}

/// Hue and saturation of a step.
fn tint(step: usize) -> (f32, f32) {
    if step + 1 == STEPS {
        return (HEAVY, SATURATION[0]);
    }
    let hue = hue(middle(step));
    (hue, saturation(hue))
}

/// Full at orange and blue, least at green.
fn saturation(hue: f32) -> f32 {
    let [most, green] = SATURATION;
    let near = 1.0 - ((hue - 120.0).abs() / 60.0).min(1.0);
    most + near * (green - most)
}

/// The map's colours: at most 256.
pub(super) fn colours() -> Vec<[u8; 3]> {
    let along = |n: u8, [from, to]: [f32; 2]| {
        (0..n).map(move |i| from + (to - from) * f32::from(i) / f32::from(n - 1))
    };
    let grey = |l: f32| [(l * 255.0).round() as u8; 3];
    let mut colours: Vec<[u8; 3]> = along(GREYS, [0.0, 1.0]).map(grey).collect();
    colours.extend(along(ALARMS, ALARM).map(|l| hsl(0.0, 0.9, l)));
    for (hue, saturation) in (0..STEPS).map(tint) {
        for (n, share) in [(SURE, 1.0), (PALES, PALE)] {
            let ramp = along(n, [DARKEST, LIGHTEST]);
            colours.extend(ramp.map(|l| hsl(hue, saturation * share, l)));
        }
    }
    colours
}

/// The palette index of a tone and its Z at a luminance of 0 to 1; NaN is the ground, and a
/// material whose Z could not be read is grey.
pub(super) fn index(tone: Tone, z: f32, luminance: f32) -> u8 {
    if luminance.is_nan() {
        return GROUND_STEP;
    }
    let (base, steps) = match tone {
        Tone::Alarm => (GREYS, ALARMS),
        Tone::Material(class, confidence) if !z.is_nan() => {
            let base = GREYS + ALARMS + step(class, z) as u8 * (SURE + PALES);
            match confidence {
                Confidence::Sure => (base, SURE),
                Confidence::Unsure => (base + SURE, PALES),
            }
        }
        Tone::Material(..) | Tone::Grey => (0, GREYS),
    };
    base + (brightened(luminance) * f32::from(steps - 1) + 0.5) as u8
}

/// The legend: the scale of Z with the share of each part, then states, and what strips and alerts
/// change. `codes` are class codes without what is taken out by Z.
pub(super) fn rows(telling: Telling<'_>, codes: &[u8], z: &[f32]) -> Vec<LegendRow> {
    let Some(shares) = telling.shares else {
        return Vec::new();
    };
    let mut counts = [0_usize; NAMED.len() + 2];
    for (code, z) in codes.iter().zip(z) {
        let class = Class::from_code(*code).filter(|class| class.is_material());
        if let Some(class) = class.filter(|class| telling.fate(*class) == Fate::Shown) {
            counts[part(class, *z)] += 1;
        }
    }
    let all = codes.iter().filter(|code| **code != 0).count().max(1);
    let heavy = telling.can_be(Class::Heavy) && telling.fate(Class::Heavy) == Fate::Shown;
    let parts = counts.len() - usize::from(!heavy);
    let mut rows: Vec<LegendRow> = (0..parts)
        .map(|part| LegendRow {
            label: label(part),
            colour: swatch(part),
            letter: None,
            share: Some(counts[part] as f64 / all as f64),
        })
        .collect();
    let named = |class: &Class| {
        let changed = telling.fate(*class) != Fate::Shown;
        telling.can_be(*class) && (changed || !class.is_material() && shares.share(*class) > 0.0)
    };
    let of = |class| telling.row(class, state_grey(class), shares.share(class));
    rows.extend(Class::ALL.into_iter().filter(named).map(of));
    rows
}

/// The legend's part that a material's Z falls into; the last is heavy.
fn part(class: Class, z: f32) -> usize {
    if class == Class::Heavy {
        NAMED.len() + 1
    } else {
        NAMED.partition_point(|edge| *edge <= z)
    }
}

/// The words of a part of the scale.
fn label(part: usize) -> Safe {
    let edge = |at: usize| Safe::number(f64::from(NAMED[at]), 0);
    match part {
        0 => say("legend-z-below", &[arg("high", &edge(0))]),
        part if part < NAMED.len() => {
            let (low, high) = (edge(part - 1), edge(part));
            say("legend-z-between", &[arg("low", &low), arg("high", &high)])
        }
        part if part == NAMED.len() => say("legend-z-above", &[arg("low", &edge(part - 1))]),
        _ => say("legend-z-heavy", &[]),
    }
}

/// The colour of a part of the scale: that of its middle.
fn swatch(part: usize) -> [u8; 3] {
    let lightness = DARKEST + brightened(SHOWN) * (LIGHTEST - DARKEST);
    if part > NAMED.len() {
        return hsl(HEAVY, SATURATION[0], lightness);
    }
    let below = part.checked_sub(1).and_then(|before| NAMED.get(before));
    let above = NAMED.get(part).copied().unwrap_or(40.0);
    let hue = hue(f32::midpoint(below.copied().unwrap_or(5.0), above));
    hsl(hue, saturation(hue), lightness)
}

#[cfg(test)]
mod tests {
    use super::super::palette::GROUND;
    use super::*;

    #[test]
    fn hues_stand_at_their_anchors_and_rise() {
        for (z, expected) in ANCHORS {
            assert!((hue(z) - expected).abs() < 1e-3, "{z}");
        }
        assert!((hue(1.0) - 30.0).abs() < 1e-3 && (hue(92.0) - 228.0).abs() < 1e-3);
        let hues: Vec<f32> = (0..STEPS).map(|step| tint(step).0).collect();
        assert!(hues.windows(2).all(|pair| pair[0] < pair[1]), "{hues:?}");
    }

    #[test]
    fn the_colours_fill_one_byte_and_no_material_is_grey_or_red() {
        let colours = colours();
        assert!(colours.len() <= 256, "{}", colours.len());
        assert_eq!(colours[usize::from(GROUND_STEP)], [GROUND; 3]);
        for z in [1.0, 6.0, 7.2, 9.9, 12.0, 13.0, 18.0, 26.0, 47.0, 92.0] {
            for class in [Class::Metal, Class::Heavy] {
                for confidence in [Confidence::Sure, Confidence::Unsure] {
                    for l in [0.0, 0.3, 1.0] {
                        let at = index(Tone::Material(class, confidence), z, l);
                        let [r, g, b] = colours[usize::from(at)];
                        assert!(r != g || g != b, "{z} {l}");
                        assert!(r < 140 || g > 40 || b > 40, "{z} {l}");
                    }
                }
            }
        }
        let grey = Tone::Material(Class::Metal, Confidence::Sure);
        assert_eq!(colours[usize::from(index(grey, f32::NAN, 1.0))], [255; 3]);
    }

    #[test]
    fn steps_and_parts_meet_at_the_class_boundaries() {
        assert_eq!(step(Class::Organic, 9.99) + 1, step(Class::Inorganic, 10.0));
        assert_eq!(part(Class::Organic, 9.99) + 1, part(Class::Inorganic, 10.0));
        assert_eq!(step(Class::Metal, 92.0), STEPS - 2);
        assert_eq!(step(Class::Heavy, 51.0), STEPS - 1);
        assert!((0..STEPS - 1).all(|at| step(Class::Metal, middle(at)) == at));
    }
}
