//! Which colour each pixel gets, so that the runs are few and the error is small.
//!
//! A band costs bytes where the mask of a colour changes from one column to the next. So each band is
//! a shortest path over its columns (a beam of a few states): a state is the colours of one column, a
//! step keeps them or changes some towards the pixels, and pays the squared error, a price for each
//! colour that changes its mask and more for one that the band has not used yet.

use super::colours::{Nearest, distance, moved, said};
use super::grid::Grid;
use super::stream::BAND;
use crate::graphics::Effort;

/// States that are followed from column to column.
fn beam(effort: Effort) -> usize {
    match effort {
        Effort::Fast => 3,
        Effort::Small => 4,
        Effort::Least => 6,
    }
}

/// What the first use of a colour in a band costs, in changes.
const FRESH: f32 = 3.0;
/// What a colour that only ends costs, in changes: a later colour often covers it.
const ENDS: f32 = 0.4;

/// A palette with, for each block of a grid, the entries that suit it.
#[derive(Debug, Clone)]
pub(super) struct Matched<'a> {
    grid: &'a Grid,
    palette: Vec<[f32; 3]>,
    /// Whether the blocks and the palette are all grey.
    grey: bool,
    beam: usize,
    /// Nearest to the block, to the mean of it and the next three, and to that over the band's rows.
    near: Vec<[u8; 3]>,
}

impl<'a> Matched<'a> {
    /// Looks for the nearest entries; the palette has between 1 and 256.
    pub(super) fn new(grid: &'a Grid, palette: &[[u8; 3]], effort: Effort) -> Self {
        let palette: Vec<[f32; 3]> = palette.iter().map(|c| c.map(f32::from)).collect();
        let is_grey = |[r, g, b]: &[f32; 3]| r == g && g == b;
        let grey = palette.iter().chain(&grid.colours).all(is_grey);
        let mut nearest = Nearest::new(&palette);
        let ahead = ahead(grid, &grid.colours);
        let around = down(grid, &ahead);
        let near = (0..grid.colours.len())
            .map(|at| [grid.colours[at], ahead[at], around[at]].map(|c| nearest.of(c)))
            .collect();
        Self {
            grid,
            grey,
            beam: beam(effort),
            palette,
            near,
        }
    }

    /// The blocks that were matched.
    pub(super) fn grid(&self) -> &Grid {
        self.grid
    }

    /// The entry of each block where a change costs `price`, and the colours of the entries: the means
    /// of their blocks.
    pub(super) fn shape(&self, price: f32) -> (Vec<u8>, Vec<[u8; 3]>) {
        let entries = self.entries(price);
        let blocks = self.grid.colours.iter().zip(&self.grid.weights);
        let samples = blocks.map(|(colour, weight)| (*colour, *weight));
        let means = moved(&self.palette, samples.zip(entries.iter().copied()));
        (entries, means.into_iter().map(said).collect())
    }

    /// The entry of each block; bands are shared out among threads.
    fn entries(&self, price: f32) -> Vec<u8> {
        let many = (self.grid.columns * self.grid.band).max(1);
        let mut entries = vec![0; self.grid.colours.len()];
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
        let share = many * entries.len().div_ceil(many).div_ceil(threads);
        std::thread::scope(|scope| {
            for (at, part) in entries.chunks_mut(share.max(1)).enumerate() {
                scope.spawn(move || {
                    for (band, entries) in part.chunks_mut(many).enumerate() {
                        self.band(at * share + band * many, price, entries);
                    }
                });
            }
        });
        entries
    }

    /// One band, whose first block is `from`.
    fn band(&self, from: usize, price: f32, entries: &mut [u8]) {
        let columns = self.grid.columns;
        let rows = entries.len() / columns;
        let mut trellis: Vec<Vec<State>> = Vec::with_capacity(columns);
        let mut states = vec![State::START];
        for x in 0..columns {
            let column = Column::new(self, [from, x], rows, price);
            let next = column.follow(&states);
            trellis.push(std::mem::replace(&mut states, next));
        }
        trellis.push(states);
        let mut at = 0;
        for x in (0..columns).rev() {
            let state = &trellis[x + 1][at];
            for row in 0..rows {
                entries[row * columns + x] = state.column[row];
            }
            at = usize::from(state.before);
        }
    }
}

