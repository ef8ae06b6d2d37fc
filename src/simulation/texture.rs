//! What makes an object uneven: factors on its density, by place in its own x and y.

use serde::Deserialize;

use super::noise::{hash, unit};
use super::scene::{not_negative, positive};
use crate::text::Safe;

/// The textures.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Texture {
    /// Smooth random density, like loose goods.
    Grain {
        /// Largest deviation as a share of the density.
        amplitude: f64,
        /// Size of a grain in mm.
        grain_mm: f64,
    },
    /// Cartons with gaps between them, each a little heavier or lighter.
    Cartons {
        /// Width and height of a carton in mm.
        cell_mm: [f64; 2],
        /// Width of a gap in mm.
        gap_mm: f64,
        /// Largest deviation of a carton as a share of the density.
        amplitude: f64,
    },
    /// A corrugated sheet: more matter where it slopes.
    Corrugation {
        /// From wave to wave in mm, along x.
        period_mm: f64,
        /// How much more matter the slopes have, as a share.
        amplitude: f64,
    },
}

/// Density that is left in a gap between cartons.
const GAP: f64 = 0.15;
/// Share of a corrugation's period that slopes.
const SLOPES: f64 = 0.5;

impl Texture {
    /// Refuses sizes that are none.
    pub(super) fn check(&self) -> Result<(), Safe> {
        match self {
            Self::Grain {
                amplitude,
                grain_mm,
            } => {
                not_negative("texture.amplitude", &[*amplitude])?;
                positive("texture.grain_mm", &[*grain_mm])
            }
            Self::Cartons {
                cell_mm,
                gap_mm,
                amplitude,
            } => {
                not_negative("texture", &[*gap_mm, *amplitude])?;
                positive("texture.cell_mm", cell_mm)
            }
            Self::Corrugation {
                period_mm,
                amplitude,
            } => {
                not_negative("texture.amplitude", &[*amplitude])?;
                positive("texture.period_mm", &[*period_mm])
            }
        }
    }

    /// The factor on the density at `x`, `y` mm from the object's middle; never negative.
    pub(super) fn factor(&self, x: f64, y: f64, seed: u64) -> f64 {
        match *self {
            Self::Grain {
                amplitude,
                grain_mm,
            } => {
                let (u, v) = (x / grain_mm, y / grain_mm);
                let fine = 0.65 * smooth(u, v, seed) + 0.35 * smooth(2.3 * u, 2.3 * v, seed ^ 1);
                (1.0 + amplitude * fine).max(0.0)
            }
            Self::Cartons {
                cell_mm,
                gap_mm,
                amplitude,
            } => {
                let at = [x / cell_mm[0], y / cell_mm[1]];
                let within = |i: usize| (at[i] - at[i].floor()) * cell_mm[i];
                if within(0) < gap_mm || within(1) < gap_mm {
                    return GAP;
                }
                (1.0 + amplitude * lattice(at[0].floor() as i64, at[1].floor() as i64, seed))
                    .max(0.0)
            }
            Self::Corrugation {
                period_mm,
                amplitude,
            } => {
                let phase = (x / period_mm).rem_euclid(0.5);
                if phase < SLOPES / 2.0 {
                    1.0 + amplitude
                } else {
                    1.0
                }
            }
        }
    }
}

/// A random number of a lattice point, -1 to 1.
fn lattice(i: i64, j: i64, seed: u64) -> f64 {
    2.0 * unit(hash(seed, [i as u64, j as u64])) - 1.0
}

/// Random numbers of lattice points with smooth passages between them, -1 to 1.
fn smooth(u: f64, v: f64, seed: u64) -> f64 {
    let (i, j) = (u.floor(), v.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (s, t) = (ease(u - i), ease(v - j));
    let at = |di: i64, dj: i64| lattice(i as i64 + di, j as i64 + dj, seed);
    let top = at(0, 0) + s * (at(1, 0) - at(0, 0));
    let bottom = at(0, 1) + s * (at(1, 1) - at(0, 1));
    top + t * (bottom - top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textures_keep_their_bounds_and_their_mean() {
        let grain = Texture::Grain {
            amplitude: 0.3,
            grain_mm: 10.0,
        };
        let cartons = Texture::Cartons {
            cell_mm: [40.0, 30.0],
            gap_mm: 2.0,
            amplitude: 0.1,
        };
        let factors = |texture: &Texture| -> Vec<f64> {
            (0..10_000)
                .map(|i| texture.factor((i % 100) as f64 * 7.3, (i / 100) as f64 * 7.1, 5))
                .collect()
        };
        let smooth = factors(&grain);
        let mean = smooth.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
        assert!(smooth.iter().all(|f| (0.7..=1.3).contains(f)));
        let stacked = factors(&cartons);
        let gaps = stacked.iter().filter(|f| **f == GAP).count();
        // 2 of 40 mm and 2 of 30 mm.
        assert!((800..1500).contains(&gaps), "{gaps}");
    }

    #[test]
    fn a_texture_depends_on_place_and_seed_alone() {
        let grain = Texture::Grain {
            amplitude: 0.3,
            grain_mm: 10.0,
        };
        assert_eq!(grain.factor(3.0, 4.0, 7), grain.factor(3.0, 4.0, 7));
        assert_ne!(grain.factor(3.0, 4.0, 7), grain.factor(3.0, 4.0, 8));
    }
}
