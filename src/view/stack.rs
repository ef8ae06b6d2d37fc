//! The filter stack as an analyst edits it: each filter with its arguments in force, their units,
//! and how far one key moves them.

use super::View;
use super::window::quantity;
use crate::filter::{Filter, FilterUse, Gives, Parameter, ParameterUnit, carry, gives};
use crate::radiograph::{Field, Radiograph, Unit};
use crate::{Error, Result};

/// Most that one step moves a length in the scan, scan pixels.
const LONGEST_STEP: f64 = 10.0;
/// Steps of a unit of the displayed quantity to its full scale.
const PARTS: f64 = 100.0;

/// One filter of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct StackRow {
    /// The filter as the view has it.
    pub used: FilterUse,
    /// Its arguments in force, defaults included, in the table's order.
    pub arguments: Vec<f64>,
    /// The unit of the quantity that it is given.
    pub unit: Unit,
    /// The word of what that quantity is, in message ids.
    pub word: &'static str,
    /// That unit's full scale.
    full_scale: f64,
}

impl View {
    /// The filters in order, bypassed ones included.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for a missing plane, [`Error::Request`] for an unknown filter.
    pub fn stack(&self, radiograph: &Radiograph) -> Result<Vec<StackRow>> {
        let mut field = quantity(self.plane(radiograph)?, Vec::new());
        field.unit = self.display.read().unwrap_or(field.unit);
        let mut rows = Vec::with_capacity(self.filters.len());
        for (at, used) in self.filters.iter().enumerate() {
            let word = value_word(&self.filters[..at], field.unit);
            rows.push(StackRow::of(used, &field, word)?);
            field = carry(std::slice::from_ref(used), field)?;
        }
        Ok(rows)
    }

    /// The word of what the picture's values of `unit` are, in message ids: the unit's, or `filtered`
    /// where a filter has left no quantity.
    pub fn value_word(&self, unit: Unit) -> &'static str {
        value_word(&self.filters, unit)
    }
}

/// [`View::value_word`] after `filters`.
pub(super) fn value_word(filters: &[FilterUse], unit: Unit) -> &'static str {
    match gives(filters) {
        Gives::Quantity => unit.as_str(),
        Gives::Brightness => "filtered",
    }
}

impl StackRow {
    /// A filter that is given values as those of `field`.
    fn of(used: &FilterUse, field: &Field, word: &'static str) -> Result<Self> {
        let mut arguments = used.row()?.arguments(&used.args, field);
        // A default brought to the field's unit has digits that nobody typed.
        for default in arguments.iter_mut().skip(used.args.len()) {
            *default = (*default * 1e6).round() / 1e6;
        }
        Ok(Self {
            used: used.clone(),
            arguments,
            unit: field.unit,
            word,
            full_scale: f64::from(field.full_scale),
        })
    }

    /// Its row in the table of filters.
    pub fn filter(&self) -> Option<&'static Filter> {
        self.used.row().ok()
    }

    /// One of its parameters.
    pub fn parameter(&self, at: usize) -> Option<&'static Parameter> {
        self.filter()?.parameters.get(at)
    }

    /// How far one coarse step moves a parameter: 1, 2 or 5 times a power of ten that suits its
    /// default, the same wherever it stands, so that a step back undoes a step.
    pub fn step(&self, parameter: &Parameter) -> f64 {
        let [low, high] = parameter.range;
        let about = parameter.default.abs().max((high - low) / 100.0);
        match parameter.unit {
            ParameterUnit::One => rounded_down(about / 10.0),
            ParameterUnit::ScanPixels => rounded_down(about / 10.0).min(LONGEST_STEP),
            ParameterUnit::Displayed => match self.unit {
                Unit::Transmission => 1.0 / PARTS,
                Unit::Attenuation => 0.05,
                Unit::Sample => rounded_down(self.full_scale / PARTS),
                Unit::MassThickness | Unit::Steel => 1.0,
            },
        }
    }

    /// The filter with parameter `at` moved by `steps` coarse steps, whole or in tenths, as far as
    /// its range goes.
    ///
    /// # Errors
    /// [`Error::Request`] where it has no such parameter.
    pub fn stepped(&self, at: usize, steps: f64) -> Result<FilterUse> {
        let parameter = self.parameter(at).ok_or_else(no_parameter)?;
        let fine = self.step(parameter) / 10.0;
        let moved = self.arguments[at] + steps * fine * 10.0;
        // Whole fine steps, so that 0.1 + 0.2 is 0.3.
        let decimals = (-fine.log10().floor()).max(0.0) as usize;
        let moved = format!("{:.decimals$}", (moved / fine).round() * fine);
        let [low, high] = parameter.range;
        self.with(at, moved.parse().unwrap_or(low).clamp(low, high))
    }

    /// The filter with parameter `at` at `value`.
    ///
    /// # Errors
    /// [`Error::Request`] where it has no such parameter, or for a value out of its range.
    pub fn with(&self, at: usize, value: f64) -> Result<FilterUse> {
        let mut args = self.arguments.clone();
        *args.get_mut(at).ok_or_else(no_parameter)? = value;
        let used = FilterUse {
            args,
            ..self.used.clone()
        };
        crate::filter::check(&used)?;
        Ok(used)
    }
}

/// The error of a filter without arguments.
fn no_parameter() -> Error {
    Error::request(crate::messages::say("stack-no-argument", &[]))
}

/// The largest of 1, 2 and 5 times a power of ten that is not above `value`.
fn rounded_down(value: f64) -> f64 {
    let decade = 10_f64.powf(value.max(1e-9).log10().floor());
    // A hair below a step is that step.
    let part = value / decade + 1e-9;
    let part = [5.0, 2.0, 1.0].into_iter().find(|step| part >= *step);
    part.unwrap_or(1.0) * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_numbers() {
        for (value, step) in [
            (0.18, 0.1),
            (2.4, 2.0),
            (655.35, 500.0),
            (1.0, 1.0),
            (0.012, 0.01),
        ] {
            assert!((rounded_down(value) - step).abs() < 1e-12, "{value}");
        }
    }
}
