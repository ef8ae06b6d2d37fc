//! From attenuations to matter: the tables of Z and mass thickness over (`alpha_high`, R) for each
//! detector row or group of rows.
//!
//! Each element's attenuations are followed along its mass thickness and laid down at equal steps
//! of `alpha_high`; [`Table`] answers a pixel from them.

use std::sync::OnceLock;

use super::profile::Profile;
use super::table::STEP;
pub use super::table::{Reading, Table};
use super::transparency::Weights;
use super::xcom::{self, CrossSections, HIGHEST_Z};

/// Points along the mass thickness at which an element is followed.
const POINTS: usize = 40;
/// Groups of detector rows at most: neighbouring rows differ less than noise.
const MOST_GROUPS: usize = 128;

/// The tables of a whole detector, each made when it is first asked for.
pub struct Inversion {
    profile: Profile,
    elements: Elements,
    tables: Vec<OnceLock<Table>>,
}

impl Inversion {
    /// The tables of `profile`: one for each detector row up to 128 rows, one for a group of
    /// neighbouring rows beyond.
    pub fn new(profile: Profile) -> Self {
        let groups = profile.rows.len().min(MOST_GROUPS);
        Self {
            elements: Elements::new(&profile),
            tables: (0..groups).map(|_| OnceLock::new()).collect(),
            profile,
        }
    }

    /// The profile that the tables follow from.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// How many groups of detector rows have a table of their own.
    pub fn groups(&self) -> usize {
        self.tables.len()
    }

    /// The group of a detector row; rows beyond the last are in the last one's.
    pub fn group(&self, detector_row: usize) -> usize {
        let rows = self.profile.rows.len();
        detector_row.min(rows - 1) * self.tables.len() / rows
    }

    /// The table of a detector row; rows beyond the last have the last one's.
    pub fn table(&self, detector_row: usize) -> &Table {
        let group = self.group(detector_row);
        self.tables[group].get_or_init(|| {
            let (rows, groups) = (self.profile.rows.len(), self.tables.len());
            let (first, end) = (group * rows / groups, (group + 1) * rows / groups);
            let middle = usize::midpoint(first, end - 1);
            self.elements.table(&self.profile, middle)
        })
    }
}

/// The cross sections of every element at a profile's energies: the same for all rows.
struct Elements {
    cross: Vec<Vec<CrossSections>>,
}

/// An element along its mass thickness: attenuations and their growth.
struct Followed {
    lambda: Vec<f64>,
    alpha: [Vec<f64>; 2],
    growth: [Vec<f64>; 2],
}

impl Elements {
    fn new(profile: &Profile) -> Self {
        let at = |z, energy| xcom::element(z, energy).unwrap_or_default();
        let highest = profile.header.classes.highest_z.clamp(2, HIGHEST_Z);
        Self {
            cross: (1..=highest)
                .map(|z| profile.energies_mev.iter().map(|e| at(z, *e)).collect())
                .collect(),
        }
    }

    /// The table of detector row `row`.
    fn table(&self, profile: &Profile, row: usize) -> Table {
        let beams = &profile.rows[row.min(profile.rows.len() - 1)];
        let top = profile.header.classes.black + 1.0;
        let nodes = (top / STEP).round() as usize + 1;
        let highest_z = self.cross.len();
        let mut ratio = vec![0.0; nodes * highest_z];
        let mut mass = vec![0.0; nodes * highest_z];
        for (at, cross) in self.cross.iter().enumerate() {
            let mu = [0, 1].map(|i| weighted(cross, beams[i].weights));
            let shares = [&beams[0].shares, &beams[1].shares].map(Vec::as_slice);
            let followed = follow(shares, [&mu[0], &mu[1]], f64::from(top));
            for (node, [r, m]) in followed.at_nodes(nodes).into_iter().enumerate() {
                ratio[node * highest_z + at] = r;
                mass[node * highest_z + at] = m;
            }
        }
        Table::new(highest_z, ratio, mass)
    }
}

/// The mass attenuation of an element at every energy under `weights`.
fn weighted(cross: &[CrossSections], weights: Weights) -> Vec<f64> {
    cross.iter().map(|cross| weights.of(cross)).collect()
}

