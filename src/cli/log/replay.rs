//! `xamine log replay`: what was seen before a decision, step by step, drawn again from the scan.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::super::render::files::write_whole;
use super::super::show::Sheet;
use super::super::{Failure, exit};
use super::{output, records};
use crate::decisions::{ScanBlock, ViewSeen, plain_json};
use crate::messages::{arg, say};
use crate::report::{self, Cases, Easel, LookWords, Redrawn, look_words};
use crate::text::Safe;
use crate::{Error, Result};

/// Lines of text that a step takes beside its picture.
const LINES: u16 = 6;

/// What is to be replayed, and how.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// The decision, or a second reading.
    #[arg(value_name = "RECORD")]
    pub record: String,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// Only this step.
    #[arg(long, value_name = "N")]
    pub step: Option<usize>,
    /// Scanner profiles that views were made under.
    #[arg(long = "profile", value_name = "SCANNER_PROFILE")]
    pub profiles: Vec<PathBuf>,
    /// Folder for a picture a step.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// One JSON document.
    #[arg(long)]
    pub json: bool,
}

/// A record that was looked at before.
struct Reading {
    id: String,
    at: String,
    analyst: String,
    members: Map<String, Value>,
}

/// One step: the look as recorded, and what became of it now.
struct Step {
    number: usize,
    raw: Value,
    seen: Option<ViewSeen>,
    file: Option<PathBuf>,
    problem: Option<Safe>,
}

/// Runs the command; exit code 1 when a step could not be drawn.
pub(super) fn run(
    asked: &ReplayArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let cases = report::gather(&folder)?;
    let reading = reading(&cases, &asked.record)?;
    let mut steps = steps(&reading.members);
    let all = steps.len();
    if let Some(wanted) = asked.step {
        steps.retain(|step| step.number == wanted);
        if steps.is_empty() {
            let known = [arg("step", &wanted), arg("all", &all)];
            return Err(Error::request(say("log-replay-no-step", &known)).into());
        }
    }
    let block = reading.members.get("scan");
    let block: Option<ScanBlock> = block.and_then(|b| serde_json::from_value(b.clone()).ok());
    let mut player = Player {
        easel: records::easel(&cases, &asked.profiles, err)?,
        block,
        pictures: asked.output.as_deref(),
        sheet: None,
    };
    if let Some(pictures) = player.pictures {
        output::refuse_in(&pictures.join("step-01.png"), &folder)?;
        std::fs::create_dir_all(pictures).map_err(|error| Error::io(pictures, &error))?;
    }
    // Standard output may be anything in a test; only a real one is drawn on.
    let drawn = player.pictures.is_none() && !asked.json && std::io::stdout().is_terminal();
    if drawn {
        player.sheet = Some(Sheet::of_terminal(LINES)?).filter(Sheet::draws);
    }
    if !asked.json {
        head(&reading, all, player.block.as_ref(), out)?;
    }
    let last = steps.len();
    for (at, step) in steps.iter_mut().enumerate() {
        let picture = player.draw(step);
        if asked.json {
            player.keep(step, picture)?;
            continue;
        }
        tell(step, all, out)?;
        let shown = player.sheet.as_ref().zip(picture.as_ref().ok());
        if let Some((sheet, picture)) = shown {
            sheet.print(&picture.frame, out)?;
        }
        player.keep(step, picture)?;
        if let Some(file) = &step.file {
            writeln!(out, "  {}", Safe::from_path(file))?;
        }
        if let Some(problem) = &step.problem {
            writeln!(out, "  {} {problem}", say("report-no-picture", &[]))?;
        }
        if drawn && at + 1 < last && !go_on(out)? {
            break;
        }
    }
    if asked.json {
        let document = document(&reading, &steps);
        write!(out, "{}", plain_json(&document.to_string()))?;
        writeln!(out)?;
    }
    let mut problems: Vec<&Safe> = steps.iter().filter_map(|s| s.problem.as_ref()).collect();
    problems.dedup();
    for problem in &problems {
        let said = say("log-replay-not-drawn", &[arg("why", *problem)]);
        writeln!(err, "xamine: {said}")?;
    }
    Ok(if problems.is_empty() {
        exit::DONE
    } else {
        exit::PROBLEM
    })
}

/// The decision or the second reading that `word` names.
fn reading(cases: &Cases, word: &str) -> Result<Reading> {
    let (decision, record) = records::one(cases, word)?;
    let case = cases.find(&decision)?.ok_or_else(|| {
        let record = Safe::from_outside(word);
        Error::request(say("log-record-none", &[arg("record", &record)]))
    })?;
    let second = case.seconds.iter().find(|second| second.id == record);
    Ok(match second {
        Some(second) => Reading {
            id: second.id.clone(),
            at: second.at.clone(),
            analyst: second.analyst.clone(),
            members: second.members.clone(),
        },
        None => Reading {
            id: case.id,
            at: case.at,
            analyst: case.analyst,
            members: case.members,
        },
    })
}

