//! Classes of a raster of pixels: every "not determinable" first, then the ratio.

// Only what is inlined is compiled for wider registers, and a lazy operator is a jump.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]

use super::average::{Means, Surround};
use super::confidence::settled;
use super::curves::{Edges, RUN, class_between, possible};
use super::{Boundaries, Class, attenuations, shape};
use crate::Result;
use crate::bands;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::{EnergyUnit, Field, Plane, Unit};

/// Attenuation below which a pixel is air.
pub const AIR: f32 = 0.02;
/// Transmission above which a pixel is impossible.
pub const IMPOSSIBLE: f32 = 1.2;
/// A detector limit this near to the open beam cannot be told from it.
const NEAR_AIR: f32 = 1.02;

/// One energy of a raster, in transmission.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    /// Transmission.
    pub field: &'a Field,
    /// Transmission at which the detector is at its limit; infinite where unknown.
    pub limit: f32,
    /// Mean attenuations, where the raster is coarser than the scan and `field` holds means of
    /// transmission, which mix things beside each other into something heavier.
    pub means: Option<&'a [f32]>,
    /// Attenuation that every pixel loses before its ratio is told: a background's.
    pub taken: Option<&'a [f32]>,
}

impl<'a> Layer<'a> {
    /// A raster resampled from `plane`.
    pub fn of(plane: &Plane, field: &'a Field) -> Self {
        Self {
            field,
            limit: detector_limit(plane),
            means: None,
            taken: None,
        }
    }

    /// Attenuations of row `y` without the background.
    fn row(&self, y: usize, alphas: &mut [f32]) {
        let place = y * alphas.len()..(y + 1) * alphas.len();
        match self.means {
            Some(means) => alphas.copy_from_slice(&means[place.clone()]),
            None => attenuations(&self.field.values[place.clone()], alphas),
        }
        if let Some(taken) = self.taken {
            for (alpha, taken) in alphas.iter_mut().zip(&taken[place]) {
                *alpha -= taken;
            }
        }
    }
}

/// Transmission of the highest sample; infinite where it is unknown or too near to the open beam.
fn detector_limit(plane: &Plane) -> f32 {
    let middle = plane.linear_of_row(plane.scan_size().height / 2);
    let limit = middle.gain * f32::from(plane.full_scale()) + middle.offset;
    if plane.unit() == Unit::Transmission && limit > NEAR_AIR {
        limit
    } else {
        f32::INFINITY
    }
}

/// Classes, and the attenuations that they were told by.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The class of every pixel.
    pub classes: Vec<Class>,
    /// Mean attenuations, high and low.
    pub alphas: [Vec<f32>; 2],
    /// Pixels on which a mean stands at most.
    pub averaged: f32,
}

/// The class of every pixel of two rasters of one size, and what it stands on; `of_row` gives the
/// curves of each row of the raster: a scanner's rows differ. `scale` is raster pixels per scan
/// pixel, at most 1: the mean shrinks with it, because a raster pixel already is a mean.
///
/// # Errors
/// [`crate::Error::Cancelled`] within one row band of a newer request.
pub fn told<'b>(
    high: Layer<'_>,
    low: Layer<'_>,
    of_row: &(dyn Fn(usize) -> &'b Boundaries + Sync),
    scale: f64,
    cancel: &Cancel,
) -> Result<Told> {
    let mut told = told_once(high, low, of_row, scale, cancel)?;
    if high.taken.is_some() || low.taken.is_some() {
        let [high, low] = [high, low].map(|layer| Layer {
            taken: None,
            ..layer
        });
        let raw = told_once(high, low, of_row, scale, cancel)?.classes;
        let pixels = told.classes.iter_mut().zip(raw).zip(&told.alphas[0]);
        for ((class, raw), left) in pixels {
            *class = beneath(*class, raw, *left);
        }
    }
    Ok(told)
}

