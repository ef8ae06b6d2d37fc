//! Arithmetic for many pixels at once: a place to run loops with the widest registers that the
//! processor has, and the logarithm and the exponential that such loops can use.
//!
//! Nothing is contracted or reordered, so every processor gives the same bits.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use std::f32::consts::LOG2_E;

/// Runs what it is given compiled for the processor at hand, as far as it is inlined: functions and
/// closures with `inline(always)`. Loops run over arguments of their own, which are known to share
/// nothing: captured ones are not.
macro_rules! wide {
    ($work:expr $(,)?) => {
        $crate::lanes::run(
            #[inline(always)]
            || $work,
        )
    };
}
pub(crate) use wide;

/// Runs `work` for [`wide!`].
#[inline(always)]
pub(crate) fn run<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Natural logarithm of a positive normal number within 2 units in the last place; NaN stays NaN.
/// After Cephes' `logf` (Moshier).
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // Mantissa between the roots of 1/2 and 2, and the exponent that goes with it.
    let exponent = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((exponent << 23) as u32));
    let f = mantissa - 1.0;
    let z = f * f;
    let y = 7.037_683_6e-2;
    let y = y * f - 1.151_461e-1;
    let y = y * f + 1.167_699_9e-1;
    let y = y * f - 1.242_014_1e-1;
    let y = y * f + 1.424_932_3e-1;
    let y = y * f - 1.666_805_7e-1;
    let y = y * f + 2.000_071_5e-1;
    let y = y * f - 2.499_999_4e-1;
    let y = y * f + 3.333_333e-1;
    let e = exponent as f32;
    let fine = y * f * z + e * -2.121_944_4e-4 - 0.5 * z;
    let whole = f + fine + e * 0.693_359_4;
    if x.is_nan() { x } else { whole }
}

/// 2 to the power of `x`, which is brought to -126..=126, within 2 units in the last place; NaN
/// stays NaN. After Cephes' `exp2f` (Moshier).
#[inline(always)]
pub(crate) fn exp2(x: f32) -> f32 {
    // Added and taken off again, it rounds to a whole number and shows it in the bits.
    const ROUND: f32 = 12_582_912.0;
    let within = if x < -126.0 { -126.0 } else { x };
    let within = if within > 126.0 { 126.0 } else { within };
    let rounded = within + ROUND;
    let whole = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let f = within - (rounded - ROUND);
    let y = 1.535_336_2e-4;
    let y = y * f + 1.339_887_4e-3;
    let y = y * f + 9.618_437e-3;
    let y = y * f + 5.550_332_5e-2;
    let y = y * f + 2.402_264_8e-1;
    let y = y * f + 6.931_472e-1;
    let y = y * f + 1.0;
    let scaled = y * f32::from_bits(whole.wrapping_add(127) << 23);
    if x.is_nan() { x } else { scaled }
}

/// e to the power of `x`.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    exp2(x * LOG2_E)
}

/// `x` to the power of `p`; 0 from 0 downwards.
#[inline(always)]
pub(crate) fn pow(x: f32, p: f32) -> f32 {
    let power = exp2(p * LOG2_E * ln(x));
    if x < f32::MIN_POSITIVE { 0.0 } else { power }
}

/// Nothing for what is missing.
#[inline(always)]
pub(crate) fn or_zero(v: f32) -> f32 {
    if v.is_nan() { 0.0 } else { v }
}

/// 1 for what is there, 0 for what is missing.
#[inline(always)]
pub(crate) fn weight(v: f32) -> f32 {
    if v.is_nan() { 0.0 } else { 1.0 }
}

/// Whether a value is missing among `values`.
#[inline(always)]
pub(crate) fn any_missing(values: &[f32]) -> bool {
    let mut found = false;
    for block in values.chunks(256) {
        found |= block.iter().fold(false, |found, v| found | v.is_nan());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_powers_are_those_of_the_standard_library() {
        for i in 1..20_000 {
            let x = i as f32 * 3.7e-4;
            let close = |a: f32, b: f64| (f64::from(a) - b).abs() <= 3e-7 * b.abs().max(0.1);
            assert!(close(ln(x), f64::from(x).ln()), "ln {x}");
            assert!(close(exp2(x - 3.0), f64::from(x - 3.0).exp2()), "exp2 {x}");
            let p = f64::from(pow(x, 0.45));
            assert!((p / f64::from(x).powf(0.45) - 1.0).abs() < 2e-6, "pow {x}");
        }
        assert_eq!((ln(1.0), exp2(0.0), pow(0.0, 2.0)), (0.0, 1.0, 0.0));
        assert!(ln(f32::NAN).is_nan() && exp2(f32::NAN).is_nan() && pow(f32::NAN, 2.0).is_nan());
    }
}
