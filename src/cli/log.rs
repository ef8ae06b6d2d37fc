//! `xamine log`: shows, checks, exports, brings together. Only `checkpoint` writes into the
//! log; exports go where they are asked to.

mod bundle;
mod checkpoint;
mod export;
mod key;
mod output;
mod prove;
mod records;
mod replay;
mod sheet;
mod show;
mod stats;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Failure, LogCommand, exit};
use crate::decisions::{
    Kept, Problem, ProblemKind, Report, Scans, Verdict, Witnesses, merge, plain_json, verify,
};
use crate::messages::{arg, say};
use crate::store::{Heads, log_folder, state_folder};
use crate::text::Safe;
use crate::{Error, Result};

pub(super) use bundle::BundleArgs;
pub(super) use export::ExportArgs;
pub(super) use key::KeyCommand;
pub(super) use prove::ProveArgs;
pub(super) use replay::ReplayArgs;
pub(super) use sheet::SheetArgs;
pub(super) use stats::StatsArgs;

/// Runs the command.
pub(super) fn run(
    command: LogCommand,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    match command {
        LogCommand::Show { log, json: true } => show::json(&folder(log.as_deref())?, out),
        LogCommand::Show { log, json: false } => show::text(&folder(log.as_deref())?, out),
        LogCommand::Sheet(asked) => sheet::run(&asked, out, err),
        LogCommand::Bundle(asked) => bundle::run(&asked, out, err),
        LogCommand::Prove(asked) => prove::run(&asked, out, err),
        LogCommand::Key { command } => key::run(command, out, err),
        LogCommand::Stats(asked) => stats::run(&asked, out, err),
        LogCommand::Export(asked) => export::run(&asked, out, err),
        LogCommand::Replay(asked) => replay::run(&asked, out, err),
        LogCommand::Checkpoint {
            log,
            origin,
            analyst,
            key,
            json,
        } => {
            let signer = key
                .as_deref()
                .map(|key| key::signer(key, err))
                .transpose()?;
            let asked = checkpoint::Asked {
                origin,
                analyst,
                signer,
                json,
            };
            checkpoint::take(log.as_deref(), asked, out, err)
        }
        LogCommand::Merge {
            sources,
            destination,
        } => {
            let merged = merge(&sources, &destination)?;
            let folder = Safe::from_path(&destination);
            let counts = [
                arg("copied", &merged.copied),
                arg("continued", &merged.continued),
                arg("kept", &merged.kept),
                arg("folder", &folder),
            ];
            writeln!(out, "{}", say("log-merged", &counts))?;
            Ok(exit::DONE)
        }
        LogCommand::Verify {
            log,
            files,
            against,
            signer,
            json,
        } => {
            let signed = match (&signer, &against) {
                (Some(signer), Some(file)) => key::check(signer, Path::new(file), err)?,
                (Some(_), None) => return Err(Error::request(say("log-signer-what", &[])).into()),
                (None, _) => true,
            };
            let scans = if files { Scans::Hashed } else { Scans::Left };
            let folder = folder(log.as_deref())?;
            let against = against.as_deref().map(checkpoint::kept).transpose()?;
            let report = check(&folder, scans, against.as_ref(), err)?;
            if json {
                let text = serde_json::to_string(&report).map_err(std::io::Error::from)?;
                write!(out, "{}", plain_json(&text))?;
                writeln!(out)?;
            } else {
                tell(&folder, &report, out)?;
            }
            Ok(if report.is_sound() && signed {
                exit::DONE
            } else {
                exit::PROBLEM
            })
        }
    }
}

/// The log's folder, which must be there.
fn folder(asked: Option<&Path>) -> Result<PathBuf> {
    let folder = log_folder(asked)?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let named = Safe::from_path(&folder);
    Err(Error::NotPossible {
        why: say("log-no-folder", &[arg("folder", &named)]),
    })
}

