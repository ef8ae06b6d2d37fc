//! Real terminals, headless: the subset that needs no root, in about half a minute.
//!
//! The rig is `tests/terminals/run.py` (kitty and xterm under Xvfb: what they show against what
//! `render` makes, and a clean shell after every way of ending) and the self-test of the terminal in
//! memory. What is not installed is said as `skipped: WHY`.

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
        .env("XAMINE_TEST_PROGRAM", std::env::current_exe().unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
}

#[test]
fn real_terminals_show_what_render_makes_and_get_a_clean_shell_back() {
    passes(
        &root("tests/terminals/run.py"),
        &["--quick", "pictures", "shells", "multiplexers"],
    );
}

#[test]
fn the_terminal_in_memory_shows_what_it_is_sent() {
    passes(&root("tests/line/selftest.py"), &[]);
}
