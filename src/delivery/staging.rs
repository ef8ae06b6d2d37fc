//! What to write now: transmissions, placements and drawings, as far as there is credit.

use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

use super::cover::Shows;
use super::holding::cells;
use super::placing::moved;
use super::plan::PURSE;
use super::{Delivery, Level, Painted, Running, Scene, Sprite, Unit, sprite};
use crate::graphics::{Answers, Draw, Protocol, Stage, kitty};

impl Delivery {
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
    pub(super) fn bare(&mut self) -> Stage {
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
    pub(super) fn tear(&mut self) {
        if let Some(running) = self.running.take_if(|running| running.is_begun()) {
            self.torn = true;
            self.garbage.push(running.unit.id);
        }
        self.running = None;
    }

    /// Ends a transmission in the middle: the terminal refuses what it has of it.
    pub(super) fn cut_off(&mut self, stage: &mut Stage) {
        self.tear();
        if std::mem::take(&mut self.torn) {
            stage.sends.push(kitty::cut_off());
        }
    }

    pub(super) fn stage_kept(&mut self, wish: &Scene, area: Rect, now: Duration) -> Stage {
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
    pub(super) fn covering(&self, wish: &Scene) -> Vec<u32> {
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

    pub(super) fn start_unit(&mut self) -> Option<Running> {
        let unit = self.ready.pop_front()?;
        Some(Running { unit, written: 0 })
    }

    pub(super) fn stage_drawn(&mut self, wish: &Scene, area: Rect, now: Duration) -> Stage {
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
    pub(super) fn is_busy(&self, stage: &Stage) -> bool {
        self.link.unacked() > 0
            || !stage.sends.is_empty()
            || !stage.draws.is_empty()
            || (self.pace().is_some() && self.purse < PURSE)
    }

    pub(super) fn sprite_id(&self, sprite: &Sprite) -> Option<u32> {
        let known = self
            .sprite_ids
            .iter()
            .find(|(mark, _)| *mark == sprite.mark);
        known.map(|(_, id)| *id)
    }

    /// Sends the sprites that the terminal does not have; they are a few hundred bytes, and move at
    /// once whatever is under way.
    pub(super) fn send_sprites(&mut self, stage: &mut Stage) {
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
}
