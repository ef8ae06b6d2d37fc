//! The median of a square: takes single wrong pixels out and leaves edges where they are.
//!
//! Missing values and what lies outside do not count: there the median is that of the others, the
//! mean of the two in the middle where their number is even.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use std::ops::Range;

use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::Field;

/// Places that are sorted at once.
pub(super) const LANES: usize = 16;
/// Values of the largest square, 7 by 7.
pub(super) const MOST: usize = 49;

/// Places whose columns are in order at once: they stay in the nearest cache.
const PIECE: usize = 1024;
/// Columns more than a piece that are put in order with it, so that whole registers are: two are
/// needed.
const MORE: usize = 16;

/// `LANES` values, one for each place.
pub(super) type Lane = [f32; LANES];

/// Median, `args` = radius in scan pixels: of the square of `2 radius + 1`. Where a raster is so
/// coarse that the radius is less than half a pixel, values stay.
pub(super) fn median(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let radius = (args[0] * scale).round() as usize;
    if radius == 0 {
        return Ok(());
    }
    let width = field.width;
    let begin = || (vec![false; width], Columns::new());
    rows::each(
        field,
        radius,
        cancel,
        begin,
        |(holes, columns), lines, out| {
            let whole = lines.rows.len() == 2 * radius + 1 && width > 2 * radius;
            match radius {
                _ if !whole => {}
                1 => {
                    let rows = [0, 1, 2].map(|by| &lines.at(lines.rows.start + by)[..width]);
                    wide!(medians_of_nine(rows, columns, out));
                }
                _ => wide!(medians(lines, radius, out)),
            }
            let left = if whole { radius } else { width };
            let right = (width - radius.min(width)).max(left);
            for x in (0..left).chain(right..width) {
                out[x] = median_of_some(lines, x, radius);
            }
            if whole && lines.any_missing() {
                find_holes(lines, holes);
                for x in left..right {
                    if holes[x - radius..=x + radius].contains(&true) {
                        out[x] = median_of_some(lines, x, radius);
                    }
                }
            }
        },
    )
}

/// Marks the columns that miss a value.
fn find_holes(lines: &Lines<'_>, holes: &mut [bool]) {
    holes.fill(false);
    for y in lines.rows.clone() {
        for (hole, v) in holes.iter_mut().zip(lines.at(y)) {
            *hole |= v.is_nan();
        }
    }
}

/// The median of what is there around one place; NaN where its own value is missing.
fn median_of_some(lines: &Lines<'_>, x: usize, radius: usize) -> f32 {
    let own = lines.own()[x];
    if own.is_nan() {
        return own;
    }
    let columns = x.saturating_sub(radius)..lines.own().len().min(x + radius + 1);
    let mut some = [0.0; MOST];
    let mut count = 0;
    for y in lines.rows.clone() {
        for v in lines.at(y)[columns.clone()].iter().filter(|v| !v.is_nan()) {
            some[count] = *v;
            count += 1;
        }
    }
    middle(&mut some[..count])
}

/// The median of at least one number; the mean of the two in the middle where there are two.
pub(super) fn middle(some: &mut [f32]) -> f32 {
    let count = some.len();
    let (below, upper, _) = some.select_nth_unstable_by(count / 2, f32::total_cmp);
    if count % 2 == 1 {
        return *upper;
    }
    let lower = below.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    f32::midpoint(lower, *upper)
}

/// Medians of whole squares; the places within `radius` of either end are left.
#[inline(always)]
fn medians(lines: &Lines<'_>, radius: usize, out: &mut [f32]) {
    let side = 2 * radius + 1;
    let width = out.len();
    let mut lanes = [[0.0; LANES]; MOST];
    for from in (radius..width - radius).step_by(LANES) {
        let count = LANES.min(width - radius - from);
        for dy in 0..side {
            let row = lines.at(lines.rows.start + dy);
            for dx in 0..side {
                let source = &row[from + dx - radius..][..count];
                lanes[dy * side + dx][..count].copy_from_slice(source);
            }
        }
        let middle = median_of(&mut lanes[..side * side]);
        out[from..from + count].copy_from_slice(&middle[..count]);
    }
}

/// The smaller and the larger of two.
#[inline(always)]
fn ordered<T: Copy + PartialOrd>(p: T, q: T) -> (T, T) {
    // Two choices, so that each is one instruction.
    (if p < q { p } else { q }, if q > p { q } else { p })
}

