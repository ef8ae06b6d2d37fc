//! Text snapshots of the console at three sizes.
