//! Scans that are larger than the limits: held as means of squares, and read in their own pixels
//! where they are looked at or measured.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tiff::encoder::colortype::{Gray16, RGB8};
use tiff::encoder::{Compression, TiffEncoder};
use xamine::Error;
use xamine::app::{LensPlace, Overlay, RenderJob, Shown};
use xamine::cancel::Cancel;
use xamine::graphics::{CellSize, Depth, Effort, Protocol};
use xamine::radiograph::{Fineness, Kind, Outline, Plane, Radiograph, Region, Size};
use xamine::scan::{Limits, Opened, check_detail, detail, glimpse, open, resolve};
use xamine::view::{
    Canvas, Source, View, ViewRequest, measure_by, measured_pixels, own_pixels, picture, readout,
};
use xamine::worker::Renderer;

use crate::command_line::xamine;

/// Columns and rows, neither of which a power of two divides.
const SIZE: [usize; 2] = [1501, 1003];
/// A megabyte: a third of its samples.
const LIMITS: Limits = Limits {
    megapixels: 400,
    bytes: 1 << 20,
};

/// Structure at every scale, a dead row and a dead column, and open beam around.
fn sample(x: usize, y: usize) -> u16 {
    let [width, height] = SIZE;
    if y == 500 || x == 700 {
        return 0;
    }
    let border = x.min(y).min(width - 1 - x).min(height - 1 - y);
    if border < 60 {
        return 60_000 + ((x * 31 + y * 17) % 40) as u16;
    }
    (8_000 + (x * 7919 + y * 104_729) % 2_003 + 400 * (x / 40 + y / 30)) as u16
}

