//! Scale bar and grid: lengths of the world over the picture, in mm where the size of a scan pixel is
//! known, else in scan pixels.
//!
//! mm hold in the plane for which the scan gives its pixel size: what is nearer to the source looks
//! larger.

use super::View;
use crate::radiograph::Size;

/// Part of the picture's width that the bar has at most.
const SHARE: f64 = 0.2;
/// Lines of the grid each way at most.
const LINES: f64 = 40.0;
/// Scales that differ by less than this share are one.
const ALIKE: f64 = 0.01;
/// Pixels from dot to dot of the grid.
const RHYTHM: usize = 4;

/// What lengths are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// mm, where the scan gives the size of its pixels.
    Millimetre,
    /// Scan pixels, where it does not.
    Pixel,
}

/// Lengths of the world on a screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Their unit.
    pub unit: LengthUnit,
    /// Units per screen pixel, across and down the screen.
    pub steps: [f64; 2],
    /// Units per scan pixel along its rows and its columns.
    per_scan: [f64; 2],
}

/// The scale bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Its length in [`Bar::unit`]: 1, 2 or 5 times a power of ten.
    pub length: f64,
    /// The unit.
    pub unit: LengthUnit,
    /// Its length on the screen in screen pixels.
    pub pixels: f64,
    /// Where it holds.
    pub holds: Holds,
}

/// In which direction of the screen a bar holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// In every direction.
    Everywhere,
    /// Across the screen alone: scan pixels are not drawn in their shape.
    Across,
}

/// A straight line along the screen's rows or columns, from pixel to pixel, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guide {
    /// One end, in screen pixels from the top left.
    pub from: [usize; 2],
    /// The other end, not before it.
    pub to: [usize; 2],
    /// How it is drawn.
    pub stroke: Stroke,
}

/// How a guide is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stroke {
    /// Without gaps, light.
    Light,
    /// Without gaps, dark.
    Dark,
    /// In dots with gaps, that stand out from what lies under them.
    Dotted,
}

/// How light a dot of a guide is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The lightest there is.
    Light,
    /// The darkest there is.
    Dark,
    /// Whichever stands out; where that is not known, light and dark in turn, this one here.
    Contrast {
        /// The one in turn here.
        light: bool,
    },
}

impl Scale {
    /// Of a view on a screen; `pixel_mm` is the size of a scan pixel along its rows and its columns.
    pub fn of(view: &View, screen: Size, pixel_mm: Option<[f64; 2]>) -> Self {
        let sound = |size: &[f64; 2]| size.iter().all(|mm| mm.is_finite() && *mm > 0.0);
        let known = pixel_mm.filter(sound);
        let per_scan = known.unwrap_or([1.0; 2]);
        let [_, _, w, h] = view.region;
        let [w, h] = [w * per_scan[0], h * per_scan[1]];
        let (across, down) = if view.rotation.is_multiple_of(180) {
            (w, h)
        } else {
            (h, w)
        };
        Self {
            unit: match known {
                Some(_) => LengthUnit::Millimetre,
                None => LengthUnit::Pixel,
            },
            steps: [
                across / screen.width.max(1) as f64,
                down / screen.height.max(1) as f64,
            ],
            per_scan,
        }
    }

    /// The bar for a screen whose pixels are `tall` times as high as wide; `None` where not even one
    /// scan pixel fits.
    pub fn bar(&self, screen: Size, tall: f64) -> Option<Bar> {
        let length = nice(screen.width as f64 * SHARE * self.steps[0])?;
        let whole = self.unit == LengthUnit::Millimetre || length >= 1.0;
        let alike = (self.steps[1] / (self.steps[0] * tall) - 1.0).abs() < ALIKE;
        whole.then_some(Bar {
            length,
            unit: self.unit,
            pixels: length / self.steps[0],
            holds: if alike {
                Holds::Everywhere
            } else {
                Holds::Across
            },
        })
    }

    /// From line to line of the grid in units: the bar's length, or as many times ten of it that the
    /// lines are few.
    pub fn grid_step(&self, bar: Bar, screen: Size) -> f64 {
        let extents = [
            screen.width as f64 * self.steps[0],
            screen.height as f64 * self.steps[1],
        ];
        let longest = extents[0].max(extents[1]);
        let mut step = bar.length;
        while longest / step > LINES {
            step *= 10.0;
        }
        step
    }

