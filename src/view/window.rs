//! The grey window: centre and width, their mapping to luminance, their steps, and the automatic
//! choice.
//!
//! Stored samples follow DICOM PS3.3 C.11.2.1.2.1 (VOI LUT Function LINEAR); transmission and
//! attenuation, which are not whole numbers, follow C.11.2.1.3.2 (`LINEAR_EXACT`); all may follow
//! C.11.2.1.3.1 (SIGMOID). Air is always drawn bright, whatever the file's polarity, unless the
//! analyst inverts.

// Only what is inlined is compiled for wider registers.
#![allow(clippy::inline_always)]

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::filter::{self, FilterUse};
use crate::lanes::wide;
use crate::radiograph::{Field, Plane, Polarity, Size, Survey, Unit};

/// Transmissions that the automatic window looks at: neither air nor darkness.
pub(super) const MATTER: [f64; 2] = [0.001, 0.98];
/// Percentiles that the automatic window spans.
const SPAN: [f64; 2] = [0.005, 0.995];
/// Narrowest window as a share of full scale.
const NARROWEST: f64 = 1e-4;

/// Centre and width of the grey window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Centre in `unit`.
    pub centre: f64,
    /// Width in `unit`, above zero.
    pub width: f64,
    /// Of what.
    pub unit: Unit,
    /// The curve between the edges; `None` is the unit's own, as in records of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<WindowFunction>,
}

/// The curve from a value to a luminance: the VOI LUT Functions of DICOM PS3.3 C.11.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowFunction {
    /// A line over whole stored values (C.11.2.1.2.1).
    Linear,
    /// A line over the exact width (C.11.2.1.3.2).
    LinearExact,
    /// An S that nears both ends and cuts nothing off (C.11.2.1.3.1).
    Sigmoid,
}

impl WindowFunction {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Linear, Self::LinearExact, Self::Sigmoid];

    /// Its word in `--window-function` and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::LinearExact => "linear-exact",
            Self::Sigmoid => "sigmoid",
        }
    }

    /// The function of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The one that values of `unit` follow unless another is asked for.
    pub fn of(unit: Unit) -> Self {
        match unit {
            Unit::Sample => Self::Linear,
            _ => Self::LinearExact,
        }
    }

    /// Whether values of `unit` can follow it: LINEAR counts whole stored values.
    pub fn serves(self, unit: Unit) -> bool {
        self != Self::Linear || unit == Unit::Sample
    }
}

/// How far one key moves a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A tenth of the width.
    Coarse,
    /// A hundredth of the width.
    Fine,
}

impl Step {
    /// Share of the width.
    fn share(self) -> f64 {
        match self {
            Self::Coarse => 0.1,
            Self::Fine => 0.01,
        }
    }
}

impl Window {
    /// The window from `low` to `high`, at least as wide as the narrowest.
    pub fn between(low: f64, high: f64, unit: Unit) -> Self {
        let narrowest = match unit {
            Unit::Sample => 1.0,
            _ => NARROWEST,
        };
        Self {
            centre: f64::midpoint(low, high),
            width: (high - low).abs().max(narrowest),
            unit,
            function: None,
        }
    }

    /// The curve in force.
    pub fn function(self) -> WindowFunction {
        self.function.unwrap_or(WindowFunction::of(self.unit))
    }

    /// The same edges under another curve; `None` where its unit cannot follow it.
    pub fn with_function(self, function: WindowFunction) -> Option<Self> {
        let function = function.serves(self.unit).then_some(function)?;
        Some(Self {
            function: Some(function).filter(|function| *function != WindowFunction::of(self.unit)),
            ..self
        })
    }

    /// This window under the curve of `other`, as far as its unit can follow it.
    #[must_use]
    pub fn curved_as(self, other: Self) -> Self {
        let asked = other.function.unwrap_or(WindowFunction::of(self.unit));
        self.with_function(asked).unwrap_or(self)
    }

