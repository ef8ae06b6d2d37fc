//! The mean that a megavolt ratio needs: over a square, without mixing across edges.

use std::array;
use std::ops::Range;

use super::bands;
use crate::Result;
use crate::cancel::Cancel;

/// A neighbour counts when its attenuation differs by less than this plus [`TOLERANCE_SHARE`].
const TOLERANCE: f32 = 0.1;
/// Share of the centre's attenuation added to [`TOLERANCE`]: noise grows with it.
const TOLERANCE_SHARE: f32 = 0.05;
/// Attenuation beyond which the tolerance stays: an infinite centre is like nothing.
const HIGHEST: f32 = 20.0;
/// Stands for an attenuation that is not there: like no centre's.
const NOTHING: f32 = 1e30;
/// Neighbouring centres that are summed at once: their sums stay in the nearest cache.
const CENTRES: usize = 256;

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
    let mut means = (guide.to_vec(), other.to_vec());
    if radius == 0 || width == 0 {
        return Ok(means);
    }
    let size = [width, guide.len() / width];
    let row = |y: usize, [g, o]: [&mut [f32]; 2]| {
        g.copy_from_slice(&guide[y * width..][..width]);
        o.copy_from_slice(&other[y * width..][..width]);
    };
    let band = bands::rows(width);
    let answers = means.0.chunks_mut(band * width);
    let answers = answers.zip(means.1.chunks_mut(band * width));
    bands::each(answers.enumerate().collect(), |(at, (guide, other))| {
        let rows = at * band..at * band + guide.len() / width;
        Surround::new(size, rows, radius, &row).mean([guide, other], cancel)
    })?;
    Ok(means)
}

/// A band of two rasters with `radius` pixels around it; the guide is [`NOTHING`] where there are none and
/// where either value is missing.
pub(super) struct Surround {
    width: usize,
    radius: usize,
    stride: usize,
    guide: Vec<f32>,
    other: Vec<f32>,
}

impl Surround {
    /// The surround of `rows` of a raster of columns and rows `size`; `row` gives the guide and the
    /// other value of one of its rows.
    pub(super) fn new(
        [width, height]: [usize; 2],
        rows: Range<usize>,
        radius: usize,
        row: &dyn Fn(usize, [&mut [f32]; 2]),
    ) -> Self {
        let stride = width + 2 * radius;
        let pixels = (rows.len() + 2 * radius) * stride;
        let (mut guide, mut other) = (vec![NOTHING; pixels], vec![0.0; pixels]);
        let lines = guide.chunks_mut(stride).zip(other.chunks_mut(stride));
        for (line, (guide, other)) in lines.enumerate() {
            let Some(y) = (rows.start + line).checked_sub(radius) else {
                continue;
            };
            if y < height {
                let inside = radius..radius + width;
                let (guide, other) = (&mut guide[inside.clone()], &mut other[inside]);
                row(y, [guide, other]);
                for (g, o) in guide.iter_mut().zip(other) {
                    *g = if (*g + *o).is_finite() { *g } else { NOTHING };
                }
            }
        }
        Self {
            width,
            radius,
            stride,
            guide,
            other,
        }
    }

    /// Turns the band's own values into their means; one that not even counts itself stays.
    pub(super) fn mean(&self, [guide, other]: [&mut [f32]; 2], cancel: &Cancel) -> Result<()> {
        let lines = guide
            .chunks_mut(self.width)
            .zip(other.chunks_mut(self.width));
        for (line, (guide, other)) in lines.enumerate() {
            cancel.check()?;
            let centres = guide.chunks_mut(CENTRES).zip(other.chunks_mut(CENTRES));
            for (at, (guide, other)) in centres.enumerate() {
                self.mean_of([line, at * CENTRES], [guide, other]);
            }
        }
        Ok(())
    }

    /// The means of up to [`CENTRES`] neighbours from a line and column on.
    fn mean_of(&self, [line, x]: [usize; 2], [guide, other]: [&mut [f32]; 2]) {
        let mut sums = Sums::new(guide);
        for row in line..=line + 2 * self.radius {
            let mut from = row * self.stride + x;
            let mut left = 2 * self.radius + 1;
            while left > 0 {
                let near = [&self.guide[from..], &self.other[from..]];
                let added = match left {
                    7.. => sums.add::<7>(near),
                    5.. => sums.add::<5>(near),
                    3.. => sums.add::<3>(near),
                    _ => sums.add::<1>(near),
                };
                from += added;
                left -= added;
            }
        }
        let n = guide.len();
        for k in 0..n {
            if sums.count[k] > 0.0 {
                guide[k] = sums.guide[k] / sums.count[k];
                other[k] = sums.other[k] / sums.count[k];
            }
        }
    }
}

/// Sums over the alike neighbours of a stretch of centres.
struct Sums {
    length: usize,
    centre: [f32; CENTRES],
    tolerance: [f32; CENTRES],
    guide: [f32; CENTRES],
    other: [f32; CENTRES],
    count: [f32; CENTRES],
}

impl Sums {
    fn new(centres: &[f32]) -> Self {
        let mut centre = [-NOTHING; CENTRES];
        for (centre, own) in centre.iter_mut().zip(centres) {
            *centre = if own.is_finite() { *own } else { -NOTHING };
        }
        Self {
            length: centres.len(),
            tolerance: centre.map(|c| TOLERANCE + TOLERANCE_SHARE * c.clamp(0.0, HIGHEST)),
            centre,
            guide: [0.0; CENTRES],
            other: [0.0; CENTRES],
            count: [0.0; CENTRES],
        }
    }

    /// Adds `N` neighbours in a row to each centre; gives `N`. The first centre's are first in
    /// `near`, the guide and the other value.
    fn add<const N: usize>(&mut self, near: [&[f32]; 2]) -> usize {
        let n = self.length;
        let [guides, others] = near.map(|values| array::from_fn(|s| &values[s..s + n]));
        let guides: [&[f32]; N] = guides;
        let others: [&[f32]; N] = others;
        let (centre, tolerance) = (&self.centre[..n], &self.tolerance[..n]);
        let (guide, other) = (&mut self.guide[..n], &mut self.other[..n]);
        let count = &mut self.count[..n];
        for k in 0..n {
            for s in 0..N {
                let (g, o) = (guides[s][k], others[s][k]);
                // A mask from the sign, because a choice becomes a jump.
                let spare = tolerance[k] - (g - centre[k]).abs();
                let alike = !(spare.to_bits().cast_signed() >> 31).cast_unsigned();
                let counted = |value: f32| f32::from_bits(value.to_bits() & alike);
                guide[k] += counted(g);
                other[k] += counted(o);
                count[k] += counted(1.0);
            }
        }
        N
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
