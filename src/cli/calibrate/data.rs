//! A calibration file and what it points at: spectra, responses, and blocks as arrays over the
//! detector rows, as numbers, or as regions of scans.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cancel::Cancel;
use crate::cli::opening::near;
use crate::messages::{arg, say};
use crate::physics::calibrate::RowData;
use crate::physics::detector::Detector;
use crate::physics::generic;
use crate::physics::matter::Matter;
use crate::physics::profile::RowOrder;
use crate::radiograph::{Energy, Outline, Region};
use crate::scan::sha256;
use crate::scan::{self, Array, Limits, read_array};
use crate::text::{Safe, line_at};
use crate::view::{Source, choose, measure_by, measured_pixels};
use crate::{Error, Result};

/// Bytes that a calibration file may have.
const LIMIT: u64 = 1 << 20;
/// Energies nearer to each other than this share are joined: finer steps tell nothing.
const JOINED: f64 = 0.03;

/// A calibration, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Data {
    pub(super) scanner: String,
    pub(super) date: String,
    pub(super) sha256: String,
    pub(super) row_order: RowOrder,
    /// High and low.
    pub(super) energies: [Energy; 2],
    pub(super) energies_mev: Vec<f64>,
    pub(super) matters: Vec<Matter>,
    pub(super) rows: Vec<RowData>,
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scanner: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    row_order: RowOrder,
    energy_grid: Option<PathBuf>,
    response: Option<PathBuf>,
    beam: Beams,
    blocks: Option<Arrays>,
    #[serde(default)]
    block: Vec<One>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beams {
    high: BeamAbout,
    low: BeamAbout,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeamAbout {
    name: String,
    spectrum: Option<PathBuf>,
}

/// Blocks as arrays, rows by blocks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrays {
    z: PathBuf,
    mass_thickness_g_cm2: PathBuf,
    alpha_high: PathBuf,
    alpha_low: PathBuf,
}

/// One block for all rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    z: Option<u8>,
    material: Option<String>,
    mass_thickness_g_cm2: f64,
    alpha_high: Option<f64>,
    alpha_low: Option<f64>,
    scan: Option<PathBuf>,
    region: Option<String>,
    background: Option<String>,
}

/// Reads the calibration at `path` and everything it names.
pub(super) fn read(path: &Path) -> Result<Data> {
    let text = super::super::text_file::read(path, LIMIT)?;
    let file: File = toml::from_str(&text).map_err(|error| {
        let words = Safe::from_outside(error.message());
        let line = error.span().map_or(1, |span| line_at(&text, span.start));
        let args = [arg("line", &line), arg("words", &words)];
        Error::bad_file(path, say("calibrate-toml", &args))
    })?;
    let mut reader = Reader {
        path,
        hashes: vec![sha256(text.as_bytes())],
    };
    let energies = [&file.beam.high.name, &file.beam.low.name].map(|name| Energy::parse(name));
    let [Some(high), Some(low)] = energies else {
        return Err(reader.wrong("calibrate-beam-name"));
    };
    let (matters, mut rows) = reader.blocks(&file)?;
    let energies_mev = reader.beams(&file, [high, low], &mut rows)?;
    Ok(Data {
        scanner: file.scanner,
        date: file.date.unwrap_or_else(today),
        sha256: reader.hash(),
        row_order: file.row_order,
        energies: [high, low],
        energies_mev,
        matters,
        rows,
    })
}

/// Today's date, as the machine's clock has it.
fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// Reads files beside the calibration and remembers their hashes.
struct Reader<'a> {
    path: &'a Path,
    hashes: Vec<String>,
}

