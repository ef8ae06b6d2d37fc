//! The codes of a block: their lengths, their description, and the block written in them.

use super::bits::Bits;
use super::parse::Token;

/// Literals, the end of a block, and lengths.
const SYMBOLS: usize = 286;
/// The end of a block.
const END: usize = 256;
/// The first symbol of a length.
pub(super) const LENGTHS: usize = 257;
const DISTANCES: usize = 30;
/// Order in which the lengths of the description's own codes are said.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// How often each symbol occurs in a block.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) symbols: [u32; SYMBOLS],
    pub(super) distances: [u32; DISTANCES],
    /// Bits of lengths and distances beyond their symbols.
    pub(super) extra: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            symbols: [0; SYMBOLS],
            distances: [0; DISTANCES],
            extra: 0,
        }
    }
}

impl Counts {
    /// Counts a block's tokens and its end.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut counts = Self::default();
        counts.symbols[END] = 1;
        for token in tokens {
            if token.length == 1 {
                counts.symbols[usize::from(token.value)] += 1;
                continue;
            }
            let (length, distance) = (symbol_of(*token), distance_symbol(token.value));
            counts.symbols[LENGTHS + length] += 1;
            counts.distances[distance] += 1;
            counts.extra += u64::from(length_bits(length) + distance_bits(distance));
        }
        counts
    }

    /// Adds another's tokens; one end is enough for both.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, count) in self.symbols.iter_mut().zip(&other.symbols) {
            *sum += count;
        }
        for (sum, count) in self.distances.iter_mut().zip(&other.distances) {
            *sum += count;
        }
        self.symbols[END] = 1;
        self.extra += other.extra;
    }
}

/// The symbol of a length `3..=258`, counted from [`LENGTHS`].
pub(super) fn length_symbol(length: usize) -> usize {
    match length.saturating_sub(3) {
        short @ 0..8 => short,
        255.. => 28,
        long => {
            let bits = long.ilog2() as usize;
            4 * (bits - 1) + (long >> (bits - 2) & 3)
        }
    }
}

fn symbol_of(token: Token) -> usize {
    length_symbol(usize::from(token.length))
}

/// Bits beyond a length's symbol.
fn length_bits(symbol: usize) -> u32 {
    match symbol {
        0..8 | 28.. => 0,
        _ => symbol as u32 / 4 - 1,
    }
}

/// As [`length_bits`], of a length.
pub(super) fn length_extra(length: usize) -> f32 {
    length_bits(length_symbol(length)) as f32
}

/// The symbol of a distance `1..=32768`.
pub(super) fn distance_symbol(distance: u16) -> usize {
    match u32::from(distance).saturating_sub(1) {
        near @ 0..4 => near as usize,
        far => {
            let bits = far.ilog2();
            (2 * bits + (far >> (bits - 1) & 1)) as usize
        }
    }
}

/// Bits beyond a distance's symbol.
fn distance_bits(symbol: usize) -> u32 {
    (symbol as u32 / 2).saturating_sub(1)
}

/// As [`distance_bits`], as a number.
pub(super) fn distance_extra(symbol: usize) -> f32 {
    distance_bits(symbol) as f32
}

/// Lengths of the codes of a block.
struct Lengths {
    symbols: Vec<u8>,
    distances: Vec<u8>,
}

impl Lengths {
    fn of(counts: &Counts) -> Self {
        let mut distances = limited(&counts.distances, 15);
        if distances.iter().all(|length| *length == 0) {
            // Some readers want one code even where none is used.
            distances[0] = 1;
        }
        Self {
            symbols: limited(&counts.symbols, 15),
            distances,
        }
    }

    /// The codes that every reader knows without a description.
    fn fixed() -> Self {
        let symbols = (0..288).map(|symbol| match symbol {
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        });
        Self {
            symbols: symbols.collect(),
            distances: vec![5; 32],
        }
    }

