//! Scale bar, grid, map and loupe: the loupe against the samples, the map's frame against the view,
//! keys, and that what lies over the picture is gone by the same key.

use xamine::app::LensPlace;
use xamine::cancel::Cancel;
use xamine::graphics::Protocol;
use xamine::radiograph::{Plane, PlaneName, Radiograph, Size};
use xamine::view::{
    Canvas, Frame, Guide, Inset, LengthUnit, Loupe, Pixels, Stroke, Thumbnail, View, ViewRequest,
    guided, map,
};

use crate::app_at_work::{AtWork, after};

const SCAN: Size = Size {
    width: 320,
    height: 240,
};

fn size(width: usize, height: usize) -> Size {
    Size { width, height }
}

/// Whether the sample there is a light one: no pattern that resampling could keep by luck.
fn is_light(x: usize, y: usize) -> bool {
    (x * 7919 + y * 104_729 + x * y * 31) % 7 < 3
}

fn scan(pixel_mm: Option<[f64; 2]>) -> Radiograph {
    let rows = (0..SCAN.height).flat_map(|y| (0..SCAN.width).map(move |x| (x, y)));
    let samples = rows.map(|(x, y)| if is_light(x, y) { 60_000 } else { 500 });
    Radiograph {
        view: "main".into(),
        pixel_mm,
        planes: vec![Plane::new(
            PlaneName::Grey,
            SCAN.width,
            SCAN.height,
            samples.collect(),
        )],
    }
}

/// The ways up of a view.
fn ways(view: &View) -> Vec<View> {
    let turned = [0, 90, 180, 270].map(|rotation| View {
        rotation,
        ..view.clone()
    });
    let over = turned.clone().map(|view| View {
        mirrored: true,
        ..view
    });
    turned.into_iter().chain(over).collect()
}

#[test]
fn the_loupe_shows_the_samples_themselves_however_small_the_picture() {
    for pixel_mm in [None, Some([0.5, 1.0])] {
        let radiograph = scan(pixel_mm);
        let view = View::of(&radiograph, &ViewRequest::default()).unwrap();
        for view in ways(&view) {
            // The picture shows averages of four by four and more.
            let canvas = Canvas::of(&radiograph, &view, size(60, 40), 1.0);
            let view = view.fit(canvas);
            for (factor, at) in [(2, [100, 70]), (4, [0, 0]), (8, [319, 120])] {
                let loupe = Loupe {
                    at,
                    factor,
                    corner: [0, 0],
                    size: size(96, 64),
                    tall: 1.0,
                };
                let inset = Inset::of(&radiograph, &view, loupe, &Cancel::never()).unwrap();
                let mut looked = 0;
                for y in 2..62 {
                    for x in 2..94 {
                        let point = [x as f64 + 0.5, y as f64 + 0.5];
                        let [sx, sy] = inset.view.to_scan(loupe.size, point).map(|n| n as usize);
                        let near = sx.abs_diff(at[0]) <= 1 && sy.abs_diff(at[1]) <= 1;
                        if near && [sx, sy] != at {
                            continue;
                        }
                        let expected = if is_light(sx, sy) { 255 } else { 0 };
                        assert_eq!(inset.frame.rgb(x, y), [expected; 3], "{factor} {sx} {sy}");
                        looked += usize::from([sx, sy] == at);
                    }
                }
                // The pixel under the crosshair is free, as large as the factor says.
                let most = if pixel_mm.is_some() { 2 } else { 1 };
                let whole = usize::from(factor).pow(2) * most;
                assert!(at[0] == 0 || at[0] == 319 || looked == whole, "{looked}");
                assert!(looked > 0);
            }
        }
    }
}

