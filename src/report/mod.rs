//! What a log says when it is asked as a whole: cases, tables, pages, numbers.
//!
//! A *case* is a decision with everything that answers it. Exports are views of a log, never
//! evidence: what was damaged is counted in all of them, and `verify` judges the log itself.

mod cases;
mod html;
mod lines;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod pictures;
mod sheet;
mod stats;
mod table;
mod tdr;
mod words;

pub use cases::{Answer, Case, Cases, Effective, Standing, State, gather};
pub use lines::json_line;
pub use page::{Front, listed, page_case, page_foot, page_head};
#[cfg(feature = "parquet")]
pub use parquet::Table;
pub use pictures::{Easel, Redrawn, outline, png};
pub use sheet::{sheet_html, sheet_text};
pub use stats::{Chosen, Counted, Feedback, Share, Stats, stats, wilson};
pub use table::{csv_head, csv_row};
pub use tdr::tdr;
pub use words::{LookWords, look_words};
