//! `xamine keys`.

use std::io::Write;
use std::path::Path;

use super::Failure;
use crate::Error;
use crate::messages::say;

/// Runs the command.
pub(super) fn run(
    _check: Option<&Path>,
    _keymap: Option<&Path>,
    _format: &str,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-keys", &[])).into())
}
