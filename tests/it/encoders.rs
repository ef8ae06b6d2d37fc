//! Each encoder's bytes decoded again.