fn truth() -> Vec<u16> {
    let [width, height] = SIZE;
    let pixels = (0..width * height).map(|i| sample(i % width, i / width));
    pixels.collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A file of strips of `rows` rows.
fn strips(folder: &TempDir, name: &str, rows: u32, compression: Compression) -> PathBuf {
    let path = folder.path().join(name);
    let file = std::fs::File::create(&path).unwrap();
    let mut encoder = TiffEncoder::new(file)
        .unwrap()
        .with_compression(compression);
    let (width, height) = (SIZE[0] as u32, SIZE[1] as u32);
    let mut image = encoder.new_image::<Gray16>(width, height).unwrap();
    image.rows_per_strip(rows).unwrap();
    image.write_data(&truth()).unwrap();
    path
}

/// A `BigTIFF` of two pages in tiles of 128 x 64, the second page first in the file.
fn tiles(folder: &TempDir, name: &str) -> PathBuf {
    let tile = [128_usize, 64];
    let [across, down] = [SIZE[0].div_ceil(tile[0]), SIZE[1].div_ceil(tile[1])];
    let mut file = b"MM\0+\0\x08\0\0".to_vec();
    file.extend([0; 8]);
    let mut offsets = [Vec::new(), Vec::new()];
    for page in [1, 0] {
        for at in 0..across * down {
            offsets[page].push(file.len() as u64);
            let (left, top) = (at % across * tile[0], at / across * tile[1]);
            for y in top..top + tile[1] {
                for x in left..left + tile[0] {
                    let value = sample(x.min(SIZE[0] - 1), y.min(SIZE[1] - 1));
                    file.extend((value - value / 3 * page as u16).to_be_bytes());
                }
            }
        }
    }
    let count = (across * down) as u64;
    let mut arrays = Vec::new();
    for page in &offsets {
        arrays.push(file.len() as u64);
        file.extend(page.iter().flat_map(|at| at.to_be_bytes()));
        let bytes = (tile[0] * tile[1] * 2) as u64;
        file.extend((0..count).flat_map(|_| bytes.to_be_bytes()));
    }
    for (page, array) in arrays.iter().enumerate() {
        let here = file.len() as u64;
        if page == 0 {
            file[8..16].copy_from_slice(&here.to_be_bytes());
        }
        let tags: [(u16, u16, u64, u64); 10] = [
            (256, 4, 1, (SIZE[0] as u64) << 32),
            (257, 4, 1, (SIZE[1] as u64) << 32),
            (258, 3, 1, 16 << 48),
            (259, 3, 1, 1 << 48),
            (262, 3, 1, 1 << 48),
            (277, 3, 1, 1 << 48),
            (322, 3, 1, (tile[0] as u64) << 48),
            (323, 3, 1, (tile[1] as u64) << 48),
            (324, 16, count, *array),
            (325, 16, count, *array + 8 * count),
        ];
        file.extend((tags.len() as u64).to_be_bytes());
        for (tag, kind, count, value) in tags {
            file.extend(tag.to_be_bytes());
            file.extend(kind.to_be_bytes());
            file.extend(count.to_be_bytes());
            file.extend(value.to_be_bytes());
        }
        let next = file.len() as u64 + 8;
        file.extend((if page == 0 { next } else { 0 }).to_be_bytes());
    }
    let path = folder.path().join(name);
    std::fs::write(&path, file).unwrap();
    path
}

fn opened(path: &Path, limits: Limits) -> Opened {
    let (scan, _) = resolve(path, false).unwrap();
    open(&scan, &limits, &Cancel::never()).unwrap()
}

/// Means of squares of `step` pixels a side of a plane of [`SIZE`].
fn means(samples: &[u16], step: usize) -> Vec<u16> {
    let [width, height] = SIZE;
    let mut means = Vec::new();
    for top in (0..height).step_by(step) {
        for left in (0..width).step_by(step) {
            let (mut sum, mut count) = (0.0, 0.0);
            for y in top..(top + step).min(height) {
                for x in left..(left + step).min(width) {
                    sum += f64::from(samples[y * width + x]);
                    count += 1.0;
                }
            }
            means.push((sum / count + 0.5).floor() as u16);
        }
    }
    means
}

fn sha256(path: &Path) -> String {
    let hash = Sha256::digest(std::fs::read(path).unwrap());
    let bytes: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

fn region(x: usize, y: usize, width: usize, height: usize) -> Region {
    Region {
        x,
        y,
        width,
        height,
    }
}

fn pixels_of(samples: &[u16], part: Region) -> Vec<u16> {
    let row = |y: usize| &samples[y * SIZE[0] + part.x..][..part.width];
    (part.y..part.y + part.height)
        .flat_map(row)
        .copied()
        .collect()
}

#[test]
fn what_is_held_are_exact_means_and_the_hash_is_of_all_bytes() {
    let folder = folder();
    let samples = truth();
    for (name, rows, compression) in [
        ("one.tif", 1003, Compression::Uncompressed),
        ("plain.tif", 7, Compression::Uncompressed),
        ("lzw.tif", 16, Compression::Lzw),
        ("packed.tif", 30, Compression::Packbits),
    ] {
        let path = strips(&folder, name, rows, compression);
        let opened = opened(&path, LIMITS);
        let view = &opened.views[0];
        let plane = &view.planes[0];
        assert_eq!([view.width(), view.height()], SIZE, "{name}");
        assert_eq!((opened.reduction(), view.reduction()), (2, 2), "{name}");
        assert_eq!([plane.width, plane.height], [751, 502], "{name}");
        assert!(plane.samples == means(&samples, 2), "{name}");
        assert_eq!(opened.scan_id, sha256(&path), "{name}");
        let sums = plane.sums();
        assert_eq!(sums.sum, samples.iter().map(|s| u64::from(*s)).sum::<u64>());
        assert_eq!(Some(&sums.max), samples.iter().max());
        assert_eq!(opened.kind, Kind::SingleEnergy);
    }
}

#[test]
fn a_file_in_any_order_of_its_parts_is_read_and_hashed_all_the_same() {
    let folder = folder();
    let path = tiles(&folder, "tiles.tif");
    let opened = opened(&path, LIMITS);
    // Two planes of a megabyte and a half each: a sixteenth of each fits.
    assert_eq!((opened.kind, opened.reduction()), (Kind::DualEnergy, 4));
    let high = truth();
    let low: Vec<u16> = high.iter().map(|value| value - value / 3).collect();
    let (seen_high, seen_low) = opened.views[0].dual().unwrap();
    assert!(seen_high.samples == means(&high, 4));
    assert!(seen_low.samples == means(&low, 4));
    assert_eq!(opened.scan_id, sha256(&path));
    let part = region(600, 300, 257, 129);
    let near = detail(&opened, "main", part, &Cancel::never()).unwrap();
    let (near_high, near_low) = near.dual().unwrap();
    assert!(near_high.samples == pixels_of(&high, part));
    assert!(near_low.samples == pixels_of(&low, part));
}

#[test]
fn a_detail_is_the_pixels_of_the_file() {
    let folder = folder();
    let samples = truth();
    for (name, rows, compression) in [
        ("plain.tif", 7, Compression::Uncompressed),
        ("lzw.tif", 16, Compression::Lzw),
    ] {
        let opened = opened(&strips(&folder, name, rows, compression), LIMITS);
        for part in [
            region(0, 0, 1, 1),
            region(1, 6, 1500, 2),
            region(333, 100, 400, 500),
            region(1499, 1001, 2, 2),
        ] {
            let near = detail(&opened, "main", part, &Cancel::never()).unwrap();
            let plane = &near.planes[0];
            assert!(
                plane.samples == pixels_of(&samples, part),
                "{name} {part:?}"
            );
            assert_eq!((near.size(), plane.held()), (opened.views[0].size(), part));
            assert_eq!(plane.sample(part.x, part.y), Some(sample(part.x, part.y)));
            assert_eq!(plane.sample(part.x + part.width, part.y), None);
            // What is known of the plane is known of its part.
            assert_eq!(plane.air, opened.views[0].planes[0].air);
        }
        let whole = region(0, 0, SIZE[0], SIZE[1]);
        let refused = detail(&opened, "main", whole, &Cancel::never()).unwrap_err();
        assert_eq!(
            check_detail(&opened, &opened.views[0], whole),
            Err(refused.clone())
        );
        assert!(matches!(refused, Error::Limit { .. }));
        for word in ["1501 x 1003", "3 MB", "1 MB", "limits.bytes"] {
            assert!(refused.to_string().contains(word), "{refused}");
        }
    }
}

#[test]
fn a_file_that_has_changed_is_told_and_never_mixed() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let opened = opened(&path, LIMITS);
    let part = region(10, 10, 20, 20);
    assert!(detail(&opened, "main", part, &Cancel::never()).is_ok());
    // Another file of the same size under the name, and then a longer one.
    let same = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, &same).unwrap();
    for longer in [false, true] {
        if longer {
            std::fs::write(&path, [same.as_slice(), &[0]].concat()).unwrap();
        }
        let told = detail(&opened, "main", part, &Cancel::never()).unwrap_err();
        assert!(told.to_string().contains("changed since"), "{told}");
        let renders = Renders::new();
        let opened = Arc::new(opened.clone());
        let shown = renders.last(&job(&opened, 4.0));
        assert!(matches!(shown, Err(Error::Environment { .. })), "{shown:?}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(detail(&opened, "main", part, &Cancel::never()).is_err());
}

#[test]
fn a_scan_within_its_limits_is_held_whole() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let opened = opened(&path, Limits::default());
    assert_eq!((opened.reduction(), opened.reduced.as_deref()), (1, None));
    assert!(opened.views[0].planes[0].samples == truth());
    assert!(detail(&opened, "main", region(0, 0, 2, 2), &Cancel::never()).is_err());
    // A limit of pixels counts as much as one of bytes.
    let one = Limits {
        megapixels: 1,
        ..Limits::default()
    };
    assert_eq!(self::opened(&path, one).reduction(), 2);
}

#[test]
fn what_cannot_be_read_by_bands_is_refused_as_before() {
    let folder = folder();
    let path = strips(&folder, "lzw.tif", 1003, Compression::Lzw);
    let (scan, _) = resolve(&path, true).unwrap();
    let told = open(&scan, &LIMITS, &Cancel::never()).unwrap_err();
    assert!(matches!(told, Error::Limit { .. }), "{told}");
    // Colours in small strips can be.
    let colours = folder.path().join("rgb.tif");
    let mut encoder = TiffEncoder::new(std::fs::File::create(&colours).unwrap()).unwrap();
    let rgb: Vec<u8> = truth().iter().flat_map(|v| [*v as u8; 3]).collect();
    let mut image = encoder.new_image::<RGB8>(1501, 1003).unwrap();
    image.rows_per_strip(10).unwrap();
    image.write_data(&rgb).unwrap();
    let opened = opened(&colours, LIMITS);
    assert_eq!((opened.kind, opened.reduction()), (Kind::Colour, 4));
    assert_eq!(opened.views[0].planes.len(), 3);
}

#[test]
fn air_by_rows_and_sidecars_serve_reduced_scans() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let rows: Vec<f32> = (0..SIZE[1]).map(|y| 60_000.0 + (y % 5) as f32).collect();
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    let header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}\n",
        rows.len()
    );
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    npy.extend(rows.iter().flat_map(|row| row.to_le_bytes()));
    std::fs::write(folder.path().join("air.npy"), npy).unwrap();
    std::fs::write(
        folder.path().join("a.scan.toml"),
        "[[plane]]\nname = \"grey\"\nfile = \"a.tif\"\nair = \"air.npy\"\ndark = 100\npixel_mm = [2.0, 3.0]\n",
    )
    .unwrap();
    let opened = opened(&path, LIMITS);
    let whole = &opened.views[0];
    assert_eq!((whole.reduction(), whole.pixel_mm), (2, Some([2.0, 3.0])));
    assert_eq!(whole.planes[0].air_of_row(1002), Some(60_002.0));
    let near = detail(
        &opened,
        "main",
        region(100, 900, 100, 100),
        &Cancel::never(),
    )
    .unwrap();
    let linear = near.planes[0].linear_of_row(901);
    assert!((1.0 / f64::from(linear.gain) - (60_001.0 - 100.0)).abs() < 0.01);
    // The picture of the part is that of the whole at full resolution.
    let full = self::opened(&path, Limits::default());
    let view = View::plain(&full.views[0], None).unwrap();
    let view = View {
        region: [120.0, 920.0, 50.0, 40.0],
        ..view
    };
    let size = Size {
        width: 50,
        height: 40,
    };
    let of = |source: Source<'_>| picture(source, &view, size, &Cancel::never()).unwrap();
    let expected = of(Source::of(&full.views[0]));
    let got = of(Source::of(whole).with(Some(&near)));
    assert!(expected.frame == got.frame && expected.field() == got.field());
    // From the means the same part is like it, and says what it is.
    let reduced = of(Source::of(whole));
    let note = |note: &xamine::text::Safe| note.as_str().contains("REDUCED 1:2");
    assert!(reduced.legend.notes.iter().any(note));
    assert!(!got.legend.notes.iter().any(note));
}

