//! The mean that a megavolt ratio needs, without mixing across edges: a pixel on its own where its
//! class stands out from the noise around it, else it and its eight neighbours, else the square.

// Only what is inlined is compiled for wider registers, and a lazy operator is a jump.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]

use std::array;
use std::ops::Range;

use crate::Result;
use crate::bands;
use crate::cancel::Cancel;
use crate::lanes::wide;

/// A neighbour counts when its attenuation differs by less than this plus [`TOLERANCE_SHARE`].
const TOLERANCE: f32 = 0.1;
/// Share of the centre's attenuation added to [`TOLERANCE`]: noise grows with it.
const TOLERANCE_SHARE: f32 = 0.05;
/// Attenuation beyond which the tolerance stays: an infinite centre is like nothing.
const HIGHEST: f32 = 20.0;
/// Stands for an attenuation that is not there: like no centre's.
const NOTHING: f32 = 1e30;
/// Neighbouring centres that are summed at once: their sums stay in the nearest cache.
pub(super) const CENTRES: usize = 64;

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
        let never = |_: usize, _: &Means| [false; CENTRES];
        Surround::new(size, rows, radius, &row).mean([guide, other], &never, cancel)
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
                wide!(leave_out_gaps(guide, other));
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

    /// Turns the band's own values into their means; one that not even counts itself stays. The
    /// square of a centre grows until `settled` says, of its line in the band and its mean, that it
    /// may stop.
    pub(super) fn mean(
        &self,
        [guide, other]: [&mut [f32]; 2],
        settled: &dyn Fn(usize, &Means) -> [bool; CENTRES],
        cancel: &Cancel,
    ) -> Result<()> {
        let lines = guide
            .chunks_mut(self.width)
            .zip(other.chunks_mut(self.width));
        for (line, (guide, other)) in lines.enumerate() {
            cancel.check()?;
            let settled = |means: &Means| settled(line, means);
            let centres = guide.chunks_mut(CENTRES).zip(other.chunks_mut(CENTRES));
            for (at, (guide, other)) in centres.enumerate() {
                wide!(self.mean_of([line, at * CENTRES], [guide, other], &settled));
            }
        }
        Ok(())
    }

    /// The means of up to [`CENTRES`] neighbours from a line and column on.
    #[inline(always)]
    fn mean_of(
        &self,
        place: [usize; 2],
        [guide, other]: [&mut [f32]; 2],
        settled: &dyn Fn(&Means) -> [bool; CENTRES],
    ) {
        let mut sums = Sums::new([guide, other]);
        let inner = self.radius.min(1);
        let (side, rim) = (2 * self.radius + 1, self.radius - inner);
        for row in rim..side - rim {
            self.add_run(&mut sums, place, [row, rim], 2 * inner + 1);
        }
        // A centre on its own, by the noise of the pixels around it, then with these.
        let mut open = settled(&sums.owns()).map(|settled| !settled);
        if rim > 0 && open.contains(&true) {
            let means = sums.means();
            let settled = settled(&means);
            let now: [bool; CENTRES] = array::from_fn(|k| open[k] & settled[k]);
            sums.take(&means, &now, [&mut *guide, &mut *other]);
            open = array::from_fn(|k| open[k] & !settled[k]);
        }
        if rim > 0 && open[..guide.len()].contains(&true) {
            for row in 0..side {
                if row < rim || row >= side - rim {
                    self.add_run(&mut sums, place, [row, 0], side);
                } else {
                    self.add_run(&mut sums, place, [row, 0], rim);
                    self.add_run(&mut sums, place, [row, side - rim], rim);
                }
            }
        }
        sums.take(&sums.means(), &open, [guide, other]);
    }

    /// Adds `length` neighbours in a row of the square, from its row and column `from` on.
    #[inline(always)]
    fn add_run(&self, sums: &mut Sums, [line, x]: [usize; 2], from: [usize; 2], length: usize) {
        let first = (line + from[0]) * self.stride + x + from[1];
        let mut at = 0;
        while at < length {
            let near = [&self.guide[first + at..], &self.other[first + at..]];
            at += match length - at {
                7.. => sums.add::<7>(near),
                5.. => sums.add::<5>(near),
                3.. => sums.add::<3>(near),
                2 => sums.add::<2>(near),
                _ => sums.add::<1>(near),
            };
        }
    }
}

/// The means of each centre's alike neighbours; beyond the last centre they mean nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    pub(super) guide: [f32; CENTRES],
    pub(super) other: [f32; CENTRES],
    /// Standard error of `other` less the part that goes with `guide`; NaN where nothing tells it.
    pub(super) error: [f32; CENTRES],
}

/// Makes the guide [`NOTHING`] where either value is missing.
#[inline(always)]
fn leave_out_gaps(guide: &mut [f32], other: &[f32]) {
    for (g, o) in guide.iter_mut().zip(other) {
        *g = if (*g + *o).is_finite() { *g } else { NOTHING };
    }
}

/// Sums over the alike neighbours of a stretch of centres, of the differences from the centre.
struct Sums {
    length: usize,
    centre: [[f32; CENTRES]; 2],
    /// The centre's other value by its guide.
    ratio: [f32; CENTRES],
    tolerance: [f32; CENTRES],
    guide: [f32; CENTRES],
    other: [f32; CENTRES],
    squares: [f32; CENTRES],
    count: [f32; CENTRES],
}

