//! Z map, mass thickness and steel against slabs of known matter; the strip by Z; the crosshair.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use xamine::cancel::Cancel;
use xamine::cli::profile;
use xamine::physics::Class;
use xamine::physics::scanner::Scanner;
use xamine::radiograph::{Air, Plane, PlaneName, Radiograph, Size, Unit};
use xamine::scan::read_array;
use xamine::simulation::{Scene, Simulated, simulate};
use xamine::view::{Calibration, Display, Picture, View, ViewRequest, Window, picture, readout};

/// Pixels of a slab across and of the scan down.
const SLAB: usize = 20;
const ROWS: usize = 16;

/// Slabs beside each other in a parallel beam without noise: material, density, mm.
fn slabs(energies: &str, slabs: &[(&str, f64)]) -> (Radiograph, Simulated) {
    let width = SLAB * (slabs.len() + 1);
    let mut text = format!(
        "[scan]\nwidth = {width}\nheight = {ROWS}\npixel_mm = [10, 10]\nbeam = \"parallel\"\n\
         noise = {{ photons = 0, electronic = 0 }}\nenergies = [{energies}]\n"
    );
    for (i, (material, mm)) in slabs.iter().enumerate() {
        // The first slab's place stays open beam.
        let middle = (i as f64 + 1.5) * SLAB as f64 * 10.0;
        let _ = write!(
            text,
            "\n[[object]]\nshape = \"box\"\nmaterial = \"{material}\"\n\
             position_mm = [{middle}, 80, 0]\nsize_mm = [200, 160, {mm}]\n"
        );
    }
    let scene = Scene::parse(&text).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"));
    let scan = simulate(&scene, 1).unwrap_or_else(|fault| panic!("{fault:?}"));
    let plane = |name, samples: &Vec<u16>, energy| {
        let mut plane = Plane::new(name, scan.width, scan.height, samples.clone());
        plane.air = Some(Air::Uniform(scan.air));
        plane.energy = Some(energy);
        plane
    };
    let radiograph = Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![
            plane(PlaneName::High, &scan.high, scan.energies[0]),
            plane(PlaneName::Low, &scan.low, scan.energies[1]),
        ],
    };
    (radiograph, scan)
}

const LINAC: &str = "\"6 MV\", \"9 MV\"";
const TUBE: &str = "\"160 kV\"";

/// Air, then carbon, aluminium, steel, silver and lead, and steel too thin and too thick to tell.
fn cargo() -> (Radiograph, Simulated) {
    let all = [
        ("graphite", 200.0),
        ("aluminium", 150.0),
        ("steel", 100.0),
        ("silver", 80.0),
        ("lead", 80.0),
        ("steel", 10.0),
        ("steel", 400.0),
    ];
    slabs(LINAC, &all)
}

