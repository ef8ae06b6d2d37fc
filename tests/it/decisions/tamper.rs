//! Every change inside a segment is seen and located.

use std::path::Path;

use super::sitting::{check, kinds, log_of, only_segment};
use xamine::decisions::{Report, Verdict};

/// Whether everything is tried, as the drill does; otherwise a seventh of it, spread over all lines.
fn is_drill() -> bool {
    std::env::var_os("XAMINE_DRILL").is_some()
}

/// The places of a segment where something is tried; its last byte always is.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(move |at| is_drill() || at % 7 == 0 || at + 1 == length)
}

/// Which bits of a byte are flipped: all in the drill, one by turns otherwise.
fn bits(at: usize) -> Vec<usize> {
    if is_drill() {
        (0..8).collect()
    } else {
        vec![at % 8]
    }
}

/// The line of a byte, from 1; a `\n` belongs to the line it ends.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The lengths a segment is cut to: those of [`places`] and every line end.
fn cuts(bytes: &[u8]) -> Vec<usize> {
    let line_ends = (0..bytes.len()).filter(|at| *at > 0 && bytes[at - 1] == b'\n');
    let mut cuts: Vec<usize> = places(bytes.len()).chain(line_ends).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The first line that a report names.
fn first_line(report: &Report) -> Option<u64> {
    report.problems.iter().filter_map(|found| found.line).min()
}

/// Puts `bytes` in the place of the segment and checks the folder.
fn check_with(folder: &Path, name: &str, bytes: &[u8]) -> Report {
    std::fs::write(folder.join(name), bytes).unwrap();
    check(folder)
}

/// A verifier that parses records, hashes its own rendering of them and compares hex digits by value:
/// the mutant that exact bytes are there to beat.
fn parses_only(bytes: &[u8]) -> bool {
    use sha2::{Digest as _, Sha256};
    let hex = |bytes: &[u8]| -> String {
        Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    };
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .all(|line| {
            let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(line) else {
                return false;
            };
            let Some(claimed) = value
                .as_object_mut()
                .and_then(|members| members.remove("self"))
            else {
                return false;
            };
            let text = serde_json::to_string(&value).unwrap();
            let hashed = format!("{},", text.strip_suffix('}').unwrap());
            claimed
                .as_str()
                .is_some_and(|hash| hash.eq_ignore_ascii_case(&hex(hashed.as_bytes())))
        })
}

#[test]
fn every_flip_is_located() {
    let folder = log_of(20);
    let (name, bytes) = only_segment(folder.path());
    assert_eq!(check(folder.path()).verdict, Verdict::Clean);
    assert!(parses_only(&bytes), "the mutant accepts the sound log");
    let (mut flips, mut tails, mut missed_by_mutant) = (0, 0, 0);
    for at in places(bytes.len()) {
        for bit in bits(at) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let report = check_with(folder.path(), &name, &flipped);
            flips += 1;
            missed_by_mutant += u32::from(parses_only(&flipped));
            if at + 1 == bytes.len() {
                // The very last `\n`: the last line has no end any more.
                assert_eq!(report.verdict, Verdict::Tail, "bit {bit} of byte {at}");
                tails += 1;
            } else {
                assert_eq!(report.verdict, Verdict::Tampered, "bit {bit} of byte {at}");
            }
            assert_eq!(first_line(&report), Some(line_of(&bytes, at)), "byte {at}");
        }
    }
    println!(
        "flips {flips}: located {flips}, of which {tails} read as a tail; \
         the mutant 'verify by parsing only' missed {missed_by_mutant}"
    );
    assert!(missed_by_mutant > 0, "the rig does not catch its mutant");
}

#[test]
fn a_cut_reads_open_at_a_line_end_and_tail_elsewhere() {
    let folder = log_of(20);
    let (name, bytes) = only_segment(folder.path());
    let (mut open, mut tail) = (0, 0);
    for length in cuts(&bytes) {
        let report = check_with(folder.path(), &name, &bytes[..length]);
        let at_line_end = length == 0 || bytes[length - 1] == b'\n';
        if at_line_end {
            assert_eq!(report.verdict, Verdict::Open, "{length}");
            open += 1;
        } else {
            assert_eq!(report.verdict, Verdict::Tail, "{length}");
            assert!(kinds(&report).contains(&"tail"));
            assert_eq!(
                report.problems.iter().find_map(|found| found.line),
                Some(line_of(&bytes, length))
            );
            tail += 1;
        }
    }
    assert_eq!(open, 20);
    println!("cuts {}: {open} read open, {tail} read tail", open + tail);
}

#[test]
fn drops_swaps_duplicates_and_insertions_are_located() {
    let folder = log_of(20);
    let (name, bytes) = only_segment(folder.path());
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let other = log_of(20);
    let (_, foreign) = only_segment(other.path());
    let foreign: Vec<&[u8]> = foreign.split_inclusive(|byte| *byte == b'\n').collect();
    let check_lines = |lines: &[&[u8]]| check_with(folder.path(), &name, &lines.concat());
    let mut tried = 0;
    for at in 0..lines.len() {
        let mut dropped = lines.clone();
        dropped.remove(at);
        let report = check_lines(&dropped);
        tried += 1;
        if at + 1 == lines.len() {
            // A cut at a line end that nothing witnesses: documented to read open.
            assert_eq!(report.verdict, Verdict::Open);
        } else {
            assert_eq!(report.verdict, Verdict::Tampered, "drop {at}");
            assert_eq!(first_line(&report), Some(at as u64 + 1), "drop {at}");
        }
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        let report = check_lines(&doubled);
        assert_eq!(report.verdict, Verdict::Tampered, "duplicate {at}");
        assert_eq!(first_line(&report), Some(at as u64 + 2), "duplicate {at}");
        let mut inserted = lines.clone();
        inserted.insert(at, foreign[at]);
        let report = check_lines(&inserted);
        assert_eq!(report.verdict, Verdict::Tampered, "insert {at}");
        assert_eq!(first_line(&report), Some(at as u64 + 1), "insert {at}");
        tried += 2;
        for with in at + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(at, with);
            let report = check_lines(&swapped);
            assert_eq!(report.verdict, Verdict::Tampered, "swap {at} {with}");
            assert_eq!(first_line(&report), Some(at as u64 + 1));
            tried += 1;
        }
    }
    println!("drops, duplicates, insertions, swaps: {tried} tried and seen");
}

#[test]
fn a_renamed_or_copied_segment_is_seen() {
    let folder = log_of(3);
    let (name, bytes) = only_segment(folder.path());
    let other = name.replace("kim", "lee");
    std::fs::write(folder.path().join(&other), &bytes).unwrap();
    let report = check(folder.path());
    assert_eq!(report.verdict, Verdict::Tampered);
    assert_eq!(kinds(&report), ["prev"]);
    assert_eq!(report.problems[0].segment.as_str(), other);
}

#[test]
fn giant_lines_and_rubbish_are_problems_not_ends() {
    let folder = log_of(3);
    let (name, bytes) = only_segment(folder.path());
    let mut giant = bytes.clone();
    giant.extend(vec![b'x'; 3 << 20]);
    giant.extend(b"\n");
    let report = check_with(folder.path(), &name, &giant);
    assert_eq!(kinds(&report), ["not-closed", "after-close", "too-long"]);
    let mut rubbish = bytes;
    rubbish.extend([0; 100]);
    let report = check_with(folder.path(), &name, &rubbish);
    assert_eq!(report.verdict, Verdict::Tampered);
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("a.jsonl")).unwrap();
    assert!(kinds(&check(folder.path())).contains(&"unreadable"));
}