    /// Lowest and highest value that are told apart.
    pub fn edges(self) -> [f64; 2] {
        [
            self.centre - self.width / 2.0,
            self.centre + self.width / 2.0,
        ]
    }

    /// The luminance of `value`, 0 to 1; NaN stays NaN.
    pub fn luminance(self, value: f32, polarity: Polarity) -> f32 {
        self.curve(polarity).luminance(value)
    }

    /// The window made ready for many values of one polarity.
    pub fn curve(self, polarity: Polarity) -> Curve {
        // C.11.2.1.2.1 LINEAR: y = (x - (c - 0.5)) / (w - 1) + 0.5; w = 1 is a threshold.
        // C.11.2.1.3.2 LINEAR_EXACT: y = (x - c) / w + 0.5.
        // C.11.2.1.3.1 SIGMOID: y = 1 / (1 + exp(-4 (x - c) / w)).
        let (centre, width, bend) = match self.function() {
            WindowFunction::Linear if self.width <= 1.0 => (self.centre - 0.5, 1.0, Bend::Step),
            WindowFunction::Linear => (self.centre - 0.5, self.width - 1.0, Bend::Line),
            WindowFunction::LinearExact => (self.centre, self.width, Bend::Line),
            WindowFunction::Sigmoid => (self.centre, self.width, Bend::Sigmoid),
        };
        let slope = 1.0 / width.max(f64::from(f32::MIN_POSITIVE));
        let turn = if polarity == Polarity::BrightIsDense {
            -1.0
        } else {
            1.0
        };
        Curve {
            centre: centre as f32,
            slope: (turn * slope).clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32,
            bend,
        }
    }

    /// The centre moved by `steps`.
    #[must_use]
    pub fn centre_moved(self, steps: f64, step: Step) -> Self {
        Self {
            centre: self.centre + steps * step.share() * self.width,
            ..self
        }
    }

    /// The width changed by `steps`, each by the step's share; wider for positive steps.
    #[must_use]
    pub fn width_changed(self, steps: f64, step: Step) -> Self {
        let width = self.width * (1.0 + step.share()).powf(steps);
        Self {
            width: Self::between(0.0, width, self.unit).width,
            ..self
        }
    }

    /// The part of this window from `from` to `to`, shares 0..=1 of its width.
    #[must_use]
    pub fn part(self, from: f64, to: f64) -> Self {
        let [low, _] = self.edges();
        Self {
            function: self.function,
            ..Self::between(low + from * self.width, low + to * self.width, self.unit)
        }
    }

    /// The part of this window that `other` of the same unit covers, in shares of its width; beyond
    /// 0..=1 where it reaches farther.
    pub fn share_of(self, other: Self) -> [f64; 2] {
        let [low, _] = self.edges();
        other.edges().map(|edge| (edge - low) / self.width)
    }

    /// The same edges in another unit, between transmission and attenuation; `None` between
    /// samples and either, because the window says nothing of the air, and for quantities that
    /// need both energies.
    pub fn in_unit(self, unit: Unit) -> Option<Self> {
        let [low, high] = self.edges();
        let there = match (self.unit, unit) {
            (from, to) if from == to => return Some(self),
            (Unit::Transmission, Unit::Attenuation) => {
                let alpha = |t: f64| -t.max(MATTER[0]).ln();
                Self::between(alpha(high), alpha(low), unit)
            }
            (Unit::Attenuation, Unit::Transmission) => {
                Self::between((-high).exp(), (-low).exp(), unit)
            }
            _ => return None,
        };
        Some(there.curved_as(self))
    }

    /// From the 0.5 to the 99.5 percentile of the values that there are.
    pub(super) fn of_field(field: &Field) -> Self {
        let mut values: Vec<f32> = field
            .values
            .iter()
            .copied()
            .filter(|v| v.is_finite())
            .collect();
        values.sort_by(f32::total_cmp);
        let last = values.len().saturating_sub(1) as f64;
        let edge = |share: f64| {
            let value = values.get((share * last).round() as usize);
            value.map_or(0.0, |value| f64::from(*value))
        };
        Self::between(edge(SPAN[0]), edge(SPAN[1]), field.unit)
    }

