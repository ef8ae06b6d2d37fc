//! What goes down the line, and when: the newest picture first coarse, then finer, ending lossless.
//!
//! [`Delivery`] is plain state. It is told what should be seen ([`Delivery::want`]), what was rendered
//! and coded, what the terminal confirmed, and gives the next work for the coder
//! ([`Delivery::order`]) and what to write now ([`Delivery::stage`]). It knows no terminal and no
//! clock: every call carries its time.
//!
//! Pictures are told apart by what each of their cells shows, so nothing that the terminal already
//! has is sent again, whatever the way back to it was: pan, zoom, undo, another window.

mod cover;
mod facts;
mod holding;
mod link;
mod placing;
mod plan;
mod scene;
mod shelf;
mod sprite;
mod staging;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

use crate::graphics::{
    Answers, Body, Depth, Effort, Encoded, Evidence, Placement, Protocol, Rung, Target, kitty,
    placeholder,
};
use crate::radiograph::Fineness;
use crate::view::Frame;
use crate::{Error, Result};

pub use facts::{Facts, Level, Waits};
pub use link::{Ack, Link};
pub use plan::{Care, Order, Settings};
pub use scene::Scene;
pub use sprite::Sprite;

use holding::{Pending, marks, own_cells, part};
use plan::{Costs, PURSE};
use shelf::{Held, Shelf};

/// Coded units that may wait for room on the line.
const AHEAD: usize = 2;
/// A rate that is so high that milliseconds of work matter more than bytes, in bytes a second.
const FAST: f64 = 1_000_000.0;
/// A rate that is so low that a byte is worth a second of work.
const SLOW: f64 = 64_000.0;

/// How the terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// The protocol.
    pub protocol: Protocol,
    /// Colours of cells.
    pub depth: Depth,
    /// Colour registers of sixel.
    pub registers: u16,
    /// Whether kitty's pictures stand for characters among the cells.
    pub placeholders: bool,
    /// Columns and rows in pixels of the largest picture that is drawn whole, where it is known.
    pub largest: Option<[u32; 2]>,
    /// On what ground the terminal is believed to take the protocol.
    pub evidence: Evidence,
}

/// A group of bytes that was written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Its fence, if it has one.
    pub token: Option<u64>,
    /// All of it.
    pub bytes: usize,
    /// Of these, the picture's.
    pub picture: usize,
    /// Whether the screen is as it should be once it has arrived; not so for parts of a picture.
    pub complete: bool,
}

/// The scheduler.
#[derive(Debug)]
pub struct Delivery {
    settings: Settings,
    means: Means,
    link: Link,
    costs: Costs,
    wish: Option<Arc<Scene>>,
    content: Option<Content>,
    sprites: Vec<Sprite>,
    focus: Option<[u16; 2]>,
    free: Vec<bool>,
    shelf: Shelf,
    /// What each cell of the pane shows, where pictures are drawn and kept by nobody.
    painted: Vec<Option<Painted>>,
    coding: Option<Unit>,
    ready: VecDeque<Unit>,
    running: Option<Running>,
    /// A transmission was given up in the middle, and the terminal still waits for its rest.
    torn: bool,
    standing: Vec<Placement>,
    /// What stands was changed by bytes that no fence follows yet.
    unfenced: bool,
    /// Sprites that the terminal has, by what they show.
    sprite_ids: Vec<(u64, u32)>,
    all_asked: bool,
    /// The highest rung that was asked for of each cell's content and not reached.
    tried: Vec<Rung>,
    /// Pictures in a row that the terminal did not keep while it confirmed nothing.
    refused: usize,
    now_level: Level,
    seen_level: Level,
    levels: VecDeque<(u64, Level)>,
    picture_bytes: usize,
    sitting_bytes: usize,
    purse: f64,
    purse_at: Duration,
    next_id: u32,
    next_order: u64,
    garbage: Vec<u32>,
}

/// A rendered frame with what each of its cells shows.
#[derive(Debug, Clone)]
struct Content {
    scene: Arc<Scene>,
    frame: Arc<Frame>,
    marks: Vec<u64>,
}

