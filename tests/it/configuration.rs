//! The configuration loader.
