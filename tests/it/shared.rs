//! Test data outside the project: used when it is there, and said when it is not.

use std::path::{Path, PathBuf};

/// The path of `name` in the shared test data; prints why the test is skipped when it is missing.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared test data '{name}' is not beside this checkout");
    None
}
