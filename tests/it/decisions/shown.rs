//! `log show` and `log verify`: exit codes, JSON, and hostile text that stays text.

use std::ffi::OsString;
use std::path::Path;

use super::sitting::{Sitting, decision, log_of, only_segment};
use xamine::decisions::{MarkedRegion, Note, Request, Shape};

/// Runs `xamine log ARGUMENTS --log FOLDER` and gives its exit code and output.
fn log(arguments: &[&str], folder: &Path) -> (u8, String) {
    let mut all: Vec<OsString> = vec!["xamine".into(), "log".into()];
    all.extend(arguments.iter().map(OsString::from));
    all.extend(["--log".into(), folder.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = xamine::cli::run(all, &mut out, &mut err);
    out.extend(err);
    (code, String::from_utf8(out).unwrap())
}

/// Text that terminals, file names, JSON and readers mind.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}gpj\u{200b}\u{e0041}\r\n\u{0}\"}\\ {\"kind\":\"close\"}\u{2028}\u{feff}";

#[test]
fn hostile_text_in_every_field_is_shown_harmlessly() {
    let folder = tempfile::tempdir().unwrap();
    let sitting = Sitting::with(folder.path(), HOSTILE, |settings| {
        settings.host = HOSTILE.into();
        settings.login = HOSTILE.into();
    })
    .opened();
    let mut body = decision(1);
    let hostile = || HOSTILE.to_owned();
    body.scan_id = hostile();
    body.scan.scan_id = hostile();
    body.scan.container = Some(hostile());
    body.scan.kind = hostile();
    body.scan.files[0].path = hostile();
    body.unit = Some(hostile());
    body.reasons = vec![hostile()];
    body.note = hostile();
    body.checklist.insert(hostile(), hostile());
    body.warnings_acknowledged = vec![hostile()];
    body.refers_to = Some(hostile());
    body.regions = vec![MarkedRegion {
        shape: Shape::Rect,
        points: vec![[0.0, f64::NAN]],
        mm: None,
        label: hostile(),
        view: None,
        stats: [(
            hostile(),
            xamine::decisions::PlaneStats {
                mean: 0.0,
                sd: 0.0,
                min: 0.0,
                max: 0.0,
                transmission: None,
                attenuation: None,
            },
        )]
        .into(),
        material: Some(HOSTILE.into()),
        measured: Some(HOSTILE.into()),
    }];
    sitting.decide(1, body);
    let note = Note {
        note: hostile(),
        ..Note::default()
    };
    sitting
        .writer
        .send(Request::Note {
            token: 2,
            body: note,
        })
        .unwrap();
    sitting.end();
    for arguments in [
        &["show"][..],
        &["show", "--json"],
        &["verify"],
        &["verify", "--json"],
        &["verify", "--files"],
    ] {
        let (code, text) = log(arguments, folder.path());
        let expected = u8::from(arguments.contains(&"--files"));
        assert_eq!(code, expected, "{arguments:?}: {text}");
        let told = text.ends_with("but 1 scan file cannot be read\n");
        assert_eq!(told, expected == 1, "{arguments:?}: {text}");
        let bad = text.chars().find(|c| {
            *c != '\n'
                && xamine::text::Safe::from_outside(&format!("a{c}a"))
                    .as_str()
                    .len()
                    > 6
        });
        assert_eq!(bad, None, "{arguments:?}: {text}");
    }
    let (_, json) = log(&["show", "--json"], folder.path());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[1]["note"], HOSTILE, "nothing is lost");
    assert_eq!(rows.len(), 4);
}

#[test]
fn verify_gives_the_contracts_json_and_exit_codes() {
    let folder = log_of(5);
    let (code, text) = log(&["verify", "--json"], folder.path());
    assert_eq!(
        (code, text.as_str()),
        (
            0,
            "{\"verdict\":\"clean\",\"records\":5,\"segments\":1,\"problems\":[],\"checkpoint\":null}\n"
        )
    );
    let (name, bytes) = only_segment(folder.path());
    let mut flipped = bytes.clone();
    flipped[200] ^= 1;
    std::fs::write(folder.path().join(&name), flipped).unwrap();
    let (code, text) = log(&["verify", "--json"], folder.path());
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["verdict"]), (1, &"tampered".into()));
    let first = &report["problems"][0];
    assert_eq!(
        (&first["segment"], &first["line"]),
        (&name.clone().into(), &1.into())
    );
    assert_eq!(first["kind"], "self");
    assert!(first["detail"].is_string());
    let (code, text) = log(&["show"], folder.path());
    assert_eq!(code, 1);
    assert!(text.contains("damaged"), "{text}");
    // Cut at a line end: open. Cut elsewhere: tail.
    let end = bytes.iter().rposition(|byte| *byte == b'{').unwrap();
    for (length, code_due, verdict) in [(end, 1, "tail"), (0, 0, "open")] {
        std::fs::write(folder.path().join(&name), &bytes[..length]).unwrap();
        let (code, text) = log(&["verify"], folder.path());
        assert_eq!(code, code_due, "{text}");
        assert!(text.lines().last().unwrap().starts_with(verdict), "{text}");
    }
}

#[test]
fn show_reads_like_a_list() {
    let folder = log_of(4);
    let (code, text) = log(&["show"], folder.path());
    assert_eq!(code, 0);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("segment 20260301T12000"), "{text}");
    assert!(
        lines[1].ends_with("open  kim on post-7, xamine 0.1.0"),
        "{text}"
    );
    assert!(
        lines[2].contains("  decision  clear  /scans/2.tif"),
        "{text}"
    );
    let (code, text) = log(&["show"], &folder.path().join("missing"));
    assert_eq!(code, 1);
    assert!(text.contains("there is no log in"), "{text}");
}

#[test]
fn an_empty_folder_is_clean_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(log(&["verify"], folder.path()).0, 0);
    let (code, text) = log(&["show"], folder.path());
    assert!(code == 0 && text.starts_with("no records in"), "{text}");
    assert_eq!(log(&["show", "--json"], folder.path()).1, "[]\n");
}
