//! What PNG makes of rows of bytes before they are packed: each is foretold from its neighbours.
//!
//! PNG specification, clause 9. Which way packs best cannot be known without packing; a [`Way`] is one
//! guess at it, and the caller compares a few by a quick estimate.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress, create_comp_flags_from_zip_params,
};

/// One row's foretelling, by PNG's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// As it is.
    None = 0,
    /// From the left.
    Sub = 1,
    /// From above.
    Up = 2,
    /// From the mean of both.
    Average = 3,
    /// From whichever of left, above and above left is nearest to their plane.
    Paeth = 4,
}

impl Row {
    const ALL: [Self; 5] = [Self::None, Self::Sub, Self::Up, Self::Average, Self::Paeth];
}

/// How the rows of a picture are foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Every row the same way.
    All(Row),
    /// Each row by what leaves the least sum of distances from zero.
    LeastSum,
    /// Each row by what leaves the least entropy of its bytes.
    LeastEntropy,
    /// Each row by what leaves the fewest different pairs of bytes.
    FewestPairs,
    /// Each row by what a quick packer makes of it after the rows before.
    Packed,
}

impl Way {
    /// Every way, the dearest last.
    pub(crate) const ALL: [Self; 9] = [
        Self::All(Row::None),
        Self::All(Row::Sub),
        Self::All(Row::Up),
        Self::All(Row::Average),
        Self::All(Row::Paeth),
        Self::LeastSum,
        Self::LeastEntropy,
        Self::FewestPairs,
        Self::Packed,
    ];
}

/// The rows of `stride` bytes, `reach` of them a pixel, each after the number of its foretelling.
pub(crate) fn foretold(data: &[u8], stride: usize, reach: usize, way: Way) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + data.len() / stride.max(1) + 1);
    let mut above = vec![0; stride];
    let mut tried = [const { Vec::new() }; 5];
    let mut packer = Packer::default();
    for line in data.chunks_exact(stride.max(1)) {
        if let Way::All(row) = way {
            out.push(row as u8);
            foretell(row, reach, [line, &above], &mut out);
        } else {
            for (row, tried) in Row::ALL.into_iter().zip(&mut tried) {
                tried.clear();
                tried.push(row as u8);
                foretell(row, reach, [line, &above], tried);
            }
            let before = out.len().saturating_sub(BEFORE * (stride + 1));
            let best = match way {
                Way::Packed => tried
                    .iter()
                    .min_by_key(|row| packer.size(&out[before..], row)),
                _ => tried.iter().min_by_key(|row| cost(way, &row[1..])),
            };
            if let Some(best) = best {
                out.extend_from_slice(best);
            }
        }
        above.copy_from_slice(line);
    }
    out
}

/// Rows before one that a quick packer sees.
const BEFORE: usize = 3;

/// A quick packer that only counts.
struct Packer {
    state: Box<CompressorOxide>,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Default for Packer {
    fn default() -> Self {
        let flags = create_comp_flags_from_zip_params(4, 0, 0);
        Self {
            state: Box::new(CompressorOxide::new(flags)),
            input: Vec::new(),
            output: Vec::new(),
        }
    }
}

impl Packer {
    /// Bytes of a row after those before it, packed.
    fn size(&mut self, before: &[u8], row: &[u8]) -> usize {
        self.input.clear();
        self.input.extend_from_slice(before);
        self.input.extend_from_slice(row);
        self.output.resize(2 * self.input.len() + 64, 0);
        self.state.reset();
        let (_, _, size) = compress(
            &mut self.state,
            &self.input,
            &mut self.output,
            TDEFLFlush::Finish,
        );
        size
    }
}

/// What a row is judged by.
fn cost(way: Way, bytes: &[u8]) -> u64 {
    match way {
        Way::All(_) | Way::Packed => 0,
        Way::LeastSum => bytes
            .iter()
            .map(|v| u64::from(v.cast_signed().unsigned_abs()))
            .sum(),
        Way::LeastEntropy => {
            let mut counts = [0_u32; 256];
            for byte in bytes {
                counts[usize::from(*byte)] += 1;
            }
            // The sum of n log n grows as entropy falls.
            let order = |n: &u32| {
                if *n == 0 {
                    0.0
                } else {
                    f64::from(*n) * f64::from(*n).log2()
                }
            };
            let all = bytes.len() as f64;
            ((all * all.log2() - counts.iter().map(order).sum::<f64>()) * 16.0) as u64
        }
        Way::FewestPairs => {
            let mut seen = vec![0_u64; 1024];
            for pair in bytes.windows(2) {
                let at = usize::from(pair[0]) << 8 | usize::from(pair[1]);
                seen[at / 64] |= 1 << (at % 64);
            }
            seen.iter().map(|bits| u64::from(bits.count_ones())).sum()
        }
    }
}

/// Adds what is left of a row of bytes after its foretelling from those before and above.
fn foretell(row: Row, reach: usize, [line, above]: [&[u8]; 2], out: &mut Vec<u8>) {
    let (first, rest) = line.split_at(reach.min(line.len()));
    let (over_first, over_rest) = above.split_at(first.len());
    let with = |a: &[u8], b: &[u8], out: &mut Vec<u8>| {
        out.extend(a.iter().zip(b).map(|(v, by)| v.wrapping_sub(*by)));
    };
    match row {
        Row::None => out.extend_from_slice(line),
        Row::Sub => {
            out.extend_from_slice(first);
            with(rest, line, out);
        }
        Row::Up => with(line, above, out),
        Row::Average => {
            out.extend(
                first
                    .iter()
                    .zip(over_first)
                    .map(|(v, b)| v.wrapping_sub(b / 2)),
            );
            let both = line.iter().zip(over_rest);
            let left = rest.iter().zip(both);
            out.extend(left.map(|(v, (a, b))| v.wrapping_sub(a.midpoint(*b))));
        }
        Row::Paeth => {
            with(first, over_first, out);
            let all = line.iter().zip(over_rest).zip(above);
            let left = rest.iter().zip(all);
            out.extend(left.map(|(v, ((a, b), c))| v.wrapping_sub(paeth(*a, *b, *c))));
        }
    }
}

/// Paeth's predictor: of left, above and above left the nearest to `left + above - above left`.
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let [left, above, corner] = [a, b, c].map(i16::from);
    let away = [above - corner, left - corner, left + above - 2 * corner].map(i16::abs);
    if away[0] <= away[1] && away[0] <= away[2] {
        a
    } else if away[1] <= away[2] {
        b
    } else {
        c
    }
}