impl Reader<'_> {
    fn wrong(&self, id: &str) -> Error {
        Error::bad_file(self.path, say(id, &[]))
    }

    /// One hash of everything read, whatever its order.
    fn hash(&mut self) -> String {
        self.hashes.sort();
        sha256(self.hashes.join("\n").as_bytes())
    }

    fn beside(&self, name: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(name)
    }

    fn array(&mut self, name: &Path) -> Result<Array> {
        let array = read_array(&self.beside(name))?;
        self.hashes.push(array.sha256.clone());
        Ok(array)
    }

    /// An array of rows by blocks or energies; a vector serves every row.
    fn matrix(&mut self, name: &Path) -> Result<Vec<Vec<f64>>> {
        let array = self.array(name)?;
        let rows = match array.shape.as_slice() {
            [width] | [_, width] if *width > 0 => array.values.chunks_exact(*width),
            _ => return Err(self.misshapen(name)),
        };
        Ok(rows.map(<[f64]>::to_vec).collect())
    }

    fn misshapen(&self, name: &Path) -> Error {
        Error::bad_file(&self.beside(name), say("calibrate-shape", &[]))
    }

    /// The blocks: their materials and every row's numbers, without shares.
    fn blocks(&mut self, file: &File) -> Result<(Vec<Matter>, Vec<RowData>)> {
        match &file.blocks {
            Some(arrays) if file.block.is_empty() => self.arrays(arrays),
            None => self.ones(&file.block),
            Some(_) => Err(self.wrong("calibrate-both-forms")),
        }
    }

    fn arrays(&mut self, arrays: &Arrays) -> Result<(Vec<Matter>, Vec<RowData>)> {
        let z = self.matrix(&arrays.z)?;
        let mass = self.matrix(&arrays.mass_thickness_g_cm2)?;
        let high = self.matrix(&arrays.alpha_high)?;
        let low = self.matrix(&arrays.alpha_low)?;
        let first = z.first().cloned().unwrap_or_default();
        if z.iter().any(|row| *row != first) {
            return Err(self.wrong("calibrate-z-by-row"));
        }
        for (array, name) in [
            (&mass, &arrays.mass_thickness_g_cm2),
            (&high, &arrays.alpha_high),
            (&low, &arrays.alpha_low),
        ] {
            let fits = array.len() == mass.len() && array.iter().all(|r| r.len() == first.len());
            if !fits {
                return Err(self.misshapen(name));
            }
        }
        let matters = first
            .iter()
            .map(|z| Matter::element(*z as u8))
            .collect::<Result<_>>()?;
        let rows = mass.into_iter().zip(high).zip(low);
        let row = |((mass_thickness, high), low)| RowData {
            shares: [Vec::new(), Vec::new()],
            mass_thickness,
            alpha: [high, low],
        };
        Ok((matters, rows.map(row).collect()))
    }

    fn ones(&mut self, blocks: &[One]) -> Result<(Vec<Matter>, Vec<RowData>)> {
        let mut matters = Vec::new();
        let mut row = RowData {
            shares: [Vec::new(), Vec::new()],
            mass_thickness: Vec::new(),
            alpha: [Vec::new(), Vec::new()],
        };
        for block in blocks {
            matters.push(match (block.z, &block.material) {
                (Some(z), None) => Matter::element(z)?,
                (None, Some(name)) => Matter::named(name)?,
                _ => return Err(self.wrong("calibrate-block-matter")),
            });
            let [high, low] = self.attenuations(block)?;
            row.mass_thickness.push(block.mass_thickness_g_cm2);
            row.alpha[0].push(high);
            row.alpha[1].push(low);
        }
        Ok((matters, vec![row]))
    }

    /// A block's attenuations, as written or measured.
    fn attenuations(&mut self, block: &One) -> Result<[f64; 2]> {
        match (block.alpha_high, block.alpha_low, &block.scan) {
            (Some(high), Some(low), None) => Ok([high, low]),
            (None, None, Some(scan)) => self.measured(scan, block),
            _ => Err(self.wrong("calibrate-block-numbers")),
        }
    }

    /// The attenuations of a region of a scan, less those of its background.
    fn measured(&mut self, scan: &Path, block: &One) -> Result<[f64; 2]> {
        let (scan, _) = scan::resolve(&self.beside(scan), false)?;
        let opened = scan::open(&scan, &Limits::default(), &Cancel::never())?;
        self.hashes.push(opened.scan_id.clone());
        let radiograph = choose(&opened.views, None)?;
        let of = |text: &str| -> Result<[f64; 2]> {
            let region = Region::parse(text).ok_or_else(|| self.wrong("calibrate-block-region"))?;
            let outline = Outline::Rectangle(region);
            let own = measured_pixels(radiograph, &outline, None);
            let own = (radiograph.reduction() > 1).then_some(own);
            let detail = near(&opened, radiograph, own)?;
            let source = Source::of(radiograph).with(detail.as_ref());
            let measured = measure_by(source, &outline, None, None)?;
            let alpha = |name: &str| {
                let plane = measured.planes.iter().find(|p| p.plane.as_str() == name);
                plane.and_then(|plane| plane.attenuation)
            };
            match (alpha("high"), alpha("low")) {
                (Some(high), Some(low)) => Ok([high, low]),
                _ => Err(self.wrong("calibrate-block-scan")),
            }
        };
        let region = block.region.as_deref();
        let own = of(region.ok_or_else(|| self.wrong("calibrate-block-region"))?)?;
        let around = block.background.as_deref().map_or(Ok([0.0; 2]), of)?;
        Ok([own[0] - around[0], own[1] - around[1]])
    }

    /// Fills in every row's shares and gives the energies they stand at.
    fn beams(
        &mut self,
        file: &File,
        energies: [Energy; 2],
        rows: &mut [RowData],
    ) -> Result<Vec<f64>> {
        let abouts = [&file.beam.high, &file.beam.low];
        let signals = match (&file.energy_grid, &abouts[0].spectrum, &abouts[1].spectrum) {
            (Some(grid), Some(high), Some(low)) => {
                let grid = self.array(grid)?.values;
                let response = match &file.response {
                    Some(name) => self.array(name)?.values,
                    None => grid
                        .iter()
                        .map(|e| Detector::CadmiumTungstate.response(*e))
                        .collect(),
                };
                let spectra = [self.matrix(high)?, self.matrix(low)?];
                Signals {
                    grid,
                    response,
                    spectra,
                }
            }
            (None, None, None) if file.response.is_none() => modelled(energies)?,
            _ => return Err(self.wrong("calibrate-spectra")),
        };
        signals
            .into_rows(rows)
            .ok_or_else(|| self.wrong("calibrate-spectra-shape"))
    }
}

