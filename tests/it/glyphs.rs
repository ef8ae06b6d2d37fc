//! Pictures of characters: what a terminal shows of them, and what they cost.
//!
//! The terminal is vt100; what its characters look like is read off their Unicode names, which are kept
//! in `tests/glyphs/names.txt` (Unicode 16, the names of the characters alone).

use std::collections::HashMap;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use xamine::graphics::{
    Answers, Body, CellPicture, CellSize, Depth, Effort, Encoded, Protocol, Stage, Target, encode,
    pixels_for,
};
use xamine::terminal::{Screen, lines};
use xamine::view::{Frame, Pixels};

use crate::shared::shared;

/// The protocols that draw with characters.
const ALL: [Protocol; 5] = [
    Protocol::HalfBlock,
    Protocol::Quadrant,
    Protocol::Sextant,
    Protocol::Octant,
    Protocol::Braille,
];

fn target(protocol: Protocol, effort: Effort) -> Target {
    Target {
        protocol,
        cell: CellSize::default(),
        depth: Depth::True,
        registers: 256,
        id: 1,
        effort,
        answers: Answers::Silent,
    }
}

fn picture(encoded: &Encoded) -> &CellPicture {
    match &encoded.body {
        Body::Cells(picture) => picture,
        Body::Bytes(_) => panic!("bytes where cells belong"),
    }
}

/// Ink of a character on a raster of 2 x 12, which halves, thirds and quarters of a cell share.
type Ink = [[bool; 2]; 12];

/// Inks the boxes with these numbers, counted from 1 row by row, in a cell of so many rows.
fn boxes(digits: &str, rows: usize) -> Ink {
    let mut ink = Ink::default();
    for digit in digits.bytes() {
        let number = usize::from(digit - b'1');
        let high = 12 / rows;
        for row in &mut ink[number / 2 * high..][..high] {
            row[number % 2] = true;
        }
    }
    ink
}

/// Braille's dots by their places, as octants count them.
fn dots(digits: &str) -> Ink {
    let octants = ['1', '3', '5', '2', '4', '6', '7', '8'];
    let places: String = digits
        .bytes()
        .map(|digit| octants[usize::from(digit - b'1')])
        .collect();
    boxes(&places, 4)
}

/// Ink by the character's name.
fn inked(name: &str) -> Ink {
    if let Some((kind, digits)) = name.rsplit_once('-') {
        return match kind {
            "BLOCK OCTANT" => boxes(digits, 4),
            "BLOCK SEXTANT" => boxes(digits, 3),
            "BRAILLE PATTERN DOTS" => dots(digits),
            other => panic!("{other}"),
        };
    }
    if let Some(quadrants) = name.strip_prefix("QUADRANT ") {
        let number = |part| match part {
            "UPPER LEFT" => '1',
            "UPPER RIGHT" => '2',
            "LOWER LEFT" => '3',
            "LOWER RIGHT" => '4',
            other => panic!("{other}"),
        };
        let numbers: String = quadrants.split(" AND ").map(number).collect();
        return boxes(&numbers, 2);
    }
    let octants = match name {
        "BRAILLE PATTERN BLANK" => "",
        "FULL BLOCK" => "12345678",
        "UPPER HALF BLOCK" => "1234",
        "LOWER HALF BLOCK" => "5678",
        "LEFT HALF BLOCK" => "1357",
        "RIGHT HALF BLOCK" => "2468",
        "UPPER ONE QUARTER BLOCK" => "12",
        "LOWER ONE QUARTER BLOCK" => "78",
        "UPPER THREE QUARTERS BLOCK" => "123456",
        "LOWER THREE QUARTERS BLOCK" => "345678",
        "MIDDLE LEFT ONE QUARTER BLOCK" => "35",
        "MIDDLE RIGHT ONE QUARTER BLOCK" => "46",
        "LEFT HALF UPPER ONE QUARTER BLOCK" => "1",
        "RIGHT HALF UPPER ONE QUARTER BLOCK" => "2",
        "LEFT HALF LOWER ONE QUARTER BLOCK" => "7",
        "RIGHT HALF LOWER ONE QUARTER BLOCK" => "8",
        other => panic!("{other}"),
    };
    boxes(octants, 4)
}

