//! The allowed directions between modules.
