//! What the rungs of the ladder cost in time, beside the plain `png` crate in the same run.
//!
//! `cargo bench --bench encoders` prints first a table of times, bytes and ratios, then divan's own
//! figures. The picture is made here: 800 x 480 with boxes, discs, a ramp and noise.

#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use xamine::cancel::Cancel;
use xamine::graphics::{Answers, CellSize, Depth, Effort, Protocol, Rung, Target, code};
use xamine::view::{Frame, Pixels};

const SIZE: [usize; 2] = [800, 480];
const RUNGS: [Rung; 5] = [Rung::Q1, Rung::Q2, Rung::Q3, Rung::Q4, Rung::Q5];
const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Small, Effort::Least];

fn frame() -> Frame {
    let [width, height] = SIZE;
    let mut noise = 1_u32;
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 24) as i32 % 3 - 1;
            let ramp = 120 + (90 * x / width) as i32;
            let boxed = x / 37 % 3 == 1 && y / 29 % 2 == 1;
            let (dx, dy) = ((x % 160) as i32 - 80, (y % 120) as i32 - 60);
            let disc = dx * dx + dy * dy < 900;
            let value = ramp + grain - 60 * i32::from(boxed) - 30 * i32::from(disc);
            pixels.push(value.clamp(0, 255) as u8);
        }
    }
    Frame {
        width,
        height,
        pixels: Pixels::Grey(pixels),
    }
}

fn target(effort: Effort) -> Target {
    Target {
        protocol: Protocol::Kitty,
        cell: CellSize::default(),
        depth: Depth::True,
        registers: 256,
        id: 1,
        effort,
        answers: Answers::Silent,
    }
}

fn ours(frame: &Frame, rung: Rung, effort: Effort) -> usize {
    let encoded = code(frame, &target(effort), rung, None, &Cancel::never());
    encoded.unwrap().bytes
}

/// The same pixels by the `png` crate as it comes.
fn plain(frame: &Frame) -> usize {
    let Pixels::Grey(grey) = &frame.pixels else {
        return 0;
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE[0] as u32, SIZE[1] as u32);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(grey).unwrap();
    writer.finish().unwrap();
    file.len()
}

/// The median time of a few runs, and the bytes made.
fn timed(mut run: impl FnMut() -> usize) -> (Duration, usize) {
    let mut bytes = 0;
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            bytes = run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], bytes)
}

fn table() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let frame = frame();
    let (base, bytes) = timed(|| plain(&frame));
    writeln!(
        out,
        "800 x 480 grey, kitty; median of 5; ratio to the png crate as it comes"
    )?;
    writeln!(out, "{:<14}{:>12.1?}{:>10} bytes", "png crate", base, bytes)?;
    for rung in RUNGS {
        for effort in EFFORTS {
            let (time, bytes) = timed(|| ours(&frame, rung, effort));
            let ratio = time.as_secs_f64() / base.as_secs_f64();
            let name = format!("{rung} {effort:?}");
            writeln!(
                out,
                "{name:<14}{time:>12.1?}{bytes:>10} bytes{ratio:>9.2} x"
            )?;
        }
    }
    Ok(())
}

#[divan::bench(args = RUNGS)]
fn fast(bencher: divan::Bencher<'_, '_>, rung: Rung) {
    let frame = frame();
    bencher.bench(|| ours(&frame, rung, Effort::Fast));
}

#[divan::bench(args = RUNGS, sample_count = 10)]
fn small(bencher: divan::Bencher<'_, '_>, rung: Rung) {
    let frame = frame();
    bencher.bench(|| ours(&frame, rung, Effort::Small));
}

#[divan::bench]
fn png_crate(bencher: divan::Bencher<'_, '_>) {
    let frame = frame();
    bencher.bench(|| plain(&frame));
}

fn main() {
    // Cargo's tests run this file too: they want neither times nor a wait.
    if std::env::args().any(|word| word == "--bench") {
        table().unwrap();
    }
    divan::main();
}
