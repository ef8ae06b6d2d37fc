//! `xamine log sheet`: one page for the team that opens the unit.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::{Failure, exit};
use super::export::Lang;
use super::output::written;
use super::records;
use crate::messages::in_language;
use crate::report;

/// Which case, and how.
#[derive(Debug, Clone, Args)]
pub struct SheetArgs {
    /// The decision, or a beginning of its id.
    #[arg(value_name = "RECORD")]
    pub record: String,
    /// The form.
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub format: SheetForm,
    /// The language.
    #[arg(long, value_name = "LANG", default_value = "en")]
    pub lang: Lang,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// Scanner profiles that views were made under.
    #[arg(long = "profile", value_name = "SCANNER_PROFILE")]
    pub profiles: Vec<PathBuf>,
    /// The file; without one, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The forms of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SheetForm {
    /// A page that needs nothing else.
    Html,
    /// Text.
    Text,
}

/// Runs the command; exit code 1 when a part of the log could not be read.
pub(super) fn run(
    asked: &SheetArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let cases = report::gather(&folder)?;
    let (id, _) = records::one(&cases, &asked.record)?;
    let mut easel = records::easel(&cases, &asked.profiles, err)?;
    let Some(case) = cases.find(&id)? else {
        return Ok(exit::PROBLEM);
    };
    let sheet = in_language(asked.lang.language(), || match asked.format {
        SheetForm::Html => report::sheet_html(&case, &mut easel),
        SheetForm::Text => report::sheet_text(&case, &mut easel),
    });
    written(asked.output.as_deref(), &folder, out, &mut |out| {
        Ok(out.write_all(sheet.as_bytes())?)
    })?;
    Ok(super::export::whole(cases.state(), err)?)
}
