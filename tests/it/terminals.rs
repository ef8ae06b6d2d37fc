//! The terminal in memory that the measurements over a slow line look at. Real terminals are driven by
//! `tests/terminals/run.py`, which `.ci/run` starts alone: beside other tests they have no time.

use std::path::Path;
use std::process::Command;

use crate::kept::root;

/// Whether `program` can be started with these words, which do nothing.
fn runs(program: &str, words: &[&str]) -> bool {
    Command::new(program)
        .args(words)
        .output()
        .is_ok_and(|output| output.status.success())
}

/// What is missing for scripts that look at pixels.
fn missing() -> Option<&'static str> {
    if !runs("python3", &["-c", "pass"]) {
        return Some("python3");
    }
    [("numpy", "import numpy"), ("Pillow", "import PIL.Image")]
        .into_iter()
        .find(|(_, line)| !runs("python3", &["-c", line]))
        .map(|(name, _)| name)
}

/// Runs a script on this build; prints what it says.
fn passes(script: &Path, words: &[&str]) {
    if let Some(name) = missing() {
        println!("skipped: {name}");
        return;
    }
    let output = Command::new("python3")
        .arg(script)
        .args(words)
        .env("XAMINE", env!("CARGO_BIN_EXE_xamine"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
}

#[test]
fn the_terminal_in_memory_shows_what_it_is_sent() {
    passes(&root("tests/line/selftest.py"), &[]);
}
