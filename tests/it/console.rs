//! The console itself on a real pty, with real samples, a real log and real drafts: start, look,
//! decide, quit, and every way of being ended.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::kept::root;

const ROWS: u16 = 30;
const COLUMNS: u16 = 110;
/// So long that it only passes when something hangs.
const HANG: Duration = Duration::from_secs(45);
/// The program under test.
const XAMINE: &str = env!("CARGO_BIN_EXE_xamine");

/// A desk of its own: home, state and configuration in a folder that is gone afterwards.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What the program finds in its environment.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.path(name).to_string_lossy().into_owned();
        vec![
            ("HOME", at("home")),
            ("XDG_STATE_HOME", at("state")),
            ("XDG_CONFIG_HOME", at("config")),
            ("TERM", "xterm-256color".into()),
            ("LC_ALL", "C.UTF-8".into()),
        ]
    }

    /// Runs a command of the program to its end.
    fn xamine(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(XAMINE);
        command.args(arguments).envs(self.environment());
        command.output().unwrap()
    }

    /// What `log verify` says: the first verdict, and whether it is a success.
    fn verify(&self) -> (String, bool) {
        let output = self.xamine(&["log", "verify", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (report.to_string(), output.status.success())
    }

    /// The decisions of the log.
    fn decisions(&self) -> Vec<Value> {
        let output = self.xamine(&["log", "show", "--json"]);
        let records: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let decision = |record: &Value| record["kind"] == "decision";
        records.into_iter().filter(decision).collect()
    }

    /// The drafts that are whole: a kill may leave one that was just being written.
    fn drafts(&self) -> usize {
        let entries = std::fs::read_dir(self.path("state/xamine/drafts"));
        let whole = |path: PathBuf| path.extension().is_some_and(|ending| ending == "json");
        entries.map_or(0, |entries| {
            entries
                .flatten()
                .filter(|entry| whole(entry.path()))
                .count()
        })
    }

    /// Starts the console on `path`.
    fn start(&self, path: &Path) -> Console {
        self.start_with(path, &[])
    }

    fn start_with(&self, path: &Path, arguments: &[&str]) -> Console {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(XAMINE);
        command.arg(path);
        command.args(arguments);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        for name in [
            "TMUX",
            "STY",
            "ZELLIJ",
            "NO_COLOR",
            "COLORTERM",
            "KITTY_WINDOW_ID",
        ] {
            command.env_remove(name);
        }
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = reader.read(&mut bytes) {
                if count == 0 || send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Console {
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0),
            output,
            input: pty.master.take_writer().unwrap(),
            child,
            _master: pty.master,
            answers: false,
            unread: Vec::new(),
        }
    }
}

/// The console on a pty, and the terminal's side of it.
struct Console {
    screen: vt100::Parser,
    output: Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    /// Whether the terminal answers the console's fences.
    answers: bool,
    /// The end of what was read, in which a question may have begun.
    unread: Vec<u8>,
}

impl Console {
    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    fn read_more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.output.recv_timeout(left) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                self.answer(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("hangs with\n{}", self.text()),
        }
    }

    /// Answers what asks for attributes or for the status.
    fn answer(&mut self, bytes: &[u8]) {
        const QUESTIONS: [(&[u8], &str); 2] = [(b"\x1b[c", "\x1b[?62;c"), (b"\x1b[5n", "\x1b[0n")];
        if !self.answers {
            return;
        }
        self.unread.extend_from_slice(bytes);
        let mut answered = 0;
        for at in 0..self.unread.len() {
            let rest = &self.unread[at..];
            let asked = QUESTIONS
                .iter()
                .find(|(question, _)| rest.starts_with(question));
            if let Some((question, answer)) = asked {
                answered = at + question.len();
                // A console that is gone needs no answer.
                let _ = self.input.write_all(answer.as_bytes());
            }
        }
        let kept = answered.max(self.unread.len().saturating_sub(3));
        self.unread.drain(..kept);
    }

    /// Waits until the screen shows all of `words`.
    fn until(&mut self, words: &[&str]) -> &mut Self {
        self.wait(|text| words.iter().all(|word| text.contains(word)), words)
    }

    /// Waits until the screen does not show `word` any more.
    fn until_gone(&mut self, word: &str) -> &mut Self {
        self.wait(|text| !text.contains(word), &[word])
    }

    fn wait(&mut self, done: impl Fn(&str) -> bool, what: &[&str]) -> &mut Self {
        let deadline = Instant::now() + HANG;
        while !done(&self.text()) {
            assert!(
                self.read_more(deadline),
                "ended while waiting for {what:?}:\n{}",
                self.text()
            );
        }
        self
    }

    fn send(&mut self, keys: &str) -> &mut Self {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
        self
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Reads to the end and gives the exit code; the terminal must be as it was found.
    fn ended(mut self) -> u32 {
        let deadline = Instant::now() + HANG;
        while self.read_more(deadline) {}
        let screen = self.screen.screen();
        assert!(
            !screen.alternate_screen() && !screen.hide_cursor(),
            "the screen"
        );
        assert!(
            !screen.bracketed_paste() && !screen.application_cursor(),
            "the modes"
        );
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        self.child.wait().unwrap().exit_code()
    }

    /// After a signal that cannot be caught.
    fn killed(mut self) {
        self.signal(Signal::KILL);
        let deadline = Instant::now() + HANG;
        while self.read_more(deadline) {}
        self.child.wait().unwrap();
    }
}

/// A copy of samples in the order of the names given.
fn copies(desk: &Desk, names: &[&str]) -> PathBuf {
    let folder = desk.path("scans");
    std::fs::create_dir(&folder).unwrap();
    for name in names {
        let from = root("samples").join(name);
        let to = folder.join(from.file_name().unwrap());
        std::fs::copy(from, to).unwrap();
    }
    folder
}

/// A small scan of 16 bits.
fn small(folder: &Path, name: &str, shade: u16) {
    let samples: Vec<u8> = (0..60 * 40_u16)
        .flat_map(|at| (20_000 + shade + at).to_be_bytes())
        .collect();
    let file = std::fs::File::create(folder.join(name)).unwrap();
    let mut encoder = png::Encoder::new(file, 60, 40);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&samples).unwrap();
}

