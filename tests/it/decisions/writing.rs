//! Writing: round trips, retries, limits, clocks, several writers, modes of files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::sitting::{Sitting, check, decision, kinds, log_of, only_segment, scan, segment_names};
use xamine::decisions::{
    Amend, Answer, Change, Conclusion, Decision, NOTE_LIMIT, Note, Record, Request, ScanSeen,
    Scans, Verdict, ViewsSeen, Witnesses, history, read_log, verify,
};

/// The records of a log, as JSON.
fn records(folder: &std::path::Path) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let mut all = Vec::new();
    read_log::<xamine::Error>(folder, &mut |record| {
        let Record::Sound { members, .. } = record else {
            panic!("{record:?}")
        };
        all.push(members);
        Ok(())
    })
    .unwrap();
    all
}

#[test]
fn what_was_decided_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let sitting = Sitting::of(folder.path(), "kim").opened();
    let mut body = decision(1);
    body.decision = Conclusion::Suspicious;
    body.reasons = vec!["organic-mass".into()];
    let seen = ScanSeen {
        scan_id: scan(1).scan_id,
        scan: scan(1),
    };
    sitting.writer.send(Request::Scan(seen)).unwrap();
    let Answer::Recorded { id, seq, .. } = sitting.decide(7, body.clone()) else {
        panic!("not recorded")
    };
    assert_eq!(seq, 3);
    sitting.decide(8, decision(2));
    let amend = Amend {
        of: id.clone(),
        change: Change {
            decision: Some(Conclusion::Clear),
            ..Change::default()
        },
        reason: "pressed the wrong key".into(),
    };
    let (token, note) = (10, Note::default());
    let request = Request::Amend {
        token: 9,
        body: amend,
    };
    sitting.writer.send(request).unwrap();
    sitting
        .writer
        .send(Request::Note { token, body: note })
        .unwrap();
    sitting
        .writer
        .send(Request::Views(ViewsSeen::default()))
        .unwrap();
    sitting.end();

    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
    let all = records(folder.path());
    let kinds: Vec<&str> = all.iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "open", "scan", "decision", "decision", "amend", "note", "view", "close"
        ]
    );
    let read: Decision = serde_json::from_value(all[2].clone().into()).unwrap();
    assert_eq!(read, body);
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id(&scan(1).scan_id).unwrap();
    assert_eq!(
        (entry.conclusion(), entry.amended),
        (Some(Conclusion::Clear), true)
    );
    assert_eq!((entry.analyst.as_str(), &entry.id), ("kim", &id));
    let path = std::path::Path::new("/scans/2.tif");
    assert_eq!(
        decided.by_file(path, 1002).unwrap().scan_id,
        scan(2).scan_id
    );
    assert!(decided.by_file(path, 1003).is_none(), "another length");
    assert!(
        decided
            .by_file_unless_newer(path, 1002, i128::MAX)
            .is_none()
    );
    assert!(decided.by_file_unless_newer(path, 1002, 0).is_some());
    assert_eq!(decided.unread(), 0);
}

#[test]
fn the_latest_decision_counts_and_a_missing_folder_holds_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        history(&folder.path().join("none"))
            .unwrap()
            .entries()
            .count(),
        0
    );
    let sitting = Sitting::of(folder.path(), "kim").opened();
    sitting.decide(1, decision(1));
    let again = Decision::new(scan(1), Conclusion::Rescan);
    sitting.decide(2, again);
    sitting.end();
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id(&scan(1).scan_id).unwrap();
    assert_eq!(entry.conclusion(), Some(Conclusion::Rescan));
}

#[test]
fn a_folder_that_refuses_keeps_the_form_and_the_same_record_is_written_later() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("log");
    // A file in the folder's place refuses everybody, root too.
    fs::write(&folder, "in the way").unwrap();
    let second = place.path().join("second");
    let sitting = Sitting::with(&folder, "kim", |settings| {
        settings.fallback = Some(second.clone());
    });
    assert!(matches!(sitting.answer(), Answer::NotOpened { .. }));
    let Answer::NotRecorded { token, why, offer } = sitting.decide(1, decision(1)) else {
        panic!("recorded into a file")
    };
    assert_eq!((token, offer), (1, Some(second.clone())));
    assert!(why.as_str().contains("make room or choose another folder"));
    fs::remove_file(&folder).unwrap();
    let sitting = {
        // The same form confirmed again, now that the cause is gone.
        sitting
            .writer
            .send(Request::Decision {
                token: 1,
                body: Box::new(decision(1)),
            })
            .unwrap();
        sitting.opened()
    };
    assert!(matches!(
        sitting.answer(),
        Answer::Recorded { token: 1, .. }
    ));
    sitting
        .writer
        .send(Request::UseFolder(second.clone()))
        .unwrap();
    assert!(matches!(
        sitting.answer(),
        Answer::Closed { records: 3, .. }
    ));
    let sitting = sitting.opened();
    assert!(matches!(
        sitting.decide(2, decision(2)),
        Answer::Recorded { .. }
    ));
    sitting.end();
    assert_eq!(check(&folder).verdict, Verdict::Clean);
    assert_eq!(check(&second).verdict, Verdict::Clean);
}

