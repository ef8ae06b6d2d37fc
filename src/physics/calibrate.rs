//! Fitting the semi-empirical model to calibration blocks: the weights a, b, c of one beam on one
//! detector row, by least squares on attenuation.
//!
//! Blocks repeat to `MEASURED` and weights lie within `BELIEVED` of 1 unless the blocks say
//! otherwise: carbon, iron and lead leave one direction of a, b, c nearly open, and following it
//! would carry the noise of a row's blocks into heavy elements.
//!
//! Damped Gauss-Newton (Levenberg 1944, Marquardt 1963) with the bounds a, b, c >= 0 kept by
//! projection. Blocks that cannot determine the fit are refused with the reason.

use super::matter::Matter;
use super::transparency::{Beam, Weights};
use super::xcom::CrossSections;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Blocks that a fit needs at least: it has three unknowns.
const FEWEST: usize = 3;
/// Standard deviation of a block's attenuation: what the published calibration
/// repeats to from row to row.
const MEASURED: f64 = 0.002;
/// Standard deviation of a weight around 1 before any block is seen.
const BELIEVED: f64 = 0.1;
/// A weight further than so many standard deviations from what was believed refutes the belief: it
/// is believed instead, and the fit is made again, so often at most.
const FAR: f64 = 3.0;
const BELIEFS: usize = 10;
/// Rounds of the fit; it usually takes ten.
const ROUNDS: usize = 200;
/// The smallest determinant of the normal equations, scaled to a unit diagonal: less means that
/// the blocks look alike to the model. Carbon, iron and lead at 9 MV reach 0.01.
const LEAST_DETERMINANT: f64 = 1e-7;

/// A calibration block: matter of known mass thickness and what a beam made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is made of.
    pub matter: Matter,
    /// Its mass thickness in g/cm2.
    pub mass_thickness: f64,
    /// The measured attenuation.
    pub alpha: f64,
}

/// What a fit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The weights.
    pub weights: Weights,
    /// Modelled minus measured attenuation of each block, in the order given.
    pub residuals: Vec<f64>,
}

impl Fit {
    /// Root mean square of the residuals.
    pub fn rms(&self) -> f64 {
        let squares: f64 = self.residuals.iter().map(|r| r * r).sum();
        (squares / self.residuals.len().max(1) as f64).sqrt()
    }
}

/// Cross sections of a block at the beam's energies: what no weight touches, and what each does.
#[derive(Debug, Clone)]
pub struct Prepared {
    rest: Vec<f64>,
    processes: [Vec<f64>; 3],
}

impl Prepared {
    /// Those of `matter` at `energies_mev`: one look-up for every row that has these energies.
    pub fn new(matter: &Matter, energies_mev: &[f64]) -> Self {
        let cross: Vec<_> = energies_mev.iter().map(|e| matter.at(*e)).collect();
        Self {
            rest: cross.iter().map(|c| Weights::NONE.of(c)).collect(),
            processes: [
                cross.iter().map(|c| c.photoelectric).collect(),
                cross.iter().map(|c| c.incoherent).collect(),
                cross.iter().map(CrossSections::pair).collect(),
            ],
        }
    }

    /// Attenuation and its derivatives by a, b, c.
    fn alpha(&self, shares: &[f64], mass_thickness: f64, p: [f64; 3]) -> (f64, [f64; 3]) {
        let (mut signal, mut slopes) = (0.0, [0.0; 3]);
        for (at, share) in shares.iter().enumerate() {
            let parts = self.processes.each_ref().map(|process| process[at]);
            let mu = self.rest[at] + parts.iter().zip(p).map(|(m, w)| m * w).sum::<f64>();
            let through = share * (-mu * mass_thickness).exp();
            signal += through;
            for (slope, part) in slopes.iter_mut().zip(parts) {
                *slope += through * part;
            }
        }
        (-signal.ln(), slopes.map(|s| s * mass_thickness / signal))
    }
}

