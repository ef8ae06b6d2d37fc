//! `xamine render`: the picture, or the quantity behind it, into a file.

pub(super) mod files;
mod legend;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use super::opening::{limits, near};
use super::{Failure, ScanArgs, ViewArgs, exit};
use crate::cancel::Cancel;
use crate::config::Places;
use crate::messages::{arg, say};
use crate::radiograph::{Radiograph, Region, Size};
use crate::scan::{self, Opened, Scan};
use crate::store::PresetFolders;
use crate::text::Safe;
use crate::view::{
    Calibration, Display, Presets, Source, View, ViewRequest, choose, own_pixels, prepare, print,
};
use crate::{Error, Result};
use files::{FileKind, Values};

/// Longest side of a rendered picture.
const LONGEST: usize = 65_535;
/// Most pixels of a rendered picture.
const MOST: usize = 400_000_000;

/// What was asked for.
pub(super) struct Request {
    pub(super) scan: ScanArgs,
    pub(super) view: ViewArgs,
    pub(super) output: PathBuf,
    pub(super) size: Option<String>,
    pub(super) legend: bool,
    pub(super) time: bool,
}

/// Milliseconds of each stage, in order.
struct Times {
    last: Instant,
    stages: Vec<(String, f64)>,
}

impl Times {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            stages: Vec::new(),
        }
    }

    /// Ends the stage `name` now.
    fn done(&mut self, name: &str) {
        let took = self.last.elapsed().as_secs_f64() * 1000.0;
        self.stages.push((name.to_owned(), took));
        self.last = Instant::now();
    }

    /// One line a stage.
    fn tell(&self, err: &mut dyn Write) -> std::io::Result<()> {
        for (stage, took) in &self.stages {
            let line = say(
                "render-stage",
                &[
                    arg("stage", &Safe::from_outside(stage)),
                    arg("ms", &Safe::number(*took, 2)),
                ],
            );
            writeln!(err, "{line}")?;
        }
        Ok(())
    }
}

impl ViewArgs {
    /// What these arguments ask of a view.
    ///
    /// # Errors
    /// As [`super::profile::read`].
    pub(crate) fn request(&self, presets: Presets) -> Result<ViewRequest> {
        let scanner = self.profile.as_deref().map(super::profile::scanner);
        let profile = scanner.transpose()?;
        Ok(ViewRequest {
            view_name: self.view_name.clone(),
            plane: self.plane.clone(),
            display: self.display.clone(),
            preset: self.preset.clone(),
            presets,
            window: self.window.clone(),
            window_function: self.window_function.clone(),
            filters: self.filters.clone(),
            region: self.region.clone(),
            profile: profile.as_ref().and_then(Calibration::of),
        })
    }
}

/// Runs the command.
pub(super) fn run(
    request: &Request,
    _out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let kind = FileKind::of(&request.output)?;
    let mut times = Times::start();
    let (scan, _) = scan::resolve(&request.scan.scan, request.scan.alone)?;
    files::refuse_evidence(&request.output, &evidence(&scan))?;
    let opened = scan::open(&scan, &limits(err)?, &Cancel::never())?;
    times.done("open");
    let asked = request.view.request(presets(err)?)?;
    let radiograph = choose(&opened.views, asked.view_name.as_deref())?;
    let view = View::of(radiograph, &asked)?;
    times.done("view");
    let shape = view.aspect.of(radiograph.pixel_mm);
    if request.size.is_none() {
        refuse_large(&opened, radiograph, &view)?;
    }
    let (view, size) = sized(view, shape, request.size.as_deref())?;
    let own = own_pixels(radiograph, &view, size)?;
    let detail = near(&opened, radiograph, own)?;
    times.done("detail");
    let scene = Scene {
        source: Source::of(radiograph).with(detail.as_ref()),
        view: &view,
        size,
        simulated: opened.simulated,
    };
    let bytes = match kind {
        FileKind::Png => scene.seen(request, &mut times)?,
        FileKind::Tiff | FileKind::Npy => scene.values(request, kind, &mut times)?,
    };
    if detail.is_none() && radiograph.reduction() > 1 {
        let step = radiograph.reduction();
        writeln!(
            err,
            "xamine: {}",
            say("render-reduced", &[arg("step", &step)])
        )?;
    }
    times.done("encode");
    files::write_whole(&request.output, &bytes)?;
    times.done("write");
    if request.time {
        times.tell(err)?;
    }
    Ok(exit::DONE)
}

/// Refuses a part of a scan held reduced at 1:1 that is larger than the limits.
fn refuse_large(opened: &Opened, radiograph: &Radiograph, view: &View) -> Result<()> {
    let [x, y, width, height] = view.region.map(|n| n.max(0.0) as usize);
    let region = Region {
        x,
        y,
        width,
        height,
    };
    scan::check_detail(opened, radiograph, region)
}

/// The presets in effect; what is wrong with a file of them is told, and the others serve.
pub(super) fn presets(err: &mut dyn Write) -> std::io::Result<Presets> {
    let (presets, problems) = PresetFolders::beside(&Places::of_this_machine()).load();
    for problem in problems {
        writeln!(err, "xamine: {problem}")?;
    }
    Ok(presets)
}

/// Every file of the scan, and of the group that it was taken from.
fn evidence(scan: &Scan) -> Vec<PathBuf> {
    let mut files = scan.evidence();
    // A file that stands in no group has nobody beside it to protect.
    if let Ok((whole, _)) = scan::resolve(&scan.path, false) {
        files.extend(whole.evidence());
    }
    files
}

