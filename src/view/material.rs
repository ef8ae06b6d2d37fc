//! The material colours: which of them there are, and the ramps that one byte a pixel holds.
//!
//! Hue is the material, brightness the attenuation, saturation the confidence. Hues are those of
//! vendor consoles: organic orange, inorganic green, metal blue, heavy violet. The safe scheme keeps
//! the families and moves them apart for every kind of colour vision. Red is kept for alarms.

// Only what is inlined is compiled for wider registers.
#![allow(clippy::inline_always)]

use super::Display;
use super::palette::hsl;
use crate::lanes::wide;
use crate::physics::{Class, Confidence};

/// Which material colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Organic, inorganic, metal; heavy is drawn as metal.
    Three,
    /// Heavy has a colour of its own.
    Four,
    /// Four colours that stay apart under every kind of colour vision.
    Safe,
}

/// Steps of the grey ramp, which comes first.
const GREYS: u8 = 64;
/// Steps of the alarm ramp, which comes second.
const ALARMS: u8 = 6;
/// The grey ramp's step that is the ground.
pub(super) const GROUND_STEP: u8 = 10;
/// Lightness of the coloured ramps at both ends: hue must be seen in the densest metal.
pub(super) const DARKEST: f32 = 0.16;
pub(super) const LIGHTEST: f32 = 0.9;
/// Lightness of the alarm ramp at both ends: red at any attenuation.
pub(super) const ALARM: [f32; 2] = [0.34, 0.58];
/// What is left of the saturation of an unsure class.
pub(super) const PALE: f32 = 0.45;

/// Hue in degrees and saturation, by class: organic, inorganic, metal, heavy.
const STANDARD: [(f32, f32); 4] = [(36.0, 0.85), (120.0, 0.55), (220.0, 0.85), (285.0, 0.85)];
/// The same for every colour vision, found by the largest least distance in `OkLab`'s colour plane
/// among the four and grey, seen normally and by the three kinds of dichromats (Machado 2009).
const SAFE: [(f32, f32); 4] = [(48.0, 1.0), (120.0, 0.35), (240.0, 1.0), (306.0, 0.75)];

/// What a pixel is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A state, or what was stripped.
    Grey,
    /// A material.
    Material(Class, Confidence),
    /// What an alert marks.
    Alarm,
}

/// Neighbouring colours of one hue.
#[derive(Debug, Clone, Copy)]
struct Ramp {
    base: u8,
    steps: u8,
}

/// The colours of one tone, made ready for many pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Brush {
    base: u8,
    /// The last step of its ramp.
    last: f32,
}

impl Brush {
    /// The palette index at a [`brightened`] luminance; NaN is the ground.
    #[inline]
    pub(super) fn index(self, brightness: f32) -> u8 {
        let step = (brightness * self.last + 0.5) as u8;
        if brightness.is_nan() {
            GROUND_STEP
        } else {
            self.base + step
        }
    }
}

impl Scheme {
    /// The scheme of a display, if it shows materials.
    pub(super) fn of(display: &Display) -> Option<Self> {
        match display {
            Display::Material => Some(Self::Three),
            Display::Material4 => Some(Self::Four),
            Display::MaterialSafe => Some(Self::Safe),
            _ => None,
        }
    }

    /// Its colours: at most 256.
    pub fn colours(self) -> Vec<[u8; 3]> {
        let lightness = |n: u8, [from, to]: [f32; 2]| {
            (0..n).map(move |step| from + (to - from) * f32::from(step) / f32::from(n - 1))
        };
        let mut colours: Vec<[u8; 3]> = lightness(GREYS, [0.0, 1.0])
            .map(|l| [(l * 255.0) as u8; 3])
            .collect();
        colours.extend(lightness(ALARMS, ALARM).map(|l| hsl(0.0, 0.9, l)));
        let (sure, pale) = self.steps();
        for (hue, saturation) in self.hues() {
            for (steps, share) in [(sure, 1.0), (pale, PALE)] {
                let ramp = lightness(steps, [DARKEST, LIGHTEST]);
                colours.extend(ramp.map(|l| hsl(*hue, saturation * share, l)));
            }
        }
        colours
    }

    /// Hues of the coloured ramps.
    fn hues(self) -> &'static [(f32, f32)] {
        match self {
            Self::Three => &STANDARD[..3],
            Self::Four => &STANDARD,
            Self::Safe => &SAFE,
        }
    }

    /// Steps of a sure and of a pale ramp: together they fill the byte.
    fn steps(self) -> (u8, u8) {
        match self {
            Self::Three => (38, 24),
            Self::Four | Self::Safe => (28, 18),
        }
    }

    /// The class that a material is drawn as.
    pub(super) fn drawn_as(self, class: Class) -> Class {
        match class {
            Class::Heavy if self == Self::Three => Class::Metal,
            class => class,
        }
    }

    /// The palette index of a tone at a luminance of 0 to 1; NaN is the ground.
    pub(super) fn index(self, tone: Tone, luminance: f32) -> u8 {
        self.brush(tone).index(brightened(luminance))
    }

    /// What draws a tone.
    pub(super) fn brush(self, tone: Tone) -> Brush {
        let Ramp { base, steps } = self.ramp(tone);
        Brush {
            base,
            last: f32::from(steps - 1),
        }
    }

    /// The colour of a tone at a luminance of 0 to 1.
    pub(super) fn colour(self, tone: Tone, luminance: f32) -> [u8; 3] {
        self.colours()[usize::from(self.index(tone, luminance))]
    }

    /// Where a tone's colours are.
    fn ramp(self, tone: Tone) -> Ramp {
        let Tone::Material(class, confidence) = tone else {
            return if tone == Tone::Alarm {
                Ramp {
                    base: GREYS,
                    steps: ALARMS,
                }
            } else {
                Ramp {
                    base: 0,
                    steps: GREYS,
                }
            };
        };
        let (sure, pale) = self.steps();
        let base = GREYS + ALARMS + (self.drawn_as(class).code() - 1) * (sure + pale);
        match confidence {
            Confidence::Sure => Ramp { base, steps: sure },
            Confidence::Unsure => Ramp {
                base: base + sure,
                steps: pale,
            },
        }
    }
}

