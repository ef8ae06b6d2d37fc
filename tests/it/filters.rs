//! Filters against what `OpenCV`, scikit-image and `SciPy` make of the same picture, against what must
//! hold of them, and from afar against the mean of the full resolution.
//!
//! `tests/data/filters/make.py` makes the references; tolerances are of full scale.

use xamine::cancel::{Cancel, Generations};
use xamine::filter::{FILTERS, Filter, FilterUse, find};
use xamine::radiograph::{Air, Field, Plane, PlaneName, Polarity, Radiograph, Size, Unit};
use xamine::view::{View, ViewRequest, picture};

use crate::kept::root;

const WIDTH: usize = 96;
const HEIGHT: usize = 80;
const AIR: f32 = 60_000.0;

/// The numbers of a `.npy` file of two dimensions, float32 or uint16 in little-endian order.
fn array(name: &str) -> Vec<f32> {
    let bytes = std::fs::read(root(&format!("tests/data/filters/{name}.npy"))).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00", "{name}");
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = String::from_utf8(bytes[10..start].to_vec()).unwrap();
    assert!(header.contains("'fortran_order': False"), "{header}");
    assert!(header.contains(&format!("({HEIGHT}, {WIDTH})")), "{header}");
    let data = &bytes[start..];
    if header.contains("'<f4'") {
        let four = data.chunks_exact(4);
        four.map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect()
    } else {
        assert!(header.contains("'<u2'"), "{header}");
        let two = data.chunks_exact(2);
        two.map(|b| f32::from(u16::from_le_bytes(b.try_into().unwrap())))
            .collect()
    }
}

fn field(width: usize, values: Vec<f32>) -> Field {
    Field {
        width,
        height: values.len() / width,
        values,
        unit: Unit::Transmission,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
    }
}

fn scene() -> Field {
    let samples = array("picture");
    field(WIDTH, samples.iter().map(|s| s / AIR).collect())
}

fn row(name: &str) -> &'static Filter {
    find(name).unwrap()
}

fn applied_at(text: &str, mut field: Field, scale: f64) -> Field {
    let used: FilterUse = text.parse().unwrap();
    let done = row(&used.name).apply(&mut field, &used.args, scale, &Cancel::never());
    assert_eq!(done, Ok(()), "{text}");
    field
}

fn applied(text: &str, field: Field) -> Field {
    applied_at(text, field, 1.0)
}

/// The largest difference, `margin` pixels at the border left out.
fn off(found: &[f32], expected: &[f32], margin: usize) -> f32 {
    let mut most = 0.0_f32;
    for y in margin..HEIGHT - margin {
        for x in margin..WIDTH - margin {
            let at = y * WIDTH + x;
            let by = (found[at] - expected[at]).abs();
            assert!(!by.is_nan(), "{x},{y}: {} {}", found[at], expected[at]);
            most = most.max(by);
        }
    }
    most
}

/// Filter, reference, tolerance, border left out because the reference goes on beyond it.
const REFERENCES: &[(&str, &str, f32, usize)] = &[
    ("log", "log", 1e-5, 0),
    ("gamma=1.8", "gamma", 2e-6, 0),
    ("high-penetration", "high_penetration", 2e-6, 0),
    ("low-penetration", "low_penetration", 2e-6, 0),
    ("equalize", "equalize", 2e-3, 0),
    ("smooth=1.5", "smooth", 2e-6, 0),
    ("unsharp=1,2", "unsharp", 4e-6, 0),
    ("unsharp=1.5,1,0.03", "unsharp_threshold", 4e-6, 0),
    ("unsharp=1,2", "unsharp_opencv", 4e-6, 6),
    ("edge=1,2", "unsharp_opencv", 4e-6, 6),
    ("median=1", "median3", 1e-6, 0),
    ("median=2", "median5", 1e-6, 0),
    ("median=1", "median3_opencv", 1e-6, 1),
    ("median=3", "median7_scipy", 1e-6, 3),
    ("bilateral=2,0.05", "bilateral", 1e-3, 3),
    ("open=2", "open", 1e-7, 0),
    ("close=2", "close", 1e-7, 0),
    ("edge-only=4", "edge_only", 4e-6, 0),
    ("relief=135,2", "relief", 4e-6, 0),
    ("local-contrast=8,6", "local_contrast", 2e-4, 0),
    ("sen=6,0.8,8", "sen", 2e-5, 24),
];

