//! Comparison: keys to state, pictures of differences against known truth, registration of sample
//! pictures, and what the record keeps of it.

use std::path::Path;
use std::time::Duration;

use xamine::app::Event;
use xamine::cancel::Cancel;
use xamine::radiograph::{
    Air, Facing, LEAST_CONFIDENCE, Match, Plane, PlaneName, Radiograph, Region, Registration,
    register,
};
use xamine::scan::{Limits, open, resolve};
use xamine::terminal::reader::{Button, Mouse, MouseKind};
use xamine::text::Safe;
use xamine::view::{
    CompareMode, Comparison, Frame, Picture, Pixels, Registered, View, ViewRequest, composed,
    picture,
};

use crate::app_at_work::{AtWork, after, made, work};

/// Scans, keys; mode, row, how both are shown, the other's last digit or what it is of this scan,
/// shift, scale, how it is registered.
const STATES: &[(&str, &str, &str)] = &[
    // begun with the scan before, else with the next, else with the mirror image
    ("grey grey grey", ". y", "compare 1 swipe 1 0,0 x1 no"),
    ("grey grey grey", "y", "compare 0 swipe 2 0,0 x1 no"),
    ("grey", "y", "compare 0 difference mirror 0,0 x1 no"),
    ("broken grey grey", "y", "compare 1 swipe 3 0,0 x1 no"),
    // with what
    ("grey grey grey", "y .", "compare 0 swipe 3 0,0 x1 no"),
    ("grey grey grey", "y . .", "compare 0 swipe 3 0,0 x1 no"),
    ("grey grey grey", "y . ,", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y e", "compare 0 difference mirror 0,0 x1 no"),
    ("dual", "y P", "compare 0 difference low 0,0 x1 no"),
    ("dual", "P y s P", "compare 0 swipe high 0,0 x1 no"),
    ("grey grey", "y P", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y v", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y E", "compare 0 swipe 2 0,0 x1 no"),
    // how
    ("grey grey", "y x", "compare 0 difference 2 0,0 x1 no"),
    ("grey grey", "y X", "compare 0 log-ratio 2 0,0 x1 no"),
    ("grey grey", "y S", "compare 0 side-by-side 2 0,0 x1 no"),
    ("grey grey", "y x s", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y space", "compare 0 blink-other 2 0,0 x1 no"),
    (
        "grey grey",
        "y space space",
        "compare 0 blink-this 2 0,0 x1 no",
    ),
    (
        "grey grey grey",
        "y x .",
        "compare 0 difference 3 0,0 x1 no",
    ),
    // how both lie on each other
    ("grey grey", "y l", "compare 0 swipe 2 -1,0 x1 by-hand"),
    ("grey grey", "y h j", "compare 0 swipe 2 1,-1 x1 by-hand"),
    (
        "grey grey",
        "y alt-h alt-k k",
        "compare 0 swipe 2 10,11 x1 by-hand",
    ),
    ("grey grey", "| y l", "compare 0 swipe 2 1,0 x1 by-hand"),
    ("grey grey", "r y l", "compare 0 swipe 2 0,1 x1 by-hand"),
    (
        "grey grey",
        "y ( (",
        "compare 0 swipe 2 -0.1,0 x1.002 by-hand",
    ),
    (
        "grey grey",
        "y l ( backspace",
        "compare 0 swipe 2 0,0 x1 no",
    ),
    (
        "grey grey",
        "y l <cr>",
        "compare 0 swipe 2 0,0 x1 automatic",
    ),
    (
        "grey grey",
        "y l <cr> l",
        "compare 0 swipe 2 -1,0 x1 by-hand",
    ),
    (
        "grey grey",
        "y l <cr> u",
        "compare 0 swipe 2 -1,0 x1 by-hand",
    ),
    // undone with the view, and left
    ("grey grey", "y l l u", "compare 0 swipe 2 -1,0 x1 by-hand"),
    ("grey grey", "y x u", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y x u U", "compare 0 difference 2 0,0 x1 no"),
    ("grey grey", "y u", "compare 0 alone"),
    ("grey grey", "y esc", "browse 0 alone"),
    ("grey grey", "<cr> y q", "inspect 0 alone"),
    ("grey grey", "y y", "browse 0 alone"),
    ("grey grey", "y x esc u", "browse 0 difference 2 0,0 x1 no"),
    ("grey grey", "y n", "compare 1 alone"),
    // looked at and decided as ever
    ("grey grey", "y + H i", "compare 0 swipe 2 0,0 x1 no"),
    ("grey grey", "y x d", "decide 0 difference 2 0,0 x1 no"),
    ("grey grey", "y x d esc", "compare 0 difference 2 0,0 x1 no"),
    // what cannot be compared
    ("grey blind", "y", "compare 0 alone"),
    ("broken", "y", "browse 0 alone"),
    ("grey failing", "y", "compare 0 alone"),
];

/// The comparison in one line.
fn said(at: &AtWork) -> String {
    let (mode, row) = (at.app.mode.as_str(), at.app.queue.selected);
    let Some(now) = at.app.comparison() else {
        return format!("{mode} {row} alone");
    };
    let own = at.app.desk.scan_id() == Some(now.scan.as_str());
    let other = match (&now.plane, now.mirrored) {
        (Some(plane), _) => plane.clone(),
        (None, true) => "mirror".into(),
        (None, false) => now.scan.chars().last().unwrap().to_string(),
    };
    assert_eq!(own, now.plane.is_some() || now.mirrored, "{now:?}");
    let round = |v: f64| (v * 10.0).round() / 10.0 + 0.0;
    let [x, y] = now.shift.map(round);
    let scale = (now.scale_x * 1000.0).round() / 1000.0;
    let registered = match now.registered {
        Registered::No => "no",
        Registered::Automatic => "automatic",
        Registered::ByHand => "by-hand",
    };
    let shown = now.mode.as_str();
    format!("{mode} {row} {shown} {other} {x},{y} x{scale} {registered}")
}

#[test]
fn keys_compare() {
    let mut wrong = Vec::new();
    for (scans, keys, state) in STATES {
        let got = said(&after(scans, keys));
        if got != *state {
            wrong.push(format!("{scans}: {keys}: {got} instead of {state}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_cannot_be_compared_says_why() {
    for (scans, keys, words) in [
        ("grey blind", "y", "only one of them has an open beam"),
        ("grey grey", "y . .", "no other scan in that direction"),
        ("grey grey", "y E", "knows no other scan of this unit"),
        ("grey grey", "y P", "nothing else of that kind"),
        ("grey blind", "y x", "nothing is compared"),
        ("grey failing", "y", "the data ends early"),
        ("grey dual", "y <cr>", "no match"),
        ("grey grey", "y x y u d c", ""),
    ] {
        let at = after(scans, keys);
        assert!(at.notice().contains(words), "{keys}: {}", at.notice());
    }
}

#[test]
fn earlier_scans_of_the_same_unit_are_known_by_their_number() {
    let mut at = work("");
    for (row, unit) in ["A", "MSKU1234565", "B", "MSKU1234565", "MSKU1234565"]
        .into_iter()
        .enumerate()
    {
        let (mut scan, result) = made("grey", row);
        scan.container = Some(Safe::word(unit));
        at.knows(&scan.path.clone(), result);
        at.found(scan, None);
    }
    at.event(Event::FolderRead {
        others: 0,
        error: None,
    });
    at.keys("G y");
    assert_eq!(said(&at), "compare 4 swipe 4 0,0 x1 no");
    at.keys("E");
    assert_eq!(said(&at), "compare 4 swipe 2 0,0 x1 no");
}

#[test]
fn the_pointer_moves_the_divider() {
    let mut at = after("grey grey", "y");
    let pane = at.app.layout().picture;
    let mouse = |kind, column| {
        Event::Mouse(Mouse {
            kind,
            column,
            row: 3,
            alt: false,
            ctrl: false,
            shift: false,
        })
    };
    at.event(mouse(MouseKind::Press(Button::Left), pane.x));
    let divider = |at: &AtWork| at.app.comparison().unwrap().divider;
    assert!(divider(&at) < 0.03, "{}", divider(&at));
    at.event(mouse(
        MouseKind::Drag(Button::Left),
        pane.x + pane.width / 2,
    ));
    assert!((divider(&at) - 0.5).abs() < 0.03);
    at.keys("left left");
    assert!((divider(&at) - 0.4).abs() < 0.03);
}

#[test]
fn a_steady_blink_waits_for_its_time_and_for_a_fast_line() {
    let mut at = after("grey grey", "y B");
    assert_eq!(said(&at), "compare 0 blink-other 2 0,0 x1 no");
    assert!(at.app.blinks_at().is_some());
    at.event(Event::Tick);
    assert_eq!(said(&at), "compare 0 blink-other 2 0,0 x1 no");
    at.pass(Duration::from_secs(1));
    at.event(Event::Tick);
    assert_eq!(said(&at), "compare 0 blink-this 2 0,0 x1 no");
    at.keys("B");
    assert_eq!(at.app.blinks_at(), None);
    let mut at = after("grey grey", "y");
    at.app.metered = true;
    at.keys("B");
    assert_eq!(at.app.blinks_at(), None);
    assert!(at.notice().contains("too slow"), "{}", at.notice());
}

/// A scan of one plane with air 50 000: texture everywhere, and a block that lets `through` pass.
fn scan(block: Option<(Region, f64)>) -> Radiograph {
    let (width, height) = (96, 64);
    let sample = |i: usize| {
        let (x, y) = (i % width, i / width);
        let texture = 0.3 + 0.4 * ((x / 7 + y / 5) % 3) as f64 / 2.0;
        let inside =
            |r: Region| (r.x..r.x + r.width).contains(&x) && (r.y..r.y + r.height).contains(&y);
        let through = block.filter(|(r, _)| inside(*r)).map_or(1.0, |(_, t)| t);
        (50_000.0 * texture * through).round() as u16
    };
    let samples = (0..width * height).map(sample).collect();
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![Plane {
            air: Some(Air::Uniform(50_000.0)),
            ..Plane::new(PlaneName::Grey, width, height, samples)
        }],
    }
}

/// The picture of a comparison of both, pixel by pixel.
#[allow(clippy::needless_pass_by_value)]
fn both(a: &Radiograph, b: &Radiograph, comparison: Comparison) -> Picture {
    let view = View {
        comparison: Some(comparison.clone()),
        ..View::of(a, &ViewRequest::default()).unwrap()
    };
    let [(here, size), (there, other)] = view.compared(a, b, a.size()).unwrap();
    let made = |r, view: &View, size| picture(r, view, size, &Cancel::never()).unwrap();
    composed(&comparison, &made(a, &here, size), &made(b, &there, other)).unwrap()
}

fn indices(frame: &Frame) -> &[u8] {
    match &frame.pixels {
        Pixels::Indexed { indices, .. } => indices,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_scan_differs_from_itself_nowhere() {
    let a = scan(None);
    for mode in [CompareMode::Difference, CompareMode::LogRatio] {
        let made = both(&a, &a, Comparison::with("a", "main", mode));
        assert!(made.field().values.iter().all(|v| *v == 0.0));
        assert!(indices(&made.frame).iter().all(|i| *i == 127));
    }
}

#[test]
fn a_difference_shows_exactly_the_block_that_was_put_in() {
    let block = Region {
        x: 30,
        y: 20,
        width: 11,
        height: 9,
    };
    let (empty, filled) = (scan(None), scan(Some((block, 0.5))));
    for (mode, a, b, sign) in [
        (CompareMode::Difference, &filled, &empty, -1.0),
        (CompareMode::Difference, &empty, &filled, 1.0),
        (CompareMode::LogRatio, &filled, &empty, -1.0),
    ] {
        let made = both(a, b, Comparison::with("b", "main", mode));
        for (i, value) in made.field().values.iter().enumerate() {
            let (x, y) = (i % 96, i / 96);
            let inside = (30..41).contains(&x) && (20..29).contains(&y);
            assert_eq!(
                *value * sign > 0.01,
                inside,
                "{mode:?} at {x}, {y}: {value}"
            );
            if inside && mode == CompareMode::LogRatio {
                assert!((value + std::f32::consts::LN_2).abs() < 1e-3, "{value}");
            }
            let index = indices(&made.frame)[i];
            assert_eq!(inside, index != 127, "{mode:?} at {x}, {y}: {index}");
        }
    }
}

#[test]
fn a_shifted_scan_differs_nowhere_once_it_is_registered() {
    let a = scan(None);
    let mut b = a.clone();
    let width = b.planes[0].width;
    for row in b.planes[0].samples.chunks_exact_mut(width) {
        row.rotate_right(5);
    }
    let with = Comparison::with("b", "main", CompareMode::Difference);
    let placed = with.placed(
        Registration {
            shift: [5.0, 0.0],
            scale_x: 1.0,
        },
        Registered::ByHand,
    );
    let made = both(&a, &b, placed);
    let values = made.field().values;
    let known = values.iter().filter(|v| !v.is_nan());
    assert!(known.clone().count() >= 64 * 90);
    assert!(known.clone().all(|v| *v == 0.0));
    let moved = both(&a, &b, with);
    assert!(moved.field().values.iter().any(|v| v.abs() > 0.1));
}

#[test]
fn a_symmetric_load_leaves_nothing_in_the_mirror_and_a_lopsided_one_both_sides() {
    let mut a = scan(None);
    let width = a.planes[0].width;
    for row in a.planes[0].samples.chunks_exact_mut(width) {
        for x in 0..width / 2 {
            row[width - 1 - x] = row[x];
        }
    }
    let mirror = Comparison {
        mirrored: true,
        ..Comparison::with("a", "main", CompareMode::Difference)
    };
    let made = both(&a, &a, mirror.clone());
    assert!(made.field().values.iter().all(|v| *v == 0.0));
    a.planes[0].samples[30 * width + 10] = 0;
    let made = both(&a, &a, mirror);
    let values = made.field().values;
    let values: Vec<usize> = (0..values.len()).filter(|i| values[*i] != 0.0).collect();
    assert_eq!(values, [30 * width + 10, 30 * width + width - 1 - 10]);
}

#[test]
fn a_swipe_takes_each_side_from_its_scan_and_side_by_side_shows_both_whole() {
    let (a, b) = (scan(None), scan(None));
    let mut b = b;
    b.planes[0].samples.fill(10_000);
    let with = Comparison {
        divider: 0.25,
        ..Comparison::with("b", "main", CompareMode::Swipe)
    };
    let made = both(&a, &b, with.clone());
    let column = |made: &Picture, x: usize| made.field().values[32 * 96 + x];
    assert!((column(&made, 60) - 0.2).abs() < 1e-6);
    assert!((column(&made, 10) - 0.2).abs() > 0.05);
    assert_eq!(made.frame.width, 96);
    let beside = Comparison {
        mode: CompareMode::SideBySide,
        ..with.clone()
    };
    let made = both(&a, &b, beside);
    assert_eq!((made.frame.width, made.frame.height), (96, 64));
    assert!((column(&made, 70) - 0.2).abs() < 1e-6 && column(&made, 20) > 0.25);
    for (mode, same) in [(CompareMode::BlinkThis, &a), (CompareMode::BlinkOther, &b)] {
        let made = both(
            &a,
            &b,
            Comparison {
                mode,
                ..with.clone()
            },
        );
        let view = View::of(&a, &ViewRequest::default()).unwrap();
        let alone = picture(same, &view, a.size(), &Cancel::never()).unwrap();
        assert_eq!(made.frame, alone.frame);
    }
}

#[test]
fn every_picture_says_what_it_is_of_and_how_it_is_registered() {
    let a = scan(None);
    for mode in [
        CompareMode::SideBySide,
        CompareMode::Swipe,
        CompareMode::BlinkOther,
        CompareMode::Difference,
        CompareMode::LogRatio,
    ] {
        let with = Comparison::with("0123456789abcdef", "main", mode);
        let notes = |c: Comparison| {
            let notes = both(&a, &a, c).legend.notes;
            let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
            notes.join("|")
        };
        let plain = notes(with.clone());
        assert!(
            plain.contains("NOT registered") && plain.contains("0123456789ab"),
            "{plain}"
        );
        let placed = with.placed(with.registration(), Registered::Automatic);
        assert!(notes(placed).contains("registered automatically: 0.0, 0.0 px"));
    }
}

#[test]
fn the_record_names_the_other_scan_and_a_plain_view_says_nothing_of_it() {
    let plain = after("grey", "");
    assert!(
        !serde_json::to_string(plain.view())
            .unwrap()
            .contains("comparison")
    );
    let mut at = after("grey grey", "y l x d c <cr>");
    at.recorded();
    let looks = &at.records[0].1.views;
    let shown: Vec<_> = looks.iter().map(|look| &look.view.comparison).collect();
    let last = shown.last().unwrap().as_ref().unwrap();
    assert!(shown[0].is_none() && last.scan.ends_with('2'), "{shown:?}");
    let text = serde_json::to_value(last).unwrap();
    assert_eq!(
        (text["mode"].as_str(), text["registered"].as_str()),
        (Some("difference"), Some("by-hand"))
    );
    let again: Comparison = serde_json::from_value(text).unwrap();
    assert_eq!(again, *last);
}

/// The planes of a sample.
fn sample(name: &str) -> Vec<Plane> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name);
    let (scan, _) = resolve(&path, false).unwrap();
    let opened = open(&scan, &Limits::default(), &Cancel::never()).unwrap();
    opened.views.into_iter().next().unwrap().planes
}

/// A part of a plane with noise of a thousandth of full scale.
fn part(plane: &Plane, left: usize, top: usize, seed: u64) -> Plane {
    let (width, height) = (plane.width * 4 / 5, plane.height * 4 / 5);
    let mut state = seed | 1;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 131) as i32 - 65
    };
    let mut samples = Vec::new();
    for y in top..top + height {
        let row = &plane.samples[y * plane.width + left..][..width];
        samples.extend(
            row.iter()
                .map(|s| (i32::from(*s) + noise()).clamp(0, 65_535) as u16),
        );
    }
    let mut part = Plane::new(plane.name.clone(), width, height, samples);
    part.air.clone_from(&plane.air);
    if matches!(part.air, Some(Air::Rows(_))) {
        part.air = None;
    }
    part
}

fn lies(a: &Plane, b: &Plane, facing: Facing) -> Option<Match> {
    register(a, b, facing, &Cancel::never()).unwrap()
}

#[test]
fn parts_of_sample_pictures_are_found_where_they_were_cut() {
    for name in [
        "png/truck_16bit.png",
        "truck/truck_high.dcs",
        "chest/chest_15bit_j2k.dcm",
    ] {
        let plane = &sample(name)[0];
        let (far, low) = (plane.width / 10, plane.height / 12);
        let (a, b) = (part(plane, 0, 0, 5), part(plane, far, low, 77));
        let found = lies(&a, &b, Facing::Same).unwrap_or_else(|| panic!("{name}: no match"));
        let [x, y] = found.registration.shift;
        let wide = (found.registration.scale_x - 1.0).abs() * a.width as f64;
        println!("{name}: cut at {far}, {low}: {found:?}");
        assert!(
            (x + far as f64).abs() < 0.5 && (y + low as f64).abs() < 0.5,
            "{name} {found:?}"
        );
        assert!(wide < 0.5, "{name} {found:?}");
        let mut turned = b.clone();
        turned
            .samples
            .chunks_exact_mut(b.width)
            .for_each(<[u16]>::reverse);
        let found = lies(&a, &turned, Facing::Mirrored).unwrap();
        assert!(
            (found.registration.shift[0] + far as f64).abs() < 0.5,
            "{name} {found:?}"
        );
    }
}

#[test]
fn both_energies_of_a_scan_lie_on_each_other_and_different_things_do_not() {
    let truck = sample("truck/truck_high.dcs");
    let both = lies(&truck[0], &truck[1], Facing::Same).unwrap();
    println!("{both:?}");
    let [x, y] = both.registration.shift;
    assert!(x.abs() < 1.0 && y.abs() < 1.0, "{both:?}");
    assert!(both.confidence > LEAST_CONFIDENCE);
    let others = [
        "chest/chest_15bit_j2k.dcm",
        "semiz/semiz_cargo_H_9MeV_u16.tif",
    ];
    for other in others {
        assert_eq!(
            lies(&truck[0], &sample(other)[0], Facing::Same),
            None,
            "{other}"
        );
    }
}
