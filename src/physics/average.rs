//! The mean that a megavolt ratio needs: over a square, without mixing across edges.

use crate::Result;
use crate::cancel::Cancel;

/// A neighbour counts when its attenuation differs by less than this plus [`TOLERANCE_SHARE`].
const TOLERANCE: f32 = 0.1;
/// Share of the centre's attenuation added to [`TOLERANCE`]: noise grows with it.
const TOLERANCE_SHARE: f32 = 0.05;
/// Attenuation beyond which the tolerance stays: an infinite centre is like nothing.
const HIGHEST: f32 = 20.0;

/// Means of two rasters of `width` columns over the square of `2 * radius + 1` pixels, counting
/// only neighbours whose `guide` is like the centre's; infinite and missing values never count.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn mean_of_alike(
    guide: &[f32],
    other: &[f32],
    width: usize,
    radius: usize,
    cancel: &Cancel,
) -> Result<(Vec<f32>, Vec<f32>)> {
    if radius == 0 || width == 0 {
        return Ok((guide.to_vec(), other.to_vec()));
    }
    let height = guide.len() / width;
    let usable: Vec<f32> = guide
        .iter()
        .zip(other)
        .map(|(g, o)| if o.is_finite() { *g } else { f32::NAN })
        .collect();
    let mut means = (
        Vec::with_capacity(guide.len()),
        Vec::with_capacity(guide.len()),
    );
    for y in 0..height {
        cancel.check()?;
        let mut sums = Sums::new(&guide[y * width..][..width]);
        for row in y.saturating_sub(radius)..(y + radius + 1).min(height) {
            let at = row * width;
            sums.add_row(&usable[at..at + width], &other[at..at + width], radius);
        }
        for (x, n) in sums.count.iter().enumerate() {
            // A centre that does not even count itself keeps its own value.
            let own = y * width + x;
            means.0.push(if *n > 0.0 {
                sums.guide[x] / n
            } else {
                guide[own]
            });
            means.1.push(if *n > 0.0 {
                sums.other[x] / n
            } else {
                other[own]
            });
        }
    }
    Ok(means)
}

/// Running sums of one row of centres.
struct Sums<'a> {
    centre: &'a [f32],
    tolerance: Vec<f32>,
    guide: Vec<f32>,
    other: Vec<f32>,
    count: Vec<f32>,
}

impl<'a> Sums<'a> {
    fn new(centre: &'a [f32]) -> Self {
        let zeros = || vec![0.0; centre.len()];
        Self {
            centre,
            tolerance: centre
                .iter()
                .map(|c| TOLERANCE + TOLERANCE_SHARE * c.clamp(0.0, HIGHEST))
                .collect(),
            guide: zeros(),
            other: zeros(),
            count: zeros(),
        }
    }

    /// Adds the neighbours that lie in one row.
    fn add_row(&mut self, guide: &[f32], other: &[f32], radius: usize) {
        let width = guide.len();
        for shift in 0..=2 * radius {
            // Neighbour x + shift - radius of centre x, for the x where both exist.
            let from = radius.saturating_sub(shift);
            let to = width.min((width + radius).saturating_sub(shift));
            if from >= to {
                continue;
            }
            let near = from + shift - radius;
            self.add(from..to, &guide[near..], &other[near..]);
        }
    }

    /// Adds one neighbour to each centre of `range`.
    fn add(&mut self, range: std::ops::Range<usize>, guide: &[f32], other: &[f32]) {
        let length = range.len();
        let centre = &self.centre[range.clone()];
        let tolerance = &self.tolerance[range.clone()];
        let sums = self.guide[range.clone()].iter_mut();
        let sums = sums.zip(&mut self.other[range.clone()]);
        let sums = sums.zip(&mut self.count[range]);
        let neighbours = guide[..length].iter().zip(&other[..length]);
        let centres = centre.iter().zip(tolerance);
        for ((((sum_g, sum_o), n), (g, o)), (c, t)) in sums.zip(neighbours).zip(centres) {
            let alike = (g - c).abs() <= *t;
            *sum_g += if alike { *g } else { 0.0 };
            *sum_o += if alike { *o } else { 0.0 };
            *n += if alike { 1.0 } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_not_mixed_and_noise_is_averaged() {
        let guide = [1.0, 1.02, 0.98, 3.0, 3.0, f32::INFINITY];
        let other = [1.2, 1.23, 1.17, 3.3, 3.3, f32::INFINITY];
        let got = mean_of_alike(&guide, &other, 6, 2, &Cancel::never());
        let (g, o) = got.unwrap_or_default();
        assert!((g[1] - 1.0).abs() < 1e-6 && (o[1] - 1.2).abs() < 1e-6);
        assert!((g[3] - 3.0).abs() < 1e-6 && (o[4] - 3.3).abs() < 1e-6);
        assert!(g[5].is_infinite());
    }
}
