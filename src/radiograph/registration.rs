//! How one plane lies on another: a shift in both directions and a scale along x, because a load is
//! driven past the beam at a speed that is not always the same.
//!
//! Found by phase correlation, first of both whole planes on a coarse raster for some scales, then of
//! patches down to the scan's own pixels. Says nothing rather than something that does not stand out.

use super::correlation::{Correlator, Peak, Spectrum};
use super::{Plane, Polarity, Size, Unit, resample};
use crate::Result;
use crate::cancel::Cancel;

/// Pixels of the coarse raster.
const COARSE: f64 = 131_072.0;
/// The scales that are tried.
const SCALES: [f64; 2] = [0.94, 1.06];
/// How far apart they are at first; then half of that and a quarter.
const STEP: f64 = 0.01;
/// Side of a patch in pixels.
const PATCH: usize = 256;
/// How much a patch stands out that counts.
const TELLING: f32 = 2.0;
/// Pixels of the coarse raster by which what patches say may differ from it.
const SUITS: f64 = 1.5;
/// Share of the height of the best coarse place that it has to have.
const AS_GOOD: f32 = 0.9;
/// Share of a side over which a raster fades out at either end.
const FADE: f64 = 0.12;
/// Pixels to the values that one is compared with.
const BEND: usize = 2;
/// Attenuation that is no bend yet.
const FLAT: f32 = 2e-3;
/// Transmission below this is as dark as this.
const DARKEST: f32 = 1e-3;

/// How much a match stands out at least: the best place over the second best one.
pub const LEAST_CONFIDENCE: f64 = 5.0;

/// How another scan lies on this one: what is at `(x, y)` here is at
/// `(scale_x * x + shift[0], y + shift[1])` there, in scan pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Registration {
    /// Scan pixels across and down.
    pub shift: [f64; 2],
    /// Columns there for each column here, about 1.
    pub scale_x: f64,
}

/// Whether columns of the other scan are counted from its left end or, as in a mirror, from its
/// right end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facing {
    /// From the left.
    Same,
    /// From the right.
    Mirrored,
}

/// A registration that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// How the other plane lies.
    pub registration: Registration,
    /// The height of the best place over the second best one; [`LEAST_CONFIDENCE`] or more.
    pub confidence: f64,
}

impl Default for Registration {
    /// Pixel on pixel.
    fn default() -> Self {
        Self {
            shift: [0.0; 2],
            scale_x: 1.0,
        }
    }
}

impl Registration {
    /// Where a part of this scan (left, top, width, height) lies on another one of `width` columns.
    pub fn carried(&self, [x, y, w, h]: [f64; 4], facing: Facing, width: usize) -> [f64; 4] {
        let wide = self.scale_x * w;
        let left = self.scale_x * x + self.shift[0];
        let left = match facing {
            Facing::Same => left,
            Facing::Mirrored => width as f64 - left - wide,
        };
        [left, y + self.shift[1], wide, h]
    }
}

/// How `other` lies on `this`, or `None` where nothing stands out.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn register(
    this: &Plane,
    other: &Plane,
    facing: Facing,
    cancel: &Cancel,
) -> Result<Option<Match>> {
    let (wide, high) = (
        this.part.scan.width.max(other.part.scan.width) as f64,
        this.part.scan.height.max(other.part.scan.height) as f64,
    );
    if wide < 1.0 || high < 1.0 {
        return Ok(None);
    }
    let step = (wide * high / COARSE).sqrt().max(1.0);
    let size = Size {
        width: ((wide / step).ceil() as usize).next_multiple_of(16),
        height: ((high / step).ceil() as usize).next_multiple_of(16),
    };
    let pair = Pair {
        this,
        other,
        facing,
        cancel,
    };
    let glance = pair.glance(step, size)?;
    let (scale_x, peak) = glance.best(cancel)?;
    let confidence = f64::from(peak.contrast);
    if confidence < LEAST_CONFIDENCE {
        return Ok(None);
    }
    let coarse = glance.registration(scale_x, peak);
    let mut registration = coarse;
    let mut finer = step;
    loop {
        registration = pair.refined(registration, finer)?;
        if finer <= 1.0 {
            break;
        }
        finer = (finer / 4.0).max(1.0);
    }
    // What patches say has to suit the whole.
    let suits = glance.agrees(registration, peak);
    Ok(Some(Match {
        registration: if suits { registration } else { coarse },
        confidence,
    }))
}

/// Two planes that are being registered.
struct Pair<'a> {
    this: &'a Plane,
    other: &'a Plane,
    facing: Facing,
    cancel: &'a Cancel,
}

