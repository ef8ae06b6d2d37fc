//! Pixels and physics against worked examples and known truth.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use xamine::cancel::Cancel;
use xamine::filter::FilterUse;
use xamine::graphics::{CellSize, Protocol, pixels_for};
use xamine::physics::Class;
use xamine::radiograph::{
    Air, Energy, Fineness, Plane, PlaneName, Polarity, Radiograph, Region, Size, Unit, resample,
};
use xamine::view::{
    Canvas, Picture, Pixels, Source, Stages, View, ViewRequest, Window, measure, picture, prepare,
    readout,
};

use crate::shared::shared;

/// The seven blocks of the Geant4 pair: name, Z, x, y, w, h.
const BLOCKS: [(&str, u8, [usize; 4]); 7] = [
    ("C", 6, [18, 27, 14, 16]),
    ("Al", 13, [43, 31, 14, 11]),
    ("Fe", 26, [68, 29, 14, 12]),
    ("Ag", 47, [93, 28, 14, 12]),
    ("Gd", 64, [118, 28, 14, 12]),
    ("Pb", 82, [143, 28, 14, 12]),
    ("U", 92, [168, 27, 14, 13]),
];

fn plane(name: PlaneName, width: usize, height: usize, of: impl Fn(usize, usize) -> u16) -> Plane {
    let samples = (0..width * height)
        .map(|i| of(i % width, i / width))
        .collect();
    Plane::new(name, width, height, samples)
}

fn single(plane: Plane) -> Radiograph {
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![plane],
    }
}

/// A dual-energy scan of textured blocks with air of 60000.
fn dual(width: usize, height: usize) -> Radiograph {
    let alpha = |x: usize, y: usize| {
        let block = (x / 20 + y / 16) % 3;
        [0.005, 1.2, 3.0][block] + 0.02 * ((x * 7 + y * 13) % 5) as f64
    };
    let make = |name, energy: &str, ratio: f64| {
        let mut plane = plane(name, width, height, |x, y| {
            (60000.0 * (-alpha(x, y) * ratio).exp()) as u16
        });
        plane.air = Some(Air::Uniform(60000.0));
        plane.energy = Energy::parse(energy);
        plane
    };
    Radiograph {
        view: "main".into(),
        pixel_mm: Some([5.0, 4.0]),
        planes: vec![
            make(PlaneName::High, "9 MV", 1.0),
            make(PlaneName::Low, "6 MV", 1.17),
        ],
    }
}

fn asked(radiograph: &Radiograph, display: &str, filters: &[&str]) -> View {
    let request = ViewRequest {
        display: Some(display.into()),
        filters: filters.iter().map(ToString::to_string).collect(),
        ..ViewRequest::default()
    };
    View::of(radiograph, &request).unwrap()
}

fn size(width: usize, height: usize) -> Size {
    Size { width, height }
}

#[test]
fn area_averages_are_those_of_numpy() {
    let plane = plane(PlaneName::Grey, 37, 23, |x, y| {
        ((1103 * x + 2207 * y + 31 * (x * y % 97)) % 65536) as u16
    });
    let table = include_str!("../pixels/area_average.csv");
    let mut cases = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let area = [number(0), number(1), number(2), number(3)];
        let out = size(number(4) as usize, number(5) as usize);
        let got = resample(&plane, area, out, &Cancel::never()).unwrap();
        let want: Vec<f32> = fields[6].split(' ').map(|v| v.parse().unwrap()).collect();
        assert_eq!(got.values.len(), want.len());
        for (got, want) in got.values.iter().zip(want) {
            let alike = (got - want).abs() < 0.05 || (got.is_nan() && want.is_nan());
            assert!(alike, "{line}: {got} instead of {want}");
        }
        cases += 1;
    }
    assert_eq!(cases, 5);
}