/// Attenuation and its growth per g/cm2 at one mass thickness.
pub(super) fn attenuation(shares: &[f64], mu: &[f64], lambda: f64) -> (f64, f64) {
    let (mut signal, mut slope) = (0.0, 0.0);
    for (share, mu) in shares.iter().zip(mu) {
        let through = share * (-mu * lambda).exp();
        signal += through;
        slope += through * mu;
    }
    (-signal.ln(), slope / signal)
}

/// The mass thickness of attenuation `top`, by Newton's steps: attenuation grows ever slower, so
/// they come from below and never overshoot far.
fn thickness(shares: &[f64], mu: &[f64], top: f64) -> f64 {
    let mut lambda = 0.0;
    for _ in 0..60 {
        let (alpha, slope) = attenuation(shares, mu, lambda);
        let step = (top - alpha) / slope;
        if !step.is_finite() || step.abs() < 1e-4 * lambda {
            break;
        }
        lambda += step;
    }
    lambda
}

/// Mass thickness and R of a slab that attenuates the high energy by `alpha_high`.
pub(super) fn slab(shares: [&[f64]; 2], mu: [&[f64]; 2], alpha_high: f64) -> [f64; 2] {
    let mass = thickness(shares[0], mu[0], alpha_high);
    [mass, attenuation(shares[1], mu[1], mass).0 / alpha_high]
}

/// Follows an element from nothing to attenuation `top` of the high energy; points lie closer where
/// the beam hardens fast.
fn follow(shares: [&[f64]; 2], mu: [&[f64]; 2], top: f64) -> Followed {
    let end = thickness(shares[0], mu[0], top) * 1.0001;
    let unit = end / (POINTS * POINTS) as f64;
    let lambda: Vec<f64> = (0..=POINTS).map(|k| (k * k) as f64 * unit).collect();
    let (mut alpha, mut growth) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
    for i in 0..2 {
        // exp(-mu unit k^2) by its ratios: two products a step instead of an exponential.
        let mut through = shares[i].to_vec();
        let mut ratio: Vec<f64> = mu[i].iter().map(|mu| (-mu * unit).exp()).collect();
        let square: Vec<f64> = ratio.iter().map(|q| q * q).collect();
        for _ in 0..=POINTS {
            let signal: f64 = through.iter().sum();
            let slope: f64 = through.iter().zip(mu[i]).map(|(t, mu)| t * mu).sum();
            alpha[i].push(-signal.ln());
            growth[i].push(slope / signal);
            for ((t, r), q) in through.iter_mut().zip(&mut ratio).zip(&square) {
                *t *= *r;
                *r *= q;
            }
        }
    }
    Followed {
        lambda,
        alpha,
        growth,
    }
}

impl Followed {
    /// R and mass thickness at every node, by cubic pieces with the known slopes.
    fn at_nodes(&self, nodes: usize) -> Vec<[f32; 2]> {
        let slope = |k: usize| self.growth[1][k] / self.growth[0][k];
        let mut piece = 0;
        (0..nodes)
            .map(|node| {
                let alpha = node as f64 * f64::from(STEP);
                if node == 0 {
                    return [slope(0) as f32, 0.0];
                }
                while piece + 2 < self.lambda.len() && self.alpha[0][piece + 1] < alpha {
                    piece += 1;
                }
                let (a, b) = (piece, piece + 1);
                let width = self.alpha[0][b] - self.alpha[0][a];
                let t = (alpha - self.alpha[0][a]) / width;
                let cubic = |values: &[f64], slopes: [f64; 2]| {
                    hermite(t, [values[a], values[b]], slopes.map(|s| s * width))
                };
                let low = cubic(&self.alpha[1], [slope(a), slope(b)]);
                let mass = [a, b].map(|k| self.growth[0][k].recip());
                [(low / alpha) as f32, cubic(&self.lambda, mass) as f32]
            })
            .collect()
    }
}

/// The cubic through two values with two slopes per unit of `t`.
fn hermite(t: f64, values: [f64; 2], slopes: [f64; 2]) -> f64 {
    let (u, tt) = (1.0 - t, t * t);
    values[0] * (1.0 + 2.0 * t) * u * u + values[1] * (3.0 - 2.0 * t) * tt + slopes[0] * t * u * u
        - slopes[1] * tt * u
}