/// The mean of each block and the three to its right.
fn ahead(grid: &Grid, colours: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let rows = colours.chunks(grid.columns.max(1));
    rows.flat_map(|row| (0..row.len()).map(|x| mean(row[x..].iter().take(4))))
        .collect()
}

/// The mean of each block and the others of its band in its column.
fn down(grid: &Grid, colours: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let columns = grid.columns.max(1);
    let bands = colours.chunks(columns * grid.band.max(1));
    bands
        .flat_map(|band| {
            let row: Vec<[f32; 3]> = (0..columns)
                .map(|x| mean(band[x.min(band.len())..].iter().step_by(columns)))
                .collect();
            row.repeat(band.len() / columns)
        })
        .collect()
}

fn mean<'a>(colours: impl Iterator<Item = &'a [f32; 3]>) -> [f32; 3] {
    let mut sum = [0.0; 3];
    let mut many = 0.0;
    for colour in colours {
        sum = [0, 1, 2].map(|c| sum[c] + colour[c]);
        many += 1.0;
    }
    sum.map(|s| s / f32::max(many, 1.0))
}

/// A column's colours, and how it came to them.
#[derive(Debug, Clone, Copy)]
struct State {
    column: [u8; BAND],
    cost: f32,
    before: u8,
    used: Set,
}

impl State {
    const START: Self = Self {
        column: [0; BAND],
        cost: 0.0,
        before: 0,
        used: Set([0; 4]),
    };
}

/// Entries of a palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set([u64; 4]);

impl Set {
    /// Adds an entry and says whether it is new.
    fn add(&mut self, entry: u8) -> bool {
        let word = &mut self.0[usize::from(entry >> 6)];
        let bit = 1 << (entry & 63);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

/// The entries of a column and what they cost.
#[derive(Clone, Copy)]
struct Choice {
    entries: [u8; BAND],
    errors: [f32; BAND],
}

/// Whether a column differs from the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moves {
    None,
    Some,
}

/// One column of a band.
struct Column<'a> {
    rows: usize,
    /// Nothing is painted yet: every colour is new.
    first: bool,
    price: f32,
    blocks: [[f32; 3]; BAND],
    weights: [f32; BAND],
    near: [[u8; 3]; BAND],
    palette: &'a [[f32; 3]],
    grey: bool,
    beam: usize,
}

impl<'a> Column<'a> {
    fn new(matched: &'a Matched<'_>, [from, x]: [usize; 2], rows: usize, price: f32) -> Self {
        let mut column = Self {
            rows,
            first: x == 0,
            price,
            blocks: [[0.0; 3]; BAND],
            weights: [0.0; BAND],
            near: [[0; 3]; BAND],
            palette: &matched.palette,
            grey: matched.grey,
            beam: matched.beam,
        };
        for row in 0..rows {
            let at = from + x + row * matched.grid.columns;
            column.blocks[row] = matched.grid.colours[at];
            column.weights[row] = matched.grid.weights[at];
            column.near[row] = matched.near[at];
        }
        column
    }

    fn error(&self, row: usize, entry: u8) -> f32 {
        let (block, colour) = (self.blocks[row], self.palette[usize::from(entry)]);
        if self.grey {
            return self.weights[row] * (block[0] - colour[0]) * (block[0] - colour[0]);
        }
        self.weights[row] * distance(block, colour)
    }

    /// The best states after this column, cheapest first.
    fn follow(&self, states: &[State]) -> Vec<State> {
        let mut kept: Vec<State> = Vec::with_capacity(self.beam + 1);
        let all = |entries: [u8; BAND]| Choice {
            errors: std::array::from_fn(|row| {
                if row < self.rows {
                    self.error(row, entries[row])
                } else {
                    0.0
                }
            }),
            entries,
        };
        let kinds: [[u8; BAND]; 3] =
            std::array::from_fn(|kind| std::array::from_fn(|row| self.near[row][kind]));
        let differs = |kind: usize| (0..kind).all(|k| kinds[k] != kinds[kind]);
        let wanted: [Option<Choice>; 3] =
            std::array::from_fn(|kind| differs(kind).then(|| all(kinds[kind])));
        for (before, state) in states.iter().enumerate() {
            let old = all(state.column);
            let from = (state, before as u8);
            if !self.first {
                self.offer(&mut kept, from, &old, Moves::None);
            }
            for wanted in wanted.iter().flatten() {
                self.mixtures(&mut kept, from, [&old, wanted]);
            }
        }
        kept
    }

