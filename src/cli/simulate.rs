//! `xamine simulate`: a scene file becomes a dual-energy scan with its ground truth in a folder.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::dicos::dicos;
use super::render::files::{Values, npy, refuse_over, tiff, write_whole};
use super::{Failure, exit, text_file};
use crate::messages::{arg, say};
use crate::radiograph::Size;
use crate::simulation::{
    Fault, PlaneFormat, Scene, Simulated, boxes, calibration, sidecar, simulate,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Bytes that a scene may have.
const LIMIT: u64 = 4 << 20;
/// The calibration file beside a scan with blocks.
const CALIBRATION: &str = "calibration.toml";

/// Runs the command.
pub(super) fn run(
    scene: &Path,
    folder: &Path,
    seed: Option<u64>,
    _out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let read = read(scene)?;
    let seed = seed.unwrap_or(read.seed());
    let scan = simulate(&read, seed).map_err(|fault| told(scene, &fault))?;
    fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
    for name in ["scene.scan.toml", CALIBRATION] {
        let kept = [scene.to_path_buf()];
        refuse_over(&folder.join(name), &kept, "simulate-over")?;
    }
    let listed = write(&scan, folder)?;
    let place = Safe::from_path(folder);
    let numbers = [
        arg("width", &scan.width),
        arg("height", &scan.height),
        arg("folder", &place),
    ];
    let seed = Safe::from_outside(&seed.to_string());
    let done = [&numbers[..], &[arg("seed", &seed)]].concat();
    writeln!(err, "{}", say("simulate-done", &done))?;
    if listed {
        let path = Safe::from_path(&folder.join(CALIBRATION));
        writeln!(
            err,
            "{}",
            say("simulate-calibration", &[arg("path", &path)])
        )?;
    }
    Ok(exit::DONE)
}

/// Reads a scene file.
fn read(path: &Path) -> Result<Scene> {
    let text = text_file::read(path, LIMIT)?;
    Scene::parse(&text).map_err(|fault| told(path, &fault))
}

/// The error of an encoder.
fn unwritten(folder: &Path, cause: &Safe) -> Error {
    let why = say("simulate-dicos", &[arg("cause", cause)]);
    Error::Environment {
        path: Safe::from_path(folder),
        why,
    }
}

/// A fault of the scene as an error that names file and line.
fn told(path: &Path, fault: &Fault) -> Error {
    let path = Safe::from_path(path);
    let place = [arg("path", &path), arg("line", &fault.line)];
    let why = say(
        "scene-fault",
        &[&place[..], &[arg("why", &fault.why)]].concat(),
    );
    Error::NotPossible { why }
}

/// Writes every file; whether there is a calibration among them. The sidecar comes last: a folder
/// with it is whole.
fn write(scan: &Simulated, folder: &Path) -> Result<bool> {
    let size = Size {
        width: scan.width,
        height: scan.height,
    };
    let put = |name: &str, bytes: &[u8]| write_whole(&folder.join(name), bytes);
    for (energy, (name, samples)) in [("high", &scan.high), ("low", &scan.low)]
        .iter()
        .enumerate()
    {
        let name = format!("{name}.{}", scan.format.extension());
        let bytes = match scan.format {
            PlaneFormat::Tiff => tiff(&folder.join(&name), size, Values::Samples(samples))?,
            PlaneFormat::Dicos => dicos(scan, energy).map_err(|cause| unwritten(folder, &cause))?,
        };
        put(&name, &bytes)?;
    }
    put("z.npy", &npy(size, Values::Float(&scan.z)))?;
    put("thickness.npy", &npy(size, Values::Float(&scan.thickness)))?;
    put("labels.npy", &npy(size, Values::Samples(&scan.labels)))?;
    put("boxes.json", format!("{:#}\n", boxes(scan)).as_bytes())?;
    let calibration = calibration(scan);
    if let Some(text) = &calibration {
        put(CALIBRATION, text.as_bytes())?;
    }
    put("scene.scan.toml", sidecar(scan).as_bytes())?;
    Ok(calibration.is_some())
}
