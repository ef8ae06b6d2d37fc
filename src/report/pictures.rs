//! Pictures of a record, drawn again from the scan that it names: only while its bytes are those
//! that were decided upon.

use crate::cancel::Cancel;
use crate::decisions::{MarkedRegion, ScanBlock, ScanFile, Shape};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Radiograph, Region, Size};
use crate::scan::{self, Limits, Opened};
use crate::text::Safe;
use crate::view::{
    Calibration, Drawn, Frame, LegendRow, Pixels, Source, Stress, View, ViewRequest, composed,
    overlaid, own_pixels, prepare,
};
use crate::{Error, Result};

/// Longest side of a picture that is drawn again.
const LONGEST: f64 = 8192.0;
/// Screen pixels per scan pixel of a marked region at most.
const CLOSEST: f64 = 8.0;
/// Room around a marked region, as a share of its sides, and scan pixels at least.
const ROOM: f64 = 0.75;
const LEAST: f64 = 24.0;

/// A picture that was drawn again.
#[derive(Debug, Clone, PartialEq)]
pub struct Redrawn {
    /// The pixels.
    pub frame: Frame,
    /// What its colours mean, where there are some.
    pub legend: Vec<LegendRow>,
    /// Whether the scan says that it was simulated.
    pub simulated: bool,
    /// The view as it was drawn: another zoom where the picture had to be smaller.
    pub view: View,
}

/// What pictures are drawn with: the scan at hand, and the profiles that were given.
#[derive(Debug, Default)]
pub struct Easel {
    limits: Limits,
    profiles: Vec<Calibration>,
    known: Vec<ScanBlock>,
    open: Option<(String, Result<Opened, Safe>)>,
    other: Option<(String, Result<Opened, Safe>)>,
}

impl Easel {
    /// An easel with limits, scanner profiles, and the scans of the log that pictures may be
    /// compared with.
    pub fn new(limits: Limits, profiles: Vec<Calibration>, known: Vec<ScanBlock>) -> Self {
        Self {
            limits,
            profiles,
            known,
            ..Self::default()
        }
    }

    /// The scan as it was decided upon.
    ///
    /// # Errors
    /// The sentence why there is none: missing, changed, or not decodable.
    pub fn scan(&mut self, block: &ScanBlock) -> Result<&Opened, Safe> {
        kept(&mut self.open, block, &self.limits)
    }

    /// A view as it was seen, at most `widest` pixels wide.
    ///
    /// # Errors
    /// The sentence why there is no picture.
    pub fn view(
        &mut self,
        block: &ScanBlock,
        view: &View,
        widest: Option<usize>,
        marks: &[Drawn],
    ) -> Result<Redrawn, Safe> {
        self.drawn(block, view, marks, &|view, radiograph| {
            sized(view, radiograph, widest)
        })
    }

    /// A view in as many pixels as `fit` says, from it and how much higher than wide scan pixels are.
    ///
    /// # Errors
    /// As [`Easel::view`].
    pub fn view_in(
        &mut self,
        block: &ScanBlock,
        view: &View,
        fit: &dyn Fn(&View, f64) -> Size,
    ) -> Result<Redrawn, Safe> {
        self.drawn(block, view, &[], &|view, radiograph| {
            // What has no size has none in any number of pixels.
            let (view, _) = sized(view, radiograph, None)?;
            let size = fit(&view, view.aspect.of(radiograph.pixel_mm));
            Ok((view, size))
        })
    }

    /// A view with marks, in the size of `fit`.
    fn drawn(
        &mut self,
        block: &ScanBlock,
        view: &View,
        marks: &[Drawn],
        fit: &Fit<'_>,
    ) -> Result<Redrawn, Safe> {
        let told = |error: Error| error.message();
        let mut view = view.clone();
        if let Some(of) = &view.profile {
            let same = self.profiles.iter().find(|given| *given == of);
            view.profile = same.cloned().or(view.profile);
        }
        let comparison = view.comparison.clone();
        let with = comparison
            .as_ref()
            .filter(|with| with.scan != block.scan_id);
        let opened = kept(&mut self.open, block, &self.limits)?;
        let other = match with {
            None => opened,
            Some(with) => {
                let mut known = self.known.iter();
                let block = known.find(|block| block.scan_id == with.scan);
                let block = block.ok_or_else(|| say("report-picture-no-other", &[]))?;
                kept(&mut self.other, block, &self.limits)?
            }
        };
        let radiograph = radiograph_of(opened, &view.view)?;
        let (view, size) = fit(view, radiograph)?;
        let never = Cancel::never();
        let (frame, legend) = if let Some(comparison) = &comparison {
            let beside = comparison.other(&other.views).map_err(told)?;
            let pair = view.compared(radiograph, beside, size).map_err(told)?;
            let of = |radiograph, (view, size): &(View, Size)| {
                let prepared = prepare(radiograph, view, *size, &never, &mut |_| ())?;
                prepared.develop(view)
            };
            let here = of(radiograph, &pair[0]).map_err(told)?;
            let there = of(beside, &pair[1]).map_err(told)?;
            let both = composed(comparison, &here, &there).map_err(told)?;
            (both.frame, both.legend)
        } else {
            let own = own_pixels(radiograph, &view, size).map_err(told)?;
            let read = |region| scan::detail(opened, &radiograph.view, region, &never);
            let detail = own.map(read).transpose().map_err(told)?;
            let source = Source::of(radiograph).with(detail.as_ref());
            let prepared = prepare(source, &view, size, &never, &mut |_| ());
            let print = prepared.and_then(|prepared| prepared.print(&view));
            let print = print.map_err(told)?;
            (print.frame, print.legend)
        };
        let coloured = !matches!(frame.pixels, Pixels::Grey(_));
        Ok(Redrawn {
            frame: overlaid(&frame, &view, marks, None),
            legend: if coloured { legend.rows } else { Vec::new() },
            simulated: opened.simulated,
            view,
        })
    }

