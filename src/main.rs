//! The thin binary: hands the arguments to the library and gives its exit code.

use std::io::{stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let code = xamine::cli::run(std::env::args_os(), &mut stdout(), &mut stderr());
    ExitCode::from(code)
}
