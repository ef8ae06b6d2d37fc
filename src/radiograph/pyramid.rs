//! Coarser levels of a radiograph: each half as wide and high as the one before, area averages in 16
//! bits, made a band at a time so that other work can come between.
//!
//! A level is a plane like any other: where the open beam differs from row to row, its rows have the
//! mean open beam and samples that give the mean transmission.

use rayon::prelude::*;

use super::{Air, Part, Plane, PlaneName, Radiograph};

/// Pixels of the finer level that one step works on: a few milliseconds.
const STEP: usize = 1 << 22;
/// Columns and rows below which there is no coarser level.
const SMALLEST: usize = 256;

/// The levels of a radiograph's planes, as far as they are made.
#[derive(Debug, Clone, Default)]
pub struct Pyramid {
    /// Finished levels, the finest first; each with the radiograph's planes.
    levels: Vec<Vec<Plane>>,
    /// The level that is being made, with the rows of it that are.
    growing: Option<(Vec<Plane>, usize)>,
}

impl Pyramid {
    /// The coarsest finished level of a plane whose pixels are at most `step` scan pixels wide and
    /// high, and how many they are.
    pub fn level(&self, name: &PlaneName, step: f64) -> Option<(&Plane, usize)> {
        let fitting = self.levels.iter().rev();
        let mut planes = fitting.filter_map(|planes| planes.iter().find(|p| p.name == *name));
        let plane = planes.find(|plane| plane.part.step as f64 <= step)?;
        Some((plane, plane.part.step))
    }

    /// Makes a band of the next level of `radiograph`, which must be the same each time; `false` when
    /// there is nothing left to make.
    pub fn grow(&mut self, radiograph: &Radiograph) -> bool {
        let finer = self.levels.last().unwrap_or(&radiograph.planes);
        let Some(first) = finer.first() else {
            return false;
        };
        let (mut planes, done) = match self.growing.take() {
            Some(growing) => growing,
            None if first.width.min(first.height) < 2 * SMALLEST => return false,
            None => (finer.iter().map(halved).collect(), 0),
        };
        let height = first.height.div_ceil(2);
        let rows = (STEP / (2 * first.width)).clamp(1, height - done);
        for (coarse, fine) in planes.iter_mut().zip(finer) {
            fill(coarse, fine, done..done + rows);
        }
        if done + rows == height {
            self.levels.push(planes);
        } else {
            self.growing = Some((planes, done + rows));
        }
        true
    }

    /// Samples that it holds.
    pub fn samples(&self) -> usize {
        let growing = self.growing.iter().map(|(planes, _)| planes);
        let planes = self.levels.iter().chain(growing).flatten();
        planes.map(|plane| plane.samples.len()).sum()
    }
}

/// A plane of half the size, without samples yet.
fn halved(fine: &Plane) -> Plane {
    let (width, height) = (fine.width.div_ceil(2), fine.height.div_ceil(2));
    Plane {
        name: fine.name.clone(),
        width,
        height,
        part: Part {
            step: 2 * fine.part.step,
            ..fine.part
        },
        samples: vec![0; width * height],
        summary: None,
        air: fine.air.clone(),
        ..*fine
    }
}

/// Fills some rows of a level from the finer one.
fn fill(coarse: &mut Plane, fine: &Plane, rows: std::ops::Range<usize>) {
    let shares = rows
        .clone()
        .map(|y| shares(coarse, fine, y))
        .collect::<Vec<_>>();
    let width = coarse.width;
    let part = &mut coarse.samples[rows.start * width..rows.end * width];
    let lines = part.par_chunks_exact_mut(width).zip(rows).zip(shares);
    lines.for_each(|((line, y), share)| {
        let row = |y: usize| &fine.samples[y * fine.width..(y + 1) * fine.width];
        let pair = [row(2 * y), row((2 * y + 1).min(fine.height - 1))];
        match share {
            None => plain(line, pair),
            Some(share) => weighted(line, pair, share),
        }
    });
}

/// What the two rows under a row of the level count, and the summand, where their open beams differ.
fn shares(coarse: &Plane, fine: &Plane, y: usize) -> Option<[f32; 3]> {
    let Some(Air::Rows(_)) = fine.air else {
        return None;
    };
    let pair = [2 * y, (2 * y + 1).min(fine.height - 1)].map(|y| fine.linear_of_held(y));
    if pair[0] == pair[1] {
        return None;
    }
    let own = coarse.linear_of_held(y);
    let offset = f32::midpoint(pair[0].offset, pair[1].offset) - own.offset;
    Some([
        pair[0].gain / 2.0 / own.gain,
        pair[1].gain / 2.0 / own.gain,
        offset / own.gain,
    ])
}

