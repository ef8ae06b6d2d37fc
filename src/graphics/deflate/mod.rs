//! Deflate (RFC 1951) in the fewest bytes, for pictures that go over a slow line.
//!
//! The usual packers take the first good match; this one finds the cheapest sequence of literals and
//! matches under the prices of the codes that it will itself be written in, which it finds by
//! repeating, and splits the data where the statistics change. The zopfli crate makes as many bytes
//! to within a per cent, in some ten times the time. While searching, a quick packer estimates.

mod bits;
mod blocks;
mod codes;
mod matches;
mod parse;

use miniz_oxide::deflate::compress_to_vec_zlib;

use self::bits::Bits;
use self::blocks::Block;
use self::codes::Counts;
use self::matches::Matches;
use self::parse::{Prices, Token};
use super::Effort;
use crate::Result;
use crate::cancel::Cancel;

/// How many bytes `data` takes, roughly: for comparing codings with each other. Of much data every
/// second part is looked at.
pub(crate) fn estimate(data: &[u8]) -> usize {
    if data.len() < MUCH {
        return compress_to_vec_zlib(data, 5).len();
    }
    let some: Vec<&[u8]> = data.chunks(SAMPLE).step_by(2).collect();
    let some = some.concat();
    compress_to_vec_zlib(&some, 5).len() * data.len() / some.len().max(1)
}

/// Bytes above which not all are looked at, and of a part that is.
const MUCH: usize = 200_000;
const SAMPLE: usize = 4096;

/// How much is tried.
struct Work {
    /// Earlier places looked at for each byte.
    depth: usize,
    /// A match of this length is taken as it is; none is above 258.
    nice: usize,
    /// Most repetitions of the parse of a block under its own prices.
    rounds: usize,
    /// Repetitions of the splitting.
    splits: usize,
}

impl Work {
    /// As much as the effort allows; little data is worth more of it, being cheap.
    fn of(data: usize, effort: Effort) -> Self {
        let [depth, nice, rounds, splits] = match (effort, data) {
            (Effort::Least, 0..=150_000) => [600, 300, 15, 3],
            (Effort::Least, _) => [64, 258, 5, 2],
            (_, 0..=30_000) => [32, 96, 4, 1],
            _ => [16, 64, 2, 1],
        };
        Self {
            depth,
            nice,
            rounds,
            splits,
        }
    }
}

/// Packs `data` as a zlib stream (RFC 1950).
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub(crate) fn pack(data: &[u8], effort: Effort, cancel: &Cancel) -> Result<Vec<u8>> {
    if effort == Effort::Fast {
        return Ok(compress_to_vec_zlib(data, 4));
    }
    let work = Work::of(data.len(), effort);
    let matches = Matches::find(data, work.depth, work.nice, cancel)?;
    let mut tokens = parse::parse(data, &matches, 0..data.len(), &Prices::guess(data));
    for _ in 0..work.splits {
        let mut next = Vec::with_capacity(tokens.len());
        for block in blocks::split(&tokens) {
            cancel.check()?;
            next.extend(repeated(data, &matches, &block, work.rounds));
        }
        tokens = next;
    }
    let mut bits = Bits::zlib(data.len());
    let blocks = blocks::split(&tokens);
    for (number, block) in blocks.iter().enumerate() {
        let last = number + 1 == blocks.len();
        codes::write(&mut bits, block.tokens, last);
    }
    Ok(bits.finish(data))
}

/// The cheapest tokens that were found for a block by parsing it again and again.
fn repeated(data: &[u8], matches: &Matches, block: &Block<'_>, rounds: usize) -> Vec<Token> {
    let mut best = block.tokens.to_vec();
    let mut counts = Counts::of(&best);
    let mut least = codes::size(&counts);
    for _ in 0..rounds {
        let prices = Prices::of(&counts);
        let tokens = parse::parse(data, matches, block.bytes.clone(), &prices);
        counts = Counts::of(&tokens);
        let size = codes::size(&counts);
        if size >= least {
            break;
        }
        (best, least) = (tokens, size);
    }
    best
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec_zlib;
    use proptest::prelude::*;

    use super::*;

    fn check(data: &[u8]) -> usize {
        let mut sizes = Vec::new();
        for effort in [Effort::Fast, Effort::Small, Effort::Least] {
            let packed = pack(data, effort, &Cancel::never()).unwrap();
            assert_eq!(decompress_to_vec_zlib(&packed).unwrap(), data, "{effort:?}");
            sizes.push(packed.len());
        }
        sizes[2]
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        check(&[]);
        check(&[7]);
        check(&vec![0; 100_000]);
        let ramp: Vec<u8> = (0..=255).collect();
        check(&ramp);
        check(&ramp.repeat(300));
    }

    #[test]
    fn a_run_costs_next_to_nothing() {
        assert!(check(&[3; 10_000]) < 40);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_bytes_come_back(
            data in prop::collection::vec(any::<u8>(), 0..3000),
            few in 1_u8..=255,
            times in 1_usize..6,
        ) {
            let data: Vec<u8> = data.iter().map(|v| v % few).collect();
            check(&data.repeat(times));
        }
    }
}
