//! The command line: help, exit codes, closed pipes, JSON fields.

use std::process::{Command, Output, Stdio};

use crate::kept::{matches_kept, root};

/// A run of the program, away from the configuration of whoever runs the tests.
pub(crate) struct Run {
    command: Command,
    _home: tempfile::TempDir,
}

/// `xamine` with these arguments.
pub(crate) fn xamine<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Run {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xamine"));
    command
        .args(arguments)
        .current_dir(root(""))
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env_remove("XAMINE_CONFIG")
        .stdin(Stdio::null());
    Run {
        command,
        _home: home,
    }
}

impl Run {
    /// With an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it and takes what it wrote.
    pub(crate) fn output(mut self) -> Output {
        self.command.output().unwrap()
    }

    /// Runs it, asserts the exit code and gives standard output and standard error.
    pub(crate) fn exits(self, code: i32) -> (String, String) {
        let output = self.output();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "out: {out}\nerr: {err}");
        (out, err)
    }
}

/// A file of its own folder with that text.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

/// Every command and its subcommands as typed.
fn commands(definition: &clap::Command, before: &[String]) -> Vec<Vec<String>> {
    let mut found = vec![before.to_vec()];
    for sub in definition.get_subcommands() {
        let words = [before, &[sub.get_name().to_owned()]].concat();
        found.extend(commands(sub, &words));
    }
    found
}

#[test]
fn every_help_says_everything() {
    let commands = commands(&xamine::cli::definition(), &[]);
    assert!(commands.len() >= 10, "{} commands", commands.len());
    for words in commands {
        let arguments = words.iter().map(String::as_str).chain(["--help"]);
        let (out, err) = xamine(arguments).exits(0);
        assert_eq!(err, "");
        assert!(!out.contains("<cli-"), "{words:?} has a gap:\n{out}");
        assert!(out.contains("Example"), "{words:?} has no example:\n{out}");
        assert!(out.ends_with('\n'));
        let name = [vec!["xamine".to_owned()], words].concat().join("-");
        matches_kept(&root("tests/help").join(format!("{name}.txt")), &out);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        vec!["--no-such-option"],
        vec!["keys", "--format", "yaml"],
        vec!["keys", "--keymap", "lefthand"],
        vec!["completions"],
        vec!["completions", "tcsh"],
        vec!["list"],
    ] {
        let (out, err) = xamine(arguments.clone()).exits(2);
        assert_eq!(out, "", "{arguments:?}");
        assert!(!err.is_empty() && err.ends_with('\n'), "{arguments:?}");
    }
    let (_, err) = xamine(["keys", "--keymap", "lefthand"]).exits(2);
    assert!(err.ends_with("did you mean 'left-hand'?\n"), "{err}");
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (out, _) = xamine(["completions", shell]).exits(0);
        for name in ["list", "info", "render", "keys", "--analyst", "verify"] {
            let name = name.trim_start_matches("--");
            assert!(out.contains(name), "{shell} lacks {name}");
        }
    }
}

#[test]
fn the_manual_has_a_page_of_every_command() {
    let (out, _) = xamine(["man"]).exits(0);
    for words in commands(&xamine::cli::definition(), &["xamine".to_owned()]) {
        let page = format!(".TH {}", words.join("-").to_uppercase());
        assert!(out.contains(&page), "{page}");
    }
    assert!(!out.contains("<cli"), "a message is missing");
    assert!(out.contains("Exit") || out.contains(".SH"), "it is roff");
}

#[test]
fn a_closed_pipe_is_success() {
    for arguments in [
        vec!["keys", "--format", "md"],
        vec!["keys", "--format", "json"],
        vec!["man"],
        vec!["completions", "bash"],
        vec!["--help"],
    ] {
        let mut run = xamine(arguments.clone());
        let (reader, writer) = std::io::pipe().unwrap();
        // Nobody reads: the very first write meets a closed pipe.
        drop(reader);
        let child = run
            .command
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(output.stderr, b"", "{arguments:?}");
    }
}

