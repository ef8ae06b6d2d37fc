//! The open-beam signal, estimated from the scan's own border when nobody gave it.
//!
//! Only where the border clearly is open beam: at least two sides are flat, as bright as anything
//! in the picture, agree with each other, and lie in the upper half of the sample range. Every
//! estimate is marked as one. Anything less gives none: no transmission is better than a wrong one.

use crate::radiograph::{Air, Plane, PlaneName, Polarity};

/// Spread of a flat side between its 5 and 95 percentiles, as a share of its median.
const FLAT: f64 = 0.04;
/// How much two sides may differ.
const AGREE: f64 = 0.03;
/// How near a side comes to the brightest of the picture (its 99.5 percentile).
const BRIGHT: f64 = 0.97;
/// The least share of the sample range.
const HIGH: f64 = 0.5;
/// Samples looked at for the brightest of the picture.
const LOOKED_AT: usize = 1 << 20;

/// Gives the planes their estimated air: all of the energies, or none.
pub(super) fn estimate(planes: &mut [Plane]) {
    let wanted = |plane: &Plane| {
        plane.air.is_none()
            && plane.polarity == Polarity::BrightIsAir
            && matches!(
                plane.name,
                PlaneName::High | PlaneName::Low | PlaneName::Grey
            )
    };
    let energies: Vec<usize> = (0..planes.len()).filter(|i| wanted(&planes[*i])).collect();
    let estimates: Option<Vec<f64>> = energies.iter().map(|i| of_border(&planes[*i])).collect();
    for (index, air) in energies.into_iter().zip(estimates.unwrap_or_default()) {
        planes[index].air = Some(Air::Uniform(air));
        planes[index].air_estimated = true;
    }
}

/// The signal of the border, in samples, when it clearly is open beam.
fn of_border(plane: &Plane) -> Option<f64> {
    let smaller = plane.width.min(plane.height);
    let thick = (smaller / 50).clamp(2, 32);
    if smaller < 8 * thick {
        return None;
    }
    let step = plane.samples.len().div_ceil(LOOKED_AT);
    let mut all: Vec<u16> = plane.samples.iter().step_by(step).copied().collect();
    let brightest = percentile(&mut all, 0.995);
    let range = ((1u32 << plane.bits) - 1) as f64;
    let (w, h) = (plane.width, plane.height);
    let sides = [
        (0, 0, w, thick),
        (0, h - thick, w, thick),
        (0, 0, thick, h),
        (w - thick, 0, thick, h),
    ];
    let open: Vec<f64> = sides
        .into_iter()
        .filter_map(|side| flat_side(plane, side))
        .filter(|air| *air >= BRIGHT * brightest && *air >= HIGH * range)
        .collect();
    let low = open.iter().copied().fold(f64::INFINITY, f64::min);
    let high = open.iter().copied().fold(0.0, f64::max);
    (open.len() >= 2 && high - low <= AGREE * high)
        .then(|| open.iter().sum::<f64>() / open.len() as f64)
}

/// The median of a side, when it is flat.
fn flat_side(plane: &Plane, (x, y, w, h): (usize, usize, usize, usize)) -> Option<f64> {
    let mut samples: Vec<u16> = (y..y + h)
        .flat_map(|row| &plane.samples[row * plane.width + x..row * plane.width + x + w])
        .copied()
        .collect();
    let median = percentile(&mut samples, 0.5);
    let spread = percentile(&mut samples, 0.95) - percentile(&mut samples, 0.05);
    (spread <= FLAT * median).then_some(median)
}

/// The sample below which `share` of all lie.
fn percentile(samples: &mut [u16], share: f64) -> f64 {
    let at = ((samples.len() - 1) as f64 * share) as usize;
    f64::from(*samples.select_nth_unstable(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(sample: impl Fn(usize, usize) -> u16) -> Plane {
        let samples = (0..200 * 300).map(|i| sample(i % 300, i / 300)).collect();
        Plane::new(PlaneName::Grey, 300, 200, samples)
    }

    fn air(mut plane: Plane) -> Option<Air> {
        estimate(std::slice::from_mut(&mut plane));
        assert_eq!(plane.air.is_some(), plane.air_estimated);
        plane.air
    }

    #[test]
    fn a_bright_flat_border_is_air_and_anything_else_is_not() {
        let inside = |x: usize, y: usize| (50..250).contains(&x) && (50..200).contains(&y);
        let noise = |x: usize, y: usize| ((x * 7919 + y * 104_729) % 400) as u16;
        let truck = |x, y| {
            if inside(x, y) {
                9_000
            } else {
                60_000 + noise(x, y)
            }
        };
        let Some(Air::Uniform(value)) = air(plane(truck)) else {
            panic!("open beam on three sides")
        };
        assert!((value - 60_200.0).abs() < 60.0, "{value}");
        assert_eq!(air(plane(|x, y| 9_000 + noise(x, y) * 100)), None, "noisy");
        assert_eq!(air(plane(|_, _| 9_000)), None, "dark");
        let bright_inside = |x, y| if inside(x, y) { 65_000 } else { 50_000 };
        assert_eq!(
            air(plane(bright_inside)),
            None,
            "the border is not the brightest"
        );
        let mut dense = plane(truck);
        dense.polarity = Polarity::BrightIsDense;
        assert_eq!(air(dense), None);
    }
}
