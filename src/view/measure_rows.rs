//! A measurement in words: labels and values for the inspector, the plot and the command line.

use super::{Along, Measurement, PlaneMeasurement, class_label};
use crate::messages::{arg, say};
use crate::radiograph::{Outline, Period, Shape};
use crate::text::Safe;

/// A label and its value.
pub type MeasureRow = [Safe; 2];

impl Measurement {
    /// Everything worth reading, the figures of the plane of that name, else of the first.
    pub fn rows(&self, plane: &str) -> Vec<MeasureRow> {
        let mut rows = self.shape_rows();
        if let Some(plane) = self.plane(plane) {
            let s = &plane.statistics;
            let spread = match s.count {
                1 => sample(s.mean),
                _ => say(
                    "region-spread",
                    &[arg("mean", &sample(s.mean)), arg("sd", &sample(s.sd))],
                ),
            };
            let range = span(f64::from(s.min), f64::from(s.max));
            rows.push(row("region-mean", spread));
            rows.push(row("region-range", range));
            let part = |value: Option<f64>| value.map(|value| Safe::number(value, 4));
            rows.extend(part(plane.transmission).map(|t| row("region-transmission", t)));
            rows.extend(part(plane.attenuation).map(|a| row("region-attenuation", a)));
            rows.extend(self.distribution_rows(plane));
        }
        rows.extend(self.material_rows());
        rows
    }

    /// Sizes, lengths and angles, and what repeats.
    pub fn shape_rows(&self) -> Vec<MeasureRow> {
        let mut rows = self.geometry_rows();
        rows.extend(self.period_rows());
        rows
    }

    /// Percentiles, signal to noise and integral of one plane.
    pub fn distribution_rows(&self, plane: &PlaneMeasurement) -> Vec<MeasureRow> {
        let [p1, p5, median, p95, p99] = plane.tally.percentiles;
        let mut rows = vec![
            row("region-median", sample(median)),
            row("region-90", span(p5, p95)),
            row("region-98", span(p1, p99)),
        ];
        let snr = plane.tally.snr.map(|snr| Safe::number(snr, 1));
        rows.extend(snr.map(|snr| row("region-snr", snr)));
        rows.extend(self.integral(plane.tally.attenuation));
        rows
    }

    /// Size, area, length, angle.
    fn geometry_rows(&self) -> Vec<MeasureRow> {
        let region = self.region;
        let size = |id: &str, [w, h]: [Safe; 2]| say(id, &[arg("width", &w), arg("height", &h)]);
        let pixels = [region.width, region.height].map(|n| Safe::number(n as f64, 0));
        let mut rows = Vec::new();
        if let Some(length) = self.outline.length(self.pixel()) {
            rows.push(row("region-length", self.length_label(length)));
        }
        if let Some(degrees) = self.outline.degrees(self.pixel()) {
            let value = Safe::number(degrees, 1);
            let id = if self.pixel_mm.is_some() {
                "region-degrees"
            } else {
                "region-degrees-px"
            };
            rows.push(row("region-angle", say(id, &[arg("value", &value)])));
        }
        rows.push(row("region-size", size("region-size-px", pixels)));
        if !self.outline.shape().is_area() {
            return rows;
        }
        if let Some([w, h]) = self.size_mm {
            let mm = [w, h].map(|side| Safe::number(side, decimals(w.max(h))));
            rows.push(row("region-size", size("region-size-mm", mm)));
        }
        let (id, area) = match self.area_mm2() {
            Some(area) => ("region-area-mm2", area),
            None => ("region-area-px2", self.pixels as f64),
        };
        let area = Safe::number(area, 0);
        rows.push(row("region-area", say(id, &[arg("value", &area)])));
        rows
    }

    /// A length in mm, or in pixels where their size is not known.
    pub fn length_label(&self, length: f64) -> Safe {
        let id = if self.pixel_mm.is_some() {
            "region-mm"
        } else {
            "region-px"
        };
        let value = Safe::number(length, decimals(length));
        say(id, &[arg("value", &value)])
    }

