//! The material class of a pixel, with explicit non-answers.

/// What a pixel is, or why it cannot be told. The codes are permanent: files hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Z below 10.
    Organic = 1,
    /// Z 10 to 18, and mixtures that read so.
    Inorganic = 2,
    /// Z above 18.
    Metal = 3,
    /// Megavolt only: Z above 50.
    Heavy = 4,
    /// Open beam.
    Air = 10,
    /// Too thin to tell.
    Thin = 11,
    /// No penetration.
    Black = 12,
    /// Kilovolt only: so dense that heavy metal cannot be told from organic matter.
    Dense = 13,
    /// More signal than the open beam, or a ratio that no material has.
    Impossible = 14,
    /// The detector was at its limit.
    Saturated = 15,
    /// A dead or missing detector row or column.
    Defect = 16,
    /// One energy only: no class can be told.
    NotDual = 17,
}

impl Class {
    /// Every class, by code.
    pub const ALL: [Self; 12] = [
        Self::Organic,
        Self::Inorganic,
        Self::Metal,
        Self::Heavy,
        Self::Air,
        Self::Thin,
        Self::Black,
        Self::Dense,
        Self::Impossible,
        Self::Saturated,
        Self::Defect,
        Self::NotDual,
    ];

    /// The code in files of `--display class` and in `class_codes`.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The class of a code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }

    /// The word in JSON and in message ids (`class-WORD`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organic => "organic",
            Self::Inorganic => "inorganic",
            Self::Metal => "metal",
            Self::Heavy => "heavy",
            Self::Air => "air",
            Self::Thin => "thin",
            Self::Black => "black",
            Self::Dense => "dense",
            Self::Impossible => "impossible",
            Self::Saturated => "saturated",
            Self::Defect => "defect",
            Self::NotDual => "not-dual",
        }
    }

    /// Whether it names a material.
    pub fn is_material(self) -> bool {
        self.code() <= Self::Heavy.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_permanent() {
        let codes: Vec<(u8, &str)> = Class::ALL.iter().map(|c| (c.code(), c.as_str())).collect();
        assert_eq!(
            codes,
            [
                (1, "organic"),
                (2, "inorganic"),
                (3, "metal"),
                (4, "heavy"),
                (10, "air"),
                (11, "thin"),
                (12, "black"),
                (13, "dense"),
                (14, "impossible"),
                (15, "saturated"),
                (16, "defect"),
                (17, "not-dual"),
            ]
        );
        assert!(
            Class::ALL
                .iter()
                .all(|c| Class::from_code(c.code()) == Some(*c))
        );
        assert_eq!(Class::ALL.iter().filter(|c| c.is_material()).count(), 4);
    }
}