#[test]
fn coordinates_stay_those_of_the_scan() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let reduced = opened(&path, LIMITS);
    let full = opened(&path, Limits::default());
    let (whole, exact) = (&reduced.views[0], &full.views[0]);
    // The same raster from both: a raster pixel of many pixels has their mean either way.
    let view = View::plain(exact, None).unwrap();
    let size = Size {
        width: 150,
        height: 100,
    };
    let of = |radiograph: &Radiograph| picture(radiograph, &view, size, &Cancel::never()).unwrap();
    let (a, b) = (of(exact), of(whole));
    for (at, (a, b)) in a.field().values.iter().zip(&b.field().values).enumerate() {
        // Squares that the raster's lines cut count by area, and the samples there differ by half.
        assert!((a - b).abs() < 0.1 * a.abs().max(0.1), "{at}: {a} {b}");
    }
    let read = readout(whole, &view, [701, 641]).unwrap();
    assert_eq!((read.x, read.y, read.step), (701, 641, 2));
    assert_eq!(read.planes[0].sample, means(&truth(), 2)[320 * 751 + 350]);
    let near = detail(
        &reduced,
        "main",
        region(600, 600, 200, 200),
        &Cancel::never(),
    )
    .unwrap();
    let read = readout(Source::of(whole).with(Some(&near)), &view, [701, 641]).unwrap();
    assert_eq!((read.step, read.planes[0].sample), (1, sample(701, 641)));
}