    /// Bits of the tokens counted.
    fn bits(&self, counts: &Counts) -> u64 {
        let sum = |counts: &[u32], lengths: &[u8]| -> u64 {
            let each = counts.iter().zip(lengths);
            each.map(|(n, length)| u64::from(*n) * u64::from(*length))
                .sum()
        };
        sum(&counts.symbols, &self.symbols) + sum(&counts.distances, &self.distances) + counts.extra
    }
}

/// The description of a block's codes, ready to be written.
struct Description {
    symbols: usize,
    distances: usize,
    /// Symbol, extra bits and how many.
    items: Vec<(u8, u32, u32)>,
    lengths: Vec<u8>,
    said: usize,
}

impl Description {
    /// The shorter of the ways to say repetitions.
    fn of(lengths: &Lengths) -> Self {
        let ways = (0..8).map(|way| Self::by(lengths, [way & 1, way & 2, way & 4].map(|w| w == 0)));
        let mut best: Option<Self> = None;
        for way in ways {
            if best.as_ref().is_none_or(|best| way.bits() < best.bits()) {
                best = Some(way);
            }
        }
        best.unwrap_or_else(|| Self::by(lengths, [true; 3]))
    }

    /// With or without the symbols for repeating the last length, few zeros and many zeros.
    fn by(lengths: &Lengths, may: [bool; 3]) -> Self {
        let used = |lengths: &[u8], least: usize| {
            let last = lengths.iter().rposition(|length| *length > 0);
            last.map_or(0, |last| last + 1).max(least)
        };
        let (symbols, distances) = (used(&lengths.symbols, 257), used(&lengths.distances, 1));
        let all = [&lengths.symbols[..symbols], &lengths.distances[..distances]].concat();
        let mut items = Vec::new();
        for run in all.chunk_by(|a, b| a == b) {
            repeat(run[0], run.len(), may, &mut items);
        }
        let mut counts = [0; 19];
        for (symbol, ..) in &items {
            counts[usize::from(*symbol)] += 1;
        }
        let lengths = limited(&counts, 7);
        let said = ORDER.iter().rposition(|symbol| lengths[*symbol] > 0);
        Self {
            symbols,
            distances,
            items,
            said: said.map_or(4, |last| (last + 1).max(4)),
            lengths,
        }
    }

    fn bits(&self) -> u64 {
        let items = self.items.iter();
        let bits = items.map(|(symbol, _, extra)| {
            u64::from(self.lengths[usize::from(*symbol)]) + u64::from(*extra)
        });
        14 + 3 * self.said as u64 + bits.sum::<u64>()
    }

    fn write(&self, bits: &mut Bits) {
        bits.put(self.symbols as u32 - 257, 5);
        bits.put(self.distances as u32 - 1, 5);
        bits.put(self.said as u32 - 4, 4);
        for symbol in &ORDER[..self.said] {
            bits.put(u32::from(self.lengths[*symbol]), 3);
        }
        let codes = canonical(&self.lengths);
        for (symbol, extra, many) in &self.items {
            let symbol = usize::from(*symbol);
            bits.put(codes[symbol], u32::from(self.lengths[symbol]));
            bits.put(*extra, *many);
        }
    }
}

/// Says a run of equal lengths.
fn repeat(length: u8, mut many: usize, may: [bool; 3], items: &mut Vec<(u8, u32, u32)>) {
    if length == 0 {
        while many >= 11 && may[2] {
            let now = many.min(138);
            items.push((18, now as u32 - 11, 7));
            many -= now;
        }
        while many >= 3 && may[1] {
            let now = many.min(10);
            items.push((17, now as u32 - 3, 3));
            many -= now;
        }
    } else if many >= 4 && may[0] {
        items.push((length, 0, 0));
        many -= 1;
        while many >= 3 {
            let now = many.min(6);
            items.push((16, now as u32 - 3, 2));
            many -= now;
        }
    }
    items.extend(std::iter::repeat_n((length, 0, 0), many));
}

