//! The line to the terminal as its answers tell it: round trip, rate, and how much may be under way.
//!
//! Over SSH a write says nothing: hundreds of kilobytes are accepted at once and shown half a minute
//! later. Only an answer of the terminal tells what is on the screen, so groups of bytes carry a
//! fence, and no more is under way than what the line carries in a round trip and a quarter of a
//! second. That amount is found by what it is about, the quarter of a second: while answers come
//! sooner the credit grows, when they come later it shrinks (as LEDBAT does, RFC 6817). A credit
//! reckoned from the distances of answers fails over SSH, which lets them go in bunches.

use std::collections::VecDeque;
use std::time::Duration;

/// Bytes under way before anything is known of the line.
const FIRST: f64 = 3_000.0;
/// The least and the most bytes under way.
const LEAST: f64 = 1_500.0;
const MOST: f64 = 256_000.0;
/// What may wait in the line beyond what is on its way, in seconds.
const AHEAD: f64 = 0.25;
/// How much of the confirmed bytes the credit grows by, once the line has been full.
const GENTLE: f64 = 0.2;
/// Round trips of which the shortest counts as now: one that waited for a lost packet tells nothing.
const RECENT: usize = 3;
/// Samples of the rate of which the highest counts.
const SAMPLES: usize = 10;
/// Groups of fewer bytes say nothing about a rate.
const TELLING: usize = 400;
/// Shorter times are not told apart: a terminal on this machine.
const INSTANT: f64 = 0.000_1;
/// A line without an answer for this long, or for four round trips, has stalled.
const STALL: Duration = Duration::from_secs(3);
/// The pace where the terminal confirms nothing, in bytes a second: 64 kbit/s.
const BLIND: f64 = 8_000.0;

/// The line.
#[derive(Debug)]
pub struct Link {
    waiting: VecDeque<Sent>,
    nearest: Option<Duration>,
    recent: VecDeque<Duration>,
    /// Rates by all that was carried through while a group was on its way.
    carried: VecDeque<f64>,
    heard: Option<Duration>,
    /// Bytes confirmed so far.
    through: usize,
    /// Bytes that may be under way.
    credit: f64,
    /// Whether bytes have waited: from then on the credit grows gently.
    settled: bool,
    confirms: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            nearest: None,
            recent: VecDeque::new(),
            carried: VecDeque::new(),
            heard: None,
            through: 0,
            credit: FIRST,
            settled: false,
            confirms: false,
        }
    }
}

/// A group of bytes whose fence has not come back.
#[derive(Debug, Clone, Copy)]
struct Sent {
    token: u64,
    bytes: usize,
    at: Duration,
    /// Bytes confirmed when it was written, and since when.
    through: usize,
    since: Duration,
}

/// What an answer told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ack {
    /// The group.
    pub token: u64,
    /// From writing to the answer.
    pub rtt: Duration,
}

impl Link {
    /// The terminal confirms fences, or will not.
    pub fn set_confirms(&mut self, confirms: bool) {
        if !confirms {
            self.waiting.clear();
        }
        self.confirms = confirms;
    }

    /// Whether fences come back.
    pub fn confirms(&self) -> bool {
        self.confirms
    }

    /// A group was written.
    pub fn sent(&mut self, token: u64, bytes: usize, now: Duration) {
        // A line that was idle carried nothing before it was written to again.
        let busy = self.waiting.front().map(|first| first.at);
        let since = busy.map_or(now, |first| first.max(self.heard.unwrap_or_default()));
        self.waiting.push_back(Sent {
            token,
            bytes,
            at: now,
            through: self.through,
            since,
        });
    }

