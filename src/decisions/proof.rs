//! Proofs that need no log: that a record is part of a checkpoint, and that a later checkpoint holds
//! all that an earlier one did (RFC 6962, sections 2.1.1 and 2.1.2).
//!
//! A checkpoint is a tree over segments, and each segment a tree over its lines. Segments grow, so a
//! leaf of the upper tree changes; what is shown between two checkpoints is that every segment of the
//! earlier one is in the later one, and goes on there from the same lines.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, Kept, prefix};
use super::line::Line;
use super::merkle::{
    Hash, Tree, audit_path, consistency_path, leaf, leaves, root_of_consistency, root_of_path,
};
use super::tell::{Record, read_log};
use crate::{Error, Result};

/// A proof, as it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "proof")]
pub enum Proof {
    /// A record is part of a checkpoint.
    Inclusion(Inclusion),
    /// A later checkpoint goes on from an earlier one.
    Consistency(Consistency),
}

/// That a record is part of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The checkpoint's note.
    pub checkpoint: String,
    /// Its segment.
    pub segment: String,
    /// Lines of the segment that the checkpoint covers.
    pub lines: u64,
    /// Number of the record's line, from 1.
    pub line: u64,
    /// The line without its `\n`.
    pub record: String,
    /// Hashes from the line to the segment's root, in base64.
    pub path: Vec<String>,
    /// Place of the segment in the checkpoint, from 1.
    pub place: u64,
    /// Segments of the checkpoint.
    pub segments: u64,
    /// Hashes from the segment to the checkpoint's root, in base64.
    pub upper_path: Vec<String>,
}

/// That a later checkpoint goes on from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The earlier checkpoint.
    pub from: Roots,
    /// The later one.
    pub to: Roots,
    /// For each segment of the earlier one, hashes from its root to that of the later one.
    pub paths: BTreeMap<String, Vec<String>>,
}

/// A checkpoint with the roots of its segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roots {
    /// Its note.
    pub checkpoint: String,
    /// Name, lines and root in base64 of each segment.
    pub prefixes: Vec<(String, u64, String)>,
}

/// Why there is no proof, or why one does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproved {
    /// No record of the log has that id.
    NoRecord,
    /// No checkpoint in the log covers it, or is the one asked for.
    NoCheckpoint,
    /// The log does not hold any more what the checkpoint covers.
    Changed,
    /// Something in the proof cannot be read.
    Unreadable,
    /// The hashes do not lead to the root.
    Wrong,
    /// It is about another checkpoint than the one kept.
    Other,
}

impl Proof {
    /// That the record `id` is part of the checkpoint `kept`, or without one of the newest that covers it.
    ///
    /// # Errors
    /// Those of reading. Inside, why there is no proof.
    pub fn inclusion(
        folder: &Path,
        id: &str,
        kept: Option<&Kept>,
    ) -> Result<std::result::Result<Self, Unproved>> {
        let found = Found::read(folder, Some(id))?;
        let Some((segment, line)) = found.record else {
            return Ok(Err(Unproved::NoRecord));
        };
        let covers = |taken: &&Checkpoint| {
            let prefix = taken.prefixes.iter().find(|(name, _)| *name == segment);
            prefix.is_some_and(|(_, lines)| *lines >= line)
        };
        let asked = |taken: &&Checkpoint| kept.is_none_or(|kept| kept.is(taken));
        let mut taken = found.checkpoints.iter().rev().filter(asked).filter(covers);
        let Some(taken) = taken.next() else {
            return Ok(Err(Unproved::NoCheckpoint));
        };
        let mut upper = Vec::new();
        let mut own = None;
        for (name, lines) in &taken.prefixes {
            let wanted = (*name == segment).then_some(line);
            let Some((hashes, text)) = hashed(folder, name, *lines, wanted)? else {
                return Ok(Err(Unproved::Changed));
            };
            upper.push(prefix(name, *lines, &Tree::over(&hashes).root()));
            if *name == segment {
                let at = (line - 1) as usize;
                let path = written(&audit_path(at, &hashes));
                own = Some((*lines, path, text.unwrap_or_default()));
            }
        }
        let place = taken.prefixes.iter().position(|(name, _)| *name == segment);
        let (Some((lines, path, record)), Some(place)) = (own, place) else {
            return Ok(Err(Unproved::NoCheckpoint));
        };
        if STANDARD.encode(Tree::over(&upper).root()) != taken.root {
            return Ok(Err(Unproved::Changed));
        }
        Ok(Ok(Self::Inclusion(Inclusion {
            checkpoint: taken.note(),
            segment,
            lines,
            line,
            record,
            path,
            place: place as u64 + 1,
            segments: upper.len() as u64,
            upper_path: written(&audit_path(place, &upper)),
        })))
    }

