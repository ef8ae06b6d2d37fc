//! The modes that the console needs, and their exact reverse: on leaving, on drop, on panic.
//!
//! Leaving is done once however often it is asked for, and from any thread: the pictures go, then
//! the modes in reverse order, then the main screen and the cursor, then the tty's settings.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use super::awaited::{Asked, Awaited};
use super::reader::Reply;
use super::tty::Tty;
use crate::Result;
use crate::messages::say;
use crate::text::Safe;

/// Alternate screen, no cursor, bracketed paste, mouse buttons and drags in SGR form, focus.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[?1004h";
/// The reverse, after the pictures and the keyboard.
const LEAVE: &[u8] =
    b"\x1b[m\x1b[?1004l\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[2J\x1b[?1049l\x1b[?25h";
/// Tell keys apart, say repeats, say what shift makes of a key.
const KEYBOARD_ON: &[u8] = b"\x1b[>7u";
const KEYBOARD_OFF: &[u8] = b"\x1b[<u";
/// Ends whatever sequence a failed write left unfinished.
const CANCEL: &[u8] = b"\x18\x1b\\";
/// How long answers that are under way are waited for at the end, at least and at most: three times
/// as long as the slowest took.
const DRAIN: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(300)..=Duration::from_secs(8);
/// Since asking, how long a terminal that never answered is waited for at the end: some answer after
/// five seconds, and what comes later is typed into the shell.
pub(super) const SILENT: Duration = Duration::from_millis(5500);
/// A wait at the end that takes longer is told.
const UNTOLD: Duration = Duration::from_millis(500);
/// The longest wait of a program that must end.
pub(super) const HURRY: Duration = Duration::from_millis(500);
/// Takes a line that was written at the end away again.
const ERASE: &[u8] = b"\r\x1b[K";
/// An answer that is awaited for longer does not slow down the Esc key any more.
const NOT_COMING: Duration = Duration::from_secs(10);

/// The console's hold on the terminal.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) tty: Tty,
    entered: AtomicBool,
    keyboard: AtomicBool,
    /// Whether synchronized output may have been left open.
    synchronized: AtomicBool,
    /// Whether the next continuation ends a stop of our own.
    stopping: AtomicBool,
    /// Whether a write ended in the middle.
    torn: AtomicBool,
    /// What takes the pictures away again that the terminal holds for us.
    removal: Mutex<Vec<u8>>,
    /// Whether our window has the focus, where the terminal says so.
    focused: AtomicBool,
    /// Whether the terminal said that it lost the focus, and nobody asked since.
    away: AtomicBool,
    /// Answers that are under way.
    awaited: Mutex<Awaited>,
    came_back: Condvar,
}

impl Session {
    pub(crate) fn new(tty: Tty) -> Self {
        Self {
            tty,
            entered: AtomicBool::new(false),
            keyboard: AtomicBool::new(false),
            synchronized: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            torn: AtomicBool::new(false),
            removal: Mutex::new(Vec::new()),
            focused: AtomicBool::new(false),
            away: AtomicBool::new(false),
            awaited: Mutex::new(Awaited::default()),
            came_back: Condvar::new(),
        }
    }

    /// Takes the terminal; `first` is written while the main screen still stands.
    pub(crate) fn enter(&self, first: &[u8]) -> Result<()> {
        self.tty.raw()?;
        self.entered.store(true, Ordering::SeqCst);
        let mut bytes = [first, ENTER].concat();
        if self.keyboard.load(Ordering::SeqCst) {
            bytes.extend_from_slice(KEYBOARD_ON);
        }
        self.write(&bytes)
    }

    /// Whether the terminal is taken.
    pub(crate) fn is_entered(&self) -> bool {
        self.entered.load(Ordering::SeqCst)
    }

    /// This process is about to stop itself.
    pub(crate) fn stop_begins(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether a continuation ended a stop of our own.
    pub(crate) fn stop_ends(&self) -> bool {
        self.stopping.swap(false, Ordering::SeqCst)
    }

    /// Writes, and remembers when that ended in the middle.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<()> {
        let written = self.tty.write(bytes);
        if written.is_err() {
            self.torn.store(true, Ordering::SeqCst);
        }
        written
    }

    /// Writes a probe, which ends in the mark and the fence.
    pub(crate) fn ask(&self, question: &[u8]) -> Result<()> {
        self.awaited().probe(Instant::now());
        self.write(question)
    }

    /// The answers that are under way.
    pub(crate) fn awaited(&self) -> MutexGuard<'_, Awaited> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer came.
    pub(crate) fn heard(&self, reply: &Reply) {
        let now = Instant::now();
        let mut awaited = self.awaited();
        match reply {
            Reply::Status(_) => awaited.status_came(now),
            Reply::Attributes(_) => awaited.attributes_came(now),
            Reply::Kitty {
                id: Some(id), ok, ..
            } => awaited.query_came(*id, *ok, now),
            _ => return,
        }
        self.came_back.notify_all();
    }

    /// The window gained or lost the focus.
    pub(crate) fn focus(&self, gained: bool) {
        self.focused.store(gained, Ordering::SeqCst);
        if !gained {
            self.away.store(true, Ordering::SeqCst);
        }
    }

    /// Whether the terminal said that our window has the focus.
    pub(crate) fn is_focused(&self) -> bool {
        self.focused.load(Ordering::SeqCst)
    }

    /// Whether it said that our window has not.
    pub(crate) fn is_unfocused(&self) -> bool {
        self.away.load(Ordering::SeqCst) && !self.is_focused()
    }

