//! The xamine side of `filters.py`: reads both planes once, then times what it is asked for.
//!
//! `cargo run --release --example filter_times -- HIGH.raw LOW.raw WIDTH AIR` reads 16-bit samples in
//! little-endian order. Each line of standard input is a task, each answer the milliseconds that it
//! took from what was in memory into memory that was there, as far as the task has such:
//!
//! - `table FILTER...`: samples of the high plane into bytes under these point filters and a window;
//! - `field FILTER...`: the filters on the high plane's transmissions;
//! - `samples FILTER`: a filter on the high plane's samples;
//! - `print ENERGIES DISPLAY`: both planes into the picture's bytes, at `9/6MV` or `160/80kV`;
//! - `print-grey FILTER...`: the high plane into the picture's bytes;
//! - `average WIDTH`: the mean of the areas under a raster of so many columns.

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use rayon::prelude::*;
use xamine::cancel::Cancel;
use xamine::filter::FilterUse;
use xamine::radiograph::{Air, Energy, Field, Plane, PlaneName, Radiograph, Size, resample};
use xamine::view::{PointTable, View, ViewRequest, Window, print};

/// Rows of samples that a processor takes at a time.
const ROWS: usize = 32;

type Times = Result<f64, Box<dyn Error>>;

/// The planes, and what results are written into.
struct Bench {
    scan: Radiograph,
    scene: Field,
    field: Field,
    bytes: Vec<u8>,
    picked: Vec<u16>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [high, low, width, air] = &arguments[..] else {
        return Err("HIGH.raw LOW.raw WIDTH AIR".into());
    };
    let (width, air): (usize, f64) = (width.parse()?, air.parse()?);
    let plane = |name, path: &str| -> Result<Plane, Box<dyn Error>> {
        let read = std::fs::read(path)?;
        let samples: Vec<u16> = read
            .chunks_exact(2)
            .map(|two| u16::from_le_bytes([two[0], two[1]]))
            .collect();
        let mut plane = Plane::new(name, width, samples.len() / width, samples);
        plane.air = Some(Air::Uniform(air));
        Ok(plane)
    };
    let planes = vec![plane(PlaneName::High, high)?, plane(PlaneName::Low, low)?];
    let mut bench = Bench::new(planes)?;
    for line in std::io::stdin().lock().lines() {
        let took = bench.task(&line?)?;
        writeln!(std::io::stdout(), "{took:.2}")?;
        std::io::stdout().flush()?;
    }
    Ok(())
}

impl Bench {
    fn new(planes: Vec<Plane>) -> Result<Self, Box<dyn Error>> {
        let high = &planes[0];
        let size = Size {
            width: high.width,
            height: high.height,
        };
        let area = [0.0, 0.0, size.width as f64, size.height as f64];
        let scene = resample(high, area, size, &Cancel::never())?;
        Ok(Self {
            field: scene.clone(),
            scene,
            bytes: vec![0; high.samples.len()],
            picked: vec![0; high.samples.len()],
            scan: Radiograph {
                view: "main".into(),
                pixel_mm: None,
                planes,
            },
        })
    }

    fn task(&mut self, line: &str) -> Times {
        let mut words = line.split_whitespace();
        let (task, words) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
        match (task, &words[..]) {
            ("table", filters) => self.table(filters),
            ("field", filters) => self.filtered(filters),
            ("samples", [filter]) => self.picked(filter),
            ("print", [energies, display]) => {
                self.set_energies(energies);
                self.print(display, &[])
            }
            ("print-grey", filters) => self.print("grey", filters),
            ("average", [width]) => self.average(width.parse()?),
            _ => Err(format!("no such task: {line}").into()),
        }
    }

    fn table(&mut self, filters: &[&str]) -> Times {
        let mut view = self.view("grey", filters)?;
        view.window = Window::between(0.05, 0.9, view.window.unit);
        timed(|| {
            let table = PointTable::of(&self.scan, &view)?.ok_or("no point filters")?;
            let samples = &self.scan.planes[0].samples;
            Ok(table.look_up(samples, &mut self.bytes, &Cancel::never())?)
        })
    }

    fn filtered(&mut self, filters: &[&str]) -> Times {
        self.field.values.copy_from_slice(&self.scene.values);
        let Field { unit, polarity, .. } = self.scene;
        (self.field.unit, self.field.polarity) = (unit, polarity);
        timed(|| {
            for text in filters {
                let used: FilterUse = text.parse()?;
                let row = used.row()?;
                row.apply(&mut self.field, &used.args, 1.0, &Cancel::never())?;
            }
            Ok(())
        })
    }

    fn picked(&mut self, filter: &str) -> Times {
        let used: FilterUse = filter.parse()?;
        let picks = used.row()?.picks(&used.args).ok_or("it picks no samples")?;
        let Plane { width, samples, .. } = &self.scan.planes[0];
        timed(|| {
            let bands = self.picked.par_chunks_mut(ROWS * width).enumerate();
            bands.for_each(|(at, out)| {
                let rows = at * ROWS..at * ROWS + out.len() / width;
                picks(samples, *width, rows, out);
            });
            Ok(())
        })
    }

    fn set_energies(&mut self, energies: &str) {
        let energies = match energies {
            "160/80kV" => ["160 kV", "80 kV"],
            _ => ["9 MV", "6 MV"],
        };
        for (plane, energy) in self.scan.planes.iter_mut().zip(energies) {
            plane.energy = Energy::parse(energy);
        }
    }

    fn print(&self, display: &str, filters: &[&str]) -> Times {
        let view = self.view(display, filters)?;
        let size = self.scan.size();
        timed(|| {
            print(&self.scan, &view, size, &Cancel::never(), &mut |_| ())?;
            Ok(())
        })
    }

    fn average(&mut self, width: usize) -> Times {
        let plane = &self.scan.planes[0];
        let area = [0.0, 0.0, plane.width as f64, plane.height as f64];
        let size = Size {
            width,
            height: plane.height * width / plane.width,
        };
        timed(|| {
            resample(plane, area, size, &Cancel::never())?;
            Ok(())
        })
    }

    fn view(&self, display: &str, filters: &[&str]) -> Result<View, Box<dyn Error>> {
        let request = ViewRequest {
            display: Some(display.to_owned()),
            filters: filters.iter().map(ToString::to_string).collect(),
            // So that no window is looked for.
            window: Some("0.475,0.85".to_owned()),
            ..ViewRequest::default()
        };
        Ok(View::of(&self.scan, &request)?)
    }
}

/// Milliseconds that some work takes.
fn timed(work: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Times {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}
