//! Keeps unfinished forms on a thread of its own: a slow disk delays nobody.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use super::Message;
use crate::app::{Draft, Event, OutcomeForm};
use crate::messages::{arg, say};
use crate::store::Drafts;

/// What is to be done.
enum Task {
    Keep(Box<Draft>),
    Forget(String),
    KeepOutcome(Box<OutcomeForm>),
    ForgetOutcome(String),
}

impl Task {
    /// Whether it is about an outcome, and of what key.
    fn about(&self) -> (bool, String) {
        match self {
            Self::Keep(draft) => (false, draft.key()),
            Self::Forget(key) => (false, key.clone()),
            Self::KeepOutcome(form) => (true, form.key()),
            Self::ForgetOutcome(key) => (true, key.clone()),
        }
    }
}

/// Where forms are kept.
#[derive(Clone)]
struct Kept {
    drafts: Drafts,
    outcomes: Drafts,
}

/// A handle of the keeping thread.
pub(super) struct Keeper {
    kept: Kept,
    tasks: Sender<Task>,
    done: Receiver<()>,
}

impl Keeper {
    /// Starts the thread for the drafts in the state folder.
    pub(super) fn start(state: &Path, sender: Sender<Message>) -> Self {
        let kept = Kept {
            drafts: Drafts::new(state),
            outcomes: Drafts::of_outcomes(state),
        };
        let (tasks, inbox) = channel();
        let (ended, done) = channel();
        let folders = kept.clone();
        thread::spawn(move || {
            serve(&folders, &inbox, &sender);
            // The other side may have stopped waiting.
            let _ = ended.send(());
        });
        Self { kept, tasks, done }
    }

    /// The drafts of earlier sittings; unreadable ones stay where they are.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.kept.drafts.all().0
    }

    /// The outcomes that were being entered in earlier sittings.
    pub(super) fn outcomes(&self) -> Vec<OutcomeForm> {
        self.kept.outcomes.all().0
    }

    /// Keeps an outcome.
    pub(super) fn keep_outcome(&self, form: OutcomeForm) {
        let _ = self.tasks.send(Task::KeepOutcome(Box::new(form)));
    }

    /// Forgets an outcome.
    pub(super) fn forget_outcome(&self, key: String) {
        let _ = self.tasks.send(Task::ForgetOutcome(key));
    }

    /// Keeps a form.
    pub(super) fn keep(&self, draft: Draft) {
        // The thread lives as long as this handle.
        let _ = self.tasks.send(Task::Keep(Box::new(draft)));
    }

    /// Forgets the form of a scan.
    pub(super) fn forget(&self, key: String) {
        let _ = self.tasks.send(Task::Forget(key));
    }

    /// Finishes what was asked, at most for `limit`; whether it is all on disk.
    pub(super) fn finish_within(self, limit: Duration) -> bool {
        drop(self.tasks);
        self.done.recv_timeout(limit).is_ok()
    }
}

/// Does one task after the other; of several forms of one scan that wait, the newest is enough.
fn serve(kept: &Kept, inbox: &Receiver<Task>, sender: &Sender<Message>) {
    let mut next = inbox.recv().ok();
    while let Some(task) = next.take() {
        next = inbox.try_recv().ok();
        if replaced(&task, next.as_ref()) {
            continue;
        }
        let result = match &task {
            Task::Keep(draft) => kept.drafts.save(&draft.key(), draft),
            Task::Forget(key) => kept.drafts.remove(key),
            Task::KeepOutcome(form) => kept.outcomes.save(&form.key(), form),
            Task::ForgetOutcome(key) => kept.outcomes.remove(key),
        };
        if let Err(error) = result {
            let text = say("notice-draft-failed", &[arg("why", &error.message())]);
            drop(sender.send(Message::App(Event::LogNotice(text))));
        }
        if next.is_none() {
            next = inbox.recv().ok();
        }
    }
}

/// Whether `next` makes `task` needless.
fn replaced(task: &Task, next: Option<&Task>) -> bool {
    next.is_some_and(|next| next.about() == task.about())
}
