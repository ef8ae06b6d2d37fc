//! Merkle roots over the lines of a log, in the memory of one path (RFC 6962, section 2.1).

use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::folder::open_segment;
use super::stream::{Lines, Piece};

/// SHA-256.
pub(super) type Hash = [u8; 32];

/// A tree that is given leaf after leaf; it keeps one hash for each bit of their number.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    /// Roots of full trees, the largest first, with their heights.
    peaks: Vec<(u32, Hash)>,
}

impl Tree {
    /// Adds a leaf by its hash.
    pub(super) fn push(&mut self, leaf: Hash) {
        let (mut height, mut hash) = (0, leaf);
        while let Some((_, left)) = self.peaks.pop_if(|(same, _)| *same == height) {
            hash = node(&left, &hash);
            height += 1;
        }
        self.peaks.push((height, hash));
    }

    /// The root over all leaves so far; SHA-256 of nothing for none.
    pub(super) fn root(&self) -> Hash {
        let hashes = self.peaks.iter().rev().map(|(_, hash)| *hash);
        hashes
            .reduce(|right, left| node(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The hash of a leaf: SHA-256 of a zero byte and the leaf.
pub(super) fn leaf(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new_with_prefix([0]);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The hash of an inner node: SHA-256 of a one byte and both sides.
fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new_with_prefix([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// Reads a segment once and gives its number of whole lines and the roots over its first `at` lines,
/// for each of `at` in rising order that it reaches; the root over all of them comes last.
pub(super) fn roots(folder: &Path, segment: &str, at: &[u64]) -> io::Result<Roots> {
    let mut lines = Lines::new(open_segment(folder, segment)?);
    let mut tree = Tree::default();
    let mut found = Roots::default();
    let mut due = at.iter().copied().peekable();
    loop {
        while due.next_if_eq(&found.lines).is_some() {
            found.at.push((found.lines, tree.root()));
        }
        match lines.next_piece()? {
            Piece::Line => tree.push(leaf(&[lines.line()])),
            // What no record can be is no leaf; that the line is wrong is told by its own check.
            Piece::TooLong | Piece::Tail { .. } | Piece::End => break,
        }
        found.lines += 1;
    }
    found.whole = tree.root();
    Ok(found)
}

/// The roots of one segment.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// Its whole lines.
    pub(super) lines: u64,
    /// The root over all of them.
    pub(super) whole: Hash,
    /// The roots asked for, as far as it reaches.
    pub(super) at: Vec<(u64, Hash)>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::body::to_hex;
    use super::*;

    /// The leaves and roots that the certificate transparency programs test themselves with.
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::default();
        assert_eq!(
            to_hex(&tree.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (bytes, root) in leaves.iter().zip(roots) {
            tree.push(leaf(&[bytes]));
            assert_eq!(to_hex(&tree.root()), root);
        }
    }
}
