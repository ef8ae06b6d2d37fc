//! Prints, which take short cuts: they must be the bytes of the picture that takes none.

use proptest::prelude::*;
use xamine::cancel::Cancel;
use xamine::filter::{FILTERS, FilterUse};
use xamine::radiograph::{Air, Energy, Plane, PlaneName, Polarity, Radiograph, Size};
use xamine::view::{
    Display, PointTable, Print, View, ViewRequest, Window, WindowFunction, picture, print,
};

/// Numbers that look like chance, the same every time.
fn chance(seed: u32) -> impl FnMut() -> u32 {
    let mut number = seed;
    move || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number >> 8
    }
}

/// Every sample at least once, in no order.
fn every_sample(air: Option<f64>, polarity: Polarity) -> Radiograph {
    let (width, height) = (310, 225);
    let mut next = chance(3);
    let samples = (0..width * height).map(|i| match u16::try_from(i) {
        // Odd factors only change their order.
        Ok(i) => i.wrapping_mul(40_503),
        Err(_) => next() as u16,
    });
    let mut plane = Plane::new(PlaneName::Grey, width, height, samples.collect());
    plane.air = air.map(Air::Uniform);
    plane.dark = 12.5;
    plane.polarity = polarity;
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![plane],
    }
}

/// Noisy blocks of several materials, with a dead column and dead pixels.
fn cargo(energies: [&str; 2], [width, height]: [usize; 2]) -> Radiograph {
    let ratios = if energies[0].ends_with("MV") {
        [1.0, 1.2, 1.17, 1.12, 1.055, 1.2, 1.1, 1.21]
    } else {
        [1.0, 1.25, 1.3, 1.5, 1.8, 1.2, 1.15, 1.6]
    };
    let alphas = [0.0, 0.3, 1.0, 2.0, 3.2, 4.5, 7.5, 1.3];
    let mut planes = Vec::new();
    for (at, (name, energy)) in [PlaneName::High, PlaneName::Low]
        .into_iter()
        .zip(energies)
        .enumerate()
    {
        let mut next = chance(at as u32 + 1);
        let samples = (0..width * height).map(|i| {
            let (x, y) = (i % width, i / width);
            let block = (x / 50 + y / 40 * 3) % 8;
            let alpha: f64 = alphas[block] * if at == 1 { ratios[block] } else { 1.0 };
            let noise = f64::from(next() % 400) - 200.0;
            let dead = x == 700 || next().is_multiple_of(5000);
            if dead {
                0
            } else {
                (60_000.0 * (-alpha).exp() + noise).clamp(0.0, 65_535.0) as u16
            }
        });
        let mut plane = Plane::new(name, width, height, samples.collect());
        plane.air = Some(Air::Uniform(60_000.0));
        plane.energy = Energy::parse(energy);
        planes.push(plane);
    }
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes,
    }
}

/// The print of a view, the stages that it took, and the picture.
fn printed(scan: &Radiograph, view: &View) -> (Print, Vec<String>) {
    let [_, _, w, h] = view.region.map(|side| side as usize);
    let size = Size {
        width: w,
        height: h,
    };
    let mut stages = Vec::new();
    let mut stage = |stage: &str| stages.push(stage.to_owned());
    let found = print(scan, view, size, &Cancel::never(), &mut stage).unwrap();
    let whole = picture(scan, view, size, &Cancel::never()).unwrap();
    assert!(found.frame == whole.frame, "{view:?}");
    assert_eq!(found.legend, whole.legend);
    (found, stages)
}

