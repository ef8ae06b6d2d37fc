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

/// The manual in roff: the page of the program and then one of each command.
pub(super) fn manual(out: &mut dyn Write) -> Result<u8, Failure> {
    let mut program = definition();
    // Built, so that every command knows its whole name and its own help option.
    program.build();
    let mut text = Vec::new();
    pages(&program, "xamine", &mut text)?;
    out.write_all(&text)?;
    Ok(exit::DONE)
}

/// The page of a command and of everything below it.
fn pages(command: &clap::Command, name: &str, text: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone())
        .title(name.to_uppercase())
        .source(concat!("xamine ", env!("CARGO_PKG_VERSION")))
        .manual("xamine")
        .render(text)?;
    for below in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        pages(below, &format!("{name}-{}", below.get_name()), text)?;
    }
    Ok(())
}
