//! `xamine log`.

use super::LogCommand;
use std::io::Write;

use super::Failure;
use crate::Error;
use crate::messages::say;

/// Runs the command.
pub(super) fn run(
    _command: LogCommand,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-log", &[])).into())
}
