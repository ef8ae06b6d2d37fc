//! The scheduler and the painter at one end of a slow line, a terminal at the other, in virtual time.
//!
//! [`Sitting`] drives them as the console does. Frames are made from a scan that is a formula, in
//! steps of grey that every protocol carries exactly, so that what is on the screen can be compared
//! pixel by pixel with what was rendered, on every rung.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use xamine::cancel::Cancel;
use xamine::delivery::{Delivery, Level, Means, Order, Scene, Settings, Sprite, Written};
use xamine::graphics::{self, Body, Depth, Encoded, Evidence, Protocol, Rung, Stage, kitty};
use xamine::radiograph::{Fineness, Size, Unit};
use xamine::terminal::Screen;
use xamine::terminal::screen::is_left_free;
use xamine::view::{
    Aspect, Canvas, Display, Frame, Pixels, VIEW_VERSION, View, Window, drawn_over, overlaid,
};

use crate::far_terminal::{Answer, CELL, CellPixels, FarTerminal};

/// The scan.
pub(crate) const SCAN: Size = Size {
    width: 1600,
    height: 800,
};
/// Where the pane is on the screen.
const PANE: (u16, u16) = (2, 1);
/// Text of fewer bytes goes without a fence of its own, as in the console.
const SMALL: usize = 256;
/// Most bytes that arrive at once.
const PACKET: usize = 400;
/// How long rendering takes.
const RENDERS: Duration = Duration::from_millis(20);
/// How long coding takes.
const CODES: Duration = Duration::from_millis(15);
/// No console is busy for longer.
const NEVER: Duration = Duration::from_secs(150);

pub(crate) fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A line: bytes a second, the round trip, and how unsteady it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rate: f64,
    pub(crate) rtt: Duration,
    /// Of a hundred packets so many come two round trips late, and all after them wait.
    pub(crate) late: u64,
}

/// 64 kbit/s, 600 ms.
pub(crate) const SLOW: Pace = Pace {
    rate: 8_000.0,
    rtt: Duration::from_millis(600),
    late: 0,
};

/// Both directions of the line.
struct Line {
    pace: Pace,
    free: Duration,
    last: Duration,
    down: VecDeque<(Duration, Vec<u8>)>,
    up: VecDeque<(Duration, Answer)>,
    /// Nothing passes before.
    stuck: Duration,
    seed: u64,
}

impl Line {
    /// Whether nothing is under way, either way.
    fn is_quiet(&self) -> bool {
        self.down.is_empty() && self.up.is_empty()
    }

    fn random(&mut self, below: u64) -> u64 {
        self.seed = mixed(self.seed);
        self.seed % below
    }

    fn write(&mut self, bytes: &[u8], now: Duration) {
        for packet in bytes.chunks(PACKET) {
            let takes = Duration::from_secs_f64(packet.len() as f64 / self.pace.rate);
            self.free = self.free.max(now) + takes;
            let late = self.random(100) < self.pace.late;
            let late = if late {
                2 * self.pace.rtt
            } else {
                Duration::ZERO
            };
            self.last = self.last.max(self.free + self.pace.rtt / 2 + late);
            self.down.push_back((self.last, packet.to_vec()));
        }
    }

    fn answer(&mut self, answer: Answer, now: Duration) {
        let before = self.up.back().map(|(at, _)| *at).unwrap_or_default();
        self.up
            .push_back((before.max(now + self.pace.rtt / 2), answer));
    }
}

fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Who codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coder {
    /// A small one in this file, whose every rung is known.
    Plain,
    /// The console's.
    Real,
}

/// What lies over the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Over {
    /// Text over these cells of the pane.
    pub(crate) popup: Option<Rect>,
    /// The crosshair in scan pixels.
    pub(crate) crosshair: Option<[f64; 2]>,
    /// Nothing of the picture is seen.
    pub(crate) hidden: bool,
}

