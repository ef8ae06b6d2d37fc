//! `xamine list`: the scans of a folder tree, one row each.
//!
//! What cannot be read is a row with its reason. JSON is one array with the fields of the contract.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::Failure;
use super::exit;
use crate::app::Draft;
use crate::cancel::Cancel;
use crate::config::{self, Overrides, Places};
use crate::decisions::{self, Decided, SecondRule, Standing, conclusion_label};
use crate::messages::{arg, say};
use crate::radiograph::Kind;
use crate::scan::{FindOptions, Found, Other, Scan, Tally, find};
use crate::store::{self, Drafts};
use crate::text::Safe;

/// Time between two words of progress.
const PROGRESS: Duration = Duration::from_secs(1);

/// Cells of the path column; longer paths run over.
const PATH_CELLS: usize = 60;

/// Runs the command.
pub(super) fn run(
    path: &Path,
    all: bool,
    json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut rows = Vec::new();
    let mut progress = Progress::new();
    let tally = find(
        path,
        &FindOptions::default(),
        &Cancel::never(),
        &mut |row| {
            if all || matches!(row, Found::Scan(_)) {
                rows.push(row);
            }
            progress.tell(rows.len(), err);
        },
    )?;
    progress.clear(err);
    let known = Known::read(err);
    if json {
        let rows: Vec<Value> = rows.iter().map(|row| json_of(row, &known)).collect();
        serde_json::to_writer_pretty(&mut *out, &rows).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        table(&rows, &known, out)?;
        writeln!(out, "{}", summary(&tally))?;
    }
    out.flush()?;
    Ok(exit::DONE)
}

/// A word of progress on a terminal, at most once a second.
struct Progress {
    next: Instant,
    shown: bool,
}

impl Progress {
    fn new() -> Self {
        Self {
            next: Instant::now() + PROGRESS,
            shown: false,
        }
    }

    fn tell(&mut self, rows: usize, err: &mut dyn Write) {
        if Instant::now() < self.next || !std::io::stderr().is_terminal() {
            return;
        }
        self.next = Instant::now() + PROGRESS;
        self.shown = true;
        let words = say("list-progress", &[arg("rows", &rows)]);
        // Progress that cannot be told is not a problem of the work.
        let _ = write!(err, "\r{words}\x1b[K");
        let _ = err.flush();
    }

    fn clear(&self, err: &mut dyn Write) {
        if self.shown {
            let _ = write!(err, "\r\x1b[K");
        }
    }
}

/// What the log and the drafts of this account know of scans.
struct Known {
    decided: Decided,
    rule: SecondRule,
    drafts: Vec<Draft>,
}

impl Known {
    /// Reads the default log and the drafts; what cannot be read is said and hides no scan.
    fn read(err: &mut dyn Write) -> Self {
        let config = config::load(&Places::of_this_machine(), &Overrides::default());
        let rule = config
            .as_ref()
            .map(|loaded| loaded.config.second_reading)
            .unwrap_or_default();
        let folder =
            config.and_then(|loaded| store::log_folder(loaded.config.log.folder.as_deref()));
        let decided = folder.and_then(|folder| decisions::history(&folder));
        let decided = decided.unwrap_or_else(|error| {
            // Without standard error there is nobody to tell.
            let _ = writeln!(err, "xamine: {error}");
            Decided::default()
        });
        let drafts = store::state_folder().map(|state| Drafts::new(&state).all().0);
        Self {
            decided,
            rule,
            drafts: drafts.unwrap_or_default(),
        }
    }

    /// The state of a scan and the word of its decision.
    fn state<'a>(&'a self, scan: &Scan) -> (&'static str, Option<&'a str>) {
        match self.decided.of_scan(scan) {
            Some(entry) => match entry.standing(self.rule) {
                Standing::Settled => ("decided", Some(entry.effective())),
                // Who is to read it does not learn from a list what was read before.
                Standing::SecondAsked => ("second-reading", None),
                Standing::Disagreed => ("arbitration", None),
            },
            None if scan.error.is_some() => ("problem", None),
            None if self.drafts.iter().any(|draft| draft.path == scan.path) => ("draft", None),
            None => ("new", None),
        }
    }
}

/// The state for a reader: the decision's word where there is one.
fn state_words((state, decision): (&str, Option<&str>)) -> Safe {
    match decision {
        Some(word) => conclusion_label(word),
        None => say(&format!("list-state-{state}"), &[]),
    }
}

/// One row of the JSON array.
fn json_of(row: &Found, known: &Known) -> Value {
    match row {
        Found::Scan(scan) => json_of_scan(scan, known),
        Found::Other(other) => json_of_other(other),
    }
}