    /// The fence of a group came back, and with it those of all groups before.
    pub fn passed(&mut self, token: u64, now: Duration) -> Option<Ack> {
        let at = self.waiting.iter().position(|sent| sent.token == token)?;
        let gone: Vec<Sent> = self.waiting.drain(..=at).collect();
        let last = *gone.last()?;
        let rtt = now.saturating_sub(last.at);
        let bytes: usize = gone.iter().map(|sent| sent.bytes).sum();
        let full = (bytes + self.unacked()) as f64 > self.credit / 2.0;
        self.through += bytes;
        let carried = self.through - last.through;
        if carried > TELLING {
            let span = now.saturating_sub(last.since).as_secs_f64();
            keep(
                &mut self.carried,
                carried as f64 / span.max(INSTANT),
                SAMPLES,
            );
        }
        // What the group's own bytes took is no waiting.
        let own = self.measured().map_or(0.0, |rate| last.bytes as f64 / rate);
        keep(
            &mut self.recent,
            rtt.saturating_sub(Duration::from_secs_f64(own)),
            RECENT,
        );
        self.nearest = Some(self.nearest.map_or(rtt, |nearest| nearest.min(rtt)));
        self.heard = Some(now);
        self.adjust(bytes, full);
        Some(Ack { token, rtt })
    }

    /// The shortest round trip so far.
    pub fn rtt(&self) -> Option<Duration> {
        self.nearest
    }

    /// Bytes a second, once known; a guess where the terminal confirms nothing.
    pub fn rate(&self) -> Option<f64> {
        if self.confirms {
            self.measured()
        } else {
            Some(BLIND)
        }
    }

    /// The highest rate at which bytes were carried through lately.
    fn measured(&self) -> Option<f64> {
        self.carried.iter().copied().max_by(f64::total_cmp)
    }

    /// Lets the credit follow the time that bytes wait in the line. `full` tells whether so much was
    /// under way that more might have been carried.
    fn adjust(&mut self, bytes: usize, full: bool) {
        let (Some(nearest), Some(recent)) = (self.nearest, self.recent.iter().min()) else {
            return;
        };
        let waited = recent.saturating_sub(nearest).as_secs_f64();
        let off = ((AHEAD - waited) / AHEAD).clamp(-1.0, 1.0);
        self.settled |= off < 0.5;
        let gain = match (off < 0.0, full, self.settled) {
            (true, ..) | (false, true, false) => 1.0,
            (false, true, true) => GENTLE,
            (false, false, _) => 0.0,
        };
        self.credit = (self.credit + gain * off * bytes as f64).clamp(LEAST, MOST);
    }

    /// Bytes that may be under way at once.
    pub fn window(&self) -> usize {
        self.credit as usize
    }

    /// Whether nothing is under way: a fence before the next group then tells the round trip, and
    /// from there the group's own fence tells the rate.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes under way.
    pub fn unacked(&self) -> usize {
        self.waiting.iter().map(|sent| sent.bytes).sum()
    }

    /// Bytes that may be sent now.
    pub fn room(&self) -> usize {
        self.window().saturating_sub(self.unacked())
    }

    /// When the line counts as stalled if nothing comes back; `None` while nothing is awaited.
    pub fn stalls_at(&self) -> Option<Duration> {
        let oldest = self.waiting.front()?;
        // What is under way takes its time.
        let carrying = self
            .measured()
            .map_or(0.0, |rate| self.unacked() as f64 / rate);
        let carrying = Duration::from_secs_f64(2.0 * carrying.min(60.0));
        let patience = self
            .nearest
            .map_or(STALL, |rtt| STALL.max(4 * rtt).max(rtt + carrying));
        // An answer that came since shows that the line lives.
        Some(oldest.at.max(self.heard.unwrap_or_default()) + patience)
    }

    /// Whether the line has stalled.
    pub fn is_stalled(&self, now: Duration) -> bool {
        self.stalls_at().is_some_and(|at| now >= at)
    }
}

