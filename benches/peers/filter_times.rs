//! The filters' part of `filters.py`: reads samples once, then times what it is asked for.
//!
//! `cargo run --release --example filter_times -- SAMPLES.raw WIDTH AIR` reads 16-bit samples in
//! little-endian order. Each line of standard input is a stack, filters with spaces between; each
//! answer the milliseconds that it took on the field in memory, the copy left out. A `window` at
//! the end makes bytes of it.

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use rayon::prelude::*;
use xamine::cancel::Cancel;
use xamine::filter::FilterUse;
use xamine::radiograph::{Field, Polarity, Unit};
use xamine::view::Window;

/// Pixels of a piece of the window's work.
const PIECE: usize = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [samples, width, air] = &arguments[..] else {
        return Err("SAMPLES.raw WIDTH AIR".into());
    };
    let (width, air): (usize, f32) = (width.parse()?, air.parse()?);
    let bytes = std::fs::read(samples)?;
    let values: Vec<f32> = bytes
        .chunks_exact(2)
        .map(|two| f32::from(u16::from_le_bytes([two[0], two[1]])) / air)
        .collect();
    drop(bytes);
    let scene = Field {
        width,
        height: values.len() / width,
        values,
        unit: Unit::Transmission,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
    };
    let mut field = scene.clone();
    let mut shown = vec![0; scene.values.len()];
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        field.values.copy_from_slice(&scene.values);
        (field.unit, field.polarity) = (scene.unit, scene.polarity);
        let start = Instant::now();
        for word in line.split_whitespace() {
            if word == "window" {
                window(&field, &mut shown);
            } else {
                apply(word, &mut field).map_err(|e| e.to_string())?;
            }
        }
        let took = start.elapsed().as_secs_f64() * 1e3;
        writeln!(std::io::stdout(), "{took:.2}")?;
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn apply(text: &str, field: &mut Field) -> xamine::Result<()> {
    let used: FilterUse = text.parse()?;
    used.row()?.apply(field, &used.args, 1.0, &Cancel::never())
}

/// Bytes of the field under a window.
fn window(field: &Field, shown: &mut [u8]) {
    let curve = Window::between(0.05, 0.9, field.unit).curve(field.polarity);
    let pieces = field
        .values
        .par_chunks(PIECE)
        .zip(shown.par_chunks_mut(PIECE));
    pieces.for_each(|(values, shown)| {
        for (byte, value) in shown.iter_mut().zip(values) {
            *byte = (curve.luminance(*value) * 255.0 + 0.5) as u8;
        }
    });
}
