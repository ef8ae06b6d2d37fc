//! Crosshair and marks over a finished frame.
//!
//! Lines take the frame's own lightest and darkest colour, whichever stands out, so that they add
//! no colour: an indexed picture stays indexed, and red stays free for alarms.

use super::{Frame, Pixels, View};
use crate::radiograph::{Region, Size};

/// Arm of the crosshair in screen pixels.
const ARM: isize = 12;
/// Free pixels around what the crosshair points at.
const GAP: isize = 3;

/// Pixels of a dash, where lines cannot take their colour from what lies under them.
const DASH: usize = 3;

/// The frame with the outlines of `marks` and a crosshair, all given in scan pixels.
#[must_use]
pub fn overlaid(
    frame: &Frame,
    view: &View,
    marks: &[Region],
    crosshair: Option<[f64; 2]>,
) -> Frame {
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

/// The pixels of a screen on which outlines and crosshair lie, and whether each is light: dashes
/// stand out from any ground.
pub fn drawn_over(
    screen: Size,
    view: &View,
    marks: &[Region],
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
    marks: &[Region],
    crosshair: Option<[f64; 2]>,
) -> Vec<[usize; 2]> {
    let mut lines = Lines {
        screen,
        dots: Vec::new(),
    };
    for mark in marks {
        let (left, top) = (mark.x as f64, mark.y as f64);
        let (right, bottom) = (left + mark.width as f64, top + mark.height as f64);
        let a = whole(view.to_screen(screen, [left, top]));
        let b = whole(view.to_screen(screen, [right, bottom]));
        lines.outline(a, b);
    }
    if let Some(at) = crosshair {
        // The centre of the scan pixel, so that the cross stands on it at any zoom.
        let centre = [at[0].floor() + 0.5, at[1].floor() + 0.5];
        lines.cross(whole(view.to_screen(screen, centre)));
    }
    lines.dots
}

/// The screen pixel that holds a point.
fn whole(point: [f64; 2]) -> [isize; 2] {
    point.map(|part| part.floor() as isize)
}

/// Gathers the pixels of one-pixel lines.
struct Lines {
    screen: Size,
    dots: Vec<[usize; 2]>,
}

impl Lines {
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
        let small = self.screen.width.min(self.screen.height) < 200;
        let (gap, arm) = if small { (1, 3) } else { (GAP, ARM) };
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
        let at = y * self.frame.width + x;
        let (lightest, darkest) = self.extremes;
        let chosen = if light < 3 * 128 { lightest } else { darkest };
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

    #[test]
    fn an_outline_surrounds_its_region_and_leaves_it_free() {
        let mark = Region {
            x: 10,
            y: 5,
            width: 4,
            height: 3,
        };
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
        let outside = Region {
            x: 100,
            y: 100,
            width: 9,
            height: 9,
        };
        assert_eq!(
            overlaid(&frame(7), &view(), &[outside], Some([-50.0, 900.0])),
            frame(7)
        );
    }
}