#[test]
fn limits_are_told_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sitting = Sitting::of(folder.path(), "kim").opened();
    let mut body = decision(1);
    body.note = "x".repeat(NOTE_LIMIT + 1);
    let answer = sitting.decide(1, body.clone());
    assert!(matches!(answer, Answer::NotRecorded { .. }), "{answer:?}");
    body.note.pop();
    body.warnings_acknowledged = vec!["w".repeat(1 << 20)];
    let answer = sitting.decide(1, body.clone());
    assert!(matches!(answer, Answer::NotRecorded { .. }), "{answer:?}");
    body.warnings_acknowledged.clear();
    let answer = sitting.decide(1, body);
    assert!(
        matches!(answer, Answer::Recorded { seq: 2, .. }),
        "{answer:?}"
    );
    sitting.end();
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
    assert_eq!(
        segment_names(folder.path()).len(),
        1,
        "the segment was not given up"
    );
}

#[test]
fn a_jump_of_the_clock_is_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let sitting = Sitting::of(folder.path(), "kim").opened();
    sitting.decide(1, decision(1));
    for seconds in [-3600, 7200, 1] {
        sitting.time.jump_s(seconds);
        sitting.decide(2, decision(2));
    }
    sitting.end();
    let jumps: Vec<i64> = records(folder.path())
        .iter()
        .filter(|record| record["kind"] == "clock")
        .map(|record| record["jump_ms"].as_i64().unwrap())
        .collect();
    assert_eq!(jumps, [-3_600_000, 7_200_000]);
    let report = check(folder.path());
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Clean, vec![]));
}

#[test]
fn two_and_eight_writers_share_a_folder() {
    for writers in [2u64, 8] {
        let folder = tempfile::tempdir().unwrap();
        let sittings: Vec<Sitting> = (0..writers)
            .map(|_| Sitting::of(folder.path(), "kim"))
            .collect();
        for number in 0..25 {
            for (at, sitting) in (0..).zip(&sittings) {
                let body = Box::new(decision(at * 100 + number));
                let token = number;
                sitting
                    .writer
                    .send(Request::Decision { token, body })
                    .unwrap();
            }
        }
        let live = check(folder.path());
        assert!(live.verdict <= Verdict::Open, "while written: {live:?}");
        let mut recorded = 0;
        for sitting in sittings {
            let Sitting {
                writer, answers, ..
            } = sitting;
            drop(writer);
            let answers = answers.iter();
            recorded += answers
                .filter(|a| matches!(a, Answer::Recorded { .. }))
                .count();
        }
        let report = check(folder.path());
        assert_eq!(report.verdict, Verdict::Clean, "{:?}", report.problems);
        assert_eq!(report.segments, writers);
        assert_eq!(recorded as u64, writers * 25);
        let decided = history(folder.path()).unwrap();
        assert_eq!(decided.entries().count() as u64, writers * 25);
    }
}

#[test]
fn files_are_private_unless_the_folder_is_a_groups() {
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let place = tempfile::tempdir().unwrap();
    let own = place.path().join("deep/log");
    Sitting::of(&own, "kim").opened().end();
    assert_eq!(mode(&own), 0o700);
    assert_eq!(mode(&own.join(&segment_names(&own)[0])), 0o600);
    let group = place.path().join("group");
    fs::create_dir(&group).unwrap();
    fs::set_permissions(&group, fs::Permissions::from_mode(0o770)).unwrap();
    Sitting::of(&group, "kim").opened().end();
    assert_eq!(mode(&group), 0o770);
    assert_eq!(mode(&group.join(&segment_names(&group)[0])), 0o640);
}

#[test]
fn the_reserve_is_given_back() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = log_of(5);
    let (name, bytes) = only_segment(folder.path());
    let file = fs::metadata(folder.path().join(name)).unwrap();
    assert!(file.blocks() * 512 < bytes.len() as u64 + 16 * 1024);
}

#[test]
fn scan_files_are_checked_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let scans = tempfile::tempdir().unwrap();
    let path = scans.path().join("a.tif");
    fs::write(&path, b"").unwrap();
    let mut body = decision(1);
    body.scan.files[0].path = path.to_str().unwrap().to_owned();
    // SHA-256 of nothing.
    body.scan.files[0].sha256 =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into();
    let sitting = Sitting::of(folder.path(), "kim").opened();
    sitting.decide(1, body);
    sitting.end();
    let with_files = Witnesses {
        scans: Scans::Hashed,
        ..Witnesses::default()
    };
    let check_files = || verify(folder.path(), &with_files).unwrap();
    assert!(check_files().problems.is_empty());
    fs::write(&path, b"x").unwrap();
    assert_eq!(kinds(&check_files()), ["file-changed"]);
    assert!(!check_files().is_sound());
    fs::remove_file(&path).unwrap();
    assert_eq!(kinds(&check_files()), ["file-missing"]);
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
}
