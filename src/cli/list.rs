//! `xamine list`.

use std::io::Write;
use std::path::Path;

use super::Failure;
use crate::Error;
use crate::messages::say;

/// Runs the command.
pub(super) fn run(
    _path: &Path,
    _all: bool,
    _json: bool,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-list", &[])).into())
}
