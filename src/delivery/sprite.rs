//! Crosshair and marks as small pictures of their own, for terminals that lay pictures over each
//! other: moving them sends a few hundred bytes at most, and never the picture.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ratatui::layout::Rect;

use super::scene::Scene;
use crate::graphics::sprite_png;
use crate::view::{Drawn, Guide, Inset, Stroke, Tone, drawn_over};

/// Sprites that the terminal keeps for the next time.
pub(super) const KEPT: usize = 24;

/// A small picture with transparent ground over whole cells of the pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sprite {
    /// The cells of the pane that it covers.
    pub(super) cells: Rect,
    /// What tells it from others.
    pub(super) mark: u64,
    /// Pixels of a cell.
    cell: [usize; 2],
    /// The picture.
    pub(super) png: Vec<u8>,
}

impl Sprite {
    /// Everything that lies over the picture of a scene: one sprite a mark, one for the crosshair.
    /// What is off the pane is left out.
    pub fn all(scene: &Scene, marks: &[Drawn], crosshair: Option<[f64; 2]>) -> Vec<Self> {
        let marks = marks.iter().map(|mark| (std::slice::from_ref(mark), None));
        let cross = crosshair.map(|at| (&[][..], Some(at)));
        let parts = marks.chain(cross);
        parts
            .filter_map(|(marks, at)| Self::of(scene, marks, at))
            .collect()
    }

    /// One of them.
    fn of(scene: &Scene, marks: &[Drawn], crosshair: Option<[f64; 2]>) -> Option<Self> {
        Self::dotted(
            scene,
            &drawn_over(scene.screen(), &scene.view, marks, crosshair),
        )
    }

    /// Scale bar and grid: the bar is one, each line of the grid is one.
    pub fn guides(scene: &Scene, guides: &[Guide]) -> Vec<Self> {
        let screen = scene.screen();
        let dots = |guide: &Guide| {
            let light = |tone| match tone {
                Tone::Light => true,
                Tone::Dark => false,
                Tone::Contrast { light } => light,
            };
            let dots = guide.dots(screen).into_iter();
            dots.map(|(at, tone)| (at, light(tone))).collect::<Vec<_>>()
        };
        let (lines, bar): (Vec<&Guide>, Vec<&Guide>) = guides
            .iter()
            .partition(|guide| guide.stroke == Stroke::Dotted);
        let bar: Vec<_> = bar.into_iter().flat_map(dots).collect();
        let lines = lines
            .into_iter()
            .filter_map(|line| Self::dotted(scene, &dots(line)));
        lines.chain(Self::dotted(scene, &bar)).collect()
    }

    /// The loupe's inset with its PNG; `None` where it does not lie on whole cells.
    pub fn inset(scene: &Scene, inset: &Inset, png: &[u8]) -> Option<Self> {
        let cell = [
            usize::from(scene.cell.width),
            usize::from(scene.cell.height),
        ];
        let [x, y] = inset.loupe.corner;
        let (width, height) = (inset.frame.width, inset.frame.height);
        let whole = [x, width].iter().all(|side| side.is_multiple_of(cell[0]))
            && [y, height].iter().all(|side| side.is_multiple_of(cell[1]));
        let cells = Rect::new(
            (x / cell[0]) as u16,
            (y / cell[1]) as u16,
            (width / cell[0]) as u16,
            (height / cell[1]) as u16,
        );
        let mut hasher = DefaultHasher::new();
        png.hash(&mut hasher);
        whole.then(|| Self {
            cells: cells.intersection(scene.pane()),
            mark: hasher.finish(),
            cell,
            png: png.to_vec(),
        })
    }

    /// One of black and white dots.
    fn dotted(scene: &Scene, dots: &[([usize; 2], bool)]) -> Option<Self> {
        let cell = [
            usize::from(scene.cell.width),
            usize::from(scene.cell.height),
        ];
        let edge = |pick: fn(&[usize; 2]) -> usize| {
            let all = dots.iter().map(|(at, _)| pick(at));
            Some((all.clone().min()?, all.max()?))
        };
        let ((left, right), (top, bottom)) = (edge(|at| at[0])?, edge(|at| at[1])?);
        let (x, y) = (left / cell[0], top / cell[1]);
        let (columns, rows) = (right / cell[0] + 1 - x, bottom / cell[1] + 1 - y);
        let (width, height) = (columns * cell[0], rows * cell[1]);
        let mut pixels = vec![0_u8; width * height];
        for ([dx, dy], light) in dots {
            let at = (dy - y * cell[1]) * width + dx - x * cell[0];
            pixels[at] = if *light { 2 } else { 1 };
        }
        let mut hasher = DefaultHasher::new();
        (&pixels, width).hash(&mut hasher);
        Some(Self {
            cells: Rect::new(x as u16, y as u16, columns as u16, rows as u16),
            mark: hasher.finish(),
            cell,
            png: sprite_png(&pixels, width),
        })
    }

    /// Its pixels under these of its cells: left, top, width, height.
    pub(super) fn source(&self, cells: Rect) -> [usize; 4] {
        let [w, h] = self.cell;
        [
            usize::from(cells.x - self.cells.x) * w,
            usize::from(cells.y - self.cells.y) * h,
            usize::from(cells.width) * w,
            usize::from(cells.height) * h,
        ]
    }

    /// Its pixels across and down.
    pub(super) fn size(&self) -> [usize; 2] {
        let [w, h] = self.cell;
        [
            usize::from(self.cells.width) * w,
            usize::from(self.cells.height) * h,
        ]
    }
}