#[test]
fn an_inset_takes_no_pixel_beyond_its_place() {
    let radiograph = scan(None);
    let view = View::of(&radiograph, &ViewRequest::default()).unwrap();
    let loupe = Loupe {
        at: [50, 50],
        factor: 4,
        corner: [10, 20],
        size: size(40, 30),
        tall: 1.0,
    };
    let inset = Inset::of(&radiograph, &view, loupe, &Cancel::never()).unwrap();
    let palette: Vec<[u8; 3]> = (0..=255).map(|n| [n, 0, 0]).collect();
    for pixels in [
        Pixels::Grey(vec![77; 100 * 80]),
        Pixels::Rgb(vec![[7, 8, 9]; 100 * 80]),
        Pixels::Indexed {
            palette: vec![[9, 9, 9]],
            indices: vec![0; 100 * 80],
        },
        Pixels::Indexed {
            palette,
            indices: vec![3; 100 * 80],
        },
    ] {
        let frame = Frame {
            width: 100,
            height: 80,
            pixels,
        };
        let over = inset.over(frame.clone());
        for y in 0..80 {
            for x in 0..100 {
                let inside = (10..50).contains(&x) && (20..50).contains(&y);
                if !inside {
                    assert_eq!(over.rgb(x, y), frame.rgb(x, y));
                } else if !matches!(&frame.pixels, Pixels::Indexed { palette, .. } if palette.len() == 256)
                {
                    assert_eq!(over.rgb(x, y), inset.frame.rgb(x - 10, y - 20));
                }
            }
        }
    }
}

#[test]
fn the_maps_frame_is_where_the_view_is() {
    let radiograph = scan(None);
    let view = View::of(&radiograph, &ViewRequest::default()).unwrap();
    for view in ways(&view) {
        let whole = view.fit(Canvas::of(&radiograph, &view, size(320, 320), 1.0));
        assert_eq!(map(None, &whole, SCAN, size(32, 32)), None);
        // A quarter of each side, on whole pixels of the map.
        let part = View {
            region: [40.0, 60.0, 80.0, 120.0],
            ..view.clone()
        };
        let room = if view.rotation % 180 == 0 {
            size(32, 24)
        } else {
            size(24, 32)
        };
        let drawn = map(None, &part, SCAN, room).unwrap();
        let yellow: Vec<[usize; 2]> = (0..room.height)
            .flat_map(|y| (0..room.width).map(move |x| [x, y]))
            .filter(|[x, y]| drawn.rgb(*x, *y) == [255, 220, 0])
            .collect();
        let entire = View {
            region: [0.0, 0.0, 320.0, 240.0],
            ..view.clone()
        };
        assert_eq!(yellow.len(), 2 * (8 + 12) - 4);
        for [x, y] in yellow {
            let [sx, sy] = entire.to_scan(room, [x as f64 + 0.5, y as f64 + 0.5]);
            let edge = |at: f64, low: f64, high: f64| at - low < 10.0 || high - at < 10.0;
            assert!((40.0..120.0).contains(&sx) && (60.0..180.0).contains(&sy));
            assert!(edge(sx, 40.0, 120.0) || edge(sy, 60.0, 180.0));
        }
    }
}

#[test]
fn the_map_shows_the_scan_the_way_up_that_the_picture_has() {
    // Light in one corner of the scan alone.
    let frame = Frame {
        width: 320,
        height: 240,
        pixels: Pixels::Grey(
            (0..320 * 240)
                .map(|i| if i % 320 < 80 && i / 320 < 60 { 255 } else { 0 })
                .collect(),
        ),
    };
    let view = View::of(&scan(None), &ViewRequest::default()).unwrap();
    let made = View {
        region: [0.0, 0.0, 320.0, 240.0],
        ..view.clone()
    };
    let thumbnail = Thumbnail::of(&frame, &made, &scan(None)).unwrap();
    for view in ways(&view) {
        let part = View {
            region: [10.0, 10.0, 300.0, 220.0],
            ..view.clone()
        };
        let room = if view.rotation % 180 == 0 {
            size(32, 24)
        } else {
            size(24, 32)
        };
        let drawn = map(Some(&thumbnail), &part, SCAN, room).unwrap();
        let entire = View {
            region: [0.0, 0.0, 320.0, 240.0],
            ..view.clone()
        };
        let at = |point: [f64; 2]| {
            let [x, y] = entire.to_screen(room, point).map(|n| n as usize);
            drawn.rgb(x, y)[0]
        };
        assert_eq!(at([40.0, 30.0]), 255);
        assert_eq!(at([280.0, 30.0]), 0);
        assert_eq!(at([40.0, 205.0]), 0);
    }
    // A part of a scan makes no picture of the whole.
    let part = View {
        region: [1.0, 0.0, 319.0, 240.0],
        ..view
    };
    assert_eq!(Thumbnail::of(&frame, &part, &scan(None)), None);
}

