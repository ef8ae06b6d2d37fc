//! The ladder of qualities: what each rung promises, counted on what a terminal would show.
//!
//! The escape sequences are read by termwiz, the files by the image crate, and the scaling up is done
//! here from the placement as kitty 0.26 does it: the pixel that a screen pixel's centre lies in.

use image::DynamicImage;
use proptest::prelude::*;
use termwiz::escape::Action;
use termwiz::escape::apc::KittyImage;
use termwiz::escape::osc::{ITermDimension, ITermProprietary, OperatingSystemCommand};
use xamine::Error;
use xamine::cancel::{Cancel, Generations};
use xamine::graphics::{
    Answers, CellSize, Depth, Effort, Encoded, Protocol, Rung, Target, code, similarity,
};
use xamine::view::{Frame, Pixels};

use crate::encoders::{bytes, frames, kitty_png, parsed, pixels};
use crate::shared::shared;

const CELL: [usize; 2] = [8, 16];

fn target(protocol: Protocol, effort: Effort) -> Target {
    Target {
        protocol,
        cell: CellSize::default(),
        depth: Depth::True,
        registers: 256,
        id: 7,
        effort,
        answers: Answers::Silent,
    }
}

fn coded(frame: &Frame, protocol: Protocol, effort: Effort, rung: Rung) -> Encoded {
    let target = target(protocol, effort);
    code(frame, &target, rung, None, &Cancel::never()).unwrap()
}

/// What kitty shows of the whole placement, from the picture and the numbers that it is given.
fn kitty_screen(encoded: &Encoded) -> Frame {
    let picture = image::load_from_memory(&kitty_png(bytes(encoded)))
        .unwrap()
        .to_rgba8();
    let sent = [picture.width() as usize, picture.height() as usize];
    assert_eq!(encoded.sent, sent);
    let drawing = encoded.drawing();
    let actions = parsed(drawing.strip_prefix(bytes(encoded)).unwrap());
    let [Action::KittyImage(image)] = &actions[..] else {
        panic!("{actions:?}")
    };
    let KittyImage::Display { placement, .. } = &**image else {
        panic!("{image:?}")
    };
    let number = |n: Option<u32>| n.unwrap() as usize;
    // What is not said is the whole picture from its corner.
    let size = [placement.w, placement.h].map(|n| n.map(|n| n as usize));
    let size = [size[0].unwrap_or(sent[0]), size[1].unwrap_or(sent[1])];
    let corner = (placement.x.unwrap_or(0), placement.y.unwrap_or(0));
    assert_eq!((size, corner), (sent, (0, 0)));
    let scaled = match (placement.columns, placement.rows) {
        (None, None) => size,
        cells => [number(cells.0) * CELL[0], number(cells.1) * CELL[1]],
    };
    let [width, height] = encoded.pixels;
    let at = |i: usize, pixel: usize| ((2 * pixel + 1) * size[i] / (2 * scaled[i])) as u32;
    let pixel = |(x, y)| {
        let [r, g, b, alpha] = picture.get_pixel(at(0, x), at(1, y)).0;
        assert_eq!(alpha, 255, "the frame is opaque");
        [r, g, b]
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Frame {
        width,
        height,
        pixels: Pixels::Rgb(places.map(pixel).collect()),
    }
}

/// What a terminal with iTerm2's protocol shows when it scales up by nearest.
fn iterm2_screen(encoded: &Encoded) -> Frame {
    let actions = parsed(bytes(encoded));
    let [Action::OperatingSystemCommand(command)] = &actions[..] else {
        panic!("{actions:?}")
    };
    let OperatingSystemCommand::ITermProprietary(ITermProprietary::File(file)) = &**command else {
        panic!("{command:?}")
    };
    let [width, height] = encoded.pixels;
    let said = |dimension: ITermDimension, cell: usize| match dimension {
        ITermDimension::Cells(cells) => cells as usize * cell,
        ITermDimension::Pixels(pixels) => pixels as usize,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        [said(file.width, CELL[0]), said(file.height, CELL[1])],
        [width, height]
    );
    let picture: DynamicImage = image::load_from_memory(&file.data).unwrap();
    let picture = picture.to_rgb8();
    let sent = [picture.width() as usize, picture.height() as usize];
    assert_eq!(encoded.sent, sent);
    let at = |pixel: usize, sent: usize, all: usize| ((2 * pixel + 1) * sent / (2 * all)) as u32;
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixel = |(x, y)| {
        picture
            .get_pixel(at(x, sent[0], width), at(y, sent[1], height))
            .0
    };
    Frame {
        width,
        height,
        pixels: Pixels::Rgb(places.map(pixel).collect()),
    }
}

fn screen(encoded: &Encoded) -> Frame {
    match encoded.protocol {
        Protocol::Kitty => kitty_screen(encoded),
        _ => iterm2_screen(encoded),
    }
}

/// Checks that what is said of a picture is so, and answers its similarity.
fn check(frame: &Frame, encoded: &Encoded) -> f64 {
    assert_eq!(encoded.bytes, bytes(encoded).len());
    assert_eq!(encoded.pixels, [frame.width, frame.height]);
    let shown = screen(encoded);
    // Fewer pixels may show the same by chance, on a terminal that scales to the nearest.
    let exact = pixels(frame) == pixels(&shown) && encoded.sent == encoded.pixels;
    assert_eq!(encoded.lossless, exact);
    assert_eq!(encoded.lossless, encoded.rung == Rung::Q5);
    let similarity = similarity(frame, &shown).unwrap();
    let promised = match encoded.rung {
        Rung::Q2 => 0.95,
        Rung::Q3 => 0.98,
        Rung::Q5 => 1.0,
        _ => -1.0,
    };
    assert!(
        similarity > promised - 1e-5,
        "{similarity} at {:?}",
        encoded.rung
    );
    similarity
}

/// Boxes, a disc and a ramp with noise, as a scan has them.
fn scene(width: usize, height: usize) -> Vec<u8> {
    let mut noise = 1_u32;
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 24) as i32 % 7 - 3;
            let ramp = 140 + (60 * x / width) as i32;
            let boxed = if x / 24 % 3 == 1 && y / 20 % 2 == 1 {
                -70
            } else {
                0
            };
            let (dx, dy) = (x as i32 - 200, y as i32 - 90);
            let disc = if dx * dx + dy * dy < 1600 { -40 } else { 0 };
            out.push((ramp + boxed + disc + grain).clamp(0, 255) as u8);
        }
    }
    out
}

