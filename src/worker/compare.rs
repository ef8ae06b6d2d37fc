//! The pictures of two scans that are compared, and the one picture made of both.

use std::sync::Arc;

use crate::Result;
use crate::app::RenderJob;
use crate::cancel::Cancel;
use crate::radiograph::{Fineness, Radiograph, Size};
use crate::view::{Comparison, Picture, Source, Stages, View, composed};

/// What serves the next picture of a comparison: the stages of both scans and their last pictures.
#[derive(Default)]
pub(super) struct Bench {
    this: Half,
    other: Half,
}

/// One of both.
#[derive(Default)]
struct Half {
    /// Id of the scan and name of its view, which the stages belong to.
    of: Option<(String, String)>,
    stages: Stages,
    last: Option<(View, Size, Arc<Picture>)>,
}

impl Bench {
    /// The picture of a comparison in that size.
    pub(super) fn make(
        &mut self,
        (job, comparison): (&RenderJob, &Comparison),
        this: &Radiograph,
        size: Size,
        cancel: &Cancel,
    ) -> Result<Picture> {
        let views = job.other.as_ref().map_or(&[][..], |opened| &opened.views);
        let other = comparison.other(views)?;
        let [here, there] = job.view.compared(this, other, size)?;
        let here = self
            .this
            .picture((&job.opened.scan_id, this), here, cancel)?;
        let there = self
            .other
            .picture((&comparison.scan, other), there, cancel)?;
        composed(comparison, &here, &there)
    }
}

impl Half {
    /// The picture of one scan, kept for the next job.
    fn picture(
        &mut self,
        (scan, radiograph): (&str, &Radiograph),
        (view, size): (View, Size),
        cancel: &Cancel,
    ) -> Result<Arc<Picture>> {
        let of = (scan.to_owned(), radiograph.view.clone());
        if self.of.as_ref() != Some(&of) {
            *self = Self {
                of: Some(of),
                ..Self::default()
            };
        }
        if let Some((kept, _, picture)) = &self.last
            && *kept == view
            && (picture.frame.width, picture.frame.height) == (size.width, size.height)
        {
            return Ok(Arc::clone(picture));
        }
        let prepared = self.stages.prepare(
            Source::of(radiograph),
            &view,
            (size, Fineness::Full),
            (cancel, &mut |_| ()),
        )?;
        let picture = Arc::new(prepared.develop(&view)?);
        self.last = Some((view, size, Arc::clone(&picture)));
        Ok(picture)
    }
}
