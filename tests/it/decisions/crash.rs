//! Crashes: a killed writer, a file that takes no more, a draft that survives.
//!
//! The process that dies is this test program itself, started again for one test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::sitting::{Sitting, check, decision, kinds, scan, segment_names};
use xamine::app::{Draft, Form};
use xamine::decisions::{Answer, Conclusion, Verdict, history};
use xamine::store::Drafts;

/// The folder that a child process writes its log into.
const FOLDER: &str = "XAMINE_TEST_LOG";
/// How many decisions it records; without it, until it is killed.
const DECISIONS: &str = "XAMINE_TEST_DECISIONS";
/// The largest file it may write, bytes.
const LARGEST: &str = "XAMINE_TEST_LARGEST_FILE";

/// Starts this program again as the writer of `folder`.
fn start_writer(folder: &Path, settings: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "decisions::crash::writes_until_killed",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Not a test of its own: the writer process. Prints a line for each recorded decision.
#[test]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let number = |name| std::env::var(name).ok().and_then(|n| n.parse().ok());
    if let Some(largest) = number(LARGEST) {
        // The console does the same: a file over its limit is an error, not a death.
        let ignored = std::sync::Arc::default();
        signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), ignored).unwrap();
        let limit = rustix::process::Rlimit {
            current: Some(largest),
            maximum: Some(largest),
        };
        rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
    }
    let sitting = Sitting::of(&folder, "kim");
    let mut sent = 0;
    while sent < number(DECISIONS).unwrap_or(u64::MAX) {
        sent += 1;
        let mut answer = sitting.decide(sent, decision(sent));
        while !matches!(answer, Answer::Recorded { .. } | Answer::NotRecorded { .. }) {
            answer = sitting.answer();
        }
        match answer {
            Answer::Recorded { id, .. } => println!("RECORDED {sent} {id}"),
            other => println!("{other:?}"),
        }
    }
    sitting.end();
}

/// The recorded decisions that a child printed.
fn recorded(lines: &[String]) -> Vec<&str> {
    // The test runner's own words may stand before the first one.
    let told = |line: &'_ String| line.find("RECORDED ").is_some();
    lines
        .iter()
        .filter(|line| told(line))
        .filter_map(|line| line.split(' ').next_back())
        .collect()
}

#[test]
fn a_writer_killed_right_after_recorded_loses_nothing() {
    let tries = if std::env::var_os("XAMINE_DRILL").is_some() {
        1000
    } else {
        10
    };
    let (mut kept, mut unacknowledged, mut torn) = (0, 0, 0);
    for kill_after in 1..=tries {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start_writer(folder.path(), &[]);
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = Vec::new();
        while recorded(&lines).len() < kill_after % 20 + 1 {
            lines.push(output.next().unwrap().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.extend(output.map_while(Result::ok));
        let report = check(folder.path());
        assert!(
            matches!(report.verdict, Verdict::Open | Verdict::Tail),
            "{report:?}"
        );
        assert_eq!(
            kinds(&report).contains(&"tail"),
            report.verdict == Verdict::Tail
        );
        let decided = history(folder.path()).unwrap();
        let acknowledged = recorded(&lines).len();
        unacknowledged += decided.entries().count() - acknowledged;
        torn += usize::from(report.verdict == Verdict::Tail);
        let ids: Vec<&str> = decided.entries().map(|entry| entry.id.as_str()).collect();
        for id in recorded(&lines) {
            assert!(ids.contains(&id), "{id} was acknowledged and is gone");
            kept += 1;
        }
        // The next sitting takes it as it is.
        Sitting::of(folder.path(), "lee").opened().end();
        assert_eq!(check(folder.path()).verdict, Verdict::Open);
    }
    println!(
        "kills {tries}: {kept} acknowledged decisions, 0 missing; whole but not yet acknowledged \
         {unacknowledged}, torn {torn}"
    );
}

#[test]
fn a_short_write_gives_the_segment_up_and_keeps_the_decision() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [(DECISIONS, "40"), (LARGEST, "8000")];
    let child = start_writer(folder.path(), &settings);
    let output = child.wait_with_output().unwrap();
    let lines: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(recorded(&lines).len(), 40, "{lines:?}");
    assert!(segment_names(folder.path()).len() > 2);
    let report = check(folder.path());
    assert_eq!(report.verdict, Verdict::Open, "{:?}", report.problems);
    assert!(kinds(&report).contains(&"tail-pinned"));
    let decided = history(folder.path()).unwrap();
    assert_eq!(decided.entries().count(), 40);
}

#[test]
fn a_draft_survives_and_is_never_a_decision() {
    let state = tempfile::tempdir().unwrap();
    let drafts = Drafts::new(state.path());
    let key = scan(1).scan_id;
    assert_eq!(drafts.load::<Draft>(&key).unwrap(), None);
    let mut draft = Draft {
        analyst: "kim".into(),
        scan_id: key.clone(),
        path: "scan.tif".into(),
        form: Form {
            choice: Some(Conclusion::Suspicious),
            note: "behind the front wall\u{202e}".into(),
            ..Form::default()
        },
        marks: Vec::new(),
        view: None,
    };
    drafts.save(&key, &draft).unwrap();
    draft.form.note.push('!');
    drafts.save(&key, &draft).unwrap();
    drafts.save("no hash / yet", &draft).unwrap();
    assert_eq!(drafts.load::<Draft>(&key).unwrap(), Some(draft));
    let (all, problems) = drafts.all::<Draft>();
    assert_eq!((all.len(), problems.len()), (2, 0));
    // A crash in the middle of saving leaves the old draft, and half a file is an error, not a loss.
    let folder = state.path().join("drafts");
    std::fs::write(folder.join(".half.new"), "{").unwrap();
    std::fs::write(folder.join(format!("{key}.json")), "{").unwrap();
    assert!(drafts.load::<Draft>(&key).is_err());
    let (all, problems) = drafts.all::<Draft>();
    assert_eq!((all.len(), problems.len()), (1, 1));
    drafts.remove(&key).unwrap();
    drafts.remove(&key).unwrap();
    assert_eq!(drafts.load::<Draft>(&key).unwrap(), None);
}