    /// That the checkpoint `to` goes on from the checkpoint `from`; both are in the log.
    ///
    /// # Errors
    /// As [`Proof::inclusion`].
    pub fn consistency(
        folder: &Path,
        from: &Kept,
        to: &Kept,
    ) -> Result<std::result::Result<Self, Unproved>> {
        let found = Found::read(folder, None)?;
        let taken = |kept: &Kept| found.checkpoints.iter().find(|taken| kept.is(taken));
        let (Some(from), Some(to)) = (taken(from), taken(to)) else {
            return Ok(Err(Unproved::NoCheckpoint));
        };
        let mut paths = BTreeMap::new();
        let mut roots = [Vec::new(), Vec::new()];
        for (name, lines) in &to.prefixes {
            let Some((hashes, _)) = hashed(folder, name, *lines, None)? else {
                return Ok(Err(Unproved::Changed));
            };
            let told = |lines: u64, hashes: &[Hash]| {
                let root = STANDARD.encode(Tree::over(hashes).root());
                (name.clone(), lines, root)
            };
            if let Some((_, before)) = from.prefixes.iter().find(|(old, _)| old == name) {
                let Some(old) = hashes.get(..*before as usize) else {
                    return Ok(Err(Unproved::Changed));
                };
                roots[0].push(told(*before, old));
                let path = consistency_path(*before as usize, &hashes);
                paths.insert(name.clone(), written(&path));
            }
            roots[1].push(told(*lines, &hashes));
        }
        let [old, new] = roots;
        let told = |taken: &Checkpoint, prefixes| Roots {
            checkpoint: taken.note(),
            prefixes,
        };
        let proof = Consistency {
            from: told(from, old),
            to: told(to, new),
            paths,
        };
        Ok(proof.check().map(|()| Self::Consistency(proof)))
    }

    /// Whether it holds by itself, and is about the checkpoints that were kept: the one of an
    /// inclusion, or the earlier and the later one.
    pub fn check(&self, kept: &[Kept]) -> std::result::Result<(), Unproved> {
        let notes = match self {
            Self::Inclusion(proof) => {
                proof.check()?;
                vec![&proof.checkpoint]
            }
            Self::Consistency(proof) => {
                proof.check()?;
                vec![&proof.from.checkpoint, &proof.to.checkpoint]
            }
        };
        for (note, kept) in notes.into_iter().zip(kept) {
            let own = Kept::read(note).map_err(|_| Unproved::Unreadable)?;
            let same = own.root == kept.root
                && own.records == kept.records
                && (kept.origin.is_none() || own.origin == kept.origin);
            if !same {
                return Err(Unproved::Other);
            }
        }
        Ok(())
    }
}

