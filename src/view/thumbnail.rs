//! A small picture of a whole scan, taken from the picture on the screen while it showed the whole, so
//! that the scan is not read again for it; or made plainly of a scan that was not on the screen. It is
//! for finding one's way, and no decision's picture.

use super::palette::GROUND;
use super::{Canvas, Frame, Pixels, View, picture};
use crate::Result;
use crate::cancel::Cancel;
use crate::messages::say;
use crate::radiograph::{Radiograph, Size};

/// Pixels of its longer side.
const SIDE: usize = 96;
/// Places of a pixel's area that are looked at, across and down.
const LOOKS: usize = 3;
/// As many where a thumbnail itself is made smaller.
const FINE_LOOKS: usize = 4;
/// How much darker what is not seen is drawn.
const DIMMED: u16 = 3;
/// The frame around what is seen. Yellow: red stays free for alarms.
const FRAME: [u8; 3] = [255, 220, 0];

/// A small picture of a whole scan with the way of looking that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    view: View,
    scan: Size,
    /// How much higher than wide a scan pixel is drawn.
    aspect: f64,
    size: Size,
    pixels: Vec<[u8; 3]>,
}

impl Thumbnail {
    /// From the frame of a view; `None` when that does not show the whole scan.
    pub fn of(frame: &Frame, view: &View, radiograph: &Radiograph) -> Option<Self> {
        let scan = radiograph.size();
        if !shows_all(view, scan) || frame.width == 0 || frame.height == 0 {
            return None;
        }
        let longer = frame.width.max(frame.height);
        let side = |side: usize| (side * SIDE / longer).clamp(1, side);
        let size = Size {
            width: side(frame.width),
            height: side(frame.height),
        };
        let mean = |x: usize, y: usize| {
            let mut sum = [0_usize; 3];
            for look in 0..LOOKS * LOOKS {
                let part = |at: usize, place: usize, of: usize, all: usize| {
                    ((at * LOOKS + place) * 2 + 1) * all / (2 * LOOKS * of)
                };
                let x = part(x, look % LOOKS, size.width, frame.width);
                let y = part(y, look / LOOKS, size.height, frame.height);
                for (sum, colour) in sum.iter_mut().zip(frame.rgb(x, y)) {
                    *sum += usize::from(colour);
                }
            }
            sum.map(|sum| (sum / (LOOKS * LOOKS)) as u8)
        };
        let rows = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        Some(Self {
            view: view.clone(),
            scan,
            aspect: view.aspect.of(radiograph.pixel_mm),
            size,
            pixels: rows.map(|(x, y)| mean(x, y)).collect(),
        })
    }

    /// Of a scan that is not on the screen: plain, under the automatic window.
    ///
    /// # Errors
    /// [`crate::Error::NotPossible`] for a scan without pictures, [`crate::Error::Cancelled`].
    pub fn plain(radiograph: &Radiograph, cancel: &Cancel) -> Result<Self> {
        let view = View::plain(radiograph, None)?;
        cancel.check()?;
        let scan = radiograph.size();
        let room = Size {
            width: SIDE,
            height: SIDE,
        };
        let size = Canvas::of(radiograph, &view, room, 1.0).fitted(view.rotation);
        let view = whole(&view, scan);
        let made = picture(radiograph, &view, size, cancel)?;
        Self::of(&made.frame, &view, radiograph).ok_or_else(|| crate::Error::NotPossible {
            why: say("error-no-view", &[]),
        })
    }

    /// The whole scan in its shape and as large as it fits, in the middle of `room` pixels that are
    /// `tall` times as high as wide, with ground around it.
    pub fn centred(&self, room: Size, tall: f64) -> Frame {
        let canvas = Canvas {
            scan: self.scan,
            screen: room,
            tall,
            aspect: self.aspect,
        };
        let size = canvas.fitted(self.view.rotation);
        let whole = whole(&self.view, self.scan);
        let [left, top] = [
            room.width.saturating_sub(size.width) / 2,
            room.height.saturating_sub(size.height) / 2,
        ];
        let colour = |x: usize, y: usize| match (x.checked_sub(left), y.checked_sub(top)) {
            (Some(x), Some(y)) if x < size.width && y < size.height => {
                self.mean(&whole, size, [x, y])
            }
            _ => [GROUND; 3],
        };
        let rows = (0..room.height).flat_map(|y| (0..room.width).map(move |x| (x, y)));
        Frame {
            width: room.width,
            height: room.height,
            pixels: Pixels::Rgb(rows.map(|(x, y)| colour(x, y)).collect()),
        }
    }