#[test]
fn a_measurement_is_of_the_scan_s_own_pixels_or_refused() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let reduced = opened(&path, LIMITS);
    let full = opened(&path, Limits::default());
    let outline = Outline::Ellipse(region(200, 300, 120, 70));
    let refused = measure_by(&reduced.views[0], &outline, None, None);
    assert!(
        matches!(refused, Err(Error::NotPossible { .. })),
        "{refused:?}"
    );
    let own = measured_pixels(&reduced.views[0], &outline, None);
    let near = detail(&reduced, "main", own, &Cancel::never()).unwrap();
    let source = Source::of(&reduced.views[0]).with(Some(&near));
    let got = measure_by(source, &outline, None, None).unwrap();
    // The open beam is estimated from other samples.
    let expected = measure_by(&full.views[0], &outline, None, None).unwrap();
    assert_eq!(got.planes[0].statistics, expected.planes[0].statistics);
    assert_eq!(got.pixels, expected.pixels);
}

#[test]
fn dead_rows_and_columns_are_those_of_all_pixels() {
    let folder = folder();
    let opened = opened(&tiles(&folder, "tiles.tif"), LIMITS);
    let (high, _) = opened.views[0].dual().unwrap();
    let dead =
        |flags: &[bool]| -> Vec<usize> { (0..flags.len()).filter(|at| flags[*at]).collect() };
    let near = detail(&opened, "main", region(650, 480, 60, 30), &Cancel::never()).unwrap();
    for plane in [high, &near.planes[0]] {
        let (rows, columns) = xamine::physics::defects(plane);
        assert_eq!((dead(&rows), dead(&columns)), (vec![500], vec![700]));
    }
}

