//! Automatic windows of less than the whole scan: of what is seen, or of what is not air in it.
//!
//! They are found on the quantity as it is drawn, its filters included, at most about 640 pixels a
//! side: the same view gives the same window on every screen.

use super::window::MATTER;
use super::{View, Window};
use crate::Result;
use crate::radiograph::{Field, Radiograph, Survey, Unit};

/// What an automatic window is found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole scan without air and darkness.
    Scan,
    /// All that is seen.
    Visible,
    /// What is seen and is neither air nor darkness; all that is seen where air is not known.
    Content,
}

impl Extent {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Scan, Self::Visible, Self::Content];

    /// Its word in `--window`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "auto",
            Self::Visible => "auto-local",
            Self::Content => "auto-content",
        }
    }

    /// The extent of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl View {
    /// The window from the 0.5 to the 99.5 percentile of an extent, under this view's filters and
    /// with its curve. A survey saves the pass over the plane for [`Extent::Scan`].
    ///
    /// # Errors
    /// As [`View::auto`].
    pub fn auto_over(
        &self,
        radiograph: &Radiograph,
        extent: Extent,
        survey: Option<&Survey>,
    ) -> Result<Window> {
        if extent == Extent::Scan {
            return self.auto(radiograph, survey);
        }
        let region = self.seen(radiograph);
        let prepared = self.surveyed_in(radiograph, self.filters.clone(), region)?;
        let all = prepared.quantity().into_owned();
        let mut values = match extent {
            Extent::Content if self.display.read().is_some() => prepared.matter(),
            Extent::Content => self.without_air(radiograph, region, &all)?,
            Extent::Scan | Extent::Visible => all.clone(),
        };
        if !values.values.iter().any(|value| value.is_finite()) {
            values = all;
        }
        Ok(Window::of_field(&values).curved_as(self.window))
    }

    /// The visible part as far as it is scan: left, top, width, height in scan pixels.
    fn seen(&self, radiograph: &Radiograph) -> [f64; 4] {
        let [x, y, w, h] = self.region;
        let side = |from: f64, extent: f64, limit: usize| {
            let limit = limit as f64;
            let low = from.clamp(0.0, (limit - 1.0).max(0.0));
            (low, ((from + extent).min(limit) - low).max(1.0))
        };
        let (left, width) = side(x, w, radiograph.width());
        let (top, height) = side(y, h, radiograph.height());
        [left, top, width, height]
    }

    /// `shown` with NaN where the plane itself shows air or darkness.
    fn without_air(
        &self,
        radiograph: &Radiograph,
        region: [f64; 4],
        shown: &Field,
    ) -> Result<Field> {
        let plain = Self {
            display: super::Display::Grey,
            ..self.clone()
        };
        let plane = plain
            .surveyed_in(radiograph, self.peeling(), region)?
            .quantity()
            .into_owned();
        if plane.unit != Unit::Transmission {
            return Ok(shown.clone());
        }
        let matter = |t: f32| (MATTER[0]..=MATTER[1]).contains(&f64::from(t));
        let values = shown.values.iter().zip(&plane.values);
        let kept = values.map(|(value, t)| if matter(*t) { *value } else { f32::NAN });
        Ok(shown.with_values(kept.collect()))
    }
}
