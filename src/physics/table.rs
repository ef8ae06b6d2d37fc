//! The look-up of a pixel in one detector row's table.
//!
//! Of the elements, the one whose R lies nearest answers: a cell tells where to begin among the
//! elements in order of R, and few steps find it. Between two elements Z runs straight. Where two
//! stretches of Z have the same R, both are candidates.

/// Step of `alpha_high` between the table's nodes.
pub(super) const STEP: f32 = 0.02;
/// Nodes per unit of attenuation.
const PER: f32 = 1.0 / STEP;
/// Cells of R at a node, between the lowest and the highest R of the elements: where a look-up
/// begins.
const CELLS: usize = 256;
/// Pixels whose places are found before any is read.
const BLOCK: usize = 64;

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

/// The table of one detector row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    highest_z: usize,
    /// R of each element at each node, node by node.
    ratio: Vec<f32>,
    /// Mass thickness of each element at each node, node by node.
    mass: Vec<f32>,
    /// How R lies at each node and around it.
    nodes: Vec<Node>,
    /// The elements that R tells apart, by rising R, then infinite ones, node by node.
    sorted: Vec<Entry>,
    /// Place in the order at which a cell begins, node by node.
    cells: Vec<u8>,
}

/// How R lies at a node and half-way to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    /// Lowest R, and its change from node to node.
    low: [f32; 2],
    /// Spread of R here by that elsewhere, less 1, from node to node.
    spread: f32,
    /// Cells per R.
    per: f32,
    /// Inverse of `alpha_high`.
    inverse: f32,
}

/// Where a pixel is looked up; as it comes, where there is no answer.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The element at which to begin.
    entry: u32,
    /// R as at the node.
    ratio: f32,
    /// The pixel's attenuation by the node's.
    scale: f32,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            entry: 0,
            ratio: f32::NAN,
            scale: f32::NAN,
        }
    }
}

/// An element at a node and the way to its neighbours in the order of R. Beyond the outermost, and
/// where the next in order is no neighbour by Z, nothing runs on: the slopes are 0.
// Two to a line of the processor's cache, none across two.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(32))]
struct Entry {
    /// R up to which this element is the nearest.
    upper: f32,
    ratio: f32,
    z: f32,
    mass: f32,
    /// Z and mass thickness per R below the element's own.
    below: [f32; 2],
    /// The same above it.
    above: [f32; 2],
}

impl Entry {
    /// Fills a place that no look-up reaches.
    const NONE: Self = Self {
        upper: f32::INFINITY,
        ratio: f32::INFINITY,
        z: 0.0,
        mass: 0.0,
        below: [0.0; 2],
        above: [0.0; 2],
    };

    /// The reading at `ratio`; mass thickness grows by `scale` from the node to the pixel.
    #[inline]
    fn read(&self, ratio: f32, scale: f32) -> Reading {
        let off = ratio - self.ratio;
        let slope = if off < 0.0 { self.below } else { self.above };
        Reading {
            z: self.z + off * slope[0],
            mass_thickness: (self.mass + off * slope[1]) * scale,
        }
    }
}

impl Table {
    /// The table of R and of mass thickness of the elements up to `highest_z` at every node.
    pub(super) fn new(highest_z: usize, ratio: Vec<f32>, mass: Vec<f32>) -> Self {
        let nodes = ratio.len() / highest_z;
        let mut table = Self {
            highest_z,
            ratio,
            mass,
            nodes: Vec::with_capacity(nodes),
            sorted: Vec::with_capacity(nodes * highest_z),
            cells: Vec::with_capacity(nodes * CELLS),
        };
        table.fill(nodes);
        table
    }

    /// The highest atomic number of the table.
    pub fn highest_z(&self) -> usize {
        self.highest_z
    }

    /// The highest attenuation of the table.
    pub fn top(&self) -> f32 {
        (self.nodes.len() - 1) as f32 * STEP
    }

    /// Z and mass thickness of a pair of attenuations, both from the high energy's point of view;
    /// `None` where no table reaches: nothing attenuated, or more than [`Table::top`].
    pub fn read(&self, alpha_high: f32, alpha_low: f32) -> Option<Reading> {
        self.place(alpha_high, alpha_low)
            .map(|place| self.answer(place))
    }

    /// [`Table::read`] of each pair of a row into `z` and `mass`, NaN for none; four slices of one
    /// length.
    pub fn read_row(&self, [high, low]: [&[f32]; 2], [z, mass]: [&mut [f32]; 2]) {
        let pairs = high.chunks(BLOCK).zip(low.chunks(BLOCK));
        let answers = z.chunks_mut(BLOCK).zip(mass.chunks_mut(BLOCK));
        for ((high, low), (z, mass)) in pairs.zip(answers) {
            // First where to look, then what is there: memory is waited for once, not at each pixel.
            let mut places = [Place::default(); BLOCK];
            for ((place, high), low) in places.iter_mut().zip(high).zip(low) {
                *place = self.place(*high, *low).unwrap_or_default();
            }
            for ((place, z), mass) in places.iter().zip(z).zip(mass) {
                let answer = self.answer(*place);
                *z = answer.z;
                *mass = answer.mass_thickness;
            }
        }
    }

