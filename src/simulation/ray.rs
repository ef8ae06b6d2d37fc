//! The rays of a scan, and what lies on one: lengths per solid, where a later solid takes the place of
//! earlier ones.

use super::scene::{BeamKind, Scanner};
use super::solid::{Ray, Stretch, Vector};

/// Distance in mm from which rays of a parallel beam start.
const FAR: f64 = 1e6;
/// Least distance in mm of anything from the source.
const CLEAR: f64 = 1.0;

/// How rays run through the scene.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rays {
    pixel: [f64; 2],
    height: usize,
    /// Distance and height of the source; `None` for a parallel beam.
    source: Option<[f64; 2]>,
}

impl Rays {
    /// The rays of a scanner. A fan without distance is as far as the picture is high, times 1.5.
    pub(super) fn new(scanner: &Scanner) -> Self {
        let high = scanner.height as f64 * scanner.pixel_mm[1];
        let distance = scanner.source_distance_mm.unwrap_or(1.5 * high);
        let height = scanner.source_height_mm.unwrap_or(high / 2.0);
        Self {
            pixel: scanner.pixel_mm,
            height: scanner.height,
            source: (scanner.beam == BeamKind::Fan).then_some([distance, height]),
        }
    }

    /// The ray of a pixel, through its middle in the middle plane.
    pub(super) fn ray(&self, column: usize, row: usize) -> Ray {
        let x = (column as f64 + 0.5) * self.pixel[0];
        let y = ((self.height - row) as f64 - 0.5) * self.pixel[1];
        match self.source {
            None => Ray {
                from: [x, y, -FAR],
                along: [0.0, 0.0, 1.0],
            },
            Some([distance, height]) => {
                let rise = y - height;
                let length = rise.hypot(distance);
                Ray {
                    from: [x, height, -distance],
                    along: [0.0, rise / length, distance / length],
                }
            }
        }
    }

    /// Columns and rows that may see a solid of these corners, ends excluded: first and last column,
    /// first and last row; `None` when a corner lies at the source or behind it.
    pub(super) fn seen(&self, corners: &[Vector; 8]) -> Option<[usize; 4]> {
        let mut ends = [
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for [x, y, z] in corners {
            let y = match self.source {
                None => *y,
                Some([distance, _]) if distance + z < CLEAR => return None,
                Some([distance, height]) => height + (y - height) * distance / (distance + z),
            };
            ends = [
                ends[0].min(*x),
                ends[1].max(*x),
                ends[2].min(y),
                ends[3].max(y),
            ];
        }
        let column = |x: f64| (x / self.pixel[0]).floor().max(0.0) as usize;
        let row = |y: f64| (self.height as f64 - y / self.pixel[1]).floor().max(0.0) as usize;
        Some([
            column(ends[0]),
            column(ends[1]) + 1,
            row(ends[3]),
            row(ends[2]) + 1,
        ])
    }
}

/// What later solids took of a ray: disjoint stretches in order.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<Stretch>);

impl Taken {
    /// Nothing is taken.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes a stretch; gives how much of it was free.
    pub(super) fn take(&mut self, stretch: Stretch) -> f64 {
        let [mut from, mut to] = stretch;
        let first = self.0.partition_point(|taken| taken[1] < from);
        let mut free = to - from;
        let mut last = first;
        while let Some([a, b]) = self.0.get(last).filter(|taken| taken[0] <= to) {
            free -= (b.min(stretch[1]) - a.max(stretch[0])).max(0.0);
            from = from.min(*a);
            to = to.max(*b);
            last += 1;
        }
        self.0.splice(first..last, [[from, to]]);
        free.max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scene;
    use super::*;

    fn rays(more: &str) -> Rays {
        let text = format!(
            "[scan]\nwidth = 10\nheight = 20\npixel_mm = [5, 4]\nenergies = [\"160 kV\"]\n{more}"
        );
        let scene = Scene::parse(&text).unwrap_or_else(|fault| panic!("{fault:?}"));
        Rays::new(&scene.scan)
    }

    #[test]
    fn later_stretches_take_the_place_of_earlier_ones() {
        let mut taken = Taken::default();
        assert_eq!(taken.take([10.0, 20.0]), 10.0);
        assert_eq!(taken.take([12.0, 18.0]), 0.0);
        assert_eq!(taken.take([5.0, 12.0]), 5.0);
        assert_eq!(taken.take([30.0, 40.0]), 10.0);
        assert_eq!(taken.take([0.0, 50.0]), 25.0);
        assert_eq!(taken.take([-10.0, 60.0]), 20.0);
        assert_eq!(taken.0, [[-10.0, 60.0]]);
    }

    #[test]
    fn rays_go_through_their_pixel_s_middle_in_the_middle_plane() {
        for rays in [
            rays("beam = \"parallel\""),
            rays("source_distance_mm = 100"),
        ] {
            let ray = rays.ray(3, 2);
            let [x, y, z] = ray.at(-ray.from[2] / ray.along[2]);
            assert!((x - 17.5).abs() < 1e-6 && (y - 70.0).abs() < 1e-6 && z.abs() < 1e-6);
        }
    }

    #[test]
    fn nearer_things_are_seen_larger_and_nothing_stands_in_the_source() {
        let fan = rays("source_distance_mm = 100\nsource_height_mm = 40");
        let corners = |z: f64| -> [Vector; 8] {
            std::array::from_fn(|i| {
                [
                    10.0 + (i & 1) as f64 * 10.0,
                    30.0 + (i >> 1 & 1) as f64 * 20.0,
                    z,
                ]
            })
        };
        assert_eq!(fan.seen(&corners(0.0)), Some([2, 5, 7, 13]));
        assert_eq!(fan.seen(&corners(-50.0)), Some([2, 5, 5, 16]));
        assert_eq!(fan.seen(&corners(-100.0)), None);
    }
}