/// The pair, from the samples or from the shared data.
fn semiz() -> Option<PathBuf> {
    let name = "semiz_cargo_H_9MeV_u16.tif";
    let samples = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/semiz")
        .join(name);
    if samples.exists() {
        return Some(samples);
    }
    shared(&format!("semiz/{name}"))
}

/// Runs `xamine` with arguments; gives its exit code, its output and its errors.
fn xamine(arguments: &[&std::ffi::OsStr]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once(OsString::from("xamine"))
        .chain(arguments.iter().map(|a| OsString::from(*a)));
    let code = xamine::cli::run(arguments, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(err))
}

/// Renders the pair with `options` into a file of `name` and gives its bytes.
fn rendered(scan: &Path, options: &[&str], name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(name);
    let mut arguments = vec![
        "render".as_ref(),
        scan.as_os_str(),
        "-o".as_ref(),
        target.as_os_str(),
    ];
    arguments.extend(
        options
            .iter()
            .map(|option| option.as_ref() as &std::ffi::OsStr),
    );
    let (code, out, err) = xamine(&arguments);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::read(target).unwrap()
}

#[test]
fn the_blocks_of_the_pair_have_their_classes_and_their_colours() {
    let Some(scan) = semiz() else { return };
    let npy = rendered(&scan, &["--display", "class"], "classes.npy");
    let codes = &npy[npy.len() - 200 * 100..];
    let png = rendered(&scan, &["--display", "material"], "picture.png");
    let picture = image::load_from_memory(&png).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (200, 100));
    for (name, z, [x, y, w, h]) in BLOCKS {
        let share = |of: &dyn Fn(Class) -> bool| {
            let inside = (y..y + h).flat_map(|y| (x..x + w).map(move |x| y * 200 + x));
            let hits = inside
                .filter(|i| Class::from_code(codes[*i]).is_some_and(of))
                .count();
            hits as f64 / (w * h) as f64
        };
        let metal = share(&|c| matches!(c, Class::Metal | Class::Heavy));
        let inorganic = share(&|c| c == Class::Inorganic);
        let organic = share(&|c| c == Class::Organic);
        println!("{name}: organic {organic:.3} inorganic {inorganic:.3} metal {metal:.3}");
        let [r, g, b] = picture
            .get_pixel((x + w / 2) as u32, (y + h / 2) as u32)
            .0
            .map(i32::from);
        match z {
            6 => {}
            13 => {
                assert!(inorganic > 0.9, "{name}: {inorganic}");
                assert!(g > r + 40 && g > b + 40, "{name}: {r} {g} {b}");
            }
            _ => {
                assert!(metal > 0.9, "{name}: {metal}");
                assert!(b > r + 40 && b > g + 20, "{name}: {r} {g} {b}");
            }
        }
    }
    // The container's roof and the space between the blocks: attenuating, and too thin to tell.
    for (x, y) in [(100, 10), (62, 35), (37, 35), (150, 5)] {
        let [r, g, b] = picture.get_pixel(x, y).0;
        assert!(r == g && g == b, "({x}, {y}) is coloured: {r} {g} {b}");
        assert_eq!(codes[y as usize * 200 + x as usize], Class::Thin.code());
    }
}

#[test]
fn quantities_are_written_as_floats_before_the_window() {
    let Some(scan) = semiz() else { return };
    let npy = rendered(&scan, &["--filter", "log"], "alpha.npy");
    let tif = rendered(&scan, &["--filter", "log"], "alpha.tif");
    let floats: Vec<f32> = npy[npy.len() - 4 * 200 * 100..]
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect();
    let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(tif)).unwrap();
    let tiff::decoder::DecodingResult::F32(same) = decoder.read_image().unwrap() else {
        panic!("not 32-bit floats")
    };
    assert_eq!(floats, same);
    let (sum, count) = (30..42)
        .flat_map(|y| (70..80).map(move |x| y * 200 + x))
        .fold((0.0, 0), |(sum, count), i| {
            (sum + f64::from(floats[i]), count + 1)
        });
    // blocks.csv: the mean alpha_high of iron is 3.256 over its rectangle.
    assert!((sum / f64::from(count) - 3.256).abs() < 0.2);
}