/// A raster of attenuation: NaN outside its plane.
struct Patch {
    size: Size,
    values: Vec<f32>,
}

/// What a patch says: its middle column, how far it lies off, and how much it counts.
struct Residual {
    x: f64,
    off: [f64; 2],
    weight: f64,
}

/// Both whole planes on a coarse raster.
struct Glance {
    /// Scan pixels a pixel.
    step: f64,
    correlator: Correlator,
    this: Spectrum,
    other: Patch,
}

impl Glance {
    /// Where the other lies best under a scale.
    fn under(&self, scale: f64) -> Peak {
        let width = self.other.size.width;
        let stretched = self.other.stretched(width, |x| scale * (x + 0.5) - 0.5);
        let other = self.correlator.spectrum(&stretched.ready());
        self.correlator.peak(&self.this, &other)
    }

    /// The best scale and where the other lies under it.
    fn best(&self, cancel: &Cancel) -> Result<(f64, Peak)> {
        let mut best = (1.0, self.under(1.0));
        let count = ((SCALES[1] - SCALES[0]) / STEP).round() as usize;
        let mut tried: Vec<f64> = (0..=count).map(|k| SCALES[0] + k as f64 * STEP).collect();
        for finer in [2.0, 4.0, 8.0] {
            for scale in tried {
                cancel.check()?;
                let peak = self.under(scale);
                if peak.height > best.1.height {
                    best = (scale, peak);
                }
            }
            tried = vec![best.0 - STEP / finer, best.0 + STEP / finer];
        }
        Ok(best)
    }

    /// What a peak means in scan pixels.
    fn registration(&self, scale_x: f64, peak: Peak) -> Registration {
        let [x, y] = peak.shift;
        Registration {
            shift: [scale_x * x * self.step, y * self.step],
            scale_x,
        }
    }

    /// Whether the other lies there about as well as at the best place.
    fn agrees(&self, registration: Registration, best: Peak) -> bool {
        let peak = self.under(registration.scale_x);
        let here = self.registration(registration.scale_x, peak);
        let near =
            |axis: usize| (here.shift[axis] - registration.shift[axis]).abs() < SUITS * self.step;
        peak.height > AS_GOOD * best.height && near(0) && near(1)
    }
}

impl Pair<'_> {
    /// Both whole planes on a coarse raster.
    fn glance(&self, step: f64, size: Size) -> Result<Glance> {
        let correlator = Correlator::new(size);
        let this = patch(self.this, [0.0; 2], (step, size), Facing::Same, self.cancel)?;
        let this = correlator.spectrum(&this.ready());
        let other = patch(self.other, [0.0; 2], (step, size), self.facing, self.cancel)?;
        Ok(Glance {
            step,
            correlator,
            this,
            other,
        })
    }

    /// A closer registration, by patches of `step` scan pixels a pixel in each part of the width.
    fn refined(&self, from: Registration, step: f64) -> Result<Registration> {
        let whole = [self.this.width, self.this.height].map(|side| side as f64 / step);
        let [width, height] = [whole[0] / 2.0, whole[1]];
        let side = |length: f64| (length as usize).clamp(16, PATCH);
        let size = Size {
            width: side(width),
            height: side(height),
        };
        let correlator = Correlator::new(size);
        let mut residuals = Vec::new();
        for x in [0.2, 0.35, 0.5, 0.65, 0.8] {
            for y in [0.25, 0.5, 0.75] {
                let origin = [(x, size.width, 0), (y, size.height, 1)].map(|(at, side, axis)| {
                    let last = (whole[axis] - side as f64).max(0.0);
                    ((at * whole[axis] - side as f64 / 2.0).clamp(0.0, last) * step).floor()
                });
                let residual = self.residual(&correlator, (origin, step, size), from)?;
                residuals.extend(residual);
            }
        }
        Ok(fitted(from, &residuals))
    }

    /// How far a patch lies off a registration; `None` where it does not tell.
    fn residual(
        &self,
        correlator: &Correlator,
        (origin, step, size): ([f64; 2], f64, Size),
        from: Registration,
    ) -> Result<Option<Residual>> {
        let this = patch(self.this, origin, (step, size), Facing::Same, self.cancel)?;
        // Whole scan pixels, so that both are the planes' own ones.
        let there = [
            (from.scale_x * origin[0] + from.shift[0]).floor() - step,
            (origin[1] + from.shift[1]).round(),
        ];
        let wider = Size {
            width: (size.width as f64 * from.scale_x).ceil() as usize + 3,
            ..size
        };
        let other = patch(self.other, there, (step, wider), self.facing, self.cancel)?;
        let place = |x: f64| {
            let here = origin[0] + (x + 0.5) * step;
            (from.scale_x * here + from.shift[0] - there[0]) / step - 0.5
        };
        let other = other.stretched(size.width, place);
        let [first, second] = [this, other].map(|patch| correlator.spectrum(&patch.ready()));
        let peak = correlator.peak(&first, &second);
        let reach = |side: usize, off: f64| off.abs() < side as f64 / 4.0;
        let tells = peak.contrast >= TELLING
            && reach(size.width, peak.shift[0])
            && reach(size.height, peak.shift[1]);
        Ok(tells.then(|| Residual {
            x: origin[0] + size.width as f64 * step / 2.0,
            off: [
                from.scale_x * peak.shift[0] * step,
                there[1] - origin[1] - from.shift[1] + peak.shift[1] * step,
            ],
            weight: f64::from(peak.height).powi(2),
        }))
    }
}