/// A cell that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Painted {
    mark: u64,
    rung: Rung,
    lossless: bool,
}

/// A part of the picture on its way: ordered, coded, or partly written.
#[derive(Debug, Clone)]
struct Unit {
    number: u64,
    scene: Arc<Scene>,
    area: Rect,
    marks: Vec<u64>,
    id: u32,
    rung: Rung,
    lossless: bool,
    sent: [usize; 2],
    bytes: Vec<u8>,
}

/// A unit of which a part is written.
#[derive(Debug, Clone)]
struct Running {
    unit: Unit,
    written: usize,
}

impl Delivery {
    /// A scheduler that knows nothing of the line yet.
    pub fn new(settings: Settings, means: Means) -> Self {
        Self {
            settings,
            means,
            link: Link::default(),
            costs: Costs::of(means.protocol),
            wish: None,
            content: None,
            sprites: Vec::new(),
            focus: None,
            free: Vec::new(),
            shelf: Shelf::default(),
            painted: Vec::new(),
            coding: None,
            ready: VecDeque::new(),
            running: None,
            torn: false,
            standing: Vec::new(),
            unfenced: false,
            sprite_ids: Vec::new(),
            all_asked: false,
            tried: Vec::new(),
            refused: 0,
            now_level: Level::Old,
            seen_level: Level::Old,
            levels: VecDeque::new(),
            picture_bytes: 0,
            sitting_bytes: 0,
            purse: PURSE,
            purse_at: Duration::ZERO,
            next_id: 1,
            next_order: 1,
            garbage: Vec::new(),
        }
    }

    /// The line.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The line, to be told what was learned of it.
    pub fn link_mut(&mut self) -> &mut Link {
        &mut self.link
    }

    /// The terminal shows pictures in this way from now on.
    pub fn set_means(&mut self, means: Means) {
        if self.means == means {
            return;
        }
        if self.means.protocol != means.protocol {
            self.costs = Costs::of(means.protocol);
        }
        self.means = means;
        self.lost();
        self.content = None;
    }

    /// Other limits from now on.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// The limits in force.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Sends this picture to its end, whatever the limits say.
    pub fn finish(&mut self) {
        self.all_asked = true;
        self.refused = 0;
    }

    /// What should be seen: `None` for no picture. `focus` is the cell of the pane that matters
    /// most. What was coded for another scene and not written is dropped. Says whether it is another
    /// scene.
    pub fn want(&mut self, scene: Option<&Scene>, focus: Option<[u16; 2]>) -> bool {
        self.focus = focus;
        if self.wish.as_deref() == scene {
            return false;
        }
        self.all_asked = false;
        self.tried.clear();
        self.picture_bytes = 0;
        self.ready.clear();
        self.coding = None;
        self.tear();
        self.now_level = Level::Old;
        self.distrust();
        let resized = match (&self.wish, scene) {
            (Some(before), Some(now)) => before.cells != now.cells || before.cell != now.cell,
            _ => true,
        };
        if resized {
            self.painted.clear();
            // Until the next painting tells which cells are the picture's.
            let cells = scene.map_or(0, |scene| scene.pane().area() as usize);
            self.free = vec![false; cells];
        }
        self.wish = scene.map(|scene| Arc::new(scene.clone()));
        if self.content.as_ref().map(|c| &*c.scene) != scene {
            self.content = None;
        }
        true
    }

    /// Whether the coder's answer to an order is still awaited.
    pub fn is_coding(&self) -> bool {
        self.coding.is_some()
    }

    /// What lies over the picture, where the terminal lays pictures over each other.
    pub fn set_sprites(&mut self, sprites: Vec<Sprite>) {
        self.sprites = sprites;
    }

    /// Whether a frame of this scene is here.
    pub fn has(&self, frame: &Arc<Frame>) -> bool {
        let content = self.content.as_ref();
        content.is_some_and(|content| Arc::ptr_eq(&content.frame, frame))
    }

