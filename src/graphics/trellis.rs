//! Levels for pixels such that the picture packs well and looks nearly the same.
//!
//! A packer is cheap where pixels repeat what stands to the left or above. Rounding each pixel for
//! itself breaks such repetitions wherever noise crosses between two levels. Here a row's levels are
//! the cheapest path (Viterbi 1967) through two kinds of states: a literal, of any near level, and a
//! repetition of what lies at a distance; a bit has a price in similarity, and so has an error.

/// Ways to go on: a literal, a run to the left, and the rows above by their offsets.
const STATES: usize = 8;
/// Rows up and columns right of what a state repeats; the first two are not of that kind.
const ABOVE: [(usize, isize); STATES] = [
    (0, 0),
    (0, 0),
    (1, 0),
    (1, -1),
    (1, 1),
    (1, -2),
    (1, 2),
    (2, 0),
];
/// Bits of beginning each repetition.
const BEGIN: [f32; STATES] = [0.0, 8.0, 14.0, 15.0, 15.0, 16.0, 16.0, 16.0];
/// Bits of a literal before any were counted.
const LITERAL: f32 = 5.0;

/// What is quantised.
pub(crate) struct Values<'a> {
    /// Pixels across.
    pub(crate) width: usize,
    /// A byte a pixel.
    pub(crate) pixels: &'a [u8],
    /// What a squared error of each pixel costs in similarity.
    pub(crate) weights: &'a [f32],
}

/// The levels, by their numbers, of each pixel when a bit costs `price` in similarity. `levels` are
/// ascending.
pub(crate) fn quantise(values: &Values<'_>, levels: &[u8], price: f32) -> Vec<u8> {
    let mut literals = vec![LITERAL; levels.len()];
    let mut trellis = Trellis::new(values, levels, price);
    trellis.pass(&literals);
    // Once more, with literals that cost what they cost in the first pass.
    let all = trellis.literals.iter().sum::<u32>() as f32 + 1.0;
    for (bits, count) in literals.iter_mut().zip(&trellis.literals) {
        *bits = (all / (*count as f32 + 0.5) / 0.6).log2().clamp(2.0, 11.0);
    }
    trellis.pass(&literals);
    trellis.chosen
}

/// The best path that ends in each state.
#[derive(Clone, Copy)]
struct Front {
    costs: [f32; STATES],
    levels: [u8; STATES],
}

/// What one pixel adds to each path.
#[derive(Clone, Copy)]
struct Step {
    from: [u8; STATES],
    levels: [u8; STATES],
}

struct Trellis<'a> {
    values: &'a Values<'a>,
    levels: Vec<f32>,
    price: f32,
    chosen: Vec<u8>,
    /// How often each level was a literal.
    literals: Vec<u32>,
    steps: Vec<Step>,
}

impl<'a> Trellis<'a> {
    fn new(values: &'a Values<'a>, levels: &[u8], price: f32) -> Self {
        Self {
            values,
            levels: levels.iter().map(|level| f32::from(*level)).collect(),
            price,
            chosen: vec![0; values.pixels.len()],
            literals: vec![0; levels.len()],
            steps: Vec::with_capacity(values.width),
        }
    }

    /// Chooses every pixel's level, row after row.
    fn pass(&mut self, literals: &[f32]) {
        self.literals.fill(0);
        for y in 0..self.values.pixels.len() / self.values.width.max(1) {
            let front = self.walk(y, literals);
            self.trace(y, &front);
        }
    }