    /// What repeats, or that nothing does.
    fn period_rows(&self) -> Vec<MeasureRow> {
        let periods = self.periods.iter();
        let found: Vec<MeasureRow> = periods
            .filter_map(|(along, period)| {
                let id = format!("region-period-{}", along.as_str());
                Some(row(&id, self.period(*along, (*period)?)))
            })
            .collect();
        if found.is_empty() && !self.periods.is_empty() {
            return vec![row("region-repeats", say("region-no-period", &[]))];
        }
        found
    }

    fn period(&self, along: Along, period: Period) -> Safe {
        let length = self.period_mm(along, period).unwrap_or(period.pixels);
        let (items, percent) = (
            Safe::number(period.items, 0),
            Safe::number(period.confidence * 100.0, 0),
        );
        say(
            "region-period-of",
            &[
                arg("length", &self.length_label(length)),
                arg("items", &items),
                arg("percent", &percent),
            ],
        )
    }

    /// The integrated attenuation of an area, and what has none.
    fn integral(&self, integral: Option<crate::radiograph::Integral>) -> Option<MeasureRow> {
        let integral = integral.filter(|_| self.outline.shape().is_area())?;
        let [x, y] = self.pixel();
        let id = if self.pixel_mm.is_some() {
            "region-area-mm2"
        } else {
            "region-area-px2"
        };
        let sum = integral.sum * x * y;
        let value = say(id, &[arg("value", &Safe::number(sum, decimals(sum)))]);
        let value = match integral.left_out {
            0 => value,
            n => say("region-left-out", &[arg("value", &value), arg("n", &n)]),
        };
        Some(row("region-integral", value))
    }

    /// Class, Z and mass.
    fn material_rows(&self) -> Vec<MeasureRow> {
        let Some(material) = &self.material else {
            return Vec::new();
        };
        let class = class_label(material.class);
        // Of several materials no class and no Z is that of all of it.
        let class = match material.confidence {
            Some(share) => say(
                "region-class-share",
                &[
                    arg("class", &class),
                    arg("percent", &Safe::number(share * 100.0, 0)),
                ],
            ),
            None => class,
        };
        let mut rows = vec![row("region-class", class)];
        if let Some(z) = &material.z {
            let [low, high] = z.iqr.map(|z| Safe::number(z, 1));
            let z = Safe::number(z.z, 1);
            let z = say(
                "region-z-half",
                &[arg("z", &z), arg("low", &low), arg("high", &high)],
            );
            rows.push(row("region-z", z));
        }
        if let Some(mass) = material.mass_kg {
            let value = Safe::number(mass, decimals(mass));
            let mass = say("region-mass-kg", &[arg("value", &value)]);
            rows.push(row("region-mass", mass));
        }
        rows
    }

    /// What a reader of the lengths must know.
    pub fn length_note(&self) -> Safe {
        match self.pixel_mm {
            Some([x, y]) => {
                let side = |side: f64| Safe::number(side, decimals(side));
                say(
                    "region-plane-note",
                    &[arg("x", &side(x)), arg("y", &side(y))],
                )
            }
            None if self.outline.shape() == Shape::Angle => say("region-angle-note", &[]),
            None => say("region-no-mm", &[]),
        }
    }
}

impl Outline {
    /// The shape in words.
    pub fn label(&self) -> Safe {
        say(&format!("shape-{}", self.shape().as_str()), &[])
    }
}

/// A row of the label `id`.
fn row(id: &str, value: Safe) -> MeasureRow {
    [say(id, &[]), value]
}

/// Two samples with what lies between.
fn span(low: f64, high: f64) -> Safe {
    let (low, high) = (sample(low), sample(high));
    say("region-from-to", &[arg("low", &low), arg("high", &high)])
}

/// A sample, whole or a part of one.
fn sample(value: f64) -> Safe {
    Safe::number(value, usize::from(value.fract() != 0.0))
}

/// Decimals that three digits need.
fn decimals(value: f64) -> usize {
    match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    }
}
