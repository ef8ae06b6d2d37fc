//! Each encoder's bytes decoded again.
//!
//! The escape sequences are read by termwiz, PNG by the image crate, half-blocks by vt100, and
//! sixels by a decoder written here from the VT340's manual.

use base64::Engine as _;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use termwiz::escape::apc::{KittyImage, KittyImageData, KittyImageFormat, KittyImageVerbosity};
use termwiz::escape::osc::{ITermDimension, ITermProprietary, OperatingSystemCommand};
use termwiz::escape::{Action, Esc, EscCode, parser::Parser};
use xamine::graphics::{
    Answers, Body, CellSize, Depth, Effort, Encoded, Protocol, Stage, Target, encode, kitty,
    pixels_for,
};
use xamine::terminal::Screen;
use xamine::view::{Frame, Pixels};

const CELL: CellSize = CellSize {
    width: 8,
    height: 16,
};

fn target(protocol: Protocol) -> Target {
    Target {
        protocol,
        cell: CELL,
        depth: Depth::True,
        registers: 256,
        id: 7,
        effort: Effort::Fast,
        answers: Answers::Silent,
    }
}

pub(crate) fn bytes(encoded: &Encoded) -> &[u8] {
    match &encoded.body {
        Body::Bytes(bytes) => bytes,
        Body::Cells(_) => panic!("cells where bytes belong"),
    }
}

/// Every pixel of a frame.
pub(crate) fn pixels(frame: &Frame) -> Vec<[u8; 3]> {
    (0..frame.height)
        .flat_map(|y| (0..frame.width).map(move |x| (x, y)))
        .map(|(x, y)| frame.rgb(x, y))
        .collect()
}

/// The pixels of a PNG file, with its bits a pixel.
fn unpacked(png: &[u8]) -> (usize, usize, Vec<[u8; 3]>, u8) {
    let bits = png[24];
    assert!(
        matches!(png[25], 0 | 3),
        "grey or palette, never more than a byte a pixel"
    );
    let picture = image::load_from_memory(png).unwrap().to_rgb8();
    let pixels = picture.pixels().map(|p| p.0).collect();
    (
        picture.width() as usize,
        picture.height() as usize,
        pixels,
        bits,
    )
}

/// The actions of a stream, without the terminators that termwiz tells apart from their strings.
pub(crate) fn parsed(bytes: &[u8]) -> Vec<Action> {
    let mut actions = Parser::new().parse_as_vec(bytes);
    actions.retain(|action| *action != Action::Esc(Esc::Code(EscCode::StringTerminator)));
    actions
}

/// Puts kitty's chunks together again and checks how they are said.
pub(crate) fn kitty_png(bytes: &[u8]) -> Vec<u8> {
    for sequence in bytes.split(|b| *b == 0x1b).filter(|s| s.starts_with(b"_G")) {
        let payload = sequence
            .iter()
            .position(|b| *b == b';')
            .map_or(0, |at| sequence.len() - at - 1);
        assert!(payload <= kitty::CHUNK);
    }
    let (mut png, mut more) = (Vec::new(), true);
    for (number, action) in parsed(bytes).into_iter().enumerate() {
        let Action::KittyImage(image) = action else {
            panic!("{action:?}")
        };
        assert!(more, "nothing after the last chunk");
        assert_eq!(image.verbosity(), KittyImageVerbosity::Quiet);
        let KittyImage::TransmitData { transmit, .. } = *image else {
            panic!("{image:?}")
        };
        if number == 0 {
            assert_eq!(
                (transmit.format, transmit.image_id),
                (Some(KittyImageFormat::Png), Some(7))
            );
        }
        more = transmit.more_data_follows;
        match transmit.data {
            KittyImageData::Direct(text) => {
                png.extend(
                    base64::engine::general_purpose::STANDARD
                        .decode(text)
                        .unwrap(),
                );
            }
            KittyImageData::DirectBin(part) => png.extend(part),
            other => panic!("{other:?}"),
        }
    }
    assert!(!more);
    png
}

