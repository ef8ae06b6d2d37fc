//! What each answer that is still awaited stands for: the acknowledgements of a slow line.
//!
//! A terminal answers in the order in which it was asked, but its `CSI 0 n` has no number, and one
//! that is lost or doubled would shift all that follow. So every few fences the terminal's
//! attributes (DA1) are asked for as a *mark*: while a mark leads the line an answer to a fence is
//! one too many and counts for nothing, and when the mark's own answer comes all that was asked
//! before it is known to be done. Queries through a multiplexer carry numbers and need no mark.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Asks whether all is well: the fence that every terminal answers.
pub(super) const STATUS: &[u8] = b"\x1b[5n";
/// Asks for the terminal's attributes: the mark.
const ATTRIBUTES: &[u8] = b"\x1b[c";
/// Fences from one mark to the next.
const FENCES_A_MARK: usize = 8;
/// An answer that is awaited for longer makes a fence bring a mark along.
const OVERDUE: Duration = Duration::from_secs(3);
/// Most answers that are awaited; of a terminal that went silent the oldest are forgotten.
const MOST: usize = 4096;
/// Numbers of the queries begin here, far above those of pictures.
const FIRST_QUERY: u32 = 4_000_000_000;
/// So many numbers are used in turn.
const QUERIES: u32 = 90_000_000;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The probe's end: no answer of that probe comes after it.
    Probe,
    /// A group of bytes that carries this token.
    Token(u64),
    /// Nothing but that what came before is answered.
    Rest,
}

/// A token whose bytes the terminal has worked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The token, as it was given to [`super::Terminal::fence_bytes`].
    pub token: u64,
    /// When the answer was read.
    pub at: Instant,
    /// From asking to reading; of a fence whose own answer was lost, to that of a later one.
    pub took: Duration,
    /// Whether the terminal took the bytes well. A query that is answered with an error says that the
    /// picture before it broke off.
    pub ok: bool,
}

/// One place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Fence(Asked, Instant),
    Mark(Instant),
}

impl Place {
    fn since(self) -> Instant {
        match self {
            Self::Fence(_, since) | Self::Mark(since) => since,
        }
    }
}

/// The lines of awaited answers: those that the next program gives, and those by number that come
/// from the terminal behind it.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    near: VecDeque<Place>,
    far: VecDeque<(u32, Asked, Instant)>,
    /// Fences since the last mark.
    unmarked: usize,
    queries: u32,
    passed: Vec<Passed>,
    probed: bool,
    slowest: Option<Duration>,
}

/// Whether a number is that of a query, not of a picture.
pub(super) fn is_query(id: u32) -> bool {
    id >= FIRST_QUERY
}

impl Awaited {
    /// The bytes of a fence, put in line. `marks` says whether this terminal gives its attributes.
    pub(super) fn fence(&mut self, asked: Asked, marks: bool, now: Instant) -> Vec<u8> {
        let mut bytes = Vec::new();
        if marks && self.needs_mark(now) {
            self.mark(now);
            bytes.extend_from_slice(ATTRIBUTES);
        }
        self.status(asked, now);
        bytes.extend_from_slice(STATUS);
        bytes
    }

    /// A probe was written, which ends in a mark and a fence.
    pub(super) fn probe(&mut self, now: Instant) {
        self.probed = false;
        self.mark(now);
        self.status(Asked::Probe, now);
    }

    /// Puts a query by number in line and gives the number.
    pub(super) fn query(&mut self, asked: Asked, now: Instant) -> u32 {
        let id = FIRST_QUERY + self.queries;
        self.queries = (self.queries + 1) % QUERIES;
        self.query_as(id, asked, now);
        id
    }

    /// Puts a query of this number in line.
    pub(super) fn query_as(&mut self, id: u32, asked: Asked, now: Instant) {
        if self.far.len() >= MOST {
            self.far.pop_front();
        }
        self.far.push_back((id, asked, now));
    }

    /// `CSI 0 n` came.
    pub(super) fn status_came(&mut self, now: Instant) {
        // Before a mark's own answer, one is surplus: answers keep their order.
        if let Some(Place::Fence(asked, since)) = self.near.front().copied() {
            self.near.pop_front();
            self.slow(now.duration_since(since));
            self.pass(asked, since, now, true);
        }
    }

    /// DA1 came.
    pub(super) fn attributes_came(&mut self, now: Instant) {
        let mark = self.near.iter().position(|p| matches!(p, Place::Mark(_)));
        let Some(mark) = mark else { return };
        for place in self.near.drain(..=mark).collect::<Vec<_>>() {
            match place {
                Place::Fence(asked, since) => self.pass(asked, since, now, true),
                Place::Mark(since) => self.slow(now.duration_since(since)),
            }
        }
    }

