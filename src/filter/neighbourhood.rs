//! Filters that look at neighbours: smoothing, edge enhancement, local contrast.
//!
//! Missing values (NaN) never count and stay missing. Lengths are in scan pixels and shrink with
//! the picture, so that a view of a part shows what the whole would show there.

use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::Field;

/// Below this sigma in field pixels a Gauss kernel is one pixel.
const POINT: f64 = 0.2;
/// Local spread that local contrast brings every part to, as a share of full scale.
const SPREAD: f32 = 0.12;
/// How much of a part's distance from the middle grey stays.
const KEEP: f32 = 0.6;

/// How far a Gauss kernel of `sigma` reaches.
pub(super) fn reach_of_gauss(sigma: f64) -> f64 {
    3.0 * sigma
}

/// Gauss kernel, `args` = sigma in scan pixels.
pub(super) fn smooth(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    field.values = gauss(field, args[0] * scale, cancel)?;
    Ok(())
}

/// Unsharp mask, `args` = amount, sigma: adds `amount` times the difference from the smoothed.
pub(super) fn edge(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let soft = gauss(field, args[1] * scale, cancel)?;
    let amount = args[0] as f32;
    for (value, soft) in field.values.iter_mut().zip(&soft) {
        *value += amount * (*value - soft);
    }
    Ok(())
}

/// Local normalisation, `args` = radius, limit: differences from the mean of the square around a
/// pixel are brought to one spread, at most `limit` times, and the mean nearer to the middle.
pub(super) fn local_contrast(
    field: &mut Field,
    args: &[f64],
    scale: f64,
    cancel: &Cancel,
) -> Result<()> {
    let radius = (args[0] * scale).round().max(1.0) as usize;
    let (full, limit) = (field.full_scale, args[1] as f32);
    let middle = middle_of(field);
    let mean = box_mean(&field.values, field.width, radius, cancel)?;
    let squares: Vec<f32> = field
        .values
        .iter()
        .zip(&mean)
        .map(|(v, m)| (v - m) * (v - m))
        .collect();
    let variance = box_mean(&squares, field.width, radius, cancel)?;
    for ((value, m), var) in field.values.iter_mut().zip(&mean).zip(&variance) {
        let gain = (SPREAD * full / var.sqrt().max(1e-6 * full)).clamp(1.0, limit);
        *value = middle + KEEP * (m - middle) + gain * (*value - m);
    }
    Ok(())
}

/// The middle grey of the quantity: half of full scale, and attenuation 2 for what grows with
/// attenuation.
fn middle_of(field: &Field) -> f32 {
    match field.unit {
        unit if unit.counts_matter() => 2.0 * field.full_scale,
        _ => 0.5 * field.full_scale,
    }
}

/// The field under a Gauss kernel of `sigma` field pixels.
fn gauss(field: &Field, sigma: f64, cancel: &Cancel) -> Result<Vec<f32>> {
    if sigma < POINT || field.values.is_empty() {
        return Ok(field.values.clone());
    }
    let kernel = kernel(sigma);
    let missing = field.values.iter().any(|v| v.is_nan());
    let values: Vec<f32> = field.values.iter().map(|v| zero_for_nan(*v)).collect();
    let sums = convolve(&values, field.width, &kernel, cancel)?;
    let weights = if missing {
        let there = |v: &f32| if v.is_nan() { 0.0 } else { 1.0 };
        let mask: Vec<f32> = field.values.iter().map(there).collect();
        convolve(&mask, field.width, &kernel, cancel)?
    } else {
        edge_weights(field.width, field.height, &kernel)
    };
    let own = field.values.iter();
    Ok(own
        .zip(sums.iter().zip(&weights))
        .map(|(v, (sum, weight))| if v.is_nan() { *v } else { sum / weight })
        .collect())
}

/// A Gauss kernel, its weights summing to 1.
fn kernel(sigma: f64) -> Vec<f32> {
    let radius = reach_of_gauss(sigma).ceil() as i64;
    let raw: Vec<f64> = (-radius..=radius)
        .map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp())
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| (weight / sum) as f32).collect()
}

fn zero_for_nan(v: f32) -> f32 {
    if v.is_nan() { 0.0 } else { v }
}

/// Rows, then columns under a symmetric kernel; nothing lies outside.
fn convolve(values: &[f32], width: usize, kernel: &[f32], cancel: &Cancel) -> Result<Vec<f32>> {
    let radius = kernel.len() / 2;
    let height = values.len() / width;
    let mut across = vec![0.0; values.len()];
    for (line, out) in values
        .chunks_exact(width)
        .zip(across.chunks_exact_mut(width))
    {
        for (k, weight) in kernel.iter().enumerate() {
            let from = radius.saturating_sub(k);
            let to = width.min((width + radius).saturating_sub(k));
            if from < to {
                add(&mut out[from..to], &line[from + k - radius..], *weight);
            }
        }
    }
    let mut down = vec![0.0; values.len()];
    for (y, out) in down.chunks_exact_mut(width).enumerate() {
        cancel.check()?;
        for (k, weight) in kernel.iter().enumerate() {
            let row = (y + k).checked_sub(radius).filter(|row| *row < height);
            if let Some(row) = row {
                add(out, &across[row * width..][..width], *weight);
            }
        }
    }
    Ok(down)
}

