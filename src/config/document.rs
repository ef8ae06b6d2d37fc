//! A TOML text with the place of everything in it.
//!
//! The reader recovers from syntax errors, so that they are reported together with what is wrong in
//! the sound lines. Tables come in the order of the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, start};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Longest file that people write: 1 MiB.
pub const LONGEST: u64 = 1 << 20;

/// One `key = value` of a table.
#[derive(Debug)]
pub(crate) struct Entry<'d, 'i> {
    /// The key.
    pub(crate) key: &'d str,
    /// Byte offset of the key.
    pub(crate) key_at: usize,
    /// The value.
    pub(crate) value: &'d DeValue<'i>,
    /// Byte offset of the value.
    pub(crate) value_at: usize,
}

/// Reads `text`; what is not TOML becomes problems, the rest a table.
pub(crate) fn read(text: &str) -> (Spanned<DeTable<'_>>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let problems = errors
        .iter()
        .map(|error| {
            let cause = Safe::from_outside(error.message().lines().next().unwrap_or_default());
            Problem::error(
                text,
                start(error.span()),
                say("config-syntax", &[arg("why", &cause)]),
            )
        })
        .collect();
    (table, problems)
}

/// The entries of a table in the order of the file.
pub(crate) fn entries<'d, 'i>(table: &'d DeTable<'i>) -> Vec<Entry<'d, 'i>> {
    let mut entries: Vec<Entry<'d, 'i>> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            key_at: key.span().start,
            value: value.get_ref(),
            value_at: value.span().start,
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at);
    entries
}

/// The value's type in the reader's words: "a text", "a number".
pub(crate) fn type_words(value: &DeValue<'_>) -> Safe {
    let id = match value {
        DeValue::String(_) => "config-type-text",
        DeValue::Integer(_) => "config-type-integer",
        DeValue::Float(_) => "config-type-number",
        DeValue::Boolean(_) => "config-type-switch",
        DeValue::Datetime(_) => "config-type-date",
        DeValue::Array(_) => "config-type-list",
        DeValue::Table(_) => "config-type-section",
    };
    say(id, &[])
}

/// The problem of a value of the wrong type.
pub(crate) fn wrong_type(text: &str, entry: &Entry<'_, '_>, wanted: &'static str) -> Problem {
    Problem::error(
        text,
        entry.value_at,
        say(
            "config-wrong-type",
            &[
                arg("key", &Safe::from_outside(entry.key)),
                arg("wanted", &say(wanted, &[])),
                arg("found", &type_words(entry.value)),
            ],
        ),
    )
}
