//! What to send next: which part of the picture, on which rung, and within which limits.

use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::{Position, Rect};

use super::cover::{pieces, rectangles, tiles};
use super::holding::{Have, Pending, part};
use super::shelf::Held;
use super::{AHEAD, Delivery, Level, Scene, Unit, Waits};
use crate::graphics::{Protocol, Rung, Target};
use crate::view::Frame;

/// What takes less than this is sent as it should end, in seconds: where nothing is to be seen yet,
/// and where something like it stands.
const AT_ONCE: f64 = 0.15;
const SOON: f64 = 0.5;
/// What takes longer than this on a line that carries much is seen coarsely first, in seconds.
const GLANCE: f64 = 0.025;
/// Seconds that a part takes besides its bytes: each is coded, staged and written by itself.
const PART: f64 = 0.004;
/// Cells of the smallest tile: 256 x 128 pixels of 8 x 16 cells.
const TILE: usize = 288;
/// Cells of the smallest tile of protocols whose parts cannot be cut off, and the bytes that such a
/// part may always have: a first look of sixel.
const LEAST_TILE: usize = 24;
const LEAST_PIECE: f64 = 8_000.0;
/// The longest time that one piece may take, in seconds.
const A_PIECE: f64 = 0.75;
/// Bytes a second while nothing is known: 64 kbit/s.
const UNKNOWN: f64 = 8_000.0;
/// So many pictures in a row that the terminal did not keep, and it is sent no more.
const REFUSALS: usize = 6;
/// Cells that a lower rung is not worth sending for.
const FEW: usize = 24;
/// What may be saved up of a limited rate, in bytes: a small picture. A larger one is sent when the
/// purse is full, and paid for after.
pub(super) const PURSE: f64 = 1_500.0;
/// Bytes of the credit, or a quarter of it where that is less, that are kept free for what a key needs
/// at once while the rest of a picture is sent.
const FREE: usize = 1_500;
/// Weight of a new sample of what a cell costs.
const WEIGHT: f64 = 0.4;

/// What the analyst allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The highest rung.
    pub ceiling: Rung,
    /// Bytes a second at most.
    pub budget: Option<f64>,
    /// Whether pictures stop at Q3 until more is asked for.
    pub metered: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ceiling: Rung::Q5,
            budget: None,
            metered: false,
        }
    }
}

/// How an order is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// On its rung.
    Ladder,
    /// At once, as few pixels as it has: something better follows in a moment.
    Coarse,
}

/// Work for the coder.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its number, for the answer.
    pub number: u64,
    /// The whole frame.
    pub frame: Arc<Frame>,
    /// The part to code: column and row of its first pixel, its width and height.
    pub part: ([usize; 2], [usize; 2]),
    /// For whom.
    pub target: Target,
    /// How faithful.
    pub rung: Rung,
    /// How it is coded.
    pub care: Care,
    /// Bytes at most; what fits may be less faithful.
    pub most: Option<usize>,
}

/// What a cell costs on each rung, in bytes: learned from what was coded.
#[derive(Debug, Clone)]
pub(super) struct Costs([f64; 6]);

impl Costs {
    /// What test pictures cost at 8 x 16 pixels a cell.
    pub(super) fn of(protocol: Protocol) -> Self {
        Self(match protocol {
            Protocol::Sixel => [0.0, 2.0, 6.0, 15.0, 60.0, 80.0],
            Protocol::Iterm2 => [0.0, 0.5, 2.5, 5.0, 12.0, 38.0],
            _ => [0.0, 0.5, 1.2, 4.0, 14.0, 38.0],
        })
    }

    /// A picture of so many cells took so many bytes. What is dearer than known counts at once: too
    /// large a part holds up the line.
    pub(super) fn learn(&mut self, rung: Rung, bytes: usize, cells: usize) {
        let known = &mut self.0[rung as usize];
        let new = bytes as f64 / cells.max(1) as f64;
        let weight = if new > *known { 1.0 } else { WEIGHT };
        *known += weight * (new - *known);
    }

