//! Reading a segment line by line in constant memory.

use std::io::{self, BufRead, BufReader, Read};

use sha2::{Digest as _, Sha256};

use super::body::to_hex;
use super::line::LINE_LIMIT;

/// What comes next in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A terminated line, now in the buffer without its `\n`.
    Line,
    /// A terminated line over the limit; its bytes were passed over.
    TooLong,
    /// The unterminated rest of the file.
    Tail {
        /// Its length, above 0.
        bytes: u64,
        /// SHA-256 of it in hex.
        sha256: String,
    },
    /// The file ended after a `\n`, or is empty.
    End,
}

/// Reads the lines of one segment.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    offset: u64,
}

impl<R: Read> Lines<R> {
    /// Starts at the beginning of a segment.
    pub(super) fn new(segment: R) -> Self {
        Self {
            reader: BufReader::with_capacity(1 << 16, segment),
            line: Vec::new(),
            offset: 0,
        }
    }

    /// The line that the last [`Piece::Line`] announced.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Length of all terminated lines so far, bytes.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on to the next piece.
    pub(super) fn next_piece(&mut self) -> io::Result<Piece> {
        self.line.clear();
        let mut limited = (&mut self.reader).take(LINE_LIMIT as u64);
        let length = limited.read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            self.offset += length as u64;
            return Ok(Piece::Line);
        }
        if length == 0 {
            return Ok(Piece::End);
        }
        self.pass_over(length as u64)
    }

    /// The buffer holds `length` bytes without an end: a tail, or a line over the limit.
    fn pass_over(&mut self, mut length: u64) -> io::Result<Piece> {
        let mut hash = Sha256::new_with_prefix(&self.line);
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                let sha256 = to_hex(&hash.finalize());
                return Ok(Piece::Tail {
                    bytes: length,
                    sha256,
                });
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(chunk.len(), |at| at + 1);
            hash.update(&chunk[..used]);
            self.reader.consume(used);
            length += used as u64;
            if end.is_some() {
                self.offset += length;
                return Ok(Piece::TooLong);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::line::sha256_hex;
    use super::*;

    #[test]
    fn lines_tails_and_giants_are_told_apart() {
        let mut text = b"one\n".to_vec();
        text.extend(vec![b'x'; LINE_LIMIT]);
        text.extend(b"\n\ntwo\nrest");
        let mut lines = Lines::new(text.as_slice());
        assert_eq!(lines.next_piece().unwrap(), Piece::Line);
        assert_eq!(lines.line(), b"one");
        assert_eq!(lines.next_piece().unwrap(), Piece::TooLong);
        assert_eq!(lines.next_piece().unwrap(), Piece::Line);
        assert_eq!(lines.line(), b"");
        assert_eq!(lines.next_piece().unwrap(), Piece::Line);
        assert_eq!(lines.offset() as usize, text.len() - 4);
        let tail = Piece::Tail {
            bytes: 4,
            sha256: sha256_hex(b"rest"),
        };
        assert_eq!(lines.next_piece().unwrap(), tail);
        assert_eq!(lines.next_piece().unwrap(), Piece::End);
    }

    #[test]
    fn the_longest_line_is_still_a_line() {
        let mut text = vec![b'x'; LINE_LIMIT - 1];
        text.push(b'\n');
        let mut lines = Lines::new(text.as_slice());
        assert_eq!(lines.next_piece().unwrap(), Piece::Line);
        assert_eq!(lines.next_piece().unwrap(), Piece::End);
    }
}
