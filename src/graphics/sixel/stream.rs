//! Sixels of a picture with a palette, in the fewest bytes.
//!
//! A band is painted a colour after the other, and a later colour covers an earlier one: so each
//! colour must paint its own pixels, may paint those of the colours to come, and leaves alone the ones
//! that stand. Within that freedom its runs are the cheapest there are (a shortest path along the row),
//! and of a few orders of the colours each band takes the cheapest. Nothing outside the raster is
//! painted: the last band has the bits of its rows only.

use std::io::Write as _;

/// Rows of a band.
pub(super) const BAND: usize = 6;

/// Bits of a mask that are looked at together: the rows of a band, and two more for the processor's sake.
const LANES: usize = 8;

/// Above so many colours in a band only one order is tried: the others hardly differ.
const MANY: usize = 48;

/// A picture of indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed<'a> {
    /// Columns, above zero.
    pub(super) width: usize,
    /// The colours in percent, at most 256.
    pub(super) palette: &'a [[u8; 3]],
    /// An index a pixel, row by row; whole rows.
    pub(super) indices: &'a [u8],
}

/// How many orders of its colours a band is tried in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orders {
    /// The one that is best most often: for comparing pictures with each other.
    One,
    /// A few.
    Few,
}

/// The whole sequence.
pub(super) fn write(picture: Indexed<'_>, orders: Orders) -> Vec<u8> {
    let width = picture.width.max(1);
    let height = picture.indices.len() / width;
    let numbers = numbers(picture, width);
    let mut out = Vec::with_capacity(width * height / 8 + 64);
    say(&mut out, format_args!("\x1bPq\"1;1;{width};{height}"));
    let mut registers: Vec<(usize, [u8; 3])> = numbers
        .iter()
        .zip(picture.palette)
        .filter_map(|(number, colour)| number.map(|n| (n, *colour)))
        .collect();
    registers.sort_unstable();
    for (number, [r, g, b]) in registers {
        say(&mut out, format_args!("#{number};2;{r};{g};{b}"));
    }
    let mut pen = None;
    for (at, rows) in picture.indices.chunks(width * BAND).enumerate() {
        if at > 0 {
            out.push(b'-');
        }
        let band = Band::new(rows, width);
        let orders = band.orders(picture.palette, orders);
        pen = band.write(&mut out, &numbers, orders, pen);
    }
    out.extend_from_slice(b"\x1b\\");
    out
}

/// A register for each colour that is used, the shortest numbers for those that are named most.
fn numbers(picture: Indexed<'_>, width: usize) -> Vec<Option<usize>> {
    let mut bands = vec![0_usize; picture.palette.len()];
    for rows in picture.indices.chunks(width * BAND) {
        let mut used = [false; 256];
        for index in rows {
            used[usize::from(*index)] = true;
        }
        for (count, _) in bands.iter_mut().zip(used).filter(|(_, used)| *used) {
            *count += 1;
        }
    }
    let mut by_use: Vec<usize> = (0..bands.len()).filter(|c| bands[*c] > 0).collect();
    by_use.sort_by_key(|colour| std::cmp::Reverse(bands[*colour]));
    let mut numbers = vec![None; bands.len()];
    for (number, colour) in by_use.into_iter().enumerate() {
        numbers[colour] = Some(number);
    }
    numbers
}

/// One band: for each colour in it, the rows of each column that it has.
struct Band {
    width: usize,
    colours: Vec<usize>,
    /// Pixels of each of `colours`.
    counts: Vec<usize>,
    /// `colours.len() * width` masks.
    masks: Vec<u8>,
}

impl Band {
    fn new(rows: &[u8], width: usize) -> Self {
        let mut counts = [0_usize; 256];
        for index in rows {
            counts[usize::from(*index)] += 1;
        }
        let colours: Vec<usize> = (0..256).filter(|c| counts[*c] > 0).collect();
        let mut place = [0; 256];
        for (at, colour) in colours.iter().enumerate() {
            place[*colour] = at;
        }
        let mut masks = vec![0; colours.len() * width];
        for (y, row) in rows.chunks(width).enumerate() {
            for (x, index) in row.iter().enumerate() {
                masks[place[usize::from(*index)] * width + x] |= 1 << y;
            }
        }
        Self {
            width,
            counts: colours.iter().map(|c| counts[*c]).collect(),
            colours,
            masks,
        }
    }

    /// Writes the band; `pen` is the colour in use before and, in the answer, after it.
    fn write(
        &self,
        out: &mut Vec<u8>,
        numbers: &[Option<usize>],
        orders: Vec<Vec<usize>>,
        pen: Option<usize>,
    ) -> Option<usize> {
        let number = |place: usize| numbers[self.colours[place]].unwrap_or(0);
        let planned = orders.into_iter().map(|order| {
            let plan = self.plan(&order);
            let names: usize = order.iter().map(|place| digits(number(*place)) + 2).sum();
            let kept = match order.first() {
                Some(first) if pen == Some(number(*first)) => digits(number(*first)) + 1,
                _ => 0,
            };
            let cost = plan.iter().map(|row| row.cost).sum::<usize>() + names - kept;
            (cost, order, plan)
        });
        let (_, order, plan) = planned.min_by_key(|(cost, ..)| *cost)?;
        let mut pen = pen;
        for (at, (place, row)) in order.iter().zip(&plan).enumerate() {
            if at > 0 {
                out.push(b'$');
            }
            if pen != Some(number(*place)) {
                pen = Some(number(*place));
                say(out, format_args!("#{}", number(*place)));
            }
            row.write(out);
        }
        pen
    }