/// The class of a pixel without its background, where `left` of its attenuation is left: what could
/// not be told with the background is not told without it, and nothing is lighter than nothing.
fn beneath(peeled: Class, raw: Class, left: f32) -> Class {
    match raw {
        Class::Organic | Class::Inorganic | Class::Metal | Class::Heavy | Class::Thin => {
            if left < -IMPOSSIBLE.ln() {
                Class::Impossible
            } else {
                peeled
            }
        }
        state => state,
    }
}

/// [`told`], each pixel by what is left of its attenuation.
fn told_once<'b>(
    high: Layer<'_>,
    low: Layer<'_>,
    of_row: &(dyn Fn(usize) -> &'b Boundaries + Sync),
    scale: f64,
    cancel: &Cancel,
) -> Result<Told> {
    let Field { width, height, .. } = *high.field;
    let one = of_row(0);
    let radius = ((one.mean_px / 2) as f64 * scale).ceil() as usize;
    let pixels = width * height;
    let mut alphas = [vec![0.0; pixels], vec![0.0; pixels]];
    let mut classes = vec![Class::Defect; pixels];
    let band = bands::rows(width);
    let chunk = (band * width).max(1);
    let [a, b] = &mut alphas;
    let answers = a.chunks_mut(chunk).zip(b.chunks_mut(chunk));
    let answers = answers.zip(classes.chunks_mut(chunk)).enumerate();
    bands::each(answers.collect(), |(at, ((a, b), classes))| {
        cancel.check()?;
        let rows = at * band..at * band + classes.len() / width;
        let row = |y: usize, [a, b]: [&mut [f32]; 2]| {
            high.row(y, a);
            low.row(y, b);
        };
        for (y, (a, b)) in rows
            .clone()
            .zip(a.chunks_mut(width).zip(b.chunks_mut(width)))
        {
            row(y, [a, b]);
        }
        if radius > 0 {
            let first = rows.start;
            let settled = |line: usize, means: &Means| settled(of_row(first + line), means);
            let around = Surround::new([width, height], rows.clone(), radius, &row);
            around.mean([a, b], &settled, cancel)?;
        }
        let lines = a.chunks(width).zip(b.chunks(width));
        for ((y, (a, b)), classes) in rows.zip(lines).zip(classes.chunks_mut(width)) {
            let signals = [high, low].map(|layer| Signals {
                values: &layer.field.values[y * width..][..width],
                limit: layer.limit,
            });
            classify(of_row(y), signals, [a, b], classes);
        }
        Ok(())
    })?;
    if one.unit == EnergyUnit::Kilovolt {
        shape::flag_dense(&mut classes, &alphas[0], width, scale);
    }
    Ok(Told {
        classes,
        alphas,
        averaged: ((2 * radius + 1) * (2 * radius + 1)) as f32,
    })
}

/// One row of a layer.
struct Signals<'a> {
    values: &'a [f32],
    limit: f32,
}