    /// The lines of the grid, at whole multiples of `step` from the scan's first row and column, as
    /// far as there is scan.
    pub fn grid(&self, view: &View, (scan, screen): (Size, Size), step: f64) -> Vec<Guide> {
        let ends = [scan.width as f64, scan.height as f64];
        let [x, y, w, h] = view.region;
        let seen = [(x, x + w), (y, y + h)];
        let seen = [0, 1].map(|i| (seen[i].0.max(0.0), seen[i].1.min(ends[i])));
        let mut guides = Vec::new();
        for along in [0, 1] {
            let apart = step / self.per_scan[along];
            let (first, last) = (seen[along].0 / apart, seen[along].1 / apart);
            if !(apart > 0.0 && last - first <= 2.0 * LINES) {
                continue;
            }
            for line in first.ceil() as i64..=last.floor() as i64 {
                let at = line as f64 * apart;
                let end = |other: f64| if along == 0 { [at, other] } else { [other, at] };
                let across = seen[1 - along];
                let [a, b] = [end(across.0), end(across.1)].map(|p| view.to_screen(screen, p));
                guides.extend(Guide::between(a, b, screen));
            }
        }
        guides
    }
}

impl Bar {
    /// Its strokes: from the screen pixel `left`, light on dark, the lower edge in row `bottom`.
    pub fn guides(&self, [left, bottom]: [usize; 2], screen: Size) -> Vec<Guide> {
        let right = left + (self.pixels.round() as usize).max(1) - 1;
        let row = |y: usize, stroke| Guide {
            from: [left, y],
            to: [right, y],
            stroke,
        };
        let tick = |x: usize, height: usize| Guide {
            from: [x, bottom.saturating_sub(height)],
            to: [x, bottom],
            stroke: Stroke::Dark,
        };
        if is_small(screen) {
            return vec![
                row(bottom.saturating_sub(1), Stroke::Light),
                row(bottom, Stroke::Dark),
            ];
        }
        let mut guides: Vec<Guide> = (0..5)
            .map(|up| {
                let stroke = if up % 4 == 0 {
                    Stroke::Dark
                } else {
                    Stroke::Light
                };
                row(bottom.saturating_sub(up), stroke)
            })
            .collect();
        guides.extend([tick(left, 4), tick(right, 4)]);
        guides
    }
}

impl Guide {
    /// A dotted line between two points of the screen on one row or column; `None` off the screen.
    fn between(a: [f64; 2], b: [f64; 2], screen: Size) -> Option<Self> {
        let limits = [screen.width as f64, screen.height as f64];
        let low = [0, 1].map(|i| a[i].min(b[i]).floor());
        // The far end of a line lies on the border of its last pixel.
        let high = [0, 1].map(|i| a[i].max(b[i]).floor().min(limits[i] - 1.0));
        let on = |i: usize| high[i] >= low[i] && high[i] >= 0.0 && low[i] < limits[i];
        let whole = |at: [f64; 2]| at.map(|n| n.max(0.0) as usize);
        (on(0) && on(1)).then(|| Self {
            from: whole(low),
            to: whole(high),
            stroke: Stroke::Dotted,
        })
    }

    /// Its pixels on a screen with their tones.
    pub fn dots(&self, screen: Size) -> Vec<([usize; 2], Tone)> {
        let upright = self.from[0] == self.to[0] && self.from[1] != self.to[1];
        let tone = |[x, y]: [usize; 2]| match self.stroke {
            Stroke::Light => Some(Tone::Light),
            Stroke::Dark => Some(Tone::Dark),
            Stroke::Dotted => {
                let along = if upright { y } else { x };
                along.is_multiple_of(RHYTHM).then(|| Tone::Contrast {
                    light: (along / RHYTHM).is_multiple_of(2),
                })
            }
        };
        let right = self.to[0].min(screen.width.saturating_sub(1));
        let bottom = self.to[1].min(screen.height.saturating_sub(1));
        (self.from[1]..=bottom)
            .flat_map(|y| (self.from[0]..=right).map(move |x| [x, y]))
            .filter_map(|at| Some((at, tone(at)?)))
            .collect()
    }
}

/// Whether a screen has few pixels, as one of cells has.
fn is_small(screen: Size) -> bool {
    screen.width.min(screen.height) < 200
}

/// The largest of 1, 2, 5 times a power of ten that is not above `most`; `None` for what is no length.
pub fn nice(most: f64) -> Option<f64> {
    if !(most.is_finite() && most > 0.0) {
        return None;
    }
    let power = most.log10().floor() as i32;
    // The logarithm may be off by a hair at the powers themselves.
    let mut steps =
        (power - 1..=power + 1).flat_map(|power| [1.0, 2.0, 5.0].map(|n| times(n, power)));
    steps.rfind(|step| *step <= most * (1.0 + 1e-9))
}

