//! `xamine measure`: statistics, material and size of a region.

use std::io::Write;
use std::path::Path;

use clap::{ArgGroup, Args};

use super::opening::{near, open};
use super::{Failure, ScanArgs, exit};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Radiograph, Region, Shape, Statistics};
use crate::text::Safe;
use crate::view::{
    Detail, Measurement, Source, bad_region, choose, class_label, measure_by, measured_pixels,
};
use crate::{Error, Result};

/// What is asked for.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("shape").required(true)))]
pub struct MeasureArgs {
    /// The region in scan pixels.
    #[arg(
        long,
        value_name = "X,Y,W,H",
        allow_hyphen_values = true,
        group = "shape"
    )]
    region: Option<String>,
    /// The box of an ellipse.
    #[arg(
        long,
        value_name = "X,Y,W,H",
        allow_hyphen_values = true,
        group = "shape"
    )]
    ellipse: Option<String>,
    /// Corners of a polygon.
    #[arg(
        long,
        value_name = "X,Y;X,Y;...",
        allow_hyphen_values = true,
        group = "shape"
    )]
    polygon: Option<String>,
    /// Ends of a line.
    #[arg(
        long,
        value_name = "X,Y,X,Y",
        allow_hyphen_values = true,
        group = "shape"
    )]
    line: Option<String>,
    /// End, vertex and end of an angle.
    #[arg(
        long,
        value_name = "X,Y,X,Y,X,Y",
        allow_hyphen_values = true,
        group = "shape"
    )]
    angle: Option<String>,
    /// Its surround.
    #[arg(
        long,
        value_name = "X,Y,W,H",
        allow_hyphen_values = true,
        conflicts_with_all = ["line", "angle"]
    )]
    background: Option<String>,
    /// Scanner profile.
    #[arg(long, value_name = "SCANNER_PROFILE")]
    profile: Option<String>,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(
    scan: &ScanArgs,
    asked: &MeasureArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let opened = open(scan, err)?;
    let radiograph = choose(&opened.views, None)?;
    let background = asked.background.as_deref();
    let background = background.map(|text| read(radiograph, text)).transpose()?;
    let scanner = asked.profile.as_deref();
    let scanner = scanner
        .map(|path| super::profile::scanner(Path::new(path)))
        .transpose()?;
    let outline = asked.outline(radiograph)?;
    let own = measured_pixels(radiograph, &outline, background);
    // What reaches beyond the scan is refused as that, not as too large.
    let inside = own.contains(outline.bounds()) && background.is_none_or(|b| own.contains(b));
    let own = (inside && radiograph.reduction() > 1).then_some(own);
    let detail = near(&opened, radiograph, own)?;
    let source = Source::of(radiograph).with(detail.as_ref());
    let measured = measure_by(source, &outline, background, scanner.as_ref())?;
    if asked.json {
        serde_json::to_writer_pretty(&mut *out, &measured.document(Detail::Whole))
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        for line in text(&measured) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(exit::DONE)
}

impl MeasureArgs {
    /// The outline that is asked for; the definition sees to it that there is one.
    fn outline(&self, radiograph: &Radiograph) -> Result<Outline, Error> {
        let shapes = [
            (Shape::Rect, &self.region),
            (Shape::Ellipse, &self.ellipse),
            (Shape::Polygon, &self.polygon),
            (Shape::Line, &self.line),
            (Shape::Angle, &self.angle),
        ];
        let mut asked = shapes
            .iter()
            .filter_map(|(shape, text)| Some((*shape, text.as_deref()?)));
        let (shape, text) = asked.next().unwrap_or_default();
        Outline::parse(shape, text).ok_or_else(|| match shape {
            Shape::Rect | Shape::Ellipse => {
                bad_region(text, radiograph.width(), radiograph.height())
            }
            _ => bad_points(shape, text),
        })
    }
}

/// Points that are none of their shape.
fn bad_points(shape: Shape, text: &str) -> Error {
    let id = format!("measure-bad-{}", shape.as_str());
    Error::request(say(&id, &[arg("text", &Safe::from_outside(text))]))
}

/// Reads a region.
fn read(radiograph: &Radiograph, text: &str) -> Result<Region, Error> {
    Region::parse(text).ok_or_else(|| bad_region(text, radiograph.width(), radiograph.height()))
}

/// The lines for a reader.
fn text(measured: &Measurement) -> Vec<Safe> {
    let mut lines = vec![outline_line(measured)];
    let row = |[label, value]: [Safe; 2]| {
        say("measure-row", &[arg("label", &label), arg("value", &value)])
    };
    lines.extend(measured.shape_rows().into_iter().map(row));
    for plane in &measured.planes {
        lines.push(plane_line(plane));
        let rows: Vec<Safe> = measured
            .distribution_rows(plane)
            .iter()
            .map(|row| Safe::join(row, " "))
            .collect();
        lines.push(Safe::word("  ").then(&Safe::join(&rows, ", ")));
    }
    lines.extend(material_lines(measured));
    lines.push(measured.length_note());
    lines.extend(measured.notes.iter().cloned());
    lines
}

/// What was measured and where.
fn outline_line(measured: &Measurement) -> Safe {
    let [x, y, w, h] = <[usize; 4]>::from(measured.region);
    let number = |n: usize| Safe::from_outside(&n.to_string());
    say(
        "measure-region",
        &[
            arg("shape", &measured.outline.label()),
            arg("x", &number(x)),
            arg("y", &number(y)),
            arg("width", &number(w)),
            arg("height", &number(h)),
        ],
    )
}

/// The standard deviation, which one sample alone has not.
fn sd(statistics: &Statistics) -> Option<f64> {
    (statistics.count > 1).then_some(statistics.sd)
}

/// One plane for a reader.
fn plane_line(plane: &crate::view::PlaneMeasurement) -> Safe {
    let s = &plane.statistics;
    let unknown = || say("measure-unknown", &[]);
    let quantity = |value: Option<f64>| value.map_or_else(unknown, |v| Safe::number(v, 4));
    say(
        "measure-plane",
        &[
            arg("plane", &Safe::from_outside(plane.plane.as_str())),
            arg("mean", &Safe::number(s.mean, 2)),
            arg(
                "sd",
                &sd(s).map_or(Safe::word("-"), |sd| Safe::number(sd, 2)),
            ),
            arg("min", &Safe::number(f64::from(s.min), 0)),
            arg("max", &Safe::number(f64::from(s.max), 0)),
            arg("transmission", &quantity(plane.transmission)),
            arg("attenuation", &quantity(plane.attenuation)),
        ],
    )
}

/// The material for a reader.
fn material_lines(measured: &Measurement) -> Vec<Safe> {
    let Some(material) = &measured.material else {
        return Vec::new();
    };
    let id = if material.background_subtracted {
        "measure-class-subtracted"
    } else {
        "measure-class"
    };
    let mut lines = vec![say(id, &[arg("class", &class_label(material.class))])];
    if let Some(z) = &material.z {
        let [low, high] = z.iqr.map(|z| Safe::number(z, 1));
        let (median, mass, steel) = (
            Safe::number(z.z, 1),
            Safe::number(z.mass_thickness, 1),
            Safe::number(z.steel_mm, 1),
        );
        lines.push(say(
            "measure-z",
            &[
                arg("z", &median),
                arg("low", &low),
                arg("high", &high),
                arg("mass", &mass),
                arg("steel", &steel),
            ],
        ));
        let names: Vec<Safe> = z
            .candidates
            .iter()
            .map(|one| match (one.material, one.z) {
                (Some(name), _) => Safe::word(name),
                (None, z) => Safe::from_outside(&format!("Z {:.0}", z.unwrap_or_default())),
            })
            .collect();
        if !names.is_empty() {
            let names = Safe::join(&names, ", ");
            lines.push(say("measure-candidates", &[arg("names", &names)]));
        }
    }
    if let Some(kilograms) = material.mass_kg {
        let mass = Safe::number(kilograms, if kilograms < 10.0 { 2 } else { 0 });
        lines.push(say("measure-mass", &[arg("mass", &mass)]));
    }
    if let Some(with) = &material.with_background {
        let class = class_label(with.class);
        lines.push(match &with.z {
            Some(z) => {
                let z = Safe::number(z.z, 1);
                say("measure-with", &[arg("class", &class), arg("z", &z)])
            }
            None => say("measure-with-class", &[arg("class", &class)]),
        });
    }
    let shares = material.shares.iter().filter(|(_, share)| *share > 0.0);
    lines.extend(shares.map(|(class, share)| {
        say(
            "measure-share",
            &[
                arg("class", &class_label(class)),
                arg("percent", &Safe::number(share * 100.0, 1)),
            ],
        )
    }));
    lines
}
