//! Reports: a small log over a shipped scan, and what comes out of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};
use tempfile::TempDir;
use xamine::cancel::Cancel;
use xamine::decisions::{
    Amend, Answer, Arbitration, Change, Companion, Conclusion, Decision, FoundItem, Inspection,
    LogSettings, MarkedRegion, Outcome, PlaneStats, Request, ScanBlock, Second, Shape, Timing,
    ViewSeen, Writer,
};
use xamine::scan::{self, Limits};
use xamine::view::{View, ViewRequest};

use crate::kept::root;

/// A log that is being written.
pub(crate) struct Post {
    writer: Writer,
    answers: Receiver<Answer>,
    token: AtomicU64,
}

impl Post {
    pub(crate) fn of(folder: &Path, analyst: &str) -> Self {
        let mut settings = LogSettings::new(folder.to_owned(), Some(analyst.to_owned()));
        settings.host = "post-7".into();
        let (sender, answers) = channel();
        let writer = Writer::start(settings, move |answer| {
            let _ = sender.send(answer);
        });
        Self {
            writer: writer.unwrap(),
            answers,
            token: AtomicU64::new(1),
        }
    }

    /// Records what `request` makes of a token and gives the record's id.
    pub(crate) fn record(&self, request: impl FnOnce(u64) -> Request) -> String {
        let token = self.token.fetch_add(1, Ordering::Relaxed);
        self.writer.send(request(token)).unwrap();
        loop {
            match self.answers.recv().unwrap() {
                Answer::Recorded { id, .. } => return id,
                Answer::Opened { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) fn decide(&self, body: Decision) -> String {
        self.record(|token| Request::Decision {
            token,
            body: Box::new(body),
        })
    }
}

/// The scan that is decided upon, copied so that a test may change it.
fn sample(folder: &Path) -> PathBuf {
    let path = folder.join("truck_16bit.png");
    std::fs::copy(root("samples/png/truck_16bit.png"), &path).unwrap();
    path
}

/// A view of the scan: its region, filters and how long it stood.
fn look(view: &View, region: [f64; 4], zoom: f64, dwell_ms: u64) -> ViewSeen {
    ViewSeen {
        view: View {
            region,
            zoom,
            ..view.clone()
        },
        protocol: "kitty".into(),
        quality: "Q5".into(),
        lossless: true,
        dwell_ms,
        merged: None,
    }
}

/// A suspicious decision with views, a region and text that must not be obeyed.
fn suspicious(path: &Path) -> Decision {
    let (found, _) = scan::resolve(path, true).unwrap();
    let opened = scan::open(&found, &Limits::default(), &Cancel::never()).unwrap();
    let radiograph = &opened.views[0];
    let request = ViewRequest {
        filters: vec!["edge".into()],
        ..ViewRequest::default()
    };
    let plain = View::of(radiograph, &ViewRequest::default()).unwrap();
    let edged = View::of(radiograph, &request).unwrap();
    let (w, h) = (radiograph.width() as f64, radiograph.height() as f64);
    let mut body = Decision::new(ScanBlock::of(&opened), Conclusion::Suspicious);
    body.scan.container = Some("MSCU1234566".into());
    body.reasons = vec!["density-anomaly".into(), "organic-mass".into()];
    body.note = "=HYPERLINK(\"x\") <script>alert(1)</script>\nsecond line \u{1b}[2J".into();
    body.confidence = Some(4);
    body.controls = vec![40, 44];
    body.views = vec![
        look(&plain, [0.0, 0.0, w, h], 800.0 / w, 12_500),
        look(&edged, [w / 4.0, h / 4.0, w / 4.0, h / 4.0], 1.0, 30_000),
    ];
    let stats = PlaneStats {
        mean: 1234.5,
        sd: 10.25,
        min: 1000.0,
        max: 2000.0,
        transmission: Some(0.125),
        attenuation: Some(2.079),
    };
    body.regions = vec![MarkedRegion {
        shape: Shape::Rect,
        points: vec![[w / 4.0, h / 3.0], [w / 3.0, h / 2.0]],
        mm: Some([400.0, 250.0]),
        label: "A <b>".into(),
        view: None,
        stats: [("image".to_owned(), stats)].into(),
        material: Some(json!({"class": "organic", "z": 7.2, "z_iqr": [6.9, 7.6],
            "steel_mm": 12.5, "mass_thickness_g_cm2": 9.8, "confidence": 0.8})),
        measured: None,
    }];
    body.timing = Some(Timing {
        first_pixel_ms: Some(300),
        total_ms: 42_000,
        idle_ms: 2_000,
    });
    body.declaration = Some(Companion {
        path: "/declared/MSCU1234566.xml".into(),
        sha256: "ab".repeat(32),
    });
    body.warnings_acknowledged = vec!["truncated".into()];
    body.final_lossless = true;
    body
}

/// Where the log and its scan are, and the ids of its decisions.
struct Log {
    place: TempDir,
    first: String,
    clear: String,
    second: String,
}

impl Log {
    /// One case with everything, and a plain clear one.
    fn full() -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = sample(place.path());
        let folder = place.path().join("log");
        let kim = Post::of(&folder, "kim");
        let first = kim.decide(suspicious(&path));
        let mut plain = Decision::new(suspicious(&path).scan, Conclusion::Clear);
        plain.timing = Some(Timing {
            first_pixel_ms: None,
            total_ms: 18_000,
            idle_ms: 0,
        });
        let clear = kim.decide(plain);
        kim.record(|token| Request::Amend {
            token,
            body: Amend {
                of: first.clone(),
                change: Change {
                    confidence: Some(2),
                    ..Change::default()
                },
                reason: "too sure".into(),
            },
        });
        drop(kim);
        let lee = Post::of(&folder, "lee");
        let second = lee.record(|token| Request::Second {
            token,
            body: Box::new(Second {
                of: first.clone(),
                blind: true,
                decision: Decision::new(suspicious(&path).scan, Conclusion::Inconclusive),
            }),
        });
        lee.record(|token| Request::Arbitration {
            token,
            body: Box::new(Arbitration {
                of: vec![first.clone(), second.clone()],
                reason: "the mass is there".into(),
                decision: Decision::new(ScanBlock::default(), Conclusion::Suspicious),
            }),
        });
        lee.record(|token| Request::Outcome {
            token,
            body: Outcome {
                of: first.clone(),
                result: Inspection::Seizure,
                found: vec![FoundItem {
                    what: "tobacco".into(),
                    quantity: Some(12.5),
                    unit: "kg".into(),
                    region: None,
                }],
                by: "team 3".into(),
                inspected_at: "2026-03-01".into(),
            },
        });
        drop(lee);
        Self {
            place,
            first,
            clear,
            second,
        }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("log")
    }

    /// Runs `xamine log` and gives exit code, standard output and standard error.
    fn run(&self, words: &[&str]) -> (u8, String, String) {
        let folder = self.folder();
        let tail = ["--log", folder.to_str().unwrap()];
        let all = ["xamine", "log"].iter().chain(words).chain(&tail);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = xamine::cli::run(all.map(Into::into), &mut out, &mut err);
        (
            code,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    /// Changes a byte of the first segment's last line.
    fn damage(&self) {
        let mut names: Vec<PathBuf> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
            .collect();
        names.sort();
        let text = std::fs::read_to_string(&names[0]).unwrap();
        std::fs::write(&names[0], text.replace("too sure", "too late")).unwrap();
    }
}

#[test]
fn a_case_is_a_line_with_everything_that_answers_it() {
    let log = Log::full();
    let (code, out, err) = log.run(&["export", "--format", "jsonl"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let cases: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(cases.len(), 2);
    let case = cases.iter().find(|case| case["id"] == log.first).unwrap();
    assert_eq!(case["analyst"], "kim");
    assert_eq!(case["effective"]["decision"], "suspicious");
    assert_eq!(case["effective"]["confidence"], 2);
    assert_eq!(case["effective"]["standing"], "arbitrated");
    assert_eq!(case["decision"]["confidence"], 4, "what was recorded stays");
    assert_eq!(case["seconds"][0]["analyst"], "lee");
    assert_eq!(case["seconds"][0]["record"]["id"], log.second);
    let lists = ["amends", "arbitrations", "outcomes"];
    assert_eq!(
        lists.map(|name| case[name].as_array().unwrap().len()),
        [1; 3]
    );
    assert_eq!(case["log"]["damaged"], 0);
    assert!(!out.contains('\u{1b}'));
    let other = cases.iter().find(|case| case["id"] == log.clear).unwrap();
    assert_eq!(other["effective"]["standing"], "single");
}

#[test]
fn a_table_has_a_row_a_decision_and_nothing_that_runs() {
    let log = Log::full();
    let file = log.place.path().join("out.csv");
    let (code, out, err) = log.run(&["export", "--format", "csv", "-o", file.to_str().unwrap()]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    let table = std::fs::read_to_string(&file).unwrap();
    let rows: Vec<&str> = table.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 3, "{table}");
    assert!(rows[0].starts_with("id,at,analyst,host,"));
    let columns = rows[0].split(',').count();
    assert_eq!(rows[2].split(',').count(), columns, "{}", rows[2]);
    let note = "\"'=HYPERLINK(\"\"x\"\") <script>alert(1)</script>\nsecond line \\u{1b}[2J\"";
    assert!(rows[1].contains(note), "{}", rows[1]);
    for word in ["kim", "arbitrated", "seizure", "tobacco", "MSCU1234566"] {
        assert!(rows[1].contains(word), "{word}");
    }
    let inside = log.folder().join("out.csv");
    let (code, _, err) = log.run(&["export", "--format", "csv", "-o", inside.to_str().unwrap()]);
    assert!(code == 2 && err.contains("choose another folder"), "{err}");
}

#[test]
fn damage_is_said_in_every_export() {
    let log = Log::full();
    log.damage();
    let (code, out, err) = log.run(&["export", "--format", "jsonl"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("1 line or segment of the log is damaged"),
        "{err}"
    );
    for line in out.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        assert_eq!(case["log"]["damaged"], 1);
    }
    let (code, out, _) = log.run(&["export", "--format", "csv"]);
    assert_eq!(code, 1);
    let row = out.split_terminator("\r\n").nth(2).unwrap();
    assert!(row.ends_with(",1,0,0,0"), "{row}");
}

#[test]
fn a_page_answers_a_supervisor_in_two_languages() {
    let log = Log::full();
    let (code, page, err) = log.run(&["export", "--format", "html"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for said in [
        "<html lang=\"en\">",
        "<b>kim</b>",
        "MSCU1234566",
        "SHA-256 <code>",
        "density anomaly",
        "A &lt;b&gt;",
        "organic",
        "effective atomic number 7.2",
        "filters: <code>edge",
        "12.5 s",
        "every pixel value",
        "data of this scan is missing",
        "settled by arbitration",
        "seizure",
        "tobacco 12.5 kg",
        "every segment is closed and every hash is right",
        "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line \\u{1b}[2J",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    // The whole scan twice, two views and the region.
    assert_eq!(page.matches("data:image/png;base64,").count(), 5);
    let (code, page, _) = log.run(&["export", "--format", "html", "--lang", "fr"]);
    assert_eq!(code, 0);
    let words = [
        "<html lang=\"fr\">",
        "anomalie de densité",
        "numéro atomique effectif 7,2",
    ];
    for said in words {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("report-"), "a message is missing");
}

#[test]
fn a_region_says_on_which_of_several_views_it_lies() {
    let log = Log::full();
    let mut decision = suspicious(&log.place.path().join("truck_16bit.png"));
    decision.regions[0].view = Some("top".into());
    Post::of(&log.folder(), "ana").decide(decision);
    for (language, said) in [
        ("en", "Seen in the view “top”."),
        ("fr", "Vu dans la vue « top »"),
    ] {
        let (_, page, _) = log.run(&["export", "--format", "html", "--lang", language]);
        // Below the whole scan, and at the region itself.
        assert_eq!(page.matches(said).count(), 2, "{language}");
    }
    let target = log.place.path().join("reports");
    let words = [
        "export",
        "--format",
        "dicos",
        "-o",
        target.to_str().unwrap(),
    ];
    assert_eq!(log.run(&words).0, 0);
    let reports = std::fs::read_dir(&target).unwrap().flatten();
    let holds = |file: std::fs::DirEntry| {
        let bytes = std::fs::read(file.path()).unwrap();
        String::from_utf8_lossy(&bytes).contains("top: A <b>")
    };
    assert_eq!(
        reports.filter_map(|one| holds(one).then_some(())).count(),
        1
    );
}

#[test]
fn a_changed_scan_gives_a_sentence_and_no_picture() {
    let log = Log::full();
    let path = log.place.path().join("truck_16bit.png");
    std::fs::copy(root("samples/bad/cut_short.tif"), &path).unwrap();
    let (_, page, _) = log.run(&["export", "--format", "html", "--record", &log.first[..12]]);
    assert!(page.contains("No picture:"));
    assert!(!page.contains("data:image/png"));
    std::fs::remove_file(&path).unwrap();
    let (_, page, _) = log.run(&["export", "--format", "html"]);
    assert!(page.contains("No picture:") && page.contains("truck_16bit.png"));
    let (code, _, err) = log.run(&["export", "--format", "html", "--record", "zz"]);
    assert!(code == 2 && err.contains("log show"), "{err}");
}

#[test]
fn a_bundle_goes_out_blind_and_its_answer_comes_back() {
    let log = Log::full();
    let file = log.place.path().join("ask.tar");
    let question = "what is behind the third row?";
    let words = [
        "bundle",
        &log.first[..8],
        "--question",
        question,
        "-o",
        file.to_str().unwrap(),
    ];
    let (code, out, _) = log.run(&words);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("2 files"), "{out}");
    let bytes = std::fs::read(&file).unwrap();
    let holds = |word: &str| {
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    for told in ["suspicious", "density-anomaly", "kim", "regions", "organic"] {
        assert!(!holds(told), "{told} is in the bundle");
    }
    let there = log.place.path().join("there");
    tar::Archive::new(&bytes[..]).unpack(&there).unwrap();
    let inside = std::fs::read_dir(&there)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let question = xamine::store::Question::in_folder(&inside).expect("a question");
    assert_eq!(question.of, log.first);
    let scan = inside.join("truck_16bit.png");
    let length = std::fs::metadata(&scan).unwrap().len();
    assert!(question.is_about("truck_16bit.png", length));
    assert!(!question.is_about("truck_16bit.png", length + 1));
    // The other post reads it, and its log comes back.
    let other = log.place.path().join("other");
    let ana = Post::of(&other, "ana");
    ana.record(|token| Request::Second {
        token,
        body: Box::new(Second {
            of: question.of.clone(),
            blind: true,
            decision: suspicious(&scan),
        }),
    });
    drop(ana);
    let all = log.place.path().join("all");
    xamine::decisions::merge(&[log.folder(), other], &all).unwrap();
    let cases = xamine::report::gather(&all).unwrap();
    let mut readers = Vec::new();
    cases
        .each::<xamine::Error>(&mut |case| {
            if case.id == log.first {
                readers = case
                    .seconds
                    .iter()
                    .map(|second| second.analyst.clone())
                    .collect();
            }
            Ok(())
        })
        .unwrap();
    assert!(readers.contains(&"ana".to_owned()) && readers.contains(&"lee".to_owned()));
    // A picture instead; and a scan that changed goes nowhere.
    let picture = log.place.path().join("picture.tar");
    let words = [
        "bundle",
        &log.first,
        "--picture",
        "-o",
        picture.to_str().unwrap(),
    ];
    assert_eq!(log.run(&words).0, 0);
    std::fs::copy(
        root("samples/png/truck_16bit.png"),
        log.place.path().join("kept.png"),
    )
    .unwrap();
    std::fs::write(log.place.path().join("truck_16bit.png"), b"other").unwrap();
    let file = log.place.path().join("changed.tar");
    let (code, _, err) = log.run(&["bundle", &log.first, "-o", file.to_str().unwrap()]);
    assert!(
        code == 1 && err.contains("not the file that was decided upon"),
        "{err}"
    );
    assert!(!file.exists());
}

#[test]
fn a_record_is_proved_without_the_log() {
    let log = Log::full();
    let place = |name: &str| log.place.path().join(name).to_str().unwrap().to_owned();
    let without = |words: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let all = ["xamine", "log"].iter().chain(words);
        let code = xamine::cli::run(all.map(Into::into), &mut out, &mut err);
        let [out, err] = [out, err].map(|text| String::from_utf8(text).unwrap());
        (code, out + &err)
    };
    let (code, _, err) = log.run(&["prove", &log.first]);
    assert!(code == 1 && err.contains("no checkpoint"), "{err}");
    let (_, made) = without(&["key", "new", "--name", "post-7", "-o", &place("key")]);
    let key = made.lines().next().unwrap().to_owned();
    let (code, refused) = without(&["key", "new", "-o", &place("key")]);
    assert!(code != 0, "a key is never written over: {refused}");
    let (code, note, err) = log.run(&["checkpoint", "--key", &place("key")]);
    assert!(code == 0 && !err.contains("read by others"), "{err}");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(place("key"), open).unwrap();
    let (code, _, err) = log.run(&["checkpoint", "--key", &place("key")]);
    assert!(code == 0 && err.contains("read by others"), "{err}");
    std::fs::write(place("first.txt"), &note).unwrap();
    let signed = ["verify", "--against", &place("first.txt"), "--signer", &key];
    let (code, _, err) = log.run(&signed);
    assert!(code == 0 && err.contains("signed by post-7"), "{err}");
    std::fs::write(place("forged.txt"), note.replacen("post-7", "post-8", 1)).unwrap();
    let (code, ..) = log.run(&[
        "verify",
        "--against",
        &place("forged.txt"),
        "--signer",
        &key,
    ]);
    assert_eq!(code, 1);
    let words = [
        "prove",
        &log.first,
        "--against",
        &place("first.txt"),
        "-o",
        &place("proof"),
    ];
    assert_eq!(log.run(&words).0, 0);
    // Later the log goes on, and another checkpoint is taken.
    Post::of(&log.folder(), "ana").decide(suspicious(&log.place.path().join("truck_16bit.png")));
    let (_, later, _) = log.run(&["checkpoint"]);
    std::fs::write(place("later.txt"), later).unwrap();
    let between = ["--from", &place("first.txt"), "--to", &place("later.txt")];
    let words = [
        "prove",
        between[0],
        between[1],
        between[2],
        between[3],
        "-o",
        &place("grown"),
    ];
    let (code, _, err) = log.run(&words);
    assert_eq!(code, 0, "{err}");
    std::fs::remove_dir_all(log.folder()).unwrap();
    let (code, said) = without(&[
        "prove",
        "--check",
        &place("proof"),
        "--against",
        &place("first.txt"),
    ]);
    assert!(
        code == 0 && said.contains("part of the checkpoint"),
        "{said}"
    );
    assert!(
        said.contains(&log.first) && !said.contains('\u{1b}'),
        "{said}"
    );
    let (code, said) = without(&["prove", "--check", &place("proof")]);
    assert!(code == 0 && said.contains("kept elsewhere"), "{said}");
    for (note, signed) in [("first.txt", 0), ("forged.txt", 1)] {
        let words = [
            "prove",
            "--check",
            &place("proof"),
            "--against",
            &place(note),
        ];
        let (code, said) = without(&[&words[..], &["--signer", &key]].concat());
        assert_eq!(code, signed, "{said}");
    }
    let words = ["prove", "--check", &place("proof"), "--signer", &key];
    let (code, said) = without(&words);
    assert!(code != 0 && said.contains("--against"), "{said}");
    let (code, said) = without(&[
        "prove",
        "--check",
        &place("proof"),
        "--against",
        &place("later.txt"),
    ]);
    assert!(code == 1 && said.contains("another checkpoint"), "{said}");
    let grown = [
        "prove",
        "--check",
        &place("grown"),
        between[0],
        between[1],
        between[2],
        between[3],
    ];
    let (code, said) = without(&grown);
    assert!(code == 0 && said.contains("holds everything"), "{said}");
    // Any digit changed, and it holds no more.
    for name in ["proof", "grown"] {
        let text = std::fs::read_to_string(place(name)).unwrap();
        let digits: Vec<usize> = text
            .match_indices(|c: char| c.is_ascii_digit())
            .map(|(at, _)| at)
            .collect();
        for at in digits.iter().step_by(digits.len() / 40 + 1) {
            let mut bytes = text.clone().into_bytes();
            bytes[*at] = if bytes[*at] == b'7' { b'3' } else { b'7' };
            std::fs::write(place("changed"), bytes).unwrap();
            let mut words = vec!["prove", "--check"];
            let changed = place("changed");
            words.push(&changed);
            let kept = place("first.txt");
            if name == "proof" {
                words.extend(["--against", &kept]);
            } else {
                words.extend(between);
            }
            assert_ne!(without(&words).0, 0, "{name} at {at}");
        }
    }
}

#[test]
fn each_decision_is_an_operators_report_of_dicos() {
    let log = Log::full();
    let (code, _, err) = log.run(&["export", "--format", "dicos"]);
    assert!(code == 2 && err.contains("-o"), "{err}");
    let target = log.place.path().join("reports");
    let words = [
        "export",
        "--format",
        "dicos",
        "-o",
        target.to_str().unwrap(),
    ];
    let (code, out, err) = log.run(&words);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("2 files"), "{out}");
    for (id, decision) in [(&log.first, "ALARM"), (&log.clear, "CLEAR")] {
        let file = target.join(format!("{id}.dcs"));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let words = ["xamine", "info", "--json", file.to_str().unwrap()];
        let code = xamine::cli::run(words.map(Into::into), &mut out, &mut err);
        assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));
        let info: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(info["kind"], "report");
        let bytes = std::fs::read(&file).unwrap();
        let holds = |word: &str| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        assert!(holds(decision) && holds("OPERATOR") && holds("MSCU1234566"));
        assert_eq!(holds("organic mass"), decision == "ALARM");
        // What an analyst typed is no element of its own.
        assert!(!holds("\u{1b}[2J"));
    }
    // Written again it is the same, byte for byte.
    let file = target.join(format!("{}.dcs", log.first));
    let before = std::fs::read(&file).unwrap();
    log.run(&words);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn parquet_is_written_or_the_build_that_writes_it_is_named() {
    let log = Log::full();
    let file = log.place.path().join("out.parquet");
    let words = [
        "export",
        "--format",
        "parquet",
        "-o",
        file.to_str().unwrap(),
    ];
    let (code, _, err) = log.run(&words);
    if cfg!(feature = "parquet") {
        assert_eq!((code, err.as_str()), (0, ""));
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    } else {
        assert!(code == 1 && err.contains("--features parquet"), "{err}");
        assert!(!file.exists());
    }
}

#[test]
fn numbers_say_what_outcomes_can_and_cannot() {
    let log = Log::full();
    let (code, out, err) = log.run(&["stats"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for said in [
        "2 decisions in 1 sitting",
        "suspicious: 1; half within 40.0 s",
        "clear: 1; half within 18.0 s",
        "organic mass: 1",
        "settled by arbitration: 1",
        "corrected later: 1",
        "Of 1 suspicious that were inspected, 1 had a find: 100 % (95 % interval 21 to 100 %)",
        "cannot be told from these",
        "suspicious of MSCU1234566 was: seizure (tobacco 12.5 kg)",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    let (_, out, _) = log.run(&[
        "stats",
        "--json",
        "--analyst",
        "kim",
        "--since",
        "2020-01-01",
    ]);
    let stats: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(stats["decisions"], 2);
    assert_eq!(stats["by_decision"]["suspicious"]["seconds"][1], 40.0);
    assert_eq!(stats["feedback"][0]["id"], log.first);
    for words in [["--analyst", "lee"], ["--until", "2020-01-01"]] {
        let (_, out, _) = log.run(&["stats", "--json", words[0], words[1]]);
        let stats: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(stats["decisions"], 0, "{words:?}");
    }
    let (code, _, err) = log.run(&["stats", "--since", "tomorrow"]);
    assert!(code == 2 && err.contains("2026-03-01"), "{err}");
    log.damage();
    let (code, out, err) = log.run(&["stats"]);
    assert!(
        code == 1 && err.contains("damaged") && out.contains("decisions"),
        "{err}"
    );
}

#[test]
fn the_team_that_opens_the_unit_gets_one_page() {
    let log = Log::full();
    let (code, page, err) = log.run(&["sheet", &log.first[..8]]);
    assert_eq!((code, err.as_str()), (0, ""));
    for said in [
        "<title>Inspection: MSCU1234566</title>",
        "A &lt;b&gt;",
        "of the picture from its left end",
        "does not say how large a pixel is",
        "organic",
        "drugs, tobacco",
        "data:image/png;base64,",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("<script") && !page.contains("report-") && !page.contains("sheet-"));
    let words = ["sheet", &log.first, "--format", "text", "--lang", "fr"];
    let (code, text, _) = log.run(&words);
    assert_eq!(code, 0);
    assert!(text.starts_with("Contrôle : MSCU1234566"), "{text}");
    assert!(
        text.contains("numéro atomique effectif 7,2") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn a_replay_draws_every_step_pixel_by_pixel() {
    let log = Log::full();
    let pictures = log.place.path().join("steps");
    let (code, out, err) = log.run(&["replay", &log.first[..12], "-o", pictures.to_str().unwrap()]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for said in [
        "suspicious by kim",
        "step 1 of 2  12.5 s  kitty, Q5, every pixel value",
        "step 2 of 2  30.0 s",
        "filters: edge",
        "truck_16bit.png",
        "step-02.png",
    ] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    assert!(!out.contains('\u{1b}'));
    // The second view stood at 1:1: its picture has a pixel for each of the scan's.
    let file = std::fs::File::open(pictures.join("step-02.png")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(file)).read_info();
    let (width, height) = reader.unwrap().info().size();
    let whole = std::fs::File::open(root("samples/png/truck_16bit.png")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(whole)).read_info();
    let (w, h) = reader.unwrap().info().size();
    assert_eq!((width, height), (w / 4, h / 4));
    let (code, out, _) = log.run(&["replay", &log.first, "--step", "2", "--json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, told["steps"].as_array().unwrap().len()), (0, 1));
    assert_eq!(told["steps"][0]["seen"]["dwell_ms"], 30_000);
    assert_eq!(told["analyst"], "kim");
    let (code, _, err) = log.run(&["replay", &log.first, "--step", "3"]);
    assert!(code == 2 && err.contains("there is no step 3"), "{err}");
    // A second reading is a record of its own, here without a look.
    let (code, out, _) = log.run(&["replay", &log.second]);
    assert!(code == 0 && out.contains("inconclusive by lee") && out.contains("0 views"));
}

#[test]
fn a_replay_names_the_scan_that_changed() {
    let log = Log::full();
    let path = log.place.path().join("truck_16bit.png");
    // The same picture with a byte behind its end.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    std::fs::write(&path, bytes).unwrap();
    let (code, out, err) = log.run(&["replay", &log.first]);
    assert_eq!(code, 1);
    assert!(err.contains("truck_16bit.png") && err.contains("is not the file decided upon"));
    assert_eq!(err.lines().count(), 1, "one fault, one sentence: {err}");
    assert!(
        out.contains("step 2 of 2"),
        "what was seen is told all the same"
    );
    std::fs::remove_file(&path).unwrap();
    let (code, out, err) = log.run(&["replay", &log.first, "--json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert!(code == 1 && err.contains("truck_16bit.png"), "{err}");
    assert!(
        told["steps"][0]["problem"]
            .as_str()
            .unwrap()
            .contains("truck_16bit.png")
    );
}