#[test]
fn measure_states_the_contract_s_fields() {
    let Some(scan) = semiz() else { return };
    let arguments = [
        "--region",
        "18,30,14,10",
        "--background",
        "2,30,10,10",
        "--json",
    ];
    let mut all: Vec<&std::ffi::OsStr> = vec!["measure".as_ref(), scan.as_os_str()];
    all.extend(arguments.iter().map(|a| a.as_ref() as &std::ffi::OsStr));
    let (code, out, err) = xamine(&all);
    assert_eq!((code, err.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let high = &json["planes"]["high"];
    let (t, alpha) = (
        high["transmission"].as_f64().unwrap(),
        high["attenuation"].as_f64().unwrap(),
    );
    assert!((high["mean"].as_f64().unwrap() / 60000.0 - t).abs() < 1e-6);
    assert!((alpha + t.ln()).abs() < 1e-9);
    let material = &json["material"];
    assert_eq!(material["class"], "organic", "carbon, its walls taken off");
    assert_eq!(material["background_subtracted"], true);
    // By the generic model of 6/9 MV; the scanner's own profile is tested in `calibration`.
    assert!(
        (material["z"].as_f64().unwrap() - 6.0).abs() < 4.0,
        "{material}"
    );
    assert!(material["steel_mm"].as_f64().unwrap() > 10.0);
    let shares = material["shares"].as_object().unwrap();
    assert!((shares.values().map(|v| v.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn what_a_scan_cannot_show_is_said() {
    let grey = single(plane(PlaneName::Grey, 8, 8, |x, _| x as u16 * 100));
    let of = |display: &str, filter: Option<&str>| {
        View::of(
            &grey,
            &ViewRequest {
                display: Some(display.into()),
                filters: filter.map(String::from).into_iter().collect(),
                ..ViewRequest::default()
            },
        )
    };
    for (display, filter) in [
        ("material", None),
        ("class", None),
        ("grey", Some("organic-only")),
    ] {
        let problem = of(display, filter).unwrap_err();
        assert_eq!(problem.exit_code(), 1);
        assert!(problem.to_string().contains("one energy only"), "{problem}");
    }
    let problem = of("materail", None).unwrap_err();
    assert_eq!(problem.exit_code(), 2);
    assert!(problem.to_string().contains("material"), "{problem}");
    let mut no_air = dual(40, 32);
    no_air.planes[1].air = None;
    let request = ViewRequest {
        display: Some("material".into()),
        ..ViewRequest::default()
    };
    let problem = View::of(&no_air, &request).unwrap_err();
    assert!(problem.to_string().contains("open-beam"), "{problem}");
}

#[test]
fn bright_is_dense_is_turned_and_invert_turns_it_back() {
    let mut p = plane(PlaneName::Grey, 4, 1, |x, _| x as u16 * 20000);
    p.polarity = Polarity::BrightIsDense;
    let scan = single(p);
    let grey = |filters: &[&str]| {
        let view = asked(&scan, "grey", filters);
        match picture(&scan, &view, size(4, 1), &Cancel::never())
            .unwrap()
            .frame
            .pixels
        {
            Pixels::Grey(grey) => grey,
            other => panic!("{other:?}"),
        }
    };
    let (plain, inverted) = (grey(&[]), grey(&["invert"]));
    assert!(plain.is_sorted_by(|a, b| a > b) && inverted.is_sorted());
    assert_eq!(grey(&["invert", "invert"]), plain);
}

#[test]
fn a_dead_row_is_a_defect_and_the_ground_is_not_counted() {
    let mut scan = dual(80, 64);
    for plane in &mut scan.planes {
        plane.samples[10 * 80..11 * 80].fill(0);
    }
    let mut view = asked(&scan, "class", &[]);
    view.region = [-10.0, 0.0, 100.0, 64.0];
    let shown = picture(&scan, &view, size(100, 64), &Cancel::never()).unwrap();
    let codes = shown.codes().unwrap();
    assert!(
        codes[10 * 100 + 10..10 * 100 + 90]
            .iter()
            .all(|c| *c == Class::Defect.code())
    );
    assert!(codes[..10].iter().all(|c| *c == 0));
    let total: f64 = shown.legend.rows.iter().filter_map(|row| row.share).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert!(shown.field().at(0, 0).is_nan());
}

#[test]
fn gaps_in_a_load_are_no_metal_from_afar() {
    // Organic matter with gaps of a third of its pitch, and a bar that nothing comes through.
    let (width, height) = (240, 40);
    let make = |name, energy: &str, alpha: f64| {
        let mut plane = plane(name, width, height, |x, y| match x {
            100 if y < 32 => 0,
            x if x % 3 == 0 => 60_000,
            _ => (60_000.0 * (-alpha).exp()) as u16,
        });
        plane.air = Some(Air::Uniform(60_000.0));
        plane.energy = Energy::parse(energy);
        plane
    };
    let scan = Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![
            make(PlaneName::High, "9 MV", 3.0),
            make(PlaneName::Low, "6 MV", 3.6),
        ],
    };
    let view = asked(&scan, "class", &[]);
    for columns in [160, 80, 50, 24] {
        let far = picture(&scan, &view, size(columns, 8), &Cancel::never()).unwrap();
        for code in far.codes().unwrap() {
            let class = Class::from_code(code).unwrap();
            let sound = matches!(
                class,
                Class::Organic | Class::Air | Class::Thin | Class::Black
            );
            assert!(sound, "{columns}: {class:?}");
        }
    }
}

#[test]
fn the_edge_of_a_sound_scan_is_no_defect() {
    let scan = dual(80, 64);
    let view = asked(&scan, "class", &[]);
    for at in 0..40 {
        let beyond = f64::from(at) * 0.37;
        let view = View {
            region: [
                -beyond,
                -0.6 * beyond,
                83.0 + 1.7 * beyond,
                67.0 + 1.3 * beyond,
            ],
            ..view.clone()
        };
        let far = picture(&scan, &view, size(37, 29), &Cancel::never()).unwrap();
        let codes = far.codes().unwrap();
        assert!(!codes.contains(&Class::Defect.code()), "{:?}", view.region);
    }
}

#[test]
fn energies_that_nobody_says_are_guessed_only_where_the_ratios_allow() {
    let scan = |ratio: f64| {
        let mut scan = dual(80, 64);
        for plane in &mut scan.planes {
            plane.energy = None;
        }
        let samples = scan.planes[0].samples.clone();
        let low = samples
            .iter()
            .map(|s| (60_000.0 * (f64::from(*s) / 60_000.0).powf(ratio)) as u16);
        scan.planes[1].samples = low.collect();
        scan
    };
    let request = ViewRequest {
        display: Some("material".into()),
        ..ViewRequest::default()
    };
    assert!(View::of(&scan(1.17), &request).is_ok());
    let problem = View::of(&scan(1.8), &request).unwrap_err().to_string();
    assert!(problem.contains("energies are not known"), "{problem}");
}

#[test]
fn the_crosshair_reads_what_the_scan_holds() {
    let scan = dual(80, 64);
    let view = asked(&scan, "class", &[]);
    let at = readout(&scan, &view, [30, 20]).unwrap();
    assert_eq!(at.mm, Some([152.5, 82.0]));
    assert_eq!(at.planes[0].sample, scan.planes[0].samples[20 * 80 + 30]);
    let t = f64::from(at.planes[0].sample) / 60000.0;
    assert!((at.planes[0].transmission.unwrap() - t).abs() < 1e-6);
    assert!((at.planes[0].attenuation.unwrap() + t.ln()).abs() < 1e-5);
    let whole = picture(&scan, &view, size(80, 64), &Cancel::never()).unwrap();
    for (x, y) in [(30, 20), (5, 5), (50, 40), (79, 63)] {
        let class = readout(&scan, &view, [x, y]).unwrap().class.unwrap();
        assert_eq!(class.code(), whole.codes().unwrap()[y * 80 + x], "{x} {y}");
    }
    assert_eq!(readout(&scan, &view, [80, 0]), None);
}

#[test]
fn a_new_window_needs_no_new_preparation() {
    let scan = dual(80, 64);
    let view = asked(&scan, "material", &["edge"]);
    let wide = View {
        window: Window::between(0.0, 2.0, Unit::Transmission),
        ..view.clone()
    };
    assert!(view.differs_by_window_only(&wide));
    let mut stages = Vec::new();
    let kept = prepare(&scan, &view, size(40, 32), &Cancel::never(), &mut |stage| {
        stages.push(stage.to_owned());
    });
    assert_eq!(stages, ["resample", "material", "edge"]);
    let again = picture(&scan, &wide, size(40, 32), &Cancel::never()).unwrap();
    assert_eq!(kept.unwrap().develop(&wide).unwrap(), again);
}

#[test]
fn a_view_carries_over_and_gives_way() {
    let view = asked(&dual(40, 32), "material", &["metal-only", "edge"]);
    let grey = single(plane(PlaneName::Grey, 30, 20, |x, _| x as u16));
    let carried = view.carried_to(&grey, None).unwrap();
    assert_eq!(carried.display.as_str(), "grey");
    assert_eq!(carried.window.unit, Unit::Sample);
    let same = view.carried_to(&dual(60, 50), None).unwrap();
    assert_eq!((same.display, same.window), (view.display, view.window));
    assert_eq!(same.filters, view.filters);
    assert_eq!(same.region, [0.0, 0.0, 60.0, 50.0]);
}

#[test]
fn every_shipped_preset_draws() {
    let scan = dual(80, 64);
    let plain = View::plain(&scan, None).unwrap();
    for preset in xamine::view::presets() {
        let view = plain.with_preset(&scan, preset, None).unwrap();
        picture(&scan, &view, size(33, 21), &Cancel::never()).unwrap();
    }
}

/// A view of `region` at a zoom, with a fixed window.
fn part(scan: &Radiograph, filters: &[&str], region: [f64; 4]) -> View {
    View {
        region,
        ..asked(scan, "material", filters)
    }
}

#[test]
fn a_visible_part_is_the_part_of_the_whole() {
    let scan = dual(160, 128);
    for filters in [
        &["log", "gamma=1.4"][..],
        &["smooth=2"],
        &["edge", "local-contrast=12,4"],
    ] {
        // At 1:1 and at half the size; the part lies on the whole's pixel grid.
        for zoom in [1, 2] {
            let whole = picture(
                &scan,
                &part(&scan, filters, [0.0, 0.0, 160.0, 128.0]),
                size(160 / zoom, 128 / zoom),
                &Cancel::never(),
            )
            .unwrap();
            let view = part(&scan, filters, [40.0, 32.0, 64.0, 48.0]);
            let out = size(64 / zoom, 48 / zoom);
            let some = picture(&scan, &view, out, &Cancel::never()).unwrap();
            let [low, high] = view.window.edges();
            let (seen, all) = (some.field(), whole.field());
            for y in 0..out.height {
                for x in 0..out.width {
                    let (wx, wy) = (x + 40 / zoom, y + 32 / zoom);
                    let (a, b) = (seen.at(x, y), all.at(wx, wy));
                    assert!(
                        f64::from((a - b).abs()) <= 0.01 * (high - low),
                        "{filters:?} {x} {y}"
                    );
                }
            }
            let whole_codes = whole.codes().unwrap();
            for (i, code) in some.codes().unwrap().into_iter().enumerate() {
                let (x, y) = (i % out.width, i / out.width);
                let there = (y + 32 / zoom) * (160 / zoom) + x + 40 / zoom;
                assert_eq!(code, whole_codes[there], "{x} {y}");
            }
        }
    }
}

/// The next picture of a moved view, by stages that have seen `before`.
fn moved(
    stages: &mut Stages,
    (scan, view, out): (&Radiograph, &View, Size),
) -> xamine::Result<Picture> {
    let never = Cancel::never();
    let source = Source::of(scan);
    stages
        .prepare(source, view, (out, Fineness::Full), (&never, &mut |_| ()))?
        .develop(view)
}

#[test]
fn a_moved_view_is_the_view_itself_and_reads_only_what_came_into_sight() {
    let scan = dual(400, 320);
    for (display, zoom) in [
        ("grey", 1.0),
        ("grey", 2.6),
        ("material", 1.0),
        ("material", 2.6),
    ] {
        let out = size(60, 40);
        let at = |x: i32, y: i32| {
            let mut view = asked(&scan, display, &["unsharp=2,1"]);
            let (w, h) = (60.0 * zoom, 40.0 * zoom);
            let (x, y) = (f64::from(x), f64::from(y));
            view.region = [60.3 + x * zoom, 50.7 + y * zoom, w, h];
            view
        };
        let mut stages = Stages::default();
        let places = [
            (0, 0),
            (12, 0),
            (12, -7),
            (-3, 9),
            (-3, 9),
            (30, 35),
            (0, 0),
        ];
        for place in places {
            let view = at(place.0, place.1);
            let got = moved(&mut stages, (&scan, &view, out)).unwrap();
            let want = picture(&scan, &view, out, &Cancel::never()).unwrap();
            assert_eq!(got.codes(), want.codes(), "{display} {zoom} {place:?}");
            let (got, want) = (got.field(), want.field());
            let both = got.values.iter().zip(&want.values);
            let off = both.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-5, "{display} {zoom} {place:?}: {off}");
        }
        // Darkness wherever the last view had looked: nothing of it is read again.
        let mut dark = scan.clone();
        let (first, second) = (at(0, 0), at(6, 0));
        for plane in &mut dark.planes {
            let (from, to) = (30, (first.region[0] + first.region[2]) as usize + 30);
            for row in plane.samples.chunks_exact_mut(400) {
                row[from..to].fill(1);
            }
        }
        let mut stages = Stages::default();
        moved(&mut stages, (&scan, &first, out)).unwrap();
        let seen = moved(&mut stages, (&dark, &second, out)).unwrap();
        let want = picture(&scan, &second, out, &Cancel::never()).unwrap();
        for y in 0..40 {
            assert_eq!(seen.frame.rgb(20, y), want.frame.rgb(20, y), "{display}");
        }
    }
}

fn canvas() -> impl Strategy<Value = Canvas> {
    (1..4000_usize, 1..3000_usize, 8..2000_usize, 8..1200_usize).prop_map(|(a, b, c, d)| Canvas {
        scan: size(a, b),
        screen: size(c, d),
        tall: 1.0,
        aspect: 1.0,
    })
}

proptest! {
    #[test]
    fn a_window_is_monotone(a in -1e5_f32..1e5, b in -1e5_f32..1e5, c in -1e4_f64..1e4, w in 1e-3_f64..1e5) {
        for unit in [Unit::Sample, Unit::Transmission] {
            let window = Window { centre: c, width: if unit == Unit::Sample { w.max(1.0) } else { w }, unit, function: None };
            let (low, high) = (a.min(b), a.max(b));
            let up = Polarity::BrightIsAir;
            prop_assert!(window.luminance(low, up) <= window.luminance(high, up));
            prop_assert!(window.luminance(low, Polarity::BrightIsDense) >= window.luminance(high, Polarity::BrightIsDense));
        }
    }

    #[test]
    fn resampling_a_constant_is_constant(
        level in 0..=65535_u16, w in 1..60_usize, h in 1..40_usize,
        x in -20.0..40.0_f64, y in -20.0..30.0_f64, rw in 1.0..80.0_f64, rh in 1.0..60.0_f64,
        ow in 1..50_usize, oh in 1..50_usize,
    ) {
        let flat = plane(PlaneName::Grey, w, h, |_, _| level);
        let got = resample(&flat, [x, y, rw, rh], size(ow, oh), &Cancel::never()).unwrap();
        for value in got.values {
            prop_assert!(value.is_nan() || (value - f32::from(level)).abs() <= 1e-5 * f32::from(level).max(1.0));
        }
    }

    #[test]
    fn screen_and_scan_pixels_map_to_each_other(
        canvas in canvas(), turns in 0..4_i32, zoom in 0.1..8.0_f64, px in 0.0..1.0_f64, py in 0.0..1.0_f64,
    ) {
        let scan = single(plane(PlaneName::Grey, 1, 1, |_, _| 1));
        let view = View::plain(&scan, None).unwrap().turned(canvas, turns).fit(canvas);
        let view = view.zoom_about(canvas, [canvas.screen.width as f64 * px, canvas.screen.height as f64 * py], zoom);
        let point = [px * canvas.scan.width as f64, py * canvas.scan.height as f64];
        let back = view.to_scan(canvas.screen, view.to_screen(canvas.screen, point));
        prop_assert!((back[0] - point[0]).abs() < 1e-6 && (back[1] - point[1]).abs() < 1e-6);
        // One pixel on the screen is 1 / zoom in the scan, whatever the turn.
        let one = view.to_scan(canvas.screen, [1.0, 0.0]);
        let none = view.to_scan(canvas.screen, [0.0, 0.0]);
        let moved = (one[0] - none[0]).abs() + (one[1] - none[1]).abs();
        prop_assert!((moved * view.zoom - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_scan_never_leaves_the_screen(
        canvas in canvas(), turns in 0..4_i32,
        moves in prop::collection::vec((-3000.0..3000.0_f64, -3000.0..3000.0_f64, 0.05..20.0_f64), 1..8),
    ) {
        let scan = single(plane(PlaneName::Grey, 1, 1, |_, _| 1));
        let mut view = View::plain(&scan, None).unwrap().fit(canvas).turned(canvas, turns);
        for (x, y, factor) in moves {
            view = view.pan(canvas, [x, y]).zoom_about(canvas, [x.abs(), y.abs()], factor);
            for (start, extent, limit) in [
                (view.region[0], view.region[2], canvas.scan.width as f64),
                (view.region[1], view.region[3], canvas.scan.height as f64),
            ] {
                // Either the whole side is seen, or no ground is.
                let seen = start <= 1e-6 && start + extent >= limit - 1e-6;
                let filled = start >= -1e-6 && start + extent <= limit + 1e-6;
                prop_assert!(seen || filled);
            }
        }
    }

    #[test]
    fn inverting_twice_is_nothing(seed in 0..1000_usize) {
        let scan = single(plane(PlaneName::Grey, 17, 11, |x, y| ((x * 31 + y * 17) * (seed + 1) % 65536) as u16));
        let show = |filters: Vec<FilterUse>| {
            let view = View::plain(&scan, None).unwrap();
            let view = view.with_filters(&scan, filters, None).unwrap();
            picture(&scan, &view, size(9, 7), &Cancel::never()).unwrap().frame
        };
        let invert: FilterUse = "invert".parse().unwrap();
        prop_assert_eq!(show(vec![invert.clone(), invert]), show(vec![]));
    }
}

#[test]
fn a_circle_is_round_whatever_pixels_are_made_of() {
    let disc = plane(PlaneName::Grey, 240, 160, |x, y| {
        let away = (x as f64 - 119.5).hypot(y as f64 - 79.5);
        if away < 60.0 { 65535 } else { 0 }
    });
    let scan = single(disc);
    let view = asked(&scan, "grey", &[]);
    let cells = [(8, 16), (9, 20), (10, 10), (7, 18)];
    let mut looked = 0;
    for protocol in Protocol::ALL {
        for (width, height) in cells {
            let cell = CellSize { width, height };
            let (across, down) = pixels_for(protocol, 90, 40, cell);
            if across == 0 {
                continue;
            }
            let canvas = Canvas {
                scan: size(240, 160),
                screen: size(across, down),
                tall: protocol.pixel_aspect(cell),
                aspect: 1.0,
            };
            for view in [
                view.fit(canvas),
                view.fit(canvas).turned(canvas, 1).fit(canvas),
                view.fit(canvas)
                    .zoom_about(canvas, [0.0; 2], 1.3)
                    .centred_on(canvas, [120.0, 80.0]),
            ] {
                let shown = picture(&scan, &view, canvas.screen, &Cancel::never()).unwrap();
                let light = |x: usize, y: usize| shown.frame.rgb(x, y)[0] > 150;
                let columns = (0..across).filter(|x| light(*x, down / 2)).count();
                let rows = (0..down).filter(|y| light(across / 2, *y)).count();
                // In pixels of the screen, of which a part of a cell has several.
                let part = [
                    f64::from(width) * 90.0 / across as f64,
                    f64::from(height) * 40.0 / down as f64,
                ];
                let [wide, high] = [columns as f64 * part[0], rows as f64 * part[1]];
                assert!(
                    (wide - high).abs() <= 1.01 * (part[0] + part[1]),
                    "{protocol} {width}x{height}: {wide} x {high}"
                );
                assert!(columns > 10 && rows > 4, "{protocol}: {columns} x {rows}");
                looked += 1;
            }
        }
    }
    assert_eq!(looked, 8 * 4 * 3);
}

#[test]
fn a_turned_picture_is_the_picture_turned() {
    let scan = dual(40, 32);
    let canvas = |w, h| Canvas {
        scan: size(40, 32),
        screen: size(w, h),
        tall: 1.0,
        aspect: 1.0,
    };
    let view = asked(&scan, "grey", &[]);
    let upright = picture(
        &scan,
        &view.fit(canvas(40, 32)),
        size(40, 32),
        &Cancel::never(),
    )
    .unwrap();
    let turned_view = view.turned(canvas(32, 40), 1).fit(canvas(32, 40));
    let turned = picture(&scan, &turned_view, size(32, 40), &Cancel::never()).unwrap();
    for (x, y) in [(0, 0), (7, 3), (39, 31), (12, 30)] {
        // A quarter turn clockwise brings the top left corner to the top right.
        assert_eq!(turned.frame.rgb(31 - y, x), upright.frame.rgb(x, y));
        let there = turned_view.to_screen(size(32, 40), [x as f64 + 0.5, y as f64 + 0.5]);
        assert_eq!((there[0] as usize, there[1] as usize), (31 - y, x));
    }
}

#[test]
fn a_background_takes_the_walls_off() {
    let scan = dual(80, 64);
    let region = Region {
        x: 22,
        y: 2,
        width: 10,
        height: 10,
    };
    let beyond = Region { x: 75, ..region };
    assert_eq!(measure(&scan, beyond, None).unwrap_err().exit_code(), 2);
    let plain = measure(&scan, region, None).unwrap();
    let same = measure(&scan, region, Some(region)).unwrap();
    assert_eq!(plain.size_mm, Some([50.0, 40.0]));
    assert_eq!(plain.material.unwrap().class, Class::Inorganic);
    // A region against itself is air.
    assert_eq!(same.material.unwrap().class, Class::Air);
}