/// Bits of a block with these counts.
pub(super) fn size(counts: &Counts) -> u64 {
    let own = Lengths::of(counts);
    let described = own.bits(counts) + Description::of(&own).bits();
    3 + described.min(Lengths::fixed().bits(counts))
}

/// Writes a block.
pub(super) fn write(bits: &mut Bits, tokens: &[Token], last: bool) {
    let counts = Counts::of(tokens);
    let mut lengths = Lengths::of(&counts);
    let description = Description::of(&lengths);
    bits.put(u32::from(last), 1);
    let fixed = Lengths::fixed();
    if fixed.bits(&counts) <= lengths.bits(&counts) + description.bits() {
        lengths = fixed;
        bits.put(1, 2);
    } else {
        bits.put(2, 2);
        description.write(bits);
    }
    let [symbols, distances] = [&lengths.symbols, &lengths.distances].map(|l| canonical(l));
    let mut put = |codes: &[u32], lengths: &[u8], symbol: usize, extra: u32, many: u32| {
        bits.put(codes[symbol], u32::from(lengths[symbol]));
        bits.put(extra, many);
    };
    for token in tokens {
        if token.length == 1 {
            put(&symbols, &lengths.symbols, usize::from(token.value), 0, 0);
            continue;
        }
        let symbol = symbol_of(*token);
        let many = length_bits(symbol);
        let extra = (u32::from(token.length) - 3) & ((1 << many) - 1);
        put(&symbols, &lengths.symbols, LENGTHS + symbol, extra, many);
        let symbol = distance_symbol(token.value);
        let many = distance_bits(symbol);
        let extra = (u32::from(token.value) - 1) & ((1 << many) - 1);
        put(&distances, &lengths.distances, symbol, extra, many);
    }
    put(&symbols, &lengths.symbols, END, 0, 0);
}

/// The best lengths of at most `most` bits, by package-merge (Larmore and Hirschberg 1990).
fn limited(counts: &[u32], most: usize) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let mut used: Vec<(u64, usize)> = (0..counts.len())
        .filter(|i| counts[*i] > 0)
        .map(|i| (u64::from(counts[i]), i))
        .collect();
    if used.len() < 2 {
        for (_, symbol) in used {
            lengths[symbol] = 1;
        }
        return lengths;
    }
    used.sort_unstable();
    // Each round: weights, ascending, and whether it is a symbol or a pair of the round before.
    let mut rounds: Vec<Vec<(u64, bool)>> = Vec::new();
    for _ in 0..most {
        let pairs = rounds
            .last()
            .map_or(&[][..], |before| &before[..])
            .chunks_exact(2);
        let pairs = pairs.map(|pair| (pair[0].0 + pair[1].0, false));
        let mut round: Vec<(u64, bool)> = used.iter().map(|(n, _)| (*n, true)).collect();
        round.extend(pairs);
        round.sort_by_key(|(weight, _)| *weight);
        rounds.push(round);
    }
    let mut taken = 2 * used.len() - 2;
    for round in rounds.iter().rev() {
        let symbols = round[..taken].iter().filter(|(_, symbol)| *symbol).count();
        for (_, symbol) in &used[..symbols] {
            lengths[*symbol] += 1;
        }
        taken = 2 * (taken - symbols);
    }
    lengths
}

/// The codes of given lengths, their first bit lowest, as they are written.
fn canonical(lengths: &[u8]) -> Vec<u32> {
    let mut first = [0_u32; 16];
    let mut code = 0;
    for (length, first) in first.iter_mut().enumerate().skip(1) {
        let shorter = lengths
            .iter()
            .filter(|l| usize::from(**l) + 1 == length && **l > 0);
        code = (code + shorter.count() as u32) << 1;
        *first = code;
    }
    lengths
        .iter()
        .map(|length| {
            let length = usize::from(*length);
            if length == 0 {
                return 0;
            }
            let code = first[length];
            first[length] += 1;
            code.reverse_bits() >> (32 - length)
        })
        .collect()
}
