//! The one test crate, a module per topic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::items_after_statements,
    clippy::match_wildcard_for_single_variants,
    clippy::unchecked_time_subtraction,
    missing_docs
)]

mod aids;
mod answering;
mod app_at_work;
mod calibration;
mod command_line;
mod compare;
mod configuration;
mod console;
mod decisions;
mod delivery;
mod displays;
mod doctor;
mod encoders;
mod far_terminal;
mod filters;
mod form;
mod glyphs;
mod kept;
mod keymaps;
mod keys;
mod ladder;
mod large;
mod layering;
mod log_pane;
mod painting;
mod peel;
mod physics_model;
mod pixels;
mod plain_samples;
mod prints;
mod regions;
mod reports;
mod restoring;
mod samples;
mod scans;
mod screens;
mod shared;
mod simulate;
mod sitting;
mod sixels;
mod slabs;
mod slow_line;
mod stack;
mod tables;
mod terminals;
mod thumbnails;
mod tty;
mod voice;
mod windows;
mod zmap;
