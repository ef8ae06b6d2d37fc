//! For each byte, where it and those after it stood before: the nearest place for each length.

use crate::Result;
use crate::cancel::Cancel;

/// Shortest and longest match.
pub(super) const SHORTEST: usize = 3;
pub(super) const LONGEST: usize = 258;
/// How far back a match may lie.
const WINDOW: usize = 32_768;
const HASH_BITS: u32 = 15;
/// No earlier place.
const NONE: u32 = u32::MAX;

/// A match: `length` bytes that stood `distance` before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) length: u16,
    pub(super) distance: u16,
}

/// The matches at each byte, longer ones farther away.
pub(super) struct Matches {
    /// Where each byte's matches begin, and one more.
    starts: Vec<u32>,
    found: Vec<Match>,
}

impl Matches {
    /// Looks at up to `depth` earlier places for each byte. After a match of `nice` bytes or more
    /// the bytes in it take no matches of their own.
    pub(super) fn find(data: &[u8], depth: usize, nice: usize, cancel: &Cancel) -> Result<Self> {
        let mut trees = Trees::new(data.len());
        let mut matches = Self {
            starts: Vec::with_capacity(data.len() + 1),
            found: Vec::with_capacity(data.len()),
        };
        let mut quiet = 0;
        for at in 0..data.len() {
            if at % 16_384 == 0 {
                cancel.check()?;
            }
            let from = matches.found.len();
            matches.starts.push(from as u32);
            let longest = trees.enter(data, at, [depth, nice], &mut matches.found);
            if at < quiet {
                matches.found.truncate(from);
            } else if longest >= nice {
                quiet = at + longest;
            }
        }
        matches.starts.push(matches.found.len() as u32);
        Ok(matches)
    }

    /// The matches at a byte.
    pub(super) fn at(&self, at: usize) -> &[Match] {
        &self.found[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// The places with equal beginnings as binary trees, ordered by the bytes that follow, the latest
/// place at the root: a search meets nearer places before farther ones.
struct Trees {
    roots: Vec<u32>,
    /// For each place the trees of what is smaller and what is greater.
    children: Vec<u32>,
}

impl Trees {
    fn new(many: usize) -> Self {
        Self {
            roots: vec![NONE; 1 << HASH_BITS],
            children: vec![NONE; 2 * many],
        }
    }

    /// Makes a place the root of its tree and adds each match met that is longer than those before;
    /// answers the longest length.
    fn enter(
        &mut self,
        data: &[u8],
        at: usize,
        [depth, nice]: [usize; 2],
        found: &mut Vec<Match>,
    ) -> usize {
        let here = &data[at..data.len().min(at + LONGEST)];
        let [a, b, c, ..] = here else {
            return 0;
        };
        let word = u32::from(*a) | u32::from(*b) << 8 | u32::from(*c) << 16;
        let hash = (word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize;
        let mut place = std::mem::replace(&mut self.roots[hash], at as u32);
        // Where the next smaller and the next greater place are hung, and how many bytes they share.
        let (mut hooks, mut shared) = ([2 * at, 2 * at + 1], [0, 0]);
        let (mut length, mut longest) = (0, SHORTEST - 1);
        let enough = nice.min(here.len());
        for _ in 0..depth {
            let from = place as usize;
            if place == NONE || at - from > WINDOW {
                break;
            }
            length += common(&here[length..], &data[from + length..]);
            if length > longest {
                longest = length;
                found.push(Match {
                    length: length as u16,
                    distance: (at - from) as u16,
                });
            }
            if length >= enough {
                // The new place stands for the old one, whose children it takes over.
                self.children[hooks[0]] = self.children[2 * from];
                self.children[hooks[1]] = self.children[2 * from + 1];
                return longest;
            }
            let side = usize::from(data[from + length] > here[length]);
            self.children[hooks[side]] = place;
            hooks[side] = 2 * from + 1 - side;
            shared[side] = length;
            place = self.children[hooks[side]];
            length = shared[0].min(shared[1]);
        }
        self.children[hooks[0]] = NONE;
        self.children[hooks[1]] = NONE;
        longest
    }
}

/// How many bytes are the same from the beginning.
fn common(a: &[u8], b: &[u8]) -> usize {
    let words = a.chunks_exact(8).zip(b.chunks_exact(8));
    let same = 8 * words.take_while(|(a, b)| a == b).count();
    let rest = a[same..].iter().zip(&b[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}
