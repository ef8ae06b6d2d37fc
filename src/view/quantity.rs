//! What the scanner's tables read off a raster: Z, mass thickness, and the steel that attenuates as
//! much. A pixel whose class says that it cannot be told has no value.

use super::grid::Grid;
use super::legend::{LegendRow, Telling, state_grey};
use super::strip::Fate;
use crate::physics::inversion::{Reading, Table};
use crate::physics::scanner::{STEEL_G_CM2_PER_MM, Scanner};
use crate::physics::{Class, Told, attenuation};
use crate::radiograph::{Field, Polarity, Unit};

/// Atomic number of iron, which stands for steel.
const IRON: usize = 26;

/// A raster whose classes were told, and the tables of its rows.
pub(super) struct Raster<'a> {
    /// Whose tables.
    pub(super) scanner: &'a Scanner,
    /// Classes and the attenuations that they were told by.
    pub(super) told: &'a Told,
    /// Transmission of the high energy.
    pub(super) high: &'a Field,
    /// Attenuation that every pixel of the high energy loses: a background's.
    pub(super) taken: Option<&'a [f32]>,
    /// Where its rows are in the scan.
    pub(super) grid: &'a Grid,
    /// Rows of the scan.
    pub(super) height: usize,
}

impl Raster<'_> {
    /// Effective atomic number, by the attenuations of the class; NaN where it is no material.
    pub(super) fn z(&self) -> Vec<f32> {
        self.each(|table, i| self.reading(table, i).map_or(f32::NAN, |reading| reading.z))
    }

    /// Mass thickness or steel; NaN where not determinable.
    pub(super) fn quantity(&self, unit: Unit) -> Field {
        let middle = self.scanner.table(self.height / 2, self.height);
        Field {
            values: match unit {
                Unit::Steel => self.each(|table, i| self.steel(table, i)),
                _ => self.each(|table, i| self.mass_thickness(table, i)),
            },
            unit,
            polarity: Polarity::BrightIsDense,
            full_scale: of_iron(middle, 1.0, unit),
            ..*self.high
        }
    }

    /// A value for every pixel by its row's table.
    fn each(&self, of: impl Fn(&Table, usize) -> f32) -> Vec<f32> {
        let width = self.high.width;
        let mut values = Vec::with_capacity(width * self.high.height);
        for y in 0..self.high.height {
            let table = self
                .scanner
                .table(self.grid.scan_row(y).max(0.0) as usize, self.height);
            values.extend((y * width..(y + 1) * width).map(|i| of(table, i)));
        }
        values
    }

    /// What the table reads at a pixel that names a material.
    fn reading(&self, table: &Table, i: usize) -> Option<Reading> {
        let [high, low] = self.told.alphas.each_ref().map(|alpha| alpha[i]);
        let material = self.told.classes[i].is_material();
        table.read(high, low).filter(|_| material)
    }

    fn mass_thickness(&self, table: &Table, i: usize) -> f32 {
        if self.told.classes[i] == Class::Air {
            return 0.0;
        }
        let reading = self.reading(table, i);
        reading.map_or(f32::NAN, |reading| reading.mass_thickness)
    }

    /// The high energy alone tells it, so every pixel stands for itself.
    fn steel(&self, table: &Table, i: usize) -> f32 {
        let class = self.told.classes[i];
        if class == Class::Air {
            0.0
        } else if is_determinable(class, Unit::Steel) {
            let taken = self.taken.map_or(0.0, |taken| taken[i]);
            let alpha = attenuation(self.high.values[i]) - taken;
            of_iron(table, alpha.max(0.0), Unit::Steel)
        } else {
            f32::NAN
        }
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
