//! Backgrounds taken off and materials cancelled, against slabs whose attenuations are known.

use xamine::cancel::Cancel;
use xamine::physics::Class;
use xamine::physics::matter::Matter;
use xamine::physics::scanner::Scanner;
use xamine::radiograph::{Air, Energy, Outline, Plane, PlaneName, Radiograph, Region, Size};
use xamine::view::{Picture, Window, measure, picture, ratio};

use crate::displays::view as asked;

const WIDTH: usize = 120;
const HEIGHT: usize = 40;
/// The wall's steel before everything but the first columns, g/cm2.
const WALL: f64 = 1.6;
/// Columns of the load's blocks, each 20 wide: material and mass thickness in g/cm2.
const BLOCKS: [(usize, &str, f64); 3] =
    [(30, "water", 25.0), (60, "iron", 30.0), (90, "iron", 60.0)];

/// Attenuations of a pile on the shipped system of that place.
fn pile(scanner: &Scanner, layers: &[(&str, f64)]) -> [f64; 2] {
    layers.iter().fold([0.0; 2], |sum, (name, mass)| {
        let matter = Matter::named(name).unwrap();
        let own = scanner.attenuations(&matter, *mass, 0, 1);
        [sum[0] + own[0], sum[1] + own[1]]
    })
}

/// What stands at a column: nothing, the wall alone, or the wall and a block.
fn layers(x: usize, wall: bool) -> Vec<(&'static str, f64)> {
    let wall = Some(("steel", WALL)).filter(|_| wall && x >= 10);
    let block = BLOCKS
        .iter()
        .find(|(from, ..)| (*from..from + 20).contains(&x));
    wall.into_iter()
        .chain(block.map(|(_, name, mass)| (*name, *mass)))
        .collect()
}

/// The scan of the blocks at 6/9 MV, whose attenuations add up.
fn scan(wall: bool) -> Radiograph {
    let scanner = Scanner::generic(3).unwrap();
    let alphas: Vec<[f64; 2]> = (0..WIDTH)
        .map(|x| pile(&scanner, &layers(x, wall)))
        .collect();
    let plane = |name, energy: &str, i: usize| {
        let samples = (0..WIDTH * HEIGHT)
            .map(|at| (60_000.0 * (-alphas[at % WIDTH][i]).exp()).round() as u16);
        let mut plane = Plane::new(name, WIDTH, HEIGHT, samples.collect());
        plane.air = Some(Air::Uniform(60_000.0));
        plane.energy = Energy::parse(energy);
        plane
    };
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![
            plane(PlaneName::High, "9 MV", 0),
            plane(PlaneName::Low, "6 MV", 1),
        ],
    }
}

fn drawn(radiograph: &Radiograph, display: &str, filters: &[&str]) -> Picture {
    let view = asked(radiograph, display, filters).unwrap();
    let size = Size {
        width: WIDTH,
        height: HEIGHT,
    };
    picture(radiograph, &view, size, &Cancel::never()).unwrap()
}

/// The class in the middle of a column.
fn class(picture: &Picture, x: usize) -> Class {
    let codes = picture.codes().unwrap();
    Class::from_code(codes[HEIGHT / 2 * WIDTH + x]).unwrap()
}

/// What a view tells of a region.
fn told(
    view: &xamine::view::View,
    scan: &Radiograph,
    region: Region,
) -> xamine::Result<xamine::view::Measurement> {
    view.measure(
        scan,
        &Outline::Rectangle(region),
        usize::MAX,
        &Cancel::never(),
    )
}

fn region(x: usize) -> Region {
    Region {
        x: x + 4,
        y: 8,
        width: 12,
        height: 24,
    }
}

#[test]
fn a_wall_taken_off_leaves_what_was_behind_it() {
    let (walled, bare) = (scan(true), scan(false));
    let truth = drawn(&bare, "grey", &["log"]);
    let [high, low] = pile(&Scanner::generic(3).unwrap(), &[("steel", WALL)]);
    let by_region = "peel=region,14,5,12,30";
    let by_number = format!("peel={high},{low}");
    let by_material = format!("peel=steel,{WALL}");
    for filter in ["peel=wall", by_region, &by_number, &by_material] {
        let peeled = drawn(&walled, "grey", &[filter, "log"]);
        for x in 12..WIDTH {
            let (got, want) = (peeled.field().at(x, 20), truth.field().at(x, 20));
            assert!((got - want).abs() < 0.004, "{filter} {x}: {got} {want}");
        }
        // In front of nothing, less than nothing is left, and it is air: no impossible matter.
        let classes = drawn(&walled, "class", &[filter]);
        assert_eq!(class(&classes, 3), Class::Air, "{filter}");
        assert_eq!(class(&classes, 20), Class::Air, "{filter}");
        let note = classes.legend.notes.iter().map(ToString::to_string);
        assert!(
            note.clone().any(|note| note.contains("taken off")),
            "{filter}"
        );
    }
}

