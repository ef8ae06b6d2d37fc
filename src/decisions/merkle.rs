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

    /// A tree over these leaves.
    pub(super) fn over(leaves: &[Hash]) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(*leaf);
        }
        tree
    }

    /// The root over all leaves so far; SHA-256 of nothing for none.
    pub(super) fn root(&self) -> Hash {
        let hashes = self.peaks.iter().rev().map(|(_, hash)| *hash);
        hashes
            .reduce(|right, left| node(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The hashes of a segment's first `count` lines, as far as it reaches, and the line number `wanted`
/// (from 1) itself.
pub(super) fn leaves(
    folder: &Path,
    segment: &str,
    count: u64,
    wanted: Option<u64>,
) -> io::Result<(Vec<Hash>, Option<String>)> {
    let mut lines = Lines::new(open_segment(folder, segment)?);
    let (mut hashes, mut text) = (Vec::new(), None);
    while (hashes.len() as u64) < count && lines.next_piece()? == Piece::Line {
        hashes.push(leaf(&[lines.line()]));
        if wanted == Some(hashes.len() as u64) {
            text = Some(String::from_utf8_lossy(lines.line()).into_owned());
        }
    }
    Ok((hashes, text))
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The audit path of leaf `at` (from 0) in a tree over `leaves` (RFC 6962, 2.1.1).
pub(super) fn audit_path(at: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if at < left.len() {
        (audit_path(at, left), right)
    } else {
        (audit_path(at - left.len(), right), left)
    };
    path.push(Tree::over(other).root());
    path
}

/// The root that a leaf leads to by its audit path; `None` where the path does not fit the tree
/// (RFC 9162, 2.1.3.2).
pub(super) fn root_of_path(at: u64, count: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    let (mut place, mut last) = (at, count.checked_sub(1)?);
    if place > last {
        return None;
    }
    let mut root = leaf;
    for hash in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            root = node(hash, &root);
            while place % 2 == 0 && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            root = node(&root, hash);
        }
        place /= 2;
        last /= 2;
    }
    (last == 0).then_some(root)
}

/// The consistency proof between the first `before` leaves and all (RFC 6962, 2.1.2).
pub(super) fn consistency_path(before: usize, leaves: &[Hash]) -> Vec<Hash> {
    if before == 0 {
        return Vec::new();
    }
    subproof(before, leaves, true)
}

fn subproof(before: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if before == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![Tree::over(leaves).root()]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if before <= left.len() {
        (subproof(before, left, known), right)
    } else {
        (subproof(before - left.len(), right, false), left)
    };
    path.push(Tree::over(other).root());
    path
}

/// Whether a consistency proof leads from the root `old` over `before` leaves to the root `new` over
/// `count` (RFC 9162, 2.1.4.2).
pub(super) fn root_of_consistency(
    before: u64,
    count: u64,
    old: &Hash,
    new: &Hash,
    path: &[Hash],
) -> bool {
    if before == 0 {
        let nothing: Hash = Sha256::digest([]).into();
        return path.is_empty() && *old == nothing;
    }
    if before == count {
        return path.is_empty() && old == new;
    }
    if before > count {
        return false;
    }
    // A full tree is its own first step, which the proof leaves out.
    let mut steps = path.iter();
    let first = if before.is_power_of_two() {
        Some(old)
    } else {
        steps.next()
    };
    let Some(first) = first else {
        return false;
    };
    let (mut place, mut last) = (before - 1, count - 1);
    while place % 2 == 1 {
        place /= 2;
        last /= 2;
    }
    let (mut from, mut to) = (*first, *first);
    for hash in steps {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            from = node(hash, &from);
            to = node(hash, &to);
            while place % 2 == 0 && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            to = node(&to, hash);
        }
        place /= 2;
        last /= 2;
    }
    last == 0 && from == *old && to == *new
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

    fn numbered(count: usize) -> Vec<Hash> {
        (0..count)
            .map(|n| leaf(&[n.to_string().as_bytes()]))
            .collect()
    }

    /// Paths that the certificate transparency programs test themselves with, over the leaves above.
    #[test]
    fn paths_are_those_of_rfc_6962() {
        let leaves: Vec<Hash> = [
            &b""[..],
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ]
        .map(|bytes| leaf(&[bytes]))
        .to_vec();
        let hex = |path: Vec<Hash>| path.iter().map(|hash| to_hex(hash)).collect::<Vec<_>>();
        assert_eq!(
            hex(audit_path(5, &leaves)),
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(
            hex(consistency_path(6, &leaves)),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }

    #[test]
    fn every_path_leads_to_the_root_and_no_other_does() {
        for count in 1..=33 {
            let leaves = numbered(count);
            let root = Tree::over(&leaves).root();
            for at in 0..count {
                let path = audit_path(at, &leaves);
                let led = |at: usize, count: usize, path: &[Hash]| {
                    root_of_path(
                        at as u64,
                        count as u64,
                        leaves[at.min(leaves.len() - 1)],
                        path,
                    )
                };
                assert_eq!(led(at, count, &path), Some(root), "{at} of {count}");
                assert_ne!(
                    root_of_path(at as u64, count as u64, [9; 32], &path),
                    Some(root)
                );
                let longer = [&path[..], &[[7; 32]]].concat();
                assert_ne!(led(at, count, &longer), Some(root));
                if let Some((_, shorter)) = path.split_last() {
                    assert_ne!(led(at, count, shorter), Some(root));
                }
            }
            for before in 1..=count {
                let old = Tree::over(&leaves[..before]).root();
                let path = consistency_path(before, &leaves);
                let holds = |old: &Hash, new: &Hash, path: &[Hash]| {
                    root_of_consistency(before as u64, count as u64, old, new, path)
                };
                assert!(holds(&old, &root, &path), "{before} to {count}");
                assert!(!holds(&[1; 32], &root, &path) && !holds(&old, &[1; 32], &path));
                for at in 0..path.len() {
                    let mut wrong = path.clone();
                    wrong[at][0] ^= 1;
                    assert!(!holds(&old, &root, &wrong), "{before} to {count}: {at}");
                }
            }
        }
    }
}