#[test]
fn every_filter_agrees_with_its_reference() {
    let mut wrong = Vec::new();
    for (filter, reference, tolerance, margin) in REFERENCES {
        let found = applied(filter, scene());
        let most = off(&found.values, &array(reference), *margin);
        println!("{filter}: {reference} within {most:.2e} of {tolerance:.0e}");
        if most > *tolerance {
            wrong.push(format!("{filter}: {most} off {reference}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn clahe_agrees_with_that_of_opencv() {
    // OpenCV blends the tiles half a pixel aside: a hundredth of the 48 columns of a tile.
    let found = applied("clahe=2,8.54", field(WIDTH, array("clahe_input")));
    let most = off(&found.values, &array("clahe"), 0);
    println!("clahe within {most:.2e}");
    assert!(most < 0.012, "{most}");
}

#[test]
fn destripe_finds_known_stripes() {
    let striped = field(WIDTH, array("striped"));
    let found = applied("destripe=0,3", striped.clone());
    assert!(off(&found.values, &array("destriped"), 0) < 2e-5);
    // Stripes of a flat scene vanish, and along columns as along rows.
    let gain = |y: usize| 1.0 + 0.05 * ((y * 7919 % 13) as f32 / 6.0 - 1.0);
    let lines: Vec<f32> = (0..60 * 50).map(|i| 0.4 * gain(i / 60)).collect();
    let flat = |field: &Field| {
        let few = field.values.iter().copied();
        let (low, high) = few.fold((1.0_f32, 0.0_f32), |(a, b), v| (a.min(v), b.max(v)));
        high - low
    };
    let before = field(60, lines);
    let rows = applied("destripe=0,10", before.clone());
    let columns = applied("destripe=1,10", transposed(&before));
    assert!(
        flat(&before) > 0.03 && flat(&rows) < 0.35 * flat(&before),
        "{}",
        flat(&rows)
    );
    assert_eq!(transposed(&columns).values, rows.values);
    // One bad row goes wholly; sums where the unit is attenuation.
    let mut one = field(60, vec![2.0; 60 * 20]);
    (one.unit, one.polarity) = (Unit::Attenuation, Polarity::BrightIsDense);
    one.values[60 * 9..60 * 10].fill(2.06);
    let fixed = applied("destripe", one);
    assert!(fixed.values.iter().all(|v| (v - 2.0).abs() < 1e-6));
    // A beam along the whole picture is no stripe.
    let mut beam = field(60, vec![0.8; 60 * 20]);
    beam.values[60 * 9..60 * 10].fill(0.5);
    assert_eq!(applied("destripe", beam.clone()), beam);
    // A scene without stripes hardly changes.
    let plain = scene();
    let after = applied("destripe=0,3", plain.clone());
    let change = off(&after.values, &plain.values, 0);
    assert!(change < 0.02, "{change}");
}

fn transposed(f: &Field) -> Field {
    let values = (0..f.values.len())
        .map(|i| f.values[(i % f.height) * f.width + i / f.height])
        .collect();
    Field {
        width: f.height,
        height: f.width,
        values,
        ..f.with_values(f.values.clone())
    }
}

fn mirrored(f: &Field) -> Field {
    let mut values = f.values.clone();
    values.chunks_mut(f.width).for_each(<[f32]>::reverse);
    f.with_values(values)
}

/// Filters of values and neighbours, by their defaults.
fn changing() -> impl Iterator<Item = &'static Filter> {
    use xamine::filter::Work;
    FILTERS
        .iter()
        .filter(|row| matches!(row.work, Work::Point(_) | Work::Neighbourhood(_)))
}

/// A picture with holes, in every unit that a filter meets.
fn fields(width: usize, height: usize) -> Vec<Field> {
    let value = |i: usize| {
        let (x, y) = (i % width, i / width);
        let noise = (i * 7919 % 1009) as f32 / 1009.0;
        0.02 + 0.6 * f32::from(u8::from(x / 7 % 2 == y / 5 % 2)) + 0.3 * noise
    };
    let mut t = field(width, (0..width * height).map(value).collect());
    for i in (0..width * height).step_by(97) {
        t.values[i] = f32::NAN;
    }
    t.values[width * (height / 2)..width * (height / 2) + width / 3].fill(f32::NAN);
    let of = |unit, polarity, full_scale, map: &dyn Fn(f32) -> f32| Field {
        unit,
        polarity,
        full_scale,
        ..t.with_values(t.values.iter().map(|v| map(*v)).collect())
    };
    vec![
        t.clone(),
        of(Unit::Sample, Polarity::BrightIsAir, 65535.0, &|v| {
            v * 65535.0
        }),
        of(Unit::Sample, Polarity::BrightIsDense, 65535.0, &|v| {
            (1.0 - v) * 65535.0
        }),
        of(Unit::Attenuation, Polarity::BrightIsDense, 1.0, &|v| {
            -v.ln()
        }),
        of(Unit::Steel, Polarity::BrightIsDense, 23.0, &|v| {
            -23.0 * v.ln()
        }),
    ]
}

#[test]
fn holes_stay_holes_and_spread_nothing_in_every_unit() {
    for row in changing() {
        for before in fields(70, 43) {
            for scale in [1.0, 0.31] {
                let after = applied_at(row.name, before.clone(), scale);
                let pairs = before.values.iter().zip(&after.values);
                for (b, a) in pairs {
                    assert_eq!(b.is_nan(), a.is_nan(), "{} {:?}", row.name, before.unit);
                    assert!(a.is_nan() || a.is_finite(), "{}", row.name);
                }
            }
        }
    }
}

#[test]
fn a_constant_stays_constant() {
    for row in changing() {
        // Eight tiles of equal size; one with holes has another clip limit.
        for mut flat in fields(40, 24) {
            let value = flat.values[1];
            if row.name == "clahe" {
                flat.values.fill(value);
            }
            flat.values
                .iter_mut()
                .filter(|v| !v.is_nan())
                .for_each(|v| *v = value);
            let full = flat.full_scale;
            let after = applied(row.name, flat);
            let values = || after.values.iter().copied().filter(|v| !v.is_nan());
            let (low, high) = (
                values().fold(f32::MAX, f32::min),
                values().fold(f32::MIN, f32::max),
            );
            assert!(high - low < 1e-4 * full, "{}: {low} to {high}", row.name);
        }
    }
}

#[test]
fn mirrored_in_is_mirrored_out() {
    // Levels of a pyramid lie alike from both sides where a side is a power of two and one.
    for row in changing().filter(|row| row.name != "relief") {
        // Tiles of whole pixels.
        let text = if row.name == "clahe" {
            "clahe=5"
        } else {
            row.name
        };
        for before in fields(65, 33) {
            let there = applied(text, mirrored(&before));
            let back = mirrored(&applied(text, before.clone()));
            for (a, b) in there.values.iter().zip(&back.values) {
                let near = (a - b).abs() < 1e-4 * before.full_scale || a.is_nan() && b.is_nan();
                assert!(near, "{}: {a} {b}", row.name);
            }
        }
    }
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let on = |threads: usize, row: &Filter, field: &Field| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| applied(row.name, field.clone()))
    };
    for row in changing() {
        for before in [&fields(301, 400)[0], &fields(131_072, 5)[3]] {
            let bits = |f: Field| f.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert!(
                bits(on(1, row, before)) == bits(on(2, row, before)),
                "{}",
                row.name
            );
        }
    }
}

#[test]
fn a_newer_key_ends_every_filter() {
    let generations = Generations::default();
    let old = generations.start();
    generations.stop();
    for row in changing().filter(|row| row.name != "invert") {
        let mut field = fields(50, 40).remove(0);
        let done = row.apply(&mut field, &[], 1.0, &old);
        assert_eq!(done, Err(xamine::Error::Cancelled), "{}", row.name);
    }
}

#[test]
fn impulses_go_and_edges_stay_under_a_median() {
    let mut values: Vec<f32> = (0..20 * 15)
        .map(|i| if i % 20 < 9 { 0.2 } else { 0.8 })
        .collect();
    let clean = values.clone();
    for i in [45, 130, 214] {
        values[i] = 1.0 - values[i];
    }
    let after = applied("median", field(20, values));
    assert_eq!(after.values, clean);
}

#[test]
fn an_opening_lies_below_and_a_closing_above_in_brightness() {
    for before in fields(70, 43) {
        let sign = if before.polarity == Polarity::BrightIsDense {
            -1.0
        } else {
            1.0
        };
        let opened = applied("open=3", before.clone());
        let closed = applied("close=3", before.clone());
        for (i, v) in before
            .values
            .iter()
            .enumerate()
            .filter(|(_, v)| !v.is_nan())
        {
            assert!(sign * opened.values[i] <= sign * v && sign * v <= sign * closed.values[i]);
        }
        // What was opened once stays as it is.
        let again = applied("open=3", opened.clone());
        let pairs = again.values.iter().zip(&opened.values);
        assert!(pairs.filter(|(a, _)| !a.is_nan()).all(|(a, b)| a == b));
    }
}

/// The mean of blocks of `by` pixels.
fn coarser(f: &Field, by: usize) -> Field {
    let (width, height) = (f.width / by, f.height / by);
    let mean = |i: usize| {
        let (x, y) = (i % width * by, i / width * by);
        let block = (0..by * by).map(|k| f.values[(y + k / by) * f.width + x + k % by]);
        block.sum::<f32>() / (by * by) as f32
    };
    Field {
        width,
        height,
        values: (0..width * height).map(mean).collect(),
        ..*f
    }
}

/// A scene as scanners see it: things some pixels wide and large ones, edges under a blur of a pixel
/// and a half, and noise of 1 %.
fn blurred(width: usize, height: usize) -> Field {
    let alpha = |x: f32, y: f32| {
        let soft = |d: f32| 0.5 - 0.5 * (d / 2.1).tanh();
        let disc = |cx: f32, cy: f32, r: f32| soft((x - cx).hypot(y - cy) - r);
        0.1 + 2.5 * disc(240.0, 240.0, 120.0)
            + 1.2 * disc(600.0, 320.0, 200.0)
            + 0.8 * soft((x - 400.0).abs() - 6.0)
            + 0.4 * soft((y - 480.0).abs() - 12.0)
    };
    let value = |i: usize| {
        let noise = ((i * 7919 + i / 31 * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        (-alpha((i % width) as f32, (i / width) as f32)).exp() * (1.0 + 0.035 * noise)
    };
    field(width, (0..width * height).map(value).collect())
}

/// Shares of the pixels whose answer from afar is off by more than 1 % and by more than 10 % of the
/// range of the answer.
fn apart(text: &str, full: &Field, by: usize) -> [f64; 2] {
    let afar = applied_at(text, coarser(full, by), 1.0 / by as f64);
    let near = coarser(&applied(text, full.clone()), by);
    let ends = |(low, high): (f32, f32), v: &f32| (low.min(*v), high.max(*v));
    let (low, high) = near.values.iter().fold((f32::MAX, f32::MIN), ends);
    [0.01, 0.1].map(|limit| {
        let pairs = afar.values.iter().zip(&near.values);
        let off = pairs.filter(|(a, b)| (*a - *b).abs() > limit * (high - low));
        off.count() as f64 / afar.values.len() as f64
    })
}

#[test]
fn from_afar_agrees_or_says_preview() {
    let full = blurred(960, 640);
    for text in [
        "invert",
        "log",
        "gamma=1.8",
        "gamma=0.6",
        "high-penetration",
        "low-penetration",
        "smooth=1",
        "smooth=3",
        "smooth=6",
        "edge",
        "edge=3,2",
        "unsharp",
        "unsharp=1.5,4",
    ] {
        let used: FilterUse = text.parse().unwrap();
        assert!(!row(&used.name).is_preview_from_afar(&used.args), "{text}");
        for (by, most) in [(2, 0.01), (4, 0.03), (8, 0.08)] {
            let [one, ten] = apart(text, &full, by);
            println!("{text} by {by}: {one:.4} beyond 1 %, {ten:.4} beyond 10 %");
            assert!(one <= most && ten <= 0.01, "{text} by {by}: {one} {ten}");
        }
    }
    for name in [
        "median",
        "sen",
        "clahe",
        "equalize",
        "density-alert",
        "open",
    ] {
        assert!(row(name).is_preview_from_afar(&[]), "{name}");
    }
    assert!(row("unsharp").is_preview_from_afar(&[1.0, 2.0, 0.1]));
}

/// A scan of one energy: columns of rising attenuation, 0 to 7.9.
fn columns() -> Radiograph {
    let samples = (0..80 * 20).map(|i| (60_000.0 * (-0.1 * (i % 80) as f64).exp()).round() as u16);
    let mut plane = Plane::new(PlaneName::Grey, 80, 20, samples.collect());
    plane.air = Some(Air::Uniform(60_000.0));
    Radiograph {
        view: "main".into(),
        pixel_mm: None,
        planes: vec![plane],
    }
}

#[test]
fn a_density_alert_marks_by_what_was_there_before_every_filter() {
    let scan = columns();
    let marked = |filters: &[&str], display: &str| {
        let request = ViewRequest {
            display: Some(display.into()),
            filters: filters.iter().map(ToString::to_string).collect(),
            ..ViewRequest::default()
        };
        let view = View::of(&scan, &request).unwrap();
        let size = Size {
            width: 80,
            height: 20,
        };
        let picture = picture(&scan, &view, size, &Cancel::never()).unwrap();
        let red = |x: usize| {
            let [r, g, b] = picture.frame.rgb(x, 10);
            r > 180 && g < 60 && b < 60
        };
        let columns: Vec<usize> = (0..80).filter(|x| red(*x)).collect();
        let legend: Vec<_> = picture
            .legend
            .rows
            .iter()
            .map(|row| row.label.to_string())
            .collect();
        (columns, legend.join("|"))
    };
    let above_4: Vec<usize> = (41..80).collect();
    for filters in [
        vec!["density-alert"],
        vec!["density-alert=4", "log"],
        vec!["clahe", "density-alert", "gamma=3"],
        vec!["density-band=0.5,0.9", "density-alert", "invert"],
        vec!["density-alert=6", "density-alert"],
    ] {
        for display in ["grey", "palette:viridis"] {
            let (columns, legend) = marked(&filters, display);
            assert_eq!(columns, above_4, "{filters:?} {display}");
            assert!(legend.contains("attenuation above 4"), "{legend}");
        }
    }
    assert!(marked(&["log"], "grey").0.is_empty());
}