    /// Bytes of so many cells.
    fn of_cells(&self, rung: Rung, cells: usize) -> f64 {
        self.0[rung as usize] * cells as f64
    }
}

impl Delivery {
    /// The next work for the coder, if there is any and the line will want it soon.
    pub fn order(&mut self, now: Duration) -> Option<Order> {
        let full = self.coding.is_some() || self.ready.len() >= AHEAD;
        if full || self.link.is_stalled(now) || self.is_refused() {
            return None;
        }
        if !self.means.protocol.is_pixels() {
            return None;
        }
        let content = self.content.clone()?;
        let wish = self.wish.clone().filter(|wish| *wish == content.scene)?;
        let (area, rung, marks) = loop {
            let (area, rung) = self.next_part(&wish)?;
            let marks = part(&content.marks, wish.pane(), area);
            if self.is_on_its_way(&marks, area) {
                return None;
            }
            if !self.serves_again(&wish, area, &marks, rung) {
                break (area, rung, marks);
            }
        };
        let (number, id) = (self.next_order, self.take_id());
        self.next_order += 1;
        let cell = [usize::from(wish.cell.width), usize::from(wish.cell.height)];
        let origin = [usize::from(area.x) * cell[0], usize::from(area.y) * cell[1]];
        let size = [
            usize::from(area.width) * cell[0],
            usize::from(area.height) * cell[1],
        ];
        self.coding = Some(Unit {
            number,
            scene: wish,
            area,
            marks,
            id,
            rung,
            lossless: false,
            sent: size,
            bytes: Vec::new(),
        });
        Some(Order {
            number,
            frame: content.frame,
            part: (origin, size),
            target: self.target(id, rung),
            rung,
            care: if (self.is_coarse() || rung == Rung::Q1) && self.is_fast() {
                Care::Coarse
            } else {
                Care::Ladder
            },
            most: self.most(rung, area),
        })
    }

    /// Whether the same is already on its way for another place.
    fn is_on_its_way(&self, marks: &[u64], area: Rect) -> bool {
        let running = self.running.iter().map(|running| &running.unit);
        let same = |unit: &Unit| unit.area.as_size() == area.as_size() && unit.marks == marks;
        self.means.protocol == Protocol::Kitty && running.chain(&self.ready).any(same)
    }

    /// Lets a kept picture that shows the same elsewhere serve this part too; whether there is one.
    fn serves_again(&mut self, wish: &Arc<Scene>, area: Rect, marks: &[u64], rung: Rung) -> bool {
        let same = |held: &&Held| {
            held.area.as_size() == area.as_size() && held.marks == marks && held.rung >= rung
        };
        let kept = self.means.protocol == Protocol::Kitty;
        let twin = self.shelf.held.iter().find(same).filter(|_| kept);
        let Some(twin) = twin.cloned() else {
            return false;
        };
        self.shelf.put(Held {
            scene: Arc::clone(wish),
            area,
            ..twin
        });
        true
    }

    /// What a part may cost on this line: a noisy picture reaches a likeness only by its noise, which
    /// is better sent as it is.
    fn most(&self, rung: Rung, area: Rect) -> Option<usize> {
        let rate = self.rate().unwrap_or(UNKNOWN);
        let (least, seconds) = match rung {
            Rung::Q2 => (3_000.0, 0.75),
            Rung::Q3 => (8_000.0, 2.0),
            _ => return None,
        };
        let (dear, share) = match self.means.protocol {
            Protocol::Sixel => (3.0, self.share(area)),
            Protocol::Iterm2 => (1.0, self.share(area)),
            _ => (1.0, 1.0),
        };
        (rate < super::FAST).then(|| ((rate * seconds).max(least) * dear * share) as usize)
    }

    /// Which part of the picture this is.
    fn share(&self, area: Rect) -> f64 {
        let all = self.free.iter().filter(|free| **free).count().max(1);
        (f64::from(area.area()) / all as f64).min(1.0)
    }

