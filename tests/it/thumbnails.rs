//! Small pictures in the queue: rows of four lines under keys and mouse, what is asked for and when,
//! what is drawn, and the thread that makes them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray16;
use xamine::Error;
use xamine::app::{Effect, Event, Listing, Small};
use xamine::cancel::Cancel;
use xamine::graphics::Depth;
use xamine::radiograph::{Air, Plane, PlaneName, Radiograph, Size};
use xamine::scan::{Limits, Scan, resolve};
use xamine::terminal::reader::{Button, Mouse, MouseKind};
use xamine::view::{Frame, Thumbnail};
use xamine::worker::Thumbnailer;

use crate::app_at_work::{AtWork, after, made, work};

/// So long that it only passes when something hangs.
const HANG: Duration = Duration::from_mins(1);
const MANY: &str = "grey dual blind bright grey dual blind bright grey dual";

/// A console whose scans and pictures are not answered from now on.
fn silent(scans: &str) -> AtWork {
    let mut at = work(scans);
    at.answers = false;
    at
}

/// The rows that the newest request for small pictures is for; `None` where there was none.
fn asked(at: &mut AtWork) -> Option<Vec<String>> {
    let mut asked = at.unanswered.drain(..).filter_map(|effect| match effect {
        Effect::Thumbnails(scans) => Some(scans.iter().map(|s| s.name().to_string()).collect()),
        _ => None,
    });
    asked.next_back()
}

fn answer(at: &mut AtWork, row: usize, result: Result<Option<Arc<Thumbnail>>, Error>) {
    let scan = Box::new(at.app.queue.rows[row].scan.clone());
    at.event(Event::Thumbnail { scan, result });
}

fn small(at: &AtWork, row: usize) -> Option<Small> {
    at.app.small(&at.app.queue.rows[row])
}

fn plain(word: &str) -> Arc<Thumbnail> {
    let open = made(word, 0).1.unwrap();
    let made = Thumbnail::plain(&open.opened.views[0], &Cancel::never());
    Arc::new(made.unwrap())
}

fn click(at: &mut AtWork, row: u16) {
    at.event(Event::Mouse(Mouse {
        kind: MouseKind::Press(Button::Left),
        column: 3,
        row,
        ctrl: false,
        alt: false,
        shift: false,
    }));
}

#[test]
fn rows_of_four_lines_scroll_and_are_clicked() {
    let mut at = work(MANY);
    let height = at.app.layout().queue.height;
    assert_eq!(
        (at.app.queue.listing, at.app.queue.list_rows(height)),
        (Listing::Lines, 15)
    );
    at.keys("V");
    assert_eq!(
        (at.app.queue.listing, at.app.queue.list_rows(height)),
        (Listing::Thumbnails, 3)
    );
    assert!(at.notice().contains("for finding"), "{}", at.notice());
    // The selected row is always among those that are drawn.
    for row in 0..10 {
        let first = at.app.queue.first_visible(height);
        assert_eq!(at.app.queue.selected, row);
        assert!((first..first + 3).contains(&row), "{row} {first}");
        assert!(at.screen().contains(&format!("{row}-")));
        at.keys("j");
    }
    // Every line of a row is that row; title and detail are none.
    for (line, row) in [
        (0, None),
        (1, Some(0)),
        (4, Some(0)),
        (5, Some(1)),
        (12, Some(2)),
        (13, None),
        (20, None),
    ] {
        at.keys("g g");
        assert_eq!(at.app.queue.row_at(line, height), row, "{line}");
        click(&mut at, line);
        assert_eq!(at.app.queue.selected, row.unwrap_or(0), "{line}");
    }
    at.keys("g g V");
    click(&mut at, 7);
    assert_eq!(
        (at.app.queue.listing, at.app.queue.selected),
        (Listing::Lines, 6)
    );
    // Below a short list nothing is selected.
    let mut at = after("grey dual", "V");
    click(&mut at, 9);
    assert_eq!(at.app.queue.selected, 0);
}

#[test]
fn what_was_on_the_screen_whole_costs_nothing() {
    let mut at = silent("grey dual blind");
    at.keys("V");
    // The first scan's is the picture on the screen.
    assert!(matches!(small(&at, 0), Some(Small::Picture(_))));
    assert_eq!(asked(&mut at).unwrap(), ["1-dual.tif", "2-blind.tif"]);
    // A filter takes things out of the picture, and a part is not the whole.
    let mut at = after("grey dual", "V");
    let before = small(&at, 0);
    at.keys("i");
    at.keys("<cr> + +");
    assert_eq!(small(&at, 0), before);
    // Another window is another picture.
    at.keys("f i ] ] ]");
    assert_ne!(small(&at, 0), before);
}

