//! Records by their ids, and what their pictures are drawn with.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use super::super::{Failure, opening, profile};
use crate::messages::{arg, say};
use crate::report::{Cases, Easel};
use crate::text::Safe;
use crate::view::Calibration;
use crate::{Error, Result};

/// Ids that are named where a beginning is not enough.
const NAMED: usize = 4;

/// The decisions that `words` name, each by its own id, that of an answer, or a beginning of one;
/// `None` without words.
pub(super) fn chosen(cases: &Cases, words: &[String]) -> Result<Option<BTreeSet<String>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let found = words.iter().map(|word| Ok(one(cases, word)?.0));
    found.collect::<Result<_>>().map(Some)
}

/// The decision and the record itself that `word` names.
///
/// # Errors
/// [`Error::Request`] when there is none, or more than one.
pub(super) fn one(cases: &Cases, word: &str) -> Result<(String, String)> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let asked = word.to_ascii_lowercase();
    cases.each::<Error>(&mut |case| {
        for id in case.ids().filter(|id| id.starts_with(&asked)) {
            found.insert(id.to_owned(), case.id.clone());
        }
        Ok(())
    })?;
    let shown = Safe::from_outside(word);
    if found.len() > 1 {
        let ids: Vec<Safe> = found.keys().map(|id| Safe::from_outside(id)).collect();
        let some = Safe::join(&ids[..ids.len().min(NAMED)], ", ");
        let count = ids.len();
        let arguments = [
            arg("record", &shown),
            arg("ids", &some),
            arg("count", &count),
        ];
        return Err(Error::request(say("log-record-many", &arguments)));
    }
    match found.pop_first().filter(|_| !word.is_empty()) {
        Some((record, case)) => Ok((case, record)),
        None => Err(Error::request(say(
            "log-record-none",
            &[arg("record", &shown)],
        ))),
    }
}

/// What pictures are drawn with: the limits of the configuration, the profiles that were named, and
/// the scans of the log.
pub(super) fn easel(
    cases: &Cases,
    profiles: &[PathBuf],
    err: &mut dyn Write,
) -> Result<Easel, Failure> {
    let limits = opening::limits(err)?;
    let read = |path: &PathBuf| Ok(Calibration::of(&profile::scanner(path)?));
    let read: Result<Vec<Option<Calibration>>> = profiles.iter().map(read).collect();
    let profiles = read?.into_iter().flatten().collect();
    Ok(Easel::new(limits, profiles, cases.compared_with()?))
}
