//! The scene file: what may be written, and the checks of what was written.
//!
//! Unknown keys are errors. Lengths are millimetres, densities g/cm3, angles degrees. `docs/simulate.md`
//! describes every key.

use serde::Deserialize;
use toml::Spanned;

use super::texture::Texture;
use crate::messages::{arg, say};
use crate::radiograph::{Energy, EnergyUnit};
use crate::text::{Safe, line_at};

/// The largest number of pixels of a simulated scan.
const MOST_PIXELS: usize = 200_000_000;
/// The longest side in pixels.
const LONGEST: usize = 65_535;
/// The most copies of one object.
const MOST_COPIES: usize = 10_000;

/// What is wrong with a scene, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub why: Safe,
}

/// A scene as written, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The scanner.
    pub(super) scan: Scanner,
    /// What stands in it; a later object takes the place of earlier ones inside it.
    #[serde(default)]
    pub(super) object: Vec<Spanned<Object>>,
    /// The text that it was read from, for the lines of later faults.
    #[serde(skip)]
    text: String,
}

/// The `[scan]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scanner {
    /// Columns.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// Size of a pixel in the middle plane, x and y.
    pub(super) pixel_mm: [f64; 2],
    /// How the rays run.
    #[serde(default)]
    pub(super) beam: BeamKind,
    /// Distance of the source from the middle plane (fan).
    pub(super) source_distance_mm: Option<f64>,
    /// Height of the source above the bottom row (fan); half the picture's height without it.
    pub(super) source_height_mm: Option<f64>,
    /// One tube voltage, or the two of a linac.
    pub(super) energies: Vec<String>,
    /// Signal of the open beam in samples.
    #[serde(default = "air")]
    pub(super) air: f64,
    /// What disturbs the signal.
    #[serde(default)]
    pub(super) noise: Noise,
    /// Seed of everything random.
    #[serde(default = "one")]
    pub(super) seed: u64,
    /// How the planes are written.
    #[serde(default)]
    pub(super) format: PlaneFormat,
    /// Container or unit number for the sidecar.
    pub(super) container: Option<String>,
    /// At which end the doors are, for the sidecar.
    pub(super) doors: Option<Doors>,
}

/// `scan.noise`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Noise {
    /// Photons per pixel of the open beam; 0 for none of their noise.
    pub(super) photons: f64,
    /// Standard deviation of the electronics in samples.
    pub(super) electronic: f64,
    /// Standard deviation of the rows' gains, which the air value does not know.
    pub(super) row_gain: f64,
    /// Scattered radiation that every pixel gets, as a share of the open beam.
    pub(super) scatter: f64,
    /// The beam against the one whose signal `air` is; what goes beyond 65535 is saturated.
    pub(super) exposure: f64,
    /// Rows from the top whose elements give nothing.
    pub(super) dead_rows: Vec<usize>,
}

impl Default for Noise {
    fn default() -> Self {
        Self {
            photons: 100_000.0,
            electronic: 2.0,
            row_gain: 0.0,
            scatter: 0.0,
            exposure: 1.0,
            dead_rows: Vec::new(),
        }
    }
}

/// How the rays run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BeamKind {
    /// From a point, in the plane of each column.
    #[default]
    Fan,
    /// All along z.
    Parallel,
}

/// How the planes of a simulated scan are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaneFormat {
    /// 16-bit TIFF.
    #[default]
    Tiff,
    /// DICOS digital X-ray images.
    Dicos,
}

impl PlaneFormat {
    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Tiff => "tif",
            Self::Dicos => "dcs",
        }
    }
}