/// The console and all that it is connected to.
pub(crate) struct Sitting {
    pub(crate) now: Duration,
    pub(crate) delivery: Delivery,
    pub(crate) terminal: FarTerminal,
    pub(crate) scene: Scene,
    pub(crate) over: Over,
    /// Whether the terminal answers fences.
    pub(crate) answers: bool,
    /// Writes of pictures: when, and how many bytes in all.
    pub(crate) writes: Vec<(Duration, usize)>,
    /// When the newest frame of a scene was there.
    pub(crate) framed: Duration,
    protocol: Protocol,
    coder: Coder,
    screen: Screen,
    line: Line,
    rendering: Option<(Duration, Scene, Over)>,
    frame: Option<(Scene, Over, Arc<Frame>)>,
    coding: Option<(Duration, Order)>,
    wake: Option<Duration>,
    token: u64,
    fences: VecDeque<(u64, usize)>,
    removal: Vec<u8>,
    expected: HashMap<Rung, Frame>,
    expects: Option<(Scene, Over)>,
    /// What was checked last, and against which changes of the terminal.
    checked: Option<(usize, Rung)>,
    /// The terminal lost a picture, and what was under way then may still need it.
    lost: bool,
    /// What was seen last.
    seen: Option<(usize, Option<Rung>)>,
}

/// A view of the whole scan, as large as it fits.
fn first_view(screen: Size) -> View {
    let view = View {
        v: VIEW_VERSION,
        view: "main".into(),
        planes: vec!["high".into()],
        display: Display::Grey,
        filters: Vec::new(),
        window: Window {
            centre: 0.0,
            width: 1.0,
            unit: Unit::Transmission,
            function: None,
        },
        region: [0.0, 0.0, SCAN.width as f64, SCAN.height as f64],
        zoom: 1.0,
        rotation: 0,
        mirrored: false,
        flipped: false,
        aspect: Aspect::World,
        comparison: None,
        profile: None,
    };
    view.one_to_one(Canvas {
        scan: SCAN,
        screen,
        tall: 1.0,
        aspect: 1.0,
    })
}

/// Steps of grey that every protocol carries exactly.
fn grey(step: u64) -> u8 {
    (step % 6) as u8 * 51
}

/// A scan pixel: patches with grains in them.
fn pixel(scan: u64, window: u64, x: i64, y: i64) -> u8 {
    if x < 0 || y < 0 || x >= SCAN.width as i64 || y >= SCAN.height as i64 {
        return 0;
    }
    let (x, y) = (x as u64, y as u64);
    let grain = mixed(scan << 40 | y << 20 | x);
    let patch = mixed(scan << 40 | (y / 48) << 20 | (x / 56));
    let step = if grain.is_multiple_of(7) {
        grain / 7
    } else {
        patch
    };
    grey(step % 5 + window)
}

/// The frame of a scene.
fn rendered(scene: &Scene) -> Frame {
    let screen = scene.screen();
    let scan = scene.scan_id.parse().expect("a number");
    let window = scene.view.window.centre as u64;
    let pixels = (0..screen.width * screen.height).map(|at| {
        let (x, y) = (at % screen.width, at / screen.width);
        let [sx, sy] = scene.view.to_scan(screen, [x as f64 + 0.5, y as f64 + 0.5]);
        pixel(scan, window, sx.floor() as i64, sy.floor() as i64)
    });
    Frame {
        width: screen.width,
        height: screen.height,
        pixels: Pixels::Grey(pixels.collect()),
    }
}

/// Pixels that the plain coder makes one of.
fn block(protocol: Protocol, rung: Rung) -> [usize; 2] {
    match rung {
        Rung::Q0 | Rung::Q1 if protocol == Protocol::Sixel => [8, 16],
        Rung::Q0 | Rung::Q1 => [8, 8],
        Rung::Q2 => [4, 4],
        Rung::Q3 => [2, 2],
        Rung::Q4 | Rung::Q5 => [1, 1],
    }
}

/// A frame on a rung of the plain coder: means of blocks, in the steps of grey.
fn reduced(frame: &Frame, [bw, bh]: [usize; 2]) -> Frame {
    let (width, height) = (frame.width / bw, frame.height / bh);
    let mean = |at: usize| {
        let (x, y) = (at % width * bw, at / width * bh);
        let all = (0..bw * bh).map(|i| u32::from(frame.rgb(x + i % bw, y + i / bw)[0]));
        let mean = f64::from(all.sum::<u32>()) / (bw * bh) as f64;
        (mean / 51.0).round() as u8 * 51
    };
    Frame {
        width,
        height,
        pixels: Pixels::Grey((0..width * height).map(mean).collect()),
    }
}

