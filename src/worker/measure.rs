//! The measuring thread: the numbers of the selected mark, beside the screen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::slot::Slot;
use crate::app::{MeasureJob, Measured};
use crate::cancel::{Cancel, Generations};
use crate::messages::say;
use crate::scan;
use crate::view::{Measurement, Source, measured_pixels};
use crate::{Error, Result};

/// Pixels of a box of which materials are told at once; `measure` and the log tell those of any.
const MOST: usize = 4_000_000;

/// A handle of the measuring thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Measurer {
    slot: Slot<(MeasureJob, Cancel)>,
    generations: Generations,
}

/// Takes the answers: the number of the job and what is known.
pub(crate) type Answer = dyn Fn(u64, Arc<Measured>) + Send;

impl Measurer {
    /// Starts the thread.
    pub fn start(answer: Box<Answer>) -> Self {
        let slot: Slot<(MeasureJob, Cancel)> = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || {
            while let Some((job, cancel)) = taking.take() {
                let result = catch_unwind(AssertUnwindSafe(|| measure(&job, &cancel)));
                let result = result.unwrap_or_else(|_| {
                    Err(Error::NotPossible {
                        why: say("error-measure-panicked", &[]),
                    })
                });
                let outline = job.outline;
                answer(job.number, Arc::new(Measured { outline, result }));
            }
        });
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Measures a mark; older jobs are void.
    pub fn measure(&self, job: MeasureJob) {
        let cancel = self.generations.start();
        self.slot.put((job, cancel));
    }
}

impl Drop for Measurer {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// Does one job.
fn measure(job: &MeasureJob, cancel: &Cancel) -> Result<Measurement> {
    let mut views = job.opened.views.iter();
    let radiograph = views.find(|radiograph| radiograph.view == job.view.view);
    let radiograph = radiograph.ok_or_else(|| Error::NotPossible {
        why: say("error-no-view", &[]),
    })?;
    if radiograph.reduction() == 1 {
        return job.view.measure(radiograph, &job.outline, MOST, cancel);
    }
    let own = measured_pixels(radiograph, &job.outline, None);
    let detail = scan::detail(&job.opened, &radiograph.view, own, cancel)?;
    let source = Source::of(radiograph).with(Some(&detail));
    job.view.measure(source, &job.outline, MOST, cancel)
}
