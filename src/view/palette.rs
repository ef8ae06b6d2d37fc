//! Colours: pseudo-colour palettes and the class colours.
//!
//! Palettes are paths through `OkLab` (Ottosson 2020) with evenly rising lightness, so that equal
//! steps look equal and the order survives any colour vision. Red is kept for flags.

use super::material::{Scheme, Tone};
use crate::messages::say;
use crate::physics::{Class, Confidence};
use crate::text::Safe;

/// The ground outside the scan and under masked pixels, as a grey byte.
pub const GROUND: u8 = 40;
/// The index of [`GROUND`] in a pseudo-colour palette.
pub(super) const GROUND_INDEX: u8 = 255;
/// A pseudo-colour palette.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Its name in `--display palette:NAME`; its sentence is the message `palette-NAME`.
    pub name: &'static str,
    /// Lightness of the first and the last colour.
    lightness: [f32; 2],
    /// Green-red and blue-yellow coordinates at even distances.
    path: &'static [[f32; 2]],
}

/// Every palette.
pub const PALETTES: &[Palette] = &[
    Palette {
        name: "grey",
        lightness: [0.0, 1.0],
        path: &[],
    },
    Palette {
        name: "blue-yellow",
        lightness: [0.2, 0.94],
        path: &[
            [-0.01, -0.09],
            [-0.01, -0.05],
            [-0.01, 0.01],
            [-0.01, 0.08],
            [-0.02, 0.16],
        ],
    },
    Palette {
        name: "violet-yellow",
        lightness: [0.22, 0.93],
        path: &[
            [0.09, -0.1],
            [0.01, -0.11],
            [-0.07, -0.04],
            [-0.13, 0.05],
            [-0.05, 0.18],
        ],
    },
    Palette {
        name: "heat",
        lightness: [0.05, 0.98],
        path: &[
            [0.01, -0.02],
            [0.09, -0.1],
            [0.16, 0.02],
            [0.1, 0.12],
            [0.0, 0.14],
            [-0.01, 0.04],
        ],
    },
];

/// The colours of mass thickness and steel: much is dark blue, nothing nearly white.
pub(super) const MATTER: Palette = Palette {
    name: "matter",
    lightness: [0.2, 0.95],
    path: &[
        [0.03, -0.12],
        [-0.03, -0.1],
        [-0.09, -0.03],
        [-0.11, 0.07],
        [-0.04, 0.12],
        [-0.01, 0.06],
    ],
};

impl Palette {
    /// The palette of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PALETTES.iter().find(|palette| palette.name == name)
    }

    /// Its one-sentence description.
    pub fn doc(&self) -> Safe {
        say(&format!("palette-{}", self.name), &[])
    }

    /// 255 colours from dark to bright, then the ground.
    pub fn colours(&self) -> Vec<[u8; 3]> {
        let mut colours: Vec<[u8; 3]> = (0..GROUND_INDEX)
            .map(|i| self.colour(f32::from(i) / f32::from(GROUND_INDEX - 1)))
            .collect();
        colours.push([GROUND; 3]);
        colours
    }

    /// The colour at `t`, 0 to 1; a palette without a path is the grey of the grey display.
    pub fn colour(&self, t: f32) -> [u8; 3] {
        if self.path.len() < 2 {
            return [(t * 255.0).round() as u8; 3];
        }
        let place = t * (self.path.len() - 1) as f32;
        let from = (place as usize).min(self.path.len() - 2);
        let share = place - from as f32;
        let (a, b) = (self.path[from], self.path[from + 1]);
        let [dark, bright] = self.lightness;
        oklab(
            dark + t * (bright - dark),
            a[0] + share * (b[0] - a[0]),
            a[1] + share * (b[1] - a[1]),
        )
    }
}

/// `OkLab` to sRGB bytes, clipped to what a screen can show.
pub(super) fn oklab(lightness: f32, a: f32, b: f32) -> [u8; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
    .map(|linear| {
        let v = linear.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 {
            12.92 * v
        } else {
            1.055 * v.powf(1.0 / 2.4) - 0.055
        };
        (v * 255.0).round() as u8
    })
}

/// Hue in degrees, saturation and lightness to bytes.
pub(super) fn hsl(hue: f32, saturation: f32, lightness: f32) -> [u8; 3] {
    let chroma = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|n: f32| {
        let k = (n + hue / 30.0) % 12.0;
        let v = lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (v * 255.0).round() as u8
    })
}

/// The colours of class codes, by code; 0 is the ground outside the scan.
pub fn class_colours() -> Vec<[u8; 3]> {
    let mut colours = vec![[GROUND; 3]; 1 + usize::from(Class::NotDual.code())];
    for class in Class::ALL {
        colours[usize::from(class.code())] = class_colour(class);
    }
    colours
}

/// The colour of a class in the class display.
pub(super) fn class_colour(class: Class) -> [u8; 3] {
    match class {
        Class::Organic | Class::Inorganic | Class::Metal | Class::Heavy => {
            Scheme::Four.colour(Tone::Material(class, Confidence::Sure), 0.3)
        }
        Class::Air => [255; 3],
        Class::Thin => [205; 3],
        Class::Black => [0; 3],
        Class::Dense => [105, 85, 70],
        Class::Impossible => [150, 150, 110],
        Class::Saturated => [235, 235, 170],
        Class::Defect => [190, 30, 30],
        Class::NotDual => [128; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::has;

    #[test]
    fn palettes_are_named_whole_and_rise_in_lightness() {
        for palette in PALETTES {
            assert!(
                has(&format!("palette-{}", palette.name)),
                "{}",
                palette.name
            );
            let colours = palette.colours();
            assert_eq!((colours.len(), colours[255]), (256, [GROUND; 3]));
            let luminance = |c: &[u8; 3]| {
                0.2126 * f64::from(c[0]).powf(2.2)
                    + 0.7152 * f64::from(c[1]).powf(2.2)
                    + 0.0722 * f64::from(c[2]).powf(2.2)
            };
            let levels: Vec<f64> = colours[..255].iter().map(luminance).collect();
            assert!(levels.windows(8).all(|w| w[7] > w[0]), "{}", palette.name);
        }
    }
}
