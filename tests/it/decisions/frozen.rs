//! The record format is permanent: a log written once by version 1 verifies and reads for ever, and
//! an independent writer that knows only `docs/decision-log.md` is understood.
//!
//! `tests/golden/log-v1` is never written again. It was made by the ignored test below.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::sitting::{Sitting, check, decision, kinds, scan, segment_names};
use xamine::decisions::{
    AlarmAnswer, Amend, Answered, Change, ClockJump, Close, Companion, Conclusion, Decision, Fault,
    MarkedRegion, Note, Open, PlaneStats, RadiationAnswer, Request, ScanSeen, Shape, Timing,
    Verdict, ViewSeen, ViewsSeen, history, plain_json,
};
use xamine::filter::FilterUse;
use xamine::view::{Aspect, Display, Unit, VIEW_VERSION, View, Window};

/// SHA-256 of each file of the golden log.
const GOLDEN: &[(&str, &str)] = &[
    (
        "20260301T120000.100Z-post_7-kim-3614cbce69984d63c125f18fb37bc984.jsonl",
        "a16e5a962bad1325354fd91287e2e32be36eb483d0b2a480bdb29f65558532a2",
    ),
    (
        "20260301T120000.100Z-post_7-lee-f0d4a9edb834784b75013964c8a398e9.jsonl",
        "f72e4e9174a291ea10cf490bc7d73210834925dc3a923ea2be3184b9e566ab21",
    ),
    (
        "20260301T120000.100Z-post_7-zoe-600be2c9cba2e5c3a25e5bbc97b9e545.jsonl",
        "775c3fdd5a3bf8ee3ab2143b40424e186e958a3b059a9feedf1d63d711c17ebe",
    ),
    (
        "20260301T120000.500Z-post_7-zoe-a95f8bda0d1da7a0f2abdd6f50e2e322.jsonl",
        "20d8e32ed703b3e2f9e08e8238fe0194cda183d3e61aa0dd6a3a6101112140f5",
    ),
];

/// Where the golden log is.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log-v1")
}

/// SHA-256 in hex.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A view with every member said.
fn view() -> View {
    View {
        v: VIEW_VERSION,
        view: "side".into(),
        planes: vec!["high".into(), "low".into()],
        display: Display::Palette("steel".into()),
        filters: vec![FilterUse {
            name: "edge".into(),
            args: vec![0.5, 2.0],
            bypassed: false,
        }],
        window: Window {
            centre: 0.25,
            width: 0.125,
            unit: Unit::Transmission,
            function: None,
        },
        region: [-10.5, 0.0, 640.0, 480.0],
        zoom: 2.0,
        rotation: 90,
        mirrored: false,
        flipped: false,
        aspect: Aspect::World,
        comparison: None,
        profile: Some("0".repeat(64).into()),
    }
}

/// A decision with every member said.
fn full_decision() -> Decision {
    let seen = ViewSeen {
        view: view(),
        protocol: "kitty".into(),
        quality: "Q5".into(),
        lossless: true,
        dwell_ms: 4200,
        merged: Some(2),
    };
    let stats = PlaneStats {
        mean: 1234.5,
        sd: 1.25,
        min: 1000.0,
        max: 1500.0,
        transmission: Some(0.25),
        attenuation: None,
    };
    let region = MarkedRegion {
        shape: Shape::Rect,
        points: vec![[10.0, 20.0], [30.5, 40.0]],
        mm: Some([102.5, 100.0]),
        label: "behind the wall".into(),
        view: None,
        stats: BTreeMap::from([("high".to_owned(), stats)]),
        material: Some(serde_json::json!({"z": 26.0, "class": "metal"})),
        measured: None,
    };
    let mut body = decision(1);
    body.scan.container = Some("MSCU1234566".into());
    body.scan.files[0].path_hex = Some("2f7363616e732f312e746966".into());
    body.unit = Some("MSCU1234566".into());
    body.decision = Conclusion::Suspicious;
    body.reasons = vec!["organic-mass".into(), "declaration-mismatch".into()];
    body.note = "tab\t, quote \", back\\slash, é, 漢, \u{1f600}, \u{7f}, \u{2028}".into();
    body.confidence = Some(4);
    body.regions = vec![region];
    body.controls = vec![40, 44];
    body.views = vec![seen];
    body.checklist = BTreeMap::from([("identity".into(), "done".into())]);
    body.alarms = vec![AlarmAnswer {
        source: "density".into(),
        id: "7".into(),
        revealed_at: Some("2026-03-01T12:00:01.000+00:00".into()),
        answer: Some(Answered::Disagree),
    }];
    body.declaration = Some(Companion {
        path: "/scans/1.xml".into(),
        sha256: "1".repeat(64),
    });
    body.radiation = Some(RadiationAnswer {
        path: "/scans/1.n42".into(),
        sha256: "2".repeat(64),
        answer: Some(Answered::Unsure),
    });
    body.timing = Some(Timing {
        first_pixel_ms: Some(120),
        total_ms: 20_000,
        idle_ms: 1500,
    });
    body.final_lossless = true;
    body.truncated = true;
    body.warnings_acknowledged = vec!["file-changed".into()];
    body.refers_to = Some("0".repeat(32));
    body
}

