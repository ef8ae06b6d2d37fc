//! Files on disk → scans → radiographs.

mod opened;

pub use opened::{FileRecord, Format, Opened, PairedBy};
