//! What is wrong with a file that people write, and where: configuration and key files alike.
//!
//! A file is checked as a whole; every problem carries its line and column, so that one look
//! at the list is enough to mend it.

use std::ops::Range;

use crate::messages::{arg, say};
use crate::text::{Safe, line_at};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The line cannot be used.
    Error,
    /// The line is used, but may not do what its author thinks.
    Warning,
}

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right: one sentence without a full stop.
    pub text: Safe,
}

impl Problem {
    /// An error at the byte `offset` of `source`.
    pub fn error(source: &str, offset: usize, text: Safe) -> Self {
        Self::at(source, offset, Severity::Error, text)
    }

    /// A warning at the byte `offset` of `source`.
    pub fn warning(source: &str, offset: usize, text: Safe) -> Self {
        Self::at(source, offset, Severity::Warning, text)
    }

    fn at(source: &str, offset: usize, severity: Severity, text: Safe) -> Self {
        let (line, column) = position(source, offset);
        Self {
            severity,
            line,
            column,
            text,
        }
    }

    /// Whether the line cannot be used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The sentence with its place: `PATH:LINE:COLUMN: TEXT`.
    pub fn sentence(&self, path: &Safe) -> Safe {
        let id = match self.severity {
            Severity::Error => "config-problem",
            Severity::Warning => "config-problem-warning",
        };
        say(
            id,
            &[
                arg("path", path),
                arg("line", &self.line),
                arg("column", &self.column),
                arg("text", &self.text),
            ],
        )
    }
}

/// Orders problems as their lines stand in the file and drops repetitions.
pub fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| (problem.line, problem.column, problem.severity));
    problems.dedup();
    problems
}

/// Drops what the reader says of lines that are not TOML: `syntax` is the one problem of those.
pub(crate) fn without_echoes(syntax: &[Problem], mut others: Vec<Problem>) -> Vec<Problem> {
    others.retain(|problem| syntax.iter().all(|broken| broken.line != problem.line));
    others.extend_from_slice(syntax);
    others
}

/// Line and column of the byte `offset`, both from 1, the column in characters.
pub fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = line_at(source, offset);
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

/// Where a span starts; the file's first byte when there is none.
pub(crate) fn start(span: Option<Range<usize>>) -> usize {
    span.map_or(0, |span| span.start)
}

/// `text` with the nearest name as the next step, when there is one.
pub(crate) fn suggest(text: &Safe, nearest: Option<&str>) -> Safe {
    match nearest {
        Some(name) => say(
            "config-suggestion",
            &[arg("text", text), arg("name", &Safe::from_outside(name))],
        ),
        None => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let source = "a\nhé = 1\n";
        assert_eq!(position(source, 0), (1, 1));
        assert_eq!(position(source, 2), (2, 1));
        // Behind the two bytes of é: the third character.
        assert_eq!(position(source, 5), (2, 3));
        assert_eq!(position(source, 999), (3, 1));
    }
}
