//! Windows against pydicom and numpy, records of before, and where a pixel lands on every turn.

use proptest::prelude::*;
use xamine::cancel::Cancel;
use xamine::radiograph::{
    Air, Outline, Plane, PlaneName, Polarity, Radiograph, Region, Size, Unit,
};
use xamine::view::{
    Aspect, Canvas, Drawn, Extent, Stress, View, ViewRequest, Window, WindowFunction, drawn_over,
    picture,
};

use crate::app_at_work::after;
use crate::command_line::xamine;

fn single(width: usize, height: usize, of: impl Fn(usize, usize) -> u16) -> Radiograph {
    let samples = (0..width * height)
        .map(|i| of(i % width, i / width))
        .collect();
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![Plane::new(PlaneName::Grey, width, height, samples)],
    }
}

fn size(width: usize, height: usize) -> Size {
    Size { width, height }
}

/// The scan of `reference.py`.
fn load() -> Radiograph {
    let mut scan = single(160, 120, |x, y| {
        let inside = (30..130).contains(&x) && (20..110).contains(&y);
        match (inside, x > 100 && y > 80) {
            (false, _) => 60_000,
            (true, true) => 20,
            (true, false) => (2000 + (x * 373 + y * 1013 + (x * y) % 97 * 131) % 40_000) as u16,
        }
    });
    scan.planes[0].air = Some(Air::Uniform(60_000.0));
    scan
}

#[test]
fn the_curves_are_those_of_pydicom() {
    let mut looked = 0;
    for line in include_str!("../data/windows/voi.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let window = Window {
            centre: number(1),
            width: number(2),
            unit: Unit::Sample,
            function: None,
        };
        let function = WindowFunction::parse(fields[0]).unwrap();
        let window = window.with_function(function).unwrap();
        let (x, y) = (number(3) as f32, number(4) as f32);
        // Far below the step of a picture of 8 bits.
        let got = window.luminance(x, Polarity::BrightIsAir);
        assert!((got - y).abs() < 2e-5, "{line}: {got}");
        let turned = window.luminance(x, Polarity::BrightIsDense);
        assert!((turned - (1.0 - y)).abs() < 2e-5, "{line}: {turned}");
        looked += 1;
    }
    assert_eq!(looked, 507);
}

#[test]
fn a_threshold_belongs_to_the_lower_side_and_nan_stays() {
    let window = Window::between(2047.5, 2048.5, Unit::Sample);
    let at = |x: f32| window.luminance(x, Polarity::BrightIsAir);
    assert_eq!([at(2047.0), at(2047.5), at(2047.6)], [0.0, 0.0, 1.0]);
    assert!(at(f32::NAN).is_nan());
    let sigmoid = window.with_function(WindowFunction::Sigmoid).unwrap();
    assert!(sigmoid.luminance(f32::NAN, Polarity::BrightIsAir).is_nan());
}

#[test]
fn linear_is_for_whole_samples_and_the_rest_is_chosen_by_word() {
    let scan = load();
    let asked = |function: &str, window: Option<&str>| {
        let request = ViewRequest {
            window: window.map(Into::into),
            window_function: Some(function.into()),
            ..ViewRequest::default()
        };
        View::of(&scan, &request)
    };
    let linear = asked("linear", None).unwrap_err().to_string();
    assert!(linear.contains("linear-exact or sigmoid"), "{linear}");
    let wrong = asked("sigma", None).unwrap_err().to_string();
    assert!(wrong.contains("linear, linear-exact, sigmoid"), "{wrong}");
    // What a unit follows by itself is not said in a record.
    assert_eq!(asked("linear-exact", None).unwrap().window.function, None);
    let sigmoid = asked("sigmoid", Some("auto-local")).unwrap().window;
    assert_eq!(sigmoid.function, Some(WindowFunction::Sigmoid));
}

#[test]
fn automatic_windows_are_the_percentiles_of_numpy() {
    let scan = load();
    let plain = View::plain(&scan, None).unwrap();
    let mut looked = 0;
    for line in include_str!("../data/windows/auto.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let view = View {
            region: [1, 2, 3, 4].map(number),
            ..plain.clone()
        };
        let extent = Extent::parse(fields[0]).unwrap();
        let [low, high] = view.auto_over(&scan, extent, None).unwrap().edges();
        // The narrowest window is a ten-thousandth wide.
        let near = |a: f64, b: f64| (a - b).abs() <= 0.6e-4;
        assert!(
            near(low, number(5)) && near(high, number(6)),
            "{line}: {low} {high}"
        );
        looked += 1;
    }
    assert_eq!(looked, 10);
}

