//! Pixels and physics against worked examples and known truth.
