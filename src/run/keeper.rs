//! Keeps unfinished forms on a thread of its own: a slow disk delays nobody.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::Message;
use crate::app::{Draft, Event};
use crate::messages::{arg, say};
use crate::store::Drafts;

/// What is to be done.
enum Task {
    Keep(Box<Draft>),
    Forget(String),
}

/// A handle of the keeping thread.
pub(super) struct Keeper {
    drafts: Drafts,
    tasks: Sender<Task>,
    done: Receiver<()>,
}

impl Keeper {
    /// Starts the thread for the drafts in the state folder.
    pub(super) fn start(state: &Path, sender: Sender<Message>) -> Self {
        let drafts = Drafts::new(state);
        let (tasks, inbox) = channel();
        let (ended, done) = channel();
        let folder = drafts.clone();
        thread::spawn(move || {
            serve(&folder, &inbox, &sender);
            // The other side may have stopped waiting.
            let _ = ended.send(());
        });
        Self {
            drafts,
            tasks,
            done,
        }
    }

    /// The drafts of earlier sittings; unreadable ones stay where they are.
    pub(super) fn drafts<T: DeserializeOwned>(&self) -> Vec<T> {
        self.drafts.all().0
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
fn serve(drafts: &Drafts, inbox: &Receiver<Task>, sender: &Sender<Message>) {
    let mut next = inbox.recv().ok();
    while let Some(task) = next.take() {
        next = inbox.try_recv().ok();
        if replaced(&task, next.as_ref()) {
            continue;
        }
        let result = match &task {
            Task::Keep(draft) => drafts.save(&draft.key(), draft),
            Task::Forget(key) => drafts.remove(key),
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
    let id = |task: &Task| match task {
        Task::Keep(draft) => draft.key(),
        Task::Forget(key) => key.clone(),
    };
    next.is_some_and(|next| id(next) == id(task))
}
