//! Named filters: one row each in a table, applied in the order the analyst chose.

use serde::{Deserialize, Serialize};

/// One use of a filter: its name in the table and its arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterUse {
    /// The name in the table.
    pub name: String,
    /// The arguments in the table's order; missing ones take their defaults.
    pub args: Vec<f64>,
}
