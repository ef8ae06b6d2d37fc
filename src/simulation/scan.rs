//! The scan itself: every ray followed, every signal disturbed, row by row on all threads.

use rayon::prelude::*;

use super::beam::{Channel, channels};
use super::noise::{Random, hash};
use super::place::{Contents, Placed};
use super::ray::{Rays, Taken};
use super::scene::{Fault, Noise, PlaneFormat, Scene};
use super::solid::{Ray, Stretch};
use super::truth::{Extent, PileZ, Truth};
use crate::messages::{arg, say};
use crate::radiograph::Energy;
use crate::text::Safe;

/// Millimetres in the centimetre of a mass thickness.
const MM_PER_CM: f64 = 10.0;
/// Numbers the streams of the rows' gains apart from those of the pixels.
const GAINS: u64 = 1;
/// Numbers the seeds of textures apart from the rest.
const TEXTURES: u64 = 2;

/// A simulated scan with its ground truth; rasters are row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Size of a pixel in the middle plane in mm, x and y.
    pub pixel_mm: [f64; 2],
    /// Energies of the high and the low plane.
    pub energies: [Energy; 2],
    /// Signal of the open beam in samples.
    pub air: f64,
    /// Samples of the high-energy plane.
    pub high: Vec<u16>,
    /// Samples of the low-energy plane.
    pub low: Vec<u16>,
    /// Effective atomic number of the pile; NaN in air.
    pub z: Vec<f32>,
    /// Mass thickness of the pile in g/cm2.
    pub thickness: Vec<f32>,
    /// 1 + the index in `truths` of the thing on top, by the order of the scene; 0 for none.
    pub labels: Vec<u16>,
    /// What has a label or is a calibration block, copies apart.
    pub truths: Vec<Truth>,
    /// How the planes are written.
    pub format: PlaneFormat,
    /// Container number that the scene names.
    pub container: Option<String>,
    /// `left` or `right`, where the scene says at which end the doors are.
    pub doors: Option<&'static str>,
}

/// Simulates `scene` with `seed` in place of its own.
///
/// # Errors
/// What only the whole scene shows: a material that is not known, a thing in the source, an energy
/// without spectrum, too many labels.
pub fn simulate(scene: &Scene, seed: u64) -> Result<Simulated, Fault> {
    let energies = scene.scan.pair().map_err(|why| scene.scan_fault(why))?;
    let contents = Contents::of(scene)?;
    if contents.things.len() > usize::from(u16::MAX) {
        return Err(scene.scan_fault(say("scene-labels", &[arg("most", &u16::MAX)])));
    }
    let channels = channels(energies, &contents.materials);
    let bench = Bench {
        channels: channels.map_err(|problem| scene.scan_fault(problem.message()))?,
        pile_z: PileZ::new(&contents.materials, energies[0].unit),
        rays: Rays::new(&scene.scan),
        noise: &scene.scan.noise,
        air: scene.scan.air,
        seed,
        contents: &contents,
    };
    let seen = bench.seen().map_err(|why| scene.scan_fault(why))?;
    let [width, height] = scene.size();
    let mut scan = Simulated {
        width,
        height,
        pixel_mm: scene.scan.pixel_mm,
        energies,
        air: scene.scan.air,
        format: scene.scan.format,
        high: vec![0; width * height],
        low: vec![0; width * height],
        z: vec![f32::NAN; width * height],
        thickness: vec![0.0; width * height],
        labels: vec![0; width * height],
        truths: Vec::new(),
        container: scene.scan.container.clone(),
        doors: scene.scan.doors.map(super::scene::Doors::as_str),
    };
    let extents = bench.rows(&seen, &mut scan);
    let things = contents.things.iter().zip(&extents);
    scan.truths = things
        .map(|(thing, extent)| Truth::new(thing, extent))
        .collect();
    Ok(scan)
}

/// What every row needs.
struct Bench<'a> {
    channels: [Channel; 2],
    pile_z: PileZ,
    rays: Rays,
    noise: &'a Noise,
    air: f64,
    seed: u64,
    contents: &'a Contents,
}