/// The profile of the simulated scanner, fitted to slabs of known matter as `calibrate` does it.
fn fitted(energies: &str, blocks: &[(&str, f64)]) -> Calibration {
    let (scan, truth) = slabs(energies, blocks);
    let [high, low] = truth.energies;
    let mut text = format!(
        "scanner = \"simulated\"\ndate = \"2026-01-01\"\n\
         [beam.high]\nname = \"{high}\"\n[beam.low]\nname = \"{low}\"\n"
    );
    for (i, (material, _)) in blocks.iter().enumerate() {
        let (x, y) = middle(i + 1);
        let alpha = |plane: &Plane| -(f64::from(plane.sample(x, y).unwrap()) / truth.air).ln();
        let _ = write!(
            text,
            "[[block]]\nmaterial = \"{material}\"\nmass_thickness_g_cm2 = {}\n\
             alpha_high = {}\nalpha_low = {}\n",
            self::truth(&truth.thickness, &truth, i + 1),
            alpha(&scan.planes[0]),
            alpha(&scan.planes[1])
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, output) = (file("blocks.toml"), file("scanner.toml"));
    std::fs::write(&input, text).unwrap();
    println!("{}", xamine(&["calibrate", &input, "-o", &output]));
    let (profile, sha256) = profile::read(Path::new(&output)).unwrap();
    Calibration::of(&Arc::new(Scanner::new(profile, sha256))).unwrap()
}

/// The profile of the simulated linac, or of the simulated tube.
fn own(scan: &Radiograph) -> Calibration {
    static OWN: [OnceLock<Calibration>; 2] = [const { OnceLock::new() }; 2];
    let tube = scan.planes[0].energy.unwrap().mega() < 1.0;
    let made = OWN[usize::from(tube)].get_or_init(|| {
        if tube {
            let blocks = [("polyethylene", 120.0), ("aluminium", 30.0), ("steel", 4.0)];
            fitted(TUBE, &blocks)
        } else {
            fitted(
                LINAC,
                &[("graphite", 700.0), ("steel", 150.0), ("lead", 100.0)],
            )
        }
    });
    made.clone()
}

fn view(scan: &Radiograph, display: &str, filters: &[&str]) -> xamine::Result<View> {
    let request = ViewRequest {
        profile: Some(own(scan)),
        display: Some(display.into()),
        filters: filters.iter().map(ToString::to_string).collect(),
        ..ViewRequest::default()
    };
    View::of(scan, &request)
}

fn drawn(scan: &Radiograph, view: &View, size: Size) -> Picture {
    picture(scan, view, size, &Cancel::never()).unwrap_or_else(|e| panic!("{e}"))
}

fn shown(scan: &Radiograph, display: &str, filters: &[&str]) -> Picture {
    let view =
        view(scan, display, filters).unwrap_or_else(|e| panic!("{display} {filters:?}: {e}"));
    drawn(scan, &view, scan.size())
}

/// The place of the middle of slab `at`, 0 being air.
fn middle(at: usize) -> (usize, usize) {
    (at * SLAB + SLAB / 2, ROWS / 2)
}

fn colour(picture: &Picture, at: usize) -> [u8; 3] {
    let (x, y) = middle(at);
    picture.frame.rgb(x, y)
}

fn z(picture: &Picture, at: usize) -> f32 {
    let (x, y) = middle(at);
    picture.z().unwrap()[y * picture.frame.width + x]
}

fn value(picture: &Picture, at: usize) -> f64 {
    let (x, y) = middle(at);
    f64::from(picture.field().at(x, y))
}

fn truth(values: &[f32], scan: &Simulated, at: usize) -> f64 {
    let (x, y) = middle(at);
    f64::from(values[y * scan.width + x])
}

fn is_grey([r, g, b]: [u8; 3]) -> bool {
    r == g && g == b
}

/// Hue in degrees.
fn hue(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(f64::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    let sixth = if most == r {
        (g - b) / span
    } else if most == g {
        2.0 + (b - r) / span
    } else {
        4.0 + (r - g) / span
    };
    (sixth * 60.0).rem_euclid(360.0)
}

#[test]
fn simulated_slabs_read_back_their_z_thickness_and_steel() {
    let bag = slabs(
        TUBE,
        &[
            ("polyethylene", 100.0),
            ("water", 60.0),
            ("aluminium", 20.0),
            ("steel", 3.0),
        ],
    );
    for (energies, (scan, simulated), slabs) in [(LINAC, cargo(), 5), (TUBE, bag, 4)] {
        let zs = shown(&scan, "z", &[]);
        let thickness = shown(&scan, "thickness", &[]);
        let steel = shown(&scan, "steel", &[]);
        for at in 1..=slabs {
            let (z, z_truth) = (f64::from(z(&zs, at)), truth(&simulated.z, &simulated, at));
            let mass = value(&thickness, at);
            let mass_truth = truth(&simulated.thickness, &simulated, at);
            println!(
                "{energies} {at}: Z {z:.2} of {z_truth:.2}, {mass:.2} of {mass_truth:.2} g/cm2"
            );
            // The fit of three parameters; the heavy are not told apart.
            let within = if z_truth > 50.0 {
                20.0
            } else {
                1.0 + 0.06 * z_truth
            };
            assert!((z - z_truth).abs() < within);
            // Hydrogen has twice the electrons per gram of any element that the tables read it as.
            let hydrogen = if slabs == 4 {
                [0.2, 0.13].get(at - 1)
            } else {
                None
            };
            assert!((mass / mass_truth - 1.0).abs() < *hydrogen.unwrap_or(&0.06));
        }
        let (at, mm) = if slabs == 5 { (3, 100.0) } else { (4, 3.0) };
        assert!(
            (value(&steel, at) / mm - 1.0).abs() < 0.02,
            "{}",
            value(&steel, at)
        );
        // Air has no thickness, and no Z.
        assert_eq!((value(&thickness, 0), value(&steel, 0)), (0.0, 0.0));
        assert!(z(&zs, 0).is_nan());
    }
}

#[test]
fn the_generic_model_says_that_it_is_generic_and_reads_roughly() {
    let (scan, simulated) = cargo();
    for (display, slabs) in [
        ("z", [2, 3, 4]),
        ("thickness", [1, 2, 3]),
        ("steel", [3, 3, 3]),
    ] {
        let request = ViewRequest {
            display: Some(display.into()),
            ..ViewRequest::default()
        };
        let view = View::of(&scan, &request).unwrap();
        let picture = drawn(&scan, &view, scan.size());
        let notes = &picture.legend.notes;
        assert!(notes.iter().any(|note| note.as_str().contains("generic")));
        for at in slabs {
            let (read, truth) = match display {
                "z" => (
                    f64::from(z(&picture, at)),
                    truth(&simulated.z, &simulated, at),
                ),
                "thickness" => (
                    value(&picture, at),
                    truth(&simulated.thickness, &simulated, at),
                ),
                _ => (value(&picture, at), 100.0),
            };
            println!("{display} {at}: {read:.2} of {truth:.2}");
            assert!((read / truth - 1.0).abs() < 0.25, "{display} {at}");
        }
    }
}

#[test]
fn states_have_no_value_and_are_grey() {
    let (scan, _) = cargo();
    let [zs, thickness, steel] = ["z", "thickness", "steel"].map(|d| shown(&scan, d, &[]));
    let codes = zs.codes().unwrap();
    let code = |at: usize| codes[middle(at).1 * zs.frame.width + middle(at).0];
    assert_eq!(
        [code(6), code(7)],
        [Class::Thin.code(), Class::Black.code()]
    );
    for at in [6, 7] {
        assert!(z(&zs, at).is_nan() && value(&thickness, at).is_nan());
        assert!(is_grey(colour(&zs, at)) && is_grey(colour(&thickness, at)));
    }
    // Steel needs one energy only: thin has a value, what nothing passes has none.
    assert!(
        (value(&steel, 6) - 10.0).abs() < 0.3,
        "{}",
        value(&steel, 6)
    );
    assert!(value(&steel, 7).is_nan() && colour(&steel, 7) == [0; 3]);
    assert!(!is_grey(colour(&steel, 6)) && !is_grey(colour(&steel, 3)));
    let has = |picture: &Picture, words: &str| {
        let rows = &picture.legend.rows;
        let row = rows.iter().find(|row| row.label.as_str().contains(words));
        row.and_then(|row| row.share)
    };
    for picture in [&zs, &thickness] {
        assert!((has(picture, "too thin").unwrap() - 0.125).abs() < 0.01);
    }
    assert!(has(&steel, "too thin").is_none());
    for picture in [&zs, &thickness, &steel] {
        assert!((has(picture, "no penetration").unwrap() - 0.125).abs() < 0.01);
        let notes = &picture.legend.notes;
        assert!(
            notes
                .iter()
                .any(|note| note.as_str().contains("calibrated for 'simulated'"))
        );
    }
    // The legend of the Z map counts everything once.
    let sum: f64 = zs.legend.rows.iter().filter_map(|row| row.share).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
}

#[test]
fn hue_follows_z_whatever_is_done_to_the_brightness() {
    let (scan, _) = cargo();
    let filters = ["", "invert", "log", "gamma=2", "smooth=1", "local-contrast"];
    for filter in filters {
        let used: Vec<&str> = Some(filter).filter(|f| !f.is_empty()).into_iter().collect();
        let picture = shown(&scan, "z", &used);
        // Carbon, aluminium, steel, silver, lead: what is heavy has a hue of its own.
        for (at, hues) in [
            (1, 28.0..45.0),
            (2, 120.0..165.0),
            (3, 200.0..222.0),
            (4, 215.0..232.0),
            (5, 280.0..290.0),
        ] {
            let hue = hue(colour(&picture, at));
            assert!(hues.contains(&hue), "{filter} {at}: {hue}");
        }
    }
    // At tube voltages nothing is heavy, and the scale does not offer it.
    let (bag, _) = slabs(TUBE, &[("aluminium", 20.0)]);
    let rows = shown(&bag, "z", &[]).legend.rows;
    assert!(rows.iter().all(|row| !row.label.as_str().contains("heavy")));
}

#[test]
fn pictures_keep_to_256_colours_and_thick_is_dark() {
    let (scan, _) = cargo();
    for display in ["z", "thickness", "steel"] {
        for filters in [&[][..], &["high-z-alert", "metal-stripped", "z-band=5,20"]] {
            let frame = shown(&scan, display, filters).frame;
            let places = (0..frame.height).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
            let colours: BTreeSet<[u8; 3]> = places.map(|(x, y)| frame.rgb(x, y)).collect();
            assert!(colours.len() <= 256);
        }
    }
    let steel = shown(&scan, "steel", &[]);
    let bright = |at: usize| -> u16 { colour(&steel, at).iter().map(|v| u16::from(*v)).sum() };
    assert!(bright(0) >= bright(6) && bright(6) > bright(3) && bright(3) > bright(5));
    let inverted = shown(&scan, "steel", &["invert"]);
    let dark: u16 = colour(&inverted, 0).iter().map(|v| u16::from(*v)).sum();
    assert!(dark < bright(3));
    // What has no value keeps its grey.
    assert_eq!(colour(&inverted, 7), colour(&steel, 7));
}

#[test]
fn the_window_is_in_the_unit_of_what_is_shown() {
    let (scan, _) = cargo();
    for (display, unit) in [("thickness", Unit::MassThickness), ("steel", Unit::Steel)] {
        let auto = view(&scan, display, &[]).unwrap();
        assert_eq!(auto.window.unit, unit);
        // From the least to the most that is there and is not air.
        let values = shown(&scan, display, &[]);
        let there = (1..8)
            .map(|at| value(&values, at))
            .filter(|v| v.is_finite());
        let least = there.clone().fold(f64::INFINITY, f64::min);
        let [low, high] = auto.window.edges();
        let most = there.fold(0.0, f64::max);
        assert!(
            low > 0.9 * least && low <= 1.001 * least,
            "{display}: {low} {least}"
        );
        assert!(
            high >= 0.999 * most && high < 1.1 * most,
            "{display}: {high} {most}"
        );
        // There is no logarithm to take, and swapping bright and dark moves nothing.
        for filters in [&["log"][..], &["invert"]] {
            assert_eq!(view(&scan, display, filters).unwrap().window, auto.window);
        }
        let typed = auto.window_of(&scan, "50,20").unwrap();
        assert_eq!(typed, Window::between(40.0, 60.0, unit));
        let typed = View {
            window: typed,
            ..auto.clone()
        };
        let picture = drawn(&scan, &typed, scan.size());
        assert_eq!(
            (picture.window, picture.histogram.unit),
            (typed.window, unit)
        );
        let label = picture.legend.rows[0].label.as_str();
        assert!(
            label.contains("60.0 g/cm2") || label.contains("60.0 mm"),
            "{label}"
        );
        // Another quantity has another window; the way back finds the old kind again.
        let grey = auto.with_display(&scan, Display::Grey, None).unwrap();
        assert_eq!(grey.window.unit, Unit::Transmission);
        assert_eq!(
            grey.with_display(&scan, auto.display.clone(), None)
                .unwrap(),
            auto
        );
        // Another scan takes over display and window; one of one energy takes neither.
        assert_eq!(typed.carried_to(&scan, None).unwrap().window, typed.window);
        let mut single = scan.clone();
        single.planes.truncate(1);
        let carried = typed.carried_to(&single, None).unwrap();
        assert_eq!(
            (carried.display, carried.window.unit),
            (Display::Grey, Unit::Transmission)
        );
    }
    let z = view(&scan, "z", &[]).unwrap();
    assert_eq!(z.window, view(&scan, "grey", &[]).unwrap().window);
}

#[test]
fn a_band_of_z_takes_out_other_materials_and_no_state() {
    let (scan, _) = cargo();
    for display in [
        "grey",
        "material",
        "material-safe",
        "class",
        "z",
        "thickness",
        "palette:heat",
    ] {
        let plain = shown(&scan, display, &[]);
        let banded = shown(&scan, display, &["z-band=10,30"]);
        for at in 0..8 {
            let (was, is) = (colour(&plain, at), colour(&banded, at));
            if [1, 4, 5].contains(&at) {
                assert!(is_grey(is) && is != was, "{display} {at}: {is:?}");
                assert!(value(&banded, at).is_nan(), "{display} {at}");
            } else {
                assert_eq!(is, was, "{display} {at}");
            }
        }
        let label = "Z outside 10 to 30, taken out";
        let rows = &banded.legend.rows;
        let row = rows.iter().find(|row| row.label.as_str() == label);
        let share = row.unwrap_or_else(|| panic!("{display}: {rows:?}")).share;
        assert!(
            (share.unwrap() - 3.0 / 8.0).abs() < 0.03,
            "{display}: {share:?}"
        );
        if !["grey", "thickness", "palette:heat"].contains(&display) {
            let sum: f64 = rows.iter().filter_map(|row| row.share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{display}: {sum}");
        }
    }
    let banded = shown(&scan, "z", &["z-band=30,10"]);
    assert!(z(&banded, 1).is_nan() && !z(&banded, 2).is_nan());
    // Two bands keep what lies in both; the alert marks what is heavy all the same.
    let both = shown(
        &scan,
        "z",
        &["z-band=10,30", "z-band=20,60", "high-z-alert"],
    );
    assert!(z(&both, 2).is_nan() && !z(&both, 3).is_nan());
    let [r, g, b] = colour(&both, 5);
    assert!(r > 150 && g < 80 && b < 80);
    assert!("z-band=0,10".parse::<xamine::filter::FilterUse>().is_err());
}

#[test]
fn turned_and_enlarged_pictures_show_the_same_values() {
    let (scan, _) = cargo();
    for display in ["z", "thickness", "steel"] {
        let upright = view(&scan, display, &[]).unwrap();
        let plain = drawn(&scan, &upright, scan.size());
        let turned = View {
            rotation: 90,
            ..upright.clone()
        };
        let size = Size {
            width: scan.height(),
            height: scan.width(),
        };
        let turned = drawn(&scan, &turned, size);
        let (x, y) = middle(3);
        assert_eq!(turned.frame.rgb(ROWS - 1 - y, x), plain.frame.rgb(x, y));
        let part = View {
            region: [x as f64, y as f64, 2.0, 2.0],
            ..upright
        };
        let size = Size {
            width: 8,
            height: 8,
        };
        let part = drawn(&scan, &part, size);
        assert_eq!(part.frame.rgb(1, 1), plain.frame.rgb(x, y), "{display}");
        assert_eq!(part.field().at(1, 1), plain.field().at(x, y));
    }
}

#[test]
fn the_crosshair_reads_what_the_displays_draw() {
    let (scan, _) = cargo();
    let [zs, thickness, steel] = ["z", "thickness", "steel"].map(|d| shown(&scan, d, &[]));
    let view = view(&scan, "grey", &[]).unwrap();
    let same = |read: Option<f64>, drawn: f64| match read {
        Some(read) => (read - drawn).abs() < 1e-6,
        None => drawn.is_nan() || drawn == 0.0,
    };
    for at in 0..8 {
        let (x, y) = middle(at);
        let read = readout(&scan, &view, [x, y]).unwrap();
        assert!(same(read.z, f64::from(z(&zs, at))), "{at}: {read:?}");
        assert!(
            same(read.mass_thickness, value(&thickness, at)),
            "{at}: {read:?}"
        );
        assert!(same(read.steel_mm, value(&steel, at)), "{at}: {read:?}");
    }
    let mut single = scan.clone();
    single.planes.truncate(1);
    let read = readout(&single, &view, [50, 8]).unwrap();
    assert_eq!(
        (read.z, read.mass_thickness, read.steel_mm),
        (None, None, None)
    );
}

#[test]
fn one_energy_is_refused_by_name() {
    let (mut scan, _) = cargo();
    scan.planes.truncate(1);
    for (display, filters) in [
        ("z", &[][..]),
        ("thickness", &[]),
        ("steel", &[]),
        ("grey", &["z-band=6,10"]),
    ] {
        let problem = view(&scan, display, filters).unwrap_err();
        assert_eq!(problem.exit_code(), 1);
        assert!(problem.to_string().contains("one energy only"), "{problem}");
    }
    let problem = view(&scan, "zmap", &[]).unwrap_err();
    assert_eq!(problem.exit_code(), 2, "{problem}");
}

/// Runs the program.
fn xamine(words: &[&str]) -> String {
    let words = std::iter::once("xamine").chain(words.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = xamine::cli::run(words.map(Into::into), &mut out, &mut err);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));
    String::from_utf8(out).unwrap()
}

#[test]
fn the_map_of_the_reference_pair_has_the_z_that_measure_tells() {
    let pair = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/semiz");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (pair, profile) = (pair.to_str().unwrap(), file("scanner.toml"));
    xamine(&[
        "calibrate",
        &format!("{pair}/calibration/calibration.toml"),
        "-o",
        &profile,
    ]);
    let mut rasters = Vec::new();
    for display in ["z", "thickness", "steel"] {
        let name = file(&format!("{display}.npy"));
        let options = ["--display", display, "--profile", &profile];
        xamine(&[&["render", pair, "-o", &name], &options[..]].concat());
        rasters.push(read_array(Path::new(&name)).unwrap());
    }
    // Rectangles of blocks.csv.
    for (name, z, [x, y, w, h]) in [
        ("C", 8.0, [18, 27, 14, 16]),
        ("Al", 14.0, [43, 31, 14, 11]),
        ("Fe", 26.0, [68, 29, 14, 12]),
        ("Ag", 46.0, [93, 28, 14, 12]),
        ("Gd", 61.0, [118, 28, 14, 12]),
    ] {
        let region = format!("{x},{y},{w},{h}");
        let told = xamine(&[
            "measure",
            pair,
            "--region",
            &region,
            "--profile",
            &profile,
            "--json",
        ]);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let material = &told["material"];
        let median = |raster: usize| {
            let array = &rasters[raster];
            let place = |i: usize| (y + i / w) * array.shape[1] + x + i % w;
            let values = (0..w * h).map(|i| array.values[place(i)]);
            let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let of = |key: &str| material[key].as_f64().unwrap();
        let [own, mass, steel] = [0, 1, 2].map(median);
        println!(
            "{name}: Z {own:.2} and {:.2}, {mass:.1} and {:.1} g/cm2, {steel:.1} and {:.1} mm",
            of("z"),
            of("mass_thickness_g_cm2"),
            of("steel_mm")
        );
        assert!((own - z).abs() <= if z > 50.0 { 3.0 } else { 2.0 });
        assert!((own - of("z")).abs() < 1.0, "{name}");
        assert!(
            (mass / of("mass_thickness_g_cm2") - 1.0).abs() < 0.05,
            "{name}"
        );
        assert!((steel / of("steel_mm") - 1.0).abs() < 0.1, "{name}");
    }
}

#[test]
fn a_background_is_taken_off_before_anything_is_read() {
    // Carbon, and carbon behind steel of 20 mm, whose attenuations stand alone in the third slab.
    let (scan, _) = slabs(LINAC, &[("graphite", 300.0), ("steel", 20.0)]);
    let behind = |plane: &Plane| {
        let air = plane.air_of_row(0).unwrap();
        let of = |at: usize| f64::from(plane.sample(middle(at).0, middle(at).1).unwrap()) / air;
        (of(1) * of(2) * air).round() as u16
    };
    let mut piled = scan.clone();
    for plane in &mut piled.planes {
        let both = behind(plane);
        let width = plane.width;
        for (i, sample) in plane.samples.iter_mut().enumerate() {
            if i % width / SLAB == 1 {
                *sample = both;
            }
        }
    }
    let (x, y) = middle(2);
    let region = format!("peel=region,{},{},4,4", x - 2, y - 2);
    for (display, within) in [("z", 0.02), ("thickness", 0.01), ("steel", 0.01)] {
        let read = |scan: &Radiograph, filters: &[&str]| {
            let picture = shown(scan, display, filters);
            match display {
                "z" => f64::from(z(&picture, 1)),
                _ => value(&picture, 1),
            }
        };
        let [alone, piled_up, peeled] = [
            read(&scan, &[]),
            read(&piled, &[]),
            read(&piled, &[&region]),
        ];
        println!("{display}: {alone:.2} alone, {piled_up:.2} piled, {peeled:.2} peeled");
        assert!((peeled / alone - 1.0).abs() < within, "{display}");
        assert!((piled_up / alone - 1.0).abs() > 0.05, "{display}");
        let view = view(&piled, display, &[&region]).unwrap();
        let at = readout(&piled, &view, [middle(1).0, middle(1).1]).unwrap();
        let at = match display {
            "z" => at.z,
            "thickness" => at.mass_thickness,
            _ => at.steel_mm,
        };
        assert!((at.unwrap() - peeled).abs() < 1e-4, "{display}");
    }
    let problem = view(&scan, "steel", &["cancel=1.1"]).unwrap_err();
    assert!(problem.to_string().contains("cancel"), "{problem}");
    assert!(view(&scan, "z", &["cancel=1.1"]).is_err());
}
