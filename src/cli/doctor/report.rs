//! The report of `xamine doctor`: facts in, lines or JSON and advice out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::wedge::is_drawn_whole;
use crate::decisions::DisplayCheck;
use crate::graphics::{Depth, Protocol};
use crate::messages::{arg, say};
use crate::terminal::choice::{CellSource, Choice, DepthSource, cell, depth};
use crate::terminal::{Environment, Findings, Multiplexer, Passage, WindowSize};
use crate::text::Safe;

/// A line that carries more than this needs no compression, bytes in a second.
const FAST: f64 = 1_000_000.0;

/// All that was found out.
pub(super) struct Report {
    pub(super) choice: Choice,
    pub(super) findings: Findings,
    pub(super) environment: Environment,
    /// The window; `None` without a terminal.
    pub(super) size: Option<WindowSize>,
    pub(super) link: Link,
    pub(super) log: Log,
    pub(super) locale: Locale,
    pub(super) display_check: Option<DisplayCheck>,
}

/// The line to the terminal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// Median round trip.
    pub(super) rtt: Option<Duration>,
    /// Bytes in a second, as text goes.
    pub(super) rate: Option<f64>,
    /// Whether it goes by ssh.
    pub(super) ssh: bool,
}

impl Default for Link {
    fn default() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            rtt: None,
            rate: None,
            ssh: is_set("SSH_CONNECTION") || is_set("SSH_TTY"),
        }
    }
}

/// The folder of the decision log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Log {
    folder: Option<PathBuf>,
    writable: bool,
}

impl Log {
    /// Whether the folder can be written, or made where it is missing.
    pub(super) fn of(folder: Option<PathBuf>) -> Self {
        let there = folder.as_deref().and_then(first_there);
        let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        Self {
            writable: there
                .is_some_and(|there| there.is_dir() && rustix::fs::access(there, access).is_ok()),
            folder,
        }
    }
}

/// The folder itself, or the nearest above it that is there.
fn first_there(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .map(|one| {
            if one.as_os_str().is_empty() {
                Path::new(".")
            } else {
                one
            }
        })
        .find(|one| one.exists())
}

/// The locale of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locale {
    name: Safe,
    utf8: bool,
}

impl Locale {
    /// `LC_ALL`, else `LC_CTYPE`, else `LANG`, as the C library looks.
    pub(super) fn of_process() -> Self {
        let mut set = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(std::env::var_os)
            .filter(|value| !value.is_empty());
        let name = set.next().unwrap_or_else(|| "C".into());
        let plain = name.to_string_lossy().to_lowercase().replace('-', "");
        Self {
            name: Safe::from_os(&name),
            utf8: plain.contains("utf8"),
        }
    }
}

impl Report {
    /// Whether nothing keeps scans from being seen and decisions from being recorded.
    pub(super) fn is_sound(&self) -> bool {
        let blind = self.size.is_some() && self.environment.term == "dumb";
        self.locale.utf8 && self.log.writable && !blind
    }

    fn multiplexer(&self) -> Option<Multiplexer> {
        self.findings.multiplexer(&self.environment)
    }

