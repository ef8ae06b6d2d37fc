//! What telling materials costs on ten megapixels: classes, confidences, Z and mass thickness.
//!
//! `cargo bench --bench material` prints divan's times of each stage on all processors; a hundredth
//! of a stage's milliseconds is its nanoseconds a pixel.

#![allow(missing_docs, clippy::unwrap_used)]

use xamine::cancel::Cancel;
use xamine::physics::{Boundaries, Chosen, Layer, Noisy, Told, choose, confidences, told};
use xamine::radiograph::{Energy, Field, Plane, PlaneName, Polarity, Unit};

const WIDTH: usize = 4000;
const HEIGHT: usize = 2500;
const AIR: f32 = 60_000.0;
const SYSTEMS: [&str; 2] = ["160 kV", "9 MV"];
/// Attenuation and R of the blocks of the picture.
const TUBE: [[f32; 2]; 8] = [
    [0.0, 1.0],
    [0.4, 1.25],
    [1.0, 1.3],
    [1.0, 1.5],
    [2.0, 1.8],
    [3.2, 1.2],
    [4.5, 1.15],
    [1.5, 1.6],
];
const LINAC: [[f32; 2]; 8] = [
    [0.0, 1.0],
    [0.7, 1.2],
    [1.0, 1.21],
    [2.0, 1.17],
    [2.0, 1.12],
    [3.2, 1.055],
    [0.3, 1.2],
    [7.5, 1.1],
];

/// A picture of noisy blocks, high and low, and the curves of its energies.
struct Scene {
    fields: [Field; 2],
    chosen: Chosen,
}

impl Scene {
    fn new(high: &str) -> Self {
        let blocks = if high.ends_with("kV") { TUBE } else { LINAC };
        let mut noise = 1_u32;
        let mut values = [Vec::new(), Vec::new()];
        for i in 0..WIDTH * HEIGHT {
            let (x, y) = (i % WIDTH, i / WIDTH);
            let [alpha, ratio] = blocks[(x / 150 + y / 100 * 3) % blocks.len()];
            let alpha = alpha + 0.3 * x as f32 / WIDTH as f32;
            for (values, alpha) in values.iter_mut().zip([alpha, alpha * ratio]) {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let grain = (noise >> 25) as f32 - 64.0;
                values.push((AIR * (-alpha).exp() + grain).round().max(0.0) / AIR);
            }
        }
        let field = |values| Field {
            width: WIDTH,
            height: HEIGHT,
            values,
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        };
        let mut plane = Plane::new(PlaneName::High, 1, 1, vec![0]);
        plane.energy = Energy::parse(high);
        Self {
            fields: values.map(field),
            chosen: choose(&plane, &plane).unwrap(),
        }
    }

    fn boundaries(&self) -> &Boundaries {
        self.chosen.boundaries
    }

    fn told(&self) -> Told {
        let [high, low] = self.fields.each_ref().map(|field| Layer {
            field,
            limit: f32::INFINITY,
            means: None,
            taken: None,
        });
        told(high, low, &|_| self.boundaries(), 1.0, &Cancel::never()).unwrap()
    }
}

#[divan::bench(args = SYSTEMS, sample_count = 10)]
fn classes(bencher: divan::Bencher<'_, '_>, high: &str) {
    let scene = Scene::new(high);
    bencher.bench(|| scene.told());
}

#[divan::bench(args = SYSTEMS, sample_count = 10)]
fn confidence(bencher: divan::Bencher<'_, '_>, high: &str) {
    let scene = Scene::new(high);
    let told = scene.told();
    let noisy = scene.fields.each_ref().map(|field| Noisy {
        field,
        step: 1.0 / AIR,
    });
    let alphas = told.alphas.each_ref().map(Vec::as_slice);
    bencher.bench(|| {
        confidences(
            &|_| scene.boundaries(),
            &told.classes,
            alphas,
            noisy,
            told.averaged,
        )
    });
}

#[divan::bench(args = SYSTEMS, sample_count = 10)]
fn z_and_mass(bencher: divan::Bencher<'_, '_>, high: &str) {
    let scene = Scene::new(high);
    let told = scene.told();
    let scanner = scene.chosen.scanner.clone().unwrap();
    let alphas = told.alphas.each_ref().map(Vec::as_slice);
    let rows: Vec<usize> = (0..HEIGHT).collect();
    bencher.bench(|| scanner.readings(alphas, &rows, HEIGHT, &Cancel::never()));
}

fn main() {
    // Cargo's tests run this file too: a picture of ten megapixels is no test.
    if std::env::args().any(|word| word == "--bench") {
        divan::main();
    }
}
