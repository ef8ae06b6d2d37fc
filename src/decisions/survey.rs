//! What a folder holds when a new segment begins: the other segments' heads and tails, which the
//! new segment's `open` record pins.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::TryLockError;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::folder;
use super::line::{Line, sha256_hex};
use super::sitting::{End, Head, Open, Tail};
use super::stream::{Lines, Piece};

/// Most heads in one `open` record, so that its line stays within its limit; the oldest come first
/// and those that have ended need not be named again, so the next `open` takes up the rest.
const HEADS_LIMIT: usize = 3_000;
/// Most tails, and most unreadable segments, in one `open` record.
const OTHERS_LIMIT: usize = 500;

/// What the `open` record says of the other segments.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) heads: Vec<Head>,
    pub(super) pinned: String,
    pub(super) tails: Vec<Tail>,
    pub(super) unreadable: Vec<String>,
}

/// The segments of this sitting that were given up: their heads as last known to be on disk.
pub(super) type GivenUp = BTreeMap<String, Head>;

/// Surveys `folder`. Segments in `given_up` are taken at their last good record, because what they
/// read back after a failed sync proves nothing.
pub(super) fn survey(folder: &Path, given_up: &GivenUp) -> io::Result<Survey> {
    let names = folder::segments(folder)?;
    let mut found = Survey::default();
    let mut opens = BTreeMap::new();
    for name in &names {
        match first_record(folder, name) {
            Ok(Some(open)) => drop(opens.insert(name.clone(), open)),
            // Nothing terminated yet: at most a tail.
            Ok(None) => {}
            Err(_) => found.unreadable.push(name.clone()),
        }
    }
    let ended: BTreeSet<&str> = ended(&opens);
    for name in &names {
        if ended.contains(name.as_str()) || found.unreadable.contains(name) {
            continue;
        }
        match given_up.get(name) {
            Some(head) if head.seq > 0 => found.heads.push(head.clone()),
            Some(_) => {}
            None => look(folder, name, &mut found),
        }
    }
    name_missing(&names, &opens, &mut found.unreadable);
    found.heads.retain(|head| opens.contains_key(&head.segment));
    found.heads.truncate(HEADS_LIMIT);
    found.tails.truncate(OTHERS_LIMIT);
    found.unreadable.truncate(OTHERS_LIMIT);
    found.pinned = pinned(&found.heads, &opens).unwrap_or_default();
    Ok(found)
}

/// The hash over everything that `heads` pin, directly and through their own `open` records;
/// `None` when one of those is not known.
pub(super) fn pinned(heads: &[Head], opens: &BTreeMap<String, Open>) -> Option<String> {
    let mut lines = String::new();
    for head in heads {
        let below = &opens.get(&head.segment)?.pinned;
        let Head {
            segment, seq, hash, ..
        } = head;
        // Writing into a `String` cannot fail.
        let _ = writeln!(lines, "{segment} {seq} {hash} {below}");
    }
    Some(sha256_hex(lines.as_bytes()))
}

/// The body of a segment's `open` record; `None` when it has no terminated line.
pub(super) fn first_record(folder: &Path, name: &str) -> io::Result<Option<Open>> {
    let mut lines = Lines::new(folder::open_segment(folder, name)?);
    match lines.next_piece()? {
        Piece::Line => {}
        Piece::Tail { .. } | Piece::End => return Ok(None),
        Piece::TooLong => return Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
    let line = Line::check(lines.line());
    match line {
        Ok(line) if line.kind == "open" => body::<Open>(line).map(Some),
        _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
}

/// The body of a checked line.
pub(super) fn body<'a, T: Deserialize<'a>>(line: Line<'a>) -> io::Result<T> {
    serde_json::from_slice(line.bytes).map_err(io::Error::from)
}

/// The segments that some `open` record has pinned as ended.
fn ended(opens: &BTreeMap<String, Open>) -> BTreeSet<&str> {
    opens
        .values()
        .flat_map(|open| &open.heads)
        .filter(|head| head.end.is_some())
        .map(|head| head.segment.as_str())
        .collect()
}

/// Adds the segments that records name and the folder does not hold.
fn name_missing(names: &[String], opens: &BTreeMap<String, Open>, unreadable: &mut Vec<String>) {
    let missing: BTreeSet<&String> = opens
        .values()
        .flat_map(|open| &open.heads)
        .map(|head| &head.segment)
        .filter(|segment| names.binary_search(segment).is_err())
        .collect();
    unreadable.extend(missing.into_iter().cloned());
}

/// Adds one segment's head and tail.
fn look(folder: &Path, name: &str, found: &mut Survey) {
    match last_record(folder, name) {
        Ok((head, tail)) => {
            found.heads.extend(head);
            found.tails.extend(tail);
        }
        Err(_) => found.unreadable.push(name.to_owned()),
    }
}

/// The last record and the tail of a segment, both on disk for sure.
fn last_record(folder: &Path, name: &str) -> io::Result<(Option<Head>, Option<Tail>)> {
    let file = folder::open_segment(folder, name)?;
    let left = match file.try_lock_shared() {
        Ok(()) => file.unlock().is_ok(),
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    };
    // What is pinned must not vanish with the power: the other writer may not have synced it yet.
    file.sync_data()?;
    let mut head: Option<Head> = None;
    let mut lines = Lines::new(file);
    loop {
        match lines.next_piece()? {
            Piece::Line => match Line::check(lines.line()) {
                Ok(line) => head = Some(head_of(name, line, left)),
                Err(_) => return Err(io::Error::from(io::ErrorKind::InvalidData)),
            },
            Piece::TooLong => return Err(io::Error::from(io::ErrorKind::InvalidData)),
            Piece::End => return Ok((head, None)),
            Piece::Tail { bytes, sha256 } => {
                let tail = Tail {
                    segment: name.to_owned(),
                    offset: lines.offset(),
                    bytes,
                    sha256,
                };
                return Ok((head, Some(tail)));
            }
        }
    }
}

/// A line as its segment's head.
fn head_of(name: &str, line: Line<'_>, left: bool) -> Head {
    let end = match line.kind {
        "close" => Some(End::Closed),
        _ if left => Some(End::Left),
        _ => None,
    };
    Head {
        segment: name.to_owned(),
        seq: line.seq,
        hash: line.hash.to_owned(),
        end,
    }
}