#[test]
fn visible_rows_are_asked_for_once_from_the_selected_one_on() {
    let mut at = silent(MANY);
    assert_eq!(asked(&mut at), None);
    at.keys("V");
    assert_eq!(asked(&mut at).unwrap(), ["1-dual.tif", "2-blind.tif"]);
    // Neither an answer nor anything else asks again for what is under way.
    answer(&mut at, 1, Ok(Some(plain("dual"))));
    at.keys("B");
    assert_eq!(asked(&mut at), None);
    let why = at.app.queue.rows[2].scan.name();
    answer(&mut at, 2, Err(Error::NotPossible { why }));
    assert_eq!(
        (asked(&mut at), small(&at, 2)),
        (None, Some(Small::Nothing))
    );
    // Other rows come into sight; the one that is opened comes by itself.
    at.keys("j j j j j");
    assert_eq!(asked(&mut at).unwrap(), ["6-blind.tif", "4-grey.tif"]);
    answer(&mut at, 6, Ok(None));
    assert_eq!(small(&at, 6), Some(Small::Later));
    // What could not be made is tried again after the folder is read again.
    at.keys("g g");
    let _ = asked(&mut at);
    at.keys("R");
    assert!(asked(&mut at).unwrap().contains(&"2-blind.tif".to_owned()));
    // What nobody sees is given up.
    at.keys("V");
    assert_eq!(asked(&mut at).unwrap(), [""; 0]);
    at.keys("B");
    assert_eq!(asked(&mut at), None);
}

#[test]
fn another_file_of_that_name_has_no_picture_yet() {
    let mut at = silent("grey dual");
    at.keys("V");
    answer(&mut at, 1, Ok(Some(plain("dual"))));
    assert!(matches!(small(&at, 1), Some(Small::Picture(_))));
    let _ = asked(&mut at);
    let mut scan = at.app.queue.rows[1].scan.clone();
    scan.files[0].modified_ns = 1;
    at.found(scan, None);
    assert_eq!(small(&at, 1), None);
    assert_eq!(asked(&mut at).unwrap(), ["1-dual.tif"]);
}

#[test]
fn a_small_picture_is_no_look_at_a_scan() {
    let mut at = after("grey dual", "V");
    assert!(matches!(small(&at, 1), Some(Small::Picture(_))));
    at.keys("n");
    at.answers = false;
    at.keys("V V j");
    let looks = at.app.desk.seen.looks();
    assert!(looks.iter().all(|look| look.view.view == "main"));
    // The second scan is at hand, not drawn: nothing of it was seen.
    let mut at = silent("grey dual");
    at.keys("V");
    answer(&mut at, 1, Ok(Some(plain("dual"))));
    at.keys("j j V V");
    assert_eq!(
        (at.app.queue.selected, at.app.desk.seen.looks().len()),
        (1, 0)
    );
}

#[test]
fn cells_have_the_colours_that_the_terminal_has() {
    let mut at = after("grey dual", "V");
    let colours = |at: &AtWork| {
        let buffer = at.buffer();
        let cells = (1..5).flat_map(|y| (0..12).map(move |x| (x, y)));
        let cells: Vec<_> = cells.map(|at| buffer[at].clone()).collect();
        cells
    };
    use ratatui::style::Color;
    assert!(colours(&at).iter().any(|c| matches!(c.bg, Color::Rgb(..))));
    for depth in [Depth::Colours256, Depth::Colours16, Depth::Monochrome] {
        let facts = xamine::app::TerminalFacts {
            depth,
            ..at.app.terminal.clone()
        };
        at.event(Event::Terminal(facts));
        assert!(!colours(&at).iter().any(|c| matches!(c.bg, Color::Rgb(..))));
        assert!(
            colours(&at)
                .iter()
                .any(|c| c.symbol() != " " || c.bg != Color::Reset)
        );
    }
}

/// A bright scan with a dark left half.
fn halves(size: (usize, usize), pixel_mm: Option<[f64; 2]>) -> Radiograph {
    let (width, height) = size;
    let sample = |i: usize| if i % width < width / 2 { 500 } else { 50_000 };
    let samples = (0..width * height).map(sample).collect();
    Radiograph {
        view: "main".into(),
        pixel_mm,
        planes: vec![Plane {
            air: Some(Air::Uniform(60_000.0)),
            ..Plane::new(PlaneName::Grey, width, height, samples)
        }],
    }
}

/// Left, top, right, bottom of what is not ground.
fn lit(frame: &Frame) -> [usize; 4] {
    let ground = frame.rgb(0, 0);
    let places = (0..frame.height).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
    let lit: Vec<_> = places
        .filter(|(x, y)| frame.rgb(*x, *y) != ground)
        .collect();
    let side = |of: fn(&(usize, usize)) -> usize| lit.iter().map(of);
    let (xs, ys) = (|p: &(usize, usize)| p.0, |p: &(usize, usize)| p.1);
    [
        side(xs).min().unwrap(),
        side(ys).min().unwrap(),
        side(xs).max().unwrap() + 1,
        side(ys).max().unwrap() + 1,
    ]
}