/// What `show` sends after the picture: it is placed whole, in whole cells where it fills them.
fn check_placement(encoded: &Encoded, frame: &Frame) {
    let drawing = encoded.drawing();
    let after = drawing.strip_prefix(bytes(encoded)).unwrap();
    let actions = parsed(after);
    let [Action::KittyImage(image)] = &actions[..] else {
        panic!("{actions:?}")
    };
    let KittyImage::Display {
        image_id,
        placement,
        ..
    } = &**image
    else {
        panic!("{image:?}")
    };
    assert_eq!((*image_id, placement.placement_id), (Some(7), Some(1)));
    assert!(placement.do_not_move_cursor);
    let corner = (placement.x.unwrap_or(0), placement.y.unwrap_or(0));
    assert_eq!(corner, (0, 0));
    let size = (frame.width as u32, frame.height as u32);
    let whole = (size.0 % 8, size.1 % 16) == (0, 0);
    // What is not said is all of the picture.
    assert_eq!((placement.w, placement.h), (None, None));
    assert_eq!(
        placement.columns.zip(placement.rows),
        whole.then_some((size.0 / 8, size.1 / 16))
    );
}

fn iterm2_png(bytes: &[u8]) -> (Vec<u8>, [ITermDimension; 2]) {
    let actions = parsed(bytes);
    let [Action::OperatingSystemCommand(command)] = &actions[..] else {
        panic!("{actions:?}")
    };
    let OperatingSystemCommand::ITermProprietary(ITermProprietary::File(file)) = &**command else {
        panic!("{command:?}")
    };
    assert!(file.inline && !file.preserve_aspect_ratio && file.do_not_move_cursor);
    assert_eq!(file.size, Some(file.data.len()));
    (file.data.clone(), [file.width, file.height])
}

/// Decodes sixels: percentages as they were said, `None` where nothing was painted. A later colour
/// covers an earlier one, as on every terminal.
pub(crate) fn sixels(bytes: &[u8]) -> (usize, usize, Vec<Option<[u8; 3]>>) {
    let body = bytes
        .strip_prefix(b"\x1bPq")
        .unwrap()
        .strip_suffix(b"\x1b\\")
        .unwrap();
    let mut text = std::str::from_utf8(body).unwrap().chars().peekable();
    let numbers = |text: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let mut list = vec![0_usize];
        while let Some(c) = text.next_if(|c| c.is_ascii_digit() || *c == ';') {
            match c.to_digit(10) {
                Some(digit) => {
                    *list.last_mut().unwrap() = list.last().unwrap() * 10 + digit as usize;
                }
                None => list.push(0),
            }
        }
        list
    };
    assert_eq!(text.next(), Some('"'));
    let raster = numbers(&mut text);
    let [1, 1, width, height] = raster[..] else {
        panic!("{raster:?}")
    };
    let mut registers = vec![None; 256];
    let mut picture = vec![None; width * height];
    let (mut x, mut top, mut colour, mut count) = (0, 0, 0, 1);
    while let Some(c) = text.next() {
        match c {
            '#' => match numbers(&mut text)[..] {
                [register] => colour = register,
                [register, 2, r, g, b] => {
                    assert!(registers[register].is_none(), "each register is said once");
                    registers[register] = Some([r as u8, g as u8, b as u8]);
                }
                ref other => panic!("{other:?}"),
            },
            '!' => count = numbers(&mut text)[0],
            '$' => x = 0,
            '-' => (x, top) = (0, top + 6),
            '?'..='~' => {
                for _ in 0..count {
                    for bit in (0..6).filter(|bit| (c as u8 - b'?') >> bit & 1 == 1) {
                        let at = (top + bit) * width + x;
                        assert!(x < width && top + bit < height, "inside the raster");
                        picture[at] = registers[colour];
                    }
                    x += 1;
                }
                count = 1;
            }
            other => panic!("{other:?}"),
        }
    }
    (width, height, picture)
}

/// What vt100 shows of a half-block picture, two colours a cell.
fn half_blocks(encoded: &Encoded) -> Vec<Vec<[vt100::Color; 2]>> {
    let area = Rect::new(0, 0, encoded.columns, encoded.rows);
    let mut buffer = Buffer::empty(area);
    let Body::Cells(picture) = &encoded.body else {
        panic!("bytes where cells belong")
    };
    picture.paint(area, &mut buffer);
    let bytes = Screen::new(Depth::True).paint(&buffer, &Stage::default(), None);
    let [rows, columns] = [encoded.rows, encoded.columns].map(|n| n.try_into().unwrap());
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    terminal.process(&bytes);
    let cell = |row, column| {
        let cell = terminal.screen().cell(row, column).unwrap();
        match cell.contents() {
            "▀" => [cell.fgcolor(), cell.bgcolor()],
            "" | " " => [cell.bgcolor(), cell.bgcolor()],
            other => panic!("{other:?}"),
        }
    };
    (0..encoded.rows)
        .map(|y| (0..encoded.columns).map(|x| cell(y, x)).collect())
        .collect()
}

