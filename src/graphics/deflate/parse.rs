//! The cheapest sequence of literals and matches under given prices, by dynamic programming.

use std::ops::Range;

use super::codes::{self, Counts, LENGTHS};
use super::matches::{LONGEST, Matches, SHORTEST};

/// A literal or a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Bytes that it stands for; 1 for a literal.
    pub(super) length: u16,
    /// Distance of a match, or the literal.
    pub(super) value: u16,
}

/// A price of one bit.
const BIT: f32 = 64.0;

/// What tokens cost, in 1/64 bits.
pub(super) struct Prices {
    literals: [u32; 256],
    /// By length.
    lengths: [u32; LONGEST + 1],
    /// By the distance's symbol.
    distances: [u32; 30],
    /// For each length the longest that has the same price.
    longest: [u16; LONGEST + 1],
}

/// For each length the longest of its symbol.
fn longest() -> [u16; LONGEST + 1] {
    let mut longest: [u16; LONGEST + 1] = std::array::from_fn(|length| length as u16);
    for length in (SHORTEST..LONGEST).rev() {
        if codes::length_symbol(length) == codes::length_symbol(length + 1) {
            longest[length] = longest[length + 1];
        }
    }
    longest
}

impl Prices {
    /// Prices before anything was parsed.
    pub(super) fn guess(data: &[u8]) -> Self {
        let mut counts = [0_u32; 256];
        for byte in data {
            counts[usize::from(*byte)] += 1;
        }
        // A literal is rarer than its byte: half of the bytes or more lie in matches.
        let literals = entropy(&counts, 2.0);
        Self {
            literals: std::array::from_fn(|i| literals[i]),
            lengths: std::array::from_fn(|length| price(5.0 + codes::length_extra(length))),
            distances: std::array::from_fn(|symbol| price(4.0 + codes::distance_extra(symbol))),
            longest: longest(),
        }
    }

    /// Prices of codes made for these counts.
    pub(super) fn of(counts: &Counts) -> Self {
        let symbols = entropy(&counts.symbols, 1.0);
        let distances = entropy(&counts.distances, 1.0);
        Self {
            literals: std::array::from_fn(|i| symbols[i]),
            lengths: std::array::from_fn(|length| {
                if length < SHORTEST {
                    return 0;
                }
                symbols[LENGTHS + codes::length_symbol(length)] + price(codes::length_extra(length))
            }),
            distances: std::array::from_fn(|i| distances[i] + price(codes::distance_extra(i))),
            longest: longest(),
        }
    }
}

fn price(bits: f32) -> u32 {
    (bits * BIT) as u32
}

/// What each symbol costs; one that does not occur costs somewhat more than one that does once.
fn entropy(counts: &[u32], share: f32) -> Vec<u32> {
    let all = (counts.iter().sum::<u32>() as f32 * share).max(1.0);
    let cost = |count: &u32| price((all / (*count as f32).max(0.5)).log2().clamp(1.0, 15.0));
    counts.iter().map(cost).collect()
}

/// The cheapest tokens for the bytes of `range`, from the last to the first.
pub(super) fn parse(
    data: &[u8],
    matches: &Matches,
    range: Range<usize>,
    prices: &Prices,
) -> Vec<Token> {
    let (start, many) = (range.start, range.len());
    // What it costs from each byte to the end, and the token to take there.
    let mut costs = vec![0_u32; many + 1];
    let mut tokens = vec![
        Token {
            length: 1,
            value: 0
        };
        many
    ];
    for at in (0..many).rev() {
        let literal = data[start + at];
        let mut best = costs[at + 1] + prices.literals[usize::from(literal)];
        let mut token = Token {
            length: 1,
            value: u16::from(literal),
        };
        let mut shortest = SHORTEST;
        for found in matches.at(start + at) {
            let distance = prices.distances[codes::distance_symbol(found.distance)];
            let longest = usize::from(found.length).min(many - at);
            if longest < shortest {
                break;
            }
            while shortest <= longest {
                // Of lengths with one price the longest leaves least to be said.
                let length = longest.min(usize::from(prices.longest[shortest]));
                let cost = costs[at + length] + prices.lengths[length] + distance;
                if cost < best {
                    best = cost;
                    token = Token {
                        length: length as u16,
                        value: found.distance,
                    };
                }
                shortest = length + 1;
            }
        }
        costs[at] = best;
        tokens[at] = token;
    }
    let mut chosen = Vec::with_capacity(many / 4);
    let mut at = 0;
    while at < many {
        chosen.push(tokens[at]);
        at += usize::from(tokens[at].length);
    }
    chosen
}
