//! A part of a scan that is held reduced, in its own pixels, kept as long as it serves.

use std::sync::Arc;

use crate::cancel::Cancel;
use crate::radiograph::{Radiograph, Region};
use crate::scan::{self, Opened};
use crate::{Error, Result};

/// Share of a part's sides that is read around it, so that the next step needs no other.
const AROUND: usize = 4;

/// The last part that was read.
#[derive(Debug, Default)]
pub(super) struct Near {
    held: Option<Arc<Radiograph>>,
}

impl Near {
    /// Whether nothing has to be read for `wanted`.
    pub(super) fn serves(&self, wanted: Option<Region>) -> bool {
        wanted.is_none_or(|region| self.holds(region))
    }

    fn holds(&self, region: Region) -> bool {
        self.held.as_ref().is_some_and(|held| held.holds(region))
    }

    /// The part that holds `wanted` of the view of that name, read from the files where it is another
    /// than the last; `None` where none is wanted, or it is larger than the limits.
    ///
    /// # Errors
    /// As [`scan::detail`], its limits excepted.
    pub(super) fn take(
        &mut self,
        (opened, view): (&Opened, &str),
        wanted: Option<Region>,
        cancel: &Cancel,
    ) -> Result<Option<Arc<Radiograph>>> {
        let whole = opened
            .views
            .iter()
            .find(|radiograph| radiograph.view == view);
        let (Some(region), Some(whole)) = (wanted, whole) else {
            return Ok(None);
        };
        if !self.holds(region) {
            // The old part goes before the new one comes.
            self.held = None;
            let margin = [region.width / AROUND, region.height / AROUND];
            let around = region.grown(margin, whole.size());
            let read = |region| scan::detail(opened, view, region, cancel);
            let read = match read(around) {
                Err(Error::Limit { .. }) => read(region),
                other => other,
            };
            self.held = match read {
                Err(Error::Limit { .. }) => None,
                other => Some(Arc::new(other?)),
            };
        }
        Ok(self.held.clone())
    }
}
