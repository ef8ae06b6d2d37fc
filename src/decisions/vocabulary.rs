//! The words of a decision: what was concluded, why, and which control is asked for.
//!
//! Conclusions are the program's own; reason codes and types of control are data
//! (`assets/reasons.toml`). All of them are written into logs and stay readable for ever.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::messages::say;
use crate::text::Safe;

/// The codes as data.
const CODES: &str = include_str!("../../assets/reasons.toml");

/// What an analyst concludes about a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Release.
    Clear,
    /// Refer for physical inspection.
    Suspicious,
    /// A second look is needed.
    Inconclusive,
    /// The image is unusable.
    Rescan,
    /// Not looked at.
    NotAnalysed,
}

impl Conclusion {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Suspicious,
        Self::Inconclusive,
        Self::Rescan,
        Self::NotAnalysed,
    ];

    /// The word in the log and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Suspicious => "suspicious",
            Self::Inconclusive => "inconclusive",
            Self::Rescan => "rescan",
            Self::NotAnalysed => "not-analysed",
        }
    }

    /// Reads the word of the log; `None` for a word that is not known.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }

    /// The word on screen.
    pub fn label(self) -> Safe {
        say(&format!("conclusion-{}", self.as_str()), &[])
    }
}

/// The codes of `assets/reasons.toml`.
#[derive(Debug, Default, Deserialize)]
struct Codes {
    reasons: Vec<String>,
    controls: Vec<u16>,
}

/// Parses the codes once; a test refuses a file that does not parse.
fn codes() -> &'static Codes {
    static CODES_READ: OnceLock<Codes> = OnceLock::new();
    CODES_READ.get_or_init(|| toml::from_str(CODES).unwrap_or_default())
}

/// The reason codes in the order of the form.
pub fn reasons() -> &'static [String] {
    &codes().reasons
}

/// The EU types of control that a decision may ask for.
pub fn controls() -> &'static [u16] {
    &codes().controls
}

/// The label of a reason code; a code of a newer version shows itself.
pub fn reason_label(code: &str) -> Safe {
    if reasons().iter().any(|known| known == code) {
        say(&format!("reason-{code}"), &[])
    } else {
        Safe::from_outside(code)
    }
}

/// What a conclusion's word is called for a reader; an unknown one stands as it is.
pub fn conclusion_label(word: &str) -> Safe {
    Conclusion::parse(word).map_or_else(|| Safe::from_outside(word), Conclusion::label)
}

/// The label of a type of control; an unknown one shows its number.
pub fn control_label(control: u16) -> Safe {
    if controls().contains(&control) {
        say(&format!("control-{control}"), &[])
    } else {
        Safe::number(f64::from(control), 0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::messages::has;

    #[test]
    fn every_code_has_its_label() {
        assert_eq!(reasons().len(), 12);
        assert_eq!(controls().len(), 10);
        for code in reasons() {
            assert!(has(&format!("reason-{code}")), "{code}");
        }
        for control in controls() {
            assert!(has(&format!("control-{control}")), "{control}");
        }
        for conclusion in Conclusion::ALL {
            assert!(has(&format!("conclusion-{}", conclusion.as_str())));
            assert_eq!(Conclusion::parse(conclusion.as_str()), Some(conclusion));
            let json = serde_json::to_string(&conclusion).unwrap();
            assert_eq!(json, format!("\"{}\"", conclusion.as_str()));
        }
    }

    #[test]
    fn a_code_of_a_newer_version_is_shown_harmlessly() {
        assert_eq!(reason_label("new\u{1b}[2J").as_str(), "new\\u{1b}[2J");
        assert_eq!(control_label(99).as_str(), "99");
    }
}