    /// Where a pair of attenuations is looked up; `None` where no table reaches.
    #[inline]
    fn place(&self, alpha_high: f32, alpha_low: f32) -> Option<Place> {
        let at = alpha_high * PER;
        // Also false for NaN.
        let inside = at > 0.0 && at <= (self.nodes.len() - 1) as f32;
        if !inside || !alpha_low.is_finite() {
            return None;
        }
        // Node 0 is nothing at all.
        let near = ((at + 0.5) as usize).max(1);
        let t = at - near as f32;
        let node = &self.nodes[near];
        // As far from the lowest R as at the node.
        let low = node.low[0] + t * node.low[1];
        let off = (alpha_low / alpha_high - low) * (1.0 + t * node.spread);
        let cell = (off * node.per).clamp(0.0, (CELLS - 1) as f32) as usize;
        let ratio = node.low[0] + off;
        let entry = near * self.highest_z + usize::from(self.cells[near * CELLS + cell]);
        // Most cells hold one border at most.
        let entry = entry + usize::from(ratio > self.sorted[entry].upper);
        Some(Place {
            entry: entry as u32,
            ratio,
            scale: alpha_high * node.inverse,
        })
    }

    /// What is read at a place.
    #[inline]
    fn answer(&self, place: Place) -> Reading {
        let mut found = place.entry as usize;
        while place.ratio > self.sorted[found].upper {
            found += 1;
        }
        self.sorted[found].read(place.ratio, place.scale)
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
        let last = self.nodes.len() - 1;
        let place = (alpha_high / STEP).clamp(0.0, last as f32);
        let node = (place as usize).min(last - 1);
        let t = place - node as f32;
        let at = |node: usize| self.ratio[node * self.highest_z + z.clamp(1, self.highest_z) - 1];
        at(node) + t * (at(node + 1) - at(node))
    }

    /// Mass thickness in g/cm2 of element `z` at `alpha_high`, both within the table.
    pub fn mass_thickness(&self, alpha_high: f32, z: usize) -> f32 {
        let last = self.nodes.len() - 1;
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

/// How many elements from hydrogen on R tells apart: all of them where it falls with Z (linacs); up
/// to its peak where it rises (tubes), because what follows reads like something lighter.
fn told_apart(ratios: &[f32]) -> usize {
    let peak = (0..ratios.len()).max_by(|a, b| ratios[*a].total_cmp(&ratios[*b]));
    match peak {
        Some(peak) if ratios.len() > IRON && ratios[IRON - 1] > ratios[CARBON - 1] => peak + 1,
        _ => ratios.len(),
    }
}

impl Table {
    /// Fills nodes, orders and cells: at each node the elements by R, and the nearest of each cell.
    fn fill(&mut self, nodes: usize) {
        let mut ends = Vec::with_capacity(nodes);
        for node in 0..nodes {
            let own = &self.ratio[node * self.highest_z..][..self.highest_z];
            let mut order: Vec<(f32, u8)> = own.iter().copied().zip(1..).collect();
            order.truncate(told_apart(own));
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (low, high) = (order[0].0, order[order.len() - 1].0);
            ends.push([low, high]);
            let per = CELLS as f32 / (high - low).max(1e-6);
            self.cells.extend(first_of_cells(&order, low, per));
            let mass = &self.mass[node * self.highest_z..][..self.highest_z];
            self.sorted.extend(entries(&order, mass));
            self.sorted.resize((node + 1) * self.highest_z, Entry::NONE);
        }
        self.nodes = (0..nodes).map(|node| Node::of(&ends, node)).collect();
    }
}

impl Node {
    /// The node at place `node` of the lowest and highest R at all of them.
    fn of(ends: &[[f32; 2]], node: usize) -> Self {
        let (before, after) = (node.saturating_sub(1), (node + 1).min(ends.len() - 1));
        let spread = |at: usize| (ends[at][1] - ends[at][0]).max(1e-6);
        let steps = (after - before) as f32;
        Self {
            low: [ends[node][0], (ends[after][0] - ends[before][0]) / steps],
            spread: (spread(before) / spread(after) - 1.0) / steps,
            per: CELLS as f32 / spread(node),
            inverse: PER / node as f32,
        }
    }
}

/// Of each cell the place in the order that is nearest at its lower edge.
fn first_of_cells(order: &[(f32, u8)], low: f32, per: f32) -> impl Iterator<Item = u8> + '_ {
    let mut at = 0;
    (0..CELLS).map(move |cell| {
        let ratio = low + cell as f32 / per;
        let off = |at: usize| (order[at].0 - ratio).abs();
        while at + 1 < order.len() && off(at + 1) <= off(at) {
            at += 1;
        }
        at as u8
    })
}

/// The elements of a node in their order, each with the way to the next.
fn entries<'a>(order: &'a [(f32, u8)], mass: &'a [f32]) -> impl Iterator<Item = Entry> + 'a {
    let slopes = move |own: usize, next: Option<usize>| {
        let (own, next) = (order[own], next.and_then(|at| order.get(at)));
        let next = next.filter(|next| next.1.abs_diff(own.1) == 1 && next.0 != own.0);
        next.map_or([0.0; 2], |next| {
            let [a, b] = [own, *next].map(|one| mass[usize::from(one.1) - 1]);
            let z = f32::from(next.1) - f32::from(own.1);
            [z, b - a].map(|step| step / (next.0 - own.0))
        })
    };
    (0..order.len()).map(move |at| {
        let (ratio, z) = order[at];
        let next = order.get(at + 1);
        Entry {
            upper: next.map_or(f32::INFINITY, |next| f32::midpoint(ratio, next.0)),
            ratio,
            z: f32::from(z),
            mass: mass[usize::from(z) - 1],
            below: slopes(at, at.checked_sub(1)),
            above: slopes(at, Some(at + 1)),
        }
    })
}