    /// The mean colour under a pixel of a picture of the whole in `size` pixels.
    fn mean(&self, whole: &View, size: Size, at: [usize; 2]) -> [u8; 3] {
        let mut sum = [0_usize; 3];
        for look in 0..FINE_LOOKS * FINE_LOOKS {
            let place = [look % FINE_LOOKS, look / FINE_LOOKS];
            let place = [0, 1].map(|i| at[i] as f64 + (place[i] as f64 + 0.5) / FINE_LOOKS as f64);
            let colour = self.at(whole.to_scan(size, place));
            for (sum, part) in sum.iter_mut().zip(colour) {
                *sum += usize::from(part);
            }
        }
        sum.map(|sum| (sum / (FINE_LOOKS * FINE_LOOKS)) as u8)
    }

    /// The view that made it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The colour at a scan point.
    fn at(&self, point: [f64; 2]) -> [u8; 3] {
        let [x, y] = self.view.to_screen(self.size, point);
        let within = |at: f64, side: usize| (at.max(0.0) as usize).min(side - 1);
        self.pixels[within(y, self.size.height) * self.size.width + within(x, self.size.width)]
    }
}

/// The same way of looking at the whole of a scan, and no more than that.
fn whole(view: &View, scan: Size) -> View {
    View {
        region: [0.0, 0.0, scan.width as f64, scan.height as f64],
        ..view.clone()
    }
}

/// Whether a view shows the whole of a scan.
fn shows_all(view: &View, scan: Size) -> bool {
    let [x, y, w, h] = view.region;
    let hair = 1e-6;
    x <= hair
        && y <= hair
        && x + w >= scan.width as f64 - hair
        && y + h >= scan.height as f64 - hair
}

/// A map of the whole scan the way up that `view` has, in `size` pixels, with a frame around what is
/// seen; what is not seen is darker. `None` while the whole is seen.
pub fn map(thumbnail: Option<&Thumbnail>, view: &View, scan: Size, size: Size) -> Option<Frame> {
    if shows_all(view, scan) || size.width == 0 || size.height == 0 {
        return None;
    }
    let thumbnail = thumbnail.filter(|thumbnail| thumbnail.view.view == view.view);
    let whole = whole(view, scan);
    let [left, top, right, bottom] = seen(&whole, view, size);
    let colour = |x: usize, y: usize| {
        let inside = (left..=right).contains(&x) && (top..=bottom).contains(&y);
        if inside && (x == left || x == right || y == top || y == bottom) {
            return FRAME;
        }
        let point = whole.to_scan(size, [x as f64 + 0.5, y as f64 + 0.5]);
        let colour = thumbnail.map_or([96; 3], |thumbnail| thumbnail.at(point));
        if inside {
            colour
        } else {
            colour.map(|part| (u16::from(part) / DIMMED) as u8)
        }
    };
    let rows = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
    Some(Frame {
        width: size.width,
        height: size.height,
        pixels: Pixels::Rgb(rows.map(|(x, y)| colour(x, y)).collect()),
    })
}

/// The pixels of a map between which a view lies: left, top, right, bottom, all included.
fn seen(whole: &View, view: &View, size: Size) -> [usize; 4] {
    let [x, y, w, h] = view.region;
    let [a, b] = [[x, y], [x + w, y + h]].map(|at| whole.to_screen(size, at));
    let limits = [size.width - 1, size.height - 1];
    let low = [0, 1].map(|i| (a[i].min(b[i]).round().max(0.0) as usize).min(limits[i]));
    let high = [0, 1].map(|i| {
        let end = (a[i].max(b[i]).round() - 1.0).max(0.0) as usize;
        end.min(limits[i]).max(low[i])
    });
    [low[0], low[1], high[0], high[1]]
}
