//! Simulated scans: what is written, that it is the truth, and that it is always the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xamine::cancel::Cancel;
use xamine::cli;
use xamine::physics::detector::Detector;
use xamine::physics::matter::Matter;
use xamine::physics::spectrum::Spectrum;
use xamine::physics::transparency::{Beam, Weights};
use xamine::physics::{Class, Layer, choose, told};
use xamine::radiograph::{Air, Field, Plane, PlaneName, Polarity, Unit};
use xamine::simulation::{Scene, Simulated, Truth, boxes, calibration, simulate};

use crate::kept::root;

/// A parallel beam of pixels of 10 mm without noise.
const STILL: &str = "[scan]\nwidth = 40\nheight = 30\npixel_mm = [10, 10]\nbeam = \"parallel\"\n\
    noise = { photons = 0, electronic = 0 }\n";
const LINAC: &str = "energies = [\"6 MV\", \"9 MV\"]\n";
const TUBE: &str = "energies = [\"160 kV\"]\n";
/// A block of steel of 20 mm, 200 x 100 mm large, in the middle of the picture.
const BLOCK: &str = "\n[[object]]\nlabel = \"block\"\nshape = \"box\"\nmaterial = \"steel\"\n\
    position_mm = [200, 150, 0]\nsize_mm = [200, 100, 20]\n";

/// A scene without noise: energies go before the noise's line ends the table.
fn still(energies: &str, objects: &str) -> String {
    format!("{STILL}{energies}{objects}")
}

