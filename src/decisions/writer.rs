//! The log's writer: a thread of its own, so that a slow disk never stops the screen.
//!
//! What was sent is finished even when the sender is dropped (a lost terminal, SIGHUP): a confirmed
//! decision is never left behind, and an unconfirmed one never gets here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::clock::Clock;
use super::request::{Answer, Request};
use super::scribe::Scribe;
use super::sitting::{DisplayCheck, Head};
use crate::messages::say;
use crate::{Error, Result};

/// Called with heads that are on disk, to be remembered outside the log's folder.
pub type Remember = Box<dyn FnMut(&Path, &[Head]) -> Result<()> + Send>;

/// Where and for whom the log is written.
pub struct LogSettings {
    /// Folder of the log; created where it is missing.
    pub folder: PathBuf,
    /// Who decides.
    pub analyst: String,
    /// Name of the machine.
    pub host: String,
    /// Login name.
    pub login: String,
    /// A second folder to offer when the first cannot be written.
    pub fallback: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
    /// What the analyst's display showed when it was last tried.
    pub display_check: Option<DisplayCheck>,
    /// Remembers heads outside the folder.
    pub remember: Option<Remember>,
}

impl LogSettings {
    /// Settings for this machine and login, with the machine's clocks; nothing is remembered.
    pub fn new(folder: PathBuf, analyst: Option<String>) -> Self {
        let login = login();
        Self {
            folder,
            analyst: analyst.unwrap_or_else(|| login.clone()),
            host: rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned(),
            login,
            fallback: None,
            clock: Clock::system(),
            display_check: None,
            remember: None,
        }
    }
}

impl std::fmt::Debug for LogSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogSettings")
            .field("folder", &self.folder)
            .field("analyst", &self.analyst)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// The login name: of the environment, else of the machine's user list, else the user's number.
fn login() -> String {
    ["LOGNAME", "USER"]
        .into_iter()
        .filter_map(std::env::var_os)
        .map(|name| name.to_string_lossy().into_owned())
        .find(|name| !name.is_empty())
        .or_else(|| listed(rustix::process::getuid().as_raw()))
        .unwrap_or_else(|| rustix::process::getuid().as_raw().to_string())
}

/// The name of a user in `/etc/passwd`; a network's users are not in it.
fn listed(user: u32) -> Option<String> {
    let list = std::fs::read_to_string("/etc/passwd").ok()?;
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let number: u32 = fields.nth(1)?.parse().ok()?;
        (number == user).then(|| name.to_owned())
    })
}

/// The handle to the writing thread.
#[derive(Debug)]
pub struct Writer {
    requests: Option<Sender<Request>>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread, which begins a segment at once, so that a log that cannot be written is
    /// told at the start and not at the first decision. `answer` is called on that thread.
    pub fn start(settings: LogSettings, answer: impl Fn(Answer) + Send + 'static) -> Result<Self> {
        let (requests, inbox) = channel();
        let (ended, done) = channel();
        let folder = settings.folder.clone();
        let thread = Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                serve(settings, &inbox, Box::new(answer));
                // The other side may have stopped waiting.
                let _ = ended.send(());
            })
            .map_err(|problem| Error::io(&folder, &problem))?;
        Ok(Self {
            requests: Some(requests),
            done,
            thread: Some(thread),
        })
    }

    /// Hands a request over without waiting.
    pub fn send(&self, request: Request) -> Result<()> {
        let sent = self
            .requests
            .as_ref()
            .is_some_and(|inbox| inbox.send(request).is_ok());
        if sent {
            return Ok(());
        }
        Err(Error::NotPossible {
            why: say("log-writer-ended", &[]),
        })
    }

    /// Finishes what was sent, ends the segment and waits for the thread, at most `limit`; whether
    /// it ended. A dead network share may hold the thread for ever: it is then left behind.
    pub fn finish_within(mut self, limit: Duration) -> bool {
        self.requests = None;
        let ended = !matches!(
            self.done.recv_timeout(limit),
            Err(RecvTimeoutError::Timeout)
        );
        if !ended {
            self.thread = None;
        }
        ended
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // Panics are caught inside; there is nothing to tell here.
            let _ = thread.join();
        }
    }
}

/// The thread: begins a segment, serves requests until their sender is gone, ends the segment.
fn serve(settings: LogSettings, inbox: &Receiver<Request>, answer: Box<dyn Fn(Answer) + Send>) {
    let mut scribe = Scribe::new(settings, answer);
    guarded(&mut scribe, None, Scribe::start);
    while let Ok(request) = inbox.recv() {
        let token = token(&request);
        guarded(&mut scribe, token, |scribe| scribe.handle(request));
    }
    guarded(&mut scribe, None, Scribe::close);
}

/// Does one thing; a panic in it gives the segment up and is answered, so that no form waits for ever.
fn guarded(scribe: &mut Scribe, token: Option<u64>, work: impl FnOnce(&mut Scribe)) {
    if catch_unwind(AssertUnwindSafe(|| work(scribe))).is_err() {
        scribe.after_panic(token);
    }
}

/// The form that a request belongs to.
fn token(request: &Request) -> Option<u64> {
    match request {
        Request::Decision { token, .. }
        | Request::Amend { token, .. }
        | Request::Note { token, .. }
        | Request::Second { token, .. }
        | Request::Arbitration { token, .. }
        | Request::Outcome { token, .. }
        | Request::Checkpoint { token, .. } => Some(*token),
        Request::Scan(_)
        | Request::Views(_)
        | Request::UseFolder(_)
        | Request::Close
        | Request::HandOver { .. } => None,
    }
}