    /// The frame of the scene that is wanted was rendered; one of another scene is not taken.
    pub fn rendered(&mut self, scene: &Scene, frame: &Arc<Frame>) {
        let Some(wish) = self.wish.clone().filter(|wish| **wish == *scene) else {
            return;
        };
        let screen = wish.screen();
        if (frame.width, frame.height) != (screen.width, screen.height) {
            return;
        }
        let marks = marks(frame, &wish);
        let stale = |unit: &Unit| unit.marks != part(&marks, wish.pane(), unit.area);
        self.ready.retain(|unit| !stale(unit));
        self.coding.take_if(|unit| stale(unit));
        // What was tried is of the frame before.
        if self.content.as_ref().is_some_and(|c| c.marks != marks) {
            self.tried.clear();
        }
        self.content = Some(Content {
            scene: Arc::clone(&wish),
            frame: Arc::clone(frame),
            marks,
        });
        // It may be another one of the same scene.
        let level = self.level(&wish);
        self.seen_level = self.seen_level.or(level);
        for (_, written) in &mut self.levels {
            *written = written.or(level);
        }
    }

    /// The coder's answer to an order. An answer that is not awaited any more is dropped; so is what is
    /// no better than what its cells have, and what would hold up the line, which is then ordered
    /// anew in smaller parts.
    ///
    /// # Errors
    /// Why the picture cannot be coded.
    pub fn coded(&mut self, number: u64, result: Result<Encoded>) -> Result<()> {
        let Some(mut unit) = self.coding.take_if(|unit| unit.number == number) else {
            return Ok(());
        };
        let encoded = match result {
            Ok(encoded) => encoded,
            Err(Error::Cancelled) => return Ok(()),
            Err(error) => {
                self.try_no_more(&unit, Rung::Q5);
                return Err(error);
            }
        };
        let cells = unit.area.area() as usize;
        self.costs.learn(encoded.rung, encoded.bytes, cells);
        let Body::Bytes(bytes) = encoded.body else {
            return Ok(());
        };
        if unit.rung > Rung::Q1 && self.holds_up(bytes.len(), cells) {
            return Ok(());
        }
        if encoded.rung < unit.rung {
            self.try_no_more(&unit, unit.rung.min(Rung::Q3));
        }
        unit.rung = encoded.rung;
        unit.lossless = encoded.lossless;
        unit.sent = encoded.sent;
        unit.bytes = bytes;
        if self.means.placeholders {
            let (columns, rows) = (unit.area.width, unit.area.height);
            unit.bytes
                .extend(placeholder::virtual_placement(unit.id, columns, rows));
        }
        if self.betters(&unit) {
            self.ready.push_back(unit);
        }
        Ok(())
    }

    /// The rung cannot be had of what these cells show.
    fn try_no_more(&mut self, unit: &Unit, rung: Rung) {
        let Some(wish) = self.wish.clone().filter(|wish| **wish == *unit.scene) else {
            return;
        };
        self.tried.resize(self.free.len(), Rung::Q0);
        for (at, _) in own_cells(unit.area, &unit.marks, [0, 0], &wish) {
            self.tried[at] = self.tried[at].max(rung);
        }
    }

    /// Whether a cell of the picture has less than this would give it.
    fn betters(&self, unit: &Unit) -> bool {
        let have = self.have(&unit.scene, Pending::With);
        let quality = Some((unit.rung, unit.lossless));
        let mut cells = own_cells(unit.area, &unit.marks, [0, 0], &unit.scene);
        cells.any(|(at, _)| {
            have.get(at)
                .is_some_and(|c| c.is_some_and(|has| has < quality))
        })
    }

    /// The terminal confirmed a group; its picture is on the screen.
    pub fn passed(&mut self, token: u64, now: Duration) -> Option<Ack> {
        let ack = self.link.passed(token, now);
        while let Some((of, level)) = self.levels.front().copied() {
            if of > token {
                break;
            }
            self.seen_level = level;
            self.levels.pop_front();
        }
        if self.seen_level != Level::Old {
            self.refused = 0;
        }
        ack
    }

    /// The terminal does not have a picture any more: it is sent again where it is needed.
    pub fn evicted(&mut self, id: u32) {
        // It is told of every place of the picture.
        self.refused += usize::from(self.shelf.lose(id));
        self.sprite_ids.retain(|(_, sprite)| *sprite != id);
        // It may have been part of anything that is under way.
        self.distrust();
    }

