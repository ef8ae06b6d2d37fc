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
mod link;
mod plan;
mod scene;
mod shelf;
mod sprite;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

use crate::graphics::{
    Answers, Body, Depth, Draw, Effort, Encoded, Evidence, Placement, Protocol, Rung, Stage,
    StandIn, Target, kitty, placeholder,
};
use crate::view::{Frame, Pixels};
use crate::{Error, Result};

pub use link::{Ack, Link};
pub use plan::{Order, Settings};
pub use scene::Scene;
pub use sprite::Sprite;

use cover::{Cover, Shows, rectangles};
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

/// What stands on the screen, as far as the terminal confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// No picture, or one of another view.
    Old,
    /// The picture of the view.
    At {
        /// The least of its parts.
        rung: Rung,
        /// Whether every pixel is as it was rendered.
        lossless: bool,
    },
}

impl Level {
    /// What can be said of a screen that is one or the other.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::At { rung, lossless },
                Self::At {
                    rung: another,
                    lossless: exact,
                },
            ) => Self::At {
                rung: rung.min(another),
                lossless: lossless && exact,
            },
            _ => Self::Old,
        }
    }
}

/// Why a picture stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// The highest quality that was asked for is reached.
    Ceiling,
    /// Metered: the rest comes when it is asked for.
    Metered,
    /// The terminal keeps no picture that it is sent.
    Refused,
}