    /// The automatic window of a plane under `filters`: 0.5 to 99.5 percentile of the pixels with
    /// a transmission between 0.001 and 0.98, of all pixels where that is unknown or none is so.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for an unknown filter.
    pub fn auto(survey: &Survey, plane: &Plane, filters: &[FilterUse]) -> Result<Self> {
        let [low, high] = match survey.unit {
            Unit::Transmission => MATTER,
            _ => [f64::NEG_INFINITY, f64::INFINITY],
        };
        let edge = |share| {
            survey
                .percentile(share, low, high)
                .or_else(|| survey.percentile(share, f64::NEG_INFINITY, f64::INFINITY))
                .unwrap_or(share) as f32
        };
        Self::through(quantity(plane, SPAN.map(edge).to_vec()), filters)
    }

    /// The automatic window of a field that holds every value that counts: the same percentiles;
    /// from nothing to full scale where there is no value.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for an unknown filter.
    pub(super) fn auto_of(mut field: Field, filters: &[FilterUse]) -> Result<Self> {
        field.values.retain(|value| value.is_finite());
        field.values.sort_by(f32::total_cmp);
        let last = field.values.len().saturating_sub(1) as f64;
        let empty = [0.0, field.full_scale];
        let at = |end: usize| {
            let place = (SPAN[end] * last).round() as usize;
            field.values.get(place).copied().unwrap_or(empty[end])
        };
        let ends = Field {
            width: 2,
            height: 1,
            values: vec![at(0), at(1)],
            ..field
        };
        Self::through(ends, filters)
    }

    /// The window between the two values of `ends` after `filters`.
    fn through(ends: Field, filters: &[FilterUse]) -> Result<Self> {
        let ends = filter::carry(filters, ends)?;
        let [a, b] = [ends.values[0], ends.values[1]].map(f64::from);
        Ok(Self::between(a.min(b), a.max(b), ends.unit))
    }
}

/// Values in a plane's own quantity, as a field of one row.
pub(super) fn quantity(plane: &Plane, values: Vec<f32>) -> Field {
    let row = Size {
        width: values.len(),
        height: 1,
    };
    plane.field(row, values)
}

/// A window made ready: a line `(value - centre) * slope + 0.5` within 0 to 1, a step, or an S.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    centre: f32,
    slope: f32,
    bend: Bend,
}

/// The shape of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bend {
    Line,
    Step,
    Sigmoid,
}

impl Curve {
    /// [`Curve::luminance`] of each of `values` into `luminances`.
    pub(super) fn luminances(self, values: &[f32], luminances: &mut [f32]) {
        match self.bend {
            // A line that is known here is drawn many pixels at once.
            Bend::Line => {
                let line = Self {
                    bend: Bend::Line,
                    ..self
                };
                wide!(line.each(values, luminances));
            }
            _ => self.each(values, luminances),
        }
    }

    #[inline(always)]
    fn each(self, values: &[f32], luminances: &mut [f32]) {
        for (luminance, value) in luminances.iter_mut().zip(values) {
            *luminance = self.luminance(*value);
        }
    }

