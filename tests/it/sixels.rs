//! Sixels by the ladder: what they cost, how like the frame they are, and what they leave alone.

use proptest::prelude::*;
use xamine::cancel::Cancel;
use xamine::graphics::{
    Answers, Body, CellSize, Depth, Effort, Encoded, Protocol, Rung, Target, code,
};
use xamine::view::{Frame, Pixels};

use crate::encoders::sixels;
use crate::shared::shared;

fn target(effort: Effort) -> Target {
    Target {
        protocol: Protocol::Sixel,
        cell: CellSize::default(),
        depth: Depth::True,
        registers: 256,
        id: 1,
        effort,
        answers: Answers::Silent,
    }
}

/// A picture of the shared views, at its own size.
fn view(name: &str) -> Option<Frame> {
    let picture = image::open(shared(&format!("views/{name}.png"))?).unwrap();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = if picture.color().has_color() {
        Pixels::Rgb(picture.to_rgb8().pixels().map(|p| p.0).collect())
    } else {
        Pixels::Grey(picture.to_luma8().into_raw())
    };
    Some(Frame {
        width,
        height,
        pixels,
    })
}

fn bytes(encoded: &Encoded) -> &[u8] {
    match &encoded.body {
        Body::Bytes(bytes) => bytes,
        Body::Cells(_) => panic!("cells where bytes belong"),
    }
}

fn luminance([r, g, b]: [f64; 3]) -> f64 {
    (0.299 * r + 0.587 * g + 0.114 * b).round()
}

/// What the terminal shows, in luminance.
fn shown(encoded: &Encoded) -> Vec<f64> {
    let (_, _, pixels) = sixels(bytes(encoded));
    let said = pixels.into_iter().map(|p| p.expect("opaque"));
    said.map(|p| luminance(p.map(|v| (f64::from(v) * 2.55).round())))
        .collect()
}

/// Structural similarity straight from its definition, on each third window.
fn ssim(a: &[f64], b: &[f64], width: usize) -> f64 {
    let height = a.len() / width;
    let (mut total, mut many) = (0.0, 0.0);
    for y in (0..=height - 7).step_by(3) {
        for x in (0..=width - 7).step_by(3) {
            let window = |p: &[f64]| -> Vec<f64> {
                (0..49)
                    .map(|i| p[(y + i / 7) * width + x + i % 7])
                    .collect()
            };
            let (p, q) = (window(a), window(b));
            let mean = |v: &[f64]| v.iter().sum::<f64>() / 49.0;
            let (mp, mq) = (mean(&p), mean(&q));
            let spread = |v: &[f64], mv: f64, w: &[f64], mw: f64| {
                v.iter()
                    .zip(w)
                    .map(|(v, w)| (v - mv) * (w - mw))
                    .sum::<f64>()
                    / 48.0
            };
            let (c1, c2) = (2.55_f64.powi(2), 7.65_f64.powi(2));
            total += (2.0 * mp * mq + c1) * (2.0 * spread(&p, mp, &q, mq) + c2)
                / ((mp * mp + mq * mq + c1)
                    * (spread(&p, mp, &p, mp) + spread(&q, mq, &q, mq) + c2));
            many += 1.0;
        }
    }
    total / many
}

fn similarity(frame: &Frame, encoded: &Encoded) -> f64 {
    let places = (0..frame.height).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
    let meant: Vec<f64> = places
        .map(|(x, y)| luminance(frame.rgb(x, y).map(f64::from)))
        .collect();
    ssim(&meant, &shown(encoded), frame.width)
}

#[test]
#[ignore = "a table for the eyes; SAVE=FOLDER keeps the files for tests/peers/sixel.py"]
fn table_of_the_views() {
    for name in [
        "A_fit_gray",
        "B_zoom2_gray",
        "C_1to1_gray",
        "C_1to1_rgb",
        "cxr480",
    ] {
        let Some(frame) = view(name) else { return };
        for effort in [Effort::Small] {
            for rung in &Rung::ALL[1..] {
                let clock = std::time::Instant::now();
                let coded = code(&frame, &target(effort), *rung, None, &Cancel::never()).unwrap();
                let took = clock.elapsed().as_millis();
                let similar = similarity(&frame, &coded);
                let (rung, got, bytes) = (*rung, coded.rung, coded.bytes);
                println!(
                    "| {name} | {effort:?} | {rung} | {got} | {bytes} | {similar:.4} | {took} ms | {} |",
                    coded.colours
                );
                if let Some(folder) = std::env::var_os("SAVE") {
                    let file = format!("{name}.{rung}.{effort:?}.six");
                    let path = std::path::Path::new(&folder).join(file);
                    std::fs::write(path, self::bytes(&coded)).unwrap();
                }
            }
        }
    }
}

/// Discs on a ramp with a little noise, in grey or in colours.
fn scene(width: usize, height: usize, colour: bool) -> Frame {
    let mut noise = 12345_u32;
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let disc = |cx: usize, cy: usize| x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) < 400;
        let ramp = 120 + x * 100 / width.max(1) + (noise >> 30) as usize;
        let value = if disc(width / 3, height / 2) {
            ramp / 2
        } else {
            ramp
        };
        let red = if disc(width * 2 / 3, height / 3) {
            20
        } else {
            value
        };
        [red as u8, value as u8, value as u8]
    });
    Frame {
        width,
        height,
        pixels: if colour {
            Pixels::Rgb(pixels.collect())
        } else {
            Pixels::Grey(pixels.map(|p| p[1]).collect())
        },
    }
}

