//! Checkpoints kept elsewhere, and logs merged.

use std::fs;
use std::path::Path;

use super::sitting::{Sitting, check, decision, kinds, log_of, segment_names};
use tempfile::TempDir;
use xamine::decisions::{
    Answer, Checkpoint, Kept, Merged, Report, Request, Verdict, Witnesses, merge, sha256_hex,
    verify,
};

/// Takes a checkpoint and records it in a segment of its own.
fn checkpoint(folder: &Path) -> Checkpoint {
    let body = Checkpoint::take(folder, "post-7.customs.example/xamine").unwrap();
    let sitting = Sitting::of(folder, "chief").opened();
    let request = Request::Checkpoint {
        token: 1,
        body: body.clone(),
    };
    sitting.writer.send(request).unwrap();
    let answer = sitting.answer();
    assert!(matches!(answer, Answer::Recorded { .. }), "{answer:?}");
    sitting.end();
    body
}

/// What was kept elsewhere, as a note and as groups of digits.
fn kept(checkpoint: &Checkpoint) -> [Kept; 2] {
    let groups = checkpoint.groups().unwrap().join(" ");
    [checkpoint.note(), groups].map(|text| Kept::read(&text).unwrap())
}

/// Verifies against what was kept elsewhere.
fn against(folder: &Path, kept: &Kept) -> Report {
    let witnesses = Witnesses {
        against: Some(kept),
        ..Witnesses::default()
    };
    verify(folder, &witnesses).unwrap()
}

#[test]
fn a_checkpoint_holds_after_more_records_and_a_merge() {
    let (here, other) = (TempDir::new().unwrap(), log_of(3));
    let kim = Sitting::of(here.path(), "kim").opened();
    let lee = Sitting::of(here.path(), "lee").opened();
    kim.decide(1, decision(1));
    lee.decide(1, decision(2));
    let taken = checkpoint(here.path());
    assert_eq!(taken.prefixes.len(), 2);
    assert_eq!(taken.records(), 4);
    // Both go on, and the log is brought together with another one.
    kim.decide(2, decision(3));
    lee.decide(2, decision(4));
    lee.end();
    let all = TempDir::new().unwrap();
    let sources = [here.path().to_owned(), other.path().to_owned()];
    merge(&sources, all.path()).unwrap();
    for folder in [here.path(), all.path()] {
        for kept in kept(&taken) {
            let report = against(folder, &kept);
            assert_eq!(report.verdict, Verdict::Open, "{report:?}");
            let witness = report.checkpoint.unwrap();
            assert!(witness.holds);
            assert_eq!(witness.records, 4);
        }
    }
    kim.end();
}

