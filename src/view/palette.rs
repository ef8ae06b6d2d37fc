//! Colours: pseudo-colour palettes, the material ramps and the class colours.
//!
//! Palettes are paths through `OkLab` (Ottosson 2020) with evenly rising lightness, so that equal
//! steps look equal and the order survives any colour vision. Material hues are those of vendor
//! consoles: organic orange, inorganic green, metal blue. Red is kept for flags.

use crate::messages::say;
use crate::physics::Class;
use crate::text::Safe;

/// Brightness steps of a material ramp: four ramps of them fill one byte.
pub(super) const STEPS: usize = 64;
/// The ground outside the scan and under masked pixels, as a grey byte.
pub const GROUND: u8 = 40;
/// The grey ramp's step that is [`GROUND`].
pub(super) const GROUND_STEP: u8 = 10;
/// The index of [`GROUND`] in a pseudo-colour palette.
pub(super) const GROUND_INDEX: u8 = 255;
/// How material brightness follows transmission: the dark parts are lifted so that hue is seen.
const BRIGHTEN: f32 = 0.5;
/// Lightness of the coloured ramps at both ends: hue must be seen in the densest metal.
const DARKEST: f32 = 0.16;
const LIGHTEST: f32 = 0.9;

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
fn oklab(lightness: f32, a: f32, b: f32) -> [u8; 3] {
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

/// The ramp of a class in the material colours: 0 grey, 1 organic, 2 inorganic, 3 metal.
pub(super) fn ramp(class: Option<Class>) -> u8 {
    match class {
        Some(Class::Organic) => 1,
        Some(Class::Inorganic) => 2,
        Some(Class::Metal | Class::Heavy) => 3,
        _ => 0,
    }
}

/// Hue in degrees and saturation of the coloured ramps.
const HUES: [(f32, f32); 3] = [(36.0, 0.85), (120.0, 0.55), (220.0, 0.85)];

/// The material colours: four ramps of 64 steps, grey first.
pub fn material_colours() -> Vec<[u8; 3]> {
    let steps = || (0..STEPS).map(|step| step as f32 / (STEPS - 1) as f32);
    let grey = steps().map(|l| [(l * 255.0) as u8; 3]);
    let coloured = HUES.iter().flat_map(|&(hue, saturation)| {
        steps().map(move |l| hsl(hue, saturation, DARKEST + (LIGHTEST - DARKEST) * l))
    });
    grey.chain(coloured).collect()
}

/// The colour of a ramp at a luminance of 0 to 1.
pub(super) fn material_colour(ramp: u8, luminance: f32) -> [u8; 3] {
    material_colours()[usize::from(material_index(ramp, luminance))]
}

/// The index of a ramp's step at a luminance of 0 to 1.
pub(super) fn material_index(ramp: u8, luminance: f32) -> u8 {
    ramp * STEPS as u8 + (luminance.powf(BRIGHTEN) * (STEPS - 1) as f32 + 0.5) as u8
}

/// Hue in degrees, saturation and lightness to bytes.
fn hsl(hue: f32, saturation: f32, lightness: f32) -> [u8; 3] {
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
        Class::Organic | Class::Inorganic | Class::Metal => material_colour(ramp(Some(class)), 0.3),
        Class::Heavy => hsl(285.0, 0.6, 0.5),
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

    #[test]
    fn material_ramps_fill_one_byte_and_keep_their_hue() {
        let colours = material_colours();
        assert_eq!(colours.len(), 256);
        assert_eq!(colours[usize::from(GROUND_STEP)], [GROUND; 3]);
        assert_eq!((colours[0], colours[63]), ([0; 3], [255; 3]));
        for step in 0..STEPS {
            let [o, i, m] = [1, 2, 3].map(|ramp| colours[ramp * STEPS + step]);
            assert!(o[0] > o[1] && o[1] > o[2], "organic {step}: {o:?}");
            assert!(i[1] > i[0] && i[1] > i[2], "inorganic {step}: {i:?}");
            assert!(m[2] > m[1] && m[1] > m[0], "metal {step}: {m:?}");
        }
    }
}