    /// Bytes a second of the line or of the budget, once known.
    pub(super) fn rate(&self) -> Option<f64> {
        match (self.link.rate(), self.settings.budget) {
            (Some(line), Some(budget)) => Some(line.min(budget)),
            (line, budget) => line.or(budget),
        }
    }

    /// Whether a part must be sent in one piece.
    pub(super) fn is_whole_only(&self) -> bool {
        self.means.placeholders || self.means.protocol != Protocol::Kitty
    }

    /// Bytes that may be sent in one piece, so that a key waits for no more.
    fn piece(&self) -> f64 {
        let window = self.link.window() as f64;
        // A piece alone in the line waits for nobody: the window does not see how long it takes.
        window.min(self.rate().unwrap_or(UNKNOWN).max(PURSE) * A_PIECE)
    }

    /// Whether a part of so many cells would hold up the line, and can be made smaller.
    pub(super) fn holds_up(&self, bytes: usize, cells: usize) -> bool {
        let most = (2.0 * self.piece()).max(LEAST_PIECE);
        let slow = self.rate().is_none_or(|rate| rate < super::FAST);
        self.is_whole_only() && slow && cells > LEAST_TILE && bytes as f64 > most
    }

    /// Whether the terminal takes no picture.
    pub(super) fn is_refused(&self) -> bool {
        self.refused >= REFUSALS
    }

    /// The part of the pane that is worst off, and the rung to lift it to.
    fn next_part(&self, wish: &Scene) -> Option<(Rect, Rung)> {
        let have = self.have(wish, Pending::With);
        let ceiling = self.ceiling();
        // What was tried and is not there does not fit.
        let rungs: Vec<Option<Rung>> = have
            .iter()
            .enumerate()
            .map(|(at, cell)| cell.map(|has| self.tried_or(at, has.map(|(rung, _)| rung))))
            .collect();
        let least = rungs.iter().flatten().copied().min()?;
        if least >= ceiling {
            return None;
        }
        let count = rungs
            .iter()
            .flatten()
            .filter(|rung| **rung == least)
            .count();
        let target = self.climb(least, count).min(ceiling);
        let below = |rung: &Option<Rung>| rung.filter(|rung| *rung < target).map(|_| ());
        let region: Vec<Option<()>> = rungs.iter().map(below).collect();
        let parts = rectangles(&region, usize::from(wish.cells[0]));
        let size = self.tile_cells(target);
        let aspect = f64::from(wish.cell.height) / f64::from(wish.cell.width.max(1));
        let whole = parts.iter().map(|((), part)| *part);
        let whole = whole.reduce(Rect::union).unwrap_or_default();
        let cells = region.iter().flatten().count();
        // Of each tile what lacks something.
        let short = |tile: Rect| inside(&region, usize::from(wish.cells[0]), tile);
        let tiled = tiles(whole, size, aspect).into_iter().map(short);
        let tiled: Vec<Rect> = tiled.filter(|tile| !tile.is_empty()).collect();
        let parts = parts
            .iter()
            .flat_map(|((), part)| tiles(*part, size, aspect));
        let parts: Vec<Rect> = parts.collect();
        let compact = (whole.area() as usize) < cells * 5 / 4;
        let parts = if compact || self.cost(target, &tiled) < self.cost(target, &parts) {
            tiled
        } else {
            parts
        };
        let largest = self.largest(wish);
        let parts: Vec<Rect> = parts
            .into_iter()
            .flat_map(|part| pieces(part, largest))
            .collect();
        let centre = [wish.cells[0] / 2, wish.cells[1] / 2];
        let focus = self.focus.unwrap_or(centre).map(f64::from);
        let away = |part: &Rect| {
            let nearest =
                |at: f64, from: u16, to: u16| at - at.clamp(f64::from(from), f64::from(to));
            let dx = nearest(focus[0], part.left(), part.right());
            let dy = nearest(focus[1], part.top(), part.bottom()) * aspect;
            dx * dx + dy * dy
        };
        let first = parts
            .into_iter()
            .min_by(|a, b| away(a).total_cmp(&away(b)))?;
        Some((first, target))
    }

