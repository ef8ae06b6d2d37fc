//! The command line: help, exit codes, closed pipes, JSON fields.
