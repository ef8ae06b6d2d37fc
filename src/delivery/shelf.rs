//! What the terminal keeps for us: pictures by their number, the oldest given up first.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::scene::Scene;
use crate::graphics::Rung;

/// Pixels that the pictures may take in the terminal together: 48 MB at four bytes each. Terminals
/// evict from 320 MB down to 64 MB on.
const QUOTA: usize = 12_000_000;
/// Pictures at most, so that taking them away at the end stays a matter of a kilobyte or two.
const COUNT: usize = 96;

/// A picture that the terminal keeps.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// Its number there.
    pub(super) id: u32,
    /// What it is of.
    pub(super) scene: Arc<Scene>,
    /// Its part of the scene's pane, in cells.
    pub(super) area: Rect,
    /// What each of its cells shows, row by row.
    pub(super) marks: Vec<u64>,
    /// Its pixels there.
    pub(super) sent: [usize; 2],
    /// How faithful it is.
    pub(super) rung: Rung,
    /// Whether it shows exactly what was rendered.
    pub(super) lossless: bool,
    /// When it was last on the screen.
    pub(super) used: u64,
}

impl Held {
    /// The part of its own pixels that these cells of its scene show: left, top, width, height.
    pub(super) fn source(&self, cells: Rect) -> [usize; 4] {
        let scale = |cells: u16, of: u16, pixels: usize| {
            (f64::from(cells) / f64::from(of.max(1)) * pixels as f64).round() as usize
        };
        let [across, down] = self.sent;
        let left = scale(cells.left() - self.area.left(), self.area.width, across);
        let right = scale(cells.right() - self.area.left(), self.area.width, across);
        let top = scale(cells.top() - self.area.top(), self.area.height, down);
        let bottom = scale(cells.bottom() - self.area.top(), self.area.height, down);
        cut([left, top, right, bottom], self.sent)
    }

    /// The part of its pixels under a rectangle of its scene's screen in pixels, as near as pixels
    /// go; `None` where it has nothing of it.
    pub(super) fn source_near(&self, screen: [f64; 4]) -> Option<[usize; 4]> {
        let cell = [
            f64::from(self.scene.cell.width),
            f64::from(self.scene.cell.height),
        ];
        let origin = [
            f64::from(self.area.x) * cell[0],
            f64::from(self.area.y) * cell[1],
        ];
        let size = [
            f64::from(self.area.width) * cell[0],
            f64::from(self.area.height) * cell[1],
        ];
        let at = |side: usize, axis: usize| {
            (screen[side] - origin[axis]) / size[axis] * self.sent[axis] as f64
        };
        let (left, right) = (at(0, 0), at(2, 0));
        let (top, bottom) = (at(1, 1), at(3, 1));
        let inside = |from: f64, to: f64, most: usize| from > -0.5 && to < most as f64 + 0.5;
        let whole = inside(left, right, self.sent[0]) && inside(top, bottom, self.sent[1]);
        let edges = [left, top, right, bottom].map(|edge| edge.round().max(0.0) as usize);
        whole.then(|| cut(edges, self.sent))
    }
}

/// Edges as a rectangle of at least one pixel inside `size`.
fn cut([left, top, right, bottom]: [usize; 4], size: [usize; 2]) -> [usize; 4] {
    let x = left.min(size[0].saturating_sub(1));
    let y = top.min(size[1].saturating_sub(1));
    let w = right.min(size[0]).saturating_sub(x).max(1);
    let h = bottom.min(size[1]).saturating_sub(y).max(1);
    [x, y, w, h]
}

/// The pictures.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) held: Vec<Held>,
    clock: u64,
}

impl Shelf {
    /// Puts a picture there.
    pub(super) fn put(&mut self, mut held: Held) {
        self.clock += 1;
        held.used = self.clock;
        self.held.push(held);
    }

    /// These pictures are on the screen.
    pub(super) fn touch(&mut self, ids: &[u32]) {
        self.clock += 1;
        for held in self.held.iter_mut().filter(|held| ids.contains(&held.id)) {
            held.used = self.clock;
        }
    }

    /// The terminal lost a picture.
    pub(super) fn lose(&mut self, id: u32) -> bool {
        let before = self.held.len();
        self.held.retain(|held| held.id != id);
        self.held.len() != before
    }

    /// Gives up the pictures beyond the quota that were not on the screen for longest, and those
    /// for which better ones are there; gives their numbers.
    pub(super) fn tidy(&mut self, shown: &[u32]) -> Vec<u32> {
        let mut gone = Vec::new();
        let superseded = |held: &Held, all: &[Held]| {
            let better = |other: &&Held| {
                other.id != held.id
                    && other.rung > held.rung
                    && other.area == held.area
                    && other.scene == held.scene
                    && other.marks == held.marks
            };
            all.iter().any(|other| better(&other))
        };
        let old: Vec<u32> = self
            .held
            .iter()
            .filter(|held| !shown.contains(&held.id) && superseded(held, &self.held))
            .map(|held| held.id)
            .collect();
        gone.extend(&old);
        self.held.retain(|held| !old.contains(&held.id));
        let pixels = |held: &Held| held.sent[0] * held.sent[1];
        while self.held.len() > COUNT || self.held.iter().map(pixels).sum::<usize>() > QUOTA {
            let idle = self.held.iter().filter(|held| !shown.contains(&held.id));
            let Some(oldest) = idle.min_by_key(|held| held.used).map(|held| held.id) else {
                break;
            };
            self.lose(oldest);
            gone.push(oldest);
        }
        gone
    }

    /// Forgets everything; gives the numbers.
    pub(super) fn clear(&mut self) -> Vec<u32> {
        self.held.drain(..).map(|held| held.id).collect()
    }
}
