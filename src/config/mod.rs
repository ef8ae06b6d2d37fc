//! Layered configuration: built-in, machine, user, `XAMINE_CONFIG`, command line.
//!
//! Every setting is one row of [`SETTINGS`]; unknown keys are errors with the nearest name, all
//! problems of a file are reported at once with line and column, and a broken file never stops
//! the console. Reading ([`load`]) and merging ([`merge`]) are apart: the merging is pure.

pub(crate) mod document;
mod layer;
mod merge;
mod places;
mod problem;
mod settings;

pub use crate::nearest::nearest;
pub use document::LONGEST;
pub use layer::{Base, Layer, Origin};
pub use merge::{
    BUILT_IN, ChecklistSettings, Colours, Config, Console, DisplayRule, KeymapChoice, Limits,
    LineRule, Log, WindowRule, merge,
};
pub use places::{Loaded, Overrides, Places, load, read_text};
pub use problem::{Problem, Severity, in_order, position};
pub(crate) use problem::{suggest, without_echoes};
pub use settings::{
    CHECKLIST_RULES, COLOURS, Kind, LANGUAGES, PROTOCOLS, QUALITIES, SETTINGS, Setpoint, Setting,
    UNITS,
};