#[test]
fn keys_come_in_three_formats() {
    let (text, _) = xamine(["keys"]).exits(0);
    assert!(text.contains("open_decision") && text.contains("Opens the decision form"));
    let (page, _) = xamine(["keys", "--format", "md"]).exits(0);
    let reference = std::fs::read_to_string(root("keymaps/README.md")).unwrap();
    assert!(reference.contains(&page), "the reference holds this page");
    let (left, _) = xamine(["keys", "--format", "md", "--keymap", "left-hand"]).exits(0);
    assert!(reference.contains(&left) && left != page);
    let (json, err) = xamine(["keys", "--format", "json"]).exits(0);
    assert_eq!(err, "");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let row = rows
        .iter()
        .find(|row| row["mode"] == "browse" && row["line"] == "toggle_filter log")
        .unwrap();
    assert_eq!(row["chords"], serde_json::json!(["t l"]));
    assert_eq!(row["command"], "toggle_filter");
    assert_eq!(row["argument"], "log");
    assert_eq!(row["group"], "filter");
    for format in ["text", "md", "json"] {
        let coloured = xamine(["keys", "--format", format]).output();
        let plain = xamine(["keys", "--format", format])
            .env("NO_COLOR", "1")
            .output();
        assert_eq!(coloured.stdout, plain.stdout);
        assert!(!coloured.stdout.contains(&0x1b), "{format}: no escapes");
    }
}

#[test]
fn the_check_of_a_key_file_lists_everything() {
    let text = "[browse]\n\"x\" = \"zom_in\"\n\"ctrl-m\" = \"zoom_fit\"\n[inspekt]\n";
    let (_dir, path) = file(text);
    let (out, err) = xamine(["keys", "--check", &path]).exits(1);
    assert_eq!(out.lines().count(), 3, "{out}");
    assert!(out.starts_with(&format!("{path}:2:7: ")), "{out}");
    assert!(out.contains("did you mean 'zoom_in'?") && out.contains("did you mean 'inspect'?"));
    assert!(err.contains("2 problems"), "{err}");
    let (out, _) = xamine(["keys", "--check", &path, "--format", "json"]).exits(1);
    let problems: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(problems.len(), 3);
    assert_eq!(problems[1]["severity"], "warning");
    assert_eq!(problems[2]["line"], 4);

    let (_dir, path) = file("[browse]\n\"x\" = \"zoom_in\"\n");
    let (out, err) = xamine(["keys", "--check", &path]).exits(0);
    assert!(out.ends_with("is sound\n") && err.is_empty(), "{out}{err}");
    let (_, err) = xamine(["keys", "--check", "no/such.toml"]).exits(1);
    assert!(err.contains("no/such.toml"), "{err}");
}

#[test]
fn a_bad_key_file_is_told_and_the_default_keys_serve() {
    let (_dir, path) = file("[browse]\n\"x\" = \"zom_in\"\n");
    let (out, err) = xamine(["keys", "--keymap", &path, "--format", "md"]).exits(1);
    assert!(
        err.contains(":2:7: ") && err.contains("default keys serve"),
        "{err}"
    );
    assert_eq!(out, xamine(["keys", "--format", "md"]).exits(0).0);
}

#[test]
fn the_configuration_chooses_the_keys() {
    let (dir, _) = file("");
    let config = dir.path().join("config.toml");
    std::fs::write(
        dir.path().join("mine.toml"),
        "[browse]\n\"x\" = \"zoom_in\"\n",
    )
    .unwrap();
    std::fs::write(&config, "[console]\nkeymap = 'mine.toml'\n").unwrap();
    let config = config.to_str().unwrap();
    let (out, err) = xamine(["keys"]).env("XAMINE_CONFIG", config).exits(0);
    assert_eq!(err, "");
    assert!(out.contains("+, =, x "), "{out}");
    std::fs::write(config, "[console]\nkeymapp = 'mine.toml'\n").unwrap();
    let (_, err) = xamine(["keys"]).env("XAMINE_CONFIG", config).exits(1);
    assert!(err.contains("config.toml:2:1: "), "{err}");
}

/// The sample pair in a folder of its own; its files in order of their names.
fn pair() -> (tempfile::TempDir, Vec<std::path::PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root("samples/semiz")).unwrap() {
        let entry = entry.unwrap();
        let target = dir.path().join(entry.file_name());
        if entry.path().is_file() {
            std::fs::copy(entry.path(), &target).unwrap();
            files.push(target);
        }
    }
    files.sort();
    (dir, files)
}

#[test]
fn render_never_writes_over_its_scan() {
    let (dir, files) = pair();
    let name = |end: &str| {
        let found = files.iter().find(|file| file.ends_with(end)).unwrap();
        found.to_str().unwrap().to_owned()
    };
    let (high, low) = (
        name("semiz_cargo_H_9MeV_u16.tif"),
        name("semiz_cargo_L_6MeV_u16.tif"),
    );
    let sidecar = name("semiz_cargo.scan.toml");
    let place = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let links = ["link.png", "side.png", "hard.tif"].map(place);
    std::os::unix::fs::symlink(&high, &links[0]).unwrap();
    std::os::unix::fs::symlink(&sidecar, &links[1]).unwrap();
    std::fs::hard_link(&low, &links[2]).unwrap();
    let dotted = place("./semiz_cargo_H_9MeV_u16.tif");
    let entries = || std::fs::read_dir(dir.path()).unwrap().count();
    let before = (entries(), contents(&files));
    for output in [&high, &low, &dotted, &links[0], &links[1], &links[2]] {
        for more in [&[][..], &["--alone"]] {
            let typed = ["render", high.as_str(), "-o", output.as_str()];
            let (out, err) = xamine(typed.into_iter().chain(more.iter().copied())).exits(2);
            assert_eq!(out, "");
            assert!(err.contains("is a file of the scan itself"), "{err}");
            assert_eq!(err.lines().count(), 1, "{err}");
        }
    }
    assert_eq!(before, (entries(), contents(&files)), "nothing was written");
    let fine = place("picture.png");
    for _ in 0..2 {
        xamine(["render", high.as_str(), "-o", fine.as_str()]).exits(0);
    }
}