/// Rounded means of squares of four.
fn plain(line: &mut [u16], [above, below]: [&[u16]; 2]) {
    let last = line.len() - 1;
    let pairs = above.chunks_exact(2).zip(below.chunks_exact(2));
    for (mean, (a, b)) in line.iter_mut().zip(pairs) {
        let sum = u32::from(a[0]) + u32::from(a[1]) + u32::from(b[0]) + u32::from(b[1]);
        *mean = ((sum + 2) >> 2) as u16;
    }
    if let (Some(a), Some(b)) = (above.get(2 * last), below.get(2 * last))
        && above.len() % 2 == 1
    {
        line[last] = (u32::from(*a) + u32::from(*b)).div_ceil(2) as u16;
    }
}

/// The same where the rows count differently.
fn weighted(line: &mut [u16], [above, below]: [&[u16]; 2], [a, b, offset]: [f32; 3]) {
    let pairs = above.chunks(2).zip(below.chunks(2));
    for (mean, (above, below)) in line.iter_mut().zip(pairs) {
        let of = |pair: &[u16]| pair.iter().map(|s| f32::from(*s)).sum::<f32>() / pair.len() as f32;
        // Whatever has no open beam has no sample either; the cast keeps within the range.
        *mean = (a * of(above) + b * of(below) + offset + 0.5) as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Size, resample};
    use super::*;
    use crate::cancel::Cancel;

    fn grown(plane: Plane) -> (Radiograph, Pyramid) {
        let radiograph = Radiograph {
            view: "main".into(),
            pixel_mm: None,
            planes: vec![plane],
        };
        let mut pyramid = Pyramid::default();
        while pyramid.grow(&radiograph) {}
        (radiograph, pyramid)
    }

    /// A scan of odd size with structure at every scale.
    fn plane(air: Option<Air>) -> Plane {
        let (width, height) = (1237, 1101);
        let sample = |i: usize| {
            let (x, y) = (i % width, i / width);
            let wave = (x as f64 / 90.0).sin() * (y as f64 / 70.0).cos();
            (20_000.0 + 9_000.0 * wave) as u16 + (i * 7919 % 2003) as u16
        };
        let samples = (0..width * height).map(sample).collect();
        let mut plane = Plane::new(PlaneName::Grey, width, height, samples);
        plane.air = air;
        plane.dark = 100.0;
        plane
    }

    #[test]
    fn a_level_is_the_area_average_whatever_the_rows_air() {
        let rows = (0..1101).map(|y| 40_000.0 + 3_000.0 * (y % 3) as f32);
        for air in [
            None,
            Some(Air::Uniform(45_000.0)),
            Some(Air::Rows(rows.collect())),
        ] {
            let (radiograph, pyramid) = grown(plane(air));
            let full = &radiograph.planes[0];
            for (step, factor) in [(2.0, 2), (3.9, 2), (4.0, 4)] {
                let (level, found) = pyramid.level(&PlaneName::Grey, step).unwrap_or((full, 1));
                assert_eq!(found, factor);
                let size = Size {
                    width: 100,
                    height: 100,
                };
                let whole = (factor * 100) as f64;
                let area = [4.0 * whole / 4.0, 0.0, whole, whole];
                let exact = resample(full, area, size, &Cancel::never());
                let got = resample(level, area, size, &Cancel::never());
                let (exact, got) = (exact.unwrap_or_else(|e| panic!("{e}")), got);
                let got = got.unwrap_or_else(|e| panic!("{e}"));
                // Half a sample for each halving.
                let step = full.linear_of_row(0).gain * 1.01 * factor as f32 / 2.0;
                for (a, b) in exact.values.iter().zip(&got.values) {
                    assert!((a - b).abs() <= step, "{factor}: {a} {b}");
                }
            }
            assert!(pyramid.level(&PlaneName::Grey, 1.9).is_none());
            assert!(pyramid.level(&PlaneName::High, 4.0).is_none());
            assert!(pyramid.samples() * 3 < full.samples.len() * 101 / 100 + 3 * 4000);
        }
    }
}
