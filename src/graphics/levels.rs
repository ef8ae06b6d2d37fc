//! The levels of a grey picture that say most with few: spent where the pixels are.
//!
//! The optimal quantiser in one dimension (Lloyd 1957/1982, Max 1960) by exact dynamic programming
//! over the histogram: the sum of squared errors is the least that so many levels can have. The
//! divide and conquer over monotone split points is Wu's (1991). Because the histogram is that of the
//! finished frame, the contrast of the window in force is what is kept.

/// For each count of levels the cells of the best quantiser.
pub(crate) struct Levels {
    /// Values that occur, ascending.
    values: Vec<u8>,
    sums: Sums,
    /// `splits[n][j]`: where the last of `n + 1` levels for the first `j` values begins.
    splits: Vec<Vec<usize>>,
}

/// One quantiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quantiser {
    /// The levels, ascending.
    pub(crate) levels: Vec<u8>,
    /// For each value the number of its level.
    pub(crate) map: [u8; 256],
}

/// Running sums over the values that occur: how many, of values, of squares.
struct Sums(Vec<[f64; 3]>);

impl Sums {
    /// Squared error and mean of the values `from..to` as one level.
    fn cell(&self, from: usize, to: usize) -> (f64, f64) {
        let [n, s, q] = [0, 1, 2].map(|i| self.0[to][i] - self.0[from][i]);
        (q - s * s / n, s / n)
    }
}

impl Levels {
    /// Prepares quantisers of up to `most` levels for a histogram with at least one pixel.
    pub(crate) fn new(histogram: &[u64; 256], most: usize) -> Self {
        let values: Vec<u8> = (0..=255_u8)
            .filter(|v| histogram[usize::from(*v)] > 0)
            .collect();
        let mut sums = vec![[0.0; 3]];
        let mut running = [0.0; 3];
        for value in &values {
            let (n, v) = (histogram[usize::from(*value)] as f64, f64::from(*value));
            running = [running[0] + n, running[1] + n * v, running[2] + n * v * v];
            sums.push(running);
        }
        let mut levels = Self {
            values,
            sums: Sums(sums),
            splits: Vec::new(),
        };
        levels.solve(most);
        levels
    }

    /// How many levels there can be at most.
    pub(crate) fn most(&self) -> usize {
        self.splits.len()
    }

    fn solve(&mut self, most: usize) {
        let many = self.values.len();
        let mut best: Vec<f64> = (0..=many)
            .map(|to| {
                if to == 0 {
                    0.0
                } else {
                    self.sums.cell(0, to).0
                }
            })
            .collect();
        self.splits.push(vec![0; many + 1]);
        for level in 1..most.min(many) {
            let mut next = vec![f64::INFINITY; many + 1];
            let mut split = vec![0; many + 1];
            let mut rounds = vec![(level + 1, many, level, many)];
            while let Some((low, high, least, greatest)) = rounds.pop() {
                if low > high {
                    continue;
                }
                let to = low.midpoint(high);
                let below = best[..to].iter().enumerate().skip(least);
                for (from, below) in below.take(greatest + 1 - least) {
                    let cost = below + self.sums.cell(from, to).0;
                    if cost < next[to] {
                        (next[to], split[to]) = (cost, from);
                    }
                }
                rounds.push((low, to - 1, least, split[to]));
                rounds.push((to + 1, high, split[to], greatest));
            }
            best = next;
            self.splits.push(split);
        }
    }

    /// The best quantiser of `count` levels, or of as many as there are.
    pub(crate) fn quantiser(&self, count: usize) -> Quantiser {
        let count = count.clamp(1, self.most());
        let mut edges = vec![self.values.len()];
        for level in (0..count).rev() {
            let to = edges[edges.len() - 1];
            edges.push(self.splits[level][to]);
        }
        edges.reverse();
        let mut quantiser = Quantiser {
            levels: Vec::with_capacity(count),
            map: [0; 256],
        };
        for (number, edge) in edges.windows(2).enumerate() {
            let mean = self.sums.cell(edge[0], edge[1]).1;
            quantiser.levels.push(mean.round() as u8);
            for value in &self.values[edge[0]..edge[1]] {
                quantiser.map[usize::from(*value)] = number as u8;
            }
        }
        quantiser
    }
}

/// How often each value occurs.
pub(crate) fn histogram(pixels: &[u8]) -> [u64; 256] {
    let mut counts = [0; 256];
    for pixel in pixels {
        counts[usize::from(*pixel)] += 1;
    }
    counts
}
