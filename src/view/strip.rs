//! What strips and alerts do to the pixels of each class.
//!
//! A stripped material leaves the quantity and stays on the picture as a faint grey ghost, never as
//! another material. States in which nothing can be told stay in full grey: a strip that hid them
//! would promise that nothing is there.

use super::View;
use super::grid::Grid;
use super::legend::{LegendRow, outside_band};
use super::material::alarm;
use super::stack::value_word;
use crate::Result;
use crate::filter::{FilterUse, Work, at_work, attenuation, carry};
use crate::messages::{arg, say};
use crate::physics::Class;
use crate::radiograph::Field;
use crate::text::Safe;

/// How far a stripped pixel goes towards the brightness of air.
const FADE: f32 = 0.7;

/// What becomes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Drawn as it is.
    Shown,
    /// A material that a strip took out.
    Stripped,
    /// Marked in the alarm colour.
    Alarmed,
}

/// The strips and alerts of a view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strips {
    /// By class code.
    fates: Vec<Fate>,
    /// By class code: whether the value stays in the quantity.
    kept: Vec<bool>,
    /// Lowest and highest Z of the materials that stay, where bands are among them.
    band: Option<[f32; 2]>,
    /// Whether an alert is among them.
    alerts: bool,
    /// The attenuation above which pixels are marked, where an alert of density is among them.
    threshold: Option<f32>,
    /// The raster pixels without margin that it marks; empty without one.
    dense: Vec<bool>,
    /// What the bands of the quantity take out.
    outside: Vec<LegendRow>,
}

impl Strips {
    /// Those among `filters`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for an unknown filter.
    pub(super) fn of(filters: &[FilterUse]) -> Result<Self> {
        let mut strips = Self {
            fates: vec![Fate::Shown; 256],
            kept: vec![true; 256],
            band: None,
            alerts: false,
            threshold: None,
            dense: Vec::new(),
            outside: Vec::new(),
        };
        for used in at_work(filters) {
            let row = used.row()?;
            match row.work {
                Work::ZBand => strips.narrow(&row.plain_arguments(&used.args)),
                Work::Strip(keep) => strips.strip(keep),
                Work::Alert(marked) => strips.alert(marked),
                Work::DensityAlert => strips.alert_above(row.plain_arguments(&used.args)[0]),
                _ => {}
            }
        }
        Ok(strips)
    }

    fn strip(&mut self, keep: fn(Class) -> bool) {
        for class in Class::ALL.into_iter().filter(|class| !keep(*class)) {
            let code = usize::from(class.code());
            self.kept[code] = false;
            if class.is_material() && self.fates[code] == Fate::Shown {
                self.fates[code] = Fate::Stripped;
            }
        }
    }

    /// Several bands keep what lies in all of them.
    fn narrow(&mut self, ends: &[f64]) {
        let (a, b) = (ends[0] as f32, ends[1] as f32);
        let [low, high] = self.band.unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        self.band = Some([low.max(a.min(b)), high.min(a.max(b))]);
    }

    fn alert(&mut self, marked: fn(Class) -> bool) {
        self.alerts = true;
        for class in Class::ALL.into_iter().filter(|class| marked(*class)) {
            self.fates[usize::from(class.code())] = Fate::Alarmed;
        }
    }

    /// Of several thresholds the lowest marks.
    fn alert_above(&mut self, attenuation: f64) {
        let threshold = attenuation as f32;
        self.threshold = Some(self.threshold.map_or(threshold, |t| t.min(threshold)));
    }

    /// Marks what is above the threshold in the quantity before any filter, margin included.
    pub(super) fn mark(&mut self, grid: &Grid, field: &Field) {
        if let Some(threshold) = self.threshold {
            let values = grid.crop(&field.values).into_iter();
            self.dense = values.map(|v| attenuation(field, v) > threshold).collect();
        }
    }

    /// Names what the bands of the quantity among the filters of `view` take out; `unfiltered` is of
    /// the unit of the quantity before any filter.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for an unknown filter.
    pub(super) fn name_bands(&mut self, view: &View, unfiltered: &Field) -> Result<()> {
        let mut field = Field {
            width: 0,
            height: 0,
            values: Vec::new(),
            ..*unfiltered
        };
        for (at, used) in view.filters.iter().enumerate() {
            let row = used.row()?;
            if matches!(row.work, Work::Band(_)) && !used.bypassed {
                let args = row.arguments(&used.args, &field);
                let word = value_word(&view.filters[..at], field.unit);
                self.outside
                    .push(outside_band([args[0], args[1]], field.unit, word));
            }
            field = carry(std::slice::from_ref(used), field)?;
        }
        Ok(())
    }

    /// The rows of what bands of the quantity take out.
    pub(super) fn outside_rows(&self) -> &[LegendRow] {
        &self.outside
    }

    /// Whether the threshold marks raster pixel `i`.
    pub(super) fn is_dense(&self, i: usize) -> bool {
        self.dense.get(i).is_some_and(|dense| *dense)
    }

    /// The row of what the threshold marks.
    pub(super) fn dense_row(&self) -> Option<LegendRow> {
        let marked = self.dense.iter().filter(|dense| **dense).count();
        let value = Safe::from_outside(&self.threshold?.to_string());
        Some(LegendRow {
            label: say("legend-denser", &[arg("value", &value)]),
            colour: alarm(),
            letter: None,
            share: Some(marked as f64 / self.dense.len().max(1) as f64),
        })
    }

    /// What becomes of the pixels of a code.
    pub(super) fn fate(&self, code: u8) -> Fate {
        self.fates[usize::from(code)]
    }

    /// Whether the values of a code stay in the quantity.
    pub(super) fn keeps(&self, code: u8) -> bool {
        self.kept[usize::from(code)]
    }

    /// Whether some values leave the quantity.
    pub(super) fn take_out(&self) -> bool {
        self.kept.contains(&false) || self.band.is_some()
    }

    /// Lowest and highest Z of the materials that stay.
    pub(super) fn band(&self) -> Option<[f32; 2]> {
        self.band
    }

    /// Whether a band takes out a material of this Z; one that could not be read stays.
    pub(super) fn bars(&self, z: f32) -> bool {
        self.band.is_some_and(|[low, high]| z < low || z > high)
    }

    /// Whether an alert is among them.
    pub(super) fn alerts(&self) -> bool {
        self.alerts || self.threshold.is_some()
    }
}

/// The luminance of a stripped pixel, where air has `air`.
pub(super) fn faint(luminance: f32, air: f32) -> f32 {
    luminance + FADE * (air - luminance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn materials_fade_states_stay_and_alerts_win() {
        let used = |names: &[&str]| -> Vec<FilterUse> {
            names
                .iter()
                .map(|name| name.parse().unwrap_or_else(|e| panic!("{e}")))
                .collect()
        };
        let strips = Strips::of(&used(&["organic-only", "high-z-alert"]));
        let strips = strips.unwrap_or_else(|e| panic!("{e}"));
        for (class, fate, kept) in [
            (Class::Organic, Fate::Shown, true),
            (Class::Metal, Fate::Stripped, false),
            (Class::Heavy, Fate::Alarmed, false),
            (Class::Dense, Fate::Alarmed, false),
            (Class::Black, Fate::Shown, false),
            (Class::Thin, Fate::Shown, false),
        ] {
            assert_eq!(strips.fate(class.code()), fate, "{class:?}");
            assert_eq!(strips.keeps(class.code()), kept, "{class:?}");
        }
        assert!(strips.take_out() && strips.alerts());
    }
}
