//! Z and mass thickness of every pixel of a pair of attenuations, timed.
//!
//! `cargo run --release --example pixelwise_z -- PROFILE.toml HIGH.npy LOW.npy [OUT.txt]` prints
//! the milliseconds of the tables and the megapixels a second of the look-up on one thread and on
//! all, and writes Z line by line.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use xamine::cli::profile;
use xamine::physics::inversion::Inversion;
use xamine::scan::read_array;

/// Pixels that are looked up at least, by going over the pair again.
const PIXELS: usize = 20_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [profile, high, low, rest @ ..] = &arguments[..] else {
        return Err("PROFILE.toml HIGH.npy LOW.npy [OUT.txt]".into());
    };
    let told = |error: xamine::Error| error.to_string();
    let (profile, _) = profile::read(Path::new(profile)).map_err(told)?;
    let (high, low) = (
        read_array(Path::new(high)).map_err(told)?,
        read_array(Path::new(low)).map_err(told)?,
    );
    let [height, width] = high.shape[..] else {
        return Err("rows by columns".into());
    };
    let pairs: Vec<[f32; 2]> = high
        .values
        .iter()
        .zip(&low.values)
        .map(|(h, l)| [*h as f32, *l as f32])
        .collect();
    let start = Instant::now();
    let inversion = Inversion::new(profile.clone());
    for row in 0..profile.rows.len() {
        inversion.table(row);
    }
    let tables = start.elapsed();
    let mut z = vec![0.0_f32; pairs.len()];
    let mut rates = Vec::new();
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [1, all] {
        let band = height.div_ceil(threads) * width;
        let rounds = PIXELS.div_ceil(pairs.len());
        let start = Instant::now();
        std::thread::scope(|scope| {
            for (at, (z, pairs)) in z.chunks_mut(band).zip(pairs.chunks(band)).enumerate() {
                let inversion = &inversion;
                let profile = &profile;
                let look_up = move || {
                    for _ in 0..rounds {
                        let rows = z.chunks_mut(width).zip(pairs.chunks(width));
                        for (row, (z, pairs)) in rows.enumerate() {
                            let y = at * band / width + row;
                            let table = inversion.table(profile.detector_row(y, height));
                            for (z, [h, l]) in z.iter_mut().zip(pairs) {
                                *z = table.read(*h, *l).map_or(f32::NAN, |r| r.z);
                            }
                        }
                    }
                };
                scope.spawn(look_up);
            }
        });
        let seconds = start.elapsed().as_secs_f64();
        rates.push((rounds * pairs.len()) as f64 / 1e6 / seconds);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "tables {:.1} ms", tables.as_secs_f64() * 1000.0)?;
    writeln!(
        out,
        "look-up {:.2} megapixels a second on one thread",
        rates[0]
    )?;
    writeln!(out, "look-up {:.2} megapixels a second on {all}", rates[1])?;
    if let Some(path) = rest.first() {
        let lines: Vec<String> = z.iter().map(f32::to_string).collect();
        std::fs::write(path, lines.join("\n"))?;
    }
    Ok(())
}