/// The registration that residuals lead to: the middle one down, a straight line across, without
/// those that disagree with most.
fn fitted(from: Registration, residuals: &[Residual]) -> Registration {
    if residuals.is_empty() {
        return from;
    }
    let middle = |axis: usize| {
        let mut offs: Vec<f64> = residuals.iter().map(|r| r.off[axis]).collect();
        offs.sort_by(f64::total_cmp);
        offs[offs.len() / 2]
    };
    let down = middle(1);
    let agreeing: Vec<&Residual> = residuals
        .iter()
        .filter(|r| (r.off[1] - down).abs() < 3.0 + down.abs() / 2.0)
        .collect();
    let sum =
        |of: &dyn Fn(&Residual) -> f64| -> f64 { agreeing.iter().map(|r| r.weight * of(r)).sum() };
    let weight = sum(&|_| 1.0).max(f64::MIN_POSITIVE);
    let (x, across) = (sum(&|r| r.x) / weight, sum(&|r| r.off[0]) / weight);
    let spread = sum(&|r| (r.x - x).powi(2)) / weight;
    let slope = if spread > 16.0 {
        sum(&|r| (r.x - x) * (r.off[0] - across)) / weight / spread
    } else {
        0.0
    };
    Registration {
        shift: [
            from.shift[0] + across - slope * x,
            from.shift[1] + sum(&|r| r.off[1]) / weight,
        ],
        scale_x: from.scale_x + slope,
    }
}

/// The attenuation of a plane on a raster from `origin`, `step` scan pixels a pixel, columns counted
/// as it faces.
fn patch(
    plane: &Plane,
    origin: [f64; 2],
    (step, size): (f64, Size),
    facing: Facing,
    cancel: &Cancel,
) -> Result<Patch> {
    let extent = [size.width as f64 * step, size.height as f64 * step];
    let left = match facing {
        Facing::Same => origin[0],
        Facing::Mirrored => plane.part.scan.width as f64 - origin[0] - extent[0],
    };
    let area = [left, origin[1], extent[0], extent[1]];
    let field = resample(plane, area, size, cancel)?;
    let (full, dense) = (field.full_scale, field.polarity == Polarity::BrightIsDense);
    let attenuation = |value: f32| match field.unit {
        Unit::Transmission => -value.max(DARKEST).ln(),
        Unit::Sample if !dense => -(value / full).max(DARKEST).ln(),
        _ => value / full,
    };
    // A comparison of NaN chooses the number.
    let of = |value: &f32| {
        if value.is_nan() {
            *value
        } else {
            attenuation(*value)
        }
    };
    let mut values: Vec<f32> = field.values.iter().map(of).collect();
    if facing == Facing::Mirrored {
        let rows = values.chunks_exact_mut(size.width.max(1));
        rows.for_each(<[f32]>::reverse);
    }
    Ok(Patch { size, values })
}

impl Patch {
    /// `width` columns, each from between the columns at `place`.
    fn stretched(&self, width: usize, place: impl Fn(f64) -> f64) -> Self {
        let places: Vec<(usize, f32)> = (0..width)
            .map(|x| {
                let at = place(x as f64);
                let first = at.floor();
                let column = if first < 0.0 {
                    usize::MAX
                } else {
                    first as usize
                };
                (column, (at - first) as f32)
            })
            .collect();
        let row = |row: &[f32]| -> Vec<f32> {
            let at = |(column, share): &(usize, f32)| match row.get(*column..) {
                Some([one, ..]) if *share == 0.0 => *one,
                Some([one, next, ..]) => one + share * (next - one),
                Some([one]) if *share < 0.5 => *one,
                _ => f32::NAN,
            };
            places.iter().map(at).collect()
        };
        let rows = self.values.chunks_exact(self.size.width.max(1));
        Self {
            values: rows.flat_map(row).collect(),
            size: Size { width, ..self.size },
        }
    }

