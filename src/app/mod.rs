//! The console's state as plain data, and what events do to it.
