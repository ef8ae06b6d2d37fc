//! Cancellation as a generation number: starting again makes every older handle cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Result};

/// Hands out [`Cancel`] handles; each new one cancels all the older ones.
#[derive(Debug, Clone, Default)]
pub struct Generations(Arc<AtomicU64>);

impl Generations {
    /// Starts a new generation: every handle given out before is cancelled from now on.
    pub fn start(&self) -> Cancel {
        let mine = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Cancel {
            current: Arc::clone(&self.0),
            mine,
        }
    }

    /// Cancels every handle without starting new work.
    pub fn stop(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A handle that long work checks once per row band.
#[derive(Debug, Clone)]
pub struct Cancel {
    current: Arc<AtomicU64>,
    mine: u64,
}

impl Cancel {
    /// A handle that nothing ever cancels, for one-shot commands.
    pub fn never() -> Self {
        Generations::default().start()
    }

    /// Whether newer work has replaced this one.
    pub fn is_cancelled(&self) -> bool {
        self.current.load(Ordering::Relaxed) != self.mine
    }

    /// [`Error::Cancelled`] when newer work has replaced this one.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_generation_cancels_the_old_one() {
        let generations = Generations::default();
        let old = generations.start();
        assert!(!old.is_cancelled());
        let new = generations.start();
        assert!(old.is_cancelled() && !new.is_cancelled());
        generations.stop();
        assert_eq!(new.check(), Err(Error::Cancelled));
    }
}
