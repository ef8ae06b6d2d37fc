//! Signals on a thread of their own, so that a busy console still hears them.

use std::thread::JoinHandle;

use signal_hook::consts::signal::{
    SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH, SIGXFSZ,
};
use signal_hook::iterator::{Handle, Signals};

use crate::{Error, Result};

/// What the system tells the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now (TERM, INT, QUIT).
    Terminate,
    /// The terminal went away or the session ends (HUP).
    Hangup,
    /// The window has another size (WINCH).
    Resize,
    /// Stop until continued (TSTP).
    Suspend,
    /// Goes on after a stop (CONT).
    Continue,
}

/// The running thread; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Tells `heard` of every signal from now on.
    pub(super) fn start(heard: impl Fn(Signal) + Send + 'static) -> Result<Self> {
        // A write beyond the file size limit is an error to report, not a reason to die.
        let all = [
            SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT, SIGXFSZ,
        ];
        Self::of(&all, move |number| {
            if let Some(signal) = meaning(number) {
                heard(signal);
            }
        })
    }

    /// Tells `heard` the number of every signal that ends a program, which ends it no more.
    pub(super) fn ends(heard: impl Fn(i32) + Send + 'static) -> Result<Self> {
        Self::of(&[SIGTERM, SIGINT, SIGQUIT, SIGHUP], heard)
    }

    fn of(numbers: &[i32], heard: impl Fn(i32) + Send + 'static) -> Result<Self> {
        let failed = |error: std::io::Error| Error::io(std::path::Path::new("/dev/tty"), &error);
        let mut signals = Signals::new(numbers).map_err(failed)?;
        let handle = signals.handle();
        let thread = std::thread::Builder::new()
            .name("signals".into())
            .spawn(move || signals.forever().for_each(heard))
            .map_err(failed)?;
        Ok(Self {
            handle,
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // The thread cannot panic; there is nobody to tell if it did.
            let _ = thread.join();
        }
    }
}

/// Ends this process as this signal does to one that does not hear it.
pub(super) fn end_by(number: i32) -> ! {
    // Where the system refuses, the code that a shell gives for it says the same.
    let _ = signal_hook::low_level::emulate_default_handler(number);
    std::process::exit(128 + number)
}

fn meaning(number: i32) -> Option<Signal> {
    match number {
        SIGTERM | SIGINT | SIGQUIT => Some(Signal::Terminate),
        SIGHUP => Some(Signal::Hangup),
        SIGWINCH => Some(Signal::Resize),
        SIGTSTP => Some(Signal::Suspend),
        SIGCONT => Some(Signal::Continue),
        _ => None,
    }
}