    /// An answer of kitty's graphics came about this number, and whether it is a good one.
    pub(super) fn query_came(&mut self, id: u32, ok: bool, now: Instant) {
        let at = self.far.iter().rposition(|(awaited, ..)| *awaited == id);
        let Some(at) = at else { return };
        let all: Vec<_> = self.far.drain(..=at).collect();
        for (place, (_, asked, since)) in all.into_iter().enumerate() {
            // Of those before it nothing is known but that their answers are lost.
            let this = place == at;
            self.pass(asked, since, now, ok || !this);
            if this {
                self.slow(now.duration_since(since));
            }
        }
    }

    /// Tokens that passed since this was asked last.
    pub(super) fn take_passed(&mut self) -> Vec<Passed> {
        std::mem::take(&mut self.passed)
    }

    /// Whether the last probe's end passed.
    pub(super) fn is_probed(&self) -> bool {
        self.probed
    }

    /// Whether an answer is awaited that was asked for at most so long ago.
    pub(super) fn is_pending(&self, within: Duration, now: Instant) -> bool {
        let near = self.near.back().map(|place| place.since());
        let far = self.far.back().map(|(_, _, since)| *since);
        let last = near.into_iter().chain(far).max();
        last.is_some_and(|since| now.duration_since(since) <= within)
    }

    /// The longest time that an answer took; `None` of a terminal that never gave one.
    pub(super) fn slowest(&self) -> Option<Duration> {
        self.slowest
    }