    /// Whether the focus was lost since this was asked last.
    pub(crate) fn was_away(&self) -> bool {
        self.away.swap(false, Ordering::SeqCst)
    }

    /// Whether answers are under way.
    pub(crate) fn is_asking(&self) -> bool {
        self.awaited().is_pending(NOT_COMING, Instant::now())
    }

    /// The program must end: nobody waits long any more.
    pub(crate) fn hurry(&self) {
        self.tty.hurry();
        // Who waits looks at it with the lock in hand.
        drop(self.awaited());
        self.came_back.notify_all();
    }

    /// Waits until every answer came that is under way, and says so where that takes a while.
    fn drain(&self, most: Duration) {
        let begun = Instant::now();
        let until = begun + self.patience(begun).min(most);
        let untold = begun + UNTOLD;
        if self.came_by(until.min(untold)) || until <= untold || self.tty.is_hurried() {
            return;
        }
        let told = format!("\r{}", say("terminal-waiting", &[]));
        // A terminal that takes nothing more shows nothing either.
        let _ = self.tty.write(told.as_bytes());
        self.came_by(until);
        let _ = self.tty.write(ERASE);
    }

    /// How long answers are waited for at the end.
    fn patience(&self, now: Instant) -> Duration {
        let awaited = self.awaited();
        let silent = awaited
            .oldest()
            .map_or(Duration::ZERO, |since| SILENT.saturating_sub(now - since));
        let patience = awaited.slowest().map_or(silent, |slowest| 3 * slowest);
        patience.clamp(*DRAIN.start(), *DRAIN.end())
    }

    /// Waits until every answer came that is under way, or for so long; whether they all did.
    fn came_by(&self, mut until: Instant) -> bool {
        let mut hurried = false;
        let mut awaited = self.awaited();
        while awaited.is_pending(NOT_COMING, Instant::now()) {
            let now = Instant::now();
            if self.tty.is_hurried() && !hurried {
                hurried = true;
                until = until.min(now + HURRY);
            }
            let left = until.saturating_duration_since(now);
            if left.is_zero() {
                return false;
            }
            awaited = self
                .came_back
                .wait_timeout(awaited, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard);
        }
        true
    }

    /// Switches kitty's keyboard protocol on, once.
    pub(crate) fn keyboard_on(&self) -> Result<()> {
        if self.keyboard.swap(true, Ordering::SeqCst) || !self.is_entered() {
            return Ok(());
        }
        self.write(KEYBOARD_ON)
    }

    pub(crate) fn set_synchronized(&self, synchronized: bool) {
        self.synchronized.store(synchronized, Ordering::SeqCst);
    }

    /// What takes the pictures away that the terminal holds from now on.
    pub(crate) fn set_removal(&self, bytes: Vec<u8>) {
        *self.removal.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }

    /// Gives the terminal back as it was found, waiting for answers that are under way.
    pub(crate) fn leave(&self) -> Result<()> {
        let most = if self.tty.is_hurried() {
            HURRY
        } else {
            *DRAIN.end()
        };
        self.give_back(most)
    }

    /// The same without waiting, when the terminal is taken again at once.
    pub(crate) fn leave_now(&self) -> Result<()> {
        self.give_back(Duration::ZERO)
    }

    /// The same for a panic.
    pub(crate) fn leave_soon(&self) -> Result<()> {
        self.give_back(HURRY)
    }

    fn give_back(&self, most: Duration) -> Result<()> {
        if !self.entered.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let mut farewell = self.farewell();
        if !most.is_zero() {
            farewell.extend(self.last_fence());
        }
        let written = self.tty.write(&farewell);
        if written.is_ok() {
            self.torn.store(false, Ordering::SeqCst);
            self.drain(most);
        }
        // The settings come back even when the terminal takes no more output.
        self.tty.restore().and(written)
    }

    /// A fence after which nothing of ours is under way any more, such as the mouse's last moves;
    /// nothing for a terminal that never answered one.
    fn last_fence(&self) -> Vec<u8> {
        let mut awaited = self.awaited();
        if awaited.slowest().is_none() {
            return Vec::new();
        }
        awaited.fence(Asked::Rest, false, Instant::now())
    }

    fn farewell(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.torn.load(Ordering::SeqCst) {
            bytes.extend_from_slice(CANCEL);
        }
        if self.synchronized.load(Ordering::SeqCst) {
            bytes.extend_from_slice(b"\x1b[?2026l");
        }
        let mut removal = self.removal.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.append(&mut removal);
        if self.keyboard.load(Ordering::SeqCst) {
            bytes.extend_from_slice(KEYBOARD_OFF);
        }
        bytes.extend_from_slice(LEAVE);
        bytes
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.leave();
    }
}

/// From now on a panic of `owner` gives the terminal back before it is told; one of another thread
/// is for that thread's starter to report, and does not write over the screen meanwhile.
pub(crate) fn restore_on_panic(session: &Arc<Session>, owner: ThreadId) {
    let session = Arc::downgrade(session);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let Some(session) = session.upgrade() else {
            return before(panic);
        };
        if !session.is_entered() {
            return before(panic);
        }
        if std::thread::current().id() == owner {
            // There is no other way out when this fails too.
            let _ = session.leave_soon();
            let words = Safe::from_outside(&panic.to_string().replace('\n', " "));
            let _ = writeln!(std::io::stderr(), "xamine: {words}");
        }
    }));
}