#[test]
fn a_small_picture_has_the_shape_of_the_scan_in_the_middle_of_its_room() {
    let room = Size {
        width: 24,
        height: 16,
    };
    for (size, pixel_mm, tall, expected) in [
        ((300, 200), None, 1.0, [0, 0, 24, 16]),
        ((400, 200), None, 1.0, [0, 2, 24, 14]),
        ((200, 200), None, 1.0, [4, 0, 20, 16]),
        // Lines twice as far apart as columns, and pixels of the screen twice as high as wide.
        ((400, 200), Some([1.0, 2.0]), 1.0, [4, 0, 20, 16]),
        ((400, 200), None, 2.0, [0, 5, 24, 11]),
    ] {
        let made = Thumbnail::plain(&halves(size, pixel_mm), &Cancel::never()).unwrap();
        let frame = made.centred(room, tall);
        let [left, top, right, bottom] = expected;
        let (middle, row) = (usize::midpoint(left, right), usize::midpoint(top, bottom));
        assert!(
            frame.rgb(left, row)[0] < frame.rgb(right - 1, row)[0],
            "{size:?}"
        );
        assert_eq!(frame.rgb(left, row), frame.rgb(middle - 2, row));
        // The dark half may be as dark as the ground, the bright one is not.
        let [_, y0, x1, y1] = lit(&frame);
        assert_eq!([y0, x1, y1], [top, right, bottom], "{size:?}");
    }
}

// ---- the thread

fn tiff(folder: &TempDir, name: &str, [width, height]: [u32; 2]) -> PathBuf {
    let path = folder.path().join(name);
    let file = std::fs::File::create(&path).unwrap();
    let samples: Vec<u16> = (0..width * height)
        .map(|i| (i * 37 % 60_000) as u16)
        .collect();
    let mut encoder = TiffEncoder::new(file).unwrap();
    encoder
        .write_image::<Gray16>(width, height, &samples)
        .unwrap();
    path
}

fn scan(path: &Path) -> Scan {
    resolve(path, true).unwrap().0
}

type Answer = (String, Result<Option<Arc<Thumbnail>>, Error>);

/// The thread, its answers, and a gate that every answer passes.
fn started(gate: Arc<Mutex<()>>) -> (Thumbnailer, Receiver<Answer>, Receiver<()>) {
    let (sender, answers) = channel();
    let (came, arrivals) = channel();
    let thread = Thumbnailer::start(
        Limits::default(),
        Box::new(move |event| {
            let Event::Thumbnail { scan, result } = event else {
                panic!("another event");
            };
            let _ = came.send(());
            let _open = gate.lock().unwrap();
            drop(sender.send((scan.name().to_string(), result)));
        }),
    );
    (thread, answers, arrivals)
}

#[test]
fn one_broken_file_keeps_nobody_from_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let good = ["a.tif", "c.tif"].map(|name| scan(&tiff(&folder, name, [300, 200])));
    let broken = scan(&tiff(&folder, "b.tif", [300, 200]));
    let path = &broken.files[0].path;
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    // As if it were larger than what is read for a small picture.
    let mut large = scan(&tiff(&folder, "d.tif", [30, 20]));
    large.files[0].bytes = 65 << 20;
    let gone = Scan {
        path: folder.path().join("e.tif"),
        files: vec![xamine::scan::ScanFile {
            path: folder.path().join("e.tif"),
            ..good[0].files[0].clone()
        }],
        ..good[0].clone()
    };
    let [a, c] = good;
    let (thread, answers, _) = started(Arc::default());
    thread.make(vec![a, broken, gone, large, c]);
    let next = || answers.recv_timeout(HANG).unwrap();
    let (name, made) = next();
    assert_eq!((name.as_str(), made.unwrap().is_some()), ("a.tif", true));
    let (name, made) = next();
    assert!(name == "b.tif" && made.is_err(), "{name}");
    let (name, made) = next();
    assert!(name == "e.tif" && made.is_err(), "{name}");
    let (name, made) = next();
    assert_eq!((name.as_str(), made), ("d.tif", Ok(None)));
    let (name, made) = next();
    let room = Size {
        width: 24,
        height: 16,
    };
    let made = made.unwrap().unwrap();
    assert_eq!(
        (name.as_str(), lit(&made.centred(room, 2.0))[1]),
        ("c.tif", 4)
    );
}

#[test]
fn a_newer_request_ends_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.tif", "b.tif", "c.tif", "d.tif"];
    let [a, b, c, d] = names.map(|name| scan(&tiff(&folder, name, [40, 30])));
    let gate = Arc::new(Mutex::new(()));
    let (thread, answers, arrivals) = started(Arc::clone(&gate));
    let shut = gate.lock().unwrap();
    thread.make(vec![a, b, c.clone()]);
    // The first is being answered when the next request comes.
    arrivals.recv_timeout(HANG).unwrap();
    thread.make(vec![d, c]);
    drop(shut);
    let came: Vec<String> = (0..3)
        .map(|_| answers.recv_timeout(HANG).unwrap().0)
        .collect();
    assert_eq!(came, ["a.tif", "d.tif", "c.tif"]);
    drop(thread);
    // Nothing else comes: the thread has ended.
    assert!(answers.recv_timeout(HANG).is_err());
}
