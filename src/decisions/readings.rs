//! The readings of one scan: which decisions ask for a second one, and what came of it.

use std::collections::BTreeSet;

use super::vocabulary::Conclusion;

/// The reason of the `amend` that takes a decision back at once: the scan counts as undecided.
pub const TAKEN_BACK: &str = "taken-back";

/// Which decisions ask for a second reading by somebody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SecondRule {
    /// Of a hundred `clear`, so many; which ones nobody can choose.
    pub clear_percent: u64,
    /// Every `suspicious`.
    pub suspicious: bool,
    /// Every `inconclusive`.
    pub inconclusive: bool,
}

/// How far the readings of a scan have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// What was decided holds.
    #[default]
    Settled,
    /// A second reading is asked for.
    SecondAsked,
    /// The readings differ, and nobody has arbitrated.
    Disagreed,
}

impl SecondRule {
    /// Whether the decision `word` with the record id `id` asks for a second reading. The id is
    /// random, so the share of `clear` is a sample that is the same for every reader of the log.
    fn asks(&self, id: &str, word: &str) -> bool {
        match Conclusion::parse(word) {
            Some(Conclusion::Clear) => {
                let drawn = id
                    .get(..8)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                self.clear_percent >= 100
                    || drawn.is_some_and(|n| u64::from(n) * 100 < self.clear_percent << 32)
            }
            Some(Conclusion::Suspicious) => self.suspicious,
            Some(Conclusion::Inconclusive) => self.inconclusive,
            _ => false,
        }
    }

    /// How far the readings have come: `first` is the word of the decision with the record id `id`,
    /// `seconds` are those of its second readings.
    pub fn standing<'a>(
        &self,
        id: &str,
        first: &'a str,
        seconds: impl Iterator<Item = &'a str>,
    ) -> Standing {
        let mut words: BTreeSet<&str> = seconds.collect();
        if words.is_empty() {
            return if self.asks(id, first) {
                Standing::SecondAsked
            } else {
                Standing::Settled
            };
        }
        words.insert(first);
        if words.len() > 1 {
            Standing::Disagreed
        } else {
            Standing::Settled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(clear_percent: u64) -> SecondRule {
        SecondRule {
            clear_percent,
            suspicious: true,
            inconclusive: false,
        }
    }

    #[test]
    fn the_share_of_clear_is_a_sample_by_the_records_own_id() {
        let drawn = |percent: u64| {
            let asks = |n: &u32| rule(percent).asks(&format!("{n:08x}{:024}", 0), "clear");
            (0..10_000u32).map(|n| n * 429_496).filter(asks).count()
        };
        assert_eq!((drawn(0), drawn(100)), (0, 10_000));
        for percent in [1, 10, 50] {
            assert!(
                drawn(percent).abs_diff(percent as usize * 100) <= 2,
                "{percent}"
            );
        }
        assert!(!rule(50).asks("not hex", "clear"));
    }

    #[test]
    fn readings_settle_or_disagree() {
        let standing = |first, seconds: &[&'static str]| {
            rule(0).standing("00", first, seconds.iter().copied())
        };
        assert_eq!(standing("suspicious", &[]), Standing::SecondAsked);
        assert_eq!(standing("inconclusive", &[]), Standing::Settled);
        assert_eq!(standing("clear", &[]), Standing::Settled);
        assert_eq!(standing("suspicious", &["suspicious"]), Standing::Settled);
        assert_eq!(standing("suspicious", &["clear"]), Standing::Disagreed);
        assert_eq!(standing("clear", &["clear", "rescan"]), Standing::Disagreed);
    }
}
