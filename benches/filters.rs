//! What filters of whole scans cost: the filter stage alone, on all processors.
//!
//! `cargo bench --bench filters` prints divan's times on a hundred megapixels; `FILTER_MEGAPIXELS`
//! names another size. `benches/peers/filters.py` compares them with image libraries.

#![allow(missing_docs, clippy::unwrap_used)]

use xamine::cancel::Cancel;
use xamine::filter::FilterUse;
use xamine::radiograph::{Field, Polarity, Unit};

const STACKS: [&str; 12] = [
    "gamma=1.8",
    "log",
    "high-penetration",
    "equalize",
    "clahe=8,3",
    "sen",
    "unsharp=1,2",
    "median=1",
    "bilateral=2,0.05",
    "open=2",
    "edge-only",
    "local-contrast",
];

/// Noisy blocks of several attenuations.
fn scene() -> Field {
    let megapixels = std::env::var("FILTER_MEGAPIXELS").ok();
    let megapixels: usize = megapixels.map_or(100, |text| text.parse().unwrap());
    let side = (megapixels as f64 * 1e6).sqrt() as usize;
    let mut noise = 1_u32;
    let value = |i: usize| {
        let (x, y) = (i % side, i / side);
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let alpha = ((x / 150 + y / 100 * 3) % 7) as f32 * 0.7 + x as f32 / side as f32;
        ((-alpha).exp() * 60_000.0 + (noise >> 24) as f32).round() / 60_000.0
    };
    Field {
        width: side,
        height: side,
        values: (0..side * side).map(value).collect(),
        unit: Unit::Transmission,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
    }
}

#[divan::bench(args = STACKS, sample_count = 5, sample_size = 1)]
fn filter(bencher: divan::Bencher<'_, '_>, text: &str) {
    let scene = scene();
    let used: FilterUse = text.parse().unwrap();
    let row = used.row().unwrap();
    bencher
        .with_inputs(|| scene.clone())
        .bench_local_refs(|field| {
            row.apply(field, &used.args, 1.0, &Cancel::never()).unwrap();
        });
}

fn main() {
    // Cargo's tests run this file too: a picture of a hundred megapixels is no test.
    if std::env::args().any(|word| word == "--bench") {
        divan::main();
    }
}
