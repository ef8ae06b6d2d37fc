//! Regions and lines: numbers against `NumPy`, scikit-image and Shapely, what holds for any shape, what
//! repeats and what does not, keys, mouse, drafts and the record.

use proptest::prelude::*;
use serde_json::Value;
use xamine::app::{Event, Mark, Mode};
use xamine::cancel::Cancel;
use xamine::radiograph::{
    Air, Outline, Plane, PlaneName, Profile, Radiograph, Region, Shape, Tally, Unit,
};
use xamine::terminal::reader::{Button, Mouse, MouseKind};
use xamine::view::{Along, Detail, Measurement, measure_by};

use crate::app_at_work::{AtWork, SIZE, after, work};
use crate::command_line::xamine;
use crate::kept::{matches_kept, root};

/// The scan of `tests/data/regions/make.py`.
fn scan(pixel_mm: Option<[f64; 2]>) -> Radiograph {
    let (width, height) = (96, 64);
    let sample =
        |x: usize, y: usize| (2000 + (7919 * x + 104_729 * y + 31 * x * y) % 50_000) as u16;
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| sample(x, y)));
    Radiograph {
        view: "main".into(),
        pixel_mm,
        planes: vec![Plane {
            air: Some(Air::Uniform(60_000.0)),
            dark: 500.0,
            ..Plane::new(PlaneName::Grey, width, height, rows.collect())
        }],
    }
}

fn shape(word: &str) -> Shape {
    serde_json::from_value(word.into()).unwrap()
}

fn measured(outline: &Outline, pixel_mm: Option<[f64; 2]>) -> Measurement {
    measure_by(&scan(pixel_mm), outline, None, None).unwrap()
}

fn region(x: usize, y: usize, width: usize, height: usize) -> Region {
    Region {
        x,
        y,
        width,
        height,
    }
}

#[test]
fn numbers_are_those_of_numpy_and_its_kin() {
    let text = std::fs::read_to_string(root("tests/data/regions/truth.json")).unwrap();
    let truth: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(truth.len() >= 16);
    for one in &truth {
        let (word, text) = (
            one["shape"].as_str().unwrap(),
            one["text"].as_str().unwrap(),
        );
        let outline = Outline::parse(shape(word), text).unwrap();
        let measured = measured(&outline, None);
        let plane = &measured.planes[0];
        let near = |name: &str, got: f64, wanted: &Value| {
            let wanted = wanted.as_f64().unwrap();
            let off = (got - wanted).abs() / wanted.abs().max(1e-9);
            assert!(off < 1e-9, "{word} {text}: {name} {got} is not {wanted}");
        };
        assert_eq!(
            measured.pixels,
            one["count"].as_u64().unwrap(),
            "{word} {text}"
        );
        let s = &plane.statistics;
        near("mean", s.mean, &one["mean"]);
        near("sd", s.sd, &one["sd"]);
        near("min", f64::from(s.min), &one["min"]);
        near("max", f64::from(s.max), &one["max"]);
        for (at, got) in plane.tally.percentiles.iter().enumerate() {
            near("percentile", *got, &one["percentiles"][at]);
        }
        near("snr", plane.tally.snr.unwrap(), &one["snr"]);
        near(
            "transmission",
            plane.transmission.unwrap(),
            &one["transmission"],
        );
        let integral = plane.tally.attenuation.unwrap();
        assert_eq!(integral.left_out, 0);
        near("integral", integral.sum, &one["integral"]);
        if let Some(profile) = &plane.profile {
            let wanted = one["profile"].as_array().unwrap();
            assert_eq!(profile.values.len(), wanted.len(), "{text}");
            for (got, wanted) in profile.values.iter().zip(wanted) {
                assert!(
                    (f64::from(*got) - wanted.as_f64().unwrap()).abs() < 1e-6,
                    "{text}"
                );
            }
            near("length", outline.length([1.0; 2]).unwrap(), &one["length"]);
        }
    }
}

