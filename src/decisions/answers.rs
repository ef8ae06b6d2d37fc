//! The bodies of records that answer a decision: second reading, arbitration, outcome.
//!
//! Member names are permanent, as in [`super::body`].

use serde::{Deserialize, Serialize};

use super::body::{Decision, MarkedRegion};

/// Body of `second`: another analyst's decision about a scan that was decided before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Id of the first decision.
    pub of: String,
    /// Whether the first decision was hidden until this one was recorded.
    pub blind: bool,
    /// What the second analyst saw and decided.
    #[serde(flatten)]
    pub decision: Decision,
}

/// Body of `arbitration`: which of several decisions holds, and what the arbitrator saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arbitration {
    /// Ids of the decisions that disagree.
    pub of: Vec<String>,
    /// Why, in a sentence.
    pub reason: String,
    /// What holds, and everything else that was seen, marked and asked for.
    #[serde(flatten)]
    pub decision: Decision,
}

/// Body of `outcome`: what the physical inspection found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Id of the decision that the inspection followed.
    pub of: String,
    /// What came of it.
    pub result: Inspection,
    /// What was found.
    #[serde(default)]
    pub found: Vec<FoundItem>,
    /// Who inspected.
    #[serde(default)]
    pub by: String,
    /// When, RFC 3339 or a date; empty where nobody said.
    #[serde(default)]
    pub inspected_at: String,
}

/// What a physical inspection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inspection {
    /// Everything was as declared.
    NothingFound,
    /// Goods or papers differ from what was declared.
    Discrepancy,
    /// Goods were seized.
    Seizure,
    /// It was not inspected.
    NotExamined,
}

impl Inspection {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 4] = [
        Self::NothingFound,
        Self::Discrepancy,
        Self::Seizure,
        Self::NotExamined,
    ];

    /// The word in the log and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NothingFound => "nothing-found",
            Self::Discrepancy => "discrepancy",
            Self::Seizure => "seizure",
            Self::NotExamined => "not-examined",
        }
    }

    /// Reads the word of the log; `None` for a word that is not known.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// One thing that an inspection found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundItem {
    /// What it is.
    pub what: String,
    /// How much, in `unit`.
    #[serde(default)]
    pub quantity: Option<f64>,
    /// Unit of the quantity: `kg`, `pieces`.
    #[serde(default)]
    pub unit: String,
    /// Where it was in the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<MarkedRegion>,
}
