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

/// No level: beside the picture.
const NONE: u8 = u8::MAX;
/// Most columns right or left of what a state repeats.
const REACH: usize = 2;

struct Trellis<'a> {
    values: &'a Values<'a>,
    /// The levels by their numbers; what is beside the picture is infinitely far from any pixel.
    levels: [f32; 256],
    /// For each value of a pixel the numbers of the levels around it.
    near: Vec<(u8, u8)>,
    price: f32,
    chosen: Vec<u8>,
    /// The last row and the one above it, with [`REACH`] levels beside each end.
    above: [Vec<u8>; 2],
    /// How often each level was a literal.
    literals: Vec<u32>,
    steps: Vec<Step>,
}

impl<'a> Trellis<'a> {
    fn new(values: &'a Values<'a>, levels: &[u8], price: f32) -> Self {
        let mut table = [f32::INFINITY; 256];
        for (entry, level) in table.iter_mut().zip(levels) {
            *entry = f32::from(*level);
        }
        let around = |value: u8| {
            let above = levels.partition_point(|level| *level < value);
            let last = (above + 2).min(levels.len());
            (above.saturating_sub(2) as u8, last as u8)
        };
        let step = Step {
            from: [0; STATES],
            levels: [0; STATES],
        };
        Self {
            values,
            levels: table,
            near: (0..=255).map(around).collect(),
            price,
            chosen: vec![0; values.pixels.len()],
            above: [const { Vec::new() }; 2],
            literals: vec![0; levels.len()],
            steps: vec![step; values.width],
        }
    }

    /// Chooses every pixel's level, row after row.
    fn pass(&mut self, literals: &[f32]) {
        self.literals.fill(0);
        let width = self.values.width.max(1);
        self.above = [0, 1].map(|_| vec![NONE; width + 2 * REACH]);
        for y in 0..self.values.pixels.len() / width {
            let front = self.walk(y, literals);
            self.trace(y, &front);
            self.above.swap(0, 1);
            self.above[0][REACH..REACH + width].copy_from_slice(&self.chosen[y * width..][..width]);
        }
    }

    /// Goes along a row; answers what the paths cost at its end.
    fn walk(&mut self, y: usize, literals: &[f32]) -> Front {
        let width = self.values.width;
        let pixels = &self.values.pixels[y * width..][..width];
        let weights = &self.values.weights[y * width..][..width];
        let begins = BEGIN.map(|bits| self.price * bits);
        // What each state repeats, where it repeats a row.
        let repeated: [&[u8]; STATES] = std::array::from_fn(|state| {
            let (up, right) = ABOVE[state];
            &self.above[up.max(1) - 1][REACH.saturating_add_signed(right)..][..width]
        });
        let mut front = Front {
            costs: [0.0; STATES],
            levels: [0; STATES],
        };
        let levels = &self.levels;
        for x in 0..width {
            let (pixel, weight) = (f32::from(pixels[x]), weights[x].max(f32::MIN_POSITIVE));
            let error = |level: u8| {
                let away = levels[usize::from(level)] - pixel;
                weight * away * away
            };
            let best = least(&front.costs);
            let before = front.costs[best];
            let mut step = Step {
                from: [best as u8; STATES],
                levels: [0; STATES],
            };
            let mut next = [f32::INFINITY; STATES];
            let (low, high) = self.near[usize::from(pixels[x])];
            for level in low..high {
                let cost = before + error(level) + self.price * literals[usize::from(level)];
                if cost < next[0] {
                    (next[0], step.levels[0]) = (cost, level);
                }
            }
            if x > 0 {
                // A run goes on, or begins after the best path or after a literal.
                for (from, extra) in [(1, 0.0), (best, begins[1]), (0, begins[1])] {
                    let level = front.levels[from];
                    let cost = front.costs[from] + extra + error(level);
                    if cost < next[1] {
                        next[1] = cost;
                        (step.from[1], step.levels[1]) = (from as u8, level);
                    }
                }
            }
            for state in 2..STATES {
                let level = repeated[state][x];
                let begin = before + begins[state];
                let on = front.costs[state];
                step.levels[state] = level;
                step.from[state] = if on <= begin { state as u8 } else { best as u8 };
                next[state] = on.min(begin) + error(level);
            }
            front = Front {
                costs: next,
                levels: step.levels,
            };
            self.steps[x] = step;
        }
        front
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