#[test]
fn what_cannot_be_told_is_not_told_by_taking_something_off() {
    // A column that nothing comes through, at 6/9 MV.
    let mut walled = scan(true);
    for (plane, sample) in walled.planes.iter_mut().zip([20, 12]) {
        for y in 5..35 {
            plane.samples[y * WIDTH + 100..][..6].fill(sample);
        }
    }
    for filters in [&["peel=3,3.5"][..], &["peel=wall"], &["peel=steel,60"], &[]] {
        assert_eq!(
            class(&drawn(&walled, "class", filters), 102),
            Class::Black,
            "{filters:?}"
        );
        let steel = drawn(&walled, "steel", filters);
        assert!(steel.field().at(102, 20).is_nan(), "{filters:?}");
    }
    // Less than nothing is no air.
    let thick = drawn(&walled, "class", &["peel=2,2.3"]);
    assert_eq!(class(&thick, 40), Class::Impossible);
    assert_eq!(class(&thick, 3), Class::Air);
    // At 160 kV, what is too dense for an answer stays so.
    let mut dense = scan(false);
    for (plane, alpha) in dense.planes.iter_mut().zip([4.5_f64, 5.1]) {
        plane.energy = Energy::parse("160 kV");
        plane.samples.fill((60_000.0 * (-alpha).exp()) as u16);
    }
    for filters in [&["peel=1,1.2"][..], &[]] {
        assert_eq!(
            class(&drawn(&dense, "class", filters), 60),
            Class::Dense,
            "{filters:?}"
        );
    }
    let view = asked(&dense, "grey", &["peel=1,1.2"]).unwrap();
    let material = told(&view, &dense, region(60)).unwrap().material.unwrap();
    assert_eq!((material.class, material.z), (Class::Dense, None));
}

#[test]
fn what_was_read_off_a_scan_stays_with_it() {
    let walled = scan(true);
    let view = asked(&walled, "grey", &["peel=wall", "cancel=iron", "log"]).unwrap();
    let next = view.carried_to(&scan(false), None).unwrap();
    let names: Vec<&str> = next.filters.iter().map(|used| used.name.as_str()).collect();
    assert_eq!(names, ["log"]);
}

#[test]
fn a_region_is_measured_as_it_is_seen() {
    let (walled, bare) = (scan(true), scan(false));
    let view = asked(&walled, "grey", &["peel=wall"]).unwrap();
    for (x, name, _) in BLOCKS {
        let z = |measured: xamine::view::Measurement| {
            let material = measured.material.unwrap();
            (material.z.unwrap().z, material.background_subtracted)
        };
        let (got, peeled) = z(told(&view, &walled, region(x)).unwrap());
        let (truth, _) = z(measure(&bare, region(x), None).unwrap());
        let (raw, _) = z(measure(&walled, region(x), None).unwrap());
        println!("{name} at {x}: Z {got:.2} without the wall, {truth:.2} bare, {raw:.2} with it");
        assert!(peeled && (got - truth).abs() < 0.3, "{name}: {got} {truth}");
        if name == "water" {
            assert!(
                (raw - truth).abs() > 0.5,
                "the wall is no bias: {raw} {truth}"
            );
        }
    }
}

#[test]
fn a_region_is_weighed_and_told_with_its_background_too() {
    let mut walled = scan(true);
    walled.pixel_mm = Some([5.0, 4.0]);
    let view = asked(&walled, "grey", &["peel=wall"]).unwrap();
    let (x, _, mass) = BLOCKS[1];
    let material = told(&view, &walled, region(x)).unwrap().material.unwrap();
    // 12 by 24 pixels of 5 by 4 mm.
    let truth = mass * (12 * 24 * 20) as f64 / 100.0 / 1000.0;
    let got = material.mass_kg.unwrap();
    println!("{got:.3} kg, {truth:.3} in truth");
    assert!((got / truth - 1.0).abs() < 0.06, "{got} {truth}");
    let with = material.with_background.as_ref().unwrap();
    assert!(!with.background_subtracted && with.mass_kg.unwrap() > got);
    let document = material.document();
    assert_eq!(document["with_background"]["background_subtracted"], false);
    assert!(document["with_background"].get("with_background").is_none());
    // Without the size of a pixel nothing is weighed; without a background there is one answer.
    let bare = measure(&scan(false), region(x), None)
        .unwrap()
        .material
        .unwrap();
    assert!(bare.mass_kg.is_none() && bare.with_background.is_none());
}

