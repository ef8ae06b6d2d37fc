//! Filters of one value at a time.

use crate::radiograph::{Field, Polarity, Unit};

/// Attenuation of no signal at all: beyond every detector, and finite, so that windows and files
/// stay so.
const DARKEST: f32 = 12.0;
/// Attenuation that a gamma leaves as it is.
const BEND: f32 = 4.0;

/// Swaps bright and dark: the quantity stays, only its polarity turns. Twice is nothing.
pub(super) fn invert(field: &mut Field, _: &[f64]) {
    field.polarity = match field.polarity {
        Polarity::BrightIsDense => Polarity::BrightIsAir,
        Polarity::BrightIsAir | Polarity::Unknown => Polarity::BrightIsDense,
    };
}

/// Attenuation from transmission; stored samples of unknown air are spread by their logarithm and
/// stay samples, because without the open beam there is no attenuation.
pub(super) fn log(field: &mut Field, _: &[f64]) {
    match field.unit {
        Unit::Transmission => {
            field.unit = Unit::Attenuation;
            // Attenuation rises where transmission falls.
            invert(field, &[]);
            let least = (-DARKEST).exp();
            // `max` would turn NaN into a number.
            each(field, |t| if t < least { DARKEST } else { -t.ln() });
        }
        Unit::Sample => {
            let full = field.full_scale;
            let scale = full / (1.0 + full).ln();
            each(field, |s| (1.0 + at_least_zero(s)).ln() * scale);
        }
        // Of what grows like attenuation already there is no logarithm to take.
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => {}
    }
}

/// `top * (value / top) ^ (1 / gamma)` where bright is high, `^ gamma` where bright is low: above 1
/// always lifts what is drawn dark. `top` is full scale, [`BEND`] for attenuation and
/// the steel of such an attenuation for what is read from it.
pub(super) fn gamma(field: &mut Field, args: &[f64]) {
    let top = match field.unit {
        Unit::Sample | Unit::Transmission => field.full_scale,
        Unit::Attenuation | Unit::MassThickness | Unit::Steel => BEND * field.full_scale,
    };
    let exponent = match field.polarity {
        Polarity::BrightIsDense => args[0],
        Polarity::BrightIsAir | Polarity::Unknown => 1.0 / args[0],
    } as f32;
    each(field, |v| (at_least_zero(v) / top).powf(exponent) * top);
}

/// Keeps what lies between two values, in either order.
pub(super) fn density_band(field: &mut Field, args: &[f64]) {
    let (low, high) = (args[0].min(args[1]) as f32, args[0].max(args[1]) as f32);
    each(field, |v| if v >= low && v <= high { v } else { f32::NAN });
}

/// NaN stays NaN, negative becomes 0.
fn at_least_zero(v: f32) -> f32 {
    if v < 0.0 { 0.0 } else { v }
}

/// Maps every value.
fn each(field: &mut Field, map: impl Fn(f32) -> f32) {
    field
        .values
        .iter_mut()
        .for_each(|value| *value = map(*value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(unit: Unit, values: &[f32]) -> Field {
        Field {
            width: values.len(),
            height: 1,
            values: values.to_vec(),
            unit,
            polarity: Polarity::BrightIsAir,
            full_scale: if unit == Unit::Sample { 1000.0 } else { 1.0 },
        }
    }

    #[test]
    fn log_is_attenuation_and_turns_the_polarity() {
        let mut f = field(Unit::Transmission, &[1.0, (-2.0_f32).exp(), 0.0, f32::NAN]);
        log(&mut f, &[]);
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
        log(&mut f, &[]);
        assert_eq!((f.unit, f.polarity), (Unit::Sample, Polarity::BrightIsAir));
        assert!(f.values[0] == 0.0 && (f.values[2] - 1000.0).abs() < 1e-2);
        assert!(f.values[1] > 300.0);
    }

    #[test]
    fn gamma_keeps_the_ends_and_the_band_keeps_its_inside() {
        let mut f = field(Unit::Transmission, &[0.0, 0.25, 1.0, -0.1]);
        gamma(&mut f, &[2.0]);
        assert_eq!(f.values, [0.0, 0.5, 1.0, 0.0]);
        density_band(&mut f, &[0.6, 0.4]);
        assert!(f.values[0].is_nan() && f.values[1] == 0.5 && f.values[2].is_nan());
    }
}
