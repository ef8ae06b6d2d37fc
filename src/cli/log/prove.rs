//! `xamine log prove`: proofs that need no log, and their check.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::{Failure, exit};
use super::checkpoint::kept;
use super::key;
use super::output::written;
use super::records;
use crate::decisions::{Kept, Proof, Unproved};
use crate::messages::{arg, say};
use crate::report;
use crate::text::Safe;
use crate::{Error, Result};

/// Longest proof that is read, bytes: a line of the log, its paths, and ten thousand segments.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What is to be proved, or checked.
#[derive(Debug, Clone, Args)]
pub struct ProveArgs {
    /// The record.
    #[arg(value_name = "RECORD", conflicts_with_all = ["from", "to", "check"])]
    pub record: Option<String>,
    /// The checkpoint kept elsewhere.
    #[arg(long, value_name = "FILE|GROUPS", conflicts_with_all = ["from", "to"])]
    pub against: Option<OsString>,
    /// The earlier checkpoint.
    #[arg(long, value_name = "FILE|GROUPS", requires = "to")]
    pub from: Option<OsString>,
    /// The later checkpoint.
    #[arg(long, value_name = "FILE|GROUPS", requires = "from")]
    pub to: Option<OsString>,
    /// A proof to check.
    #[arg(long, value_name = "PROOF")]
    pub check: Option<PathBuf>,
    /// The key of who must have signed the checkpoints that were kept.
    #[arg(long, value_name = "KEY")]
    pub signer: Option<String>,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// The file; without one, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(
    asked: &ProveArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let typed = [&asked.against, &asked.from, &asked.to];
    let typed = typed.into_iter().flatten();
    if let Some(signer) = &asked.signer {
        if typed.clone().next().is_none() {
            return Err(Error::request(say("log-signer-what", &[])).into());
        }
        for note in typed.clone() {
            if !key::check(signer, Path::new(note), err)? {
                return Ok(exit::PROBLEM);
            }
        }
    }
    let known: Vec<Kept> = typed.map(|typed| kept(typed)).collect::<Result<_>>()?;
    if let Some(file) = &asked.check {
        return check(file, &known, out);
    }
    let folder = super::folder(asked.log.as_deref())?;
    let proof = match (&asked.record, &known[..]) {
        (Some(word), _) => {
            let cases = report::gather(&folder)?;
            let (_, id) = records::one(&cases, word)?;
            Proof::inclusion(&folder, &id, known.first())?
        }
        (None, [from, to]) => Proof::consistency(&folder, from, to)?,
        _ => return Err(Error::request(say("log-prove-what", &[])).into()),
    };
    let proof = proof.map_err(|why| Error::NotPossible { why: told(why) })?;
    written(asked.output.as_deref(), &folder, out, &mut |out| {
        serde_json::to_writer_pretty(&mut *out, &proof).map_err(std::io::Error::from)?;
        Ok(writeln!(out)?)
    })?;
    Ok(exit::DONE)
}

/// Checks a proof and says what it shows.
fn check(file: &Path, known: &[Kept], out: &mut dyn Write) -> Result<u8, Failure> {
    let problem = |problem: std::io::Error| Error::io(file, &problem);
    let length = std::fs::metadata(file).map_err(problem)?.len();
    if length > LONGEST {
        let why = say("log-proof-limit", &[arg("bytes", &LONGEST)]);
        return Err(Error::limit(file, why).into());
    }
    let bytes = std::fs::read(file).map_err(problem)?;
    let proof: Proof = serde_json::from_slice(&bytes)
        .map_err(|problem| Error::bad_file(file, Safe::from_outside(&problem.to_string())))?;
    if let Err(why) = proof.check(known) {
        writeln!(out, "{}", told(why))?;
        return Ok(exit::PROBLEM);
    }
    let shown = match &proof {
        Proof::Inclusion(proof) => {
            writeln!(out, "{}", Safe::from_outside(&proof.record))?;
            let segment = Safe::from_outside(&proof.segment);
            let place = [arg("line", &proof.line), arg("segment", &segment)];
            say("log-proof-included", &place)
        }
        Proof::Consistency(proof) => {
            let segments = proof.paths.len();
            say("log-proof-consistent", &[arg("segments", &segments)])
        }
    };
    writeln!(out, "{shown}")?;
    if known.is_empty() {
        // The note in the proof is the prover's own.
        writeln!(out, "{}", say("log-proof-alone", &[]))?;
    }
    Ok(exit::DONE)
}

/// Why there is no proof, or why one does not hold.
fn told(why: Unproved) -> Safe {
    let id = match why {
        Unproved::NoRecord => "log-unproved-record",
        Unproved::NoCheckpoint => "log-unproved-checkpoint",
        Unproved::Changed => "log-unproved-changed",
        Unproved::Unreadable => "log-unproved-unreadable",
        Unproved::Wrong => "log-unproved-wrong",
        Unproved::Other => "log-unproved-other",
    };
    say(id, &[])
}
