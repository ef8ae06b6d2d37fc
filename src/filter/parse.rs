//! Reading `NAME` and `NAME=A,B`, with the nearest name for a wrong one; `~` before the name stands
//! for a filter that is bypassed.

use std::fmt;
use std::str::FromStr;

use super::{FILTERS, FilterUse, check};
use crate::messages::{arg, say};
use crate::nearest::nearest;
use crate::text::Safe;
use crate::{Error, Result};

/// Before the name of a filter that is kept and not applied.
const BYPASSED: char = '~';

impl FromStr for FilterUse {
    type Err = Error;

    /// Reads `NAME`, `NAME=A,B` or `~NAME=A,B`; unknown names and arguments out of range are
    /// [`Error::Request`].
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let applied = text.strip_prefix(BYPASSED);
        let bypassed = applied.is_some();
        let text = applied.unwrap_or(text);
        let (name, args) = match text.split_once('=') {
            Some((name, args)) => (name, Some(args)),
            None => (text, None),
        };
        let args = args
            .into_iter()
            .flat_map(|args| args.split(','))
            .map(|part| number(name, part))
            .collect::<Result<_>>()?;
        let used = Self {
            name: name.trim().to_owned(),
            args,
            bypassed,
        };
        check(&used)?;
        Ok(used)
    }
}

/// One argument.
fn number(name: &str, text: &str) -> Result<f64> {
    let value: Option<f64> = text.trim().parse().ok();
    value.filter(|v| v.is_finite()).ok_or_else(|| {
        Error::request(say(
            "filter-not-a-number",
            &[
                arg("name", &Safe::from_outside(name)),
                arg("value", &Safe::from_outside(text)),
            ],
        ))
    })
}

impl fmt::Display for FilterUse {
    /// As `--filter` takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bypassed {
            write!(f, "{BYPASSED}")?;
        }
        f.write_str(&self.name)?;
        for (i, arg) in self.args.iter().enumerate() {
            write!(f, "{}{arg}", if i == 0 { '=' } else { ',' })?;
        }
        Ok(())
    }
}

/// The error of an unknown filter.
pub(super) fn unknown(name: &str) -> Error {
    let given = Safe::from_outside(name);
    let why = match nearest(name, FILTERS.iter().map(|row| row.name)) {
        Some(near) => say(
            "filter-unknown-near",
            &[arg("name", &given), arg("near", &Safe::from_outside(near))],
        ),
        None => say(
            "filter-unknown",
            &[
                arg("name", &given),
                arg("names", &Safe::from_outside(&all_names())),
            ],
        ),
    };
    Error::request(why)
}

/// Every name, for a reader who is far off.
fn all_names() -> String {
    let names: Vec<&str> = FILTERS.iter().map(|row| row.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_and_written_alike() {
        for text in ["invert", "gamma=1.5", "density-band=0.1,0.4", "~edge=2"] {
            let used: FilterUse = text.parse().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(used.to_string(), text);
        }
    }

    #[test]
    fn wrong_filters_say_what_would_be_right() {
        for (text, part) in [
            ("gama", "'gamma'"),
            ("gamma=99", "5"),
            ("gamma=x", "'x'"),
            ("gamma=NaN", "'NaN'"),
            ("invert=1", "takes no numbers"),
            ("gamma=", "'' is no number"),
            ("unsharp=1,99", "pixels of the scan"),
            ("qqqq", "invert, log"),
            ("xyzzy", "invert, log"),
            ("", "invert, log"),
        ] {
            let problem = text
                .parse::<FilterUse>()
                .map_or_else(|e| e.to_string(), |u| u.to_string());
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }
}
