//! The console's state as plain data, and what events do to it.

mod mode;

pub use mode::Mode;