#[test]
fn a_checkpoint_witnesses_cuts_that_nothing_else_does() {
    let folder = TempDir::new().unwrap();
    let kim = Sitting::of(folder.path(), "kim").opened();
    for token in 0..4 {
        kim.decide(token, decision(token));
    }
    let taken = checkpoint(folder.path());
    let name = &taken.prefixes[0].0;
    let path = folder.path().join(name);
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    assert_eq!(lines.len() as u64, taken.prefixes[0].1);
    for left in 0..lines.len() {
        fs::write(&path, lines[..left].concat()).unwrap();
        let report = check(folder.path());
        assert_eq!(report.verdict, Verdict::Tampered, "{left}");
        assert!(
            kinds(&report).contains(&"checkpoint-cut"),
            "{left}: {report:?}"
        );
        for kept in kept(&taken) {
            assert!(!against(folder.path(), &kept).checkpoint.unwrap().holds);
        }
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(check(folder.path()).verdict, Verdict::Open);
    drop(kim);
}

/// Makes a segment's hashes right again after its text was changed, as a forger would; gives the last
/// record's `self`.
fn chain_anew(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (mut prev, mut own, mut text) = (sha256_hex(name.as_bytes()), String::new(), String::new());
    for line in fs::read_to_string(path).unwrap().lines() {
        let body = &line[..line.rfind("\"prev\":").unwrap()];
        let front = format!("{body}\"prev\":\"{prev}\",");
        own = sha256_hex(front.as_bytes());
        let line = format!("{front}\"self\":\"{own}\"}}");
        prev = sha256_hex(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(path, text).unwrap();
    own
}

/// A member of the first record, as it stands.
fn member(path: &Path, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    first[name].as_str().unwrap().to_owned()
}

#[test]
fn a_log_rewritten_with_right_hashes_does_not_verify() {
    let folder = log_of(5);
    let first = folder.path().join(&segment_names(folder.path())[0]);
    let name = first.file_name().unwrap().to_str().unwrap();
    let taken = checkpoint(folder.path());
    let [note, groups] = kept(&taken);
    assert!(against(folder.path(), &note).checkpoint.unwrap().holds);
    let second = segment_names(folder.path())
        .into_iter()
        .find(|other| other != name)
        .unwrap();
    let second = folder.path().join(second);

    // The forger turns one decision and makes every hash right again, that of the next `open` too.
    let before = fs::read_to_string(&first).unwrap();
    let turned = before.replacen("\"decision\":\"clear\"", "\"decision\":\"rescan\"", 1);
    assert_ne!(before, turned);
    let seq = before.lines().count();
    let last: serde_json::Value = serde_json::from_str(before.lines().last().unwrap()).unwrap();
    fs::write(&first, turned).unwrap();
    let own = chain_anew(&first);
    let pinned =
        sha256_hex(format!("{name} {seq} {own} {}\n", member(&first, "pinned")).as_bytes());
    let text = fs::read_to_string(&second).unwrap();
    let text = text
        .replace(last["self"].as_str().unwrap(), &own)
        .replace(&member(&second, "pinned"), &pinned);
    fs::write(&second, text).unwrap();
    chain_anew(&second);

    // The chain alone sees nothing; the checkpoint in the log does, and the copy kept elsewhere.
    let report = check(folder.path());
    assert_eq!(kinds(&report), ["checkpoint-changed"], "{report:?}");
    assert_eq!(report.verdict, Verdict::Tampered);
    // So the forger makes the checkpoint anew, too.
    let forged = {
        let text = fs::read_to_string(&second).unwrap();
        let only = TempDir::new().unwrap();
        fs::copy(&first, only.path().join(name)).unwrap();
        let anew = Checkpoint::take(only.path(), &taken.origin).unwrap();
        text.replace(&taken.root, &anew.root)
    };
    fs::write(&second, forged).unwrap();
    chain_anew(&second);
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
    for kept in [&note, &groups] {
        let report = against(folder.path(), kept);
        assert_eq!(kinds(&report), ["against-unknown"], "{report:?}");
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn a_log_older_than_the_checkpoint_is_stale() {
    let folder = log_of(5);
    let older = TempDir::new().unwrap();
    merge(&[folder.path().to_owned()], older.path()).unwrap();
    let sitting = Sitting::of(folder.path(), "lee").opened();
    sitting.decide(1, decision(1));
    sitting.end();
    let [note, groups] = kept(&checkpoint(folder.path()));
    for kept in [&note, &groups] {
        let report = against(older.path(), kept);
        assert_eq!(kinds(&report), ["against-older"]);
        assert_eq!(report.verdict, Verdict::Stale);
    }
}

#[test]
fn a_merge_is_a_union_that_never_overwrites() {
    let (one, other) = (log_of(3), log_of(4));
    let all = TempDir::new().unwrap();
    let folder = all.path().join("new");
    let sources = [one.path().to_owned(), other.path().to_owned()];
    let merged = merge(&sources, &folder).unwrap();
    let two = Merged {
        copied: 2,
        ..Merged::default()
    };
    assert_eq!(merged, two);
    assert_eq!(check(&folder).verdict, Verdict::Clean);
    // Twice is once.
    let merged = merge(&sources, &folder).unwrap();
    assert_eq!((merged.copied, merged.kept), (0, 2));

    // A shorter copy is continued, a longer one stays.
    let name = &segment_names(one.path())[0];
    let (source, copy) = (one.path().join(name), folder.join(name));
    let whole = fs::read(&source).unwrap();
    fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(merge(&sources, &folder).unwrap().continued, 1);
    assert_eq!(fs::read(&copy).unwrap(), whole);
    fs::write(&source, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(merge(&sources, &folder).unwrap().kept, 2);
    assert_eq!(fs::read(&copy).unwrap(), whole);

    // Where bytes differ, nothing is copied, from no source.
    let third = log_of(2);
    let mut changed = whole.clone();
    changed[whole.len() / 3] ^= 1;
    fs::write(&source, &changed).unwrap();
    let sources = [third.path().to_owned(), one.path().to_owned()];
    let said = merge(&sources, &folder).unwrap_err().to_string();
    assert!(
        said.contains(name.as_str()) && said.contains("Nothing was copied"),
        "{said}"
    );
    assert_eq!(segment_names(&folder).len(), 2);
    assert_eq!(fs::read(&copy).unwrap(), whole);
}
