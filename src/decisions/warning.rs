//! What the officer is told about a folder when a segment begins in it.

use super::survey::Survey;
use crate::messages::{arg, say};
use crate::text::Safe;

/// One warning for each tail and each segment that could not be read.
pub(super) fn of_survey(found: &Survey) -> Vec<Safe> {
    let tails = found.tails.iter().map(|tail| {
        let segment = Safe::from_outside(&tail.segment);
        say(
            "log-tail-found",
            &[arg("segment", &segment), arg("bytes", &tail.bytes)],
        )
    });
    let unreadable = found.unreadable.iter().map(|name| {
        let segment = Safe::from_outside(name);
        say("log-segment-unreadable", &[arg("segment", &segment)])
    });
    tails.chain(unreadable).collect()
}
