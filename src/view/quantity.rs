//! What the scanner's tables read off a raster: Z, mass thickness, and the steel that attenuates as
//! much. A pixel whose class says that it cannot be told has no value.

use super::legend::{LegendRow, Telling, state_grey};
use super::strip::Fate;
use crate::physics::inversion::Table;
use crate::physics::scanner::{STEEL_G_CM2_PER_MM, Scanner};
use crate::physics::{Class, Readings, attenuation};
use crate::radiograph::{Field, Polarity, Unit};

/// Atomic number of iron, which stands for steel.
const IRON: usize = 26;

/// A raster whose classes were told, and the tables of its rows.
pub(super) struct Raster<'a> {
    /// Z and mass thickness, whatever the class.
    pub(super) readings: Readings,
    /// Whose tables.
    pub(super) scanner: &'a Scanner,
    /// The classes.
    pub(super) classes: &'a [Class],
    /// The high energy's attenuations that they were read at.
    pub(super) alphas: &'a [f32],
    /// Transmission of the high energy.
    pub(super) high: &'a Field,
    /// Its mean attenuations, where the raster is coarser than the scan.
    pub(super) means: Option<&'a [f32]>,
    /// Attenuation that every pixel of the high energy loses: a background's.
    pub(super) taken: Option<&'a [f32]>,
    /// The scan's row under each row.
    pub(super) rows: Vec<usize>,
    /// Rows of the scan.
    pub(super) height: usize,
}

impl Raster<'_> {
    /// Effective atomic number, by the attenuations of the class; NaN where it is no material.
    pub(super) fn z(&self) -> Vec<f32> {
        self.of_materials(&self.readings.z)
    }

    /// Values that only materials have.
    fn of_materials(&self, values: &[f32]) -> Vec<f32> {
        let known = |i: usize| {
            let told = self.scanner.tells(self.readings.z[i], self.alphas[i]);
            if told && self.classes[i].is_material() {
                values[i]
            } else {
                f32::NAN
            }
        };
        (0..values.len()).map(known).collect()
    }

    /// Mass thickness or steel; NaN where not determinable.
    pub(super) fn quantity(&self, unit: Unit) -> Field {
        let middle = self.scanner.table(self.height / 2, self.height);
        Field {
            values: match unit {
                Unit::Steel => self.steel(),
                _ => self.mass_thickness(),
            },
            unit,
            polarity: Polarity::BrightIsDense,
            full_scale: of_iron(middle, 1.0, unit),
            ..*self.high
        }
    }

    fn mass_thickness(&self) -> Vec<f32> {
        let mut values = self.of_materials(&self.readings.mass_thickness);
        for (value, class) in values.iter_mut().zip(self.classes) {
            if *class == Class::Air {
                *value = 0.0;
            }
        }
        values
    }

    /// The high energy alone tells it, so every pixel stands for itself.
    fn steel(&self) -> Vec<f32> {
        let width = self.high.width;
        let mut values = Vec::with_capacity(self.classes.len());
        for (y, row) in self.rows.iter().enumerate() {
            let table = self.scanner.table(*row, self.height);
            values.extend((y * width..(y + 1) * width).map(|i| self.steel_at(table, i)));
        }
        values
    }

    fn steel_at(&self, table: &Table, i: usize) -> f32 {
        let class = self.classes[i];
        if class == Class::Air {
            return 0.0;
        }
        if !is_determinable(class, Unit::Steel) {
            return f32::NAN;
        }
        let taken = self.taken.map_or(0.0, |taken| taken[i]);
        let own = self.means.map(|means| means[i]);
        let alpha = own.unwrap_or_else(|| attenuation(self.high.values[i])) - taken;
        of_iron(table, alpha.max(0.0), Unit::Steel)
    }
}

/// The quantity of iron that attenuates the high energy by `alpha`.
fn of_iron(table: &Table, alpha: f32, unit: Unit) -> f32 {
    let mass = table.mass_thickness(alpha, IRON);
    if unit == Unit::Steel {
        mass / STEEL_G_CM2_PER_MM as f32
    } else {
        mass
    }
}

/// Whether a pixel of this class has a value in `unit`, [`Unit::MassThickness`] or [`Unit::Steel`]:
/// steel needs only an attenuation.
pub(super) fn is_determinable(class: Class, unit: Unit) -> bool {
    match class {
        Class::Thin | Class::Dense => unit == Unit::Steel,
        Class::Air => true,
        class => class.is_material(),
    }
}

/// The legend's rows of the states without a value, and of what strips and alerts change.
pub(super) fn state_rows(telling: Telling<'_>, unit: Unit) -> Vec<LegendRow> {
    let Some(shares) = telling.shares else {
        return Vec::new();
    };
    let named = |class: Class| {
        let changed = telling.fate(class) != Fate::Shown;
        changed || !is_determinable(class, unit) && shares.share(class) > 0.0
    };
    Class::ALL
        .into_iter()
        .filter(|class| named(*class) && telling.can_be(*class))
        .map(|class| telling.row(class, state_grey(class), shares.share(class)))
        .collect()
}
