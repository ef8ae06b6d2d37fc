//! Colours: pseudo-colour palettes and the class colours.
//!
//! Palettes are paths through `OkLab` (Ottosson 2020) with evenly rising lightness, or published ones
//! by colours at even distances: equal steps look equal and the order survives any colour vision.
//! Red is kept for flags, but in the hot iron of DICOM, which has it.

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
    course: Course,
}

/// How a palette goes from dark to bright.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Course {
    /// The grey of the grey display.
    Grey,
    /// Through `OkLab`.
    Lab {
        /// Lightness of the first and the last colour.
        lightness: [f32; 2],
        /// Green-red and blue-yellow coordinates at even distances.
        path: &'static [[f32; 2]],
    },
    /// Straight between colours at even distances, red in the highest byte.
    Between(&'static [u32]),
}

/// Viridis of matplotlib (CC0), at even distances.
const VIRIDIS: [u32; 33] = [
    0x44_0154, 0x47_0d60, 0x48_186a, 0x48_2374, 0x47_2d7b, 0x45_3681, 0x42_4086, 0x3f_4989,
    0x3b_528b, 0x37_5a8d, 0x33_638d, 0x2f_6a8e, 0x2c_728e, 0x29_7a8e, 0x26_818e, 0x23_898e,
    0x21_908c, 0x1f_988b, 0x1f_9f88, 0x21_a685, 0x28_ae80, 0x31_b57b, 0x3e_bc74, 0x4c_c26c,
    0x5d_c963, 0x6e_ce58, 0x82_d34c, 0x96_d83f, 0xab_dc32, 0xc0_df24, 0xd5_e21a, 0xea_e51a,
    0xfd_e725,
];
/// Cividis (Nunez, Anderton and Renslow 2018) (CC0), at even distances.
const CIVIDIS: [u32; 33] = [
    0x00_224e, 0x00_285b, 0x00_2e6a, 0x04_3371, 0x1a_386f, 0x27_3e6e, 0x32_436d, 0x3b_496c,
    0x43_4e6c, 0x4b_546c, 0x52_596d, 0x5a_5f6e, 0x61_656f, 0x68_6a71, 0x6f_7073, 0x75_7676,
    0x7c_7b78, 0x84_8179, 0x8b_8778, 0x93_8d78, 0x9b_9376, 0xa3_9a75, 0xab_a072, 0xb3_a670,
    0xbb_ad6c, 0xc3_b469, 0xcc_ba64, 0xd4_c15f, 0xdd_c958, 0xe6_d051, 0xef_d748, 0xf8_df3c,
    0xfe_e838,
];
/// Magma of matplotlib (CC0), at even distances.
const MAGMA: [u32; 33] = [
    0x00_0004, 0x03_0311, 0x0a_0822, 0x13_0d33, 0x1d_1146, 0x28_115a, 0x36_106a, 0x43_0f76,
    0x50_127c, 0x5d_177f, 0x69_1c81, 0x76_2181, 0x82_2681, 0x8f_2a81, 0x9c_2e7f, 0xa9_327d,
    0xb6_3779, 0xc3_3b75, 0xcf_4170, 0xdb_486a, 0xe6_5163, 0xee_5c5e, 0xf5_695c, 0xf9_785d,
    0xfb_8761, 0xfd_9668, 0xfe_a571, 0xfe_b47b, 0xfe_c387, 0xfe_d194, 0xfd_e0a2, 0xfc_eeb0,
    0xfc_fdbf,
];
/// Inferno of matplotlib (CC0), at even distances.
const INFERNO: [u32; 33] = [
    0x00_0004, 0x04_0312, 0x0b_0724, 0x15_0b37, 0x21_0c4a, 0x2e_0a5a, 0x3c_0965, 0x4a_0c6b,
    0x57_106d, 0x63_146e, 0x70_196e, 0x7d_1e6d, 0x89_226a, 0x96_2766, 0xa3_2b61, 0xaf_315c,
    0xbb_3755, 0xc6_3e4d, 0xd1_4644, 0xdb_4f3b, 0xe3_5932, 0xeb_6528, 0xf1_711e, 0xf6_7f14,
    0xf9_8d0a, 0xfb_9c06, 0xfc_ab0f, 0xfb_ba1f, 0xf9_ca32, 0xf5_d949, 0xf2_e865, 0xf3_f586,
    0xfc_ffa4,
];

