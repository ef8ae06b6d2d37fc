//! The colours of cells, and why they have them.

use super::probe::{Environment, Findings};
use crate::graphics::Depth;

/// Why cells have these colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthSource {
    /// The configuration.
    Configuration,
    /// `NO_COLOR`, or a terminal that has none.
    NoColour,
    /// `COLORTERM`.
    Colorterm,
    /// The terminal's name for itself.
    Name,
    /// `TERM`.
    Term,
}

/// Terminals that name themselves and show 24 bits.
const TRUE_COLOUR: [&str; 12] = [
    "kitty(", "WezTerm", "iTerm2", "foot(", "ghostty", "Konsole", "XTerm(", "mintty", "contour",
    "xterm.js", "VTE(", "rio",
];

/// The colours of cells, and why.
pub fn depth(findings: &Findings, environment: &Environment) -> (Depth, DepthSource) {
    let term = environment.term.as_str();
    if let Some(depth) = environment.depth {
        (depth, DepthSource::Configuration)
    } else if environment.no_color || term == "dumb" {
        (Depth::Monochrome, DepthSource::NoColour)
    } else if matches!(environment.colorterm.as_str(), "truecolor" | "24bit") {
        (Depth::True, DepthSource::Colorterm)
    } else if TRUE_COLOUR.iter().any(|name| findings.is(name)) {
        (Depth::True, DepthSource::Name)
    } else if term.ends_with("-direct") {
        (Depth::True, DepthSource::Term)
    } else if term == "linux" || term.starts_with("vt") || term.ends_with("-16color") {
        (Depth::Colours16, DepthSource::Term)
    } else {
        (Depth::Colours256, DepthSource::Term)
    }
}
