//! `xamine info`: everything known about a scan, for people or as one JSON document.
//!
//! Names and order of the JSON members are a contract. Statistics are of the samples as stored.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::list::{kind_word, path_members, size};
use super::opening::limits;
use super::{Failure, ScanArgs, exit};
use crate::Result;
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::physics::Class;
use crate::radiograph::{Air, Plane, Radiograph};
use crate::scan::{FileRecord, Opened, Scan, open, resolve};
use crate::text::Safe;

/// Runs the command.
pub(super) fn run(
    arguments: &ScanArgs,
    json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let told = |scan: &Scan, error: crate::Error, out: &mut dyn Write| {
        if json {
            write_json(&json_of_problem(scan, &error), out)?;
        }
        Err(error.into())
    };
    let scan = match resolve(&arguments.scan, arguments.alone) {
        Ok((scan, _)) => scan,
        Err(error) => return told(&Scan::bare(arguments.scan.clone(), Vec::new()), error, out),
    };
    let limits = limits(err)?;
    let opened = match open(&scan, &limits, &Cancel::never()) {
        Ok(opened) => opened,
        Err(error) => return told(&scan, error, out),
    };
    if json {
        write_json(&json_of(&scan, &opened), out)?;
    } else {
        text(&scan, &opened, out)?;
    }
    out.flush()?;
    Ok(exit::DONE)
}

fn write_json(value: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// The members in the contract's order; what later work fills is null or empty.
fn document(scan: &Scan, opened: Option<&Opened>, error: Option<&crate::Error>) -> Value {
    let mut members = path_members(&scan.path);
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("scan_id", json!(opened.map(|opened| &opened.scan_id)));
    put("format", json!(opened.map(|opened| opened.format.as_str())));
    let kind = opened
        .map(|opened| opened.kind)
        .or(scan.kind.filter(|_| error.is_none()));
    put("kind", json!(kind.map(crate::radiograph::Kind::as_str)));
    put("error", json!(error.map(crate::Error::message)));
    let files: Vec<Value> = match opened {
        Some(opened) => opened.files.iter().map(json_of_file).collect(),
        None => scan.files.iter().map(json_of_unread).collect(),
    };
    put("files", json!(files));
    let paired_by = opened.map_or(scan.paired_by, |opened| opened.paired_by);
    put(
        "paired_by",
        json!(paired_by.map(crate::scan::PairedBy::as_str)),
    );
    let codes: Map<String, Value> = Class::ALL
        .iter()
        .map(|class| (class.as_str().to_owned(), json!(class.code())))
        .collect();
    put("class_codes", Value::Object(codes));
    let views: Vec<Value> = opened
        .map(|opened| opened.views.iter().map(json_of_view).collect())
        .unwrap_or_default();
    put("views", json!(views));
    put("declaration", Value::Null);
    put("radiation", Value::Null);
    put("annotations", json!([]));
    put("reports", json!([]));
    put(
        "warnings",
        json!(
            opened
                .map(|opened| opened.warnings.clone())
                .unwrap_or_default()
        ),
    );
    Value::Object(members)
}

/// The document of a scan that was opened.
fn json_of(scan: &Scan, opened: &Opened) -> Value {
    document(scan, Some(opened), None)
}

/// The document of a scan that cannot be opened.
fn json_of_problem(scan: &Scan, error: &crate::Error) -> Value {
    document(scan, None, Some(error))
}

fn json_of_file(file: &FileRecord) -> Value {
    let mut members = path_members(&file.path);
    members.insert("sha256".to_owned(), json!(file.sha256));
    members.insert("bytes".to_owned(), json!(file.bytes));
    Value::Object(members)
}

fn json_of_unread(file: &crate::scan::ScanFile) -> Value {
    let mut members = path_members(&file.path);
    members.insert("sha256".to_owned(), Value::Null);
    members.insert("bytes".to_owned(), json!(file.bytes));
    Value::Object(members)
}

fn json_of_view(view: &Radiograph) -> Value {
    let planes: Vec<Value> = view.planes.iter().map(json_of_plane).collect();
    let reduction = view.reduction();
    json!({
        "name": view.view,
        "pixel_mm": view.pixel_mm,
        "reduction": reduction,
        "planes": planes,
    })
}

fn json_of_plane(plane: &Plane) -> Value {
    let sums = plane.sums();
    json!({
        "name": plane.name.as_str(),
        "width": plane.scan_size().width,
        "height": plane.scan_size().height,
        "bits": plane.bits,
        "bits_allocated": plane.bits_allocated,
        "polarity": plane.polarity.as_str(),
        "rescale": plane.rescale,
        "min": sums.min,
        "max": sums.max,
        "mean": sums.mean,
        "sum": sums.sum,
        "air": plane.air.as_ref().map(json_of_air),
        "air_estimated": plane.air_estimated,
    })
}

fn json_of_air(air: &Air) -> Value {
    match air {
        // Whole numbers are written as such.
        Air::Uniform(value) if value.fract() == 0.0 => json!(*value as u64),
        Air::Uniform(value) => json!(value),
        Air::Rows(rows) => json!({ "rows": rows.len(), "mean": mean(rows) }),
    }
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len().max(1) as f64
}

/// A line of the text form: a key and its value.
type Line = (Safe, Safe);

/// The text form: the scan, its files, its planes, what the file says, warnings.
fn text(scan: &Scan, opened: &Opened, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}", scan.name())?;
    lines(&of_scan(opened), out)?;
    section("info-files", out)?;
    lines(&opened.files.iter().map(of_file).collect::<Vec<_>>(), out)?;
    for view in &opened.views {
        let name = Safe::from_outside(&view.view);
        writeln!(out, "\n{}", say("info-view", &[arg("name", &name)]))?;
        lines(&of_view(view), out)?;
    }
    if !opened.metadata.is_empty() {
        section("info-metadata", out)?;
        lines(&opened.metadata, out)?;
    }
    if !opened.warnings.is_empty() {
        section("info-warnings", out)?;
        for warning in &opened.warnings {
            writeln!(out, "  {warning}")?;
        }
    }
    Ok(())
}