#[test]
fn a_part_alone_can_lose_its_background() {
    let walled = scan(true);
    let raw = drawn(&walled, "grey", &["log"]);
    let part = drawn(&walled, "grey", &["peel=0.1,0.12,30,0,20,40", "log"]);
    for x in [20, 29, 50, 70] {
        assert_eq!(part.field().at(x, 20), raw.field().at(x, 20), "{x}");
    }
    for x in [30, 40, 49] {
        let off = raw.field().at(x, 20) - part.field().at(x, 20);
        assert!((off - 0.1).abs() < 1e-4, "{x}: {off}");
    }
}

#[test]
fn the_cancelled_material_vanishes_and_the_others_stay() {
    let bare = scan(false);
    let left = drawn(&bare, "grey", &["cancel=iron"]);
    let steel = [70, 100].map(|x| left.field().at(x, 20).abs());
    let water = left.field().at(40, 20);
    println!("iron {steel:?}, water {water}");
    // The beam hardens, so a weight is exact for one thickness: that of the middle.
    assert!(
        water > 0.06 && steel[0] < 0.01 && steel[1] < 0.04,
        "{steel:?} {water}"
    );
    let weight = ratio(&bare, &asked(&bare, "grey", &[]).unwrap(), [100, 20]).unwrap();
    let thick = drawn(&bare, "grey", &[&format!("cancel={weight}")]);
    assert!(thick.field().at(100, 20).abs() < 1e-3);
    let note: Vec<String> = left.legend.notes.iter().map(ToString::to_string).collect();
    assert!(
        note.iter().any(|note| note.contains("Z 26 vanishes")),
        "{note:?}"
    );
    // By weight: the difference itself.
    let weighted = drawn(&bare, "grey", &["cancel=1.5"]);
    let scanner = Scanner::generic(3).unwrap();
    let [high, low] = pile(&scanner, &layers(40, false));
    let want = low - 1.5 * high;
    assert!((f64::from(weighted.field().at(40, 20)) - want).abs() < 2e-3);
    // The automatic window spans what is left.
    let [from, to] = left.window.edges();
    assert!(from <= 0.01 && to >= f64::from(water) * 0.99, "{from} {to}");
    assert!(matches!(
        left.window,
        Window {
            unit: xamine::radiograph::Unit::Attenuation,
            ..
        }
    ));
}

#[test]
fn what_cannot_be_taken_off_is_said() {
    let walled = scan(true);
    for (filter, part) in [
        ("peel=region,110,30,20,20", "110,30,20,20"),
        ("peel", "peel=MATERIAL,G_CM2"),
        ("peel=0.1", "peel=MATERIAL,G_CM2"),
        ("peel=steel", "peel=MATERIAL,G_CM2"),
        ("peel=steel,much", "peel=MATERIAL,G_CM2"),
        ("peel=steeel,2", "steeel"),
        ("peel=99,1", "0 to 12"),
        ("cancel=6", "0 to 5"),
        ("cancel=unobtainium", "unobtainium"),
    ] {
        let problem = asked(&walled, "grey", &[filter]).unwrap_err().to_string();
        assert!(problem.contains(part), "{filter}: {problem}");
    }
    let mut single = scan(true);
    single.planes.truncate(1);
    for filter in ["peel=wall", "peel=0.1,0.1", "cancel=1.2"] {
        let problem = asked(&single, "grey", &[filter]).unwrap_err().to_string();
        assert!(problem.contains("one energy"), "{filter}: {problem}");
    }
    let mut dark = scan(true);
    dark.planes
        .iter_mut()
        .for_each(|plane| plane.samples.fill(0));
    let problem = asked(&dark, "grey", &["peel=region,5,5,5,5"])
        .unwrap_err()
        .to_string();
    assert!(problem.contains("nothing comes through"), "{problem}");
    let problem = asked(&dark, "grey", &["peel=wall"])
        .unwrap_err()
        .to_string();
    assert!(problem.contains("no wall"), "{problem}");
}