#[test]
fn sizes_are_in_mm_only_where_a_pixel_has_a_size() {
    let ellipse = Outline::Ellipse(region(10, 10, 20, 10));
    let known = measured(&ellipse, Some([2.0, 5.0]));
    assert_eq!(known.size_mm, Some([40.0, 50.0]));
    assert_eq!(known.area_mm2(), Some(known.pixels as f64 * 10.0));
    let document = known.document(Detail::Whole);
    let integral = &document["planes"]["grey"]["integrated_attenuation"];
    assert_eq!(integral["unit"], "mm2");
    let pixels = measured(&ellipse, None).document(Detail::Whole);
    let plain = &pixels["planes"]["grey"]["integrated_attenuation"];
    assert_eq!(
        (&plain["unit"], &pixels["area_mm2"], &pixels["size_mm"]),
        (&"px2".into(), &Value::Null, &Value::Null)
    );
    let ratio = integral["value"].as_f64().unwrap() / plain["value"].as_f64().unwrap();
    assert!((ratio - 10.0).abs() < 1e-12);

    let line = Outline::Line([[10, 10], [40, 50]]);
    let known = measured(&line, Some([2.0, 5.0])).document(Detail::Whole);
    assert_eq!(known["length"]["px"], 50.0);
    assert!((known["length"]["mm"].as_f64().unwrap() - 60_f64.hypot(200.0)).abs() < 1e-9);
    let unknown = measured(&line, None).document(Detail::Whole);
    assert_eq!(unknown["length"]["mm"], Value::Null);
    assert!(
        unknown["planes"]["grey"]
            .get("integrated_attenuation")
            .is_none()
    );
    assert!(unknown["planes"]["grey"]["profile"]["values"].is_array());
    assert!(
        measured(&line, None).document(Detail::Summary)["planes"]["grey"]
            .get("profile")
            .is_none()
    );
}

#[test]
fn angles_are_of_the_object_and_not_of_its_pixels() {
    let right = Outline::Angle([[40, 10], [10, 10], [10, 40]]);
    let slanted = Outline::Angle([[30, 10], [10, 10], [30, 30]]);
    for (outline, pixel_mm, degrees, unit) in [
        (&right, None, 90.0, "px"),
        (&right, Some([1.0, 9.0]), 90.0, "mm"),
        (&slanted, None, 45.0, "px"),
        (&slanted, Some([1.0, 3_f64.sqrt()]), 60.0, "mm"),
        (
            &Outline::Angle([[5, 5], [10, 5], [20, 5]]),
            None,
            180.0,
            "px",
        ),
        (
            &Outline::Angle([[20, 5], [10, 5], [20, 5]]),
            None,
            0.0,
            "px",
        ),
    ] {
        let angle = &measured(outline, pixel_mm).document(Detail::Whole)["angle"];
        assert!(
            (angle["degrees"].as_f64().unwrap() - degrees).abs() < 1e-9,
            "{angle}"
        );
        assert_eq!(angle["measured_in"], unit);
    }
}

#[test]
fn what_nothing_comes_through_is_left_out_and_counted() {
    let mut scan = scan(None);
    scan.planes[0].samples[..96].fill(500);
    let outline = Outline::Rectangle(region(0, 0, 10, 2));
    let measured = measure_by(&scan, &outline, None, None).unwrap();
    let integral = measured.planes[0].tally.attenuation.unwrap();
    assert_eq!(integral.left_out, 10);
    let bare = Outline::Rectangle(region(0, 1, 10, 1));
    let below = measure_by(&scan, &bare, None, None).unwrap();
    let alone = below.planes[0].tally.attenuation.unwrap();
    assert!((integral.sum - alone.sum).abs() < 1e-12);
    // Without an open beam there is no attenuation, and none is guessed.
    scan.planes[0].air = None;
    let blind = measure_by(&scan, &outline, None, None).unwrap();
    assert_eq!(blind.planes[0].tally.attenuation, None);
    assert_eq!(blind.planes[0].transmission, None);
}

#[test]
fn a_shape_beyond_the_scan_is_refused() {
    for (word, text) in [
        ("ellipse", "90,60,10,10"),
        ("line", "0,0,96,1"),
        ("polygon", "0,0;9,0;0,64"),
    ] {
        let outline = Outline::parse(shape(word), text).unwrap();
        assert_eq!(
            measure_by(&scan(None), &outline, None, None)
                .unwrap_err()
                .exit_code(),
            2
        );
    }
    for (word, text) in [
        ("polygon", "1,2;3,4"),
        ("line", "1,2,1,2"),
        ("angle", "1,2,3,4"),
        ("line", "1,2,3"),
    ] {
        assert_eq!(Outline::parse(shape(word), text), None, "{word} {text}");
    }
}

/// Two square pixels' worth of noise: a sum of uniform numbers, about normal.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            // xorshift64*, Vigna 2016.
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
            sum += bits as f64 / (1_u64 << 53) as f64;
        }
        sum - 6.0
    }
}

fn profile(values: impl Iterator<Item = f64>) -> Profile {
    Profile {
        values: values.map(|value| value as f32).collect(),
        step: 1.0,
        unit: Unit::Sample,
    }
}

