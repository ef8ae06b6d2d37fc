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

impl Rung {
    /// Every rung, worst first.
    pub const ALL: [Self; 6] = [Self::Q0, Self::Q1, Self::Q2, Self::Q3, Self::Q4, Self::Q5];

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
