//! The question of another post beside a scan: what `xamine log bundle` packs for a second reading.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// Its file, beside the scan.
pub const QUESTION: &str = "question.json";
/// More than this is not one of ours.
const MOST: u64 = 1 << 20;

/// A question that was unpacked beside a scan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// Id of the decision that a second reading is asked of.
    pub of: String,
    /// What is asked, where something is.
    #[serde(default)]
    pub question: Option<String>,
    #[serde(default)]
    files: Vec<Asked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Asked {
    name: String,
    bytes: u64,
}

impl Question {
    /// The question in a folder; `None` where there is none, or where it cannot be read: then the scan
    /// is one like any other.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let path = folder.join(QUESTION);
        let file = fs::symlink_metadata(&path).ok()?;
        if !file.is_file() || file.len() > MOST {
            return None;
        }
        serde_json::from_slice(&fs::read(&path).ok()?).ok()
    }

    /// Whether it is about a file of that name and length.
    pub fn is_about(&self, name: &str, bytes: u64) -> bool {
        let same = |file: &Asked| file.name == name && file.bytes == bytes;
        self.files.iter().any(same)
    }
}