    /// The luminance of `value`, 0 to 1; NaN stays NaN.
    #[inline(always)]
    pub fn luminance(self, value: f32) -> f32 {
        let along = (value - self.centre) * self.slope;
        match self.bend {
            Bend::Line => (along + 0.5).clamp(0.0, 1.0),
            Bend::Sigmoid => 1.0 / (1.0 + (-4.0 * along).exp()),
            Bend::Step if value.is_nan() => value,
            // The standard's threshold belongs to the lower side.
            Bend::Step if (value > self.centre) == (self.slope > 0.0) => 1.0,
            Bend::Step => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Cancel;
    use crate::radiograph::{Air, PlaneName};

    fn grey(window: Window, x: f32) -> f32 {
        window.luminance(x, Polarity::BrightIsAir) * 255.0
    }

    #[test]
    fn the_worked_examples_of_dicom() {
        // PS3.3 C.11.2.1.2.1: c = 2048, w = 4096: y = ((x - 2047.5) / 4095 + 0.5) * 255.
        let w = |centre, width| Window {
            centre,
            width,
            unit: Unit::Sample,
            function: None,
        };
        for x in [0.0, 1.0, 1000.0, 2047.0, 2048.0, 4095.0, 5000.0] {
            let y = (((x - 2047.5) / 4095.0 + 0.5) * 255.0_f32).clamp(0.0, 255.0);
            assert!((grey(w(2048.0, 4096.0), x) - y).abs() < 1e-2, "{x}");
        }
        // c = 2048, w = 1: black up to 2047, white from 2048.
        assert_eq!(grey(w(2048.0, 1.0), 2047.0), 0.0);
        assert_eq!(grey(w(2048.0, 1.0), 2048.0), 255.0);
        // c = 0, w = 100: y = ((x + 0.5) / 99 + 0.5) * 255.
        assert_eq!(grey(w(0.0, 100.0), -50.0), 0.0);
        assert_eq!(grey(w(0.0, 100.0), 50.0), 255.0);
        let y = (10.5 / 99.0 + 0.5) * 255.0;
        assert!((grey(w(0.0, 100.0), 10.0) - y).abs() < 1e-3);
    }

    #[test]
    fn linear_exact_spans_the_whole_width() {
        let window = Window::between(0.2, 0.6, Unit::Transmission);
        for (x, y) in [(0.2, 0.0), (0.4, 0.5), (0.6, 1.0), (0.0, 0.0), (1.0, 1.0)] {
            assert!((window.luminance(x, Polarity::BrightIsAir) - y).abs() < 1e-6);
            assert!((window.luminance(x, Polarity::BrightIsDense) - (1.0 - y)).abs() < 1e-6);
        }
    }

    #[test]
    fn steps_move_by_shares_of_the_width_and_never_close_it() {
        let window = Window::between(0.2, 0.6, Unit::Transmission);
        assert!((window.centre_moved(2.0, Step::Coarse).centre - 0.48).abs() < 1e-9);
        assert!((window.width_changed(1.0, Step::Fine).width - 0.404).abs() < 1e-9);
        assert!(window.width_changed(-1e6, Step::Coarse).width > 0.0);
    }

    #[test]
    fn a_window_goes_to_attenuation_and_back() {
        let t = Window::between(0.1, 0.5, Unit::Transmission);
        let back = t
            .in_unit(Unit::Attenuation)
            .and_then(|a| a.in_unit(Unit::Transmission));
        assert!(back.is_some_and(|b| (b.centre - t.centre).abs() < 1e-9));
        assert_eq!(t.in_unit(Unit::Sample), None);
    }

    #[test]
    fn the_automatic_window_ignores_air_and_darkness_and_follows_log() {
        let mut samples = vec![1000; 5000];
        samples.extend(vec![0; 5000]);
        samples.extend((0..1000).map(|i| 100 + (i % 401) as u16));
        let mut plane = Plane::new(PlaneName::Grey, samples.len(), 1, samples);
        plane.air = Some(Air::Uniform(1000.0));
        let survey = Survey::of(&plane, &Cancel::never());
        let window = survey.and_then(|s| {
            let log = FilterUse::new("log", vec![]);
            Ok((
                Window::auto(&s, &plane, &[])?,
                Window::auto(&s, &plane, &[log])?,
            ))
        });
        let Ok((plain, logged)) = window else {
            panic!("no window")
        };
        let [low, high] = plain.edges();
        assert!((low - 0.1).abs() < 0.005 && (high - 0.5).abs() < 0.005);
        assert_eq!(logged.unit, Unit::Attenuation);
        assert!((logged.edges()[0] - 0.693).abs() < 0.01);
    }
}
