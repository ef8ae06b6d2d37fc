//! What the analyst last said of this display's greys, kept for the log's next `open` record.

use std::fs;
use std::path::Path;

use super::whole;
use crate::decisions::DisplayCheck;
use crate::{Error, Result};

/// Its file in the state folder.
const FILE: &str = "display-check.json";
/// More than this is not one of ours.
const MOST: u64 = 4096;

/// What was kept; `None` where nothing was, or where it cannot be read: then it is not recorded.
pub fn display_check(state: &Path) -> Option<DisplayCheck> {
    let path = state.join(FILE);
    let length = fs::metadata(&path).ok()?.len();
    if length > MOST {
        return None;
    }
    serde_json::from_slice(&fs::read(&path).ok()?).ok()
}

/// Keeps it, in place of what was kept before.
pub fn keep_display_check(state: &Path, check: &DisplayCheck) -> Result<()> {
    let failed = |error: std::io::Error| Error::io(&state.join(FILE), &error);
    let bytes = serde_json::to_vec(check).map_err(|error| failed(error.into()))?;
    whole::replace(state, FILE, &bytes).map_err(failed)
}