/// Every pixel as a block of them.
fn enlarged(frame: &Frame, [bw, bh]: [usize; 2]) -> Frame {
    let (width, height) = (frame.width * bw, frame.height * bh);
    let pixel = |at: usize| frame.rgb(at % width / bw, at / width / bh)[0];
    Frame {
        width,
        height,
        pixels: Pixels::Grey((0..width * height).map(pixel).collect()),
    }
}

/// The plain coder.
fn plain(order: &Order) -> xamine::Result<Encoded> {
    let (origin, size) = order.part;
    let part = order.frame.crop(origin, size);
    let blocks = block(order.target.protocol, order.rung);
    let small = reduced(&part, blocks);
    let (rung, lossless, target) = (order.rung, order.rung == Rung::Q5, order.target);
    let cells = [
        size[0] / usize::from(CELL.width),
        size[1] / usize::from(CELL.height),
    ];
    let [columns, rows] = cells.map(|cells| cells as u16);
    let bytes = match target.protocol {
        Protocol::Sixel => {
            let coded = graphics::encode(&enlarged(&small, blocks), &target)?;
            return Ok(Encoded {
                rung,
                lossless,
                ..coded
            });
        }
        Protocol::Kitty => kitty::transmit(&file(&small), target.id, target.answers),
        _ => inline(&file(&small), [columns, rows]),
    };
    Ok(Encoded {
        protocol: target.protocol,
        id: target.id,
        columns,
        rows,
        pixels: size,
        sent: [small.width, small.height],
        rung,
        cell: CELL,
        colours: 6,
        lossless,
        bytes: bytes.len(),
        body: Body::Bytes(bytes),
    })
}

