//! Files, good and broken.