/// Fits a, b, c of `beam` to `blocks`.
///
/// # Errors
/// [`Error::NotPossible`] with the reason: fewer than three blocks, blocks of one effective atomic
/// number, a number that is no attenuation or mass thickness, or blocks that look alike to the
/// model, so that several weights would serve.
pub fn fit(beam: &Beam, blocks: &[Block]) -> Result<Fit> {
    let prepared: Vec<Prepared> = blocks
        .iter()
        .map(|block| Prepared::new(&block.matter, beam.energies_mev()))
        .collect();
    fit_prepared(beam.shares(), blocks, &prepared)
}

/// As [`fit`], with the blocks' cross sections kept from before: for many rows of one calibration.
///
/// # Errors
/// As [`fit`].
pub fn fit_prepared(shares: &[f64], blocks: &[Block], prepared: &[Prepared]) -> Result<Fit> {
    check(blocks)?;
    let problem = Problem {
        shares,
        blocks,
        prepared,
    };
    if Normal::new(&problem, [1.0; 3], [1.0; 3]).determinant() < LEAST_DETERMINANT {
        return Err(refused("calibrate-alike"));
    }
    let mut belief = [1.0; 3];
    let mut found = problem.solve(belief, belief);
    for _ in 0..BELIEFS {
        let far = |i: usize| (found.p[i] - belief[i]).abs() > FAR * BELIEVED;
        if !(0..3).any(far) {
            break;
        }
        belief = found.p;
        found = problem.solve(belief, belief);
    }
    let [a, b, c] = found.p;
    Ok(Fit {
        weights: Weights { a, b, c },
        residuals: found.residuals,
    })
}

/// What a fit is about.
struct Problem<'a> {
    shares: &'a [f64],
    blocks: &'a [Block],
    prepared: &'a [Prepared],
}

impl Problem<'_> {
    /// The weights of least squares under a belief, from `start` on.
    fn solve(&self, start: [f64; 3], belief: [f64; 3]) -> Normal {
        let mut now = Normal::new(self, start, belief);
        let mut damping = 1e-3;
        for _ in 0..ROUNDS {
            let next = Normal::new(self, now.step(damping), belief);
            let gain = now.cost - next.cost;
            if gain >= 0.0 {
                damping = (damping * 0.2_f64).max(1e-15);
                now = next;
                if gain <= 1e-14 * (now.cost + 1e-14) {
                    break;
                }
            } else {
                damping *= 8.0;
            }
            if damping > 1e12 {
                break;
            }
        }
        now
    }
}

/// What one detector row gives to a calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct RowData {
    /// Share of the open-beam signal at each energy, high and low.
    pub shares: [Vec<f64>; 2],
    /// Mass thickness of each block in g/cm2.
    pub mass_thickness: Vec<f64>,
    /// Measured attenuation of each block, high and low.
    pub alpha: [Vec<f64>; 2],
}

/// Fits both beams of every row; `matters` are the blocks' materials, the same for all rows.
///
/// # Errors
/// As [`fit`], for the first row that refuses.
pub fn fit_rows(
    energies_mev: &[f64],
    matters: &[Matter],
    rows: &[RowData],
) -> Result<Vec<[Fit; 2]>> {
    let prepared: Vec<Prepared> = matters
        .iter()
        .map(|matter| Prepared::new(matter, energies_mev))
        .collect();
    let one = |row: &RowData, beam: usize| {
        let blocks: Vec<Block> = matters
            .iter()
            .zip(&row.mass_thickness)
            .zip(&row.alpha[beam])
            .map(|((matter, mass_thickness), alpha)| Block {
                matter: matter.clone(),
                mass_thickness: *mass_thickness,
                alpha: *alpha,
            })
            .collect();
        fit_prepared(&row.shares[beam], &blocks, &prepared)
    };
    rows.iter()
        .map(|row| Ok([one(row, 0)?, one(row, 1)?]))
        .collect()
}

/// Attenuation below which a region is the open beam, and no block.
const LEAST: f64 = 0.05;