    /// What was said of the screen is not so.
    fn distrust(&mut self) {
        self.seen_level = Level::Old;
        for (_, level) in &mut self.levels {
            *level = Level::Old;
        }
    }

    /// The screen was cleared and the terminal's pictures taken away.
    pub fn lost(&mut self) {
        self.garbage.extend(self.shelf.clear());
        self.garbage
            .extend(self.sprite_ids.drain(..).map(|(_, id)| id));
        self.painted.clear();
        self.standing.clear();
        self.ready.clear();
        self.coding = None;
        self.tear();
        self.now_level = Level::Old;
        self.refused = 0;
    }

    /// What takes everything away that the terminal keeps for us.
    pub fn removal(&self) -> Vec<u8> {
        let running = self.running.as_ref().filter(|running| running.is_begun());
        let mut bytes = if running.is_some() || self.torn {
            kitty::cut_off()
        } else {
            Vec::new()
        };
        let held = self.shelf.held.iter().map(|held| held.id);
        let sprites = self.sprite_ids.iter().map(|(_, id)| *id);
        let begun = running.map(|running| running.unit.id);
        let garbage = self.garbage.iter().copied();
        for id in held.chain(sprites).chain(begun).chain(garbage) {
            bytes.extend(kitty::delete(id));
        }
        bytes
    }

    /// A group of bytes was written.
    pub fn wrote(&mut self, written: Written, now: Duration) {
        let Written {
            token,
            bytes,
            picture,
            ..
        } = written;
        self.picture_bytes += picture;
        self.sitting_bytes += bytes;
        self.purse -= bytes as f64;
        match token {
            Some(token) => {
                self.link.sent(token, bytes, now);
                if written.complete {
                    self.levels.push_back((token, self.now_level));
                    self.unfenced = false;
                }
            }
            None if written.complete => self.settle(),
            None => {}
        }
    }

    /// The picture is made of cells and was painted with the text.
    pub fn shows_cells(&mut self) {
        self.now_level = Level::At {
            rung: Rung::Q0,
            lossless: false,
        };
    }

    /// Nothing had to be written: what is known of the screen holds for what is under way.
    pub fn settle(&mut self) {
        match self.levels.back_mut() {
            Some((_, level)) => *level = self.now_level,
            None => self.seen_level = self.now_level,
        }
    }

    /// Whether the screen may be painted now, or what is under way must arrive first.
    pub fn may_paint(&self, now: Duration) -> bool {
        !self.link.confirms() || self.link.room() > 0 || self.link.is_stalled(now)
    }

    /// The encoder's target for a picture of this number.
    fn target(&self, id: u32, rung: Rung) -> Target {
        Target {
            protocol: self.means.protocol,
            cell: self.wish.as_ref().map(|w| w.cell).unwrap_or_default(),
            depth: self.means.depth,
            registers: self.means.registers,
            id,
            // What is waited for is coded quickly; what follows may take as long as the line does.
            effort: match self.effort() {
                _ if self.means.protocol == Protocol::Sixel && rung < Rung::Q5 => Effort::Fast,
                Effort::Least if rung < Rung::Q5 => Effort::Small,
                effort => effort,
            },
            answers: Answers::Errors,
        }
    }

    /// Whether what is wanted is only there until the full picture is.
    fn is_coarse(&self) -> bool {
        let wish = self.wish.as_deref();
        wish.is_some_and(|wish| wish.fineness == Fineness::Coarse)
    }

    fn take_id(&mut self) -> u32 {
        let count = self.next_id;
        if self.means.placeholders {
            self.next_id = (self.next_id + 1) % placeholder::NUMBERS;
            return placeholder::number(count);
        }
        self.next_id = self.next_id % 0x00ff_ffff + 1;
        count
    }
}

impl Running {
    fn is_begun(&self) -> bool {
        self.written > 0
    }
}

impl Unit {
    fn held(self) -> Held {
        Held {
            id: self.id,
            scene: self.scene,
            area: self.area,
            marks: self.marks,
            sent: self.sent,
            rung: self.rung,
            lossless: self.lossless,
            used: 0,
        }
    }
}