/// The middle one of three.
#[inline(always)]
fn middle_of_three<T: Copy + PartialOrd>(a: T, b: T, c: T) -> T {
    let (low, high) = ordered(a, b);
    let (rest, _) = ordered(high, c);
    ordered(low, rest).1
}

/// A piece of a row of columns of three, each in order: the low, the middle and the high values.
#[derive(Clone, Copy)]
struct Columns<T>([[T; PIECE + MORE]; 3]);

impl<T: Copy + PartialOrd + Default> Columns<T> {
    fn new() -> Self {
        Self([[T::default(); PIECE + MORE]; 3])
    }

    /// Puts three rows of one length in order at every place.
    #[inline(always)]
    fn order(&mut self, rows: [&[T]; 3]) {
        let n = rows[0].len();
        let [top, middle, bottom] = rows.map(|row| &row[..n]);
        let [low, mid, high] = self.0.each_mut().map(|values| &mut values[..n]);
        for x in 0..n {
            let pair = ordered(top[x], middle[x]);
            [low[x], mid[x], high[x]] = placed(pair, bottom[x]);
        }
    }

    /// The medians of squares of 3 by 3 from their columns: the middle one of the largest low, the
    /// middle middle and the least high.
    #[inline(always)]
    fn medians(&self, out: &mut [T]) {
        let n = out.len();
        let [low, mid, high] = self.0.each_ref().map(|values| {
            let three: [&[T]; 3] = std::array::from_fn(|by| &values[by..by + n]);
            three
        });
        for x in 0..n {
            let largest = ordered(ordered(low[0][x], low[1][x]).1, low[2][x]).1;
            let least = ordered(ordered(high[0][x], high[1][x]).0, high[2][x]).0;
            let between = middle_of_three(mid[0][x], mid[1][x], mid[2][x]);
            out[x] = middle_of_three(largest, between, least);
        }
    }
}

/// Three in order, of two that are.
#[inline(always)]
fn placed<T: Copy + PartialOrd>((low, high): (T, T), other: T) -> [T; 3] {
    let (rest, highest) = ordered(high, other);
    let (lowest, middle) = ordered(low, rest);
    [lowest, middle, highest]
}

/// The columns of a piece of `length` medians from column `from` on, and some more.
#[inline(always)]
fn around<T>(row: &[T], from: usize, length: usize) -> &[T] {
    &row[from..row.len().min(from + length + MORE)]
}

/// Puts two rows above each other and the rows around them in order, for the squares around each of
/// the two: what both squares share is put in order once.
#[inline(always)]
fn order_both<T: Copy + PartialOrd>(rows: [&[T]; 4], [upper, lower]: &mut [Columns<T>; 2]) {
    let n = rows[0].len();
    let [above, one, two, below] = rows.map(|row| &row[..n]);
    let [low, mid, high] = upper.0.each_mut().map(|values| &mut values[..n]);
    let [low_2, mid_2, high_2] = lower.0.each_mut().map(|values| &mut values[..n]);
    for x in 0..n {
        let pair = ordered(one[x], two[x]);
        [low[x], mid[x], high[x]] = placed(pair, above[x]);
        [low_2[x], mid_2[x], high_2[x]] = placed(pair, below[x]);
    }
}

/// Medians of squares of 3 by 3 within three rows; the places at either end are left. Columns are put
/// in order once for the three squares that they belong to.
#[inline(always)]
fn medians_of_nine(rows: [&[f32]; 3], columns: &mut Columns<f32>, out: &mut [f32]) {
    let inner = out.len() - 2;
    for (at, out) in out[1..=inner].chunks_mut(PIECE).enumerate() {
        let from = at * PIECE;
        columns.order(rows.map(|row| around(row, from, out.len())));
        columns.medians(out);
    }
}

/// As [`medians_of_nine`], of the two rows in the middle of four.
#[inline(always)]
fn medians_of_two_rows(
    rows: [&[u16]; 4],
    columns: &mut [Columns<u16>; 2],
    [upper, lower]: [&mut [u16]; 2],
) {
    let inner = upper.len() - 2;
    let pieces = upper[1..=inner].chunks_mut(PIECE);
    let pieces = pieces.zip(lower[1..=inner].chunks_mut(PIECE));
    for (at, (upper, lower)) in pieces.enumerate() {
        let from = at * PIECE;
        order_both(rows.map(|row| around(row, from, upper.len())), columns);
        columns[0].medians(upper);
        columns[1].medians(lower);
    }
}