fn grey(width: usize, height: usize) -> Frame {
    Frame {
        width,
        height,
        pixels: Pixels::Grey(scene(width, height)),
    }
}

#[test]
fn each_rung_keeps_its_promise_and_is_no_worse_than_the_one_below() {
    // One frame fills its cells, the other ends inside one.
    for frame in [grey(240, 144), grey(237, 137)] {
        for protocol in [Protocol::Kitty, Protocol::Iterm2] {
            let mut before = 0.0;
            for rung in [Rung::Q1, Rung::Q2, Rung::Q3, Rung::Q4, Rung::Q5] {
                let encoded = coded(&frame, protocol, Effort::Small, rung);
                let similarity = check(&frame, &encoded);
                match rung {
                    Rung::Q1 => assert!(encoded.bytes <= 1350),
                    Rung::Q4 => assert_eq!(encoded.sent, encoded.pixels, "every pixel"),
                    _ => {}
                }
                if rung > Rung::Q1 {
                    assert!(encoded.rung >= rung);
                    assert!(similarity >= before - 0.01, "{rung}: {similarity}");
                    before = similarity;
                }
            }
        }
    }
}

#[test]
fn bytes_that_are_allowed_are_used_well_and_never_exceeded() {
    let frame = grey(200, 112);
    for protocol in [Protocol::Kitty, Protocol::Iterm2] {
        let target = target(protocol, Effort::Small);
        let mut before = 0.0;
        for most in [500, 1000, 3000, 9000] {
            for rung in [Rung::Q3, Rung::Q5] {
                let encoded = code(&frame, &target, rung, Some(most), &Cancel::never()).unwrap();
                assert!(encoded.bytes <= most, "{} of {most}", encoded.bytes);
                let similarity = check(&frame, &encoded);
                if rung == Rung::Q5 {
                    assert!(similarity >= before);
                    before = similarity;
                }
            }
        }
        let none = code(&frame, &target, Rung::Q5, Some(60), &Cancel::never());
        assert!(none.is_err_and(|error| error.to_string().contains("60 bytes")));
    }
}

#[test]
fn no_border_between_two_materials_shows_a_third() {
    let (orange, blue, green) = ([255, 150, 20], [40, 60, 255], [40, 200, 60]);
    let scene = scene(320, 192);
    let ramp =
        |colour: [u8; 3], step: usize| colour.map(|v| (usize::from(v) * (step + 1) / 64) as u8);
    let palette: Vec<[u8; 3]> = [orange, blue, green]
        .into_iter()
        .flat_map(|colour| (0..64).map(move |step| ramp(colour, step)))
        .collect();
    let indices = scene.iter().enumerate().map(|(at, v)| {
        let material = u8::from((at % 320) / 13 % 2 == 0);
        64 * material + v / 4
    });
    let frame = Frame {
        width: 320,
        height: 192,
        pixels: Pixels::Indexed {
            palette,
            indices: indices.collect(),
        },
    };
    for protocol in [Protocol::Kitty, Protocol::Iterm2] {
        for rung in [Rung::Q1, Rung::Q2, Rung::Q3] {
            let encoded = coded(&frame, protocol, Effort::Small, rung);
            check(&frame, &encoded);
            for [r, g, b] in pixels(&screen(&encoded)) {
                assert!(g <= r.max(b), "nothing turns green: {r} {g} {b}");
            }
        }
    }
}

