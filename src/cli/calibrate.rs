//! `xamine calibrate`: a scanner profile from calibration blocks.

mod data;

use std::io::Write;
use std::path::Path;

use self::data::Data;
use super::render::files::refuse_over;
use super::{Failure, exit};
use crate::messages::{arg, say};
use crate::physics::calibrate::{Fit, fit_rows};
use crate::physics::profile::{BlockRecord, Header, Limits, PROFILE_VERSION, Profile, RowBeam};
use crate::text::Safe;
use crate::{Error, Result};

/// Runs the command.
pub(super) fn run(file: &Path, output: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let data = data::read(file)?;
    let fits = fit_rows(&data.energies_mev, &data.matters, &data.rows)
        .map_err(|error| Error::bad_file(file, error.message()))?;
    let table = table_path(output)?;
    for written in [output, &output.with_file_name(&table)] {
        refuse_over(written, &[file.to_path_buf()], "calibrate-over")?;
    }
    let profile = profile(&data, &fits, &table)?;
    let misfit = profile.header.block.iter().find(|block| {
        let worst = block.residual_high.max(block.residual_low);
        worst.is_nan() || worst > MISFIT
    });
    if let Some(block) = misfit {
        return Err(unfitting(file, block).into());
    }
    let written = super::profile::write(output, &profile)?;
    for line in report(&profile, output, &written) {
        writeln!(out, "{line}")?;
    }
    Ok(exit::DONE)
}

/// Residual in attenuation beyond which a block was measured or written wrongly.
const MISFIT: f64 = 0.15;

/// The error of a block that the fit does not meet.
fn unfitting(file: &Path, block: &BlockRecord) -> Error {
    let name = Safe::from_outside(&block.material);
    let mass = Safe::number(block.mass_thickness_g_cm2, 1);
    let residual = Safe::number(block.residual_high.max(block.residual_low), 2);
    let limit = Safe::number(MISFIT, 2);
    let args = [
        arg("block", &name),
        arg("mass", &mass),
        arg("residual", &residual),
        arg("limit", &limit),
    ];
    Error::bad_file(file, say("calibrate-misfit", &args))
}

/// The table's file name: the profile's with `.csv` for its ending.
fn table_path(output: &Path) -> Result<String> {
    let stem = output.file_stem().and_then(|stem| stem.to_str());
    let toml = output.extension().is_some_and(|ending| ending == "toml");
    stem.filter(|_| toml)
        .map(|stem| format!("{stem}.csv"))
        .ok_or_else(|| {
            let path = Safe::from_path(output);
            Error::request(say("calibrate-output", &[arg("path", &path)]))
        })
}

/// The profile of a fit.
fn profile(data: &Data, fits: &[[Fit; 2]], table: &str) -> Result<Profile> {
    let rows: Vec<[RowBeam; 2]> = data
        .rows
        .iter()
        .zip(fits)
        .map(|(row, fits)| {
            [0, 1].map(|beam| RowBeam {
                shares: row.shares[beam].clone(),
                weights: fits[beam].weights,
            })
        })
        .collect();
    let [high, low] = data.energies;
    let header = Header {
        version: PROFILE_VERSION,
        scanner: data.scanner.clone(),
        date: data.date.clone(),
        data_sha256: data.sha256.clone(),
        generic: false,
        high: high.to_string(),
        low: low.to_string(),
        row_order: data.row_order,
        table: table.to_owned(),
        table_sha256: String::new(),
        classes: Limits::of(high, low),
        block: blocks(data, fits),
    };
    Profile::new(header, data.energies_mev.clone(), rows)
}

/// What the profile remembers of the blocks.
fn blocks(data: &Data, fits: &[[Fit; 2]]) -> Vec<BlockRecord> {
    let count = fits.len() as f64;
    data.matters
        .iter()
        .enumerate()
        .map(|(at, matter)| {
            let rms = |beam: usize| {
                let squares = fits.iter().map(|fit| fit[beam].residuals[at].powi(2));
                (squares.sum::<f64>() / count).sqrt()
            };
            let mass: f64 = data.rows.iter().map(|row| row.mass_thickness[at]).sum();
            BlockRecord {
                material: matter.name().to_owned(),
                mass_thickness_g_cm2: mass / count,
                residual_high: rms(0),
                residual_low: rms(1),
            }
        })
        .collect()
}

/// The lines for a reader.
fn report(profile: &Profile, output: &Path, table: &Path) -> Vec<Safe> {
    let header = &profile.header;
    let rows = profile.rows.len();
    let (high, low) = (
        Safe::from_outside(&header.high),
        Safe::from_outside(&header.low),
    );
    let args = [arg("high", &high), arg("low", &low), arg("rows", &rows)];
    let mut lines = vec![say("calibrate-fitted", &args)];
    lines.extend(header.block.iter().map(|block| {
        let mass = Safe::number(block.mass_thickness_g_cm2, 2);
        let (high, low) = (
            Safe::number(block.residual_high, 5),
            Safe::number(block.residual_low, 5),
        );
        let name = Safe::from_outside(&block.material);
        let args = [
            arg("block", &name),
            arg("mass", &mass),
            arg("high", &high),
            arg("low", &low),
        ];
        say("calibrate-residual", &args)
    }));
    for (beam, name) in [&high, &low].into_iter().enumerate() {
        lines.push(weights(profile, beam, name));
    }
    let (profile, table) = (Safe::from_path(output), Safe::from_path(table));
    let args = [arg("profile", &profile), arg("table", &table)];
    lines.push(say("calibrate-written", &args));
    lines
}

/// The range of a beam's weights over the rows.
fn weights(profile: &Profile, beam: usize, name: &Safe) -> Safe {
    let range = |of: fn(&RowBeam) -> f64| {
        let values = || profile.rows.iter().map(|row| of(&row[beam]));
        let (low, high) = (
            values().fold(f64::INFINITY, f64::min),
            values().fold(0.0, f64::max),
        );
        let (low, high) = (Safe::number(low, 4), Safe::number(high, 4));
        Safe::join(&[low, high], "-")
    };
    let (a, b, c) = (
        range(|beam| beam.weights.a),
        range(|beam| beam.weights.b),
        range(|beam| beam.weights.c),
    );
    let args = [arg("beam", name), arg("a", &a), arg("b", &b), arg("c", &c)];
    say("calibrate-weights", &args)
}