/// The row of a scan with its state.
fn json_of_scan(scan: &Scan, known: &Known) -> Value {
    let (state, decision) = known.state(scan);
    let mut row = path_members(&scan.path);
    row.insert("kind".to_owned(), json!(scan.kind.map(Kind::as_str)));
    row.insert("state".to_owned(), json!(state));
    if let Some(decision) = decision {
        row.insert("decision".to_owned(), json!(decision));
    }
    if let Some(container) = &scan.container {
        row.insert("container".to_owned(), json!(container));
    }
    row.insert("files".to_owned(), json!(scan.files.len()));
    row.insert("bytes".to_owned(), json!(scan.bytes()));
    let error = scan.error.as_ref().map(crate::Error::message);
    row.insert("error".to_owned(), json!(error));
    Value::Object(row)
}

/// The row of another file, only with `--all`.
fn json_of_other(other: &Other) -> Value {
    let mut row = path_members(&other.path);
    row.insert("kind".to_owned(), json!("other"));
    row.insert("state".to_owned(), Value::Null);
    row.insert("files".to_owned(), json!(1));
    row.insert("bytes".to_owned(), json!(other.bytes));
    row.insert("error".to_owned(), Value::Null);
    Value::Object(row)
}

/// `path`, and `path_hex` when the path is not UTF-8.
pub(super) fn path_members(path: &Path) -> Map<String, Value> {
    let mut members = Map::new();
    let bytes = path.as_os_str().as_bytes();
    if let Ok(text) = std::str::from_utf8(bytes) {
        members.insert("path".to_owned(), json!(text));
    } else {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        members.insert("path".to_owned(), json!(Safe::from_bytes(bytes)));
        members.insert("path_hex".to_owned(), json!(hex));
    }
    members
}

/// Columns of the table: state, kind, files, size, path, problem.
type Row = [Safe; 6];

/// The rows, aligned.
fn table(rows: &[Found], known: &Known, out: &mut dyn Write) -> std::io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let head = ["state", "kind", "files", "size", "path", "problem"];
    let head: Row = head.map(|column| say(&format!("list-head-{column}"), &[]));
    let rows: Vec<Row> = std::iter::once(head)
        .chain(rows.iter().map(|found| row(found, known)))
        .collect();
    let mut widths: [usize; 5] =
        std::array::from_fn(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0));
    // A few very long paths do not push every problem off the screen.
    widths[4] = widths[4].min(PATH_CELLS);
    for [state, kind, files, size, path, problem] in &rows {
        let left = |cell: &Safe, at: usize| " ".repeat(widths[at] - cell.width());
        write!(
            out,
            "{state}{}  {kind}{}  {}{files}  {}{size}  {path}",
            left(state, 0),
            left(kind, 1),
            left(files, 2),
            left(size, 3),
        )?;
        if !problem.is_empty() {
            write!(
                out,
                "{}  {problem}",
                " ".repeat(widths[4].saturating_sub(path.width()))
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The cells of a row.
fn row(row: &Found, known: &Known) -> Row {
    match row {
        Found::Scan(scan) => [
            state_words(known.state(scan)),
            scan.kind.map_or_else(Safe::default, kind_word),
            Safe::number(scan.files.len() as f64, 0),
            size(scan.bytes()),
            Safe::from_path(&scan.path),
            scan.error.as_ref().map(reason).unwrap_or_default(),
        ],
        Found::Other(other) => [
            Safe::default(),
            say("list-kind-other", &[]),
            Safe::number(1.0, 0),
            size(other.bytes),
            Safe::from_path(&other.path),
            other.why.clone(),
        ],
    }
}

/// The cause alone: the path stands beside it.
pub(super) fn reason(error: &crate::Error) -> Safe {
    match error {
        crate::Error::BadFile { why, .. }
        | crate::Error::Unsupported { why, .. }
        | crate::Error::Limit { why, .. }
        | crate::Error::Environment { why, .. } => why.clone(),
        other => other.message(),
    }
}

/// The word for a kind.
pub(super) fn kind_word(kind: Kind) -> Safe {
    say(&format!("list-kind-{}", kind.as_str()), &[])
}

/// A size as people read it; a kB is 1,000 bytes.
pub(super) fn size(bytes: u64) -> Safe {
    let bytes_f = bytes as f64;
    let (value, decimals, id) = match bytes {
        0..1_000 => (bytes_f, 0, "list-bytes"),
        1_000..1_000_000 => (bytes_f / 1e3, 0, "list-kilobytes"),
        1_000_000..1_000_000_000 => (bytes_f / 1e6, 1, "list-megabytes"),
        _ => (bytes_f / 1e9, 1, "list-gigabytes"),
    };
    let value = Safe::number(value, decimals);
    say(id, &[arg("value", &value)])
}

/// The last line: how many scans, problems and other files.
fn summary(tally: &Tally) -> Safe {
    let mut parts = vec![say("list-scans", &[arg("count", &tally.scans)])];
    if tally.problems > 0 {
        parts.push(say("list-problems", &[arg("count", &tally.problems)]));
    }
    if tally.others > 0 {
        parts.push(say("list-others", &[arg("count", &tally.others)]));
    }
    Safe::join(&parts, ", ")
}