/// The end with the doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Doors {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl Doors {
    /// The word in the sidecar.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// An `[[object]]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Object {
    /// What it is.
    pub(super) shape: Shape,
    /// Name of a material, a formula, or `void`.
    pub(super) material: Option<String>,
    /// g/cm3; the material's own without it.
    pub(super) density: Option<f64>,
    /// Its middle: x to the right, y up from the bottom row, z away from the source.
    #[serde(default)]
    pub(super) position_mm: [f64; 3],
    /// Its extent along its own x, y and z.
    pub(super) size_mm: Option<[f64; 3]>,
    /// Turned about x, then y, then z, in degrees.
    #[serde(default)]
    pub(super) rotation: [f64; 3],
    /// Axis of a cylinder or of its shell.
    #[serde(default)]
    pub(super) axis: Axis,
    /// Thickness of a shell.
    pub(super) wall_mm: Option<f64>,
    /// Form of a shell.
    #[serde(default)]
    pub(super) form: Form,
    /// Corners of an extrusion, about its position, in its own x and y.
    #[serde(default)]
    pub(super) points_mm: Vec<[f64; 2]>,
    /// Which ready-made container.
    #[serde(default)]
    pub(super) model: Model,
    /// Name in the ground truth.
    pub(super) label: Option<String>,
    /// What makes it uneven.
    pub(super) texture: Option<Texture>,
    /// Copies beside each other.
    pub(super) repeat: Option<Repeat>,
    /// Whether it is a block of known matter to calibrate with.
    #[serde(default)]
    pub(super) calibration: bool,
}

/// `repeat`: copies in a grid whose first one stands at the object's position.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeat {
    /// Copies along x, y and z.
    pub(super) count: [usize; 3],
    /// From one to the next.
    pub(super) step_mm: [f64; 3],
}

/// The shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shape {
    /// A box.
    #[default]
    Box,
    /// A cylinder, elliptic where its size says so.
    Cylinder,
    /// A ball or ellipsoid.
    Sphere,
    /// The wall of a hollow box, cylinder or sphere.
    Shell,
    /// A polygon drawn out along z.
    Extrusion,
    /// A freight container of steel, ready made.
    Container,
    /// A suitcase with frame, wheels and handle, ready made.
    Suitcase,
}

/// The forms of a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// A box.
    #[default]
    Box,
    /// A cylinder.
    Cylinder,
    /// A sphere.
    Sphere,
}

/// An axis of an object's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Axis {
    /// Along the picture's rows.
    X,
    /// Up.
    #[default]
    Y,
    /// Along the beam.
    Z,
}

/// The ready-made containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum Model {
    /// 6058 x 2591 x 2438 mm.
    #[default]
    #[serde(rename = "20ft")]
    Twenty,
    /// 12192 x 2591 x 2438 mm.
    #[serde(rename = "40ft")]
    Forty,
    /// 12192 x 2896 x 2438 mm, insulated, with its machine at the left end.
    #[serde(rename = "reefer")]
    Reefer,
}

/// Air without `air`.
fn air() -> f64 {
    60_000.0
}

/// The seed without `seed`.
fn one() -> u64 {
    1
}

impl Scene {
    /// Reads and checks a scene.
    ///
    /// # Errors
    /// The first fault with its line.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut scene: Self = toml::from_str(text).map_err(|error| Fault {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            why: Safe::from_outside(error.message()),
        })?;
        text.clone_into(&mut scene.text);
        scene.scan.check().map_err(|why| scene.scan_fault(why))?;
        for object in &scene.object {
            let checked = object.get_ref().check();
            checked.map_err(|why| scene.fault(object, why))?;
        }
        Ok(scene)
    }

    /// The seed that the scene itself names.
    pub fn seed(&self) -> u64 {
        self.scan.seed
    }

    /// Columns and rows.
    pub fn size(&self) -> [usize; 2] {
        [self.scan.width, self.scan.height]
    }

    /// A fault of the `[scan]` section.
    pub(super) fn scan_fault(&self, why: Safe) -> Fault {
        let start = self.text.find("[scan]").unwrap_or_default();
        Fault {
            line: line_at(&self.text, start),
            why,
        }
    }

    /// A fault of an object.
    pub(super) fn fault(&self, object: &Spanned<Object>, why: Safe) -> Fault {
        Fault {
            line: line_at(&self.text, object.span().start),
            why,
        }
    }
}

