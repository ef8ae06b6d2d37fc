//! `xamine log export`: the decisions for spreadsheets, programs and readers.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::super::{Failure, exit};
use super::output::written;
use super::records;
use crate::Error;
use crate::decisions::Scans;
use crate::messages::{Language, arg, in_language, say};
use crate::report::{self, Case, Cases, Front, State};
use crate::text::Safe;

/// What is to be exported, and how.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The form.
    #[arg(long, value_name = "FORMAT")]
    pub format: Form,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// The language of a page.
    #[arg(long, value_name = "LANG", default_value = "en")]
    pub lang: Lang,
    /// Only these records.
    #[arg(long = "record", value_name = "RECORD")]
    pub records: Vec<String>,
    /// Scanner profiles that views were made under.
    #[arg(long = "profile", value_name = "SCANNER_PROFILE")]
    pub profiles: Vec<PathBuf>,
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
    /// A page with pictures, which needs nothing else.
    Html,
    /// A file a decision, an operator's report of DICOS.
    Dicos,
    /// Columns with types, for the engines of an archive.
    Parquet,
}

/// The languages of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
}

impl Lang {
    /// The catalogue's own name for it.
    pub(super) fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Fr => Language::French,
        }
    }
}

/// Runs the command; exit code 1 when a part of the log could not be read.
pub(super) fn run(
    asked: &ExportArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let cases = report::gather(&folder)?;
    let only = records::chosen(&cases, &asked.records)?;
    if asked.format == Form::Html {
        return page(asked, &folder, (&cases, only.as_ref()), out, err);
    }
    if asked.format == Form::Dicos {
        reports(asked, &folder, (&cases, only.as_ref()), out)?;
        return Ok(whole(cases.state(), err)?);
    }
    written(
        asked.output.as_deref(),
        &folder,
        out,
        &mut |out| match asked.format {
            Form::Csv => {
                out.write_all(report::csv_head().as_bytes())?;
                each(&cases, only.as_ref(), out, &mut report::csv_row)
            }
            Form::Parquet => parquet(&cases, only.as_ref(), out),
            _ => each(&cases, only.as_ref(), out, &mut |case, state| {
                report::json_line(case, state) + "\n"
            }),
        },
    )?;
    Ok(whole(cases.state(), err)?)
}

/// Writes each case as `told` has it.
fn each(
    cases: &Cases,
    only: Option<&BTreeSet<String>>,
    out: &mut dyn Write,
    told: &mut dyn FnMut(&report::Case, &State) -> String,
) -> Result<(), Failure> {
    cases.each(&mut |case| {
        if only.is_some_and(|only| !only.contains(&case.id)) {
            return Ok(());
        }
        out.write_all(told(&case, cases.state()).as_bytes())?;
        Ok(())
    })
}

/// Writes a DICOS file for each case into the folder that was named; files of before stay.
fn reports(
    asked: &ExportArgs,
    folder: &Path,
    (cases, only): (&Cases, Option<&BTreeSet<String>>),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let Some(target) = &asked.output else {
        return Err(Error::request(say("log-export-needs-folder", &[])).into());
    };
    std::fs::create_dir_all(target).map_err(|error| Error::io(target, &error))?;
    let mut count = 0_u64;
    cases.each::<Failure>(&mut |case| {
        if only.is_some_and(|only| !only.contains(&case.id)) {
            return Ok(());
        }
        let bytes = report::tdr(&case).map_err(|why| Error::NotPossible { why })?;
        // Ids of records are hex, whatever else a log may say.
        let plain = case.id.chars().filter(char::is_ascii_alphanumeric);
        let name = format!("{}.dcs", plain.take(64).collect::<String>());
        let path = target.join(name);
        written(Some(&path), folder, out, &mut |out| {
            Ok(out.write_all(&bytes)?)
        })?;
        count += 1;
        Ok(())
    })?;
    let target = Safe::from_path(target);
    let told = [arg("count", &count), arg("folder", &target)];
    writeln!(out, "{}", say("log-export-files", &told))?;
    Ok(())
}

/// Writes a Parquet file.
#[cfg(feature = "parquet")]
fn parquet(
    cases: &Cases,
    only: Option<&BTreeSet<String>>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let told = |error: parquet::errors::ParquetError| Error::NotPossible {
        why: Safe::from_outside(&error.to_string()),
    };
    // The footer says where everything is, so the whole is made first.
    let mut bytes = Vec::new();
    let mut table = report::Table::new(&mut bytes).map_err(told)?;
    cases.each::<Failure>(&mut |case| {
        if only.is_none_or(|only| only.contains(&case.id)) {
            table.add(&case, cases.state()).map_err(told)?;
        }
        Ok(())
    })?;
    table.end().map_err(told)?;
    Ok(out.write_all(&bytes)?)
}

/// Says how to get what this build has not.
#[cfg(not(feature = "parquet"))]
fn parquet(_: &Cases, _: Option<&BTreeSet<String>>, _: &mut dyn Write) -> Result<(), Failure> {
    let why = say("log-export-no-parquet", &[]);
    Err(Error::NotPossible { why }.into())
}

/// Writes the page: the list of cases first, then one after the other.
fn page(
    asked: &ExportArgs,
    folder: &Path,
    (cases, only): (&Cases, Option<&BTreeSet<String>>),
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let language = asked.lang.language();
    let mut easel = records::easel(cases, &asked.profiles, err)?;
    let in_it = |case: &Case| only.is_none_or(|only| only.contains(&case.id));
    let verified = in_language(language, || super::check(folder, Scans::Left, None, err))?;
    let mut list = Vec::new();
    cases.each::<Failure>(&mut |case| {
        if in_it(&case) {
            list.push(report::listed(&case));
        }
        Ok(())
    })?;
    let now = jiff::Zoned::now()
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string();
    let front = Front {
        folder,
        state: cases.state(),
        verified: &verified,
        now: &now,
        cases: &list,
    };
    written(asked.output.as_deref(), folder, out, &mut |out| {
        in_language(language, || {
            out.write_all(report::page_head(&front).as_bytes())?;
            cases.each::<Failure>(&mut |case| {
                if in_it(&case) {
                    out.write_all(report::page_case(&case, &mut easel).as_bytes())?;
                }
                Ok(())
            })?;
            Ok(out.write_all(report::page_foot().as_bytes())?)
        })
    })?;
    let code = whole(cases.state(), err)?;
    Ok(if verified.is_sound() {
        code
    } else {
        exit::PROBLEM
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
