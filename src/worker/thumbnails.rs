//! The thread of small pictures: of the visible rows of the queue, one after another, from a glimpse
//! where a file gives one. Everything else comes first.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::slot::Slot;
use crate::app::Event;
use crate::cancel::{Cancel, Generations};
use crate::messages::say;
use crate::scan::{self, Limits, Scan};
use crate::view::{self, Thumbnail};
use crate::{Error, Result};

/// Bytes of files that are read whole for a small picture.
const LARGE: u64 = 64 << 20;
/// What may be held for one: larger scans are held by means, or have theirs when they are opened.
const HELD: Limits = Limits {
    megapixels: 128,
    bytes: 256 << 20,
};
/// Added to the thread's niceness: the most there is.
const NICE: i32 = 19;

/// A handle of the thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Thumbnailer {
    slot: Slot<(Vec<Scan>, Cancel)>,
    generations: Generations,
}

/// Takes the answers: [`Event::Thumbnail`] for each scan that was not given up.
pub(crate) type Answer = dyn Fn(Event) + Send;

impl Thumbnailer {
    /// Starts the thread.
    pub fn start(limits: Limits, answer: Box<Answer>) -> Self {
        let slot: Slot<(Vec<Scan>, Cancel)> = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || {
            // Its decoders inherit it. Where it is refused the small pictures come sooner, no more.
            let _ = rustix::process::nice(NICE);
            while let Some((scans, cancel)) = taking.take() {
                for scan in scans {
                    let work = AssertUnwindSafe(|| made(&scan, &limits, &cancel));
                    let result = catch_unwind(work).unwrap_or_else(|_| {
                        Err(Error::NotPossible {
                            why: say("error-render-panicked", &[]),
                        })
                    });
                    if cancel.is_cancelled() {
                        break;
                    }
                    let scan = Box::new(scan);
                    answer(Event::Thumbnail { scan, result });
                }
            }
        });
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Makes small pictures of these scans in this order; older requests are given up.
    pub fn make(&self, scans: Vec<Scan>) {
        let cancel = self.generations.start();
        self.slot.put((scans, cancel));
    }
}

impl Drop for Thumbnailer {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// The small picture of a scan; `None` where the scan is too large to be read for it.
fn made(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Result<Option<Arc<Thumbnail>>> {
    cancel.check()?;
    let opened = match scan::glimpse(scan, limits, cancel) {
        Some(opened) => opened,
        None if scan.bytes() > LARGE => return Ok(None),
        None => {
            let least = Limits {
                megapixels: limits.megapixels.min(HELD.megapixels),
                bytes: limits.bytes.min(HELD.bytes),
            };
            match scan::open(scan, &least, cancel) {
                Err(Error::Limit { .. }) => return Ok(None),
                opened => opened?,
            }
        }
    };
    let radiograph = view::choose(&opened.views, None)?;
    let made = Thumbnail::plain(radiograph, cancel)?;
    Ok(Some(Arc::new(made)))
}
