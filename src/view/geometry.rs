//! Where the scan lies on the screen: fit, zoom, pan, turn, and the way between screen pixels and
//! scan pixels. Everything is a pure function from a view to a view.

use super::{Aspect, View};
use crate::filter::{FilterUse, at_work};
use crate::radiograph::{Radiograph, Size};

/// Most screen pixels per scan pixel.
const CLOSEST: f64 = 64.0;
/// The most oblong scan pixel that is drawn in its shape.
const OBLONG: f64 = 20.0;

/// The sizes that a view moves between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    /// The scan in scan pixels.
    pub scan: Size,
    /// The picture on the screen in screen pixels.
    pub screen: Size,
    /// How much higher than wide a screen pixel is: 1 where it is square. Parts of cells need not be.
    pub tall: f64,
    /// How much higher than wide a scan pixel is to be drawn: 1 where it is drawn square.
    pub aspect: f64,
}

impl Canvas {
    /// Of a screen that shows `radiograph` in the shape that `view` asks for.
    pub fn of(radiograph: &Radiograph, view: &View, screen: Size, tall: f64) -> Self {
        Self {
            scan: radiograph.size(),
            screen,
            tall,
            aspect: view.aspect.of(radiograph.pixel_mm),
        }
    }

    /// How many scan pixels at zoom 1 the screen is wide and high, in the scan's orientation: sides
    /// swap on a quarter turn.
    pub(super) fn upright(self, rotation: u16) -> [f64; 2] {
        let (w, h) = (
            self.screen.width as f64,
            self.screen.height as f64 * self.tall,
        );
        if rotation.is_multiple_of(180) {
            [w, h / self.aspect]
        } else {
            [h, w / self.aspect]
        }
    }

    /// The least zoom at which no scan pixel is smaller than a pixel of the screen.
    fn native_zoom(self, rotation: u16) -> f64 {
        // Screen pixels per scan pixel across and down the scan, at zoom 1.
        let (across, down) = if rotation.is_multiple_of(180) {
            (1.0, self.aspect / self.tall)
        } else {
            (1.0 / self.tall, self.aspect)
        };
        let least = f64::min(across, down);
        if least < 1.0 {
            // A hair more: rounding must not leave a pixel that covers a bit more than one.
            (1.0 + 1e-12) / least
        } else {
            1.0
        }
    }

    /// The largest size in the scan's shape that fits on the screen, at least a pixel each way; sides
    /// swap on a quarter turn.
    pub fn fitted(self, rotation: u16) -> Size {
        let (width, height) = (
            self.scan.width as f64,
            self.scan.height as f64 * self.aspect,
        );
        let (across, down) = if rotation.is_multiple_of(180) {
            (width, height / self.tall)
        } else {
            (height, width / self.tall)
        };
        let room = self.screen;
        let scale = (room.width as f64 / across).min(room.height as f64 / down);
        let side = |side: f64, most: usize| ((side * scale).round() as usize).clamp(1, most.max(1));
        Size {
            width: side(across, room.width),
            height: side(down, room.height),
        }
    }

    /// Screen pixels across per scan pixel at which the whole scan just fits.
    pub fn fitting_zoom(self, rotation: u16) -> f64 {
        let [w, h] = self.upright(rotation);
        let (x, y) = (
            w / self.scan.width.max(1) as f64,
            h / self.scan.height.max(1) as f64,
        );
        x.min(y).min(CLOSEST)
    }
}

impl Aspect {
    /// How much higher than wide a scan pixel of these mm is drawn.
    pub fn of(self, pixel_mm: Option<[f64; 2]>) -> f64 {
        let shape = pixel_mm.map_or(1.0, |[x, y]| y / x);
        // A shape beyond this is a slip of a file, and would leave nothing to see.
        let sound = shape.is_finite() && (1.0 / OBLONG..=OBLONG).contains(&shape);
        if self == Self::World && sound {
            shape
        } else {
            1.0
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::World => Self::Pixels,
            Self::Pixels => Self::World,
        }
    }
}

impl View {
    /// The whole scan, as large as it fits.
    #[must_use]
    pub fn fit(&self, canvas: Canvas) -> Self {
        let middle = [
            canvas.scan.width as f64 / 2.0,
            canvas.scan.height as f64 / 2.0,
        ];
        self.placed(canvas, middle, canvas.fitting_zoom(self.rotation))
    }

    /// One screen pixel per scan pixel about the centre of the view; more along one side where
    /// their shapes differ.
    #[must_use]
    pub fn one_to_one(&self, canvas: Canvas) -> Self {
        self.placed(canvas, self.centre(), canvas.native_zoom(self.rotation))
    }

