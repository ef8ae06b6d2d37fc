//! Keys that end in an expected state.