    /// Whether milliseconds of work matter more than bytes.
    fn is_fast(&self) -> bool {
        self.rate().is_some_and(|rate| rate >= super::FAST)
    }

    /// What parts cost on a rung, in bytes: their cells, and for each part what the line could carry
    /// while it is made.
    fn cost(&self, rung: Rung, parts: &[Rect]) -> f64 {
        let cells = parts.iter().map(|part| part.area() as usize).sum();
        let each = self.rate().map_or(0.0, |rate| rate * PART);
        self.costs.of_cells(rung, cells) + parts.len() as f64 * each
    }

    /// The rung after `least` for so many cells: the highest that is there at once, else the next
    /// that is worth its bytes.
    fn climb(&self, least: Rung, cells: usize) -> Rung {
        let step = if cells <= FEW {
            Rung::Q5
        } else {
            self.next(least)
        };
        let Some(rate) = self.rate() else {
            return step;
        };
        let part = cells * 2 < self.free.len();
        let patience = if least > Rung::Q0 || part {
            SOON
        } else {
            AT_ONCE
        };
        let seconds = |rung: Rung| self.costs.of_cells(rung, cells) / rate;
        if least == Rung::Q0 && !part && self.is_fast() && seconds(Rung::Q5) > GLANCE {
            return Rung::Q1;
        }
        let quick = [Rung::Q5, Rung::Q3, Rung::Q2]
            .into_iter()
            .find(|rung| *rung > least && seconds(*rung) <= patience);
        quick.unwrap_or(step)
    }

    /// The next rung that is sent on a slow line: from Q3 tiles go straight to their end, because Q4
    /// would cost half of it and be thrown away. Where every picture costs its cells of text too,
    /// there are fewer steps.
    fn next(&self, rung: Rung) -> Rung {
        match rung {
            Rung::Q0 if self.means.placeholders => Rung::Q2,
            Rung::Q2 if self.means.placeholders => Rung::Q5,
            Rung::Q0 => Rung::Q1,
            Rung::Q1 => Rung::Q2,
            Rung::Q2 => Rung::Q3,
            _ => Rung::Q5,
        }
    }

    /// Cells of a tile: what the line takes in one window. A first look, and a picture whose
    /// transmission can be cut off between its parts, is whole below lossless.
    fn tile_cells(&self, rung: Rung) -> usize {
        if rung <= Rung::Q1 || (rung <= Rung::Q3 && !self.is_whole_only()) {
            return usize::MAX;
        }
        let cost = self.costs.of_cells(rung, 1).max(0.1);
        let cells = (self.piece() * 0.8 / cost) as usize;
        if self.is_whole_only() {
            cells.max(LEAST_TILE)
        } else {
            cells.max(TILE)
        }
    }

    /// Columns and rows of cells of the largest picture that is drawn whole.
    fn largest(&self, wish: &Scene) -> [u16; 2] {
        let [width, height] = self.means.largest.unwrap_or([u32::MAX; 2]);
        let cells = |pixels: u32, cell: u16| {
            (pixels / u32::from(cell.max(1))).clamp(1, u32::from(u16::MAX)) as u16
        };
        [
            cells(width, wish.cell.width),
            cells(height, wish.cell.height),
        ]
    }

    /// What a cell has or was tried for, whichever is more.
    fn tried_or(&self, at: usize, has: Option<Rung>) -> Rung {
        let tried = self.tried.get(at).copied().unwrap_or(Rung::Q0);
        has.unwrap_or(Rung::Q0).max(tried)
    }

    /// The highest rung for the picture at hand.
    fn ceiling(&self) -> Rung {
        if self.all_asked {
            return Rung::Q5;
        }
        let most = self.settings.ceiling;
        if self.is_coarse() {
            // The full picture is better worth the line.
            most.min(Rung::Q1)
        } else if self.settings.metered {
            most.min(Rung::Q3)
        } else {
            most
        }
    }