fn scan(text: &str) -> Simulated {
    let scene = Scene::parse(text).unwrap_or_else(|fault| panic!("{fault:?}"));
    simulate(&scene, scene.seed()).unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn at<T: Copy>(scan: &Simulated, raster: &[T], x: usize, y: usize) -> T {
    raster[y * scan.width + x]
}

/// Runs the program; exit code and what it wrote on standard error.
fn run(words: &[&str]) -> (u8, String) {
    let words = words.iter().map(std::ffi::OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(
        std::iter::once("xamine".into()).chain(words),
        &mut out,
        &mut err,
    );
    out.extend(err);
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn a_slab_attenuates_as_the_model_says() {
    for (energies, spectra, detectors) in [
        (
            LINAC,
            [Spectrum::linac(9.0), Spectrum::linac(6.0)],
            [Detector::CadmiumTungstate; 2],
        ),
        (
            TUBE,
            [Spectrum::tube(160.0), Spectrum::tube(160.0)],
            [Detector::BackLayer, Detector::FrontLayer],
        ),
    ] {
        let steel = Matter::named("steel").unwrap();
        let mass = 2.0 * steel.density().unwrap();
        let scan = scan(&still(energies, BLOCK));
        for ((samples, spectrum), detector) in [&scan.high, &scan.low]
            .into_iter()
            .zip(spectra)
            .zip(detectors)
        {
            let beam = Beam::new(&spectrum.unwrap(), detector).unwrap();
            let expected = 60_000.0 * (-beam.alpha(&steel, mass, Weights::FREE)).exp();
            let got = f64::from(at(&scan, samples, 20, 15));
            assert!((got - expected).abs() <= 1.0, "{energies} {got} {expected}");
            assert_eq!(at(&scan, samples, 0, 0), 60_000);
        }
        assert!((f64::from(at(&scan, &scan.thickness, 20, 15)) - mass).abs() < 1e-4);
        assert!((at(&scan, &scan.z, 20, 15) - 26.0).abs() < 0.5);
        assert!(at(&scan, &scan.z, 0, 0).is_nan());
    }
}

#[test]
fn the_truth_agrees_with_the_geometry() {
    let scan = scan(&still(LINAC, BLOCK));
    for y in 0..30 {
        for x in 0..40 {
            let inside = (10..30).contains(&x) && (10..20).contains(&y);
            assert_eq!(at(&scan, &scan.labels, x, y), u16::from(inside), "{x} {y}");
            assert_eq!(at(&scan, &scan.thickness, x, y) > 0.0, inside);
            assert_eq!(at(&scan, &scan.high, x, y) < 60_000, inside);
        }
    }
    let document = boxes(&scan);
    assert_eq!(
        document["annotations"][0]["bbox"],
        serde_json::json!([10, 10, 20, 10])
    );
    assert_eq!(document["annotations"][0]["area"], 200);
    assert_eq!(document["categories"][0]["name"], "block");
    assert_eq!(calibration(&scan), None);
}

#[test]
fn later_objects_take_the_place_of_earlier_ones() {
    let ball = "\n[[object]]\nshape = \"sphere\"\nmaterial = \"void\"\nposition_mm = [200, 150, 0]\n\
        size_mm = [60, 60, 10]\n";
    let lead = "\n[[object]]\nlabel = \"lead\"\nshape = \"box\"\nmaterial = \"lead\"\n\
        position_mm = [150, 150, 0]\nsize_mm = [40, 40, 8]\n";
    let scan = scan(&still(LINAC, &format!("{BLOCK}{ball}{lead}")));
    let steel = Matter::named("steel").unwrap().density().unwrap();
    let plumbum = Matter::named("lead").unwrap().density().unwrap();
    // The middle of pixel 20, 15 lies 5 mm off the ball's middle both ways.
    let chord = 10.0 * (1.0 - 2.0 * (5.0_f64 / 30.0).powi(2)).sqrt();
    let hollow = f64::from(at(&scan, &scan.thickness, 20, 15));
    assert!(
        (hollow - (2.0 - chord / 10.0) * steel).abs() < 1e-4,
        "{hollow}"
    );
    let both = f64::from(at(&scan, &scan.thickness, 15, 15));
    assert!(
        (both - (1.2 * steel + 0.8 * plumbum)).abs() < 1e-4,
        "{both}"
    );
    assert_eq!(at(&scan, &scan.labels, 15, 15), 2);
    assert_eq!(at(&scan, &scan.labels, 25, 15), 1);
    assert!((26.5..80.0).contains(&at(&scan, &scan.z, 15, 15)));
}

#[test]
fn a_fan_sees_oblique_paths_and_near_things_large() {
    let fan = "beam = \"fan\"\nsource_distance_mm = 400\nsource_height_mm = 150\n";
    let text = still(LINAC, BLOCK).replace("beam = \"parallel\"\n", fan);
    let flat = scan(&text);
    let steel = Matter::named("steel").unwrap().density().unwrap();
    // Row 11 is 35 mm above the source: the path is longer by the ray's slope.
    let slope = (1.0 + (35.0_f64 / 400.0).powi(2)).sqrt();
    let mass = f64::from(at(&flat, &flat.thickness, 20, 11));
    assert!((mass - 2.0 * steel * slope).abs() < 1e-4, "{mass}");
    // Half as far from the source, twice as high.
    let near = scan(&text.replace(
        "position_mm = [200, 150, 0]",
        "position_mm = [200, 150, -200]",
    ));
    let region = near.truths[0].region.unwrap();
    assert!(region[3] >= 20 && region[2] == 20, "{region:?}");
}

#[test]
fn the_same_seed_gives_the_same_scan_on_any_number_of_threads() {
    let noisy = still(LINAC, BLOCK).replace(
        "noise = { photons = 0, electronic = 0 }",
        "noise = { photons = 20000, electronic = 3, row_gain = 0.01, scatter = 0.01 }",
    );
    let textured =
        noisy.clone() + "texture = { kind = \"grain\", amplitude = 0.2, grain_mm = 30 }\n";
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let scan = pool.build().unwrap().install(|| scan(&textured));
        (scan.high, scan.low, scan.labels, scan.truths)
    };
    assert_eq!(on(1), on(3));
    let scene = Scene::parse(&noisy).unwrap();
    let [one, again, other] = [1, 1, 2].map(|seed| simulate(&scene, seed).unwrap().high);
    assert!(one == again && one != other);
}

#[test]
fn disturbances_have_their_size() {
    let with = |noise: &str| {
        let none = "noise = { photons = 0, electronic = 0 }";
        scan(&still(LINAC, BLOCK).replace(none, &format!("noise = {{ {noise} }}")))
    };
    let spread = |scan: &Simulated| {
        let air = scan.high[..8 * scan.width].iter().map(|s| f64::from(*s));
        let n = (8 * scan.width) as f64;
        let mean = air.clone().sum::<f64>() / n;
        (
            mean,
            (air.map(|s| (s - mean).powi(2)).sum::<f64>() / n).sqrt(),
        )
    };
    let (mean, sd) = spread(&with("photons = 10000, electronic = 0"));
    assert!(
        (mean - 60_000.0).abs() < 150.0 && (sd / 600.0 - 1.0).abs() < 0.15,
        "{mean} {sd}"
    );
    let (_, sd) = spread(&with("photons = 0, electronic = 20"));
    assert!((sd / 20.0 - 1.0).abs() < 0.15, "{sd}");
    let clean = with("photons = 0, electronic = 0");
    let scattered = with("photons = 0, electronic = 0, scatter = 0.05");
    let [a, b] = [&clean, &scattered].map(|scan| f64::from(at(scan, &scan.high, 20, 15)) / 6e4);
    assert!((b - (a + 0.05 * (1.0 - a))).abs() < 1e-4);
    let dead = with("photons = 0, electronic = 0, dead_rows = [3, 15]");
    assert!((0..40).all(|x| at(&dead, &dead.high, x, 3) == 0 && at(&dead, &dead.low, x, 15) == 0));
    let bright = with("photons = 0, electronic = 0, exposure = 1.2");
    assert_eq!(at(&bright, &bright.high, 0, 0), 65_535);
}

#[test]
fn a_folder_with_everything_is_written_and_opens_as_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("block.toml");
    let block = BLOCK.replace("label = \"block\"", "label = \"block\"\ncalibration = true");
    fs::write(&scene, still(LINAC, &block)).unwrap();
    let made = folder.path().join("made");
    let (scene, made_word) = (scene.to_str().unwrap(), made.to_str().unwrap());
    let (code, said) = run(&["simulate", scene, "-o", made_word]);
    assert_eq!(code, 0, "{said}");
    let mut names: Vec<String> = fs::read_dir(&made)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "boxes.json",
            "calibration.toml",
            "high.tif",
            "labels.npy",
            "low.tif",
            "scene.scan.toml",
            "thickness.npy",
            "z.npy"
        ]
    );
    let (code, said) = run(&["info", made_word, "--json"]);
    let info: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
    assert_eq!(
        (code, &info["kind"], &info["paired_by"]),
        (0, &"dual-energy".into(), &"sidecar".into())
    );
    let (_, said) = run(&["info", made_word]);
    assert!(said.contains("Simulated"), "{said}");
    let text = fs::read_to_string(made.join("calibration.toml")).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let one = file["block"][0].as_table().unwrap();
    assert!(
        (one["mass_thickness_g_cm2"].as_float().unwrap() - 15.74).abs() < 0.1,
        "{text}"
    );
    assert_eq!(one["region"].as_str().unwrap().split(',').count(), 4);
    // Again into the same folder: the same bytes.
    let before = fs::read(made.join("high.tif")).unwrap();
    assert_eq!(run(&["simulate", scene, "-o", made_word]).0, 0);
    assert_eq!(fs::read(made.join("high.tif")).unwrap(), before);
}