impl Scanner {
    /// Refuses what cannot be simulated.
    fn check(&self) -> Result<(), Safe> {
        let sides = (1..=LONGEST).contains(&self.width) && (1..=LONGEST).contains(&self.height);
        if !sides || self.width * self.height > MOST_PIXELS {
            let most = MOST_PIXELS / 1_000_000;
            return Err(say(
                "scene-size",
                &[arg("longest", &LONGEST), arg("most", &most)],
            ));
        }
        positive("pixel_mm", &self.pixel_mm)?;
        positive("air", &[self.air])?;
        positive("noise.exposure", &[self.noise.exposure])?;
        let noise = &self.noise;
        not_negative(
            "noise",
            &[
                noise.photons,
                noise.electronic,
                noise.row_gain,
                noise.scatter,
            ],
        )?;
        if self.air > 65_535.0 {
            return Err(say("scene-air", &[]));
        }
        positive("source_distance_mm", self.source_distance_mm.as_slice())?;
        if self.noise.dead_rows.iter().any(|row| *row >= self.height) {
            return Err(say("scene-dead-rows", &[arg("height", &self.height)]));
        }
        self.pair().map(|_| ())
    }

    /// The high and the low energy; one tube voltage is both.
    pub(super) fn pair(&self) -> Result<[Energy; 2], Safe> {
        let read: Option<Vec<Energy>> = self.energies.iter().map(|e| Energy::parse(e)).collect();
        let wrong = || say("scene-energies", &[]);
        match read.ok_or_else(wrong)?[..] {
            [one] if one.unit == EnergyUnit::Kilovolt => Ok([one, one]),
            [a, b]
                if a.unit == EnergyUnit::Megavolt
                    && b.unit == EnergyUnit::Megavolt
                    && a.value != b.value =>
            {
                Ok(if a.value > b.value { [a, b] } else { [b, a] })
            }
            _ => Err(wrong()),
        }
    }
}

impl Object {
    /// Refuses what has no meaning for its shape.
    fn check(&self) -> Result<(), Safe> {
        let ready = matches!(self.shape, Shape::Container | Shape::Suitcase);
        if !ready && self.material.is_none() {
            return Err(needs("material", self.shape));
        }
        if !ready && self.size_mm.is_none() {
            return Err(needs("size_mm", self.shape));
        }
        if ready && self.rotation != [0.0; 3] {
            return Err(say("scene-ready-turned", &[]));
        }
        positive(
            "size_mm",
            self.size_mm.as_ref().map_or(&[], |s| s.as_slice()),
        )?;
        positive("density", self.density.as_slice())?;
        positive("wall_mm", self.wall_mm.as_slice())?;
        finite("position_mm", &self.position_mm)?;
        finite("rotation", &self.rotation)?;
        if self.shape == Shape::Shell && self.wall_mm.is_none() {
            return Err(needs("wall_mm", self.shape));
        }
        if self.shape == Shape::Extrusion && self.points_mm.len() < 3 {
            return Err(needs("points_mm", self.shape));
        }
        finite("points_mm", self.points_mm.as_flattened())?;
        if let Some(texture) = &self.texture {
            texture.check()?;
        }
        self.repeat.as_ref().map_or(Ok(()), Repeat::check)
    }
}

impl Repeat {
    /// Refuses none and too many.
    fn check(&self) -> Result<(), Safe> {
        let copies = self
            .count
            .iter()
            .try_fold(1_usize, |all, n| all.checked_mul(*n));
        if !copies.is_some_and(|copies| (1..=MOST_COPIES).contains(&copies)) {
            return Err(say("scene-copies", &[arg("most", &MOST_COPIES)]));
        }
        finite("repeat.step_mm", &self.step_mm)
    }

    /// Where each copy stands against the first one.
    pub(super) fn offsets(self) -> impl Iterator<Item = [f64; 3]> {
        let [nx, ny, nz] = self.count;
        let step = self.step_mm;
        (0..nx * ny * nz).map(move |i| {
            let at = [i % nx, i / nx % ny, i / (nx * ny)];
            std::array::from_fn(|k| at[k] as f64 * step[k])
        })
    }
}