impl Sums {
    #[inline(always)]
    fn new([guides, others]: [&[f32]; 2]) -> Self {
        let mut centre = [[-NOTHING; CENTRES], [0.0; CENTRES]];
        for (centre, own) in centre[0].iter_mut().zip(guides) {
            *centre = if own.is_finite() { *own } else { -NOTHING };
        }
        for (centre, own) in centre[1].iter_mut().zip(others) {
            *centre = if own.is_finite() { *own } else { 0.0 };
        }
        let zeros = [0.0; CENTRES];
        Self {
            length: guides.len(),
            ratio: array::from_fn(|k| centre[1][k] / centre[0][k]),
            tolerance: centre[0].map(|c| TOLERANCE + TOLERANCE_SHARE * c.clamp(0.0, HIGHEST)),
            centre,
            guide: zeros,
            other: zeros,
            squares: zeros,
            count: zeros,
        }
    }

    /// Adds `N` neighbours in a row to each centre; gives `N`. The first centre's are first in
    /// `near`, the guide and the other value.
    #[inline(always)]
    fn add<const N: usize>(&mut self, near: [&[f32]; 2]) -> usize {
        let n = self.length;
        let [guides, others] = near.map(|values| array::from_fn(|s| &values[s..s + n]));
        let guides: [&[f32]; N] = guides;
        let others: [&[f32]; N] = others;
        let [centre, own] = self.centre.each_ref().map(|centre| &centre[..n]);
        let (tolerance, ratio) = (&self.tolerance[..n], &self.ratio[..n]);
        let (guide, other) = (&mut self.guide[..n], &mut self.other[..n]);
        let (squares, count) = (&mut self.squares[..n], &mut self.count[..n]);
        for k in 0..n {
            for s in 0..N {
                let (g, o) = (guides[s][k] - centre[k], others[s][k] - own[k]);
                // A mask from the sign, because a choice becomes a jump.
                let spare = tolerance[k] - g.abs();
                let alike = !(spare.to_bits().cast_signed() >> 31).cast_unsigned();
                let counted = |value: f32| f32::from_bits(value.to_bits() & alike);
                let (g, o) = (counted(g), counted(o));
                let off = o - ratio[k] * g;
                guide[k] += g;
                other[k] += o;
                squares[k] += off * off;
                count[k] += counted(1.0);
            }
        }
        N
    }

    /// The variance of one pixel about the mean.
    #[inline(always)]
    fn variance(&self, k: usize) -> f32 {
        let n = self.count[k];
        let sum = self.other[k] - self.ratio[k] * self.guide[k];
        (self.squares[k] - sum * sum / n).max(0.0) / (n - 1.0)
    }

    /// The means of what was added so far.
    #[inline(always)]
    fn means(&self) -> Means {
        let each = |centre: &[f32; CENTRES], sums: &[f32; CENTRES]| {
            array::from_fn(|k| centre[k] + sums[k] / self.count[k])
        };
        Means {
            guide: each(&self.centre[0], &self.guide),
            other: each(&self.centre[1], &self.other),
            error: array::from_fn(|k| (self.variance(k) / self.count[k]).sqrt()),
        }
    }

    /// The centres as they are, with the noise of what was added so far.
    #[inline(always)]
    fn owns(&self) -> Means {
        Means {
            guide: self.centre[0],
            other: self.centre[1],
            error: array::from_fn(|k| self.variance(k).sqrt()),
        }
    }

    /// Puts the means of those `now` in the place of their centres, where anything counted.
    #[inline(always)]
    fn take(&self, means: &Means, now: &[bool; CENTRES], [guide, other]: [&mut [f32]; 2]) {
        let n = self.length;
        let (guide, other) = (&mut guide[..n], &mut other[..n]);
        for k in 0..n {
            let take = now[k] & (self.count[k] > 0.0);
            guide[k] = if take { means.guide[k] } else { guide[k] };
            other[k] = if take { means.other[k] } else { other[k] };
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

    #[test]
    fn a_square_grows_no_further_than_it_must() {
        // Two materials of one attenuation side by side, with a chequerboard of noise.
        let size = [9, 9];
        let row = |y: usize, [g, o]: [&mut [f32]; 2]| {
            for x in 0..9 {
                let noise = if (x + y).is_multiple_of(2) {
                    0.002
                } else {
                    -0.002
                };
                g[x] = 2.0 + noise;
                o[x] = if x < 5 { 2.4 } else { 2.24 } - noise;
            }
        };
        let mean = |is_settled: &dyn Fn([f32; 3]) -> bool| {
            let (mut g, mut o) = (vec![0.0; 81], vec![0.0; 81]);
            for y in 0..9 {
                row(y, [&mut g[y * 9..][..9], &mut o[y * 9..][..9]]);
            }
            let around = Surround::new(size, 0..9, 3, &row);
            let settled = |_: usize, means: &Means| {
                let Means {
                    guide,
                    other,
                    error,
                } = means;
                array::from_fn(|k| is_settled([guide[k], other[k], error[k]]))
            };
            let done = around.mean([&mut g, &mut o], &settled, &Cancel::never());
            assert_eq!(done, Ok(()));
            o
        };
        let clear =
            |[guide, other, error]: [f32; 3]| (other / guide - 1.16).abs() * guide > 3.0 * error;
        let (fixed, grown) = (mean(&|_| false), mean(&clear));
        for y in 0..9 {
            assert!(
                (grown[y * 9 + 3] - 2.4).abs() < 0.003,
                "{}",
                grown[y * 9 + 3]
            );
            assert!(
                (fixed[y * 9 + 3] - 2.4).abs() > 0.03,
                "{}",
                fixed[y * 9 + 3]
            );
        }
    }
}