/// Medians of 3 by 3 of samples: as of the values that they stand for, because those are in the same
/// order or in the opposite one. `rows` of a raster of `width` columns; the pixels at its border,
/// whose squares reach beyond it, stay.
pub(super) fn median_of_samples(
    samples: &[u16],
    width: usize,
    rows: Range<usize>,
    out: &mut [u16],
) {
    let height = samples.len() / width.max(1);
    let row = |y: usize| &samples[y * width..][..width];
    let inner = rows.start.max(1)..rows.end.min(height.max(1) - 1);
    for (y, out) in rows.clone().zip(out.chunks_mut(width.max(1))) {
        if width < 3 || !inner.contains(&y) {
            out.copy_from_slice(row(y));
        } else {
            (out[0], out[width - 1]) = (row(y)[0], row(y)[width - 1]);
        }
    }
    if width < 3 {
        return;
    }
    let mut columns = [Columns::new(); 2];
    // The last of an odd number of rows is done twice.
    let mut spare = vec![0; width];
    for y in inner.clone().step_by(2) {
        let (upper, rest) = out[(y - rows.start) * width..].split_at_mut(width);
        let single = y + 1 == inner.end;
        let lower = if single {
            &mut spare[..]
        } else {
            &mut rest[..width]
        };
        let below = row((y + 2).min(height - 1));
        let rows = [row(y - 1), row(y), row(y + 1), below];
        wide!(medians_of_two_rows(rows, &mut columns, [upper, lower]));
    }
}

/// The smaller and the larger of each two.
#[inline(always)]
fn both(p: &mut Lane, q: &mut Lane) {
    for (p, q) in p.iter_mut().zip(q) {
        (*p, *q) = ordered(*p, *q);
    }
}

/// The median of an odd number of values: the least and the largest of just more than half of them
/// cannot be it, so they go and the next one comes in.
#[inline(always)]
pub(super) fn median_of(lanes: &mut [Lane]) -> Lane {
    let count = lanes.len();
    let mut held = count / 2 + 2;
    let mut next = held;
    loop {
        let (mut low, mut high) = (lanes[0], lanes[held - 1]);
        for lane in &mut lanes[1..held - 1] {
            both(&mut low, lane);
        }
        both(&mut low, &mut high);
        for lane in &mut lanes[1..held - 1] {
            both(lane, &mut high);
        }
        if next == count {
            return lanes[1];
        }
        // The least and the largest are gone; the next one takes the place of the first.
        lanes[0] = lanes[next];
        next += 1;
        held -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_a_lane_is_that_of_the_sorted() {
        for count in [9, 25, 49] {
            let mut lanes = vec![[0.0; LANES]; count];
            let mut number = 7_u32;
            for lane in &mut lanes {
                for v in lane {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *v = (number >> 24) as f32;
                }
            }
            let found = median_of(&mut lanes.clone());
            for (i, found) in found.iter().enumerate() {
                let mut column: Vec<f32> = lanes.iter().map(|lane| lane[i]).collect();
                assert_eq!(*found, middle(&mut column));
            }
        }
        assert_eq!(middle(&mut [4.0, 1.0, 2.0, 9.0]), 3.0);
    }

    #[test]
    fn medians_of_samples_are_those_of_the_sorted_and_the_border_stays() {
        let (width, height) = (700, 9);
        let noise = |i: usize| (i as u32).wrapping_mul(2_654_435_761) >> 16;
        let samples: Vec<u16> = (0..width * height).map(|i| noise(i) as u16).collect();
        for rows in [0..height, 0..4, 3..8, 8..9, 1..2] {
            let mut out = vec![0; rows.len() * width];
            median_of_samples(&samples, width, rows.clone(), &mut out);
            for (i, found) in out.iter().enumerate() {
                let (x, y) = (i % width, rows.start + i / width);
                let inside = (1..width - 1).contains(&x) && (1..height - 1).contains(&y);
                let mut square: Vec<u16> = if inside {
                    let line = |y: usize| &samples[y * width + x - 1..][..3];
                    [line(y - 1), line(y), line(y + 1)].concat()
                } else {
                    vec![samples[y * width + x]]
                };
                square.sort_unstable();
                assert_eq!(*found, square[square.len() / 2], "{x},{y}");
            }
        }
    }
}
