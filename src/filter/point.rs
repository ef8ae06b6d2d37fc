//! Filters of one value at a time.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use std::f32::consts::LN_2;

use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::{exp, ln, pow, wide};
use crate::radiograph::{Field, Polarity, Unit};
use rayon::prelude::*;

/// Attenuation of no signal at all: beyond every detector, and finite, so that windows and files
/// stay so.
const DARKEST: f32 = 12.0;
/// Attenuation that a gamma leaves as it is.
const BEND: f32 = 4.0;
/// Values between two looks at the cancellation.
const PIECE: usize = 1 << 15;

/// Swaps bright and dark: the quantity stays, only its polarity turns. Twice is nothing.
#[allow(clippy::unnecessary_wraps)] // As every row of the table.
pub(super) fn invert(field: &mut Field, _: &[f64], _: &Cancel) -> Result<()> {
    field.polarity = match field.polarity {
        Polarity::BrightIsDense => Polarity::BrightIsAir,
        Polarity::BrightIsAir | Polarity::Unknown => Polarity::BrightIsDense,
    };
    Ok(())
}

/// Attenuation from transmission; stored samples of unknown air are spread by their logarithm and
/// stay samples, because without the open beam there is no attenuation.
pub(super) fn log(field: &mut Field, args: &[f64], cancel: &Cancel) -> Result<()> {
    match field.unit {
        Unit::Transmission => {
            field.unit = Unit::Attenuation;
            // Attenuation rises where transmission falls.
            invert(field, args, cancel)?;
            let least = (-DARKEST).exp();
            // `max` would turn NaN into a number.
            each(
                field,
                cancel,
                #[inline(always)]
                |t| if t < least { DARKEST } else { -ln(t) },
            )
        }
        Unit::Sample => {
            let full = field.full_scale;
            let scale = full / (1.0 + full).ln();
            each(
                field,
                cancel,
                #[inline(always)]
                |s| ln(1.0 + at_least_zero(s)) * scale,
            )
        }
        // Of what grows like attenuation already there is no logarithm to take.
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => Ok(()),
    }
}

/// `top * (value / top) ^ (1 / gamma)` where bright is high, `^ gamma` where bright is low: above 1
/// always lifts what is drawn dark. `top` is full scale, [`BEND`] for attenuation and
/// the steel of such an attenuation for what is read from it.
pub(super) fn gamma(field: &mut Field, args: &[f64], cancel: &Cancel) -> Result<()> {
    let top = match field.unit {
        Unit::Sample | Unit::Transmission => field.full_scale,
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => BEND * field.full_scale,
    };
    let exponent = match field.polarity {
        Polarity::BrightIsDense => args[0],
        Polarity::BrightIsAir | Polarity::Unknown => 1.0 / args[0],
    } as f32;
    each(
        field,
        cancel,
        #[inline(always)]
        |v| pow(at_least_zero(v) / top, exponent) * top,
    )
}

/// Spreads the dense end: transmission t becomes `ln(1 + t / s) / ln(1 + 1 / s)`. Below `s` the
/// contrast rises `1 / (s ln(1 + 1 / s))` times, towards air it falls; nothing is cut off.
pub(super) fn high_penetration(field: &mut Field, args: &[f64], cancel: &Cancel) -> Result<()> {
    let knee = Knee::at(args[0]);
    by_transmission(
        field,
        cancel,
        #[inline(always)]
        |t| knee.lifted(t),
    )
}

/// Spreads the thin end, as [`high_penetration`] the dense one: with the part that is absorbed in
/// place of the part that passes.
pub(super) fn low_penetration(field: &mut Field, args: &[f64], cancel: &Cancel) -> Result<()> {
    let knee = Knee::at(args[0]);
    by_transmission(
        field,
        cancel,
        #[inline(always)]
        |t| 1.0 - knee.lifted(1.0 - t),
    )
}