fn check_kitty(frame: &Frame, exact: bool) {
    let encoded = encode(frame, &target(Protocol::Kitty)).unwrap();
    let (width, height, shown, _) = unpacked(&kitty_png(bytes(&encoded)));
    assert_eq!((width, height), (frame.width, frame.height));
    assert_eq!(encoded.lossless, exact);
    assert_eq!(encoded.lossless, shown == pixels(frame));
    check_placement(&encoded, frame);
}

fn check_iterm2(frame: &Frame, exact: bool) {
    let encoded = encode(frame, &target(Protocol::Iterm2)).unwrap();
    let (png, size) = iterm2_png(bytes(&encoded));
    let (width, height, shown, _) = unpacked(&png);
    assert_eq!((width, height), (frame.width, frame.height));
    assert_eq!(encoded.lossless, exact);
    assert_eq!(encoded.lossless, shown == pixels(frame));
    let said = |pixels: usize, cell: u16| match pixels % usize::from(cell) {
        0 => ITermDimension::Cells((pixels / usize::from(cell)) as i64),
        _ => ITermDimension::Pixels(pixels as i64),
    };
    assert_eq!(size, [said(width, 8), said(height, 16)]);
}

fn check_sixel(frame: &Frame, few_colours: bool) {
    let encoded = encode(frame, &target(Protocol::Sixel)).unwrap();
    let parsed = parsed(bytes(&encoded));
    assert!(
        matches!(&parsed[..], [Action::Sixel(sixel)]
            if sixel.dimensions() == (frame.width as u32, frame.height as u32)),
        "one sequence"
    );
    let (width, height, shown) = sixels(bytes(&encoded));
    assert_eq!((width, height), (frame.width, frame.height));
    assert!(shown.iter().all(Option::is_some), "opaque");
    if few_colours {
        for (shown, meant) in shown.iter().flatten().zip(pixels(frame)) {
            assert_eq!(*shown, meant.map(|v| ((f64::from(v) / 2.55).round()) as u8));
        }
    }
    let whole = pixels(frame).as_flattened().iter().all(|v| v % 51 == 0);
    assert_eq!(encoded.lossless, few_colours && whole);
}

fn check_half_blocks(frame: &Frame) {
    let encoded = encode(frame, &target(Protocol::HalfBlock)).unwrap();
    assert!(encoded.lossless);
    for (y, row) in half_blocks(&encoded).iter().enumerate() {
        for (x, cell) in row.iter().enumerate() {
            for (half, shown) in cell.iter().enumerate() {
                if 2 * y + half < frame.height {
                    let [r, g, b] = frame.rgb(x, 2 * y + half);
                    assert_eq!(*shown, vt100::Color::Rgb(r, g, b), "{x} {y} {half}");
                }
            }
        }
    }
}