    /// What a state has to cost less than to be among the best.
    fn limit(&self, kept: &[State]) -> f32 {
        kept.get(self.beam - 1)
            .map_or(f32::INFINITY, |worst| worst.cost)
    }

    /// Keeps a state followed by a column, if it is among the best so far.
    fn offer(
        &self,
        kept: &mut Vec<State>,
        (state, before): (&State, u8),
        choice: &Choice,
        moves: Moves,
    ) {
        let limit = self.limit(kept);
        let column = choice.entries;
        let mut cost = state.cost + choice.errors.iter().sum::<f32>();
        let (changes, used) = if moves == Moves::Some {
            self.changes(state, column)
        } else {
            (0.0, state.used)
        };
        cost += self.price * changes;
        if cost >= limit {
            return;
        }
        if let Some(same) = kept.iter().position(|k| k.column == column) {
            if kept[same].cost <= cost {
                return;
            }
            kept.remove(same);
        }
        let at = kept.partition_point(|k| k.cost <= cost);
        kept.insert(
            at,
            State {
                column,
                cost,
                before,
                used,
            },
        );
        kept.truncate(self.beam);
    }

    /// Columns between what stands and what is wanted: each wanted colour is taken by all rows that
    /// want it, or by none; where they are many, by each alone or by all.
    fn mixtures(&self, kept: &mut Vec<State>, from: (&State, u8), [old, wanted]: [&Choice; 2]) {
        let (mut groups, mut many) = ([0_u8; BAND], 0);
        // How much error each group of rows is rid of.
        let mut gains = [0.0_f32; BAND];
        let mut group = [usize::MAX; BAND];
        for row in 0..self.rows {
            let entry = wanted.entries[row];
            if self.first || entry != old.entries[row] {
                let known = groups[..many].iter().position(|g| *g == entry);
                group[row] = known.unwrap_or(many);
                gains[group[row]] += old.errors[row] - wanted.errors[row];
                if known.is_none() {
                    groups[many] = entry;
                    many += 1;
                }
            }
        }
        if many == 0 {
            return;
        }
        let all = (1_u8 << many) - 1;
        let before = from.0.cost + old.errors.iter().sum::<f32>();
        let mut take = |chosen: u8| {
            // Each colour that is taken changes one mask at least.
            let taken = (0..many).filter(|group| chosen >> group & 1 == 1);
            let least = taken.fold(before, |cost, group| cost - gains[group] + self.price);
            if least >= self.limit(kept) {
                return;
            }
            let mut choice = *old;
            for row in (0..self.rows).filter(|row| group[*row] < BAND) {
                if chosen >> group[row] & 1 == 1 {
                    choice.entries[row] = wanted.entries[row];
                    choice.errors[row] = wanted.errors[row];
                }
            }
            self.offer(kept, from, &choice, Moves::Some);
        };
        if self.first {
            take(all);
        } else if many <= 3 {
            (1..=all).for_each(&mut take);
        } else {
            (0..many).for_each(|group| take(1 << group));
            take(all);
        }
    }

    /// How many colours change their masks after a state, and which the band has used then.
    fn changes(&self, state: &State, column: [u8; BAND]) -> (f32, Set) {
        let mut used = state.used;
        let mut changes = 0.0;
        let moved = |row: usize| self.first || column[row] != state.column[row];
        for row in (0..self.rows).filter(|row| moved(*row)) {
            let earlier = |r: usize| moved(r) && column[r] == column[row];
            if !(0..row).any(earlier) {
                changes += if used.add(column[row]) {
                    1.0 + FRESH
                } else {
                    1.0
                };
            }
        }
        for row in (0..self.rows).filter(|row| !self.first && moved(*row)) {
            let old = state.column[row];
            let begun = |r: usize| moved(r) && column[r] == old;
            let earlier = |r: usize| moved(r) && state.column[r] == old;
            if !(0..self.rows).any(begun) && !(0..row).any(earlier) {
                changes += ENDS;
            }
        }
        (changes, used)
    }
}
