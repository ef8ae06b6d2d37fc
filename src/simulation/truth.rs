//! What is known of a pixel because it was made: effective atomic number of the pile, its mass
//! thickness, and which thing is on top.

use super::place::Thing;
use crate::physics::matter::Matter;
use crate::radiograph::EnergyUnit;

/// Exponent of the mean over the electrons for tubes, as in [`Matter::effective_z`].
const TUBE_EXPONENT: f64 = 2.94;
/// Energy in `MeV` at which Compton scattering counts electrons.
const COUNTING: f64 = 1.0;

/// Effective atomic numbers of piles.
#[derive(Debug, Clone)]
pub(super) struct PileZ {
    exponent: f64,
    /// By material: electrons per gram in no unit, and Z to the exponent.
    of: Vec<[f64; 2]>,
}

impl PileZ {
    /// For the materials of a scene.
    pub(super) fn new(materials: &[Matter], unit: EnergyUnit) -> Self {
        let exponent = match unit {
            EnergyUnit::Kilovolt => TUBE_EXPONENT,
            EnergyUnit::Megavolt => 1.0,
        };
        let of = |matter: &Matter| {
            let electrons = matter.at(COUNTING).incoherent;
            [electrons, matter.effective_z(unit).powf(exponent)]
        };
        Self {
            exponent,
            of: materials.iter().map(of).collect(),
        }
    }

    /// The mean over the electrons of layers of material and mass thickness; NaN for none.
    pub(super) fn of(&self, layers: &[(usize, f32)]) -> f32 {
        let (mut electrons, mut sum) = (0.0, 0.0);
        for (material, mass) in layers {
            let [per_gram, power] = self.of[*material];
            electrons += per_gram * f64::from(*mass);
            sum += per_gram * f64::from(*mass) * power;
        }
        (sum / electrons).powf(self.exponent.recip()) as f32
    }
}

/// Where a thing is seen: its box and its number of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Left, top, right and bottom pixel, ends included.
    pub(super) ends: [usize; 4],
    /// Pixels that it has a part in.
    pub(super) area: usize,
}

impl Extent {
    /// Not seen anywhere.
    pub(super) const NOWHERE: Self = Self {
        ends: [usize::MAX, usize::MAX, 0, 0],
        area: 0,
    };

    /// Counts a pixel.
    pub(super) fn add(&mut self, x: usize, y: usize) {
        let [left, top, right, bottom] = self.ends;
        self.ends = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
        self.area += 1;
    }

    /// Counts another part.
    pub(super) fn join(&mut self, other: &Self) {
        let (a, b) = (self.ends, other.ends);
        self.ends = [
            a[0].min(b[0]),
            a[1].min(b[1]),
            a[2].max(b[2]),
            a[3].max(b[3]),
        ];
        self.area += other.area;
    }

    /// Left, top, width and height; `None` when it is seen nowhere.
    pub(super) fn region(&self) -> Option<[usize; 4]> {
        let [left, top, right, bottom] = self.ends;
        (self.area > 0).then(|| [left, top, right - left + 1, bottom - top + 1])
    }
}

/// A thing of the scene as the ground truth tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Its label; `None` for a calibration block without one.
    pub label: Option<String>,
    /// The material of a calibration block.
    pub block: Option<String>,
    /// Left, top, width and height in scan pixels; `None` when it is seen nowhere.
    pub region: Option<[usize; 4]>,
    /// Pixels that it has a part in.
    pub area: usize,
}

impl Truth {
    /// Of a thing and where it is seen.
    pub(super) fn new(thing: &Thing, extent: &Extent) -> Self {
        Self {
            label: thing.label.clone(),
            block: thing.block.clone(),
            region: extent.region(),
            area: extent.area,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pile_of_one_matter_has_its_own_number() {
        let named = |name| Matter::named(name).unwrap_or_else(|e| panic!("{e}"));
        let materials = [named("water"), named("steel"), named("copper")];
        for unit in [EnergyUnit::Kilovolt, EnergyUnit::Megavolt] {
            let pile = PileZ::new(&materials, unit);
            for (i, matter) in materials.iter().enumerate() {
                let got = f64::from(pile.of(&[(i, 3.0)]));
                assert!((got - matter.effective_z(unit)).abs() < 1e-3, "{got}");
            }
            let mixed = pile.of(&[(0, 1.0), (1, 1.0)]);
            assert!((8.0..26.0).contains(&mixed), "{mixed}");
            assert!(pile.of(&[]).is_nan());
        }
    }

    #[test]
    fn parts_of_an_extent_make_one() {
        let mut a = Extent::NOWHERE;
        assert_eq!(a.region(), None);
        a.add(3, 4);
        let mut b = Extent::NOWHERE;
        b.add(7, 2);
        a.join(&b);
        assert_eq!((a.region(), a.area), (Some([3, 2, 5, 3]), 2));
    }
}