#[test]
fn a_view_beyond_the_scan_is_judged_by_its_scan_and_by_its_filters() {
    let scan = load();
    let plain = View::plain(&scan, None).unwrap();
    let beyond = View {
        region: [-500.0, -500.0, 1160.0, 1120.0],
        ..plain.clone()
    };
    for extent in Extent::ALL {
        let [a, b] = [&plain, &beyond].map(|view| view.auto_over(&scan, extent, None).unwrap());
        assert_eq!(a, b, "{extent:?}");
    }
    let logged = plain
        .with_filters(&scan, vec!["log".parse().unwrap()], None)
        .unwrap();
    let window = logged.auto_over(&scan, Extent::Content, None).unwrap();
    assert_eq!(window.unit, Unit::Attenuation);
    let [low, high] = window.edges();
    assert!((low + 0.697_417_f64.ln()).abs() < 1e-3, "{low}");
    assert!((high + 0.0363_f64.ln()).abs() < 1e-3, "{high}");
}

#[test]
fn windows_are_chosen_by_keys_and_stay_on_the_picture() {
    let keys = [
        ("grey", "w f", Some(WindowFunction::Sigmoid)),
        ("grey", "w f w f", None),
        ("blind", "w f", Some(WindowFunction::LinearExact)),
        ("blind", "w f w f", Some(WindowFunction::Sigmoid)),
        ("blind", "w f w f w f", None),
        // An automatic window keeps the curve, a preset brings its own.
        ("grey", "w f w v", Some(WindowFunction::Sigmoid)),
        ("grey", "w f a", Some(WindowFunction::Sigmoid)),
        ("grey", "w f 1", None),
        ("grey", "w f u", None),
        ("grey grey", "w f j", Some(WindowFunction::Sigmoid)),
    ];
    for (scan, keys, function) in keys {
        assert_eq!(
            after(scan, keys).view().window.function,
            function,
            "{scan} {keys}"
        );
    }
    let text = after("grey", "<cr> I w f").screen();
    assert!(text.contains("sigmoid"), "{text}");
    // What is seen of the lower right is brighter than the scan.
    let zoomed = "<cr> + + + + + + L L L L J J J J";
    let [scan, seen] = ["w a", "w v"].map(|key| after("grey", &format!("{zoomed} {key}")));
    assert!(seen.view().window.edges()[0] > scan.view().window.edges()[0] + 0.05);
    assert!(seen.view().window.width < scan.view().window.width / 2.0);
    assert!(!seen.app.habit.window_auto && scan.app.habit.window_auto);
    let content = after("dual", "w c");
    assert!(content.view().window.edges()[1] < 0.5);
    assert!(after("dual", "w v").view().window.edges()[1] > 0.9);
}

#[test]
fn sixteen_bits_stay_apart_in_every_window() {
    let scan = single(256, 256, |x, y| (y * 256 + x) as u16);
    let mut view = View::plain(&scan, None).unwrap();
    for low in [0.0, 1000.0, 40_000.0, 65_279.0] {
        view.window = Window::between(low, low + 256.0, Unit::Sample);
        let shown = picture(&scan, &view, size(256, 256), &Cancel::never()).unwrap();
        let mut greys: Vec<u8> = (0..65_536)
            .map(|i| shown.frame.rgb(i % 256, i / 256)[0])
            .collect();
        assert!(greys.is_sorted());
        greys.dedup();
        assert_eq!(greys.len(), 256, "{low}");
    }
}

/// A view of a record made before curves, flips, shapes and bypassed filters were known.
const BEFORE: &str = r#"{"v":1,"view":"main","planes":["high"],"display":"grey","filters":[{"name":"edge","args":[0.5,2.0]}],"window":{"centre":0.25,"width":0.125,"unit":"transmission"},"region":[-10.5,0.0,640.0,480.0],"zoom":2.0,"rotation":90,"profile_sha256":null}"#;

