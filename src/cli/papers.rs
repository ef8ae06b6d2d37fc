//! `xamine completions` and `xamine man`: made from the same definitions as the help.

use std::io::Write;

use super::{Failure, definition, exit};

/// Shell completions.
pub(super) fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<u8, Failure> {
    // The generator panics when its output is gone: it writes into memory first.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut definition(), "xamine", &mut text);
    out.write_all(&text)?;
    Ok(exit::DONE)
}

/// The manual page in roff.
pub(super) fn manual(out: &mut dyn Write) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(definition()).render(&mut text)?;
    out.write_all(&text)?;
    Ok(exit::DONE)
}