    /// The whole scan in plain grey with marks, at most `widest` pixels wide.
    ///
    /// # Errors
    /// As [`Easel::view`].
    pub fn whole(
        &mut self,
        block: &ScanBlock,
        name: Option<&str>,
        widest: usize,
        marks: &[Drawn],
    ) -> Result<Redrawn, Safe> {
        let opened = self.scan(block)?;
        let view = plain(opened, name)?;
        self.view(block, &view, Some(widest), marks)
    }

    /// A marked region with what is around it, the way `like` looked at it or in plain grey on the
    /// view `name`.
    ///
    /// # Errors
    /// As [`Easel::view`].
    pub fn region(
        &mut self,
        block: &ScanBlock,
        (like, name): (Option<&View>, Option<&str>),
        outline: &Outline,
        screen: [usize; 2],
    ) -> Result<Redrawn, Safe> {
        let opened = self.scan(block)?;
        let view = match like {
            Some(like) => View {
                comparison: None,
                rotation: 0,
                mirrored: false,
                flipped: false,
                ..like.clone()
            },
            None => plain(opened, name)?,
        };
        let radiograph = radiograph_of(opened, &view.view)?;
        let shape = view.aspect.of(radiograph.pixel_mm);
        let around = around(outline.bounds(), radiograph.size());
        let [_, _, w, h] = around;
        let zoom = (screen[0] as f64 / w).min(screen[1] as f64 / (h * shape));
        let view = View {
            region: around,
            zoom: zoom.min(CLOSEST),
            ..view
        };
        let mark = Drawn {
            outline: outline.clone(),
            stress: Stress::Plain,
        };
        self.view(block, &view, Some(screen[0]), &[mark])
    }
}

/// Gives a view its size on the screen.
type Fit<'a> = dyn Fn(View, &Radiograph) -> Result<(View, Size), Safe> + 'a;

/// A region with room around it, within the scan.
fn around(bounds: Region, scan: Size) -> [f64; 4] {
    let along = |low: usize, length: usize, whole: usize| {
        let room = (length as f64 * ROOM).max(LEAST).ceil();
        let low = (low as f64 - room).max(0.0);
        let high = (low + length as f64 + 2.0 * room).min(whole as f64);
        (low, (high - low).max(1.0))
    };
    let (x, w) = along(bounds.x, bounds.width, scan.width);
    let (y, h) = along(bounds.y, bounds.height, scan.height);
    [x, y, w, h]
}

/// The plain view of a scan.
fn plain(opened: &Opened, name: Option<&str>) -> Result<View, Safe> {
    let radiograph = match name {
        Some(name) => radiograph_of(opened, name)?,
        None => first(opened)?,
    };
    View::of(radiograph, &ViewRequest::default()).map_err(|error| error.message())
}

/// The first radiograph of a scan.
fn first(opened: &Opened) -> Result<&Radiograph, Safe> {
    let first = opened.views.first();
    first.ok_or_else(|| say("view-no-picture", &[]))
}

/// The radiograph of that name.
fn radiograph_of<'a>(opened: &'a Opened, name: &str) -> Result<&'a Radiograph, Safe> {
    let found = opened.views.iter().find(|r| r.view == name);
    found.ok_or_else(|| say("error-no-view", &[]))
}

/// The scan at hand where it is the one of `block`, else that scan opened.
fn kept<'a>(
    place: &'a mut Option<(String, Result<Opened, Safe>)>,
    block: &ScanBlock,
    limits: &Limits,
) -> Result<&'a Opened, Safe> {
    if place.as_ref().is_none_or(|(of, _)| *of != block.scan_id) {
        *place = None;
    }
    let (_, opened) = place.get_or_insert_with(|| (block.scan_id.clone(), opened(block, limits)));
    opened.as_ref().map_err(Clone::clone)
}