    /// Whether a pixel of `screen` covers more than one of the scan, so that detail is averaged.
    pub fn is_coarse(&self, screen: Size) -> bool {
        let [_, _, w, h] = self.region;
        let (across, down) = if self.rotation.is_multiple_of(180) {
            (screen.width, screen.height)
        } else {
            (screen.height, screen.width)
        };
        w / across.max(1) as f64 > 1.0 || h / down.max(1) as f64 > 1.0
    }

    /// Whether a filter at work only approximates its result on `screen`.
    pub fn is_preview(&self, screen: Size) -> bool {
        let from_afar = |used: &FilterUse| {
            used.row()
                .is_ok_and(|row| row.is_preview_from_afar(&used.args))
        };
        self.is_coarse(screen) && at_work(&self.filters).any(from_afar)
    }

    /// Zoomed by `factor` so that the scan point under the screen pixel `point` stays there.
    #[must_use]
    pub fn zoom_about(&self, canvas: Canvas, point: [f64; 2], factor: f64) -> Self {
        let held = self.to_scan(canvas.screen, point);
        let zoom = self.zoom * factor;
        let least = canvas.fitting_zoom(self.rotation).min(1.0);
        let zoom = zoom.clamp(least, CLOSEST);
        // The centre's distance from the held point shrinks as the zoom grows.
        let centre = self.centre();
        let ratio = self.zoom / zoom;
        let centre = [0, 1].map(|i| held[i] + (centre[i] - held[i]) * ratio);
        self.placed(canvas, centre, zoom)
    }

    /// Moved so that the picture's content goes `by` screen pixels to the left and up.
    #[must_use]
    pub fn pan(&self, canvas: Canvas, by: [f64; 2]) -> Self {
        let middle = [
            canvas.screen.width as f64 / 2.0,
            canvas.screen.height as f64 / 2.0,
        ];
        let centre = self.to_scan(canvas.screen, [middle[0] + by[0], middle[1] + by[1]]);
        self.placed(canvas, centre, self.zoom)
    }

    /// Moved so that the picture's content goes `steps` times `step` screen pixels to the left and up,
    /// as far as there is scan. Steps stay whole, so that a picture that is on the screen already can
    /// be moved as it is: the last one may show up to a step of ground beyond the scan's edge.
    #[must_use]
    pub fn stepped(&self, canvas: Canvas, steps: [i64; 2], step: [f64; 2]) -> Self {
        let ends = [
            [0.0; 2],
            [canvas.scan.width as f64, canvas.scan.height as f64],
        ]
        .map(|corner| self.to_screen(canvas.screen, corner));
        let screen = [canvas.screen.width as f64, canvas.screen.height as f64];
        let by = [0, 1].map(|i| {
            let (low, high) = (ends[0][i].min(ends[1][i]), ends[0][i].max(ends[1][i]));
            // A hair of a pixel is no reason for a step.
            let least = ((low + 1e-6) / step[i]).floor().min(0.0) as i64;
            let most = ((high - screen[i] - 1e-6) / step[i]).ceil().max(0.0) as i64;
            steps[i].clamp(least, most) as f64 * step[i]
        });
        let corner = |x: f64, y: f64| self.to_scan(canvas.screen, [x + by[0], y + by[1]]);
        let (a, b) = (corner(0.0, 0.0), corner(screen[0], screen[1]));
        let [_, _, w, h] = self.region;
        Self {
            region: [a[0].min(b[0]), a[1].min(b[1]), w, h],
            ..self.clone()
        }
    }

    /// The scan point `centre` in the middle of the screen, as far as the scan stays on it.
    #[must_use]
    pub fn centred_on(&self, canvas: Canvas, centre: [f64; 2]) -> Self {
        self.placed(canvas, centre, self.zoom)
    }

    /// The view on its first screen: the whole of what it names, as large as it fits.
    #[must_use]
    pub fn start(&self, canvas: Canvas) -> Self {
        let [_, _, w, h] = self.region;
        let [across, down] = canvas.upright(self.rotation);
        self.placed(canvas, self.centre(), (across / w).min(down / h))
    }

    /// The view when the screen changes from `before` to one whose pixels are `finer` times as many
    /// across a cell: a whole scan stays whole, else centre and size of what is seen stay.
    #[must_use]
    pub fn rescaled(&self, canvas: Canvas, before: Canvas, finer: f64) -> Self {
        if self.zoom <= before.fitting_zoom(self.rotation) * 1.0001 {
            return self.fit(canvas);
        }
        self.placed(canvas, self.centre(), self.zoom * finer)
    }

    /// The same centre and zoom on a screen of another size.
    #[must_use]
    pub fn resized(&self, canvas: Canvas) -> Self {
        self.placed(canvas, self.centre(), self.zoom)
    }

