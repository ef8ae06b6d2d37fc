//! Material displays, strips and alerts: hue is the class, whatever else is done to the picture.

use std::collections::BTreeSet;

use xamine::cancel::Cancel;
use xamine::physics::Class;
use xamine::radiograph::{Air, Energy, Plane, PlaneName, Radiograph, Size};
use xamine::view::{Picture, View, ViewRequest, picture};

/// Columns of one block and rows of the scan.
const BLOCK: usize = 24;
const ROWS: usize = 24;

/// Blocks of attenuation and ratio beside each other.
fn blocks(energies: [&str; 2], blocks: &[(f64, f64)]) -> Radiograph {
    let width = BLOCK * blocks.len();
    let make = |name, energy, low: bool| {
        let samples = (0..width * ROWS)
            .map(|i| {
                let (alpha, ratio) = blocks[i % width / BLOCK];
                let alpha = if low { alpha * ratio } else { alpha };
                (60000.0 * (-alpha).exp()).round() as u16
            })
            .collect();
        let mut plane = Plane::new(name, width, ROWS, samples);
        plane.air = Some(Air::Uniform(60000.0));
        plane.energy = Energy::parse(energy);
        plane
    };
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![
            make(PlaneName::High, energies[0], false),
            make(PlaneName::Low, energies[1], true),
        ],
    }
}

/// Air, thin, organic, inorganic, metal, heavy and no penetration at 6/9 MV.
fn cargo() -> Radiograph {
    let all = [
        (0.0, 1.0),
        (0.3, 1.2),
        (2.0, 1.21),
        (2.0, 1.17),
        (2.0, 1.12),
        (3.0, 1.055),
        (7.5, 1.1),
    ];
    blocks(["9 MV", "6 MV"], &all)
}

const CARGO: [Class; 7] = [
    Class::Air,
    Class::Thin,
    Class::Organic,
    Class::Inorganic,
    Class::Metal,
    Class::Heavy,
    Class::Black,
];

/// The view of a display under filters.
pub(crate) fn view(scan: &Radiograph, display: &str, filters: &[&str]) -> xamine::Result<View> {
    let request = ViewRequest {
        display: Some(display.into()),
        filters: filters.iter().map(ToString::to_string).collect(),
        ..ViewRequest::default()
    };
    View::of(scan, &request)
}

fn shown(scan: &Radiograph, display: &str, filters: &[&str]) -> Picture {
    let view =
        view(scan, display, filters).unwrap_or_else(|e| panic!("{display} {filters:?}: {e}"));
    let size = Size {
        width: scan.width(),
        height: ROWS,
    };
    picture(scan, &view, size, &Cancel::never()).unwrap()
}

/// The colour in the middle of a block.
fn colour(picture: &Picture, block: usize) -> [u8; 3] {
    picture.frame.rgb(block * BLOCK + BLOCK / 2, ROWS / 2)
}

fn is_grey([r, g, b]: [u8; 3]) -> bool {
    r == g && g == b
}