/// A point filter that changes values, with arguments within its ranges, or one that marks nothing.
fn point_filter() -> impl Strategy<Value = FilterUse> {
    (0..6_usize, 0.0..1.0_f64, 0.0..1.0_f64).prop_map(|(which, a, b)| match which {
        0 => FilterUse::new("invert", vec![]),
        1 => FilterUse::new("log", vec![]),
        2 => FilterUse::new("gamma", vec![0.1 + 4.0 * a]),
        3 => FilterUse::new("high-penetration", vec![0.0005 + a * 0.5]),
        4 => FilterUse::new("low-penetration", vec![0.0005 + a * 0.5]),
        _ => FilterUse::new("density-band", vec![a * 2.0, b * 0.2]),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_table_gives_the_bytes_of_every_sample(
        filters in prop::collection::vec(point_filter(), 0..5),
        edges in (0.0..1.0_f64, 0.0..1.2_f64),
        function in 0..4_usize,
        kind in 0..3_usize,
        palette in any::<bool>(),
    ) {
        let scan = match kind {
            0 => every_sample(Some(58_000.0), Polarity::BrightIsAir),
            1 => every_sample(None, Polarity::BrightIsAir),
            _ => every_sample(None, Polarity::BrightIsDense),
        };
        let request = ViewRequest {
            filters: filters.iter().map(ToString::to_string).collect(),
            display: palette.then(|| "palette:viridis".to_owned()),
            ..ViewRequest::default()
        };
        let mut view = View::of(&scan, &request).unwrap();
        let unit = view.window.unit;
        let full = if kind == 0 { 1.0 } else { 65_535.0 };
        view.window = Window::between(edges.0 * full, edges.1 * full, unit);
        if let Some(function) = WindowFunction::ALL.get(function) {
            view.window = view.window.with_function(*function).unwrap_or(view.window);
        }
        let (found, stages) = printed(&scan, &view);
        prop_assert_eq!(stages, ["table"]);
        prop_assert_eq!(found.frame.width, 310);
        // A part of the scan is looked up as well.
        view.region = [7.0, 9.0, 200.0, 100.0];
        prop_assert_eq!(printed(&scan, &view).1, ["table"]);
    }
}

#[test]
fn what_hangs_on_more_than_a_sample_has_no_table() {
    let scan = cargo(["9 MV", "6 MV"], [60, 50]);
    let mut rows = scan.clone();
    rows.planes[0].air = Some(Air::Rows((0..50).map(|y| 60_000.0 + y as f32).collect()));
    let mut even = scan.clone();
    even.planes[0].air = Some(Air::Rows(vec![60_000.0; 50]));
    let table = |scan: &Radiograph, display: &str, filters: &[&str]| {
        let request = ViewRequest {
            display: Some(display.into()),
            filters: filters.iter().map(ToString::to_string).collect(),
            ..ViewRequest::default()
        };
        let view = View::of(scan, &request).unwrap();
        PointTable::of(scan, &view).unwrap().is_some()
    };
    assert!(table(&scan, "grey", &["gamma=1.5"]) && table(&even, "grey", &["log"]));
    for (scan, display, filter) in [
        (&scan, "grey", "median"),
        (&scan, "grey", "density-alert"),
        (&scan, "grey", "organic-only"),
        (&scan, "material", "gamma"),
        (&scan, "class", "gamma"),
        (&scan, "grey", "cancel"),
        (&rows, "grey", "gamma"),
    ] {
        assert!(!table(scan, display, &[filter]), "{display} {filter}");
    }
}

#[test]
fn picked_samples_go_through_the_table() {
    for polarity in [Polarity::BrightIsAir, Polarity::BrightIsDense] {
        let scan = every_sample(None, polarity);
        for filters in [
            "median",
            "median log gamma=0.7 density-band",
            "median density-band invert",
        ] {
            let request = ViewRequest {
                filters: filters.split(' ').map(str::to_owned).collect(),
                ..ViewRequest::default()
            };
            let view = View::of(&scan, &request).unwrap();
            assert_eq!(printed(&scan, &view).1, ["table"]);
        }
    }
}

#[test]
fn tiles_are_the_picture() {
    let linac = cargo(["9 MV", "6 MV"], [1100, 300]);
    let tube = cargo(["160 kV", "80 kV"], [1100, 300]);
    for (scan, display, filters) in [
        (&linac, "material", ""),
        (&linac, "material4", "median unsharp=1,2"),
        (&linac, "z", "gamma=1.5"),
        (&linac, "class", ""),
        (&linac, "grey", "organic-stripped"),
        (&linac, "steel", ""),
        (&linac, "grey", "cancel=1.2"),
        (&linac, "material", "peel=0.4,0.5"),
        (&tube, "material", ""),
        (&tube, "material-safe", "high-z-alert z-band=5,20"),
        (&tube, "thickness", "median"),
    ] {
        let request = ViewRequest {
            display: Some(display.into()),
            filters: filters.split_whitespace().map(str::to_owned).collect(),
            ..ViewRequest::default()
        };
        let mut view = View::of(scan, &request).unwrap();
        let (_, stages) = printed(scan, &view);
        assert_eq!(stages, ["tiles"], "{display} {filters}");
        view.region = [30.0, 20.0, 1050.0, 150.0];
        assert_eq!(printed(scan, &view).1, ["tiles"], "{display} {filters}");
    }
}

#[test]
fn every_filter_prints_as_it_is_shown() {
    let scan = cargo(["9 MV", "6 MV"], [1100, 150]);
    for row in FILTERS {
        let request = ViewRequest {
            filters: vec![row.name.replace("peel", "peel=0.4,0.5")],
            ..ViewRequest::default()
        };
        let view = View::of(&scan, &request).unwrap();
        assert_eq!(view.display, Display::Grey);
        let (_, stages) = printed(&scan, &view);
        println!("{}: {stages:?}", row.name);
    }
}

#[test]
fn what_is_not_a_pixel_a_pixel_is_printed_as_it_is_shown() {
    let scan = cargo(["9 MV", "6 MV"], [220, 150]);
    let mut view = View::of(&scan, &ViewRequest::default()).unwrap();
    view.rotation = 90;
    let size = Size {
        width: 150,
        height: 220,
    };
    for mirrored in [false, true] {
        view.mirrored = mirrored;
        let whole = picture(&scan, &view, size, &Cancel::never()).unwrap();
        let found = print(&scan, &view, size, &Cancel::never(), &mut |_| ()).unwrap();
        assert!(found.frame == whole.frame && found.legend == whole.legend);
    }
}