/// Makes the golden log: `XAMINE_FREEZE=FOLDER cargo test freeze -- --ignored`.
#[test]
#[ignore = "the golden log is made once"]
fn freeze() {
    let folder = PathBuf::from(std::env::var_os("XAMINE_FREEZE").unwrap());
    let first = Sitting::of(&folder, "kim").opened();
    let seen = ScanSeen {
        scan_id: scan(1).scan_id,
        scan: scan(1),
    };
    first.writer.send(Request::Scan(seen)).unwrap();
    let xamine::decisions::Answer::Recorded { id, .. } = first.decide(1, full_decision()) else {
        panic!("not recorded")
    };
    first.time.jump_s(-60);
    first.decide(2, decision(2));
    let amend = Amend {
        of: id.clone(),
        change: Change {
            decision: Some(Conclusion::Clear),
            reasons: Some(Vec::new()),
            note: Some("opened and found empty".into()),
            confidence: Some(5),
            regions: Some(Vec::new()),
            controls: Some(vec![10]),
        },
        reason: "second look".into(),
    };
    let request = Request::Amend {
        token: 3,
        body: amend,
    };
    first.writer.send(request).unwrap();
    let note = Note {
        scan_id: Some(scan(2).scan_id),
        note: "asked for the declaration".into(),
        refers_to: Some(id),
    };
    first
        .writer
        .send(Request::Note {
            token: 4,
            body: note,
        })
        .unwrap();
    let views = ViewsSeen {
        scan_id: scan(3).scan_id,
        views: full_decision().views,
    };
    first.writer.send(Request::Views(views)).unwrap();
    first.end();
    // A segment torn in its last line.
    let torn = Sitting::of(&folder, "lee").opened();
    torn.decide(1, decision(4));
    torn.end();
    let name = segment_names(&folder)
        .into_iter()
        .find(|name| name.contains("-lee-"));
    let path = folder.join(name.unwrap());
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    // A segment given up after a short write.
    let ignored = std::sync::Arc::default();
    signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), ignored).unwrap();
    let limit = rustix::process::Rlimit {
        current: Some(2500),
        maximum: Some(1 << 30),
    };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
    let third = Sitting::of(&folder, "zoe").opened();
    third.decide(1, decision(5));
    third.decide(2, decision(6));
    third.end();
}

#[test]
fn the_golden_log_verifies_for_ever() {
    let names = segment_names(&golden());
    let hashes: Vec<(String, String)> = names
        .iter()
        .map(|name| {
            (
                name.clone(),
                sha256(&std::fs::read(golden().join(name)).unwrap()),
            )
        })
        .collect();
    let due: Vec<(String, String)> = GOLDEN
        .iter()
        .map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned()))
        .collect();
    assert_eq!(hashes, due, "a golden file was changed");
    let report = check(&golden());
    assert_eq!(report.verdict, Verdict::Open, "{:?}", report.problems);
    let mut found = kinds(&report);
    found.sort_unstable();
    assert_eq!(
        found,
        ["not-closed", "not-closed", "tail-pinned", "tail-pinned"]
    );
    let decided = history(&golden()).unwrap();
    let entry = decided.by_scan_id(&scan(1).scan_id).unwrap();
    assert_eq!(
        (entry.conclusion(), entry.amended),
        (Some(Conclusion::Clear), true)
    );
    assert_eq!(decided.entries().count(), 5);
}