#[test]
fn a_glimpse_of_what_is_too_large_comes_first() {
    let folder = folder();
    let path = folder.path().join("large.tif");
    let mut encoder = TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    let [width, height] = [6000, 3000];
    let mut image = encoder.new_image::<Gray16>(width, height).unwrap();
    image.rows_per_strip(100).unwrap();
    let samples: Vec<u16> = (0..width * height).map(|i| (i % 60_000) as u16).collect();
    image.write_data(&samples).unwrap();
    let (scan, _) = resolve(&path, true).unwrap();
    let first = glimpse(&scan, &LIMITS, &Cancel::never()).unwrap();
    assert!(first.glimpse && first.views[0].reduction() == 1);
    assert_eq!(opened(&path, LIMITS).reduction(), 8);
}

// ---- pictures

/// The renderer and its answers.
struct Renders {
    renderer: Renderer,
    answers: Receiver<(u64, xamine::Result<Arc<Shown>>)>,
}

impl Renders {
    fn new() -> Self {
        let (sender, answers) = channel();
        let renderer = Renderer::start(Box::new(move |number, shown| {
            drop(sender.send((number, shown)));
        }));
        Self { renderer, answers }
    }

    /// The full picture of a job, or what stands in its way.
    fn last(&self, job: &RenderJob) -> xamine::Result<Arc<Shown>> {
        self.renderer.render(job.clone());
        loop {
            let (_, shown) = self.answers.recv_timeout(Duration::from_mins(1)).unwrap();
            match shown {
                Ok(shown) if shown.fineness == Fineness::Coarse => {}
                other => return other,
            }
        }
    }
}

/// The middle of a scan at `zoom` in a pane of 80 x 60 pixels.
fn job(opened: &Arc<Opened>, zoom: f64) -> RenderJob {
    let radiograph = &opened.views[0];
    let screen = Size {
        width: 80,
        height: 60,
    };
    let view = View::of(radiograph, &ViewRequest::default()).unwrap();
    let canvas = Canvas::of(radiograph, &view, screen, 1.0);
    let view = view
        .one_to_one(canvas)
        .zoom_about(canvas, [40.0, 30.0], zoom);
    RenderJob {
        number: 1,
        opened: Arc::clone(opened),
        other: None,
        view,
        cells: (10, 6),
        cell: CellSize {
            width: 8,
            height: 10,
        },
        depth: Depth::True,
        registers: 0,
        protocol: Protocol::Kitty,
        effort: Effort::Small,
        overlay: Overlay::default(),
        lens: LensPlace::Layer,
    }
}

