//! Text that is safe to draw: the one gate between outside text and the screen.
//!
//! Control, format, private and unassigned characters, line separators and unusual spaces are shown
//! as `\u{..}`, bytes that are not UTF-8 as `\xNN`; nothing is deleted. At most four combining marks
//! stay on a base, so that a name cannot climb over its neighbours.

use std::ffi::OsStr;
use std::fmt;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Combining marks that may stay on one base character.
const MARKS: usize = 4;

/// Display-safe text: the only text the console draws.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Safe(String);

impl<'de> Deserialize<'de> for Safe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self::from_outside(&text))
    }
}

impl Safe {
    /// Makes text from outside (metadata, library errors, host names) safe.
    pub fn from_outside(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        let inner = text.trim_matches(' ');
        let (lead, tail) = (
            text.len() - text.trim_start_matches(' ').len(),
            text.trim_end_matches(' ').len(),
        );
        let mut marks = 0;
        for (at, c) in text.char_indices() {
            let edge_space = c == ' ' && (inner.is_empty() || at < lead || at >= tail);
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if edge_space || marks > MARKS || must_escape(c) {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            } else {
                out.push(c);
            }
        }
        Self(out)
    }

    /// Makes bytes from outside safe: what is not UTF-8 becomes `\xNN`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut out = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            out.push_str(&Self::from_outside(chunk.valid()).0);
            for byte in chunk.invalid() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        Self(out)
    }

    /// A file name.
    pub fn from_os(name: &OsStr) -> Self {
        Self::from_bytes(name.as_bytes())
    }

    /// A path.
    pub fn from_path(path: &Path) -> Self {
        Self::from_os(path.as_os_str())
    }

    /// A word of the program's own source.
    pub fn word(word: &'static str) -> Self {
        Self(word.to_owned())
    }

    /// `cells` blanks.
    pub fn blanks(cells: usize) -> Self {
        Self(" ".repeat(cells))
    }

    /// A line that is being typed: as [`Safe::from_outside`], but spaces at its edges stay spaces.
    pub fn from_typed(text: &str) -> Self {
        let inner = text.trim_matches(' ');
        let lead = text.len() - text.trim_start_matches(' ').len();
        let tail = text.len() - lead.min(text.len()) - inner.len();
        Self(format!(
            "{}{}{}",
            " ".repeat(lead),
            Self::from_outside(inner),
            " ".repeat(tail)
        ))
    }

    /// A number, with `decimals` places.
    pub fn number(value: f64, decimals: usize) -> Self {
        Self(format!("{value:.decimals$}"))
    }

    /// A formatted message: its words are ours and its arguments are safe already; only characters
    /// that no message may hold are escaped, leading and trailing spaces stay.
    pub(crate) fn from_message(text: &str) -> Self {
        if text.chars().any(|c| c != '\n' && must_escape(c)) {
            Self::from_outside(text)
        } else {
            Self(text.to_owned())
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Width in terminal cells.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// `self` and then `other`.
    #[must_use]
    pub fn then(&self, other: &Safe) -> Safe {
        Self(format!("{}{}", self.0, other.0))
    }

    /// `parts` with `between` between them.
    pub fn join(parts: &[Safe], between: &'static str) -> Safe {
        Self(
            parts
                .iter()
                .map(Safe::as_str)
                .collect::<Vec<_>>()
                .join(between),
        )
    }

    /// At most `cells` wide: the middle gives way to `…`, because names differ at both ends.
    #[must_use]
    pub fn cut_middle(&self, cells: usize) -> Safe {
        if self.width() <= cells {
            return self.clone();
        }
        if cells == 0 {
            return Self::default();
        }
        let room = cells - 1;
        let graphemes: Vec<&str> = self.0.graphemes(true).collect();
        let head = take_cells(graphemes.iter().copied(), room.div_ceil(2));
        let tail = take_cells(graphemes.iter().rev().copied(), room / 2);
        let tail: String = graphemes[graphemes.len() - tail..].concat();
        Self(format!("{}…{tail}", graphemes[..head].concat()))
    }

    /// At most `cells` wide: the end gives way to `…`.
    #[must_use]
    pub fn cut_end(&self, cells: usize) -> Safe {
        if self.width() <= cells {
            return self.clone();
        }
        if cells == 0 {
            return Self::default();
        }
        let graphemes: Vec<&str> = self.0.graphemes(true).collect();
        let head = take_cells(graphemes.iter().copied(), cells - 1);
        Self(format!("{}…", graphemes[..head].concat()))
    }
}

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many graphemes from the front fit into `cells`.
fn take_cells<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> usize {
    let mut used = 0;
    graphemes
        .take_while(|g| {
            used += g.width();
            used <= cells
        })
        .count()
}

/// Whether `c` is a combining mark.
fn is_mark(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::NonspacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::SpacingMark
    )
}

/// Whether `c` may never reach a terminal as itself.
fn must_escape(c: char) -> bool {
    match c.general_category() {
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned => true,
        GeneralCategory::SpaceSeparator => c != ' ',
        // Letters and marks that draw nothing: Hangul fillers, variation selectors, braille blank.
        _ => {
            matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{34f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
        }
    }
}

/// The line of the byte `at` of `text`, from 1.
pub(crate) fn line_at(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_is_shown_not_obeyed() {
        for (text, shown) in [
            ("plain name.tif", "plain name.tif"),
            ("\u{1b}[2Jx", "\\u{1b}[2Jx"),
            ("abc\u{202e}fit.exe", "abc\\u{202e}fit.exe"),
            ("a\u{200b}b\u{e0041}", "a\\u{200b}b\\u{e0041}"),
            (" edge ", "\\u{20}edge\\u{20}"),
            ("   ", "\\u{20}\\u{20}\\u{20}"),
            ("line\nbreak\u{2028}", "line\\u{a}break\\u{2028}"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("é ñ 漢", "é ñ 漢"),
        ] {
            assert_eq!(Safe::from_outside(text).as_str(), shown);
        }
        assert_eq!(Safe::from_bytes(b"a\xff\xfeb").as_str(), "a\\xff\\xfeb");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let zalgo = format!("a{}", "\u{301}".repeat(6));
        assert_eq!(
            Safe::from_outside(&zalgo).as_str(),
            format!("a{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(4))
        );
    }

    #[test]
    fn a_cut_keeps_both_ends_and_never_exceeds() {
        let name = Safe::from_outside("MSCU1234567_side_high_漢字.tif");
        for cells in 0..40 {
            let cut = name.cut_middle(cells);
            assert!(cut.width() <= cells, "{cells}: {cut}");
            assert!(name.cut_end(cells).width() <= cells);
        }
        assert_eq!(
            Safe::from_outside("abcdefghij").cut_middle(5).as_str(),
            "ab…ij"
        );
    }
}