impl Inclusion {
    fn check(&self) -> std::result::Result<(), Unproved> {
        let wanted = Kept::read(&self.checkpoint).map_err(|_| Unproved::Unreadable)?;
        let at = |number: u64| number.checked_sub(1).ok_or(Unproved::Unreadable);
        // What is shown must be a record, and the one of that place.
        let own = Line::check(self.record.as_bytes()).map_err(|_| Unproved::Unreadable)?;
        if own.seq != self.line {
            return Err(Unproved::Wrong);
        }
        let line = leaf(&[self.record.as_bytes()]);
        let root = root_of_path(at(self.line)?, self.lines, line, &read(&self.path)?);
        let root = root.ok_or(Unproved::Wrong)?;
        let own = prefix(&self.segment, self.lines, &root);
        let path = read(&self.upper_path)?;
        let root = root_of_path(at(self.place)?, self.segments, own, &path);
        if root == Some(wanted.root) {
            Ok(())
        } else {
            Err(Unproved::Wrong)
        }
    }
}

impl Consistency {
    fn check(&self) -> std::result::Result<(), Unproved> {
        let (from, to) = (self.from.check()?, self.to.check()?);
        if self.paths.len() != from.len() {
            return Err(Unproved::Wrong);
        }
        for (name, (before, old)) in &from {
            let (lines, new) = to.get(name).ok_or(Unproved::Wrong)?;
            let path = read(self.paths.get(name).ok_or(Unproved::Wrong)?)?;
            if !root_of_consistency(*before, *lines, old, new, &path) {
                return Err(Unproved::Wrong);
            }
        }
        Ok(())
    }
}

impl Roots {
    /// The segments with their lines and roots, when the note's root follows from them.
    fn check(&self) -> std::result::Result<BTreeMap<String, (u64, Hash)>, Unproved> {
        let wanted = Kept::read(&self.checkpoint).map_err(|_| Unproved::Unreadable)?;
        let mut tree = Tree::default();
        let mut known = BTreeMap::new();
        let mut records: u64 = 0;
        for (name, lines, root) in &self.prefixes {
            let root = hash(root)?;
            tree.push(prefix(name, *lines, &root));
            records = records.saturating_add(*lines);
            if known.insert(name.clone(), (*lines, root)).is_some() {
                return Err(Unproved::Wrong);
            }
        }
        if tree.root() == wanted.root && records == wanted.records {
            Ok(known)
        } else {
            Err(Unproved::Wrong)
        }
    }
}

/// What a proof needs of a log.
#[derive(Default)]
struct Found {
    checkpoints: Vec<Checkpoint>,
    record: Option<(String, u64)>,
}

impl Found {
    fn read(folder: &Path, id: Option<&str>) -> Result<Self> {
        let mut found = Self::default();
        read_log::<Error>(folder, &mut |record| {
            let Record::Sound {
                segment,
                line,
                members,
                ..
            } = record
            else {
                return Ok(());
            };
            let text = |name: &str| members.get(name).and_then(serde_json::Value::as_str);
            if id.is_some() && text("id") == id && found.record.is_none() {
                found.record = Some((segment, line));
            }
            if text("kind") == Some("checkpoint") {
                let body = serde_json::from_value(serde_json::Value::Object(members));
                found.checkpoints.extend(body.ok());
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// The hashes of a segment's first lines and the line `wanted`; `None` where it has fewer.
fn hashed(
    folder: &Path,
    segment: &str,
    lines: u64,
    wanted: Option<u64>,
) -> Result<Option<(Vec<Hash>, Option<String>)>> {
    // Names come out of records: one that leads elsewhere is no segment of this folder.
    if segment.contains('/') {
        return Ok(None);
    }
    let read = leaves(folder, segment, lines, wanted);
    let (hashes, text) = read.map_err(|problem| Error::io(&folder.join(segment), &problem))?;
    Ok((hashes.len() as u64 == lines).then_some((hashes, text)))
}

/// Hashes in base64.
fn written(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// A hash in base64.
fn hash(text: &str) -> std::result::Result<Hash, Unproved> {
    let bytes = STANDARD.decode(text).map_err(|_| Unproved::Unreadable)?;
    bytes.try_into().map_err(|_| Unproved::Unreadable)
}

/// Hashes in base64.
fn read(texts: &[String]) -> std::result::Result<Vec<Hash>, Unproved> {
    texts.iter().map(|text| hash(text)).collect()
}
