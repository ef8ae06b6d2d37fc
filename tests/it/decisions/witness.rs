//! What a segment alone cannot show, and who witnesses it: later segments and remembered heads.

use std::fs;
use std::path::Path;

use super::sitting::{Sitting, check, decision, kinds, log_of, only_segment, segment_names};
use tempfile::TempDir;
use xamine::decisions::{Answer, Verdict, Witnesses, verify};
use xamine::store::Heads;

/// A closed log of three sittings.
fn three_sittings() -> TempDir {
    let folder = log_of(5);
    for token in 0..2 {
        let sitting = Sitting::of(folder.path(), "lee").opened();
        sitting.decide(token, decision(token));
        sitting.end();
    }
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
    folder
}

/// Cuts the last `lines` lines off a segment.
fn cut(path: &Path, lines: usize) {
    let bytes = fs::read(path).unwrap();
    let mut all: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    all.truncate(all.len() - lines);
    fs::write(path, all.concat()).unwrap();
}

#[test]
fn a_later_sitting_witnesses_a_cut_and_a_loss() {
    let folder = three_sittings();
    let names = segment_names(folder.path());
    // The two sittings of 'lee' began in the same second: their order is that of their names.
    let first = names.iter().find(|name| name.contains("kim")).unwrap();
    let path = folder.path().join(first);
    let whole = fs::read(&path).unwrap();
    for lines in 1..5 {
        fs::write(&path, &whole).unwrap();
        cut(&path, lines);
        let report = check(folder.path());
        assert_eq!(report.verdict, Verdict::Tampered, "{lines} lines cut");
        assert!(kinds(&report).contains(&"head"), "{lines} lines cut");
    }
    fs::remove_file(&path).unwrap();
    let report = check(folder.path());
    assert_eq!(report.verdict, Verdict::Tampered);
    assert!(kinds(&report).contains(&"missing"));
    // The next sitting says so at its start and goes on.
    let sitting = Sitting::of(folder.path(), "kim");
    let Answer::Opened { warnings, .. } = sitting.answer() else {
        panic!("not opened")
    };
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].as_str().contains(first.as_str()));
    sitting.end();
    // What was lost and is found again is sound: nothing stays false for ever.
    fs::write(&path, &whole).unwrap();
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
}

#[test]
fn a_sitting_names_only_what_no_earlier_one_has_named_as_ended() {
    let folder = three_sittings();
    let sitting = Sitting::of(folder.path(), "zoe").opened();
    sitting.end();
    let names = segment_names(folder.path());
    let last = names.iter().find(|name| name.contains("zoe")).unwrap();
    let bytes = fs::read(folder.path().join(last)).unwrap();
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
    let open: xamine::decisions::Open = serde_json::from_slice(line).unwrap();
    assert_eq!(open.heads.len(), 1, "{:?}", open.heads);
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
}

#[test]
fn a_tail_is_unexplained_until_a_later_sitting_pins_it() {
    let folder = log_of(5);
    let (name, bytes) = only_segment(folder.path());
    let path = folder.path().join(&name);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let torn = [&lines[..3].concat()[..], &lines[3][..100]].concat();
    fs::write(&path, &torn).unwrap();
    assert_eq!(check(folder.path()).verdict, Verdict::Tail);

    let sitting = Sitting::of(folder.path(), "lee");
    let Answer::Opened { warnings, .. } = sitting.answer() else {
        panic!("not opened")
    };
    assert!(warnings[0].as_str().contains("100 bytes"), "{warnings:?}");
    sitting.end();
    assert_eq!(fs::read(&path).unwrap(), torn, "left as it is");
    let report = check(folder.path());
    assert_eq!(report.verdict, Verdict::Open);
    assert!(kinds(&report).contains(&"tail-pinned"));

    // Cut away, shortened, changed or grown: the pin shows it. This is the mutant 'tail cut away'.
    let offset = lines[..3].concat().len();
    let mut changed = torn.clone();
    changed[offset + 50] ^= 1;
    for (tail, verdict) in [
        (torn[..offset].to_vec(), Verdict::Tampered),
        (torn[..offset + 99].to_vec(), Verdict::Tampered),
        (changed, Verdict::Tampered),
        ([&torn[..], b"more"].concat(), Verdict::Tail),
    ] {
        fs::write(&path, tail).unwrap();
        assert_eq!(check(folder.path()).verdict, verdict);
    }
}

#[test]
fn remembered_heads_witness_a_log_that_is_older_than_it_was() {
    let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let heads = Heads::new(state.path());
    for analyst in ["kim", "lee"] {
        let heads = heads.clone();
        let sitting = Sitting::with(folder.path(), analyst, |settings| {
            settings.remember = Some(Box::new(move |folder, found| heads.remember(folder, found)));
        })
        .opened();
        sitting.decide(1, decision(1));
        sitting.end();
    }
    let check = || {
        let remembered = heads.of(folder.path()).unwrap();
        let witnesses = Witnesses {
            remembered: &remembered,
            ..Witnesses::default()
        };
        verify(folder.path(), &witnesses).unwrap()
    };
    assert_eq!(check().verdict, Verdict::Clean);
    let names = segment_names(folder.path());
    let last = folder.path().join(&names[1]);
    let whole = fs::read(&last).unwrap();
    // No later segment pins the last one: only what this account remembers of it.
    cut(&last, 1);
    assert_eq!(check().verdict, Verdict::Stale);
    fs::remove_file(&last).unwrap();
    assert_eq!(check().verdict, Verdict::Stale);
    fs::write(&last, &whole).unwrap();
    assert_eq!(check().verdict, Verdict::Clean);
    // In another folder the same segments are recognised, and missing ones are not missed.
    let copy = tempfile::tempdir().unwrap();
    fs::copy(folder.path().join(&names[0]), copy.path().join(&names[0])).unwrap();
    let remembered = heads.of(copy.path()).unwrap();
    let witnesses = Witnesses {
        remembered: &remembered,
        ..Witnesses::default()
    };
    assert_eq!(
        verify(copy.path(), &witnesses).unwrap().verdict,
        Verdict::Clean
    );
    cut(&copy.path().join(&names[0]), 1);
    assert_eq!(
        verify(copy.path(), &witnesses).unwrap().verdict,
        Verdict::Stale
    );
}