#[test]
fn dicos_holds_the_same_scan_as_tiff() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("block.toml");
    let text = still(LINAC, BLOCK);
    let mut planes = Vec::new();
    for format in ["tiff", "dicos"] {
        let word = format!("[scan]\nformat = \"{format}\"");
        fs::write(&scene, text.replacen("[scan]", &word, 1)).unwrap();
        let made = folder.path().join(format);
        let words = [scene.to_str().unwrap(), made.to_str().unwrap()];
        assert_eq!(run(&["simulate", words[0], "-o", words[1]]).0, 0);
        let samples = |path: &Path| {
            let npy = folder.path().join("plane.npy");
            let words = [path.to_str().unwrap(), npy.to_str().unwrap()];
            let (code, said) = run(&["render", words[0], "--alone", "-o", words[1]]);
            assert_eq!(code, 0, "{said}");
            fs::read(&npy).unwrap()
        };
        let ending = if format == "tiff" { "tif" } else { "dcs" };
        let files = ["high", "low"].map(|name| made.join(format!("{name}.{ending}")));
        planes.push(files.each_ref().map(|file| samples(file)));
        // With the sidecar, and without it from what each file says of itself.
        let (_, said) = run(&["info", words[1], "--json"]);
        let info: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(info["kind"], "dual-energy", "{said}");
        fs::remove_file(made.join("scene.scan.toml")).unwrap();
        let high = files[0].to_str().unwrap();
        let (_, said) = run(&["info", high, "--json"]);
        let info: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(info["kind"], "dual-energy", "{said}");
        if format == "dicos" {
            let (_, said) = run(&["info", high]);
            for part in ["simulated, not a real scan", "9 MV", "6 MV"] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
    }
    assert_eq!(planes[0], planes[1]);
}

