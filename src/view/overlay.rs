//! Crosshair and marks over a finished frame.
//!
//! Lines take the frame's own lightest and darkest colour, whichever stands out, so that they add
//! no colour: an indexed picture stays indexed, and red stays free for alarms.

use super::{Frame, Guide, Pixels, Tone, View};
use crate::radiograph::{Outline, Region, Size};

/// Arm of the crosshair in screen pixels.
const ARM: isize = 12;
/// Free pixels around what the crosshair points at.
const GAP: isize = 3;

/// Pixels of a dash, where lines cannot take their colour from what lies under them.
const DASH: usize = 3;

/// Half of a handle's side, in screen pixels.
const HANDLE: isize = 2;
/// Chords of an ellipse at least and at most.
const CHORDS: [f64; 2] = [16.0, 256.0];

/// An outline to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Where.
    pub outline: Outline,
    /// How much it stands out.
    pub stress: Stress,
}

/// How much an outline stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stress {
    /// As a line.
    Plain,
    /// With handles: keys and mouse change it.
    Selected,
}

/// The frame with the outlines of `marks` and a crosshair, all given in scan pixels.
#[must_use]
pub fn overlaid(frame: &Frame, view: &View, marks: &[Drawn], crosshair: Option<[f64; 2]>) -> Frame {
    let mut drawn = frame.clone();
    let screen = Size {
        width: frame.width,
        height: frame.height,
    };
    let dots = lines(screen, view, marks, crosshair);
    if dots.is_empty() {
        return drawn;
    }
    let mut pen = Pen::new(&mut drawn);
    for [x, y] in dots {
        pen.dot(x, y);
    }
    drawn
}

/// The frame with guides drawn into it.
#[must_use]
pub fn guided(mut frame: Frame, guides: &[Guide]) -> Frame {
    let screen = Size {
        width: frame.width,
        height: frame.height,
    };
    let mut pen = Pen::new(&mut frame);
    for ([x, y], tone) in guides.iter().flat_map(|guide| guide.dots(screen)) {
        match tone {
            Tone::Light => pen.paint(x, y, Tip::Lightest),
            Tone::Dark => pen.paint(x, y, Tip::Darkest),
            Tone::Contrast { .. } => pen.dot(x, y),
        }
    }
    frame
}

/// The pixels of a screen on which outlines and crosshair lie, and whether each is light: dashes
/// stand out from any ground.
pub fn drawn_over(
    screen: Size,
    view: &View,
    marks: &[Drawn],
    crosshair: Option<[f64; 2]>,
) -> Vec<([usize; 2], bool)> {
    let light = |[x, y]: [usize; 2]| ((x + y) / DASH).is_multiple_of(2);
    let dots = lines(screen, view, marks, crosshair);
    dots.into_iter().map(|dot| (dot, light(dot))).collect()
}

/// The pixels of all lines, each once a line; what is off the screen is left out.
fn lines(
    screen: Size,
    view: &View,
    marks: &[Drawn],
    crosshair: Option<[f64; 2]>,
) -> Vec<[usize; 2]> {
    let mut lines = Lines {
        screen,
        dots: Vec::new(),
    };
    for mark in marks {
        lines.mark(view, &mark.outline);
        if mark.stress == Stress::Selected {
            lines.handles(view, &mark.outline);
        }
    }
    if let Some(at) = crosshair {
        // The centre of the scan pixel, so that the cross stands on it at any zoom.
        let centre = [at[0].floor() + 0.5, at[1].floor() + 0.5];
        lines.cross(whole(view.to_screen(screen, centre)));
    }
    lines.once()
}

/// The screen pixel that holds a point.
fn whole(point: [f64; 2]) -> [isize; 2] {
    point.map(|part| part.floor() as isize)
}

/// The centre of a scan pixel.
fn centre(pixel: &[usize; 2]) -> [f64; 2] {
    pixel.map(|n| n as f64 + 0.5)
}

/// The part of a line that lies on the screen (Liang and Barsky 1984).
fn clipped(a: [f64; 2], b: [f64; 2], screen: [f64; 2]) -> Option<[[f64; 2]; 2]> {
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for i in 0..2 {
        let way = b[i] - a[i];
        for (step, room) in [(-way, a[i]), (way, screen[i] - a[i])] {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                from = from.max(room / step);
            } else {
                to = to.min(room / step);
            }
        }
    }
    let at = |share: f64| [0, 1].map(|i| a[i] + (b[i] - a[i]) * share);
    (from <= to).then(|| [at(from), at(to)])
}

/// Gathers the pixels of one-pixel lines.
struct Lines {
    screen: Size,
    dots: Vec<[usize; 2]>,
}

