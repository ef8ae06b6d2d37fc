//! Sixels by the ladder: what they cost, how like the frame they are, and what they leave alone.

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
#[ignore = "a table for the eyes"]
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
                if std::env::var("SAVE").is_ok() {
                    std::fs::write(
                        format!("/tmp/glyphs/out/{name}.{rung}.{effort:?}.six"),
                        self::bytes(&coded),
                    )
                    .unwrap();
                }
            }
        }
    }
}