/// The line and the picture, for the status line and the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// What stands on the screen.
    pub level: Level,
    /// Whether the terminal confirms what it shows; else `level` is what was sent, and never lossless.
    pub confirmed: bool,
    /// No answer came for long.
    pub stalled: bool,
    /// The shortest round trip.
    pub rtt: Option<Duration>,
    /// Bytes a second, to two digits: what is shown should not change with every answer.
    pub rate: Option<f64>,
    /// Kilobytes of this picture so far.
    pub picture: usize,
    /// Kilobytes of this sitting so far.
    pub sitting: usize,
    /// Until the picture is as good as it gets.
    pub left: Option<Duration>,
    /// Why it stays below lossless.
    pub waits: Option<Waits>,
    /// How much work a byte is worth on this line.
    pub effort: Effort,
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
    /// most. What was coded for another scene and not written is dropped.
    pub fn want(&mut self, scene: Option<&Scene>, focus: Option<[u16; 2]>) {
        self.focus = focus;
        if self.wish.as_deref() == scene {
            return;
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

    /// What to send and to show now. `area` is the pane on the screen, `free` tells its cells that
    /// are the picture's, row by row.
    pub fn stage(&mut self, area: Rect, free: Vec<bool>, now: Duration) -> Stage {
        let Some(wish) = self.wish.clone() else {
            return self.bare();
        };
        if usize::from(wish.cells[0]) * usize::from(wish.cells[1]) != free.len() {
            return self.bare();
        }
        self.free = free;
        self.earn(now);
        let before = (self.standing.clone(), self.now_level);
        let stage = match self.means.protocol {
            Protocol::Kitty => self.stage_kept(&wish, area, now),
            Protocol::Iterm2 | Protocol::Sixel => self.stage_drawn(&wish, area, now),
            _ => return Stage::default(),
        };
        self.unfenced |= (&before.0, before.1) != (&self.standing, self.now_level);
        stage
    }

    /// Whether a fence must follow what is staged, however few bytes it is: what is known of the
    /// screen depends on it.
    pub fn wants_fence(&self) -> bool {
        self.unfenced
    }

    /// The stage without a picture of pixels: what stood goes, what is kept stays.
    fn bare(&mut self) -> Stage {
        self.painted.clear();
        self.standing.clear();
        if self.means.protocol.is_pixels() {
            self.now_level = Level::Old;
        }
        let mut stage = Stage::default();
        self.cut_off(&mut stage);
        stage.deletes = std::mem::take(&mut self.garbage);
        stage
    }

    /// Gives up a transmission, in the middle or not. Where only its last bytes are missing, a
    /// terminal may keep it all the same.
    fn tear(&mut self) {
        if let Some(running) = self.running.take_if(|running| running.is_begun()) {
            self.torn = true;
            self.garbage.push(running.unit.id);
        }
        self.running = None;
    }

    /// Ends a transmission in the middle: the terminal refuses what it has of it.
    fn cut_off(&mut self, stage: &mut Stage) {
        self.tear();
        if std::mem::take(&mut self.torn) {
            stage.sends.push(kitty::cut_off());
        }
    }

    fn stage_kept(&mut self, wish: &Scene, area: Rect, now: Duration) -> Stage {
        let mut stage = Stage::default();
        // Nothing may come between the parts of a transmission: what must move at once ends it.
        let new_sprites = self.sprites.iter().any(|s| self.sprite_id(s).is_none());
        let moves = self.placements(wish, area) != self.standing;
        let ends = new_sprites || moves || !self.garbage.is_empty();
        if self.torn || (self.running.is_some() && ends) {
            self.cut_off(&mut stage);
        }
        if self.running.is_none() {
            self.send_sprites(&mut stage);
        }
        let mut room = self.room(now);
        // What shares a fence: little enough that answers keep coming.
        let group = self.link.window() / 4;
        let long = |unit: &Unit, room: usize| unit.bytes.len() > room;
        while let Some(mut running) = self.running.take().or_else(|| self.start_unit()) {
            // What must move goes before a transmission that does not end with this stage.
            if moves && running.written == 0 && long(&running.unit, room) {
                self.ready.push_front(running.unit);
                break;
            }
            let rest = &running.unit.bytes[running.written..];
            // Behind tmux a fence is a query of the same protocol: none may come between the parts.
            let next = if self.is_whole_only() {
                rest.len()
            } else {
                kitty::first_command(rest)
            };
            if next > room && self.is_busy(&stage) {
                if running.written == 0 {
                    self.ready.push_front(running.unit);
                } else {
                    self.running = Some(running);
                }
                break;
            }
            match stage
                .sends
                .last_mut()
                .filter(|send| send.len() + next <= group)
            {
                Some(send) => send.extend_from_slice(&rest[..next]),
                None => stage.sends.push(rest[..next].to_vec()),
            }
            running.written += next;
            room = room.saturating_sub(next);
            if running.written < running.unit.bytes.len() {
                self.running = Some(running);
                continue;
            }
            self.shelf.put(running.unit.held());
            // It is placed now: nothing could come between the parts of the next one.
            if self.ready.front().is_some_and(|unit| long(unit, room)) {
                break;
            }
        }
        if self.running.is_none() {
            self.standing = self.placements(wish, area);
            let mut shown: Vec<u32> = self.standing.iter().map(|p| p.id).collect();
            if self.means.placeholders {
                shown.extend(self.covering(wish));
            }
            self.shelf.touch(&shown);
            stage.deletes = std::mem::take(&mut self.garbage);
            stage.deletes.extend(self.shelf.tidy(&shown));
        }
        stage.placements.clone_from(&self.standing);
        if self.means.placeholders {
            stage.cells = self.stand_ins(wish, area);
        }
        self.now_level = self.level(wish);
        stage
    }

    /// Numbers of the kept pictures that show something of the pane.
    fn covering(&self, wish: &Scene) -> Vec<u32> {
        let shown = self
            .cover(wish)
            .cells
            .into_iter()
            .filter_map(|shows| match shows {
                Shows::Held(at) => Some(self.shelf.held[at].id),
                _ => None,
            });
        let mut ids: Vec<u32> = shown.collect();
        ids.dedup();
        ids
    }

    fn start_unit(&mut self) -> Option<Running> {
        let unit = self.ready.pop_front()?;
        Some(Running { unit, written: 0 })
    }

    fn stage_drawn(&mut self, wish: &Scene, area: Rect, now: Duration) -> Stage {
        let mut stage = Stage::default();
        self.cut_off(&mut stage);
        stage.deletes = std::mem::take(&mut self.garbage);
        self.painted.resize(self.free.len(), None);
        for (painted, free) in self.painted.iter_mut().zip(&self.free) {
            // What text was written over has to be drawn again.
            painted.take_if(|_| !*free);
        }
        let mut room = self.room(now);
        while let Some(unit) = self.ready.front() {
            if unit.bytes.len() > room && self.is_busy(&stage) {
                break;
            }
            let Some(unit) = self.ready.pop_front() else {
                break;
            };
            room = room.saturating_sub(unit.bytes.len());
            let columns = usize::from(wish.cells[0]);
            for ((x, y), mark) in cells(unit.area).zip(&unit.marks) {
                let at = usize::from(y) * columns + usize::from(x);
                // Text lies over the other cells.
                self.painted[at] = self.free[at].then_some(Painted {
                    mark: *mark,
                    rung: unit.rung,
                    lossless: unit.lossless,
                });
            }
            stage.draws.push(Draw {
                cells: moved(unit.area, area),
                bytes: Arc::new(unit.bytes),
            });
        }
        self.now_level = self.level(wish);
        stage
    }

    /// Whether bytes are under way or staged, so that more of them have to wait for room.
    fn is_busy(&self, stage: &Stage) -> bool {
        self.link.unacked() > 0
            || !stage.sends.is_empty()
            || !stage.draws.is_empty()
            || (self.pace().is_some() && self.purse < PURSE)
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

    /// What is sure of the screen: it shows what was confirmed, or something that was written since.
    fn known_level(&self) -> Level {
        let written = self.levels.iter().map(|(_, level)| *level);
        written.fold(self.seen_level, Level::or)
    }

    /// Whether pictures are confirmed: the terminal takes the protocol, and answers.
    fn is_confirmed(&self) -> bool {
        let pixels = self.means.protocol.is_pixels();
        !pixels || (self.means.evidence == Evidence::Answered && self.link.confirms())
    }

    /// What may be said of the screen: what nobody confirmed is not lossless.
    fn said_level(&self) -> Level {
        match self.known_level() {
            Level::At { rung, lossless } => Level::At {
                rung,
                lossless: lossless && self.is_confirmed(),
            },
            Level::Old => Level::Old,
        }
    }

    /// What the screen shows once everything that was written has arrived.
    pub fn level_written(&self) -> Level {
        self.now_level
    }

    /// The line and the picture as they are.
    pub fn facts(&self, now: Duration) -> Facts {
        Facts {
            level: self.said_level(),
            confirmed: self.is_confirmed(),
            stalled: self.link.is_stalled(now),
            rtt: self
                .link
                .rtt()
                .map(|rtt| Duration::from_millis(rough(rtt.as_secs_f64() * 1e3) as u64)),
            rate: self.link.rate().map(rough),
            picture: self.picture_bytes / 1_000,
            sitting: self.sitting_bytes / 1_000,
            left: self
                .left()
                .map(|left| Duration::from_secs(left.as_secs() + 1)),
            waits: self.waits(),
            effort: self.effort(),
        }
    }

    /// How much work a byte is worth.
    fn effort(&self) -> Effort {
        match self.rate() {
            Some(rate) if rate >= FAST => Effort::Fast,
            Some(rate) if rate < SLOW => Effort::Least,
            _ => Effort::Small,
        }
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

    fn take_id(&mut self) -> u32 {
        let count = self.next_id;
        if self.means.placeholders {
            self.next_id = (self.next_id + 1) % placeholder::NUMBERS;
            return placeholder::number(count);
        }
        self.next_id = self.next_id % 0x00ff_ffff + 1;
        count
    }

    // --- sprites

    fn sprite_id(&self, sprite: &Sprite) -> Option<u32> {
        let known = self
            .sprite_ids
            .iter()
            .find(|(mark, _)| *mark == sprite.mark);
        known.map(|(_, id)| *id)
    }

    /// Sends the sprites that the terminal does not have; they are a few hundred bytes, and move at
    /// once whatever is under way.
    fn send_sprites(&mut self, stage: &mut Stage) {
        for sprite in self.sprites.clone() {
            if self.sprite_id(&sprite).is_some() {
                continue;
            }
            let id = self.take_id();
            stage
                .sends
                .push(kitty::transmit(&sprite.png, id, Answers::Errors));
            self.sprite_ids.push((sprite.mark, id));
        }
        while self.sprite_ids.len() > sprite::KEPT {
            let used = |mark: u64| self.sprites.iter().any(|s| s.mark == mark);
            let Some(at) = self.sprite_ids.iter().position(|(mark, _)| !used(*mark)) else {
                break;
            };
            let (_, id) = self.sprite_ids.remove(at);
            self.garbage.push(id);
        }
    }

    // --- what is where

    /// The cells whose text stands for kept pictures.
    fn stand_ins(&self, wish: &Scene, area: Rect) -> Vec<StandIn> {
        let cover = self.cover(wish);
        let mut stand_ins = Vec::new();
        let mut left: Option<(u32, u16, u16)> = None;
        for (number, shows) in cover.cells.iter().enumerate() {
            let (x, y) = (
                (number % cover.columns) as u16,
                (number / cover.columns) as u16,
            );
            let here = self.own_cell(wish, *shows, (x, y));
            let follows = left.zip(here).is_some_and(|(left, here)| {
                x > 0 && (left.0, left.1) == (here.0, here.1) && left.2 + 1 == here.2
            });
            left = here;
            let Some((id, row, column)) = here else {
                continue;
            };
            let text = if follows {
                // The terminal counts on from the cell before.
                Some(placeholder::PLACEHOLDER.to_string())
            } else {
                placeholder::cell(id, row, column)
            };
            stand_ins.extend(text.map(|text| StandIn {
                at: (x + area.x, y + area.y),
                text,
                colour: placeholder::foreground(id),
            }));
        }
        stand_ins
    }

    /// Which cell of which kept picture a cell of the pane shows: number, row, column.
    fn own_cell(&self, wish: &Scene, shows: Shows, at: (u16, u16)) -> Option<(u32, u16, u16)> {
        let Shows::Held(number) = shows else {
            return None;
        };
        let held = &self.shelf.held[number];
        let [dx, dy] = self.shift(held, wish)?;
        let back = |at: u16, by: i32, first: u16| {
            u16::try_from(i32::from(at) - by - i32::from(first)).ok()
        };
        let row = back(at.1, dy, held.area.y)?;
        Some((held.id, row, back(at.0, dx, held.area.x)?))
    }

    /// Every part of a kept picture that should be on the screen.
    fn placements(&self, wish: &Scene, area: Rect) -> Vec<Placement> {
        if self.means.placeholders {
            return Vec::new();
        }
        let cover = self.cover(wish);
        let shown: Vec<Option<Shows>> = cover
            .cells
            .iter()
            .map(|shows| Some(*shows).filter(|s| matches!(s, Shows::Held(_) | Shows::Like(_))))
            .collect();
        let mut placements: Vec<Placement> = rectangles(&shown, cover.columns)
            .into_iter()
            .filter_map(|(shows, cells)| self.placement(wish, shows, cells))
            .collect();
        placements.extend(self.sprite_placements(cover.columns));
        for placement in &mut placements {
            placement.cells = moved(placement.cells, area);
        }
        placements
    }

    /// The part of a kept picture that fills these cells of the pane.
    fn placement(&self, wish: &Scene, shows: Shows, cells: Rect) -> Option<Placement> {
        let (id, source) = match shows {
            Shows::Held(at) => {
                let held = &self.shelf.held[at];
                let [dx, dy] = self.shift(held, wish)?;
                let back = |at: u16, by: i32| u16::try_from(i32::from(at) - by).ok();
                let own = Rect {
                    x: back(cells.x, dx)?,
                    y: back(cells.y, dy)?,
                    ..cells
                };
                (held.id, held.source(own))
            }
            Shows::Like(at) => {
                let held = &self.shelf.held[at];
                (held.id, held.source_near(held.scene.under(wish, cells))?)
            }
            Shows::Text | Shows::Nothing => return None,
        };
        Some(Placement {
            id,
            source,
            cells,
            layer: 0,
        })
    }

    /// The sprites, where no text lies over them.
    fn sprite_placements(&self, columns: usize) -> Vec<Placement> {
        let mut placements = Vec::new();
        for sprite in &self.sprites {
            let Some(id) = self.sprite_id(sprite) else {
                continue;
            };
            let free: Vec<Option<()>> = self
                .free
                .iter()
                .enumerate()
                .map(|(at, free)| {
                    let (x, y) = ((at % columns) as u16, (at / columns) as u16);
                    (*free && sprite.cells.contains((x, y).into())).then_some(())
                })
                .collect();
            placements.extend(rectangles(&free, columns).into_iter().map(|((), cells)| {
                Placement {
                    id,
                    source: sprite.source(cells),
                    cells,
                    layer: 1,
                }
            }));
        }
        placements
    }

    /// Where a kept picture's pane lies on that of `wish`, in cells. Once it is known what each cell
    /// shows, a picture of anything may serve at its own place.
    fn shift(&self, held: &Held, wish: &Scene) -> Option<[i32; 2]> {
        let known = || self.marks_of(wish).is_some() && held.scene.cell == wish.cell;
        let same = held.scene.shift_on(wish);
        same.or_else(|| known().then_some([0, 0]))
    }

    /// Which kept picture shows each cell of the pane best.
    fn cover(&self, wish: &Scene) -> Cover {
        let columns = usize::from(wish.cells[0]);
        let blank = |free: &bool| if *free { Shows::Nothing } else { Shows::Text };
        let mut cells: Vec<Shows> = self.free.iter().map(blank).collect();
        let marks = self.marks_of(wish);
        for (number, held) in self.shelf.held.iter().enumerate() {
            let Some(shift) = self.shift(held, wish) else {
                continue;
            };
            for (at, mark) in own_cells(held.area, &held.marks, shift, wish) {
                // Before the frame is rendered the geometry is trusted.
                let right = marks.is_none_or(|marks| marks[at] == mark);
                let better = match cells[at] {
                    Shows::Text => false,
                    Shows::Held(other) => self.shelf.held[other].rung <= held.rung,
                    _ => true,
                };
                if right && better {
                    cells[at] = Shows::Held(number);
                }
            }
        }
        if cells.contains(&Shows::Nothing) {
            self.fill_alike(wish, &mut cells, columns);
        }
        Cover { columns, cells }
    }

    /// Fills cells that nothing shows with the nearest thing: the same look at another zoom, else
    /// another look at the same part.
    fn fill_alike(&self, wish: &Scene, cells: &mut [Shows], columns: usize) {
        let mut alike: Vec<(usize, Rect)> = Vec::new();
        for (number, held) in self.shelf.held.iter().enumerate() {
            if !held.scene.same_scan(wish) || held.scene.cell != wish.cell {
                continue;
            }
            let [left, top, right, bottom] = wish.under(&held.scene, held.area);
            let cell = [f64::from(wish.cell.width), f64::from(wish.cell.height)];
            let first = |edge: f64, by: f64| ((edge - 0.5) / by).ceil().max(0.0) as u16;
            let last = |edge: f64, by: f64, most: u16| {
                ((edge + 0.5) / by).floor().min(f64::from(most)) as u16
            };
            let (x, y) = (first(left, cell[0]), first(top, cell[1]));
            let (r, b) = (
                last(right, cell[0], wish.cells[0]),
                last(bottom, cell[1], wish.cells[1]),
            );
            if x < r && y < b {
                alike.push((number, Rect::new(x, y, r - x, b - y)));
            }
        }
        let rank = |(number, area): &(usize, Rect)| {
            let held = &self.shelf.held[*number];
            let fine = held.sent[0] as f64 / held.scene.view.region[2].max(1.0);
            (held.scene.same_look(wish), area.area(), (fine * 1e6) as u64)
        };
        alike.sort_by_key(|candidate| std::cmp::Reverse(rank(candidate)));
        for (number, area) in alike.into_iter().take(4) {
            for (x, y) in self::cells(area) {
                let cell = &mut cells[usize::from(y) * columns + usize::from(x)];
                if *cell == Shows::Nothing {
                    *cell = Shows::Like(number);
                }
            }
        }
    }

    /// What each cell of the scene shows, once it is rendered.
    fn marks_of(&self, wish: &Scene) -> Option<&[u64]> {
        let content = self.content.as_ref().filter(|c| *c.scene == *wish);
        content.map(|content| content.marks.as_slice())
    }

    /// The least of what the picture's cells show.
    fn level(&self, wish: &Scene) -> Level {
        if self.marks_of(wish).is_none() {
            return Level::Old;
        }
        let have = self.have(wish, Pending::Without);
        let cells = have
            .into_iter()
            .flatten()
            .map(|cell| cell.map_or(Level::Old, |(rung, lossless)| Level::At { rung, lossless }));
        cells.reduce(Level::or).unwrap_or(Level::Old)
    }
}

/// Whether what is ordered and coded counts as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    With,
    Without,
}

/// What a cell of the picture has: `None` where text is, `Some(None)` where nothing of it is.
type Have = Option<Option<(Rung, bool)>>;

impl Delivery {
    /// What every cell of the pane has of the wanted content.
    fn have(&self, wish: &Scene, pending: Pending) -> Vec<Have> {
        let mut have: Vec<Have> = match self.means.protocol {
            Protocol::Kitty => {
                let quality = |shows: &Shows| match shows {
                    Shows::Text => None,
                    Shows::Held(at) => {
                        let held = &self.shelf.held[*at];
                        Some(Some((held.rung, held.lossless)))
                    }
                    Shows::Nothing | Shows::Like(_) => Some(None),
                };
                self.cover(wish).cells.iter().map(quality).collect()
            }
            _ => self.have_painted(wish),
        };
        if pending == Pending::With {
            let running = self.running.iter().map(|running| &running.unit);
            let units = running.chain(&self.ready).chain(&self.coding);
            for unit in units.filter(|unit| *unit.scene == *wish) {
                for (at, _) in own_cells(unit.area, &unit.marks, [0, 0], wish) {
                    if let Some(Some(cell)) = have.get_mut(at).map(Option::as_mut) {
                        *cell = (*cell).max(Some((unit.rung, unit.lossless)));
                    }
                }
            }
        }
        have
    }

    fn have_painted(&self, wish: &Scene) -> Vec<Have> {
        let Some(marks) = self.marks_of(wish) else {
            return self.free.iter().map(|free| free.then_some(None)).collect();
        };
        let cells = self.free.iter().zip(marks).enumerate();
        let cell = |(at, (free, mark)): (usize, (&bool, &u64))| {
            let painted = self.painted.get(at).copied().flatten();
            let right = painted.filter(|painted| painted.mark == *mark);
            free.then(|| right.map(|painted| (painted.rung, painted.lossless)))
        };
        cells.map(cell).collect()
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

/// A number to two digits.
fn rough(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    (value / unit).round() * unit
}

/// A rectangle of the pane on the screen.
fn moved(cells: Rect, area: Rect) -> Rect {
    Rect {
        x: cells.x + area.x,
        y: cells.y + area.y,
        ..cells
    }
}

/// The cells of a rectangle, row by row.
fn cells(area: Rect) -> impl Iterator<Item = (u16, u16)> {
    (area.top()..area.bottom()).flat_map(move |y| (area.left()..area.right()).map(move |x| (x, y)))
}

/// Where each cell of a picture's `area` is in the pane of `wish` after a shift, with its mark.
fn own_cells<'a>(
    area: Rect,
    marks: &'a [u64],
    shift: [i32; 2],
    wish: &Scene,
) -> impl Iterator<Item = (usize, u64)> + 'a {
    let [columns, rows] = wish.cells.map(i32::from);
    cells(area).zip(marks).filter_map(move |((x, y), mark)| {
        let (x, y) = (i32::from(x) + shift[0], i32::from(y) + shift[1]);
        let inside = (0..columns).contains(&x) && (0..rows).contains(&y);
        inside.then(|| ((y * columns + x) as usize, *mark))
    })
}

/// The marks of a part of the pane.
fn part(marks: &[u64], pane: Rect, area: Rect) -> Vec<u64> {
    let columns = usize::from(pane.width);
    cells(area)
        .map(|(x, y)| marks[usize::from(y) * columns + usize::from(x)])
        .collect()
}

/// A number for what each cell of the frame shows: equal pixels, equal numbers.
fn marks(frame: &Frame, scene: &Scene) -> Vec<u64> {
    let (cw, ch) = (
        usize::from(scene.cell.width),
        usize::from(scene.cell.height),
    );
    let mut marks = Vec::with_capacity(scene.pane().area() as usize);
    let mut ground = DefaultHasher::new();
    if let Pixels::Indexed { palette, .. } = &frame.pixels {
        palette.hash(&mut ground);
    }
    for row in 0..usize::from(scene.cells[1]) {
        for column in 0..usize::from(scene.cells[0]) {
            let mut hasher = ground.clone();
            for y in row * ch..(row + 1) * ch {
                let span = y * frame.width + column * cw..y * frame.width + (column + 1) * cw;
                match &frame.pixels {
                    Pixels::Grey(grey) => hasher.write(&grey[span]),
                    Pixels::Indexed { indices, .. } => hasher.write(&indices[span]),
                    Pixels::Rgb(rgb) => rgb[span].hash(&mut hasher),
                }
            }
            marks.push(hasher.finish());
        }
    }
    marks
}