/// A grey PNG.
fn file(frame: &Frame) -> Vec<u8> {
    let Pixels::Grey(grey) = &frame.pixels else {
        panic!("grey")
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, frame.width as u32, frame.height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(grey).expect("the pixels");
    writer.finish().expect("an end");
    file
}

/// A file drawn by iTerm2, scaled to these cells.
fn inline(file: &[u8], [columns, rows]: [u16; 2]) -> Vec<u8> {
    let text = STANDARD.encode(file);
    let size = format!("width={columns};height={rows};preserveAspectRatio=0");
    format!("\x1b]1337;File=inline=1;{size};doNotMoveCursor=1:{text}\x07").into_bytes()
}

fn coded(coder: Coder, order: &Order) -> xamine::Result<Encoded> {
    match coder {
        Coder::Plain => plain(order),
        Coder::Real => {
            let part = order.frame.crop(order.part.0, order.part.1);
            graphics::code(
                &part,
                &order.target,
                order.rung,
                order.most,
                &Cancel::never(),
            )
        }
    }
}

fn means(protocol: Protocol) -> Means {
    Means {
        protocol,
        depth: Depth::True,
        registers: 256,
        placeholders: false,
        largest: None,
        evidence: Evidence::Answered,
    }
}

impl Sitting {
    /// A console that looks at the middle of the first scan, pixel by pixel.
    pub(crate) fn new(protocol: Protocol, cells: [u16; 2], pace: Pace) -> Self {
        let mut scene = Scene {
            scan_id: "1".into(),
            view: first_view(Size {
                width: 1,
                height: 1,
            }),
            cells,
            cell: CELL,
            fineness: Fineness::Full,
        };
        scene.view = first_view(scene.screen());
        let size = screen_size(cells);
        let mut screen = Screen::new(Depth::True);
        screen.set(Depth::True, true);
        Self {
            now: Duration::ZERO,
            delivery: Delivery::new(Settings::default(), means(protocol)),
            terminal: FarTerminal::new(size),
            scene,
            over: Over::default(),
            answers: true,
            writes: Vec::new(),
            framed: Duration::ZERO,
            protocol,
            coder: Coder::Plain,
            screen,
            line: Line {
                pace,
                free: Duration::ZERO,
                last: Duration::ZERO,
                down: VecDeque::new(),
                up: VecDeque::new(),
                stuck: Duration::ZERO,
                seed: 1,
            },
            rendering: None,
            frame: None,
            coding: None,
            wake: None,
            token: 0,
            fences: VecDeque::new(),
            removal: Vec::new(),
            expected: HashMap::new(),
            expects: None,
            checked: None,
            lost: false,
            seen: None,
        }
    }

    pub(crate) fn with_coder(mut self, coder: Coder) -> Self {
        self.coder = coder;
        self
    }

    pub(crate) fn with_settings(mut self, settings: Settings) -> Self {
        self.delivery.set_settings(settings);
        self
    }

    /// Starts with a picture that is as good as it gets.
    pub(crate) fn settled(mut self) -> Self {
        self.turn();
        self.idle();
        self
    }

    fn canvas(&self) -> Canvas {
        Canvas {
            scan: SCAN,
            screen: self.scene.screen(),
            tall: 1.0,
            aspect: 1.0,
        }
    }

    /// Whole cells further.
    pub(crate) fn pan(&mut self, steps: [i64; 2]) {
        let step = [f64::from(CELL.width), f64::from(CELL.height)];
        self.scene.view = self.scene.view.stepped(self.canvas(), steps, step);
        self.turn();
    }

    /// Another view.
    pub(crate) fn change(&mut self, change: impl FnOnce(&View, Canvas) -> View) {
        self.scene.view = change(&self.scene.view, self.canvas());
        self.turn();
    }

    pub(crate) fn window(&mut self, centre: u8) {
        self.scene.view.window.centre = f64::from(centre);
        self.turn();
    }

    pub(crate) fn scan(&mut self, number: u8) {
        self.scene.scan_id = number.to_string();
        self.turn();
    }

    pub(crate) fn lay(&mut self, over: Over) {
        self.over = over;
        self.turn();
    }

    pub(crate) fn resize(&mut self, cells: [u16; 2]) {
        self.scene.cells = cells;
        self.scene.view = self.scene.view.resized(self.canvas());
        self.terminal.resize(screen_size(cells));
        self.screen.invalidate();
        self.turn();
    }

    /// Paints everything again, as after a stop.
    pub(crate) fn redraw(&mut self) {
        self.screen.invalidate();
        self.turn();
    }

    /// The terminal loses a picture that is not on the screen; whether there is one.
    pub(crate) fn evict(&mut self, which: usize) -> bool {
        let lost = self.terminal.evict(which);
        self.lost |= lost;
        lost
    }

    /// Nothing passes the line for so long.
    pub(crate) fn stick(&mut self, time: Duration) {
        self.line.stuck = self.now + time;
    }

    /// Bytes under way of groups with a fence, as counted here.
    pub(crate) fn under_way(&self) -> usize {
        self.fences.iter().map(|(_, bytes)| bytes).sum()
    }

    // --- the console

    /// What the console does after every event.
    pub(crate) fn turn(&mut self) {
        self.look();
        let level = self.delivery.facts(self.now).level;
        self.paint();
        if level != self.delivery.facts(self.now).level {
            self.look();
            self.paint();
        }
        self.wake = self.delivery.wake(self.now);
        self.check_claim();
    }

    fn look(&mut self) {
        self.delivery.set_means(means(self.protocol));
        self.delivery.link_mut().set_confirms(self.answers);
        self.delivery.want(Some(&self.scene), None);
        let layers = self.protocol == Protocol::Kitty;
        // Where pictures cannot lie over each other, the crosshair is part of the frame.
        let drawn = Over {
            crosshair: self.over.crosshair.filter(|_| !layers),
            ..Over::default()
        };
        match &self.frame {
            Some((scene, over, frame)) if *scene == self.scene && *over == drawn => {
                // Nobody waits any more for what was asked in between.
                self.rendering = None;
                if !self.delivery.has(frame) {
                    self.delivery.rendered(scene, frame);
                }
                let crosshair = self.over.crosshair.filter(|_| layers);
                self.delivery
                    .set_sprites(Sprite::all(&self.scene, &[], crosshair));
            }
            _ => {
                let asked = self.rendering.as_ref();
                if asked.is_none_or(|(_, scene, over)| *scene != self.scene || *over != drawn) {
                    self.rendering = Some((self.now + RENDERS, self.scene.clone(), drawn));
                }
            }
        }
    }

    fn paint(&mut self) {
        if !self.delivery.may_paint(self.now) {
            return;
        }
        let [columns, rows] = screen_size(self.scene.cells);
        let screen = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(screen);
        let area = self.draw(&mut buffer);
        if self.screen.clears(screen) {
            self.delivery.lost();
        }
        let stage = match area {
            Some(area) => {
                let free = area
                    .positions()
                    .map(|at| is_left_free(&buffer[at]))
                    .collect();
                self.delivery.stage(area, free, self.now)
            }
            None => self.delivery.stage(Rect::ZERO, Vec::new(), self.now),
        };
        self.write(stage, &buffer);
        if let Some(order) = self.delivery.order(self.now) {
            self.coding = Some((self.now + CODES, order));
        }
    }

    fn draw(&self, buffer: &mut Buffer) -> Option<Rect> {
        buffer.set_string(0, 0, "status", Style::new());
        let area = self.pane();
        if self.over.hidden {
            buffer.set_string(area.x, area.y, "nothing", Style::new());
            return None;
        }
        for position in area.positions() {
            buffer[position].reset();
            buffer[position].set_diff_option(CellDiffOption::Skip);
        }
        if let Some(popup) = self.popup() {
            for position in popup.positions() {
                buffer[position].reset();
                buffer[position].set_symbol("p");
            }
        }
        Some(area)
    }

    /// The pane on the screen.
    fn pane(&self) -> Rect {
        let [columns, rows] = self.scene.cells;
        Rect::new(PANE.0, PANE.1, columns, rows)
    }

    /// The popup on the screen.
    fn popup(&self) -> Option<Rect> {
        let popup = self.over.popup?;
        let moved = Rect {
            x: popup.x + PANE.0,
            y: popup.y + PANE.1,
            ..popup
        };
        Some(moved.intersection(self.pane()))
    }

    fn write(&mut self, mut stage: Stage, buffer: &Buffer) {
        self.removal = self.delivery.removal();
        let (window, before) = (
            self.delivery.link().window(),
            self.delivery.link().unacked(),
        );
        let last = stage.sends.pop();
        let draws: usize = stage.draws.iter().map(|draw| draw.bytes.len()).sum();
        if (last.is_some() || draws > 0) && self.answers && self.delivery.link().is_idle() {
            self.send(&[], 0);
        }
        let mut largest = stage
            .draws
            .iter()
            .map(|draw| draw.bytes.len())
            .max()
            .unwrap_or(0);
        let mut pictures = draws;
        for send in std::mem::take(&mut stage.sends) {
            pictures += send.len();
            largest = largest.max(send.len());
            self.send(&send, send.len());
        }
        stage.sends.extend(last);
        let sent: usize = stage.sends.iter().map(Vec::len).sum();
        pictures += sent;
        largest = largest.max(sent);
        let mut bytes = self.screen.paint(buffer, &stage, None);
        let wants = self.delivery.link().is_idle() || self.delivery.wants_fence();
        let fenced = self.answers && (sent + draws > 0 || bytes.len() > SMALL || wants);
        let fenced = !bytes.is_empty() && fenced;
        let token = fenced.then(|| {
            self.token += 1;
            bytes.extend_from_slice(b"\x1b[5n");
            self.token
        });
        if bytes.is_empty() {
            self.delivery.settle();
        } else {
            self.put(&bytes, token, sent + draws, true);
        }
        if pictures > 0 {
            self.writes.push((self.now, pictures));
            if self.answers && before > 0 {
                // A sprite moves at once, and may cut off what is under way.
                let most = window.max(before) + largest + kitty::cut_off().len();
                assert!(
                    before + pictures <= most,
                    "{before} + {pictures} of {window} + {largest}"
                );
            }
        }
    }

    /// Sends bytes with a fence.
    fn send(&mut self, bytes: &[u8], picture: usize) {
        let token = self.answers.then(|| {
            self.token += 1;
            self.token
        });
        let mut bytes = bytes.to_vec();
        if self.answers {
            bytes.extend_from_slice(b"\x1b[5n");
        }
        self.put(&bytes, token, picture, false);
    }

    fn put(&mut self, bytes: &[u8], token: Option<u64>, picture: usize, complete: bool) {
        self.line.write(bytes, self.now);
        self.fences.extend(token.map(|token| (token, bytes.len())));
        let written = Written {
            token,
            bytes: bytes.len(),
            picture,
            complete,
        };
        self.delivery.wrote(written, self.now);
    }

    // --- time

    /// When something happens next.
    fn next(&self) -> Option<Duration> {
        let passes = |at: &Duration| (*at).max(self.line.stuck);
        let down = self.line.down.front().map(|(at, _)| passes(at));
        let up = self.line.up.front().map(|(at, _)| passes(at));
        let coding = self.coding.as_ref().map(|(at, _)| *at);
        let rendering = self.rendering.as_ref().map(|(at, ..)| *at);
        [down, up, coding, rendering, self.wake]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.happen();
        }
        self.now = until;
    }

    /// Lets time pass until nothing happens any more; gives when that was.
    pub(crate) fn idle(&mut self) -> Duration {
        while let Some(at) = self.next() {
            assert!(at < NEVER, "it never ends");
            self.now = self.now.max(at);
            self.happen();
        }
        self.now
    }

    /// Lets time pass until something holds; gives when that was.
    pub(crate) fn until(&mut self, mut holds: impl FnMut(&mut Self) -> bool) -> Duration {
        while !holds(self) {
            let at = self.next().expect("it never holds");
            assert!(at < NEVER, "it never holds");
            self.now = self.now.max(at);
            self.happen();
        }
        self.now
    }

    fn due(&self, at: Duration) -> bool {
        at.max(self.line.stuck) <= self.now
    }

    /// One event.
    fn happen(&mut self) {
        if self.line.down.front().is_some_and(|(at, _)| self.due(*at))
            && let Some((_, bytes)) = self.line.down.pop_front()
        {
            self.terminal.feed(&bytes);
            for answer in std::mem::take(&mut self.terminal.answers) {
                if self.answers || matches!(answer, Answer::Missing(_)) {
                    self.line.answer(answer, self.now);
                }
            }
            self.check_claim();
            return;
        }
        if self.line.up.front().is_some_and(|(at, _)| self.due(*at)) {
            match self.line.up.pop_front() {
                Some((_, Answer::Status)) => {
                    let (token, _) = self.fences.pop_front().expect("a fence");
                    self.delivery.passed(token, self.now);
                }
                Some((_, Answer::Missing(id))) => self.delivery.evicted(id),
                None => {}
            }
        } else if self.coding.as_ref().is_some_and(|(at, _)| *at <= self.now) {
            let (_, order) = self.coding.take().expect("an order");
            let made = coded(self.coder, &order);
            self.delivery.coded(order.number, made).expect("coded");
            if let Some(order) = self.delivery.order(self.now) {
                self.coding = Some((self.now + CODES, order));
            }
        } else if self
            .rendering
            .as_ref()
            .is_some_and(|(at, ..)| *at <= self.now)
        {
            let (_, scene, over) = self.rendering.take().expect("a job");
            let frame = rendered(&scene);
            let frame = overlaid(&frame, &scene.view, &[], over.crosshair);
            self.frame = Some((scene, over, Arc::new(frame)));
            self.framed = self.now;
        }
        self.turn();
    }

    // --- what is seen

    /// The frame of the scene on every rung, crosshair included where it is part of the frame.
    fn expect(&mut self) {
        // Until a crosshair is drawn anew, the picture is the one with the old.
        let frame = self
            .frame
            .as_ref()
            .filter(|(scene, ..)| *scene == self.scene);
        let drawn = frame.map_or_else(Over::default, |(_, over, _)| *over);
        let wanted = (self.scene.clone(), drawn);
        if self.expects.as_ref() == Some(&wanted) {
            return;
        }
        let frame = overlaid(
            &rendered(&self.scene),
            &self.scene.view,
            &[],
            drawn.crosshair,
        );
        self.expected = [Rung::Q1, Rung::Q2, Rung::Q3, Rung::Q5]
            .into_iter()
            .map(|rung| {
                let blocks = block(self.protocol, rung);
                (rung, enlarged(&reduced(&frame, blocks), blocks))
            })
            .collect();
        self.expects = Some(wanted);
        (self.checked, self.seen) = (None, None);
    }

    /// The highest rung whose pixels a cell of the pane shows; `None` for anything else.
    fn rung_of(&self, x: u16, y: u16) -> Option<Rung> {
        let shown = self.terminal.shows(x + PANE.0, y + PANE.1, 0);
        let rungs = [Rung::Q5, Rung::Q3, Rung::Q2, Rung::Q1];
        let is = |rung: &Rung| is_cell(&shown, &self.expected[rung], x, y);
        rungs.into_iter().find(is)
    }

    /// The cells of the pane in which the terminal does not show text, and is not about to.
    fn open(&self) -> Vec<Position> {
        let letter = |at: &Position| self.terminal.letter(at.x + PANE.0, at.y + PANE.1);
        let popup = self.over.popup.unwrap_or_default();
        let pane = Rect::new(0, 0, self.scene.cells[0], self.scene.cells[1]);
        let is_open = |at: &Position| letter(at) == ' ' && !popup.contains(*at);
        pane.positions().filter(is_open).collect()
    }

    /// The least rung of what the terminal shows; `None` while a cell shows something else.
    pub(crate) fn on_screen(&mut self) -> Option<Rung> {
        self.expect();
        let changes = self.terminal.changes;
        if let Some((_, seen)) = self.seen.filter(|(at, _)| *at == changes) {
            return seen;
        }
        let mut least = Some(Rung::Q5);
        for at in self.open() {
            least = least.min(self.rung_of(at.x, at.y));
            if least.is_none() {
                break;
            }
        }
        self.seen = Some((changes, least));
        least
    }

    /// What is said of the screen is never better than what it shows.
    fn check_claim(&mut self) {
        let Level::At { rung, lossless } = self.delivery.facts(self.now).level else {
            return;
        };
        if self.over.hidden || !self.answers || self.terminal.updating {
            return;
        }
        // Until its answers are here nobody can know of it.
        self.lost &= !self.line.is_quiet();
        if self.lost {
            return;
        }
        self.expect();
        let wants = if lossless { Rung::Q5 } else { rung };
        let now = (self.terminal.changes, wants);
        if (self.coder == Coder::Real && !lossless) || self.checked == Some(now) {
            return;
        }
        self.checked = Some(now);
        for at in self.open() {
            let shown = self.rung_of(at.x, at.y);
            assert!(
                shown >= Some(wants),
                "{rung} lossless {lossless} is said, {shown:?} is seen at {at} at {:?}",
                self.now
            );
        }
    }

    /// Every pixel and every letter is as it should be in the end.
    pub(crate) fn check_end(&mut self, rung: Rung) {
        if self.over.hidden {
            return;
        }
        self.expect();
        let popup = self.popup();
        let mut expected = self.expected[&rung].clone();
        if self.protocol == Protocol::Kitty {
            let (screen, view) = (self.scene.screen(), &self.scene.view);
            let Pixels::Grey(grey) = &mut expected.pixels else {
                panic!("grey")
            };
            for ([x, y], light) in drawn_over(screen, view, &[], self.over.crosshair) {
                grey[y * screen.width + x] = if light { 255 } else { 0 };
            }
        }
        for position in self.pane().positions() {
            let (x, y) = (position.x - PANE.0, position.y - PANE.1);
            let shown = self.terminal.shows(position.x, position.y, 9);
            if popup.is_some_and(|popup| popup.contains(position)) {
                assert_eq!(self.terminal.letter(position.x, position.y), 'p');
                assert!(
                    shown.iter().all(Option::is_none),
                    "a picture over text at {position}"
                );
                continue;
            }
            assert!(
                is_cell(&shown, &expected, x, y),
                "{position} of {:?}",
                self.over
            );
        }
        if popup.is_some_and(|popup| popup == self.pane()) {
            // Nothing of the picture is to be seen.
            return;
        }
        let Level::At { rung: said, .. } = self.delivery.facts(self.now).level else {
            panic!("it is not said that the picture is there")
        };
        assert!(said >= rung, "{said} is said");
    }

    /// The program ends here and now: what is under way arrives, then what takes everything away.
    pub(crate) fn end(mut self) -> FarTerminal {
        while let Some((_, bytes)) = self.line.down.pop_front() {
            self.terminal.feed(&bytes);
        }
        self.terminal.feed(&self.removal);
        self.terminal
    }
}

fn screen_size([columns, rows]: [u16; 2]) -> [u16; 2] {
    [columns + 6, rows + 3]
}

/// Whether these are the pixels of a cell of a frame.
fn is_cell(shown: &CellPixels, frame: &Frame, x: u16, y: u16) -> bool {
    let (w, h) = (usize::from(CELL.width), usize::from(CELL.height));
    let (left, top) = (usize::from(x) * w, usize::from(y) * h);
    let same = |(at, pixel): (usize, &Option<[u8; 3]>)| {
        *pixel == Some(frame.rgb(left + at % w, top + at / w))
    };
    shown.iter().enumerate().all(same)
}