/// One row of every raster.
struct Row<'a> {
    number: usize,
    planes: [&'a mut [u16]; 2],
    z: &'a mut [f32],
    thickness: &'a mut [f32],
    labels: &'a mut [u16],
}

/// What a thread keeps from ray to ray.
#[derive(Default)]
struct Scratch {
    taken: Taken,
    stretches: Vec<Stretch>,
    /// Material and mass thickness in g/cm2.
    layers: Vec<(usize, f32)>,
    /// The things on the ray, the top one first.
    things: Vec<usize>,
}

impl Bench<'_> {
    /// Columns and rows that see each solid.
    fn seen(&self) -> Result<Vec<[usize; 4]>, Safe> {
        let solids = self.contents.solids.iter();
        solids
            .map(|placed| {
                let seen = self.rays.seen(&placed.solid.corners());
                seen.ok_or_else(|| say("scene-in-source", &[]))
            })
            .collect()
    }

    /// Fills every row; gives where each thing is seen.
    fn rows(&self, seen: &[[usize; 4]], scan: &mut Simulated) -> Vec<Extent> {
        let width = scan.width;
        let nowhere = || vec![Extent::NOWHERE; self.contents.things.len()];
        let planes = scan
            .high
            .par_chunks_mut(width)
            .zip(scan.low.par_chunks_mut(width));
        let truths = scan
            .z
            .par_chunks_mut(width)
            .zip(scan.thickness.par_chunks_mut(width))
            .zip(scan.labels.par_chunks_mut(width));
        planes
            .zip(truths)
            .enumerate()
            .fold(
                nowhere,
                |mut extents, (number, ((high, low), ((z, thickness), labels)))| {
                    let row = Row {
                        number,
                        planes: [high, low],
                        z,
                        thickness,
                        labels,
                    };
                    self.row(row, seen, &mut extents);
                    extents
                },
            )
            .reduce(nowhere, |mut all, some| {
                for (one, other) in all.iter_mut().zip(&some) {
                    one.join(other);
                }
                all
            })
    }

    /// Fills one row.
    fn row(&self, mut row: Row<'_>, seen: &[[usize; 4]], extents: &mut [Extent]) {
        let mut here = Sweep::new(seen, row.number);
        let mut scratch = Scratch::default();
        let mut signals = [
            Signal::new(self, row.number, 0),
            Signal::new(self, row.number, 1),
        ];
        for column in 0..row.z.len() {
            here.advance(column);
            self.follow(
                &self.rays.ray(column, row.number),
                &here.active,
                &mut scratch,
            );
            for thing in &scratch.things {
                extents[*thing].add(column, row.number);
            }
            if !scratch.layers.is_empty() {
                row.z[column] = self.pile_z.of(&scratch.layers);
                row.thickness[column] = scratch.layers.iter().map(|(_, mass)| mass).sum();
                row.labels[column] = scratch.things.first().map_or(0, |thing| *thing as u16 + 1);
            }
            for (plane, signal) in row.planes.iter_mut().zip(&mut signals) {
                plane[column] = signal.sample(&scratch.layers);
            }
        }
    }

    /// Layers and things on a ray, among `active` solids in the order of the scene.
    fn follow(&self, ray: &Ray, active: &[usize], scratch: &mut Scratch) {
        scratch.taken.clear();
        scratch.layers.clear();
        scratch.things.clear();
        for index in active.iter().rev() {
            let placed = &self.contents.solids[*index];
            placed.solid.stretches(ray, &mut scratch.stretches);
            let Some([from, _]) = scratch.stretches.first().copied() else {
                continue;
            };
            let mut length = 0.0;
            for stretch in &scratch.stretches {
                length += scratch.taken.take(*stretch);
            }
            let to = scratch.stretches.last().map_or(from, |stretch| stretch[1]);
            if let (Some(material), true) = (placed.material, length > 0.0) {
                let middle = ray.at(f64::midpoint(from, to));
                let mass = length / MM_PER_CM * self.density(placed, *index, middle);
                add(&mut scratch.layers, material, mass as f32);
                // The parts of one thing follow each other.
                let new = placed
                    .thing
                    .filter(|thing| scratch.things.last() != Some(thing));
                scratch.things.extend(new);
            }
        }
    }

    /// Density of a solid at a point in g/cm3.
    fn density(&self, placed: &Placed, index: usize, point: [f64; 3]) -> f64 {
        let factor = placed.texture.map_or(1.0, |texture| {
            let [x, y, _] = placed.solid.own(point);
            texture.factor(x, y, hash(self.seed, [TEXTURES, index as u64]))
        });
        placed.density * factor
    }
}

