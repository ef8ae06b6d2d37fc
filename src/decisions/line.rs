//! One record as the exact bytes of one line.
//!
//! A line begins with `v, seq, id, at, boot_ns, kind`, goes on with the body and ends with `prev`
//! (SHA-256 of the whole line before, or of the segment's file name) and `self` (SHA-256 of this line
//! up to and including the comma before `"self"`). Nothing is left unhashed, and reading compares
//! bytes, never parsed fields: no canonical form is needed.

use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};

use super::body::to_hex;

/// Version of the record format.
pub(super) const RECORD_VERSION: u64 = 1;
/// Longest line with its `\n`, bytes.
pub const LINE_LIMIT: usize = 1 << 20;
/// Hex digits of a SHA-256.
const HASH_DIGITS: usize = 64;
/// `"self":"` … `"}` around the last hash.
const SELF_LENGTH: usize = 8 + HASH_DIGITS + 2;
/// `"prev":"` … `",` before it.
const PREV_LENGTH: usize = 8 + HASH_DIGITS + 2;

/// The members that every record begins with, the version left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) seq: u64,
    pub(super) id: &'a str,
    pub(super) at: &'a str,
    pub(super) boot_ns: u64,
    pub(super) kind: &'a str,
}

/// A record ready to be written.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    /// The line with its `\n`.
    pub(super) line: Vec<u8>,
    /// Its `self`.
    pub(super) hash: String,
    /// What the next record's `prev` will be.
    pub(super) next_prev: String,
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// A random 128-bit identifier in hex.
pub(super) fn random_id() -> std::io::Result<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|problem| std::io::Error::other(problem.to_string()))?;
    Ok(to_hex(&bytes))
}

/// Makes the line of a record. `body` is a JSON object; `id` and `kind` are plain ASCII words.
pub(super) fn encode(stamp: Stamp<'_>, body: &str, prev: &str) -> Encoded {
    let Stamp {
        seq,
        id,
        at,
        boot_ns,
        kind,
    } = stamp;
    let members = body
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or_default();
    let comma = if members.is_empty() { "" } else { "," };
    let mut text = format!(
        "{{\"v\":{RECORD_VERSION},\"seq\":{seq},\"id\":\"{id}\",\"at\":\"{at}\",\"boot_ns\":{boot_ns},\"kind\":\"{kind}\",{members}{comma}\"prev\":\"{prev}\","
    );
    let hash = sha256_hex(text.as_bytes());
    text.push_str("\"self\":\"");
    text.push_str(&hash);
    text.push_str("\"}");
    let next_prev = sha256_hex(text.as_bytes());
    text.push('\n');
    Encoded {
        line: text.into_bytes(),
        hash,
        next_prev,
    }
}

/// A line that has passed: its layout is a record's and its `self` is right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Number in the segment, from 1.
    pub(super) seq: u64,
    /// Identifier.
    pub(super) id: &'a str,
    /// Wall clock.
    pub(super) at: &'a str,
    /// Boot clock, nanoseconds.
    pub(super) boot_ns: u64,
    /// Kind; may be one of a newer version.
    pub(super) kind: &'a str,
    /// Hash of the line before.
    pub(super) prev: &'a str,
    /// Hash of this line.
    pub(super) hash: &'a str,
    /// The whole line without `\n`.
    pub(super) bytes: &'a [u8],
}

/// Why a line is not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Its bytes are not laid out as a record's.
    Layout,
    /// Its `self` does not fit its bytes.
    SelfHash,
}

impl<'a> Line<'a> {
    /// Reads and checks one line given without its `\n`.
    pub(super) fn check(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let line = Self::layout(bytes).ok_or(Flaw::Layout)?;
        let hashed = &bytes[..bytes.len() - SELF_LENGTH];
        if sha256_hex(hashed) != line.hash {
            return Err(Flaw::SelfHash);
        }
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|_| Flaw::Layout)?;
        Ok(line)
    }

    /// Takes a line apart without checking hashes.
    fn layout(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (rest, hash) = closing(text, SELF_LENGTH, "\"self\":\"", "\"}")?;
        let (front, prev) = closing(rest, PREV_LENGTH, "\"prev\":\"", "\",")?;
        let mut front = Cursor(front.strip_suffix(',')?);
        front.literal("{\"v\":")?;
        front.number()?;
        front.literal(",\"seq\":")?;
        let seq = front.number()?;
        front.literal(",\"id\":")?;
        let id = front.word()?;
        front.literal(",\"at\":")?;
        let at = front.word()?;
        front.literal(",\"boot_ns\":")?;
        let boot_ns = front.number()?;
        front.literal(",\"kind\":")?;
        let kind = front.word()?;
        (front.0.is_empty() || front.0.starts_with(',')).then_some(Self {
            seq,
            id,
            at,
            boot_ns,
            kind,
            prev,
            hash,
            bytes,
        })
    }
}

/// Splits the last `length` bytes off, which must be `before`, a hash and `after`.
fn closing<'a>(
    text: &'a str,
    length: usize,
    before: &str,
    after: &str,
) -> Option<(&'a str, &'a str)> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(length)?)?;
    let hash = end.strip_prefix(before)?.strip_suffix(after)?;
    let is_hash =
        hash.len() == HASH_DIGITS && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then_some((rest, hash))
}

/// Reads the fixed front of a line.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// Exactly this text.
    fn literal(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// A decimal without leading zeros.
    fn number(&mut self) -> Option<u64> {
        let end = self
            .0
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        self.0 = rest;
        digits.parse().ok()
    }

    /// A quoted word without escapes.
    fn word(&mut self) -> Option<&'a str> {
        let rest = self.0.strip_prefix('"')?;
        let (word, rest) = rest.split_once('"')?;
        if word.contains('\\') {
            return None;
        }
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn stamp(kind: &str) -> Stamp<'_> {
        Stamp {
            seq: 7,
            id: "00112233445566778899aabbccddeeff",
            at: "2026-03-01T12:00:00.000+00:00",
            boot_ns: 12,
            kind,
        }
    }

    #[test]
    fn a_line_reads_back_and_every_bit_matters() {
        for body in [
            "{}",
            "{\"note\":\"a\\\"b\\nc\",\"x\":[1,{\"self\":\"no\"}]}",
        ] {
            let made = encode(stamp("note"), body, &sha256_hex(b"name"));
            let line = &made.line[..made.line.len() - 1];
            let read = Line::check(line).unwrap();
            assert_eq!((read.seq, read.boot_ns, read.kind), (7, 12, "note"));
            assert_eq!(read.prev, sha256_hex(b"name"));
            assert_eq!(read.hash, made.hash);
            assert_eq!(sha256_hex(read.bytes), made.next_prev);
            for bit in 0..line.len() * 8 {
                let mut flipped = line.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(Line::check(&flipped).is_err(), "bit {bit}");
            }
        }
    }

    #[test]
    fn what_is_not_json_is_no_record_even_with_right_hashes() {
        let made = encode(stamp("note"), "{\"note\":}", &sha256_hex(b"name"));
        assert_eq!(
            Line::check(&made.line[..made.line.len() - 1]).err(),
            Some(Flaw::Layout)
        );
    }
}