impl Lines {
    /// An outline of scan pixels.
    fn mark(&mut self, view: &View, outline: &Outline) {
        match outline {
            Outline::Rectangle(region) => {
                let [a, b] = self.corners(view, *region);
                self.outline(a, b);
            }
            Outline::Ellipse(region) => self.ellipse(view, *region),
            Outline::Polygon(_) | Outline::Line(_) | Outline::Angle(_) => {
                let points: Vec<[f64; 2]> = outline.points().iter().map(centre).collect();
                self.chords(view, &points);
                if let (Outline::Polygon(_), [first, .., last]) = (outline, &points[..]) {
                    self.chords(view, &[*last, *first]);
                }
            }
        }
    }

    /// Opposite corners of a region on the screen.
    fn corners(&self, view: &View, region: Region) -> [[isize; 2]; 2] {
        let (left, top) = (region.x as f64, region.y as f64);
        let (right, bottom) = (left + region.width as f64, top + region.height as f64);
        [[left, top], [right, bottom]].map(|at| whole(view.to_screen(self.screen, at)))
    }

    /// The ellipse that fills a region.
    fn ellipse(&mut self, view: &View, region: Region) {
        let radii = [region.width, region.height].map(|side| side as f64 / 2.0);
        let middle = [region.x as f64 + radii[0], region.y as f64 + radii[1]];
        let chords = (radii[0].max(radii[1]) * view.zoom)
            .clamp(CHORDS[0], CHORDS[1])
            .ceil();
        let at = |step: usize| {
            let (sine, cosine) = (step as f64 / chords * std::f64::consts::TAU).sin_cos();
            // A hair inside, so that the ends lie on its pixels.
            let reach = 1.0 - 1e-9;
            [
                middle[0] + radii[0] * cosine * reach,
                middle[1] + radii[1] * sine * reach,
            ]
        };
        let points: Vec<[f64; 2]> = (0..=chords as usize).map(at).collect();
        self.chords(view, &points);
    }

    /// Straight lines from scan point to scan point.
    fn chords(&mut self, view: &View, points: &[[f64; 2]]) {
        for pair in points.windows(2) {
            let ends = [pair[0], pair[1]].map(|at| view.to_screen(self.screen, at));
            self.straight(ends);
        }
    }

    /// The screen pixels of a straight line, as far as it is on the screen.
    fn straight(&mut self, [a, b]: [[f64; 2]; 2]) {
        let screen = [self.screen.width as f64, self.screen.height as f64];
        let Some([a, b]) = clipped(a, b, screen) else {
            return;
        };
        let steps = (b[0] - a[0]).abs().max((b[1] - a[1]).abs()).ceil().max(1.0);
        for step in 0..=steps as usize {
            let share = step as f64 / steps;
            let [x, y] = whole([0, 1].map(|i| a[i] + (b[i] - a[i]) * share));
            self.dot(x, y);
        }
    }

    /// Small squares where an outline can be taken hold of.
    fn handles(&mut self, view: &View, outline: &Outline) {
        let side = if self.is_small() { 1 } else { HANDLE };
        for handle in outline.handles() {
            let [x, y] = whole(view.to_screen(self.screen, centre(&handle)));
            for dy in -side..=side {
                for dx in -side..=side {
                    self.dot(x + dx, y + dy);
                }
            }
        }
    }

    /// Whether the screen has few pixels, as one of cells has.
    fn is_small(&self) -> bool {
        self.screen.width.min(self.screen.height) < 200
    }

    /// Every pixel once: a second dot would turn the first.
    fn once(mut self) -> Vec<[usize; 2]> {
        self.dots.sort_unstable();
        self.dots.dedup();
        self.dots
    }

    /// A rectangle between two corners; sides off the screen are not drawn.
    fn outline(&mut self, a: [isize; 2], b: [isize; 2]) {
        let (left, right) = (a[0].min(b[0]), a[0].max(b[0]) - 1);
        let (top, bottom) = (a[1].min(b[1]), a[1].max(b[1]) - 1);
        let (width, height) = (self.screen.width as isize, self.screen.height as isize);
        for x in left.max(0)..=right.min(width - 1) {
            self.dot(x, top);
            if bottom > top {
                self.dot(x, bottom);
            }
        }
        // Without the corners: a second dot would turn the first.
        for y in (top + 1).max(0)..=(bottom - 1).min(height - 1) {
            self.dot(left, y);
            if right > left {
                self.dot(right, y);
            }
        }
    }

    /// Four arms around a point that stays free; a small screen gets short arms.
    fn cross(&mut self, [x, y]: [isize; 2]) {
        let (gap, arm) = if self.is_small() { (1, 3) } else { (GAP, ARM) };
        for step in gap..=arm {
            for (dx, dy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
                self.dot(x + dx, y + dy);
            }
        }
    }

    fn dot(&mut self, x: isize, y: isize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x < self.screen.width && y < self.screen.height {
            self.dots.push([x, y]);
        }
    }
}

/// Which of a frame's colours a pixel gets.
#[derive(Debug, Clone, Copy)]
enum Tip {
    Lightest,
    Darkest,
}