/// Adds a mass thickness to the layer of its material.
fn add(layers: &mut Vec<(usize, f32)>, material: usize, mass: f32) {
    match layers.iter_mut().find(|(known, _)| *known == material) {
        Some((_, sum)) => *sum += mass,
        None => layers.push((material, mass)),
    }
}

/// The solids that the pixels of one row may see, from left to right.
struct Sweep {
    /// First and last column (excluded) and index, by first column.
    coming: Vec<[usize; 3]>,
    next: usize,
    /// In the order of the scene.
    active: Vec<usize>,
    /// The last column (excluded) of each active one.
    ends: Vec<usize>,
    /// The nearest of `ends`.
    soonest: usize,
}

impl Sweep {
    fn new(seen: &[[usize; 4]], row: usize) -> Self {
        let mut coming: Vec<[usize; 3]> = seen
            .iter()
            .enumerate()
            .filter(|(_, [_, _, top, bottom])| (*top..*bottom).contains(&row))
            .map(|(index, [left, right, ..])| [*left, *right, index])
            .collect();
        coming.sort_unstable();
        Self {
            coming,
            next: 0,
            active: Vec::new(),
            ends: Vec::new(),
            soonest: usize::MAX,
        }
    }

    /// Brings `active` to a column.
    fn advance(&mut self, column: usize) {
        let mut changed = false;
        if self.soonest <= column {
            let ends = std::mem::take(&mut self.ends);
            let mut kept = ends.iter().map(|end| *end > column);
            self.active.retain(|_| kept.next().unwrap_or(true));
            self.ends = ends.into_iter().filter(|end| *end > column).collect();
            changed = true;
        }
        while let Some([_, right, index]) = self.coming.get(self.next).filter(|c| c[0] <= column) {
            let at = self.active.partition_point(|known| known < index);
            self.active.insert(at, *index);
            self.ends.insert(at, *right);
            self.next += 1;
            changed = true;
        }
        if changed {
            self.soonest = self.ends.iter().min().copied().unwrap_or(usize::MAX);
        }
    }
}

/// The signal of one row of one plane.
struct Signal<'a> {
    channel: &'a Channel,
    noise: &'a Noise,
    random: Random,
    /// Samples per transmission.
    gain: f64,
    dead: bool,
}

impl<'a> Signal<'a> {
    fn new(bench: &'a Bench<'_>, row: usize, plane: usize) -> Self {
        let stream = (2 * row + plane) as u64;
        let deviation = Random::of(bench.seed, [stream, GAINS]).normal();
        Self {
            channel: &bench.channels[plane],
            noise: bench.noise,
            random: Random::of(bench.seed, [stream, 0]),
            gain: bench.air * bench.noise.exposure * (1.0 + bench.noise.row_gain * deviation),
            dead: bench.noise.dead_rows.contains(&row),
        }
    }

    /// The sample behind `layers`.
    fn sample(&mut self, layers: &[(usize, f32)]) -> u16 {
        if self.dead {
            return 0;
        }
        let primary = if layers.is_empty() {
            1.0
        } else {
            f64::from(self.channel.transmission(layers))
        };
        let mean = primary + self.noise.scatter * (1.0 - primary);
        let photons = self.noise.photons * self.noise.exposure;
        let counted = if photons > 0.0 {
            self.random.poisson(photons * mean) / photons
        } else {
            mean
        };
        let electronic = if self.noise.electronic > 0.0 {
            self.noise.electronic * self.random.normal()
        } else {
            0.0
        };
        (self.gain * counted + electronic)
            .round()
            .clamp(0.0, 65_535.0) as u16
    }
}