/// Hue in degrees; nothing for grey.
fn hue(rgb: [u8; 3]) -> Option<f64> {
    let [r, g, b] = rgb.map(f64::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    (span > 0.0).then(|| {
        let sixth = if most == r {
            (g - b) / span
        } else if most == g {
            2.0 + (b - r) / span
        } else {
            4.0 + (r - g) / span
        };
        (sixth * 60.0).rem_euclid(360.0)
    })
}

#[test]
fn every_class_has_its_hue_and_states_are_grey() {
    let scan = cargo();
    for (display, hues) in [
        ("material", [36.0, 120.0, 220.0, 220.0]),
        ("material4", [36.0, 120.0, 220.0, 285.0]),
        ("material-safe", [48.0, 120.0, 240.0, 306.0]),
    ] {
        let picture = shown(&scan, display, &[]);
        for (block, class) in CARGO.into_iter().enumerate() {
            let codes = picture.codes().unwrap();
            let at = ROWS / 2 * scan.width() + block * BLOCK + BLOCK / 2;
            assert_eq!(codes[at], class.code(), "{class:?}");
            let rgb = colour(&picture, block);
            if class.is_material() {
                let want = hues[usize::from(class.code()) - 1];
                let got = hue(rgb).unwrap();
                assert!((got - want).abs() < 4.0, "{display} {class:?}: {got}");
            } else {
                assert!(is_grey(rgb), "{display} {class:?}: {rgb:?}");
            }
        }
    }
}

#[test]
fn no_luminance_filter_touches_class_or_hue() {
    let scan = cargo();
    for display in ["material", "material4", "material-safe", "class"] {
        let plain = shown(&scan, display, &[]);
        for filter in [
            "invert",
            "log",
            "gamma=0.6",
            "gamma=2.5",
            "smooth=2",
            "edge=2",
            "local-contrast",
        ] {
            let filtered = shown(&scan, display, &[filter]);
            assert_eq!(filtered.codes(), plain.codes(), "{display} {filter}");
            for (block, class) in CARGO.into_iter().enumerate() {
                let (was, is) = (colour(&plain, block), colour(&filtered, block));
                let (was, is) = (hue(was), hue(is));
                assert_eq!(was.is_some(), is.is_some(), "{display} {filter} {class:?}");
                if let (Some(was), Some(is)) = (was, is) {
                    // Bytes of a dark colour carry its hue to a few degrees.
                    assert!(
                        (was - is).abs() < 6.0,
                        "{display} {filter} {class:?}: {was} {is}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_stripped_is_faint_grey_and_states_stay_as_they_were() {
    let scan = cargo();
    for display in ["material", "material4", "material-safe", "grey"] {
        let plain = shown(&scan, display, &[]);
        for (strip, kept) in [
            ("organic-only", &[Class::Organic][..]),
            ("inorganic-only", &[Class::Inorganic]),
            ("metal-only", &[Class::Metal, Class::Heavy]),
            (
                "organic-stripped",
                &[Class::Inorganic, Class::Metal, Class::Heavy],
            ),
            ("metal-stripped", &[Class::Organic, Class::Inorganic]),
        ] {
            let stripped = shown(&scan, display, &[strip]);
            for (block, class) in CARGO.into_iter().enumerate() {
                let (was, is) = (colour(&plain, block), colour(&stripped, block));
                let at = (block * BLOCK + BLOCK / 2, ROWS / 2);
                let value = stripped.field().at(at.0, at.1);
                if !class.is_material() || kept.contains(&class) {
                    assert_eq!(is, was, "{display} {strip} {class:?}");
                } else {
                    assert!(
                        is_grey(is) && is[0] > 150,
                        "{display} {strip} {class:?}: {is:?}"
                    );
                    assert!(value.is_nan(), "{strip} {class:?}");
                }
                assert!(
                    !kept.contains(&class) || !value.is_nan(),
                    "{strip} {class:?}"
                );
            }
        }
    }
}

#[test]
fn the_alert_is_red_names_the_state_and_nothing_else_is() {
    let scan = cargo();
    let bag = blocks(["160 kV", "160 kV"], &[(1.0, 1.25), (4.6, 1.15)]);
    for display in ["grey", "material", "material-safe", "class", "palette:heat"] {
        for (scan, alarmed) in [(&scan, 5), (&bag, 1)] {
            let picture = shown(scan, display, &["high-z-alert"]);
            let [r, g, b] = colour(&picture, alarmed);
            assert!(r > 150 && g < 60 && b < 60, "{display}: {r} {g} {b}");
            let rows = &picture.legend.rows;
            let alert = rows
                .iter()
                .find(|row| row.label.as_str().starts_with("ALERT"));
            let alert = alert.unwrap_or_else(|| panic!("{display}: {rows:?}"));
            assert!(alert.share.unwrap() > 0.1);
        }
    }
}

#[test]
fn pictures_keep_to_256_colours_and_shares_to_the_whole() {
    for display in ["material", "material4", "material-safe", "class"] {
        for filters in [&[][..], &["high-z-alert", "metal-stripped", "log"]] {
            let picture = shown(&cargo(), display, filters);
            let frame = &picture.frame;
            let places = (0..frame.height).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
            let colours: BTreeSet<[u8; 3]> = places.map(|(x, y)| frame.rgb(x, y)).collect();
            assert!(colours.len() <= 256);
            let sum: f64 = picture.legend.rows.iter().filter_map(|row| row.share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{display} {filters:?}: {sum}");
            let notes = &picture.legend.notes;
            assert!(notes.iter().any(|note| note.as_str().contains("generic")));
        }
    }
}

#[test]
fn what_the_energies_cannot_say_is_refused() {
    let bag = blocks(["160 kV", "160 kV"], &[(1.0, 1.25)]);
    let problem = view(&bag, "material4", &[]).unwrap_err();
    assert_eq!(problem.exit_code(), 1);
    assert!(problem.to_string().contains("megavolt"), "{problem}");
    let mut single = cargo();
    single.planes.truncate(1);
    for (display, filters) in [
        ("material4", &[][..]),
        ("material-safe", &[]),
        ("grey", &["high-z-alert"]),
        ("grey", &["metal-stripped"]),
    ] {
        let problem = view(&single, display, filters).unwrap_err();
        assert_eq!(problem.exit_code(), 1);
        assert!(problem.to_string().contains("one energy only"), "{problem}");
    }
}

#[test]
fn a_ratio_near_a_boundary_is_paler() {
    let scan = blocks(["9 MV", "6 MV"], &[(2.0, 1.21), (2.0, 1.188), (2.0, 1.075)]);
    let picture = shown(&scan, "material4", &[]);
    let [sure, near, _] = [0, 1, 2].map(|block| {
        let [r, g, b] = colour(&picture, block);
        let (most, least) = (f64::from(r.max(g).max(b)), f64::from(r.min(g).min(b)));
        (most - least) / (most + least)
    });
    assert!(near < 0.8 * sure, "{near} {sure}");
    let pale = picture
        .legend
        .notes
        .iter()
        .find(|n| n.as_str().contains("pale"));
    assert!(pale.unwrap().as_str().contains('%'));
}