/// The alarm colour where a picture has room for one only.
pub(super) fn alarm() -> [u8; 3] {
    hsl(0.0, 0.9, f32::midpoint(ALARM[0], ALARM[1]))
}

/// How material brightness follows transmission: the dark parts are lifted so that hue is seen.
#[inline(always)]
pub(super) fn brightened(luminance: f32) -> f32 {
    luminance.sqrt()
}

/// [`brightened`] of many luminances in their place.
pub(super) fn brighten(luminances: &mut [f32]) {
    wide!(brighten_each(luminances));
}

#[inline(always)]
fn brighten_each(luminances: &mut [f32]) {
    for luminance in luminances {
        *luminance = brightened(*luminance);
    }
}

#[cfg(test)]
mod tests {
    use super::super::palette::GROUND;
    use super::*;

    const CLASSES: [Class; 4] = [Class::Organic, Class::Inorganic, Class::Metal, Class::Heavy];

    fn tone(class: Class) -> Tone {
        Tone::Material(class, Confidence::Sure)
    }

    #[test]
    fn ramps_fill_one_byte_and_keep_their_hue() {
        for scheme in [Scheme::Three, Scheme::Four, Scheme::Safe] {
            let colours = scheme.colours();
            assert!(colours.len() <= 256, "{scheme:?}: {}", colours.len());
            assert_eq!(colours[usize::from(GROUND_STEP)], [GROUND; 3]);
            assert_eq!((colours[0], colours[63]), ([0; 3], [255; 3]));
        }
        for step in 0..20 {
            let l = step as f32 / 19.0;
            for confidence in [Confidence::Sure, Confidence::Unsure] {
                let [o, i, m, h] =
                    CLASSES.map(|c| Scheme::Four.colour(Tone::Material(c, confidence), l));
                assert!(o[0] > o[1] && o[1] > o[2], "organic {step}: {o:?}");
                assert!(i[1] > i[0] && i[1] > i[2], "inorganic {step}: {i:?}");
                assert!(m[2] > m[1] && m[1] > m[0], "metal {step}: {m:?}");
                assert!(h[2] > h[0] && h[0] > h[1], "heavy {step}: {h:?}");
            }
        }
        let metal = Scheme::Three.colour(tone(Class::Metal), 0.4);
        assert_eq!(Scheme::Three.colour(tone(Class::Heavy), 0.4), metal);
    }

    /// What dichromats see, in linear light (Machado, Oliveira and Fernandes 2009, severity 1):
    /// normal, protanopia, deuteranopia, tritanopia.
    const VISIONS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    fn times(m: [[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
        m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    /// The two colour coordinates of `OkLab`, without its lightness.
    fn chroma(vision: [[f64; 3]; 3], rgb: [u8; 3]) -> [f64; 2] {
        let linear = rgb.map(|byte| {
            let v = f64::from(byte) / 255.0;
            if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        });
        let cones = [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ];
        let lab = [
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
            [0.0; 3],
        ];
        let seen = times(vision, linear).map(|v| v.clamp(0.0, 1.0));
        let [a, b, _] = times(lab, times(cones, seen).map(f64::cbrt));
        [a, b]
    }

    /// The least distance in colour, lightness left out, between any two of `tones` as any of
    /// `visions` sees them at middle brightness.
    fn least(scheme: Scheme, tones: &[Tone], visions: &[[[f64; 3]; 3]]) -> f64 {
        let mut least = f64::INFINITY;
        for vision in visions {
            for luminance in [0.08, 0.2, 0.4] {
                let seen: Vec<_> = tones
                    .iter()
                    .map(|tone| chroma(*vision, scheme.colour(*tone, luminance)))
                    .collect();
                for (i, a) in seen.iter().enumerate() {
                    for b in &seen[..i] {
                        least = least.min((a[0] - b[0]).hypot(a[1] - b[1]));
                    }
                }
            }
        }
        least
    }

    #[test]
    fn the_safe_colours_stay_apart_for_every_colour_vision() {
        let mut tones = CLASSES.map(tone).to_vec();
        tones.push(Tone::Grey);
        let safe = least(Scheme::Safe, &tones, &VISIONS);
        let standard = least(Scheme::Four, &tones, &VISIONS);
        println!("least distance: safe {safe:.3}, standard {standard:.3}");
        // About 0.02 is a just noticeable difference; the standard orange and green fall below it.
        assert!(safe > 0.04 && standard < 0.02, "{safe} {standard}");
        assert!(least(Scheme::Four, &tones, &VISIONS[..1]) > 0.05);
    }
}
