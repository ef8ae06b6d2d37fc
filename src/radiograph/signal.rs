//! From stored samples to the quantity they stand for: transmission where the open beam is known,
//! the samples themselves where it is not.

use super::{Air, Field, Plane, Polarity, Size, Unit};

/// How a row's samples become the plane's quantity: `gain * sample + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    /// Factor; NaN for a row without open-beam signal.
    pub gain: f32,
    /// Summand.
    pub offset: f32,
}

impl Plane {
    /// The quantity that this plane can show: transmission with a usable air value, else samples.
    ///
    /// An air value on the wrong side of the dark signal for the plane's polarity is not usable.
    pub fn unit(&self) -> Unit {
        let usable = |air: f64| match self.polarity {
            Polarity::BrightIsDense => air < self.dark,
            Polarity::BrightIsAir | Polarity::Unknown => air > self.dark,
        };
        let known = match &self.air {
            None => false,
            Some(Air::Uniform(air)) => usable(*air),
            Some(Air::Rows(rows)) => {
                rows.len() == self.part.scan.height
                    && rows.iter().any(|air| usable(f64::from(*air)))
            }
        };
        if known {
            Unit::Transmission
        } else {
            Unit::Sample
        }
    }

    /// How row `y` of the scan becomes [`Plane::unit`].
    pub fn linear_of_row(&self, y: usize) -> Linear {
        self.linear_under(self.air_of_row(y))
    }

    /// How row `y` of what is held becomes [`Plane::unit`]: a mean of rows by their mean open beam.
    pub(super) fn linear_of_held(&self, y: usize) -> Linear {
        let Some(Air::Rows(rows)) = &self.air else {
            return self.linear_of_row(0);
        };
        let from = self.part.origin[1] + y * self.part.step;
        let rows = rows.get(from..(from + self.part.step).min(rows.len()));
        let mean = rows.map(|rows| {
            let sum: f64 = rows.iter().map(|air| f64::from(*air)).sum();
            sum / rows.len() as f64
        });
        self.linear_under(mean)
    }

    /// How samples under an open beam become [`Plane::unit`].
    fn linear_under(&self, air: Option<f64>) -> Linear {
        if self.unit_is_sample() {
            return Linear {
                gain: 1.0,
                offset: 0.0,
            };
        }
        let span = air.map_or(f64::NAN, |air| air - self.dark);
        let gain = if span == 0.0 { f64::NAN } else { 1.0 / span };
        Linear {
            gain: gain as f32,
            offset: (-self.dark * gain) as f32,
        }
    }

    /// How every row of what is held becomes [`Plane::unit`].
    pub fn linear(&self) -> Vec<Linear> {
        if let Some(Air::Rows(_)) = self.air {
            (0..self.height).map(|y| self.linear_of_held(y)).collect()
        } else {
            vec![self.linear_of_row(0); self.height]
        }
    }

    /// The highest sample that the stored depth can hold.
    pub fn full_scale(&self) -> u16 {
        if self.bits >= 16 {
            u16::MAX
        } else {
            (1_u16 << self.bits.max(1)) - 1
        }
    }

    /// Polarity of [`Plane::unit`]: transmission is bright for air whatever the samples are.
    pub fn quantity_polarity(&self) -> Polarity {
        match (self.unit(), self.polarity) {
            (Unit::Sample, Polarity::BrightIsDense) => Polarity::BrightIsDense,
            _ => Polarity::BrightIsAir,
        }
    }

    /// Values in [`Plane::unit`] as a field, row by row.
    pub fn field(&self, size: Size, values: Vec<f32>) -> Field {
        Field {
            width: size.width,
            height: size.height,
            values,
            unit: self.unit(),
            polarity: self.quantity_polarity(),
            full_scale: match self.unit() {
                Unit::Sample => f32::from(self.full_scale()),
                _ => 1.0,
            },
        }
    }

    /// Whether the samples stand for themselves.
    fn unit_is_sample(&self) -> bool {
        self.unit() == Unit::Sample
    }
}

#[cfg(test)]
mod tests {
    use super::super::PlaneName;
    use super::*;

    fn plane(air: Option<Air>, polarity: Polarity) -> Plane {
        let mut plane = Plane::new(PlaneName::Grey, 1, 2, vec![100, 200]);
        plane.air = air;
        plane.polarity = polarity;
        plane
    }

    #[test]
    fn air_and_dark_of_each_row_give_its_transmission() {
        let mut p = plane(Some(Air::Rows(vec![210.0, 410.0])), Polarity::BrightIsAir);
        p.dark = 10.0;
        assert_eq!(p.unit(), Unit::Transmission);
        for (y, sample) in [(0, 110.0), (1, 210.0)] {
            let l = p.linear_of_row(y);
            assert!((l.gain * sample + l.offset - 0.5).abs() < 1e-6);
        }
    }

    #[test]
    fn an_air_value_that_cannot_be_is_not_used() {
        for (air, polarity) in [
            (None, Polarity::BrightIsAir),
            (Some(Air::Uniform(0.0)), Polarity::BrightIsAir),
            (Some(Air::Uniform(f64::NAN)), Polarity::Unknown),
            (Some(Air::Uniform(900.0)), Polarity::BrightIsDense),
            (Some(Air::Rows(vec![900.0])), Polarity::BrightIsAir),
        ] {
            assert_eq!(plane(air, polarity).unit(), Unit::Sample);
        }
    }
}