#[test]
fn records_of_before_read_and_write_as_they_were() {
    let view: View = serde_json::from_str(BEFORE).unwrap();
    assert_eq!(serde_json::to_string(&view).unwrap(), BEFORE);
    assert!(!view.filters[0].bypassed && !view.mirrored && !view.flipped);
    assert_eq!((view.aspect, view.window.function), (Aspect::World, None));
    let mut new = view.clone();
    new.filters[0].bypassed = true;
    new.window = new.window.with_function(WindowFunction::Sigmoid).unwrap();
    (new.mirrored, new.flipped, new.aspect) = (true, true, Aspect::Pixels);
    let text = serde_json::to_string(&new).unwrap();
    for part in [
        r#""bypassed":true"#,
        r#""function":"sigmoid""#,
        r#""mirrored":true"#,
        r#""flipped":true"#,
        r#""aspect":"pixels""#,
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(serde_json::from_str::<View>(&text).unwrap(), new);
}

/// Every way up: quarter turns, mirrored, flipped; twice as many as there are, for all pairs.
fn ways(view: &View, canvas: Canvas) -> Vec<View> {
    let mut ways = Vec::new();
    for turns in 0..4 {
        for (mirrored, flipped) in [(false, false), (true, false), (false, true), (true, true)] {
            let over = View {
                mirrored,
                flipped,
                ..view.clone()
            };
            ways.push(over.turned(canvas, turns).fit(canvas));
        }
    }
    ways
}

proptest! {
    #[test]
    fn pixels_come_back_from_the_screen_on_every_way_up(
        (a, b, c, d) in (1..4000_usize, 1..3000_usize, 8..2000_usize, 8..1200_usize),
        aspect in 0.2..5.0_f64, tall in 0.5..2.0_f64, zoom in 0.1..8.0_f64,
        px in 0.0..1.0_f64, py in 0.0..1.0_f64,
    ) {
        let canvas = Canvas { scan: size(a, b), screen: size(c, d), tall, aspect };
        let scan = single(1, 1, |_, _| 1);
        for view in ways(&View::plain(&scan, None).unwrap(), canvas) {
            let held = [c as f64 * px, d as f64 * py];
            let view = view.zoom_about(canvas, held, zoom);
            let point = [px * a as f64, py * b as f64];
            let back = view.to_scan(canvas.screen, view.to_screen(canvas.screen, point));
            prop_assert!((back[0] - point[0]).abs() < 1e-6 && (back[1] - point[1]).abs() < 1e-6);
            // A length in the world is as long on the screen both ways.
            let length = |by: [f64; 2]| {
                let from = view.to_screen(canvas.screen, point);
                let to = view.to_screen(canvas.screen, [point[0] + by[0], point[1] + by[1]]);
                (to[0] - from[0]).hypot((to[1] - from[1]) * tall)
            };
            let (across, down) = (length([aspect, 0.0]), length([0.0, 1.0]));
            prop_assert!((across / down - 1.0).abs() < 1e-6, "{across} {down}");
            let closer = view.one_to_one(canvas);
            prop_assert!(!closer.is_coarse(canvas.screen), "{:?}", closer);
            // Swapping the sides twice is nothing.
            prop_assert_eq!(&view.turned_over().turned_over(), &view);
            prop_assert_eq!(&view.turned_upside_down().turned_upside_down(), &view);
        }
    }
}

#[test]
fn every_pixel_mark_and_crosshair_lands_where_it_is_told() {
    let scan = single(40, 32, |x, y| (x * 1500 + y * 40) as u16);
    let plain = View::plain(&scan, None).unwrap();
    for (screen, zoomed) in [
        (size(40, 40), false),
        (size(96, 120), true),
        (size(20, 20), false),
    ] {
        let canvas = Canvas {
            scan: size(40, 32),
            screen,
            tall: 1.0,
            aspect: 1.0,
        };
        for mut view in ways(&plain, canvas) {
            if zoomed {
                view = view.zoom_about(canvas, [30.0, 50.0], 2.0);
            }
            let shown = picture(&scan, &view, screen, &Cancel::never()).unwrap();
            let field = shown.field();
            let mut inside = 0;
            for i in 0..screen.width * screen.height {
                let (x, y) = (i % screen.width, i / screen.width);
                let [u, v] = view.to_scan(screen, [x as f64 + 0.5, y as f64 + 0.5]);
                let value = field.at(x, y);
                if u < 0.0 || v < 0.0 || u >= 40.0 || v >= 32.0 {
                    assert!(value.is_nan(), "{view:?} {x} {y}");
                    continue;
                }
                inside += 1;
                let want = if view.is_coarse(screen) {
                    // Averages of a plane are its value in the middle.
                    (u - 0.5) * 1500.0 + (v - 0.5) * 40.0
                } else {
                    u.floor() * 1500.0 + v.floor() * 40.0
                };
                assert!(
                    (f64::from(value) - want).abs() < 0.5,
                    "{view:?} {x} {y} {value} {want}"
                );
            }
            assert!(inside > 100);
            let region = Region {
                x: 18,
                y: 12,
                width: 6,
                height: 9,
            };
            let corners = [[18.0, 12.0], [24.0, 21.0]].map(|at| view.to_screen(screen, at));
            let mark = Drawn {
                outline: Outline::Rectangle(region),
                stress: Stress::Plain,
            };
            let outline = drawn_over(screen, &view, &[mark], None);
            assert!(!outline.is_empty());
            for (i, size) in [screen.width, screen.height].into_iter().enumerate() {
                let dots = || outline.iter().map(|(dot, _)| dot[i] as f64);
                let (low, high) = (dots().fold(f64::MAX, f64::min), dots().fold(0.0, f64::max));
                let clipped = |at: f64| at.clamp(0.0, size as f64 - 1.0);
                let ends = [corners[0][i], corners[1][i]];
                let (first, last) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
                assert!((low - clipped(first)).abs() < 2.0, "{view:?} {low} {first}");
                assert!((high - clipped(last)).abs() < 2.0, "{view:?} {high} {last}");
            }
            // The cross stands on the middle of its pixel.
            let at = view.centre().map(f64::floor);
            let middle = view.to_screen(screen, at.map(|side| side + 0.5));
            let [u, v] = middle.map(|side| side.floor() as usize);
            let cross = drawn_over(screen, &view, &[], Some(at));
            assert!(
                cross.iter().all(|([x, y], _)| *x == u || *y == v),
                "{cross:?}"
            );
            assert!(cross.iter().any(|([x, _], _)| *x < u));
            assert!(cross.iter().any(|([x, _], _)| *x > u));
        }
    }
}

#[test]
fn the_picture_is_turned_over_by_keys_and_says_so() {
    for (keys, way, words) in [
        ("|", (true, false, 0), "mirrored"),
        ("_", (false, true, 0), "flipped"),
        // Both together are a half turn, and so is what undoes it.
        ("| _", (false, false, 180), "180°"),
        ("| _ r r", (false, false, 0), ""),
        ("| r r", (false, true, 0), "flipped"),
        ("r r _", (true, false, 0), "mirrored"),
        ("| |", (false, false, 0), ""),
        ("| u", (false, false, 0), ""),
        // On its side, left and right of the screen are the ends of the scan's columns.
        ("r |", (false, true, 90), "flipped"),
        ("r _", (true, false, 90), "mirrored"),
        ("| .", (true, false, 0), "mirrored"),
    ] {
        let mut at = after("grey grey", "<cr> I");
        at.keys(keys);
        let view = at.view();
        assert_eq!((view.mirrored, view.flipped, view.rotation), way, "{keys}");
        assert!(at.screen().contains(words), "{keys}: {}", at.screen());
    }
    // The crosshair goes where the arrow points, whatever way up the picture is.
    for keys in ["", "|", "_", "r", "r |", "r r _", "r r r |"] {
        let mut at = after("grey", &format!("<cr> I {keys} + + c"));
        let screen = at.app.picture_size().unwrap();
        let place = |at: &crate::app_at_work::AtWork| {
            at.view().to_screen(screen, at.app.desk.crosshair.unwrap())
        };
        let before = place(&at);
        at.keys("right right");
        let after_right = place(&at);
        at.keys("down");
        let after_down = place(&at);
        assert!(after_right[0] > before[0] + 0.5, "{keys}");
        assert!((after_right[1] - before[1]).abs() < 1e-6, "{keys}");
        assert!(after_down[1] > after_right[1] + 0.5, "{keys}");
    }
}

#[test]
fn pixels_have_their_shape_in_the_world_unless_asked_otherwise() {
    // A disc of 200 mm radius in pixels of 5 x 2.5 mm.
    let mut scan = single(120, 240, |x, y| {
        let (x, y) = ((x as f64 - 59.5) * 5.0, (y as f64 - 119.5) * 2.5);
        if x.hypot(y) < 200.0 { 60_000 } else { 1000 }
    });
    scan.pixel_mm = Some([5.0, 2.5]);
    let plain = View::plain(&scan, None).unwrap();
    let sides = |view: &View, screen: Size| {
        let shown = picture(&scan, view, screen, &Cancel::never()).unwrap();
        let field = shown.field();
        let light = |x: usize, y: usize| field.at(x, y) > 30_000.0;
        let middle = view.to_screen(screen, [60.0, 120.0]).map(|at| at as usize);
        let columns = (0..screen.width).filter(|x| light(*x, middle[1])).count();
        let rows = (0..screen.height).filter(|y| light(middle[0], *y)).count();
        [columns as f64, rows as f64]
    };
    for screen in [size(300, 300), size(400, 150), size(60, 60)] {
        for turns in 0..2 {
            let canvas = Canvas::of(&scan, &plain, screen, 1.0);
            let view = plain.turned(canvas, turns).fit(canvas);
            let [wide, high] = sides(&view, screen);
            assert!(
                (wide - high).abs() <= 2.0 && wide > 20.0,
                "{screen:?} {wide} {high}"
            );
            let square = View {
                aspect: Aspect::Pixels,
                ..plain.clone()
            };
            let canvas = Canvas::of(&scan, &square, screen, 1.0);
            let [wide, high] = sides(&square.fit(canvas), screen);
            assert!((high / wide - 2.0).abs() < 0.1, "{wide} {high}");
        }
    }
    // At 1:1 no pixel of the scan is smaller than one of the screen.
    let canvas = Canvas::of(&scan, &plain, size(50, 50), 1.0);
    for view in [
        plain.one_to_one(canvas),
        plain.turned(canvas, 1).one_to_one(canvas),
    ] {
        assert!(!view.is_coarse(size(50, 50)));
        assert!(
            view.zoom_about(canvas, [25.0, 25.0], 0.9)
                .is_coarse(size(50, 50))
        );
    }
    // A size that is a slip of a file is not believed.
    for pixel_mm in [[5.0, 0.0], [f64::NAN, 1.0], [1e-9, 5.0], [-5.0, 5.0]] {
        assert_eq!(Aspect::World.of(Some(pixel_mm)), 1.0);
    }
    let at = after("grey", "A");
    assert_eq!(at.view().aspect, Aspect::Pixels);
    assert!(at.notice().contains("square"), "{}", at.notice());
    assert_eq!(after("grey", "A A").view().aspect, Aspect::World);
    assert_eq!(after("grey", "A u").view().aspect, Aspect::World);
}

#[test]
fn a_file_by_render_keeps_a_pixel_a_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let scan = folder.path().join("scan.png");
    let file = std::fs::File::create(&scan).unwrap();
    let mut encoder = png::Encoder::new(file, 60, 40);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let samples: Vec<u8> = (0..60 * 40 * 2).map(|i| (i % 251) as u8).collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&samples)
        .unwrap();
    let sidecar = "[[plane]]\nname = \"high\"\nfile = \"scan.png\"\npixel_mm = [2.0, 4.0]\n";
    std::fs::write(folder.path().join("scan.scan.toml"), sidecar).unwrap();
    let (scan, out) = (scan.to_str().unwrap(), out.to_str().unwrap());
    let sides = |arguments: &[&str]| {
        let all = [&["render", scan, "-o", out], arguments].concat();
        xamine(all.iter().copied()).exits(0);
        let bytes = std::fs::read(out).unwrap();
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        (side(16), side(20))
    };
    assert_eq!(sides(&[]), (60, 40));
    assert_eq!(sides(&["--size", "60x"]), (60, 80));
    assert_eq!(sides(&["--size", "x40"]), (30, 40));
    assert_eq!(
        sides(&["--window-function", "sigmoid", "--window", "auto-content"]),
        (60, 40)
    );
}

