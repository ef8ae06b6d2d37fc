//! The one test crate, a module per topic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

mod app_at_work;
mod command_line;
mod configuration;
mod console;
mod decisions;
mod doctor;
mod encoders;
mod glyphs;
mod kept;
mod keymaps;
mod keys;
mod ladder;
mod layering;
mod painting;
mod pixels;
mod restoring;
mod samples;
mod scans;
mod screens;
mod shared;
mod sixels;
mod tables;
mod terminals;
mod tty;
mod voice;
