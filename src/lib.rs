//! xamine: a keyboard-driven terminal console for X-ray scans.
//!
//! Data flows one way: file → [`scan`] → [`radiograph`] → [`physics`] and [`filter`] → [`view`]
//! → frame → [`graphics`] → terminal. The middle knows no terminal, no clock and no disk.
//! `ARCHITECTURE.md` has the map; `tests/it/layering.rs` keeps its directions.

pub mod app;
mod bands;
pub mod cancel;
pub mod cli;
pub mod command;
pub mod config;
pub mod decisions;
pub mod delivery;
mod dicom_file;
pub mod error;
pub mod filter;
pub mod graphics;
pub mod keymap;
mod lanes;
pub mod messages;
pub mod nearest;
pub mod physics;
pub mod radiograph;
pub mod report;
pub mod run;
pub mod scan;
pub mod simulation;
pub mod store;
pub mod terminal;
pub mod text;
pub mod ui;
pub mod view;
pub mod worker;

pub use error::{Error, Result};
