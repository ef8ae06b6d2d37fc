//! A file that is hashed while its pixels are read: the bytes of a band go to the hash as they come
//! from the disk, and what lies between and behind them is read for the hash alone.
//!
//! The hash is of all bytes in their order. Pixels that lie in the file in that order are read once,
//! and the hash is of the very bytes that are decoded; others are read again, and the file's size
//! and times are looked at before and after.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use sha2::{Digest as _, Sha256};

use super::source::hex;
use crate::cancel::Cancel;
use crate::{Error, Result};

/// Bytes that are read for the hash alone at a time.
const BAND: usize = 1 << 20;
/// Parts that wait to be hashed.
const WAITING: usize = 4;

/// A file as a reader of bands has it.
pub(super) struct Hashing<'a> {
    file: &'a File,
    at: u64,
    /// Where pixels are: directories before and behind them are looked at first.
    pixels: Range<u64>,
    /// Bytes from the front that went to the hash.
    hashed: u64,
    hash: Option<SyncSender<Vec<u8>>>,
    cancel: &'a Cancel,
    /// Most bytes that were asked for at once.
    pub(super) most: usize,
}

impl<'a> Hashing<'a> {
    /// A file whose bytes go nowhere else.
    pub(super) fn plain(file: &'a File, cancel: &'a Cancel) -> Self {
        Self {
            file,
            at: 0,
            pixels: 0..0,
            hashed: 0,
            hash: None,
            cancel,
            most: 0,
        }
    }

    /// Says where pixels are, from the first to the end of the last.
    pub(super) fn pixels_lie_in(&mut self, pixels: Range<u64>) {
        self.pixels = pixels;
    }

    /// Gives what was read to the hash, as far as it follows what the hash has.
    fn give(&mut self, from: u64, bytes: &[u8]) -> io::Result<()> {
        let known = self.hashed.saturating_sub(from).min(bytes.len() as u64) as usize;
        let bytes = &bytes[known..];
        if let (Some(hash), false) = (&self.hash, bytes.is_empty()) {
            hash.send(bytes.to_vec()).map_err(io::Error::other)?;
            self.hashed = from + (known + bytes.len()) as u64;
        }
        Ok(())
    }

    /// Reads for the hash alone what it does not have before `end`.
    fn hash_to(&mut self, end: u64) -> io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        let mut buffer = vec![0; if self.hashed < end { BAND } else { 0 }];
        while self.hashed < end {
            self.cancel.check().map_err(io::Error::other)?;
            let room = (end - self.hashed).min(BAND as u64) as usize;
            let read = self.file.read_at(&mut buffer[..room], self.hashed)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.give(self.hashed, &buffer[..read])?;
        }
        Ok(())
    }
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use std::os::unix::fs::FileExt as _;
        self.most = self.most.max(buffer.len());
        let from = self.at;
        let read = self.file.read_at(buffer, from)?;
        self.at += read as u64;
        if self.hash.is_some() && self.pixels.contains(&from) && self.at > self.hashed {
            self.hash_to(from)?;
            self.give(from, &buffer[..read])?;
        }
        Ok(read)
    }
}

impl Seek for Hashing<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Does `work` on a file of `length` bytes, and gives what it makes with the SHA-256 of all of them,
/// which runs beside it.
///
/// # Errors
/// Those of `work`; `told` of what the disk says; [`Error::Cancelled`].
pub(super) fn hashed<T>(
    file: &File,
    length: u64,
    cancel: &Cancel,
    work: impl FnOnce(&mut Hashing<'_>) -> Result<T>,
    told: impl Fn(&io::Error) -> Error,
) -> Result<(T, String)> {
    std::thread::scope(|scope| {
        let (sender, parts) = sync_channel(WAITING);
        let hash = scope.spawn(move || digest(&parts));
        let mut input = Hashing {
            hash: Some(sender),
            ..Hashing::plain(file, cancel)
        };
        let made = work(&mut input)?;
        let rest = input.hash_to(length);
        drop(input);
        cancel.check()?;
        rest.map_err(|error| told(&error))?;
        let hash = hash.join().unwrap_or_default();
        Ok((made, hash))
    })
}

/// The hash of all parts.
fn digest(parts: &Receiver<Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(&part);
    }
    hex(&hash.finalize())
}