    /// Turned by quarter turns clockwise about the centre of the view.
    #[must_use]
    pub fn turned(&self, canvas: Canvas, quarters: i32) -> Self {
        let rotation = (i32::from(self.rotation) / 90 + quarters).rem_euclid(4) * 90;
        let turned = Self {
            rotation: rotation as u16,
            ..self.clone()
        };
        turned
            .in_fewest_words()
            .placed(canvas, self.centre(), self.zoom)
    }

    /// Left and right of the screen swapped.
    #[must_use]
    pub fn turned_over(&self) -> Self {
        self.swapped(self.rotation.is_multiple_of(180))
    }

    /// Top and bottom of the screen swapped.
    #[must_use]
    pub fn turned_upside_down(&self) -> Self {
        self.swapped(!self.rotation.is_multiple_of(180))
    }

    /// The ends of the scan's rows swapped, or those of its columns: what is seen stays the same part
    /// of the scan.
    fn swapped(&self, rows: bool) -> Self {
        let swapped = Self {
            mirrored: self.mirrored ^ rows,
            flipped: self.flipped ^ !rows,
            ..self.clone()
        };
        swapped.in_fewest_words()
    }

    /// The same way up in the shorter of its two descriptions: swapping both is a half turn.
    fn in_fewest_words(self) -> Self {
        let both = self.mirrored && self.flipped;
        let one_turned = self.mirrored != self.flipped && self.rotation >= 180;
        if !(both || one_turned) {
            return self;
        }
        Self {
            rotation: (self.rotation + 180) % 360,
            mirrored: !self.mirrored,
            flipped: !self.flipped,
            ..self
        }
    }

    /// Whether both are the same way up.
    pub fn same_way_up(&self, other: &Self) -> bool {
        let way = |view: &Self| (view.rotation, view.mirrored, view.flipped);
        way(self) == way(other)
    }

    /// Centre of the visible part in scan pixels.
    pub fn centre(&self) -> [f64; 2] {
        let [x, y, w, h] = self.region;
        [x + w / 2.0, y + h / 2.0]
    }

    /// The scan point under a point of the screen, both in pixels from the top left.
    pub fn to_scan(&self, screen: Size, point: [f64; 2]) -> [f64; 2] {
        let u = point[0] / screen.width.max(1) as f64;
        let v = point[1] / screen.height.max(1) as f64;
        let (p, q) = match self.rotation {
            90 => (v, 1.0 - u),
            180 => (1.0 - u, 1.0 - v),
            270 => (1.0 - v, u),
            _ => (u, v),
        };
        let [p, q] = self.ends_swapped([p, q]);
        let [x, y, w, h] = self.region;
        [x + p * w, y + q * h]
    }

    /// The point of the screen over a scan point; may lie outside the screen.
    pub fn to_screen(&self, screen: Size, point: [f64; 2]) -> [f64; 2] {
        let [x, y, w, h] = self.region;
        let [p, q] = self.ends_swapped([(point[0] - x) / w, (point[1] - y) / h]);
        let (u, v) = match self.rotation {
            90 => (1.0 - q, p),
            180 => (1.0 - p, 1.0 - q),
            270 => (q, 1.0 - p),
            _ => (p, q),
        };
        [u * screen.width as f64, v * screen.height as f64]
    }

    /// Shares of the visible part's sides, counted from the other end where the view is mirrored or
    /// flipped.
    fn ends_swapped(&self, [p, q]: [f64; 2]) -> [f64; 2] {
        [
            if self.mirrored { 1.0 - p } else { p },
            if self.flipped { 1.0 - q } else { q },
        ]
    }

    /// The view at a zoom about a centre, moved so that the scan stays on the screen.
    pub(super) fn placed(&self, canvas: Canvas, centre: [f64; 2], zoom: f64) -> Self {
        let zoom = if zoom.is_finite() && zoom > 0.0 {
            zoom.min(CLOSEST)
        } else {
            1.0
        };
        let [w, h] = canvas
            .upright(self.rotation)
            .map(|side| side.max(1.0) / zoom);
        let x = held(centre[0] - w / 2.0, w, canvas.scan.width as f64);
        let y = held(centre[1] - h / 2.0, h, canvas.scan.height as f64);
        Self {
            region: [x, y, w, h],
            zoom,
            ..self.clone()
        }
    }
}

/// The origin of `extent` visible pixels of `limit`: in the middle when all fit, inside otherwise.
fn held(origin: f64, extent: f64, limit: f64) -> f64 {
    if extent >= limit {
        (limit - extent) / 2.0
    } else {
        origin.clamp(0.0, limit - extent)
    }
}