/// The classes of a row by its signals and its mean attenuations, high and low.
fn classify(
    boundaries: &Boundaries,
    [high, low]: [Signals<'_>; 2],
    [a, b]: [&[f32]; 2],
    classes: &mut [Class],
) {
    let mut at: Edges = [[0.0; RUN]; 5];
    let alphas = a.chunks(RUN).zip(b.chunks(RUN));
    let values = high.values.chunks(RUN).zip(low.values.chunks(RUN));
    let runs = values.zip(alphas).zip(classes.chunks_mut(RUN));
    for (((h, l), (a, b)), classes) in runs {
        boundaries.at_each(a, &mut at);
        let signals =
            [(h, high.limit), (l, low.limit)].map(|(values, limit)| Signals { values, limit });
        // A unit that is known here makes choices of what were jumps.
        match boundaries.unit {
            EnergyUnit::Kilovolt => {
                let limits = Limits::of(boundaries, EnergyUnit::Kilovolt);
                wide!(classify_run(limits, &at, signals, [a, b], classes));
            }
            EnergyUnit::Megavolt => {
                let limits = Limits::of(boundaries, EnergyUnit::Megavolt);
                wide!(classify_run(limits, &at, signals, [a, b], classes));
            }
        }
    }
}

/// Attenuations at which other rules begin.
#[derive(Debug, Clone, Copy)]
struct Limits {
    unit: EnergyUnit,
    thin: f32,
    black: f32,
    strict_from: f32,
}

impl Limits {
    #[inline(always)]
    fn of(boundaries: &Boundaries, unit: EnergyUnit) -> Self {
        Self {
            unit,
            thin: boundaries.thin,
            black: boundaries.black,
            strict_from: boundaries.strict_from,
        }
    }

    /// The class of a pair of attenuations whose curves lie `at`: air, thin and black first, then
    /// the ratio. Choices only, so that many pixels are told at once.
    #[inline(always)]
    fn class(self, at: [f32; 5], alpha_high: f32, alpha_low: f32) -> Class {
        let strict = alpha_high >= self.strict_from;
        let class = class_between(self.unit, possible(at), alpha_low / alpha_high, strict);
        let class = if alpha_high > self.black {
            Class::Black
        } else {
            class
        };
        let class = if alpha_high < self.thin {
            Class::Thin
        } else {
            class
        };
        if alpha_high < AIR { Class::Air } else { class }
    }
}

/// [`classify`] of up to [`RUN`] pixels, whose curves lie `at`.
#[inline(always)]
fn classify_run(
    limits: Limits,
    at: &Edges,
    [high, low]: [Signals<'_>; 2],
    [a, b]: [&[f32]; 2],
    classes: &mut [Class],
) {
    let n = classes.len().min(RUN);
    let (h, l) = (&high.values[..n], &low.values[..n]);
    let (a, b, classes) = (&a[..n], &b[..n], &mut classes[..n]);
    for k in 0..n {
        let told = limits.class(std::array::from_fn(|i| at[i][k]), a[k], b[k]);
        classes[k] = stated([h[k], l[k]], [high.limit, low.limit], told);
    }
}

/// What the two signals of a pixel, high and low, say before any ratio, else what is told by that.
#[inline(always)]
fn stated([h, l]: [f32; 2], [high, low]: [f32; 2], told: Class) -> Class {
    let class = if (h <= 0.0) | (l <= 0.0) {
        Class::Black
    } else {
        told
    };
    let class = if (h > IMPOSSIBLE) | (l > IMPOSSIBLE) {
        Class::Impossible
    } else {
        class
    };
    let class = if (h >= high) | (l >= low) {
        Class::Saturated
    } else {
        class
    };
    if h.is_nan() | l.is_nan() {
        Class::Defect
    } else {
        class
    }
}

/// The class of a pair of attenuations: air, thin and black first, then the ratio.
pub fn by_ratio(boundaries: &Boundaries, alpha_high: f32, alpha_low: f32) -> Class {
    let limits = Limits::of(boundaries, boundaries.unit);
    limits.class(boundaries.at(alpha_high), alpha_high, alpha_low)
}

/// Rows and columns of the scan of a plane that hold nothing but zeros, or nothing but its full scale
/// while the open beam is known to be lower: dead or missing detector elements.
#[derive(Debug, Clone, Copy)]
pub struct Flaws<'a> {
    plane: &'a Plane,
    /// The full scale, where the open beam is lower.
    full: Option<u16>,
    /// A plane of one value has no defect that could be told from it.
    blank: bool,
}

impl<'a> Flaws<'a> {
    /// Those of `plane`; each row and column is looked through when it is asked for.
    pub fn of(plane: &'a Plane) -> Self {
        let limit = detector_limit(plane);
        Self {
            plane,
            full: limit.is_finite().then(|| plane.full_scale()),
            blank: if plane.summary.is_some() {
                let sums = plane.sums();
                sums.min == sums.max
            } else {
                plane.samples.windows(2).all(|pair| pair[0] == pair[1])
            },
        }
    }

    /// Whether row `y` of the scan is one.
    pub fn row(&self, y: usize) -> bool {
        let plane = self.plane;
        match &plane.summary {
            // Not all samples are held; what they are was found when they were read.
            Some(summary) => self.is_dead(summary.rows[y]),
            None => self.are_dead(
                plane.samples[y * plane.width..][..plane.width]
                    .iter()
                    .copied(),
            ),
        }
    }

    /// Whether column `x` of the scan is one.
    pub fn column(&self, x: usize) -> bool {
        let plane = self.plane;
        let column = || (0..plane.height).map(|y| plane.samples[y * plane.width + x]);
        match &plane.summary {
            Some(summary) => self.is_dead(summary.columns[x]),
            None => self.are_dead(column()),
        }
    }

    /// Whether samples from the lowest to the highest of `ends` are.
    fn is_dead(&self, [low, high]: [u16; 2]) -> bool {
        !self.blank && low == high && (low == 0 || Some(low) == self.full)
    }

    fn are_dead(&self, samples: impl Iterator<Item = u16>) -> bool {
        !self.blank && dead(samples, self.full)
    }
}

/// Whether all samples are zero, or all are `full`.
fn dead(mut samples: impl Iterator<Item = u16>, full: Option<u16>) -> bool {
    samples.next().is_some_and(|first| {
        (first == 0 || Some(first) == full) && samples.all(|sample| sample == first)
    })
}

#[cfg(test)]
mod tests {
    use super::super::choose;
    use super::*;
    use crate::radiograph::{Energy, PlaneName, Polarity};

    fn field(values: Vec<f32>) -> Field {
        Field {
            width: values.len(),
            height: 1,
            values,
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        }
    }

    /// Classes of independent pixels, given as transmissions high and low.
    fn classes(energy: &str, pixels: &[(f32, f32)]) -> Vec<Class> {
        let mut plane = Plane::new(PlaneName::High, 1, 1, vec![0]);
        plane.energy = Energy::parse(energy);
        let chosen = choose(&plane, &plane).unwrap_or_else(|problem| panic!("{problem}"));
        pixels
            .iter()
            .flat_map(|(h, l)| {
                let (h, l) = (field(vec![*h]), field(vec![*l]));
                let layer = |field| Layer {
                    field,
                    limit: 1.4,
                    means: None,
                    taken: None,
                };
                let curves = |_| chosen.boundaries;
                told(layer(&h), layer(&l), &curves, 1.0, &Cancel::never())
                    .map_or_else(|_| Vec::new(), |told| told.classes)
            })
            .collect()
    }

    #[test]
    fn no_answer_where_physics_gives_none() {
        let t = |alpha: f32| (-alpha).exp();
        let pixels = [
            (t(0.01), t(0.01)),
            (t(0.3), t(0.36)),
            (t(7.2), t(7.7)),
            (0.0, 0.0),
            (1.3, 1.0),
            (1.45, 1.0),
            (f32::NAN, 0.5),
            (t(1.0), t(2.0)),
        ];
        assert_eq!(
            classes("9 MV", &pixels),
            [
                Class::Air,
                Class::Thin,
                Class::Black,
                Class::Black,
                Class::Impossible,
                Class::Saturated,
                Class::Defect,
                Class::Impossible,
            ]
        );
        // Thin ends later at 4/6 MV and earlier for tubes.
        assert_eq!(classes("6 MV", &[(t(0.7), t(0.83))]), [Class::Thin]);
        assert_eq!(classes("160 kV", &[(t(0.3), t(0.36))]), [Class::Organic]);
        assert_eq!(classes("160 kV", &[(t(4.5), t(5.2))]), [Class::Dense]);
        assert_eq!(classes("160 kV", &[(t(6.2), t(7.2))]), [Class::Black]);
    }

    #[test]
    fn dead_rows_and_columns_are_found() {
        let mut samples = vec![500; 20];
        samples[10..15].fill(0);
        for y in 0..4 {
            samples[y * 5 + 3] = if y == 2 { 0 } else { samples[y * 5 + 3] };
        }
        let plane = Plane::new(PlaneName::High, 5, 4, samples);
        let flaws = Flaws::of(&plane);
        let rows = [0, 1, 2, 3].map(|y| flaws.row(y));
        assert_eq!(rows, [false, false, true, false]);
        assert!(!(0..5).any(|x| flaws.column(x)));
    }
}