fn coded(frame: &Frame, rung: Rung, most: Option<usize>) -> Encoded {
    code(frame, &target(Effort::Fast), rung, most, &Cancel::never()).unwrap()
}

#[test]
fn rungs_reach_what_they_promise_and_cost_more_from_step_to_step() {
    for colour in [false, true] {
        let frame = scene(160, 96, colour);
        let rungs = Rung::ALL[1..]
            .iter()
            .map(|rung| coded(&frame, *rung, Some(60_000)));
        let rungs: Vec<Encoded> = rungs.collect();
        let like: Vec<f64> = rungs.iter().map(|r| similarity(&frame, r)).collect();
        assert!(rungs.is_sorted_by_key(|r| r.bytes), "{like:?}");
        assert!(rungs.is_sorted_by_key(|r| r.rung));
        // Here each third window is looked at, there each.
        assert!(
            like[1] > 0.945 && like[2] > 0.975 && like[4] > 0.985,
            "{like:?}"
        );
        assert!(rungs[0].bytes <= 6000);
        assert!(rungs.iter().all(|r| !r.lossless));
    }
}

#[test]
fn what_fits_is_sent_and_what_is_cheap_is_sent_whole() {
    let frame = scene(160, 96, false);
    let whole = coded(&frame, Rung::Q5, None);
    for most in [1_200, 2_500, 5_000, 10_000] {
        for rung in [Rung::Q2, Rung::Q5] {
            let fitted = coded(&frame, rung, Some(most));
            assert!(fitted.bytes <= most, "{rung} {most}: {}", fitted.bytes);
            assert!(fitted.rung <= rung);
        }
    }
    assert_eq!(coded(&frame, Rung::Q5, Some(whole.bytes)), whole);
    let flat = Frame {
        width: 64,
        height: 64,
        pixels: Pixels::Grey(vec![51; 64 * 64]),
    };
    for rung in &Rung::ALL[1..] {
        let coded = coded(&flat, *rung, None);
        assert!(
            coded.lossless && coded.rung == Rung::Q5 && coded.bytes < 120,
            "{rung}"
        );
    }
}

#[test]
fn a_stopped_search_says_so() {
    let generation = xamine::cancel::Generations::default();
    let cancel = generation.start();
    generation.stop();
    let frame = scene(160, 96, false);
    for rung in &Rung::ALL[1..] {
        assert!(code(&frame, &target(Effort::Fast), *rung, None, &cancel).is_err());
    }
}

#[test]
fn nothing_is_painted_below_the_last_row() {
    // The decoder refuses whatever is outside the raster.
    for height in 1..=20 {
        for rung in &Rung::ALL[1..] {
            let frame = scene(24, height, height % 2 == 0);
            let coded = coded(&frame, *rung, Some(200 + 60 * height));
            let (width, rows, pixels) = sixels(bytes(&coded));
            assert_eq!((width, rows), (24, height));
            assert!(pixels.iter().all(Option::is_some), "opaque");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_frame_at_any_rung_is_whole_and_in_its_registers(
        (width, height) in (1_usize..40, 1_usize..30),
        seed in prop::collection::vec(any::<[u8; 3]>(), 1..40),
        step in 1_usize..7,
        registers in prop::sample::select(vec![2_u16, 5, 16, 256]),
        rung in prop::sample::select(Rung::ALL[1..].to_vec()),
        most in prop::option::of(300_usize..3000),
    ) {
        let pixels = (0..width * height).map(|at| seed[at / step % seed.len()]).collect();
        let frame = Frame { width, height, pixels: Pixels::Rgb(pixels) };
        let target = Target { registers, ..target(Effort::Fast) };
        let coded = code(&frame, &target, rung, most, &Cancel::never()).unwrap();
        let (w, h, shown) = sixels(bytes(&coded));
        prop_assert_eq!((w, h), (width, height));
        prop_assert!(shown.iter().all(Option::is_some));
        let mut colours: Vec<_> = shown.iter().flatten().copied().collect();
        let meant = (0..width * height).map(|at| frame.rgb(at % width, at / width));
        let same = meant.zip(&colours).all(|(m, s)| m.map(|v| (u16::from(v) * 100 + 127) / 255) == s.map(u16::from));
        prop_assert!(!coded.lossless || same);
        colours.sort_unstable();
        colours.dedup();
        prop_assert!(colours.len() <= coded.colours && coded.colours <= usize::from(registers));
    }
}

/// Peers' bytes at the similarity beside them: the cheapest of img2sixel 1.10 (8 to 256 colours, with
/// and without dithering) that reaches about .95 or more; see `tests/peers/sixel.py`.
const PEERS: [(&str, usize, f64); 2] = [
    ("A_fit_gray", 25_036, 0.9634),
    ("B_zoom2_gray", 31_250, 0.9757),
];

#[test]
fn the_views_cost_less_than_the_peers_at_more_likeness() {
    for (name, peer, like) in PEERS {
        let Some(frame) = view(name) else { return };
        let first = coded(&frame, Rung::Q1, None);
        let third = coded(&frame, Rung::Q3, None);
        assert!(first.bytes <= 6000 && similarity(&frame, &first) > 0.8);
        let reached = similarity(&frame, &third);
        println!("{name}: {} bytes at {reached:.4}", third.bytes);
        assert!(reached > like && third.bytes < peer);
    }
}
