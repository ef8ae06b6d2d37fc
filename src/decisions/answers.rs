//! The bodies of records that answer a decision: second reading, arbitration, outcome.
//!
//! Member names are permanent, as in [`super::body`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::{Decision, MarkedRegion};
use crate::messages::{arg, say};
use crate::text::Safe;

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

    /// What it is called for a reader.
    pub fn label(self) -> Safe {
        say(&format!("report-result-{}", self.as_str()), &[])
    }
}

/// What an outcome's word is called for a reader; an unknown one stands as it is.
pub fn result_label(word: &str) -> Safe {
    Inspection::parse(word).map_or_else(|| Safe::from_outside(word), Inspection::label)
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

impl FoundItem {
    /// Reads what a record says; what it does not say, or not in a form that is known, stays empty.
    pub fn read(found: &Value) -> Self {
        let word = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
        let region = found.get("region").cloned();
        Self {
            what: word("what").to_owned(),
            quantity: found.get("quantity").and_then(Value::as_f64),
            unit: word("unit").to_owned(),
            region: region.and_then(|region| serde_json::from_value(region).ok()),
        }
    }

    /// What it is and how much of it.
    pub fn words(&self) -> String {
        let quantity = self.quantity.map(|n| n.to_string()).unwrap_or_default();
        let words = [&self.what, &quantity, &self.unit].map(String::as_str);
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }

    /// What it is, how much of it, and where in the picture.
    pub fn label(&self) -> Safe {
        let item = Safe::from_outside(&self.words());
        match &self.region {
            Some(region) => {
                let place = region.place_label();
                say(
                    "report-found-in",
                    &[arg("item", &item), arg("region", &place)],
                )
            }
            None => item,
        }
    }
}