/// Every character that pictures are drawn with.
fn inks() -> HashMap<char, Ink> {
    let names = include_str!("../glyphs/names.txt").lines();
    let named = names.map(|line| {
        let (code, name) = line.split_once(' ').unwrap();
        let symbol = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
        (symbol, inked(name))
    });
    named.chain([(' ', Ink::default())]).collect()
}

/// The colours of a cell's pixels, as a terminal shows the character.
fn seen<C: Copy>(ink: &Ink, protocol: Protocol, [fg, bg]: [C; 2]) -> Vec<C> {
    let (across, down) = protocol.cell_pixels().unwrap();
    let high = 12 / down;
    let mut pixels = Vec::new();
    for y in 0..down {
        for x in 0..across {
            let rows = &ink[y * high..][..high];
            let covered = rows.iter().all(|row| row[x] && (across == 2 || row[1]));
            let clear = rows.iter().all(|row| !row[x] && (across == 2 || !row[1]));
            assert!(covered != clear, "a pixel is ink or ground");
            pixels.push(if covered { fg } else { bg });
        }
    }
    pixels
}

#[test]
fn every_pattern_is_the_character_whose_name_says_so() {
    let inks = inks();
    for protocol in ALL {
        let (width, height) = protocol.cell_pixels().unwrap();
        for pattern in 0..1_u32 << (width * height) {
            let grey = (0..width * height).map(|bit| (pattern >> bit & 1) as u8 * 255);
            let frame = Frame {
                width,
                height,
                pixels: Pixels::Grey(grey.clone().collect()),
            };
            let encoded = encode(&frame, &target(protocol, Effort::Fast)).unwrap();
            let cell = picture(&encoded).cells[0];
            let shown = seen(&inks[&cell.symbol], protocol, [cell.fg, cell.bg]);
            let meant: Vec<Color> = grey.map(|v| Color::Rgb(v, v, v)).collect();
            assert_eq!(shown, meant, "{protocol} {pattern:b}");
            assert_eq!(encoded.lossless, protocol != Protocol::Braille);
        }
    }
}

/// The pixels that vt100 shows of a picture that was painted.
fn on_screen(encoded: &Encoded, depth: Depth) -> Vec<Vec<[u8; 3]>> {
    let area = Rect::new(0, 0, encoded.columns, encoded.rows);
    let mut buffer = Buffer::empty(area);
    if let Body::Cells(picture) = &encoded.body {
        picture.paint(area, &mut buffer);
    }
    let bytes = Screen::new(depth).paint(&buffer, &Stage::default(), None);
    let [rows, columns] = [encoded.rows, encoded.columns].map(|n| n.try_into().unwrap());
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    terminal.process(&bytes);
    let rgb = |colour| match colour {
        vt100::Color::Rgb(r, g, b) => [r, g, b],
        vt100::Color::Idx(index @ 232..) => [8 + 10 * (index - 232); 3],
        vt100::Color::Idx(index @ 16..) => {
            [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6]
                .map(|step| if step == 0 { 0 } else { 55 + 40 * step })
        }
        _ => [0; 3],
    };
    let inks = inks();
    let cells = (0..encoded.rows).flat_map(|y| (0..encoded.columns).map(move |x| (y, x)));
    cells
        .map(|(y, x)| {
            let cell = terminal.screen().cell(y, x).unwrap();
            let symbol = cell.contents().chars().next().unwrap_or(' ');
            let colours = [cell.fgcolor(), cell.bgcolor()].map(rgb);
            seen(&inks[&symbol], encoded.protocol, colours)
        })
        .collect()
}

/// The pixels of a cell.
fn under(frame: &Frame, protocol: Protocol, cell: usize) -> Vec<[u8; 3]> {
    let (across, down) = protocol.cell_pixels().unwrap();
    let columns = frame.width / across;
    let (x, y) = (cell % columns * across, cell / columns * down);
    let places = (0..across * down).map(|bit| (x + bit % across, y + bit / across));
    places.map(|(x, y)| frame.rgb(x, y)).collect()
}

fn error(a: [f64; 3], b: [u8; 3]) -> f64 {
    let square = |c: usize| (a[c] - f64::from(b[c])).powi(2);
    3.0 * square(0) + 6.0 * square(1) + square(2)
}

