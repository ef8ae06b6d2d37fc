//! The trace: one JSON line an event, for benches and end-to-end tests.
//!
//! Field names are a contract (`docs/commands.md`). Keys that are typed into a line are never named.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::TerminalFacts;
use crate::delivery::{Ack, Level};
use crate::graphics::Protocol;
use crate::worker::Coded;
use crate::{Error, Result};

/// An open trace.
#[derive(Debug)]
pub(super) struct Trace {
    file: File,
}

/// What was painted.
#[derive(Debug)]
pub(super) struct Painted {
    pub(super) frame: u64,
    pub(super) protocol: Protocol,
    pub(super) picture: usize,
    pub(super) bytes: usize,
    pub(super) placements: usize,
    pub(super) latency: Option<Duration>,
    pub(super) level: Level,
    pub(super) cause: &'static str,
    pub(super) render: Option<Duration>,
    pub(super) encode: Option<Duration>,
    pub(super) tile: bool,
}

impl Trace {
    /// Opens the file to append to it.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(path);
        let file = file.map_err(|error| Error::io(path, &error))?;
        Ok(Self { file })
    }

    /// Appends one line; a trace that cannot be written disturbs no analyst.
    pub(super) fn write(&mut self, line: &Value) {
        let _ = writeln!(self.file, "{line}");
    }

    /// A key, with the bytes under way and the credit for them.
    pub(super) fn key(now: Duration, name: Option<&str>, [under_way, credit]: [usize; 2]) -> Value {
        json!({
            "t_ms": ms(now),
            "event": "key",
            "key": name,
            "under_way": under_way,
            "credit": credit,
        })
    }

    /// Something was painted.
    pub(super) fn frame(now: Duration, painted: &Painted) -> Value {
        let kind = match (painted.picture, painted.protocol.is_pixels()) {
            (0, true) if painted.placements > 0 => "place",
            (0, _) => "cells",
            _ if painted.tile => "tiles",
            _ => "picture",
        };
        let (quality, lossless) = quality(painted.level);
        json!({
            "t_ms": ms(now),
            "event": "frame",
            "frame": painted.frame,
            "cause": painted.cause,
            "protocol": painted.protocol.as_str(),
            "quality": quality,
            "lossless": lossless,
            "kind": kind,
            "bytes": painted.bytes,
            "picture_bytes": painted.picture,
            "render_ms": painted.render.map(ms),
            "encode_ms": painted.encode.map(ms),
            "latency_ms": painted.latency.map(ms),
        })
    }

    /// The renderer answered.
    pub(super) fn rendered(now: Duration, took: Option<Duration>) -> Value {
        json!({"t_ms": ms(now), "event": "job", "job": "render", "render_ms": took.map(ms)})
    }

    /// The log answered.
    pub(super) fn log(now: Duration, what: &str) -> Value {
        json!({"t_ms": ms(now), "event": "log", "log": what})
    }

    /// What is known of the terminal changed.
    pub(super) fn probe(now: Duration, facts: &TerminalFacts) -> Value {
        json!({
            "t_ms": ms(now),
            "event": "probe",
            "protocol": facts.protocol.as_str(),
            "reason": facts.reason.as_str(),
            "columns": facts.columns,
            "rows": facts.rows,
            "cell": [facts.cell.width, facts.cell.height],
            "probing": facts.probing,
        })
    }

    /// The coder answered.
    pub(super) fn coded(now: Duration, coded: &Coded) -> Value {
        let encoded = coded.result.as_ref().ok();
        json!({
            "t_ms": ms(now),
            "event": "job",
            "job": "code",
            "encode_ms": ms(coded.took),
            "quality": encoded.map(|e| e.rung.as_str()),
            "bytes": encoded.map(|e| e.bytes),
            "cells": encoded.map(|e| [e.columns, e.rows]),
            "error": coded.result.as_ref().err().map(ToString::to_string),
        })
    }

    /// The terminal confirmed a group.
    pub(super) fn ack(now: Duration, ack: Ack, on_screen: Level) -> Value {
        let (quality, lossless) = quality(on_screen);
        json!({
            "t_ms": ms(now),
            "event": "ack",
            "frame": ack.token,
            "rtt_ms": ms(ack.rtt),
            "on_screen_ms": ms(now),
            "quality": quality,
            "lossless": lossless,
        })
    }
}

/// The rung of a level, and whether it is lossless.
fn quality(level: Level) -> (Option<&'static str>, bool) {
    match level {
        Level::Old => (None, false),
        Level::At { rung, lossless } => (Some(rung.as_str()), lossless),
    }
}

/// Milliseconds to a thousandth.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