/// A logarithmic stretch of 0 to 1 that lifts what lies below its knee.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knee {
    inverse: f32,
    scale: f32,
}

impl Knee {
    /// With the knee at `share`, above 0.
    pub(super) fn at(share: f64) -> Self {
        Self {
            inverse: (1.0 / share) as f32,
            scale: (1.0 / (1.0 + 1.0 / share).ln()) as f32,
        }
    }

    /// The stretch of `t`; below 0 it is a line, so that noise around nothing stays in order.
    #[inline(always)]
    pub(super) fn lifted(self, t: f32) -> f32 {
        let place = t * self.inverse;
        let curved = ln(1.0 + at_least_zero(place));
        self.scale * if place < 0.0 { place } else { curved }
    }
}

/// Maps the share of the beam that passes, whatever the field's unit: attenuation and what is read
/// from it go there and back; full scale stands for air where air is unknown.
fn by_transmission(
    field: &mut Field,
    cancel: &Cancel,
    map: impl Fn(f32) -> f32 + Sync,
) -> Result<()> {
    let full = field.full_scale;
    match (field.unit, field.polarity) {
        (Unit::Transmission, _) => each(
            field,
            cancel,
            #[inline(always)]
            |t| map(t / full) * full,
        ),
        (Unit::Sample, Polarity::BrightIsDense) => each(
            field,
            cancel,
            #[inline(always)]
            |s| full - map(1.0 - s / full) * full,
        ),
        (Unit::Sample, _) => each(
            field,
            cancel,
            #[inline(always)]
            |s| map(s / full) * full,
        ),
        (Unit::Attenuation | Unit::MassThickness | Unit::Steel, _) => {
            let least = (-DARKEST).exp();
            each(
                field,
                cancel,
                #[inline(always)]
                |v| {
                    let t = map(exp(-v / full));
                    if t < least {
                        DARKEST * full
                    } else {
                        -ln(t) * full
                    }
                },
            )
        }
    }
}

/// Keeps what lies between two values, in either order.
pub(super) fn density_band(field: &mut Field, args: &[f64], cancel: &Cancel) -> Result<()> {
    let (low, high) = (args[0].min(args[1]) as f32, args[0].max(args[1]) as f32);
    each(
        field,
        cancel,
        #[inline(always)]
        |v| {
            if v >= low && v <= high { v } else { f32::NAN }
        },
    )
}

/// The attenuation that a value of `field` stands for; full scale stands for air where air is
/// unknown. NaN stays NaN, nothing at all is the darkest.
pub(super) fn attenuation(field: &Field, value: f32) -> f32 {
    let share = value / field.full_scale;
    let passed = match (field.unit, field.polarity) {
        (Unit::Attenuation | Unit::MassThickness | Unit::Steel, _) => return share,
        (Unit::Sample, Polarity::BrightIsDense) => 1.0 - share,
        (Unit::Sample | Unit::Transmission, _) => share,
    };
    if passed < (-DARKEST).exp() {
        DARKEST
    } else {
        -passed.log2() * LN_2
    }
}

/// NaN stays NaN, negative becomes 0.
#[inline(always)]
fn at_least_zero(v: f32) -> f32 {
    if v < 0.0 { 0.0 } else { v }
}

/// Maps every value.
pub(super) fn each(
    field: &mut Field,
    cancel: &Cancel,
    map: impl Fn(f32) -> f32 + Sync,
) -> Result<()> {
    field.values.par_chunks_mut(PIECE).try_for_each(|piece| {
        cancel.check()?;
        wide!(change(piece, &map));
        Ok(())
    })
}

