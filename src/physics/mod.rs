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
pub use material::{AIR, Flaws, IMPOSSIBLE, Layer, Told, by_ratio, told};
pub use readings::Readings;

pub use crate::radiograph::attenuation;

use crate::lanes::wide;

/// [`attenuation`] of each of `transmissions` into `alphas`.
fn attenuations(transmissions: &[f32], alphas: &mut [f32]) {
    wide!(attenuate(transmissions, alphas));
}

/// [`attenuations`], inlined for wider registers.
#[allow(clippy::inline_always)]
#[inline(always)]
fn attenuate(transmissions: &[f32], alphas: &mut [f32]) {
    for (alpha, transmission) in alphas.iter_mut().zip(transmissions) {
        *alpha = attenuation(*transmission);
    }
}