#[test]
fn a_bad_scene_is_refused_with_file_line_and_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("bad.toml");
    let out: PathBuf = folder.path().join("out");
    for (text, part) in [
        (still(LINAC, "\n[[object]]\nshape = \"cube\"\n"), "line 10"),
        (
            still(LINAC, &BLOCK.replace("steel", "unobtainium")),
            "unobtainium",
        ),
        (
            still(LINAC, &BLOCK.replace("\"steel\"", "\"CaCO3\"")),
            "density",
        ),
        (still(LINAC, &BLOCK.replace("size_mm", "sizes")), "sizes"),
        (still("energies = [\"900 kV\"]\n", BLOCK), "900"),
        (
            still(LINAC, &BLOCK.replace("150, 0]", "150, -900]"))
                .replace("\"parallel\"", "\"fan\"\nsource_distance_mm = 500"),
            "source",
        ),
        ("[scan]\n".to_owned(), "width"),
    ] {
        fs::write(&scene, &text).unwrap();
        let words = [
            "simulate",
            scene.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ];
        let (code, said) = run(&words);
        assert!(
            code == 1 && said.contains(part) && said.contains("line "),
            "{said}\n{text}"
        );
        assert!(
            said.contains("bad.toml") && !said.trim_end().ends_with('.'),
            "{said}"
        );
        assert!(!out.exists(), "a refused scene leaves nothing");
    }
    assert_eq!(run(&["simulate", "nowhere.toml", "-o", "x"]).0, 1);
    assert_eq!(run(&["simulate", scene.to_str().unwrap()]).0, 2);
}

#[test]
fn every_shipped_scene_is_sound() {
    let mut seen = 0;
    for entry in fs::read_dir(root("samples/scenes")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // Small: the same scene in a few pixels.
        let scene = Scene::parse(&text).unwrap_or_else(|f| panic!("{}: {f:?}", path.display()));
        assert!(scene.size()[0] >= 600, "{}", path.display());
        assert!(
            text.starts_with("# ") && text.contains("# Simulated"),
            "{}",
            path.display()
        );
        let small = smaller(&text, &path);
        let scan = scan(&small);
        assert!(scan.truths.iter().any(|truth| truth.label.is_some()));
        assert!(
            scan.thickness.iter().any(|mass| *mass > 1.0),
            "{}",
            path.display()
        );
        let outside = scan
            .truths
            .iter()
            .filter(|truth| truth.region.is_none())
            .count();
        assert!(
            outside * 5 <= scan.truths.len(),
            "{}: {outside}",
            path.display()
        );
        seen += 1;
    }
    assert_eq!(seen, 10);
}

