//! One segment file being written: a record is one write whose count is compared and one sync.
//!
//! After any error or short count the segment must not be written or synced again; its owner drops
//! it and begins a new one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};

use super::folder;
use super::line::{LINE_LIMIT, Stamp, encode, sha256_hex};
use super::sitting::{End, Head};

/// Disk space kept in hand beyond the end of the segment, bytes.
const RESERVE: u64 = 64 * 1024;

/// A segment that this process appends to.
#[derive(Debug)]
pub(super) struct Segment {
    name: String,
    file: File,
    seq: u64,
    prev: String,
    length: u64,
    reserved: u64,
    good: (u64, String),
    counts: BTreeMap<String, u64>,
}

/// A record's members that its segment does not give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) at: &'a str,
    pub(super) boot_ns: u64,
    pub(super) kind: &'a str,
    pub(super) body: &'a str,
}

/// Whether a record is on disk before the call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Written and synced.
    Synced,
    /// Written; the next synced record takes it along.
    Written,
}

/// Why a record is not on disk.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The record would be longer than a line may be; the segment is sound.
    TooLong,
    /// The segment must be given up.
    Broken {
        /// Which call.
        what: &'static str,
        /// What the system said.
        error: io::Error,
    },
}

impl Segment {
    /// Creates the file and takes its advisory lock.
    pub(super) fn create(folder: &Path, name: String) -> io::Result<Self> {
        let file = folder::create_segment(folder, &name)?;
        // Only guards against mistakes: nobody else ever appends to this file.
        let _ = file.try_lock();
        let prev = sha256_hex(name.as_bytes());
        let mut segment = Self {
            name,
            file,
            seq: 0,
            prev,
            length: 0,
            reserved: 0,
            good: (0, String::new()),
            counts: BTreeMap::new(),
        };
        segment.reserve();
        Ok(segment)
    }

    /// The file name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Records in it.
    pub(super) fn records(&self) -> u64 {
        self.seq
    }

    /// Records in it by kind.
    pub(super) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// The last record that is surely on disk.
    pub(super) fn good_head(&self, end: Option<End>) -> Head {
        Head {
            segment: self.name.clone(),
            seq: self.good.0,
            hash: self.good.1.clone(),
            end,
        }
    }

    /// The open file, for asking its file system.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Whether not one byte reached the file.
    pub(super) fn is_empty(&self) -> bool {
        self.file.metadata().is_ok_and(|file| file.len() == 0)
    }

    /// Appends one record and gives its number and `self`.
    pub(super) fn append(
        &mut self,
        entry: Entry<'_>,
        durability: Durability,
    ) -> Result<(u64, String), Refusal> {
        let stamp = Stamp {
            seq: self.seq + 1,
            id: entry.id,
            at: entry.at,
            boot_ns: entry.boot_ns,
            kind: entry.kind,
        };
        let made = encode(stamp, entry.body, &self.prev);
        if made.line.len() > LINE_LIMIT {
            return Err(Refusal::TooLong);
        }
        self.write(&made.line)?;
        if durability == Durability::Synced {
            self.file
                .sync_data()
                .map_err(|error| broken("fdatasync", error))?;
            self.good = (stamp.seq, made.hash.clone());
        }
        self.seq = stamp.seq;
        self.prev = made.next_prev;
        *self.counts.entry(entry.kind.to_owned()).or_default() += 1;
        Ok((self.seq, made.hash))
    }

    /// One write whose count is compared.
    fn write(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let count = self
            .file
            .write(line)
            .map_err(|error| broken("write", error))?;
        if count < line.len() {
            let said = format!("only {count} of {} bytes were taken", line.len());
            return Err(broken("write", io::Error::other(said)));
        }
        self.length += count as u64;
        Ok(())
    }

    /// Keeps space in hand, so that a decision in flight still fits when the disk is full.
    pub(super) fn reserve(&mut self) {
        if self.length + RESERVE / 2 < self.reserved {
            return;
        }
        // Where the file system cannot do it, there is no reserve: not an error.
        if fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.length, RESERVE).is_ok() {
            self.reserved = self.length + RESERVE;
        }
    }

    /// Gives the rest of the reserve back, after the last record.
    pub(super) fn release(&self) {
        // Only ever to the very length that was written: nothing can be cut off.
        if self
            .file
            .metadata()
            .is_ok_and(|file| file.len() == self.length)
        {
            let _ = self.file.set_len(self.length);
        }
    }
}

/// The segment must be given up.
fn broken(what: &'static str, error: io::Error) -> Refusal {
    Refusal::Broken { what, error }
}