    /// How far the values bend away from those around, faded out towards the ends of what there is; 0
    /// outside. What changes evenly says nothing of a place, and its fading would look like a match.
    fn ready(&self) -> Vec<f32> {
        let Size { width, height } = self.size;
        let there = |x: usize, y: usize| self.values[y * width + x].is_finite();
        let across = fade(width, |x| (0..height).step_by(7).any(|y| there(x, y)));
        let down = fade(height, |y| (0..width).step_by(7).any(|x| there(x, y)));
        let value = |x: usize, y: usize| self.values[y * width + x];
        let mut ready = vec![0.0; self.values.len()];
        for y in BEND..height.saturating_sub(BEND) {
            for x in BEND..width.saturating_sub(BEND) {
                let around = [value(x - BEND, y), value(x + BEND, y)];
                let around = around.iter().sum::<f32>() + value(x, y - BEND) + value(x, y + BEND);
                let bent = value(x, y) - around / 4.0;
                if bent.abs() > FLAT {
                    ready[y * width + x] = bent * across[x] * down[y];
                }
            }
        }
        ready
    }
}

/// The weight of each place between the first and the last that is there: a raised cosine at both
/// ends.
fn fade(length: usize, there: impl Fn(usize) -> bool) -> Vec<f32> {
    let first = (0..length).find(|at| there(*at)).unwrap_or(0);
    let last = (0..length).rfind(|at| there(*at)).unwrap_or(0);
    let extent = (last + 1 - first) as f64;
    let weight = |at: usize| {
        if at < first || at > last {
            return 0.0;
        }
        let from = (at - first) as f64 + 0.5;
        let share = (from.min(extent - from) / (FADE * extent)).min(1.0);
        (0.5 - 0.5 * (std::f64::consts::PI * share).cos()) as f32
    };
    (0..length).map(weight).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::PlaneName;
    use super::*;

    /// Numbers between 0 and 1 that a seed gives.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            // xorshift64*, Vigna 2016.
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// A load of boxes and drums by seed, in scan pixels, on a scan of this size.
    fn load(seed: u64) -> Vec<[f64; 5]> {
        let mut dice = Dice(seed * 7919 + 17);
        (0..45)
            .map(|_| {
                [
                    dice.roll() * 420.0 - 20.0,
                    dice.roll() * 200.0 - 10.0,
                    4.0 + dice.roll() * 50.0,
                    4.0 + dice.roll() * 40.0,
                    0.05 + dice.roll() * 0.6,
                ]
            })
            .collect()
    }

    /// The load as scanned: what is at `(x, y)` here is drawn at `at(x, y)`; anti-aliased, with noise.
    fn scanned(load: &[[f64; 5]], lies: Registration, noise: f64, seed: u64) -> Plane {
        let (width, height) = (400, 180);
        let mut dice = Dice(seed * 104_729 + 3);
        let mut samples = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let here = [
                    (x as f64 + 0.5 - lies.shift[0]) / lies.scale_x,
                    y as f64 + 0.5 - lies.shift[1],
                ];
                let cover = |[left, top, w, h, _]: &[f64; 5]| {
                    let part = |at: f64, from: f64, long: f64| {
                        (at + 0.5).min(from + long) - (at - 0.5).max(from)
                    };
                    part(here[0], *left, *w).clamp(0.0, 1.0)
                        * part(here[1], *top, *h).clamp(0.0, 1.0)
                };
                let depth: f64 = load.iter().map(|item| cover(item) * item[4]).sum();
                let noisy = (-depth).exp() + noise * (dice.roll() + dice.roll() - 1.0);
                samples.push((noisy * 50_000.0).clamp(0.0, 65_535.0) as u16);
            }
        }
        let mut plane = Plane::new(PlaneName::Grey, width, height, samples);
        plane.air = Some(super::super::Air::Uniform(50_000.0));
        plane
    }

    fn found(a: &Plane, b: &Plane, facing: Facing) -> Option<Match> {
        register(a, b, facing, &Cancel::never()).unwrap()
    }

    /// The largest distance between where both put the points of a scan.
    fn apart(a: Registration, b: Registration) -> f64 {
        let x = |r: Registration, x: f64| r.scale_x * x + r.shift[0];
        let across = [20.0, 380.0].map(|at| (x(a, at) - x(b, at)).abs());
        across[0]
            .max(across[1])
            .max((a.shift[1] - b.shift[1]).abs())
    }

    #[test]
    fn known_shifts_and_scales_are_found_to_half_a_pixel() {
        let lies = [
            ([0.0, 0.0], 1.0),
            ([7.0, -3.0], 1.0),
            ([12.4, 5.7], 1.0),
            ([-31.0, 0.0], 1.0),
            ([3.3, 1.5], 1.03),
            ([-8.6, -2.0], 0.957),
            ([0.0, 0.5], 1.012),
        ];
        for (seed, (shift, scale_x)) in lies.into_iter().enumerate() {
            let seed = seed as u64;
            let truth = Registration { shift, scale_x };
            let items = load(seed);
            let a = scanned(&items, Registration::default(), 0.02, seed);
            let b = scanned(&items, truth, 0.02, seed + 100);
            let got = found(&a, &b, Facing::Same).unwrap();
            let off = apart(got.registration, truth);
            assert!(off < 0.5, "{truth:?} {got:?} off {off}");
        }
    }

    #[test]
    fn a_load_that_was_driven_through_backwards_is_found_in_the_mirror() {
        let items = load(3);
        let truth = Registration {
            shift: [9.0, 2.0],
            scale_x: 1.02,
        };
        let a = scanned(&items, Registration::default(), 0.02, 1);
        let mut b = scanned(&items, truth, 0.02, 2);
        let rows = b.samples.chunks_exact_mut(b.width);
        rows.for_each(<[u16]>::reverse);
        let got = found(&a, &b, Facing::Mirrored).unwrap();
        assert!(apart(got.registration, truth) < 0.5, "{got:?}");
        assert_eq!(found(&a, &b, Facing::Same), None);
    }

    #[test]
    fn other_loads_give_no_match() {
        const SEEDS: u64 = 10;
        let mut highest = 0.0_f64;
        let mut lowest = f64::INFINITY;
        let mut false_alarms = 0;
        for seed in 0..SEEDS {
            let (one, two) = (load(seed), load(seed + 1000));
            let a = scanned(&one, Registration::default(), 0.02, seed);
            let b = scanned(&two, Registration::default(), 0.02, seed + 50);
            if let Some(wrong) = found(&a, &b, Facing::Same) {
                false_alarms += 1;
                highest = highest.max(wrong.confidence);
            }
            let again = scanned(&one, Registration::default(), 0.05, seed + 90);
            let right = found(&a, &again, Facing::Same);
            lowest = lowest.min(right.map_or(0.0, |right| right.confidence));
        }
        assert_eq!(false_alarms, 0, "up to {highest}");
        assert!(lowest > LEAST_CONFIDENCE);
    }

    #[test]
    fn what_changes_evenly_lies_nowhere_else() {
        let of = |sample: &dyn Fn(usize, usize) -> usize| {
            let samples = (0..64 * 48).map(|i| sample(i % 64, i / 64) as u16);
            let mut plane = Plane::new(PlaneName::Grey, 64, 48, samples.collect());
            plane.air = Some(super::super::Air::Uniform(60_000.0));
            plane
        };
        let ramp = of(&|x, y| 1000 + 300 * x + 100 * y);
        let steps =
            of(&|x, _| [60_000, 22_000, 13_400][usize::from(x >= 16) + usize::from(x >= 40)]);
        assert_eq!(found(&ramp, &steps, Facing::Same), None);
        for same in [&ramp, &steps] {
            let found = found(same, same, Facing::Same);
            let off = found.map_or(0.0, |f| apart(f.registration, Registration::default()));
            assert!(off < 0.5, "{found:?}");
        }
    }

    #[test]
    fn nothing_lies_on_nothing() {
        let flat = |value| Plane::new(PlaneName::Grey, 40, 30, vec![value; 1200]);
        assert_eq!(found(&flat(0), &flat(0), Facing::Same), None);
        assert_eq!(found(&flat(9000), &flat(100), Facing::Same), None);
    }

    #[test]
    fn a_part_is_carried_straight_and_in_the_mirror() {
        let lies = Registration {
            shift: [10.0, -5.0],
            scale_x: 1.1,
        };
        let part = [100.0, 50.0, 20.0, 30.0];
        let near = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        let straight = lies.carried(part, Facing::Same, 1000);
        assert!(near(straight, [120.0, 45.0, 22.0, 30.0]), "{straight:?}");
        let turned = lies.carried(part, Facing::Mirrored, 1000);
        assert!(near(turned, [858.0, 45.0, 22.0, 30.0]), "{turned:?}");
    }
}