/// Small pieces of heavy metal in a bag of clothes at 160 kV: how many are flagged as dense, and how
/// much of the bag besides.
#[test]
fn dense_pieces_in_a_bag_are_found_by_their_outline() {
    let mut text =
        "[scan]\nwidth = 600\nheight = 400\npixel_mm = [1, 1]\nsource_distance_mm = 900\n\
        energies = [\"160 kV\"]\nnoise = { photons = 50000, electronic = 2 }\n\
        [[object]]\nshape = \"box\"\nmaterial = \"cotton\"\ndensity = 0.2\n\
        position_mm = [300, 200, 0]\nsize_mm = [560, 360, 180]\n\
        texture = { kind = \"grain\", amplitude = 0.6, grain_mm = 40 }\n\
        [[object]]\nlabel = \"water\"\nshape = \"cylinder\"\naxis = \"x\"\nmaterial = \"water\"\n\
        position_mm = [300, 60, 0]\nsize_mm = [300, 70, 70]\n"
            .to_owned();
    for (row, (material, thin)) in [
        ("lead", 0.5),
        ("lead", 0.7),
        ("tungsten", 0.4),
        ("tungsten", 0.6),
    ]
    .into_iter()
    .enumerate()
    {
        for column in 0..8 {
            let side = 6 + 2 * column;
            let piece = format!(
                "[[object]]\nlabel = \"{material} {thin} mm\"\nshape = \"box\"\nmaterial = \"{material}\"\n\
                 position_mm = [{}, {}, 0]\nsize_mm = [{side}, {side}, {thin}]\n",
                70 + 65 * column,
                130 + 60 * row,
            );
            text.push_str(&piece);
        }
    }
    let scan = scan(&text);
    let plane = |name, samples: &[u16]| {
        let mut plane = Plane::new(name, scan.width, scan.height, samples.to_vec());
        plane.energy = Some(scan.energies[0]);
        plane.air = Some(Air::Uniform(scan.air));
        plane
    };
    let planes = [
        plane(PlaneName::High, &scan.high),
        plane(PlaneName::Low, &scan.low),
    ];
    let fields = [&planes[0], &planes[1]].map(|plane| Field {
        width: scan.width,
        height: scan.height,
        values: plane.samples.iter().map(|s| f32::from(*s) / 6e4).collect(),
        unit: Unit::Transmission,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
    });
    let chosen = choose(&planes[0], &planes[1]).unwrap();
    let classes = told(
        Layer::of(&planes[0], &fields[0]),
        Layer::of(&planes[1], &fields[1]),
        &|_| chosen.boundaries,
        1.0,
        &Cancel::never(),
    )
    .unwrap()
    .classes;
    let share = |truth: &Truth, wanted: Class| {
        let [x, y, w, h] = truth.region.unwrap();
        let pixels = (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y)));
        let hits = pixels
            .filter(|(x, y)| at(&scan, &classes, *x, *y) == wanted)
            .count();
        hits as f64 / (w * h) as f64
    };
    let pieces = &scan.truths[1..];
    let mut found = 0;
    for kind in pieces.chunks(8) {
        let dense: Vec<f64> = kind
            .iter()
            .map(|piece| share(piece, Class::Dense))
            .collect();
        let organic = kind
            .iter()
            .map(|piece| share(piece, Class::Organic))
            .fold(0.0, f64::max);
        let flagged = dense.iter().filter(|share| **share > 0.5).count();
        found += flagged;
        println!(
            "{}: {flagged} of 8 flagged dense, at most {:.0} % of a piece called organic",
            kind[0].label.as_deref().unwrap(),
            100.0 * organic
        );
    }
    let none = scan
        .labels
        .iter()
        .zip(&classes)
        .filter(|(label, _)| **label < 2);
    let (mut besides, mut all) = (0, 0);
    for (_, class) in none {
        all += 1;
        besides += usize::from(*class == Class::Dense);
    }
    println!("dense: {found} of 32 pieces found; {besides} of {all} other pixels flagged");
    assert!(found >= 24, "{found} of 32");
    assert!(besides * 1000 < all, "{besides} of {all}");
}

/// A scene with pixels ten times as large.
fn smaller(text: &str, path: &Path) -> String {
    let mut table: toml::Table = text
        .parse()
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let scan = table["scan"].as_table_mut().unwrap();
    for side in ["width", "height"] {
        let pixels = scan[side].as_integer().unwrap() / 10;
        scan.insert(side.into(), pixels.into());
    }
    let of = |v: &toml::Value| v.as_float().or(v.as_integer().map(|i| i as f64)).unwrap();
    let pixel: Vec<f64> = scan["pixel_mm"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| 10.0 * of(v))
        .collect();
    scan.insert("pixel_mm".into(), pixel.into());
    toml::to_string(&table).unwrap()
}
