//! `xamine log stats`: how much, how fast, what came of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::super::{Failure, exit};
use crate::decisions::{conclusion_label, plain_json, reason_label, result_label};
use crate::messages::{arg, has, say};
use crate::report::{self, Chosen, Feedback, Share, Stats};
use crate::text::Safe;
use crate::{Error, Result};

/// Which decisions are to be counted.
#[derive(Debug, Clone, Args)]
pub struct StatsArgs {
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// Only the decisions of this analyst.
    #[arg(long, value_name = "ID")]
    pub analyst: Option<String>,
    /// From this day on.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    /// Up to this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<String>,
    /// One JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command; exit code 1 when a part of the log could not be read.
pub(super) fn run(
    asked: &StatsArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let chosen = Chosen {
        analyst: asked.analyst.clone(),
        since: asked.since.as_deref().map(day).transpose()?,
        until: asked.until.as_deref().map(day).transpose()?,
    };
    let stats = report::stats(&folder, &chosen)?;
    if asked.json {
        let text = serde_json::to_string(&stats).map_err(std::io::Error::from)?;
        writeln!(out, "{}", plain_json(&text))?;
    } else {
        tell(&stats, out)?;
    }
    if stats.damaged > 0 {
        let lines = [arg("lines", &stats.damaged)];
        writeln!(err, "xamine: {}", say("log-export-damaged", &lines))?;
        return Ok(exit::PROBLEM);
    }
    Ok(exit::DONE)
}

/// A day that was typed, as records write it.
fn day(word: &str) -> Result<String> {
    let parsed = word.parse::<jiff::civil::Date>();
    parsed.map(|date| date.to_string()).map_err(|_| {
        let word = Safe::from_outside(word);
        Error::request(say("log-stats-bad-day", &[arg("word", &word)]))
    })
}

/// The numbers for a reader.
fn tell(stats: &Stats, out: &mut dyn Write) -> Result<(), Failure> {
    let hours = Safe::number(stats.hours, 1);
    let per_hour = stats
        .per_hour
        .map_or(Safe::word("–"), |n| Safe::number(n, 1));
    let said = [
        arg("decisions", &stats.decisions),
        arg("sittings", &stats.sittings),
        arg("hours", &hours),
        arg("rate", &per_hour),
    ];
    writeln!(out, "{}", say("log-stats-head", &said))?;
    for (word, counted) in &stats.by_decision {
        let label = conclusion_label(word);
        let seconds = counted.seconds.map_or_else(Safe::default, |ends| {
            let [low, middle, high] = ends.map(|end| Safe::number(end, 1));
            let ends = [arg("low", &low), arg("median", &middle), arg("high", &high)];
            say("log-stats-seconds", &ends)
        });
        let said = [
            arg("label", &label),
            arg("count", &counted.count),
            arg("seconds", &seconds),
        ];
        writeln!(out, "  {}", say("log-stats-decision", &said))?;
    }
    let kind = |word: &str| labelled("list-kind-", word);
    section("log-stats-kinds", &stats.by_kind, &kind, out)?;
    section("log-stats-reasons", &stats.by_reason, &reason_label, out)?;
    let standing = |word: &str| labelled("report-standing-", word);
    section("log-stats-standing", &stats.by_standing, &standing, out)?;
    let said = [
        arg("amended", &stats.amended),
        arg("taken", &stats.taken_back),
        arg("lossy", &stats.lossy),
        arg("cells", &stats.cells_only),
    ];
    writeln!(out, "{}", say("log-stats-how", &said))?;
    outcomes(stats, out)
}

/// A word by its label, where it has one.
fn labelled(head: &str, word: &str) -> Safe {
    let id = format!("{head}{word}");
    if has(&id) {
        say(&id, &[])
    } else {
        Safe::from_outside(word)
    }
}

/// Counts under a heading, the most first; nothing where there are none.
fn section(
    id: &str,
    counts: &BTreeMap<String, u64>,
    label: &dyn Fn(&str) -> Safe,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", say(id, &[]))?;
    let mut counts: Vec<(&String, &u64)> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (word, count) in counts {
        let said = [arg("label", &label(word)), arg("count", count)]
            .map(|(name, value)| (name, value.into_owned()));
        writeln!(out, "  {}", say("log-stats-count", &said))?;
    }
    Ok(())
}

/// What inspections found, and what can be said from it.
fn outcomes(stats: &Stats, out: &mut dyn Write) -> Result<(), Failure> {
    let Share { of, all, interval } = stats.predictive_value;
    if let Some(ends) = interval {
        let percent = |share: f64| Safe::number(share * 100.0, 0);
        let value = percent(of as f64 / all as f64);
        let [low, high] = ends.map(percent);
        let said = [
            arg("of", &of),
            arg("all", &all),
            arg("percent", &value),
            arg("low", &low),
            arg("high", &high),
        ];
        writeln!(out, "{}", say("log-stats-predictive", &said))?;
    }
    let [inspected, found] = stats.inspected_clear;
    if inspected > 0 {
        let said = [arg("inspected", &inspected), arg("found", &found)];
        writeln!(out, "{}", say("log-stats-clear", &said))?;
    }
    if stats.feedback.is_empty() {
        return Ok(writeln!(out, "{}", say("log-stats-no-outcome", &[]))?);
    }
    writeln!(out, "{}", say("log-stats-no-rates", &[]))?;
    writeln!(out, "{}", say("log-stats-feedback", &[]))?;
    for one in &stats.feedback {
        writeln!(out, "  {}", feedback(one))?;
    }
    Ok(())
}

/// What became of one decision.
fn feedback(one: &Feedback) -> Safe {
    let decided = conclusion_label(&one.decision);
    let result = result_label(&one.result);
    let found: Vec<Safe> = one
        .found
        .iter()
        .map(|item| Safe::from_outside(item))
        .collect();
    let found = Safe::join(&found, ", ");
    let day = Safe::from_outside(one.at.get(..10).unwrap_or_default());
    let said = [
        arg("at", &day),
        arg("who", &Safe::from_outside(&one.analyst)),
        arg("scan", &Safe::from_outside(&one.scan)),
        arg("decided", &decided),
        arg("result", &result),
        arg("found", &found),
    ]
    .map(|(name, value)| (name, value.into_owned()));
    let id = if one.found.is_empty() {
        "log-stats-became"
    } else {
        "log-stats-became-with"
    };
    say(id, &said)
}
