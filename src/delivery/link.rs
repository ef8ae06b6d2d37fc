//! The line to the terminal as its answers tell it: round trip, rate, and how much may be under way.
//!
//! Over SSH a write says nothing: hundreds of kilobytes are accepted at once and shown half a minute
//! later. Only an answer of the terminal tells what is on the screen, so groups of bytes carry a
//! fence, and no more is under way than the line carries in a round trip and a quarter of a second.

use std::collections::VecDeque;
use std::time::Duration;

/// Bytes under way before anything is known of the line.
const FIRST: usize = 3_000;
/// The least and the most bytes under way.
const LEAST: f64 = 1_500.0;
const MOST: f64 = 256_000.0;
/// What may wait in the line beyond what is on its way.
const AHEAD: f64 = 0.25;
/// Samples of the rate that count.
const SAMPLES: usize = 9;
/// How much faster than what was carried through the line may be taken to be: room to find out.
const HOPE: f64 = 2.5;
/// Shorter times are not told apart: a terminal on this machine.
const INSTANT: f64 = 0.000_1;
/// Groups of fewer bytes say nothing about a rate.
const TELLING: usize = 400;
/// A line without an answer for this long, or for four round trips, has stalled.
const STALL: Duration = Duration::from_secs(3);
/// The pace where the terminal confirms nothing, in bytes a second: 64 kbit/s.
const BLIND: f64 = 8_000.0;

/// The line.
#[derive(Debug, Default)]
pub struct Link {
    waiting: VecDeque<Sent>,
    nearest: Option<Duration>,
    /// Rates by how far the answers of one busy line lie apart.
    spacings: VecDeque<f64>,
    /// Rates by all that was carried through while a group was on its way.
    carried: VecDeque<f64>,
    heard: Option<Duration>,
    /// Bytes confirmed so far.
    through: usize,
    confirms: bool,
}

/// A group of bytes whose fence has not come back.
#[derive(Debug, Clone, Copy)]
struct Sent {
    token: u64,
    bytes: usize,
    at: Duration,
    /// Whether the line was busy with older groups.
    busy: bool,
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
        let busy = !self.waiting.is_empty();
        self.waiting.push_back(Sent {
            token,
            bytes,
            at: now,
            busy,
            through: self.through,
            since: self.heard.filter(|_| busy).unwrap_or(now),
        });
    }

    /// The fence of a group came back, and with it those of all groups before.
    pub fn passed(&mut self, token: u64, now: Duration) -> Option<Ack> {
        let at = self.waiting.iter().position(|sent| sent.token == token)?;
        let gone: Vec<Sent> = self.waiting.drain(..=at).collect();
        let last = *gone.last()?;
        let rtt = now.saturating_sub(last.at);
        // Only groups that came one after another through a busy line tell its rate: how long a
        // single one was on its way and how long it waited for its own bytes cannot be told apart.
        let bytes: usize = gone.iter().map(|sent| sent.bytes).sum();
        if let Some(heard) = self.heard.filter(|_| gone[0].busy && bytes > TELLING) {
            let span = now.saturating_sub(heard.max(gone[0].at)).as_secs_f64();
            keep(&mut self.spacings, bytes as f64 / span.max(INSTANT));
        }
        self.through += bytes;
        let carried = self.through - last.through;
        if carried > TELLING {
            let span = now.saturating_sub(last.since).as_secs_f64();
            keep(&mut self.carried, carried as f64 / span.max(INSTANT));
        }
        self.nearest = Some(self.nearest.map_or(rtt, |nearest| nearest.min(rtt)));
        self.heard = Some(now);
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

    /// The rate by the answers: the middle of how far they lie apart, because a lost packet holds
    /// answers back and then lets them go all at once; and never far above what was carried through,
    /// which such bunches cannot feign.
    fn measured(&self) -> Option<f64> {
        let mut spacings: Vec<f64> = self.spacings.iter().copied().collect();
        spacings.sort_by(f64::total_cmp);
        let middle = spacings.get(spacings.len() / 2)?;
        let carried = self.carried.iter().copied().max_by(f64::total_cmp)?;
        Some(middle.min(HOPE * carried))
    }

    /// Bytes that may be under way at once.
    pub fn window(&self) -> usize {
        match (self.measured(), self.nearest) {
            (Some(rate), Some(rtt)) => {
                (rate * (rtt.as_secs_f64() + AHEAD)).clamp(LEAST, MOST) as usize
            }
            _ => FIRST,
        }
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
        let patience = self.nearest.map_or(STALL, |rtt| STALL.max(4 * rtt));
        // An answer that came since shows that the line lives.
        Some(oldest.at.max(self.heard.unwrap_or_default()) + patience)
    }

    /// Whether the line has stalled.
    pub fn is_stalled(&self, now: Duration) -> bool {
        self.stalls_at().is_some_and(|at| now >= at)
    }
}

/// Keeps the newest samples.
fn keep(samples: &mut VecDeque<f64>, sample: f64) {
    if samples.len() == SAMPLES {
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

    /// A line of [`RATE`] and [`RTT`]: when the answer to each group comes back.
    fn answers(groups: &[(f64, usize)]) -> Vec<f64> {
        let mut free = 0.0_f64;
        let through = groups.iter().map(|(sent, bytes)| {
            free = free.max(*sent) + *bytes as f64 / RATE;
            free + RTT
        });
        through.collect()
    }

    #[test]
    fn a_slow_line_is_measured_from_its_answers() {
        let mut link = Link::default();
        link.set_confirms(true);
        assert_eq!(link.window(), FIRST);
        let groups = [(0.0, 4), (0.0, 1400), (0.0, 1400), (0.1, 1500)];
        for (token, (sent, bytes)) in groups.iter().enumerate() {
            link.sent(token as u64, *bytes, at(*sent));
        }
        for (token, back) in answers(&groups).into_iter().enumerate() {
            assert!(link.passed(token as u64, at(back)).is_some());
        }
        let rate = link.rate().unwrap_or_default();
        assert!((rate / RATE - 1.0).abs() < 0.1, "{rate}");
        let rtt = link.rtt().unwrap_or_default().as_secs_f64();
        assert!((rtt - RTT).abs() < 0.01, "{rtt}");
        let window = link.window() as f64;
        assert!(
            (window / (RATE * (RTT + AHEAD)) - 1.0).abs() < 0.1,
            "{window}"
        );
    }

    #[test]
    fn answers_that_come_in_a_bunch_make_no_fast_line() {
        let mut link = Link::default();
        link.set_confirms(true);
        let mut now = 0.0;
        for token in 0..200_u64 {
            now += 0.2;
            link.sent(token, 1_500, at(now));
            // Every fifth answer comes with those that a lost packet held back.
            if token % 5 == 4 {
                for (late, of) in (token - 4..=token).enumerate() {
                    link.passed(of, at(now + 0.6 + 1e-5 * late as f64));
                }
            }
        }
        let rate = link.rate().unwrap_or_default();
        assert!(rate < 3.0 * 7_500.0, "7.5 kB/s went through, not {rate}");
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
    fn a_local_terminal_gets_a_wide_window() {
        let mut link = Link::default();
        link.set_confirms(true);
        link.sent(1, 4, at(0.0));
        link.sent(2, 2_000, at(0.0));
        link.passed(1, at(0.000_2));
        link.passed(2, at(0.000_5));
        assert!(link.window() > 100_000, "{}", link.window());
    }
}
