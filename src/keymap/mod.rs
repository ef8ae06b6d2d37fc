//! Keys as data: chords, the trie, key files and their problems, and the renderings of the rows.

mod key;

pub use key::{Code, Key};
