//! Checkpoints: one hash over all that a log holds at a time, to be kept where the log's writers
//! cannot write.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::folder::segments;
use super::groups::{self, Misheard, Spoken};
use super::merkle::{Hash, Tree, leaf, roots};

/// Body of `checkpoint`: what the log held, and the root over it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose log it is: a name such as `post-7.customs.example/xamine`.
    pub origin: String,
    /// Every segment by name with the number of its lines.
    pub prefixes: Vec<(String, u64)>,
    /// Base64 of the root: RFC 6962 over one leaf for each prefix, SHA-256 of a zero byte, the
    /// segment's name, a zero byte, the number in decimal digits, and the RFC 6962 root over these
    /// lines without their `\n`.
    pub root: String,
}

impl Checkpoint {
    /// A checkpoint of all whole lines in `folder`.
    pub fn take(folder: &Path, origin: &str) -> io::Result<Self> {
        let mut prefixes = Vec::new();
        let mut tree = Tree::default();
        for name in segments(folder)? {
            let found = roots(folder, &name, &[])?;
            tree.push(prefix(&name, found.lines, &found.whole));
            prefixes.push((name, found.lines));
        }
        Ok(Self {
            origin: origin.to_owned(),
            prefixes,
            root: STANDARD.encode(tree.root()),
        })
    }

    /// Records that it covers.
    pub fn records(&self) -> u64 {
        self.prefixes.iter().map(|(_, records)| records).sum()
    }

    /// The body of a C2SP tlog-checkpoint note: origin, records, root, a line each.
    pub fn note(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.records(), self.root)
    }

    /// The groups of digits that say it over the radio; `None` where the root is none.
    pub fn groups(&self) -> Option<Vec<String>> {
        Some(groups::speak(&Spoken {
            records: self.records().try_into().ok()?,
            root: self.hash()?,
        }))
    }

    /// The root's bytes.
    fn hash(&self) -> Option<Hash> {
        STANDARD.decode(&self.root).ok()?.try_into().ok()
    }

    /// Whether the root follows from these roots of prefixes.
    pub(super) fn follows(&self, known: &Prefixes) -> Fit {
        let mut tree = Tree::default();
        for (segment, records) in &self.prefixes {
            match known.get(segment).and_then(|roots| roots.get(records)) {
                Some(root) => tree.push(prefix(segment, *records, root)),
                None => return Fit::Short(segment.clone()),
            }
        }
        if self.hash() == Some(tree.root()) {
            Fit::Whole
        } else {
            Fit::Changed
        }
    }
}

/// What a log makes of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fit {
    /// It holds all that the checkpoint covers, unchanged.
    Whole,
    /// This segment is gone or has lost lines.
    Short(String),
    /// Lines are not those of then.
    Changed,
}

/// Roots over the first lines of segments, by segment and number.
pub(super) type Prefixes = BTreeMap<String, BTreeMap<u64, Hash>>;

/// The roots of all prefixes that these checkpoints name, as far as the segments reach; each segment
/// is read once.
pub(super) fn prefixes(folder: &Path, checkpoints: &[&Checkpoint]) -> Prefixes {
    let mut asked: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (segment, records) in checkpoints.iter().flat_map(|one| &one.prefixes) {
        asked.entry(segment).or_default().push(*records);
    }
    let mut known = Prefixes::new();
    for (segment, mut at) in asked {
        at.sort_unstable();
        at.dedup();
        // A segment that cannot be read is told by its own check; here it is one that is gone. Names
        // come out of records: one that leads elsewhere is no segment of this folder.
        if !segment.contains('/')
            && let Ok(found) = roots(folder, segment, &at)
        {
            known.insert(segment.to_owned(), found.at.into_iter().collect());
        }
    }
    known
}

/// The leaf of a prefix.
pub(super) fn prefix(segment: &str, records: u64, root: &Hash) -> Hash {
    leaf(&[
        segment.as_bytes(),
        &[0],
        records.to_string().as_bytes(),
        root,
    ])
}

/// A checkpoint as it was kept elsewhere: what a note or groups of digits hold of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose log it was; groups do not say.
    pub origin: Option<String>,
    /// Records that it covers.
    pub records: u64,
    /// Its root.
    pub root: [u8; 32],
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// The groups were misheard.
    Groups(Misheard),
    /// It is neither groups nor a note of origin, records and root.
    Note,
}

impl Kept {
    /// Reads a note (what follows its third line is not looked at) or groups of digits.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if groups::looks_spoken(text) {
            let heard = groups::hear(text).map_err(Unreadable::Groups)?;
            return Ok(Self {
                origin: None,
                records: u64::from(heard.records),
                root: heard.root,
            });
        }
        let mut lines = text.lines();
        let mut line = || lines.next().ok_or(Unreadable::Note);
        let origin = line()?.to_owned();
        let records = line()?.parse().map_err(|_| Unreadable::Note)?;
        let root = STANDARD.decode(line()?).map_err(|_| Unreadable::Note)?;
        Ok(Self {
            origin: Some(origin),
            records,
            root: root.try_into().map_err(|_| Unreadable::Note)?,
        })
    }

    /// Whether it is this one.
    pub(super) fn is(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.hash() == Some(self.root)
            && checkpoint.records() == self.records
            && self
                .origin
                .as_ref()
                .is_none_or(|origin| *origin == checkpoint.origin)
    }
}