/// A grating of slats half as wide as its period, with noise and a slope.
fn grating(period: f64, items: f64, sd: f64, seed: u64) -> Profile {
    let mut noise = Noise(seed * 2 + 1);
    let shift = seed as f64 * 0.37;
    profile((0..(period * items) as usize).map(|i| {
        let phase = (i as f64 / period + shift).fract();
        let slat = if phase < 0.5 { 1.0 } else { 0.0 };
        slat + 0.01 * i as f64 + sd * noise.next()
    }))
}

#[test]
fn the_period_of_a_grating_is_found_within_two_percent() {
    for period in [4.0, 8.3, 20.0, 33.7, 120.5] {
        for items in [6.0, 8.5, 25.0] {
            for seed in 0..20 {
                let found = grating(period, items, 0.1, seed).period();
                let found = found.unwrap_or_else(|| panic!("{period} {items} {seed}"));
                let off = (found.pixels - period).abs();
                assert!(
                    off < 0.02 * period.max(12.0),
                    "{period} {items}: {}",
                    found.pixels
                );
                assert!(
                    (found.items - items).abs() < 0.03 * items + 0.3,
                    "{}",
                    found.items
                );
                assert!(found.confidence > 0.5 && found.confidence <= 1.0);
            }
        }
    }
}

#[test]
fn a_very_long_profile_tells_its_period_too() {
    let found = grating(333.3, 90.0, 0.2, 3).period().unwrap();
    assert!(
        (found.pixels / 333.3 - 1.0).abs() < 0.01,
        "{}",
        found.pixels
    );
    assert!((found.items - 90.0).abs() < 1.0, "{}", found.items);
}

#[test]
fn under_heavy_noise_a_period_is_hardly_ever_a_multiple() {
    let (mut told, mut wrong) = (0, 0);
    for seed in 0..200 {
        if let Some(found) = grating(20.0, 12.0, 0.5, seed).period() {
            told += 1;
            wrong += usize::from((found.pixels - 20.0).abs() > 1.0);
        }
    }
    // A signal of half the noise's spread, over twelve items.
    assert!(told >= 190 && wrong <= 4, "{told} of 200, {wrong} wrong");
}

#[test]
fn noise_steps_and_slopes_have_no_period() {
    type Make = fn(usize, &mut Noise) -> Vec<f64>;
    fn white(n: usize, noise: &mut Noise) -> Vec<f64> {
        (0..n).map(|_| noise.next()).collect()
    }
    fn blurred(n: usize, noise: &mut Noise) -> Vec<f64> {
        let raw = white(n + 6, noise);
        raw.windows(7).map(|w| w.iter().sum()).collect()
    }
    fn walk(n: usize, noise: &mut Noise) -> Vec<f64> {
        let mut at = 0.0;
        (0..n)
            .map(|_| {
                at += noise.next();
                at
            })
            .collect()
    }
    fn blocks(n: usize, noise: &mut Noise) -> Vec<f64> {
        let levels = white(n / 10 + 1, noise);
        (0..n).map(|i| levels[i / 10]).collect()
    }
    let kinds: [(&str, Make); 4] = [
        ("white", white),
        ("blurred", blurred),
        ("walk", walk),
        ("blocks", blocks),
    ];
    for (name, make) in kinds {
        let mut wrong = 0;
        for n in [16, 40, 100, 400] {
            for seed in 0..200 {
                let mut noise = Noise(seed * 7919 + 13);
                let found = profile(make(n, &mut noise).into_iter()).period();
                wrong += usize::from(found.is_some());
            }
        }
        // One in a hundred, with the spread of 800 draws.
        assert!(wrong <= 14, "{name}: {wrong} of 800");
    }
    let straight = profile((0..300).map(f64::from));
    let flat = profile((0..300).map(|_| 7.0));
    let one_step = profile((0..300).map(|i| f64::from(i / 150)));
    for nothing in [straight, flat, one_step, profile(std::iter::empty())] {
        assert_eq!(nothing.period(), None);
    }
}