/// As an argument of its own `piece` is known to share nothing with what the map holds.
#[inline(always)]
fn change(piece: &mut [f32], map: &impl Fn(f32) -> f32) {
    for value in piece {
        *value = map(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Point = fn(&mut Field, &[f64], &Cancel) -> Result<()>;

    fn field(unit: Unit, values: &[f32]) -> Field {
        Field {
            width: values.len(),
            height: 1,
            values: values.to_vec(),
            unit,
            polarity: if unit.counts_matter() {
                Polarity::BrightIsDense
            } else {
                Polarity::BrightIsAir
            },
            full_scale: if unit == Unit::Sample { 1000.0 } else { 1.0 },
        }
    }

    fn done(filter: Point, field: &mut Field, args: &[f64]) {
        assert_eq!(filter(field, args, &Cancel::never()), Ok(()));
    }

    #[test]
    fn log_is_attenuation_and_turns_the_polarity() {
        let mut f = field(Unit::Transmission, &[1.0, (-2.0_f32).exp(), 0.0, f32::NAN]);
        done(log, &mut f, &[]);
        assert_eq!(
            (f.unit, f.polarity),
            (Unit::Attenuation, Polarity::BrightIsDense)
        );
        assert!((f.values[1] - 2.0).abs() < 1e-5);
        assert_eq!((f.values[0], f.values[2]), (0.0, DARKEST));
        assert!(f.values[3].is_nan());
    }

    #[test]
    fn log_without_air_stays_samples_within_their_range() {
        let mut f = field(Unit::Sample, &[0.0, 10.0, 1000.0]);
        done(log, &mut f, &[]);
        assert_eq!((f.unit, f.polarity), (Unit::Sample, Polarity::BrightIsAir));
        assert!(f.values[0] == 0.0 && (f.values[2] - 1000.0).abs() < 1e-2);
        assert!(f.values[1] > 300.0);
    }

    #[test]
    fn gamma_keeps_the_ends_and_the_band_keeps_its_inside() {
        let mut f = field(Unit::Transmission, &[0.0, 0.25, 1.0, -0.1]);
        done(gamma, &mut f, &[2.0]);
        let near = |(a, b): (&f32, f32)| (a - b).abs() < 1e-6;
        assert!(f.values.iter().zip([0.0, 0.5, 1.0, 0.0]).all(near));
        done(density_band, &mut f, &[0.6, 0.4]);
        assert!(f.values[0].is_nan() && (f.values[1] - 0.5).abs() < 1e-6 && f.values[2].is_nan());
    }

    #[test]
    fn penetration_keeps_ends_and_order_and_spreads_its_end_in_every_unit() {
        for (filter, knee, dense) in [
            (high_penetration as Point, 0.02, true),
            (low_penetration as Point, 0.1, false),
        ] {
            let t = [0.0, 0.001, 0.002, 0.01, 0.1, 0.5, 0.9, 0.95, 1.0];
            let mut passed = field(Unit::Transmission, &t);
            done(filter, &mut passed, &[knee]);
            let v = &passed.values;
            assert!(v[0].abs() < 1e-6 && (v[8] - 1.0).abs() < 1e-6, "{v:?}");
            assert!(v.windows(2).all(|w| w[1] > w[0]));
            let (ends, grown) = if dense { ([1, 2], 9.0) } else { ([7, 8], 3.0) };
            let gain = (v[ends[1]] - v[ends[0]]) / (t[ends[1]] - t[ends[0]]);
            assert!(gain > grown, "{gain}");
            // The same brightness by attenuation and by samples without air.
            let alphas: Vec<f32> = t[1..].iter().map(|t| -t.ln()).collect();
            let mut absorbed = field(Unit::Attenuation, &alphas);
            done(filter, &mut absorbed, &[knee]);
            let mut samples = field(Unit::Sample, &t.map(|t| t * 1000.0));
            done(filter, &mut samples, &[knee]);
            let others = absorbed.values.iter().zip(&samples.values[1..]);
            for (expected, (alpha, sample)) in v[1..].iter().zip(others) {
                assert!(((-alpha).exp() - expected).abs() < 2e-5);
                assert!((sample / 1000.0 - expected).abs() < 1e-5);
            }
        }
    }
}