/// The looks of a record, in order.
fn steps(members: &Map<String, Value>) -> Vec<Step> {
    let views = members.get("views").and_then(Value::as_array);
    let views = views.map_or(&[][..], Vec::as_slice);
    views
        .iter()
        .zip(1..)
        .map(|(raw, number)| Step {
            number,
            raw: raw.clone(),
            seen: serde_json::from_value(raw.clone()).ok(),
            file: None,
            problem: None,
        })
        .collect()
}

/// What pictures are drawn with and where they go.
struct Player<'a> {
    easel: Easel,
    block: Option<ScanBlock>,
    pictures: Option<&'a Path>,
    sheet: Option<Sheet>,
}

impl Player<'_> {
    /// The picture of a step: in its own pixels for a file, as the terminal has room for it else.
    fn draw(&mut self, step: &Step) -> Result<Redrawn, Safe> {
        let seen = step.seen.as_ref();
        let seen = seen.ok_or_else(|| say("log-replay-unknown", &[]))?;
        let block = self.block.as_ref();
        let block = block.ok_or_else(|| say("report-picture-no-file", &[]))?;
        match &self.sheet {
            Some(sheet) => self
                .easel
                .view_in(block, &seen.view, &|view, shape| sheet.fitted(view, shape)),
            None => self.easel.view(block, &seen.view, None, &[]),
        }
    }

    /// Writes the picture where one was asked for; says on the step what became of it.
    fn keep(&self, step: &mut Step, picture: Result<Redrawn, Safe>) -> Result<(), Failure> {
        let picture = match picture {
            Ok(picture) => picture,
            Err(why) => {
                step.problem = Some(why);
                return Ok(());
            }
        };
        if let Some(folder) = self.pictures {
            let path = folder.join(format!("step-{:02}.png", step.number));
            let bytes = report::png(picture.frame)
                .map_err(|problem| Error::io(&path, &std::io::Error::other(problem.to_string())))?;
            write_whole(&path, &bytes)?;
            step.file = Some(path);
        }
        Ok(())
    }
}

/// What is told above the steps.
fn head(
    reading: &Reading,
    steps: usize,
    block: Option<&ScanBlock>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let decision = reading.members.get("decision").and_then(Value::as_str);
    let [id, decision, analyst, at] = [
        &reading.id,
        decision.unwrap_or_default(),
        &reading.analyst,
        &reading.at,
    ]
    .map(Safe::from_outside);
    let said = [
        arg("id", &id),
        arg("decision", &decision),
        arg("analyst", &analyst),
        arg("at", &at),
        arg("steps", &steps),
    ];
    writeln!(out, "{}", say("log-replay-head", &said))?;
    for file in block.iter().flat_map(|block| &block.files) {
        let [file, sha256] = [&file.path, &file.sha256].map(|text| Safe::from_outside(text));
        let file = [arg("file", &file), arg("sha256", &sha256)];
        writeln!(out, "{}", say("log-replay-file", &file))?;
    }
    Ok(())
}

/// A step in words.
fn tell(step: &Step, all: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let number = [arg("step", &step.number), arg("all", &all)];
    let number = say("log-replay-step", &number);
    let Some(seen) = &step.seen else {
        return writeln!(out, "{number}");
    };
    let LookWords {
        stood,
        what,
        how,
        shown,
    } = look_words(seen);
    writeln!(out, "{number}  {stood}  {shown}")?;
    writeln!(out, "  {what}")?;
    writeln!(out, "  {how}")
}

/// Waits for Enter; whether to go on. Without anybody at the keys the steps follow one another.
fn go_on(out: &mut dyn Write) -> std::io::Result<bool> {
    let keys = std::io::stdin();
    if !keys.is_terminal() {
        return Ok(true);
    }
    write!(out, "{} ", say("log-replay-go-on", &[]))?;
    out.flush()?;
    let mut line = String::new();
    let read = keys.read_line(&mut line)?;
    Ok(read > 0 && !line.trim().eq_ignore_ascii_case("q"))
}

/// Everything as one document.
fn document(reading: &Reading, steps: &[Step]) -> Value {
    let member = |name: &str| reading.members.get(name).cloned().unwrap_or(Value::Null);
    let steps: Vec<Value> = steps
        .iter()
        .map(|step| {
            json!({
                "step": step.number,
                "seen": step.raw,
                "file": step.file.as_deref().map(Path::to_string_lossy),
                "problem": step.problem.as_ref().map(Safe::as_str),
            })
        })
        .collect();
    json!({
        "record": reading.id,
        "at": reading.at,
        "analyst": reading.analyst,
        "decision": member("decision"),
        "scan_id": member("scan_id"),
        "scan": member("scan"),
        "steps": steps,
    })
}