#[test]
fn a_region_of_slats_tells_their_period_in_mm_the_right_way() {
    let samples = (0..64).flat_map(|_| (0..96).map(|x| if x % 12 < 6 { 20_000 } else { 40_000 }));
    let scan = Radiograph {
        view: "main".into(),
        pixel_mm: Some([2.5, 4.0]),
        planes: vec![Plane::new(PlaneName::Grey, 96, 64, samples.collect())],
    };
    let outline = Outline::Rectangle(region(6, 6, 84, 40));
    let measured = measure_by(&scan, &outline, None, None).unwrap();
    let of = |along| {
        measured
            .periods
            .iter()
            .find(|(way, _)| *way == along)
            .unwrap()
            .1
    };
    let columns = of(Along::Columns).unwrap();
    assert!((columns.pixels - 12.0).abs() < 0.05);
    assert!((measured.period_mm(Along::Columns, columns).unwrap() - 30.0).abs() < 0.15);
    assert!((columns.items - 7.0).abs() < 0.05 && columns.confidence > 0.95);
    assert_eq!(of(Along::Rows), None);
    // Along a slanted line a period is as long as the line says.
    let slanted = Outline::Line([[4, 4], [88, 59]]);
    let measured = measure_by(&scan, &slanted, None, None).unwrap();
    let (along, period) = measured.periods[0];
    let mm = measured.period_mm(along, period.unwrap()).unwrap();
    let wanted = 12.0 * (84.0 * 2.5_f64).hypot(55.0 * 4.0) / 84.0;
    assert!((mm / wanted - 1.0).abs() < 0.01, "{mm} {wanted}");
}