/// Adds `weight` times `source`, as far as `out` goes.
fn add(out: &mut [f32], source: &[f32], weight: f32) {
    for (o, s) in out.iter_mut().zip(source) {
        *o += weight * s;
    }
}

/// What the kernel's weights sum to at each pixel of a field without missing values.
fn edge_weights(width: usize, height: usize, kernel: &[f32]) -> Vec<f32> {
    let radius = kernel.len() / 2;
    let line = |length: usize| -> Vec<f32> {
        (0..length)
            .map(|x| {
                let from = radius.saturating_sub(x);
                let to = kernel.len().min((length + radius).saturating_sub(x));
                kernel[from..to].iter().sum()
            })
            .collect()
    };
    let across = line(width);
    line(height)
        .iter()
        .flat_map(|down| across.iter().map(move |a| a * down))
        .collect()
}

/// Mean over the square of `2 * radius + 1` pixels, missing values left out.
fn box_mean(values: &[f32], width: usize, radius: usize, cancel: &Cancel) -> Result<Vec<f32>> {
    if width == 0 {
        return Ok(Vec::new());
    }
    let height = values.len() / width;
    // Sums and counts of columns, moved down row by row; in f64, so that nothing drifts.
    let mut columns = vec![(0.0_f64, 0.0_f64); width];
    let move_row = |y: usize, sign: f64, columns: &mut [(f64, f64)]| {
        for (column, v) in columns.iter_mut().zip(&values[y * width..][..width]) {
            if !v.is_nan() {
                column.0 += sign * f64::from(*v);
                column.1 += sign;
            }
        }
    };
    for y in 0..radius.min(height) {
        move_row(y, 1.0, &mut columns);
    }
    let mut means = Vec::with_capacity(values.len());
    for y in 0..height {
        cancel.check()?;
        if y + radius < height {
            move_row(y + radius, 1.0, &mut columns);
        }
        if y > radius {
            move_row(y - radius - 1, -1.0, &mut columns);
        }
        slide(&columns, radius, &mut means);
    }
    Ok(means)
}

/// Appends the means of one row from its column sums.
fn slide(columns: &[(f64, f64)], radius: usize, means: &mut Vec<f32>) {
    let width = columns.len();
    let mut sum = columns[..radius.min(width)]
        .iter()
        .fold((0.0, 0.0), |s, c| (s.0 + c.0, s.1 + c.1));
    for x in 0..width {
        if let Some(c) = columns.get(x + radius) {
            sum = (sum.0 + c.0, sum.1 + c.1);
        }
        if x > radius {
            let c = columns[x - radius - 1];
            sum = (sum.0 - c.0, sum.1 - c.1);
        }
        // No value anywhere near: NaN, as the division gives it.
        means.push(if sum.1 > 0.5 {
            (sum.0 / sum.1) as f32
        } else {
            f32::NAN
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::{Polarity, Unit};

    fn field(width: usize, values: Vec<f32>) -> Field {
        Field {
            width,
            height: values.len() / width,
            values,
            unit: Unit::Transmission,
            polarity: Polarity::BrightIsAir,
            full_scale: 1.0,
        }
    }

    #[test]
    fn a_constant_stays_constant_with_holes_and_at_the_border() {
        let mut values = vec![0.5; 35];
        values[17] = f32::NAN;
        for filter in [smooth, edge, local_contrast] {
            let mut f = field(7, values.clone());
            let done = filter(&mut f, &[1.5, 1.5], 1.0, &Cancel::never());
            assert!(done.is_ok() && f.values[17].is_nan());
            let rest = f.values.iter().filter(|v| !v.is_nan());
            assert!(rest.clone().count() == 34 && rest.into_iter().all(|v| (v - 0.5).abs() < 1e-5));
        }
    }

    #[test]
    fn the_box_mean_is_the_mean_of_the_square() {
        let values: Vec<f32> = (0..12).map(|v| v as f32).collect();
        let means = box_mean(&values, 4, 1, &Cancel::never()).unwrap_or_default();
        // Corner: 0, 1, 4, 5; inside at (1, 1): the mean of rows 0 to 2, columns 0 to 2.
        assert_eq!((means[0], means[5]), (2.5, 5.0));
    }

    #[test]
    fn edge_enhancement_overshoots_both_sides_of_an_edge() {
        let mut f = field(8, [0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8].repeat(3));
        let done = edge(&mut f, &[1.0, 1.0], 1.0, &Cancel::never());
        assert!(done.is_ok() && f.values[3] < 0.19 && f.values[4] > 0.81);
    }
}