#[test]
fn guides_draw_their_pixels_and_no_others() {
    let frame = Frame {
        width: 20,
        height: 10,
        pixels: Pixels::Grey(vec![100; 200]),
    };
    let guide = Guide {
        from: [2, 5],
        to: [30, 5],
        stroke: Stroke::Light,
    };
    let drawn = guided(frame.clone(), &[guide]);
    for y in 0..10 {
        for x in 0..20 {
            let expected = if y == 5 && x >= 2 { 255 } else { 100 };
            assert_eq!(drawn.rgb(x, y)[0], expected);
        }
    }
}

/// The frame on the screen.
fn frame(at: &AtWork) -> Frame {
    (*at.app.desk.shown.as_ref().unwrap().frame).clone()
}

#[test]
fn one_key_shows_each_and_the_same_key_takes_it_away() {
    let mut at = after("grey", "<cr> c +");
    let before = frame(&at);
    for (key, words) in [("B", "50 mm"), ("#", "grid "), ("O", ":1")] {
        assert!(!at.screen().contains(words), "{key}");
        at.keys(key);
        assert!(at.screen().contains(words), "{key}\n{}", at.screen());
        assert_ne!(frame(&at), before, "{key}");
        at.keys(key);
        assert_eq!(frame(&at), before, "{key}");
    }
    let view = at.view().clone();
    at.keys("B # O Y Y");
    assert_eq!(at.app.loupe().unwrap().factor % 8, 0);
    // Nothing of it is in the view, which the log keeps.
    assert_eq!(*at.view(), view);
    assert_eq!(at.app.ruling().unwrap().bar.unit, LengthUnit::Millimetre);
}

#[test]
fn the_loupe_is_never_over_the_crosshair() {
    let mut at = after("grey", "<cr> O");
    for key in [
        "right", "up", "left", "left", "down", "down", "right", "right",
    ] {
        for _ in 0..12 {
            at.keys(key);
            let loupe = at.app.loupe().unwrap();
            let screen = at.app.picture_size().unwrap();
            let cross = at.view().to_screen(screen, at.app.desk.crosshair.unwrap());
            let [left, top] = loupe.corner.map(|n| n as f64);
            let inside = (left..left + loupe.size.width as f64).contains(&cross[0])
                && (top..top + loupe.size.height as f64).contains(&cross[1]);
            assert!(!inside, "{cross:?} {loupe:?}");
        }
    }
}

#[test]
fn where_pictures_lie_over_each_other_the_picture_itself_stays_as_it_is() {
    let mut at = after("grey", "");
    at.app.terminal.protocol = Protocol::Kitty;
    at.keys("<cr> c + B # O");
    let shown = at.app.desk.shown.clone().unwrap();
    assert_eq!(*shown.frame, shown.picture.frame);
    let lens = shown.lens.as_ref().unwrap();
    assert!(lens.png.starts_with(b"\x89PNG"));
    assert!(!at.app.overlay().guides.is_empty());
    assert_ne!(LensPlace::Layer, LensPlace::Drawn);
    at.keys("O");
    assert!(at.app.desk.shown.as_ref().unwrap().lens.is_none());
}

#[test]
fn the_map_stands_in_the_inspector_and_over_the_picture_only_when_asked() {
    let mut at = AtWork::of(120, 40);
    at.folder("grey");
    at.keys("<cr>");
    assert!(!at.screen().contains("Map"));
    at.keys("+ +");
    assert!(at.screen().contains("Map"), "{}", at.screen());
    at.keys("N");
    assert!(!at.screen().contains("Map"));
    // Without an inspector it lies over the picture by its key alone.
    let mut narrow = after("grey", "<cr> + +");
    let bare = narrow.buffer();
    narrow.keys("N");
    let with = narrow.buffer();
    let corner = |buffer: &ratatui::buffer::Buffer| buffer[(2, 2)].clone();
    assert_ne!(corner(&bare), corner(&with));
    narrow.keys("N");
    assert_eq!(corner(&bare), corner(&narrow.buffer()));
}

#[test]
fn the_picture_alone_takes_every_column() {
    let mut at = AtWork::of(120, 40);
    at.folder("grey dual");
    let view = at.view().clone();
    at.keys("F");
    assert_eq!(at.app.layout().picture.width, 120);
    assert_eq!(at.app.layout().picture.height, 38);
    at.keys("F");
    assert!(at.app.layout().picture.width < 120);
    assert_eq!(*at.view(), view);
}
