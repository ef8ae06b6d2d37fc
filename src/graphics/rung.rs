//! The ladder of qualities: what is sent first, and what it ends as.

use std::fmt;

/// How faithful a picture on the screen is, worst first. What each rung is made of differs by
/// protocol; what it promises does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Cells.
    Q0,
    /// A first look: the best that fits about 1.3 kB (sixel: 6 kB).
    Q1,
    /// Structural similarity of .95 at the fewest bytes.
    Q2,
    /// Structural similarity of .98 at the fewest bytes.
    Q3,
    /// Every pixel, in 64 levels or as JPEG.
    Q4,
    /// Every pixel as it was rendered, or as near as the protocol can say it.
    Q5,
}

/// Whether a picture was made poorer than every pixel in 64 levels, or as JPEG of quality 80.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Fewer pixels or levels, or noise calmed.
    Some,
    Every,
}

impl Rung {
    /// Every rung, worst first.
    pub const ALL: [Self; 6] = [Self::Q0, Self::Q1, Self::Q2, Self::Q3, Self::Q4, Self::Q5];

    /// What a picture that is not lossless has reached, whatever was asked for: its similarity, and
    /// whether it has every pixel as finely as [`Rung::Q4`] says.
    pub(crate) fn reached(similarity: f64, detail: Detail) -> Self {
        match (similarity, detail) {
            (0.98.., Detail::Every) => Self::Q4,
            (0.98.., Detail::Some) => Self::Q3,
            (0.95.., _) => Self::Q2,
            _ => Self::Q1,
        }
    }

    /// Its name in options, traces and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Q0 => "Q0",
            Self::Q1 => "Q1",
            Self::Q2 => "Q2",
            Self::Q3 => "Q3",
            Self::Q4 => "Q4",
            Self::Q5 => "Q5",
        }
    }

    /// Reads its name, in either case.
    pub fn parse(word: &str) -> Option<Self> {
        let named = |rung: &Self| rung.as_str().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(named)
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