/// Checks the log against everything that this account remembers of it.
fn check(
    folder: &Path,
    scans: Scans,
    against: Option<&Kept>,
    err: &mut dyn Write,
) -> Result<Report, Failure> {
    let remembered = match state_folder().and_then(|state| Heads::new(&state).of(folder)) {
        Ok(remembered) => remembered,
        Err(problem) => {
            // The chain can be checked without its outside witness, and the reader is told.
            writeln!(err, "xamine: {problem}")?;
            Vec::new()
        }
    };
    let witnesses = Witnesses {
        remembered: &remembered,
        scans,
        against,
    };
    Ok(verify(folder, &witnesses)?)
}

/// The report for a reader.
fn tell(folder: &Path, report: &Report, out: &mut dyn Write) -> Result<(), Failure> {
    for problem in &report.problems {
        writeln!(out, "{}", sentence(problem))?;
    }
    let folder = Safe::from_path(folder);
    writeln!(
        out,
        "{}",
        say(
            "log-verify-counts",
            &[
                arg("records", &report.records),
                arg("segments", &report.segments),
                arg("folder", &folder),
            ],
        )
    )?;
    if let Some(witness) = &report.checkpoint {
        let id = if witness.holds {
            "log-verify-checkpoint-holds"
        } else {
            "log-verify-checkpoint-broken"
        };
        let said = [
            arg("records", &witness.records),
            arg("origin", &witness.origin),
            arg("segment", &witness.segment),
        ];
        writeln!(out, "{}", say(id, &said))?;
    }
    writeln!(out, "{}", with_files(verdict(report.verdict), report))?;
    Ok(())
}

/// The verdict on the log, and what the scan files make of it when they were checked.
fn with_files(verdict: Safe, report: &Report) -> Safe {
    [
        (ProblemKind::FileChanged, "log-verify-files-changed"),
        (ProblemKind::FileMissing, "log-verify-files-missing"),
    ]
    .into_iter()
    .fold(verdict, |said, (kind, id)| {
        let of_kind = report.problems.iter().filter(|found| found.kind == kind);
        // A file that several records name is one file: its sentence names it.
        let files: BTreeSet<&Safe> = of_kind.map(|found| &found.detail).collect();
        if files.is_empty() {
            return said;
        }
        say(id, &[arg("said", &said), arg("files", &files.len())])
    })
}

/// One problem as a sentence.
fn sentence(problem: &Problem) -> Safe {
    let segment = arg("segment", &problem.segment);
    let detail = arg("detail", &problem.detail);
    match problem.line {
        Some(line) => say(
            "log-verify-problem-line",
            &[segment, arg("line", &line), detail],
        ),
        None => say("log-verify-problem", &[segment, detail]),
    }
}

/// The verdict and what it means.
fn verdict(verdict: Verdict) -> Safe {
    let word = verdict.as_str();
    let meaning = say(&format!("verdict-means-{word}"), &[]);
    let verdict = say(&format!("verdict-{word}"), &[]);
    say(
        "log-verify-verdict",
        &[arg("verdict", &verdict), arg("meaning", &meaning)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_counts_each_scan_file_once() {
        let found = |kind, detail: &str| Problem {
            segment: Safe::word("a.jsonl"),
            line: Some(3),
            kind,
            detail: Safe::from_outside(detail),
        };
        let mut report = Report {
            verdict: Verdict::Clean,
            records: 3,
            segments: 1,
            problems: Vec::new(),
            checkpoint: None,
        };
        let said = |report: &Report| with_files(verdict(report.verdict), report).to_string();
        assert!(!said(&report).contains("but"), "{}", said(&report));
        let changed = ProblemKind::FileChanged;
        report.problems = ["a", "a", "b"].map(|file| found(changed, file)).to_vec();
        let text = said(&report);
        let end = ", but 2 scan files differ from what was decided on";
        assert!(text.starts_with("clean: ") && text.ends_with(end), "{text}");
        report.problems.truncate(1);
        assert!(said(&report).contains("but 1 scan file differs from"));
    }
}
