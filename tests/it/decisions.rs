//! The decision log: round trips, tampering, crashes, hostile text, and the format frozen.

mod checkpoint;
mod crash;
mod frozen;
mod shown;
mod sitting;
mod tamper;
mod witness;
mod writing;
