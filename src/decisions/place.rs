//! Where and by whom a segment is written: what its `open` record says of the machine.

use std::fs;
use std::path::Path;

use super::clock::time_zone;
use super::sitting::Open;
use super::survey::Survey;
use super::writer::LogSettings;

/// The kernel's name for this boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// Exists once systemd has set the clock from the network.
const CLOCK_SET: &str = "/run/systemd/timesync/synchronized";

/// The body of the `open` record.
pub(super) fn open_body(settings: &LogSettings, found: &Survey) -> Open {
    Open {
        program: "xamine".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        build: build(),
        host: settings.host.clone(),
        login: settings.login.clone(),
        analyst: settings.analyst.clone(),
        time_zone: time_zone(),
        clock_sync: clock_sync().to_owned(),
        boot_id: boot_id(),
        heads: found.heads.clone(),
        pinned: found.pinned.clone(),
        tails: found.tails.clone(),
        unreadable: found.unreadable.clone(),
        display_check: settings.display_check.clone(),
    }
}

/// Profile, machine and, where the builder names it, the revision.
fn build() -> String {
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let revision = option_env!("XAMINE_REVISION").map_or(String::new(), |name| format!(" {name}"));
    format!("{profile} {machine}-{system}{revision}")
}

/// The boot id, or nothing where the kernel does not tell.
fn boot_id() -> String {
    fs::read_to_string(BOOT_ID).map_or(String::new(), |id| id.trim().to_owned())
}

/// Whether the clock is known to follow the network.
fn clock_sync() -> &'static str {
    if Path::new(CLOCK_SET).exists() {
        "synchronised"
    } else {
        "unknown"
    }
}