/// Colours pixels of a frame.
struct Pen<'a> {
    frame: &'a mut Frame,
    /// Index of the lightest and the darkest colour, for indexed pixels.
    extremes: (u8, u8),
}

impl<'a> Pen<'a> {
    fn new(frame: &'a mut Frame) -> Self {
        let extremes = match &frame.pixels {
            Pixels::Indexed { palette, .. } => {
                let light = |at: &usize| palette[*at].iter().map(|c| u32::from(*c)).sum::<u32>();
                let all = 0..palette.len();
                let lightest = all.clone().max_by_key(light).unwrap_or(0);
                let darkest = all.min_by_key(light).unwrap_or(0);
                (lightest as u8, darkest as u8)
            }
            _ => (255, 0),
        };
        Self { frame, extremes }
    }

    /// One pixel, light on dark and dark on light.
    fn dot(&mut self, x: usize, y: usize) {
        let light: u32 = self.frame.rgb(x, y).iter().map(|c| u32::from(*c)).sum();
        let tip = if light < 3 * 128 {
            Tip::Lightest
        } else {
            Tip::Darkest
        };
        self.paint(x, y, tip);
    }

    /// One pixel in the lightest or the darkest colour.
    fn paint(&mut self, x: usize, y: usize, tip: Tip) {
        let at = y * self.frame.width + x;
        let (lightest, darkest) = self.extremes;
        let chosen = match tip {
            Tip::Lightest => lightest,
            Tip::Darkest => darkest,
        };
        match &mut self.frame.pixels {
            Pixels::Grey(grey) => grey[at] = chosen,
            Pixels::Indexed { indices, .. } => indices[at] = chosen,
            Pixels::Rgb(rgb) => rgb[at] = [chosen; 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(value: u8) -> Frame {
        Frame {
            width: 40,
            height: 30,
            pixels: Pixels::Grey(vec![value; 40 * 30]),
        }
    }

    fn view() -> View {
        View {
            region: [0.0, 0.0, 40.0, 30.0],
            zoom: 1.0,
            ..View::bare("main")
        }
    }

    fn plain(region: Region) -> Drawn {
        Drawn {
            outline: Outline::Rectangle(region),
            stress: Stress::Plain,
        }
    }

    #[test]
    fn every_shape_is_drawn_where_it_is_and_nowhere_else() {
        let region = Region {
            x: 10,
            y: 5,
            width: 9,
            height: 7,
        };
        let polygon = Outline::Polygon(vec![[10, 5], [18, 5], [10, 11]]);
        for outline in [
            Outline::Ellipse(region),
            polygon,
            Outline::Line([[10, 11], [18, 5]]),
            Outline::Angle([[10, 5], [14, 11], [18, 5]]),
        ] {
            let drawn = Drawn {
                outline,
                stress: Stress::Plain,
            };
            let drawn = overlaid(&frame(0), &view(), &[drawn], None);
            let lit: Vec<[usize; 2]> = (0..30)
                .flat_map(|y| (0..40).map(move |x| [x, y]))
                .filter(|[x, y]| drawn.rgb(*x, *y)[0] == 255)
                .collect();
            assert!(lit.len() >= 9, "{lit:?}");
            assert!(
                lit.iter()
                    .all(|[x, y]| (10..19).contains(x) && (5..12).contains(y))
            );
            let ([left, top], [right, bottom]) =
                lit.iter().fold(([40, 30], [0, 0]), |(a, b), p| {
                    (
                        [a[0].min(p[0]), a[1].min(p[1])],
                        [b[0].max(p[0]), b[1].max(p[1])],
                    )
                });
            assert_eq!([left, top, right, bottom], [10, 5, 18, 11]);
        }
    }

    #[test]
    fn an_outline_surrounds_its_region_and_leaves_it_free() {
        let mark = plain(Region {
            x: 10,
            y: 5,
            width: 4,
            height: 3,
        });
        let drawn = overlaid(&frame(0), &view(), &[mark], None);
        let set = |x, y| drawn.rgb(x, y)[0] == 255;
        assert!(set(10, 5) && set(13, 7) && set(11, 5) && set(10, 6));
        assert!(!set(11, 6) && !set(9, 5) && !set(14, 5));
    }

    #[test]
    fn lines_stand_out_from_light_and_dark_and_stay_on_the_frame() {
        for (ground, line) in [(0, 255), (255, 0)] {
            let drawn = overlaid(&frame(ground), &view(), &[], Some([0.2, 0.2]));
            assert_eq!(drawn.rgb(2, 0)[0], line);
            assert_eq!(drawn.rgb(0, 0)[0], ground);
        }
        let outside = plain(Region {
            x: 100,
            y: 100,
            width: 9,
            height: 9,
        });
        assert_eq!(
            overlaid(&frame(7), &view(), &[outside], Some([-50.0, 900.0])),
            frame(7)
        );
    }
}
