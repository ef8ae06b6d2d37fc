//! The median of a square: takes single wrong pixels out and leaves edges where they are.
//!
//! Missing values and what lies outside do not count: there the median is that of the others, the
//! mean of the two in the middle where their number is even.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::lanes::wide;
use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::radiograph::Field;

/// Places that are sorted at once.
const LANES: usize = 16;
/// Values of the largest square, 7 by 7.
pub(super) const MOST: usize = 49;

/// `LANES` values, one for each place.
type Lane = [f32; LANES];

/// Median, `args` = radius in scan pixels: of the square of `2 radius + 1`. Where a raster is so
/// coarse that the radius is less than half a pixel, values stay.
pub(super) fn median(field: &mut Field, args: &[f64], scale: f64, cancel: &Cancel) -> Result<()> {
    let radius = (args[0] * scale).round() as usize;
    if radius == 0 {
        return Ok(());
    }
    let width = field.width;
    let begin = || (vec![false; width], [0; 3].map(|_| vec![0.0; width]));
    rows::each(
        field,
        radius,
        cancel,
        begin,
        |(holes, columns), lines, out| {
            let whole = lines.rows.len() == 2 * radius + 1 && width > 2 * radius;
            match radius {
                _ if !whole => {}
                1 => wide(|| medians_of_nine(lines, columns, out)),
                _ => wide(|| medians(lines, radius, out)),
            }
            if lines.any_missing() {
                find_holes(lines, holes);
            } else {
                holes.fill(false);
            }
            let some = whole && !holes.contains(&true);
            let ends = radius.min(width)..width.saturating_sub(radius).max(radius.min(width));
            for (x, out) in out.iter_mut().enumerate() {
                let columns = x.saturating_sub(radius)..width.min(x + radius + 1);
                let inside = ends.contains(&x);
                if inside && some {
                    continue;
                }
                if !whole || !inside || holes[columns.clone()].contains(&true) {
                    *out = median_of_some(lines, x, columns);
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
fn median_of_some(lines: &Lines<'_>, x: usize, columns: std::ops::Range<usize>) -> f32 {
    let own = lines.own()[x];
    if own.is_nan() {
        return own;
    }
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
    for from in (radius..width - radius).step_by(LANES) {
        let count = LANES.min(width - radius - from);
        let mut lanes = [[0.0; LANES]; MOST];
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
fn ordered(p: f32, q: f32) -> (f32, f32) {
    if p < q { (p, q) } else { (q, p) }
}

/// The middle one of three.
#[inline(always)]
fn middle_of_three(a: f32, b: f32, c: f32) -> f32 {
    let (low, high) = ordered(a, b);
    let (rest, _) = ordered(high, c);
    ordered(low, rest).1
}

/// Medians of squares of 3 by 3: columns are put in order once for the three squares that they
/// belong to; the median is the middle one of the largest low, the middle middle and the least high.
#[inline(always)]
fn medians_of_nine(lines: &Lines<'_>, columns: &mut [Vec<f32>; 3], out: &mut [f32]) {
    let width = out.len();
    let [top, middle, bottom] = [0, 1, 2].map(|i| &lines.at(lines.rows.start + i)[..width]);
    let [low, mid, high] = columns.each_mut().map(|column| &mut column[..width]);
    for x in 0..width {
        let (a, b) = ordered(top[x], middle[x]);
        let (b, c) = ordered(b, bottom[x]);
        let (a, b) = ordered(a, b);
        (low[x], mid[x], high[x]) = (a, b, c);
    }
    let inner = width - 2;
    let out = &mut out[1..=inner];
    let [low, mid, high] = [low, mid, high].map(|all| [&all[..inner], &all[1..=inner], &all[2..]]);
    for x in 0..inner {
        let largest = ordered(ordered(low[0][x], low[1][x]).1, low[2][x]).1;
        let least = ordered(ordered(high[0][x], high[1][x]).0, high[2][x]).0;
        let between = middle_of_three(mid[0][x], mid[1][x], mid[2][x]);
        out[x] = middle_of_three(largest, between, least);
    }
}

/// Puts the smaller of each two at `a` and the larger at `b`.
#[inline(always)]
fn order(lanes: &mut [Lane], a: usize, b: usize) {
    for i in 0..LANES {
        (lanes[a][i], lanes[b][i]) = ordered(lanes[a][i], lanes[b][i]);
    }
}

/// The median of an odd number of values: the least and the largest of just more than half of them
/// cannot be it, so they go and the next one comes in.
#[inline(always)]
fn median_of(lanes: &mut [Lane]) -> Lane {
    let count = lanes.len();
    let mut held = count / 2 + 2;
    let mut next = held;
    while held > 2 {
        for i in 1..held {
            order(lanes, 0, i);
        }
        for i in 1..held - 1 {
            order(lanes, i, held - 1);
        }
        // Slots 0 and held - 1 are free: the next value takes the first.
        if next < count {
            lanes[0] = lanes[next];
            next += 1;
            held -= 1;
        } else {
            break;
        }
    }
    lanes[1]
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
}
