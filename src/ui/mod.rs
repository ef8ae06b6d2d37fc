//! Drawing: reads the state, changes nothing, does no IO.
