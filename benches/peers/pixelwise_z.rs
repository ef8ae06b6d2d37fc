//! Z and mass thickness of every pixel of a pair of attenuations, timed.
//!
//! `cargo run --release --example pixelwise_z -- PROFILE.toml HIGH.npy LOW.npy [OUT.txt]` prints
//! the milliseconds of the tables and the megapixels a second of the look-up, by one thread and as
//! the program does it, and writes Z line by line. A scan is wider than the pair: the pair stands
//! beside itself many times.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use xamine::cancel::Cancel;
use xamine::cli::profile;
use xamine::physics::scanner::Scanner;
use xamine::scan::read_array;

/// Pixels of the raster at least.
const PIXELS: usize = 4_000_000;
/// Times that it is looked up; the median counts.
const ROUNDS: usize = 7;

/// The median rate of `look_up` in megapixels a second.
fn rate(pixels: usize, mut look_up: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            look_up();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    pixels as f64 / 1e6 / seconds[ROUNDS / 2]
}

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
    let times = PIXELS.div_ceil(width * height);
    let wide = |values: &[f64]| -> Vec<f32> {
        let rows = values.chunks(width);
        let wide = rows.flat_map(|row| row.iter().cycle().take(width * times));
        wide.map(|value| *value as f32).collect()
    };
    let (high, low) = (wide(&high.values), wide(&low.values));
    let start = Instant::now();
    let scanner = Scanner::new(profile, String::new());
    for y in 0..height {
        scanner.table(y, height);
    }
    let tables = start.elapsed();
    let (mut z, mut mass) = (vec![0.0; high.len()], vec![0.0; high.len()]);
    let one = rate(high.len(), || {
        for y in 0..height {
            let row = y * width * times..(y + 1) * width * times;
            let answers = [&mut z[row.clone()], &mut mass[row.clone()]];
            let table = scanner.table(y, height);
            table.read_row([&high[row.clone()], &low[row]], answers);
        }
    });
    let rows: Vec<usize> = (0..height).collect();
    let all = rate(high.len(), || {
        let read = scanner.readings([&high, &low], &rows, height, &Cancel::never());
        z = read.map_or_else(|_| Vec::new(), |read| read.z);
    });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut out = std::io::stdout().lock();
    writeln!(out, "tables {:.1} ms", tables.as_secs_f64() * 1000.0)?;
    writeln!(out, "look-up {one:.2} megapixels a second on one thread")?;
    writeln!(out, "look-up {all:.2} megapixels a second on {threads}")?;
    if let Some(path) = rest.first() {
        let rows = z.chunks(width * times).flat_map(|row| &row[..width]);
        let lines: Vec<String> = rows.map(f32::to_string).collect();
        std::fs::write(path, lines.join("\n"))?;
    }
    Ok(())
}