pub(crate) fn frames() -> impl Strategy<Value = Frame> {
    let size = prop_oneof![
        Just((1_usize, 1_usize)),
        Just((16, 32)),
        Just((8, 7)),
        (1_usize..40, 1_usize..40)
    ];
    size.prop_flat_map(|(width, height)| {
        let many = width * height;
        let of = move |pixels| Frame {
            width,
            height,
            pixels,
        };
        let values = move |step: u8| {
            prop::collection::vec((0..=255 / step).prop_map(move |v| v * step), many)
        };
        prop_oneof![
            prop::sample::select(vec![1_u8, 3, 17, 51, 85, 255])
                .prop_flat_map(values)
                .prop_map(Pixels::Grey),
            (1_usize..=256)
                .prop_flat_map(move |colours| {
                    let palette = prop::collection::vec(any::<[u8; 3]>(), colours);
                    let last = (colours - 1) as u8;
                    (palette, prop::collection::vec(0..=last, many))
                })
                .prop_map(|(palette, indices)| Pixels::Indexed { palette, indices }),
            prop::collection::vec(any::<[u8; 3]>(), many).prop_map(Pixels::Rgb),
        ]
        .prop_map(of)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_decoded_is_what_was_encoded(frame in frames()) {
        let mut colours = pixels(&frame);
        colours.sort_unstable();
        colours.dedup();
        let few = colours.len() <= 256;
        check_kitty(&frame, few);
        check_iterm2(&frame, few);
        check_sixel(&frame, few);
        check_half_blocks(&frame);
    }
}

/// A grey wedge that fills 100 x 30 cells.
fn wedge() -> Frame {
    let (width, height) = pixels_for(Protocol::Kitty, 100, 30, CELL);
    let grey = (0..width * height)
        .map(|at| ((at % width) * 256 / width) as u8)
        .collect();
    Frame {
        width,
        height,
        pixels: Pixels::Grey(grey),
    }
}

#[test]
fn a_full_screen_is_exact_and_costs_a_byte_a_pixel_at_most() {
    let frame = wedge();
    check_kitty(&frame, true);
    check_iterm2(&frame, true);
    check_sixel(&frame, true);
    for protocol in [Protocol::Kitty, Protocol::Iterm2, Protocol::Sixel] {
        let encoded = encode(&frame, &target(protocol)).unwrap();
        assert_eq!((encoded.columns, encoded.rows), (100, 30));
        assert!(
            encoded.bytes < frame.width * frame.height,
            "{protocol}: {}",
            encoded.bytes
        );
    }
}

#[test]
fn few_greys_take_few_bits() {
    for (levels, step, bits) in [
        (2, 255, 1),
        (4, 85, 2),
        (16, 17, 4),
        (3, 100, 2),
        (16, 9, 4),
        (40, 3, 8),
    ] {
        let grey = (0..64).map(|at| (at % levels) * step).collect();
        let frame = Frame {
            width: 8,
            height: 8,
            pixels: Pixels::Grey(grey),
        };
        let encoded = encode(&frame, &target(Protocol::Kitty)).unwrap();
        let png = kitty_png(bytes(&encoded));
        assert_eq!(unpacked(&png).3, bits, "{levels} levels of {step}");
        assert_eq!(encoded.colours, levels as usize);
    }
}

#[test]
fn what_is_reduced_says_so() {
    let rgb = (0..4096_u16)
        .map(|v| [(v >> 4) as u8, (v & 0xff) as u8, (v >> 8) as u8 * 16])
        .collect();
    let frame = Frame {
        width: 64,
        height: 64,
        pixels: Pixels::Rgb(rgb),
    };
    for protocol in [Protocol::Kitty, Protocol::Iterm2, Protocol::Sixel] {
        let encoded = encode(&frame, &target(protocol)).unwrap();
        assert!(!encoded.lossless && encoded.colours <= 256, "{protocol}");
    }
    let few = Target {
        registers: 16,
        ..target(Protocol::Sixel)
    };
    let encoded = encode(&wedge(), &few).unwrap();
    assert!(!encoded.lossless && encoded.colours == 16);
    for depth in [Depth::Colours256, Depth::Colours16, Depth::Monochrome] {
        let cells = Target {
            depth,
            ..target(Protocol::HalfBlock)
        };
        assert!(!encode(&wedge(), &cells).unwrap().lossless, "{depth:?}");
    }
}

#[test]
fn without_colours_a_picture_is_a_ramp_of_characters() {
    let frame = Frame {
        width: 4,
        height: 2,
        pixels: Pixels::Grey(vec![0, 80, 170, 255, 0, 80, 170, 255]),
    };
    let cells = Target {
        depth: Depth::Monochrome,
        ..target(Protocol::HalfBlock)
    };
    let encoded = encode(&frame, &cells).unwrap();
    let Body::Cells(picture) = &encoded.body else {
        panic!("cells")
    };
    let text: String = picture.cells.iter().map(|cell| cell.symbol).collect();
    assert_eq!(text, " -*@");
    assert!(
        picture
            .cells
            .iter()
            .all(|c| c.fg == ratatui::style::Color::Reset)
    );
}

#[test]
fn a_frame_without_pixels_is_refused() {
    let frame = Frame {
        width: 0,
        height: 4,
        pixels: Pixels::Grey(Vec::new()),
    };
    for protocol in Protocol::ALL {
        assert!(encode(&frame, &target(protocol)).is_err());
    }
}

#[test]
fn an_acknowledged_picture_is_answered_for() {
    let frame = Frame {
        width: 1,
        height: 1,
        pixels: Pixels::Grey(vec![1]),
    };
    let asked = Target {
        answers: Answers::Acknowledged,
        ..target(Protocol::Kitty)
    };
    let encoded = encode(&frame, &asked).unwrap();
    assert!(!bytes(&encoded).windows(2).any(|w| w == b"q="));
}