/// A folder of small scans, quick to open.
fn smalls(desk: &Desk, names: &[&str]) -> PathBuf {
    let folder = desk.path("scans");
    std::fs::create_dir(&folder).unwrap();
    for (name, at) in names.iter().zip(0..) {
        small(&folder, name, at * 100);
    }
    folder
}

#[test]
fn the_main_job_from_the_first_look_to_the_log() {
    let desk = Desk::new();
    let mut console = desk.start(&root("samples"));
    console.until(&["0 of 5 decided", "! cut_short", "LOSS"]);
    console
        .send("/semiz\r")
        .until(&["semiz", "dual", "9 MV", "LOSS"]);
    console
        .send("m")
        .until(&["material", "Legend", "metal", "LOSS"]);
    console.send("\rc").until(&["Crosshair"]);
    console.send("x").until(&["opposite corner"]);
    console.send("\x1bl\x1bjx").until(&["marked; it goes"]);
    console
        .send("ds ")
        .until(&["marked regions", "enter records: suspicious"]);
    console
        .send("\r")
        .until(&["RECORDED suspicious", "1 of 5 decided"]);
    console.send("\x1b").until(&["S semiz"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
    let (report, sound) = desk.verify();
    assert!(sound && report.contains("\"clean\""), "{report}");
    let [decision] = &desk.decisions()[..] else {
        panic!("one decision")
    };
    assert_eq!(decision["decision"], "suspicious");
    assert_eq!(decision["reasons"].as_array().map(Vec::len), Some(1));
    let region = &decision["regions"][0];
    assert_eq!(region["shape"], "rect");
    assert!(
        region["stats"]["high"]["mean"]
            .as_f64()
            .is_some_and(|mean| mean > 0.0)
    );
    let views = decision["views"].as_array().unwrap();
    assert!(
        views
            .iter()
            .any(|view| view["view"]["display"] == "material"),
        "{views:?}"
    );
    assert_eq!(decision["scan"]["files"].as_array().map(Vec::len), Some(2));
}

#[test]
fn killed_right_after_recorded_loses_nothing() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png", "b.png"]);
    let mut console = desk.start(&folder);
    console.until(&["a.png", "LOSS", "of 2 decided"]);
    console.send("dc\r").until(&["RECORDED"]);
    console.killed();
    let (report, sound) = desk.verify();
    assert!(sound && report.contains("\"open\""), "{report}");
    let [decision] = &desk.decisions()[..] else {
        panic!("one decision")
    };
    assert_eq!(decision["decision"], "clear");
    // The next sitting goes on with what is left.
    let mut console = desk.start(&folder);
    console.until(&["1 of 2 decided", "C a.png", "not decided", "LOSS"]);
    console.send("dc\r").until(&["2 of 2 decided"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
    assert_eq!(desk.decisions().len(), 2);
    // The kill may have come before the first form's draft was dropped; it decides nothing.
    assert!(desk.drafts() <= 1);
}

#[test]
fn a_signal_in_the_middle_of_a_form_keeps_it_and_decides_nothing() {
    for signal in [Signal::TERM, Signal::HUP] {
        let desk = Desk::new();
        let folder = smalls(&desk, &["a.png", "b.png"]);
        let mut console = desk.start(&folder);
        console.until(&["a.png", "LOSS", "of 2 decided"]);
        // Each scan has a window of its own: it tells which one is open.
        let window = |text: &str| text.split(" C ").nth(1).map(|rest| rest[..5].to_owned());
        let before = window(&console.text());
        console.send("j").wait(
            |text| text.contains("LOSS") && window(text).is_some_and(|now| Some(now) != before),
            &["the other scan"],
        );
        console.send("ds n").until(&["note:"]);
        console
            .send("half a word\r")
            .until(&["half a word", "enter records"]);
        console.signal(signal);
        assert_eq!(console.ended(), 0);
        assert!(desk.decisions().is_empty());
        assert_eq!(desk.drafts(), 1);
        let mut console = desk.start(&folder);
        console.until(&["unfinished form", "~ b.png", "LOSS"]);
        console.send("d").until(&["half a word", "enter records"]);
        console.send("\r").until(&["RECORDED", "1 of 2 decided"]);
        console.send("q");
        assert_eq!(console.ended(), 0);
        let [decision] = &desk.decisions()[..] else {
            panic!("one decision")
        };
        assert_eq!(decision["note"], "half a word");
        assert_eq!(desk.drafts(), 0);
    }
}

#[test]
fn quitting_right_after_confirming_still_records_and_leaves_no_draft() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png", "b.png"]);
    let mut console = desk.start(&folder);
    console.until(&["a.png", "LOSS", "of 2 decided"]);
    console.send("dc\r\x03");
    assert_eq!(console.ended(), 0);
    assert_eq!(desk.decisions().len(), 1);
    assert_eq!(desk.drafts(), 0);
    let (report, sound) = desk.verify();
    assert!(sound && report.contains("\"clean\""), "{report}");
}

#[test]
fn a_silent_terminal_starts_at_once_and_loses_no_key() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png", "b.png", "c.png"]);
    let mut console = desk.start(&folder);
    // Typed before anything is on the screen.
    console.send("/c.p\r");
    console.until(&["half-block", "c.png", "LOSS"]);
    console
        .send("?")
        .until(&["Keys"])
        .send("\x1b")
        .until_gone("Keys");
    console.send("q");
    assert_eq!(console.ended(), 0);
}

#[test]
fn a_terminal_that_answers_late_gets_its_graphics() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png"]);
    let mut console = desk.start(&folder);
    console.until(&["a.png", "LOSS", "half-block"]);
    console.answers = true;
    console
        .send("\x1bP>|kitty(0.35.2)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;18;9t\x1b[?62;c\x1b[0n");
    console.until_gone("half-block");
    console.until(&["kitty", "LOSSLESS"]);
    console.send("dc\r").until(&["RECORDED"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
    let decision = &desk.decisions()[0];
    assert_eq!(decision["final_lossless"], true);
    assert_eq!(decision["cells_only"], false);
}

#[test]
fn a_limit_of_cells_ends_when_the_picture_is_asked_for() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png"]);
    let limits = ["--protocol", "kitty", "--max-quality", "Q0"];
    let mut console = desk.start_with(&folder, &limits);
    console.answers = true;
    console.until(&["half-block", "LOSSY Q0"]);
    // It confirms no pictures, so they stay unconfirmed.
    console.send("gl").until(&["kitty", "Q5"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
}

#[test]
fn a_broken_file_is_a_row_with_its_reason_and_stepping_goes_on() {
    let desk = Desk::new();
    let folder = copies(&desk, &["bad/cut_short.tif"]);
    small(&folder, "a.png", 0);
    small(&folder, "z.png", 9);
    let mut console = desk.start(&folder);
    console.until(&["a.png", "z.png", "cut_short.tif", "LOSS"]);
    console.send("j").until(&["! cut_short.tif", "'"]);
    console.send("j").until(&["z.png", "LOSS"]);
    console.send("gg").until_gone("'");
    console.send("n").until(&["LOSS"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
}

#[test]
fn a_file_that_vanishes_while_it_is_open_harms_nothing() {
    let desk = Desk::new();
    let folder = smalls(
        &desk,
        &[
            "a.png", "b.png", "c.png", "d.png", "e.png", "f.png", "g.png",
        ],
    );
    let mut console = desk.start(&folder);
    console.until(&["a.png", "LOSS", "g.png"]);
    std::fs::remove_file(folder.join("a.png")).unwrap();
    std::fs::remove_file(folder.join("g.png")).unwrap();
    // What was read is still looked at and can be decided.
    console.send("dr").until(&["has changed or gone"]);
    console.send("\r").until(&["RECORDED", "1 of 7"]);
    console.send("G").until(&["! g.png"]);
    console.send("k").until(&["f.png", "LOSS"]);
    console.send("R").until(&["R a.png"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
    assert_eq!(desk.decisions()[0]["decision"], "rescan");
}

#[test]
fn a_log_that_cannot_be_written_says_not_recorded_and_keeps_the_form() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png", "b.png"]);
    let blocked = desk.path("log");
    std::fs::write(&blocked, "a file where the log's folder should be").unwrap();
    let log = blocked.to_string_lossy().into_owned();
    let mut console = desk.start_with(&folder, &["--log", &log]);
    console.until(&["a.png", "LOSS"]);
    console.send("dc\r").until(&["NOT RECORDED"]);
    // The cause goes away, and the form goes the same way again.
    std::fs::remove_file(&blocked).unwrap();
    console.until(&["NOT RECORDED", "(•) c"]);
    console
        .send("j\r")
        .until(&["1 of 2 decided"])
        .until_gone("NOT RECORDED");
    console.send("q");
    assert_eq!(console.ended(), 0);
    let output = desk.xamine(&["log", "verify", "--log", &log]);
    assert!(output.status.success());
}

#[test]
fn an_outcome_is_entered_and_the_desk_changes_hands() {
    let desk = Desk::new();
    let folder = smalls(&desk, &["a.png", "b.png"]);
    let mut console = desk.start_with(&folder, &["--analyst", "kim"]);
    console.until(&["0 of 2 decided", "LOSS"]);
    console.send("dc\r").until(&["RECORDED", "1 of 2"]);
    console.send("C").until(&["Log: 1 of 1 decisions", "a.png"]);
    console.send("os").until(&["enter records the outcome"]);
    console
        .send("atobacco; 12,5; kg\r")
        .until(&["tobacco 12.5 kg"]);
    console.send("\r").until(&[
        "RECORDED outcome of a.png: seizure",
        "seizure: tobacco 12.5 kg",
    ]);
    // The page of the case, with the pictures as they were seen.
    let page = desk.path("case.html");
    console.send("x").until(&["file of the page"]);
    console
        .send(&format!("\x15{}\r", page.display()))
        .until(&["written:"]);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("tobacco") && html.contains("data:image/png"));
    console.send("r").until(&["replay 1 of"]);
    console.send("q").until(&["Log: 1 of 1"]);
    console.send("q").until(&["1 of 2 decided"]);
    console
        .send("ghlee\r")
        .until(&["kim: 1 clear", "lee goes on"]);
    // The second scan is open once its own window stands in the status line.
    console.send("j").until(&["C 21299", "LOSS"]);
    console.send("dc\r").until(&["RECORDED", "2 of 2"]);
    console
        .send("gx")
        .until(&["Locked by lee"])
        .until_gone("b.png");
    console.send("lee\r").until(&["unlocked"]);
    console.send("q");
    assert_eq!(console.ended(), 0);
    let (report, sound) = desk.verify();
    assert!(sound && report.contains("clean"), "{report}");
    let shown = desk.xamine(&["log", "export", "--format", "jsonl"]);
    let cases: Vec<Value> = String::from_utf8_lossy(&shown.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let analysts: Vec<&Value> = cases.iter().map(|case| &case["analyst"]).collect();
    assert_eq!(analysts, ["kim", "lee"]);
    assert_eq!(cases[0]["outcomes"][0]["record"]["result"], "seizure");
    // Kim's, lee's, and lee's after the lock.
    assert_eq!(cases[0]["log"]["segments"], 3);
}