/// Keeps the newest `most` samples.
fn keep<T>(samples: &mut VecDeque<T>, sample: T, most: usize) {
    if samples.len() == most {
        samples.pop_front();
    }
    samples.push_back(sample);
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: f64 = 0.6;
    const RATE: f64 = 8_000.0;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Keeps a line of [`RATE`] and [`RTT`] busy in groups of 1,500 bytes for 60 seconds. Answers
    /// come `bunch` at a time. Gives the most that was under way in the second half.
    fn busy(link: &mut Link, bunch: usize) -> usize {
        link.set_confirms(true);
        link.sent(0, 4, at(0.0));
        link.passed(0, at(RTT));
        let (mut free, mut token, mut most) = (RTT, 0_u64, 0);
        let mut back: VecDeque<(f64, u64)> = VecDeque::new();
        let mut bunched: Vec<u64> = Vec::new();
        for step in 60..6_000 {
            let now = f64::from(step) / 100.0;
            while back.front().is_some_and(|(when, _)| *when <= now) {
                bunched.extend(back.pop_front().map(|(_, token)| token));
            }
            if bunched.len() >= bunch || link.room() >= 1_500 {
                for token in bunched.drain(..) {
                    link.passed(token, at(now));
                }
            }
            while link.room() >= 1_500 {
                token += 1;
                link.sent(token, 1_500, at(now));
                free = free.max(now) + 1_500.0 / RATE;
                back.push_back((free + RTT, token));
            }
            most = if step > 3_000 {
                most.max(link.unacked())
            } else {
                0
            };
        }
        most
    }

    #[test]
    fn a_slow_line_is_filled_and_not_flooded() {
        let mut link = Link::default();
        let most = busy(&mut link, 1) as f64;
        let rate = link.rate().unwrap_or_default();
        assert!((rate / RATE - 1.0).abs() < 0.15, "{rate}");
        assert!(most > RATE * RTT * 0.9, "filled: {most}");
        assert!(
            most < RATE * (RTT + 2.0 * AHEAD) + 1_500.0,
            "not flooded: {most}"
        );
    }

    #[test]
    fn answers_that_come_in_bunches_make_no_fast_line() {
        let mut link = Link::default();
        let most = busy(&mut link, 3) as f64;
        assert!(
            link.rate().unwrap_or_default() < 2.0 * RATE,
            "{:?}",
            link.rate()
        );
        assert!(most < RATE * (RTT + 3.0 * AHEAD) + 1_500.0, "{most}");
    }

    #[test]
    fn no_more_is_under_way_than_the_window() {
        let mut link = Link::default();
        link.set_confirms(true);
        link.sent(1, 2_000, at(0.0));
        assert_eq!(link.room(), 1_000);
        link.sent(2, 2_000, at(0.0));
        assert_eq!((link.room(), link.unacked()), (0, 4_000));
        link.passed(2, at(1.0));
        assert_eq!(link.unacked(), 0, "a later answer stands for earlier ones");
        assert_eq!(link.passed(1, at(1.1)), None);
    }

    #[test]
    fn a_pause_is_no_slowness() {
        let mut link = Link::default();
        link.set_confirms(true);
        link.sent(1, 10, at(0.0));
        link.passed(1, at(0.01));
        link.sent(2, 4, at(9.0));
        link.sent(3, 10_000, at(9.0));
        link.passed(2, at(9.01));
        link.passed(3, at(9.02));
        assert!(link.rate() > Some(100_000.0), "{:?}", link.rate());
    }

    #[test]
    fn silence_is_a_stall_and_an_answer_ends_it() {
        let mut link = Link::default();
        link.set_confirms(true);
        assert!(!link.is_stalled(at(99.0)));
        link.sent(1, 10, at(100.0));
        link.sent(2, 10, at(100.0));
        assert!(!link.is_stalled(at(102.9)));
        assert!(link.is_stalled(at(103.0)));
        link.passed(1, at(104.0));
        assert!(!link.is_stalled(at(104.0)), "the line lives");
        link.passed(2, at(104.5));
        assert_eq!(link.stalls_at(), None);
    }

    #[test]
    fn a_local_terminal_soon_gets_a_wide_window() {
        let mut link = Link::default();
        link.set_confirms(true);
        let mut now = 0.0;
        for token in 0..10 {
            link.sent(token, link.room().max(100), at(now));
            now += 0.001;
            link.passed(token, at(now));
        }
        assert!(link.window() > 100_000, "{}", link.window());
        assert!(link.rate() > Some(1e6), "{:?}", link.rate());
    }
}
