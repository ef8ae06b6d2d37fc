//! A one-place slot between threads: putting replaces what waits there.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The sending and receiving ends are clones of one another.
#[derive(Debug)]
pub(super) struct Slot<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: Option<T>,
    closed: bool,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Slot<T> {
    /// An empty slot.
    pub(super) fn new() -> Self {
        let state = Mutex::new(State {
            waiting: None,
            closed: false,
        });
        Self(Arc::new(Inner {
            state,
            changed: Condvar::new(),
        }))
    }

    /// Puts `item` into the slot; what waited there is dropped.
    pub(super) fn put(&self, item: T) {
        self.lock().waiting = Some(item);
        self.0.changed.notify_one();
    }

    /// Waits for an item; `None` once the slot is closed.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(item) = state.waiting.take() {
                return Some(item);
            }
            state = self
                .0
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether something newer waits.
    pub(super) fn has_newer(&self) -> bool {
        let state = self.lock();
        state.closed || state.waiting.is_some()
    }

    /// Ends the thread that takes from it.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.0.changed.notify_all();
    }

    // Plain data: a panic elsewhere leaves nothing half done in it.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_and_closing_ends() {
        let slot = Slot::new();
        slot.put(1);
        slot.put(2);
        assert!(slot.has_newer());
        assert_eq!(slot.take(), Some(2));
        assert!(!slot.has_newer());
        slot.close();
        assert_eq!(slot.take(), None);
    }
}
