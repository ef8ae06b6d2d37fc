//! Commands: one row each in a table by topic.