/// The body of a line read as `T` and written again.
fn rewritten<T: Serialize + DeserializeOwned>(line: &str) -> String {
    plain_json(&serde_json::to_string(&serde_json::from_str::<T>(line).unwrap()).unwrap())
}

#[test]
fn bodies_are_written_today_as_they_were_on_the_first_day() {
    let mut seen = BTreeMap::new();
    for name in segment_names(&golden()) {
        let text = std::fs::read_to_string(golden().join(name)).unwrap();
        for line in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let (_, kind) = line.split_once("\"kind\":\"").unwrap();
            let (kind, rest) = kind.split_once('"').unwrap();
            let body = &rest[1..rest.rfind(",\"prev\":").unwrap()];
            let again = match kind {
                "open" => rewritten::<Open>(line),
                "scan" => rewritten::<ScanSeen>(line),
                "view" => rewritten::<ViewsSeen>(line),
                "decision" => rewritten::<Decision>(line),
                "amend" => rewritten::<Amend>(line),
                "note" => rewritten::<Note>(line),
                "clock" => rewritten::<ClockJump>(line),
                "fault" => rewritten::<Fault>(line),
                "close" => rewritten::<Close>(line),
                other => panic!("unknown kind {other}"),
            };
            assert_eq!(again, format!("{{{body}}}"));
            *seen.entry(kind.to_owned()).or_insert(0) += 1;
        }
    }
    let kinds: Vec<&str> = seen.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "amend", "clock", "close", "decision", "fault", "note", "open", "scan", "view"
        ]
    );
}

/// A segment written by the words of the documentation alone.
fn by_the_book(name: &str, bodies: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut prev = sha256(name.as_bytes());
    for (seq, (kind, body)) in (1..).zip(bodies) {
        let front = format!(
            "{{\"v\":1,\"seq\":{seq},\"id\":\"{seq:032x}\",\"at\":\"2026-03-01T12:00:00.000+05:45\",\"boot_ns\":{seq},\"kind\":\"{kind}\",{body},\"prev\":\"{prev}\","
        );
        let line = format!("{front}\"self\":\"{}\"}}", sha256(front.as_bytes()));
        prev = sha256(line.as_bytes());
        text += &line;
        text.push('\n');
    }
    text
}

#[test]
fn another_programs_log_and_a_newer_versions_records_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let name = "20260301T061500Z-a-b-00000000000000000000000000000000.jsonl";
    let open = format!(
        "\"program\":\"other\",\"version\":\"9\",\"build\":\"\",\"host\":\"a\",\"login\":\"b\",\"analyst\":\"b\",\"time_zone\":\"Asia/Kathmandu\",\"clock_sync\":\"unknown\",\"boot_id\":\"\",\"heads\":[],\"pinned\":\"{}\",\"tails\":[],\"new\":{{\"x\":[1,2]}}",
        sha256(b"")
    );
    let decision = "\"scan_id\":\"s\",\"scan\":{\"scan_id\":\"s\",\"files\":[{\"path\":\"/s\",\"sha256\":\"s\",\"bytes\":3,\"new\":1}],\"kind\":\"new\"},\"decision\":\"postponed\",\"sig\":\"x\"";
    let bodies = [
        ("open", open.as_str()),
        (
            "alarm",
            "\"source\":\"new\",\"nested\":{\"prev\":\"no\",\"self\":\"no\"}",
        ),
        ("decision", decision),
        (
            "close",
            "\"records\":4,\"counts\":{\"alarm\":1,\"close\":1,\"decision\":1,\"open\":1}",
        ),
    ];
    std::fs::write(folder.path().join(name), by_the_book(name, &bodies)).unwrap();
    let report = check(folder.path());
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Clean, vec![]));
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id("s").unwrap();
    assert_eq!(
        (entry.word.as_str(), entry.conclusion()),
        ("postponed", None)
    );
    // The next sitting pins it like any other.
    Sitting::of(folder.path(), "kim").opened().end();
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
}