#[test]
fn what_is_cheap_is_lossless() {
    let flat = Frame {
        width: 800,
        height: 480,
        pixels: Pixels::Grey(vec![90; 800 * 480]),
    };
    for rung in [Rung::Q1, Rung::Q2, Rung::Q3, Rung::Q4] {
        let encoded = coded(&flat, Protocol::Kitty, Effort::Small, rung);
        let said = (encoded.lossless, encoded.bytes, encoded.sent);
        assert!(encoded.lossless && encoded.bytes < 1400, "{said:?}");
        check(&flat, &encoded);
    }
}

#[test]
fn colours_of_a_photograph_end_lossless() {
    let colours = (0..64 * 48_u32).map(|i| [(i % 251) as u8, (i / 12) as u8, (i % 7 * 36) as u8]);
    let frame = Frame {
        width: 64,
        height: 48,
        pixels: Pixels::Rgb(colours.collect()),
    };
    for protocol in [Protocol::Kitty, Protocol::Iterm2] {
        let encoded = coded(&frame, protocol, Effort::Small, Rung::Q5);
        assert!(encoded.lossless);
        check(&frame, &encoded);
    }
}

#[test]
fn what_is_no_longer_wanted_stops() {
    let generations = Generations::default();
    let old = generations.start();
    generations.stop();
    let target = target(Protocol::Kitty, Effort::Least);
    let stopped = code(&grey(64, 64), &target, Rung::Q3, None, &old);
    assert_eq!(stopped, Err(Error::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_frame_climbs_the_ladder(
        frame in frames(),
        rung in prop::sample::select(&Rung::ALL[1..]),
        effort in prop::sample::select(vec![Effort::Fast, Effort::Small, Effort::Least]),
        most in prop::option::of(0_usize..4000),
    ) {
        for protocol in [Protocol::Kitty, Protocol::Iterm2] {
            let target = target(protocol, effort);
            match code(&frame, &target, rung, most, &Cancel::never()) {
                Ok(encoded) => {
                    check(&frame, &encoded);
                    prop_assert!(most.is_none_or(|most| encoded.bytes <= most));
                }
                Err(error) => {
                    prop_assert!(matches!(error, Error::NotPossible { .. }), "{error:?}");
                    prop_assert!(most.is_some_and(|most| most < 600), "{most:?}");
                }
            }
        }
    }
}

/// A view of the shared test data.
fn view(name: &str) -> Option<Frame> {
    let picture = image::open(shared(&format!("views/{name}.png"))?).unwrap();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = match picture {
        DynamicImage::ImageLuma8(grey) => Pixels::Grey(grey.into_raw()),
        other => Pixels::Rgb(other.to_rgb8().pixels().map(|pixel| pixel.0).collect()),
    };
    Some(Frame {
        width,
        height,
        pixels,
    })
}

#[test]
fn the_views_take_no_more_bytes_than_were_measured() {
    let kitty = [
        ("A_fit_gray", Rung::Q2, 8_000),
        ("B_zoom2_gray", Rung::Q3, 4_000),
    ];
    let iterm2 = [("C_1to1_gray", Rung::Q3, 11_412 * 11 / 10)];
    let kitty = kitty.map(|row| (Protocol::Kitty, row));
    let iterm2 = iterm2.map(|row| (Protocol::Iterm2, row));
    for (protocol, (name, rung, most)) in kitty.into_iter().chain(iterm2) {
        let Some(frame) = view(name) else { return };
        let encoded = coded(&frame, protocol, Effort::Least, rung);
        check(&frame, &encoded);
        assert!(encoded.rung >= rung);
        assert!(
            encoded.bytes <= most,
            "{name} {rung}: {} bytes",
            encoded.bytes
        );
    }
}

#[test]
fn what_is_shown_exactly_is_said_to_be_whatever_was_asked_for() {
    let frame = Frame {
        width: 1,
        height: 1,
        pixels: Pixels::Grey(vec![1]),
    };
    for rung in [Rung::Q1, Rung::Q3, Rung::Q5] {
        let target = target(Protocol::Kitty, Effort::Fast);
        let encoded = code(&frame, &target, rung, Some(183), &Cancel::never()).unwrap();
        assert!(encoded.lossless && encoded.rung == Rung::Q5, "{rung}");
    }
}