/// The labels of the legend of the scan under filters.
fn labels(filters: &[&str]) -> Vec<String> {
    let scan = load();
    let request = ViewRequest {
        filters: filters.iter().map(ToString::to_string).collect(),
        ..ViewRequest::default()
    };
    let view = View::of(&scan, &request).unwrap();
    let shown = picture(&scan, &view, size(160, 120), &Cancel::never()).unwrap();
    let rows = shown.legend.rows.iter();
    rows.map(|row| row.label.to_string()).collect()
}

#[test]
fn a_legend_names_a_quantity_only_where_there_is_one() {
    for (filters, unit) in [
        (&["smooth=1"][..], " T"),
        (&["log", "median"], " α"),
        (&["gamma=2"], " filtered"),
        (&["sen", "log"], " filtered"),
        (&["~gamma=2"], " T"),
    ] {
        let labels = labels(filters);
        assert!(
            labels.iter().all(|label| label.ends_with(unit)),
            "{labels:?}"
        );
    }
}

#[test]
fn a_legend_says_what_a_band_takes_out_in_the_unit_that_it_was_given() {
    let labels = labels(&["density-band=0.1,0.4", "log"]);
    let last = labels.last().unwrap();
    assert_eq!(last, "below 0.100 T and above 0.400 T, taken out");
}

#[test]
fn a_window_beside_all_values_is_refused_with_the_unit() {
    let view = View::of(&load(), &ViewRequest::default()).unwrap();
    for text in ["30000,20000", "1e99,1", "-3,1"] {
        let problem = view.window_of(&load(), text).unwrap_err().to_string();
        assert!(
            problem.contains("transmission lies between 0 and 2"),
            "{problem}"
        );
    }
    assert!(view.window_of(&load(), "0.9,4").is_ok());
}
