//! Reading a log to show it: every line in order, sound or not, nothing left out.

use std::path::Path;

use serde_json::{Map, Value};

use super::folder::{open_segment, segments};
use super::line::Line;
use super::stream::{Lines, Piece};
use crate::{Error, Result};

/// One line of a log.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A record whose own hash is right, with all its members in order.
    Sound {
        /// File name of the segment.
        segment: String,
        /// Line in it, from 1.
        line: u64,
        /// Its members.
        members: Map<String, Value>,
    },
    /// A line that is no record, or a segment that cannot be read (then without a line).
    Damaged {
        /// File name of the segment.
        segment: String,
        /// Line in it, from 1.
        line: Option<u64>,
    },
    /// An unterminated last line.
    Tail {
        /// File name of the segment.
        segment: String,
        /// Its length.
        bytes: u64,
    },
}

/// Reads the log in `folder` by segment and line and hands each to `visit`, in constant memory.
pub fn read_log<E: From<Error>>(
    folder: &Path,
    visit: &mut dyn FnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let names = segments(folder).map_err(|problem| Error::io(folder, &problem))?;
    for name in &names {
        let Ok(file) = open_segment(folder, name) else {
            visit(damaged(name, None))?;
            continue;
        };
        let mut lines = Lines::new(file);
        let mut number = 0;
        loop {
            number += 1;
            match lines.next_piece() {
                Ok(Piece::End) => break,
                Ok(Piece::Line) => visit(record(name, number, lines.line()))?,
                Ok(Piece::TooLong) => visit(damaged(name, Some(number)))?,
                Ok(Piece::Tail { bytes, .. }) => {
                    let segment = name.clone();
                    visit(Record::Tail { segment, bytes })?;
                    break;
                }
                Err(_) => {
                    visit(damaged(name, None))?;
                    break;
                }
            }
        }
    }
    Ok(())
}

/// A line as a record.
fn record(segment: &str, number: u64, bytes: &[u8]) -> Record {
    let members = Line::check(bytes)
        .ok()
        .and_then(|line| serde_json::from_slice(line.bytes).ok());
    match members {
        Some(members) => Record::Sound {
            segment: segment.to_owned(),
            line: number,
            members,
        },
        None => damaged(segment, Some(number)),
    }
}

/// A line that is no record.
fn damaged(segment: &str, line: Option<u64>) -> Record {
    Record::Damaged {
        segment: segment.to_owned(),
        line,
    }
}