    /// Since when the oldest answer is awaited.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let near = self.near.front().map(|place| place.since());
        let far = self.far.front().map(|(_, _, since)| *since);
        near.into_iter().chain(far).min()
    }

    fn needs_mark(&self, now: Instant) -> bool {
        // On a slow line an answer may take that long: giving it up would take it for the next one.
        let patience = OVERDUE.max(4 * self.slowest.unwrap_or_default());
        let marked = self.near.iter().any(|p| matches!(p, Place::Mark(_)));
        let overdue = self
            .near
            .front()
            .is_some_and(|p| now.duration_since(p.since()) > patience);
        let fresh = self.near.back().is_some_and(|p| {
            matches!(p, Place::Mark(_)) && now.duration_since(p.since()) <= patience
        });
        (overdue && !fresh) || (!marked && self.unmarked >= FENCES_A_MARK)
    }

    /// Puts a mark in line, the only one: an older one was not answered.
    fn mark(&mut self, now: Instant) {
        self.near.retain(|place| !matches!(place, Place::Mark(_)));
        self.near.push_back(Place::Mark(now));
        self.unmarked = 0;
    }

    fn status(&mut self, asked: Asked, now: Instant) {
        while self.near.len() >= MOST {
            self.near.pop_front();
        }
        self.unmarked += 1;
        self.near.push_back(Place::Fence(asked, now));
    }

    fn pass(&mut self, asked: Asked, since: Instant, now: Instant, ok: bool) {
        match asked {
            Asked::Probe => self.probed = true,
            Asked::Token(token) => self.passed.push(Passed {
                token,
                at: now,
                took: now.duration_since(since),
                ok,
            }),
            Asked::Rest => {}
        }
    }

    fn slow(&mut self, took: Duration) {
        self.slowest = Some(self.slowest.map_or(took, |before| before.max(took)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock, and a line of answers.
    struct Line {
        awaited: Awaited,
        now: Instant,
    }

    impl Line {
        fn new() -> Self {
            Self {
                awaited: Awaited::default(),
                now: Instant::now(),
            }
        }

        fn wait(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }

        /// Writes a fence; the answers that the terminal owes for it.
        fn fence(&mut self, token: u64) -> Vec<char> {
            let bytes = self.awaited.fence(Asked::Token(token), true, self.now);
            bytes
                .iter()
                .filter(|b| b.is_ascii_alphabetic())
                .map(|b| char::from(*b))
                .collect()
        }

        fn answer(&mut self, answers: &[char]) -> Vec<u64> {
            for answer in answers {
                match answer {
                    'n' => self.awaited.status_came(self.now),
                    _ => self.awaited.attributes_came(self.now),
                }
            }
            let passed = self.awaited.take_passed();
            passed.into_iter().map(|passed| passed.token).collect()
        }
    }

    #[test]
    fn answers_in_order_give_the_tokens_back_in_order() {
        let mut line = Line::new();
        line.awaited.probe(line.now);
        let owed: Vec<char> = (0..20).flat_map(|token| line.fence(token)).collect();
        assert!(!line.awaited.is_probed());
        assert_eq!(line.answer(&['c', 'n']), [0; 0]);
        assert!(line.awaited.is_probed());
        assert_eq!(line.answer(&owed), (0..20).collect::<Vec<u64>>());
        assert!(!line.awaited.is_pending(Duration::MAX, line.now));
        assert!(owed.iter().filter(|c| **c == 'c').count() <= 3);
    }

    #[test]
    fn answers_of_before_the_probe_do_not_end_it() {
        let mut line = Line::new();
        line.fence(7);
        line.awaited.probe(line.now);
        assert_eq!(line.answer(&['n']), [7]);
        line.answer(&['n', 'n', 'n']);
        assert!(!line.awaited.is_probed(), "before DA1 none is the probe's");
        line.answer(&['c']);
        assert!(!line.awaited.is_probed());
        line.answer(&['n']);
        assert!(line.awaited.is_probed());
    }

    #[test]
    fn a_terminal_that_answers_twice_is_believed_once() {
        let mut line = Line::new();
        line.awaited.probe(line.now);
        line.answer(&['c', 'c', 'n', 'n']);
        // One at a time nothing shifts at all.
        for token in 0..30 {
            let owed = line.fence(token);
            let twice: Vec<char> = owed.into_iter().flat_map(|one| [one, one]).collect();
            assert_eq!(line.answer(&twice), [token]);
        }
        // In a stream of them the damage ends with the stream.
        let mut stream: Vec<(u64, Vec<char>)> =
            (100..140).map(|token| (token, line.fence(token))).collect();
        let mut found = Vec::new();
        for (_, owed) in stream.drain(..) {
            let twice: Vec<char> = owed.into_iter().flat_map(|one| [one, one]).collect();
            found.extend(line.answer(&twice));
        }
        assert_eq!(found, (100..140).collect::<Vec<u64>>());
        let owed = line.fence(140);
        assert_eq!(line.answer(&owed), [140]);
    }

    #[test]
    fn a_lost_answer_is_made_up_for_by_the_next_mark() {
        let mut line = Line::new();
        line.awaited.probe(line.now);
        line.answer(&['c', 'n']);
        let mut found = Vec::new();
        for token in 0..40 {
            let owed = line.fence(token);
            // Every tenth time nothing comes back but the mark's answer.
            let lost = if token % 10 == 5 { 'n' } else { ' ' };
            let come: Vec<char> = owed.into_iter().filter(|one| *one != lost).collect();
            found.extend(line.answer(&come));
            assert!(found.len() as u64 + 3 > token, "{found:?}");
        }
        assert!(found.is_sorted());
        let _lost = line.fence(40);
        line.wait(4);
        let owed = line.fence(41);
        assert_eq!(owed, ['c', 'n'], "what is overdue brings a mark along");
        found.extend(line.answer(&owed));
        assert_eq!(found, (0..=41).collect::<Vec<u64>>());
    }

    #[test]
    fn a_lost_mark_holds_nothing_up_for_ever() {
        let mut line = Line::new();
        line.awaited.probe(line.now);
        let _never = line.fence(1);
        assert_eq!(
            line.answer(&['n', 'n']),
            [0; 0],
            "behind a mark they count for nothing"
        );
        line.wait(4);
        let owed = line.fence(2);
        assert_eq!(owed, ['c', 'n']);
        assert_eq!(line.answer(&owed), [1, 2]);
        assert!(line.awaited.is_probed());
    }

    #[test]
    fn queries_are_told_apart_by_their_number() {
        let mut line = Line::new();
        let ids: Vec<u32> = (0..4)
            .map(|token| line.awaited.query(Asked::Token(token), line.now))
            .collect();
        assert!(ids.iter().all(|id| is_query(*id)));
        line.awaited.query_came(ids[0], true, line.now);
        line.awaited.query_came(ids[0], true, line.now);
        line.awaited.query_came(12, true, line.now);
        assert_eq!(line.answer(&[]), [0]);
        // The answer to 1 was lost: what came after it says that it is done.
        line.awaited.query_came(ids[2], true, line.now);
        assert_eq!(line.answer(&['n', 'c']), [1, 2]);
        line.awaited.query_came(ids[3], true, line.now);
        assert_eq!(line.answer(&[]), [3]);
    }

    #[test]
    fn a_query_that_is_answered_with_an_error_says_that_its_bytes_are_lost() {
        let mut line = Line::new();
        let ids: Vec<u32> = (0..3)
            .map(|token| line.awaited.query(Asked::Token(token), line.now))
            .collect();
        line.awaited.query_came(ids[1], false, line.now);
        line.awaited.query_came(ids[2], true, line.now);
        let passed = line.awaited.take_passed();
        let told: Vec<(u64, bool)> = passed.iter().map(|one| (one.token, one.ok)).collect();
        assert_eq!(told, [(0, true), (1, false), (2, true)]);
    }

    #[test]
    fn a_question_that_was_dropped_and_asked_again_is_answered_once() {
        let mut line = Line::new();
        line.awaited.query_as(31, Asked::Rest, line.now);
        line.wait(5);
        line.awaited.query_as(31, Asked::Rest, line.now);
        line.awaited.query_came(31, true, line.now);
        assert!(!line.awaited.is_pending(Duration::MAX, line.now));
        assert!(
            line.awaited.slowest() < Some(Duration::from_secs(5)),
            "nobody took that long"
        );
    }

    #[test]
    fn a_terminal_that_went_silent_fills_no_memory() {
        let mut line = Line::new();
        for token in 0..3 * MOST as u64 {
            line.fence(token);
            line.awaited.query(Asked::Token(token), line.now);
        }
        assert!(line.awaited.near.len() <= MOST + 1 && line.awaited.far.len() <= MOST);
    }
}