#[test]
fn the_picture_comes_nearer_and_says_what_it_is_drawn_from() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    // An estimate of the open beam from means differs by a hair.
    let sidecar = "[[plane]]\nname = \"grey\"\nfile = \"a.tif\"\nair = 60020\n";
    std::fs::write(folder.path().join("a.scan.toml"), sidecar).unwrap();
    let reduced = Arc::new(opened(&path, LIMITS));
    let full = Arc::new(opened(&path, Limits::default()));
    let renders = Renders::new();
    let exact = Renders::new();
    for (zoom, near) in [(0.1, false), (1.0, true), (4.0, true), (0.3, false)] {
        let job = job(&reduced, zoom);
        let own = own_pixels(
            &reduced.views[0],
            &job.view,
            Size {
                width: 80,
                height: 60,
            },
        );
        assert_eq!(own.unwrap().is_some(), near, "{zoom}");
        let shown = renders.last(&job).unwrap();
        assert_eq!(shown.reduction, if near { 1 } else { 2 }, "{zoom}");
        assert_eq!(shown.detail.is_some(), near, "{zoom}");
        let same = RenderJob {
            opened: Arc::clone(&full),
            ..job
        };
        let truth = exact.last(&same).unwrap();
        assert_eq!(truth.reduction, 1);
        if near {
            assert!(shown.frame == truth.frame, "{zoom}");
        }
    }
}

// ---- the command line

/// A run under a configuration of a megabyte.
fn run(folder: &TempDir, arguments: &[&str], code: i32) -> (String, String) {
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "[limits]\nbytes = 1048576\n").unwrap();
    let config = config.to_str().unwrap();
    xamine(arguments.iter().copied())
        .env("XAMINE_CONFIG", config)
        .exits(code)
}

#[test]
fn commands_say_what_is_reduced_and_read_parts_in_full() {
    let folder = folder();
    let path = strips(&folder, "a.tif", 7, Compression::Uncompressed);
    let scan = path.to_str().unwrap();
    let (out, _) = run(&folder, &["info", scan, "--json"], 0);
    let info: serde_json::Value = serde_json::from_str(&out).unwrap();
    let view = &info["views"][0];
    assert_eq!(
        (&view["reduction"], &view["planes"][0]["width"]),
        (&2.into(), &1501.into())
    );
    let sum: u64 = truth().iter().map(|sample| u64::from(*sample)).sum();
    assert_eq!(view["planes"][0]["sum"], sum);
    assert_eq!(info["files"][0]["sha256"], sha256(&path));
    let (out, _) = run(&folder, &["info", scan], 0);
    assert!(out.contains("1:2"), "{out}");
    let picture = folder.path().join("out.npy");
    let to = picture.to_str().unwrap();
    // All of it at 1:1 is more than the limit: what, why, what next.
    let (_, err) = run(&folder, &["render", scan, "-o", to], 1);
    assert!(
        err.contains("1501 x 1003") && err.contains("limits.bytes"),
        "{err}"
    );
    assert!(!picture.exists());
    let (_, err) = run(&folder, &["render", scan, "-o", to, "--size", "300x"], 0);
    assert!(err.contains("REDUCED 1:2"), "{err}");
    let part = ["--region", "300,400,50,20"];
    let (_, err) = run(
        &folder,
        &[["render", scan, "-o", to].as_slice(), &part].concat(),
        0,
    );
    assert_eq!(err, "");
    let values = std::fs::read(&picture).unwrap();
    let values = &values[values.len() - 50 * 20 * 4..];
    let first = f32::from_le_bytes(values[..4].try_into().unwrap());
    let full = opened(&path, LIMITS);
    let plane: &Plane = &full.views[0].planes[0];
    let linear = plane.linear_of_row(400);
    let expected = linear.gain * f32::from(sample(300, 400)) + linear.offset;
    assert!((first - expected).abs() < 1e-6, "{first} {expected}");
    let (out, _) = run(
        &folder,
        &["measure", scan, "--region", "300,400,50,20", "--json"],
        0,
    );
    let measured: serde_json::Value = serde_json::from_str(&out).unwrap();
    let expected: f64 = pixels_of(&truth(), region(300, 400, 50, 20))
        .iter()
        .map(|sample| f64::from(*sample))
        .sum::<f64>()
        / 1000.0;
    let mean = measured["planes"]["grey"]["mean"].as_f64().unwrap();
    assert!((mean - expected).abs() < 1e-6, "{measured}");
    let (_, err) = run(&folder, &["measure", scan, "--region", "0,0,1501,1003"], 1);
    assert!(err.contains("limits.bytes"), "{err}");
    let (_, err) = run(&folder, &["measure", scan, "--region", "0,0,1502,1003"], 2);
    assert!(err.contains("1501"), "{err}");
}
