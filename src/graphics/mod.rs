//! From a frame to a terminal: what it can do, and one pure encoder per protocol.
