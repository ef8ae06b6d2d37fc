//! What file names tell: which plane a file holds, which files belong together, and their order.
//!
//! The pairing rule is data: tokens between separators, with the energy beside them left out.

use std::cmp::Ordering;

use crate::radiograph::{Energy, PlaneName};

/// Tokens that name a plane, in lower case.
const TOKENS: &[(&str, PlaneName)] = &[
    ("high", PlaneName::High),
    ("hi", PlaneName::High),
    ("he", PlaneName::High),
    ("h", PlaneName::High),
    ("low", PlaneName::Low),
    ("lo", PlaneName::Low),
    ("le", PlaneName::Low),
    ("l", PlaneName::Low),
    ("zeff", PlaneName::Zeff),
];

/// What a name says about its plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The plane.
    pub(super) plane: PlaneName,
    /// The name without the token and the energy beside it: equal for files of one exposure.
    pub(super) rest: String,
    /// The energy beside the token, as written.
    pub(super) energy: Option<String>,
}

/// Reads a file name, e.g. `cargo_H_9MeV.tif` → high, rest `cargo.tif`, energy `9MeV`.
///
/// The longest token wins, so that `side_l_high` is high; two of the same length are no answer.
pub(super) fn plane_of_name(name: &str) -> Option<Named> {
    let tokens: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let found: Vec<(usize, &PlaneName)> = tokens
        .iter()
        .enumerate()
        .filter_map(|(at, token)| Some((at, token_plane(token)?)))
        .collect();
    let longest = found.iter().map(|(at, _)| tokens[*at].len()).max()?;
    let mut best = found.iter().filter(|(at, _)| tokens[*at].len() == longest);
    let (at, plane) = best.next()?;
    if best.next().is_some() {
        return None;
    }
    let beside = [at.checked_add(1), at.checked_sub(1)];
    let energy = beside.into_iter().flatten().find(|index| {
        tokens
            .get(*index)
            .is_some_and(|token| Energy::parse(token).is_some())
    });
    let rest = tokens
        .iter()
        .enumerate()
        .filter(|(index, _)| index != at && Some(*index) != energy)
        .map(|(_, token)| token.to_lowercase());
    Some(Named {
        plane: (*plane).clone(),
        rest: rest.collect::<Vec<_>>().join("\u{1}"),
        energy: energy.map(|index| tokens[index].to_owned()),
    })
}

/// The plane that one token names.
fn token_plane(token: &str) -> Option<&'static PlaneName> {
    let token = token.to_ascii_lowercase();
    TOKENS
        .iter()
        .find(|(word, _)| *word == token)
        .map(|(_, plane)| plane)
}

/// The common name of a pair for people: `cargo_H_9MeV.tif` → `cargo`; empty when nothing is left.
pub(super) fn common_name(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    plane_of_name(stem).map_or_else(|| stem.to_owned(), |named| named.rest.replace('\u{1}', "_"))
}

/// Natural order: runs of digits by their number, everything else by character; a tie by bytes.
pub(super) fn natural(a: &[u8], b: &[u8]) -> Ordering {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let order = if a[i].is_ascii_digit() && b[j].is_ascii_digit() {
            let (x, y) = (digits(&a[i..]), digits(&b[j..]));
            i += x.len();
            j += y.len();
            by_number(x, y)
        } else {
            let order = a[i].to_ascii_lowercase().cmp(&b[j].to_ascii_lowercase());
            i += 1;
            j += 1;
            order
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    (a.len() - i).cmp(&(b.len() - j)).then_with(|| a.cmp(b))
}

/// The digits at the front.
fn digits(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// Digit runs of any length by the number they write.
fn by_number(a: &[u8], b: &[u8]) -> Ordering {
    let trim = |run: &[u8]| run.iter().position(|c| *c != b'0').unwrap_or(run.len());
    let (a, b) = (&a[trim(a)..], &b[trim(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_between_separators_name_the_plane() {
        let rest = |name| plane_of_name(name).map(|n| n.rest.replace('\u{1}', "_"));
        let plane = |name| plane_of_name(name).map(|n| n.plane);
        for (name, expected) in [
            ("cargo_H_9MeV_u16.tif", PlaneName::High),
            ("cargo_L_6MeV_u16.tif", PlaneName::Low),
            ("dx_high_explicit.dcs", PlaneName::High),
            ("side_l_high.png", PlaneName::High),
            ("LE.tif", PlaneName::Low),
            ("9MV-hi scan.tif", PlaneName::High),
        ] {
            assert_eq!(plane(name), Some(expected), "{name}");
        }
        for name in [
            "highway.tif",
            "hello.tif",
            "a_high_low2_b.x",
            "scan.tif",
            "high_high.tif",
        ] {
            assert_eq!(plane(name).is_some(), name.starts_with("a_"), "{name}");
        }
        assert_eq!(rest("cargo_H_9MeV_u16.tif"), rest("cargo_L_6MeV_u16.tif"));
        assert_ne!(rest("cargo1_H.tif"), rest("cargo2_L.tif"));
        assert_eq!(common_name("cargo_H_9MeV_u16.tif"), "cargo_u16");
    }

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = [
            "scan10", "scan9", "Scan1", "scan010", "scan", "b", "a2b", "a2a",
        ];
        names.sort_by(|a, b| natural(a.as_bytes(), b.as_bytes()));
        assert_eq!(
            names,
            [
                "a2a", "a2b", "b", "scan", "Scan1", "scan9", "scan010", "scan10"
            ]
        );
    }
}
