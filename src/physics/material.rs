//! Classes of a raster of pixels: every "not determinable" first, then the ratio.

use super::{Boundaries, Class, attenuation, mean_of_alike, shape};
use crate::Result;
use crate::cancel::Cancel;
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
    /// Attenuation that every pixel loses before its ratio is told: a background's.
    pub taken: Option<&'a [f32]>,
}

impl<'a> Layer<'a> {
    /// A raster resampled from `plane`.
    pub fn of(plane: &Plane, field: &'a Field) -> Self {
        Self {
            field,
            limit: detector_limit(plane),
            taken: None,
        }
    }

    /// Attenuations without the background.
    fn alphas(&self) -> Vec<f32> {
        let mut alphas: Vec<f32> = self.field.values.iter().map(|t| attenuation(*t)).collect();
        if let Some(taken) = self.taken {
            alphas
                .iter_mut()
                .zip(taken)
                .for_each(|(alpha, taken)| *alpha -= taken);
        }
        alphas
    }
}

/// Transmission of the highest sample; infinite where it is unknown or too near to the open beam.
fn detector_limit(plane: &Plane) -> f32 {
    let middle = plane.linear_of_row(plane.height / 2);
    let limit = middle.gain * f32::from(plane.full_scale()) + middle.offset;
    if plane.unit() == Unit::Transmission && limit > NEAR_AIR {
        limit
    } else {
        f32::INFINITY
    }
}

/// The class of every pixel of two rasters of one size. `scale` is raster pixels per scan pixel,
/// at most 1: the mean shrinks with it, because a raster pixel already is a mean.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn classify(
    high: Layer<'_>,
    low: Layer<'_>,
    boundaries: &Boundaries,
    scale: f64,
    cancel: &Cancel,
) -> Result<Vec<Class>> {
    classify_by_row(high, low, &|_| boundaries, scale, cancel)
}

/// As [`classify`], with the curves of each row of the raster: a scanner's rows differ.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn classify_by_row<'b>(
    high: Layer<'_>,
    low: Layer<'_>,
    of_row: &dyn Fn(usize) -> &'b Boundaries,
    scale: f64,
    cancel: &Cancel,
) -> Result<Vec<Class>> {
    Ok(told(high, low, of_row, scale, cancel)?.classes)
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

/// [`classify_by_row`] with what its classes stand on.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn told<'b>(
    high: Layer<'_>,
    low: Layer<'_>,
    of_row: &dyn Fn(usize) -> &'b Boundaries,
    scale: f64,
    cancel: &Cancel,
) -> Result<Told> {
    let width = high.field.width;
    let one = of_row(0);
    let radius = ((one.mean_px / 2) as f64 * scale).round() as usize;
    let (alpha_high, alpha_low) =
        mean_of_alike(&high.alphas(), &low.alphas(), width, radius, cancel)?;
    cancel.check()?;
    let mut classes = Vec::with_capacity(alpha_high.len());
    for y in 0..alpha_high.len() / width.max(1) {
        let boundaries = of_row(y);
        classes.extend((y * width..(y + 1) * width).map(|i| {
            state(high, low, i).unwrap_or_else(|| by_ratio(boundaries, alpha_high[i], alpha_low[i]))
        }));
    }
    if one.unit == EnergyUnit::Kilovolt {
        shape::flag_dense(&mut classes, &alpha_high, width, scale);
    }
    Ok(Told {
        classes,
        alphas: [alpha_high, alpha_low],
        averaged: ((2 * radius + 1) * (2 * radius + 1)) as f32,
    })
}

/// What the two signals of pixel `i` say before any ratio.
fn state(high: Layer<'_>, low: Layer<'_>, i: usize) -> Option<Class> {
    let (h, l) = (high.field.values[i], low.field.values[i]);
    if h.is_nan() || l.is_nan() {
        Some(Class::Defect)
    } else if h >= high.limit || l >= low.limit {
        Some(Class::Saturated)
    } else if h > IMPOSSIBLE || l > IMPOSSIBLE {
        Some(Class::Impossible)
    } else if h <= 0.0 || l <= 0.0 {
        Some(Class::Black)
    } else {
        None
    }
}

/// The class of a pair of attenuations: air, thin and black first, then the ratio.
pub fn by_ratio(boundaries: &Boundaries, alpha_high: f32, alpha_low: f32) -> Class {
    if alpha_high < AIR {
        Class::Air
    } else if alpha_high < boundaries.thin {
        Class::Thin
    } else if alpha_high > boundaries.black {
        Class::Black
    } else {
        boundaries.class(alpha_high, alpha_low / alpha_high)
    }
}

/// Rows and columns of `plane` that hold nothing but zeros, or nothing but its full scale while
/// the open beam is known to be lower: dead or missing detector elements.
pub fn defects(plane: &Plane) -> (Vec<bool>, Vec<bool>) {
    let full = detector_limit(plane)
        .is_finite()
        .then(|| plane.full_scale());
    let (w, h) = (plane.width, plane.height);
    // A plane of one value has no defect that could be told from it.
    let blank = plane.samples.windows(2).all(|pair| pair[0] == pair[1]);
    let row = |y: usize| plane.samples[y * w..(y + 1) * w].iter().copied();
    let column = |x: usize| (0..h).map(move |y| plane.samples[y * w + x]);
    (
        (0..h).map(|y| !blank && dead(row(y), full)).collect(),
        (0..w).map(|x| !blank && dead(column(x), full)).collect(),
    )
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
                    taken: None,
                };
                classify(
                    layer(&h),
                    layer(&l),
                    chosen.boundaries,
                    1.0,
                    &Cancel::never(),
                )
                .unwrap_or_default()
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
        assert_eq!(defects(&plane).0, [false, false, true, false]);
        assert_eq!(defects(&plane).1, [false; 5]);
    }
}
