//! The terminal: modes, the tty reader that tells keys from replies, restoring.

pub mod reader;