    /// Why the picture stays below lossless, once it does.
    pub(super) fn waits(&self) -> Option<Waits> {
        if self.is_refused() {
            return Some(Waits::Refused);
        }
        let ceiling = self.ceiling();
        if ceiling == Rung::Q5 {
            return None;
        }
        let wish = self.wish.as_deref()?;
        let reached = match self.now_level {
            Level::At { .. } => {
                let have = self.have(wish, Pending::Without).into_iter().enumerate();
                have.filter_map(|(at, cell)| Some((at, cell?)))
                    .all(|(at, has)| self.tried_or(at, has.map(|(rung, _)| rung)) >= ceiling)
            }
            Level::Old => ceiling == Rung::Q0,
        };
        reached.then_some(if ceiling < self.settings.ceiling {
            Waits::Metered
        } else {
            Waits::Ceiling
        })
    }

    /// Until the picture is as good as it gets, while it is not.
    pub(super) fn left(&self) -> Option<Duration> {
        self.link.rate()?;
        let rate = self.rate()?;
        let wish = self.wish.as_deref()?;
        self.marks_of(wish)?;
        let ceiling = self.ceiling();
        let have = self.have(wish, Pending::Without);
        let short =
            |cell: &&Have| cell.is_some_and(|s| s.map_or(Rung::Q0, |(rung, _)| rung) < ceiling);
        let cells = have.iter().filter(short).count();
        let bytes = self.costs.of_cells(ceiling, cells) + self.link.unacked() as f64;
        (cells > 0).then(|| Duration::from_secs_f64((bytes / rate.max(1.0)).min(1e6)))
    }

    /// Bytes that may be written now by the line and the budget.
    pub(super) fn room(&self, now: Duration) -> usize {
        if self.link.is_stalled(now) {
            return 0;
        }
        let free = match self.now_level {
            Level::Old => 0,
            Level::At { .. } => FREE.min(self.link.window() / 4),
        };
        let line = if self.link.confirms() {
            self.link.room().saturating_sub(free)
        } else {
            usize::MAX
        };
        match self.pace() {
            Some(_) => line.min(self.purse.max(0.0) as usize),
            None => line,
        }
    }

    /// Bytes a second that are allowed, where they are limited by more than the line's answers.
    pub(super) fn pace(&self) -> Option<f64> {
        let blind = if self.link.confirms() {
            None
        } else {
            self.link.rate()
        };
        match (self.settings.budget, blind) {
            (Some(budget), Some(blind)) => Some(budget.min(blind)),
            (budget, blind) => budget.or(blind),
        }
    }

    /// Fills the purse with what the time since it was looked into allows.
    pub(super) fn earn(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.purse_at).as_secs_f64();
        self.purse_at = now;
        self.purse = match self.pace() {
            Some(pace) => (self.purse + passed * pace).min(PURSE),
            None => PURSE,
        };
    }

    /// When to look again although nothing happened: for the purse and for a stall.
    pub fn wake(&self, now: Duration) -> Option<Duration> {
        let stall = self.link.stalls_at().filter(|at| *at > now);
        let waiting = !self.ready.is_empty() || self.running.is_some();
        let purse = self
            .pace()
            .filter(|_| waiting && !self.link.is_stalled(now))
            .map(|pace| {
                let missing = (PURSE - self.purse).max(pace * 0.05);
                now + Duration::from_secs_f64(missing / pace.max(1.0))
            });
        stall.into_iter().chain(purse).min()
    }
}

/// The smallest rectangle around the cells in `area` that are set.
fn inside(cells: &[Option<()>], columns: usize, area: Rect) -> Rect {
    let is_set = |at: &Position| cells[usize::from(at.y) * columns + usize::from(at.x)].is_some();
    area.positions()
        .filter(is_set)
        .map(|at| Rect::new(at.x, at.y, 1, 1))
        .reduce(Rect::union)
        .unwrap_or_default()
}
