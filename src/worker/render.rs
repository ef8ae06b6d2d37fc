//! The rendering thread: from a view to a finished picture, in cells where the terminal takes no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::slot::Slot;
use crate::app::{RenderJob, Shown};
use crate::cancel::{Cancel, Generations};
use crate::graphics::{self, Answers, Body, CellPicture, Target};
use crate::messages::say;
use crate::radiograph::Size;
use crate::view::{self, Frame, Picture, Prepared, View};
use crate::{Error, Result};

/// A handle of the rendering thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Renderer {
    slot: Slot<(RenderJob, Cancel)>,
    generations: Generations,
}

/// Takes the answers: the number of the job and its picture.
pub(crate) type Answer = dyn Fn(u64, Result<Arc<Shown>>) + Send;

impl Renderer {
    /// Starts the thread.
    pub fn start(answer: Box<Answer>) -> Self {
        let slot: Slot<(RenderJob, Cancel)> = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || {
            let mut easel = Easel::default();
            while let Some((job, cancel)) = taking.take() {
                let number = job.number;
                let result = catch_unwind(AssertUnwindSafe(|| easel.make(job, &cancel)))
                    .unwrap_or_else(|_| {
                        Err(Error::NotPossible {
                            why: say("error-render-panicked", &[]),
                        })
                    });
                answer(number, result.map(Arc::new));
            }
        });
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Makes a picture; older jobs are void.
    pub fn render(&self, job: RenderJob) {
        let cancel = self.generations.start();
        self.slot.put((job, cancel));
    }
}

impl Drop for Renderer {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// The last picture with what made it: moving the crosshair makes it no second time, and another
/// window costs one look-up a pixel.
#[derive(Default)]
struct Easel {
    last: Option<Kept>,
}

/// A picture, everything up to its window, and what made both.
struct Kept {
    scan_id: String,
    view: View,
    size: Size,
    prepared: Prepared,
    picture: Arc<Picture>,
}

impl Easel {
    /// Renders one job, and paints it where it is made of cells.
    fn make(&mut self, job: RenderJob, cancel: &Cancel) -> Result<Shown> {
        let since = Instant::now();
        let (width, height) =
            graphics::pixels_for(job.protocol, job.cells.0, job.cells.1, job.cell);
        let size = Size { width, height };
        let picture = self.picture(&job, size, cancel)?;
        cancel.check()?;
        let frame = view::overlaid(
            &picture.frame,
            &job.view,
            &job.overlay.marks,
            job.overlay.crosshair,
        );
        let painted = if job.protocol.is_pixels() {
            None
        } else {
            Some(Arc::new(painted(&frame, &job)?))
        };
        cancel.check()?;
        Ok(Shown {
            view: job.view,
            picture,
            frame: Arc::new(frame),
            painted,
            cells: job.cells,
            took: since.elapsed(),
        })
    }

    /// The picture of the job, as far as possible from what is kept.
    fn picture(&mut self, job: &RenderJob, size: Size, cancel: &Cancel) -> Result<Arc<Picture>> {
        let view = &job.view;
        let mut kept = match self.last.take() {
            Some(kept) if kept.serves(job, size) => kept,
            _ => Kept::make(job, size, cancel)?,
        };
        if kept.view != *view {
            kept.picture = Arc::new(kept.prepared.develop(view)?);
            kept.view = view.clone();
        }
        let picture = Arc::clone(&kept.picture);
        self.last = Some(kept);
        Ok(picture)
    }
}

/// The frame in cells.
fn painted(frame: &Frame, job: &RenderJob) -> Result<CellPicture> {
    let target = Target {
        protocol: job.protocol,
        cell: job.cell,
        depth: job.depth,
        registers: 0,
        id: 1,
        effort: job.effort,
        answers: Answers::Silent,
    };
    match graphics::encode(frame, &target)?.body {
        Body::Cells(picture) => Ok(picture),
        Body::Bytes(_) => Err(Error::NotPossible {
            why: say("graphics-no-pixels", &[]),
        }),
    }
}

impl Kept {
    /// Renders the picture of a job from its scan.
    fn make(job: &RenderJob, size: Size, cancel: &Cancel) -> Result<Self> {
        let radiograph = job.opened.views.iter().find(|r| r.view == job.view.view);
        let radiograph = radiograph.ok_or_else(|| Error::NotPossible {
            why: say("error-no-view", &[]),
        })?;
        let prepared = view::prepare(radiograph, &job.view, size, cancel, &mut |_| ())?;
        let picture = Arc::new(prepared.develop(&job.view)?);
        Ok(Self {
            scan_id: job.opened.scan_id.clone(),
            view: job.view.clone(),
            size,
            prepared,
            picture,
        })
    }

    /// Whether the job asks for this picture, but for its window.
    fn serves(&self, job: &RenderJob, size: Size) -> bool {
        self.scan_id == job.opened.scan_id
            && self.size == size
            && self.view.differs_by_window_only(&job.view)
    }
}
