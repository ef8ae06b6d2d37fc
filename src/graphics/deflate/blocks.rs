//! Where to begin a new block: where its own codes save more than their description costs.

use std::ops::Range;

use super::codes::Counts;
use super::parse::Token;

/// Most places at which a block may begin.
const PLACES: usize = 96;
/// Fewest tokens between them.
const APART: usize = 128;
/// Bits that the description of a block's codes takes, roughly, besides those of each symbol.
const HEAD: f64 = 150.0;
/// Bits that a symbol adds to the description.
const DESCRIBED: f64 = 3.0;

/// A block.
pub(super) struct Block<'a> {
    pub(super) tokens: &'a [Token],
    /// The bytes that they stand for.
    pub(super) bytes: Range<usize>,
}

/// Splits tokens into blocks so that their estimated sizes add up to the least.
pub(super) fn split(tokens: &[Token]) -> Vec<Block<'_>> {
    let each = (tokens.len() / PLACES).max(APART);
    let parts: Vec<Counts> = tokens.chunks(each).map(Counts::of).collect();
    // The least cost of the parts before each place, and where their last block begins.
    let mut least = vec![(0.0, 0)];
    for to in 1..=parts.len() {
        let mut counts = Counts::default();
        let mut best = (f64::INFINITY, 0);
        for from in (0..to).rev() {
            counts.add(&parts[from]);
            let cost = least[from].0 + bits(&counts);
            if cost < best.0 {
                best = (cost, from);
            }
        }
        least.push(best);
    }
    let mut edges = vec![parts.len()];
    while let Some(to) = edges.last().copied().filter(|to| *to > 0) {
        edges.push(least[to].1);
    }
    edges.reverse();
    let mut at = 0;
    let block = |edge: &[usize]| {
        let tokens = &tokens[edge[0] * each..(edge[1] * each).min(tokens.len())];
        let from = at;
        at += tokens.iter().map(|t| usize::from(t.length)).sum::<usize>();
        Block {
            tokens,
            bytes: from..at,
        }
    };
    if parts.is_empty() {
        return vec![Block {
            tokens,
            bytes: 0..0,
        }];
    }
    edges.windows(2).map(block).collect()
}

/// Bits of a block with these counts, by their entropy.
fn bits(counts: &Counts) -> f64 {
    HEAD + entropy(&counts.symbols) + entropy(&counts.distances) + counts.extra as f64
}

fn entropy(counts: &[u32]) -> f64 {
    let (mut all, mut bits) = (0.0, 0.0);
    for count in counts.iter().filter(|count| **count > 0) {
        let n = f64::from(*count);
        all += n;
        bits += DESCRIBED - n * n.log2();
    }
    if all > 0.0 {
        bits + all * all.log2()
    } else {
        bits
    }
}
