//! From attenuations to matter: tables of Z and mass thickness over (`alpha_high`, R) for each
//! detector row or group of rows, and the look-up of a pixel.
//!
//! Each element's attenuations are followed along its mass thickness and laid down at equal steps
//! of `alpha_high`. Of the elements, the one whose R lies nearest answers a pixel: a cell tells where
//! to begin among the elements in order of R, and few steps find it. Between two elements Z runs straight. Where two stretches of Z have the same R,
//! both are candidates.

use std::sync::OnceLock;

use super::profile::Profile;
use super::transparency::Weights;
use super::xcom::{self, CrossSections, HIGHEST_Z};

/// Step of `alpha_high` between the table's nodes.
const STEP: f32 = 0.02;
/// Nodes per unit of attenuation.
const PER: f32 = 1.0 / STEP;
/// Cells of R at a node, between the lowest and the highest R of the elements: where a look-up
/// begins.
const CELLS: usize = 512;
/// Points along the mass thickness at which an element is followed.
const POINTS: usize = 40;
/// Groups of detector rows at most: neighbouring rows differ less than noise.
const MOST_GROUPS: usize = 128;

/// Two elements whose order of R tells a tube from a linac.
const CARBON: usize = 6;
const IRON: usize = 26;

/// What a pixel reads as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Effective atomic number.
    pub z: f32,
    /// Mass thickness in g/cm2.
    pub mass_thickness: f32,
}

/// The tables of a whole detector, each made when it is first asked for.
pub struct Inversion {
    profile: Profile,
    elements: Elements,
    tables: Vec<OnceLock<Table>>,
}

/// The table of one detector row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    highest_z: usize,
    /// R of each element at each node, node by node.
    ratio: Vec<f32>,
    /// Mass thickness of each element at each node, node by node.
    mass: Vec<f32>,
    /// Lowest R, cells per R and R per cell at each node.
    scale: Vec<[f32; 3]>,
    /// R of the elements that it tells apart, rising, then infinite, node by node.
    sorted: Vec<f32>,
    /// Those elements in the same order.
    order: Vec<u8>,
    /// Place in the order at which a cell begins, node by node.
    cells: Vec<u8>,
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

impl Table {
    /// The highest atomic number of the table.
    pub fn highest_z(&self) -> usize {
        self.highest_z
    }

    /// The highest attenuation of the table.
    pub fn top(&self) -> f32 {
        (self.scale.len() - 1) as f32 * STEP
    }

    /// Z and mass thickness of a pair of attenuations, both from the high energy's point of view;
    /// `None` where no table reaches: nothing attenuated, or more than [`Table::top`].
    pub fn read(&self, alpha_high: f32, alpha_low: f32) -> Option<Reading> {
        let place = alpha_high * PER;
        // Also false for NaN.
        let inside = place > 0.0 && place <= (self.scale.len() - 1) as f32;
        if !inside || !alpha_low.is_finite() {
            return None;
        }
        let ratio = alpha_low / alpha_high;
        let node = (place as usize).min(self.scale.len() - 2);
        let t = place - node as f32;
        // The place between the lowest and the highest R, as a ratio of the nearest node.
        let [a, b] = [self.scale[node], self.scale[node + 1]];
        let low = a[0] + t * (b[0] - a[0]);
        let cells = (ratio - low) * (a[1] + t * (b[1] - a[1]));
        let near = node + usize::from(t > 0.5);
        let own = self.scale[near];
        let at_node = own[0] + cells * own[2];
        let first = self.cells[near * CELLS + cells.clamp(0.0, (CELLS - 1) as f32) as usize];
        let sorted = &self.sorted[near * self.highest_z..][..self.highest_z];
        let mut found = usize::from(first);
        while let [low, high, ..] = sorted[found..] {
            if high - at_node >= at_node - low {
                break;
            }
            found += 1;
        }
        let z = usize::from(self.order[near * self.highest_z + found]);
        let ratios = &self.ratio[near * self.highest_z..][..self.highest_z];
        let share = towards(ratios, z, at_node);
        Some(Reading {
            z: z as f32 + share,
            mass_thickness: self.mass_between(node, t, z, share),
        })
    }

    /// Mass thickness between two nodes and, by `share`, between element `z` and a neighbour.
    fn mass_between(&self, node: usize, t: f32, z: usize, share: f32) -> f32 {
        let own = self.between(&self.mass, node, t, z);
        let next = if share < 0.0 { z - 1 } else { z + 1 };
        if share == 0.0 {
            return own;
        }
        own + share.abs() * (self.between(&self.mass, node, t, next) - own)
    }

    /// A quantity of element `z` between two nodes.
    fn between(&self, values: &[f32], node: usize, t: f32, z: usize) -> f32 {
        let (a, b) = (
            values[node * self.highest_z + z - 1],
            values[(node + 1) * self.highest_z + z - 1],
        );
        a + t * (b - a)
    }

