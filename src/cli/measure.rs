//! `xamine measure`.

use super::ScanArgs;
use std::io::Write;

use super::Failure;
use crate::Error;
use crate::messages::say;

/// Runs the command.
pub(super) fn run(
    _scan: &ScanArgs,
    _region: &str,
    _background: Option<&str>,
    _json: bool,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-measure", &[])).into())
}
