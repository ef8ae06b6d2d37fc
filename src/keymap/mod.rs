//! Keys as data: chords, the tree of each mode, key files and their problems, and the renderings of
//! the rows: help, pop-up, palette and key reference.
//!
//! A key file is checked as a whole ([`load`]); a bad one is reported and the built-in map serves.

mod bound;
mod check;
mod chord;
mod key;
mod load;
mod lookup;
pub mod palette;
mod read;
pub mod reference;
mod rows;
mod trie;

pub use bound::{Bound, Value, doc, takes};
pub use chord::{Chord, key_text};
pub use key::{Code, Key};
pub use load::{BUILT_IN, Loaded, built_in, load, source};
pub use lookup::{Keymap, PendingRow, Step};
pub use rows::{HelpRow, help_rows};

/// Names that other tables own and arguments are checked against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// The filters.
    pub filters: &'a [&'a str],
    /// The reason codes of the decision form.
    pub reasons: &'a [&'a str],
}
