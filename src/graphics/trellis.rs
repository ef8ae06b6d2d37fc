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

/// What is quantised: pixels in a row after the other, and a palette of at most 255 entries.
pub(crate) trait Values {
    /// Pixels across, and all of them.
    fn size(&self) -> [usize; 2];

    /// Entries of the palette.
    fn entries(&self) -> usize;

    /// What the entry costs in similarity at a pixel; infinite for [`NONE`].
    fn error(&self, at: usize, entry: u8) -> f32;

    /// The entries that are worth saying of themselves at a pixel.
    fn near(&self, at: usize) -> impl Iterator<Item = u8>;
}

/// The entry of each pixel when a bit costs `price` in similarity.
pub(crate) fn quantise(values: &impl Values, price: f32) -> Vec<u8> {
    let mut literals = vec![LITERAL; values.entries()];
    let mut trellis = Trellis::new(values, price);
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

/// No entry: beside the picture.
pub(crate) const NONE: u8 = u8::MAX;
/// Most columns right or left of what a state repeats.
const REACH: usize = 2;

struct Trellis<'a, V> {
    values: &'a V,
    width: usize,
    price: f32,
    chosen: Vec<u8>,
    /// The last row and the one above it, with [`REACH`] entries beside each end.
    above: [Vec<u8>; 2],
    /// How often each entry was a literal.
    literals: Vec<u32>,
    steps: Vec<Step>,
}

impl<'a, V: Values> Trellis<'a, V> {
    fn new(values: &'a V, price: f32) -> Self {
        let step = Step {
            from: [0; STATES],
            levels: [0; STATES],
        };
        let [width, all] = values.size();
        Self {
            values,
            width,
            price,
            chosen: vec![0; all],
            above: [const { Vec::new() }; 2],
            literals: vec![0; values.entries()],
            steps: vec![step; width],
        }
    }

    /// Chooses every pixel's level, row after row.
    fn pass(&mut self, literals: &[f32]) {
        self.literals.fill(0);
        let width = self.width.max(1);
        self.above = [0, 1].map(|_| vec![NONE; width + 2 * REACH]);
        for y in 0..self.chosen.len() / width {
            let front = self.walk(y, literals);
            self.trace(y, &front);
            self.above.swap(0, 1);
            self.above[0][REACH..REACH + width].copy_from_slice(&self.chosen[y * width..][..width]);
        }
    }

    /// Goes along a row; answers what the paths cost at its end.
    fn walk(&mut self, y: usize, literals: &[f32]) -> Front {
        let width = self.width;
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
        for x in 0..width {
            let at = y * width + x;
            let error = |level: u8| self.values.error(at, level);
            let best = least(&front.costs);
            let before = front.costs[best];
            let mut step = Step {
                from: [best as u8; STATES],
                levels: [0; STATES],
            };
            let mut next = [f32::INFINITY; STATES];
            for level in self.values.near(at) {
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
            for (state, row) in repeated.iter().enumerate().skip(2) {
                let level = row[x];
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
            self.chosen[y * self.width + x] = level;
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
    use crate::graphics::tones::Greys;

    fn quantised(pixels: &[u8], width: usize, price: f32) -> Vec<u8> {
        let weights = vec![1.0; pixels.len()];
        quantise(
            &Greys::new([width, pixels.len()], pixels, &weights, &[0, 100, 200]),
            price,
        )
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