/// The least error that any two colours in any pattern can have.
fn least(pixels: &[[u8; 3]]) -> f64 {
    let mean = |part: &[[u8; 3]]| {
        [0, 1, 2].map(|c| part.iter().map(|p| f64::from(p[c])).sum::<f64>() / part.len() as f64)
    };
    let of = |part: Vec<[u8; 3]>| -> f64 { part.iter().map(|p| error(mean(&part), *p)).sum() };
    let patterns = 0..1_u32 << pixels.len();
    patterns
        .map(|pattern| {
            let inside = |bit: &usize| pattern >> bit & 1 == 1;
            let (ink, ground): (Vec<usize>, Vec<usize>) = (0..pixels.len()).partition(inside);
            let part = |bits: Vec<usize>| bits.into_iter().map(|bit| pixels[bit]).collect();
            of(part(ink)) + of(part(ground))
        })
        .fold(f64::INFINITY, f64::min)
}

fn frames() -> impl Strategy<Value = (Protocol, Frame)> {
    let protocol = prop::sample::select(ALL[..4].to_vec());
    (protocol, 1_usize..6, 1_usize..4, any::<bool>()).prop_flat_map(|(protocol, w, h, grey)| {
        let (across, down) = protocol.cell_pixels().unwrap();
        let (width, height) = (w * across, h * down);
        let pixels = prop::collection::vec(any::<[u8; 3]>(), width * height);
        pixels.prop_map(move |rgb| {
            let pixels = if grey {
                Pixels::Grey(rgb.iter().map(|p| p[0]).collect())
            } else {
                Pixels::Rgb(rgb)
            };
            let frame = Frame {
                width,
                height,
                pixels,
            };
            (protocol, frame)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_two_colours_would_show_a_cell_better((protocol, frame) in frames()) {
        let encoded = encode(&frame, &target(protocol, Effort::Fast)).unwrap();
        let mut exact = true;
        for (at, shown) in on_screen(&encoded, Depth::True).iter().enumerate() {
            let meant = under(&frame, protocol, at);
            let pairs = shown.iter().zip(&meant);
            let err: f64 = pairs.map(|(s, m)| error(s.map(f64::from), *m)).sum();
            // Colours are whole numbers: half a step of each channel of each pixel.
            prop_assert!(err <= least(&meant) + 2.5 * meant.len() as f64 + 1e-6);
            exact &= *shown == meant;
        }
        prop_assert_eq!(encoded.lossless, exact);
    }

    #[test]
    fn thrift_is_honest_and_no_dearer((protocol, frame) in frames()) {
        let exact = encode(&frame, &target(protocol, Effort::Fast)).unwrap();
        let slow = encode(&frame, &target(protocol, Effort::Least)).unwrap();
        let shown = on_screen(&slow, Depth::True);
        let same = shown.iter().enumerate().all(|(at, cell)| *cell == under(&frame, protocol, at));
        prop_assert!(!slow.lossless || same);
        prop_assert_eq!((slow.columns, slow.rows), (exact.columns, exact.rows));
        let cost = |encoded: &Encoded| lines(picture(encoded), Depth::True).len();
        prop_assert!(cost(&slow) <= cost(&exact));
    }
}

#[test]
fn a_picture_that_ends_inside_a_cell_leaves_the_rest_to_the_terminal() {
    let frame = Frame {
        width: 3,
        height: 5,
        pixels: Pixels::Grey(vec![77; 15]),
    };
    for protocol in ALL {
        for effort in [Effort::Fast, Effort::Least] {
            let encoded = encode(&frame, &target(protocol, effort)).unwrap();
            let (across, down) = protocol.cell_pixels().unwrap();
            let size = [3_usize.div_ceil(across), 5_usize.div_ceil(down)];
            assert_eq!([encoded.columns, encoded.rows].map(usize::from), size);
            let last = *picture(&encoded).cells.last().unwrap();
            assert_eq!((last.fg, last.bg), (Color::Rgb(77, 77, 77), Color::Reset));
        }
    }
}

#[test]
fn without_colours_braille_has_as_many_dots_as_the_cell_is_bright() {
    let inks = inks();
    let dots = |value: u8| {
        let frame = Frame {
            width: 2,
            height: 4,
            pixels: Pixels::Grey(vec![value; 8]),
        };
        let plain = Target {
            depth: Depth::Monochrome,
            ..target(Protocol::Braille, Effort::Fast)
        };
        let encoded = encode(&frame, &plain).unwrap();
        let cell = picture(&encoded).cells[0];
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
        let ink = inks[&cell.symbol];
        ink.iter().step_by(3).flatten().filter(|dot| **dot).count()
    };
    let counts: Vec<usize> = (0..=255).step_by(15).map(|v| dots(v as u8)).collect();
    assert!(counts.is_sorted());
    assert_eq!((counts[0], counts[17], dots(128)), (0, 8, 4));
}

#[test]
fn sixteen_colours_are_asked_for_by_name() {
    let frame = Frame {
        width: 4,
        height: 4,
        pixels: Pixels::Rgb((0..16).map(|v| [v * 16, 255 - v * 16, 90]).collect()),
    };
    for protocol in ALL {
        for effort in [Effort::Fast, Effort::Least] {
            let few = Target {
                depth: Depth::Colours16,
                ..target(protocol, effort)
            };
            let encoded = encode(&frame, &few).unwrap();
            let colours = picture(&encoded).cells.iter().flat_map(|c| [c.fg, c.bg]);
            let named = |c: Color| !matches!(c, Color::Rgb(..) | Color::Indexed(_));
            assert!(colours.into_iter().all(named) && !encoded.lossless);
        }
    }
}

/// A picture of the shared views, averaged to so many cells of a protocol.
fn view(name: &str, cells: [u16; 2], protocol: Protocol) -> Option<Frame> {
    let picture = image::open(shared(&format!("views/{name}.png"))?).unwrap();
    let (width, height) = pixels_for(protocol, cells[0], cells[1], CellSize::default());
    let colour = picture.color().has_color();
    let rgb = picture.to_rgb8();
    let span = |at: usize, of: usize, many: u32| {
        let (from, to) = (at * many as usize / of, (at + 1) * many as usize / of);
        from..to.max(from + 1)
    };
    let mean = |(x, y): (usize, usize)| {
        let (columns, rows) = (span(x, width, rgb.width()), span(y, height, rgb.height()));
        let many = (columns.len() * rows.len()) as u64;
        let places = rows.flat_map(|y| columns.clone().map(move |x| (x as u32, y as u32)));
        let mut sums = [0_u64; 3];
        for (x, y) in places {
            (0..3).for_each(|c| sums[c] += u64::from(rgb.get_pixel(x, y).0[c]));
        }
        sums.map(|sum| (sum / many) as u8)
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = places.map(mean);
    Some(Frame {
        width,
        height,
        pixels: if colour {
            Pixels::Rgb(pixels.collect())
        } else {
            Pixels::Grey(pixels.map(|p| p[0]).collect())
        },
    })
}

/// Bytes of a whole picture as the painter writes it, and the mean error of its luminance.
fn measured(frame: &Frame, protocol: Protocol, effort: Effort) -> (usize, f64) {
    let encoded = encode(frame, &target(protocol, effort)).unwrap();
    let area = Rect::new(0, 0, encoded.columns, encoded.rows);
    let mut buffer = Buffer::empty(area);
    if let Body::Cells(picture) = &encoded.body {
        picture.paint(area, &mut buffer);
    }
    let bytes = Screen::new(Depth::True)
        .paint(&buffer, &Stage::default(), None)
        .len();
    let light = |p: [u8; 3]| {
        (0..3)
            .map(|c| [0.299, 0.587, 0.114][c] * f64::from(p[c]))
            .sum::<f64>()
    };
    let shown = on_screen(&encoded, Depth::True);
    let (mut away, mut many) = (0.0, 0.0);
    for (at, cell) in shown.iter().enumerate() {
        for (shown, meant) in cell.iter().zip(under(frame, protocol, at)) {
            away += (light(*shown) - light(meant)).abs();
            many += 1.0;
        }
    }
    (bytes, away / many)
}

#[test]
fn on_a_slow_line_the_views_cost_what_was_promised() {
    for (name, cells, most) in [
        ("A_fit_gray", [100, 12], 6_500),
        ("B_zoom2_gray", [100, 30], 14_400),
        ("C_1to1_gray", [100, 30], 18_300),
        ("cxr480", [60, 30], 18_700),
    ] {
        for protocol in ALL {
            let Some(frame) = view(name, cells, protocol) else {
                return;
            };
            let (exact, _) = measured(&frame, protocol, Effort::Fast);
            let (bytes, away) = measured(&frame, protocol, Effort::Least);
            println!("{name} {protocol}: exact {exact}, slow {bytes} bytes, {away:.2} steps off");
            assert!(protocol != Protocol::HalfBlock || bytes <= most && away < 3.0);
            assert!(bytes < exact / 2);
        }
    }
}