/// The contents of files.
fn contents(files: &[std::path::PathBuf]) -> Vec<Vec<u8>> {
    let bytes = files.iter().map(|file| std::fs::read(file).unwrap());
    bytes.collect()
}

#[test]
fn info_of_what_is_no_scan_has_the_same_document() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    std::fs::write(&text, "no scan\n").unwrap();
    let npy = dir.path().join("air.npy");
    std::fs::write(&npy, b"\x93NUMPY\x01\x00").unwrap();
    let missing = dir.path().join("missing.tif");
    let broken = root("samples/bad/cut_short.tif");
    let document = |path: &std::path::Path| -> serde_json::Value {
        let path = path.to_str().unwrap();
        let (out, err) = xamine(["info", path, "--json"]).exits(1);
        assert_eq!(err.lines().count(), 1, "{err}");
        serde_json::from_str(&out).unwrap()
    };
    let names = |json: &serde_json::Value| -> Vec<String> {
        json.as_object().unwrap().keys().cloned().collect()
    };
    let shape = names(&document(&broken));
    for path in [&text, &npy, &missing] {
        let json = document(path);
        assert_eq!(names(&json), shape);
        assert_eq!(json["path"], path.to_str().unwrap());
        assert!(
            json["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty())
        );
        let (out, err) = xamine(["info", path.to_str().unwrap()]).exits(1);
        assert_eq!((out.as_str(), err.lines().count()), ("", 1), "{err}");
        assert!(!err.contains("os error"), "{err}");
    }
}

#[test]
fn a_word_that_is_no_path_and_no_command_is_refused_before_the_terminal() {
    for (arguments, end) in [
        (&["lst"][..], "did you mean 'list'?\n"),
        (&["lst", "samples"], "did you mean 'list'?\n"),
        (&["teleport"], "'xamine --help' lists the commands\n"),
        (&["no/such.tif#2"], "'xamine --help' lists the commands\n"),
    ] {
        let (out, err) = xamine(arguments.iter().copied()).exits(2);
        assert_eq!(out, "");
        let start = format!("xamine: there is no '{}' here", arguments[0]);
        assert!(err.starts_with(&start) && err.ends_with(end), "{err}");
    }
}

#[test]
fn a_region_that_starts_left_of_the_scan_is_told_in_our_words() {
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    for arguments in [
        &["measure", scan, "--region", "-1,0,5,5"][..],
        &[
            "measure",
            scan,
            "--region",
            "0,0,5,5",
            "--background",
            "-1,0,5,5",
        ],
        &["render", scan, "-o", "never.png", "--region", "-1,0,5,5"],
    ] {
        let (_, err) = xamine(arguments.iter().copied()).exits(2);
        assert!(
            err.contains("'-1,0,5,5'") && !err.contains("Usage"),
            "{err}"
        );
    }
    assert!(!root("never.png").exists());
}