    /// Every Z whose R crosses `ratio` at `alpha_high`, lowest first: more than one where R does
    /// not tell materials apart.
    pub fn solutions(&self, alpha_high: f32, ratio: f32) -> Vec<f32> {
        let ratios: Vec<f32> = (1..=self.highest_z)
            .map(|z| self.ratio(alpha_high, z))
            .collect();
        let mut found = Vec::new();
        for (at, pair) in ratios.windows(2).enumerate() {
            let (a, b) = (pair[0] - ratio, pair[1] - ratio);
            if a == 0.0 || a * b < 0.0 {
                found.push((at + 1) as f32 + a / (a - b));
            }
        }
        found
    }

    /// R of element `z` at `alpha_high`, both within the table.
    pub fn ratio(&self, alpha_high: f32, z: usize) -> f32 {
        let last = self.scale.len() - 1;
        let place = (alpha_high / STEP).clamp(0.0, last as f32);
        let node = (place as usize).min(last - 1);
        let t = place - node as f32;
        let at = |node: usize| self.ratio[node * self.highest_z + z.clamp(1, self.highest_z) - 1];
        at(node) + t * (at(node + 1) - at(node))
    }

    /// Mass thickness in g/cm2 of element `z` at `alpha_high`, both within the table.
    pub fn mass_thickness(&self, alpha_high: f32, z: usize) -> f32 {
        let last = self.scale.len() - 1;
        let place = (alpha_high / STEP).clamp(0.0, last as f32);
        let node = (place as usize).min(last - 1);
        self.between(
            &self.mass,
            node,
            place - node as f32,
            z.clamp(1, self.highest_z),
        )
    }

    /// R at a Z between elements.
    pub fn ratio_between(&self, alpha_high: f32, z: f64) -> f32 {
        let below = (z.floor() as usize).clamp(1, self.highest_z);
        let t = (z - below as f64).clamp(0.0, 1.0) as f32;
        let (a, b) = (
            self.ratio(alpha_high, below),
            self.ratio(alpha_high, below + 1),
        );
        a + t * (b - a)
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
        let mut table = Table {
            highest_z,
            ratio,
            mass,
            scale: Vec::with_capacity(nodes),
            sorted: Vec::with_capacity(nodes * highest_z),
            order: Vec::with_capacity(nodes * highest_z),
            cells: Vec::with_capacity(nodes * CELLS),
        };
        table.fill(nodes);
        table
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

/// How many elements from hydrogen on R tells apart: all of them where it falls with Z (linacs); up
/// to its peak where it rises (tubes), because what follows reads like something lighter.
fn told_apart(ratios: &[f32]) -> usize {
    let peak = (0..ratios.len()).max_by(|a, b| ratios[*a].total_cmp(&ratios[*b]));
    match peak {
        Some(peak) if ratios.len() > IRON && ratios[IRON - 1] > ratios[CARBON - 1] => peak + 1,
        _ => ratios.len(),
    }
}

/// How far `ratio` lies from element `z` towards the neighbour on its other side, -0.5 to 0.5.
fn towards(ratios: &[f32], z: usize, ratio: f32) -> f32 {
    let own = ratios[z - 1];
    let share = |other: f32| (ratio - own) / (other - own);
    let below = if z > 1 { share(ratios[z - 2]) } else { -1.0 };
    if (0.0..=0.5).contains(&below) {
        return -below;
    }
    let above = ratios.get(z).map_or(-1.0, |other| share(*other));
    if (0.0..=0.5).contains(&above) {
        above
    } else {
        0.0
    }
}

/// The cubic through two values with two slopes per unit of `t`.
fn hermite(t: f64, values: [f64; 2], slopes: [f64; 2]) -> f64 {
    let (u, tt) = (1.0 - t, t * t);
    values[0] * (1.0 + 2.0 * t) * u * u + values[1] * (3.0 - 2.0 * t) * tt + slopes[0] * t * u * u
        - slopes[1] * tt * u
}

impl Table {
    /// Fills orders and cells: at each node the elements by R, and the nearest of each cell.
    fn fill(&mut self, nodes: usize) {
        for node in 0..nodes {
            let own = &self.ratio[node * self.highest_z..][..self.highest_z];
            let mut order: Vec<(f32, u8)> = own.iter().copied().zip(1..).collect();
            order.truncate(told_apart(own));
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (low, high) = (order[0].0, order[order.len() - 1].0);
            let per = CELLS as f32 / (high - low).max(1e-6);
            self.scale.push([low, per, per.recip()]);
            let mut at = 0;
            for cell in 0..CELLS {
                // The nearest at the cell's lower edge: a look-up goes on from there.
                let ratio = low + cell as f32 / per;
                let nearer =
                    |a: (f32, u8), b: (f32, u8)| (b.0 - ratio).abs() <= (a.0 - ratio).abs();
                while at + 1 < order.len() && nearer(order[at], order[at + 1]) {
                    at += 1;
                }
                self.cells.push(at as u8);
            }
            order.resize(self.highest_z, (f32::INFINITY, 0));
            self.sorted.extend(order.iter().map(|one| one.0));
            self.order.extend(order.iter().map(|one| one.1));
        }
    }
}
