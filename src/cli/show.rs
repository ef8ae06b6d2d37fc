//! `xamine show`.

use std::io::Write;

use super::{Failure, ScanArgs, ViewArgs};
use crate::Error;
use crate::messages::say;

/// What was asked for.
pub(super) struct Request {
    pub(super) scan: ScanArgs,
    pub(super) view: ViewArgs,
    pub(super) protocol: String,
    pub(super) size: Option<String>,
    pub(super) cell: Option<String>,
}

/// Runs the command.
pub(super) fn run(
    _request: &Request,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-show", &[])).into())
}