/// Every palette.
pub const PALETTES: &[Palette] = &[
    Palette {
        name: "grey",
        course: Course::Grey,
    },
    Palette {
        name: "blue-yellow",
        course: Course::Lab {
            lightness: [0.2, 0.94],
            path: &[
                [-0.01, -0.09],
                [-0.01, -0.05],
                [-0.01, 0.01],
                [-0.01, 0.08],
                [-0.02, 0.16],
            ],
        },
    },
    Palette {
        name: "violet-yellow",
        course: Course::Lab {
            lightness: [0.22, 0.93],
            path: &[
                [0.09, -0.1],
                [0.01, -0.11],
                [-0.07, -0.04],
                [-0.13, 0.05],
                [-0.05, 0.18],
            ],
        },
    },
    Palette {
        name: "heat",
        course: Course::Lab {
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
    },
    between("viridis", &VIRIDIS),
    between("cividis", &CIVIDIS),
    between("magma", &MAGMA),
    between("inferno", &INFERNO),
    between("hot-iron", &HOT_IRON),
];

/// Hot iron of DICOM (PS3.6 B.1.1): red over the first half, green over the second, blue over the
/// last quarter.
const HOT_IRON: [u32; 5] = [0x00_0000, 0x80_0000, 0xff_0000, 0xff_8000, 0xff_ffff];

const fn between(name: &'static str, colours: &'static [u32]) -> Palette {
    Palette {
        name,
        course: Course::Between(colours),
    }
}

/// The colours of mass thickness and steel: much is dark blue, nothing nearly white.
pub(super) const MATTER: Palette = Palette {
    name: "matter",
    course: Course::Lab {
        lightness: [0.2, 0.95],
        path: &[
            [0.03, -0.12],
            [-0.03, -0.1],
            [-0.09, -0.03],
            [-0.11, 0.07],
            [-0.04, 0.12],
            [-0.01, 0.06],
        ],
    },
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

    /// The colour at `t`, 0 to 1.
    pub fn colour(&self, t: f32) -> [u8; 3] {
        match self.course {
            Course::Grey => [(t * 255.0).round() as u8; 3],
            Course::Lab { lightness, path } => {
                let (from, share) = place(t, path.len());
                let (a, b) = (path[from], path[from + 1]);
                let [dark, bright] = lightness;
                oklab(
                    dark + t * (bright - dark),
                    a[0] + share * (b[0] - a[0]),
                    a[1] + share * (b[1] - a[1]),
                )
            }
            Course::Between(colours) => {
                let (from, share) = place(t, colours.len());
                [16, 8, 0].map(|shift| {
                    let [a, b] = [from, from + 1].map(|i| (colours[i] >> shift & 0xff) as f32);
                    (a + share * (b - a)).round() as u8
                })
            }
        }
    }
}

/// The last of `count` even places before `t`, 0 to 1, and the share of the way to the next.
fn place(t: f32, count: usize) -> (usize, f32) {
    let place = t * (count - 1) as f32;
    let from = (place as usize).min(count - 2);
    (from, place - from as f32)
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

    #[test]
    fn the_published_ones_are_those_of_matplotlib() {
        for (name, colours) in [
            (
                "viridis",
                [
                    [68, 1, 84],
                    [59, 82, 139],
                    [33, 145, 140],
                    [112, 207, 87],
                    [253, 231, 37],
                ],
            ),
            (
                "cividis",
                [
                    [0, 34, 78],
                    [67, 78, 108],
                    [125, 124, 120],
                    [196, 180, 104],
                    [254, 232, 56],
                ],
            ),
            (
                "magma",
                [
                    [0, 0, 4],
                    [81, 18, 124],
                    [183, 55, 121],
                    [253, 152, 105],
                    [252, 253, 191],
                ],
            ),
            (
                "inferno",
                [
                    [0, 0, 4],
                    [87, 16, 110],
                    [188, 55, 84],
                    [251, 157, 7],
                    [252, 255, 164],
                ],
            ),
        ] {
            let palette = Palette::named(name).unwrap_or_else(|| panic!("{name}"));
            for (place, expected) in [0, 64, 128, 200, 255].into_iter().zip(colours) {
                let found = palette.colour(f32::from(place as u8) / 255.0);
                let off = found.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
                assert!(off <= Some(3), "{name} {place}: {found:?}");
            }
        }
    }
}
