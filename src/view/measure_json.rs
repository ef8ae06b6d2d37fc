//! The JSON of a measurement: `measure --json`, and what the log keeps beside its fixed members.
//! Its fields are a contract.

use serde_json::{Map, Value, json};

use super::{Along, MaterialEstimate, Measurement, PlaneMeasurement};
use crate::radiograph::{PERCENTS, Period, Shape};

/// How much of it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Whole,
    /// Everything but the values of profiles and the material, which the log keeps by itself.
    Summary,
}

impl Measurement {
    /// The document.
    pub fn document(&self, detail: Detail) -> Value {
        let planes: Map<String, Value> = self
            .planes
            .iter()
            .map(|plane| {
                let name = plane.plane.as_str().to_owned();
                (name, self.plane_document(plane, detail))
            })
            .collect();
        let periods: Map<String, Value> = self
            .periods
            .iter()
            .map(|(along, period)| {
                let document = period.map(|period| self.period_document(*along, period));
                (along.as_str().to_owned(), json!(document))
            })
            .collect();
        let shape = self.outline.shape();
        let mut document = json!({
            "region": self.region,
            "size_mm": self.size_mm,
            "shape": shape.as_str(),
            "points": self.outline.points(),
            "pixels": self.pixels,
            "area_mm2": self.area_mm2(),
            "planes": planes,
            "periods": periods,
        });
        if detail == Detail::Whole {
            let material = self.material.as_ref();
            document["material"] = json!(material.map(MaterialEstimate::document));
        }
        if shape == Shape::Line {
            document["length"] = json!({
                "px": self.outline.length([1.0; 2]),
                "mm": self.pixel_mm.and_then(|mm| self.outline.length(mm)),
            });
        }
        if shape == Shape::Angle {
            document["angle"] = json!({
                "degrees": self.outline.degrees(self.pixel()),
                "measured_in": self.unit(),
            });
        }
        document
    }

    /// The unit of lengths.
    fn unit(&self) -> &'static str {
        if self.pixel_mm.is_some() { "mm" } else { "px" }
    }

    /// One plane.
    fn plane_document(&self, plane: &PlaneMeasurement, detail: Detail) -> Value {
        let (s, tally) = (&plane.statistics, &plane.tally);
        let percentiles: Map<String, Value> = PERCENTS
            .iter()
            .zip(tally.percentiles)
            .map(|(percent, value)| (percent.to_string(), json!(value)))
            .collect();
        let [x, y] = self.pixel();
        let mut document = json!({
            "mean": s.mean, "sd": (s.count > 1).then_some(s.sd), "min": s.min, "max": s.max,
            "transmission": plane.transmission, "attenuation": plane.attenuation,
            "count": s.count, "snr": tally.snr, "percentiles": percentiles,
        });
        if self.outline.shape().is_area() {
            let integral = tally.attenuation.map(|integral| {
                json!({
                    "value": integral.sum * x * y,
                    "unit": format!("{}2", self.unit()),
                    "left_out": integral.left_out,
                })
            });
            document["integrated_attenuation"] = json!(integral);
        }
        if let (Some(profile), Detail::Whole) = (&plane.profile, detail) {
            document["profile"] = json!({
                "unit": profile.unit.as_str(),
                "step_px": profile.step,
                "step_mm": self.step_mm(profile.step),
                "values": profile.values,
            });
        }
        document
    }

    /// A step along the line in mm, where that is known.
    fn step_mm(&self, step: f64) -> Option<f64> {
        let mm = self.outline.length(self.pixel_mm?)?;
        Some(step * mm / self.outline.length([1.0; 2])?)
    }

    /// What repeats one way.
    fn period_document(&self, along: Along, period: Period) -> Value {
        json!({
            "px": period.pixels,
            "mm": self.period_mm(along, period),
            "items": period.items,
            "confidence": period.confidence,
        })
    }
}
