//! `xamine doctor`: the report without a terminal, the whole of it on one, and what it keeps.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal as Number, kill_process};
use serde_json::Value;

use crate::command_line::xamine;

/// The report as JSON, started away from every terminal.
fn report(environment: &[(&str, &str)], code: i32) -> Value {
    let mut run = xamine(["doctor", "--json"]);
    for (name, value) in environment {
        run = run.env(name, value);
    }
    let (out, err) = run.exits(code);
    assert_eq!(err, "");
    serde_json::from_str(&out).unwrap()
}

const UTF8: (&str, &str) = ("LC_ALL", "C.UTF-8");

#[test]
fn one_document_says_all_that_is_known() {
    let report = report(&[UTF8, ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")], 0);
    for (member, expected) in [
        ("/protocol", "half-block".into()),
        ("/passage", "direct".into()),
        ("/placeholders", false.into()),
        ("/locale/utf8", true.into()),
        ("/log/writable", true.into()),
        ("/link/ssh", true.into()),
        ("/display_check", Value::Null),
        ("/sound", true.into()),
    ] {
        assert_eq!(report.pointer(member), Some(&expected), "{member}");
    }
    for member in [
        "/version",
        "/reason",
        "/cell",
        "/cell_from",
        "/colours",
        "/colours_from",
        "/terminal/answers/kitty",
        "/link/rtt_ms",
        "/link/bytes_per_s",
        "/advice",
    ] {
        assert!(report.pointer(member).is_some(), "{member}");
    }
}

#[test]
fn what_keeps_scans_or_decisions_away_is_a_problem_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("state");
    let state = ("XDG_STATE_HOME", below.to_str().unwrap());
    for (environment, word) in [
        ([("LC_ALL", "C"), ("A", "")], "UTF-8"),
        ([UTF8, state], "writable"),
    ] {
        let report = report(&environment, 1);
        assert_eq!(report["sound"], false);
        let advice = report["advice"].to_string();
        assert!(advice.contains(word), "{advice}");
    }
}

#[test]
fn the_text_names_every_part() {
    let (out, _) = xamine(["doctor"]).env("LC_ALL", "C.UTF-8").exits(0);
    for word in [
        "Terminal:",
        "Answers:",
        "Pictures:",
        "Cell:",
        "Colours:",
        "Line:",
        "Locale:",
        "Log:",
        "Greys:",
    ] {
        assert!(out.contains(word), "{word} in {out}");
    }
    assert!(!out.contains('\x1b'), "no pictures into a pipe");
    assert!(!out.contains("Nothing to change"), "{out}");
    assert!(out.contains("To change:    start 'xamine doctor' on a terminal"));
    assert!(!out.contains("unknown ms") && out.contains("not measured without a terminal"));
}

/// So long that it only passes when something hangs.
const HANG: Duration = Duration::from_secs(20);

/// A command on a pty, whose output comes through a channel.
struct OnTerminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// Keeps the settings readable after the child ended.
    slave: Box<dyn SlavePty + Send>,
    input: Box<dyn std::io::Write + Send>,
    output: Receiver<Vec<u8>>,
    found: String,
}

impl OnTerminal {
    fn start(arguments: &[&str], home: &Path, environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 100,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_xamine"));
        command.args(arguments);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("XDG_STATE_HOME", home);
        command.env("XDG_CONFIG_HOME", home);
        for name in [
            "TMUX",
            "STY",
            "ZELLIJ",
            "NO_COLOR",
            "COLORTERM",
            "XAMINE_CONFIG",
        ] {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let found = format!("{:?}", pty.master.get_termios().unwrap());
        let child = pty.slave.spawn_command(command).unwrap();
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
        Self {
            child,
            input: pty.master.take_writer().unwrap(),
            master: pty.master,
            slave: pty.slave,
            output,
            found,
        }
    }

    /// Reads until `words` stand there.
    fn until(&self, words: &str) -> String {
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(words) {
            seen.extend(self.output.recv_timeout(HANG).unwrap());
        }
        String::from_utf8_lossy(&seen).into_owned()
    }

    fn restored(&self) -> bool {
        format!("{:?}", self.master.get_termios().unwrap()) == self.found
    }
}

#[test]
fn whatever_ends_it_at_its_question_leaves_the_terminal_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let ends = [
        None,
        Some(Number::TERM),
        Some(Number::HUP),
        Some(Number::INT),
    ];
    let scan = "samples/semiz";
    for (arguments, number) in [&["doctor"][..], &["show", scan]]
        .into_iter()
        .flat_map(|arguments| ends.map(|number| (arguments, number)))
    {
        let mut on = OnTerminal::start(arguments, home.path(), &[]);
        on.until("\x1b[5n");
        assert!(!on.restored(), "no echo while it asks");
        match number {
            Some(number) => {
                let pid = on.child.process_id().unwrap() as i32;
                kill_process(Pid::from_raw(pid).unwrap(), number).unwrap();
            }
            None => on.input.write_all(b"\x03").unwrap(),
        }
        let status = on.child.wait().unwrap();
        assert!(!status.success(), "{arguments:?} {number:?}: {status:?}");
        assert!(on.restored(), "{arguments:?} {number:?}");
    }
}

