//! The median of a square: takes single wrong pixels out and leaves edges where they are.
//!
//! Missing values and what lies outside do not count: there the median is that of the others, the
//! mean of the two in the middle where their number is even.

// Only what is inlined is compiled for the wider registers.
#![allow(clippy::inline_always)]

use super::rows::{self, Lines};
use crate::Result;
use crate::cancel::Cancel;
use crate::lanes::wide;
use crate::radiograph::Field;

/// Places that are sorted at once.
pub(super) const LANES: usize = 16;
/// Values of the largest square, 7 by 7.
pub(super) const MOST: usize = 49;

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
                1 => wide!(medians_of_nine(lines, columns, out)),
                _ => wide!(medians(lines, radius, out)),
            }
            if lines.any_missing() {
                find_holes(lines, holes);
            } else {
                holes.fill(false);
            }
            let left = if whole { radius } else { width };
            let right = (width - radius.min(width)).max(left);
            for x in (0..left).chain(right..width) {
                out[x] = median_of_some(lines, x, radius);
            }
            if whole && holes.contains(&true) {
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
fn ordered(p: f32, q: f32) -> (f32, f32) {
    // Two choices, so that each is one instruction.
    (if p < q { p } else { q }, if q > p { q } else { p })
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
    let rows = [0, 1, 2].map(|i| &lines.at(lines.rows.start + i)[..width]);
    let [low, mid, high] = &mut *columns;
    order_columns(
        rows,
        &mut low[..width],
        &mut mid[..width],
        &mut high[..width],
    );
    let inner = width - 2;
    let beside = |row: usize| [0, 1, 2].map(|by| &columns[row][by..by + inner]);
    pick_medians([beside(0), beside(1), beside(2)], &mut out[1..=inner]);
}

/// Puts three rows in order at every place. Rows of their own are known to share nothing.
#[inline(always)]
fn order_columns(rows: [&[f32]; 3], low: &mut [f32], mid: &mut [f32], high: &mut [f32]) {
    let [top, middle, bottom] = rows;
    let rows = top.iter().zip(middle).zip(bottom);
    let ordered_rows = low.iter_mut().zip(mid).zip(high);
    for (((top, middle), bottom), ((low, mid), high)) in rows.zip(ordered_rows) {
        let (a, b) = ordered(*top, *middle);
        let (b, c) = ordered(b, *bottom);
        (*low, *mid) = ordered(a, b);
        *high = c;
    }
}

/// The medians from three columns each of low, middle and high values.
#[inline(always)]
fn pick_medians([low, mid, high]: [[&[f32]; 3]; 3], out: &mut [f32]) {
    let length = out.len();
    let (l0, l1, l2) = (&low[0][..length], &low[1][..length], &low[2][..length]);
    let (m0, m1, m2) = (&mid[0][..length], &mid[1][..length], &mid[2][..length]);
    let (h0, h1, h2) = (&high[0][..length], &high[1][..length], &high[2][..length]);
    for x in 0..length {
        let largest = ordered(ordered(l0[x], l1[x]).1, l2[x]).1;
        let least = ordered(ordered(h0[x], h1[x]).0, h2[x]).0;
        let between = middle_of_three(m0[x], m1[x], m2[x]);
        out[x] = middle_of_three(largest, between, least);
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
}