/// What is rendered.
struct Scene<'a> {
    source: Source<'a>,
    view: &'a View,
    size: Size,
    simulated: bool,
}

impl Scene<'_> {
    /// The bytes of a file of what is seen.
    fn seen(&self, request: &Request, times: &mut Times) -> Result<Vec<u8>> {
        let never = Cancel::never();
        let mut stage = |stage: &str| times.done(stage);
        let mut print = print(self.source, self.view, self.size, &never, &mut stage)?;
        if self.simulated {
            print.legend.notes.push(say("scan-simulated", &[]));
        }
        let frame = if request.legend {
            legend::under(print.frame, &print.legend)
        } else {
            print.frame
        };
        files::png(&request.output, frame)
    }

    /// The bytes of a file of the last quantity before the window.
    fn values(&self, request: &Request, kind: FileKind, times: &mut Times) -> Result<Vec<u8>> {
        let never = Cancel::never();
        let mut stage = |stage: &str| times.done(stage);
        let prepared = prepare(self.source, self.view, self.size, &never, &mut stage)?;
        let picture = prepared.develop(self.view)?;
        stage("window");
        let (field, codes) = (picture.field(), picture.codes());
        if self.view.planes.len() == 3 && codes.is_none() {
            return Err(Error::NotPossible {
                why: say("render-colour", &[]),
            });
        }
        let z = picture.z().filter(|_| self.view.display == Display::Z);
        let values = match &codes {
            Some(codes) if self.view.display == Display::Class => Values::Codes(codes),
            _ => Values::Float(z.as_deref().unwrap_or(&field.values)),
        };
        let size = field.size();
        if kind == FileKind::Tiff {
            files::tiff(&request.output, size, values)
        } else {
            Ok(files::npy(size, values))
        }
    }
}

/// The view and the picture's size: 1:1 without `--size`.
///
/// `WxH` is exactly that, with the scan's shape kept and the ground beside it; `Wx` and `xH` give
/// one side and the other follows. With a size, scan pixels are `shape` times as high as wide.
fn sized(view: View, shape: f64, text: Option<&str>) -> Result<(View, Size)> {
    let [x, y, w, h] = view.region;
    let Some(text) = text else {
        return Ok((view, checked(w.round() as usize, h.round() as usize, "")?));
    };
    let (width, height) = sides(text).ok_or_else(|| bad_size(text))?;
    let follow =
        |side: usize, own: f64, other: f64| ((side as f64 * other / own).round() as usize).max(1);
    let high = h * shape;
    let size = match (width, height) {
        (Some(width), Some(height)) => checked(width, height, text)?,
        (Some(width), None) => checked(width, follow(width, w, high), text)?,
        (None, Some(height)) => checked(follow(height, high, w), height, text)?,
        (None, None) => return Err(bad_size(text)),
    };
    let (across, down) = (size.width as f64 / w, size.height as f64 / high);
    let zoom = across.min(down);
    // A shape that is the scan's within a pixel fills the whole picture.
    let fills = (size.width as f64 - w * zoom).abs() < 1.0
        && (size.height as f64 - high * zoom).abs() < 1.0;
    let region = if fills {
        view.region
    } else {
        let (rw, rh) = (size.width as f64 / zoom, size.height as f64 / zoom / shape);
        [x - (rw - w) / 2.0, y - (rh - h) / 2.0, rw, rh]
    };
    let view = View {
        region,
        zoom,
        ..view
    };
    Ok((view, size))
}

/// Reads `WxH`, `Wx` or `xH`.
fn sides(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let (width, height) = text.split_once(['x', 'X'])?;
    let side = |text: &str| {
        if text.is_empty() {
            Some(None)
        } else {
            text.parse().ok().map(Some)
        }
    };
    Some((side(width)?, side(height)?))
}

/// A size within the limits.
fn checked(width: usize, height: usize, text: &str) -> Result<Size> {
    let sound = (1..=LONGEST).contains(&width) && (1..=LONGEST).contains(&height);
    if sound && width * height <= MOST {
        Ok(Size { width, height })
    } else {
        Err(bad_size(text))
    }
}

/// The error of a size.
fn bad_size(text: &str) -> Error {
    Error::request(say(
        "render-bad-size",
        &[arg("text", &Safe::from_outside(text))],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(region: [f64; 4], text: &str) -> Option<([f64; 4], usize, usize)> {
        let view = View {
            region,
            ..View::bare("main")
        };
        let (view, size) = sized(view, 1.0, Some(text)).ok()?;
        Some((view.region, size.width, size.height))
    }

    #[test]
    fn sizes_keep_the_shape() {
        let whole = [0.0, 0.0, 400.0, 100.0];
        assert_eq!(of(whole, "200x50"), Some((whole, 200, 50)));
        assert_eq!(of(whole, "200x"), Some((whole, 200, 50)));
        assert_eq!(of(whole, "x25"), Some((whole, 100, 25)));
        let padded = Some(([0.0, -50.0, 400.0, 200.0], 200, 100));
        assert_eq!(of(whole, "200x100"), padded);
        for wrong in ["", "x", "0x5", "9", "-1x4", "70000x1", "60000x60000"] {
            assert_eq!(of(whole, wrong), None, "{wrong}");
        }
    }
}
