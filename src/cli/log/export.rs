//! `xamine log export`: the decisions for spreadsheets, programs and readers.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::{Failure, exit};
use super::output::written;
use crate::messages::{arg, say};
use crate::report::{self, Cases, State};

/// What is to be exported, and how.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The form.
    #[arg(long, value_name = "FORMAT")]
    pub format: Form,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// The file; without one, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A row a decision, RFC 4180.
    Csv,
    /// A JSON object a decision and line.
    Jsonl,
}

/// Runs the command; exit code 1 when a part of the log could not be read.
pub(super) fn run(
    asked: &ExportArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let cases = report::gather(&folder)?;
    written(
        asked.output.as_deref(),
        &folder,
        out,
        &mut |out| match asked.format {
            Form::Csv => {
                out.write_all(report::csv_head().as_bytes())?;
                each(&cases, out, &mut report::csv_row)
            }
            Form::Jsonl => each(&cases, out, &mut |case, state| {
                report::json_line(case, state) + "\n"
            }),
        },
    )?;
    Ok(whole(cases.state(), err)?)
}

/// Writes each case as `told` has it.
fn each(
    cases: &Cases,
    out: &mut dyn Write,
    told: &mut dyn FnMut(&report::Case, &State) -> String,
) -> Result<(), Failure> {
    cases.each(&mut |case| {
        out.write_all(told(&case, cases.state()).as_bytes())?;
        Ok(())
    })
}

/// Says what could not be read, and the exit code that follows.
pub(super) fn whole(state: &State, err: &mut dyn Write) -> std::io::Result<u8> {
    let State {
        damaged, orphans, ..
    } = state;
    if *damaged > 0 {
        writeln!(
            err,
            "xamine: {}",
            say("log-export-damaged", &[arg("lines", damaged)])
        )?;
    }
    if *orphans > 0 {
        writeln!(
            err,
            "xamine: {}",
            say("log-export-orphans", &[arg("records", orphans)])
        )?;
    }
    Ok(if state.is_whole() {
        exit::DONE
    } else {
        exit::PROBLEM
    })
}
