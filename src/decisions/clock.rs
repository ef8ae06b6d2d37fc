//! The time of a record: wall clock with its offset, and the boot clock that nobody sets.
//!
//! Both come from one injected function, so that tests fix or bend time.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rustix::time::{ClockId, clock_gettime};

/// Wall clock and boot clock may run apart by this much before it is recorded, milliseconds.
pub const JUMP_MS: i64 = 2_000;

/// One moment on both clocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Wall clock in the time zone of the place.
    pub wall: Zoned,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
}

impl Moment {
    /// The wall clock as RFC 3339 with offset and milliseconds.
    pub fn rfc3339(&self) -> String {
        self.wall.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// How far the wall clock jumped against the boot clock since `before`, milliseconds.
    pub fn jump_since(&self, before: &Self) -> i64 {
        let wall =
            self.wall.timestamp().as_millisecond() - before.wall.timestamp().as_millisecond();
        let boot = (i128::from(self.boot_ns) - i128::from(before.boot_ns)) / 1_000_000;
        wall.saturating_sub(boot as i64)
    }
}

/// Where the writer takes its time from.
pub struct Clock(Box<dyn FnMut() -> Moment + Send>);

impl Clock {
    /// The machine's clocks.
    pub fn system() -> Self {
        Self::from(|| Moment {
            wall: Zoned::now(),
            boot_ns: boot_ns(),
        })
    }

    /// A clock made of one function, for tests.
    pub fn from(now: impl FnMut() -> Moment + Send + 'static) -> Self {
        Self(Box::new(now))
    }

    /// The moment now.
    pub fn now(&mut self) -> Moment {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// `CLOCK_BOOTTIME` in nanoseconds: it counts through sleep and is never set.
fn boot_ns() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    (time.tv_sec as u64) * 1_000_000_000 + time.tv_nsec as u64
}

/// The name of the machine's time zone, or its offset where it has none.
pub(super) fn time_zone() -> String {
    let zone = TimeZone::system();
    zone.iana_name().map_or_else(
        || Timestamp::now().to_zoned(zone.clone()).offset().to_string(),
        str::to_owned,
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn moment(wall: &str, boot_ms: u64) -> Moment {
        Moment {
            wall: wall.parse().unwrap(),
            boot_ns: boot_ms * 1_000_000,
        }
    }

    #[test]
    fn times_carry_offset_and_milliseconds() {
        let kathmandu = moment("2026-03-01T12:00:00.5+05:45[Asia/Kathmandu]", 0);
        assert_eq!(kathmandu.rfc3339(), "2026-03-01T12:00:00.500+05:45");
        let utc = moment("2026-03-01T12:00:00+00:00[UTC]", 0);
        assert_eq!(utc.rfc3339(), "2026-03-01T12:00:00.000+00:00");
    }

    #[test]
    fn a_jump_is_the_difference_of_both_clocks() {
        let before = moment("2026-03-01T12:00:00+00:00[UTC]", 1_000);
        let steady = moment("2026-03-01T12:00:10+00:00[UTC]", 11_000);
        let back = moment("2026-03-01T11:00:10+00:00[UTC]", 11_000);
        assert_eq!(steady.jump_since(&before), 0);
        assert_eq!(back.jump_since(&before), -3_600_000);
    }
}