/// Refuses blocks that cannot determine a fit, by what is written about them.
fn check(blocks: &[Block]) -> Result<()> {
    if blocks.len() < FEWEST {
        let (given, fewest) = (blocks.len(), FEWEST);
        let args = [arg("given", &given), arg("fewest", &fewest)];
        let why = say("calibrate-few", &args);
        return Err(Error::NotPossible { why });
    }
    let sound = |value: f64, least: f64| value.is_finite() && value > least;
    for block in blocks {
        if !sound(block.alpha, LEAST) || !sound(block.mass_thickness, 0.0) {
            let name = Safe::from_outside(block.matter.name());
            let why = say("calibrate-no-number", &[arg("block", &name)]);
            return Err(Error::NotPossible { why });
        }
    }
    let first = blocks[0].matter.fractions();
    if blocks.iter().all(|block| block.matter.fractions() == first) {
        return Err(refused("calibrate-one-z"));
    }
    Ok(())
}

fn refused(id: &str) -> Error {
    Error::NotPossible { why: say(id, &[]) }
}

/// The normal equations at one set of weights.
struct Normal {
    p: [f64; 3],
    cost: f64,
    residuals: Vec<f64>,
    /// The matrix of the blocks alone.
    unheld: [[f64; 3]; 3],
    matrix: [[f64; 3]; 3],
    gradient: [f64; 3],
}

impl Normal {
    fn new(problem: &Problem<'_>, p: [f64; 3], belief: [f64; 3]) -> Self {
        let (mut matrix, mut gradient) = ([[0.0; 3]; 3], [0.0; 3]);
        let mut residuals = Vec::with_capacity(problem.blocks.len());
        for (block, prepared) in problem.blocks.iter().zip(problem.prepared) {
            let (alpha, slopes) = prepared.alpha(problem.shares, block.mass_thickness, p);
            let residual = alpha - block.alpha;
            for i in 0..3 {
                gradient[i] += slopes[i] * residual;
                for j in 0..3 {
                    matrix[i][j] += slopes[i] * slopes[j];
                }
            }
            residuals.push(residual);
        }
        let unheld = matrix;
        let held = MEASURED / BELIEVED;
        let mut cost: f64 = residuals.iter().map(|r| r * r).sum();
        for i in 0..3 {
            let off = held * (p[i] - belief[i]);
            cost += off * off;
            gradient[i] += held * off;
            matrix[i][i] += held * held;
        }
        Self {
            p,
            cost,
            residuals,
            unheld,
            matrix,
            gradient,
        }
    }

    /// Determinant of the matrix scaled to a unit diagonal: 1 for independent weights, 0 when the
    /// blocks cannot tell them apart.
    fn determinant(&self) -> f64 {
        let scale = |i: usize, j: usize| (self.unheld[i][i] * self.unheld[j][j]).sqrt();
        let scaled = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let scale = scale(i, j);
                if scale > 0.0 {
                    self.unheld[i][j] / scale
                } else {
                    // Tubes make no pairs: that weight is left as it is.
                    f64::from(u8::from(i == j))
                }
            })
        });
        determinant(&scaled)
    }

    /// The weights one damped step on; a weight that would leave its bound stays on it.
    fn step(&self, damping: f64) -> [f64; 3] {
        let mut held = [false; 3];
        loop {
            let step = self.solve(damping, held);
            let next: [f64; 3] = std::array::from_fn(|i| self.p[i] + step[i]);
            let Some(out) = (0..3).find(|i| !held[*i] && next[*i] < 0.0 && self.p[*i] <= 0.0)
            else {
                return next.map(|p| p.max(0.0));
            };
            held[out] = true;
        }
    }

    /// The damped step of the weights that are not held.
    fn solve(&self, damping: f64, held: [bool; 3]) -> [f64; 3] {
        let mut matrix = self.matrix;
        let mut right = self.gradient.map(|g| -g);
        for i in 0..3 {
            matrix[i][i] *= 1.0 + damping;
            if held[i] || matrix[i][i] <= 0.0 {
                right[i] = 0.0;
                matrix[i] = [0.0; 3];
                for row in &mut matrix {
                    row[i] = 0.0;
                }
                matrix[i][i] = 1.0;
            }
        }
        let all = determinant(&matrix);
        std::array::from_fn(|column| {
            let mut replaced = matrix;
            for (row, value) in replaced.iter_mut().zip(right) {
                row[column] = value;
            }
            if all == 0.0 {
                0.0
            } else {
                determinant(&replaced) / all
            }
        })
    }
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    let minor = |i: usize, j: usize| m[1][i] * m[2][j] - m[1][j] * m[2][i];
    m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
}