/// `n` times ten to the power, exact for powers of both signs.
fn times(n: f64, power: i32) -> f64 {
    if power < 0 {
        n / 10_f64.powi(-power)
    } else {
        n * 10_f64.powi(power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Size = Size {
        width: 1000,
        height: 500,
    };

    fn view(region: [f64; 4], rotation: u16) -> View {
        View {
            region,
            rotation,
            ..View::bare("main")
        }
    }

    #[test]
    fn nice_lengths_are_one_two_five() {
        for (most, length) in [
            (1.0, 1.0),
            (0.99, 0.5),
            (4.99, 2.0),
            (5.0, 5.0),
            (1000.0, 1000.0),
            (73.0, 50.0),
            (0.03, 0.02),
        ] {
            assert_eq!(nice(most), Some(length), "{most}");
        }
        assert_eq!(nice(0.0), None);
        assert_eq!(nice(f64::NAN), None);
    }

    #[test]
    fn the_bar_is_as_long_as_pixel_size_and_zoom_say() {
        // 2000 scan pixels of 0.4 mm on 1000 screen pixels: 0.8 mm each, a fifth is 160 mm.
        let upright = view([0.0, 0.0, 2000.0, 1000.0], 0);
        let bar = Scale::of(&upright, SCREEN, Some([0.4, 0.4])).bar(SCREEN, 1.0);
        let bar = bar.unwrap();
        assert_eq!((bar.length, bar.unit), (100.0, LengthUnit::Millimetre));
        assert!((bar.pixels - 125.0).abs() < 1e-9);
        assert_eq!(bar.holds, Holds::Everywhere);
    }

    #[test]
    fn a_turned_view_of_oblong_pixels_takes_the_side_that_lies_across() {
        // Pixels 0.5 mm wide and 2 mm high; turned by 90, the scan's columns lie across the screen.
        let size = Some([0.5, 2.0]);
        for (rotation, per_pixel) in [(0, 0.5), (90, 2.0), (180, 0.5), (270, 2.0)] {
            let region = if rotation % 180 == 0 {
                [0.0, 0.0, 1000.0, 500.0]
            } else {
                [0.0, 0.0, 500.0, 1000.0]
            };
            let turned = view(region, rotation);
            let scale = Scale::of(&turned, SCREEN, size);
            assert_eq!(scale.steps[0], per_pixel);
            let bar = scale.bar(SCREEN, 1.0).unwrap();
            assert!((bar.pixels * per_pixel - bar.length).abs() < 1e-9);
            // Drawn square, the other direction has another scale.
            assert_eq!(bar.holds, Holds::Across);
            // What it spans on the screen is as long in the scan, whichever way it is mirrored.
            for mirrored in [false, true] {
                let seen = View {
                    mirrored,
                    ..turned.clone()
                };
                let [a, b] =
                    [[100.0, 50.0], [100.0 + bar.pixels, 50.0]].map(|at| seen.to_scan(SCREEN, at));
                let mm = ((a[0] - b[0]) * 0.5).hypot((a[1] - b[1]) * 2.0);
                assert!((mm - bar.length).abs() < 1e-9, "{rotation} {mm}");
            }
        }
    }

    #[test]
    fn without_a_pixel_size_lengths_are_whole_scan_pixels() {
        let close = view([0.0, 0.0, 20.0, 10.0], 0);
        let scale = Scale::of(&close, SCREEN, None);
        let bar = scale.bar(SCREEN, 1.0).unwrap();
        assert_eq!((bar.length, bar.unit), (2.0, LengthUnit::Pixel));
        let closer = view([0.0, 0.0, 4.0, 2.0], 0);
        assert_eq!(Scale::of(&closer, SCREEN, None).bar(SCREEN, 1.0), None);
        let slip = Scale::of(&close, SCREEN, Some([0.0, f64::NAN]));
        assert_eq!(slip.unit, LengthUnit::Pixel);
    }

    #[test]
    fn grid_lines_land_on_multiples_of_the_step() {
        let scan = Size {
            width: 3000,
            height: 2000,
        };
        for rotation in [0, 90, 180, 270] {
            for flipped in [false, true] {
                let region = if rotation % 180 == 0 {
                    [137.3, 411.9, 500.0, 250.0]
                } else {
                    [137.3, 411.9, 250.0, 500.0]
                };
                let seen = View {
                    flipped,
                    ..view(region, rotation)
                };
                let scale = Scale::of(&seen, SCREEN, Some([0.4, 0.8]));
                let bar = scale.bar(SCREEN, 1.0).unwrap();
                let step = scale.grid_step(bar, SCREEN);
                let guides = scale.grid(&seen, (scan, SCREEN), step);
                assert!(guides.len() >= 4, "{rotation}: {guides:?}");
                for guide in guides {
                    let upright = guide.from[0] == guide.to[0];
                    let [x, y] = guide.from.map(|n| n as f64);
                    // The line lies on this pixel: its multiple is between the pixel's borders.
                    let ends = [[x, y], [x + 1.0, y + 1.0]].map(|at| seen.to_scan(SCREEN, at));
                    let rows = upright == (rotation % 180 == 0);
                    let (i, mm) = if rows { (0, 0.4) } else { (1, 0.8) };
                    let [a, b] = ends.map(|end| end[i] * mm / step);
                    let (low, high) = (a.min(b) - 1e-6, a.max(b) + 1e-6);
                    assert!(high.floor() >= low, "{rotation} {low} {high}");
                }
            }
        }
    }
}