fn section(id: &str, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n{}", say(id, &[]))
}

/// Lines with their values under each other.
fn lines(lines: &[Line], out: &mut dyn Write) -> std::io::Result<()> {
    let width = lines.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
    for (key, value) in lines {
        writeln!(out, "  {key}{}  {value}", " ".repeat(width - key.width()))?;
    }
    Ok(())
}

fn line(id: &str, value: Safe) -> Line {
    (say(id, &[]), value)
}

fn of_scan(opened: &Opened) -> Vec<Line> {
    let mut lines = vec![
        line("info-kind", kind_word(opened.kind)),
        line(
            "info-format",
            say(&format!("info-format-{}", opened.format.as_str()), &[]),
        ),
    ];
    if let Some(container) = &opened.container {
        lines.push(line("info-container", container.clone()));
    }
    if let Some(paired_by) = opened.paired_by {
        let words = say(&format!("info-paired-{}", paired_by.as_str()), &[]);
        lines.push(line("info-paired", words));
    }
    if opened.simulated {
        lines.push(line("info-simulated", say("info-yes", &[])));
    }
    lines.push(line("info-scan-id", Safe::from_outside(&opened.scan_id)));
    lines
}

fn of_file(file: &FileRecord) -> Line {
    let size = size(file.bytes);
    let hash = Safe::from_outside(&file.sha256);
    let words = say("info-file", &[arg("size", &size), arg("hash", &hash)]);
    (Safe::from_path(&file.path), words)
}

fn of_view(view: &Radiograph) -> Vec<Line> {
    let (width, height) = (view.width(), view.height());
    let mut lines = vec![line(
        "info-size",
        say(
            "info-pixels",
            &[arg("width", &width), arg("height", &height)],
        ),
    )];
    let reduction = view.reduction();
    if reduction > 1 {
        let words = say("info-reduced", &[arg("step", &reduction)]);
        lines.push(line("info-held", words));
    }
    if let Some([x, y]) = view.pixel_mm {
        let (x, y) = (shortest(x), shortest(y));
        lines.push(line(
            "info-pixel",
            say("info-pixel-mm", &[arg("x", &x), arg("y", &y)]),
        ));
    }
    for plane in &view.planes {
        let name = Safe::from_outside(plane.name.as_str());
        let name = say("info-plane", &[arg("name", &name)]);
        lines.push((name, of_samples(plane)));
        lines.push((Safe::default(), of_beam(plane)));
    }
    lines
}

/// What is known of a plane's samples.
fn of_samples(plane: &Plane) -> Safe {
    let sums = plane.sums();
    let mean = Safe::number(sums.mean, 2);
    let arguments = [
        arg("bits", &plane.bits),
        arg("min", &sums.min),
        arg("max", &sums.max),
        arg("mean", &mean),
        arg("sum", &sums.sum),
    ];
    say("info-samples", &arguments)
}

/// What is known of a plane's beam: polarity, energy, air.
fn of_beam(plane: &Plane) -> Safe {
    let mut parts = vec![say(
        &format!("info-polarity-{}", plane.polarity.as_str()),
        &[],
    )];
    if let Some(energy) = plane.energy {
        parts.push(Safe::from_outside(&energy.to_string()));
    }
    parts.push(match &plane.air {
        None => say("info-air-unknown", &[]),
        Some(Air::Uniform(value)) => {
            let value = shortest(*value);
            let id = if plane.air_estimated {
                "info-air-estimated"
            } else {
                "info-air"
            };
            say(id, &[arg("value", &value)])
        }
        Some(Air::Rows(rows)) => {
            let (count, mean) = (rows.len(), Safe::number(mean(rows), 1));
            say("info-air-rows", &[arg("rows", &count), arg("mean", &mean)])
        }
    });
    if let Some([slope, intercept]) = plane.rescale {
        let (slope, intercept) = (shortest(slope), shortest(intercept));

        parts.push(say(
            "info-rescale",
            &[arg("slope", &slope), arg("intercept", &intercept)],
        ));
    }
    Safe::join(&parts, ", ")
}

/// A number as short as it is exact.
fn shortest(value: f64) -> Safe {
    Safe::from_outside(&value.to_string())
}
