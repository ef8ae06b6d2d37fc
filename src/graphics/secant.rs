//! Where something that is dear to count becomes nothing: a few guided guesses.
//!
//! The secant method with the places known on either side as its fence (regula falsi), a little to
//! the side on which the value is not below nothing.

/// Looks for the place where something that falls or rises becomes 0.
pub(crate) struct Secant {
    slope: f64,
    last: Option<(f64, f64)>,
    /// The nearest places known on either side: where it is below 0, and where not.
    sides: [Option<f64>; 2],
}

impl Secant {
    /// `slope` is the first guess at how the value changes with the place.
    pub(crate) fn new(slope: f64) -> Self {
        Self {
            slope,
            last: None,
            sides: [None; 2],
        }
    }

    /// Where to look next, after `value` was found at `place`.
    pub(crate) fn next(&mut self, place: f64, value: f64) -> f64 {
        if let Some((before, was)) = self.last {
            let slope = (value - was) / (place - before);
            if slope.is_finite() && slope * self.slope > 0.0 {
                self.slope = slope;
            }
        }
        self.last = Some((place, value));
        self.sides[usize::from(value >= 0.0)] = Some(place);
        // A little to the safe side.
        let step = (-value / self.slope).clamp(-2.0, 2.0);
        let safe = -self.slope.signum() * -0.01;
        let next = place + step + safe;
        match self.sides {
            [Some(a), Some(b)] if next <= a.min(b) || next >= a.max(b) => a.midpoint(b),
            _ => next,
        }
    }
}