#[cfg(test)]
mod tests {
    use super::super::detector::Detector;
    use super::super::spectrum::Spectrum;
    use super::*;

    fn sound<T>(made: Result<T>) -> T {
        made.unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn beam() -> Beam {
        let spectrum = sound(Spectrum::linac(9.0));
        sound(Beam::new(&spectrum, Detector::CadmiumTungstate))
    }

    /// Blocks measured by a beam with `weights`.
    fn blocks(elements: &[(u8, f64)], weights: Weights) -> Vec<Block> {
        elements
            .iter()
            .map(|(z, mass_thickness)| {
                let matter = sound(Matter::element(*z));
                Block {
                    alpha: beam().alpha(&matter, *mass_thickness, weights),
                    matter,
                    mass_thickness: *mass_thickness,
                }
            })
            .collect()
    }

    #[test]
    fn weights_come_back_from_their_own_blocks() {
        for (a, b, c) in [
            (1.0, 1.0, 1.0),
            (1.3, 0.92, 1.1),
            (0.0, 1.05, 0.8),
            (2.5, 0.9, 0.0),
        ] {
            let truth = Weights { a, b, c };
            let blocks = blocks(&[(6, 100.0), (26, 110.0), (82, 120.0), (50, 60.0)], truth);
            let fit = sound(fit(&beam(), &blocks));
            assert!(fit.rms() < 3e-3, "{truth:?} {fit:?}");
            let w = fit.weights;
            for (got, wanted) in [(w.a, a), (w.b, b), (w.c, c)] {
                assert!((got - wanted).abs() < 0.15, "{truth:?} {w:?}");
            }
        }
    }

    #[test]
    fn a_wrong_block_shows_in_its_residual() {
        let mut blocks = blocks(
            &[(6, 100.0), (13, 90.0), (26, 110.0), (50, 80.0), (82, 120.0)],
            Weights::FREE,
        );
        blocks[2].alpha += 0.2;
        let fit = sound(fit(&beam(), &blocks));
        let worst = fit.residuals.iter().map(|r| r.abs()).fold(0.0, f64::max);
        assert_eq!(fit.residuals[2].abs(), worst);
        assert!(fit.weights.a >= 0.0 && fit.weights.b >= 0.0 && fit.weights.c >= 0.0);
    }

    #[test]
    fn blocks_that_cannot_determine_the_fit_are_refused() {
        let of = |elements: &[(u8, f64)]| {
            let got = fit(&beam(), &blocks(elements, Weights::FREE));
            got.map_err(|problem| problem.to_string())
                .err()
                .unwrap_or_default()
        };
        let few = of(&[(6, 100.0), (26, 100.0)]);
        assert!(few.contains('2') && few.contains('3'), "{few}");
        let one = of(&[(26, 50.0), (26, 100.0), (26, 150.0)]);
        assert_eq!(one, say("calibrate-one-z", &[]).as_str());
        let alike = of(&[(26, 100.0), (26, 101.0), (27, 100.0)]);
        assert_eq!(alike, say("calibrate-alike", &[]).as_str());
        assert_eq!(of(&[(6, 100.0), (26, 100.0), (82, 100.0)]), "");
        let mut wrong = blocks(&[(6, 100.0), (26, 100.0), (82, 100.0)], Weights::FREE);
        wrong[1].alpha = f64::NAN;
        assert!(fit(&beam(), &wrong).is_err());
    }
}
