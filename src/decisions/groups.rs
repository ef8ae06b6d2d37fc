//! A checkpoint as groups of digits, for radio, telephone and paper.
//!
//! Two groups hold the number of records and sixteen its root, sixteen bits a group; the last one is
//! a check over all others. A wrong digit, two digits or two groups changed over are found for sure.

/// The modulus of the check: the largest prime below 100,000.
const PRIME: u64 = 99_991;
/// Groups with their check.
const GROUPS: usize = 19;

/// What the groups hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Records that the checkpoint covers; as much as 32 bits hold.
    pub(super) records: u32,
    /// Its root.
    pub(super) root: [u8; 32],
}

/// Why groups are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misheard {
    /// There are so many of them, not nineteen.
    Count(usize),
    /// The group of this number, from 1, is not five digits up to 65535.
    Group(usize),
    /// The check does not fit: a digit is wrong or two are changed over.
    Check,
}

/// The groups, five digits each.
pub(super) fn speak(spoken: &Spoken) -> Vec<String> {
    let bytes: Vec<u8> = spoken
        .records
        .to_be_bytes()
        .into_iter()
        .chain(spoken.root)
        .collect();
    let mut groups: Vec<u64> = bytes
        .chunks(2)
        .map(|pair| {
            pair.iter()
                .fold(0, |value, byte| value << 8 | u64::from(*byte))
        })
        .collect();
    groups.push(check(&groups));
    groups.iter().map(|group| format!("{group:05}")).collect()
}

/// Reads groups that may be parted by spaces, dashes, commas and line ends, or by nothing.
pub(super) fn hear(text: &str) -> Result<Spoken, Misheard> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| digit - b'0')
        .collect();
    if digits.len() != GROUPS * 5 {
        return Err(Misheard::Count(digits.len().div_ceil(5)));
    }
    let groups: Vec<u64> = digits
        .chunks(5)
        .map(|group| {
            group
                .iter()
                .fold(0, |value, digit| value * 10 + u64::from(*digit))
        })
        .collect();
    let (said, data) = groups.split_last().ok_or(Misheard::Check)?;
    if let Some(at) = data.iter().position(|group| *group > 0xffff) {
        return Err(Misheard::Group(at + 1));
    }
    if *said != check(data) {
        return Err(Misheard::Check);
    }
    let bytes: Vec<u8> = data
        .iter()
        .flat_map(|group| (*group as u16).to_be_bytes())
        .collect();
    let (records, root) = bytes.split_at(4);
    match (records.try_into(), root.try_into()) {
        (Ok(records), Ok(root)) => Ok(Spoken {
            records: u32::from_be_bytes(records),
            root,
        }),
        _ => Err(Misheard::Count(data.len())),
    }
}

/// Whether a text can only be groups: nothing but digits and what parts them.
pub fn looks_spoken(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| {
            byte.is_ascii_digit() || byte.is_ascii_whitespace() || b"-,.".contains(&byte)
        })
}

/// The check group: a sum in which every place weighs differently, modulo a prime.
fn check(groups: &[u64]) -> u64 {
    // Weights from 10 on: with 9 and 10 side by side a change across two groups would go unseen.
    let weighed = groups
        .iter()
        .zip(10..)
        .map(|(group, weight)| group * weight);
    weighed.sum::<u64>() % PRIME
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn spoken() -> Spoken {
        let mut root = [0; 32];
        for (at, byte) in root.iter_mut().enumerate() {
            *byte = (at * 37 + 11) as u8;
        }
        Spoken {
            records: 70_123,
            root,
        }
    }

    #[test]
    fn what_is_spoken_is_heard() {
        let groups = speak(&spoken());
        assert_eq!(groups.len(), GROUPS);
        for between in [" ", "\n", "-", ""] {
            assert_eq!(hear(&groups.join(between)), Ok(spoken()));
        }
        assert!(looks_spoken(&groups.join(" ")) && !looks_spoken("xamine/post-7\n12\nabc="));
        assert_eq!(hear("12345 12345"), Err(Misheard::Count(2)));
    }

    #[test]
    fn every_wrong_digit_and_every_change_of_places_is_found() {
        let text = speak(&spoken()).join("");
        for at in 0..text.len() {
            for digit in b'0'..=b'9' {
                let mut wrong = text.clone().into_bytes();
                if wrong[at] == digit {
                    continue;
                }
                wrong[at] = digit;
                assert!(
                    hear(std::str::from_utf8(&wrong).unwrap()).is_err(),
                    "{at} {digit}"
                );
            }
            let mut swapped = text.clone().into_bytes();
            if at + 1 < swapped.len() && swapped[at] != swapped[at + 1] {
                swapped.swap(at, at + 1);
                assert!(
                    hear(std::str::from_utf8(&swapped).unwrap()).is_err(),
                    "{at}"
                );
            }
        }
        let groups = speak(&spoken());
        for a in 0..GROUPS {
            for b in a + 1..GROUPS {
                let mut swapped = groups.clone();
                swapped.swap(a, b);
                if swapped != groups {
                    assert!(hear(&swapped.join(" ")).is_err(), "{a} {b}");
                }
            }
        }
    }
}
