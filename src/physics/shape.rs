//! Dense by shape: at tube voltages lead, tungsten and gold read as organic matter, and only their
//! outline betrays them. A small, sharp, strongly attenuating spot is no organic mass.

#![allow(clippy::needless_bitwise_bool)] // A lazy operator is a jump.

use super::Class;

/// Attenuation from which on a spot may be dense.
const FROM: f32 = 2.5;
/// How much more it must attenuate than its surround.
const ABOVE: f32 = 1.0;
/// Largest side in scan pixels.
pub(super) const LARGEST: f64 = 32.0;
/// Distance in raster pixels of the surround from the spot: what is sharp falls within it.
pub(super) const RING: usize = 3;

/// Pixels that are passed over at once.
const RUN: usize = 64;

/// A connected spot of pixels.
struct Spot {
    pixels: Vec<usize>,
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// Turns small sharp spots of organic pixels into [`Class::Dense`].
pub(super) fn flag_dense(classes: &mut [Class], alpha: &[f32], width: usize, scale: f64) {
    let pixels = classes.iter().zip(alpha);
    let mut todo: Vec<bool> = pixels
        .map(|(class, alpha)| (*class == Class::Organic) & (*alpha > FROM))
        .collect();
    let largest = (LARGEST * scale).round().max(1.0) as usize;
    let mut from = 0;
    while let Some(start) = next(&todo, from) {
        from = start + 1;
        let spot = flood(start, &mut todo, width);
        let small = spot.right - spot.left < largest && spot.bottom - spot.top < largest;
        if small && stands_out(&spot, alpha, width) {
            for i in spot.pixels {
                classes[i] = Class::Dense;
            }
        }
    }
}

/// The first that is to do from `from` on; whole runs without any are passed over at once.
fn next(todo: &[bool], from: usize) -> Option<usize> {
    let mut from = from;
    for run in todo[from..].chunks(RUN) {
        if run.iter().fold(false, |any, todo| any | todo) {
            return run.iter().position(|todo| *todo).map(|at| from + at);
        }
        from += run.len();
    }
    None
}

/// The pixels connected to `start` by their sides; they are taken off `todo`.
fn flood(start: usize, todo: &mut [bool], width: usize) -> Spot {
    let (x, y) = (start % width, start / width);
    let mut spot = Spot {
        pixels: Vec::new(),
        left: x,
        right: x,
        top: y,
        bottom: y,
    };
    let mut open = vec![start];
    todo[start] = false;
    while let Some(i) = open.pop() {
        let (x, y) = (i % width, i / width);
        spot.left = spot.left.min(x);
        spot.right = spot.right.max(x);
        spot.top = spot.top.min(y);
        spot.bottom = spot.bottom.max(y);
        spot.pixels.push(i);
        let neighbours = [
            (x > 0).then(|| i - 1),
            (x + 1 < width).then_some(i + 1),
            (y > 0).then(|| i - width),
            (i + width < todo.len()).then_some(i + width),
        ];
        for next in neighbours.into_iter().flatten() {
            if std::mem::take(&mut todo[next]) {
                open.push(next);
            }
        }
    }
    spot
}

/// Whether the spot attenuates much more than the frame around it.
fn stands_out(spot: &Spot, alpha: &[f32], width: usize) -> bool {
    let height = alpha.len() / width;
    let (left, top) = (
        spot.left.saturating_sub(RING),
        spot.top.saturating_sub(RING),
    );
    let (right, bottom) = (
        (spot.right + RING).min(width - 1),
        (spot.bottom + RING).min(height - 1),
    );
    let inside = spot.pixels.iter().map(|i| alpha[*i]).sum::<f32>() / spot.pixels.len() as f32;
    let mut frame = Vec::new();
    for y in top..=bottom {
        for x in left..=right {
            if y == top || y == bottom || x == left || x == right {
                let value = alpha[y * width + x];
                if value.is_finite() {
                    frame.push(value);
                }
            }
        }
    }
    let around = frame.iter().sum::<f32>() / frame.len().max(1) as f32;
    !frame.is_empty() && inside - around > ABOVE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of organic attenuation 1 with a square of attenuation 3.
    fn flagged(side: usize, width: usize) -> usize {
        let mut alpha = vec![1.0; width * width];
        for y in 0..side {
            for x in 0..side {
                alpha[(y + 6) * width + x + 6] = 3.0;
            }
        }
        let mut classes = vec![Class::Organic; alpha.len()];
        flag_dense(&mut classes, &alpha, width, 1.0);
        classes.iter().filter(|c| **c == Class::Dense).count()
    }

    #[test]
    fn a_small_sharp_spot_is_dense_and_a_large_mass_is_not() {
        assert_eq!(flagged(5, 20), 25);
        assert_eq!(flagged(40, 60), 0);
    }
}