/// Opens the scan of a record: in its group, else alone; only its own bytes will do.
fn opened(block: &ScanBlock, limits: &Limits) -> Result<Opened, Safe> {
    let file = block.files.first();
    let file = file.ok_or_else(|| say("report-picture-no-file", &[]))?;
    let path = file.exact_path();
    let mut problem = None;
    for alone in [false, true] {
        let (found, _) = match scan::resolve(&path, alone) {
            Ok(found) => found,
            Err(error) => {
                problem.get_or_insert(error.message());
                continue;
            }
        };
        match scan::open(&found, limits, &Cancel::never()) {
            Ok(opened) if opened.scan_id == block.scan_id => return Ok(opened),
            Ok(opened) => {
                let now = opened.files.iter().find(|now| now.path == path);
                problem = Some(changed(file, now.map(|now| now.sha256.as_str())));
            }
            Err(error) => problem = Some(error.message()),
        }
    }
    Err(problem.unwrap_or_default())
}

/// The sentence about a file with other bytes, or in other company.
fn changed(file: &ScanFile, now: Option<&str>) -> Safe {
    let named = Safe::from_outside(&file.path);
    match now.filter(|now| *now != file.sha256) {
        Some(now) => say(
            "report-picture-changed",
            &[arg("file", &named), arg("now", &Safe::from_outside(now))],
        ),
        None => say("report-picture-company", &[arg("file", &named)]),
    }
}

/// The view and its size on the screen, made smaller where it is too large.
fn sized(view: View, radiograph: &Radiograph, widest: Option<usize>) -> Result<(View, Size), Safe> {
    let shape = view.aspect.of(radiograph.pixel_mm);
    let [_, _, w, h] = view.region;
    let (across, down) = (w * view.zoom, h * view.zoom * shape);
    let turned = !view.rotation.is_multiple_of(180);
    let (width, height) = if turned {
        (down, across)
    } else {
        (across, down)
    };
    let sound = |side: f64| side.is_finite() && side > 0.0;
    if !sound(width) || !sound(height) {
        return Err(say("report-picture-no-size", &[]));
    }
    let most = widest.map_or(LONGEST, |widest| widest as f64);
    let by = (most / width)
        .min(LONGEST.min(most * 2.0) / height)
        .min(1.0);
    let side = |side: f64| ((side * by).round() as usize).max(1);
    let size = Size {
        width: side(width),
        height: side(height),
    };
    let zoom = view.zoom * by;
    Ok((View { zoom, ..view }, size))
}

/// Where a marked region lies; `None` for points that are no such shape.
pub fn outline(region: &MarkedRegion) -> Option<Outline> {
    let sound = |at: &f64| at.is_finite() && (0.0..1e9).contains(at);
    if !region.points.iter().flatten().all(sound) {
        return None;
    }
    let pixel = |at: &[f64; 2]| at.map(|part| part.floor() as usize);
    let pixels = region.points.iter().map(pixel).collect();
    match (region.shape, &region.points[..]) {
        (Shape::Rect | Shape::Ellipse, [a, b]) => {
            let low = [0, 1].map(|i| a[i].min(b[i]).floor() as usize);
            let high = [0, 1].map(|i| a[i].max(b[i]).ceil() as usize);
            let region_of = Region {
                x: low[0],
                y: low[1],
                width: (high[0] - low[0]).max(1),
                height: (high[1] - low[1]).max(1),
            };
            Some(if region.shape == Shape::Rect {
                Outline::Rectangle(region_of)
            } else {
                Outline::Ellipse(region_of)
            })
        }
        (Shape::Polygon, [_, _, _, ..]) => Some(Outline::Polygon(pixels)),
        (Shape::Line, [a, b]) => Some(Outline::Line([*a, *b].map(|at| pixel(&at)))),
        (Shape::Line, [a, b, c]) => Some(Outline::Angle([*a, *b, *c].map(|at| pixel(&at)))),
        _ => None,
    }
}

/// A frame as PNG: one byte a pixel unless it has true colours.
///
/// # Errors
/// Those of the encoder.
pub fn png(frame: Frame) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width as u32, frame.height as u32);
    encoder.set_depth(png::BitDepth::Eight);
    let data: Vec<u8> = match frame.pixels {
        Pixels::Grey(grey) => {
            encoder.set_color(png::ColorType::Grayscale);
            grey
        }
        Pixels::Indexed { palette, indices } => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.concat());
            indices
        }
        Pixels::Rgb(rgb) => {
            encoder.set_color(png::ColorType::Rgb);
            rgb.concat()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(bytes)
}
