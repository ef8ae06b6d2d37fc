//! Whether another terminal may stand behind tmux than before.
//!
//! tmux tells the programs inside nothing when a client attaches to a window of equal size, but while
//! one is attached its socket is executable: each change of that leaves a new time of change.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, stat};

/// The socket of the tmux server that this process runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    path: PathBuf,
    seen: Option<Seen>,
}

/// The socket as it was: its time of change, and whether a client is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    changed: (i64, u64),
    attached: bool,
}

impl Socket {
    /// Reads `TMUX`: `PATH,PID,SESSION`; `None` where it names no socket that is there.
    pub(super) fn of(variable: &OsStr) -> Option<Self> {
        let path = variable.as_bytes().split(|byte| *byte == b',').next()?;
        let path = PathBuf::from(OsStr::from_bytes(path));
        let seen = Some(look(&path)?);
        Some(Self { path, seen })
    }

    /// Whether a client attached since this was asked last.
    pub(super) fn attached_anew(&mut self) -> bool {
        let before = std::mem::replace(&mut self.seen, look(&self.path));
        self.seen != before && self.seen.is_some_and(|seen| seen.attached)
    }
}

fn look(path: &Path) -> Option<Seen> {
    let found = stat(path).ok()?;
    Some(Seen {
        // The types of these differ by system.
        changed: (found.st_ctime as i64, found.st_ctime_nsec as u64),
        attached: Mode::from_raw_mode(found.st_mode).contains(Mode::XUSR),
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_client_that_comes_is_seen_once_and_one_that_goes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("default");
        std::fs::write(&path, "").unwrap();
        let mode = |mode| set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        mode(0o700);
        let mut variable = OsString::from(&path);
        variable.push(",1234,0");
        let mut socket = Socket::of(&variable).unwrap();
        assert!(!socket.attached_anew());
        mode(0o600);
        assert!(!socket.attached_anew(), "gone");
        mode(0o700);
        assert!(socket.attached_anew());
        assert!(!socket.attached_anew());
        assert_eq!(Socket::of(OsStr::new("/nowhere/at/all,1,0")), None);
    }
}
