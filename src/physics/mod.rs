//! From samples to matter: transmission, attenuation, ratio classes.
//!
//! One model serves calibration, inversion and simulation: [`xcom`] and [`matter`] are what stands
//! in the beam, [`spectrum`] and [`detector`] the beam itself, [`transparency`] what comes through.
//! [`calibrate`] fits it to a scanner, [`profile`] keeps the fit, [`inversion`] turns it round.
//! A pixel's class is cut from the ratio R of its low- and high-energy attenuation by the curves of
//! the scanner's profile, or by generic ones, fitted to no scanner. Where physics gives no answer
//! the class says so: such pixels are never coloured as a material.

mod average;
pub mod calibrate;
mod class;
mod confidence;
mod curves;
pub mod detector;
mod elements;
pub mod generic;
pub mod inversion;
mod material;
pub mod matter;
pub mod profile;
mod readings;
pub mod scanner;
mod shape;
pub mod spectrum;
mod table;
pub mod transparency;
pub mod xcom;

pub use average::mean_of_alike;
pub use class::Class;
pub use confidence::{Confidence, Noisy, confidence, confidences};
pub use curves::{Boundaries, Chosen, choose, choose_calibrated};
pub use material::{AIR, IMPOSSIBLE, Layer, Told, by_ratio, defects, told};
pub use readings::Readings;

/// Attenuation of a transmission: `-ln T`, infinite where nothing comes through.
///
/// By `T = 2^e m` with m around 1 and `ln m = 2 artanh((m - 1) / (m + 1))`, whose series ends below
/// the last bit; without a jump, so that a row of pixels is done several at a time. Off by 2e-7 of
/// itself at most.
#[inline]
pub fn attenuation(transmission: f32) -> f32 {
    const LOWEST: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    const MANTISSA: u32 = (1 << 23) - 1;
    // ln 2 in two parts: the first times an exponent is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let bits = transmission.to_bits().wrapping_sub(LOWEST);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let mantissa = f32::from_bits((bits & MANTISSA) + LOWEST);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let rest = q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0))));
    let alpha = 0.0 - exponent * LN_2[0] - (2.0 * s + (2.0 * s * rest + exponent * LN_2[1]));
    let nothing = if transmission.is_nan() {
        f32::NAN
    } else {
        f32::INFINITY
    };
    if transmission > 0.0 { alpha } else { nothing }
}

/// [`attenuation`] of each of `transmissions` into `alphas`.
fn attenuations(transmissions: &[f32], alphas: &mut [f32]) {
    for (alpha, transmission) in alphas.iter_mut().zip(transmissions) {
        *alpha = attenuation(*transmission);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attenuation_is_minus_the_logarithm() {
        for k in 0..200_000 {
            let transmission = 1.3 * (-f64::from(k) * 1e-4).exp() as f32;
            let truth = -f64::from(transmission).ln();
            let off = (f64::from(attenuation(transmission)) - truth).abs();
            assert!(
                off <= 2e-7 * truth.abs(),
                "{transmission}: {off} of {truth}"
            );
        }
        assert_eq!(attenuation(1.0).to_bits(), 0);
        assert_eq!(attenuation(0.0), f32::INFINITY);
        assert_eq!(attenuation(-0.1), f32::INFINITY);
        assert!(attenuation(f32::NAN).is_nan());
    }
}