    /// Orders worth trying: from dark to bright, from bright to dark, from much to little.
    fn orders(&self, palette: &[[u8; 3]], orders: Orders) -> Vec<Vec<usize>> {
        let light = |place: &usize| {
            let [r, g, b] = palette[self.colours[*place]].map(usize::from);
            299 * r + 587 * g + 114 * b
        };
        let mut rising: Vec<usize> = (0..self.colours.len()).collect();
        rising.sort_by_key(light);
        let mut falling = rising.clone();
        falling.reverse();
        let mut much = rising.clone();
        much.sort_by_key(|place| std::cmp::Reverse(self.counts[*place]));
        if self.colours.len() > MANY {
            return vec![rising];
        }
        if orders == Orders::One {
            return vec![much];
        }
        let mut orders = vec![much, rising, falling];
        orders.dedup();
        orders
    }

    /// The runs of every colour in this order.
    fn plan(&self, order: &[usize]) -> Vec<Row> {
        let mut free = vec![0_u8; self.width];
        let mut plan: Vec<Row> = order
            .iter()
            .rev()
            .map(|place| {
                let must = &self.masks[place * self.width..][..self.width];
                free.iter_mut().zip(must).for_each(|(f, m)| *f |= m);
                Row::cheapest(must, &free)
            })
            .collect();
        plan.reverse();
        plan
    }
}

/// The runs of one colour in one band.
struct Row {
    runs: Vec<(u8, usize)>,
    cost: usize,
}

impl Row {
    /// The cheapest runs that paint all of `must` and nothing outside `may`; they end with the last
    /// pixel that must be painted. From the right, `cost[x]` is that of everything from column `x`
    /// on, which never rises to the right: so of all lengths with the same price the longest is best.
    fn cheapest(must: &[u8], may: &[u8]) -> Self {
        let first = must.iter().position(|m| *m != 0).unwrap_or(0);
        let end = must
            .iter()
            .rposition(|m| *m != 0)
            .map_or(0, |last| last + 1);
        // Nothing is gained by a longer way in than the first sixel could be painted over.
        let wanted = must.get(first).copied().unwrap_or(0);
        let blocked = may[..first].iter().rposition(|m| m & wanted != wanted);
        let start = blocked.map_or(0, |x| x + 1);
        let mut cost = vec![0_u32; end + 1 - start];
        let mut length = vec![0_u32; end - start];
        // For each bit, the next column that has it or may not have it: without branches, eight at once.
        let far = end as i32;
        let (mut next_must, mut next_not) = ([far; LANES], [far; LANES]);
        for x in (start..end).rev() {
            let here = x as i32;
            let (has, not) = (i32::from(must[x]), i32::from(!may[x]));
            let mut furthest = [far; LANES];
            for bit in 0..LANES {
                let has = -(has >> bit & 1);
                let not = -(not >> bit & 1);
                next_must[bit] = (here & has) | (next_must[bit] & !has);
                next_not[bit] = (here & not) | (next_not[bit] & !not);
                furthest[bit] = next_must[bit].max(next_not[bit]);
            }
            let furthest = furthest[..BAND].iter().copied().min().unwrap_or(far);
            let most = (furthest - here) as u32;
            let at = x - start;
            let (mut least, mut best) = (u32::MAX, 1);
            for many in [1, 2, 9, 99, most] {
                let many = u32::min(many, most);
                let price = price(many as usize) as u32 + cost[at + many as usize];
                if price < least || price == least && many < best {
                    (least, best) = (price, many);
                }
                if many == most {
                    break;
                }
            }
            (cost[at], length[at]) = (least, best);
        }
        // The blank before it may end anywhere from there to the first pixel.
        let ins = (start..=first).map(|x| (price(x) + cost[x - start] as usize, x));
        let (cost, from) = ins.min().unwrap_or((0, 0));
        let mut runs = Vec::new();
        runs.extend((from > 0).then_some((0, from)));
        let mut x = from;
        while x < end {
            let many = length[x - start] as usize;
            let sixel = must[x..x + many].iter().fold(0, |all, m| all | m);
            runs.push((sixel, many));
            x += many;
        }
        Self { runs, cost }
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (sixel, many) in self.runs.iter().copied() {
            let sixel = sixel + b'?';
            if many < 4 {
                out.extend(std::iter::repeat_n(sixel, many));
            } else {
                say(out, format_args!("!{many}"));
                out.push(sixel);
            }
        }
    }
}

/// Bytes of a run.
fn price(many: usize) -> usize {
    match many {
        0..4 => many,
        4..10 => 3,
        10..100 => 4,
        _ => 2 + digits(many),
    }
}

/// Digits of a number.
fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Writing into memory cannot fail.
fn say(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