/// Any outline inside 96 x 64.
fn outlines() -> impl Strategy<Value = Outline> {
    let points = proptest::collection::vec((0..96_usize, 0..64_usize), 2..9);
    let shapes = prop_oneof![
        Just(Shape::Rect),
        Just(Shape::Ellipse),
        Just(Shape::Polygon),
        Just(Shape::Line),
        Just(Shape::Angle)
    ];
    (shapes, points).prop_filter_map("points of the shape", |(shape, points)| {
        let points: Vec<[usize; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
        let count = shape.points().unwrap_or(points.len());
        shape.through(points.get(..count)?)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_point_belongs_and_nothing_beyond_the_box(outline in outlines()) {
        let coverage = outline.coverage();
        let bounds = outline.bounds();
        prop_assert_eq!(coverage.bounds, bounds);
        if !matches!(outline, Outline::Ellipse(_)) {
            for point in outline.points() {
                prop_assert!(coverage.holds(point), "{:?}", point);
            }
        }
        for (y, run) in coverage.runs() {
            prop_assert!(!run.is_empty() && run.start >= bounds.x);
            prop_assert!(run.end <= bounds.x + bounds.width && y < bounds.y + bounds.height);
        }
        let counted = coverage.mask().iter().filter(|inside| **inside).count();
        prop_assert_eq!(coverage.count(), counted as u64);
    }

    #[test]
    fn a_move_there_and_back_is_no_move(outline in outlines(), x in -9_isize..9, y in -9_isize..9) {
        let scan = [96, 64];
        let there = outline.moved([x, y], scan);
        let (from, to) = (outline.bounds(), there.bounds());
        prop_assert_eq!((from.width, from.height), (to.width, to.height));
        prop_assert!(to.within(96, 64) == Some(to));
        let by = [from.x as isize - to.x as isize, from.y as isize - to.y as isize];
        prop_assert_eq!(there.moved(by, scan), outline.clone());
        let resized = outline.resized([x, y], scan);
        prop_assert!(resized.bounds().within(96, 64) == Some(resized.bounds()));
        prop_assert_eq!(resized.shape(), outline.shape());
    }

    #[test]
    fn drafts_and_words_read_back(outline in outlines()) {
        let mark = Mark { outline: outline.clone(), label: "a \"crate\"".into(), view: "main".into() };
        let text = serde_json::to_string(&mark).unwrap();
        prop_assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
        prop_assert_eq!(Outline::parse(outline.shape(), &outline.text()), Some(outline));
    }

    #[test]
    fn a_tally_counts_every_pixel_once(outline in outlines()) {
        let scan = scan(None);
        let coverage = outline.coverage();
        let tally = Tally::of(&scan.planes[0], &coverage, &Cancel::never()).unwrap().unwrap();
        prop_assert_eq!(tally.statistics.count, coverage.count());
        prop_assert_eq!(tally.histogram.counts.iter().sum::<u64>(), coverage.count());
        let [p1, p5, p50, p95, p99] = tally.percentiles;
        prop_assert!(f64::from(tally.statistics.min) <= p1 && p1 <= p5 && p5 <= p50);
        prop_assert!(p50 <= p95 && p95 <= p99 && p99 <= f64::from(tally.statistics.max));
    }
}

#[test]
fn marks_of_before_are_read_as_rectangles() {
    let old: Vec<Mark> = serde_json::from_str("[[3,4,5,6]]").unwrap();
    assert_eq!(old, [Outline::Rectangle(region(3, 4, 5, 6)).into()]);
    for bad in [
        "[1,2,3]",
        "{\"shape\":\"line\",\"points\":[[1,1]]}",
        "{\"outline\":3,\"label\":\"\"}",
    ] {
        assert!(serde_json::from_str::<Mark>(bad).is_err(), "{bad}");
    }
}

/// The marks in one line: `>rect 1,2,3,4 'label'`, the selected one with `>`.
fn marks(at: &AtWork) -> String {
    let desk = &at.app.desk;
    let words = desk.marks.iter().enumerate().map(|(i, mark)| {
        let sign = if desk.selected == Some(i) { ">" } else { "" };
        let label = match mark.label.as_str() {
            "" => String::new(),
            label => format!(" '{label}'"),
        };
        let shape = mark.outline.shape().as_str();
        format!("{sign}{shape} {}{label}", mark.outline.text())
    });
    words.collect::<Vec<_>>().join(" | ")
}

/// Keys after `<cr> o c` on a scan of 64 x 48 at one to one, crosshair at 32,24; then the marks.
const KEYS: &[(&str, &str)] = &[
    ("x alt-l down down x", ">rect 32,24,21,3"),
    ("e r alt-l down down x", ">rect 32,24,21,3"),
    ("e e alt-l down down x", ">ellipse 32,24,21,3"),
    ("e l alt-l down x", ">line 32,24;52,25"),
    ("e a alt-l x alt-k x", ">angle 32,24;52,24;52,4"),
    ("e p alt-l x alt-k x x", ">polygon 32,24;52,24;52,4"),
    (
        "e p alt-l x alt-k x alt-j alt-h x",
        ">polygon 32,24;52,24;52,4",
    ),
    // the shape stays for the next
    (
        "e l alt-l x alt-k x down x",
        "line 32,24;52,24 | >line 52,4;52,5",
    ),
    // what is not complete is no mark
    ("e l x", ""),
    ("e p alt-l x x", ""),
    ("e a alt-l x esc", ""),
    ("e p alt-l x alt-k x X x", ""),
    // moving by 1 and 10, as far as the scan goes
    ("x right down x space l j", ">rect 33,25,2,2"),
    ("x right down x space alt-l alt-j", ">rect 42,34,2,2"),
    (
        "x right down x space alt-l alt-l alt-l alt-l",
        ">rect 62,24,2,2",
    ),
    (
        "x right down x space alt-h alt-h alt-h alt-h alt-h k k",
        ">rect 0,22,2,2",
    ),
    (
        "x right down x space right right left left down up",
        ">rect 32,24,2,2",
    ),
    // resizing by 1 and 10
    ("x right down x space L L J", ">rect 32,24,4,3"),
    ("x right down x space alt-L alt-J", ">rect 32,24,12,12"),
    ("x right down x space H H H K K K", ">rect 32,24,1,1"),
    ("x right down x space L L H H J K", ">rect 32,24,2,2"),
    ("e l alt-l x space J L K K", ">line 32,24;53,23"),
    // next and previous, round and round
    (
        "x right x x right x space l space l",
        ">rect 33,24,2,1 | rect 34,24,2,1",
    ),
    (
        "x right x x right x space backspace backspace l",
        "rect 32,24,2,1 | >rect 34,24,2,1",
    ),
    // labels
    (
        "x right x space e 'two crates' <cr>",
        ">rect 32,24,2,1 'two crates'",
    ),
    (
        "x right x space e 'one' <cr> e ' more' <cr>",
        ">rect 32,24,2,1 'one more'",
    ),
    ("x right x space e 'one' esc", ">rect 32,24,2,1"),
    ("x right x space e 'one' <cr> u", ">rect 32,24,2,1"),
    // removing, and undoing that
    ("x right x x right x space X", ">rect 32,24,2,1"),
    ("x right x x right x space backspace X", ">rect 33,24,2,1"),
    ("x right x space X", ""),
    ("x right x space X u", ">rect 32,24,2,1"),
    ("x right x space X u U", ""),
    // a run of moves is one step; views and marks are one line of steps
    ("x right x space l l l u", ">rect 32,24,2,1"),
    ("x right x space l l l u U", ">rect 35,24,2,1"),
    ("x right x space l + l u", ">rect 33,24,2,1"),
    ("x right x space l + l u u u", ">rect 32,24,2,1"),
    ("x right x u", ""),
    ("x right x u U u U", ">rect 32,24,2,1"),
];

#[test]
fn keys_lead_to_marks() {
    for (keys, wanted) in KEYS {
        let at = after("grey", &format!("<cr> o c {keys}"));
        assert_eq!(marks(&at), *wanted, "{keys}");
    }
}

#[test]
fn undo_says_what_it_takes_back_by_taking_back_the_last_change() {
    // Zoomed before and after the mark: each u takes one thing back, the newest first.
    let mut at = after("grey", "<cr> o c + x right x -");
    let zooms = |at: &AtWork| at.view().zoom;
    let (near, count) = (zooms(&at), at.app.desk.marks.len());
    at.keys("u");
    assert!(zooms(&at) > near && at.app.desk.marks.len() == count);
    at.keys("u");
    assert!(at.app.desk.marks.is_empty());
    at.keys("u");
    assert_eq!(zooms(&at), 1.0);
    at.keys("U U U");
    assert_eq!((zooms(&at), at.app.desk.marks.len()), (near, count));
}

#[test]
fn keys_follow_the_picture_when_it_is_turned() {
    let keys = "<cr> o c x right down x r space";
    for (step, wanted) in [
        ("l", "rect 32,23,2,2"),
        ("h", "rect 32,25,2,2"),
        ("k", "rect 31,24,2,2"),
        ("j", "rect 33,24,2,2"),
        ("L", "rect 32,24,2,3"),
        ("J", "rect 32,24,3,2"),
    ] {
        let at = after("grey", &format!("{keys} {step}"));
        assert_eq!(marks(&at), format!(">{wanted}"), "{step}");
    }
}

#[test]
fn the_region_s_keys_end_with_the_region() {
    let mut at = after("grey dual", "<cr> o c x right x space");
    assert_eq!(at.app.mode, Mode::Region);
    at.keys("esc");
    assert_eq!(
        (at.app.mode, at.app.desk.selected),
        (Mode::Inspect, Some(0))
    );
    at.keys("space X");
    assert_eq!(at.app.mode, Mode::Inspect);
    at.keys("u space u");
    assert_eq!(
        at.app.mode,
        Mode::Inspect,
        "undo took the region with its keys"
    );
    at.keys("x right x space .");
    assert_ne!(at.app.mode, Mode::Region);
    assert!(at.app.desk.marks.is_empty());
    // From the form to a region and back.
    let mut at = after("grey", "d m x right x space d");
    assert_eq!(at.app.mode, Mode::Decide);
    at.keys("esc esc esc");
    assert_eq!(at.app.mode, Mode::Browse);
}

#[test]
fn enter_shows_the_numbers_and_enter_hides_them() {
    let mut at = after("grey", "<cr> o c x alt-l down down x <cr>");
    let text = at.screen();
    for words in [
        "Histogram of the rectangle, grey",
        "21 x 3 px",
        "105 x 15 mm",
        "1575 mm2",
        "mean",
        "5 x 5 mm",
    ] {
        let words = words.replace("5 x 5 mm", "5.00 x 5.00 mm");
        assert!(text.contains(&words), "{words}\n{text}");
    }
    at.keys("<cr>");
    assert!(!at.screen().contains("Histogram of"));
    at.keys("<cr> esc");
    assert!(!at.screen().contains("Histogram of") && at.app.mode == Mode::Inspect);
    at.keys("e l alt-h alt-k x <cr>");
    let text = at.screen();
    assert!(text.contains("Profile along the line, grey"), "{text}");
    assert!(text.contains("length 141 mm"), "{text}");
    // A smaller screen keeps the plot and the length with what it means.
    let mut at = AtWork::of(60, 20);
    at.folder("grey");
    at.keys("<cr> o c e l alt-h alt-h x <cr>");
    let text = at.screen();
    for words in ["Profile along", "length", "mm hold where", "T "] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    // Samples where no air is known.
    let text = after("blind", "<cr> o c x alt-l alt-k x <cr>").screen();
    assert!(
        text.contains("smp") && !text.contains("transmission"),
        "{text}"
    );
}

#[test]
fn screens_with_a_plot_are_as_they_were_judged() {
    for (columns, rows) in [(60, 20), (80, 24), (160, 50)] {
        for (name, scans, keys) in [
            ("histogram", "dual", "<cr> o c e e alt-l alt-j x <cr>"),
            (
                "profile",
                "dual",
                "<cr> o c alt-h e l alt-l alt-l down x space e 'wall' <cr> <cr>",
            ),
            ("angle", "dual", "<cr> o c e a alt-l x alt-k x <cr>"),
        ] {
            let mut at = AtWork::of(columns, rows);
            at.folder(scans);
            at.keys(keys);
            let file = format!("tests/data/regions/{name}-{columns}x{rows}.txt");
            matches_kept(&root(&file), &at.screen());
        }
    }
}

/// Does a thing with the mouse at a scan pixel of a picture at one to one in half-blocks.
fn mouse(at: &mut AtWork, kind: MouseKind, pixel: [usize; 2]) {
    let pane = at.app.layout().picture;
    let size = xamine::radiograph::Size {
        width: usize::from(pane.width),
        height: usize::from(pane.height) * 2,
    };
    let [x, y] = at.view().to_screen(size, pixel.map(|n| n as f64 + 0.5));
    at.event(Event::Mouse(Mouse {
        kind,
        column: pane.x + x.floor() as u16,
        row: pane.y + (y / 2.0).floor() as u16,
        ctrl: false,
        alt: false,
        shift: false,
    }));
}

fn dragged(at: &mut AtWork, button: Button, from: [usize; 2], to: [usize; 2]) {
    mouse(at, MouseKind::Press(button), from);
    mouse(at, MouseKind::Drag(button), [from[0], to[1]]);
    mouse(at, MouseKind::Drag(button), to);
    mouse(at, MouseKind::Release(button), to);
}

/// The bounds of the only mark.
fn only(at: &AtWork) -> Region {
    assert_eq!(at.app.desk.marks.len(), 1);
    at.app.desk.marks[0].outline.bounds()
}

#[test]
fn the_mouse_draws_selects_moves_and_resizes() {
    let near = |a: usize, b: usize| a.abs_diff(b) <= 1;
    let mut at = after("grey", "<cr> o");
    dragged(&mut at, Button::Right, [20, 16], [40, 32]);
    let drawn = only(&at);
    // A cell is two pixels high.
    assert!(near(drawn.x, 20) && near(drawn.y, 16), "{drawn:?}");
    assert!(near(drawn.width, 21) && near(drawn.height, 17), "{drawn:?}");
    // Its inside moves it.
    dragged(&mut at, Button::Left, [30, 24], [35, 28]);
    let moved = only(&at);
    assert_eq!((moved.width, moved.height), (drawn.width, drawn.height));
    assert!(
        moved.x == drawn.x + 5 && near(moved.y, drawn.y + 4),
        "{moved:?}"
    );
    // A corner resizes it, the opposite one stays.
    let corner = [moved.x + moved.width - 1, moved.y + moved.height - 1];
    dragged(
        &mut at,
        Button::Left,
        corner,
        [corner[0] + 8, corner[1] + 6],
    );
    let larger = only(&at);
    assert_eq!((larger.x, larger.y), (moved.x, moved.y));
    assert!(
        near(larger.width, moved.width + 8) && near(larger.height, moved.height + 6),
        "{larger:?}"
    );
    // Each drag is one step.
    at.keys("u");
    assert_eq!(only(&at), moved);
    at.keys("u");
    assert_eq!(only(&at), drawn);
    // A click beside it lets go, a click on it takes it.
    let before = at.view().clone();
    for (pixel, selected) in [([60, 44], None), ([30, 24], Some(0))] {
        mouse(&mut at, MouseKind::Press(Button::Left), pixel);
        mouse(&mut at, MouseKind::Release(Button::Left), pixel);
        assert_eq!(at.app.desk.selected, selected);
    }
    assert_eq!(*at.view(), before);
    // What is not selected is not dragged: the picture pans, as ever.
    mouse(&mut at, MouseKind::Press(Button::Left), [60, 44]);
    mouse(&mut at, MouseKind::Release(Button::Left), [60, 44]);
    at.keys("+ + +");
    let (view, mark) = (at.view().clone(), only(&at));
    dragged(&mut at, Button::Left, [30, 24], [35, 26]);
    assert_ne!(at.view().region, view.region);
    assert_eq!(only(&at), mark);
}

#[test]
fn clicks_of_the_right_button_set_points() {
    let mut at = after("grey", "<cr> o c e p esc");
    let click = |at: &mut AtWork, pixel| {
        mouse(at, MouseKind::Press(Button::Right), pixel);
        mouse(at, MouseKind::Release(Button::Right), pixel);
    };
    for pixel in [[10, 10], [30, 10], [20, 30]] {
        click(&mut at, pixel);
    }
    assert!(at.app.desk.marks.is_empty() && at.app.desk.pending.is_some());
    click(&mut at, [20, 30]);
    assert_eq!(at.app.desk.marks[0].outline.shape(), Shape::Polygon);
    // Smallest first: a mark inside another can be taken.
    at.keys("e r esc");
    dragged(&mut at, Button::Right, [0, 0], [50, 38]);
    mouse(&mut at, MouseKind::Press(Button::Left), [62, 42]);
    mouse(&mut at, MouseKind::Release(Button::Left), [62, 42]);
    assert_eq!(at.app.desk.selected, None);
    mouse(&mut at, MouseKind::Press(Button::Left), [20, 20]);
    mouse(&mut at, MouseKind::Release(Button::Left), [20, 20]);
    assert_eq!(at.app.desk.selected, Some(0));
}

#[test]
fn marks_are_kept_in_drafts_and_come_back() {
    let mut at = after(
        "grey dual",
        "<cr> o c e e alt-l alt-j x space e 'drum' <cr>",
    );
    let kept = at.app.desk.marks.clone();
    assert_eq!(at.drafts[0].marks, kept);
    at.keys("esc . ,");
    assert_eq!(at.app.desk.marks, kept);
    at.keys("space X");
    assert!(at.drafts.is_empty());
}

#[test]
fn the_record_has_shape_points_label_and_numbers() {
    let mut at = work("dual");
    at.keys("<cr> o c e e alt-l alt-j x space e 'drum' <cr> esc");
    at.keys("e l alt-h x e a alt-l x alt-k x d s <space> <cr>");
    let regions = serde_json::to_value(&at.records[0].1.regions).unwrap();
    let (w, h) = (SIZE.0 as f64, SIZE.1 as f64);
    let ellipse = &regions[0];
    assert_eq!(
        (&ellipse["shape"], &ellipse["label"]),
        (&"ellipse".into(), &"drum".into())
    );
    assert_eq!(
        ellipse["points"],
        serde_json::json!([[32.0, 24.0], [53.0, 45.0]])
    );
    assert!(w > 53.0 && h > 45.0);
    assert_eq!(ellipse["mm"], serde_json::json!([105.0, 105.0]));
    assert_eq!(ellipse["measured"]["shape"], "ellipse");
    assert!(ellipse["measured"]["planes"]["high"]["percentiles"]["50"].is_number());
    assert!(ellipse["stats"]["high"]["mean"].is_number());
    assert!(ellipse["material"]["class"].is_string());
    let line = &regions[1];
    assert_eq!(line["shape"], "line");
    assert_eq!(
        line["points"],
        serde_json::json!([[52.5, 44.5], [32.5, 44.5]])
    );
    assert_eq!(line["measured"]["length"]["mm"], 100.0);
    assert!(line["measured"]["planes"]["high"].get("profile").is_none());
    // An angle is a line with a vertex, so that readers of before can read it.
    let angle = &regions[2];
    assert_eq!(
        (&angle["shape"], angle["points"].as_array().unwrap().len()),
        (&"line".into(), 3)
    );
    assert_eq!(angle["measured"]["shape"], "angle");
    assert_eq!(angle["measured"]["angle"]["degrees"], 90.0);
}

#[test]
fn measure_takes_every_shape() {
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    for (option, text, shape) in [
        ("--region", "68,29,14,12", "rect"),
        ("--ellipse", "68,29,14,12", "ellipse"),
        ("--polygon", "68,29;81,29;81,40;68,40", "polygon"),
        ("--line", "68,29,81,40", "line"),
        ("--angle", "68,29,75,35,81,29", "angle"),
    ] {
        let (out, err) = xamine(["measure", scan, option, text, "--json"]).exits(0);
        assert_eq!(err, "");
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document["shape"], shape);
        let area = ["rect", "ellipse", "polygon"].contains(&shape);
        assert_eq!(document["material"].is_object(), area, "{shape}");
        assert_eq!(
            document["planes"]["high"]["integrated_attenuation"].is_object(),
            area
        );
        assert_eq!(document.get("length").is_some(), shape == "line");
        assert_eq!(document.get("angle").is_some(), shape == "angle");
        let (out, _) = xamine(["measure", scan, option, text]).exits(0);
        assert!(
            out.contains("no pixel size") || out.contains("not known"),
            "{out}"
        );
    }
    // A polygon through the corners is the rectangle, its material included.
    let of = |option, text| {
        let (out, _) = xamine(["measure", scan, option, text, "--json"]).exits(0);
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let (rect, polygon) = (
        of("--region", "68,29,14,12"),
        of("--polygon", "68,29;81,29;81,40;68,40"),
    );
    for member in ["region", "planes", "material", "periods", "pixels"] {
        assert_eq!(rect[member], polygon[member], "{member}");
    }
    for arguments in [
        &["measure", scan][..],
        &["measure", scan, "--region", "1,1,2,2", "--line", "1,1,5,5"],
        &["measure", scan, "--line", "1,1"],
        &["measure", scan, "--polygon", "1,1;2,2"],
        &["measure", scan, "--line", "0,0,200,0"],
        &["measure", scan, "--ellipse", "0,0,0,5"],
    ] {
        let (_, err) = xamine(arguments.iter().copied()).exits(2);
        assert!(!err.is_empty(), "{arguments:?}");
    }
}
