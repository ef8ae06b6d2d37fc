//! The coding thread: from a part of a frame to bytes for the terminal, on the rung that was ordered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use super::slot::Slot;
use crate::cancel::{Cancel, Generations};
use crate::delivery::{Care, Order};
use crate::graphics::{self, Encoded};
use crate::messages::say;
use crate::{Error, Result};

/// A handle of the coding thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Coder {
    slot: Slot<(Order, Cancel)>,
    generations: Generations,
}

/// What the coder answers.
#[derive(Debug)]
pub struct Coded {
    /// The order's number.
    pub number: u64,
    /// The bytes, or why there are none.
    pub result: Result<Encoded>,
    /// How long it took.
    pub took: Duration,
}

impl Coder {
    /// Starts the thread.
    pub fn start(answer: Box<dyn Fn(Coded) + Send>) -> Self {
        let slot: Slot<(Order, Cancel)> = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || {
            while let Some((order, cancel)) = taking.take() {
                let since = Instant::now();
                let result = catch_unwind(AssertUnwindSafe(|| code(&order, &cancel)))
                    .unwrap_or_else(|_| {
                        Err(Error::NotPossible {
                            why: say("error-code-panicked", &[]),
                        })
                    });
                answer(Coded {
                    number: order.number,
                    result,
                    took: since.elapsed(),
                });
            }
        });
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Codes an order; older ones are void.
    pub fn code(&self, order: Order) {
        let cancel = self.generations.start();
        self.slot.put((order, cancel));
    }

    /// Nothing that was ordered is wanted any more.
    pub fn stop(&self) {
        self.generations.stop();
    }
}

impl Drop for Coder {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// Codes the part of the frame.
fn code(order: &Order, cancel: &Cancel) -> Result<Encoded> {
    let (origin, size) = order.part;
    let part = order.frame.crop(origin, size);
    match order.care {
        Care::Ladder => graphics::code(&part, &order.target, order.rung, order.most, cancel),
        Care::Coarse => graphics::code_thinned(&part, &order.target, cancel),
    }
}
