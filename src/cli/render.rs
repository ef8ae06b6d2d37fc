//! `xamine render`.

use std::io::Write;
use std::path::PathBuf;

use super::{Failure, ScanArgs, ViewArgs};
use crate::Error;
use crate::messages::say;

/// What was asked for.
pub(super) struct Request {
    pub(super) scan: ScanArgs,
    pub(super) view: ViewArgs,
    pub(super) output: PathBuf,
    pub(super) size: Option<String>,
    pub(super) legend: bool,
    pub(super) time: bool,
}

/// Runs the command.
pub(super) fn run(
    _request: &Request,
    _out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Error::request(say("cli-render", &[])).into())
}
