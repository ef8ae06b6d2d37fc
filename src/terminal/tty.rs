//! The tty itself: opened freshly, raw, never blocking for ever.
//!
//! `/dev/tty` is opened again so that `O_NONBLOCK` is on a file description of our own: on
//! descriptor 0 or 1 it would outlive us in the shell. Reads and writes poll; a write gives up when
//! nothing is taken for a while, and sooner once the program is in a hurry to end.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{
    self, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios,
};

use crate::messages::say;
use crate::{Error, Result};

/// The controlling terminal.
const DEVICE: &str = "/dev/tty";
/// How long a terminal may take nothing before a write is given up.
const STALL: Duration = Duration::from_secs(3);
/// The same when the program must end.
const HURRY: Duration = Duration::from_secs(1);
/// No key stands for this (`_POSIX_VDISABLE`).
const NO_KEY: u8 = 0;
/// How often a waiting write looks whether there is a hurry.
const SLICE: Duration = Duration::from_millis(50);

/// Size of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Cells across, at least 1.
    pub columns: u16,
    /// Cells down, at least 1.
    pub rows: u16,
    /// Pixels across and down, where the terminal tells the kernel.
    pub pixels: Option<(u16, u16)>,
}

/// An open terminal with the settings it was found in.
#[derive(Debug)]
pub(crate) struct Tty {
    file: File,
    found: Termios,
    wake: (PipeReader, PipeWriter),
    /// Set when the program must end: writes wait less.
    hurry: AtomicBool,
}

/// What a read gave.
pub(crate) enum Got {
    /// So many bytes.
    Bytes(usize),
    /// The time is over.
    Nothing,
    /// Somebody asked to stop.
    Woken,
    /// The terminal is gone.
    Gone,
}

impl Tty {
    /// Opens the controlling terminal and remembers its settings; changes nothing.
    pub(crate) fn open() -> Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let descriptor: OwnedFd = rustix::fs::open(DEVICE, flags, Mode::empty()).map_err(failed)?;
        let found = termios::tcgetattr(&descriptor).map_err(failed)?;
        let wake = std::io::pipe().map_err(|error| Error::io(Path::new(DEVICE), &error))?;
        Ok(Self {
            file: File::from(descriptor),
            found,
            wake,
            hurry: AtomicBool::new(false),
        })
    }

    /// Bytes come as they are typed, and control characters are keys.
    pub(crate) fn raw(&self) -> Result<()> {
        let mut raw = self.found.clone();
        raw.make_raw();
        termios::tcsetattr(&self.file, OptionalActions::Now, &raw).map_err(failed)
    }

    /// Bytes come at once and are not shown, and output is as before: for a question in passing.
    /// Ctrl-C ends the program as ever; stopping it would leave the shell a terminal without echo.
    pub(crate) fn quiet(&self) -> Result<()> {
        let mut quiet = self.found.clone();
        let shown = LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN;
        quiet.local_modes.remove(shown);
        quiet.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
        termios::tcsetattr(&self.file, OptionalActions::Now, &quiet).map_err(failed)
    }

    /// The settings as found; what was not read yet is thrown away, so that no late reply is typed
    /// into the shell.
    pub(crate) fn restore(&self) -> Result<()> {
        termios::tcsetattr(&self.file, OptionalActions::Now, &self.found).map_err(failed)?;
        termios::tcflush(&self.file, QueueSelector::IFlush).map_err(failed)
    }

    /// The window's size; 80 x 24 when the kernel does not know it.
    pub(crate) fn size(&self) -> WindowSize {
        let known = termios::tcgetwinsize(&self.file)
            .ok()
            .filter(|s| s.ws_col > 0 && s.ws_row > 0);
        known.map_or(
            WindowSize {
                columns: 80,
                rows: 24,
                pixels: None,
            },
            |s| WindowSize {
                columns: s.ws_col,
                rows: s.ws_row,
                pixels: (s.ws_xpixel > 0 && s.ws_ypixel > 0).then_some((s.ws_xpixel, s.ws_ypixel)),
            },
        )
    }

    /// Reads what is there, waiting at most `patience`, or for ever.
    pub(crate) fn read(&self, bytes: &mut [u8], patience: Option<Duration>) -> Got {
        let mut ready = [
            PollFd::new(&self.file, PollFlags::IN),
            PollFd::new(&self.wake.0, PollFlags::IN),
        ];
        match poll(&mut ready, patience.map(timespec).as_ref()) {
            Ok(0) => return Got::Nothing,
            Err(Errno::INTR) => return Got::Bytes(0),
            Err(_) => return Got::Gone,
            Ok(_) => {}
        }
        if ready[1].revents().contains(PollFlags::IN) {
            return Got::Woken;
        }
        match (&self.file).read(bytes) {
            Ok(0) => Got::Gone,
            Ok(count) => Got::Bytes(count),
            Err(error) => match error.kind() {
                std::io::ErrorKind::WouldBlock if ready[0].revents().contains(PollFlags::HUP) => {
                    Got::Gone
                }
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted => Got::Bytes(0),
                _ => Got::Gone,
            },
        }
    }

    /// Ends a read of another thread.
    pub(crate) fn wake(&self) {
        // A full pipe wakes just as well.
        let _ = (&self.wake.1).write(&[0]);
    }

    /// Takes back that it was woken, once.
    pub(crate) fn calm(&self) {
        let _ = (&self.wake.0).read(&mut [0]);
    }

    /// From now on writes give up sooner.
    pub(crate) fn hurry(&self) {
        self.hurry.store(true, Ordering::SeqCst);
    }

    /// Whether the program must end.
    pub(crate) fn is_hurried(&self) -> bool {
        self.hurry.load(Ordering::SeqCst)
    }

    /// Writes all of it, or says that the terminal takes nothing any more.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<()> {
        let (mut rest, mut since) = (bytes, Instant::now());
        while !rest.is_empty() {
            match (&self.file).write(rest) {
                Ok(0) => return Err(stalled()),
                Ok(count) => {
                    rest = &rest[count..];
                    since = Instant::now();
                }
                Err(error) => match error.kind() {
                    std::io::ErrorKind::Interrupted => {}
                    std::io::ErrorKind::WouldBlock => self.wait_for_room(since)?,
                    _ => return Err(Error::io(Path::new(DEVICE), &error)),
                },
            }
        }
        Ok(())
    }

    /// Waits a little until the terminal takes more; it took something last at `since`.
    fn wait_for_room(&self, since: Instant) -> Result<()> {
        let patience = if self.is_hurried() { HURRY } else { STALL };
        if since.elapsed() >= patience {
            return Err(stalled());
        }
        let mut ready = [PollFd::new(&self.file, PollFlags::OUT)];
        match poll(&mut ready, Some(&timespec(SLICE))) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(errno) => Err(failed(errno)),
        }
    }

    /// Whether this process may use the terminal now: it is in the foreground.
    pub(crate) fn is_foreground(&self) -> bool {
        termios::tcgetpgrp(self.file.as_fd()).is_ok_and(|group| group == rustix::process::getpgrp())
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: duration.as_secs() as i64,
        tv_nsec: duration.subsec_nanos().into(),
    }
}

fn failed(errno: Errno) -> Error {
    Error::io(Path::new(DEVICE), &errno.into())
}

fn stalled() -> Error {
    Error::Environment {
        path: crate::text::Safe::word(DEVICE),
        why: say("terminal-stalled", &[]),
    }
}