#[test]
fn one_pixel_has_no_standard_deviation() {
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    let measure = ["measure", scan, "--region"];
    let typed = |more: &[&'static str]| [&measure[..], more].concat();
    let (out, _) = xamine(typed(&["3,3,1,1", "--json"])).exits(0);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(json["planes"]["high"]["sd"].is_null(), "{out}");
    assert!(json["planes"]["high"]["mean"].is_number(), "{out}");
    let (out, _) = xamine(typed(&["3,3,1,1"])).exits(0);
    assert!(out.contains("SD -,"), "{out}");
    let (out, _) = xamine(typed(&["3,3,2,1", "--json"])).exits(0);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(json["planes"]["high"]["sd"].is_number(), "{out}");
}

const SEMIZ: &str = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";

#[test]
fn show_prints_what_fits_and_says_what_was_reached() {
    // Sixels have their own tests: their search takes a minute in a build for tests.
    for protocol in ["kitty", "iterm2", "half-block"] {
        let all = xamine(["show", SEMIZ, "--size", "24x8", "--protocol", protocol]).output();
        assert!(all.stderr.is_empty(), "nothing is said without a limit");
        let most = 1_000;
        assert!(all.stdout.len() > most);
        let limit = most.to_string();
        let some = xamine([
            "show",
            SEMIZ,
            "--size",
            "24x8",
            "--protocol",
            protocol,
            "--max-bytes",
            &limit,
        ])
        .output();
        assert_eq!(some.status.code(), Some(0));
        assert!(some.stdout.len() <= most && !some.stdout.is_empty());
        let said = String::from_utf8(some.stderr).unwrap();
        let bytes = format!("{} bytes", some.stdout.len());
        assert!(said.contains("LOSSY") && said.contains(&bytes), "{said}");
    }
    // A limit that takes nothing away says nothing.
    let limits = ["--max-bytes", "1000000", "--max-quality", "Q5"];
    let small = ["show", SEMIZ, "--size", "24x8", "--protocol", "kitty"];
    let all = [&small, &limits[..]].concat();
    assert!(xamine(all).output().stderr.is_empty());
}

#[test]
fn show_refuses_what_cannot_be() {
    let limited = |name, value| ["show", SEMIZ, "--protocol", "kitty", name, value];
    let (out, err) = xamine(limited("--max-bytes", "60")).exits(1);
    assert!(out.is_empty() && err.contains("60 bytes"), "{err}");
    let (_, err) = xamine(limited("--max-quality", "Q6")).exits(2);
    assert!(err.contains("'Q6'"), "{err}");
    let (_, err) = xamine(limited("--max-bytes", "1k")).exits(2);
    let told = "xamine: '--max-bytes' takes a whole number of bytes, such as 12000, not '1k'";
    assert_eq!(err.trim(), told);
}

#[test]
fn options_of_the_console_are_refused_by_the_name_that_was_typed() {
    let console = |name, value| xamine([SEMIZ, "--read-only", name, value]);
    for wrong in ["x", "0", "-1", "1000001", ""] {
        let option = format!("--byte-budget={wrong}");
        let (_, err) = xamine([SEMIZ, "--read-only", &option]).exits(2);
        let told = format!("xamine: '--byte-budget' takes 1 to 1000000 kB a second, not '{wrong}'");
        assert_eq!(err.trim(), told);
    }
    let (_, err) = console("--max-quality", "Q6").exits(2);
    assert!(err.contains("the quality 'Q6'"), "{err}");
    let (_, err) = console("--protocol", "smoke").exits(2);
    assert!(err.contains("the protocol 'smoke'"), "{err}");
    // Either case is a rung, as for 'show'; without a terminal the console says that.
    let (_, err) = console("--max-quality", "q3").exits(1);
    assert!(err.contains("/dev/tty"), "{err}");
}

#[test]
fn show_of_the_lowest_quality_is_made_of_cells() {
    let words = ["show", SEMIZ, "--protocol", "kitty", "--max-quality", "q0"];
    let output = xamine(words).output();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains('▀') && !text.contains("\x1b_G"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Q0"));
}

#[test]
fn a_checkpoint_goes_into_a_file_and_is_compared_by_file_or_by_groups() {
    let folder = tempfile::tempdir().unwrap();
    let (log, note) = (folder.path().join("log"), folder.path().join("note.txt"));
    std::fs::create_dir(&log).unwrap();
    let log = log.to_str().unwrap();
    // The first one covers nothing; the second one the first.
    let origin = ["--origin", "post-7"];
    let take = ["log", "checkpoint", "--log", log];
    xamine(take.iter().chain(&origin).copied()).exits(0);
    let (out, spoken) = xamine(take.iter().chain(&origin).copied()).exits(0);
    assert!(out.starts_with("post-7\n3\n"), "{out}");
    std::fs::write(&note, &out).unwrap();
    let groups: String = spoken
        .lines()
        .filter(|line| line.starts_with("    "))
        .collect();
    for against in [note.to_str().unwrap(), &groups] {
        let verify = ["log", "verify", "--log", log, "--against", against];
        let (out, _) = xamine(verify).exits(0);
        assert!(
            out.contains("all 3 records that the checkpoint of 'post-7' covers"),
            "{out}"
        );
        let (json, _) = xamine(verify.into_iter().chain(["--json"])).exits(0);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["checkpoint"]["holds"], true);
    }
    // A digit misheard is said, not taken for a rewritten log.
    let wrong = groups.replacen('1', "2", 1);
    let (_, err) = xamine(["log", "verify", "--log", log, "--against", &wrong]).exits(1);
    assert!(
        err.contains("a digit is wrong") || err.contains("above 65535"),
        "{err}"
    );
}
