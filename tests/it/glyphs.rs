//! Pictures of characters: what a terminal shows of them, and what they cost.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use xamine::graphics::{
    Answers, Body, CellSize, Depth, Effort, Protocol, Target, encode, pixels_for,
};
use xamine::terminal::{Screen, lines};
use xamine::view::{Frame, Pixels};

use crate::shared::shared;

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

fn view(name: &str, cells: [u16; 2], protocol: Protocol) -> Option<Frame> {
    let picture = image::open(shared(&format!("views/{name}.png"))?).unwrap();
    let (width, height) = pixels_for(protocol, cells[0], cells[1], CellSize::default());
    let colour = picture.color().has_color();
    let rgb = picture.to_rgb8();
    let mean = |x: usize, y: usize| {
        let (w, h) = (rgb.width() as usize, rgb.height() as usize);
        let (x0, x1) = (x * w / width, ((x + 1) * w / width).max(x * w / width + 1));
        let (y0, y1) = (
            y * h / height,
            ((y + 1) * h / height).max(y * h / height + 1),
        );
        [0, 1, 2].map(|c| {
            let mut sum = 0;
            for y in y0..y1 {
                for x in x0..x1 {
                    sum += u64::from(rgb.get_pixel(x as u32, y as u32).0[c]);
                }
            }
            (sum / ((x1 - x0) * (y1 - y0)) as u64) as u8
        })
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| mean(x, y));
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

#[test]
fn bytes_of_the_views() {
    for (name, cells) in [
        ("A_fit_gray", [100, 13]),
        ("B_zoom2_gray", [100, 30]),
        ("C_1to1_gray", [100, 30]),
        ("C_1to1_rgb", [100, 30]),
        ("cxr480", [60, 30]),
    ] {
        for protocol in Protocol::ALL
            .into_iter()
            .filter(|p| p.cell_pixels().is_some())
        {
            let Some(frame) = view(name, cells, protocol) else {
                return;
            };
            for effort in [Effort::Fast, Effort::Small] {
                let encoded = encode(&frame, &target(protocol, effort)).unwrap();
                let Body::Cells(picture) = &encoded.body else {
                    panic!()
                };
                let area = Rect::new(0, 0, encoded.columns, encoded.rows);
                let mut buffer = Buffer::empty(area);
                encoded.place(area, &mut buffer);
                let bytes = Screen::new(Depth::True).paint(&buffer, None, None).len();
                let printed = lines(picture, Depth::True).len();
                println!("{name} {protocol} {effort:?} painted {bytes} printed {printed}");
            }
        }
    }
}
