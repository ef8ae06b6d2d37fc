//! The texts beside a simulated scan: sidecar, boxes and calibration.

use serde_json::{Value, json};

use super::scan::Simulated;
use crate::radiograph::{Energy, EnergyUnit};

/// Share of a calibration block's box that is left out at each side.
const MARGIN: f64 = 0.2;

/// The sidecar: what the scan is, and that it is simulated.
pub fn sidecar(scan: &Simulated) -> String {
    let [high, low] = scan.energies;
    let energies = if high.unit == EnergyUnit::Kilovolt {
        high.to_string()
    } else {
        format!("{}/{high}", low.value)
    };
    let container = scan.container.as_deref();
    let optional = [
        container.map(|word| format!("container = {}\n", toml::Value::from(word))),
        scan.doors.map(|end| format!("doors = \"{end}\"\n")),
    ];
    let plane = |name: &str, energy: Energy| {
        let [x, y] = scan.pixel_mm;
        let ending = scan.format.extension();
        format!(
            "\n[[plane]]\nname = \"{name}\"\nfile = \"{name}.{ending}\"\nenergy = \"{energy}\"\n\
             air = {:?}\npixel_mm = [{x:?}, {y:?}]\n",
            scan.air
        )
    };
    let mut parts =
        vec!["[scan]\nsimulated = true\nmachine = \"simulated, xamine simulate\"\n".to_owned()];
    parts.extend(optional.into_iter().flatten());
    parts.push(format!("kv_or_mv = \"{energies}\"\n"));
    parts.push("tables = [\"labels.npy\", \"thickness.npy\", \"z.npy\"]\n".to_owned());
    parts.extend([plane("high", high), plane("low", low)]);
    parts.concat()
}

/// The labelled things as a COCO document; an annotation's `id` is its number in `labels.npy`.
pub fn boxes(scan: &Simulated) -> Value {
    let mut categories: Vec<&str> = Vec::new();
    let mut annotations = Vec::new();
    for (index, truth) in scan.truths.iter().enumerate() {
        let (Some(label), Some(region)) = (&truth.label, truth.region) else {
            continue;
        };
        let category = categories.iter().position(|known| known == label);
        let category = category.unwrap_or_else(|| {
            categories.push(label);
            categories.len() - 1
        });
        annotations.push(json!({
            "id": index + 1, "image_id": 1, "category_id": category + 1,
            "bbox": region, "area": truth.area, "iscrowd": 0,
        }));
    }
    let categories: Vec<Value> = categories
        .iter()
        .enumerate()
        .map(|(index, name)| json!({"id": index + 1, "name": name}))
        .collect();
    let ending = scan.format.extension();
    let image = |id: u8, name: &str| json!({"id": id, "file_name": format!("{name}.{ending}"), "width": scan.width, "height": scan.height});
    json!({
        "info": {"description": "simulated, not a real scan"},
        "images": [image(1, "high"), image(2, "low")],
        "annotations": annotations,
        "categories": categories,
    })
}

/// The calibration file of a scan with blocks; `None` without any.
///
/// Blocks are the inner parts of their boxes; the mass thickness is the mean of the ground truth there.
pub fn calibration(scan: &Simulated) -> Option<String> {
    let blocks: Vec<String> = scan
        .truths
        .iter()
        .filter_map(|truth| Some((truth.block.as_ref()?, inner(truth.region?))))
        .map(|(material, region)| {
            let [x, y, w, h] = region;
            format!(
                "\n[[block]]\nmaterial = {}\nmass_thickness_g_cm2 = {:.4}\nscan = \"scene.scan.toml\"\n\
                 region = \"{x},{y},{w},{h}\"\n",
                toml::Value::from(material.as_str()),
                mean(scan, region),
            )
        })
        .collect();
    let [high, low] = scan.energies;
    let head = format!(
        "# Blocks of known matter; simulated, not a real scanner.\nrow_order = \"top-down\"\n\n\
         [beam.high]\nname = \"{high}\"\n\n[beam.low]\nname = \"{low}\"\n"
    );
    (!blocks.is_empty()).then(|| head + &blocks.concat())
}

/// A region without its margins, at least a pixel.
fn inner([x, y, width, height]: [usize; 4]) -> [usize; 4] {
    let margin = |side: usize| (side as f64 * MARGIN) as usize;
    let (dx, dy) = (margin(width), margin(height));
    [x + dx, y + dy, width - 2 * dx, height - 2 * dy]
}

/// Mean mass thickness of a region in g/cm2.
fn mean(scan: &Simulated, [x, y, width, height]: [usize; 4]) -> f64 {
    let rows = (y..y + height).map(|row| &scan.thickness[row * scan.width + x..][..width]);
    let sum: f64 = rows.flatten().map(|mass| f64::from(*mass)).sum();
    sum / (width * height) as f64
}
