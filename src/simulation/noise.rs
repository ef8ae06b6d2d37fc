//! Random numbers by place: every column of every plane has a stream of its own, made of the seed and
//! the column's number, so that threads and their order change nothing.
//!
//! The mixer is `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014); Poisson numbers by Knuth's product below
//! a mean of 30 and by a rounded normal number above it; normal numbers by Box and Muller.

/// Mean above which a Poisson number is drawn as a normal one.
const NORMAL_FROM: f64 = 30.0;
/// The increment of `SplitMix64`.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
    /// The second normal number of a pair.
    spare: Option<f64>,
}

impl Random {
    /// The stream of a place.
    pub(super) fn of(seed: u64, place: [u64; 2]) -> Self {
        Self {
            state: hash(seed, place),
            spare: None,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// 0 to below 1.
    fn uniform(&mut self) -> f64 {
        unit(self.next())
    }

    /// A normal number of mean 0 and standard deviation 1.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// A Poisson number of that mean.
    pub(super) fn poisson(&mut self, mean: f64) -> f64 {
        if mean >= NORMAL_FROM {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0);
        }
        let floor = (-mean).exp();
        let (mut count, mut product) = (0.0, self.uniform());
        while product > floor {
            count += 1.0;
            product *= self.uniform();
        }
        count
    }
}

/// 64 well mixed bits of a seed and a place.
pub(super) fn hash(seed: u64, place: [u64; 2]) -> u64 {
    let first = mix(seed.wrapping_add(GOLDEN));
    let second = mix(first ^ place[0].wrapping_mul(GOLDEN).wrapping_add(1));
    mix(second ^ place[1].wrapping_mul(GOLDEN).wrapping_add(2))
}

/// 0 to below 1 of 64 bits.
pub(super) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        for mean in [0.3, 5.0, 29.0, 31.0, 5000.0] {
            let mut random = Random::of(3, [1, 2]);
            let drawn: Vec<f64> = (0..20_000).map(|_| random.poisson(mean)).collect();
            let n = drawn.len() as f64;
            let got = drawn.iter().sum::<f64>() / n;
            let variance = drawn.iter().map(|d| (d - got).powi(2)).sum::<f64>() / n;
            assert!(
                (got - mean).abs() < 4.0 * (mean / n).sqrt(),
                "{mean}: {got}"
            );
            assert!((variance / mean - 1.0).abs() < 0.05, "{mean}: {variance}");
        }
        assert_eq!(Random::of(1, [0, 0]).poisson(0.0), 0.0);
    }

    #[test]
    fn streams_of_neighbours_are_not_alike() {
        let mut a = Random::of(1, [5, 0]);
        let mut b = Random::of(1, [6, 0]);
        let product: f64 = (0..20_000).map(|_| a.normal() * b.normal()).sum();
        assert!((product / 20_000.0).abs() < 0.03);
    }
}