/// Spectra of each row, high and low, and the detector's response.
struct Signals {
    grid: Vec<f64>,
    response: Vec<f64>,
    spectra: [Vec<Vec<f64>>; 2],
}

impl Signals {
    /// Shares by row at joined energies. One row of blocks takes the spectrum of the middle row;
    /// one spectrum serves every row.
    fn into_rows(self, rows: &mut [RowData]) -> Option<Vec<f64>> {
        let length = self.grid.len();
        let sound = self.response.len() == length
            && self.grid.windows(2).all(|pair| pair[0] < pair[1])
            && self
                .grid
                .iter()
                .chain(&self.response)
                .all(|value| value.is_finite() && *value > 0.0);
        if !sound {
            return None;
        }
        let groups = groups(&self.grid);
        let count = rows.len();
        for (at, row) in rows.iter_mut().enumerate() {
            for beam in 0..2 {
                let spectra = &self.spectra[beam];
                let spectrum = match spectra.len() {
                    1 => spectra.first(),
                    many if many == count => spectra.get(at),
                    many if count == 1 => spectra.get(many / 2),
                    _ => None,
                }?;
                row.shares[beam] = joined(spectrum, &self.response, &groups)?;
            }
        }
        let middle = |group: &std::ops::Range<usize>| {
            let part = &self.grid[group.clone()];
            part.iter().sum::<f64>() / part.len() as f64
        };
        Some(groups.iter().map(middle).collect())
    }
}

/// Neighbouring energies that are nearer than [`JOINED`] of their value.
fn groups(grid: &[f64]) -> Vec<std::ops::Range<usize>> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, energy) in grid.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if energy / grid[group.start] - 1.0 < JOINED => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Shares of the open-beam signal in each group.
fn joined(
    spectrum: &[f64],
    response: &[f64],
    groups: &[std::ops::Range<usize>],
) -> Option<Vec<f64>> {
    let sound = spectrum.len() == response.len() && spectrum.iter().all(|n| *n >= 0.0);
    let signal: Vec<f64> = spectrum.iter().zip(response).map(|(n, d)| n * d).collect();
    let all: f64 = signal.iter().sum();
    (sound && all > 0.0 && all.is_finite()).then(|| {
        let share = |group: &std::ops::Range<usize>| signal[group.clone()].iter().sum::<f64>();
        groups.iter().map(|group| share(group) / all).collect()
    })
}

/// The modelled beams of a pair of energies.
fn modelled(energies: [Energy; 2]) -> Result<Signals> {
    let signal = generic::signal(energies)?;
    let [high, low] = signal.beams;
    Ok(Signals {
        response: vec![1.0; signal.energies_mev.len()],
        grid: signal.energies_mev,
        spectra: [vec![high], vec![low]],
    })
}
