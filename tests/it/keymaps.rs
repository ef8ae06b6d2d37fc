//! Key files, valid and invalid, with the expected messages.
