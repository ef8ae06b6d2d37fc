//! Scans of scenes that somebody described: solids of known matter in a fan or parallel beam of two
//! energies, seen by a modelled detector, with the truth of every pixel.
//!
//! Pure: text in, rasters out. The same scene and seed give the same bytes on any number of threads.
//! What is simulated is always called so: `docs/simulate.md` has the schema and the model's limits.

mod beam;
mod document;
mod noise;
mod place;
mod ray;
mod ready;
mod scan;
mod scene;
mod solid;
mod texture;
mod truth;

pub use document::{boxes, calibration, sidecar};
pub use scan::{Simulated, simulate};
pub use scene::{Fault, PlaneFormat, Scene};
pub use truth::Truth;
