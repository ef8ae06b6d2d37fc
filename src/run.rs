//! The console's loop: events in, effects out; the one place that performs them.