    fn cell_source(&self) -> &'static str {
        let Some(size) = self.size else {
            return "guess";
        };
        match cell(&self.findings, size).1 {
            CellSource::Cell => "16t",
            CellSource::Area => "14t",
            CellSource::Sixel => "sixel-size",
            CellSource::Kernel => "kernel",
            // No window changes while a report is made.
            CellSource::Before | CellSource::Guess => "guess",
        }
    }

    fn depth_source(&self) -> &'static str {
        match depth(&self.findings, &self.environment).1 {
            DepthSource::Configuration => "configuration",
            DepthSource::NoColour => "no-colour",
            DepthSource::Colorterm => "COLORTERM",
            DepthSource::Name => "terminal-name",
            DepthSource::Term => "TERM",
        }
    }

    /// The JSON document; its fields are a contract.
    pub(super) fn document(&self) -> Value {
        let (choice, findings) = (&self.choice, &self.findings);
        let cell = choice.cell;
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "terminal": {
                "there": self.size.is_some(),
                "name": findings.version.as_ref().map(Safe::as_str),
                "term": Safe::from_outside(&self.environment.term).as_str(),
                "columns": self.size.map(|size| size.columns),
                "rows": self.size.map(|size| size.rows),
                "multiplexer": self.multiplexer().map(Multiplexer::as_str),
                "answers": self.answers(),
            },
            "protocol": choice.protocol.as_str(),
            "reason": choice.reason.as_str(),
            "passage": passage(choice),
            "placeholders": choice.placeholders,
            "cell": [cell.width, cell.height],
            "cell_from": self.cell_source(),
            "colours": colours(choice.depth),
            "colours_from": self.depth_source(),
            "link": {
                "rtt_ms": self.link.rtt.map(|rtt| tenths(rtt.as_secs_f64() * 1000.0)),
                "bytes_per_s": self.link.rate.map(f64::round),
                "as_far_as": self.multiplexer().map_or("terminal", Multiplexer::as_str),
                "ssh": self.link.ssh,
            },
            "locale": { "name": self.locale.name.as_str(), "utf8": self.locale.utf8 },
            "log": {
                "folder": self.log.folder.as_ref().map(|folder| folder.to_string_lossy()),
                "writable": self.log.writable,
            },
            "display_check": self.display_check,
            "advice": self.advice().iter().map(Safe::as_str).collect::<Vec<_>>(),
            "sound": self.is_sound(),
        })
    }

    /// Every answer of the probe; null was not answered.
    fn answers(&self) -> Value {
        let found = &self.findings;
        json!({
            "complete": found.complete,
            "kitty": found.kitty,
            "attributes": found.attributes,
            "secondary_attributes": found.secondary,
            "synchronized": found.synchronized,
            "keyboard": found.keyboard,
            "cell_pixels": found.cell.map(|(w, h)| [w, h]),
            "area_pixels": found.area.map(|(w, h)| [w, h]),
            "sixel_registers": found.registers,
            "sixel_pixels": found.largest.map(|(w, h)| [w, h]),
            "foreground": found.foreground,
            "background": found.background,
            "behind": found.outer.as_ref().map(Safe::as_str),
            "behind_version": found.outer_version.as_ref().map(Safe::as_str),
        })
    }

    /// The report as text.
    pub(super) fn lines(&self) -> Vec<Safe> {
        let mut lines = match self.size {
            Some(_) => self.about_terminal(),
            None => self.without_terminal(),
        };
        lines.extend(self.about_machine());
        let advice = self.advice();
        if advice.is_empty() {
            lines.push(say("doctor-nothing-to-change", &[]));
        }
        let change = |advice: Safe| say("doctor-change", &[arg("advice", &advice)]);
        lines.extend(advice.into_iter().map(change));
        lines
    }

    /// What cannot be said without a terminal.
    fn without_terminal(&self) -> Vec<Safe> {
        let term = Safe::from_outside(&self.environment.term);
        vec![
            say("doctor-terminal-none", &[arg("term", &term)]),
            say("doctor-answers-none", &[]),
            say("doctor-choice-none", &[]),
            say("doctor-cell-none", &[]),
            say("doctor-colours-none", &[]),
            say("doctor-link-none", &[]),
        ]
    }

    /// The terminal, what was chosen for it, and the line to it.
    fn about_terminal(&self) -> Vec<Safe> {
        let choice = &self.choice;
        let unknown = || say("doctor-unknown", &[]);
        let terminal = match &self.findings.version {
            Some(version) => version.clone(),
            None if self.findings.complete => say("doctor-unnamed", &[]),
            None => say("doctor-silent", &[]),
        };
        let term = Safe::from_outside(&self.environment.term);
        let multiplexer = self.multiplexer().map(|one| Safe::word(one.as_str()));
        let end = match &multiplexer {
            Some(name) => say("doctor-as-far-as", &[arg("name", name)]),
            None => Safe::default(),
        };
        let cell = Safe::from_outside(&format!("{}x{}", choice.cell.width, choice.cell.height));
        let rtt = self
            .link
            .rtt
            .map_or_else(unknown, |rtt| Safe::number(rtt.as_secs_f64() * 1000.0, 1));
        let rate = self
            .link
            .rate
            .map_or_else(unknown, |rate| Safe::number(rate / 1000.0, 1));
        let way = if self.link.ssh {
            "doctor-by-ssh"
        } else {
            "doctor-not-ssh"
        };
        vec![
            say(
                "doctor-terminal",
                &[arg("name", &terminal), arg("term", &term)],
            ),
            say("doctor-answers", &[arg("answers", &self.answered())]),
            say(
                "doctor-choice",
                &[
                    arg("protocol", &Safe::word(choice.protocol.as_str())),
                    arg("reason", &choice.reason),
                ],
            ),
            say(
                "doctor-cell",
                &[
                    arg("cell", &cell),
                    arg("from", &Safe::word(self.cell_source())),
                ],
            ),
            say(
                "doctor-colours",
                &[
                    arg("colours", &Safe::word(colours(choice.depth))),
                    arg("from", &Safe::word(self.depth_source())),
                ],
            ),
            say(
                "doctor-multiplexer",
                &[arg(
                    "name",
                    &multiplexer.unwrap_or_else(|| say("doctor-none", &[])),
                )],
            ),
            say(
                "doctor-link",
                &[
                    arg("rtt", &rtt),
                    arg("rate", &rate),
                    arg("way", &say(way, &[])),
                    arg("end", &end),
                ],
            ),
        ]
    }

    /// The locale, the log and the last check of the display.
    fn about_machine(&self) -> Vec<Safe> {
        let folder = self
            .log
            .folder
            .as_deref()
            .map_or_else(|| say("doctor-unknown", &[]), Safe::from_path);
        let writable = if self.log.writable {
            "doctor-log"
        } else {
            "doctor-log-not"
        };
        let locale = if self.locale.utf8 {
            "doctor-locale"
        } else {
            "doctor-locale-not"
        };
        vec![
            say(locale, &[arg("name", &self.locale.name)]),
            say(writable, &[arg("folder", &folder)]),
            self.checked(),
        ]
    }

    /// The answers in one line, as they were asked for.
    fn answered(&self) -> Safe {
        let found = &self.findings;
        let list = |name: &str, numbers: &[u32]| {
            let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
            Safe::from_outside(&format!("{name} {}", numbers.join(";")))
        };
        let pair = |name: &str, (w, h): (u32, u32)| list(name, &[w, h]);
        let parts: Vec<Safe> = [
            found
                .kitty
                .map(|known| Safe::word(if known { "kitty yes" } else { "kitty no" })),
            found.cell.map(|cell| pair("16t", cell)),
            found.area.map(|area| pair("14t", area)),
            found
                .registers
                .map(|registers| list("registers", &[registers])),
            found.largest.map(|largest| pair("sixel", largest)),
            found.synchronized.then(|| Safe::word("?2026")),
            found.keyboard.then(|| Safe::word("keyboard")),
            found
                .attributes
                .as_deref()
                .map(|numbers| list("DA1", numbers)),
            found
                .secondary
                .as_deref()
                .map(|numbers| list("DA2", numbers)),
            found
                .outer
                .as_ref()
                .map(|name| Safe::join(&[Safe::word("TN"), name.clone()], " ")),
            found.complete.then(|| Safe::word("DSR")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            return say("doctor-none", &[]);
        }
        Safe::join(&parts, ", ")
    }

    fn checked(&self) -> Safe {
        match &self.display_check {
            None => say("doctor-not-checked", &[]),
            Some(check) => say(
                "doctor-checked",
                &[
                    arg("date", &Safe::from_outside(&check.date)),
                    arg("told", &check.steps_told_apart),
                    arg("steps", &check.steps),
                    arg("protocol", &Safe::from_outside(&check.protocol)),
                ],
            ),
        }
    }

    /// What to change, the most important first.
    pub(super) fn advice(&self) -> Vec<Safe> {
        let choice = &self.choice;
        let slow = self.link.rate.is_none_or(|rate| rate < FAST);
        let compressible = matches!(choice.protocol, Protocol::Sixel | Protocol::HalfBlock);
        let asked = self.size.is_some();
        let xterm = self.findings.is("XTerm(") && choice.protocol == Protocol::HalfBlock;
        let cells_in =
            |one| self.multiplexer() == Some(one) && choice.protocol == Protocol::HalfBlock;
        let folder = self
            .log
            .folder
            .as_deref()
            .map(Safe::from_path)
            .unwrap_or_default();
        [
            (!self.log.writable, "doctor-advice-log"),
            (!self.locale.utf8, "doctor-advice-locale"),
            (
                asked && self.environment.term == "dumb",
                "doctor-advice-term",
            ),
            (!asked, "doctor-advice-no-terminal"),
            (
                choice.depth == Depth::Monochrome && !choice.protocol.is_pixels(),
                "doctor-advice-no-color",
            ),
            (cells_in(Multiplexer::Tmux), "doctor-advice-tmux"),
            (cells_in(Multiplexer::Screen), "doctor-advice-screen"),
            (cells_in(Multiplexer::Mosh), "doctor-advice-mosh"),
            (xterm, "doctor-advice-xterm"),
            (
                asked
                    && choice.depth == Depth::Colours256
                    && choice.protocol == Protocol::HalfBlock,
                "doctor-advice-colours",
            ),
            (self.link.ssh && slow && compressible, "doctor-advice-ssh"),
            (asked && self.cell_source() == "guess", "doctor-advice-cell"),
            (
                is_drawn_whole(choice)
                    && self
                        .display_check
                        .as_ref()
                        .is_some_and(|check| check.steps_told_apart < check.steps),
                "doctor-advice-display",
            ),
        ]
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, id)| say(id, &[arg("folder", &folder)]))
        .collect()
    }
}

fn passage(choice: &Choice) -> &'static str {
    match choice.passage {
        Passage::Direct => "direct",
        Passage::Tmux => "tmux",
    }
}

fn colours(depth: Depth) -> &'static str {
    match depth {
        Depth::True => "16777216",
        Depth::Colours256 => "256",
        Depth::Colours16 => "16",
        Depth::Monochrome => "none",
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