/// Longer than nobody would wait who thinks that the terminal is near.
const FAR: Duration = Duration::from_millis(900);

#[test]
fn show_waits_for_a_terminal_that_is_far_away() {
    let home = tempfile::tempdir().unwrap();
    let mut on = OnTerminal::start(&["show", "samples/semiz"], home.path(), &[]);
    on.until("\x1b[5n");
    while on.output.recv_timeout(FAR).is_ok() {}
    assert!(on.child.try_wait().unwrap().is_none(), "it still waits");
    on.input
        .write_all(
            b"\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;18;9t\x1b[?62;c\x1b[0n",
        )
        .unwrap();
    let text = on.until("\x1b_G");
    assert!(!text.contains('▀'), "no half-blocks: {text}");
    while on.child.try_wait().unwrap().is_none() {
        let _ = on.output.recv_timeout(FAR);
    }
    assert!(on.restored());
}

#[test]
fn greys_that_cannot_be_drawn_are_not_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let mut on = OnTerminal::start(&["doctor"], home.path(), &[]);
    let mut text = String::new();
    let mut fences = 0;
    while !text.contains("have 26 greys") {
        let bytes = on.output.recv_timeout(HANG).unwrap();
        text.push_str(&String::from_utf8_lossy(&bytes));
        while fences < text.matches("\x1b[5n").count() {
            on.input.write_all(b"\x1b[?62;c\x1b[0n").unwrap();
            fences += 1;
        }
    }
    assert!(on.child.wait().unwrap().success());
    assert!(!text.contains("How many of"), "{text}");
    assert!(!home.path().join("xamine/display-check.json").exists());
    assert!(on.restored());
}

/// A terminal that answers as kitty does while `doctor` runs in it, and an analyst who answers.
#[test]
fn on_a_terminal_it_asks_shows_times_and_keeps_the_answer() {
    let home = tempfile::tempdir().unwrap();
    let OnTerminal {
        mut child,
        slave,
        mut input,
        output,
        ..
    } = OnTerminal::start(&["doctor"], home.path(), &[("TERM", "xterm-kitty")]);
    drop(slave);
    let mut seen = Vec::new();
    let read = |seen: &mut Vec<u8>| match output.recv_timeout(HANG) {
        Ok(bytes) => {
            seen.extend(bytes);
            true
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => false,
        Err(_) => {
            let last = &seen[seen.len().saturating_sub(500)..];
            panic!("hangs after {}", String::from_utf8_lossy(last))
        }
    };
    let count =
        |seen: &[u8], needle: &[u8]| seen.windows(needle.len()).filter(|w| *w == needle).count();
    let mut fences = 0;
    let mut typed = 0;
    // Answers every fence as it comes, and each question once it stands.
    let questions: [(&str, &str); 3] = [
        ("Esc to leave: ", "99\r28\r"),
        ("on black, 1 to 4, 0 for none: ", "x2\r"),
        ("on white, 1 to 4, 0 for none: ", "0\r"),
    ];
    while read(&mut seen) {
        while fences < count(&seen, b"\x1b[5n") {
            if fences == 0 {
                input
                    .write_all(
                        b"\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=2147000031;OK\x1b\\\x1b[6;18;9t\x1b[?62;c",
                    )
                    .unwrap();
            }
            input.write_all(b"\x1b[0n").unwrap();
            fences += 1;
        }
        if let Some((question, answer)) = questions.get(typed)
            && count(&seen, question.as_bytes()) > 0
        {
            input.write_all(answer.as_bytes()).unwrap();
            typed += 1;
        }
    }
    assert!(child.wait().unwrap().success());
    let text = String::from_utf8_lossy(&seen).into_owned();
    for words in [
        "kitty(0.26.5)",
        "kitty: kitty(0.26.5) answered to kitty graphics",
        "9x18 pixels, from 16t",
        "\x1b_Gf=100",
        "Kept;",
    ] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
    assert!(
        fences >= 7,
        "five round trips and a load after the probe: {fences}"
    );
    assert!(!text.contains("round trip unknown"), "{text}");
    let kept = std::fs::read(home.path().join("xamine/display-check.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["steps_told_apart"], 28);
    assert_eq!(kept["near_black"], 2);
    assert_eq!(kept["near_white"], Value::Null);
    assert_eq!(kept["protocol"], "kitty");

    // And the log's next opening says so.
    let settings = xamine::decisions::LogSettings {
        display_check: xamine::store::display_check(&home.path().join("xamine")),
        ..xamine::decisions::LogSettings::new(home.path().join("log"), None)
    };
    let writer = xamine::decisions::Writer::start(settings, |_| {}).unwrap();
    assert!(writer.finish_within(HANG));
    let segment = std::fs::read_dir(home.path().join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .unwrap();
    let log = std::fs::read_to_string(segment).unwrap();
    let open: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(open["display_check"]["steps_told_apart"], 28);
}
