//! The decision log: round trips, tampering, crashes.
