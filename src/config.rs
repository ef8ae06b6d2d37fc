//! Layered configuration: built-in, system, user, command line; unknown keys are errors.