/// The word of a shape in messages.
fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Box => "box",
        Shape::Cylinder => "cylinder",
        Shape::Sphere => "sphere",
        Shape::Shell => "shell",
        Shape::Extrusion => "extrusion",
        Shape::Container => "container",
        Shape::Suitcase => "suitcase",
    }
}

/// A key that a shape cannot do without.
fn needs(key: &'static str, shape: Shape) -> Safe {
    let (key, shape) = (Safe::word(key), Safe::word(word(shape)));
    say("scene-needs", &[arg("key", &key), arg("shape", &shape)])
}

/// Refuses numbers that are not above zero.
pub(super) fn positive(key: &'static str, numbers: &[f64]) -> Result<(), Safe> {
    let sound = numbers.iter().all(|n| n.is_finite() && *n > 0.0);
    told(sound, key, "scene-positive")
}

/// Refuses negative numbers.
pub(super) fn not_negative(key: &'static str, numbers: &[f64]) -> Result<(), Safe> {
    let sound = numbers.iter().all(|n| n.is_finite() && *n >= 0.0);
    told(sound, key, "scene-not-negative")
}

/// Refuses numbers that are none.
fn finite(key: &'static str, numbers: &[f64]) -> Result<(), Safe> {
    told(numbers.iter().all(|n| n.is_finite()), key, "scene-finite")
}

fn told(sound: bool, key: &'static str, id: &str) -> Result<(), Safe> {
    if sound {
        Ok(())
    } else {
        Err(say(id, &[arg("key", &Safe::word(key))]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "[scan]\nwidth = 8\nheight = 4\npixel_mm = [5, 5]\nenergies = [\"6 MV\", \"9 MV\"]\n";

    fn fault(text: &str) -> (usize, String) {
        match Scene::parse(text) {
            Ok(_) => panic!("accepted: {text}"),
            Err(fault) => (fault.line, fault.why.to_string()),
        }
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_its_line() {
        let object = |keys: &str| format!("{HEAD}[[object]]\n{keys}\n");
        for (text, line, part) in [
            (HEAD.replace("width = 8", "width = 0"), 1, "width"),
            (HEAD.replace("width = 8", "widht = 8"), 2, "widht"),
            (HEAD.replace("[5, 5]", "[5, 0]"), 1, "pixel_mm"),
            (HEAD.replace("\"6 MV\", ", ""), 1, "energies"),
            (HEAD.replace("6 MV", "160 kV"), 1, "energies"),
            (object("shape = \"cube\""), 7, "cube"),
            (object("shape = \"box\""), 6, "material"),
            (
                object("shape = \"box\"\nmaterial = \"steel\""),
                6,
                "size_mm",
            ),
            (
                object("shape = \"shell\"\nmaterial = \"steel\"\nsize_mm = [1, 1, 1]"),
                6,
                "wall_mm",
            ),
            (
                object("shape = \"extrusion\"\nmaterial = \"steel\"\nsize_mm = [1, 1, 1]"),
                6,
                "points_mm",
            ),
            (
                object("shape = \"sphere\"\nmaterial = \"steel\"\nsize_mm = [1, -1, 1]"),
                6,
                "size_mm",
            ),
        ] {
            let (at, why) = fault(&text);
            assert!(at == line && why.contains(part), "{at} {why}\n{text}");
        }
    }

    #[test]
    fn energies_come_high_first() {
        let scene = Scene::parse(HEAD).unwrap_or_else(|fault| panic!("{fault:?}"));
        let pair = scene.scan.pair().unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(pair.map(|e| e.value), [9.0, 6.0]);
    }

    #[test]
    fn copies_stand_in_a_grid() {
        let repeat = Repeat {
            count: [2, 1, 2],
            step_mm: [10.0, 5.0, 1.0],
        };
        let offsets: Vec<[f64; 3]> = repeat.offsets().collect();
        assert_eq!(
            offsets,
            [
                [0.0; 3],
                [10.0, 0.0, 0.0],
                [0.0, 0.0, 1.0],
                [10.0, 0.0, 1.0]
            ]
        );
    }
}