    /// Goes along a row; answers what the paths cost at its end.
    fn walk(&mut self, y: usize, literals: &[f32]) -> Front {
        self.steps.clear();
        let mut front = Front {
            costs: [0.0; STATES],
            levels: [0; STATES],
        };
        for x in 0..self.values.width {
            let at = y * self.values.width + x;
            let (pixel, weight) = (f32::from(self.values.pixels[at]), self.values.weights[at]);
            let error = |level: u8| {
                let away = self.levels[usize::from(level)] - pixel;
                weight * away * away
            };
            let best = least(&front.costs);
            let mut step = Step {
                from: [best as u8; STATES],
                levels: [0; STATES],
            };
            let mut next = [f32::INFINITY; STATES];
            let (level, cost) = self.literal(pixel, weight, literals);
            (next[0], step.levels[0]) = (front.costs[best] + cost, level);
            if x > 0 {
                self.run(&front, best, error, (&mut next, &mut step));
            }
            for (state, (up, right)) in ABOVE.into_iter().enumerate().skip(2) {
                let column = x
                    .checked_add_signed(right)
                    .filter(|x| *x < self.values.width);
                let Some(column) = column.filter(|_| y >= up) else {
                    continue;
                };
                let level = self.chosen[(y - up) * self.values.width + column];
                let begin = front.costs[best] + self.price * BEGIN[state];
                step.levels[state] = level;
                if front.costs[state] <= begin {
                    step.from[state] = state as u8;
                }
                next[state] = front.costs[state].min(begin) + error(level);
            }
            front = Front {
                costs: next,
                levels: step.levels,
            };
            self.steps.push(step);
        }
        front
    }

    /// The level of a literal and its cost.
    fn literal(&self, pixel: f32, weight: f32, literals: &[f32]) -> (u8, f32) {
        let above = self.levels.partition_point(|level| *level < pixel);
        let near = above.saturating_sub(2)..(above + 2).min(self.levels.len());
        let cost = |level: usize| {
            let away = self.levels[level] - pixel;
            (
                level as u8,
                weight * away * away + self.price * literals[level],
            )
        };
        let costs = near.map(cost);
        costs.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    /// Goes on with a run, or begins one after the best path or after a literal.
    fn run(
        &self,
        front: &Front,
        best: usize,
        error: impl Fn(u8) -> f32,
        (next, step): (&mut [f32; STATES], &mut Step),
    ) {
        let begin = self.price * BEGIN[1];
        for (from, extra) in [(1, 0.0), (best, begin), (0, begin)] {
            let cost = front.costs[from] + extra + error(front.levels[from]);
            if cost < next[1] {
                next[1] = cost;
                (step.from[1], step.levels[1]) = (from as u8, front.levels[from]);
            }
        }
    }

    /// Goes back along the cheapest path of a row.
    fn trace(&mut self, y: usize, front: &Front) {
        let mut state = least(&front.costs);
        for (x, step) in self.steps.iter().enumerate().rev() {
            let level = step.levels[state];
            self.chosen[y * self.values.width + x] = level;
            if state == 0 {
                self.literals[usize::from(level)] += 1;
            }
            state = usize::from(step.from[state]);
        }
    }
}

/// The cheapest state.
fn least(costs: &[f32; STATES]) -> usize {
    let mut best = 0;
    for state in 1..STATES {
        if costs[state] < costs[best] {
            best = state;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantised(pixels: &[u8], width: usize, price: f32) -> Vec<u8> {
        let weights = vec![1.0; pixels.len()];
        let values = Values {
            width,
            pixels,
            weights: &weights,
        };
        quantise(&values, &[0, 100, 200], price)
    }

    #[test]
    fn free_bits_buy_the_nearest_level() {
        assert_eq!(
            quantised(&[3, 49, 51, 149, 151, 255], 3, 0.0),
            [0, 0, 1, 1, 2, 2]
        );
    }

    #[test]
    fn dear_bits_are_not_spent_on_noise_but_on_edges() {
        let pixels: Vec<u8> = (0..64 * 8)
            .map(|i| {
                if i % 64 < 32 {
                    48 + (i * 7 % 5) as u8
                } else {
                    200
                }
            })
            .collect();
        let levels = quantised(&pixels, 64, 300.0);
        for row in levels.chunks(64) {
            assert!(row[..32].iter().all(|level| level == &row[0]), "{row:?}");
            assert!(row[32..].iter().all(|level| *level == 2), "{row:?}");
        }
    }
}
