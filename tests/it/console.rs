//! The console on a real pty.
